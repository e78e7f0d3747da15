#include "inventory/system_api.h"

#include "access/access.h"
#include "inventory/host_store.h"

#include <string.h>

gboolean
sv_system_find_asked (const SvCall *call, SvDb *db, char **ret_id, GError **error)
{
  const char *asked = sv_call_find_query (call, "system");
  *ret_id = NULL;
  if (asked == NULL)
    return TRUE;
  if (strcmp (asked, "none") == 0) {
    *ret_id = g_strdup ("");
    return TRUE;
  }
  g_autoptr (SvSystem) system = sv_system_load (db, asked, sv_access_find_reach (call), error);
  if (system != NULL)
    *ret_id = g_strdup (system->id);
  return system != NULL;
}

gboolean
sv_system_list_asked (const SvCall *call, SvDb *db, GPtrArray **ret_ids, GError **error)
{
  g_autofree char *asked = NULL;
  const SvSystemFilter filter = {.reach = sv_access_find_reach (call),
                                 .line_of_business = sv_call_find_query (call, "line_of_business")};
  *ret_ids = NULL;
  if (!sv_system_find_asked (call, db, &asked, error))
    return FALSE;
  if (asked != NULL) {
    *ret_ids = sv_strings_new ();
    if (asked[0] != '\0' || filter.reach == NULL) /* hosts of none are in nobody's part */
      g_ptr_array_add (*ret_ids, g_steal_pointer (&asked));
    return TRUE;
  }
  if (filter.reach != NULL || filter.line_of_business != NULL)
    *ret_ids = sv_system_list_ids (db, &filter, error);
  return *ret_ids != NULL || (filter.reach == NULL && filter.line_of_business == NULL);
}

/* --- lists --- */

static const SvParam list_params[] = {
    SV_PARAM_LIMIT,
    SV_PARAM_CURSOR,
    {.name = "line_of_business",
     .type = SV_TYPE_STRING,
     .max = SV_LIMIT_NAME_BYTES,
     .doc = "Only systems of this business unit."},
};

static gboolean
list_systems (SvCall *call, GError **error)
{
  const SvSystemFilter filter = {.reach = sv_access_find_reach (call),
                                 .line_of_business = sv_call_find_query (call, "line_of_business")};
  g_autoptr (SvTx) tx = NULL;
  SvDb *db = sv_call_begin_read (call, &tx, error);
  gint64 total;
  g_autofree char *next = NULL;
  if (db == NULL || !sv_system_count (db, &filter, &total, error))
    return FALSE;
  GPtrArray *systems = sv_system_list (db, &filter, sv_call_find_query (call, "cursor"),
                                       sv_call_get_query_int64 (call, "limit"), &next, error);
  return systems != NULL && sv_call_answer_list (call, systems, next, total);
}

/* --- one --- */

static const SvParam system_params[] = {
    {.name = "system",
     .type = SV_TYPE_STRING,
     .max = SV_LIMIT_NAME_BYTES,
     .doc = "Id or name of the system."},
};

static gboolean
get_system (SvCall *call, GError **error)
{
  SvDb *db = sv_call_get_store (call, error);
  const char *id = sv_call_get_path_param (call, "system");
  SvSystem *system =
      db != NULL ? sv_system_load (db, id, sv_access_find_reach (call), error) : NULL;
  return system != NULL && sv_call_answer (call, system);
}

static gboolean
check_system (const SvSystem *system, GError **error)
{
  if (!sv_text_is_empty (system->name) && strcmp (system->name, "none") != 0 &&
      system->link_mbps >= 0)
    return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE,
                       "a system has a name, which is not 'none', and no negative link_mbps");
  return FALSE;
}

static gboolean
create (SvDb *db, SvDeed *deed, SvAuditEntry *entry, GError **error)
{
  SvSystem *system = sv_record_copy (&sv_system_type, deed->body);
  deed->answer = system;
  sv_text_take (&system->id, sv_id_new ());
  system->hosts = 0;
  system->created_at_us = system->changed_at_us = deed->now_us;
  deed->location = g_strconcat ("/api/v1/systems/", system->id, NULL);
  sv_audit_say (entry, "system.create", system->id, SV_AUDIT_FACTS ({"name", system->name}));
  return check_system (system, error) && sv_system_insert (db, system, error);
}

/* What only the server says. */
static gboolean
is_own (const char *member)
{
  static const char *const own[] = {"id", "hosts", "created_at_us", "changed_at_us", NULL};
  return g_strv_contains (own, member);
}

static char *
list_members (const GPtrArray *members)
{
  g_autoptr (GString) list = g_string_new (NULL);
  for (guint i = 0; i < members->len; i++)
    g_string_append_printf (list, "%s%s", i > 0 ? " " : "", (const char *)members->pdata[i]);
  return g_string_free (g_steal_pointer (&list), FALSE);
}

static gboolean
change (SvDb *db, SvDeed *deed, SvAuditEntry *entry, GError **error)
{
  SvSystem *system = sv_system_load (db, sv_deed_get_path_param (deed, "system"), NULL, error);
  if (system == NULL)
    return FALSE;
  deed->answer = system;
  for (guint i = 0; i < deed->members->len; i++)
    if (!is_own (deed->members->pdata[i]))
      sv_record_copy_field (&sv_system_type, deed->members->pdata[i], system, deed->body);
  system->changed_at_us = deed->now_us;
  g_autofree char *members = list_members (deed->members);
  sv_audit_say (entry, "system.change", system->id, SV_AUDIT_FACTS ({"members", members}));
  return check_system (system, error) && sv_system_update (db, system, error);
}

static gboolean
drop (SvDb *db, SvDeed *deed, SvAuditEntry *entry, GError **error)
{
  g_autoptr (SvSystem) system =
      sv_system_load (db, sv_deed_get_path_param (deed, "system"), NULL, error);
  if (system == NULL)
    return FALSE;
  sv_audit_say (entry, "system.delete", system->id, SV_AUDIT_FACTS ({"name", system->name}));
  return sv_system_delete (db, system->id, deed->now_us, error);
}

static gboolean
create_system (SvCall *call, GError **error)
{
  return sv_deed_defer (call, create, error);
}

static gboolean
change_system (SvCall *call, GError **error)
{
  return sv_deed_defer (call, change, error);
}

static gboolean
delete_system (SvCall *call, GError **error)
{
  return sv_deed_defer (call, drop, error);
}

/* --- rules --- */

static gboolean
get_rules (SvCall *call, GError **error)
{
  SvDb *db = sv_call_get_store (call, error);
  SvSystemRules *rules = db != NULL ? sv_system_rules_load (db, error) : NULL;
  return rules != NULL && sv_call_answer (call, rules);
}

static gboolean
replace (SvDb *db, SvDeed *deed, SvAuditEntry *entry, GError **error)
{
  SvSystemRules *rules = sv_record_copy (&sv_system_rules_type, deed->body);
  deed->answer = rules;
  if (!sv_system_rules_check (rules, error) || !sv_system_rules_save (db, rules, error))
    return FALSE;
  g_autofree char *revision = g_strdup_printf ("%" G_GINT64_FORMAT, rules->revision);
  sv_audit_say (entry, "system.rules", NULL, SV_AUDIT_FACTS ({"revision", revision}));
  return TRUE;
}

static gboolean
put_rules (SvCall *call, GError **error)
{
  return sv_deed_defer (call, replace, error);
}

/* --- by hand --- */

typedef struct {
  char *system;
} Place;

static const SvField place_fields[] = {
    SV_FIELD (Place, system, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "Id or name of the system; null: rules say it again."),
};
static SV_RECORD_TYPE (place_type, Place, "HostSystem", place_fields,
                       "The system that a host belongs to, whatever rules say.");

static gboolean
place (SvDb *db, SvDeed *deed, SvAuditEntry *entry, GError **error)
{
  const Place *wanted = deed->body;
  g_autoptr (SvHost) host = sv_host_load (db, sv_deed_get_path_param (deed, "host"), NULL, error);
  g_autoptr (SvSystem) system = host != NULL && wanted->system != NULL
                                    ? sv_system_load (db, wanted->system, NULL, error)
                                    : NULL;
  if (host == NULL || (wanted->system != NULL && system == NULL))
    return FALSE;
  const char *id = system != NULL ? system->id : NULL;
  sv_audit_say (entry, "host.system", host->id, SV_AUDIT_FACTS ({"system", id}));
  return sv_system_place_by_hand (db, host->id, id, deed->now_us, error);
}

static gboolean
put_place (SvCall *call, GError **error)
{
  return sv_deed_defer (call, place, error);
}

static const SvParam host_params[] = {
    {.name = "host", .type = SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES, .doc = "Id of the host."},
};

/* --- the table --- */

#define TAG .tag = "Systems"
static const SvError missing[] = {SV_ERROR_NOT_FOUND, SV_ERROR_BUSY};
static const SvError bad_cursor[] = {SV_ERROR_INVALID_DATA};
static const SvError taken[] = {SV_ERROR_NOT_FOUND, SV_ERROR_EXISTS, SV_ERROR_BUSY};
static const SvError changed[] = {SV_ERROR_NOT_FOUND, SV_ERROR_CONFLICT, SV_ERROR_BUSY};

static const SvRoute routes[] = {
    {SV_METHOD_GET, "/api/v1/systems", "system:read",
     "Systems, what is to be protected first before others", TAG, SV_ROUTE_PARAMS (list_params),
     .response = &sv_system_type, .flags = SV_ROUTE_LIST | SV_ROUTE_PART,
     SV_ROUTE_ERRORS (bad_cursor), .handle = list_systems},
    {SV_METHOD_POST, "/api/v1/systems", "system:write", "Adds a system", TAG,
     .request = &sv_system_type, .response = &sv_system_type, .flags = SV_ROUTE_CREATES,
     SV_ROUTE_ERRORS (taken), .handle = create_system},
    {SV_METHOD_GET, "/api/v1/systems/{system}", "system:read", "One system", TAG,
     SV_ROUTE_PARAMS (system_params), .response = &sv_system_type, .flags = SV_ROUTE_PART,
     SV_ROUTE_ERRORS (missing), .handle = get_system},
    {SV_METHOD_PATCH, "/api/v1/systems/{system}", "system:write",
     "Changes what the body names; the rest stays", TAG, SV_ROUTE_PARAMS (system_params),
     .request = &sv_system_type, .response = &sv_system_type, SV_ROUTE_ERRORS (taken),
     .handle = change_system},
    {SV_METHOD_DELETE, "/api/v1/systems/{system}", "system:write",
     "Takes a system away; its hosts then belong to none", TAG, SV_ROUTE_PARAMS (system_params),
     SV_ROUTE_ERRORS (missing), .handle = delete_system},
    {SV_METHOD_GET, "/api/v1/system-rules", "system:read", "Which hosts belong to which system",
     TAG, .response = &sv_system_rules_type, .handle = get_rules},
    {SV_METHOD_PUT, "/api/v1/system-rules", "system:write",
     "Replaces the rules; hosts follow within a moment", TAG, .request = &sv_system_rules_type,
     .response = &sv_system_rules_type, SV_ROUTE_ERRORS (changed), .handle = put_rules},
    {SV_METHOD_PUT, "/api/v1/hosts/{host}/system", "host:write",
     "Says which system a host belongs to, whatever rules say", TAG, SV_ROUTE_PARAMS (host_params),
     .request = &place_type, SV_ROUTE_ERRORS (missing), .handle = put_place},
};
const SvRouteTable sv_system_routes = {routes, G_N_ELEMENTS (routes),
                                       "What hosts are for, and who answers for them."};
