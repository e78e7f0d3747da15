/* The people who may log in. */
#include "access/access.h"

#include "access/knock.h"

/* -- Reading -- */

static gboolean
list_people (SvCall *call, GError **error)
{
  const gint disabled =
      sv_call_has_query (call, "disabled") ? (gint)sv_call_get_query_bool (call, "disabled") : -1;
  const SvPersonFilter filter = {sv_call_find_query (call, "login"), disabled};
  gint64 limit = sv_call_get_query_int64 (call, "limit"), total;
  g_autoptr (SvTx) tx = NULL;
  SvDb *db = sv_call_begin_read (call, &tx, error);
  if (db == NULL || !sv_person_count (db, &filter, &total, error))
    return FALSE;
  GPtrArray *people =
      sv_person_list (db, &filter, sv_call_find_query (call, "cursor"), limit + 1, error);
  if (people == NULL)
    return FALSE;
  const char *next = NULL;
  if (sv_rows_cut (people, limit, &sv_person_type))
    next = ((SvPerson *)people->pdata[people->len - 1])->login;
  return sv_call_answer_list (call, people, next, total);
}

static gboolean
get_person (SvCall *call, GError **error)
{
  SvDb *db = sv_call_get_store (call, error);
  SvPerson *person =
      db != NULL ? sv_person_load (db, sv_call_get_path_param (call, "person"), error) : NULL;
  return person != NULL && sv_call_answer (call, person);
}

/* -- Adding -- */

typedef struct {
  char *login, *name, *mail, *password;
} NewPerson;

static const SvField new_fields[] = {
    SV_FIELD (NewPerson, login, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_LOGIN_BYTES, .doc = "Name to log in with."),
    SV_FIELD (NewPerson, name, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_NAME_BYTES, .doc = "Name that others see."),
    SV_FIELD (NewPerson, mail, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES, .doc = "Mail address."),
    SV_FIELD (NewPerson, password, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_PASSWORD_BYTES, .doc = "A first password, to be changed by them."),
};
static SV_RECORD_TYPE (new_type, NewPerson, "NewPerson", new_fields, "Somebody to be added.");

typedef struct {
  SvPerson *person;
  char *hash;
} Addition;

static gboolean
keep_person (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const Addition *addition = data;
  sv_audit_say (
      entry, "person.create", addition->person->id,
      SV_AUDIT_FACTS ({"login", addition->person->login}, {"name", addition->person->name}));
  return sv_person_insert (db, addition->person, addition->hash, error);
}

static SvPerson *
make_person (const NewPerson *request, gint64 now_us)
{
  SvPerson *person = sv_record_new (&sv_person_type);
  person->id = sv_id_new ();
  person->login = sv_login_fold (request->login, NULL);
  person->name = g_strdup (request->name);
  person->mail = g_strdup (request->mail);
  person->must_change = TRUE;
  person->created_at_us = now_us;
  return person;
}

static gboolean
run_create (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  const NewPerson *request = knock->body;
  g_autoptr (SvPerson) person = make_person (request, knock->now_us);
  g_autofree char *hash = sv_password_hash (request->password, error);
  Addition addition = {person, hash};
  if (hash == NULL || !sv_audit_perform (db, knock->entry, keep_person, &addition, error))
    return FALSE;
  g_autofree char *place = g_strconcat ("/api/v1/people/", person->id, NULL);
  sv_deferred_set_header (deferred, "Location", place);
  sv_knock_forgive (knock);
  *ret_record = g_steal_pointer (&person);
  return TRUE;
}

static gboolean
create_person (SvCall *call, GError **error)
{
  const NewPerson *request = sv_call_get_body (call);
  g_autofree char *login = sv_login_fold (request->login, error);
  return login != NULL && sv_person_check_name (request->name, error) &&
         sv_password_check (request->password, login, request->name, error) &&
         sv_knock_try (call, NULL, run_create, error);
}

/* -- Changing -- */

typedef struct {
  char *name, *mail;
  gboolean disabled;
} PersonChange;

static const SvField change_fields[] = {
    SV_FIELD (PersonChange, name, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "Name that others see."),
    SV_FIELD (PersonChange, mail, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "Mail address."),
    SV_FIELD (PersonChange, disabled, SV_TYPE_BOOL,
              .doc = "Cannot log in; ends all sessions at once."),
};
static SV_RECORD_TYPE (change_type, PersonChange, "PersonChange", change_fields,
                       "What is to change; what is not named stays.");

typedef struct {
  const SvKnock *knock;
  SvPerson *person;
} Change;

static void
take_members (const SvKnock *knock, SvPerson *person)
{
  const PersonChange *wanted = knock->body;
  if (sv_strings_contain (knock->members, "name"))
    sv_text_set (&person->name, wanted->name);
  if (sv_strings_contain (knock->members, "mail"))
    sv_text_set (&person->mail, wanted->mail);
  if (sv_strings_contain (knock->members, "disabled"))
    person->disabled = wanted->disabled;
}

/* @n_before administrators were there. */
static gboolean
check_administrators (SvDb *db, gint64 n_before, GError **error)
{
  gint64 n;
  if (!sv_grant_count_holders (db, SV_ROLE_ADMINISTRATOR, &n, error))
    return FALSE;
  if (n > 0 || n_before == 0)
    return TRUE;
  g_set_error_literal (
      error, SV_ERROR, SV_ERROR_USAGE,
      "nobody would be left who keeps the people: make another administrator first");
  return FALSE;
}

static gboolean
keep_change (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  Change *change = data;
  gint64 n_before;
  g_clear_pointer (&change->person, sv_person_free);
  change->person = sv_person_load (db, change->knock->person, error);
  if (change->person == NULL ||
      !sv_grant_count_holders (db, SV_ROLE_ADMINISTRATOR, &n_before, error))
    return FALSE;
  take_members (change->knock, change->person);
  const SvPerson *person = change->person;
  sv_audit_say (entry, "person.change", person->id,
                SV_AUDIT_FACTS ({"name", person->name}, {"mail", person->mail},
                                {"disabled", person->disabled ? "true" : "false"}));
  return sv_person_check_name (person->name, error) && sv_person_update (db, person, error) &&
         check_administrators (db, n_before, error) &&
         (!person->disabled || sv_session_delete_all (db, person->id, NULL, error));
}

static gboolean
run_change (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  Change change = {.knock = knock};
  gboolean done = sv_audit_perform (db, knock->entry, keep_change, &change, error);
  g_autoptr (SvPerson) person = change.person;
  *ret_record = done ? g_steal_pointer (&person) : NULL;
  return done;
}

static gboolean
change_person (SvCall *call, GError **error)
{
  return sv_knock_defer (call, run_change, error);
}

/* -- When they cannot come in any more -- */

typedef struct {
  char *password;
} NewPassword;

static const SvField reset_fields[] = {
    SV_FIELD (NewPassword, password, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_PASSWORD_BYTES, .doc = "A password, to be changed by them."),
};
static SV_RECORD_TYPE (reset_type, NewPassword, "NewPassword", reset_fields,
                       "A password for somebody else.");

typedef struct {
  const char *person;
  const char *hash;
} Reset;

/* One way in for each person. */
static gboolean
check_not_linked (SvDb *db, const char *person, GError **error)
{
  GPtrArray *links = sv_link_list (db, person, error);
  gboolean linked = links != NULL && links->len > 0;
  if (linked)
    g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE,
                         "they come in by an identity provider, and have no password here");
  gboolean free = links != NULL && !linked;
  sv_rows_free (links, &sv_link_type);
  return free;
}

static gboolean
keep_reset (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const Reset *reset = data;
  g_autoptr (SvPerson) person = sv_person_load (db, reset->person, error);
  sv_audit_say (entry, "person.reset-password", reset->person, NULL);
  return person != NULL && check_not_linked (db, person->id, error) &&
         sv_person_set_password (db, reset->person, reset->hash, TRUE, error) &&
         sv_session_delete_all (db, reset->person, NULL, error);
}

static gboolean
run_reset (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  const NewPassword *request = knock->body;
  g_autofree char *hash = sv_password_hash (request->password, error);
  Reset reset = {knock->person, hash};
  if (hash == NULL || !sv_audit_perform (db, knock->entry, keep_reset, &reset, error))
    return FALSE;
  sv_knock_forgive (knock);
  return TRUE;
}

static gboolean
put_password (SvCall *call, GError **error)
{
  const NewPassword *request = sv_call_get_body (call);
  return sv_password_check (request->password, NULL, NULL, error) &&
         sv_knock_try (call, NULL, run_reset, error);
}

static gboolean
keep_without_factor (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const char *id = data;
  g_autoptr (SvPerson) person = sv_person_load (db, id, error);
  sv_audit_say (entry, "person.reset-totp", id, NULL);
  return person != NULL && sv_person_remove_totp (db, id, error) &&
         sv_session_delete_all (db, id, NULL, error);
}

static gboolean
run_without_factor (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record,
                    GError **error)
{
  const SvKnock *knock = data;
  return sv_audit_perform (db, knock->entry, keep_without_factor, knock->person, error);
}

static gboolean
delete_factor (SvCall *call, GError **error)
{
  return sv_knock_defer (call, run_without_factor, error);
}

static gboolean
keep_out (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const char *id = data;
  g_autoptr (SvPerson) person = sv_person_load (db, id, error);
  sv_audit_say (entry, "person.end-sessions", id, NULL);
  return person != NULL && sv_session_delete_all (db, id, NULL, error);
}

static gboolean
run_out (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  return sv_audit_perform (db, knock->entry, keep_out, knock->person, error);
}

static gboolean
delete_sessions (SvCall *call, GError **error)
{
  return sv_knock_defer (call, run_out, error);
}

static const SvParam list_params[] = {
    SV_PARAM_LIMIT,
    SV_PARAM_CURSOR,
    {.name = "login",
     .type = SV_TYPE_STRING,
     .max = SV_LIMIT_LOGIN_BYTES,
     .doc = "Whose login name begins so."},
    {.name = "disabled", .type = SV_TYPE_BOOL, .doc = "Only those who cannot, or can, log in."},
};
static const SvParam person_params[] = {
    {.name = "person",
     .type = SV_TYPE_STRING,
     .max = SV_LIMIT_NAME_BYTES,
     .doc = "Id of the person."},
};
#define PERSON SV_ROUTE_PARAMS (person_params)
#define TAG .tag = "People"
static const SvError create_errors[] = {SV_ERROR_EXISTS, SV_ERROR_RATE, SV_ERROR_BUSY};
static const SvError tries[] = {SV_ERROR_RATE, SV_ERROR_BUSY};
static const SvRoute routes[] = {
    {SV_METHOD_GET, "/api/v1/people", "user:read", "People", TAG, SV_ROUTE_PARAMS (list_params),
     .response = &sv_person_type, .flags = SV_ROUTE_LIST, .handle = list_people},
    {SV_METHOD_POST, "/api/v1/people", "user:write", "Add a person", TAG, .request = &new_type,
     .response = &sv_person_type, .flags = SV_ROUTE_CREATES, SV_ROUTE_ERRORS (create_errors),
     .handle = create_person},
    {SV_METHOD_GET, "/api/v1/people/{person}", "user:read", "A person", TAG, PERSON,
     .response = &sv_person_type, .handle = get_person},
    {SV_METHOD_PATCH, "/api/v1/people/{person}", "user:write", "Change or disable a person", TAG,
     PERSON, .request = &change_type, .response = &sv_person_type, .handle = change_person},
    {SV_METHOD_PUT, "/api/v1/people/{person}/password", "user:write",
     "Give a person a password that they must change", TAG, PERSON, .request = &reset_type,
     SV_ROUTE_ERRORS (tries), .handle = put_password},
    {SV_METHOD_DELETE, "/api/v1/people/{person}/totp", "user:write",
     "Take away the second factor of a person", TAG, PERSON, .handle = delete_factor},
    {SV_METHOD_DELETE, "/api/v1/people/{person}/sessions", "user:write",
     "End all sessions of a person", TAG, PERSON, .handle = delete_sessions},
};
const SvRouteTable sv_people_routes = {routes, G_N_ELEMENTS (routes), "People who may log in."};
