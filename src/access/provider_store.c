#include "access/provider_store.h"

#include "trust/trust.h"

#define SETTINGS                                                                                   \
  "kind, name, address, ca_file, disabled, makes_people, second_factor, account, subject_from,"    \
  " login_from, name_from, mail_from, groups_from, start_tls, base, filter, bind_as, group_base,"  \
  " group_filter, own_address, scopes"
#define COLUMNS                                                                                    \
  "id, " SETTINGS ", CASE WHEN secret IS NULL THEN CAST (0 AS BIGINT) ELSE CAST (1 AS BIGINT) END" \
  " AS has_secret"

static gboolean
run (SvDb *db, const char *sql, const char *const *binds, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, sql, error);
  if (query == NULL)
    return FALSE;
  for (; *binds != NULL; binds += 2)
    sv_query_bind_text (query, binds[0], binds[1]);
  return sv_query_run (query, error);
}
#define RUN(db, sql, error, ...) run (db, sql, (const char *const[]){__VA_ARGS__, NULL}, error)

/* Steps now, for the error of this very statement. */
static gboolean
insert (SvQuery *query, const char *exists, GError **error)
{
  g_autoptr (GError) cause = NULL;
  if (sv_query_step (query, &cause) == SV_STEP_DONE)
    return TRUE;
  if (sv_error_is (cause, SV_ERROR_EXISTS))
    g_set_error_literal (error, SV_ERROR, SV_ERROR_EXISTS, exists);
  else
    g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

/* -- Directories -- */

GPtrArray *
sv_provider_list (SvDb *db, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT " COLUMNS " FROM identity_provider ORDER BY id", error);
  return query != NULL ? sv_rows_read_all (query, &sv_provider_type, error) : NULL;
}

SvProvider *
sv_provider_load (SvDb *db, const char *id, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT " COLUMNS " FROM identity_provider WHERE id = :id", error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "id", id);
  SvProvider *provider = sv_rows_read_one (query, &sv_provider_type, &cause);
  if (provider == NULL && cause == NULL)
    g_set_error (&cause, SV_ERROR, SV_ERROR_NOT_FOUND, "there is no identity provider '%s'", id);
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return provider;
}

char *
sv_provider_load_secret (SvDb *db, const char *id, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT secret FROM identity_provider WHERE id = :id", error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "id", id);
  return sv_query_step (query, error) == SV_STEP_ROW ? g_strdup (sv_query_get_text (query, 0))
                                                     : NULL;
}

static gboolean
insert_or_update (SvDb *db, const SvProvider *provider, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db,
      "INSERT INTO identity_provider (id, " SETTINGS ") VALUES (:id, :kind, :name, :address,"
      " :ca_file, :disabled, :makes_people, :second_factor, :account, :subject_from, :login_from,"
      " :name_from, :mail_from, :groups_from, :start_tls, :base, :filter, :bind_as, :group_base,"
      " :group_filter, :own_address, :scopes) ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
      " address = excluded.address, ca_file = excluded.ca_file, disabled = excluded.disabled,"
      " makes_people = excluded.makes_people, second_factor = excluded.second_factor,"
      " account = excluded.account, subject_from = excluded.subject_from,"
      " login_from = excluded.login_from, name_from = excluded.name_from,"
      " mail_from = excluded.mail_from, groups_from = excluded.groups_from,"
      " start_tls = excluded.start_tls, base = excluded.base, filter = excluded.filter,"
      " bind_as = excluded.bind_as, group_base = excluded.group_base,"
      " group_filter = excluded.group_filter, own_address = excluded.own_address,"
      " scopes = excluded.scopes",
      error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_record (query, &sv_provider_type, provider);
  return sv_query_run (query, error);
}

gboolean
sv_provider_save (SvDb *db, const SvProvider *provider, GError **error)
{
  return insert_or_update (db, provider, error) &&
         (provider->secret == NULL ||
          RUN (db, "UPDATE identity_provider SET secret = :secret WHERE id = :id", error, "id",
               provider->id, "secret", sv_text_or_null (provider->secret)));
}

gboolean
sv_provider_delete (SvDb *db, const char *id, GError **error)
{
  return sv_grant_delete_of_provider (db, id, NULL, error) &&
         RUN (db, "DELETE FROM identity_provider WHERE id = :id", error, "id", id);
}

gboolean
sv_provider_end_sessions (SvDb *db, const char *id, GError **error)
{
  return RUN (db,
              "DELETE FROM session WHERE person IN (SELECT person FROM person_identity"
              " WHERE provider = :id)",
              error, "id", id);
}

/* -- Groups -- */

#define MAPPING "id, provider, group_name, role, scope_kind, scope"

GPtrArray *
sv_mapping_list (SvDb *db, const char *provider, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db,
      "SELECT " MAPPING " FROM group_mapping WHERE provider = :provider ORDER BY group_name, id",
      error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "provider", provider);
  return sv_rows_read_all (query, &sv_mapping_type, error);
}

gboolean
sv_mapping_insert (SvDb *db, const SvMapping *mapping, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO group_mapping (" MAPPING
                   ") VALUES (:id, :provider, :group_name, :role, :scope_kind, :scope)",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_record (query, &sv_mapping_type, mapping);
  return insert (query, "the group gives this role already", error);
}

SvMapping *
sv_mapping_load (SvDb *db, const char *provider, const char *id, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvQuery) query = sv_db_query (
      db, "SELECT " MAPPING " FROM group_mapping WHERE provider = :provider AND id = :id", error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "provider", provider);
  sv_query_bind_text (query, "id", id);
  SvMapping *mapping = sv_rows_read_one (query, &sv_mapping_type, &cause);
  if (mapping == NULL && cause == NULL)
    g_set_error_literal (&cause, SV_ERROR, SV_ERROR_NOT_FOUND, "there is no such mapping");
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return mapping;
}

gboolean
sv_mapping_delete (SvDb *db, const char *id, GError **error)
{
  return RUN (db, "DELETE FROM group_mapping WHERE id = :id", error, "id", id);
}

/* -- Who people are there -- */

#define LINK "provider, subject, person, login, linked_at_us"

GPtrArray *
sv_link_list (SvDb *db, const char *person, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db, "SELECT " LINK " FROM person_identity WHERE person = :person ORDER BY provider", error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "person", person);
  return sv_rows_read_all (query, &sv_link_type, error);
}

static SvLink *
find_link (SvDb *db, const char *sql, const char *key, const char *provider, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, sql, error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "key", key);
  sv_query_bind_text (query, "provider", provider);
  return sv_rows_read_one (query, &sv_link_type, error);
}

SvLink *
sv_link_find (SvDb *db, const char *provider, const char *subject, GError **error)
{
  return find_link (
      db, "SELECT " LINK " FROM person_identity WHERE provider = :provider AND subject = :key",
      subject, provider, error);
}

SvLink *
sv_link_find_of_person (SvDb *db, const char *person, const char *provider, GError **error)
{
  return find_link (
      db, "SELECT " LINK " FROM person_identity WHERE provider = :provider AND person = :key",
      person, provider, error);
}

gboolean
sv_link_insert (SvDb *db, const SvLink *link, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO person_identity (" LINK
                   ") VALUES (:provider, :subject, :person, :login, :linked_at_us)",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_record (query, &sv_link_type, link);
  return insert (query, "somebody is linked so already", error);
}

gboolean
sv_link_note_login (SvDb *db, const SvLink *link, const char *login, GError **error)
{
  return RUN (db,
              "UPDATE person_identity SET login = :login"
              " WHERE provider = :provider AND subject = :subject",
              error, "login", login, "provider", link->provider, "subject", link->subject);
}

gboolean
sv_link_delete (SvDb *db, const SvLink *link, GError **error)
{
  return RUN (db, "DELETE FROM person_identity WHERE provider = :provider AND subject = :subject",
              error, "provider", link->provider, "subject", link->subject);
}

gboolean
sv_grant_delete_of_provider (SvDb *db, const char *provider, const char *person, GError **error)
{
  return person == NULL
             ? RUN (db, "DELETE FROM role_grant WHERE provider = :provider", error, "provider",
                    provider)
             : RUN (db, "DELETE FROM role_grant WHERE provider = :provider AND person = :person",
                    error, "provider", provider, "person", person);
}

gboolean
sv_grant_count_local_administrators (SvDb *db, gint64 *ret_count, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT COUNT (DISTINCT person.id) FROM role_grant, person"
                   " WHERE role_grant.role = 'administrator'"
                   " AND role_grant.scope_kind = 'everything' AND person.id = role_grant.person"
                   " AND person.disabled = 0 AND person.password IS NOT NULL",
                   error);
  return query != NULL && sv_rows_read_int64 (query, ret_count, error);
}

/* -- Logins under way -- */

void
sv_login_start_free (SvLoginStart *start)
{
  if (start == NULL)
    return;
  g_free (start->provider);
  g_clear_pointer (&start->session, g_bytes_unref);
  g_free (start);
}

static void
bind_bytes (SvQuery *query, const char *name, GBytes *bytes)
{
  if (bytes != NULL)
    sv_query_bind_blob (query, name, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static gboolean
forget_late (SvDb *db, gint64 now_us, GError **error)
{
  gint64 n;
  g_autoptr (SvQuery) old =
      sv_db_query (db, "DELETE FROM login_start WHERE started_at_us <= :late", error);
  g_autoptr (SvQuery) count = sv_db_query (db, "SELECT COUNT (*) FROM login_start", error);
  if (old == NULL || count == NULL)
    return FALSE;
  sv_query_bind_int64 (old, "late", now_us - SV_LOGIN_START_LIFE_US);
  if (!sv_query_run (old, error) || !sv_rows_read_int64 (count, &n, error))
    return FALSE;
  if (n < SV_LIMIT_LOGIN_STARTS)
    return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_BUSY, "too many logins are under way");
  return FALSE;
}

gboolean
sv_login_start_insert (SvDb *db, const SvLoginStart *start, const char *secret, GError **error)
{
  g_autoptr (GBytes) digest = sv_token_digest (secret);
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO login_start (digest, provider, session, started_at_us)"
                   " VALUES (:digest, :provider, :session, :started_at_us)",
                   error);
  if (query == NULL || !forget_late (db, start->started_at_us, error))
    return FALSE;
  bind_bytes (query, "digest", digest);
  sv_query_bind_text (query, "provider", start->provider);
  bind_bytes (query, "session", start->session);
  sv_query_bind_int64 (query, "started_at_us", start->started_at_us);
  return sv_query_run (query, error);
}

static SvLoginStart *
read_start (const SvQuery *query)
{
  gsize size;
  SvLoginStart *start = g_new0 (SvLoginStart, 1);
  start->provider = g_strdup (sv_query_get_text (query, 0));
  const void *session = sv_query_get_blob (query, 1, &size);
  start->session = session != NULL ? g_bytes_new (session, size) : NULL;
  start->started_at_us = sv_query_get_int64 (query, 2);
  return start;
}

SvLoginStart *
sv_login_start_take (SvDb *db, const char *secret, const char *provider, gint64 now_us,
                     GError **error)
{
  g_autoptr (GBytes) digest = sv_token_digest (secret);
  g_autoptr (SvQuery) query = sv_db_query (db,
                                           "DELETE FROM login_start WHERE digest = :digest"
                                           " RETURNING provider, session, started_at_us",
                                           error);
  if (query == NULL)
    return NULL;
  bind_bytes (query, "digest", digest);
  SvStep step = sv_query_step (query, error);
  if (step == SV_STEP_ERROR)
    return NULL;
  g_autoptr (SvLoginStart) start = step == SV_STEP_ROW ? read_start (query) : NULL;
  if (start != NULL && g_strcmp0 (start->provider, provider) == 0 &&
      now_us - start->started_at_us < SV_LOGIN_START_LIFE_US)
    return sv_query_step (query, error) == SV_STEP_DONE ? g_steal_pointer (&start) : NULL;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED,
                       "this login was not begun here, took too long or has come back before");
  return NULL;
}

char *
sv_session_find_person (SvDb *db, GBytes *digest, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT person FROM session WHERE digest = :digest", error);
  if (query == NULL)
    return NULL;
  bind_bytes (query, "digest", digest);
  SvStep step = sv_query_step (query, error);
  if (step == SV_STEP_DONE)
    g_set_error_literal (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED, "the session has ended");
  return step == SV_STEP_ROW ? g_strdup (sv_query_get_text (query, 0)) : NULL;
}
