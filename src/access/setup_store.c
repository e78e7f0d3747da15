#include "access/session_store.h"

static gboolean
has_people (SvDb *db, gboolean *ret_has, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, "SELECT id FROM person LIMIT 1", error);
  SvStep step = query != NULL ? sv_query_step (query, error) : SV_STEP_ERROR;
  *ret_has = step == SV_STEP_ROW;
  return step != SV_STEP_ERROR;
}

static gboolean
delete_link (SvDb *db, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, "DELETE FROM setup_link", error);
  return query != NULL && sv_query_run (query, error);
}

static gboolean
insert_link (SvDb *db, const char *secret, gint64 now_us, GError **error)
{
  g_autoptr (GBytes) digest = sv_token_digest (secret);
  g_autoptr (SvQuery) query = sv_db_query (
      db, "INSERT INTO setup_link (id, digest, expires_at_us) VALUES (1, :digest, :expires)",
      error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_blob (query, "digest", g_bytes_get_data (digest, NULL), g_bytes_get_size (digest));
  sv_query_bind_int64 (query, "expires", now_us + SV_SETUP_LIFE_US);
  return sv_query_run (query, error);
}

gboolean
sv_setup_offer (SvDb *db, const char *secret, gint64 now_us, GError **error)
{
  gboolean people;
  if (!has_people (db, &people, error))
    return FALSE;
  if (!people)
    return delete_link (db, error) && insert_link (db, secret, now_us, error);
  g_set_error_literal (error, SV_ERROR, SV_ERROR_EXISTS,
                       "there are people already: one of them can add others");
  return FALSE;
}

static gboolean
is_in_force (SvDb *db, const char *secret, gint64 now_us, gboolean *ret_is, GError **error)
{
  g_autoptr (GBytes) digest = sv_token_digest (secret);
  g_autoptr (SvQuery) query = sv_db_query (
      db, "SELECT id FROM setup_link WHERE digest = :digest AND expires_at_us > :now", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_blob (query, "digest", g_bytes_get_data (digest, NULL), g_bytes_get_size (digest));
  sv_query_bind_int64 (query, "now", now_us);
  SvStep step = sv_query_step (query, error);
  *ret_is = step == SV_STEP_ROW;
  return step != SV_STEP_ERROR;
}

gboolean
sv_setup_check (SvDb *db, const char *secret, gint64 now_us, GError **error)
{
  gboolean people, good;
  if (!has_people (db, &people, error) || !is_in_force (db, secret, now_us, &good, error))
    return FALSE;
  if (good && !people)
    return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED,
                       "this setup link is not in force: it was used, has expired, or a newer one "
                       "was made");
  return FALSE;
}

gboolean
sv_setup_use (SvDb *db, const char *secret, gint64 now_us, GError **error)
{
  return sv_setup_check (db, secret, now_us, error) && delete_link (db, error);
}
