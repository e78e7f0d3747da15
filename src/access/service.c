#include "access/service.h"

#include "access/person_store.h"
#include "access/session_store.h"

#include <string.h>

/* A person who mistypes is let in after a moment; who guesses gets some hundred tries a day, and
 * each costs them a hash. An address may be many people behind one NAT. */
static const SvRateOptions login_rate = {.burst = 10, .refill_us = 60 * SV_SECOND_US};
static const SvRateOptions address_rate = {.burst = 60, .refill_us = 2 * SV_SECOND_US};

SvAccess *
sv_access_new (const char *store)
{
  SvAccess *access = g_new0 (SvAccess, 1);
  access->by_login = sv_rate_new (&login_rate);
  access->by_address = sv_rate_new (&address_rate);
  g_mutex_init (&access->lock);
  access->touched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  access->gate = sv_gate_new (store, 0);
  access->away = sv_gate_new (store, SV_LIMIT_PROVIDER_THREADS);
  access->oidc = sv_oidc_cache_new ();
  return access;
}

void
sv_access_free (SvAccess *access)
{
  if (access == NULL)
    return;
  sv_gate_free (access->gate);
  sv_gate_free (access->away);
  sv_oidc_cache_free (access->oidc);
  g_hash_table_unref (access->touched);
  g_mutex_clear (&access->lock);
  sv_rate_free (access->by_login);
  sv_rate_free (access->by_address);
  g_free (access);
}

/* What is shown by reach is asked of the store by person alone: every role must hold it. */
static gboolean
check_route (const SvRoute *route, GError **error)
{
  const SvPermission *permission = sv_permission_find (route->permission);
  gboolean special = strcmp (route->permission, SV_PERMISSION_PUBLIC) == 0 ||
                     strcmp (route->permission, SV_PERMISSION_AGENT) == 0;
  gboolean part = (route->flags & SV_ROUTE_PART) != 0;
  if (part ? permission != NULL && permission->roles == (1u << SV_N_ROLES) - 1
           : special || permission != NULL)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "route %s %s needs '%s', which is no permission%s",
               sv_method_names[route->method], route->path, route->permission,
               part ? " of every role" : "");
  return FALSE;
}

gboolean
sv_access_check_routes (const SvRouteTable *const *tables, gsize n_tables, GError **error)
{
  for (gsize i = 0; i < n_tables; i++)
    for (gsize k = 0; k < tables[i]->n; k++)
      if (!check_route (&tables[i]->routes[k], error))
        return FALSE;
  return TRUE;
}

/* -- Who calls -- */

static void
free_grants (gpointer grant)
{
  sv_grant_free (grant);
}

static gboolean
load_grants (SvDb *db, SvPrincipal *principal, GError **error)
{
  principal->grants = sv_grant_list (db, principal->person, error);
  if (principal->grants == NULL)
    return FALSE;
  g_ptr_array_set_free_func (principal->grants, free_grants);
  return TRUE;
}

static SvPrincipal *
with_grants (SvDb *db, SvPrincipal *found, GError **error)
{
  g_autoptr (SvPrincipal) principal = found;
  return found != NULL && load_grants (db, found, error) ? g_steal_pointer (&principal) : NULL;
}

SvPrincipal *
sv_access_find_session (SvDb *db, const char *secret, gint64 now_us, GError **error)
{
  return with_grants (db, sv_session_find_principal (db, secret, now_us, error), error);
}

static const char *
find_bearer (const SvCall *call)
{
  const char *header = sv_call_find_header (call, "Authorization");
  return header != NULL && g_ascii_strncasecmp (header, "Bearer ", 7) == 0 ? header + 7 : header;
}

static gpointer
refuse (GError **error, const SvRoute *route)
{
  g_set_error (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED, "%s is for those who are logged in",
               route->path);
  return NULL;
}

/* A token goes before a cookie: whoever sends one means it. */
static SvPrincipal *
identify (SvAccess *access, SvCall *call, const SvRoute *route, GError **error)
{
  gint64 now_us = sv_call_get_now (call);
  const char *bearer = find_bearer (call);
  const char *cookie = sv_call_find_cookie (call, sv_session_cookie_name (access->secure));
  if (bearer != NULL ? !sv_token_is (bearer, "api") : !sv_token_is (cookie, "session"))
    return refuse (error, route);
  SvDb *db = sv_call_get_store (call, error);
  if (db == NULL)
    return NULL;
  if (bearer == NULL)
    return sv_access_find_session (db, cookie, now_us, error);
  return with_grants (db, sv_api_token_find_principal (db, bearer, now_us, error), error);
}

/* -- That they were here -- */

typedef struct {
  SvAccess *access;
  SvPrincipal *principal;
  char *key;
  gint64 now_us;
} Touch;

static gboolean
run_touch (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const Touch *touch = data;
  const SvPrincipal *principal = touch->principal;
  return principal->token != NULL ? sv_api_token_touch (db, principal->token, touch->now_us, error)
                                  : sv_session_touch (db, principal->session, touch->now_us, error);
}

static void
touch_free (gpointer data)
{
  Touch *touch = data;
  g_mutex_lock (&touch->access->lock);
  g_hash_table_remove (touch->access->touched, touch->key);
  g_mutex_unlock (&touch->access->lock);
  sv_principal_free (touch->principal);
  g_free (touch);
}

static char *
key_of (const SvPrincipal *principal)
{
  return principal->token != NULL
             ? g_strdup (principal->token)
             : g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, principal->session);
}

/* Never waits for the store, in which somebody else may be writing for long. One that is forgotten
 * is made up for by the next request. */
static void
note_use (SvAccess *access, const SvCall *call, const SvPrincipal *principal)
{
  gint64 now_us = sv_call_get_now (call);
  gint64 every_us = principal->token != NULL ? SV_API_TOKEN_TOUCH_US : SV_SESSION_TOUCH_US;
  if (now_us - principal->used_at_us < every_us || sv_call_is_again (call))
    return;
  g_autofree char *key = key_of (principal);
  g_mutex_lock (&access->lock);
  gboolean first = !g_hash_table_contains (access->touched, key);
  Touch *touch = first ? g_new0 (Touch, 1) : NULL;
  if (first)
    g_hash_table_add (access->touched, touch->key = g_steal_pointer (&key));
  g_mutex_unlock (&access->lock);
  if (!first)
    return;
  touch->access = access;
  touch->principal = sv_principal_copy (principal);
  touch->now_us = now_us;
  const SvErrand errand = {run_touch, touch, touch_free};
  sv_gate_leave (access->gate, &errand);
}

/* -- Whether they may -- */

/* Requests that change something and come with a cookie must show that their page could read what
 * only this site's pages can (ASVS 3.5.1). Origin alone would do for browsers of today, but not
 * behind proxies that rewrite it. */
static gboolean
check_csrf (const SvAccess *access, const SvCall *call, const SvPrincipal *principal,
            const SvRoute *route, GError **error)
{
  if (principal->kind != SV_ACTOR_PERSON || route->method == SV_METHOD_GET)
    return TRUE;
  const char *cookie = sv_call_find_cookie (call, sv_session_cookie_name (access->secure));
  g_autofree char *expected = cookie != NULL ? sv_session_csrf (cookie) : NULL;
  if (sv_secret_equal (sv_call_find_header (call, SV_CSRF_HEADER), expected))
    return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_DENIED,
                       SV_CSRF_HEADER " is not that of this session: see GET /api/v1/session");
  return FALSE;
}

static void
free_principal (gpointer principal)
{
  sv_principal_free (principal);
}

gboolean
sv_access_authorize (SvAccess *access, SvCall *call, const SvRoute *route, GError **error)
{
  SvPrincipal *principal = identify (access, call, route, error);
  if (principal == NULL)
    return FALSE;
  sv_call_set_principal (call, principal, free_principal, principal->name);
  note_use (access, call, principal);
  const SvPermission *permission = sv_permission_find (route->permission);
  gint64 now_us = sv_call_get_now (call);
  if (!check_csrf (access, call, principal, route, error))
    return FALSE;
  if (sv_principal_needs_proof (principal, permission, now_us))
    sv_call_set_header (call, "X-Salve-Step-Up", "required");
  SvSpan span = (route->flags & SV_ROUTE_PART) != 0 ? SV_SPAN_PART : SV_SPAN_WHOLE;
  return sv_principal_may (principal, permission, span, now_us, error);
}

const char *
sv_access_find_reach (const SvCall *call)
{
  const SvPrincipal *principal = sv_call_get_principal (call);
  const SvPermission *permission = sv_permission_find (sv_call_get_route (call)->permission);
  return principal != NULL && sv_principal_is_narrow (principal, permission) ? principal->person
                                                                             : NULL;
}

/* -- For handlers -- */

SvAccess *
sv_access_of_call (const SvCall *call)
{
  return sv_call_get_service (call, SV_SERVICE_ACCESS);
}

const SvPrincipal *
sv_access_get_person (const SvCall *call, GError **error)
{
  const SvPrincipal *principal = sv_call_get_principal (call);
  if (principal != NULL && principal->kind == SV_ACTOR_PERSON)
    return principal;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_DENIED, "this is for people who are logged in");
  return NULL;
}

SvAuditEntry *
sv_access_begin_entry (const SvCall *call)
{
  const SvPrincipal *principal = sv_call_get_principal (call);
  SvAuditEntry *entry = sv_record_new (&sv_audit_entry_type);
  entry->at_us = sv_call_get_now (call);
  entry->request = g_strdup (sv_call_get_request_id (call));
  entry->address = g_strdup (sv_call_get_remote_address (call));
  if (principal == NULL)
    return entry;
  entry->actor_kind = (gint)principal->kind;
  entry->actor = g_strdup (principal->person);
  entry->actor_name = g_strdup (principal->name);
  return entry;
}

static gboolean
take_try (SvCall *call, SvRate *rate, const char *key, GError **error)
{
  gint64 wait_us = sv_rate_take (rate, key, sv_call_get_now (call));
  if (wait_us == 0)
    return TRUE;
  g_autofree char *seconds =
      g_strdup_printf ("%" G_GINT64_FORMAT, 1 + (wait_us - 1) / SV_SECOND_US);
  sv_call_set_header (call, "Retry-After", seconds);
  g_set_error (error, SV_ERROR, SV_ERROR_RATE, "too many tries: wait for %s s", seconds);
  return FALSE;
}

gboolean
sv_access_admit (SvCall *call, const char *login, GError **error)
{
  SvAccess *access = sv_access_of_call (call);
  return take_try (call, access->by_address, sv_call_get_remote_address (call), error) &&
         (login == NULL || take_try (call, access->by_login, login, error));
}

void
sv_access_forgive (SvAccess *access, const char *login, const char *address)
{
  sv_rate_give_back (access->by_address, address);
  if (login != NULL)
    sv_rate_give_back (access->by_login, login);
}
