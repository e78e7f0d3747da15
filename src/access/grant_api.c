/* Who has which role. */
#include "access/access.h"

#include "access/knock.h"

static gboolean
list_roles (SvCall *call, GError **error)
{
  GPtrArray *roles = sv_role_list ();
  return sv_call_answer_list (call, roles, NULL, roles->len);
}

static gboolean
list_grants (SvCall *call, GError **error)
{
  SvDb *db = sv_call_get_store (call, error);
  const char *id = sv_call_get_path_param (call, "person");
  g_autoptr (SvPerson) person = db != NULL ? sv_person_load (db, id, error) : NULL;
  GPtrArray *grants = person != NULL ? sv_grant_list (db, id, error) : NULL;
  return grants != NULL && sv_call_answer_list (call, grants, NULL, grants->len);
}

typedef struct {
  gint role;
  gint scope_kind;
  char *scope;
} NewGrant;

static const SvField new_fields[] = {
    SV_FIELD (NewGrant, role, SV_TYPE_ENUM, .flags = SV_FIELD_REQUIRED, .values = sv_role_names,
              .doc = "Which role."),
    SV_FIELD (NewGrant, scope_kind, SV_TYPE_ENUM, .values = sv_scope_names,
              .doc = "What kind of thing it is for; without it everything."),
    SV_FIELD (NewGrant, scope, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES, .doc = "Which one."),
};
static SV_RECORD_TYPE (new_type, NewGrant, "NewGrant", new_fields, "A role to be granted.");

typedef struct {
  const SvKnock *knock;
  SvGrant *grant; /* to be kept */
} GrantWork;

static void
say (SvAuditEntry *entry, const char *action, const SvGrant *grant, gboolean alone)
{
  sv_audit_say (entry, action, grant->person,
                SV_AUDIT_FACTS ({"role", sv_role_names[grant->role]},
                                {"scope_kind", sv_scope_names[grant->scope_kind]},
                                {"scope", grant->scope},
                                {"decided", alone ? "by one person alone" : "by another person"}));
}

static gboolean
keep_grant (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const GrantWork *work = data;
  gboolean alone;
  g_autoptr (SvPerson) person = sv_person_load (db, work->grant->person, error);
  if (person == NULL ||
      !sv_knock_check_duties (db, work->knock->principal, person->id, &alone, error))
    return FALSE;
  say (entry, "grant.give", work->grant, alone);
  return sv_grant_insert (db, work->grant, error);
}

static gboolean
drop_grant (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const GrantWork *work = data;
  gboolean alone;
  gint64 n;
  g_autoptr (SvGrant) grant = sv_grant_load (db, work->knock->person, work->knock->id, error);
  if (grant == NULL ||
      !sv_knock_check_duties (db, work->knock->principal, grant->person, &alone, error))
    return FALSE;
  say (entry, "grant.take", grant, alone);
  if (!sv_grant_delete (db, work->knock->id, error) ||
      !sv_grant_count_holders (db, SV_ROLE_ADMINISTRATOR, &n, error))
    return FALSE;
  if (n > 0 || grant->role != SV_ROLE_ADMINISTRATOR)
    return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE,
                       "nobody would be left who keeps the people");
  return FALSE;
}

static SvGrant *
make_grant (const SvKnock *knock)
{
  const NewGrant *wanted = knock->body;
  const SvPrincipal *principal = knock->principal;
  SvGrant *grant = sv_record_new (&sv_grant_type);
  grant->id = sv_id_new ();
  grant->person = g_strdup (knock->person);
  grant->role = wanted->role;
  grant->scope_kind = wanted->scope_kind;
  grant->scope = g_strdup (wanted->scope != NULL ? wanted->scope : "");
  grant->provider = g_strdup ("");
  grant->granted_by = g_strdup (principal != NULL ? principal->person : NULL);
  grant->granted_at_us = knock->now_us;
  return grant;
}

static gboolean
run_create (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  g_autoptr (SvGrant) grant = make_grant (knock);
  GrantWork work = {knock, grant};
  if (!sv_grant_check (grant, error) ||
      !sv_audit_perform (db, knock->entry, keep_grant, &work, error))
    return FALSE;
  g_autofree char *place =
      g_strdup_printf ("/api/v1/people/%s/grants/%s", grant->person, grant->id);
  sv_deferred_set_header (deferred, "Location", place);
  *ret_record = g_steal_pointer (&grant);
  return TRUE;
}

static gboolean
run_delete (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  GrantWork work = {.knock = knock};
  return sv_audit_perform (db, knock->entry, drop_grant, &work, error);
}

static gboolean
create_grant (SvCall *call, GError **error)
{
  return sv_knock_defer (call, run_create, error);
}

static gboolean
delete_grant (SvCall *call, GError **error)
{
  return sv_knock_defer (call, run_delete, error);
}

#define TAG .tag = "Roles"
static const SvError exists[] = {SV_ERROR_EXISTS};
static const SvRoute routes[] = {
    {SV_METHOD_GET, "/api/v1/roles", "user:read", "The roles, with what they allow", TAG,
     .response = &sv_role_info_type, .flags = SV_ROUTE_LIST, .handle = list_roles},
    {SV_METHOD_GET, "/api/v1/people/{person}/grants", "user:read", "The roles of a person", TAG,
     .response = &sv_grant_type, .flags = SV_ROUTE_LIST, .handle = list_grants},
    {SV_METHOD_POST, "/api/v1/people/{person}/grants", "user:write", "Grant a role", TAG,
     .request = &new_type, .response = &sv_grant_type, .flags = SV_ROUTE_CREATES,
     SV_ROUTE_ERRORS (exists), .handle = create_grant},
    {SV_METHOD_DELETE, "/api/v1/people/{person}/grants/{grant}", "user:write", "Take a role away",
     TAG, .handle = delete_grant},
};
const SvRouteTable sv_grant_routes = {routes, G_N_ELEMENTS (routes), "Who has which role."};
