#include "findings.h"

#include "base/base.h"

#include <string.h>

static GHashTable *
new_set (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
add (GHashTable *set, const char *flaw, const char *source)
{
  g_hash_table_add (set, g_strdup_printf ("%s\t%s", flaw, source));
}

static GStrv
read_lines (const char *directory, const char *name, GError **error)
{
  g_autofree char *path =
      directory != NULL ? g_build_filename (directory, name, NULL) : g_strdup (name);
  g_autofree char *text = NULL;
  return g_file_get_contents (path, &text, NULL, error) ? g_strsplit (g_strchomp (text), "\n", -1)
                                                        : NULL;
}

GHashTable *
bench_findings_of_oracle (const char *output, GError **error)
{
  g_auto (GStrv) lines = read_lines (NULL, output, error);
  if (lines == NULL)
    return NULL;
  GHashTable *set = new_set ();
  for (gsize i = 0; lines[i] != NULL; i++)
    g_hash_table_add (set, g_strdup (lines[i]));
  return set;
}

/* --- salve: the findings of its report --- */

typedef struct {
  char *vulnerability;
  char *source;
  char *verdict;
} Finding;

#define READ_MEMBER(member)                                                                        \
  static gboolean read_##member (SvJsonReader *reader, gpointer finding, GError **error)           \
  {                                                                                                \
    return sv_json_read_string (reader, &((Finding *)finding)->member, error);                     \
  }
READ_MEMBER (vulnerability)
READ_MEMBER (source)
READ_MEMBER (verdict)

static const SvJsonMember finding_members[] = {
    {"vulnerability", read_vulnerability}, {"source", read_source}, {"verdict", read_verdict}};

static gboolean
read_finding (SvJsonReader *reader, gpointer set, GError **error)
{
  Finding finding = {0};
  gboolean read = sv_json_read_object (reader, finding_members, G_N_ELEMENTS (finding_members),
                                       &finding, error);
  if (read && g_strcmp0 (finding.verdict, "affected") == 0)
    add (set, finding.vulnerability, finding.source);
  g_free (finding.vulnerability);
  g_free (finding.source);
  g_free (finding.verdict);
  return read;
}

static gboolean
read_findings (SvJsonReader *reader, gpointer set, GError **error)
{
  return sv_json_read_array (reader, read_finding, set, error);
}

GHashTable *
bench_findings_of_salve (const char *output, GError **error)
{
  static const SvJsonMember report_members[] = {{"findings", read_findings}};
  g_autoptr (SvStream) stream = sv_stream_open (output, error);
  g_autoptr (SvJsonReader) reader = stream != NULL ? sv_json_reader_new (stream) : NULL;
  g_autoptr (GHashTable) set = new_set ();
  gboolean read = reader != NULL && sv_json_read_object (reader, report_members, 1, set, error);
  return read ? g_steal_pointer (&set) : NULL;
}

/* --- debsecan: "flaw binary" a line --- */

static GHashTable *
read_sources (const char *made, GError **error)
{
  g_auto (GStrv) lines = read_lines (made, "packages.tsv", error);
  GHashTable *sources = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (gsize i = 0; lines != NULL && lines[i] != NULL; i++) {
    g_auto (GStrv) columns = g_strsplit (lines[i], "\t", 3);
    g_hash_table_replace (sources, g_strdup (columns[0]), g_strdup (columns[1]));
  }
  return sources;
}

GHashTable *
bench_findings_of_debsecan (const char *output, const char *made, GError **error)
{
  g_autoptr (GHashTable) sources = read_sources (made, error);
  g_auto (GStrv) lines = read_lines (NULL, output, error);
  if (lines == NULL)
    return NULL;
  GHashTable *set = new_set ();
  for (gsize i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) words = g_strsplit (lines[i], " ", 3);
    const char *source =
        words[0] != NULL && words[1] != NULL ? g_hash_table_lookup (sources, words[1]) : NULL;
    if (source != NULL)
      add (set, words[0], source);
  }
  return set;
}

/* --- oscap: "Definition oval:bench:def:N: true" stands for row N --- */

GHashTable *
bench_findings_of_oscap (const char *output, const char *made, GError **error)
{
  static const char begin[] = "Definition oval:bench:def:";
  g_auto (GStrv) lines = read_lines (NULL, output, error);
  g_auto (GStrv) rows = lines != NULL ? read_lines (made, "rows.tsv", error) : NULL;
  if (rows == NULL)
    return NULL;
  GHashTable *set = new_set ();
  guint n_rows = g_strv_length (rows);
  for (gsize i = 0; lines[i] != NULL; i++) {
    if (!g_str_has_prefix (lines[i], begin) || !g_str_has_suffix (lines[i], ": true"))
      continue;
    guint64 row = g_ascii_strtoull (lines[i] + strlen (begin), NULL, 10);
    g_auto (GStrv) columns = row > 0 && row <= n_rows ? g_strsplit (rows[row - 1], "\t", 3) : NULL;
    if (columns != NULL)
      add (set, columns[1], columns[0]);
  }
  return set;
}

guint
bench_findings_count_missing (GHashTable *a, GHashTable *b, const char **ret_example)
{
  guint missing = 0;
  GHashTableIter iter;
  gpointer key;
  *ret_example = NULL;
  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (b, key)) {
      missing++;
      if (*ret_example == NULL || strcmp (key, *ret_example) < 0)
        *ret_example = key;
    }
  return missing;
}
