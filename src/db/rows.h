/* Reading rows of the store as records. */
#pragma once

#include "db/db.h"

/* Steps to the first row: a new record, NULL without @error if there is none. */
gpointer sv_rows_read_one (SvQuery *query, const SvRecordType *type, GError **error);
/* All rows: a new array, not owning, as sv_call_answer_list() takes it. */
GPtrArray *sv_rows_read_all (SvQuery *query, const SvRecordType *type, GError **error);
/* The first column of every row: a new array of strings. */
GPtrArray *sv_rows_read_texts (SvQuery *query, GError **error);
/* The first column of the one row. */
gboolean sv_rows_read_int64 (SvQuery *query, gint64 *ret_value, GError **error);
/* Cuts a page that was read with one row more than @limit; whether it had that row. */
gboolean sv_rows_cut (GPtrArray *rows, gint64 limit, const SvRecordType *type);
/* Frees such an array with its records. */
void sv_rows_free (GPtrArray *rows, const SvRecordType *type);
