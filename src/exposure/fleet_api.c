#include "exposure/fleet_api.h"

#include "access/access.h"
#include "exposure/coverage.h"
#include "exposure/history_load.h"
#include "exposure/store_claims.h"

/* What a call asks of the index. */
typedef struct {
  SvFleet *fleet;
  SvDb *db;
  SvFleetPage page;
  GPtrArray *systems; /* that it is about; NULL: all */
} Asking;

static void
asking_clear (Asking *asking)
{
  g_clear_pointer (&asking->systems, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asking, asking_clear)

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

static gboolean
begin_asking (SvCall *call, Asking *asking, GError **error)
{
  const SvRoute *route = sv_call_get_route (call);
  asking->fleet = find_fleet (call, error);
  asking->db = asking->fleet != NULL ? sv_call_get_store (call, error) : NULL;
  if (asking->db == NULL || !sv_system_list_asked (call, asking->db, &asking->systems, error))
    return FALSE;
  asking->page.filter.systems = asking->systems;
  if ((route->flags & SV_ROUTE_LIST) != 0 && sv_route_find_param (route, "limit") != NULL) {
    asking->page.after = sv_call_find_query (call, "cursor");
    asking->page.limit = (guint)sv_call_get_query_int64 (call, "limit");
  }
  return TRUE;
}

static gboolean
answer_listing (SvCall *call, SvFleetListing *listing)
{
  g_autofree char *next = listing->next;
  return sv_call_answer_list (call, listing->items, next, (gint64)listing->total);
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

static const SvParam list_params[] = {SV_PARAM_LIMIT, SV_PARAM_CURSOR, SV_PARAM_SYSTEM,
                                      SV_PARAM_LINE_OF_BUSINESS};

static gboolean
list_flaws (SvCall *call, GError **error)
{
  g_auto (Asking) asking = {0};
  SvFleetListing listing;
  if (!begin_asking (call, &asking, error))
    return FALSE;
  sv_fleet_list_flaws (asking.fleet, &asking.page, &listing);
  return answer_listing (call, &listing);
}

#define PARAM_VULNERABILITY                                                                        \
  {                                                                                                \
    .name = "vulnerability", .type = SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,                   \
    .doc = "CVE id, or the advisory's own."                                                        \
  }
static const SvParam flaw_params[] = {PARAM_VULNERABILITY, SV_PARAM_SYSTEM,
                                      SV_PARAM_LINE_OF_BUSINESS};
static const SvParam flaw_list_params[] = {SV_PARAM_LIMIT, SV_PARAM_CURSOR, PARAM_VULNERABILITY,
                                           SV_PARAM_SYSTEM, SV_PARAM_LINE_OF_BUSINESS};

static gboolean
get_flaw (SvCall *call, GError **error)
{
  g_auto (Asking) asking = {0};
  if (!begin_asking (call, &asking, error))
    return FALSE;
  SvFleetFlaw *flaw = sv_fleet_load_flaw (
      asking.fleet, sv_call_get_path_param (call, "vulnerability"), &asking.page.filter, error);
  return flaw != NULL && sv_call_answer (call, flaw);
}

static GPtrArray *
load_hosts (SvDb *db, const GPtrArray *ids, GError **error)
{
  g_autoptr (GPtrArray) hosts = g_ptr_array_new_with_free_func ((GDestroyNotify)sv_host_free);
  for (guint i = 0; i < ids->len; i++) {
    SvHost *host = sv_host_load (db, ids->pdata[i], NULL, error);
    if (host == NULL)
      return NULL;
    g_ptr_array_add (hosts, host);
  }
  g_ptr_array_set_free_func (hosts, NULL);
  return g_steal_pointer (&hosts);
}

/* Takes a listing of ids. */
static gboolean
answer_hosts (SvCall *call, const Asking *asking, SvFleetListing *listing, GError **error)
{
  g_autoptr (GPtrArray) ids = listing->items;
  g_autofree char *next = listing->next;
  GPtrArray *hosts = load_hosts (asking->db, ids, error);
  return hosts != NULL && sv_call_answer_list (call, hosts, next, (gint64)listing->total);
}

static gboolean
list_flaw_hosts (SvCall *call, GError **error)
{
  g_auto (Asking) asking = {0};
  SvFleetListing listing;
  return begin_asking (call, &asking, error) &&
         sv_fleet_list_hosts (asking.fleet, sv_call_get_path_param (call, "vulnerability"),
                              &asking.page, &listing, error) &&
         answer_hosts (call, &asking, &listing, error);
}

static gboolean
list_flaw_systems (SvCall *call, GError **error)
{
  g_auto (Asking) asking = {0};
  if (!begin_asking (call, &asking, error))
    return FALSE;
  GPtrArray *shares = sv_fleet_list_shares (
      asking.fleet, sv_call_get_path_param (call, "vulnerability"), &asking.page.filter, error);
  return shares != NULL && sv_call_answer_list (call, shares, NULL, shares->len);
}

/* --- updates --- */

#define PARAM_UPDATE                                                                               \
  {                                                                                                \
    .name = "update", .type = SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,                          \
    .doc = "Release and source package, debian:12/openssl; its slash written as %2F."              \
  }
static const SvParam update_params[] = {PARAM_UPDATE, SV_PARAM_SYSTEM, SV_PARAM_LINE_OF_BUSINESS};
static const SvParam update_list_params[] = {SV_PARAM_LIMIT, SV_PARAM_CURSOR, PARAM_UPDATE,
                                             SV_PARAM_SYSTEM, SV_PARAM_LINE_OF_BUSINESS};

static gboolean
list_updates (SvCall *call, GError **error)
{
  g_auto (Asking) asking = {0};
  SvFleetListing listing;
  if (!begin_asking (call, &asking, error))
    return FALSE;
  sv_fleet_list_updates (asking.fleet, &asking.page, &listing);
  return answer_listing (call, &listing);
}

static gboolean
get_update (SvCall *call, GError **error)
{
  g_auto (Asking) asking = {0};
  if (!begin_asking (call, &asking, error))
    return FALSE;
  SvFleetUpdate *update = sv_fleet_load_update (
      asking.fleet, sv_call_get_path_param (call, "update"), &asking.page.filter, error);
  return update != NULL && sv_call_answer (call, update);
}

static gboolean
list_update_hosts (SvCall *call, GError **error)
{
  g_auto (Asking) asking = {0};
  SvFleetListing listing;
  return begin_asking (call, &asking, error) &&
         sv_fleet_list_update_hosts (asking.fleet, sv_call_get_path_param (call, "update"),
                                     &asking.page, &listing, error) &&
         answer_hosts (call, &asking, &listing, error);
}

static gboolean
list_update_flaws (SvCall *call, GError **error)
{
  g_auto (Asking) asking = {0};
  SvFleetListing listing;
  return begin_asking (call, &asking, error) &&
         sv_fleet_list_update_flaws (asking.fleet, sv_call_get_path_param (call, "update"),
                                     &asking.page, &listing, error) &&
         answer_listing (call, &listing);
}

/* --- one host, with every reason --- */

static const SvParam finding_params[] = {
    SV_PARAM_LIMIT,
    SV_PARAM_CURSOR,
    {.name = "host", .type = SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES, .doc = "Id of the host."},
};

static SvInventory *
load_inventory (SvCall *call, SvDb *db, GError **error)
{
  const char *id = sv_call_get_path_param (call, "host");
  g_autoptr (SvHost) host = sv_host_load (db, id, sv_access_find_reach (call), error);
  SvDictionary *dictionary = sv_call_get_service (call, SV_SERVICE_DICTIONARY);
  return host != NULL ? sv_host_load_inventory (dictionary, db, id, error) : NULL;
}

static GPtrArray *
assess_host (SvCall *call, SvDb *db, GError **error)
{
  g_autoptr (SvInventory) inventory = load_inventory (call, db, error);
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
cut_page (GPtrArray *all, guint first, guint limit, const SvRecordType *type)
{
  GPtrArray *page = g_ptr_array_new ();
  g_ptr_array_set_free_func (all, NULL);
  for (guint i = first; i < all->len && page->len < limit; i++)
    g_ptr_array_add (page, g_steal_pointer (&all->pdata[i]));
  sv_rows_free (all, type);
  return page;
}

/* A cursor is the number of items before its page. */
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

/* Answers a page of what @load gives in one moment of the store. */
static gboolean
answer_cut (SvCall *call, GPtrArray *(*load) (SvCall *, SvDb *, GError **),
            const SvRecordType *type, GError **error)
{
  guint first = 0, limit = (guint)sv_call_get_query_int64 (call, "limit");
  g_autoptr (SvTx) tx = NULL;
  SvDb *db = sv_call_begin_read (call, &tx, error);
  if (db == NULL || !read_first (call, &first, error))
    return FALSE;
  GPtrArray *all = load (call, db, error);
  if (all == NULL)
    return FALSE;
  guint total = all->len;
  g_autofree char *next = first + limit < total ? g_strdup_printf ("%u", first + limit) : NULL;
  return sv_call_answer_list (call, cut_page (all, first, limit, type), next, total);
}

static gboolean
list_findings (SvCall *call, GError **error)
{
  return answer_cut (call, assess_host, &sv_finding_type, error);
}

static GPtrArray *
load_gaps (SvCall *call, SvDb *db, GError **error)
{
  g_autoptr (SvInventory) inventory = load_inventory (call, db, error);
  g_autoptr (SvStoreClaims) claims = inventory != NULL ? sv_store_claims_new (db, error) : NULL;
  if (claims == NULL)
    return NULL;
  const SvClaimSource source = sv_store_claims_get (claims);
  const SvAssessment assessment = {.inventory = inventory, .claims = &source, .n_claims = 1};
  GPtrArray *gaps = g_ptr_array_new ();
  for (guint i = 0; inventory->gaps != NULL && i < inventory->gaps->len; i++)
    g_ptr_array_add (gaps, sv_record_copy (&sv_gap_type, inventory->gaps->pdata[i]));
  if (sv_exposure_find_gaps (&assessment, gaps, error))
    return gaps;
  sv_rows_free (gaps, &sv_gap_type);
  return NULL;
}

static gboolean
list_gaps (SvCall *call, GError **error)
{
  return answer_cut (call, load_gaps, &sv_gap_type, error);
}

/* --- one host, as it was --- */

static GPtrArray *
load_history (SvCall *call, SvDb *db, GError **error)
{
  const char *id = sv_call_get_path_param (call, "host");
  g_autoptr (SvHost) host = sv_host_load (db, id, sv_access_find_reach (call), error);
  g_autoptr (SvPartFlaws) flaws = sv_part_flaws_new (db);
  return host != NULL ? sv_history_load (sv_call_get_service (call, SV_SERVICE_DICTIONARY), db,
                                         flaws, id, error)
                      : NULL;
}

static gboolean
list_history (SvCall *call, GError **error)
{
  return answer_cut (call, load_history, &sv_exposure_interval_type, error);
}

static const SvError not_there[] = {SV_ERROR_NOT_FOUND, SV_ERROR_BUSY};
static const SvError moved[] = {SV_ERROR_NOT_FOUND, SV_ERROR_CONFLICT, SV_ERROR_INVALID_DATA,
                                SV_ERROR_BUSY};
static const SvError no_host[] = {SV_ERROR_NOT_FOUND, SV_ERROR_INVALID_DATA};

#define TAG .tag = "Exposure"
#define PART SV_ROUTE_PART
#define PART_LIST (SV_ROUTE_LIST | SV_ROUTE_PART)
static const SvRoute routes[] = {
    {SV_METHOD_GET, "/api/v1/fleet", "finding:read", "How much of the fleet is judged, and when",
     TAG, .response = &sv_fleet_state_type, .handle = get_fleet},
    {SV_METHOD_GET, "/api/v1/vulnerabilities", "finding:read",
     "Vulnerabilities that hosts have, with how many", TAG, SV_ROUTE_PARAMS (list_params),
     .response = &sv_fleet_flaw_type, .flags = PART_LIST, SV_ROUTE_ERRORS (not_there),
     .handle = list_flaws},
    {SV_METHOD_GET, "/api/v1/vulnerabilities/{vulnerability}", "finding:read",
     "One vulnerability over the whole fleet", TAG, SV_ROUTE_PARAMS (flaw_params),
     .response = &sv_fleet_flaw_type, .flags = PART, SV_ROUTE_ERRORS (not_there),
     .handle = get_flaw},
    {SV_METHOD_GET, "/api/v1/vulnerabilities/{vulnerability}/hosts", "finding:read",
     "Hosts that a vulnerability affects, in code that can run", TAG,
     SV_ROUTE_PARAMS (flaw_list_params), .response = &sv_host_type, .flags = PART_LIST,
     SV_ROUTE_ERRORS (moved), .handle = list_flaw_hosts},
    {SV_METHOD_GET, "/api/v1/vulnerabilities/{vulnerability}/systems", "finding:read",
     "Systems that a vulnerability affects, those with most hosts first", TAG,
     SV_ROUTE_PARAMS (flaw_params), .response = &sv_fleet_share_type, .flags = PART_LIST,
     SV_ROUTE_ERRORS (not_there), .handle = list_flaw_systems},
    {SV_METHOD_GET, "/api/v1/updates", "finding:read",
     "What heals hosts, with how many and of how much", TAG, SV_ROUTE_PARAMS (list_params),
     .response = &sv_fleet_update_type, .flags = PART_LIST, SV_ROUTE_ERRORS (not_there),
     .handle = list_updates},
    {SV_METHOD_GET, "/api/v1/updates/{update}", "finding:read", "One update over the whole fleet",
     TAG, SV_ROUTE_PARAMS (update_params), .response = &sv_fleet_update_type, .flags = PART,
     SV_ROUTE_ERRORS (not_there), .handle = get_update},
    {SV_METHOD_GET, "/api/v1/updates/{update}/hosts", "finding:read",
     "Hosts that an update heals of something", TAG, SV_ROUTE_PARAMS (update_list_params),
     .response = &sv_host_type, .flags = PART_LIST, SV_ROUTE_ERRORS (moved),
     .handle = list_update_hosts},
    {SV_METHOD_GET, "/api/v1/updates/{update}/vulnerabilities", "finding:read",
     "What an update closes", TAG, SV_ROUTE_PARAMS (update_list_params),
     .response = &sv_fleet_flaw_type, .flags = PART_LIST, SV_ROUTE_ERRORS (not_there),
     .handle = list_update_flaws},
    {SV_METHOD_GET, "/api/v1/hosts/{host}/findings", "finding:read",
     "What one host is affected by, each with every reason", TAG, SV_ROUTE_PARAMS (finding_params),
     .response = &sv_finding_type, .flags = PART_LIST, SV_ROUTE_ERRORS (no_host),
     .handle = list_findings},
    {SV_METHOD_GET, "/api/v1/hosts/{host}/gaps", "finding:read",
     "What is not known of one host, and why", TAG, SV_ROUTE_PARAMS (finding_params),
     .response = &sv_gap_type, .flags = PART_LIST, SV_ROUTE_ERRORS (no_host), .handle = list_gaps},
    {SV_METHOD_GET, "/api/v1/hosts/{host}/history", "finding:read",
     "Since when one host was affected by what, and until when", TAG,
     SV_ROUTE_PARAMS (finding_params), .response = &sv_exposure_interval_type, .flags = PART_LIST,
     SV_ROUTE_ERRORS (no_host), .handle = list_history},
};
const SvRouteTable sv_fleet_routes = {routes, G_N_ELEMENTS (routes),
                                      "Who is affected, and why one says so."};
