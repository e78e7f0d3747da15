/* How fast feeds are read: JSON tokens alone beside other readers, and whole imports. */
#include "parts.h"

#include <glib/gstdio.h>
#include <string.h>

#define BAR_MB 100.0
#define VULNRICHMENT "vulnrichment/vulnrichment-cve5-full70.tar.zst"

static double
megabytes_per_second (gint64 bytes, const BenchRun *run)
{
  return (double)bytes / (double)MAX (run->cpu_us, 1);
}

static double
mib (const BenchRun *run)
{
  return (double)run->peak_kib / 1024;
}

/* The number a reader prints: bytes of JSON it has read. */
static gint64
read_bytes (const BenchPlaces *places, const char *output)
{
  g_autofree char *path = bench_work (places, output);
  g_autofree char *text = NULL;
  return g_file_get_contents (path, &text, NULL, NULL) ? g_ascii_strtoll (text, NULL, 10) : 0;
}

typedef struct {
  const char *name;
  const char *tool;   /* built here, or */
  const char *script; /* a script for python3 */
} Reader;

static const Reader ours = {"ours", "json-ours", NULL};
static const Reader others[] = {{"jansson", "json-jansson", NULL},
                                {"python3 json", NULL, "json_python.py"}};

static gint64
read_with (const BenchPlaces *places, const Reader *reader, const char *path, guint times,
           BenchRun *ret_run)
{
  g_autofree char *program = reader->tool != NULL ? bench_tool (places, reader->tool)
                                                  : bench_script (places, reader->script);
  const char *command[] = {program, path, NULL, NULL};
  if (reader->script != NULL) {
    command[0] = "/usr/bin/python3";
    command[1] = program;
    command[2] = path;
  }
  return bench_exists (program) && bench_run (places, command, "reader", times, ret_run)
             ? read_bytes (places, "reader")
             : 0;
}

static void
add_other (BenchTable *table, const char *what, const Reader *reader, gint64 bytes,
           const BenchRun *own, const BenchRun *theirs)
{
  g_autofree char *speed = g_strdup_printf ("%s beside %s", what, reader->name);
  g_autofree char *memory = g_strdup_printf ("%s, peak memory", what);
  double own_mb = megabytes_per_second (bytes, own), mb = megabytes_per_second (bytes, theirs);
  bench_table_add (table, speed, g_strdup_printf ("%.0f MB/s", own_mb),
                   g_strdup_printf ("%.0f MB/s", mb), g_strdup_printf ("%.1fx", own_mb / mb),
                   "100 MB/s", own_mb >= BAR_MB ? BENCH_MET : BENCH_MISSED);
  bench_table_add (table, memory, g_strdup_printf ("%.1f MiB", mib (own)),
                   g_strdup_printf ("%.1f MiB", mib (theirs)),
                   g_strdup_printf ("%.1fx", mib (theirs) / mib (own)), "", BENCH_NO_BAR);
}

static void
compare_readers (const BenchPlaces *places, BenchTable *table, const char *what, const char *path)
{
  BenchRun own, theirs;
  gint64 bytes = bench_exists (path) ? read_with (places, &ours, path, 3, &own) : 0;
  if (bytes == 0) {
    bench_table_add_note (table, "skipped: '%s' is not there or cannot be read", path);
    return;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++) {
    gint64 read = read_with (places, &others[i], path, 2, &theirs);
    if (read > 0)
      add_other (table, what, &others[i], bytes, &own, &theirs);
    else
      bench_table_add_note (table, "skipped: %s is not there", others[i].name);
    if (read > 0 && read != bytes)
      bench_table_add_note (table, "%s read %" G_GINT64_FORMAT " bytes, not %" G_GINT64_FORMAT,
                            others[i].name, read, bytes);
  }
}

/* The same JSON out of its compressed archive, as a feed comes. */
static void
read_compressed (const BenchPlaces *places, BenchTable *table, const char *path)
{
  BenchRun run;
  gint64 bytes = read_with (places, &ours, path, 3, &run);
  double speed = megabytes_per_second (bytes, &run);
  if (bytes > 0)
    bench_table_add (table, "the same from .tar.zst", g_strdup_printf ("%.0f MB/s", speed), NULL,
                     NULL, "100 MB/s", speed >= BAR_MB ? BENCH_MET : BENCH_MISSED);
}

static gboolean
unpack (const BenchPlaces *places, const char *path, const char *tar)
{
  const char *command[] = {"zstd", "-dqf", path, "-o", tar, NULL};
  BenchRun run;
  return bench_exists (path) && bench_run (places, command, "unpack", 1, &run);
}

/* --- imports --- */

static const struct {
  const char *kind;
  const char *path;
} imports[] = {{"kev", "kev/known_exploited_vulnerabilities-2025.08.25.json.zst"},
               {"epss", "epss/epss-2026-08-16.semicolon.csv.zst"},
               {"cve5", VULNRICHMENT}};

/* "bytes" of what an import reports as JSON. */
static gint64
imported_bytes (const BenchPlaces *places)
{
  static const char member[] = "\"bytes\":";
  g_autofree char *path = bench_work (places, "import.json");
  g_autofree char *text = NULL;
  g_file_get_contents (path, &text, NULL, NULL);
  const char *found = text != NULL ? strstr (text, member) : NULL;
  return found != NULL ? g_ascii_strtoll (found + strlen (member), NULL, 10) : 0;
}

static void
import_feed (const BenchPlaces *places, BenchTable *table, const char *kind, const char *path)
{
  g_autofree char *store = bench_work (places, "import.db");
  g_autofree char *option = g_strdup_printf ("--store=%s", store);
  g_autofree char *what = g_strdup_printf ("import of %s into an empty store", kind);
  const char *command[] = {places->salve, "feed", "import", kind,      path,
                           option,        "-o",   "jsonl",  "--quiet", NULL};
  BenchRun run;
  g_unlink (store);
  if (!bench_exists (path) || !bench_run (places, command, "import.json", 1, &run)) {
    bench_table_add_note (table, "skipped: %s: '%s' is not there or was refused", kind, path);
    return;
  }
  bench_table_add (table, what,
                   g_strdup_printf ("%.0f MB/s, %.1f MiB",
                                    megabytes_per_second (imported_bytes (places), &run),
                                    mib (&run)),
                   NULL, NULL, "", BENCH_NO_BAR);
}

void
bench_reading (const BenchPlaces *places, BenchTable *table)
{
  g_autofree char *archive = bench_data (places, VULNRICHMENT);
  g_autofree char *tar = bench_work (places, "vulnrichment.tar");
  g_autofree char *tracker = bench_work (places, "host/tracker.json");
  bench_table_add_part (table, "Feed reading (JSON bytes per CPU second)");
  if (unpack (places, archive, tar)) {
    compare_readers (places, table, "30,000 CVE records", tar);
    read_compressed (places, table, archive);
  } else {
    bench_table_add_note (table, "skipped: '%s' is not there, or zstd is not", archive);
  }
  compare_readers (places, table, "one document of 40 MB", tracker);
  for (gsize i = 0; i < G_N_ELEMENTS (imports); i++) {
    g_autofree char *path = bench_data (places, imports[i].path);
    import_feed (places, table, imports[i].kind, path);
  }
}
