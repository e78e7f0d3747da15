#include "inventory/host_history.h"

#include "inventory/id_list.h"

/* --- writing --- */

static void
bind_ids (SvQuery *query, const char *name, const GArray *ids)
{
  g_autoptr (GBytes) bytes = sv_id_list_encode (ids);
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);
  sv_query_bind_blob (query, name, data != NULL ? data : "", size);
}

static gboolean
insert_move (SvDb *db, const char *host, const SvHostMove *move, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO host_move (host, at_us, posture, added, removed)"
                   " VALUES (:host, :at_us, :posture, :added, :removed)",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "host", host);
  sv_query_bind_int64 (query, "at_us", move->at_us);
  sv_query_bind_int64 (query, "posture", move->posture);
  if (move->added != NULL)
    bind_ids (query, "added", move->added);
  bind_ids (query, "removed", move->removed);
  return sv_query_run (query, error);
}

gboolean
sv_host_note_move (SvDb *db, const char *host, const SvHostPlace *old, const SvHostPlace *place,
                   gint64 now_us, GError **error)
{
  g_autoptr (GArray) before = NULL, now = NULL, added = NULL, removed = NULL;
  if (!sv_package_set_load (db, old->set, &before, error) ||
      (old->set != 0 && !sv_package_set_load (db, place->set, &now, error)))
    return FALSE;
  if (now != NULL) {
    added = sv_id_list_subtract (now, before);
    removed = sv_id_list_subtract (before, now);
  }
  const SvHostMove move = {now_us, old->set != 0 ? old->posture : 0, added,
                           removed != NULL ? removed : before};
  return insert_move (db, host, &move, error);
}

/* --- reading --- */

static void
move_free (gpointer data)
{
  SvHostMove *move = data;
  g_clear_pointer (&move->added, g_array_unref);
  g_clear_pointer (&move->removed, g_array_unref);
  g_free (move);
}

void
sv_host_past_free (SvHostPast *past)
{
  g_clear_pointer (&past->entries, g_array_unref);
  g_clear_pointer (&past->moves, g_ptr_array_unref);
  g_free (past);
}

/* NULL stays NULL. */
static gboolean
read_ids (const SvQuery *query, guint column, GArray **ret_ids, GError **error)
{
  gsize size;
  const void *data = sv_query_get_blob (query, column, &size);
  if (data == NULL)
    return TRUE;
  *ret_ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  return sv_id_list_decode (data, size, *ret_ids, error);
}

static gboolean
read_moves (SvQuery *query, GPtrArray *moves, GError **error)
{
  SvStep step;
  while ((step = sv_query_step (query, error)) == SV_STEP_ROW) {
    SvHostMove *move = g_new0 (SvHostMove, 1);
    g_ptr_array_add (moves, move);
    move->at_us = sv_query_get_int64 (query, 0);
    move->posture = sv_query_get_int64 (query, 1);
    if (!read_ids (query, 2, &move->added, error) || !read_ids (query, 3, &move->removed, error))
      return FALSE;
  }
  return step == SV_STEP_DONE;
}

static gboolean
load_moves (SvDb *db, const char *host, SvHostPast *past, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT at_us, posture, added, removed FROM host_move WHERE host = :host"
                   " ORDER BY at_us DESC",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "host", host);
  past->moves = g_ptr_array_new_with_free_func (move_free);
  return read_moves (query, past->moves, error);
}

static gboolean
load_present (SvDb *db, const char *host, SvHostPast *past, gint64 *ret_set, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db, "SELECT first_seen_us, posture, package_set FROM host WHERE id = :host", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "host", host);
  SvStep step = sv_query_step (query, error);
  if (step == SV_STEP_ROW) {
    past->first_seen_us = sv_query_get_int64 (query, 0);
    past->posture = sv_query_get_int64 (query, 1);
    *ret_set = sv_query_get_int64 (query, 2);
    return TRUE;
  }
  g_autofree char *printable = sv_text_printable (host);
  if (step == SV_STEP_DONE)
    g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND, "there is no host '%s'", printable);
  return FALSE;
}

SvHostPast *
sv_host_past_load (SvDb *db, const char *host, GError **error)
{
  g_autoptr (SvHostPast) past = g_new0 (SvHostPast, 1);
  gint64 set = 0;
  return load_present (db, host, past, &set, error) &&
                 sv_package_set_load (db, set, &past->entries, error) &&
                 load_moves (db, host, past, error)
             ? g_steal_pointer (&past)
             : NULL;
}

GPtrArray *
sv_host_list_moved (SvDb *db, gint64 from_us, gint64 until_us, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT DISTINCT host FROM host_move WHERE at_us >= :from AND at_us < :until"
                   " ORDER BY host",
                   error);
  if (query == NULL)
    return NULL;
  sv_query_bind_int64 (query, "from", from_us);
  sv_query_bind_int64 (query, "until", until_us);
  return sv_rows_read_texts (query, error);
}

gboolean
sv_host_foreach_system_size (SvDb *db, gint64 seen_us, SvSystemSizeFunc func, gpointer user_data,
                             GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT COALESCE (system, ''), COUNT (*),"
                   " SUM (CASE WHEN last_seen_us < :seen THEN 1 ELSE 0 END)"
                   " FROM host WHERE package_set > 0 GROUP BY COALESCE (system, '') ORDER BY 1",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "seen", seen_us);
  SvStep step;
  while ((step = sv_query_step (query, error)) == SV_STEP_ROW)
    if (!func (sv_query_get_text (query, 0), sv_query_get_int64 (query, 1),
               sv_query_get_int64 (query, 2), user_data, error))
      return FALSE;
  return step == SV_STEP_DONE;
}
