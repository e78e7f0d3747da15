#include "access/person_store.h"

#define COLUMNS "id, person, role, scope_kind, scope, granted_by, granted_at_us, provider"

gboolean
sv_grant_insert (SvDb *db, const SvGrant *grant, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO role_grant (" COLUMNS ") VALUES (:id, :person, :role, :scope_kind,"
                   " :scope, :granted_by, :granted_at_us, :provider)",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_record (query, &sv_grant_type, grant);
  if (grant->scope == NULL)
    sv_query_bind_text (query, "scope", "");
  if (grant->provider == NULL)
    sv_query_bind_text (query, "provider", "");
  if (sv_query_step (query, &cause) == SV_STEP_DONE)
    return TRUE;
  if (sv_error_is (cause, SV_ERROR_EXISTS))
    g_set_error_literal (error, SV_ERROR, SV_ERROR_EXISTS, "the person has this role already");
  else
    g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

SvGrant *
sv_grant_load (SvDb *db, const char *person, const char *id, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvQuery) query = sv_db_query (
      db, "SELECT " COLUMNS " FROM role_grant WHERE id = :id AND person = :person", error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "id", id);
  sv_query_bind_text (query, "person", person);
  SvGrant *grant = sv_rows_read_one (query, &sv_grant_type, &cause);
  if (grant == NULL && cause == NULL)
    g_set_error_literal (&cause, SV_ERROR, SV_ERROR_NOT_FOUND, "the person has no such grant");
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return grant;
}

gboolean
sv_grant_delete (SvDb *db, const char *id, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, "DELETE FROM role_grant WHERE id = :id", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "id", id);
  return sv_query_run (query, error);
}

GPtrArray *
sv_grant_list (SvDb *db, const char *person, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT " COLUMNS " FROM role_grant WHERE person = :person"
                   " ORDER BY role, scope_kind, scope, provider",
                   error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "person", person);
  return sv_rows_read_all (query, &sv_grant_type, error);
}

gboolean
sv_grant_count_holders (SvDb *db, SvRole role, gint64 *ret_count, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT COUNT (*) FROM role_grant, person WHERE role_grant.role = :role"
                   " AND role_grant.scope_kind = 'everything' AND person.id = role_grant.person"
                   " AND person.disabled = 0",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "role", sv_role_names[role]);
  return sv_rows_read_int64 (query, ret_count, error);
}
