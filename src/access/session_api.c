/* Coming in and going out: the setup link, sessions, proving again who one is. */
#include "access/access.h"

#include "access/knock.h"

/* -- What is answered -- */

typedef struct {
  SvPerson *person;
  GPtrArray *permissions;
  char *csrf;
  gint64 ends_at_us;
  gint64 proved_until_us;
  gboolean alone;
} View;

static const SvField view_fields[] = {
    SV_FIELD (View, person, SV_TYPE_RECORD, .record = &sv_person_type,
              .doc = "Who is logged in; null where nobody needs to."),
    SV_FIELD (View, permissions, SV_TYPE_STRINGS, .doc = "What they may."),
    SV_FIELD (View, csrf, SV_TYPE_STRING,
              .doc = "What requests that change something repeat in X-Salve-CSRF."),
    SV_FIELD (View, ends_at_us, SV_TYPE_INSTANT, .doc = "When the session ends, however used."),
    SV_FIELD (View, proved_until_us, SV_TYPE_INSTANT,
              .doc = "Until when they need not prove again who they are."),
    SV_FIELD (View, alone, SV_TYPE_BOOL,
              .doc = "Nobody else can log in: decisions are made by one person, and say so."),
};
static SV_RECORD_TYPE (view_type, View, "Session", view_fields, "A session of a person.");

static void
view_free (View *view)
{
  sv_record_free (&view_type, view);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (View, view_free)

static View *
make_view (SvDb *db, const SvPrincipal *principal, const char *secret, GError **error)
{
  g_autoptr (View) view = sv_record_new (&view_type);
  const SvPersonFilter enabled = {0};
  gint64 n_people;
  view->permissions = sv_principal_list_permissions (principal);
  if (principal->kind != SV_ACTOR_PERSON)
    return g_steal_pointer (&view);
  view->csrf = sv_session_csrf (secret);
  view->ends_at_us = principal->ends_at_us;
  view->proved_until_us = principal->proved_at_us + SV_SESSION_PROOF_US;
  view->person = sv_person_load (db, principal->person, error);
  if (view->person == NULL || !sv_person_count (db, &enabled, &n_people, error))
    return NULL;
  view->alone = n_people == 1;
  return g_steal_pointer (&view);
}

/* The view of a session whose secret was just given out. */
static gboolean
give_session (SvDb *db, const SvKnock *knock, const char *secret, SvDeferred *deferred,
              gpointer *ret_record, GError **error)
{
  g_autoptr (SvPrincipal) principal = sv_access_find_session (db, secret, knock->now_us, error);
  if (principal == NULL)
    return FALSE;
  g_autofree char *cookie = sv_session_format_cookie (secret, knock->access->secure);
  sv_deferred_set_header (deferred, "Set-Cookie", cookie);
  *ret_record = make_view (db, principal, secret, error);
  return *ret_record != NULL;
}

/* -- The first person -- */

typedef struct {
  char *token, *login, *name, *password;
} SetupRequest;

static const SvField setup_fields[] = {
    SV_FIELD (SetupRequest, token, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .max = 128,
              .doc = "What stands behind the '#' of the setup link."),
    SV_FIELD (SetupRequest, login, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_LOGIN_BYTES, .doc = "Name to log in with."),
    SV_FIELD (SetupRequest, name, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "Name that others see; without it the login name."),
    SV_FIELD (SetupRequest, password, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_PASSWORD_BYTES, .doc = "Password, 12 characters or more."),
};
static SV_RECORD_TYPE (setup_type, SetupRequest, "Setup", setup_fields, "The first person.");

typedef struct {
  const SvKnock *knock;
  SvPerson *person;
  char *hash;
} Setup;

static gboolean
grant_everything (SvDb *db, const Setup *setup, GError **error)
{
  for (gint role = 0; role < SV_N_ROLES; role++) {
    g_autofree char *id = sv_id_new ();
    const SvGrant grant = {
        .id = id, .person = setup->person->id, .role = role, .granted_at_us = setup->knock->now_us};
    if (!sv_grant_insert (db, &grant, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
keep_first_person (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const Setup *setup = data;
  const SetupRequest *request = setup->knock->body;
  if (!sv_setup_use (db, request->token, setup->knock->now_us, error) ||
      !sv_person_insert (db, setup->person, setup->hash, error) ||
      !grant_everything (db, setup, error))
    return FALSE;
  sv_audit_say (entry, "setup", setup->person->id,
                SV_AUDIT_FACTS ({"login", setup->person->login},
                                {"roles", "all of them: one person holds every role"}));
  return TRUE;
}

static SvPerson *
make_first_person (const SvKnock *knock)
{
  const SetupRequest *request = knock->body;
  SvPerson *person = sv_record_new (&sv_person_type);
  person->id = sv_id_new ();
  person->login = g_strdup (knock->login);
  person->name = g_strdup (request->name != NULL ? request->name : knock->login);
  person->created_at_us = knock->now_us;
  return person;
}

static gboolean
run_setup (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  const SetupRequest *request = knock->body;
  if (!sv_setup_check (db, request->token, knock->now_us, error))
    return FALSE;
  g_autofree char *hash = sv_password_hash (request->password, error);
  g_autoptr (SvPerson) person = make_first_person (knock);
  Setup setup = {.knock = knock, .person = person, .hash = hash};
  if (hash == NULL || !sv_audit_perform (db, knock->entry, keep_first_person, &setup, error))
    return FALSE;
  g_autofree char *place = g_strconcat ("/api/v1/people/", person->id, NULL);
  sv_deferred_set_header (deferred, "Location", place);
  sv_knock_forgive (knock);
  *ret_record = g_steal_pointer (&person);
  return TRUE;
}

static gboolean
post_setup (SvCall *call, GError **error)
{
  const SetupRequest *request = sv_call_get_body (call);
  g_autofree char *login = sv_login_fold (request->login, error);
  if (login == NULL || !sv_password_check (request->password, login, request->name, error) ||
      (request->name != NULL && !sv_person_check_name (request->name, error)))
    return FALSE;
  return sv_knock_try (call, login, run_setup, error);
}

/* -- Logging in -- */

typedef struct {
  char *login, *password, *totp;
} LoginRequest;

static const SvField login_fields[] = {
    SV_FIELD (LoginRequest, login, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_LOGIN_BYTES, .doc = "Name to log in with."),
    SV_FIELD (LoginRequest, password, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_PASSWORD_BYTES, .doc = "Password."),
    SV_FIELD (LoginRequest, totp, SV_TYPE_STRING, .max = 16,
              .doc = "Six digits, where a second factor is in force."),
};
static SV_RECORD_TYPE (login_type, LoginRequest, "Login", login_fields, "Who logs in.");

typedef struct {
  const SvKnock *knock;
  const SvCredentials *credentials; /* NULL: nobody's name */
  gint64 step;                      /* of the code that was given; 0: none is needed */
  const char *fresh_hash;           /* (nullable): the password at today's costs */
  char *secret;                     /* of the session to be */
} Login;

/* The names that nobody has are not written down: people type passwords there, too. */
static gboolean
keep_refusal (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const Login *login = data;
  sv_audit_say (entry, "session.refuse",
                login->credentials != NULL ? login->credentials->person : NULL, NULL);
  return TRUE;
}

static gboolean
insert_session (SvDb *db, const Login *login, GError **error)
{
  const SvKnock *knock = login->knock;
  g_autoptr (GBytes) digest = sv_token_digest (login->secret);
  const SvSession session = {.digest = digest,
                             .person = login->credentials->person,
                             .created_at_us = knock->now_us,
                             .seen_at_us = knock->now_us,
                             .proved_at_us = knock->now_us,
                             .address = knock->entry->address};
  return sv_session_insert (db, &session, error);
}

static gboolean
keep_login (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const Login *login = data;
  const char *person = login->credentials->person;
  if ((login->step != 0 && !sv_person_use_totp (db, person, login->step, error)) ||
      (login->fresh_hash != NULL &&
       !sv_person_set_password (db, person, login->fresh_hash, login->credentials->must_change,
                                error)) ||
      (login->knock->replaced != NULL && !sv_session_delete (db, login->knock->replaced, error)) ||
      !sv_person_note_login (db, person, login->knock->now_us, error) ||
      !insert_session (db, login, error))
    return FALSE;
  sv_text_set (&entry->actor, person);
  sv_text_set (&entry->actor_name, login->knock->login);
  entry->actor_kind = SV_ACTOR_PERSON;
  sv_audit_say (entry, "session.begin", person,
                SV_AUDIT_FACTS ({"factors", login->step != 0 ? "2" : "1"}));
  return TRUE;
}

/* The code is looked at only behind a right password: a code alone tells nothing. */
static gboolean
is_right (Login *login)
{
  const LoginRequest *request = login->knock->body;
  const SvCredentials *credentials = login->credentials;
  if (!sv_knock_proves (credentials, request->password))
    return FALSE;
  return credentials->totp_secret == NULL ||
         sv_totp_accept (credentials->totp_secret, request->totp, login->knock->now_us,
                         credentials->totp_step, &login->step);
}

static gboolean
refuse_login (SvDb *db, Login *login, GError **error)
{
  if (sv_audit_perform (db, login->knock->entry, keep_refusal, login, error))
    g_set_error_literal (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED,
                         "login name, password or code are not right");
  return FALSE;
}

static gboolean
begin_session (SvDb *db, Login *login, GError **error)
{
  const LoginRequest *request = login->knock->body;
  gboolean outdated = sv_password_needs_rehash (login->credentials->password);
  g_autofree char *fresh_hash = outdated ? sv_password_hash (request->password, NULL) : NULL;
  g_autoptr (GError) cause = NULL;
  login->fresh_hash = fresh_hash;
  if (sv_audit_perform (db, login->knock->entry, keep_login, login, &cause))
    return TRUE;
  if (sv_error_is (cause, SV_ERROR_UNAUTHENTICATED)) /* the code was used meanwhile */
    return refuse_login (db, login, error);
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

static gboolean
run_login (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvCredentials) credentials = sv_credentials_find (db, knock->login, &cause);
  g_autofree char *secret = sv_token_new ("session");
  Login login = {.knock = knock, .credentials = credentials, .secret = secret};
  if (cause != NULL) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return FALSE;
  }
  if (!is_right (&login))
    return refuse_login (db, &login, error);
  if (!begin_session (db, &login, error))
    return FALSE;
  sv_knock_forgive (knock);
  return give_session (db, knock, secret, deferred, ret_record, error);
}

/* A session that the browser had is never taken up: each login makes a new one (ASVS 7.2.4). What
 * is no login name is looked at like one that nobody has. */
static gboolean
post_session (SvCall *call, GError **error)
{
  const LoginRequest *request = sv_call_get_body (call);
  g_autofree char *login = g_ascii_strdown (request->login, -1);
  return sv_knock_try (call, login, run_login, error);
}

/* -- The session -- */

static const char *
get_secret (const SvCall *call)
{
  const SvAccess *access = sv_access_of_call (call);
  return sv_call_find_cookie (call, sv_session_cookie_name (access->secure));
}

static gboolean
get_session (SvCall *call, GError **error)
{
  SvDb *db = sv_call_get_store (call, error);
  View *view =
      db != NULL ? make_view (db, sv_call_get_principal (call), get_secret (call), error) : NULL;
  return view != NULL && sv_call_answer (call, view);
}

static gboolean
end_one (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const SvPrincipal *principal = data;
  sv_audit_say (entry, "session.end", principal->person, NULL);
  return sv_session_delete (db, principal->session, error);
}

static gboolean
end_all (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const SvPrincipal *principal = data;
  sv_audit_say (entry, "session.end-all", principal->person, NULL);
  return sv_session_delete_all (db, principal->person, NULL, error);
}

static void
take_cookie_away (const SvKnock *knock, SvDeferred *deferred)
{
  g_autofree char *cookie = sv_session_format_cookie (NULL, knock->access->secure);
  sv_deferred_set_header (deferred, "Set-Cookie", cookie);
}

static gboolean
run_end_one (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  if (!sv_audit_perform (db, knock->entry, end_one, knock->principal, error))
    return FALSE;
  take_cookie_away (knock, deferred);
  return TRUE;
}

static gboolean
run_end_all (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  if (!sv_audit_perform (db, knock->entry, end_all, knock->principal, error))
    return FALSE;
  take_cookie_away (knock, deferred);
  return TRUE;
}

static gboolean
delete_session (SvCall *call, GError **error)
{
  return sv_access_get_person (call, error) != NULL && sv_knock_defer (call, run_end_one, error);
}

static gboolean
delete_sessions (SvCall *call, GError **error)
{
  return sv_access_get_person (call, error) != NULL && sv_knock_defer (call, run_end_all, error);
}

/* -- Proving again who one is -- */

typedef struct {
  char *password, *totp;
} ProofRequest;

static const SvField proof_fields[] = {
    SV_FIELD (ProofRequest, password, SV_TYPE_STRING, .max = SV_LIMIT_PASSWORD_BYTES,
              .doc = "Password; this or a code."),
    SV_FIELD (ProofRequest, totp, SV_TYPE_STRING, .max = 16, .doc = "Six digits."),
};
static SV_RECORD_TYPE (proof_type, ProofRequest, "Proof", proof_fields, "Who one is, again.");

typedef struct {
  const SvKnock *knock;
  gint64 step; /* of the code; 0: the password was given */
  char *secret;
  gboolean right;
} Proof;

static gboolean
keep_proof (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const Proof *proof = data;
  const SvPrincipal *principal = proof->knock->principal;
  g_autoptr (GBytes) digest = sv_token_digest (proof->secret);
  sv_audit_say (entry, proof->right ? "session.prove" : "session.refuse-proof", principal->person,
                NULL);
  if (!proof->right)
    return TRUE;
  return (proof->step == 0 || sv_person_use_totp (db, principal->person, proof->step, error)) &&
         sv_session_renew (db, principal->session, digest, proof->knock->now_us, error);
}

static gboolean
is_proof (const Proof *proof, const SvCredentials *credentials, gint64 *ret_step)
{
  const ProofRequest *request = proof->knock->body;
  if (request->totp == NULL)
    return sv_knock_proves (credentials, request->password);
  return credentials != NULL && !credentials->disabled &&
         sv_totp_accept (credentials->totp_secret, request->totp, proof->knock->now_us,
                         credentials->totp_step, ret_step);
}

static gboolean
run_proof (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  g_autoptr (SvCredentials) credentials =
      sv_credentials_find_by_id (db, knock->principal->person, error);
  g_autofree char *secret = sv_token_new ("session");
  Proof proof = {.knock = knock, .secret = secret};
  if (credentials == NULL)
    return FALSE;
  proof.right = is_proof (&proof, credentials, &proof.step);
  if (!sv_audit_perform (db, knock->entry, keep_proof, &proof, error))
    return FALSE;
  if (!proof.right) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_DENIED, "password or code are not right");
    return FALSE;
  }
  sv_knock_forgive (knock);
  return give_session (db, knock, secret, deferred, ret_record, error);
}

static gboolean
post_proof (SvCall *call, GError **error)
{
  const ProofRequest *request = sv_call_get_body (call);
  const SvPrincipal *principal = sv_access_get_person (call, error);
  if (principal == NULL)
    return FALSE;
  if ((request->password == NULL) != (request->totp == NULL))
    return sv_knock_try (call, principal->name, run_proof, error);
  g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE, "give a password or a code");
  return FALSE;
}

#define TAG .tag = "Sessions"
static const SvError login_errors[] = {SV_ERROR_UNAUTHENTICATED, SV_ERROR_RATE, SV_ERROR_BUSY};
static const SvError proof_errors[] = {SV_ERROR_RATE, SV_ERROR_BUSY};
static const SvRoute routes[] = {
    {SV_METHOD_POST, "/api/v1/setup", "public", "Make the first person, by the setup link", TAG,
     .request = &setup_type, .response = &sv_person_type, .flags = SV_ROUTE_CREATES,
     SV_ROUTE_ERRORS (login_errors), .handle = post_setup},
    {SV_METHOD_POST, "/api/v1/session", "public", "Log in", TAG, .request = &login_type,
     .response = &view_type, SV_ROUTE_ERRORS (login_errors), .handle = post_session},
    {SV_METHOD_GET, "/api/v1/session", "account:own", "Who is logged in, and what they may", TAG,
     .response = &view_type, .handle = get_session},
    {SV_METHOD_DELETE, "/api/v1/session", "account:own", "Log out", TAG, .handle = delete_session},
    {SV_METHOD_DELETE, "/api/v1/sessions", "account:own", "Log out everywhere", TAG,
     .handle = delete_sessions},
    {SV_METHOD_POST, "/api/v1/session/proof", "account:own",
     "Prove again who one is, for what needs it fresh", TAG, .request = &proof_type,
     .response = &view_type, SV_ROUTE_ERRORS (proof_errors), .handle = post_proof},
};
const SvRouteTable sv_session_routes = {routes, G_N_ELEMENTS (routes), "Logging in and out."};
