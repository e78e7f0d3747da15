/* bench SALVE TOOLS SCRIPTS DATA: measures beside peers and prints one table. Exit 0 also where a
 * bar is missed: machines differ, ratios in one run are what counts. */
#include "parts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* "model name : X" of /proc/cpuinfo */
static char *
processor_name (void)
{
  g_autofree char *text = NULL;
  g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL);
  const char *line = text != NULL ? strstr (text, "model name") : NULL;
  const char *name = line != NULL ? strchr (line, ':') : NULL;
  return name != NULL ? g_strstrip (g_strndup (name + 1, strcspn (name + 1, "\n")))
                      : g_strdup ("unknown processor");
}

static void
print_machine (void)
{
  struct utsname system;
  double load = 0;
  g_autofree char *processor = processor_name ();
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = g_date_time_format (now, "%F");
  long cores = sysconf (_SC_NPROCESSORS_ONLN);
  double memory_gib = (double)sysconf (_SC_PHYS_PAGES) * (double)sysconf (_SC_PAGESIZE) / (1 << 30);
  uname (&system);
  getloadavg (&load, 1);
  g_print ("%s, %ld cores, %.1f GiB, Linux %s, %s; load at the start %.1f\n", processor, cores,
           memory_gib, system.release, date, load);
  if (load > 0.5 * (double)cores)
    g_print ("other work is running: CPU times are inflated on both sides, read the ratios\n");
  g_print ("\n");
}

int
main (int argc, char **argv)
{
  if (argc != 5) {
    g_printerr ("usage: bench SALVE TOOLS SCRIPTS DATA\n");
    return 2;
  }
  g_autofree char *work = g_build_filename (argv[2], "work", NULL);
  const BenchPlaces places = {argv[1], argv[2], argv[3], argv[4], work};
  if (g_mkdir_with_parents (work, 0700) != 0) {
    g_printerr ("cannot make '%s'\n", work);
    return 1;
  }
  print_machine ();
  g_autoptr (BenchTable) table = bench_table_new ();
  bench_versions (&places, table);
  bench_host (&places, table);
  bench_reading (&places, table);
  bench_table_print (table);
  return 0;
}
