/* Server-sent events: one writer, many subscribers, each with a place of its own in a bounded
 * history. Knows no HTTP: it makes the text that goes over the wire. All of it is safe on any
 * thread.
 * Source: WHATWG HTML, 9.2 (server-sent events). */
#pragma once

#include "base/base.h"

typedef struct SvEventStream SvEventStream;
typedef struct SvEventSubscriber SvEventSubscriber;

/* @run names this run of the program: ids of another run are not taken for one's own. */
SvEventStream *sv_event_stream_new (const char *run);
/* Ends all subscriptions. Subscribers may outlive it. */
void sv_event_stream_free (SvEventStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvEventStream, sv_event_stream_free)

/* @type: one word; @data: text, usually one JSON document. Never waits for a subscriber: one that
 * is SV_LIMIT_EVENT_QUEUE events behind is dropped, and comes back with its last id. */
void sv_event_stream_send (SvEventStream *stream, const char *type, const char *data);

/* No more events: subscribers get the end of their stream. New subscribers are SV_ERROR_BUSY. */
void sv_event_stream_end (SvEventStream *stream);

/* Ends the subscriptions of @owner: who may not read any more must not read on (promise S11). */
void sv_event_stream_end_of (SvEventStream *stream, const char *owner);

guint sv_event_stream_count (SvEventStream *stream);

/**
 * sv_event_stream_subscribe:
 * @owner: (nullable) name of who reads, see sv_event_stream_end_of()
 * @last_id: (nullable) the Last-Event-ID that the client sends: events behind it come first
 *
 * If events behind @last_id are no longer kept (SV_LIMIT_EVENTS_KEPT), or it is of another run, the
 * first event is "reset": the client must read anew what it shows.
 * Errors: SV_ERROR_BUSY beyond SV_LIMIT_EVENT_SUBSCRIBERS.
 */
SvEventSubscriber *sv_event_stream_subscribe (SvEventStream *stream, const char *owner,
                                              const char *last_id, GError **error);
void sv_event_subscriber_free (SvEventSubscriber *subscriber);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvEventSubscriber, sv_event_subscriber_free)

/* A comment goes out, so that a dead connection shows. */
void sv_event_subscriber_beat (SvEventSubscriber *subscriber);
/* The end of the stream for this one. */
void sv_event_subscriber_end (SvEventSubscriber *subscriber);

typedef enum {
  SV_EVENTS_SOME,   /* bytes were given */
  SV_EVENTS_NONE,   /* nothing now: wake() comes as soon as there is */
  SV_EVENTS_END,    /* the stream ended */
  SV_EVENTS_DROPPED /* this subscriber was too slow */
} SvEvents;

/* Called with the lock of the stream held: must neither wait nor call back. @dropped: the
 * subscriber does not read at all, cut it. */
typedef void (*SvEventWake) (gpointer user_data, gboolean dropped);

/* Copies the next bytes of the text. When there are none, calls @sleep (user_data) before anything
 * new can come, and from then on @wake once when something does. */
typedef struct {
  void (*sleep) (gpointer user_data);
  SvEventWake wake;
  gpointer user_data;
} SvEventReader;
void sv_event_subscriber_set_reader (SvEventSubscriber *subscriber, const SvEventReader *reader);
SvEvents sv_event_subscriber_read (SvEventSubscriber *subscriber, char *buffer, gsize size,
                                   gsize *ret_size);
