#include "net/server_private.h"

#include <string.h>

#define EVENT_BLOCK_BYTES 4096

typedef struct MHD_Response Response;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Response, MHD_destroy_response)

void
sv_answer_clear (SvAnswer *answer)
{
  g_clear_pointer (&answer->body, g_bytes_unref);
  g_clear_pointer (&answer->headers, g_ptr_array_unref);
  g_clear_pointer (&answer->events, sv_event_subscriber_free);
  *answer = (SvAnswer){0};
}

/* -- Giving an answer, from any thread -- */

void
sv_request_answer (SvRequest *request, SvAnswer *answer)
{
  SvServer *server = request->server;
  g_mutex_lock (&server->answers_lock);
  gboolean first = !request->answered;
  if (first) {
    request->answered = TRUE;
    request->answer = *answer;
    *answer = (SvAnswer){0};
  }
  if (first && request->asleep) {
    request->asleep = FALSE;
    g_hash_table_remove (server->sleeping, request);
    MHD_resume_connection (request->handle);
  }
  g_mutex_unlock (&server->answers_lock);
  sv_answer_clear (answer); /* came too late */
}

void
sv_request_suspend (SvRequest *request)
{
  request->later = TRUE;
}

guint
sv_request_get_status (const SvRequest *request)
{
  return request->status;
}

/* -- Events -- */

static void
sleep_now (gpointer user_data)
{
  SvRequest *request = user_data;
  MHD_suspend_connection (request->handle);
}

static void
wake_up (gpointer user_data, gboolean dropped)
{
  SvRequest *request = user_data;
  if (dropped)
    sv_connection_set_deadline (request->connection, 1);
  else
    MHD_resume_connection (request->handle);
}

static gboolean
goes_on (SvRequest *request)
{
  const SvServerHooks *hooks = &request->server->hooks;
  gint64 now_us = g_get_monotonic_time ();
  if (hooks->goes_on == NULL || now_us < request->trusted_us)
    return TRUE;
  request->trusted_us = now_us + SV_LIMIT_EVENT_TRUST_MS * G_GINT64_CONSTANT (1000);
  return hooks->goes_on (request, hooks->user_data);
}

static ssize_t
give_events (void *user_data, uint64_t position, char *buffer, size_t size)
{
  SvRequest *request = user_data;
  gsize n = 0;
  if (!goes_on (request))
    return MHD_CONTENT_READER_END_OF_STREAM;
  switch (sv_event_subscriber_read (request->events, buffer, size, &n)) {
  case SV_EVENTS_SOME:
    return (ssize_t)n;
  case SV_EVENTS_NONE:
    return 0;
  case SV_EVENTS_END:
    return MHD_CONTENT_READER_END_OF_STREAM;
  case SV_EVENTS_DROPPED:
  default:
    return MHD_CONTENT_READER_END_WITH_ERROR;
  }
}

static Response *
begin_events (SvRequest *request)
{
  SvServer *server = request->server;
  const SvEventReader reader = {sleep_now, wake_up, request};
  request->events = g_steal_pointer (&request->answer.events);
  sv_event_subscriber_set_reader (request->events, &reader);
  g_mutex_lock (&server->answers_lock);
  g_hash_table_add (server->streaming, request);
  if (atomic_load (&server->stopping))
    sv_event_subscriber_end (request->events);
  g_mutex_unlock (&server->answers_lock);
  return MHD_create_response_from_callback (MHD_SIZE_UNKNOWN, EVENT_BLOCK_BYTES, give_events,
                                            request, NULL);
}

/* -- Handing it to libmicrohttpd, on the thread of the connection -- */

static void
release_body (void *bytes)
{
  g_bytes_unref (bytes);
}

static Response *
make_response (SvRequest *request)
{
  SvAnswer *answer = &request->answer;
  gsize size = 0;
  if (answer->events != NULL)
    return begin_events (request);
  if (answer->body == NULL)
    return MHD_create_response_from_buffer (0, NULL, MHD_RESPMEM_PERSISTENT);
  GBytes *body = g_steal_pointer (&answer->body);
  const void *data = g_bytes_get_data (body, &size);
  return MHD_create_response_from_buffer_with_free_callback_cls (size, (void *)data, release_body,
                                                                 body);
}

static void
add_headers (Response *response, const SvRequest *request)
{
  const SvAnswer *answer = &request->answer;
  const GPtrArray *headers = answer->headers;
  if (answer->content_type != NULL)
    MHD_add_response_header (response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->content_type);
  for (guint i = 0; headers != NULL && i + 1 < headers->len; i += 2)
    MHD_add_response_header (response, headers->pdata[i], headers->pdata[i + 1]);
  /* a length that cannot be trusted leaves no next request to be found; one that stops takes none
   */
  if (answer->close || request->fault != NULL || atomic_load (&request->server->stopping))
    MHD_add_response_header (response, MHD_HTTP_HEADER_CONNECTION, "close");
}

enum MHD_Result
sv_server_queue_answer (SvRequest *request)
{
  const SvAnswer *answer = &request->answer;
  gboolean streams = answer->events != NULL;
  guint64 size = answer->body != NULL ? g_bytes_get_size (answer->body) : 0;
  guint limit_ms = streams ? 0 : SV_LIMIT_ANSWER_MS + sv_server_get_transfer_ms (size);
  g_autoptr (Response) response = make_response (request);
  if (response == NULL)
    return MHD_NO;
  add_headers (response, request);
  request->status = answer->status;
  sv_connection_set_deadline (request->connection, limit_ms);
  enum MHD_Result queued = MHD_queue_response (request->handle, request->status, response);
  sv_answer_clear (&request->answer);
  return queued;
}
