#include "net/event_stream.h"

#include <string.h>

/* Shared by the writer and the subscribers; the last one frees it. */
struct SvEventStream {
  gatomicrefcount references;
  GMutex lock; /* everything below */
  char *run;
  GBytes *kept[SV_LIMIT_EVENTS_KEPT]; /* event n (from 0) is at n modulo the length */
  guint64 n_sent;
  gboolean ended;
  GPtrArray *subscribers; /* borrowed */
};

struct SvEventSubscriber {
  SvEventStream *stream;
  char *owner; /* NULL: nobody's */
  SvEventReader reader;
  guint64 next;    /* the event to give next */
  guint64 allowed; /* events that it may be behind */
  GBytes *current; /* what is being given */
  gsize given;     /* bytes of it that are */
  gboolean reset, beat, ended, dropped, asleep;
  gboolean cut; /* nothing more, not even what is there */
};

SvEventStream *
sv_event_stream_new (const char *run)
{
  SvEventStream *stream = g_new0 (SvEventStream, 1);
  g_atomic_ref_count_init (&stream->references);
  g_mutex_init (&stream->lock);
  stream->run = g_strdup (run);
  stream->subscribers = g_ptr_array_new ();
  return stream;
}

static void
release (SvEventStream *stream)
{
  if (!g_atomic_ref_count_dec (&stream->references))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (stream->kept); i++)
    g_clear_pointer (&stream->kept[i], g_bytes_unref);
  g_ptr_array_unref (stream->subscribers);
  g_mutex_clear (&stream->lock);
  g_free (stream->run);
  g_free (stream);
}

void
sv_event_stream_free (SvEventStream *stream)
{
  if (stream == NULL)
    return;
  sv_event_stream_end (stream);
  release (stream);
}

static void
wake (SvEventSubscriber *subscriber)
{
  if (!subscriber->asleep && !subscriber->dropped)
    return;
  subscriber->asleep = FALSE;
  if (subscriber->reader.wake != NULL)
    subscriber->reader.wake (subscriber->reader.user_data, subscriber->dropped);
}

/* -- The writer -- */

static GBytes *
make_event (const SvEventStream *stream, const char *type, const char *data)
{
  GString *text = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (data, "\n", -1);
  g_string_append_printf (text, "id: %s-%" G_GUINT64_FORMAT "\nevent: %s\n", stream->run,
                          stream->n_sent, type);
  for (char **line = lines; *line != NULL; line++)
    g_string_append_printf (text, "data: %s\n", g_strdelimit (*line, "\r", ' '));
  g_string_append_c (text, '\n');
  return g_string_free_to_bytes (text);
}

static void
keep_up (SvEventSubscriber *subscriber)
{
  if (subscriber->dropped)
    return;
  subscriber->dropped = subscriber->stream->n_sent - subscriber->next > subscriber->allowed;
  wake (subscriber);
}

void
sv_event_stream_send (SvEventStream *stream, const char *type, const char *data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&stream->lock);
  if (stream->ended)
    return;
  GBytes **place = &stream->kept[stream->n_sent % G_N_ELEMENTS (stream->kept)];
  g_clear_pointer (place, g_bytes_unref);
  *place = make_event (stream, type, data);
  stream->n_sent++;
  for (guint i = 0; i < stream->subscribers->len; i++)
    keep_up (stream->subscribers->pdata[i]);
}

void
sv_event_stream_end (SvEventStream *stream)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&stream->lock);
  stream->ended = TRUE;
  for (guint i = 0; i < stream->subscribers->len; i++)
    wake (stream->subscribers->pdata[i]);
}

void
sv_event_stream_end_of (SvEventStream *stream, const char *owner)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&stream->lock);
  for (guint i = 0; i < stream->subscribers->len; i++) {
    SvEventSubscriber *subscriber = stream->subscribers->pdata[i];
    if (g_strcmp0 (subscriber->owner, owner) != 0)
      continue;
    subscriber->cut = TRUE;
    wake (subscriber);
  }
}

guint
sv_event_stream_count (SvEventStream *stream)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&stream->lock);
  return stream->subscribers->len;
}

/* -- Subscribers -- */

/* The event behind the one that @last_id names; FALSE if that cannot be told any more. */
static gboolean
find_next (const SvEventStream *stream, const char *last_id, guint64 *ret_next)
{
  gsize length = strlen (stream->run);
  gint64 last = -1;
  if (strncmp (last_id, stream->run, length) != 0 || last_id[length] != '-' ||
      !sv_text_parse_int64 (last_id + length + 1, &last, NULL) || last < 0 ||
      (guint64)last >= stream->n_sent)
    return FALSE;
  *ret_next = (guint64)last + 1;
  return stream->n_sent - *ret_next <= G_N_ELEMENTS (stream->kept);
}

SvEventSubscriber *
sv_event_stream_subscribe (SvEventStream *stream, const char *owner, const char *last_id,
                           GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&stream->lock);
  if (stream->ended || stream->subscribers->len >= SV_LIMIT_EVENT_SUBSCRIBERS) {
    g_set_error (error, SV_ERROR, SV_ERROR_BUSY, "%s",
                 stream->ended ? "the server is stopping" : "too many read these events already");
    return NULL;
  }
  SvEventSubscriber *subscriber = g_new0 (SvEventSubscriber, 1);
  g_atomic_ref_count_inc (&stream->references);
  subscriber->stream = stream;
  subscriber->owner = g_strdup (owner);
  subscriber->next = stream->n_sent;
  subscriber->reset = last_id != NULL && !find_next (stream, last_id, &subscriber->next);
  if (subscriber->reset)
    subscriber->next = stream->n_sent;
  subscriber->allowed =
      MIN (stream->n_sent - subscriber->next + SV_LIMIT_EVENT_QUEUE, SV_LIMIT_EVENTS_KEPT);
  g_ptr_array_add (stream->subscribers, subscriber);
  return subscriber;
}

void
sv_event_subscriber_free (SvEventSubscriber *subscriber)
{
  if (subscriber == NULL)
    return;
  SvEventStream *stream = subscriber->stream;
  g_mutex_lock (&stream->lock);
  g_ptr_array_remove_fast (stream->subscribers, subscriber);
  g_mutex_unlock (&stream->lock);
  g_clear_pointer (&subscriber->current, g_bytes_unref);
  g_free (subscriber->owner);
  g_free (subscriber);
  release (stream);
}

void
sv_event_subscriber_set_reader (SvEventSubscriber *subscriber, const SvEventReader *reader)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&subscriber->stream->lock);
  subscriber->reader = *reader;
}

void
sv_event_subscriber_beat (SvEventSubscriber *subscriber)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&subscriber->stream->lock);
  subscriber->beat = TRUE;
  wake (subscriber);
}

void
sv_event_subscriber_end (SvEventSubscriber *subscriber)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&subscriber->stream->lock);
  subscriber->ended = TRUE;
  wake (subscriber);
}

/* The next piece of text, or NULL if there is none now. */
static GBytes *
next_piece (SvEventSubscriber *subscriber)
{
  static const char reset[] = "event: reset\ndata: {}\n\n", beat[] = ":\n\n";
  SvEventStream *stream = subscriber->stream;
  if (subscriber->reset) {
    subscriber->reset = FALSE;
    return g_bytes_new_static (reset, strlen (reset));
  }
  if (subscriber->next < stream->n_sent)
    return g_bytes_ref (stream->kept[subscriber->next++ % G_N_ELEMENTS (stream->kept)]);
  if (!subscriber->beat)
    return NULL;
  subscriber->beat = FALSE;
  return g_bytes_new_static (beat, strlen (beat));
}

static gsize
copy_piece (SvEventSubscriber *subscriber, char *buffer, gsize size)
{
  gsize length;
  const char *data = g_bytes_get_data (subscriber->current, &length);
  gsize n = MIN (size, length - subscriber->given);
  memcpy (buffer, data + subscriber->given, n);
  subscriber->given += n;
  if (subscriber->given == length) {
    g_clear_pointer (&subscriber->current, g_bytes_unref);
    subscriber->given = 0;
  }
  return n;
}

SvEvents
sv_event_subscriber_read (SvEventSubscriber *subscriber, char *buffer, gsize size, gsize *ret_size)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&subscriber->stream->lock);
  gsize filled = 0;
  if (subscriber->dropped || subscriber->cut)
    return subscriber->dropped ? SV_EVENTS_DROPPED : SV_EVENTS_END;
  while (filled < size) {
    if (subscriber->current == NULL && (subscriber->current = next_piece (subscriber)) == NULL)
      break;
    filled += copy_piece (subscriber, buffer + filled, size - filled);
  }
  *ret_size = filled;
  if (filled > 0)
    return SV_EVENTS_SOME;
  if (subscriber->ended || subscriber->stream->ended)
    return SV_EVENTS_END;
  subscriber->asleep = TRUE;
  if (subscriber->reader.sleep != NULL)
    subscriber->reader.sleep (subscriber->reader.user_data);
  return SV_EVENTS_NONE;
}
