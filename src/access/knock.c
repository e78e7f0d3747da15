#include "access/knock.h"

static void
knock_free (gpointer data)
{
  SvKnock *knock = data;
  sv_audit_entry_free (knock->entry);
  sv_principal_free (knock->principal);
  sv_record_free (knock->body_type, knock->body);
  g_clear_pointer (&knock->replaced, g_bytes_unref);
  g_free (knock->subject);
  g_free (knock->login);
  g_free (knock);
}

static GBytes *
digest_of_cookie (const SvCall *call, const SvAccess *access)
{
  const char *secret = sv_call_find_cookie (call, sv_session_cookie_name (access->secure));
  return sv_token_is (secret, "session") ? sv_token_digest (secret) : NULL;
}

static SvKnock *
knock_new (SvCall *call, const char *login)
{
  const SvRoute *route = sv_call_get_route (call);
  const SvPrincipal *principal = sv_call_get_principal (call);
  SvKnock *knock = g_new0 (SvKnock, 1);
  knock->access = sv_access_of_call (call);
  knock->entry = sv_access_begin_entry (call);
  knock->principal = principal != NULL ? sv_principal_copy (principal) : NULL;
  knock->body = sv_call_take_body (call);
  knock->body_type = route->request;
  knock->login = g_strdup (login);
  knock->replaced = digest_of_cookie (call, knock->access);
  knock->now_us = sv_call_get_now (call);
  if (sv_route_has_path_param (route, "person"))
    knock->subject = g_strdup (sv_call_get_path_param (call, "person"));
  return knock;
}

gboolean
sv_knock_defer (SvCall *call, const char *login, SvKnockRun run, GError **error)
{
  if (!sv_access_admit (call, login, error))
    return FALSE;
  const SvErrand errand = {.run = run, .data = knock_new (call, login), .free = knock_free};
  return sv_gate_defer (sv_access_of_call (call)->gate, call, &errand, error);
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
