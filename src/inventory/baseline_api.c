#include "inventory/baseline_api.h"

#include "access/access.h"
#include "inventory/host_api.h"
#include "inventory/system_store.h"

#include <string.h>

/* --- baselines --- */

static const SvParam list_params[] = {SV_PARAM_LIMIT, SV_PARAM_CURSOR};

static gboolean
list_baselines (SvCall *call, GError **error)
{
  g_autoptr (SvTx) tx = NULL;
  SvDb *db = sv_call_begin_read (call, &tx, error);
  gint64 total;
  g_autofree char *next = NULL;
  if (db == NULL || !sv_baseline_count_all (db, &total, error))
    return FALSE;
  GPtrArray *baselines = sv_baseline_list (db, sv_call_find_query (call, "cursor"),
                                           sv_call_get_query_int64 (call, "limit"), &next, error);
  return baselines != NULL && sv_call_answer_list (call, baselines, next, total);
}

#define BASELINE_PARAM                                                                             \
  {                                                                                                \
    .name = "baseline", .type = SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,                        \
    .doc = "Name of the baseline."                                                                 \
  }

static const SvParam baseline_params[] = {BASELINE_PARAM};

static gboolean
get_baseline (SvCall *call, GError **error)
{
  g_autoptr (SvTx) tx = NULL;
  SvDb *db = sv_call_begin_read (call, &tx, error);
  SvBaseline *baseline =
      db != NULL ? sv_baseline_load (db, sv_call_get_path_param (call, "baseline"), error) : NULL;
  return baseline != NULL && sv_call_answer (call, baseline);
}

/* What a baseline, or one release of it, is to be made of. */
typedef struct {
  char *name;
  char *host;
  char *distro;
  GPtrArray *packages;
  GPtrArray *services;
} Wish;

static const SvField wish_fields[] = {
    SV_FIELD (Wish, name, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES, .flags = SV_FIELD_REQUIRED,
              .doc = "Class of hosts, as systems name it."),
    SV_FIELD (Wish, host, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "Id of a host that is as all are to be: its packages and release count, and "
                     "what listens there, if the baseline says nothing of services yet."),
    SV_FIELD (Wish, distro, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "Without a host: distribution and release, debian:12 …"),
    SV_FIELD (Wish, packages, SV_TYPE_RECORDS, .record = &sv_baseline_package_type,
              .max = SV_LIMIT_PACKAGES, .doc = "… and its packages."),
    SV_FIELD (Wish, services, SV_TYPE_STRINGS, .max = SV_LIMIT_BASELINE_SERVICES,
              .doc = "What may listen for others: tcp/22, or tcp/22/sshd."),
};
static SV_RECORD_TYPE (wish_type, Wish, "BaselineWish", wish_fields,
                       "A baseline, or one release of it, as it is to be.");

static gboolean
check_services (const GPtrArray *services, GError **error)
{
  for (guint i = 0; services != NULL && i < services->len; i++)
    if (!sv_baseline_service_is_valid (services->pdata[i])) {
      g_autofree char *printable = sv_text_printable (services->pdata[i]);
      g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "service '%s': write tcp/22, or tcp/22/sshd",
                   printable);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_wish (const Wish *wish, GError **error)
{
  const char *fault = NULL;
  gboolean named = wish->packages != NULL && wish->packages->len > 0;
  if (sv_text_is_empty (wish->name))
    fault = "a baseline has a name";
  else if (wish->host != NULL ? (named || wish->distro != NULL) : (!named || !wish->distro))
    fault = "give either a host, or distro and packages";
  if (fault != NULL)
    g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE, fault);
  return fault == NULL && check_services (wish->services, error);
}

/* Puts what the host has into the wish; here, because only servers' threads have the dictionary. */
static gboolean
look_at_host (SvCall *call, Wish *wish, GError **error)
{
  const SvCheckinService *service = sv_call_get_service (call, SV_SERVICE_CHECKIN);
  g_autoptr (SvTx) tx = NULL;
  SvDb *db = sv_call_begin_read (call, &tx, error);
  g_autoptr (SvHost) host = db != NULL ? sv_host_load (db, wish->host, NULL, error) : NULL;
  g_autoptr (SvInventory) inventory =
      host != NULL ? sv_host_load_inventory (service->dictionary, db, host->id, error) : NULL;
  if (inventory == NULL)
    return FALSE;
  wish->distro = g_strdup (host->distro != NULL ? host->distro : "");
  g_clear_pointer (&wish->packages, g_ptr_array_unref);
  wish->packages = sv_baseline_list_packages (inventory);
  if (wish->services == NULL || wish->services->len == 0) {
    g_clear_pointer (&wish->services, g_ptr_array_unref);
    wish->services = sv_baseline_list_services (inventory);
  }
  return TRUE;
}

/* The baseline as it was, or a new one; services by the wish where it names them itself. */
static SvBaseline *
begin_baseline (SvDb *db, const SvDeed *deed, GError **error)
{
  const Wish *wish = deed->body;
  g_autoptr (GError) cause = NULL;
  SvBaseline *baseline = sv_baseline_load (db, wish->name, &cause);
  gboolean is_new = baseline == NULL && sv_error_is (cause, SV_ERROR_NOT_FOUND);
  if (baseline == NULL && !is_new) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return NULL;
  }
  if (is_new) {
    baseline = sv_record_new (&sv_baseline_type);
    baseline->name = g_strdup (wish->name);
    baseline->created_at_us = deed->now_us;
  }
  if (is_new || baseline->services == NULL || baseline->services->len == 0 ||
      sv_strings_contain (deed->members, "services"))
    sv_record_copy_field (&sv_baseline_type, "services", baseline,
                          &(SvBaseline){.services = wish->services});
  baseline->changed_at_us = deed->now_us;
  return baseline;
}

static gboolean
take (SvDb *db, SvDeed *deed, SvAuditEntry *entry, GError **error)
{
  const Wish *wish = deed->body;
  const SvBaselinePart part = {.distro = wish->distro,
                               .host = wish->host,
                               .packages = wish->packages->len,
                               .at_us = deed->now_us};
  g_autoptr (SvBaseline) baseline = begin_baseline (db, deed, error);
  if (baseline == NULL || !sv_baseline_save (db, baseline, error) ||
      !sv_baseline_save_part (db, wish->name, &part, wish->packages, error))
    return FALSE;
  sv_audit_say (entry, "baseline.take", wish->name,
                SV_AUDIT_FACTS ({"distro", wish->distro}, {"host", wish->host}));
  g_autofree char *escaped = g_uri_escape_string (wish->name, NULL, FALSE);
  deed->location = g_strconcat ("/api/v1/baselines/", escaped, NULL);
  deed->answer = sv_baseline_load (db, wish->name, error);
  return deed->answer != NULL;
}

static gboolean
post_baseline (SvCall *call, GError **error)
{
  Wish *wish = sv_call_get_body (call);
  return check_wish (wish, error) && (wish->host == NULL || look_at_host (call, wish, error)) &&
         sv_deed_defer (call, take, error);
}

static gboolean
change (SvDb *db, SvDeed *deed, SvAuditEntry *entry, GError **error)
{
  const SvBaseline *wanted = deed->body;
  SvBaseline *baseline = sv_baseline_load (db, sv_deed_get_path_param (deed, "baseline"), error);
  deed->answer = baseline;
  if (baseline == NULL || !check_services (wanted->services, error))
    return FALSE;
  if (sv_strings_contain (deed->members, "services"))
    sv_record_copy_field (&sv_baseline_type, "services", baseline, wanted);
  baseline->changed_at_us = deed->now_us;
  sv_audit_say (entry, "baseline.change", baseline->name, NULL);
  return sv_baseline_save (db, baseline, error);
}

static gboolean
patch_baseline (SvCall *call, GError **error)
{
  return sv_deed_defer (call, change, error);
}

static gboolean
drop (SvDb *db, SvDeed *deed, SvAuditEntry *entry, GError **error)
{
  const char *name = sv_deed_get_path_param (deed, "baseline");
  sv_audit_say (entry, "baseline.delete", name, NULL);
  return sv_baseline_delete (db, name, error);
}

static gboolean
delete_baseline (SvCall *call, GError **error)
{
  return sv_deed_defer (call, drop, error);
}

/* --- exemptions --- */

static const SvParam exemption_params[] = {
    BASELINE_PARAM,
    {.name = "exemption", .type = SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES, .doc = "Its id."},
};

static const SvParam exemptions_params[] = {SV_PARAM_LIMIT, SV_PARAM_CURSOR, BASELINE_PARAM};

/* Few: one page holds them all, whatever limit is given. */
static gboolean
list_exemptions (SvCall *call, GError **error)
{
  const char *name = sv_call_get_path_param (call, "baseline");
  g_autoptr (SvTx) tx = NULL;
  SvDb *db = sv_call_begin_read (call, &tx, error);
  g_autoptr (SvBaseline) baseline = db != NULL ? sv_baseline_load (db, name, error) : NULL;
  GPtrArray *exemptions = baseline != NULL ? sv_baseline_list_exemptions (db, name, error) : NULL;
  return exemptions != NULL && sv_call_answer_list (call, exemptions, NULL, exemptions->len);
}

static gboolean
check_exemption (const SvBaselineExemption *exemption, gint64 now_us, GError **error)
{
  if (!sv_text_is_empty (exemption->item) && !sv_text_is_empty (exemption->reason) &&
      !sv_text_is_empty (exemption->owner) && exemption->expires_at_us > now_us)
    return TRUE;
  g_set_error_literal (
      error, SV_ERROR, SV_ERROR_USAGE,
      "an exemption names its item, reason and owner, and expires in time to come");
  return FALSE;
}

static gboolean
exempt (SvDb *db, SvDeed *deed, SvAuditEntry *entry, GError **error)
{
  const char *name = sv_deed_get_path_param (deed, "baseline");
  SvBaselineExemption *exemption = sv_record_copy (&sv_baseline_exemption_type, deed->body);
  deed->answer = exemption;
  sv_text_take (&exemption->id, sv_id_new ());
  exemption->created_at_us = deed->now_us;
  if (!check_exemption (exemption, deed->now_us, error))
    return FALSE;
  g_autofree char *escaped = g_uri_escape_string (name, NULL, FALSE);
  deed->location = g_strconcat ("/api/v1/baselines/", escaped, "/exemptions/", exemption->id, NULL);
  sv_audit_say (entry, "baseline.exempt", name,
                SV_AUDIT_FACTS ({"item", exemption->item}, {"host", exemption->host},
                                {"owner", exemption->owner}));
  return sv_baseline_exempt (db, name, exemption, error);
}

static gboolean
post_exemption (SvCall *call, GError **error)
{
  return sv_deed_defer (call, exempt, error);
}

static gboolean
end_exemption (SvDb *db, SvDeed *deed, SvAuditEntry *entry, GError **error)
{
  const char *name = sv_deed_get_path_param (deed, "baseline");
  const char *id = sv_deed_get_path_param (deed, "exemption");
  sv_audit_say (entry, "baseline.end-exemption", name, SV_AUDIT_FACTS ({"exemption", id}));
  return sv_baseline_end_exemption (db, name, id, error);
}

static gboolean
delete_exemption (SvCall *call, GError **error)
{
  return sv_deed_defer (call, end_exemption, error);
}

/* --- hosts against their baseline --- */

/* One baseline, with what it says of each release that was asked for. */
typedef struct {
  SvDb *db;
  SvDictionary *dictionary;
  SvBaseline *baseline;
  GPtrArray *exemptions;
  GHashTable *packages; /* distro → SvBaselinePackages, NULL: it says nothing of it */
  gint64 now_us;
} Terms;

static void
packages_free (gpointer packages)
{
  sv_rows_free (packages, &sv_baseline_package_type);
}

static void
terms_clear (Terms *terms)
{
  sv_baseline_free (terms->baseline);
  sv_rows_free (terms->exemptions, &sv_baseline_exemption_type);
  g_clear_pointer (&terms->packages, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Terms, terms_clear)

static gboolean
terms_init (Terms *terms, SvCall *call, SvDb *db, const char *baseline, GError **error)
{
  const SvCheckinService *service = sv_call_get_service (call, SV_SERVICE_CHECKIN);
  *terms =
      (Terms){.db = db,
              .dictionary = service->dictionary,
              .now_us = sv_call_get_now (call),
              .packages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, packages_free)};
  return (terms->baseline = sv_baseline_load (db, baseline, error)) != NULL &&
         (terms->exemptions = sv_baseline_list_exemptions (db, baseline, error)) != NULL;
}

/* FALSE with @error; *@ret_packages is lent. */
static gboolean
find_packages (Terms *terms, const char *distro, const GPtrArray **ret_packages, GError **error)
{
  gpointer known;
  g_autoptr (GError) cause = NULL;
  if (!g_hash_table_lookup_extended (terms->packages, distro, NULL, &known)) {
    known = sv_baseline_load_packages (terms->db, terms->baseline->name, distro, &cause);
    g_hash_table_insert (terms->packages, g_strdup (distro), known);
  }
  *ret_packages = known;
  if (cause == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

/* @ret_count: (nullable): filled as well. New array of SvDeviation. */
static GPtrArray *
compare_host (Terms *terms, const SvHost *host, SvBaselineHost *ret_count, GError **error)
{
  SvBaselineTerms own = {.services = terms->baseline->services,
                         .exemptions = terms->exemptions,
                         .host = host->id,
                         .now_us = terms->now_us};
  if (!find_packages (terms, host->distro != NULL ? host->distro : "", &own.packages, error))
    return NULL;
  g_autoptr (SvInventory) inventory =
      sv_host_load_inventory (terms->dictionary, terms->db, host->id, error);
  if (inventory == NULL)
    return NULL;
  GPtrArray *deviations = sv_baseline_compare (inventory, &own);
  if (ret_count != NULL)
    sv_baseline_count (inventory, &own, deviations, ret_count);
  return deviations;
}

static gboolean
add_count (Terms *terms, const SvHost *host, GPtrArray *counts, GError **error)
{
  SvBaselineHost *count = sv_record_new (&sv_baseline_host_type);
  g_ptr_array_add (counts, count);
  count->host = g_strdup (host->id);
  count->hostname = g_strdup (host->hostname);
  count->distro = g_strdup (host->distro);
  GPtrArray *deviations = compare_host (terms, host, count, error);
  sv_rows_free (deviations, &sv_deviation_type);
  return deviations != NULL;
}

static GPtrArray *
count_page (Terms *terms, const GPtrArray *hosts, GError **error)
{
  GPtrArray *counts = g_ptr_array_new ();
  gboolean counted = TRUE;
  for (guint i = 0; counted && i < hosts->len; i++)
    counted = add_count (terms, hosts->pdata[i], counts, error);
  if (!counted)
    sv_rows_free (g_steal_pointer (&counts), &sv_baseline_host_type);
  return counts;
}

static gboolean
list_hosts (SvCall *call, GError **error)
{
  const char *name = sv_call_get_path_param (call, "baseline");
  const SvHostFilter filter = {.baseline = name, .reach = sv_access_find_reach (call)};
  g_autoptr (SvTx) tx = NULL;
  SvDb *db = sv_call_begin_read (call, &tx, error);
  g_auto (Terms) terms = {0};
  gint64 total;
  g_autofree char *next = NULL;
  if (db == NULL || !terms_init (&terms, call, db, name, error) ||
      !sv_host_count (db, &filter, &total, error))
    return FALSE;
  GPtrArray *hosts = sv_host_list (db, &filter, sv_call_find_query (call, "cursor"),
                                   sv_call_get_query_int64 (call, "limit"), &next, error);
  GPtrArray *counts = hosts != NULL ? count_page (&terms, hosts, error) : NULL;
  sv_rows_free (hosts, &sv_host_type);
  return counts != NULL && sv_call_answer_list (call, counts, next, total);
}

static const SvParam host_params[] = {
    SV_PARAM_LIMIT,
    SV_PARAM_CURSOR,
    {.name = "host", .type = SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES, .doc = "Id of the host."},
};

static char *
find_baseline (SvDb *db, const char *host, GError **error)
{
  g_autoptr (GError) cause = NULL;
  char *name = sv_baseline_find_of_host (db, host, &cause);
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  else if (name == NULL)
    g_set_error_literal (error, SV_ERROR, SV_ERROR_NOT_FOUND,
                         "the host belongs to no system that names a baseline");
  return name;
}

/* A page of @deviations from the number @cursor on; takes them. */
static gboolean
answer_deviations (SvCall *call, GPtrArray *deviations, GError **error)
{
  const char *cursor = sv_call_find_query (call, "cursor");
  gint64 begin = 0, limit = sv_call_get_query_int64 (call, "limit"), total = deviations->len;
  if (cursor != NULL && (!sv_text_parse_int64 (cursor, &begin, NULL) || begin < 0)) {
    sv_rows_free (deviations, &sv_deviation_type);
    return sv_error_set_invalid (error, "no cursor of this list:", cursor);
  }
  GPtrArray *page = g_ptr_array_new ();
  for (gint64 i = begin; i < total && page->len < limit; i++)
    g_ptr_array_add (page, g_steal_pointer (&deviations->pdata[i]));
  gint64 end = begin + page->len;
  g_autofree char *next = end < total ? g_strdup_printf ("%" G_GINT64_FORMAT, end) : NULL;
  sv_rows_free (deviations, &sv_deviation_type);
  return sv_call_answer_list (call, page, next, total);
}

static gboolean
list_deviations (SvCall *call, GError **error)
{
  const char *id = sv_call_get_path_param (call, "host");
  g_autoptr (SvTx) tx = NULL;
  SvDb *db = sv_call_begin_read (call, &tx, error);
  g_autoptr (SvHost) host =
      db != NULL ? sv_host_load (db, id, sv_access_find_reach (call), error) : NULL;
  g_autofree char *name = host != NULL ? find_baseline (db, id, error) : NULL;
  g_auto (Terms) terms = {0};
  SvBaselineHost count = {0};
  if (name == NULL || !terms_init (&terms, call, db, name, error))
    return FALSE;
  GPtrArray *deviations = compare_host (&terms, host, &count, error);
  if (deviations != NULL && !count.compared) {
    sv_rows_free (g_steal_pointer (&deviations), &sv_deviation_type);
    g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND,
                 "the baseline '%s' says nothing of this host's release", name);
  }
  return deviations != NULL && answer_deviations (call, deviations, error);
}

/* --- the table --- */

#define TAG .tag = "Baselines"
static const SvError missing[] = {SV_ERROR_NOT_FOUND, SV_ERROR_INVALID_DATA};
static const SvError missing_or_busy[] = {SV_ERROR_NOT_FOUND, SV_ERROR_BUSY};
static const SvError bad_cursor[] = {SV_ERROR_INVALID_DATA};

static const SvRoute routes[] = {
    {SV_METHOD_GET, "/api/v1/baselines", "system:read", "What classes of hosts are meant to run",
     TAG, SV_ROUTE_PARAMS (list_params), .response = &sv_baseline_type, .flags = SV_ROUTE_LIST,
     SV_ROUTE_ERRORS (bad_cursor), .handle = list_baselines},
    {SV_METHOD_POST, "/api/v1/baselines", "system:write",
     "Makes a baseline, or replaces one release of it, after a host or a list of packages", TAG,
     .request = &wish_type, .response = &sv_baseline_type, .flags = SV_ROUTE_CREATES,
     .max_body_bytes = SV_LIMIT_REPORT_BYTES, SV_ROUTE_ERRORS (missing_or_busy),
     .handle = post_baseline},
    {SV_METHOD_GET, "/api/v1/baselines/{baseline}", "system:read", "One baseline", TAG,
     SV_ROUTE_PARAMS (baseline_params), .response = &sv_baseline_type, SV_ROUTE_ERRORS (missing),
     .handle = get_baseline},
    {SV_METHOD_PATCH, "/api/v1/baselines/{baseline}", "system:write",
     "Changes what may listen on hosts of a class", TAG, SV_ROUTE_PARAMS (baseline_params),
     .request = &sv_baseline_type, .response = &sv_baseline_type, SV_ROUTE_ERRORS (missing_or_busy),
     .handle = patch_baseline},
    {SV_METHOD_DELETE, "/api/v1/baselines/{baseline}", "system:write",
     "Takes a baseline away, with its exemptions", TAG, SV_ROUTE_PARAMS (baseline_params),
     SV_ROUTE_ERRORS (missing_or_busy), .handle = delete_baseline},
    {SV_METHOD_GET, "/api/v1/baselines/{baseline}/hosts", "host:read",
     "How hosts of the class stand against it", TAG, SV_ROUTE_PARAMS (exemptions_params),
     .response = &sv_baseline_host_type, .flags = SV_ROUTE_LIST | SV_ROUTE_PART,
     SV_ROUTE_ERRORS (missing), .handle = list_hosts},
    {SV_METHOD_GET, "/api/v1/baselines/{baseline}/exemptions", "system:read",
     "Differences that somebody answers for, expired ones too", TAG,
     SV_ROUTE_PARAMS (exemptions_params), .response = &sv_baseline_exemption_type,
     .flags = SV_ROUTE_LIST, SV_ROUTE_ERRORS (missing), .handle = list_exemptions},
    {SV_METHOD_POST, "/api/v1/baselines/{baseline}/exemptions", "system:write",
     "Says who answers for a difference, why and until when", TAG,
     SV_ROUTE_PARAMS (baseline_params), .request = &sv_baseline_exemption_type,
     .response = &sv_baseline_exemption_type, .flags = SV_ROUTE_CREATES,
     SV_ROUTE_ERRORS (missing_or_busy), .handle = post_exemption},
    {SV_METHOD_DELETE, "/api/v1/baselines/{baseline}/exemptions/{exemption}", "system:write",
     "Ends an exemption", TAG, SV_ROUTE_PARAMS (exemption_params),
     SV_ROUTE_ERRORS (missing_or_busy), .handle = delete_exemption},
    {SV_METHOD_GET, "/api/v1/hosts/{host}/baseline", "host:read",
     "How a host differs from the baseline of its class", TAG, SV_ROUTE_PARAMS (host_params),
     .response = &sv_deviation_type, .flags = SV_ROUTE_LIST | SV_ROUTE_PART,
     SV_ROUTE_ERRORS (missing), .handle = list_deviations},
};
const SvRouteTable sv_baseline_routes = {routes, G_N_ELEMENTS (routes),
                                         "What classes of hosts are meant to run."};
