#include "net/router_private.h"

static void
node_free (gpointer data)
{
  SvRouteNode *node = data;
  if (node == NULL)
    return;
  g_clear_pointer (&node->named, g_hash_table_unref);
  node_free (node->filled);
  g_free (node);
}

/* A segment with a name of its own goes before a parameter, whatever the order of the tables. */
const SvRouteNode *
sv_router_find (const SvRouter *router, const GPtrArray *segments)
{
  const SvRouteNode *node = router->root;
  for (guint i = 0; node != NULL && i < segments->len; i++) {
    const char *segment = segments->pdata[i];
    const SvRouteNode *named =
        node->named != NULL ? g_hash_table_lookup (node->named, segment) : NULL;
    node = named != NULL ? named : *segment != '\0' ? node->filled : NULL;
  }
  return node;
}

static SvRouteNode *
take_step (SvRouteNode *node, const char *segment)
{
  if (*segment == '{') {
    if (node->filled == NULL)
      node->filled = g_new0 (SvRouteNode, 1);
    return node->filled;
  }
  if (node->named == NULL)
    node->named = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, node_free);
  SvRouteNode *next = g_hash_table_lookup (node->named, segment);
  if (next == NULL) {
    next = g_new0 (SvRouteNode, 1);
    g_hash_table_insert (node->named, g_strdup (segment), next);
  }
  return next;
}

static gboolean
add_route (SvRouter *router, const SvRoute *route, GError **error)
{
  if (!sv_route_check (route, error))
    return FALSE;
  SvRouteNode *node = router->root;
  g_auto (GStrv) segments = g_strsplit (route->path + 1, "/", -1);
  for (char **segment = segments; *segment != NULL; segment++)
    node = take_step (node, *segment);
  const SvRoute *other = node->routes[route->method];
  if (other != NULL) {
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "routes %s %s and %s are the same operation",
                 sv_method_names[route->method], other->path, route->path);
    return FALSE;
  }
  node->routes[route->method] = route;
  return TRUE;
}

SvRouter *
sv_router_new (const SvRouteTable *const *tables, gsize n_tables, const SvRouterHooks *hooks,
               GError **error)
{
  g_autoptr (SvRouter) router = g_new0 (SvRouter, 1);
  router->hooks = *hooks;
  router->root = g_new0 (SvRouteNode, 1);
  g_mutex_init (&router->lock);
  router->stores = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)sv_db_free);
  for (gsize i = 0; i < n_tables; i++)
    for (gsize k = 0; k < tables[i]->n; k++)
      if (!add_route (router, &tables[i]->routes[k], error))
        return NULL;
  return g_steal_pointer (&router);
}

void
sv_router_free (SvRouter *router)
{
  if (router == NULL)
    return;
  node_free (router->root);
  g_hash_table_unref (router->stores);
  g_mutex_clear (&router->lock);
  g_free (router);
}

SvServerHooks
sv_router_get_hooks (SvRouter *router)
{
  return (SvServerHooks){.head = sv_dispatch_head,
                         .whole = sv_dispatch_whole,
                         .goes_on = sv_dispatch_goes_on,
                         .done = sv_dispatch_done,
                         .user_data = router};
}

/* -- Stores by thread -- */

/* A store that is not found must not look as if what was asked for were not. */
static void
fail_store (const GError *cause, GError **error)
{
  g_set_error (error, SV_ERROR, SV_ERROR_UNREACHABLE, "the store cannot be opened: %s",
               cause->message);
}

SvDb *
sv_router_get_store (SvRouter *router, GError **error)
{
  g_mutex_lock (&router->lock);
  SvDb *db = g_hash_table_lookup (router->stores, g_thread_self ());
  g_mutex_unlock (&router->lock);
  if (db != NULL)
    return db;
  if (router->hooks.open_store == NULL) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_UNSUPPORTED, "there is no store");
    return NULL;
  }
  g_autoptr (GError) cause = NULL;
  db = router->hooks.open_store (router->hooks.user_data, &cause);
  if (db == NULL) {
    fail_store (cause, error);
    return NULL;
  }
  g_mutex_lock (&router->lock);
  g_hash_table_insert (router->stores, g_thread_self (), db);
  g_mutex_unlock (&router->lock);
  return db;
}

void
sv_router_drop_store (SvRouter *router)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&router->lock);
  g_hash_table_remove (router->stores, g_thread_self ());
}
