#include "net/event_stream.h"

#include <string.h>

typedef struct {
  guint slept, woken, dropped;
} Seen;

static void
note_sleep (gpointer user_data)
{
  ((Seen *)user_data)->slept++;
}

static void
note_wake (gpointer user_data, gboolean dropped)
{
  Seen *seen = user_data;
  if (dropped)
    seen->dropped++;
  else
    seen->woken++;
}

static SvEventSubscriber *
subscribe (SvEventStream *stream, const char *last_id, Seen *seen)
{
  g_autoptr (GError) error = NULL;
  SvEventSubscriber *subscriber = sv_event_stream_subscribe (stream, NULL, last_id, &error);
  const SvEventReader reader = {note_sleep, note_wake, seen};
  g_assert_no_error (error);
  sv_event_subscriber_set_reader (subscriber, &reader);
  return subscriber;
}

/* Everything that is there, in pieces of seven bytes. */
static char *
read_all (SvEventSubscriber *subscriber, SvEvents *ret_last)
{
  GString *all = g_string_new (NULL);
  char buffer[7];
  gsize n = 0;
  while ((*ret_last = sv_event_subscriber_read (subscriber, buffer, sizeof buffer, &n)) ==
         SV_EVENTS_SOME)
    g_string_append_len (all, buffer, (gssize)n);
  return g_string_free (all, FALSE);
}

static void
assert_reads (SvEventSubscriber *subscriber, const char *text, SvEvents then)
{
  SvEvents last;
  g_autofree char *all = read_all (subscriber, &last);
  g_assert_cmpstr (all, ==, text);
  g_assert_cmpint (last, ==, then);
}

static void
test_order (void)
{
  Seen seen = {0};
  g_autoptr (SvEventStream) stream = sv_event_stream_new ("run");
  sv_event_stream_send (stream, "before", "{}");
  g_autoptr (SvEventSubscriber) subscriber = subscribe (stream, NULL, &seen);
  assert_reads (subscriber, "", SV_EVENTS_NONE);
  sv_event_stream_send (stream, "case", "{\"id\":1}");
  sv_event_stream_send (stream, "case", "two\nlines");
  g_assert_cmpuint (seen.woken, ==, 1); /* once for each sleep */
  assert_reads (subscriber,
                "id: run-1\nevent: case\ndata: {\"id\":1}\n\n"
                "id: run-2\nevent: case\ndata: two\ndata: lines\n\n",
                SV_EVENTS_NONE);
  g_assert_cmpuint (seen.slept, ==, 2);
}

static void
test_beat_and_end (void)
{
  Seen seen = {0};
  g_autoptr (SvEventStream) stream = sv_event_stream_new ("run");
  g_autoptr (SvEventSubscriber) one = subscribe (stream, NULL, &seen);
  g_autoptr (SvEventSubscriber) other = subscribe (stream, NULL, &seen);
  assert_reads (one, "", SV_EVENTS_NONE);
  sv_event_subscriber_beat (one);
  assert_reads (one, ":\n\n", SV_EVENTS_NONE);
  sv_event_subscriber_end (one);
  assert_reads (one, "", SV_EVENTS_END);
  sv_event_stream_send (stream, "x", "1");
  sv_event_stream_end (stream);
  assert_reads (other, "id: run-0\nevent: x\ndata: 1\n\n", SV_EVENTS_END);
  g_autoptr (GError) error = NULL;
  g_assert_null (sv_event_stream_subscribe (stream, NULL, NULL, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_BUSY);
}

static void
test_resume (void)
{
  Seen seen = {0};
  g_autoptr (SvEventStream) stream = sv_event_stream_new ("run");
  for (guint i = 0; i < 3; i++)
    sv_event_stream_send (stream, "x", "1");
  g_autoptr (SvEventSubscriber) back = subscribe (stream, "run-1", &seen);
  assert_reads (back, "id: run-2\nevent: x\ndata: 1\n\n", SV_EVENTS_NONE);
  g_autoptr (SvEventSubscriber) newest = subscribe (stream, "run-2", &seen);
  assert_reads (newest, "", SV_EVENTS_NONE);
  const char *strange[] = {"other-1", "run-3", "run--1", "run-", "run", "", "run-1x"};
  for (guint i = 0; i < G_N_ELEMENTS (strange); i++) {
    g_autoptr (SvEventSubscriber) subscriber = subscribe (stream, strange[i], &seen);
    assert_reads (subscriber, "event: reset\ndata: {}\n\n", SV_EVENTS_NONE);
  }
}

static void
test_slow (void)
{
  Seen slow_seen = {0}, seen = {0};
  g_autoptr (SvEventStream) stream = sv_event_stream_new ("run");
  g_autoptr (SvEventSubscriber) slow = subscribe (stream, NULL, &slow_seen);
  g_autoptr (SvEventSubscriber) quick = subscribe (stream, NULL, &seen);
  for (guint i = 0; i <= SV_LIMIT_EVENT_QUEUE; i++) {
    SvEvents last;
    sv_event_stream_send (stream, "x", "1");
    g_free (read_all (quick, &last));
    g_assert_cmpint (last, ==, SV_EVENTS_NONE);
  }
  assert_reads (slow, "", SV_EVENTS_DROPPED);
  g_assert_cmpuint (slow_seen.dropped, ==, 1);
  g_assert_cmpuint (seen.dropped, ==, 0);
  /* it comes back with what it saw last, and misses nothing */
  g_autoptr (SvEventSubscriber) back = subscribe (stream, "run-0", &slow_seen);
  SvEvents last;
  g_autofree char *all = read_all (back, &last);
  g_assert_true (g_str_has_prefix (all, "id: run-1\n"));
  g_assert_cmpint (last, ==, SV_EVENTS_NONE);
}

static void
test_history_ends (void)
{
  Seen seen = {0};
  g_autoptr (SvEventStream) stream = sv_event_stream_new ("run");
  for (guint i = 0; i < SV_LIMIT_EVENTS_KEPT + 2; i++)
    sv_event_stream_send (stream, "x", "1");
  g_autoptr (SvEventSubscriber) late = subscribe (stream, "run-0", &seen);
  assert_reads (late, "event: reset\ndata: {}\n\n", SV_EVENTS_NONE);
  g_autoptr (SvEventSubscriber) in_time = subscribe (stream, "run-1", &seen);
  SvEvents last;
  g_autofree char *all = read_all (in_time, &last);
  g_assert_true (g_str_has_prefix (all, "id: run-2\n"));
}

/* Promise S11: what was there already is not given either. */
static void
test_end_of_one (void)
{
  Seen seen = {0};
  g_autoptr (SvEventStream) stream = sv_event_stream_new ("run");
  g_autoptr (SvEventSubscriber) revoked = sv_event_stream_subscribe (stream, "ann", NULL, NULL);
  g_autoptr (SvEventSubscriber) other = sv_event_stream_subscribe (stream, "bob", NULL, NULL);
  g_autoptr (SvEventSubscriber) nobody = subscribe (stream, NULL, &seen);
  sv_event_stream_send (stream, "x", "1");
  sv_event_stream_end_of (stream, "ann");
  assert_reads (revoked, "", SV_EVENTS_END);
  assert_reads (other, "id: run-0\nevent: x\ndata: 1\n\n", SV_EVENTS_NONE);
  assert_reads (nobody, "id: run-0\nevent: x\ndata: 1\n\n", SV_EVENTS_NONE);
}

static void
test_many (void)
{
  g_autoptr (SvEventStream) stream = sv_event_stream_new ("run");
  g_autoptr (GPtrArray) all =
      g_ptr_array_new_with_free_func ((GDestroyNotify)sv_event_subscriber_free);
  Seen seen = {0};
  for (guint i = 0; i < SV_LIMIT_EVENT_SUBSCRIBERS; i++)
    g_ptr_array_add (all, subscribe (stream, NULL, &seen));
  g_autoptr (GError) error = NULL;
  g_assert_null (sv_event_stream_subscribe (stream, NULL, NULL, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_BUSY);
  g_assert_cmpuint (sv_event_stream_count (stream), ==, SV_LIMIT_EVENT_SUBSCRIBERS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/events/order", test_order);
  g_test_add_func ("/events/beat-and-end", test_beat_and_end);
  g_test_add_func ("/events/resume", test_resume);
  g_test_add_func ("/events/slow", test_slow);
  g_test_add_func ("/events/history-ends", test_history_ends);
  g_test_add_func ("/events/promise-s11-end-of-one", test_end_of_one);
  g_test_add_func ("/events/many", test_many);
  return g_test_run ();
}
