#include "access/person_store.h"

#include "trust/trust.h"

#define COLUMNS                                                                                    \
  "id, login, name, mail, disabled, must_change,"                                                  \
  " CASE WHEN totp_secret IS NULL THEN CAST (0 AS BIGINT) ELSE CAST (1 AS BIGINT) END AS totp,"    \
  " created_at_us, last_login_at_us"

/* -- Writing -- */

gboolean
sv_person_insert (SvDb *db, const SvPerson *person, const char *password, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO person (id, login, name, mail, password, must_change, disabled,"
                   " created_at_us) VALUES (:id, :login, :name, :mail, :password, :must_change,"
                   " :disabled, :created_at_us)",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_record (query, &sv_person_type, person);
  sv_query_bind_text (query, "password", password);
  if (sv_query_step (query, &cause) == SV_STEP_DONE)
    return TRUE;
  if (sv_error_is (cause, SV_ERROR_EXISTS))
    g_set_error (error, SV_ERROR, SV_ERROR_EXISTS, "somebody has the login name '%s'",
                 person->login);
  else
    g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

gboolean
sv_person_update (SvDb *db, const SvPerson *person, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "UPDATE person SET name = :name, mail = :mail, disabled = :disabled,"
                   " must_change = :must_change WHERE id = :id",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_record (query, &sv_person_type, person);
  return sv_query_run (query, error);
}

gboolean
sv_person_set_password (SvDb *db, const char *id, const char *hash, gboolean must_change,
                        GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db, "UPDATE person SET password = :hash, must_change = :must_change WHERE id = :id", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "hash", hash);
  sv_query_bind_int64 (query, "must_change", must_change ? 1 : 0);
  sv_query_bind_text (query, "id", id);
  return sv_query_run (query, error);
}

gboolean
sv_person_note_login (SvDb *db, const char *id, gint64 now_us, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "UPDATE person SET last_login_at_us = :now WHERE id = :id", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "now", now_us);
  sv_query_bind_text (query, "id", id);
  return sv_query_run (query, error);
}

/* -- The second factor -- */

static gboolean
run_for_person (SvDb *db, const char *sql, const char *id, const char *secret, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, sql, error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "id", id);
  if (secret != NULL)
    sv_query_bind_text (query, "secret", secret);
  return sv_query_run (query, error);
}

gboolean
sv_person_offer_totp (SvDb *db, const char *id, const char *secret, GError **error)
{
  return run_for_person (db, "UPDATE person SET totp_offered = :secret WHERE id = :id", id, secret,
                         error);
}

gboolean
sv_person_remove_totp (SvDb *db, const char *id, GError **error)
{
  return run_for_person (db,
                         "UPDATE person SET totp_secret = NULL, totp_offered = NULL, totp_step = 0"
                         " WHERE id = :id",
                         id, NULL, error);
}

gboolean
sv_person_accept_totp (SvDb *db, const char *id, gint64 step, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "UPDATE person SET totp_secret = totp_offered, totp_offered = NULL,"
                   " totp_step = :step WHERE id = :id AND totp_offered IS NOT NULL",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "step", step);
  sv_query_bind_text (query, "id", id);
  return sv_query_run (query, error);
}

gboolean
sv_person_use_totp (SvDb *db, const char *id, gint64 step, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db, "UPDATE person SET totp_step = :step WHERE id = :id AND totp_step < :step RETURNING id",
      error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "step", step);
  sv_query_bind_text (query, "id", id);
  SvStep result = sv_query_step (query, error);
  if (result == SV_STEP_DONE)
    g_set_error_literal (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED, "this code was used before");
  return result == SV_STEP_ROW;
}

/* -- Reading -- */

SvPerson *
sv_person_load (SvDb *db, const char *id, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT " COLUMNS " FROM person WHERE id = :id", error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "id", id);
  SvPerson *person = sv_rows_read_one (query, &sv_person_type, &cause);
  g_autofree char *printable = sv_text_printable (id);
  if (person == NULL && cause == NULL)
    g_set_error (&cause, SV_ERROR, SV_ERROR_NOT_FOUND, "there is no person '%s'", printable);
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return person;
}

void
sv_credentials_free (SvCredentials *credentials)
{
  if (credentials == NULL)
    return;
  sv_secret_free (credentials->password);
  sv_secret_free (credentials->totp_secret);
  sv_secret_free (credentials->totp_offered);
  g_free (credentials->person);
  g_free (credentials);
}

#define CREDENTIALS                                                                                \
  "SELECT id, password, totp_secret, totp_offered, totp_step, disabled, must_change FROM person "  \
  "WHERE "

static SvCredentials *
find_credentials (SvDb *db, const char *sql, const char *key, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, sql, error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "key", key);
  if (sv_query_step (query, error) != SV_STEP_ROW)
    return NULL;
  SvCredentials *credentials = g_new0 (SvCredentials, 1);
  credentials->person = g_strdup (sv_query_get_text (query, 0));
  credentials->password = g_strdup (sv_query_get_text (query, 1));
  credentials->totp_secret = g_strdup (sv_query_get_text (query, 2));
  credentials->totp_offered = g_strdup (sv_query_get_text (query, 3));
  credentials->totp_step = sv_query_get_int64 (query, 4);
  credentials->disabled = sv_query_get_int64 (query, 5) != 0;
  credentials->must_change = sv_query_get_int64 (query, 6) != 0;
  return credentials;
}

SvCredentials *
sv_credentials_find (SvDb *db, const char *login, GError **error)
{
  return find_credentials (db, CREDENTIALS "login = :key", login, error);
}

SvCredentials *
sv_credentials_find_by_id (SvDb *db, const char *id, GError **error)
{
  return find_credentials (db, CREDENTIALS "id = :key", id, error);
}

/* -- Lists: count and rows by the same words -- */

#define FROM_PEOPLE                                                                                \
  " FROM person WHERE (CAST (:login AS TEXT) IS NULL OR (login >= :login AND login < :login_end))" \
  " AND (CAST (:disabled AS BIGINT) < 0 OR disabled = :disabled)"

static void
bind_filter (SvQuery *query, const SvPersonFilter *filter)
{
  g_autofree char *end = filter->login != NULL ? g_strconcat (filter->login, "\x7f", NULL) : NULL;
  sv_query_bind_text (query, "login", filter->login);
  sv_query_bind_text (query, "login_end", end);
  sv_query_bind_int64 (query, "disabled", filter->disabled);
}

gboolean
sv_person_count (SvDb *db, const SvPersonFilter *filter, gint64 *ret_count, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, "SELECT COUNT (*)" FROM_PEOPLE, error);
  if (query == NULL)
    return FALSE;
  bind_filter (query, filter);
  return sv_rows_read_int64 (query, ret_count, error);
}

GPtrArray *
sv_person_list (SvDb *db, const SvPersonFilter *filter, const char *after, gint64 limit,
                GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db, "SELECT " COLUMNS FROM_PEOPLE " AND login > :after ORDER BY login LIMIT :limit", error);
  if (query == NULL)
    return NULL;
  bind_filter (query, filter);
  sv_query_bind_text (query, "after", after != NULL ? after : "");
  sv_query_bind_int64 (query, "limit", limit);
  return sv_rows_read_all (query, &sv_person_type, error);
}
