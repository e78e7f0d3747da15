#include "server/app.h"
#include "server/notify.h"
#include "server/tls.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define LOOK_MS 300   /* between two looks for what changed in the store */
#define STOP_MS 20000 /* for requests that run when the server is told to stop */

/* -- Listening -- */

/* Numeric host of an inherited socket. */
static char *
host_of (int fd, GError **error)
{
  struct sockaddr_storage address = {0};
  socklen_t size = sizeof address;
  if (getsockname (fd, (struct sockaddr *)&address, &size) == 0 &&
      (address.ss_family == AF_INET || address.ss_family == AF_INET6))
    return sv_address_format ((struct sockaddr *)&address);
  g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE,
                       "the inherited socket is none of TCP over IPv4 or IPv6");
  return NULL;
}

static SvServer *
listen_on (const SvApp *app, SvRouter *router, GError **error)
{
  const SvOptions *options = app->options;
  g_auto (SvTlsFiles) files = {0};
  int fd = sv_notify_take_socket (error);
  if (fd < 0)
    return NULL;
  g_autofree char *host = fd > 0 ? host_of (fd, error) : g_strdup (options->host);
  if (host == NULL || !sv_options_check_exposure (options, host, error) ||
      !sv_tls_files_load (options, &app->agents.ca, host, &files, error))
    return NULL;
  app->access->secure = files.certificate != NULL || options->behind_proxy;
  const SvServerHooks hooks = sv_router_get_hooks (router);
  const SvServerOptions with = {.host = host,
                                .port = options->port,
                                .socket = fd,
                                .certificate = files.certificate,
                                .key = files.key,
                                .client_ca = files.client_ca,
                                .behind_proxy = options->behind_proxy};
  SvServer *server = sv_server_new (&with, &hooks, error);
  if (server != NULL)
    sv_log (SV_LOG_INFO, "listening on %s port %u, %s", host, sv_server_get_port (server),
            sv_server_is_tls (server) ? "TLS" : "plain HTTP");
  return server;
}

/* @ret_secret: (nullable): nothing where nobody needs it. */
static gboolean
offer_setup (const SvOptions *options, char **ret_secret, GError **error)
{
  g_autoptr (GError) cause = NULL;
  *ret_secret = options->insecure_no_login ? NULL : sv_app_offer_setup (options, &cause);
  if (cause == NULL || sv_error_is (cause, SV_ERROR_EXISTS))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

/* Once, where the one who starts the server reads it: nobody else may become the first person. */
static void
say_who_may (const SvOptions *options, guint port, const char *secret)
{
  g_autofree char *link = secret != NULL ? sv_app_format_setup_link (options, port, secret) : NULL;
  if (options->insecure_no_login)
    sv_log (SV_LOG_WARNING, "everybody on this machine may do everything: --insecure-no-login");
  else if (link != NULL)
    sv_log (SV_LOG_WARNING, "nobody can log in yet; good for a day: %s", link);
}

/* -- The main loop -- */

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_look (gpointer source)
{
  sv_event_source_look (source);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_watchdog (gpointer unused)
{
  sv_notify_alive ();
  return G_SOURCE_CONTINUE;
}

/* Before anybody can be told that it listens: a signal that comes early ends it as well as others.
 */
static GMainLoop *
new_loop (void)
{
  GMainLoop *loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_unix_signal_add (SIGINT, on_signal, loop);
  return loop;
}

static void
run_until_told (GMainLoop *loop, SvEventSource *source)
{
  guint watchdog_ms = sv_notify_get_watchdog_ms ();
  g_timeout_add (LOOK_MS, on_look, source);
  if (watchdog_ms > 0)
    g_timeout_add (watchdog_ms, on_watchdog, NULL);
  sv_event_source_look (source);
  sv_notify_ready ("answering requests");
  g_main_loop_run (loop);
}

/* Each connection takes a descriptor; what the administrator allows is taken whole. */
static void
raise_descriptor_limit (void)
{
  struct rlimit limit;
  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
    return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

gboolean
sv_serve (const SvOptions *options, GError **error)
{
  raise_descriptor_limit ();
  if (signal (SIGPIPE, SIG_IGN) == SIG_ERR)
    return sv_error_set_errno (error, errno, "ignore", "SIGPIPE");
  g_autoptr (GMainLoop) loop = new_loop ();
  g_autoptr (SvApp) app = sv_app_new (options, error);
  g_autofree char *secret = NULL;
  if (app == NULL || !sv_access_check_routes (sv_route_tables, sv_n_route_tables, error) ||
      !offer_setup (options, &secret, error))
    return FALSE;
  const SvRouterHooks hooks = sv_app_get_hooks (app);
  g_autoptr (SvEventSource) source = sv_event_source_new (app, error);
  g_autoptr (SvRouter) router =
      source != NULL ? sv_router_new (sv_route_tables, sv_n_route_tables, &hooks, error) : NULL;
  g_autoptr (SvServer) server = router != NULL ? listen_on (app, router, error) : NULL;
  if (server == NULL)
    return FALSE;
  g_atomic_pointer_set (&app->server, server);
  say_who_may (options, sv_server_get_port (server), secret);
  run_until_told (loop, source);
  sv_notify_stopping ();
  if (!sv_server_stop (server, STOP_MS))
    sv_log (SV_LOG_WARNING, "requests were cut: they took longer than %d s", STOP_MS / 1000);
  return TRUE;
}
