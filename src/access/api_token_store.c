
#include "access/session_store.h"

#define COLUMNS                                                                                    \
  "api_token.id, person, api_token.name, permissions, api_token.created_at_us, expires_at_us,"     \
  " last_used_at_us, revoked_at_us"

gboolean
sv_api_token_insert (SvDb *db, const SvApiToken *token, GBytes *digest, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO api_token (id, digest, person, name, permissions, created_at_us,"
                   " expires_at_us) VALUES (:id, :digest, :person, :name, :permissions,"
                   " :created_at_us, :expires_at_us)",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_record (query, &sv_api_token_type, token);
  sv_query_bind_blob (query, "digest", g_bytes_get_data (digest, NULL), g_bytes_get_size (digest));
  return sv_query_run (query, error);
}

gboolean
sv_api_token_count (SvDb *db, const char *person, gint64 now_us, gint64 *ret_count, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT COUNT (*) FROM api_token WHERE person = :person AND revoked_at_us = 0"
                   " AND expires_at_us > :now",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "person", person);
  sv_query_bind_int64 (query, "now", now_us);
  return sv_rows_read_int64 (query, ret_count, error);
}

gboolean
sv_api_token_revoke (SvDb *db, const char *person, const char *id, gint64 now_us, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "UPDATE api_token SET revoked_at_us = :now WHERE id = :id AND person = :person"
                   " AND revoked_at_us = 0 RETURNING id",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "now", now_us);
  sv_query_bind_text (query, "id", id);
  sv_query_bind_text (query, "person", person);
  SvStep step = sv_query_step (query, error);
  if (step == SV_STEP_DONE)
    g_set_error_literal (error, SV_ERROR, SV_ERROR_NOT_FOUND, "you have no such token in force");
  return step == SV_STEP_ROW;
}

GPtrArray *
sv_api_token_list (SvDb *db, const char *person, const char *after, gint64 limit, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT " COLUMNS " FROM api_token WHERE person = :person AND id > :after"
                   " ORDER BY id LIMIT :limit",
                   error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "person", person);
  sv_query_bind_text (query, "after", after != NULL ? after : "");
  sv_query_bind_int64 (query, "limit", limit);
  return sv_rows_read_all (query, &sv_api_token_type, error);
}

gboolean
sv_api_token_touch (SvDb *db, const char *id, gint64 now_us, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "UPDATE api_token SET last_used_at_us = :now WHERE id = :id", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "now", now_us);
  sv_query_bind_text (query, "id", id);
  return sv_query_run (query, error);
}

/* One answer for all that does not hold: who guesses learns nothing. */
static gpointer
refuse (GError **error)
{
  g_set_error_literal (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED,
                       "the token is not one that is in force");
  return NULL;
}

static SvPrincipal *
make_principal (const SvApiToken *token, const char *login)
{
  SvPrincipal *principal = sv_principal_new (SV_ACTOR_TOKEN, token->person, login);
  principal->token = g_strdup (token->id);
  principal->used_at_us = token->last_used_at_us;
  principal->permissions = sv_strings_copy (token->permissions);
  return principal;
}

SvPrincipal *
sv_api_token_find_principal (SvDb *db, const char *secret, gint64 now_us, GError **error)
{
  g_autoptr (GBytes) digest = sv_token_digest (secret);
  g_autoptr (SvApiToken) token = sv_record_new (&sv_api_token_type);
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT " COLUMNS ", login, disabled FROM api_token, person"
                   " WHERE digest = :digest AND person.id = api_token.person",
                   error);
  if (query == NULL)
    return NULL;
  sv_query_bind_blob (query, "digest", g_bytes_get_data (digest, NULL), g_bytes_get_size (digest));
  SvStep step = sv_query_step (query, error);
  if (step == SV_STEP_DONE)
    return refuse (error);
  if (step == SV_STEP_ERROR || !sv_query_read_record (query, &sv_api_token_type, token, error))
    return NULL;
  if (sv_api_token_is_over (token, now_us) || sv_query_get_int64 (query, 9) != 0)
    return refuse (error);
  return make_principal (token, sv_query_get_text (query, 8));
}
