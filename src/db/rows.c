#include "db/rows.h"

gpointer
sv_rows_read_one (SvQuery *query, const SvRecordType *type, GError **error)
{
  if (sv_query_step (query, error) != SV_STEP_ROW)
    return NULL;
  gpointer record = sv_record_new (type);
  if (sv_query_read_record (query, type, record, error))
    return record;
  sv_record_free (type, record);
  return NULL;
}

void
sv_rows_free (GPtrArray *rows, const SvRecordType *type)
{
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    sv_record_free (type, rows->pdata[i]);
  if (rows != NULL)
    g_ptr_array_unref (rows);
}

GPtrArray *
sv_rows_read_all (SvQuery *query, const SvRecordType *type, GError **error)
{
  GPtrArray *rows = g_ptr_array_new ();
  g_autoptr (GError) cause = NULL;
  for (gpointer row; (row = sv_rows_read_one (query, type, &cause)) != NULL;)
    g_ptr_array_add (rows, row);
  if (cause == NULL)
    return rows;
  g_propagate_error (error, g_steal_pointer (&cause));
  sv_rows_free (rows, type);
  return NULL;
}

GPtrArray *
sv_rows_read_texts (SvQuery *query, GError **error)
{
  g_autoptr (GPtrArray) texts = sv_strings_new ();
  SvStep step;
  while ((step = sv_query_step (query, error)) == SV_STEP_ROW)
    g_ptr_array_add (texts, g_strdup (sv_query_get_text (query, 0)));
  return step == SV_STEP_DONE ? g_steal_pointer (&texts) : NULL;
}

gboolean
sv_rows_read_int64 (SvQuery *query, gint64 *ret_value, GError **error)
{
  if (sv_query_step (query, error) != SV_STEP_ROW)
    return FALSE;
  *ret_value = sv_query_get_int64 (query, 0);
  return TRUE;
}

gboolean
sv_rows_cut (GPtrArray *rows, gint64 limit, const SvRecordType *type)
{
  if (rows->len <= limit)
    return FALSE;
  sv_record_free (type, rows->pdata[limit]);
  g_ptr_array_set_size (rows, (gint)limit);
  return TRUE;
}
