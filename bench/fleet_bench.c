/* fleet-bench DIRECTORY HOSTS: a fleet of that many hosts in an embedded store, and how fast its
 * questions are answered; beside it the naive layout, one row for each package of each host, at a
 * hundredth of the size. Prints one table. The store is kept: a second run finds it warm. */
#include "fleet_model.h"
#include "table.h"

#include "exposure/exposure.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define N_PACKAGES 1500
#define N_STATEMENTS 160000
#define BATCH 500 /* reports in one transaction, as a group commit has them */
#define NOW (G_GINT64_CONSTANT (1795000000) * SV_SECOND_US)
#define FLAW "CVE-2026-99999"

typedef struct {
  const char *directory;
  guint n_hosts;
  SvDb *db;
  SvDictionary *dictionary;
  SvFleet *fleet;
  FleetModel *model;
  BenchTable *table;
  double naive_bytes, naive_seconds; /* a host; one question, for as many hosts */
} Bench;

static void
die (GError *error)
{
  if (error == NULL)
    return;
  g_printerr ("fleet-bench: %s\n", error->message);
  exit (1);
}

/* --- measuring --- */

static double
seconds_since (gint64 begin_us)
{
  return (double)(g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC;
}

/* Resident now, not at its peak: what a server would hold. */
static double
resident_mib (void)
{
  g_autofree char *text = NULL;
  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    return 0;
  const char *second = strchr (text, ' ');
  return second != NULL ? (double)g_ascii_strtoull (second + 1, NULL, 10) / 256 : 0;
}

static double
file_bytes (const char *path)
{
  struct stat info;
  return stat (path, &info) == 0 ? (double)info.st_size : 0;
}

static void
add_seconds (Bench *bench, const char *what, double seconds, double bar)
{
  char *text = seconds < 0.01 ? g_strdup_printf ("%.3f ms", seconds * 1000)
                              : g_strdup_printf ("%.2f s", seconds);
  g_autofree char *limit = bar <= 0     ? g_strdup ("")
                           : bar < 0.01 ? g_strdup_printf ("%g ms", bar * 1000)
                                        : g_strdup_printf ("%g s", bar);
  bench_table_add (bench->table, what, text, NULL, NULL, limit,
                   bar <= 0         ? BENCH_NO_BAR
                   : seconds <= bar ? BENCH_MET
                                    : BENCH_MISSED);
}

static char *
times (double theirs, double ours)
{
  return g_strdup_printf ("%.0fx", theirs / ours);
}

/* --- making the fleet --- */

static void
report_host (Bench *bench, guint number)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvInventory) inventory = fleet_model_make_host (bench->model, number);
  SvCheckin *checkin = sv_checkin_new (inventory, NULL, TRUE);
  g_autofree char *id = g_strdup_printf ("00000000-0000-7000-8000-%012u", number);
  SvHostPlace place;
  sv_host_check_in (bench->dictionary, bench->db, id, checkin, NOW, &place, &error);
  sv_checkin_free_lent (checkin);
  die (error);
}

static void
seed (Bench *bench, guint begin, guint end)
{
  for (guint number = begin; number < end;) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SvTx) tx = sv_db_begin (bench->db, &error);
    die (error);
    for (guint i = 0; i < BATCH && number < end; i++)
      report_host (bench, number++);
    sv_tx_commit (tx, &error);
    die (error);
    sv_dictionary_refresh (bench->dictionary, bench->db, &error);
    die (error);
    if (number % 10000 == 0)
      g_printerr ("%u hosts reported\n", number);
  }
}

/* --- a million: hosts that differ a little from hosts that reported --- */

#define REPORTED                                                                                   \
  20000 /* of so many as report themselves, when there are to be more than 100,000                 \
         */

static guint
count_reporting (const Bench *bench)
{
  return bench->n_hosts > 100000 ? REPORTED : bench->n_hosts;
}

static void
run_sql (Bench *bench, const char *sql, const char *host, const char *template, gint64 set)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvQuery) query = sv_db_query (bench->db, sql, &error);
  die (error);
  sv_query_bind_text (query, "host", host);
  sv_query_bind_text (query, "template", template);
  sv_query_bind_int64 (query, "set", set);
  sv_query_run (query, &error);
  die (error);
}

/* A set of its own: that of the template without one of its packages. Laid out as
 * sv_package_set_keep() does it. */
static void
insert_set (Bench *bench, gint64 set, gint64 of, guint number)
{
  g_autoptr (GError) error = NULL;
  g_auto (SvPackageSetRow) row = {0};
  g_autoptr (GArray) whole = NULL, gone = g_array_new (FALSE, FALSE, sizeof (guint32));
  sv_package_set_load_row (bench->db, of, &row, &error);
  gint64 base = row.base != 0 ? row.base : of;
  sv_package_set_load (bench->db, base, &whole, &error);
  die (error);
  g_array_append_val (gone, g_array_index (whole, guint32, number % whole->len));
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) was = row.base != 0 ? g_array_ref (row.removed) : g_array_ref (none);
  g_autoptr (GArray) removed = sv_id_list_apply (was, gone, gone);
  g_autoptr (GBytes) members = sv_id_list_encode (row.base != 0 ? row.added : none);
  g_autoptr (GBytes) lacking = sv_id_list_encode (removed);
  g_autoptr (SvQuery) query =
      sv_db_query (bench->db,
                   "INSERT INTO package_set (id, digest, base, size, members, removed)"
                   " VALUES (:id, :digest, :base, 1500, :members, :removed)",
                   &error);
  die (error);
  g_autofree char *text = g_strdup_printf ("set %u", number);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  sv_query_bind_int64 (query, "id", set);
  sv_query_bind_int64 (query, "base", base);
  sv_query_bind_blob (query, "digest", digest, 32);
  sv_query_bind_blob (query, "members", g_bytes_get_data (members, NULL) ?: "",
                      g_bytes_get_size (members));
  sv_query_bind_blob (query, "removed", g_bytes_get_data (lacking, NULL),
                      g_bytes_get_size (lacking));
  sv_query_run (query, &error);
  die (error);
}

static gint64
read_number (Bench *bench, const char *sql, const char *template)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvQuery) query = sv_db_query (bench->db, sql, &error);
  die (error);
  if (template != NULL)
    sv_query_bind_text (query, "template", template);
  g_assert (sv_query_step (query, &error) == SV_STEP_ROW);
  return sv_query_get_int64 (query, 0);
}

static void
copy_host (Bench *bench, guint number, gint64 set)
{
  g_autofree char *host = g_strdup_printf ("00000000-0000-7000-8000-%012u", number);
  g_autofree char *template = g_strdup_printf ("00000000-0000-7000-8000-%012u", number % REPORTED);
  gint64 of = read_number (bench, "SELECT package_set FROM host WHERE id = :template", template);
  insert_set (bench, set, of, number);
  run_sql (bench,
           "INSERT INTO host (id, hostname, distro, first_seen_us, last_seen_us, package_set,"
           " posture, moved_at_us, packages, os, machine, hardware_class, kernel, reboot,"
           " collected_at_us, addresses) SELECT :host, hostname, distro, first_seen_us,"
           " last_seen_us, CAST (:set AS BIGINT), posture, moved_at_us, packages, os, machine,"
           " hardware_class, kernel, reboot, collected_at_us, addresses FROM host"
           " WHERE id = :template",
           host, template, set);
  run_sql (bench,
           "INSERT INTO host_facts (host, facts) SELECT :host, facts FROM host_facts"
           " WHERE host = :template AND :set > 0",
           host, template, set);
  run_sql (bench,
           "INSERT INTO host_move (host, at_us, posture, removed) SELECT :host, at_us, posture,"
           " removed FROM host_move WHERE host = :template AND :set > 0",
           host, template, set);
}

static void
multiply (Bench *bench, guint begin)
{
  gint64 set = read_number (bench, "SELECT MAX (id) FROM package_set", NULL);
  for (guint number = begin; number < bench->n_hosts;) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SvTx) tx = sv_db_begin (bench->db, &error);
    die (error);
    for (guint i = 0; i < 5000 && number < bench->n_hosts; i++)
      copy_host (bench, number++, ++set);
    sv_tx_commit (tx, &error);
    die (error);
    if (number % 100000 == 0)
      g_printerr ("%u hosts made\n", number);
  }
}

static void
import (Bench *bench, const char *one_more)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (bench->directory, "tracker.json", NULL);
  g_auto (SvFeedResult) result = {0};
  g_autoptr (SvFeed) feed = sv_feed_new ("debian-tracker", "debian-tracker", NULL);
  feed->release = g_strdup ("debian:11 debian:12 debian:13");
  fleet_model_write_tracker (bench->model, path, N_STATEMENTS, one_more, &error);
  die (error);
  sv_feed_register (bench->db, feed, &error);
  die (error);
  const SvFeedImport asked = {.feed = "debian-tracker", .path = path, .now_us = NOW};
  sv_feed_import (bench->db, &asked, &result, &error);
  die (error);
}

static guint
count_hosts (Bench *bench)
{
  gint64 count = 0;
  g_autoptr (GError) error = NULL;
  sv_host_count (bench->db, &(SvHostFilter){0}, &count, &error);
  die (error);
  return (guint)count;
}

/* What is there without any host: feeds, and one entry for each distinct package. */
static double
fixed_bytes (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvQuery) query =
      sv_db_query (bench->db,
                   "SELECT SUM (pgsize) FROM dbstat WHERE substr (name, 1, 4) <> 'host'"
                   " AND substr (name, 1, 11) <> 'package_set' AND substr (name, 1, 21) <>"
                   " 'sqlite_autoindex_host'",
                   &error);
  die (error);
  g_assert (sv_query_step (query, NULL) == SV_STEP_ROW);
  return (double)sv_query_get_int64 (query, 0);
}

static void
make_fleet (Bench *bench)
{
  gint64 begin_us = g_get_monotonic_time ();
  guint there = count_hosts (bench);
  guint reporting = count_reporting (bench);
  seed (bench, there, reporting);
  double seconds = seconds_since (begin_us);
  if (there < reporting)
    bench_table_add (bench->table, "first reports, making them included",
                     g_strdup_printf ("%.0f a second", (reporting - there) / MAX (seconds, 0.001)),
                     NULL, NULL, "", BENCH_NO_BAR);
  multiply (bench, MAX (there, reporting));
  g_autofree char *path = g_build_filename (bench->directory, "fleet.db", NULL);
  double fixed = fixed_bytes (bench), each = (file_bytes (path) - fixed) / bench->n_hosts;
  bench_table_add (bench->table, "stored for a host", g_strdup_printf ("%.0f bytes", each),
                   g_strdup_printf ("%.0f bytes", bench->naive_bytes),
                   times (bench->naive_bytes, each), "2048 bytes",
                   each <= 2048 ? BENCH_MET : BENCH_MISSED);
  bench_table_add (bench->table, "stored once: feeds, distinct packages",
                   g_strdup_printf ("%.0f MiB", fixed / (1 << 20)), NULL, NULL, "", BENCH_NO_BAR);
}

/* --- the naive layout: a row for each package of each host --- */

#define NAIVE_SHARE 100 /* one host in so many: all of them would take hours and a large disk */

static void
insert_naive (SvDb *db, guint host, const SvInventory *inventory)
{
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < inventory->packages->len; i++) {
    const SvPackage *package = inventory->packages->pdata[i];
    g_autoptr (SvQuery) query =
        sv_db_query (db,
                     "INSERT INTO naive (host, name, version, arch, source, source_version)"
                     " VALUES (:host, :name, :version, :arch, :source, :source_version)",
                     &error);
    die (error);
    sv_query_bind_record (query, &sv_package_type, package);
    sv_query_bind_int64 (query, "host", host);
    sv_query_run (query, &error);
    die (error);
  }
}

static void
make_naive (Bench *bench, SvDb *db, guint n)
{
  g_autoptr (GError) error = NULL;
  sv_db_exec (db,
              "CREATE TABLE naive (host BIGINT, name TEXT, version TEXT, arch TEXT, source TEXT,"
              " source_version TEXT); CREATE INDEX naive_by_source ON naive (source);"
              "CREATE INDEX naive_by_host ON naive (host)",
              &error);
  die (error);
  g_autoptr (SvTx) tx = sv_db_begin (db, &error);
  die (error);
  for (guint i = 0; i < n; i++) {
    g_autoptr (SvInventory) inventory = fleet_model_make_host (bench->model, i * NAIVE_SHARE);
    insert_naive (db, i, inventory);
  }
  sv_tx_commit (tx, &error);
  die (error);
}

/* Which hosts have @source in a version before @fixed. */
static guint
ask_naive (SvDb *db, const char *source, const char *fixed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) hosts = g_hash_table_new (NULL, NULL);
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT host, source_version FROM naive WHERE source = :source", &error);
  die (error);
  sv_query_bind_text (query, "source", source);
  while (sv_query_step (query, &error) == SV_STEP_ROW) {
    int order;
    if (sv_version_compare (SV_SCHEME_DEB, sv_query_get_text (query, 1), fixed, &order, NULL) &&
        order < 0)
      g_hash_table_add (hosts, GINT_TO_POINTER (sv_query_get_int64 (query, 0)));
  }
  die (error);
  return g_hash_table_size (hosts);
}

static void
measure_naive (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  guint n = MAX (bench->n_hosts / NAIVE_SHARE, 10);
  g_autofree char *path = g_build_filename (bench->directory, "naive.db", NULL);
  g_remove (path);
  g_autoptr (SvDb) db = sv_db_open (path, &error);
  die (error);
  double empty = file_bytes (path);
  make_naive (bench, db, n);
  sv_db_exec (db, "PRAGMA wal_checkpoint (TRUNCATE)", &error);
  bench->naive_bytes = (file_bytes (path) - empty) / n;
  ask_naive (db, "source-1", "9999"); /* warm */
  gint64 begin_us = g_get_monotonic_time ();
  guint affected = ask_naive (db, "source-1", "9999");
  bench->naive_seconds = seconds_since (begin_us) * bench->n_hosts / n;
  bench_table_add_note (bench->table,
                        "the naive layout was measured with %u hosts (%u affected by what was"
                        " asked), its time taken times %.0f",
                        n, affected, (double)bench->n_hosts / n);
  g_remove (path);
}

/* --- asking --- */

static void
match (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvTx) tx = sv_db_begin_read (bench->db, &error);
  g_autoptr (SvStoreClaims) claims = tx != NULL ? sv_store_claims_new (bench->db, &error) : NULL;
  die (error);
  const SvClaimSource source = sv_store_claims_get (claims);
  sv_fleet_match (bench->fleet, &source, 1, NOW, &error);
  die (error);
}

static void
start (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  double before = resident_mib ();
  gint64 begin_us = g_get_monotonic_time ();
  sv_fleet_load (bench->fleet, bench->db, &error);
  die (error);
  double loaded = seconds_since (begin_us);
  gint64 match_us = g_get_monotonic_time ();
  match (bench);
  double matched = seconds_since (match_us);
  double held = resident_mib () - before;
  gboolean large = bench->n_hosts > 100000;
  add_seconds (bench, "start: all hosts into the index", loaded, 0);
  add_seconds (bench, "start: ready to answer", loaded + matched, large ? 0 : 10);
  add_seconds (bench, "full match again", matched, large ? 5 : 1);
  bench_table_add (bench->table, "memory of index and dictionary",
                   g_strdup_printf ("%.0f MiB", held), NULL, NULL, large ? "4096 MiB" : "512 MiB",
                   held <= (large ? 4096 : 512) ? BENCH_MET : BENCH_MISSED);
  SvFleetState state;
  sv_fleet_get_state (bench->fleet, &state);
  bench_table_add_note (bench->table,
                        "%" G_GINT64_FORMAT " hosts, %" G_GINT64_FORMAT
                        " distinct parts, %" G_GINT64_FORMAT " flaws present",
                        state.hosts, state.parts, state.flaws);
}

/* A flaw is announced: until its hosts are known. */
static void
announce (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  import (bench, FLAW);
  gint64 begin_us = g_get_monotonic_time ();
  match (bench);
  SvFleetFlaw *flaw = sv_fleet_load_flaw (bench->fleet, FLAW, NULL, &error);
  die (error);
  add_seconds (bench, "advisory in the store to affected hosts known", seconds_since (begin_us),
               bench->n_hosts > 100000 ? 5 : 1);
  bench_table_add_note (bench->table, "%s affects %" G_GINT64_FORMAT " hosts", FLAW, flaw->hosts);
  sv_record_free (&sv_fleet_flaw_type, flaw);
}

static void
look_up (Bench *bench)
{
  enum { N = 200 };
  g_autoptr (GError) error = NULL;
  gint64 begin_us = g_get_monotonic_time ();
  for (int i = 0; i < N; i++) {
    SvFleetListing listing;
    SvFleetFlaw *flaw = sv_fleet_load_flaw (bench->fleet, FLAW, NULL, &error);
    die (error);
    sv_record_free (&sv_fleet_flaw_type, flaw);
    sv_fleet_list_hosts (bench->fleet, FLAW, &(SvFleetPage){.limit = 100}, &listing, &error);
    die (error);
    g_ptr_array_unref (listing.items);
    g_free (listing.next);
  }
  double each = seconds_since (begin_us) / N;
  bench_table_add (
      bench->table, "its count and first 100 hosts", g_strdup_printf ("%.3f ms", each * 1000),
      g_strdup_printf ("%.0f ms", bench->naive_seconds * 1000), times (bench->naive_seconds, each),
      "1 ms", each <= 0.001 ? BENCH_MET : BENCH_MISSED);
  begin_us = g_get_monotonic_time ();
  for (int i = 0; i < 5; i++) {
    g_autofree char *next = NULL;
    g_autoptr (GPtrArray) page =
        sv_host_list (bench->db, &(SvHostFilter){.distro = "debian:12"}, NULL, 100, &next, &error);
    gint64 count;
    sv_host_count (bench->db, &(SvHostFilter){.distro = "debian:12"}, &count, &error);
    die (error);
    for (guint h = 0; h < page->len; h++)
      sv_host_free (page->pdata[h]);
  }
  add_seconds (bench, "a page of hosts by release, with its count", seconds_since (begin_us) / 5,
               bench->n_hosts > 100000 ? 0 : 0.05);
}

/* What is kept of every match, and of every day. */
static void
keep_history (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) none = g_hash_table_new (g_str_hash, g_str_equal);
  gint64 begin_us = g_get_monotonic_time ();
  sv_fleet_record (bench->fleet, bench->db, NOW, &error);
  die (error);
  add_seconds (bench, "history: spans of all parts, the first time", seconds_since (begin_us), 0);
  begin_us = g_get_monotonic_time ();
  sv_fleet_record (bench->fleet, bench->db, NOW, &error);
  die (error);
  add_seconds (bench, "history: spans when nothing changed", seconds_since (begin_us), 0);
  begin_us = g_get_monotonic_time ();
  g_hash_table_unref (sv_fleet_sum_systems (bench->fleet, none));
  add_seconds (bench, "what the day adds up to", seconds_since (begin_us), 0);
  begin_us = g_get_monotonic_time ();
  SvFleetListing listing;
  sv_fleet_list_updates (bench->fleet, &(SvFleetPage){.limit = 100}, &listing);
  add_seconds (bench, "a page of updates", seconds_since (begin_us), 0.05);
  sv_rows_free (listing.items, &sv_fleet_update_type);
  g_free (listing.next);
}

/* One report of a host in which one package changed; what it was made of is kept with it. */
typedef struct {
  char *id;
  SvInventory *inventory;
  SvCheckin *checkin;
} Change;

static Change
make_change (Bench *bench, guint number)
{
  Change change = {g_strdup_printf ("00000000-0000-7000-8000-%012u", number),
                   fleet_model_make_host (bench->model, number), NULL};
  g_autoptr (GArray) known = sv_package_list_digests (change.inventory->packages);
  SvPackage *changed = change.inventory->packages->pdata[number % 700];
  sv_text_set (&changed->version, "9.9-1");
  sv_text_set (&changed->source_version, "9.9-1");
  change.checkin = sv_checkin_new (change.inventory, known, FALSE);
  return change;
}

static void
change_clear (Change *change)
{
  sv_checkin_free_lent (change->checkin);
  sv_inventory_free (change->inventory);
  g_free (change->id);
}

static void
take_changes (Bench *bench)
{
  enum { N = 500 };
  g_autoptr (GError) error = NULL;
  g_autofree Change *changes = g_new (Change, N);
  for (guint i = 0; i < N; i++)
    changes[i] = make_change (bench, i * (count_reporting (bench) / N));
  gint64 begin_us = g_get_monotonic_time ();
  g_autoptr (SvTx) tx = sv_db_begin (bench->db, &error);
  die (error);
  for (guint i = 0; i < N; i++) {
    SvHostPlace place;
    sv_host_check_in (bench->dictionary, bench->db, changes[i].id, changes[i].checkin, NOW, &place,
                      &error);
    die (error);
  }
  double seconds = seconds_since (begin_us);
  sv_tx_free (g_steal_pointer (&tx)); /* the store stays as it was */
  bench_table_add (bench->table, "changed reports taken in",
                   g_strdup_printf ("%.0f a second", N / seconds), NULL, NULL, "555 a second",
                   N / seconds >= 555 ? BENCH_MET : BENCH_MISSED);
  for (guint i = 0; i < N; i++)
    change_clear (&changes[i]);
}

int
main (int argc, char **argv)
{
  if (argc != 3) {
    g_printerr ("usage: fleet-bench DIRECTORY HOSTS\n");
    return 2;
  }
  g_autoptr (GError) error = NULL;
  Bench bench = {.directory = argv[1], .n_hosts = (guint)g_ascii_strtoull (argv[2], NULL, 10)};
  g_mkdir_with_parents (bench.directory, 0700);
  g_autofree char *path = g_build_filename (bench.directory, "fleet.db", NULL);
  g_autoptr (BenchTable) table = bench_table_new ();
  bench.table = table;
  bench.db = sv_db_open (path, &error);
  die (error);
  bench.dictionary = sv_dictionary_new ();
  bench.fleet = sv_fleet_new (bench.dictionary);
  bench.model = fleet_model_new (N_PACKAGES);
  g_autofree char *title = g_strdup_printf ("%u hosts of %d packages, %d statements", bench.n_hosts,
                                            N_PACKAGES, N_STATEMENTS);
  bench_table_add_part (table, title);
  import (&bench, NULL);
  sv_dictionary_refresh (bench.dictionary, bench.db, &error);
  die (error);
  measure_naive (&bench);
  make_fleet (&bench);
  start (&bench);
  announce (&bench);
  look_up (&bench);
  keep_history (&bench);
  take_changes (&bench);
  bench_table_print (table);
  sv_fleet_free (bench.fleet);
  sv_dictionary_free (bench.dictionary);
  fleet_model_free (bench.model);
  sv_db_free (bench.db);
  return 0;
}
