#include "server/app.h"

#include "advisory/advisory.h"
#include "evidence/evidence.h"
#include "exposure/exposure.h"
#include "inventory/inventory.h"

/* In the order of the document. */
const SvRouteTable *const sv_route_tables[] = {
    &sv_status_routes,          &sv_feed_routes,        &sv_session_routes,  &sv_oidc_routes,
    &sv_account_routes,         &sv_people_routes,      &sv_grant_routes,    &sv_provider_routes,
    &sv_token_routes,           &sv_audit_routes,       &sv_host_routes,     &sv_system_routes,
    &sv_inventory_audit_routes, &sv_cross_check_routes, &sv_baseline_routes, &sv_agent_routes,
    &sv_fleet_routes,           &sv_exposure_day_routes};
const gsize sv_n_route_tables = G_N_ELEMENTS (sv_route_tables);

char *
sv_routes_write_openapi (void)
{
  const SvOpenapiInfo info = {
      .title = "salve",
      .version = SALVE_VERSION,
      .description = "From the first notice of a security flaw to the proven fix. Instants are "
                     "RFC 3339 in UTC, null where not known. Failures are problem documents."};
  return sv_openapi_write (&info, sv_route_tables, sv_n_route_tables);
}

char *
sv_routes_write_list (void)
{
  g_autoptr (GString) out = g_string_new (NULL);
  for (gsize i = 0; i < sv_n_route_tables; i++)
    for (gsize k = 0; k < sv_route_tables[i]->n; k++) {
      const SvRoute *route = &sv_route_tables[i]->routes[k];
      gboolean part = (route->flags & SV_ROUTE_PART) != 0;
      g_autofree char *permission = g_strconcat (route->permission, part ? "+part" : NULL, NULL);
      g_string_append_printf (out, "%-6s %-32s %-16s %s\n", sv_method_names[route->method],
                              route->path, permission, route->summary);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}
