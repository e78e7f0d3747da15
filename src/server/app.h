/* What the parts of the server share. */
#pragma once

#include "server/fleet_service.h"
#include "server/metrics.h"
#include "server/options.h"

#include "access/access.h"

typedef struct {
  const SvOptions *options;
  SvMetrics *metrics;
  SvRate *lines; /* of the log on what was refused, and what failed */
  SvEventStream *events;
  SvFleetService *fleet;
  SvAccess *access;
  SvAgentService agents;
  GBytes *openapi;
  gint64 started_us;
  const char *engine;     /* of the store */
  gboolean writer_failed; /* and it was said */
  SvServer *server;       /* set once it listens; read and set as a pointer in one step */
} SvApp;

/* @options must outlive it. Opens the store once, so that its schema is up to date. */
SvApp *sv_app_new (const SvOptions *options, GError **error);
void sv_app_free (SvApp *app);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvApp, sv_app_free)

/* Says once that writes are not taken, and once that they are again. Main thread, now and then. */
void sv_app_watch_writer (SvApp *app);

/* The hooks of the router; their user_data is the app. */
SvRouterHooks sv_app_get_hooks (SvApp *app);

/* New string: the secret by which the first person comes in; one made before is good no more.
 * SV_ERROR_EXISTS if there are people. */
char *sv_app_offer_setup (const SvOptions *options, GError **error);
/* New string: the link with it. @port: that of the server. */
char *sv_app_format_setup_link (const SvOptions *options, guint port, const char *secret);

/* Every table of routes of this program. */
extern const SvRouteTable *const sv_route_tables[];
extern const gsize sv_n_route_tables;
char *sv_routes_write_openapi (void);
/* "GET /api/v1/feeds feed:read The sources …", a line for each. */
char *sv_routes_write_list (void);

/* What the program itself answers: health, metrics, its own description, events. */
extern const SvRouteTable sv_status_routes;

/* Looks what changed in the store since the last time and sends it as events. */
typedef struct SvEventSource SvEventSource;
SvEventSource *sv_event_source_new (SvApp *app, GError **error);
void sv_event_source_look (SvEventSource *source);
void sv_event_source_free (SvEventSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvEventSource, sv_event_source_free)

/* Serves until SIGTERM or SIGINT, then finishes what runs. */
gboolean sv_serve (const SvOptions *options, GError **error);
