#include "net/call_private.h"

#include <string.h>

static SvMethod
method_of (const char *name)
{
  if (strcmp (name, "HEAD") == 0)
    return SV_METHOD_GET;
  int method = sv_enum_find (sv_method_names, name);
  return method >= 0 ? (SvMethod)method : SV_N_METHODS;
}

static void
refuse (SvCall *call, guint status, GError *error)
{
  sv_call_send_error (call, error, status);
  g_error_free (error);
}

/* -- The route -- */

static char *
allowed_methods (const SvRouteNode *node)
{
  g_autoptr (GString) names = g_string_new (NULL);
  for (guint i = 0; i < SV_N_METHODS; i++)
    if (node->routes[i] != NULL)
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "",
                              i == SV_METHOD_GET ? "GET, HEAD" : sv_method_names[i]);
  return g_string_free (g_steal_pointer (&names), FALSE);
}

static gboolean
has_routes (const SvRouteNode *node)
{
  for (guint i = 0; node != NULL && i < SV_N_METHODS; i++)
    if (node->routes[i] != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
find_route (SvCall *call)
{
  const char *name = sv_request_get_method (call->request);
  SvMethod method = method_of (name);
  const SvRouteNode *node = sv_router_find (call->router, call->target.segments);
  if (!has_routes (node)) {
    refuse (call, 0,
            g_error_new (SV_ERROR, SV_ERROR_NOT_FOUND, "there is nothing at '%.256s'",
                         call->target.path));
    return FALSE;
  }
  if (method == SV_N_METHODS || node->routes[method] == NULL) {
    g_autofree char *allowed = allowed_methods (node);
    sv_call_set_header (call, "Allow", allowed);
    refuse (call, 405,
            g_error_new (SV_ERROR, SV_ERROR_USAGE, "'%.32s' does not go with this path: %s do",
                         name, allowed));
    return FALSE;
  }
  call->route = node->routes[method];
  return TRUE;
}

/* -- Who may (promise S8: no row is reached around this) -- */

static gboolean
ask_hook (SvCall *call, GError **error)
{
  const SvRouterHooks *hooks = &call->router->hooks;
  if (hooks->authorize != NULL)
    return hooks->authorize (hooks->user_data, call, call->route, error);
  g_set_error_literal (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED, "nobody can log in here");
  return FALSE;
}

/* Does what only reads, and once more where the store of this thread was gone: a connection that
 * was cut while nobody used it is no reason to refuse. */
static gboolean
try_twice (SvCall *call, gboolean (*try) (SvCall *call, GError **error), GError **error)
{
  g_autoptr (GError) gone = NULL;
  if (try (call, &gone))
    return TRUE;
  if (!sv_error_is (gone, SV_ERROR_UNREACHABLE)) {
    g_propagate_error (error, g_steal_pointer (&gone));
    return FALSE;
  }
  sv_router_drop_store (call->router);
  return try (call, error);
}

static gboolean
authorize (SvCall *call)
{
  g_autoptr (GError) error = NULL;
  if (strcmp (call->route->permission, SV_PERMISSION_PUBLIC) == 0 ||
      try_twice (call, ask_hook, &error))
    return TRUE;
  if (error == NULL)
    g_set_error_literal (&error, SV_ERROR, SV_ERROR_DENIED, "you may not do this");
  if (sv_error_is (error, SV_ERROR_UNREACHABLE))
    sv_router_drop_store (call->router);
  sv_call_send_error (call, error, 0);
  return FALSE;
}

/* -- What may come -- */

static gboolean
is_json (const char *type)
{
  gsize length = type != NULL ? strcspn (type, "; \t") : 0;
  return length == strlen ("application/json") &&
         g_ascii_strncasecmp (type, "application/json", length) == 0;
}

static gboolean
check_body_form (SvCall *call)
{
  const SvRoute *route = call->route;
  const char *type = sv_request_find_header (call->request, "Content-Type");
  if (!sv_request_has_body (call->request))
    return TRUE;
  if (route->request != NULL && !is_json (type)) {
    refuse (call, 415,
            g_error_new (SV_ERROR, SV_ERROR_USAGE, "the body must be application/json, not '%.64s'",
                         type != NULL ? type : "(nothing said)"));
    return FALSE;
  }
  if (route->request == NULL &&
      ((route->flags & SV_ROUTE_RAW) == 0 || route->method == SV_METHOD_GET)) {
    refuse (call, 400, g_error_new (SV_ERROR, SV_ERROR_USAGE, "this operation takes no body"));
    return FALSE;
  }
  return TRUE;
}

void
sv_dispatch_head (SvRequest *request, gpointer user_data)
{
  SvCall *call = sv_call_new (user_data, request);
  sv_request_set_data (request, call);
  g_autoptr (GError) error = NULL;
  const char *fault = sv_request_find_fault (request);
  if (!sv_target_parse (sv_request_get_target (request), &call->target, &error) || fault != NULL) {
    if (error == NULL)
      g_set_error_literal (&error, SV_ERROR, SV_ERROR_USAGE, fault);
    sv_call_send_error (call, error, sv_error_is (error, SV_ERROR_LIMIT) ? 414 : 400);
    return;
  }
  if (!find_route (call) || !authorize (call) || !check_body_form (call))
    return;
  if (call->route->max_body_bytes != 0)
    sv_request_set_max_body (request, call->route->max_body_bytes);
}

/* -- The body -- */

static gboolean
note_member (SvJsonReader *reader, const char *key, gpointer members, GError **error)
{
  g_ptr_array_add (members, g_strdup (key));
  return sv_json_skip (reader, error);
}

static gboolean
read_members (SvJsonReader *reader, gpointer user_data, GError **error)
{
  SvCall *call = user_data;
  call->members = sv_strings_new ();
  return sv_json_read_map (reader, note_member, call->members, error);
}

static gboolean
read_record (SvJsonReader *reader, gpointer user_data, GError **error)
{
  SvCall *call = user_data;
  const SvRecordType *type = call->route->request;
  call->body = sv_record_new (type);
  gboolean tolerant = (call->route->flags & SV_ROUTE_TOLERANT) != 0;
  return sv_record_read_json (type, reader, tolerant ? SV_RECORD_LENIENT : SV_RECORD_STRICT,
                              call->body, error);
}

static gboolean
read_json (SvCall *call, GBytes *bytes, SvJsonRead read, GError **error)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);
  g_autoptr (SvStream) stream = sv_stream_new_memory ("body", data, size);
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  sv_json_reader_set_limits (reader, SV_LIMIT_API_JSON_DEPTH, 0, 0);
  return read (reader, call, error) && sv_json_next (reader, error) == SV_JSON_END;
}

static gboolean
read_body (SvCall *call)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = sv_request_get_body (call->request);
  if (call->route->request == NULL)
    return TRUE;
  if (g_bytes_get_size (bytes) == 0)
    g_set_error_literal (&error, SV_ERROR, SV_ERROR_USAGE, "the body is missing");
  else if (read_json (call, bytes, read_record, &error) &&
           (call->route->method != SV_METHOD_PATCH ||
            read_json (call, bytes, read_members, &error)))
    return TRUE;
  /* what the client sent is wrong, whichever code the reader has for it */
  error->domain = SV_ERROR;
  error->code = SV_ERROR_USAGE;
  sv_call_send_error (call, error, 400);
  return FALSE;
}

static gboolean
read_params (SvCall *call)
{
  g_autoptr (GError) error = NULL;
  call->values = sv_params_new (call->route);
  if (sv_params_parse (call->route, call->target.query, call->values, &error))
    return TRUE;
  sv_call_send_error (call, error, 400);
  return FALSE;
}

/* -- The handler -- */

static gboolean
call_handler (SvCall *call, GError **error)
{
  return call->route->handle (call, error);
}

static void
handle (SvCall *call)
{
  g_autoptr (GError) error = NULL;
  gboolean reads = call->route->method == SV_METHOD_GET;
  gboolean done = reads ? try_twice (call, call_handler, &error) : call_handler (call, &error);
  if (done && call->deferred != NULL)
    return; /* it may be gone already */
  if (done && sv_call_check_answer (call, &error)) {
    sv_call_send (call);
    return;
  }
  if (error == NULL)
    g_set_error_literal (&error, SV_ERROR, SV_ERROR_FAILED,
                         "the operation failed without a reason");
  if (sv_error_is (error, SV_ERROR_UNREACHABLE))
    sv_router_drop_store (call->router);
  sv_call_send_error (call, error, 0);
}

void
sv_dispatch_whole (SvRequest *request, gpointer user_data)
{
  SvCall *call = sv_request_get_data (request);
  if (sv_request_is_too_large (request)) {
    guint64 max =
        call->route->max_body_bytes != 0 ? call->route->max_body_bytes : SV_LIMIT_BODY_BYTES;
    refuse (call, 413,
            g_error_new (SV_ERROR, SV_ERROR_LIMIT,
                         "the body is larger than %" G_GUINT64_FORMAT " bytes", max));
    return;
  }
  if (read_params (call) && read_body (call))
    handle (call);
}

/* Whoever was let in once may be out by now (promise S11). Whatever the reason, the client comes
 * back and hears it. */
gboolean
sv_dispatch_goes_on (SvRequest *request, gpointer user_data)
{
  SvCall *call = sv_request_get_data (request);
  const SvRouterHooks *hooks = &call->router->hooks;
  if (strcmp (call->route->permission, SV_PERMISSION_PUBLIC) == 0)
    return TRUE;
  call->again = TRUE;
  call->now_us = sv_call_read_clock (call->router);
  return hooks->authorize (hooks->user_data, call, call->route, NULL);
}

void
sv_dispatch_done (SvRequest *request, gpointer user_data)
{
  SvRouter *router = user_data;
  SvCall *call = sv_request_get_data (request);
  gint64 duration_us = g_get_monotonic_time () - sv_request_get_started_us (request);
  if (router->hooks.observe != NULL)
    router->hooks.observe (router->hooks.user_data, call, call->route, duration_us);
  sv_call_free (call);
}
