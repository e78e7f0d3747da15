#include "net/server_private.h"

#include <string.h>

/* -- Its life -- */

void *
sv_server_on_target (void *user_data, const char *target, struct MHD_Connection *handle)
{
  SvServer *server = user_data;
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info (handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  SvRequest *request = g_new0 (SvRequest, 1);
  request->server = server;
  request->connection = info->socket_context;
  request->handle = handle;
  request->target = g_strdup (target);
  request->started_us = g_get_monotonic_time ();
  request->max_body_bytes = SV_LIMIT_BODY_BYTES;
  g_mutex_lock (&server->lock);
  server->n_active++;
  g_mutex_unlock (&server->lock);
  return request;
}

static void
request_free (SvRequest *request)
{
  sv_answer_clear (&request->answer);
  sv_event_subscriber_free (request->events);
  g_clear_pointer (&request->collected, g_byte_array_unref);
  g_clear_pointer (&request->body, g_bytes_unref);
  g_free (request->method);
  g_free (request->target);
  g_free (request->address);
  g_free (request);
}

void
sv_server_on_completed (void *user_data, struct MHD_Connection *handle, void **place,
                        enum MHD_RequestTerminationCode how)
{
  SvServer *server = user_data;
  SvRequest *request = g_steal_pointer (place);
  if (request == NULL)
    return;
  sv_connection_set_deadline (request->connection, server->idle_ms + server->request_ms);
  if (request->head_seen)
    server->hooks.done (request, server->hooks.user_data);
  g_mutex_lock (&server->answers_lock);
  g_hash_table_remove (server->streaming, request);
  g_hash_table_remove (server->sleeping, request);
  g_mutex_unlock (&server->answers_lock);
  request_free (request);
  g_mutex_lock (&server->lock);
  server->n_active--;
  g_cond_broadcast (&server->changed);
  g_mutex_unlock (&server->lock);
}

/* -- What frames it (promise S37). libmicrohttpd takes the first of two lengths and lets a transfer
 * coding win over a length; what stands in front of us might choose otherwise. -- */

typedef struct {
  guint lengths, codings, hosts;
  gboolean odd_length, odd_coding, odd_name;
  const char *forwarded; /* the last X-Forwarded-For */
} Framing;

static gboolean
is_digits (const char *text)
{
  return *text != '\0' && strspn (text, "0123456789") == strlen (text);
}

/* A token of RFC 9110: "Content-Length " with its blank is another name to one reader than to the
 * next. */
static gboolean
is_token (const char *text)
{
  const char *p = text;
  while (g_ascii_isalnum (*p) || (*p != '\0' && strchr ("!#$%&'*+-.^_`|~", *p) != NULL))
    p++;
  return p != text && *p == '\0';
}

static enum MHD_Result
note_header (void *user_data, enum MHD_ValueKind kind, const char *name, const char *value)
{
  Framing *framing = user_data;
  const char *text = value != NULL ? value : "";
  framing->odd_name |= !is_token (name);
  if (g_ascii_strcasecmp (name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0) {
    framing->lengths++;
    framing->odd_length |= !is_digits (text);
  } else if (g_ascii_strcasecmp (name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
    framing->codings++;
    framing->odd_coding |= g_ascii_strcasecmp (text, "chunked") != 0;
  } else if (g_ascii_strcasecmp (name, MHD_HTTP_HEADER_HOST) == 0) {
    framing->hosts++;
  } else if (g_ascii_strcasecmp (name, "X-Forwarded-For") == 0) {
    framing->forwarded = text;
  }
  return MHD_YES;
}

static const char *
find_fault (const Framing *framing, const char *version)
{
  if (framing->odd_name)
    return "the name of a header is none";
  if (framing->lengths > 1 || framing->odd_length)
    return "Content-Length must be one number";
  if (framing->codings > 1 || framing->odd_coding)
    return "the only Transfer-Encoding is 'chunked'";
  if (framing->lengths > 0 && framing->codings > 0)
    return "Content-Length and Transfer-Encoding exclude each other";
  gboolean old = strcmp (version, "HTTP/1.0") == 0;
  if (old && framing->codings > 0)
    return "HTTP/1.0 has no Transfer-Encoding";
  if (framing->hosts > 1 || (framing->hosts == 0 && !old))
    return "there must be one Host";
  return NULL;
}

/* The last address was written by the proxy itself; those in front of it by anyone. */
static char *
forwarded_address (const char *list)
{
  const char *comma = strrchr (list, ',');
  g_autofree char *last = g_strstrip (g_strdup (comma != NULL ? comma + 1 : list));
  return g_hostname_is_ip_address (last) ? g_steal_pointer (&last) : NULL;
}

static void
look_at_headers (SvRequest *request, const char *version)
{
  Framing framing = {0};
  MHD_get_connection_values (request->handle, MHD_HEADER_KIND, note_header, &framing);
  request->fault = find_fault (&framing, version);
  if (request->server->behind_proxy && framing.forwarded != NULL)
    request->address = forwarded_address (framing.forwarded);
}

/* -- The steps -- */

static guint64
announced_bytes (const SvRequest *request)
{
  const char *text = sv_request_find_header (request, MHD_HTTP_HEADER_CONTENT_LENGTH);
  return text != NULL ? g_ascii_strtoull (text, NULL, 10) : 0;
}

/* A body that is not awaited would be taken for the next request: its connection ends. */
static enum MHD_Result
answer_early (SvRequest *request)
{
  return sv_request_has_body (request) ? sv_server_queue_answer (request) : MHD_YES;
}

/* What will come as its body, at most. */
static guint64
awaited_bytes (const SvRequest *request)
{
  if (!sv_request_has_body (request))
    return 0;
  guint64 announced = announced_bytes (request);
  return announced > 0 ? announced : request->max_body_bytes;
}

static enum MHD_Result
take_head (SvRequest *request, const char *method, const char *version)
{
  SvServer *server = request->server;
  request->head_seen = TRUE;
  request->method = g_strdup (method);
  look_at_headers (request, version);
  sv_connection_set_deadline (request->connection, 0);
  server->hooks.head (request, server->hooks.user_data);
  if (request->answered)
    return answer_early (request);
  request->too_large = announced_bytes (request) > request->max_body_bytes;
  sv_connection_set_deadline (request->connection,
                              server->request_ms +
                                  sv_server_get_transfer_ms (awaited_bytes (request)));
  if (!request->too_large && request->fault == NULL)
    return MHD_YES;
  request->whole_seen = TRUE;
  server->hooks.whole (request, server->hooks.user_data);
  return request->answered ? answer_early (request) : MHD_NO;
}

static void
take_body (SvRequest *request, const char *data, gsize size)
{
  if (request->collected == NULL)
    request->collected = g_byte_array_new ();
  if (request->collected->len + size > request->max_body_bytes) {
    request->too_large = TRUE;
    g_byte_array_set_size (request->collected, 0);
  }
  if (!request->too_large && !request->answered)
    g_byte_array_append (request->collected, (const guint8 *)data, (guint)size);
}

static void
take_whole (SvRequest *request)
{
  SvServer *server = request->server;
  request->whole_seen = TRUE;
  request->body = request->collected != NULL
                      ? g_byte_array_free_to_bytes (g_steal_pointer (&request->collected))
                      : g_bytes_new_static ("", 0);
  sv_connection_set_deadline (request->connection, 0);
  if (!request->answered)
    server->hooks.whole (request, server->hooks.user_data);
}

static enum MHD_Result
answer_or_sleep (SvRequest *request)
{
  SvServer *server = request->server;
  g_mutex_lock (&server->answers_lock);
  gboolean answered = request->answered, sleeps = !answered && request->later && !server->cut;
  if (sleeps) {
    request->asleep = TRUE;
    g_hash_table_add (server->sleeping, request);
    MHD_suspend_connection (request->handle);
  }
  g_mutex_unlock (&server->answers_lock);
  if (answered)
    return sv_server_queue_answer (request);
  return sleeps ? MHD_YES : MHD_NO;
}

enum MHD_Result
sv_server_on_request (void *user_data, struct MHD_Connection *handle, const char *url,
                      const char *method, const char *version, const char *data, size_t *size,
                      void **place)
{
  SvRequest *request = *place;
  if (!request->head_seen)
    return take_head (request, method, version);
  if (*size > 0) {
    take_body (request, data, *size);
    *size = 0;
    return MHD_YES;
  }
  if (!request->whole_seen)
    take_whole (request);
  return answer_or_sleep (request);
}

/* -- What is known of it -- */

const char *
sv_request_get_method (const SvRequest *request)
{
  return request->method;
}

const char *
sv_request_get_target (const SvRequest *request)
{
  return request->target;
}

const char *
sv_request_get_address (const SvRequest *request)
{
  return request->address != NULL ? request->address : request->connection->address;
}

gint64
sv_request_get_started_us (const SvRequest *request)
{
  return request->started_us;
}

SvServer *
sv_request_get_server (const SvRequest *request)
{
  return request->server;
}

const char *
sv_request_find_fault (const SvRequest *request)
{
  return request->fault;
}

const char *
sv_request_find_header (const SvRequest *request, const char *name)
{
  return MHD_lookup_connection_value (request->handle, MHD_HEADER_KIND, name);
}

const char *
sv_request_find_cookie (const SvRequest *request, const char *name)
{
  return MHD_lookup_connection_value (request->handle, MHD_COOKIE_KIND, name);
}

const char *
sv_request_find_fingerprint (SvRequest *request)
{
  sv_tls_look_at_peer (request);
  return request->connection->fingerprint;
}

const char *
sv_request_find_subject (SvRequest *request)
{
  sv_tls_look_at_peer (request);
  return request->connection->subject;
}

void
sv_request_set_max_body (SvRequest *request, guint64 max_bytes)
{
  request->max_body_bytes = MIN (max_bytes, G_MAXUINT32 / 2);
}

gboolean
sv_request_has_body (const SvRequest *request)
{
  return announced_bytes (request) > 0 ||
         sv_request_find_header (request, MHD_HTTP_HEADER_TRANSFER_ENCODING) != NULL;
}

GBytes *
sv_request_get_body (const SvRequest *request)
{
  return request->body;
}

gboolean
sv_request_is_too_large (const SvRequest *request)
{
  return request->too_large;
}

void
sv_request_set_data (SvRequest *request, gpointer data)
{
  request->data = data;
}

gpointer
sv_request_get_data (const SvRequest *request)
{
  return request->data;
}
