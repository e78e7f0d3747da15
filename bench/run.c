#include "run.h"

#include <stdio.h>

/* "cpu wall peak exit" as measure prints it. */
static gboolean
read_figures (const char *text, BenchRun *ret_run)
{
  return sscanf (text, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %d",
                 &ret_run->cpu_us, &ret_run->wall_us, &ret_run->peak_kib, &ret_run->exit_code) == 4;
}

static gboolean
run_once (const BenchPlaces *places, const char *const *command, const char *output,
          BenchRun *ret_run)
{
  g_autofree char *measure = bench_tool (places, "measure");
  g_autofree char *file = bench_work (places, output);
  g_autofree char *figures = NULL;
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_ptr_array_add (words, measure);
  g_ptr_array_add (words, file);
  for (gsize i = 0; command[i] != NULL; i++)
    g_ptr_array_add (words, (gpointer)command[i]);
  g_ptr_array_add (words, NULL);
  return g_spawn_sync (NULL, (char **)words->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &figures,
                       NULL, NULL, NULL) &&
         read_figures (figures, ret_run) && ret_run->exit_code == 0;
}

gboolean
bench_run (const BenchPlaces *places, const char *const *command, const char *output, guint times,
           BenchRun *ret_run)
{
  for (guint i = 0; i < times; i++) {
    BenchRun run = {0};
    if (!run_once (places, command, output, &run))
      return FALSE;
    if (i == 0 || run.cpu_us < ret_run->cpu_us)
      *ret_run = run;
  }
  return TRUE;
}

char *
bench_tool (const BenchPlaces *places, const char *name)
{
  return g_build_filename (places->tools, name, NULL);
}

char *
bench_script (const BenchPlaces *places, const char *name)
{
  return g_build_filename (places->scripts, name, NULL);
}

char *
bench_data (const BenchPlaces *places, const char *path)
{
  return g_build_filename (places->data, path, NULL);
}

char *
bench_work (const BenchPlaces *places, const char *name)
{
  return g_build_filename (places->work, name, NULL);
}

gboolean
bench_exists (const char *path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}
