#include "advisory/feed_import_store.h"
#include "advisory/statement_store.h"

#include "db/test_store.h"

#define NOW (G_GINT64_CONSTANT (1768867200) * SV_SECOND_US)

/* A feed that is registered, and the file that its next import reads. */
typedef struct {
  SvDb *db;
  char *directory;
  char *path;
} Fixture;

static void
fixture_init (Fixture *fixture, SvDb *db, const char *kind, const char *release)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvFeed) feed = sv_feed_new ("x", kind, NULL);
  *fixture = (Fixture){.db = db, .directory = g_dir_make_tmp ("salve-import-XXXXXX", NULL)};
  fixture->path = g_build_filename (fixture->directory, "feed", NULL);
  feed->release = g_strdup (release);
  sv_feed_register (db, feed, &error);
  g_assert_no_error (error);
}

static void
fixture_clear (Fixture *fixture)
{
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->directory), ==, 0);
  g_free (fixture->directory);
  g_free (fixture->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static gboolean
import_text (Fixture *fixture, const char *text, gboolean force, SvFeedResult *result,
             GError **error)
{
  const SvFeedImport import = {.feed = "x", .path = fixture->path, .now_us = NOW, .force = force};
  g_assert_true (g_file_set_contents (fixture->path, text, -1, NULL));
  return sv_feed_import (fixture->db, &import, result, error);
}

static void
import_well (Fixture *fixture, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_auto (SvFeedResult) result = {0};
  import_text (fixture, text, FALSE, &result, &error);
  g_assert_no_error (error);
}

static gboolean
append_row (const SvStatementRow *row, gpointer user_data, GError **error)
{
  const SvStatement *statement = row->statement;
  g_string_append_printf (user_data, "%s%s %s<%s", ((GString *)user_data)->len > 0 ? "; " : "",
                          statement->vulnerability,
                          statement->introduced != NULL ? statement->introduced : "",
                          statement->fixed != NULL ? statement->fixed : "");
  g_assert_true ((row->fixed.size > 0) == (statement->fixed != NULL));
  return TRUE;
}

/* What the store says of @package, in its order. */
static char *
statements_of (SvDb *db, const char *release, const char *package, SvNameKind kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  const SvStatementQuery query = {.release = release, .package = package, .name_kind = (gint)kind};
  sv_statement_foreach (db, &query, append_row, text, &error);
  g_assert_no_error (error);
  return g_strdup (text->str);
}

static void
assert_says (SvDb *db, const char *release, const char *expected)
{
  g_autofree char *text = statements_of (db, release, "foo", SV_NAME_SOURCE);
  g_assert_cmpstr (text, ==, expected);
}

#define FOO(release, flaw, fixed)                                                                  \
  "[1 Jan 2026] DSA-1-1 foo - x\n\t{" flaw "}\n\t[" release "] - foo " fixed "\n"

static void
test_import (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_auto (Fixture) fixture;
  fixture_init (&fixture, store->db, "debian-list", NULL);
  import_well (&fixture, FOO ("bookworm", "CVE-2026-0002 CVE-2026-0001", "1.2-3"));
  assert_says (store->db, "debian:12", "CVE-2026-0001 0<1.2-3; CVE-2026-0002 0<1.2-3");
  assert_says (store->db, "debian:11", "");
  g_autofree char *binary = statements_of (store->db, "debian:12", "foo", SV_NAME_BINARY);
  g_assert_cmpstr (binary, ==, "");

  g_autoptr (SvFeed) feed = sv_feed_load (store->db, "x", &error);
  g_assert_no_error (error);
  g_assert_cmpint (feed->records, ==, 3);
  g_assert_cmpint (feed->synced_at_us, ==, NOW);
  g_autofree char *content = sv_time_format_date (feed->content_at_us);
  g_assert_cmpstr (content, ==, "2026-01-01");
  g_assert_cmpint (feed->authenticity, ==, SV_AUTHENTICITY_UNVERIFIED);
  g_assert_cmpstr (feed->authenticity_detail, ==, "imported by hand");
  g_assert_cmpstr (feed->engine, ==, SALVE_VERSION);
  g_assert_cmpuint (strlen (feed->sha256), ==, 64);

  g_autoptr (SvAdvisory) advisory = sv_advisory_find (store->db, "x", "DSA-1-1", &error);
  g_assert_cmpuint (advisory->vulnerabilities->len, ==, 2);
  g_assert_null (sv_advisory_find (store->db, "x", "DSA-2-1", &error));
  g_assert_no_error (error);
}

static void
test_swap (SvTestStore *store)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture, store->db, "debian-list", NULL);
  import_well (&fixture, FOO ("bookworm", "CVE-2026-0001", "1.2-3"));
  import_well (&fixture, FOO ("bookworm", "CVE-2026-0002", "1.2-4"));
  assert_says (store->db, "debian:12", "CVE-2026-0002 0<1.2-4");
}

/* Whatever is wrong with the new, the old stays in force, and the register says what was wrong. */
static void
test_last_good_stays (SvTestStore *store)
{
  const char *bad[] = {"", "nonsense\n", "\t[bookworm] - foo 1\n"};
  g_auto (Fixture) fixture;
  fixture_init (&fixture, store->db, "debian-list", NULL);
  import_well (&fixture, FOO ("bookworm", "CVE-2026-0001", "1.2-3"));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_auto (SvFeedResult) result = {0};
    g_assert_false (import_text (&fixture, bad[i], FALSE, &result, &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
    assert_says (store->db, "debian:12", "CVE-2026-0001 0<1.2-3");
    g_autoptr (SvFeed) feed = sv_feed_load (store->db, "x", NULL);
    g_assert_nonnull (strstr (feed->error, "holds no record"));
    g_assert_cmpint (feed->records, ==, 2);
    g_assert_cmpint (sv_feed_get_health (feed, NOW), ==, SV_HEALTH_FAILING);
  }
  import_well (&fixture, FOO ("bookworm", "CVE-2026-0002", "1.2-4"));
  g_autoptr (SvFeed) healed = sv_feed_load (store->db, "x", NULL);
  g_assert_null (healed->error);
}

/* Broken in the middle, after half of it went in. */
static void
test_half_a_feed (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_auto (SvFeedResult) result = {0};
  g_auto (Fixture) fixture;
  fixture_init (&fixture, store->db, "debian-tracker", NULL);
  import_well (&fixture, "{\"foo\":{\"CVE-2026-0001\":{\"releases\":{\"bookworm\":{\"status\":"
                         "\"resolved\",\"fixed_version\":\"1\"}}}}}");
  g_assert_false (
      import_text (&fixture,
                   "{\"foo\":{\"CVE-2026-0002\":{\"releases\":{\"bookworm\":{\"status\":"
                   "\"resolved\",\"fixed_version\":\"2\"}}}},\"bar\":{\"CVE-2026-0003\"",
                   FALSE, &result, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
  g_assert_cmpuint (result.counts.records[SV_FEED_STATEMENT], ==, 1); /* it was on its way in */
  assert_says (store->db, "debian:12", "CVE-2026-0001 0<1");
}

static char *
make_list (guint n)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text,
                            "[1 Jan 2026] DSA-%u-1 foo - x\n\t{CVE-2026-%04u}\n"
                            "\t[bookworm] - foo 1\n",
                            i + 1, i + 1);
  return g_strdup (text->str);
}

static void
test_shrunk (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_auto (SvFeedResult) refused = {0};
  g_auto (SvFeedResult) forced = {0};
  g_auto (Fixture) fixture;
  g_autofree char *ten = make_list (10);
  g_autofree char *five = make_list (5);
  g_autofree char *two = make_list (2);
  fixture_init (&fixture, store->db, "debian-list", NULL);
  import_well (&fixture, ten);
  import_well (&fixture, five);
  g_assert_false (import_text (&fixture, two, FALSE, &refused, &error));
  g_assert_nonnull (strstr (error->message, "only 4 records where there were 10"));
  g_clear_error (&error);
  import_text (&fixture, two, TRUE, &forced, &error);
  g_assert_no_error (error);
  assert_says (store->db, "debian:12", "CVE-2026-0001 0<1; CVE-2026-0002 0<1");
}

/* Traps 104, 105. */
static void
test_same_again (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_auto (Fixture) fixture;
  fixture_init (&fixture, store->db, "debian-list", NULL);
  import_well (&fixture, FOO ("bookworm", "CVE-2026-0001", "1.2-3"));
  g_auto (SvFeedResult) same = {0};
  g_assert_true (
      import_text (&fixture, FOO ("bookworm", "CVE-2026-0001", "1.2-3"), FALSE, &same, &error));
  g_assert_true (same.unchanged);
  g_autoptr (SvFeed) feed = sv_feed_load (store->db, "x", &error);
  g_assert_cmpint (feed->records, ==, 2);

  sv_db_exec (store->db, "UPDATE feed SET engine = 'older'", &error);
  g_auto (SvFeedResult) engine = {0};
  g_assert_true (
      import_text (&fixture, FOO ("bookworm", "CVE-2026-0001", "1.2-3"), FALSE, &engine, &error));
  g_assert_false (engine.unchanged); /* another program may read it otherwise */

  g_clear_pointer (&feed->release, g_free);
  feed->release = g_strdup ("debian:12");
  g_assert_true (sv_feed_register (store->db, feed, &error));
  g_auto (SvFeedResult) filter = {0};
  g_assert_true (
      import_text (&fixture, FOO ("bookworm", "CVE-2026-0001", "1.2-3"), FALSE, &filter, &error));
  g_assert_false (filter.unchanged); /* other releases are wanted now */
}

static void
test_dropped_release (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_auto (SvFeedResult) result = {0};
  g_auto (Fixture) fixture;
  fixture_init (&fixture, store->db, "debian-list", NULL);
  import_well (&fixture, FOO ("buster", "CVE-2026-0001", "1\n\t[bookworm] - foo 1.2-3"));
  g_assert_true (
      import_text (&fixture, FOO ("bookworm", "CVE-2026-0002", "1.2-4"), FALSE, &result, &error));
  g_assert_cmpuint (result.frozen->len, ==, 1);
  g_assert_cmpstr (result.frozen->pdata[0], ==, "debian:10");
  assert_says (store->db, "debian:10", "CVE-2026-0001 0<1");
  assert_says (store->db, "debian:12", "CVE-2026-0002 0<1.2-4");

  g_autoptr (SvFeed) feed = sv_feed_load (store->db, "x", &error);
  feed->release = g_strdup ("debian:12"); /* no longer wanted: no longer kept */
  g_assert_true (sv_feed_register (store->db, feed, &error));
  import_well (&fixture, FOO ("bookworm", "CVE-2026-0002", "1.2-4"));
  assert_says (store->db, "debian:10", "");
}

static void
test_wanted_releases (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_auto (SvFeedResult) result = {0};
  g_auto (Fixture) fixture;
  fixture_init (&fixture, store->db, "debian-tracker", "debian:12");
  import_well (&fixture, "{\"foo\":{\"CVE-2026-0001\":{\"releases\":{"
                         "\"bookworm\":{\"status\":\"open\"},\"sid\":{\"status\":\"open\"}}}}}");
  assert_says (store->db, "debian:12", "CVE-2026-0001 0<");
  assert_says (store->db, "debian:sid", "");
  g_assert_false (import_text (&fixture,
                               "{\"foo\":{\"CVE-2026-0001\":{\"releases\":{"
                               "\"sid\":{\"status\":\"open\"}}}}}",
                               FALSE, &result, &error));
  g_assert_nonnull (strstr (error->message, "holds nothing for 'debian:12'"));
  assert_says (store->db, "debian:12", "CVE-2026-0001 0<");
}

static void
test_malformed_version (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_auto (SvFeedResult) result = {0};
  g_auto (Fixture) fixture;
  fixture_init (&fixture, store->db, "debian-list", NULL);
  g_assert_true (import_text (&fixture,
                              "[1 Jan 2026] DSA-1-1 foo - x\n\t{CVE-2026-0001}\n"
                              "\t[bookworm] - foo nonsense\n\t[bookworm] - foo2 1.0\n",
                              FALSE, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (result.counts.skipped, ==, 1);
  g_assert_cmpuint (result.counts.records[SV_FEED_STATEMENT], ==, 1);
  g_assert_nonnull (strstr (result.examples->pdata[0], "'CVE-2026-0001' of 'foo'"));
  assert_says (store->db, "debian:12", "");
  g_autoptr (SvFeed) feed = sv_feed_load (store->db, "x", &error);
  g_assert_cmpint (feed->skipped, ==, 1);
}

/* A key of the record before must not stay behind where this one has no version. */
static void
test_keys (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_auto (Fixture) fixture;
  fixture_init (&fixture, store->db, "osv", NULL);
  import_well (
      &fixture,
      "{\"id\":\"CVE-2026-0001\",\"affected\":[{\"package\":{\"ecosystem\":\"Debian:12\","
      "\"name\":\"foo\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":["
      "{\"introduced\":\"1.0\"},{\"fixed\":\"1.5\"},{\"introduced\":\"2.0\"}]}]},"
      "{\"package\":{\"ecosystem\":\"Debian:12\",\"name\":\"foo\"},\"ranges\":["
      "{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"0.5\"}]}]}]}");
  g_autofree char *text = statements_of (store->db, "debian:12", "foo", SV_NAME_SOURCE);
  g_assert_true (strstr (text, "CVE-2026-0001 1.0<1.5") && strstr (text, "CVE-2026-0001 2.0<") &&
                 strstr (text, "CVE-2026-0001 <0.5"));
  g_autoptr (SvQuery) query =
      sv_db_query (store->db,
                   "SELECT COUNT(*) FROM feed_statement WHERE introduced IS NULL"
                   " AND introduced_key IS NOT NULL OR fixed IS NULL AND fixed_key IS NOT NULL",
                   &error);
  g_assert_cmpint (sv_query_step (query, &error), ==, SV_STEP_ROW);
  g_assert_cmpint (sv_query_get_int64 (query, 0), ==, 0);
}

static gboolean
count_row (const SvStatementRow *row, gpointer user_data, GError **error)
{
  (*(guint *)user_data)++;
  return TRUE;
}

static void
test_classes (SvTestStore *store)
{
  guint flaws = 0, all = 0;
  g_autoptr (GError) error = NULL;
  g_auto (Fixture) fixture;
  fixture_init (&fixture, store->db, "osv", NULL);
  import_well (&fixture, "{\"id\":\"ALBA-2026:1\",\"affected\":[{\"package\":{\"ecosystem\":"
                         "\"AlmaLinux:8\",\"name\":\"foo\"},\"ranges\":[{\"type\":\"ECOSYSTEM\","
                         "\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"1-1.el8\"}]}]}]}");
  SvStatementQuery query = {
      .release = "almalinux:8", .package = "foo", .name_kind = SV_NAME_BINARY};
  sv_statement_foreach (store->db, &query, count_row, &flaws, &error);
  query.every_class = TRUE;
  sv_statement_foreach (store->db, &query, count_row, &all, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (flaws, ==, 0);
  g_assert_cmpuint (all, ==, 1);
}

static void
import_as (SvDb *db, const char *id, const char *kind, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_auto (SvFeedResult) result = {0};
  g_autofree char *directory = g_dir_make_tmp ("salve-import-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "feed", NULL);
  g_autoptr (SvFeed) feed = sv_feed_new (id, kind, NULL);
  const SvFeedImport import = {.feed = id, .path = path, .now_us = NOW};
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  sv_feed_register (db, feed, &error);
  g_assert_no_error (error);
  sv_feed_import (db, &import, &result, &error);
  g_assert_no_error (error);
  g_unlink (path);
  g_rmdir (directory);
}

static void
test_facts (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  import_as (store->db, "osv", "osv", "{\"id\":\"CGA-1\",\"aliases\":[\"GHSA-1\"]}");
  import_as (store->db, "osv2", "osv", "{\"id\":\"GHSA-1\",\"aliases\":[\"CVE-2026-0001\"]}");
  import_as (store->db, "kev", "kev",
             "{\"vulnerabilities\":[{\"cveID\":\"CVE-2026-0001\",\"dateAdded\":\"2026-01-01\","
             "\"dueDate\":\"2026-01-04\",\"forensicTriage\":\"Yes\"}]}");
  import_as (store->db, "epss", "epss", "CVE-2026-0001,0.25,0.5\n");
  import_as (store->db, "cve", "cve5",
             "{\"dataType\":\"CVE_RECORD\",\"cveMetadata\":{\"cveId\":\"CVE-2026-0001\",\"state\":"
             "\"PUBLISHED\"},\"containers\":{\"cna\":{\"title\":\"T\"},\"adp\":[{\"metrics\":[{"
             "\"other\":{\"type\":\"kev\",\"content\":{\"dateAdded\":\"2026-01-01\"}}}]}]}}");
  g_auto (SvFacts) facts = {0};
  sv_facts_load (store->db, "CGA-1", &facts, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (facts.names->len, ==, 3); /* aliases of aliases */
  g_assert_cmpstr (facts.names->pdata[0], ==, "CGA-1");
  g_assert_cmpstr (facts.kev->forensic_triage, ==, "Yes"); /* the entry with a deadline */
  g_assert_cmpfloat (facts.epss->score, ==, 0.25);
  g_assert_cmpstr (facts.cve->title, ==, "T");

  g_auto (SvFacts) unknown = {0};
  sv_facts_load (store->db, "CVE-2026-9999", &unknown, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (unknown.names->len, ==, 1);
  g_assert_true (unknown.kev == NULL && unknown.epss == NULL && unknown.cve == NULL);
}

static void
test_register (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_auto (Fixture) fixture;
  fixture_init (&fixture, store->db, "debian-list", NULL);
  import_well (&fixture, FOO ("bookworm", "CVE-2026-0001", "1"));
  g_assert_null (sv_feed_load (store->db, "y", &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_autoptr (SvFeed) other = sv_feed_new ("a", "nonsense", "https://mirror.example/");
  g_assert_true (sv_feed_register (store->db, other, &error));
  g_autoptr (GPtrArray) feeds = sv_feed_list (store->db, &error);
  g_assert_cmpuint (feeds->len, ==, 2);
  g_assert_cmpstr (((SvFeed *)feeds->pdata[0])->id, ==, "a");

  g_auto (SvFeedResult) result = {0};
  const SvFeedImport unknown_format = {.feed = "a", .path = fixture.path, .now_us = NOW};
  g_assert_false (sv_feed_import (store->db, &unknown_format, &result, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_UNSUPPORTED);
  g_clear_error (&error);

  g_assert_true (sv_feed_remove (store->db, "x", &error));
  assert_says (store->db, "debian:12", "");
  g_assert_false (sv_feed_remove (store->db, "x", &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_NOT_FOUND);
}

static void
test_pinned_digest (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_auto (SvFeedResult) result = {0};
  g_auto (Fixture) fixture;
  fixture_init (&fixture, store->db, "debian-list", NULL);
  g_assert_true (
      g_file_set_contents (fixture.path, FOO ("bookworm", "CVE-2026-0001", "1"), -1, NULL));
  const SvFeedImport import = {
      .feed = "x", .path = fixture.path, .now_us = NOW, .sha256 = "00", .force = TRUE};
  g_assert_false (sv_feed_import (store->db, &import, &result, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_UNTRUSTED);
  assert_says (store->db, "debian:12", "");
}

/* -- Data -- */

static void
test_almalinux (SvTestStore *store)
{
  const char *root = g_getenv ("SALVE_TEST_DATA");
  g_autofree char *path =
      g_build_filename (root != NULL ? root : "", "rpm/almalinux8-osv.tar.zst", NULL);
  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_test_skip ("shared data absent");
    return;
  }
  g_autoptr (GError) error = NULL;
  g_auto (SvFeedResult) result = {0};
  guint rows = 0;
  g_autoptr (SvFeed) feed = sv_feed_new ("x", "osv", NULL);
  g_assert_true (sv_feed_register (store->db, feed, &error));
  const SvFeedImport import = {.feed = "x", .path = path, .now_us = NOW};
  sv_feed_import (store->db, &import, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result.counts.records[SV_FEED_STATEMENT], ==, 147829);
  g_assert_cmpuint (result.counts.skipped, ==, 0);
  const SvStatementQuery query = {
      .release = "almalinux:8", .package = "criu", .name_kind = SV_NAME_BINARY};
  g_assert_true (sv_statement_foreach (store->db, &query, count_row, &rows, &error));
  g_assert_cmpuint (rows, >, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sv_test_store_add ("/import/whole", test_import);
  sv_test_store_add ("/import/swap", test_swap);
  sv_test_store_add ("/import/promise-s39-last-good-stays", test_last_good_stays);
  sv_test_store_add ("/import/pitfall-103-half-a-feed", test_half_a_feed);
  sv_test_store_add ("/import/shrunk", test_shrunk);
  sv_test_store_add ("/import/pitfall-104-105-same-again", test_same_again);
  sv_test_store_add ("/import/pitfall-102-dropped-release", test_dropped_release);
  sv_test_store_add ("/import/wanted-releases", test_wanted_releases);
  sv_test_store_add ("/import/pitfall-107-malformed-version", test_malformed_version);
  sv_test_store_add ("/import/keys", test_keys);
  sv_test_store_add ("/import/pitfall-55-classes", test_classes);
  sv_test_store_add ("/import/pitfall-53-facts", test_facts);
  sv_test_store_add ("/import/register", test_register);
  sv_test_store_add ("/import/pinned-digest", test_pinned_digest);
  sv_test_store_add ("/import/data/almalinux", test_almalinux);
  return g_test_run ();
}
