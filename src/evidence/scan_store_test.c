#include "evidence/scan_store.h"

#include "db/test_store.h"
#include "evidence/fixture.h"

#define HOST "host-one"

/* One scan in the making: what is installed, and what is found wrong with it. */
typedef struct {
  SvInventory *inventory;
  SvHostFacts facts;
  World world;
  SvReportParts parts;
} Scan;

static Scan *
scan_new (gint64 at_us)
{
  Scan *scan = g_new0 (Scan, 1);
  scan->inventory = new_inventory ();
  scan->parts = new_parts (scan->inventory, &scan->facts, &scan->world);
  scan->parts.at_us = at_us;
  return scan;
}

/* A package, installed, with one flaw. */
static SvFinding *
add_flaw (Scan *scan, const char *vulnerability, const char *package, const char *installed)
{
  add_package (scan->inventory, package, installed, package);
  return add_finding (&scan->parts, vulnerability, package, package, installed, "9");
}

/* A source that could not be asked. */
static void
add_silence (Scan *scan)
{
  SvReportSource *source = sv_record_new (&sv_report_source_type);
  source->id = g_strdup ("debian-tracker");
  source->kind = g_strdup ("debian-tracker");
  g_ptr_array_add (scan->parts.sources, source);
}

/* Saves @scan, which ends here. */
static gboolean
keep (SvDb *db, const char *host, Scan *scan, SvReport **ret_report, GError **error)
{
  g_autoptr (SvReport) report = sv_report_new (&scan->parts);
  gboolean saved = sv_scan_save (db, host, scan->inventory, report, error);
  sv_inventory_free (scan->inventory);
  g_free (scan);
  *ret_report = g_steal_pointer (&report);
  return saved;
}

static char *
join (const GPtrArray *list)
{
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < list->len; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? ", " : "", (const char *)list->pdata[i]);
  return g_string_free (out, FALSE);
}

static void
assert_change (SvDb *db, const char *host, Scan *scan, gint64 previous_us, const char *appeared,
               const char *resolved)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvReport) report = NULL;
  keep (db, host, scan, &report, &error);
  g_assert_no_error (error);
  g_assert_nonnull (report->change);
  g_autofree char *new_ones = join (report->change->appeared),
                  *gone = join (report->change->resolved);
  g_assert_cmpint (report->change->previous_at_us, ==, previous_us);
  g_assert_cmpstr (new_ones, ==, appeared);
  g_assert_cmpstr (gone, ==, resolved);
}

/* "vulnerability package installed first..last" with days from NOW; "+3" where it was resolved. */
static char *
history (SvDb *db, const char *host)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvQuery) query = sv_db_query (
      db,
      "SELECT vulnerability, package, installed, first_seen_us, last_seen_us, resolved_us "
      "FROM finding WHERE host = :host ORDER BY vulnerability, package, first_seen_us",
      &error);
  g_assert_no_error (error);
  sv_query_bind_text (query, "host", host);
  GString *out = g_string_new (NULL);
  while (sv_query_step (query, &error) == SV_STEP_ROW) {
    gint64 resolved = sv_query_get_int64 (query, 5);
    g_string_append_printf (out, "%s %s %s %d..%d", sv_query_get_text (query, 0),
                            sv_query_get_text (query, 1), sv_query_get_text (query, 2),
                            (int)((sv_query_get_int64 (query, 3) - NOW) / SV_DAY_US),
                            (int)((sv_query_get_int64 (query, 4) - NOW) / SV_DAY_US));
    if (resolved > 0)
      g_string_append_printf (out, " +%d", (int)((resolved - NOW) / SV_DAY_US));
    g_string_append_c (out, '\n');
  }
  g_assert_no_error (error);
  return g_string_free (out, FALSE);
}

static void
assert_history (SvDb *db, const char *host, const char *expected)
{
  g_autofree char *got = history (db, host);
  g_assert_cmpstr (got, ==, expected);
}

static gint64
count (SvDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvQuery) query = sv_db_query (db, sql, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sv_query_step (query, &error), ==, SV_STEP_ROW);
  return sv_query_get_int64 (query, 0);
}

static gint64
known_since (SvDb *db, const char *host, const char *vulnerability)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) known = NULL;
  sv_scan_load_known (db, host, &known, &error);
  g_assert_no_error (error);
  const gint64 *since = g_hash_table_lookup (known, vulnerability);
  return since != NULL ? *since : 0;
}

static void
test_first (SvTestStore *store)
{
  g_assert_cmpint (known_since (store->db, HOST, "CVE-2026-1"), ==, 0);
  Scan *scan = scan_new (NOW);
  add_flaw (scan, "CVE-2026-1", "a", "1");
  add_flaw (scan, "CVE-2026-2", "b", "1");
  add_update (&scan->parts, "a", "a", "1", "9");
  assert_change (store->db, HOST, scan, 0, "CVE-2026-1 in a, CVE-2026-2 in b", "");
  assert_history (store->db, HOST, "CVE-2026-1 a 1 0..0\nCVE-2026-2 b 1 0..0\n");
  g_assert_cmpint (known_since (store->db, HOST, "CVE-2026-1"), ==, NOW);
  g_assert_cmpint (count (store->db, "SELECT findings FROM scan"), ==, 2);
  g_assert_cmpint (count (store->db, "SELECT packages FROM scan"), ==, 2);
  g_assert_cmpint (count (store->db, "SELECT security FROM scan"), ==, 1);
}

static void
test_unchanged (SvTestStore *store)
{
  for (int day = 0; day < 3; day++) {
    Scan *scan = scan_new (NOW + DAY (day));
    add_flaw (scan, "CVE-2026-1", "a", "1");
    assert_change (store->db, HOST, scan, day == 0 ? 0 : NOW + DAY (day - 1),
                   day == 0 ? "CVE-2026-1 in a" : "", "");
  }
  assert_history (store->db, HOST, "CVE-2026-1 a 1 0..2\n");
  g_assert_cmpint (known_since (store->db, HOST, "CVE-2026-1"), ==, NOW);
  g_assert_cmpint (count (store->db, "SELECT count(*) FROM scan"), ==, 3);
  g_assert_cmpint (count (store->db, "SELECT count(*) FROM host"), ==, 1);
}

/* An update that does not heal it carries its date on: the deadline does not move. */
static void
test_updated_and_still_affected (SvTestStore *store)
{
  for (int day = 0; day < 2; day++) {
    Scan *scan = scan_new (NOW + DAY (day));
    add_flaw (scan, "CVE-2026-1", "a", day == 0 ? "1" : "2");
    assert_change (store->db, HOST, scan, day == 0 ? 0 : NOW, day == 0 ? "CVE-2026-1 in a" : "",
                   "");
  }
  assert_history (store->db, HOST, "CVE-2026-1 a 2 0..1\n");
}

/* What was healed and comes back opens an interval of its own; the old one is history. */
static void
test_comes_back (SvTestStore *store)
{
  Scan *scan = scan_new (NOW);
  add_flaw (scan, "CVE-2026-1", "a", "1");
  assert_change (store->db, HOST, scan, 0, "CVE-2026-1 in a", "");
  scan = scan_new (NOW + DAY (1));
  add_package (scan->inventory, "a", "9", "a");
  assert_change (store->db, HOST, scan, NOW, "", "CVE-2026-1 in a");
  g_assert_cmpint (known_since (store->db, HOST, "CVE-2026-1"), ==, 0);
  scan = scan_new (NOW + DAY (5));
  add_flaw (scan, "CVE-2026-1", "a", "1");
  assert_change (store->db, HOST, scan, NOW + DAY (1), "CVE-2026-1 in a", "");
  scan = scan_new (NOW + DAY (6));
  add_flaw (scan, "CVE-2026-1", "a", "1");
  assert_change (store->db, HOST, scan, NOW + DAY (5), "", "");
  assert_history (store->db, HOST, "CVE-2026-1 a 1 0..0 +1\nCVE-2026-1 a 1 5..6\n");
  g_assert_cmpint (known_since (store->db, HOST, "CVE-2026-1"), ==, NOW + DAY (5));
}

/* Nobody was there to say it again: that heals nothing (unknown is never healthy). */
static void
test_silence_heals_nothing (SvTestStore *store)
{
  Scan *scan = scan_new (NOW);
  add_flaw (scan, "CVE-2026-1", "kept", "1");
  add_flaw (scan, "CVE-2026-2", "replaced", "1");
  add_flaw (scan, "CVE-2026-3", "removed", "1");
  assert_change (store->db, HOST, scan, 0,
                 "CVE-2026-1 in kept, CVE-2026-2 in replaced, CVE-2026-3 in removed", "");
  scan = scan_new (NOW + DAY (1));
  add_silence (scan);
  add_package (scan->inventory, "kept", "1", "kept");
  add_package (scan->inventory, "replaced", "9", "replaced");
  add_package (scan->inventory, "removed", "1", "removed")->state = SV_PACKAGE_CONFIG_FILES;
  assert_change (store->db, HOST, scan, NOW, "", "CVE-2026-2 in replaced, CVE-2026-3 in removed");
  g_assert_cmpint (known_since (store->db, HOST, "CVE-2026-1"), ==, NOW);
  scan = scan_new (NOW + DAY (2)); /* now everybody was asked, and takes it back */
  add_package (scan->inventory, "kept", "1", "kept");
  assert_change (store->db, HOST, scan, NOW + DAY (1), "", "CVE-2026-1 in kept");
}

/* A security update of which no flaw is known keeps its date too, by its source's name. */
static void
test_unnamed_update (SvTestStore *store)
{
  for (int day = 0; day < 3; day++) {
    Scan *scan = scan_new (NOW + DAY (day));
    add_package (scan->inventory, "tzdata", day < 2 ? "1" : "2", "tzdata");
    add_silence (scan);
    if (day < 2)
      add_update (&scan->parts, "tzdata", "tzdata", "1", "2");
    assert_change (store->db, HOST, scan, day == 0 ? 0 : NOW + DAY (day - 1),
                   day == 0 ? "update:tzdata in tzdata" : "",
                   day == 2 ? "update:tzdata in tzdata" : "");
  }
  assert_history (store->db, HOST, "update:tzdata tzdata 1 0..1 +2\n");
}

/* Not judged any more is not healed: the interval goes on. */
static void
test_unknown_goes_on (SvTestStore *store)
{
  for (int day = 0; day < 2; day++) {
    Scan *scan = scan_new (NOW + DAY (day));
    SvFinding *finding = add_flaw (scan, "CVE-2026-1", "a", "1");
    finding->verdict = day == 0 ? SV_VERDICT_AFFECTED : SV_VERDICT_UNKNOWN;
    assert_change (store->db, HOST, scan, day == 0 ? 0 : NOW, day == 0 ? "CVE-2026-1 in a" : "",
                   "");
  }
  g_assert_cmpint (known_since (store->db, HOST, "CVE-2026-1"), ==, NOW);
}

/* When the fix could first be had stays, also if it is later out of reach again. */
static void
test_fix_available (SvTestStore *store)
{
  static const SvFix fixes[] = {SV_FIX_PENDING, SV_FIX_REACHABLE, SV_FIX_NOT_REACHABLE,
                                SV_FIX_REACHABLE};
  for (guint day = 0; day < G_N_ELEMENTS (fixes); day++) {
    g_autoptr (SvReport) report = NULL;
    Scan *scan = scan_new (NOW + DAY (day));
    add_flaw (scan, "CVE-2026-1", "a", "1")->fix = fixes[day];
    g_assert_true (keep (store->db, HOST, scan, &report, NULL));
    g_assert_cmpint (count (store->db, "SELECT fix_available_us FROM finding"), ==,
                     day == 0 ? 0 : NOW + DAY (1));
  }
}

/* Trap 80: two kernels of one name stand on one host. */
static void
test_two_versions (SvTestStore *store)
{
  Scan *scan = scan_new (NOW);
  add_flaw (scan, "CVE-2026-1", "kernel", "1");
  add_flaw (scan, "CVE-2026-1", "kernel", "2");
  assert_change (store->db, HOST, scan, 0, "CVE-2026-1 in kernel", "");
  scan = scan_new (NOW + DAY (1));
  add_flaw (scan, "CVE-2026-1", "kernel", "2");
  add_package (scan->inventory, "kernel", "9", "kernel");
  assert_change (store->db, HOST, scan, NOW, "", "");
  scan = scan_new (NOW + DAY (2));
  add_package (scan->inventory, "kernel", "9", "kernel");
  assert_change (store->db, HOST, scan, NOW + DAY (1), "", "CVE-2026-1 in kernel");
  assert_history (store->db, HOST, "CVE-2026-1 kernel 2 0..1 +2\n");
}

static void
test_two_hosts (SvTestStore *store)
{
  Scan *scan = scan_new (NOW);
  add_flaw (scan, "CVE-2026-1", "a", "1");
  assert_change (store->db, HOST, scan, 0, "CVE-2026-1 in a", "");
  assert_change (store->db, "host-two", scan_new (NOW + DAY (1)), 0, "", "");
  scan = scan_new (NOW + DAY (2));
  add_flaw (scan, "CVE-2026-1", "a", "1");
  assert_change (store->db, "host-two", scan, NOW + DAY (1), "CVE-2026-1 in a", "");
  assert_history (store->db, HOST, "CVE-2026-1 a 1 0..0\n");
  assert_history (store->db, "host-two", "CVE-2026-1 a 1 2..2\n");
  g_assert_cmpint (known_since (store->db, HOST, "CVE-2026-1"), ==, NOW);
  g_assert_cmpint (known_since (store->db, "host-two", "CVE-2026-1"), ==, NOW + DAY (2));
}

/* `--at` in the past does not rewrite what was seen since. */
static void
test_past (SvTestStore *store)
{
  g_autoptr (SvReport) report = NULL;
  g_autoptr (GError) error = NULL;
  Scan *scan = scan_new (NOW);
  add_flaw (scan, "CVE-2026-1", "a", "1");
  assert_change (store->db, HOST, scan, 0, "CVE-2026-1 in a", "");
  scan = scan_new (NOW - DAY (1));
  add_flaw (scan, "CVE-2026-2", "a", "1");
  g_assert_true (keep (store->db, HOST, scan, &report, &error));
  g_assert_no_error (error);
  g_assert_null (report->change);
  assert_history (store->db, HOST, "CVE-2026-1 a 1 0..0\n");
  g_assert_cmpint (count (store->db, "SELECT count(*) FROM scan"), ==, 1);
}

/* The last finding cannot be stored: nothing of the scan is. */
static void
test_all_or_nothing (SvTestStore *store)
{
  g_autoptr (SvReport) report = NULL;
  g_autoptr (GError) error = NULL;
  Scan *scan = scan_new (NOW);
  add_flaw (scan, "CVE-2026-1", "a", "1");
  add_flaw (scan, "CVE-2026-2", "\xff\xfe", "1");
  g_assert_false (keep (store->db, HOST, scan, &report, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
  g_assert_cmpint (count (store->db, "SELECT count(*) FROM host"), ==, 0);
  g_assert_cmpint (count (store->db, "SELECT count(*) FROM scan"), ==, 0);
  g_assert_cmpint (count (store->db, "SELECT count(*) FROM finding"), ==, 0);
  scan = scan_new (NOW); /* and the store goes on */
  add_flaw (scan, "CVE-2026-1", "a", "1");
  assert_change (store->db, HOST, scan, 0, "CVE-2026-1 in a", "");
}

/* S43: hostile names are values, also in SQL. */
static void
test_hostile_names (SvTestStore *store)
{
  Scan *scan = scan_new (NOW);
  add_flaw (scan, "'; DROP TABLE finding; --", "a'||'b", "1")->arch[0] = '\'';
  assert_change (store->db, "';--", scan, 0, "'; DROP TABLE finding; -- in a'||'b", "");
  assert_history (store->db, "';--", "'; DROP TABLE finding; -- a'||'b 1 0..0\n");
}

/* Many intervals of one finding may be over; at most one is open. */
static void
test_one_open_interval (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (count (store->db, "SELECT count(*) FROM finding"), ==, 0);
  sv_db_exec (store->db,
              "INSERT INTO host (id) VALUES ('h');"
              "INSERT INTO finding (host, vulnerability, package, arch, installed, status,"
              " first_seen_us, last_seen_us, resolved_us)"
              " VALUES ('h', 'v', 'p', '', '1', 'affected', 1, 2, 3),"
              " ('h', 'v', 'p', '', '1', 'affected', 4, 5, 6),"
              " ('h', 'v', 'p', '', '1', 'affected', 7, 8, 0)",
              &error);
  g_assert_no_error (error);
  sv_db_exec (store->db,
              "INSERT INTO finding (host, vulnerability, package, arch, installed, status,"
              " first_seen_us, last_seen_us) VALUES ('h', 'v', 'p', '', '2', 'affected', 9, 9)",
              &error);
  g_assert_error (error, SV_ERROR, SV_ERROR_EXISTS); /* at most one is open */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sv_test_store_add ("/scan-store/first", test_first);
  sv_test_store_add ("/scan-store/unchanged", test_unchanged);
  sv_test_store_add ("/scan-store/updated-and-still-affected", test_updated_and_still_affected);
  sv_test_store_add ("/scan-store/comes-back", test_comes_back);
  sv_test_store_add ("/scan-store/silence-heals-nothing", test_silence_heals_nothing);
  sv_test_store_add ("/scan-store/unnamed-update", test_unnamed_update);
  sv_test_store_add ("/scan-store/unknown-goes-on", test_unknown_goes_on);
  sv_test_store_add ("/scan-store/fix-available", test_fix_available);
  sv_test_store_add ("/scan-store/pitfall-80-two-versions", test_two_versions);
  sv_test_store_add ("/scan-store/two-hosts", test_two_hosts);
  sv_test_store_add ("/scan-store/past", test_past);
  sv_test_store_add ("/scan-store/all-or-nothing", test_all_or_nothing);
  sv_test_store_add ("/scan-store/promise-S43-hostile-names", test_hostile_names);
  sv_test_store_add ("/scan-store/one-open-interval", test_one_open_interval);
  return g_test_run ();
}
