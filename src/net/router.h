/* The one dispatcher: finds the row, denies by default, checks what comes in, runs the handler,
 * writes the answer. */
#pragma once

#include "net/call.h"
#include "net/server.h"

typedef struct SvRouter SvRouter;

/* What the program brings. All are called on worker threads. */
typedef struct {
  gpointer user_data; /* for the hooks, and for handlers: sv_call_get_context() */
  /**
   * Decides whether @call may use @route, whose permission is not public; sets the principal
   * (sv_call_set_principal). SV_ERROR_UNAUTHENTICATED or SV_ERROR_DENIED otherwise. It sees the
   * head and the path parameters: neither query nor body have been looked at. For a stream of
   * events it is asked again and again (sv_call_is_again). NULL: nothing but
   * what is public is allowed.
   */
  gboolean (*authorize) (gpointer user_data, SvCall *call, const SvRoute *route, GError **error);
  /* Opens a store for the calling thread; NULL: there is none. */
  SvDb *(*open_store) (gpointer user_data, GError **error);
  /* What rooms work with besides the store, by a name that the room defines; NULL: there is no such
   * thing. Lent to handlers for as long as the router lives. */
  gpointer (*find_service) (gpointer user_data, const char *name);
  /* Wall clock; NULL: the machine's. */
  gint64 (*now) (gpointer user_data);
  /* After each request: @route is NULL where none was found. For logs and metrics. */
  void (*observe) (gpointer user_data, SvCall *call, const SvRoute *route, gint64 duration_us);
} SvRouterHooks;

/**
 * sv_router_new:
 * @tables: lent for as long as the router lives
 *
 * Errors: SV_ERROR_USAGE if a row does not make sense (sv_route_check) or two rows are the same
 * operation: the program must not start.
 */
SvRouter *sv_router_new (const SvRouteTable *const *tables, gsize n_tables,
                         const SvRouterHooks *hooks, GError **error);
/* After the server is stopped. */
void sv_router_free (SvRouter *router);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvRouter, sv_router_free)

/* For sv_server_new(). */
SvServerHooks sv_router_get_hooks (SvRouter *router);
