#include "net/call_private.h"

#include <string.h>

/* -- Its life -- */

gint64
sv_call_read_clock (const SvRouter *router)
{
  return router->hooks.now != NULL ? router->hooks.now (router->hooks.user_data) : sv_time_now ();
}

SvCall *
sv_call_new (SvRouter *router, SvRequest *request)
{
  SvCall *call = g_new0 (SvCall, 1);
  call->router = router;
  call->request = request;
  call->id = sv_id_new ();
  call->now_us = sv_call_read_clock (router);
  call->headers = sv_strings_new ();
  return call;
}

static void
set_body (SvCall *call, gpointer body)
{
  if (call->body != NULL)
    sv_record_free (call->route->request, call->body);
  call->body = body;
}

static void
deferred_release (SvDeferred *deferred)
{
  if (!g_atomic_ref_count_dec (&deferred->references))
    return;
  g_mutex_clear (&deferred->lock);
  g_free (deferred);
}

static void
leave_deferred (SvCall *call)
{
  SvDeferred *deferred = g_steal_pointer (&call->deferred);
  if (deferred == NULL)
    return;
  g_mutex_lock (&deferred->lock);
  deferred->call = NULL;
  g_mutex_unlock (&deferred->lock);
  deferred_release (deferred);
}

void
sv_call_free (SvCall *call)
{
  leave_deferred (call);
  set_body (call, NULL);
  sv_call_set_principal (call, NULL, NULL, NULL);
  sv_target_clear (&call->target);
  g_clear_pointer (&call->values, g_array_unref);
  g_clear_pointer (&call->members, g_ptr_array_unref);
  g_clear_pointer (&call->answer, g_bytes_unref);
  g_clear_pointer (&call->events, sv_event_subscriber_free);
  g_clear_pointer (&call->headers, g_ptr_array_unref);
  g_free (call->content_type);
  g_free (call->failure);
  g_free (call->id);
  g_free (call);
}

/* -- What came -- */

const char *
sv_call_get_path_param (const SvCall *call, const char *name)
{
  const char *p = call->route->path;
  for (guint i = 0; *p == '/'; i++) {
    gsize length = strcspn (++p, "/");
    if (*p == '{' && strlen (name) == length - 2 && strncmp (p + 1, name, length - 2) == 0)
      return call->target.segments->pdata[i];
    p += length;
  }
  g_error ("route %s has no '%s' in its path", call->route->path, name);
}

static const SvParamValue *
value_of (const SvCall *call, const char *name)
{
  for (guint i = 0; call->values != NULL && i < call->values->len; i++) {
    const SvParamValue *value = &g_array_index (call->values, SvParamValue, i);
    if (strcmp (value->param->name, name) == 0)
      return value;
  }
  g_error ("route %s has no parameter '%s', or it was not read yet", call->route->path, name);
}

gboolean
sv_call_has_query (const SvCall *call, const char *name)
{
  return value_of (call, name)->given;
}

const char *
sv_call_find_query (const SvCall *call, const char *name)
{
  return value_of (call, name)->text;
}

gint64
sv_call_get_query_int64 (const SvCall *call, const char *name)
{
  return value_of (call, name)->integer;
}

double
sv_call_get_query_double (const SvCall *call, const char *name)
{
  return value_of (call, name)->real;
}

gboolean
sv_call_get_query_bool (const SvCall *call, const char *name)
{
  return value_of (call, name)->integer != 0;
}

gint
sv_call_get_query_enum (const SvCall *call, const char *name)
{
  return (gint)value_of (call, name)->integer;
}

const GPtrArray *
sv_call_get_query_list (const SvCall *call, const char *name)
{
  return value_of (call, name)->list;
}

gpointer
sv_call_get_body (const SvCall *call)
{
  return call->body;
}

gpointer
sv_call_take_body (SvCall *call)
{
  return g_steal_pointer (&call->body);
}

gboolean
sv_call_has_member (const SvCall *call, const char *name)
{
  return sv_strings_contain (call->members, name);
}

GBytes *
sv_call_get_bytes (const SvCall *call)
{
  return sv_request_get_body (call->request);
}

const SvRoute *
sv_call_get_route (const SvCall *call)
{
  return call->route;
}

const char *
sv_call_get_method (const SvCall *call)
{
  return sv_request_get_method (call->request);
}

const char *
sv_call_get_path (const SvCall *call)
{
  return call->target.path;
}

const char *
sv_call_find_failure (const SvCall *call)
{
  return call->failure;
}

const char *
sv_call_get_request_id (const SvCall *call)
{
  return call->id;
}

const char *
sv_call_get_remote_address (const SvCall *call)
{
  return sv_request_get_address (call->request);
}

const char *
sv_call_find_header (const SvCall *call, const char *name)
{
  return sv_request_find_header (call->request, name);
}

const char *
sv_call_find_cookie (const SvCall *call, const char *name)
{
  return sv_request_find_cookie (call->request, name);
}

const char *
sv_call_find_certificate (SvCall *call)
{
  return sv_request_find_fingerprint (call->request);
}

const char *
sv_call_find_certificate_name (SvCall *call)
{
  return sv_request_find_subject (call->request);
}

gint64
sv_call_get_now (const SvCall *call)
{
  return call->now_us;
}

gpointer
sv_call_get_context (const SvCall *call)
{
  return call->router->hooks.user_data;
}

gboolean
sv_call_is_again (const SvCall *call)
{
  return call->again;
}

gpointer
sv_call_get_service (const SvCall *call, const char *name)
{
  const SvRouterHooks *hooks = &call->router->hooks;
  gpointer service =
      hooks->find_service != NULL ? hooks->find_service (hooks->user_data, name) : NULL;
  if (service == NULL)
    g_error ("the program brings no service '%s'", name);
  return service;
}

guint
sv_call_get_status (const SvCall *call)
{
  return sv_request_get_status (call->request);
}

SvDb *
sv_call_get_store (SvCall *call, GError **error)
{
  return sv_router_get_store (call->router, error);
}

SvDb *
sv_call_begin_read (SvCall *call, SvTx **ret_tx, GError **error)
{
  SvDb *db = sv_call_get_store (call, error);
  *ret_tx = db != NULL ? sv_db_begin_read (db, error) : NULL;
  return *ret_tx != NULL ? db : NULL;
}

/* -- Who calls -- */

void
sv_call_set_principal (SvCall *call, gpointer principal, GDestroyNotify free, const char *name)
{
  if (call->principal != NULL && call->principal_free != NULL)
    call->principal_free (call->principal);
  call->principal = principal;
  call->principal_free = free;
  sv_text_set (&call->principal_name, name);
}

gpointer
sv_call_get_principal (const SvCall *call)
{
  return call->principal;
}

const char *
sv_call_get_principal_name (const SvCall *call)
{
  return call->principal_name;
}

/* -- The answer later -- */

SvDeferred *
sv_call_defer (SvCall *call)
{
  SvDeferred *deferred = g_new0 (SvDeferred, 1);
  g_atomic_ref_count_init (&deferred->references);
  g_atomic_ref_count_inc (&deferred->references);
  g_mutex_init (&deferred->lock);
  deferred->call = call;
  call->deferred = deferred;
  sv_request_suspend (call->request);
  return deferred;
}

void
sv_deferred_set_header (SvDeferred *deferred, const char *name, const char *value)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&deferred->lock);
  if (deferred->call != NULL)
    sv_call_set_header (deferred->call, name, value);
}

static void
send_late (SvCall *call, gpointer record, const GError *error)
{
  g_autoptr (GError) unfit = NULL;
  if (record != NULL)
    sv_call_answer (call, record);
  if (error != NULL)
    sv_call_send_error (call, error, 0);
  else if (!sv_call_check_answer (call, &unfit))
    sv_call_send_error (call, unfit, 0);
  else
    sv_call_send (call);
}

void
sv_call_resume (SvDeferred *deferred, gpointer record, GError *error)
{
  g_mutex_lock (&deferred->lock);
  if (deferred->call != NULL)
    send_late (deferred->call, record, error);
  g_mutex_unlock (&deferred->lock);
  g_clear_error (&error);
  deferred_release (deferred);
}
