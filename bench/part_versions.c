#include "parts.h"

#include <stdio.h>

#define BAR_MILLIONS 20.0

typedef struct {
  char scheme[16];
  unsigned pairs, wrong;
  double ours;
  char theirs[32]; /* "-": the library is absent */
  double making;
} Figures;

static const struct {
  const char *scheme;
  const char *library;
} peers[] = {{"deb", "libdpkg"}, {"rpm", "librpm"}};

static const char *
peer_of (const char *scheme)
{
  for (gsize i = 0; i < G_N_ELEMENTS (peers); i++)
    if (g_str_equal (peers[i].scheme, scheme))
      return peers[i].library;
  return "peer";
}

static void
add_wrong (BenchTable *table, const Figures *figures)
{
  g_autofree char *what =
      g_strdup_printf ("%s pairs ordered unlike %s", figures->scheme, peer_of (figures->scheme));
  bench_table_add (table, what, g_strdup_printf ("%u of %u", figures->wrong, figures->pairs), NULL,
                   NULL, "0", figures->wrong == 0 ? BENCH_MET : BENCH_MISSED);
}

static void
add_figures (BenchTable *table, const Figures *figures)
{
  const char *library = peer_of (figures->scheme);
  double theirs = g_ascii_strtod (figures->theirs, NULL);
  g_autofree char *what = g_strdup_printf ("%s versions compared", figures->scheme);
  bench_table_add (table, what, g_strdup_printf ("%.1f M/s", figures->ours),
                   theirs > 0 ? g_strdup_printf ("%.1f M/s %s", theirs, library) : NULL,
                   theirs > 0 ? g_strdup_printf ("%.1fx", figures->ours / theirs) : NULL, "20 M/s",
                   figures->ours >= BAR_MILLIONS ? BENCH_MET : BENCH_MISSED);
  if (theirs > 0)
    add_wrong (table, figures);
  else
    bench_table_add_note (table, "skipped: built without %s", library);
  what = (g_free (what), g_strdup_printf ("%s keys made from text", figures->scheme));
  bench_table_add (table, what, g_strdup_printf ("%.1f M/s", figures->making), NULL, NULL, "",
                   BENCH_NO_BAR);
}

void
bench_versions (const BenchPlaces *places, BenchTable *table)
{
  g_autofree char *tool = bench_tool (places, "version-bench");
  g_autofree char *output = bench_work (places, "versions");
  g_autofree char *text = NULL;
  const char *command[] = {tool, places->data, NULL};
  BenchRun run;
  bench_table_add_part (table,
                        "Version compare, real pairs (one core, versions parsed beforehand)");
  if (!bench_run (places, command, "versions", 1, &run) ||
      !g_file_get_contents (output, &text, NULL, NULL) || *text == '\0') {
    bench_table_add_note (table, "skipped: no version pairs in '%s'", places->data);
    return;
  }
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++) {
    Figures figures;
    if (sscanf (lines[i], "%15s %u %u %lf %31s %lf", figures.scheme, &figures.pairs, &figures.wrong,
                &figures.ours, figures.theirs, &figures.making) == 6)
      add_figures (table, &figures);
  }
}
