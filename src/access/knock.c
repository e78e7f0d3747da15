#include "access/knock.h"

#include "access/deed.h"

static void
knock_free (gpointer data)
{
  SvKnock *knock = data;
  sv_audit_entry_free (knock->entry);
  sv_principal_free (knock->principal);
  sv_record_free (knock->body_type, knock->body);
  g_clear_pointer (&knock->replaced, g_bytes_unref);
  g_clear_pointer (&knock->members, g_ptr_array_unref);
  g_free (knock->person);
  g_free (knock->id);
  g_free (knock->provider);
  if (knock->free_extra != NULL)
    knock->free_extra (knock->extra);
  g_free (knock->login);
  g_free (knock);
}

static GBytes *
digest_of_cookie (const SvCall *call, const SvAccess *access)
{
  const char *secret = sv_call_find_cookie (call, sv_session_cookie_name (access->secure));
  return sv_token_is (secret, "session") ? sv_token_digest (secret) : NULL;
}

static char *
dup_path_param (const SvCall *call, const char *name)
{
  return sv_route_has_path_param (sv_call_get_route (call), name)
             ? g_strdup (sv_call_get_path_param (call, name))
             : NULL;
}

static SvKnock *
knock_new (SvCall *call, const char *login)
{
  static const char *const ids[] = {"grant", "token", "mapping", "session", NULL};
  const SvPrincipal *principal = sv_call_get_principal (call);
  SvKnock *knock = g_new0 (SvKnock, 1);
  knock->access = sv_access_of_call (call);
  knock->entry = sv_access_begin_entry (call);
  knock->principal = principal != NULL ? sv_principal_copy (principal) : NULL;
  knock->body_type = sv_call_get_route (call)->request;
  knock->members = sv_deed_list_members (call, knock->body_type);
  knock->body = sv_call_take_body (call);
  knock->login = g_strdup (login);
  knock->replaced = digest_of_cookie (call, knock->access);
  knock->now_us = sv_call_get_now (call);
  knock->person = dup_path_param (call, "person");
  knock->provider = dup_path_param (call, "provider");
  for (const char *const *name = ids; *name != NULL && knock->id == NULL; name++)
    knock->id = dup_path_param (call, *name);
  return knock;
}

static gboolean
defer (SvGate *gate, SvCall *call, const char *login, SvKnockRun run, GError **error)
{
  const SvErrand errand = {.run = run, .data = knock_new (call, login), .free = knock_free};
  return sv_gate_defer (gate, call, &errand, error);
}

gboolean
sv_knock_defer (SvCall *call, SvKnockRun run, GError **error)
{
  return defer (sv_access_of_call (call)->gate, call, NULL, run, error);
}

gboolean
sv_knock_try (SvCall *call, const char *login, SvKnockRun run, GError **error)
{
  return sv_access_admit (call, login, error) &&
         defer (sv_access_of_call (call)->gate, call, login, run, error);
}

gboolean
sv_knock_ask (SvCall *call, const char *login, SvKnockRun run, GError **error)
{
  return sv_access_admit (call, login, error) &&
         defer (sv_access_of_call (call)->away, call, login, run, error);
}

gboolean
sv_knock_ask_with (SvCall *call, const SvKnockExtra *extra, SvKnockRun run, GError **error)
{
  if (!sv_access_admit (call, NULL, error)) {
    extra->free (extra->data);
    return FALSE;
  }
  SvKnock *knock = knock_new (call, NULL);
  knock->extra = extra->data;
  knock->free_extra = extra->free;
  const SvErrand errand = {.run = run, .data = knock, .free = knock_free};
  return sv_gate_defer (sv_access_of_call (call)->away, call, &errand, error);
}

void
sv_knock_forgive (const SvKnock *knock)
{
  sv_access_forgive (knock->access, knock->login, knock->entry->address);
}

gboolean
sv_knock_proves (const SvCredentials *credentials, const char *password)
{
  gboolean right =
      sv_password_verify (credentials != NULL ? credentials->password : NULL, password);
  return right && credentials != NULL && !credentials->disabled;
}

gboolean
sv_knock_check_duties (SvDb *db, const SvPrincipal *principal, const char *person,
                       gboolean *ret_alone, GError **error)
{
  gint64 n_able;
  if (!sv_grant_count_holders (db, SV_ROLE_ADMINISTRATOR, &n_able, error))
    return FALSE;
  const SvQuorum quorum = {.author = person, .n_needed = 1, .n_able = (guint)n_able};
  const char *candidate = principal != NULL ? principal->person : NULL;
  SvMayDecide may = candidate != NULL ? sv_access_may_decide (&quorum, candidate) : SV_DECIDE_YES;
  *ret_alone = may == SV_DECIDE_YES_ALONE;
  if (may != SV_DECIDE_AUTHOR)
    return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_DENIED,
                       "nobody changes their own roles: ask another administrator");
  return FALSE;
}
