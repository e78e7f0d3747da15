#include "access/audit_store.h"

#include <string.h>

#define TRIES 12
#define PAUSE_US 2000 /* more at each try */
#define COLUMNS                                                                                    \
  "sequence, at_us, actor_kind, actor, actor_name, action, subject, detail, request, address, "    \
  "hash"

/* -- Writing -- */

gboolean
sv_audit_load_head (SvDb *db, SvAuditHead *ret_head, GError **error)
{
  memset (ret_head, 0, sizeof *ret_head);
  g_autoptr (SvQuery) query = sv_db_query (
      db, "SELECT sequence, hash FROM audit_entry ORDER BY sequence DESC LIMIT 1", error);
  if (query == NULL)
    return FALSE;
  SvStep step = sv_query_step (query, error);
  if (step != SV_STEP_ROW)
    return step == SV_STEP_DONE;
  gsize size;
  const void *hash = sv_query_get_blob (query, 1, &size);
  ret_head->sequence = sv_query_get_int64 (query, 0);
  memcpy (ret_head->hash, hash, MIN (size, sizeof ret_head->hash));
  return TRUE;
}

static gboolean
insert_entry (SvDb *db, const SvAuditEntry *entry, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO audit_entry (" COLUMNS ") VALUES (:sequence, :at_us, :actor_kind,"
                   " :actor, :actor_name, :action, :subject, :detail, :request, :address, :hash)",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_record (query, &sv_audit_entry_type, entry);
  return sv_query_step (query, error) == SV_STEP_DONE;
}

gboolean
sv_audit_append (SvDb *db, SvAuditEntry *entry, GError **error)
{
  SvAuditHead head;
  g_autoptr (GError) cause = NULL;
  if (!sv_audit_load_head (db, &head, error))
    return FALSE;
  sv_audit_chain (&head, entry);
  if (insert_entry (db, entry, &cause))
    return TRUE;
  if (sv_error_is (cause, SV_ERROR_EXISTS)) /* somebody else was faster */
    cause->code = SV_ERROR_CONFLICT;
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

static gboolean
perform_once (SvDb *db, SvAuditEntry *entry, SvAuditWork work, gpointer data, GError **error)
{
  g_autoptr (SvTx) tx = sv_db_begin (db, error);
  return tx != NULL && work (db, entry, data, error) && sv_audit_append (db, entry, error) &&
         sv_tx_commit (tx, error);
}

gboolean
sv_audit_perform (SvDb *db, SvAuditEntry *entry, SvAuditWork work, gpointer data, GError **error)
{
  for (guint tries = 1;; tries++) {
    g_autoptr (GError) cause = NULL;
    if (perform_once (db, entry, work, data, &cause))
      return TRUE;
    if (tries == TRIES || !sv_error_is (cause, SV_ERROR_CONFLICT)) {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
    g_usleep ((gulong)g_random_int_range (1, (gint32)(PAUSE_US * tries)));
  }
}

/* -- Reading -- */

#define FROM_ENTRIES                                                                               \
  " FROM audit_entry WHERE (CAST (:actor AS TEXT) IS NULL OR actor = :actor)"                      \
  " AND (CAST (:action AS TEXT) IS NULL OR action = :action)"                                      \
  " AND (CAST (:subject AS TEXT) IS NULL OR subject = :subject)"

static void
bind_filter (SvQuery *query, const SvAuditFilter *filter)
{
  sv_query_bind_text (query, "actor", filter->actor);
  sv_query_bind_text (query, "action", filter->action);
  sv_query_bind_text (query, "subject", filter->subject);
}

gboolean
sv_audit_count (SvDb *db, const SvAuditFilter *filter, gint64 *ret_count, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, "SELECT COUNT (*)" FROM_ENTRIES, error);
  if (query == NULL)
    return FALSE;
  bind_filter (query, filter);
  return sv_rows_read_int64 (query, ret_count, error);
}

GPtrArray *
sv_audit_list (SvDb *db, const SvAuditFilter *filter, gint64 before, gint64 limit, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db,
      "SELECT " COLUMNS FROM_ENTRIES " AND sequence < :before ORDER BY sequence DESC LIMIT :limit",
      error);
  if (query == NULL)
    return NULL;
  bind_filter (query, filter);
  sv_query_bind_int64 (query, "before", before);
  sv_query_bind_int64 (query, "limit", limit);
  return sv_rows_read_all (query, &sv_audit_entry_type, error);
}

static gboolean
walk (SvQuery *query, SvAuditFunc func, gpointer data, GError **error)
{
  g_autoptr (SvAuditEntry) entry = sv_record_new (&sv_audit_entry_type);
  SvStep step;
  while ((step = sv_query_step (query, error)) == SV_STEP_ROW)
    if (!sv_query_read_record (query, &sv_audit_entry_type, entry, error) ||
        !func (entry, data, error))
      return FALSE;
  return step == SV_STEP_DONE;
}

gboolean
sv_audit_foreach (SvDb *db, SvAuditFunc func, gpointer data, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT " COLUMNS " FROM audit_entry ORDER BY sequence", error);
  return query != NULL && walk (query, func, data, error);
}
