/* The short cut past settled flaws must never change an answer. */
#include "exposure/claims.h"

#include <string.h>

static const char *const versions[] = {"1-1",         "1-2",      "1-2+b1", "2~rc1-1", "2-1",
                                       "2-1~bpo12+1", "1-1+esm1", "1:",     "0.9-1"};
static const char *const feeds[] = {"debian-tracker", "osv-x", "changelog"};
static const char *const names[] = {"CVE-2024-1001", "CVE-2024-1002", "GHSA-x"};

static const char *
one_of (const char *const *list, guint n)
{
  return list[g_test_rand_int_range (0, (gint32)n)];
}
#define ONE_OF(list) one_of (list, G_N_ELEMENTS (list))

static char *
maybe (const char *text, gint32 odds)
{
  return g_test_rand_int_range (0, odds) == 0 ? (char *)text : NULL;
}

typedef struct {
  SvStatement statements[12];
  const char *feeds[12];
  guint n;
  gboolean splits; /* it leaves out what is settled, as the store does */
} World;

static const char *world_canonical (gpointer source, const char *id);

/* What the store does by ranges of an index, by comparing one at a time. */
static gboolean
is_of_part (const SvClaimQuestion *question, const SvStatement *statement)
{
  if (question->part == SV_STATEMENTS_ALL)
    return TRUE;
  g_autoptr (GByteArray) key = g_byte_array_new ();
  gsize size;
  const void *installed = g_bytes_get_data (question->installed, &size);
  gboolean settled = sv_statement_append_settled_key (statement, key) &&
                     sv_key_compare (installed, size, key->data, key->len) >= 0;
  if (question->part == SV_STATEMENTS_OPEN)
    return !settled;
  return settled &&
         strcmp (world_canonical (NULL, statement->vulnerability), question->vulnerability) == 0;
}

static gboolean
world_claims (gpointer source, const SvClaimQuestion *question, SvClaimFunc func,
              gpointer user_data, GError **error)
{
  const World *world = source;
  for (guint i = 0; i < world->n; i++) {
    const SvStatement *statement = &world->statements[i];
    SvClaim claim = {.feed = world->feeds[i], .statement = statement};
    if (statement->name_kind == (gint)question->kind &&
        strcmp (statement->package, question->package) == 0 && is_of_part (question, statement) &&
        !func (&claim, user_data, error))
      return FALSE;
  }
  return TRUE;
}

static const char *
world_canonical (gpointer source, const char *id)
{
  return strcmp (id, "GHSA-x") == 0 ? "CVE-2024-1001" : id;
}

static void
make_world (World *world)
{
  world->n = (guint)g_test_rand_int_range (1, 12);
  world->splits = g_test_rand_int_range (0, 2) == 0;
  for (guint i = 0; i < world->n; i++) {
    world->feeds[i] = ONE_OF (feeds);
    world->statements[i] = (SvStatement){
        .vulnerability = (char *)ONE_OF (names),
        .advisory = maybe ("A-1", 2),
        .release = g_test_rand_int_range (0, 5) == 0 ? "debian:13" : "debian:12",
        .package = g_test_rand_int_range (0, 3) == 0 ? "foo-bin" : "foo",
        .name_kind = g_test_rand_int_range (0, 4) == 0 ? SV_NAME_BINARY : SV_NAME_SOURCE,
        .arch = maybe ("arm64", 6),
        .module = maybe ("m:1", 8),
        .scheme = g_test_rand_int_range (0, 9) == 0 ? SV_SCHEME_RPM : SV_SCHEME_DEB,
        .status = g_test_rand_int_range (0, 3) == 0 ? g_test_rand_int_range (0, SV_N_STATUSES)
                                                    : SV_STATUS_AFFECTED,
        .introduced = g_test_rand_int_range (0, 3) == 0 ? (char *)ONE_OF (versions) : "0",
        .fixed = maybe (ONE_OF (versions), 1),
    };
  }
}

static GPtrArray *
assess (World *world, const SvInventory *inventory, gboolean keep_all)
{
  SvClaimSource source = {.foreach = world_claims,
                          .canonical = world_canonical,
                          .source = world,
                          .splits = world->splits};
  SvAssessment assessment = {
      .inventory = inventory, .claims = &source, .n_claims = 1, .keep_all = keep_all};
  GPtrArray *findings = NULL;
  g_autoptr (GError) error = NULL;
  g_assert_true (sv_exposure_assess (&assessment, &findings, &error));
  g_assert_no_error (error);
  return findings;
}

static char *
to_text (const GPtrArray *findings)
{
  GString *out = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (out, 0);
  sv_json_open_array (writer, NULL);
  for (guint i = 0; i < findings->len; i++) {
    const SvFinding *finding = findings->pdata[i];
    if (finding->verdict == SV_VERDICT_AFFECTED || finding->verdict == SV_VERDICT_UNKNOWN)
      sv_record_write_json (&sv_finding_type, finding, writer, NULL);
  }
  sv_json_close (writer);
  return g_string_free (out, FALSE);
}

static void
test_short_cut (void)
{
  SvDistro distro = {.id = "debian", .release = "12", .scheme = SV_SCHEME_DEB};
  guint n_findings = 0;
  for (guint round = 0; round < 3000; round++) {
    World world;
    make_world (&world);
    SvPackage packages[3];
    g_autoptr (GPtrArray) list = g_ptr_array_new ();
    for (guint i = 0; i < G_N_ELEMENTS (packages); i++) {
      packages[i] = (SvPackage){.name = i == 0   ? "foo-bin"
                                        : i == 1 ? "libfoo"
                                                 : "foo-doc",
                                .arch = maybe ("amd64", 1),
                                .version = (char *)ONE_OF (versions),
                                .source = "foo",
                                .source_version = maybe (ONE_OF (versions), 1),
                                .origin = maybe ("", 9)};
      g_ptr_array_add (list, &packages[i]);
    }
    SvInventory inventory = {.distro = &distro, .packages = list};
    g_autoptr (GPtrArray) all = assess (&world, &inventory, TRUE);
    g_autoptr (GPtrArray) wanted = assess (&world, &inventory, FALSE);
    g_autofree char *want = to_text (all), *have = to_text (wanted);
    g_assert_cmpstr (have, ==, want);
    n_findings += wanted->len;
  }
  g_assert_cmpuint (n_findings, >, 1000); /* else the worlds were too dull to prove anything */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/claims/short-cut-changes-no-answer", test_short_cut);
  return g_test_run ();
}
