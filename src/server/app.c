#include "server/app.h"

#include <string.h>

static gboolean
is_local_name (const char *host)
{
  g_autofree char *name = g_strdup (host);
  char *colon = strrchr (name, ':');
  if (colon != NULL && strchr (colon, ']') == NULL)
    *colon = '\0';
  return strcmp (name, "localhost") == 0 || strcmp (name, "127.0.0.1") == 0 ||
         strcmp (name, "[::1]") == 0;
}

/* Pages of strangers in a browser on this machine come in with their own name as Host (a name that
 * was led to loopback) or as Origin. */
static gboolean
comes_from_here (const SvCall *call)
{
  const char *host = sv_call_find_header (call, "Host");
  const char *origin = sv_call_find_header (call, "Origin");
  if (host == NULL || !is_local_name (host))
    return FALSE;
  g_autofree char *own = g_strconcat ("http://", host, NULL);
  return origin == NULL || strcmp (origin, own) == 0;
}

static void
free_principal (gpointer principal)
{
  sv_principal_free (principal);
}

static gboolean
authorize (gpointer user_data, SvCall *call, const SvRoute *route, GError **error)
{
  const SvApp *app = user_data;
  const char *name = "anyone-on-this-machine";
  if (strcmp (route->permission, SV_PERMISSION_AGENT) == 0)
    return sv_agent_authorize (call, error); /* whoever else may do everything */
  if (!app->options->insecure_no_login || !comes_from_here (call))
    return sv_access_authorize (app->access, call, route, error);
  sv_call_set_principal (call, sv_principal_new (SV_ACTOR_MACHINE, NULL, name), free_principal,
                         name);
  return TRUE;
}

void
sv_app_watch_writer (SvApp *app)
{
  g_autoptr (GError) failure = NULL;
  gboolean failed = !sv_writer_check (app->agents.writer, &failure);
  if (failed && !app->writer_failed)
    sv_log (SV_LOG_ERROR, "the store takes no writes, nothing is acknowledged: %s",
            failure->message);
  if (!failed && app->writer_failed)
    sv_log (SV_LOG_INFO, "the store was verified and takes writes again");
  app->writer_failed = failed;
}

static SvDb *
open_store (gpointer user_data, GError **error)
{
  const SvApp *app = user_data;
  return sv_db_open (app->options->store, error);
}

static gpointer
find_service (gpointer user_data, const char *name)
{
  SvApp *app = user_data;
  const struct {
    const char *name;
    gpointer service;
  } services[] = {
      {SV_SERVICE_ACCESS, app->access},
      {SV_SERVICE_AGENTS, &app->agents},
      {SV_SERVICE_CHECKIN, sv_fleet_service_get_checkin (app->fleet)},
      {SV_SERVICE_DICTIONARY, sv_fleet_service_get_dictionary (app->fleet)},
      {SV_SERVICE_FLEET, sv_fleet_service_get_fleet (app->fleet)},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (services); i++)
    if (strcmp (services[i].name, name) == 0)
      return services[i].service;
  return NULL;
}

static const char *
or_dash (const char *text)
{
  return text != NULL ? text : "-";
}

/* What was refused and what failed is told without --debug, too (ASVS 16.3). An address that floods
 * neither fills the log nor drowns others: metrics count them all. */
static const SvRateOptions line_rate = {.burst = 100, .refill_us = SV_SECOND_US};

static gboolean
is_told (const SvApp *app, const SvCall *call, guint status)
{
  const char *address = sv_call_get_remote_address (call);
  return app->options->debug ||
         (status >= 400 && sv_rate_take (app->lines, address, g_get_monotonic_time ()) == 0);
}

static void
observe (gpointer user_data, SvCall *call, const SvRoute *route, gint64 duration_us)
{
  const SvApp *app = user_data;
  guint status = sv_call_get_status (call);
  sv_metrics_observe (app->metrics, route, status, duration_us);
  if (!is_told (app, call, status))
    return;
  sv_log (status >= 500 ? SV_LOG_WARNING : SV_LOG_INFO,
          "request id=%s from=%s who=%s certificate=%s method=%s path=%s route=%s status=%u "
          "ms=%" G_GINT64_FORMAT ".%03d cause=%s",
          sv_call_get_request_id (call), sv_call_get_remote_address (call),
          or_dash (sv_call_get_principal_name (call)), or_dash (sv_call_find_certificate (call)),
          sv_call_get_method (call), or_dash (sv_call_get_path (call)),
          route != NULL ? route->path : "-", status, duration_us / 1000, (int)(duration_us % 1000),
          or_dash (sv_call_find_failure (call)));
}

/* -- Agents -- */

static void
on_quarantined (gpointer user_data, const SvAgent *agent)
{
  const SvApp *app = user_data;
  g_autoptr (GString) json = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (json, 0);
  sv_record_write_json (&sv_agent_type, agent, writer, NULL);
  sv_event_stream_send (app->events, "agent", json->str);
  sv_log (SV_LOG_WARNING, "host '%s' is quarantined: %s", agent->host, agent->reason);
}

static gboolean
start_agents (SvApp *app, SvDb *db, GError **error)
{
  SvCheckinService *checkin = sv_fleet_service_get_checkin (app->fleet);
  checkin->interval_s = app->options->report_every_s;
  app->agents = (SvAgentService){.writer = checkin->writer,
                                 .lifetime_s = app->options->agent_life_s,
                                 .quarantined = on_quarantined,
                                 .user_data = app};
  return sv_authority_load (db, sv_time_now (), &app->agents.ca, error);
}

SvApp *
sv_app_new (const SvOptions *options, GError **error)
{
  g_autoptr (SvApp) app = g_new0 (SvApp, 1);
  g_autofree char *run = sv_id_new ();
  app->options = options;
  app->started_us = sv_time_now ();
  app->metrics = sv_metrics_new (sv_route_tables, sv_n_route_tables);
  app->lines = sv_rate_new (&line_rate);
  app->events = sv_event_stream_new (run);
  char *openapi = sv_routes_write_openapi ();
  app->openapi = g_bytes_new_take (openapi, strlen (openapi));
  g_autoptr (SvDb) db = sv_db_open (options->store, error);
  if (db == NULL)
    return NULL;
  app->engine = sv_db_get_engine (db);
  app->access = sv_access_new (options->store);
  app->fleet = sv_fleet_service_new (options->store, error);
  return app->fleet != NULL && start_agents (app, db, error) ? g_steal_pointer (&app) : NULL;
}

void
sv_app_free (SvApp *app)
{
  sv_fleet_service_free (app->fleet);
  sv_access_free (app->access);
  sv_identity_clear (&app->agents.ca);
  sv_event_stream_free (app->events);
  sv_metrics_free (app->metrics);
  sv_rate_free (app->lines);
  g_bytes_unref (app->openapi);
  g_free (app);
}

SvRouterHooks
sv_app_get_hooks (SvApp *app)
{
  return (SvRouterHooks){.user_data = app,
                         .authorize = authorize,
                         .open_store = open_store,
                         .find_service = find_service,
                         .observe = observe};
}

static gboolean
keep_offer (SvDb *db, SvAuditEntry *entry, gpointer secret, GError **error)
{
  sv_audit_say (entry, "setup.offer", NULL, NULL);
  return sv_setup_offer (db, secret, entry->at_us, error);
}

char *
sv_app_offer_setup (const SvOptions *options, GError **error)
{
  g_autofree char *secret = sv_token_new ("setup");
  g_autoptr (SvDb) db = sv_db_open (options->store, error);
  g_autoptr (SvAuditEntry) entry = sv_record_new (&sv_audit_entry_type);
  entry->at_us = sv_time_now ();
  entry->actor_kind = SV_ACTOR_MACHINE;
  return db != NULL && sv_audit_perform (db, entry, keep_offer, secret, error)
             ? g_steal_pointer (&secret)
             : NULL;
}

/* The secret stands behind '#': browsers send it to no server, so that no log holds it. */
char *
sv_app_format_setup_link (const SvOptions *options, guint port, const char *secret)
{
  gboolean v6 = strchr (options->host, ':') != NULL;
  gboolean tls = options->tls_cert != NULL || sv_options_wants_own_tls (options, options->host);
  return g_strdup_printf ("%s://%s%s%s:%u/setup#%s", tls ? "https" : "http", v6 ? "[" : "",
                          options->host, v6 ? "]" : "", port, secret);
}
