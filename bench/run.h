/* Runs one command and measures it. */
#pragma once

#include <glib.h>

typedef struct {
  gint64 cpu_us;
  gint64 wall_us;
  gint64 peak_kib;
  int exit_code;
} BenchRun;

/* Where things are. All lent. */
typedef struct {
  const char *salve;
  const char *tools;   /* directory of the programs built here */
  const char *scripts; /* directory of this source */
  const char *data;    /* directory of test data */
  const char *work;    /* directory for what is made */
} BenchPlaces;

/* Runs @command (NULL-terminated) @times times, its output in the file @output of the work
 * directory, and gives the run with the least CPU time. FALSE: it could not be run, or it failed.
 */
gboolean bench_run (const BenchPlaces *places, const char *const *command, const char *output,
                    guint times, BenchRun *ret_run);

/* New strings: a program built here, a script, a file of the test data, a file of the work
 * directory. */
char *bench_tool (const BenchPlaces *places, const char *name);
char *bench_script (const BenchPlaces *places, const char *name);
char *bench_data (const BenchPlaces *places, const char *path);
char *bench_work (const BenchPlaces *places, const char *name);

gboolean bench_exists (const char *path);
