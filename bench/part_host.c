/* One host against 160,000 statements: salve, debsecan and oscap on the same data. */
#include "findings.h"
#include "parts.h"

#include <glib/gstdio.h>

#define ROWS "160000"
#define PACKAGES "1000"
#define BAR_RATIO 20.0
#define BAR_MIB 30.0

typedef struct {
  const BenchPlaces *places;
  BenchTable *table;
  char *made; /* where make_data.py wrote */
  BenchRun ours;
  GHashTable *truth; /* the oracle's findings; NULL: there is no oracle */
} Host;

static double
mib (const BenchRun *run)
{
  return (double)run->peak_kib / 1024;
}

static double
seconds (const BenchRun *run)
{
  return (double)run->cpu_us / G_USEC_PER_SEC;
}

static char *
made_file (const Host *host, const char *name)
{
  return g_build_filename (host->made, name, NULL);
}

/* --- findings --- */

static void
add_agreement (const Host *host, const char *who, GHashTable *found, gboolean is_bar)
{
  const char *missing_example, *extra_example;
  guint missing = bench_findings_count_missing (host->truth, found, &missing_example);
  guint extra = bench_findings_count_missing (found, host->truth, &extra_example);
  g_autofree char *what = g_strdup_printf ("findings of %s", who);
  char *figures = g_strdup_printf ("%u", g_hash_table_size (found));
  char *oracle = g_strdup_printf ("%u oracle", g_hash_table_size (host->truth));
  BenchVerdict verdict = missing + extra == 0 ? BENCH_MET : BENCH_MISSED;
  bench_table_add (host->table, what, figures, oracle, NULL, is_bar ? "the same" : "",
                   is_bar ? verdict : BENCH_NO_BAR);
  if (missing > 0)
    bench_table_add_note (host->table, "%u missing, first: %s", missing, missing_example);
  if (extra > 0)
    bench_table_add_note (host->table, "%u too many, first: %s", extra, extra_example);
}

static void
judge_findings (const Host *host, const char *who, GHashTable *found, const GError *error,
                gboolean is_bar)
{
  if (found == NULL)
    bench_table_add_note (host->table, "what %s found cannot be read: %s", who, error->message);
  else if (host->truth != NULL)
    add_agreement (host, who, found, is_bar);
}

static void
ask_oracle (Host *host)
{
  g_autofree char *tool = bench_tool (host->places, "oracle");
  g_autofree char *rows = made_file (host, "rows.tsv");
  g_autofree char *packages = made_file (host, "packages.tsv");
  g_autofree char *output = bench_work (host->places, "oracle.tsv");
  const char *command[] = {tool, rows, packages, NULL};
  BenchRun run;
  if (!bench_exists (tool))
    bench_table_add_note (host->table, "findings are not judged: built without libdpkg");
  else if (bench_run (host->places, command, "oracle.tsv", 1, &run))
    host->truth = bench_findings_of_oracle (output, NULL);
  else
    bench_table_add_note (host->table, "findings are not judged: the oracle failed, see %s.log",
                          output);
}

/* --- the tools --- */

static gboolean
make_data (const Host *host)
{
  g_autofree char *script = bench_script (host->places, "make_data.py");
  const char *command[] = {"/usr/bin/python3", script, host->places->data, host->made, ROWS,
                           PACKAGES,           NULL};
  BenchRun run;
  return bench_run (host->places, command, "make_data", 1, &run);
}

static gboolean
warm_store (const Host *host, const char *store)
{
  g_autofree char *tracker = made_file (host, "tracker.json");
  g_autofree char *option = g_strdup_printf ("--store=%s", store);
  const char *command[] = {host->places->salve, "feed", "import", "debian-tracker", tracker, option,
                           "--quiet",           NULL};
  BenchRun run;
  g_unlink (store);
  if (!bench_run (host->places, command, "warm", 1, &run))
    return FALSE;
  bench_table_add (host->table, "warming the store with them",
                   g_strdup_printf ("%.2f s, %.1f MiB", seconds (&run), mib (&run)), NULL, NULL, "",
                   BENCH_NO_BAR);
  return TRUE;
}

/* @format: "table" is the answer to people, "jsonl" all of it with the reasons. */
static gboolean
run_scan (const Host *host, const char *format, const char *output, BenchRun *ret_run)
{
  g_autofree char *store = bench_work (host->places, "host.db");
  g_autofree char *status = made_file (host, "status"), *os = made_file (host, "os-release");
  g_autofree char *status_option = g_strdup_printf ("--dpkg-status=%s", status);
  g_autofree char *os_option = g_strdup_printf ("--os-release=%s", os);
  g_autofree char *store_option = g_strdup_printf ("--store=%s", store);
  const char *command[] = {host->places->salve, "scan",    status_option, os_option, store_option,
                           "--offline",         "--quiet", "-o",          format,    NULL};
  if (!bench_run (host->places, command, output, 5, ret_run)) {
    bench_table_add_note (host->table, "salve failed: see %s.log", output);
    return FALSE;
  }
  g_autofree char *what = g_strdup_printf ("one scan, printed as %s", format);
  bench_table_add (host->table, what,
                   g_strdup_printf ("%.3f s CPU, %.3f s", seconds (ret_run),
                                    (double)ret_run->wall_us / G_USEC_PER_SEC),
                   NULL, NULL, "", BENCH_NO_BAR);
  return TRUE;
}

static gboolean
scan (Host *host)
{
  g_autofree char *store = bench_work (host->places, "host.db");
  g_autofree char *output = bench_work (host->places, "salve.json");
  g_autoptr (GError) error = NULL;
  BenchRun whole;
  if (!warm_store (host, store) || !run_scan (host, "table", "salve.txt", &host->ours) ||
      !run_scan (host, "jsonl", "salve.json", &whole))
    return FALSE;
  bench_table_add (host->table, "peak memory", g_strdup_printf ("%.1f MiB", mib (&whole)), NULL,
                   NULL, "30 MiB", mib (&whole) <= BAR_MIB ? BENCH_MET : BENCH_MISSED);
  g_autoptr (GHashTable) found = bench_findings_of_salve (output, &error);
  judge_findings (host, "salve", found, error, TRUE);
  return TRUE;
}

static void
add_peer (const Host *host, const char *who, const BenchRun *theirs, double bar)
{
  double ratio = seconds (theirs) / seconds (&host->ours);
  g_autofree char *time = g_strdup_printf ("CPU time beside %s", who);
  g_autofree char *memory = g_strdup_printf ("peak memory beside %s", who);
  g_autofree char *goal = bar > 0 ? g_strdup_printf ("%.0fx", bar) : g_strdup ("");
  BenchVerdict verdict = bar <= 0 ? BENCH_NO_BAR : ratio >= bar ? BENCH_MET : BENCH_MISSED;
  bench_table_add (host->table, time, g_strdup_printf ("%.3f s", seconds (&host->ours)),
                   g_strdup_printf ("%.3f s", seconds (theirs)), g_strdup_printf ("%.1fx", ratio),
                   goal, verdict);
  bench_table_add (host->table, memory, g_strdup_printf ("%.1f MiB", mib (&host->ours)),
                   g_strdup_printf ("%.1f MiB", mib (theirs)),
                   g_strdup_printf ("%.1fx", mib (theirs) / mib (&host->ours)), "", BENCH_NO_BAR);
}

static void
run_debsecan (const Host *host)
{
  g_autofree char *program = g_find_program_in_path ("debsecan");
  g_autofree char *source = g_strdup_printf ("file://%s/debsecan/", host->made);
  g_autofree char *status = made_file (host, "status");
  g_autofree char *output = bench_work (host->places, "debsecan.txt");
  g_autoptr (GError) error = NULL;
  const char *command[] = {"debsecan",  "--source",    source,     "--suite", "bookworm",
                           "--status",  status,        "--format", "simple",  "--config",
                           "/dev/null", "--whitelist", "",         NULL};
  BenchRun run;
  if (program == NULL || !bench_run (host->places, command, "debsecan.txt", 3, &run)) {
    bench_table_add_note (host->table, program == NULL ? "skipped: debsecan is not installed"
                                                       : "skipped: debsecan failed");
    return;
  }
  add_peer (host, "debsecan", &run, BAR_RATIO);
  g_autoptr (GHashTable) found = bench_findings_of_debsecan (output, host->made, &error);
  judge_findings (host, "debsecan", found, error, FALSE);
}

static void
run_oscap (const Host *host)
{
  g_autofree char *program = g_find_program_in_path ("oscap");
  g_autofree char *definitions = made_file (host, "oval.xml");
  g_autofree char *config = made_file (host, "apt.conf");
  g_autofree char *setting = g_strdup_printf ("APT_CONFIG=%s", config);
  g_autofree char *output = bench_work (host->places, "oscap.txt");
  g_autoptr (GError) error = NULL;
  const char *command[] = {"env",       setting, "oscap", "oval", "eval", "--skip-validation",
                           definitions, NULL};
  BenchRun run;
  if (program == NULL || !bench_run (host->places, command, "oscap.txt", 1, &run)) {
    bench_table_add_note (host->table, program == NULL ? "skipped: oscap is not installed"
                                                       : "skipped: oscap failed");
    return;
  }
  add_peer (host, "oscap", &run, 0);
  g_autoptr (GHashTable) found = bench_findings_of_oscap (output, host->made, &error);
  judge_findings (host, "oscap", found, error, FALSE);
}

void
bench_host (const BenchPlaces *places, BenchTable *table)
{
  g_autofree char *made = bench_work (places, "host");
  g_autofree char *input = bench_data (places, "debian/archive");
  Host host = {.places = places, .table = table, .made = made};
  bench_table_add_part (table, "One host of " PACKAGES " packages, " ROWS
                               " statements, the same for all three");
  if (!bench_exists (input)) {
    bench_table_add_note (table, "skipped: no '%s'", input);
    return;
  }
  if (!make_data (&host)) {
    bench_table_add_note (table, "skipped: make_data.py failed, see %s/make_data.log",
                          places->work);
    return;
  }
  ask_oracle (&host);
  if (scan (&host)) {
    run_debsecan (&host);
    run_oscap (&host);
  }
  g_clear_pointer (&host.truth, g_hash_table_unref);
}
