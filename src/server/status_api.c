/* How the server is, and what it is. */
#include "server/app.h"

#include "advisory/advisory.h"

#include <string.h>

typedef struct {
  char *name;
  char *version;
  char *engine;
  gint64 started_at_us;
} About;

static const SvField about_fields[] = {
    SV_FIELD (About, name, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .doc = "Of the program."),
    SV_FIELD (About, version, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Version of the program."),
    SV_FIELD (About, engine, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "What keeps its data: sqlite or postgresql."),
    SV_FIELD (About, started_at_us, SV_TYPE_INSTANT, .doc = "When this process started."),
};
static SV_RECORD_TYPE (about_type, About, "About", about_fields, "What this server is.");

static gboolean
answer_text (SvCall *call, const char *text)
{
  return sv_call_answer_raw (call, "text/plain; charset=utf-8",
                             g_bytes_new_static (text, strlen (text)));
}

static gboolean
get_health (SvCall *call, GError **error)
{
  return answer_text (call, "alive\n");
}

static gboolean
is_stopping (SvApp *app)
{
  SvServer *server = g_atomic_pointer_get (&app->server);
  return server != NULL && sv_server_is_stopping (server);
}

static gboolean
get_readiness (SvCall *call, GError **error)
{
  g_autoptr (GError) cause = NULL;
  SvApp *app = sv_call_get_context (call);
  SvDb *db = sv_call_get_store (call, &cause);
  if (is_stopping (app))
    g_set_error_literal (error, SV_ERROR, SV_ERROR_BUSY, "not ready: the server is stopping");
  else if (db != NULL && sv_db_check_schema (db, &cause) &&
           sv_writer_check (app->agents.writer, &cause))
    return answer_text (call, "ready\n");
  else { /* whatever it is: a balancer is to ask again */
    gboolean gone = sv_error_is (cause, SV_ERROR_UNREACHABLE);
    g_set_error (error, SV_ERROR, gone ? SV_ERROR_UNREACHABLE : SV_ERROR_BUSY, "not ready: %s",
                 cause->message);
  }
  return FALSE;
}

static gboolean
get_openapi (SvCall *call, GError **error)
{
  const SvApp *app = sv_call_get_context (call);
  return sv_call_answer_raw (call, "application/json", g_bytes_ref (app->openapi));
}

static gboolean
get_about (SvCall *call, GError **error)
{
  const SvApp *app = sv_call_get_context (call);
  About *about = sv_record_new (&about_type);
  about->name = g_strdup ("salved");
  about->version = g_strdup (SALVE_VERSION);
  about->engine = g_strdup (app->engine);
  about->started_at_us = app->started_us;
  return sv_call_answer (call, about);
}

static gboolean
get_events (SvCall *call, GError **error)
{
  const SvApp *app = sv_call_get_context (call);
  return sv_call_answer_stream (call, app->events, error);
}

/* -- Metrics -- */

static void
append_build (GString *out, const SvApp *app)
{
  sv_metrics_append_heading (out, "salve_build_info", "gauge", "What runs, always 1.");
  g_string_append_printf (out, "salve_build_info{version=\"%s\",engine=\"%s\"} 1\n", SALVE_VERSION,
                          app->engine);
}

static void
append_gauge (GString *out, const char *name, const char *help, double value)
{
  sv_metrics_append_heading (out, name, "gauge", help);
  sv_metrics_append_sample (out, name, NULL, NULL, value);
}

static void
append_server (GString *out, SvApp *app)
{
  SvServer *server = g_atomic_pointer_get (&app->server);
  append_gauge (out, "salve_start_time_seconds", "When the process started, since 1970.",
                (double)app->started_us / 1e6);
  append_gauge (out, "salve_http_connections", "Connections that are open.",
                server != NULL ? sv_server_count_connections (server) : 0);
  append_gauge (out, "salve_event_subscribers", "Clients that read the stream of events.",
                sv_event_stream_count (app->events));
}

/* A feed that was never synced has no age: its absence, and the counter of records, say so. */
static void
append_feeds (GString *out, const GPtrArray *feeds, gint64 now_us)
{
  sv_metrics_append_heading (out, "salve_feed_age_seconds", "gauge",
                             "Time since the last good sync of an enabled feed.");
  for (guint i = 0; i < feeds->len; i++) {
    const SvFeed *feed = feeds->pdata[i];
    if (feed->enabled && feed->synced_at_us != 0)
      sv_metrics_append_sample (out, "salve_feed_age_seconds", "feed", feed->id,
                                (double)(now_us - feed->synced_at_us) / 1e6);
  }
  sv_metrics_append_heading (out, "salve_feed_records", "gauge", "Records in force.");
  for (guint i = 0; i < feeds->len; i++) {
    const SvFeed *feed = feeds->pdata[i];
    sv_metrics_append_sample (out, "salve_feed_records", "feed", feed->id, (double)feed->records);
  }
}

static gboolean
get_metrics (SvCall *call, GError **error)
{
  SvApp *app = sv_call_get_context (call);
  SvDb *db = sv_call_get_store (call, error);
  g_autoptr (GPtrArray) feeds = db != NULL ? sv_feed_list (db, error) : NULL;
  if (feeds == NULL)
    return FALSE;
  GString *out = g_string_new (NULL);
  append_build (out, app);
  append_server (out, app);
  append_feeds (out, feeds, sv_call_get_now (call));
  sv_metrics_append (app->metrics, out);
  return sv_call_answer_raw (call, "text/plain; version=0.0.4; charset=utf-8",
                             g_string_free_to_bytes (out));
}

#define TAG .tag = "Server"
static const SvError busy[] = {SV_ERROR_BUSY};
static const SvRoute routes[] = {
    {SV_METHOD_GET, "/healthz", "public", "Whether the process lives", TAG, .flags = SV_ROUTE_RAW,
     .content_type = "text/plain", .handle = get_health},
    {SV_METHOD_GET, "/readyz", "public", "Whether it can answer from its store", TAG,
     .flags = SV_ROUTE_RAW, SV_ROUTE_ERRORS (busy), .content_type = "text/plain",
     .handle = get_readiness},
    {SV_METHOD_GET, "/metrics", "metrics:read", "Metrics in the format of Prometheus", TAG,
     .flags = SV_ROUTE_RAW, .content_type = "text/plain", .handle = get_metrics},
    {SV_METHOD_GET, "/api/v1/openapi.json", "public", "This document", TAG, .flags = SV_ROUTE_RAW,
     .content_type = "application/json", .handle = get_openapi},
    {SV_METHOD_GET, "/api/v1/about", "public", "What this server is", TAG, .response = &about_type,
     .handle = get_about},
    {SV_METHOD_GET, "/api/v1/events", "event:read", "What changes, as it does (server-sent events)",
     TAG, .flags = SV_ROUTE_STREAM, SV_ROUTE_ERRORS (busy), .handle = get_events},
};
const SvRouteTable sv_status_routes = {routes, G_N_ELEMENTS (routes),
                                       "The server itself: its health, its API, its events."};
