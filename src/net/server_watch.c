#include "net/server_private.h"

#include <sys/socket.h>

#define TICK_US (SV_SECOND_US / 4)
#define BEAT_US (SV_LIMIT_EVENT_BEAT_MS * G_GINT64_CONSTANT (1000))

void
sv_connection_set_deadline (SvConnection *connection, guint ms)
{
  gint64 deadline_us = ms != 0 ? g_get_monotonic_time () + (gint64)ms * 1000 : 0;
  atomic_store (&connection->deadline_us, deadline_us);
}

guint
sv_server_get_transfer_ms (guint64 size_bytes)
{
  return (guint)MIN (size_bytes / (SV_LIMIT_SLOWEST_BYTES_PER_S / 1000), G_MAXINT);
}

/* Its thread sees the end of the stream and closes it: a descriptor is in the table for as long as
 * it is open. */
static void
cut_late (SvServer *server, gint64 now_us)
{
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init (&iter, server->connections);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    SvConnection *connection = key;
    gint64 deadline_us = atomic_load (&connection->deadline_us);
    if (deadline_us == 0 || now_us < deadline_us)
      continue;
    shutdown (connection->fd, SHUT_RDWR);
    atomic_store (&connection->deadline_us, 0);
  }
}

static void
beat (SvServer *server)
{
  GHashTableIter iter;
  gpointer key;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->answers_lock);
  g_hash_table_iter_init (&iter, server->streaming);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    sv_event_subscriber_beat (((SvRequest *)key)->events);
}

static gpointer
run (gpointer data)
{
  SvServer *server = data;
  gint64 beat_us = g_get_monotonic_time () + BEAT_US;
  g_mutex_lock (&server->lock);
  while (!server->ending) {
    gint64 now_us = g_get_monotonic_time ();
    cut_late (server, now_us);
    g_cond_wait_until (&server->changed, &server->lock, now_us + TICK_US);
    if (now_us < beat_us)
      continue;
    g_mutex_unlock (&server->lock);
    beat (server);
    beat_us = now_us + BEAT_US;
    g_mutex_lock (&server->lock);
  }
  g_mutex_unlock (&server->lock);
  return NULL;
}

void
sv_server_watch (SvServer *server)
{
  server->watcher = g_thread_new ("sv-watch", run, server);
}

void
sv_server_unwatch (SvServer *server)
{
  if (server->watcher == NULL)
    return;
  g_mutex_lock (&server->lock);
  server->ending = TRUE;
  g_cond_broadcast (&server->changed);
  g_mutex_unlock (&server->lock);
  g_thread_join (g_steal_pointer (&server->watcher));
}
