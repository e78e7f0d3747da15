#include "access/session_store.h"

static void
bind_bytes (SvQuery *query, const char *name, GBytes *bytes)
{
  if (bytes != NULL)
    sv_query_bind_blob (query, name, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* -- Writing -- */

static gboolean
delete_over (SvDb *db, gint64 now_us, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db, "DELETE FROM session WHERE seen_at_us <= :idle OR created_at_us <= :life", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "idle", now_us - SV_SESSION_IDLE_US);
  sv_query_bind_int64 (query, "life", now_us - SV_SESSION_LIFE_US);
  return sv_query_run (query, error);
}

static gboolean
delete_oldest (SvDb *db, const char *person, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "DELETE FROM session WHERE person = :person AND digest NOT IN (SELECT digest"
                   " FROM session WHERE person = :person ORDER BY created_at_us DESC LIMIT :kept)",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "person", person);
  sv_query_bind_int64 (query, "kept", SV_LIMIT_SESSIONS_PER_PERSON);
  return sv_query_run (query, error);
}

gboolean
sv_session_insert (SvDb *db, const SvSession *session, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO session (digest, person, created_at_us, seen_at_us, proved_at_us,"
                   " address) VALUES (:digest, :person, :created_at_us, :seen_at_us,"
                   " :proved_at_us, :address)",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_record (query, &sv_session_type, session);
  return sv_query_run (query, error) && delete_over (db, session->created_at_us, error) &&
         delete_oldest (db, session->person, error);
}

gboolean
sv_session_renew (SvDb *db, GBytes *old_digest, GBytes *new_digest, gint64 now_us, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "UPDATE session SET digest = :new_digest, proved_at_us = :now, seen_at_us = :now"
                   " WHERE digest = :old_digest RETURNING person",
                   error);
  if (query == NULL)
    return FALSE;
  bind_bytes (query, "old_digest", old_digest);
  bind_bytes (query, "new_digest", new_digest);
  sv_query_bind_int64 (query, "now", now_us);
  SvStep step = sv_query_step (query, error);
  if (step == SV_STEP_DONE)
    g_set_error_literal (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED, "the session has ended");
  return step == SV_STEP_ROW;
}

gboolean
sv_session_delete (SvDb *db, GBytes *digest, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, "DELETE FROM session WHERE digest = :digest", error);
  if (query == NULL)
    return FALSE;
  bind_bytes (query, "digest", digest);
  return sv_query_run (query, error);
}

gboolean
sv_session_end (SvDb *db, const char *person, GBytes *digest, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db, "DELETE FROM session WHERE digest = :digest AND person = :person RETURNING person",
      error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "person", person);
  bind_bytes (query, "digest", digest);
  SvStep step = sv_query_step (query, error);
  if (step == SV_STEP_DONE)
    g_set_error_literal (error, SV_ERROR, SV_ERROR_NOT_FOUND, "there is no such session");
  return step == SV_STEP_ROW;
}

GPtrArray *
sv_session_list (SvDb *db, const char *person, gint64 now_us, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT digest, person, created_at_us, seen_at_us, proved_at_us, address"
                   " FROM session WHERE person = :person AND seen_at_us > :idle"
                   " AND created_at_us > :life ORDER BY created_at_us, digest",
                   error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "person", person);
  sv_query_bind_int64 (query, "idle", now_us - SV_SESSION_IDLE_US);
  sv_query_bind_int64 (query, "life", now_us - SV_SESSION_LIFE_US);
  return sv_rows_read_all (query, &sv_session_type, error);
}

gboolean
sv_session_delete_all (SvDb *db, const char *person, GBytes *keep, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "DELETE FROM session WHERE person = :person AND digest <> :keep", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "person", person);
  sv_query_bind_blob (query, "keep", "", 0); /* which no digest is */
  bind_bytes (query, "keep", keep);
  return sv_query_run (query, error);
}

gboolean
sv_session_touch (SvDb *db, GBytes *digest, gint64 now_us, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "UPDATE session SET seen_at_us = :now WHERE digest = :digest", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "now", now_us);
  bind_bytes (query, "digest", digest);
  return sv_query_run (query, error);
}

/* -- Who it is -- */

static gpointer
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED, why);
  return NULL;
}

SvPrincipal *
sv_session_find_principal (SvDb *db, const char *secret, gint64 now_us, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT digest, person, session.created_at_us, seen_at_us, proved_at_us,"
                   " address, login, must_change, disabled FROM session, person"
                   " WHERE digest = :digest AND person.id = session.person",
                   error);
  g_autoptr (GBytes) digest = sv_token_digest (secret);
  g_autoptr (SvSession) session = sv_record_new (&sv_session_type);
  if (query == NULL)
    return NULL;
  bind_bytes (query, "digest", digest);
  SvStep step = sv_query_step (query, error);
  if (step == SV_STEP_ERROR)
    return NULL;
  if (step == SV_STEP_DONE)
    return refuse (error, "the session has ended");
  if (!sv_query_read_record (query, &sv_session_type, session, error))
    return NULL;
  if (sv_session_is_over (session, now_us) || sv_query_get_int64 (query, 8) != 0)
    return refuse (error, "the session has ended");
  SvPrincipal *principal =
      sv_principal_new (SV_ACTOR_PERSON, session->person, sv_query_get_text (query, 6));
  principal->session = g_steal_pointer (&digest);
  principal->proved_at_us = session->proved_at_us;
  principal->ends_at_us = session->created_at_us + SV_SESSION_LIFE_US;
  principal->must_change = sv_query_get_int64 (query, 7) != 0;
  principal->used_at_us = session->seen_at_us;
  return principal;
}
