#include "inventory/host_api.h"

#include "inventory/arrival.h"
#include "access/access.h"
#include "inventory/agent_store.h"
#include "inventory/checkin.h"
#include "inventory/system_api.h"

/* --- lists --- */

static const char *const reboot_words[] = {"needed", "not-needed", "unknown", NULL};

static const SvParam list_params[] = {
    SV_PARAM_LIMIT,
    SV_PARAM_CURSOR,
    SV_PARAM_SYSTEM,
    SV_PARAM_LINE_OF_BUSINESS,
    {.name = "distro",
     .type = SV_TYPE_STRING,
     .max = SV_LIMIT_NAME_BYTES,
     .doc = "Only hosts of this distribution and release, debian:12."},
    {.name = "name",
     .type = SV_TYPE_STRING,
     .max = SV_LIMIT_NAME_BYTES,
     .doc = "Only hosts whose name begins so."},
    {.name = "reboot",
     .type = SV_TYPE_ENUM,
     .values = reboot_words,
     .doc = "Only hosts of which this is known about a reboot."},
    {.name = "seen_after", .type = SV_TYPE_INSTANT, .doc = "Only hosts that reported later."},
    {.name = "seen_before",
     .type = SV_TYPE_INSTANT,
     .doc = "Only hosts that last reported earlier: stale ones."},
    {.name = "silent_audits",
     .type = SV_TYPE_INT64,
     .max = G_MAXINT32,
     .doc = "Only hosts that so many inventory audits, the last among them, found absent, and that "
            "did not report since."},
};

static SvHostFilter
read_filter (const SvCall *call)
{
  gint reboot = sv_call_get_query_enum (call, "reboot");
  return (SvHostFilter){.reach = sv_access_find_reach (call),
                        .line_of_business = sv_call_find_query (call, "line_of_business"),
                        .distro = sv_call_find_query (call, "distro"),
                        .name = sv_call_find_query (call, "name"),
                        .reboot = reboot >= 0 ? reboot_words[reboot] : NULL,
                        .seen_after_us = sv_call_get_query_int64 (call, "seen_after"),
                        .seen_before_us = sv_call_get_query_int64 (call, "seen_before"),
                        .silent_audits = sv_call_get_query_int64 (call, "silent_audits")};
}

static gboolean
list_hosts (SvCall *call, GError **error)
{
  SvHostFilter filter = read_filter (call);
  g_autoptr (SvTx) tx = NULL;
  SvDb *db = sv_call_begin_read (call, &tx, error);
  gint64 total;
  g_autofree char *next = NULL, *system = NULL;
  if (db == NULL || !sv_system_find_asked (call, db, &system, error))
    return FALSE;
  filter.system = system;
  if (!sv_host_count (db, &filter, &total, error))
    return FALSE;
  GPtrArray *hosts = sv_host_list (db, &filter, sv_call_find_query (call, "cursor"),
                                   sv_call_get_query_int64 (call, "limit"), &next, error);
  return hosts != NULL && sv_call_answer_list (call, hosts, next, total);
}

/* --- one host --- */

static const SvParam host_params[] = {
    {.name = "host", .type = SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES, .doc = "Id of the host."},
};

static gboolean
get_host (SvCall *call, GError **error)
{
  SvDb *db = sv_call_get_store (call, error);
  const char *id = sv_call_get_path_param (call, "host");
  SvHost *host = db != NULL ? sv_host_load (db, id, sv_access_find_reach (call), error) : NULL;
  return host != NULL && sv_call_answer (call, host);
}

static gboolean
get_inventory (SvCall *call, GError **error)
{
  const SvCheckinService *service = sv_call_get_service (call, SV_SERVICE_CHECKIN);
  SvDb *db = sv_call_get_store (call, error);
  const char *id = sv_call_get_path_param (call, "host");
  g_autoptr (SvTx) tx = db != NULL ? sv_db_begin_read (db, error) : NULL; /* host and set agree */
  g_autoptr (SvHost) host =
      tx != NULL ? sv_host_load (db, id, sv_access_find_reach (call), error) : NULL;
  SvInventory *inventory =
      host != NULL ? sv_host_load_inventory (service->dictionary, db, id, error) : NULL;
  return inventory != NULL && sv_call_answer (call, inventory);
}

/* Its agent, if it has one, is let in no more: what comes back enrols as another host. */
static gboolean
retire (SvDb *db, SvDeed *deed, SvAuditEntry *entry, GError **error)
{
  const char *id = sv_deed_get_path_param (deed, "host");
  g_autoptr (SvHost) host = sv_host_load (db, id, NULL, error);
  if (host == NULL)
    return FALSE;
  sv_audit_say (entry, "host.retire", id, SV_AUDIT_FACTS ({"hostname", host->hostname}));
  g_autoptr (GError) cause = NULL;
  if (!sv_agent_revoke (db, id, deed->now_us, &cause) && !sv_error_is (cause, SV_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return FALSE;
  }
  return sv_host_retire (db, id, deed->now_us, error);
}

static gboolean
delete_host (SvCall *call, GError **error)
{
  return sv_deed_defer (call, retire, error);
}

/* --- reports --- */

static gboolean
put_report (SvCall *call, GError **error)
{
  return sv_arrival_take (call, sv_call_get_path_param (call, "host"), NULL);
}

#define TAG .tag = "Hosts"

static const SvError report_errors[] = {SV_ERROR_CONFLICT, SV_ERROR_INVALID_DATA, SV_ERROR_LIMIT,
                                        SV_ERROR_BUSY};
static const SvError missing[] = {SV_ERROR_NOT_FOUND};
static const SvError bad_filter[] = {SV_ERROR_NOT_FOUND, SV_ERROR_INVALID_DATA};

static const SvRoute routes[] = {
    {SV_METHOD_GET, "/api/v1/hosts", "host:read", "Hosts that report, by name", TAG,
     SV_ROUTE_PARAMS (list_params), .response = &sv_host_type,
     .flags = SV_ROUTE_LIST | SV_ROUTE_PART, SV_ROUTE_ERRORS (bad_filter), .handle = list_hosts},
    {SV_METHOD_GET, "/api/v1/hosts/{host}", "host:read", "One host", TAG,
     SV_ROUTE_PARAMS (host_params), .response = &sv_host_type, .flags = SV_ROUTE_PART,
     SV_ROUTE_ERRORS (missing), .handle = get_host},
    {SV_METHOD_DELETE, "/api/v1/hosts/{host}", "host:write",
     "Retires a host: it is gone for good, and its agent is let in no more", TAG,
     SV_ROUTE_PARAMS (host_params), SV_ROUTE_ERRORS (missing), .handle = delete_host},
    {SV_METHOD_GET, "/api/v1/hosts/{host}/inventory", "host:read",
     "All that a host reported of itself", TAG, SV_ROUTE_PARAMS (host_params),
     .response = &sv_inventory_type, .flags = SV_ROUTE_PART, SV_ROUTE_ERRORS (missing),
     .handle = get_inventory},
    {SV_METHOD_PUT, "/api/v1/hosts/{host}/report", "host:write",
     "Takes in a report for a host that has no agent", TAG, SV_ROUTE_PARAMS (host_params),
     .request = &sv_checkin_type, .response = &sv_checkin_answer_type,
     .max_body_bytes = SV_LIMIT_REPORT_BYTES, .flags = SV_ROUTE_TOLERANT,
     SV_ROUTE_ERRORS (report_errors), .handle = put_report},
};
const SvRouteTable sv_host_routes = {routes, G_N_ELEMENTS (routes),
                                     "What runs where, as hosts report it."};
