#include "exposure/part_flaw_store.h"

#include <string.h>

static void
span_free (gpointer data)
{
  SvPartSpan *span = data;
  g_free (span->vulnerability);
  g_free (span);
}

static GPtrArray *
load_spans (SvDb *db, const char *part, gboolean open, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db,
      "SELECT vulnerability, since_us, fix_since_us, until_us FROM part_flaw WHERE part = :part"
      " AND (until_us = 0 OR CAST (:open AS BIGINT) = 0) ORDER BY since_us, vulnerability",
      error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "part", part);
  sv_query_bind_int64 (query, "open", open);
  g_autoptr (GPtrArray) spans = g_ptr_array_new_with_free_func (span_free);
  SvStep step;
  while ((step = sv_query_step (query, error)) == SV_STEP_ROW) {
    SvPartSpan *span = g_new (SvPartSpan, 1);
    *span = (SvPartSpan){g_strdup (sv_query_get_text (query, 0)), sv_query_get_int64 (query, 1),
                         sv_query_get_int64 (query, 2), sv_query_get_int64 (query, 3)};
    g_ptr_array_add (spans, span);
  }
  return step == SV_STEP_DONE ? g_steal_pointer (&spans) : NULL;
}

/* --- recording --- */

static gboolean
run_of (SvQuery *query, const char *part, const char *vulnerability, gint64 now_us, GError **error)
{
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "part", part);
  sv_query_bind_text (query, "vulnerability", vulnerability);
  sv_query_bind_int64 (query, "now", now_us);
  return sv_query_run (query, error);
}

static gboolean
open_span (SvDb *db, const char *part, const SvPartTruth *truth, gint64 now_us, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO part_flaw (part, vulnerability, since_us, fix_since_us)"
                   " VALUES (:part, :vulnerability, :now, :fix)",
                   error);
  if (query != NULL)
    sv_query_bind_int64 (query, "fix", truth->fixable ? now_us : 0);
  return run_of (query, part, truth->vulnerability, now_us, error);
}

static gboolean
close_span (SvDb *db, const char *part, const char *vulnerability, gint64 now_us, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db,
                                           "UPDATE part_flaw SET until_us = :now WHERE part = :part"
                                           " AND vulnerability = :vulnerability AND until_us = 0",
                                           error);
  return run_of (query, part, vulnerability, now_us, error);
}

static gboolean
note_fix (SvDb *db, const char *part, const char *vulnerability, gint64 now_us, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "UPDATE part_flaw SET fix_since_us = :now WHERE part = :part"
                   " AND vulnerability = :vulnerability AND until_us = 0 AND fix_since_us = 0",
                   error);
  return run_of (query, part, vulnerability, now_us, error);
}

static gint
compare_truths (gconstpointer a, gconstpointer b)
{
  return strcmp (((const SvPartTruth *)a)->vulnerability, ((const SvPartTruth *)b)->vulnerability);
}

static gboolean
record_truths (SvDb *db, const char *part, const GArray *truths, GHashTable *known, gint64 now_us,
               GError **error)
{
  for (guint i = 0; i < truths->len; i++) {
    const SvPartTruth *truth = &g_array_index (truths, SvPartTruth, i);
    const SvPartSpan *span = g_hash_table_lookup (known, truth->vulnerability);
    gboolean done = TRUE;
    if (span == NULL)
      done = open_span (db, part, truth, now_us, error);
    else if (truth->fixable && span->fix_since_us == 0)
      done = note_fix (db, part, truth->vulnerability, now_us, error);
    if (!done)
      return FALSE;
  }
  return TRUE;
}

gboolean
sv_part_flaw_record (SvDb *db, const char *part, const GArray *truths, gint64 now_us,
                     GError **error)
{
  g_autoptr (GPtrArray) open = load_spans (db, part, TRUE, error);
  if (open == NULL)
    return FALSE;
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GArray) sorted = g_array_copy ((GArray *)truths);
  g_array_sort (sorted, compare_truths);
  for (guint i = 0; i < open->len; i++) {
    SvPartSpan *span = open->pdata[i];
    const SvPartTruth same = {.vulnerability = span->vulnerability};
    g_hash_table_insert (known, span->vulnerability, span);
    if (!g_array_binary_search (sorted, &same, compare_truths, NULL) &&
        !close_span (db, part, span->vulnerability, now_us, error))
      return FALSE;
  }
  return record_truths (db, part, sorted, known, now_us, error);
}

/* --- reading --- */

GHashTable *
sv_part_flaw_list_open (SvDb *db, GError **error)
{
  g_autoptr (GHashTable) parts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT DISTINCT part FROM part_flaw WHERE until_us = 0", error);
  SvStep step = SV_STEP_ERROR;
  while (query != NULL && (step = sv_query_step (query, error)) == SV_STEP_ROW)
    g_hash_table_add (parts, g_strdup (sv_query_get_text (query, 0)));
  return step == SV_STEP_DONE ? g_steal_pointer (&parts) : NULL;
}

struct SvPartFlaws {
  SvDb *db;
  GHashTable *parts; /* name -> GPtrArray of SvPartSpan */
};

SvPartFlaws *
sv_part_flaws_new (SvDb *db)
{
  SvPartFlaws *flaws = g_new (SvPartFlaws, 1);
  flaws->db = db;
  flaws->parts =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  return flaws;
}

void
sv_part_flaws_free (SvPartFlaws *flaws)
{
  g_hash_table_unref (flaws->parts);
  g_free (flaws);
}

const GPtrArray *
sv_part_flaws_get (gpointer data, const char *part, GError **error)
{
  SvPartFlaws *flaws = data;
  GPtrArray *known = g_hash_table_lookup (flaws->parts, part);
  if (known == NULL && (known = load_spans (flaws->db, part, FALSE, error)) != NULL)
    g_hash_table_insert (flaws->parts, g_strdup (part), known);
  return known;
}
