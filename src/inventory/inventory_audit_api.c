#include "inventory/inventory_audit_api.h"

#include "access/access.h"

/* --- running one --- */

typedef struct {
  gint64 within_s;
} Wish;

#define USUAL_WITHIN_S (7 * 86400)

static const SvField wish_fields[] = {
    SV_FIELD (Wish, within_s, SV_TYPE_INT64,
              .doc = "Seconds within which a host must have reported to be present; 604800, a "
                     "week, if it is 0 or left out."),
};
static SV_RECORD_TYPE (wish_type, Wish, "InventoryAuditWish", wish_fields,
                       "What an inventory audit is to count.");

static gboolean
find_span (const Wish *wish, gint64 *ret_within_s, GError **error)
{
  *ret_within_s = wish->within_s != 0 ? wish->within_s : USUAL_WITHIN_S;
  if (*ret_within_s >= SV_LIMIT_AUDIT_MIN_S && *ret_within_s <= SV_LIMIT_AUDIT_MAX_S)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "within_s: from %d to %d", SV_LIMIT_AUDIT_MIN_S,
               SV_LIMIT_AUDIT_MAX_S);
  return FALSE;
}

static gboolean
count_hosts (SvDb *db, SvDeed *deed, SvAuditEntry *entry, GError **error)
{
  gint64 within_s;
  if (!find_span (deed->body, &within_s, error))
    return FALSE;
  SvInventoryAudit *audit = sv_inventory_audit_run (db, within_s, deed->now_us, error);
  deed->answer = audit;
  if (audit == NULL)
    return FALSE;
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, audit->id);
  g_autofree char *hosts = g_strdup_printf ("%" G_GINT64_FORMAT, audit->hosts);
  deed->location = g_strconcat ("/api/v1/inventory-audits/", id, NULL);
  sv_audit_say (entry, "inventory.audit", id, SV_AUDIT_FACTS ({"hosts", hosts}));
  return TRUE;
}

static gboolean
run_audit (SvCall *call, GError **error)
{
  return sv_deed_defer (call, count_hosts, error);
}

/* --- lists --- */

static const SvParam list_params[] = {SV_PARAM_LIMIT, SV_PARAM_CURSOR};

static gboolean
list_audits (SvCall *call, GError **error)
{
  g_autoptr (SvTx) tx = NULL;
  SvDb *db = sv_call_begin_read (call, &tx, error);
  gint64 total;
  g_autofree char *next = NULL;
  if (db == NULL || !sv_inventory_audit_count (db, &total, error))
    return FALSE;
  GPtrArray *audits =
      sv_inventory_audit_list (db, sv_call_find_query (call, "cursor"),
                               sv_call_get_query_int64 (call, "limit"), &next, error);
  return audits != NULL && sv_call_answer_list (call, audits, next, total);
}

#define AUDIT_PARAM                                                                                \
  {                                                                                                \
    .name = "audit", .type = SV_TYPE_INT64, .doc = "Number of the audit."                          \
  }

static const SvParam audit_params[] = {AUDIT_PARAM};

/* NULL with SV_ERROR_NOT_FOUND also for what is no number. */
static SvInventoryAudit *
load_audit (const SvCall *call, SvDb *db, GError **error)
{
  gint64 id = 0;
  (void)sv_text_parse_int64 (sv_call_get_path_param (call, "audit"), &id, NULL);
  return sv_inventory_audit_load (db, id, error);
}

static gboolean
get_audit (SvCall *call, GError **error)
{
  SvDb *db = sv_call_get_store (call, error);
  SvInventoryAudit *audit = db != NULL ? load_audit (call, db, error) : NULL;
  return audit != NULL && sv_call_answer (call, audit);
}

static const SvParam host_params[] = {
    SV_PARAM_LIMIT,
    SV_PARAM_CURSOR,
    AUDIT_PARAM,
    {.name = "kind",
     .type = SV_TYPE_ENUM,
     .values = sv_audited_kind_names,
     .doc = "Only hosts that differ in this way."},
};

static gboolean
list_hosts (SvCall *call, GError **error)
{
  gint kind = sv_call_get_query_enum (call, "kind");
  g_autoptr (SvTx) tx = NULL;
  SvDb *db = sv_call_begin_read (call, &tx, error);
  g_autoptr (SvInventoryAudit) audit = db != NULL ? load_audit (call, db, error) : NULL;
  if (audit == NULL)
    return FALSE;
  const SvAuditedFilter filter = {.audit = audit->id,
                                  .kind = kind >= 0 ? sv_audited_kind_names[kind] : NULL,
                                  .reach = sv_access_find_reach (call)};
  gint64 total;
  g_autofree char *next = NULL;
  if (!sv_audited_host_count (db, &filter, &total, error))
    return FALSE;
  GPtrArray *hosts = sv_audited_host_list (db, &filter, sv_call_find_query (call, "cursor"),
                                           sv_call_get_query_int64 (call, "limit"), &next, error);
  return hosts != NULL && sv_call_answer_list (call, hosts, next, total);
}

/* --- the table --- */

#define TAG .tag = "Inventory audits"
static const SvError missing[] = {SV_ERROR_NOT_FOUND};
static const SvError busy[] = {SV_ERROR_BUSY};
static const SvError bad_cursor[] = {SV_ERROR_INVALID_DATA};

static const SvRoute routes[] = {
    {SV_METHOD_GET, "/api/v1/inventory-audits", "host:read",
     "Counts of the hosts that were present, the last first", TAG, SV_ROUTE_PARAMS (list_params),
     .response = &sv_inventory_audit_type, .flags = SV_ROUTE_LIST, SV_ROUTE_ERRORS (bad_cursor),
     .handle = list_audits},
    {SV_METHOD_POST, "/api/v1/inventory-audits", "host:write",
     "Counts the hosts that are present, and says what changed since the count before", TAG,
     .request = &wish_type, .response = &sv_inventory_audit_type, .flags = SV_ROUTE_CREATES,
     SV_ROUTE_ERRORS (busy), .handle = run_audit},
    {SV_METHOD_GET, "/api/v1/inventory-audits/{audit}", "host:read", "One such count", TAG,
     SV_ROUTE_PARAMS (audit_params), .response = &sv_inventory_audit_type,
     SV_ROUTE_ERRORS (missing), .handle = get_audit},
    {SV_METHOD_GET, "/api/v1/inventory-audits/{audit}/hosts", "host:read",
     "Hosts by which a count differs from the one before", TAG, SV_ROUTE_PARAMS (host_params),
     .response = &sv_audited_host_type, .flags = SV_ROUTE_LIST | SV_ROUTE_PART,
     SV_ROUTE_ERRORS (missing), .handle = list_hosts},
};
const SvRouteTable sv_inventory_audit_routes = {
    routes, G_N_ELEMENTS (routes), "How many hosts are present, and how that came about."};
