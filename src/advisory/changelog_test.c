#include "advisory/changelog.h"
#include "advisory/changelog_fetch.h"
#include "base/test_run.h"

#include <glib/gstdio.h>
#include <string.h>

static const char text[] =
    "garbage before, with CVE-2020-0001\n"
    "\n"
    "alpha (2.0-1+deb12u2) bookworm-security; urgency=HIGH (for users of beta), binary-only=yes\n"
    "\n"
    "  * Mend CVE-2026-1111 and CVE-2026-2222,\n"
    "    also CVE-2026-1111.\n"
    "garbage inside\n"
    "  * alpha (1.0) is mentioned; so what\n"
    "\n"
    " -- Some Body <some@body.example>  Fri, 20 Nov 2026 10:00:00 +0100\n"
    "\n"
    "between CVE-2020-0002\n"
    "alpha (2.0-1+deb12u1) bookworm bookworm-updates; urgency=low\n"
    "  * CVE-2026-3333\n"
    "alpha-old (1.9-1) unstable; urgency=medium\n"
    "  * CVE-2026-4444\n"
    " -- Some Body <some@body.example>  no date\n"
    "not a heading (1.0) x\n"
    "##### beta\n"
    "gamma (7) unstable; urgency=medium\n"
    "  * CVE-2026-5555\n";

static void
read_text (SvChangelogReader *reader, const char *content, const char *lineage)
{
  g_autoptr (SvStream) stream = sv_stream_new_memory ("changelog", content, strlen (content));
  g_autoptr (GError) error = NULL;
  g_assert_true (sv_changelog_reader_read (reader, stream, lineage, &error));
  g_assert_no_error (error);
}

static char *
format (SvChangelogReader *reader)
{
  const GPtrArray *entries = sv_changelog_reader_get_entries (reader);
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < entries->len; i++) {
    const SvChangelogEntry *entry = g_ptr_array_index (entries, i);
    g_string_append_printf (out, "%s/%s %s %s %s", entry->source, entry->named, entry->version,
                            entry->distribution, entry->urgency);
    for (guint n = 0; n < entry->vulnerabilities->len; n++)
      g_string_append_printf (out, " %s", (char *)g_ptr_array_index (entry->vulnerabilities, n));
    g_string_append_c (out, '\n');
  }
  return g_string_free (out, FALSE);
}

static void
assert_entries (const SvChangelogWant *wants, gsize n_wants, const char *content,
                const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvChangelogReader) reader = sv_changelog_reader_new (wants, n_wants, &error);
  g_assert_no_error (error);
  read_text (reader, content, NULL);
  g_autofree char *got = format (reader);
  g_assert_cmpstr (got, ==, expected);
}

static void
test_entries (void)
{
  static const SvChangelogWant all[] = {{"alpha", NULL, NULL}, {"beta", NULL, NULL}};
  assert_entries (all, 2, text,
                  "alpha/alpha 2.0-1+deb12u2 bookworm-security high CVE-2026-1111 CVE-2026-2222\n"
                  "alpha/alpha 2.0-1+deb12u1 bookworm bookworm-updates low CVE-2026-3333\n"
                  "alpha/alpha-old 1.9-1 unstable medium CVE-2026-4444\n"
                  "beta/gamma 7 unstable medium CVE-2026-5555\n");
}

static void
test_range (void)
{
  static const SvChangelogWant above[] = {{"alpha", "2.0-1+deb12u1", NULL}};
  static const SvChangelogWant between[] = {{"alpha", "1.9-1", "2.0-1+deb12u1"}};
  static const SvChangelogWant joined[] = {{"alpha", "1.9-1", "2.0-1+deb12u1"},
                                           {"alpha", "2.0-1+deb12u1", "2.0-1+deb12u2"}};
  static const char newest[] =
      "alpha/alpha 2.0-1+deb12u2 bookworm-security high CVE-2026-1111 CVE-2026-2222\n";
  static const char older[] =
      "alpha/alpha 2.0-1+deb12u1 bookworm bookworm-updates low CVE-2026-3333\n";
  g_autofree char *both = g_strconcat (newest, older, NULL);

  assert_entries (above, 1, text, newest);
  assert_entries (between, 1, text, older);
  assert_entries (joined, 2, text, both);
}

/* A signed kernel carries the changelog of the kernel it was signed from (trap 21). */
static void
test_lineage (void)
{
  static const char signed_text[] = "linux-signed-amd64 (6.1.192+2) s; urgency=high\n"
                                    "  * Sign kernel from linux 6.1.192-2\n"
                                    " -- A B <a@b>  Fri, 20 Nov 2026 10:00:00 +0000\n"
                                    "linux (6.1.190-1) s; urgency=high\n"
                                    "  * CVE-2026-1000\n"
                                    " -- A B <a@b>  Fri, 13 Nov 2026 10:00:00 +0000\n"
                                    "zlib (6.1.191) s; urgency=low\n"
                                    "  * CVE-2026-2000\n";
  static const SvChangelogWant kernel[] = {{"linux-signed-amd64", "6.1.176+1", "6.1.192+2"}};
  static const SvChangelogWant both[] = {{"linux-signed-amd64", "6.1.176+1", "6.1.192+2"},
                                         {"linux", "6.1.176-1", "6.1.192-2"}};
  assert_entries (kernel, 1, signed_text,
                  "linux-signed-amd64/linux-signed-amd64 6.1.192+2 s high\n"
                  "linux-signed-amd64/linux 6.1.190-1 s high CVE-2026-1000\n");
  assert_entries (both, 2, signed_text,
                  "linux/linux 6.1.190-1 s high CVE-2026-1000\n"
                  "linux-signed-amd64/linux-signed-amd64 6.1.192+2 s high\n"
                  "linux-signed-amd64/linux 6.1.190-1 s high CVE-2026-1000\n");
}

static void
test_evidence_of_nothing (void)
{
  static const SvChangelogWant wants[] = {{"alpha", "2.0-1+deb12u2", NULL}, {"omega", NULL, NULL}};
  g_autoptr (SvChangelogReader) reader = sv_changelog_reader_new (wants, 2, NULL);
  read_text (reader, text, NULL);
  g_assert_cmpuint (sv_changelog_reader_get_entries (reader)->len, ==, 0);
  g_assert_true (sv_changelog_reader_has_seen (reader, "alpha"));
  g_assert_false (sv_changelog_reader_has_seen (reader, "omega"));
}

static void
test_version_refused (void)
{
  static const SvChangelogWant wants[] = {{"alpha", "x y", NULL}};
  g_autoptr (GError) error = NULL;
  g_assert_null (sv_changelog_reader_new (wants, 1, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
}

/* 1.0-1~deb12u1 was made from 1.0-1, which sorts above it: its mends are installed already. */
static void
test_history (void)
{
  static const char history[] = "alpha (1.0-1~deb12u2) s; urgency=low\n  * CVE-2026-1001\n"
                                "alpha (1.0-1~deb12u1) s; urgency=low\n  * CVE-2026-1002\n"
                                "alpha (1.0-1) s; urgency=low\n  * CVE-2026-1003\n";
  static const SvChangelogWant wants[] = {{"alpha", "1.0-1~deb12u1", NULL}};
  assert_entries (wants, 1, history, "alpha/alpha 1.0-1~deb12u2 s low CVE-2026-1001\n");
}

/* --- against the CVEs of real roots --- */

static GBytes *
read_data (const char *root, const char *name)
{
  const char *data = g_getenv ("SALVE_TEST_DATA");
  g_autofree char *path =
      g_build_filename (data != NULL ? data : "/nonexistent", "debian", root, name, NULL);
  return sv_file_read (path, SV_LIMIT_CHANGELOG_BYTES, NULL);
}

typedef struct {
  GPtrArray *strings;   /* what wants borrow */
  GArray *wants;        /* SvChangelogWant */
  GHashTable *expected; /* "source CVE" */
  SvChangelogWant want;
} Truth;

static const char *
keep (Truth *truth, char *string)
{
  g_ptr_array_add (truth->strings, string);
  return string;
}

static gboolean
read_text_member (SvJsonReader *reader, gpointer member, GError **error)
{
  return sv_json_read_string (reader, member, error);
}

static gboolean
read_source_member (SvJsonReader *reader, const char *key, gpointer user_data, GError **error)
{
  Truth *truth = user_data;
  g_autoptr (GPtrArray) cves = sv_strings_new ();
  char *value = NULL;

  if (strcmp (key, "cves_named_in_changelog") == 0) {
    if (!sv_json_read_strings (reader, cves, error))
      return FALSE;
    for (guint i = 0; i < cves->len; i++)
      g_hash_table_add (truth->expected, g_strdup_printf ("%s %s", truth->want.source,
                                                          (char *)g_ptr_array_index (cves, i)));
    return TRUE;
  }
  const char **target = strcmp (key, "source") == 0                     ? &truth->want.source
                        : strcmp (key, "installed_source_version") == 0 ? &truth->want.installed
                                                                        : NULL;
  if (target == NULL)
    return sv_json_skip (reader, error);
  if (!read_text_member (reader, &value, error))
    return FALSE;
  *target = keep (truth, value);
  return TRUE;
}

static gboolean
read_source (SvJsonReader *reader, gpointer user_data, GError **error)
{
  Truth *truth = user_data;
  truth->want = (SvChangelogWant){0};
  if (!sv_json_read_map (reader, read_source_member, truth, error))
    return FALSE;
  g_array_append_val (truth->wants, truth->want);
  return TRUE;
}

static gboolean
read_sources (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return sv_json_read_array (reader, read_source, user_data, error);
}

static void
read_truth (Truth *truth, GBytes *json)
{
  static const SvJsonMember members[] = {{"sources", read_sources}};
  gsize size;
  const char *data = g_bytes_get_data (json, &size);
  g_autoptr (SvStream) stream = sv_stream_new_memory ("truth", data, size);
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  g_autoptr (GError) error = NULL;

  truth->strings = sv_strings_new ();
  truth->wants = g_array_new (FALSE, FALSE, sizeof (SvChangelogWant));
  truth->expected = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sv_json_read_object (reader, members, G_N_ELEMENTS (members), truth, &error);
  g_assert_no_error (error);
}

static void
truth_clear (Truth *truth)
{
  g_ptr_array_unref (truth->strings);
  g_array_unref (truth->wants);
  g_hash_table_unref (truth->expected);
}

static void
test_truth (gconstpointer root)
{
  g_autoptr (GBytes) json = read_data (root, "truth-cves.json");
  g_autoptr (GBytes) excerpts = read_data (root, "changelog-excerpts.txt");
  Truth truth = {0};

  if (json == NULL || excerpts == NULL) {
    g_test_skip ("debian data absent");
    return;
  }
  read_truth (&truth, json);
  g_assert_cmpuint (g_hash_table_size (truth.expected), >, 10);
  g_autoptr (SvChangelogReader) reader = sv_changelog_reader_new (
      (const SvChangelogWant *)(gpointer)truth.wants->data, truth.wants->len, NULL);
  read_text (reader, g_bytes_get_data (excerpts, NULL), NULL);
  const GPtrArray *entries = sv_changelog_reader_get_entries (reader);
  guint extra = 0;
  for (guint i = 0; i < entries->len; i++) {
    const SvChangelogEntry *entry = g_ptr_array_index (entries, i);
    g_assert_cmpint (entry->dated_at_us, >, 0);
    g_assert_nonnull (entry->urgency);
    for (guint n = 0; n < entry->vulnerabilities->len; n++) {
      g_autofree char *pair = g_strdup_printf (
          "%s %s", entry->source, (char *)g_ptr_array_index (entry->vulnerabilities, n));
      extra += !g_hash_table_remove (truth.expected, pair);
    }
  }
  GHashTableIter iter;
  gpointer missed;
  g_hash_table_iter_init (&iter, truth.expected);
  while (g_hash_table_iter_next (&iter, &missed, NULL))
    g_test_message ("missed: %s", (char *)missed);
  g_test_message ("%u entries, %u CVEs missed, %u named again or besides", entries->len,
                  g_hash_table_size (truth.expected), extra);
  g_assert_cmpuint (g_hash_table_size (truth.expected), ==, 0);
  truth_clear (&truth);
}

/* --- packages of our own --- */

static void
write_file (const char *folder, const char *name, const char *content)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, content, -1, NULL));
}

static gboolean
has_tools (void)
{
  static const char *const tools[] = {"dpkg-deb", "gzip", "apt-get"};
  for (gsize i = 0; i < G_N_ELEMENTS (tools); i++) {
    g_autofree char *path = g_find_program_in_path (tools[i]);
    if (path == NULL) {
      g_test_skip ("dpkg-deb, gzip or apt-get absent");
      return FALSE;
    }
  }
  return TRUE;
}

/* Builds repo/NAME.deb; @member is the changelog's name under usr/share/doc, NULL for none. */
static void
build_deb (const char *folder, const char *name, const char *member, const char *content)
{
  g_autofree char *tree = g_strdup_printf ("%s/tree-%s", folder, name);
  g_autofree char *deb = g_strdup_printf ("%s/repo/%s.deb", folder, name);
  g_autofree char *control =
      g_strdup_printf ("Package: %s\nSource: alpha (2.0)\nVersion: 2.0+b1\nArchitecture: all\n"
                       "Maintainer: A <a@b.example>\nDescription: d\n",
                       name);
  write_file (tree, "DEBIAN/control", control);
  write_file (tree, "usr/share/other/changelog.gz", "not this one\n");
  if (member != NULL) {
    g_autofree char *path = g_strdup_printf ("usr/share/doc/%s/%s", name, member);
    g_autofree char *full = g_build_filename (tree, path, NULL);
    write_file (tree, path, content);
    SV_TEST_RUN ("gzip", "-n", full);
  }
  g_autofree char *repo = g_build_filename (folder, "repo", NULL);
  g_assert_cmpint (g_mkdir_with_parents (repo, 0755), ==, 0);
  SV_TEST_RUN ("dpkg-deb", "--root-owner-group", "-b", tree, deb);
}

static const char changelog_text[] = "alpha (2.0) stable; urgency=high\n\n  * CVE-2026-1\n";

static void
test_extract (void)
{
  static const struct {
    const char *name, *member;
    gboolean found;
  } rows[] = {{"native", "changelog", TRUE},
              {"revised", "changelog.Debian", TRUE},
              {"news", "NEWS.Debian", FALSE},
              {"none", NULL, FALSE}};
  if (!has_tools ())
    return;
  g_autofree char *folder = g_dir_make_tmp ("salve-test-XXXXXX", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *deb = g_strdup_printf ("%s/repo/%s.deb", folder, rows[i].name);
    g_autoptr (GError) error = NULL;
    build_deb (folder, rows[i].name, rows[i].member, changelog_text);
    g_autoptr (GBytes) got = sv_changelog_extract (deb, &error);
    g_assert_true ((got != NULL) == rows[i].found);
    if (got != NULL)
      g_assert_cmpstr (g_bytes_get_data (got, NULL), ==, changelog_text);
    else
      g_assert_error (error, SV_ERROR, SV_ERROR_NOT_FOUND);
  }
  SV_TEST_RUN ("rm", "-rf", folder);
}

static SvChangelogDeb *
describe_deb (const char *folder, const char *name)
{
  SvChangelogDeb *deb = sv_record_new (&sv_changelog_deb_type);
  g_autofree char *path = g_strdup_printf ("%s/repo/%s.deb", folder, name);
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  deb->package = g_strdup (name);
  deb->arch = g_strdup ("all");
  deb->version = g_strdup ("2.0+b1");
  deb->sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *)bytes, size);
  deb->size_bytes = (gint64)size;
  return deb;
}

static void
deb_free (gpointer deb)
{
  sv_record_free (&sv_changelog_deb_type, deb);
}

static void
need_free (gpointer need)
{
  sv_record_free (&sv_changelog_need_type, need);
}

static SvChangelogNeed *
add_need (GPtrArray *needs, const char *source)
{
  SvChangelogNeed *need = sv_record_new (&sv_changelog_need_type);
  need->source = g_strdup (source);
  need->source_version = g_strdup ("2.0");
  need->debs = g_ptr_array_new_with_free_func (deb_free);
  g_ptr_array_add (needs, need);
  return need;
}

/* A repository of files for the real apt-get, which knows nothing else. */
static void
make_apt (const char *folder, const char *const *names)
{
  g_autoptr (GString) packages = g_string_new (NULL);
  g_autofree char *conf = NULL, *path = g_build_filename (folder, "apt.conf", NULL);

  for (; *names != NULL; names++) {
    SvChangelogDeb *deb = describe_deb (folder, *names);
    g_string_append_printf (packages,
                            "Package: %s\nSource: alpha (2.0)\nVersion: 2.0+b1\n"
                            "Architecture: all\nMaintainer: A <a@b.example>\nFilename: ./%s.deb\n"
                            "Size: %" G_GINT64_FORMAT "\nSHA256: %s\nDescription: d\n\n",
                            *names, *names, deb->size_bytes, deb->sha256);
    deb_free (deb);
  }
  write_file (folder, "repo/Packages", packages->str);
  g_autofree char *sources = g_strdup_printf ("deb [trusted=yes] file:%s/repo ./\n", folder);
  write_file (folder, "etc/apt/sources.list", sources);
  write_file (folder, "var/lib/dpkg/status", "");
  write_file (folder, "var/lib/apt/lists/partial/x", "");
  write_file (folder, "var/cache/apt/archives/partial/x", "");
  write_file (folder, "etc/apt/preferences.d/x.save", "");
  conf = g_strdup_printf ("Dir \"%s\";\nDir::State::status \"%s/var/lib/dpkg/status\";\n"
                          "Dir::Etc::Parts \"/nonexistent\";\nAPT::Sandbox::User \"root\";\n"
                          "Debug::NoLocking \"true\";\n",
                          folder, folder);
  write_file (folder, "apt.conf", conf);
  g_setenv ("APT_CONFIG", path, TRUE);
  SV_TEST_RUN ("apt-get", "-q", "update");
}

typedef struct {
  guint calls;
  gint64 bytes;
} Progress;

static void
count_progress (guint done, guint total, gint64 bytes, gpointer user_data)
{
  Progress *progress = user_data;
  g_assert_cmpuint (done, ==, ++progress->calls);
  g_assert_cmpuint (total, ==, 5);
  g_assert_cmpint (bytes, >=, progress->bytes);
  progress->bytes = bytes;
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
check_states (const GPtrArray *needs, gint expected_first)
{
  static const struct {
    const char *source;
    gint state;
  } rows[] = {{"alpha", SV_CHANGELOG_FETCHED},
              {"barren", SV_CHANGELOG_ABSENT},
              {"forged", SV_CHANGELOG_REFUSED},
              {"hostile", SV_CHANGELOG_REFUSED},
              {"huge", SV_CHANGELOG_SKIPPED}};
  for (guint i = 0; i < needs->len; i++) {
    const SvChangelogNeed *need = g_ptr_array_index (needs, i);
    g_test_message ("%s: %s: %s", need->source, sv_changelog_state_names[need->state],
                    need->detail);
    for (gsize n = 0; n < G_N_ELEMENTS (rows); n++)
      if (strcmp (need->source, rows[n].source) == 0)
        g_assert_cmpint (need->state, ==, n == 0 ? expected_first : rows[n].state);
  }
}

static GPtrArray *
make_needs (const char *folder)
{
  GPtrArray *needs = g_ptr_array_new_with_free_func (need_free);
  SvChangelogNeed *alpha = add_need (needs, "alpha"), *barren = add_need (needs, "barren"),
                  *forged = add_need (needs, "forged"), *hostile = add_need (needs, "hostile"),
                  *huge = add_need (needs, "huge");
  g_ptr_array_add (alpha->debs, describe_deb (folder, "zalpha-full"));
  g_ptr_array_add (alpha->debs, describe_deb (folder, "alpha-bare"));
  g_ptr_array_add (barren->debs, describe_deb (folder, "alpha-bare"));
  SvChangelogDeb *wrong = describe_deb (folder, "zalpha-full");
  wrong->sha256[0] = wrong->sha256[0] == '0' ? '1' : '0';
  g_ptr_array_add (forged->debs, wrong);
  SvChangelogDeb *evil = describe_deb (folder, "zalpha-full");
  g_free (evil->package);
  evil->package = g_strdup ("../../etc/passwd");
  g_ptr_array_add (hostile->debs, evil);
  SvChangelogDeb *large = describe_deb (folder, "zalpha-full");
  large->size_bytes = 1 << 30;
  g_ptr_array_add (huge->debs, large);
  return needs;
}

static void
test_fetch (void)
{
  static const char *const names[] = {"alpha-bare", "zalpha-full", NULL};
  if (!has_tools ())
    return;
  g_autofree char *folder = g_dir_make_tmp ("salve-test-XXXXXX", NULL);
  g_autofree char *cache = g_build_filename (folder, "cache", NULL);
  Progress progress = {0};
  SvChangelogFetch fetch = {
      .cache = cache, .max_bytes = 1 << 20, .progress = count_progress, .user_data = &progress};
  g_autoptr (GError) error = NULL;

  build_deb (folder, names[0], NULL, NULL);
  build_deb (folder, names[1], "changelog", changelog_text);
  make_apt (folder, names);
  g_autoptr (GPtrArray) needs = make_needs (folder);
  g_assert_true (sv_changelog_fetch (&fetch, needs, &error));
  check_states (needs, SV_CHANGELOG_FETCHED);
  g_assert_cmpint (progress.bytes, >, 1000);
  g_assert_cmpuint (count_files (cache), ==, 1);

  static const SvChangelogWant wants[] = {{"alpha", "1.0", "2.0"}};
  g_autoptr (SvChangelogReader) reader = sv_changelog_reader_new (wants, 1, NULL);
  g_assert_true (sv_changelog_reader_read_path (reader, cache, &error));
  g_assert_cmpuint (sv_changelog_reader_get_entries (reader)->len, ==, 1);

  progress = (Progress){0};
  g_autoptr (GPtrArray) again = make_needs (folder);
  g_assert_true (sv_changelog_fetch (&fetch, again, &error));
  check_states (again, SV_CHANGELOG_CACHED);
  SV_TEST_RUN ("rm", "-rf", folder);
  g_unsetenv ("APT_CONFIG");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/changelog/entries", test_entries);
  g_test_add_func ("/changelog/range", test_range);
  g_test_add_func ("/changelog/pitfall-21-lineage", test_lineage);
  g_test_add_func ("/changelog/history-below-installed", test_history);
  g_test_add_func ("/changelog/evidence-of-nothing", test_evidence_of_nothing);
  g_test_add_func ("/changelog/version-refused", test_version_refused);
  g_test_add_data_func ("/changelog/truth-a", "rootfs-a-bookworm-minbase", test_truth);
  g_test_add_data_func ("/changelog/truth-b", "rootfs-b-bookworm-server", test_truth);
  g_test_add_data_func ("/changelog/truth-e", "rootfs-e-bullseye-small", test_truth);
  g_test_add_func ("/changelog/extract", test_extract);
  g_test_add_func ("/changelog/promise-S4-fetch", test_fetch);
  return g_test_run ();
}
