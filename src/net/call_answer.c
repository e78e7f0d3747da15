#include "net/call_private.h"
#include "net/problem.h"

#include <string.h>

#define JSON_TYPE "application/json"
#define ETAG_BYTES 16 /* of the SHA-256 */

/* -- Headers -- */

static char **
find_answer_header (const SvCall *call, const char *name)
{
  for (guint i = 0; i + 1 < call->headers->len; i += 2)
    if (g_ascii_strcasecmp (call->headers->pdata[i], name) == 0)
      return (char **)&call->headers->pdata[i + 1];
  return NULL;
}

void
sv_call_set_header (SvCall *call, const char *name, const char *value)
{
  g_return_if_fail (strpbrk (name, "\r\n") == NULL && strpbrk (value, "\r\n") == NULL);
  char **there = find_answer_header (call, name);
  if (there != NULL) {
    sv_text_set (there, value);
    return;
  }
  g_ptr_array_add (call->headers, g_strdup (name));
  g_ptr_array_add (call->headers, g_strdup (value));
}

void
sv_call_set_location (SvCall *call, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *location = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  sv_call_set_header (call, "Location", location);
}

static void
set_unless_there (SvCall *call, const char *name, const char *value)
{
  if (find_answer_header (call, name) == NULL)
    sv_call_set_header (call, name, value);
}

/* On every answer; a handler that serves pages sets its own. Source: OWASP ASVS 3.4. */
static const struct {
  const char *name, *value;
} security_headers[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Cache-Control", "no-store"},
    {"Content-Security-Policy", "default-src 'none'; object-src 'none'; base-uri 'none'; "
                                "form-action 'none'; frame-ancestors 'none'; sandbox"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
};

static void
set_common_headers (SvCall *call)
{
  sv_call_set_header (call, "X-Request-Id", call->id);
  for (guint i = 0; i < G_N_ELEMENTS (security_headers); i++)
    set_unless_there (call, security_headers[i].name, security_headers[i].value);
  if (sv_server_speaks_tls (sv_request_get_server (call->request)))
    set_unless_there (call, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
}

/* -- What a handler says -- */

static GBytes *
bytes_of_json (GString *json)
{
  g_string_append_c (json, '\n');
  return g_string_free_to_bytes (json);
}

static void
take_answer (SvCall *call, const char *content_type, GBytes *bytes)
{
  g_return_if_fail (!call->answered);
  call->answered = TRUE;
  call->answer = bytes;
  call->content_type = g_strdup (content_type);
}

gboolean
sv_call_answer (SvCall *call, gpointer record)
{
  const SvRecordType *type = call->route->response;
  GString *json = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (json, 0);
  sv_record_write_json (type, record, writer, NULL);
  sv_record_free (type, record);
  take_answer (call, JSON_TYPE, bytes_of_json (json));
  return TRUE;
}

gboolean
sv_call_answer_list (SvCall *call, GPtrArray *items, const char *next, gint64 total)
{
  const SvRecordType *type = call->route->response;
  GString *json = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (json, 0);
  sv_json_open_object (writer, NULL);
  sv_json_open_array (writer, "items");
  for (guint i = 0; i < items->len; i++)
    sv_record_write_json (type, items->pdata[i], writer, NULL);
  sv_json_close (writer);
  sv_json_add_string (writer, "next", next);
  if (total >= 0)
    sv_json_add_int64 (writer, "total", total);
  else
    sv_json_add_null (writer, "total");
  sv_json_close (writer);
  g_ptr_array_set_free_func (items, NULL); /* the descriptor frees them, whoever made the list */
  for (guint i = 0; i < items->len; i++)
    sv_record_free (type, items->pdata[i]);
  g_ptr_array_unref (items);
  take_answer (call, JSON_TYPE, bytes_of_json (json));
  return TRUE;
}

gboolean
sv_call_answer_raw (SvCall *call, const char *content_type, GBytes *body)
{
  take_answer (call, content_type, body);
  return TRUE;
}

gboolean
sv_call_answer_stream (SvCall *call, SvEventStream *stream, GError **error)
{
  const char *last_id = sv_request_find_header (call->request, "Last-Event-ID");
  call->events = sv_event_stream_subscribe (stream, call->principal_name, last_id, error);
  call->answered = call->events != NULL;
  sv_call_set_header (call, "X-Accel-Buffering", "no"); /* proxies that know it pass events on */
  return call->answered;
}

gboolean
sv_call_check_answer (SvCall *call, GError **error)
{
  const SvRoute *route = call->route;
  const char *what = NULL;
  gboolean needed = route->response != NULL || (route->flags & (SV_ROUTE_RAW | SV_ROUTE_STREAM));
  if (needed != call->answered)
    what =
        needed ? "its handler gave no answer" : "its handler gave an answer that it has none for";
  else if ((route->flags & (SV_ROUTE_CREATES | SV_ROUTE_REDIRECT)) != 0 &&
           find_answer_header (call, "Location") == NULL)
    what = "its handler did not say where it is";
  if (what != NULL)
    g_set_error (error, SV_ERROR, SV_ERROR_FAILED, "%s %s: %s", sv_method_names[route->method],
                 route->path, what);
  return what == NULL;
}

/* -- Conditional answers -- */

/* The list of If-None-Match holds @etag, which is quoted; weak or strong is the same here. */
static gboolean
is_known_to_client (const SvCall *call, const char *etag)
{
  const char *known = sv_request_find_header (call->request, "If-None-Match");
  return known != NULL && (strcmp (known, "*") == 0 || strstr (known, etag) != NULL);
}

static gboolean
is_conditional (const SvCall *call)
{
  return call->route->method == SV_METHOD_GET && call->route->response != NULL;
}

static char *
make_etag (GBytes *body)
{
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, body);
  return g_strdup_printf ("\"%.*s\"", 2 * ETAG_BYTES, digest);
}

static guint
set_etag (SvCall *call)
{
  g_autofree char *etag = make_etag (call->answer);
  sv_call_set_header (call, "ETag", etag);
  if (!is_known_to_client (call, etag))
    return 200;
  g_clear_pointer (&call->answer, g_bytes_unref);
  g_clear_pointer (&call->content_type, g_free);
  return 304;
}

/* -- Sending -- */

static void
send_answer (SvCall *call, SvAnswer *answer)
{
  set_common_headers (call);
  answer->headers = g_ptr_array_ref (call->headers);
  sv_request_answer (call->request, answer);
}

static guint
status_of (SvCall *call)
{
  if ((call->route->flags & SV_ROUTE_CREATES) != 0)
    return 201;
  if ((call->route->flags & SV_ROUTE_REDIRECT) != 0)
    return 303;
  if (!call->answered)
    return 204;
  return is_conditional (call) ? set_etag (call) : 200;
}

void
sv_call_send (SvCall *call)
{
  SvAnswer answer = {.status = status_of (call)};
  answer.body = g_steal_pointer (&call->answer);
  answer.events = g_steal_pointer (&call->events);
  answer.content_type = answer.events != NULL ? "text/event-stream" : call->content_type;
  send_answer (call, &answer);
}

static GBytes *
encode_problem (const SvCall *call, const GError *error, guint status, guint *ret_status)
{
  g_autoptr (SvProblem) problem = sv_problem_new (error, status, call->id);
  GString *json = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (json, 0);
  sv_record_write_json (&sv_problem_type, problem, writer, NULL);
  *ret_status = (guint)problem->status;
  return bytes_of_json (json);
}

void
sv_call_send_error (SvCall *call, const GError *error, guint status)
{
  SvAnswer answer = {.content_type = SV_PROBLEM_CONTENT_TYPE};
  answer.body = encode_problem (call, error, status, &answer.status);
  if (answer.status >= 500)
    sv_text_set (&call->failure, error->message);
  if (answer.status == 401)
    sv_call_set_header (call, "WWW-Authenticate", "Bearer realm=\"salve\"");
  if (answer.status == 503)
    sv_call_set_header (call, "Retry-After", "5");
  send_answer (call, &answer);
}
