/* Feeds are synced by other processes: what changed is seen in the store. */
#include "server/app.h"

#include "advisory/advisory.h"

struct SvEventSource {
  SvApp *app;
  SvDb *db;          /* NULL: not reached now */
  GHashTable *feeds; /* SvFeed by id, as last seen */
  gboolean seen;     /* once at least: before, everything would look new */
};

SvEventSource *
sv_event_source_new (SvApp *app, GError **error)
{
  g_autoptr (SvEventSource) source = g_new0 (SvEventSource, 1);
  source->app = app;
  source->feeds =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)sv_feed_free);
  source->db = sv_db_open (app->options->store, error);
  return source->db != NULL ? g_steal_pointer (&source) : NULL;
}

void
sv_event_source_free (SvEventSource *source)
{
  if (source == NULL)
    return;
  g_hash_table_unref (source->feeds);
  sv_db_free (source->db);
  g_free (source);
}

static void
send_feed (SvEventSource *source, const SvFeed *feed)
{
  g_autoptr (GString) json = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (json, 0);
  sv_record_write_json (&sv_feed_type, feed, writer, NULL);
  sv_event_stream_send (source->app->events, "feed", json->str);
}

/* Sends what changed; a feed that did means that the fleet is to be judged anew (104). */
static void
compare (SvEventSource *source, GPtrArray *feeds)
{
  gboolean changed = FALSE;
  for (guint i = 0; i < feeds->len; i++) {
    SvFeed *feed = feeds->pdata[i];
    const SvFeed *before = g_hash_table_lookup (source->feeds, feed->id);
    if (before != NULL && sv_record_equal (&sv_feed_type, before, feed))
      continue;
    if (source->seen) {
      send_feed (source, feed);
      changed = TRUE;
    }
    SvFeed *copy = sv_record_copy (&sv_feed_type, feed);
    g_hash_table_replace (source->feeds, copy->id, copy);
  }
  source->seen = TRUE;
  if (changed)
    sv_fleet_service_match (source->app->fleet);
}

void
sv_event_source_look (SvEventSource *source)
{
  g_autoptr (GError) error = NULL;
  sv_app_watch_writer (source->app);
  if (source->db == NULL)
    source->db = sv_db_open (source->app->options->store, &error);
  g_autoptr (GPtrArray) feeds = source->db != NULL ? sv_feed_list (source->db, &error) : NULL;
  if (feeds != NULL) {
    compare (source, feeds);
    sv_fleet_service_follow (source->app->fleet, source->db);
    sv_fleet_service_place (source->app->fleet, source->db);
  }
  if (sv_error_is (error, SV_ERROR_UNREACHABLE)) /* a connection does not come back by itself */
    g_clear_pointer (&source->db, sv_db_free);
}
