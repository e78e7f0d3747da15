#include "net/address.h"
#include "net/server_private.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

/* -- Connections -- */

static void
connection_free (gpointer data)
{
  SvConnection *connection = data;
  g_free (connection->address);
  g_free (connection->fingerprint);
  g_free (connection->subject);
  g_free (connection);
}

static void
begin_connection (SvServer *server, struct MHD_Connection *handle, void **place)
{
  SvConnection *connection = g_new0 (SvConnection, 1);
  connection->server = server;
  connection->fd = MHD_get_connection_info (handle, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
  connection->address = sv_address_format (
      MHD_get_connection_info (handle, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr);
  sv_connection_set_deadline (connection, server->request_ms);
  g_mutex_lock (&server->lock);
  g_hash_table_add (server->connections, connection);
  g_mutex_unlock (&server->lock);
  *place = connection;
}

static void
on_connection (void *user_data, struct MHD_Connection *handle, void **place,
               enum MHD_ConnectionNotificationCode code)
{
  SvServer *server = user_data;
  if (code == MHD_CONNECTION_NOTIFY_STARTED) {
    begin_connection (server, handle, place);
    return;
  }
  g_mutex_lock (&server->lock);
  g_hash_table_remove (server->connections, g_steal_pointer (place));
  g_mutex_unlock (&server->lock);
}

/* Targets are taken apart where they are understood. */
static size_t
leave_escaped (void *user_data, struct MHD_Connection *handle, char *text)
{
  return strlen (text);
}

/* -- Starting -- */

static guint
or_default (guint value, guint fallback)
{
  return value != 0 ? value : fallback;
}

static guint
threads_of (const SvServerOptions *options)
{
  return MIN (or_default (options->n_threads, 4 + 2 * g_get_num_processors ()),
              SV_LIMIT_SERVER_THREADS);
}

static char *
dup_text (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  return g_strndup (data, size);
}

#define MAX_OPTIONS 24

typedef struct {
  struct MHD_OptionItem items[MAX_OPTIONS];
  guint n;
} Options;

static void
add (Options *options, enum MHD_OPTION option, intptr_t value, void *pointer)
{
  g_assert (options->n + 1 < MAX_OPTIONS);
  options->items[options->n++] = (struct MHD_OptionItem){option, value, pointer};
}

static void
add_limits (Options *list, const SvServer *server, const SvServerOptions *options)
{
  add (list, MHD_OPTION_CONNECTION_MEMORY_LIMIT, SV_LIMIT_REQUEST_HEAD_BYTES, NULL);
  add (list, MHD_OPTION_CONNECTION_LIMIT, or_default (options->n_connections, SV_LIMIT_CONNECTIONS),
       NULL);
  if (!options->behind_proxy)
    add (list, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
         or_default (options->n_per_address, SV_LIMIT_CONNECTIONS_PER_ADDRESS), NULL);
  add (list, MHD_OPTION_CONNECTION_TIMEOUT, (server->idle_ms + 999) / 1000, NULL);
  add (list, MHD_OPTION_THREAD_POOL_SIZE, threads_of (options), NULL);
  add (list, MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL);
}

static void
add_tls (Options *list, const SvServerOptions *options, GPtrArray *texts)
{
  const struct {
    enum MHD_OPTION option;
    GBytes *bytes;
  } files[] = {{MHD_OPTION_HTTPS_MEM_CERT, options->certificate},
               {MHD_OPTION_HTTPS_MEM_KEY, options->key},
               {MHD_OPTION_HTTPS_MEM_TRUST, options->client_ca}};
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    if (files[i].bytes == NULL)
      continue;
    char *text = dup_text (files[i].bytes);
    g_ptr_array_add (texts, text);
    add (list, files[i].option, 0, text);
  }
  add (list, MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)sv_tls_priorities);
}

static gboolean
start (SvServer *server, const SvServerOptions *options, GPtrArray *texts)
{
  unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
  Options list = {0};
  add (&list, MHD_OPTION_LISTEN_SOCKET, server->socket, NULL);
  add (&list, MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)sv_server_on_completed, server);
  add (&list, MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, server);
  add (&list, MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)sv_server_on_target, server);
  add (&list, MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_escaped, NULL);
  add_limits (&list, server, options);
  if (server->tls)
    add_tls (&list, options, texts);
  add (&list, MHD_OPTION_END, 0, NULL);
  server->daemon =
      MHD_start_daemon (flags | (server->tls ? MHD_USE_TLS : 0), 0, NULL, NULL,
                        sv_server_on_request, server, MHD_OPTION_ARRAY, list.items, MHD_OPTION_END);
  return server->daemon != NULL;
}

static SvServer *
server_alloc (const SvServerOptions *options, const SvServerHooks *hooks)
{
  SvServer *server = g_new0 (SvServer, 1);
  server->hooks = *hooks;
  server->socket = -1;
  server->tls = options->certificate != NULL;
  server->client_certificates = options->client_ca != NULL;
  server->behind_proxy = options->behind_proxy;
  server->idle_ms = or_default (options->idle_ms, SV_LIMIT_SERVER_IDLE_MS);
  server->request_ms = or_default (options->request_ms, SV_LIMIT_REQUEST_MS);
  g_mutex_init (&server->lock);
  g_mutex_init (&server->answers_lock);
  g_cond_init (&server->changed);
  server->connections = g_hash_table_new_full (NULL, NULL, connection_free, NULL);
  server->streaming = g_hash_table_new (NULL, NULL);
  server->sleeping = g_hash_table_new (NULL, NULL);
  return server;
}

SvServer *
sv_server_new (const SvServerOptions *options, const SvServerHooks *hooks, GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  if (!sv_tls_check (options, error))
    return NULL;
  g_autoptr (SvServer) server = server_alloc (options, hooks);
  server->socket = sv_server_listen (options, &server->port, error);
  if (server->socket < 0)
    return NULL;
  if (!start (server, options, texts)) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_FAILED,
                         "cannot start to serve: no threads, descriptors or memory");
    return NULL;
  }
  sv_server_watch (server);
  return g_steal_pointer (&server);
}

guint16
sv_server_get_port (const SvServer *server)
{
  return server->port;
}

guint
sv_server_count_connections (SvServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);
  return g_hash_table_size (server->connections);
}

gboolean
sv_server_is_tls (const SvServer *server)
{
  return server->tls;
}

gboolean
sv_server_speaks_tls (const SvServer *server)
{
  return server->tls || server->behind_proxy;
}

gboolean
sv_server_is_stopping (SvServer *server)
{
  return atomic_load (&server->stopping);
}

/* -- Stopping -- */

static void
end_events (SvServer *server)
{
  GHashTableIter iter;
  gpointer key;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->answers_lock);
  g_hash_table_iter_init (&iter, server->streaming);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    sv_event_subscriber_end (((SvRequest *)key)->events);
}

static gboolean
wait_for_requests (SvServer *server, guint within_ms)
{
  gint64 end_us = g_get_monotonic_time () + (gint64)within_ms * 1000;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);
  while (server->n_active > 0)
    if (!g_cond_wait_until (&server->changed, &server->lock, end_us))
      return server->n_active == 0;
  return TRUE;
}

/* libmicrohttpd must not be stopped while a connection sleeps. */
static void
wake_sleepers (SvServer *server)
{
  g_mutex_lock (&server->answers_lock);
  g_autoptr (GList) sleepers = g_hash_table_get_keys (server->sleeping);
  for (GList *item = sleepers; item != NULL; item = item->next) {
    SvRequest *request = item->data;
    request->answered = TRUE;
    request->answer = (SvAnswer){.status = 503, .close = TRUE};
    request->asleep = FALSE;
    MHD_resume_connection (request->handle);
  }
  g_hash_table_remove_all (server->sleeping);
  server->cut = TRUE;
  g_mutex_unlock (&server->answers_lock);
}

gboolean
sv_server_stop (SvServer *server, guint within_ms)
{
  if (server->daemon == NULL)
    return TRUE;
  atomic_store (&server->stopping, TRUE);
  MHD_quiesce_daemon (server->daemon);
  end_events (server);
  gboolean finished = wait_for_requests (server, within_ms);
  wake_sleepers (server);
  sv_server_unwatch (server);
  MHD_stop_daemon (g_steal_pointer (&server->daemon));
  return finished;
}

void
sv_server_free (SvServer *server)
{
  if (server == NULL)
    return;
  sv_server_stop (server, 0);
  if (server->socket >= 0)
    close (server->socket);
  g_hash_table_unref (server->connections);
  g_hash_table_unref (server->streaming);
  g_hash_table_unref (server->sleeping);
  g_cond_clear (&server->changed);
  g_mutex_clear (&server->answers_lock);
  g_mutex_clear (&server->lock);
  g_free (server);
}
