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
  if (!app->options->insecure_no_login || !comes_from_here (call))
    return sv_access_authorize (app->access, call, route, error);
  sv_call_set_principal (call, sv_principal_new (SV_ACTOR_MACHINE, NULL, name), free_principal,
                         name);
  return TRUE;
}

static gpointer
find_room (gpointer user_data, const char *room)
{
  const SvApp *app = user_data;
  return strcmp (room, "access") == 0 ? app->access : NULL;
}

static SvDb *
open_store (gpointer user_data, GError **error)
{
  const SvApp *app = user_data;
  return sv_db_open (app->options->store, error);
}

static const char *
or_dash (const char *text)
{
  return text != NULL ? text : "-";
}

static void
observe (gpointer user_data, SvCall *call, const SvRoute *route, gint64 duration_us)
{
  const SvApp *app = user_data;
  guint status = sv_call_get_status (call);
  sv_metrics_observe (app->metrics, route, status, duration_us);
  if (!app->options->debug)
    return;
  sv_log (SV_LOG_DEBUG,
          "request id=%s from=%s who=%s certificate=%s method=%s path=%s route=%s status=%u "
          "ms=%" G_GINT64_FORMAT ".%03d",
          sv_call_get_request_id (call), sv_call_get_remote_address (call),
          or_dash (sv_call_get_principal_name (call)), or_dash (sv_call_find_certificate (call)),
          sv_call_get_method (call), or_dash (sv_call_get_path (call)),
          route != NULL ? route->path : "-", status, duration_us / 1000, (int)(duration_us % 1000));
}

SvApp *
sv_app_new (const SvOptions *options, GError **error)
{
  g_autoptr (SvApp) app = g_new0 (SvApp, 1);
  g_autofree char *run = sv_id_new ();
  app->options = options;
  app->started_us = sv_time_now ();
  app->metrics = sv_metrics_new (sv_route_tables, sv_n_route_tables);
  app->events = sv_event_stream_new (run);
  char *openapi = sv_routes_write_openapi ();
  app->openapi = g_bytes_new_take (openapi, strlen (openapi));
  g_autoptr (SvDb) db = sv_db_open (options->store, error);
  if (db == NULL)
    return NULL;
  app->engine = sv_db_get_engine (db);
  app->access = sv_access_new (options->store, options->tls_cert != NULL || options->behind_proxy);
  return g_steal_pointer (&app);
}

void
sv_app_free (SvApp *app)
{
  sv_access_free (app->access);
  sv_event_stream_free (app->events);
  sv_metrics_free (app->metrics);
  g_bytes_unref (app->openapi);
  g_free (app);
}

SvRouterHooks
sv_app_get_hooks (SvApp *app)
{
  return (SvRouterHooks){.user_data = app,
                         .authorize = authorize,
                         .open_store = open_store,
                         .find_room = find_room,
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
  return g_strdup_printf ("%s://%s%s%s:%u/setup#%s", options->tls_cert != NULL ? "https" : "http",
                          v6 ? "[" : "", options->host, v6 ? "]" : "", port, secret);
}
