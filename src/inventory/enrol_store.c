#include "inventory/enrol_store.h"

#define TOKEN_COLUMNS "id, note, quota, used, created_at_us, expires_at_us, revoked_at_us"

gboolean
sv_enrol_token_insert (SvDb *db, const SvEnrolToken *token, const char *secret, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO enrol_token (id, digest, note, quota, created_at_us, expires_at_us)"
                   " VALUES (:id, :digest, :note, :quota, :created_at_us, :expires_at_us)",
                   error);
  if (query == NULL)
    return FALSE;
  SvDigest digest = sv_enrol_token_digest (secret);
  sv_query_bind_record (query, &sv_enrol_token_type, token);
  sv_query_bind_blob (query, "digest", digest.bytes, sizeof digest.bytes);
  return sv_query_run (query, error);
}

static SvEnrolToken *
read_token (SvQuery *query, GError **error)
{
  g_autoptr (SvEnrolToken) token = sv_record_new (&sv_enrol_token_type);
  return sv_query_read_record (query, &sv_enrol_token_type, token, error) ? g_steal_pointer (&token)
                                                                          : NULL;
}

SvEnrolToken *
sv_enrol_token_find (SvDb *db, const char *secret, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT " TOKEN_COLUMNS " FROM enrol_token WHERE digest = :digest", error);
  if (query == NULL)
    return NULL;
  SvDigest digest = sv_enrol_token_digest (secret);
  sv_query_bind_blob (query, "digest", digest.bytes, sizeof digest.bytes);
  SvStep step = sv_query_step (query, error);
  if (step == SV_STEP_DONE)
    g_set_error_literal (error, SV_ERROR, SV_ERROR_DENIED, "there is no such token");
  return step == SV_STEP_ROW ? read_token (query, error) : NULL;
}

gboolean
sv_enrol_token_use (SvDb *db, const char *id, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "UPDATE enrol_token SET used = used + 1 WHERE id = :id", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "id", id);
  return sv_query_run (query, error);
}

static gboolean
exists (SvDb *db, const char *id, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, "SELECT 1 FROM enrol_token WHERE id = :id", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "id", id);
  SvStep step = sv_query_step (query, error);
  if (step == SV_STEP_DONE)
    g_set_error_literal (error, SV_ERROR, SV_ERROR_NOT_FOUND, "there is no such token");
  return step == SV_STEP_ROW;
}

gboolean
sv_enrol_token_revoke (SvDb *db, const char *id, gint64 now_us, GError **error)
{
  if (!exists (db, id, error))
    return FALSE;
  g_autoptr (SvQuery) query = sv_db_query (
      db, "UPDATE enrol_token SET revoked_at_us = :now WHERE id = :id AND revoked_at_us = 0",
      error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "id", id);
  sv_query_bind_int64 (query, "now", now_us);
  return sv_query_run (query, error);
}

GPtrArray *
sv_enrol_token_list (SvDb *db, const char *after, gint64 limit, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db, "SELECT " TOKEN_COLUMNS " FROM enrol_token WHERE id > :after ORDER BY id LIMIT :limit",
      error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "after", after != NULL ? after : "");
  sv_query_bind_int64 (query, "limit", limit);
  return sv_rows_read_all (query, &sv_enrol_token_type, error);
}
