#include "access/login.h"

#include "access/audit_store.h"

#include <string.h>

/* -- Roles by groups -- */

typedef struct {
  const SvLogin *login;
  GPtrArray *have;     /* SvGrant: by hand, too */
  GPtrArray *mappings; /* SvMapping: of the provider */
} Renewal;

static void
renewal_clear (Renewal *renewal)
{
  sv_rows_free (renewal->have, &sv_grant_type);
  sv_rows_free (renewal->mappings, &sv_mapping_type);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Renewal, renewal_clear)

static gboolean
is_same (const SvGrant *grant, const SvMapping *mapping)
{
  return g_strcmp0 (grant->provider, mapping->provider) == 0 && grant->role == mapping->role &&
         grant->scope_kind == mapping->scope_kind && g_strcmp0 (grant->scope, mapping->scope) == 0;
}

static gboolean
applies (const Renewal *renewal, const SvMapping *mapping)
{
  const SvEntrance *entrance = renewal->login->entrance;
  return sv_mapping_matches (mapping, (SvProviderKind)entrance->provider->kind,
                             entrance->arrival->groups);
}

static gboolean
is_wanted (const Renewal *renewal, const SvGrant *grant)
{
  for (guint i = 0; i < renewal->mappings->len; i++)
    if (is_same (grant, renewal->mappings->pdata[i]) &&
        applies (renewal, renewal->mappings->pdata[i]))
      return TRUE;
  return FALSE;
}

static gboolean
is_there (const Renewal *renewal, const SvMapping *mapping)
{
  for (guint i = 0; i < renewal->have->len; i++)
    if (is_same (renewal->have->pdata[i], mapping))
      return TRUE;
  return FALSE;
}

/* No person decided it: the directory did. */
static gboolean
tell (SvDb *db, const Renewal *renewal, const SvGrant *grant, const char *action, GError **error)
{
  const SvAuditEntry *whole = renewal->login->knock->entry;
  g_autoptr (SvAuditEntry) entry = sv_record_new (&sv_audit_entry_type);
  entry->at_us = whole->at_us;
  entry->actor_kind = SV_ACTOR_MACHINE;
  entry->actor_name = g_strconcat ("identity provider ", grant->provider, NULL);
  entry->request = g_strdup (whole->request);
  entry->address = g_strdup (whole->address);
  sv_audit_say (entry, action, grant->person,
                SV_AUDIT_FACTS ({"role", sv_role_names[grant->role]},
                                {"scope_kind", sv_scope_names[grant->scope_kind]},
                                {"scope", grant->scope}, {"decided", "by a group"}));
  return sv_audit_append (db, entry, error);
}

/* The last administrator stays: somebody always keeps the people. */
static gboolean
may_take (SvDb *db, const SvGrant *grant, gboolean *ret_may, GError **error)
{
  gint64 n = 2;
  gboolean keeps = grant->role == SV_ROLE_ADMINISTRATOR && grant->scope_kind == SV_SCOPE_EVERYTHING;
  if (keeps && !sv_grant_count_holders (db, SV_ROLE_ADMINISTRATOR, &n, error))
    return FALSE;
  *ret_may = n > 1;
  return TRUE;
}

static gboolean
take_away (SvDb *db, const Renewal *renewal, const SvGrant *grant, GError **error)
{
  gboolean may;
  if (!may_take (db, grant, &may, error))
    return FALSE;
  return !may ||
         (sv_grant_delete (db, grant->id, error) && tell (db, renewal, grant, "grant.take", error));
}

static gboolean
give (SvDb *db, const Renewal *renewal, const SvMapping *mapping, GError **error)
{
  SvGrant *grant = sv_record_new (&sv_grant_type);
  g_ptr_array_add (renewal->have, grant); /* a second group may give it, too */
  grant->id = sv_id_new ();
  grant->person = g_strdup (renewal->login->person);
  grant->role = mapping->role;
  grant->scope_kind = mapping->scope_kind;
  grant->scope = g_strdup (mapping->scope);
  grant->provider = g_strdup (mapping->provider);
  grant->granted_at_us = renewal->login->knock->now_us;
  return sv_grant_insert (db, grant, error) && tell (db, renewal, grant, "grant.give", error);
}

static gboolean
renew_grants (SvDb *db, const SvLogin *login, GError **error)
{
  const char *provider = login->entrance->provider->id;
  g_auto (Renewal) renewal = {.login = login};
  renewal.have = sv_grant_list (db, login->person, error);
  renewal.mappings = renewal.have != NULL ? sv_mapping_list (db, provider, error) : NULL;
  if (renewal.mappings == NULL)
    return FALSE;
  for (guint i = 0; i < renewal.have->len; i++) {
    const SvGrant *grant = renewal.have->pdata[i];
    if (g_strcmp0 (grant->provider, provider) == 0 && !is_wanted (&renewal, grant) &&
        !take_away (db, &renewal, grant, error))
      return FALSE;
  }
  for (guint i = 0; i < renewal.mappings->len; i++) {
    const SvMapping *mapping = renewal.mappings->pdata[i];
    if (applies (&renewal, mapping) && !is_there (&renewal, mapping) &&
        !give (db, &renewal, mapping, error))
      return FALSE;
  }
  return TRUE;
}

/* -- Who it is -- */

static gboolean
deny (GError **error, const char *why)
{
  g_set_error_literal (error, SV_ERROR, SV_ERROR_DENIED, why);
  return FALSE;
}

/* A name that somebody else has is nobody's reason to come in as them. */
static gboolean
insert_person (SvDb *db, const SvPerson *person, GError **error)
{
  g_autoptr (GError) cause = NULL;
  if (sv_person_insert (db, person, NULL, &cause))
    return TRUE;
  if (sv_error_is (cause, SV_ERROR_EXISTS))
    return deny (error, "your login name is that of somebody else here: ask an administrator to "
                        "link you");
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

static SvPerson *
describe (const SvLogin *login, GError **error)
{
  const SvArrival *arrival = login->entrance->arrival;
  g_autofree char *folded = sv_login_fold (arrival->login, NULL);
  if (folded == NULL) {
    deny (error, "your login name there cannot be one here: ask an administrator to link you");
    return NULL;
  }
  gboolean named = arrival->name != NULL && strlen (arrival->name) <= SV_LIMIT_NAME_BYTES &&
                   sv_person_check_name (arrival->name, NULL);
  SvPerson *person = sv_record_new (&sv_person_type);
  person->id = sv_id_new ();
  person->name = g_strdup (named ? arrival->name : folded);
  person->login = g_steal_pointer (&folded);
  if (arrival->mail != NULL && strlen (arrival->mail) <= SV_LIMIT_NAME_BYTES)
    person->mail = sv_text_printable (arrival->mail);
  person->created_at_us = login->knock->now_us;
  return person;
}

static gboolean
make_person (SvDb *db, SvLogin *login, GError **error)
{
  const SvEntrance *entrance = login->entrance;
  if (!entrance->provider->makes_people)
    return deny (error, "you are nobody here: ask an administrator to link you");
  g_autoptr (SvPerson) person = describe (login, error);
  if (person == NULL || !insert_person (db, person, error))
    return FALSE;
  sv_text_set (&login->person, person->id);
  const SvLink link = {.provider = entrance->provider->id,
                       .subject = entrance->arrival->subject,
                       .person = person->id,
                       .login = entrance->arrival->login,
                       .linked_at_us = login->knock->now_us};
  return sv_link_insert (db, &link, error);
}

static gboolean
find_person (SvDb *db, SvLogin *login, GError **error)
{
  const SvEntrance *entrance = login->entrance;
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvLink) link =
      sv_link_find (db, entrance->provider->id, entrance->arrival->subject, &cause);
  if (cause != NULL) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return FALSE;
  }
  if (link == NULL)
    return make_person (db, login, error);
  sv_text_set (&login->person, link->person);
  return sv_link_note_login (db, link, entrance->arrival->login, error);
}

/* Whether they may come in is looked at again where they come in. */
static gboolean
check_enabled (SvDb *db, const SvLogin *login, GError **error)
{
  g_autoptr (SvPerson) person = sv_person_load (db, login->person, error);
  if (person != NULL && person->disabled)
    g_set_error_literal (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED, "you are disabled here");
  return person != NULL && !person->disabled;
}

static gboolean
enter (SvDb *db, SvLogin *login, GError **error)
{
  return login->entrance == NULL ||
         (find_person (db, login, error) && check_enabled (db, login, error) &&
          renew_grants (db, login, error));
}

SvCredentials *
sv_login_find_credentials (SvDb *db, const SvEntrance *entrance, GError **error)
{
  g_autoptr (SvLink) link =
      sv_link_find (db, entrance->provider->id, entrance->arrival->subject, error);
  return link != NULL ? sv_credentials_find_by_id (db, link->person, error) : NULL;
}

/* -- The session -- */

/* A provider that lets somebody in again without asking for anything has proven nothing anew. */
static gint64
proved_at (const SvLogin *login)
{
  const SvEntrance *entrance = login->entrance;
  return entrance != NULL && entrance->provider->kind == SV_PROVIDER_OIDC
             ? MIN (entrance->arrival->proved_at_us, login->knock->now_us)
             : login->knock->now_us;
}

static gboolean
insert_session (SvDb *db, const SvLogin *login, GError **error)
{
  const SvKnock *knock = login->knock;
  g_autoptr (GBytes) digest = sv_token_digest (login->secret);
  const SvSession session = {.digest = digest,
                             .person = login->person,
                             .created_at_us = knock->now_us,
                             .seen_at_us = knock->now_us,
                             .proved_at_us = proved_at (login),
                             .address = knock->entry->address};
  return sv_session_insert (db, &session, error);
}

static void
say_begin (SvAuditEntry *entry, const SvLogin *login)
{
  const SvEntrance *entrance = login->entrance;
  gboolean two = login->step != 0 || (entrance != NULL && entrance->arrival->two_factors);
  sv_text_set (&entry->actor, login->person);
  sv_text_set (&entry->actor_name, login->name);
  entry->actor_kind = SV_ACTOR_PERSON;
  sv_audit_say (entry, "session.begin", login->person,
                entrance != NULL ? SV_AUDIT_FACTS ({"factors", two ? "2" : "1"},
                                                   {"provider", entrance->provider->id})
                                 : SV_AUDIT_FACTS ({"factors", two ? "2" : "1"}));
}

gboolean
sv_login_keep (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  SvLogin *login = data;
  const SvKnock *knock = login->knock;
  if (!enter (db, login, error) ||
      (login->step != 0 && !sv_person_use_totp (db, login->person, login->step, error)) ||
      (login->fresh_hash != NULL &&
       !sv_person_set_password (db, login->person, login->fresh_hash, login->must_change, error)) ||
      (knock->replaced != NULL && !sv_session_delete (db, knock->replaced, error)) ||
      !sv_person_note_login (db, login->person, knock->now_us, error) ||
      !insert_session (db, login, error))
    return FALSE;
  say_begin (entry, login);
  return TRUE;
}

gboolean
sv_login_keep_refusal (SvDb *db, SvAuditEntry *entry, gpointer person, GError **error)
{
  sv_audit_say (entry, "session.refuse", person, NULL);
  return TRUE;
}
