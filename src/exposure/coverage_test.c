/* Silence of the sources is said, never taken for health. */
#include "exposure/coverage.h"

#include <string.h>

typedef struct {
  const char *release; /* the one that is spoken of */
  gboolean broken;     /* the store cannot be read */
} Feed;

static gboolean
covers (gpointer source, const char *release, gboolean *ret_covers, GError **error)
{
  const Feed *feed = source;
  *ret_covers = g_strcmp0 (feed->release, release) == 0;
  if (feed->broken)
    g_set_error (error, SV_ERROR, SV_ERROR_UNREACHABLE, "the store is away");
  return !feed->broken;
}

static void
free_gap (gpointer gap)
{
  sv_record_free (&sv_gap_type, gap);
}

/* A host of one package, half-installed or whole. */
typedef struct {
  const char *feed_release;
  SvDistro distro;
  SvSupport support;
  SvPackageState state;
  const char *what[4]; /* gaps that must be there, in order */
} Row;

static const Row rows[] = {
    {"debian:12",
     {.id = "debian", .release = "12"},
     {.subject = "debian 12", .level = "supported"},
     SV_PACKAGE_INSTALLED,
     {NULL}},
    {"debian:12",
     {.id = "debian", .release = "10"},
     {.subject = "debian 10", .level = "supported"},
     SV_PACKAGE_INSTALLED,
     {"release"}},
    {"debian:10",
     {.id = "debian", .release = "10"},
     {.subject = "debian 10", .level = "ended"},
     SV_PACKAGE_INSTALLED,
     {"support"}},
    {NULL,
     {.id = "centos", .release = "7"},
     {.subject = "centos 7.7", .level = "ended"},
     SV_PACKAGE_BROKEN,
     {"release", "support", "packages"}},
    /* the end of one package's support is not the release's */
    {"debian:12",
     {.id = "debian", .release = "12"},
     {.subject = "pdns", .level = "ended"},
     SV_PACKAGE_INSTALLED,
     {NULL}},
    {"opensuse-tumbleweed:",
     {.id = "opensuse-tumbleweed"},
     {.subject = "opensuse-tumbleweed", .level = "unknown"},
     SV_PACKAGE_INSTALLED,
     {NULL}},
};

static void
test_gaps (gconstpointer data) /* 26, 49 */
{
  const Row *row = data;
  Feed feed = {row->feed_release, FALSE};
  SvClaimSource source = {.source = &feed, .covers = covers};
  SvPackage package = {.name = "foo", .version = "1", .state = row->state};
  g_autoptr (GPtrArray) packages = g_ptr_array_new (), supports = g_ptr_array_new ();
  g_ptr_array_add (packages, &package);
  g_ptr_array_add (supports, (gpointer)&row->support);
  SvInventory inventory = {
      .distro = (SvDistro *)&row->distro, .packages = packages, .supports = supports};
  SvAssessment assessment = {.inventory = &inventory, .claims = &source, .n_claims = 1};
  g_autoptr (GPtrArray) gaps = g_ptr_array_new_with_free_func (free_gap);
  g_assert_true (sv_exposure_find_gaps (&assessment, gaps, NULL));
  guint wanted = 0;
  for (; row->what[wanted] != NULL; wanted++) {
    g_assert_cmpuint (gaps->len, >, wanted);
    g_assert_cmpstr (((SvGap *)gaps->pdata[wanted])->what, ==, row->what[wanted]);
  }
  g_assert_cmpuint (gaps->len, ==, wanted);
}

static void
test_unknown_system (void)
{
  g_autoptr (GPtrArray) packages = g_ptr_array_new ();
  SvInventory inventory = {.packages = packages};
  SvAssessment assessment = {.inventory = &inventory};
  g_autoptr (GPtrArray) gaps = g_ptr_array_new_with_free_func (free_gap);
  g_assert_true (sv_exposure_find_gaps (&assessment, gaps, NULL));
  g_assert_cmpuint (gaps->len, ==, 1);
  g_assert_nonnull (strstr (((SvGap *)gaps->pdata[0])->why, "not known"));
}

static void
test_store_that_fails (void)
{
  Feed feed = {NULL, TRUE};
  SvClaimSource source = {.source = &feed, .covers = covers};
  g_autoptr (GPtrArray) packages = g_ptr_array_new ();
  SvDistro distro = {.id = "debian", .release = "12"};
  SvInventory inventory = {.distro = &distro, .packages = packages};
  SvAssessment assessment = {.inventory = &inventory, .claims = &source, .n_claims = 1};
  g_autoptr (GPtrArray) gaps = g_ptr_array_new_with_free_func (free_gap);
  g_autoptr (GError) error = NULL;
  g_assert_false (sv_exposure_find_gaps (&assessment, gaps, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_UNREACHABLE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = g_strdup_printf ("/coverage/pitfall-49/%s-%s-%zu", rows[i].distro.id,
                                             rows[i].support.level, i);
    g_test_add_data_func (path, &rows[i], test_gaps);
  }
  g_test_add_func ("/coverage/unknown-system", test_unknown_system);
  g_test_add_func ("/coverage/store-that-fails", test_store_that_fails);
  return g_test_run ();
}
