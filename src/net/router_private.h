/* The inside of the router. Private to this room. */
#pragma once

#include "net/router.h"

/* One segment of paths, and what follows it. */
typedef struct SvRouteNode SvRouteNode;
struct SvRouteNode {
  GHashTable *named;   /* by segment; NULL: none */
  SvRouteNode *filled; /* behind a parameter; NULL: none */
  const SvRoute *routes[SV_N_METHODS];
};

struct SvRouter {
  SvRouterHooks hooks;
  SvRouteNode *root;
  GMutex lock;
  GHashTable *stores; /* SvDb by thread */
};

/* The node of a path, or NULL. @segments: decoded. */
const SvRouteNode *sv_router_find (const SvRouter *router, const GPtrArray *segments);

/* dispatch.c: the hooks of the server; @user_data is the router. */
void sv_dispatch_head (SvRequest *request, gpointer user_data);
void sv_dispatch_whole (SvRequest *request, gpointer user_data);
gboolean sv_dispatch_goes_on (SvRequest *request, gpointer user_data);
void sv_dispatch_done (SvRequest *request, gpointer user_data);

/* The store of the calling thread. */
SvDb *sv_router_get_store (SvRouter *router, GError **error);
/* The next call of this thread opens another one. */
void sv_router_drop_store (SvRouter *router);
