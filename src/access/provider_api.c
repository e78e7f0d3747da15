/* Identity providers: how they are asked, which roles their groups give, and who is who there. */
#include "access/access.h"

#include "access/knock.h"

#include <string.h>

/* -- Providers -- */

static gboolean
list_providers (SvCall *call, GError **error)
{
  SvDb *db = sv_call_get_store (call, error);
  GPtrArray *providers = db != NULL ? sv_provider_list (db, error) : NULL;
  return providers != NULL && sv_call_answer_list (call, providers, NULL, providers->len);
}

static gboolean
get_provider (SvCall *call, GError **error)
{
  SvDb *db = sv_call_get_store (call, error);
  const char *id = sv_call_get_path_param (call, "provider");
  SvProvider *provider = db != NULL ? sv_provider_load (db, id, error) : NULL;
  return provider != NULL && sv_call_answer (call, provider);
}

/* NULL without @error: there is none. */
static SvProvider *
find_before (SvDb *db, const char *id, GError **error)
{
  g_autoptr (GError) cause = NULL;
  SvProvider *before = sv_provider_load (db, id, &cause);
  if (cause != NULL && !sv_error_is (cause, SV_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&cause));
  return before;
}

static gboolean
check_change (const SvProvider *before, const SvProvider *now, GError **error)
{
  const char *fault = NULL;
  if (before->kind != now->kind)
    fault = "a provider stays of its kind: add another one";
  else if (before->has_secret && now->secret == NULL && !sv_provider_is_same_place (before, now))
    fault = "the secret was given for another place or account: give 'secret' again";
  if (fault != NULL)
    g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE, fault);
  return fault == NULL;
}

static const char *
word_of (gboolean value)
{
  return value ? "true" : "false";
}

static void
say (SvAuditEntry *entry, const SvProvider *provider)
{
  sv_audit_say (entry, "provider.set", provider->id,
                SV_AUDIT_FACTS ({"address", provider->address}, {"account", provider->account},
                                {"secret", provider->secret != NULL ? "new" : "as before"},
                                {"disabled", word_of (provider->disabled)},
                                {"makes_people", word_of (provider->makes_people)},
                                {"second_factor", provider->second_factor}));
}

static gboolean
keep_provider (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const SvProvider *provider = data;
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvProvider) before = find_before (db, provider->id, &cause);
  if (cause == NULL && before != NULL)
    check_change (before, provider, &cause);
  if (cause != NULL) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return FALSE;
  }
  say (entry, provider);
  return sv_provider_save (db, provider, error) &&
         (!provider->disabled || sv_provider_end_sessions (db, provider->id, error));
}

/* What was sent has no id, and is freed without one. */
static SvProvider
named (const SvProvider *settings, const char *id)
{
  SvProvider provider = *settings;
  provider.id = (char *)id;
  return provider;
}

static gboolean
run_put (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  SvProvider provider = named (knock->body, knock->provider);
  gboolean kept = sv_audit_perform (db, knock->entry, keep_provider, &provider, error);
  *ret_record = kept ? sv_provider_load (db, provider.id, error) : NULL;
  return *ret_record != NULL;
}

static gboolean
put_provider (SvCall *call, GError **error)
{
  SvProvider *settings = sv_call_get_body (call);
  sv_provider_fill (settings);
  const SvProvider provider = named (settings, sv_call_get_path_param (call, "provider"));
  return sv_provider_check (&provider, error) && sv_knock_defer (call, run_put, error);
}

static gboolean
check_somebody_keeps (SvDb *db, GError **error)
{
  gint64 n;
  if (!sv_grant_count_holders (db, SV_ROLE_ADMINISTRATOR, &n, error))
    return FALSE;
  if (n == 0)
    g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE,
                         "nobody would be left who keeps the people");
  return n > 0;
}

static gboolean
drop_provider (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const SvKnock *knock = data;
  g_autoptr (SvProvider) provider = sv_provider_load (db, knock->provider, error);
  sv_audit_say (entry, "provider.remove", knock->provider, NULL);
  return provider != NULL && sv_provider_end_sessions (db, knock->provider, error) &&
         sv_provider_delete (db, knock->provider, error) &&
         (knock->principal->kind == SV_ACTOR_MACHINE || check_somebody_keeps (db, error));
}

static gboolean
run_delete (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  SvKnock *knock = data;
  return sv_audit_perform (db, knock->entry, drop_provider, knock, error);
}

static gboolean
delete_provider (SvCall *call, GError **error)
{
  return sv_knock_defer (call, run_delete, error);
}

/* -- Which roles their groups give -- */

typedef struct {
  char *group_name;
  gint role;
  gint scope_kind;
  char *scope;
} NewMapping;

static const SvField new_fields[] = {
    SV_FIELD (NewMapping, group_name, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_NAME_BYTES,
              .doc = "LDAP: distinguished name of the group; OIDC: value of the claim."),
    SV_FIELD (NewMapping, role, SV_TYPE_ENUM, .flags = SV_FIELD_REQUIRED, .values = sv_role_names,
              .doc = "Which role its members get."),
    SV_FIELD (NewMapping, scope_kind, SV_TYPE_ENUM, .values = sv_scope_names,
              .doc = "What kind of thing it is for; without it everything."),
    SV_FIELD (NewMapping, scope, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES, .doc = "Which one."),
};
static SV_RECORD_TYPE (new_type, NewMapping, "NewGroupMapping", new_fields,
                       "A role for the members of a group.");

static gboolean
list_mappings (SvCall *call, GError **error)
{
  SvDb *db = sv_call_get_store (call, error);
  const char *id = sv_call_get_path_param (call, "provider");
  g_autoptr (SvProvider) provider = db != NULL ? sv_provider_load (db, id, error) : NULL;
  GPtrArray *mappings = provider != NULL ? sv_mapping_list (db, id, error) : NULL;
  return mappings != NULL && sv_call_answer_list (call, mappings, NULL, mappings->len);
}

/* Who comes in by a provider could give roles to themselves by its groups. */
static gboolean
check_duties (SvDb *db, const SvKnock *knock, GError **error)
{
  const char *person = knock->principal->person;
  gboolean alone;
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvLink) link =
      person != NULL ? sv_link_find_of_person (db, person, knock->provider, &cause) : NULL;
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return cause == NULL &&
         (link == NULL || sv_knock_check_duties (db, knock->principal, person, &alone, error));
}

static void
say_mapping (SvAuditEntry *entry, const char *action, const SvMapping *mapping)
{
  sv_audit_say (entry, action, mapping->provider,
                SV_AUDIT_FACTS ({"group", mapping->group_name},
                                {"role", sv_role_names[mapping->role]},
                                {"scope_kind", sv_scope_names[mapping->scope_kind]},
                                {"scope", mapping->scope}));
}

typedef struct {
  const SvKnock *knock;
  SvMapping *mapping; /* to be kept */
} MappingWork;

static gboolean
keep_mapping (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const MappingWork *work = data;
  g_autoptr (SvProvider) provider = sv_provider_load (db, work->knock->provider, error);
  if (provider == NULL || !check_duties (db, work->knock, error))
    return FALSE;
  say_mapping (entry, "provider.map", work->mapping);
  return sv_mapping_insert (db, work->mapping, error);
}

static gboolean
drop_mapping (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const SvKnock *knock = data;
  g_autoptr (SvMapping) mapping = sv_mapping_load (db, knock->provider, knock->id, error);
  if (mapping == NULL || !check_duties (db, knock, error))
    return FALSE;
  say_mapping (entry, "provider.unmap", mapping);
  return sv_mapping_delete (db, knock->id, error);
}

static SvMapping *
make_mapping (const SvKnock *knock)
{
  const NewMapping *wanted = knock->body;
  SvMapping *mapping = sv_record_new (&sv_mapping_type);
  mapping->id = sv_id_new ();
  mapping->provider = g_strdup (knock->provider);
  mapping->group_name = g_strdup (wanted->group_name);
  mapping->role = wanted->role;
  mapping->scope_kind = wanted->scope_kind;
  mapping->scope = g_strdup (wanted->scope != NULL ? wanted->scope : "");
  return mapping;
}

static gboolean
run_map (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  g_autoptr (SvMapping) mapping = make_mapping (knock);
  const SvGrant shape = {.scope_kind = mapping->scope_kind, .scope = mapping->scope};
  MappingWork work = {knock, mapping};
  if (!sv_grant_check (&shape, error) ||
      !sv_audit_perform (db, knock->entry, keep_mapping, &work, error))
    return FALSE;
  g_autofree char *place =
      g_strdup_printf ("/api/v1/identity-providers/%s/mappings/%s", mapping->provider, mapping->id);
  sv_deferred_set_header (deferred, "Location", place);
  *ret_record = g_steal_pointer (&mapping);
  return TRUE;
}

static gboolean
run_unmap (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  SvKnock *knock = data;
  return sv_audit_perform (db, knock->entry, drop_mapping, knock, error);
}

static gboolean
create_mapping (SvCall *call, GError **error)
{
  return sv_knock_defer (call, run_map, error);
}

static gboolean
delete_mapping (SvCall *call, GError **error)
{
  return sv_knock_defer (call, run_unmap, error);
}

/* -- Who is who there -- */

typedef struct {
  char *subject;
} NewLink;

static const SvField link_fields[] = {
    SV_FIELD (NewLink, subject, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_NAME_BYTES,
              .doc = "LDAP: the value of 'subject_from'; OIDC: the claim sub."),
};
static SV_RECORD_TYPE (new_link_type, NewLink, "NewPersonIdentity", link_fields,
                       "Who somebody is for a directory.");

static gboolean
list_links (SvCall *call, GError **error)
{
  SvDb *db = sv_call_get_store (call, error);
  const char *id = sv_call_get_path_param (call, "person");
  g_autoptr (SvPerson) person = db != NULL ? sv_person_load (db, id, error) : NULL;
  GPtrArray *links = person != NULL ? sv_link_list (db, id, error) : NULL;
  return links != NULL && sv_call_answer_list (call, links, NULL, links->len);
}

/* When no directory answers, somebody must still come in who keeps the people. */
static gboolean
check_local_administrators (SvDb *db, gint64 n_before, GError **error)
{
  gint64 n;
  if (!sv_grant_count_local_administrators (db, &n, error))
    return FALSE;
  if (n > 0 || n_before == 0)
    return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE,
                       "no administrator would be left who has a password here, for when the "
                       "provider does not answer");
  return FALSE;
}

/* One way in for each person: the password here is good no more. */
static gboolean
keep_link (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const SvKnock *knock = data;
  const NewLink *wanted = knock->body;
  gint64 n_before;
  const SvLink link = {.provider = knock->provider,
                       .subject = wanted->subject,
                       .person = knock->person,
                       .login = (char *)"",
                       .linked_at_us = knock->now_us};
  g_autoptr (SvPerson) person = sv_person_load (db, knock->person, error);
  g_autoptr (SvProvider) provider =
      person != NULL ? sv_provider_load (db, knock->provider, error) : NULL;
  sv_audit_say (entry, "person.link", knock->person,
                SV_AUDIT_FACTS ({"provider", link.provider}, {"subject", link.subject}));
  return provider != NULL && sv_grant_count_local_administrators (db, &n_before, error) &&
         sv_link_insert (db, &link, error) &&
         sv_person_set_password (db, knock->person, NULL, FALSE, error) &&
         check_local_administrators (db, n_before, error) &&
         sv_session_delete_all (db, knock->person, NULL, error);
}

static gboolean
drop_link (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const SvKnock *knock = data;
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvLink) link = sv_link_find_of_person (db, knock->person, knock->provider, &cause);
  if (cause != NULL) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return FALSE;
  }
  if (link == NULL) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_NOT_FOUND, "they are nobody there");
    return FALSE;
  }
  sv_audit_say (entry, "person.unlink", knock->person,
                SV_AUDIT_FACTS ({"provider", link->provider}, {"subject", link->subject}));
  return sv_link_delete (db, link, error) &&
         sv_grant_delete_of_provider (db, knock->provider, knock->person, error) &&
         (knock->principal->kind == SV_ACTOR_MACHINE || check_somebody_keeps (db, error)) &&
         sv_session_delete_all (db, knock->person, NULL, error);
}

static gboolean
run_link (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  SvKnock *knock = data;
  if (sv_audit_perform (db, knock->entry, keep_link, knock, error))
    *ret_record = sv_link_find_of_person (db, knock->person, knock->provider, error);
  return *ret_record != NULL;
}

static gboolean
run_unlink (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  SvKnock *knock = data;
  return sv_audit_perform (db, knock->entry, drop_link, knock, error);
}

static gboolean
put_link (SvCall *call, GError **error)
{
  return sv_knock_defer (call, run_link, error);
}

static gboolean
delete_link (SvCall *call, GError **error)
{
  return sv_knock_defer (call, run_unlink, error);
}

#define PROVIDERS "/api/v1/identity-providers"
#define TAG .tag = "Identity providers"
static const SvError exists[] = {SV_ERROR_EXISTS};
static const SvRoute routes[] = {
    {SV_METHOD_GET, PROVIDERS, "user:read", "The directories that say who people are", TAG,
     .response = &sv_provider_type, .flags = SV_ROUTE_LIST, .handle = list_providers},
    {SV_METHOD_GET, PROVIDERS "/{provider}", "user:read", "A directory", TAG,
     .response = &sv_provider_type, .handle = get_provider},
    {SV_METHOD_PUT, PROVIDERS "/{provider}", "user:write", "Add or change a directory", TAG,
     .request = &sv_provider_request_type, .response = &sv_provider_type, .handle = put_provider},
    {SV_METHOD_DELETE, PROVIDERS "/{provider}", "user:write",
     "Remove a directory, with the roles that it gave", TAG, .handle = delete_provider},
    {SV_METHOD_GET, PROVIDERS "/{provider}/mappings", "user:read",
     "The roles that groups of a directory give", TAG, .response = &sv_mapping_type,
     .flags = SV_ROUTE_LIST, .handle = list_mappings},
    {SV_METHOD_POST, PROVIDERS "/{provider}/mappings", "user:write",
     "Let a group of a directory give a role", TAG, .request = &new_type,
     .response = &sv_mapping_type, .flags = SV_ROUTE_CREATES, SV_ROUTE_ERRORS (exists),
     .handle = create_mapping},
    {SV_METHOD_DELETE, PROVIDERS "/{provider}/mappings/{mapping}", "user:write",
     "Let a group give a role no more", TAG, .handle = delete_mapping},
    {SV_METHOD_GET, "/api/v1/people/{person}/identities", "user:read",
     "Who a person is for the directories", TAG, .response = &sv_link_type, .flags = SV_ROUTE_LIST,
     .handle = list_links},
    {SV_METHOD_PUT, "/api/v1/people/{person}/identities/{provider}", "user:write",
     "Link a person to who they are for a directory", TAG, .request = &new_link_type,
     .response = &sv_link_type, SV_ROUTE_ERRORS (exists), .handle = put_link},
    {SV_METHOD_DELETE, "/api/v1/people/{person}/identities/{provider}", "user:write",
     "Take such a link away", TAG, .handle = delete_link},
};
const SvRouteTable sv_provider_routes = {routes, G_N_ELEMENTS (routes),
                                         "Directories that say who people are."};
