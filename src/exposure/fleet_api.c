#include "exposure/fleet_api.h"

#include "exposure/store_claims.h"

/* Before the first match nobody knows anything: that is no empty list. */
static SvFleet *
find_fleet (const SvCall *call, GError **error)
{
  SvFleet *fleet = sv_call_get_service (call, SV_SERVICE_FLEET);
  if (sv_fleet_is_matched (fleet))
    return fleet;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_BUSY,
                       "the fleet is being matched for the first time: ask again in a moment");
  return NULL;
}

/* --- the fleet --- */

static gboolean
get_fleet (SvCall *call, GError **error)
{
  SvFleetState *state = sv_record_new (&sv_fleet_state_type);
  sv_fleet_get_state (sv_call_get_service (call, SV_SERVICE_FLEET), state);
  return sv_call_answer (call, state);
}

/* --- vulnerabilities --- */

static const SvParam list_params[] = {SV_PARAM_LIMIT, SV_PARAM_CURSOR};

static gboolean
list_flaws (SvCall *call, GError **error)
{
  SvFleet *fleet = find_fleet (call, error);
  if (fleet == NULL)
    return FALSE;
  guint limit = (guint)sv_call_get_query_int64 (call, "limit");
  guint64 total;
  GPtrArray *flaws =
      sv_fleet_list_flaws (fleet, sv_call_find_query (call, "cursor"), limit + 1, &total);
  g_autofree char *next = NULL;
  if (flaws->len > limit) {
    sv_record_free (&sv_fleet_flaw_type, flaws->pdata[limit]);
    g_ptr_array_set_size (flaws, (gint)limit);
    next = g_strdup (((SvFleetFlaw *)flaws->pdata[limit - 1])->vulnerability);
  }
  return sv_call_answer_list (call, flaws, next, (gint64)total);
}

static const SvParam flaw_params[] = {
    {.name = "vulnerability",
     .type = SV_TYPE_STRING,
     .max = SV_LIMIT_NAME_BYTES,
     .doc = "CVE id, or the advisory's own."},
};

static gboolean
get_flaw (SvCall *call, GError **error)
{
  SvFleet *fleet = find_fleet (call, error);
  SvFleetFlaw *flaw =
      fleet != NULL
          ? sv_fleet_load_flaw (fleet, sv_call_get_path_param (call, "vulnerability"), error)
          : NULL;
  return flaw != NULL && sv_call_answer (call, flaw);
}

static const SvParam flaw_hosts_params[] = {
    SV_PARAM_LIMIT,
    SV_PARAM_CURSOR,
    {.name = "vulnerability",
     .type = SV_TYPE_STRING,
     .max = SV_LIMIT_NAME_BYTES,
     .doc = "CVE id, or the advisory's own."},
};

static GPtrArray *
load_hosts (SvDb *db, const GPtrArray *ids, GError **error)
{
  g_autoptr (GPtrArray) hosts = g_ptr_array_new_with_free_func ((GDestroyNotify)sv_host_free);
  for (guint i = 0; i < ids->len; i++) {
    SvHost *host = sv_host_load (db, ids->pdata[i], error);
    if (host == NULL)
      return NULL;
    g_ptr_array_add (hosts, host);
  }
  g_ptr_array_set_free_func (hosts, NULL);
  return g_steal_pointer (&hosts);
}

static gboolean
list_flaw_hosts (SvCall *call, GError **error)
{
  SvFleet *fleet = find_fleet (call, error);
  SvDb *db = fleet != NULL ? sv_call_get_store (call, error) : NULL;
  g_autoptr (GPtrArray) ids = NULL;
  g_autofree char *next = NULL;
  guint64 total;
  if (db == NULL || !sv_fleet_list_hosts (fleet, sv_call_get_path_param (call, "vulnerability"),
                                          sv_call_find_query (call, "cursor"),
                                          (guint)sv_call_get_query_int64 (call, "limit"), &ids,
                                          &next, &total, error))
    return FALSE;
  GPtrArray *hosts = load_hosts (db, ids, error);
  return hosts != NULL && sv_call_answer_list (call, hosts, next, (gint64)total);
}

/* --- one host, with every reason --- */

static const SvParam finding_params[] = {
    SV_PARAM_LIMIT,
    SV_PARAM_CURSOR,
    {.name = "host", .type = SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES, .doc = "Id of the host."},
};

static GPtrArray *
assess_host (SvCall *call, SvDb *db, GError **error)
{
  g_autoptr (SvInventory) inventory =
      sv_host_load_inventory (sv_call_get_service (call, SV_SERVICE_DICTIONARY), db,
                              sv_call_get_path_param (call, "host"), error);
  g_autoptr (SvStoreClaims) claims = inventory != NULL ? sv_store_claims_new (db, error) : NULL;
  if (claims == NULL)
    return NULL;
  const SvClaimSource source = sv_store_claims_get (claims);
  const SvAssessment assessment = {.inventory = inventory, .claims = &source, .n_claims = 1};
  GPtrArray *findings = NULL;
  return sv_exposure_assess (&assessment, &findings, error) ? findings : NULL;
}

/* The page of @all that begins at number @first; what is not on it is freed. */
static GPtrArray *
cut_page (GPtrArray *all, guint first, guint limit)
{
  GPtrArray *page = g_ptr_array_new ();
  for (guint i = first; i < all->len && page->len < limit; i++)
    g_ptr_array_add (page, g_steal_pointer (&all->pdata[i]));
  g_ptr_array_unref (all);
  return page;
}

/* A cursor is the number of findings before its page. */
static gboolean
read_first (const SvCall *call, guint *ret_first, GError **error)
{
  const char *cursor = sv_call_find_query (call, "cursor");
  gint64 first = 0;
  if (cursor != NULL &&
      (!sv_text_parse_int64 (cursor, &first, NULL) || first < 0 || first > G_MAXINT32))
    return sv_error_set_invalid (error, "no cursor of this list:", cursor);
  *ret_first = (guint)first;
  return TRUE;
}

static gboolean
list_findings (SvCall *call, GError **error)
{
  guint first = 0, limit = (guint)sv_call_get_query_int64 (call, "limit");
  SvDb *db = sv_call_get_store (call, error);
  if (db == NULL || !read_first (call, &first, error))
    return FALSE;
  g_autoptr (SvTx) tx = sv_db_begin_read (db, error); /* host and feeds of one moment */
  GPtrArray *findings = tx != NULL ? assess_host (call, db, error) : NULL;
  if (findings == NULL)
    return FALSE;
  guint total = findings->len;
  g_autofree char *next = first + limit < total ? g_strdup_printf ("%u", first + limit) : NULL;
  return sv_call_answer_list (call, cut_page (findings, first, limit), next, total);
}

static const SvError not_there[] = {SV_ERROR_NOT_FOUND, SV_ERROR_BUSY};
static const SvError not_yet[] = {SV_ERROR_BUSY};
static const SvError moved[] = {SV_ERROR_NOT_FOUND, SV_ERROR_CONFLICT, SV_ERROR_INVALID_DATA,
                                SV_ERROR_BUSY};
static const SvError no_host[] = {SV_ERROR_NOT_FOUND, SV_ERROR_INVALID_DATA};

#define TAG .tag = "Exposure"
static const SvRoute routes[] = {
    {SV_METHOD_GET, "/api/v1/fleet", "finding:read", "How much of the fleet is judged, and when",
     TAG, .response = &sv_fleet_state_type, .handle = get_fleet},
    {SV_METHOD_GET, "/api/v1/vulnerabilities", "finding:read",
     "Vulnerabilities that hosts have, with how many", TAG, SV_ROUTE_PARAMS (list_params),
     .response = &sv_fleet_flaw_type, .flags = SV_ROUTE_LIST, SV_ROUTE_ERRORS (not_yet),
     .handle = list_flaws},
    {SV_METHOD_GET, "/api/v1/vulnerabilities/{vulnerability}", "finding:read",
     "One vulnerability over the whole fleet", TAG, SV_ROUTE_PARAMS (flaw_params),
     .response = &sv_fleet_flaw_type, SV_ROUTE_ERRORS (not_there), .handle = get_flaw},
    {SV_METHOD_GET, "/api/v1/vulnerabilities/{vulnerability}/hosts", "finding:read",
     "Hosts that a vulnerability affects, in code that can run", TAG,
     SV_ROUTE_PARAMS (flaw_hosts_params), .response = &sv_host_type, .flags = SV_ROUTE_LIST,
     SV_ROUTE_ERRORS (moved), .handle = list_flaw_hosts},
    {SV_METHOD_GET, "/api/v1/hosts/{host}/findings", "finding:read",
     "What one host is affected by, each with every reason", TAG, SV_ROUTE_PARAMS (finding_params),
     .response = &sv_finding_type, .flags = SV_ROUTE_LIST, SV_ROUTE_ERRORS (no_host),
     .handle = list_findings},
};
const SvRouteTable sv_fleet_routes = {routes, G_N_ELEMENTS (routes),
                                      "Who is affected, and why one says so."};
