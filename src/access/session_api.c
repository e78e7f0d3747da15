/* Coming in and going out: the setup link, sessions, proving again who one is. */
#include "access/access.h"

#include "access/away.h"
#include "access/login.h"

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
  if (principal->proved_at_us != 0)
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
  SvLogin login;
  const SvCredentials *credentials; /* NULL: nobody's name */
} Try;

/* The code is looked at only behind a right password: a code alone tells nothing. */
static gboolean
is_right_code (Try *try)
{
  const LoginRequest *request = try->login.knock->body;
  const SvEntrance *entrance = try->login.entrance;
  const SvCredentials *credentials = try->credentials;
  return credentials == NULL || credentials->totp_secret == NULL ||
         (entrance != NULL && entrance->arrival->two_factors) ||
         sv_totp_accept (credentials->totp_secret, request->totp, try->login.knock->now_us,
                         credentials->totp_step, &try->login.step);
}

static gboolean
refuse_login (SvDb *db, const Try *try, GError **error)
{
  char *person = try->credentials != NULL ? try->credentials->person : NULL;
  if (sv_audit_perform (db, try->login.knock->entry, sv_login_keep_refusal, person, error))
    g_set_error_literal (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED,
                         "login name, password or code are not right");
  return FALSE;
}

static gboolean
begin_session (SvDb *db, Try *try, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = try->login.knock;
  g_autofree char *secret = sv_token_new ("session");
  g_autoptr (GError) cause = NULL;
  try->login.secret = secret;
  gboolean kept = sv_audit_perform (db, knock->entry, sv_login_keep, &try->login, &cause);
  g_autofree char *person = try->login.person;
  if (kept) {
    sv_knock_forgive (knock);
    return person != NULL && give_session (db, knock, secret, deferred, ret_record, error);
  }
  if (sv_error_is (cause, SV_ERROR_UNAUTHENTICATED)) /* the code was used meanwhile */
    return refuse_login (db, try, error);
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

static gboolean
run_login (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  const LoginRequest *request = knock->body;
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvCredentials) credentials = sv_credentials_find (db, knock->login, &cause);
  Try try = {.login = {.knock = knock, .name = knock->login}, .credentials = credentials};
  if (cause != NULL) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return FALSE;
  }
  if (!sv_knock_proves (credentials, request->password) || !is_right_code (&try))
    return refuse_login (db, &try, error);
  gboolean outdated = sv_password_needs_rehash (credentials->password);
  g_autofree char *fresh_hash = outdated ? sv_password_hash (request->password, NULL) : NULL;
  try.login.fresh_hash = fresh_hash;
  try.login.must_change = credentials->must_change;
  try.login.person = g_strdup (credentials->person);
  return begin_session (db, &try, deferred, ret_record, error);
}

/* By a directory: somebody who has no password here. */
static gboolean
run_login_away (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  const LoginRequest *request = knock->body;
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvCredentials) named = sv_credentials_find (db, knock->login, &cause);
  const SvAwayQuestion question = {.login = knock->login,
                                   .password = request->password,
                                   .person = named != NULL ? named->person : NULL};
  g_autoptr (SvAway) away = cause == NULL ? sv_away_prove (db, &question, &cause) : NULL;
  const SvEntrance entrance =
      away != NULL ? (SvEntrance){away->provider, away->arrival} : (SvEntrance){0};
  g_autoptr (SvCredentials) credentials =
      away != NULL ? sv_login_find_credentials (db, &entrance, &cause) : NULL;
  Try try = {.login = {.knock = knock, .entrance = &entrance, .name = knock->login},
             .credentials = away != NULL ? credentials : named};
  if (cause != NULL && !sv_error_is (cause, SV_ERROR_UNAUTHENTICATED)) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return FALSE;
  }
  if (away == NULL || (credentials != NULL && credentials->disabled) || !is_right_code (&try))
    return refuse_login (db, &try, error);
  return begin_session (db, &try, deferred, ret_record, error);
}

/* A session that the browser had is never taken up: each login makes a new one (ASVS 7.2.4). What
 * is no login name is looked at like one that nobody has. Passwords of people here are sent to no
 * directory. */
static gboolean
post_session (SvCall *call, GError **error)
{
  const LoginRequest *request = sv_call_get_body (call);
  g_autofree char *login = g_ascii_strdown (request->login, -1);
  gboolean away;
  SvDb *db = sv_call_get_store (call, error);
  if (db == NULL || !sv_away_is_asked (db, login, &away, error))
    return FALSE;
  return away ? sv_knock_ask (call, login, run_login_away, error)
              : sv_knock_try (call, login, run_login, error);
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

/* -- One's sessions, on whichever machine -- */

typedef struct {
  GBytes *id;
  gint64 created_at_us, seen_at_us;
  char *address;
  gboolean current;
} OwnSession;

static const SvField own_fields[] = {
    SV_FIELD (OwnSession, id, SV_TYPE_BLOB, .doc = "Id, by which it is ended."),
    SV_FIELD (OwnSession, created_at_us, SV_TYPE_INSTANT, .doc = "When it began."),
    SV_FIELD (OwnSession, seen_at_us, SV_TYPE_INSTANT, .doc = "When it was used last, about."),
    SV_FIELD (OwnSession, address, SV_TYPE_STRING, .doc = "Where the login came from."),
    SV_FIELD (OwnSession, current, SV_TYPE_BOOL, .doc = "The one that asks."),
};
static SV_RECORD_TYPE (own_type, OwnSession, "OwnSession", own_fields, "One of one's sessions.");

static OwnSession *
show (const SvSession *session, const SvPrincipal *principal)
{
  OwnSession *own = sv_record_new (&own_type);
  own->id = g_bytes_ref (session->digest);
  own->created_at_us = session->created_at_us;
  own->seen_at_us = session->seen_at_us;
  own->address = g_strdup (session->address);
  own->current = g_bytes_equal (session->digest, principal->session);
  return own;
}

static gboolean
list_sessions (SvCall *call, GError **error)
{
  const SvPrincipal *principal = sv_call_get_principal (call);
  const char *person = principal->person != NULL ? principal->person : ""; /* which nobody is */
  SvDb *db = sv_call_get_store (call, error);
  GPtrArray *sessions =
      db != NULL ? sv_session_list (db, person, sv_call_get_now (call), error) : NULL;
  if (sessions == NULL)
    return FALSE;
  GPtrArray *shown = g_ptr_array_new ();
  for (guint i = 0; i < sessions->len; i++)
    g_ptr_array_add (shown, show (sessions->pdata[i], principal));
  sv_rows_free (sessions, &sv_session_type);
  return sv_call_answer_list (call, shown, NULL, shown->len);
}

static gboolean
end_other (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const SvKnock *knock = data;
  g_autoptr (GBytes) digest = sv_session_parse_id (knock->id);
  sv_audit_say (entry, "session.end", knock->principal->person, NULL);
  if (digest == NULL)
    g_set_error_literal (error, SV_ERROR, SV_ERROR_NOT_FOUND, "there is no such session");
  return digest != NULL && sv_session_end (db, knock->principal->person, digest, error);
}

static gboolean
run_end_other (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  SvKnock *knock = data;
  return sv_audit_perform (db, knock->entry, end_other, knock, error);
}

static gboolean
delete_other (SvCall *call, GError **error)
{
  return sv_access_get_person (call, error) != NULL && sv_knock_defer (call, run_end_other, error);
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
  return !credentials->disabled &&
         sv_totp_accept (credentials->totp_secret, request->totp, proof->knock->now_us,
                         credentials->totp_step, ret_step);
}

static gboolean
end_proof (SvDb *db, Proof *proof, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = proof->knock;
  g_autofree char *secret = sv_token_new ("session");
  proof->secret = secret;
  if (!sv_audit_perform (db, knock->entry, keep_proof, proof, error))
    return FALSE;
  if (!proof->right) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_DENIED, "password or code are not right");
    return FALSE;
  }
  sv_knock_forgive (knock);
  return give_session (db, knock, secret, deferred, ret_record, error);
}

static gboolean
run_proof (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  g_autoptr (SvCredentials) credentials =
      sv_credentials_find_by_id (db, knock->principal->person, error);
  Proof proof = {.knock = knock};
  if (credentials == NULL)
    return FALSE;
  proof.right = is_proof (&proof, credentials, &proof.step);
  return end_proof (db, &proof, deferred, ret_record, error);
}

/* The directory looks at the password again; it must still mean the same person. */
static gboolean
run_proof_away (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  const ProofRequest *request = knock->body;
  g_autoptr (GError) cause = NULL;
  const SvAwayQuestion question = {.password = request->password,
                                   .person = knock->principal->person};
  g_autoptr (SvAway) away = sv_away_prove (db, &question, &cause);
  Proof proof = {.knock = knock, .right = away != NULL};
  if (away != NULL || sv_error_is (cause, SV_ERROR_UNAUTHENTICATED))
    return end_proof (db, &proof, deferred, ret_record, error);
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

static gboolean
post_proof (SvCall *call, GError **error)
{
  const ProofRequest *request = sv_call_get_body (call);
  const SvPrincipal *principal = sv_access_get_person (call, error);
  gboolean away = FALSE;
  if (principal == NULL)
    return FALSE;
  if ((request->password == NULL) == (request->totp == NULL)) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE, "give a password or a code");
    return FALSE;
  }
  SvDb *db = sv_call_get_store (call, error);
  if (db == NULL ||
      (request->totp == NULL && !sv_away_is_asked (db, principal->name, &away, error)))
    return FALSE;
  return away ? sv_knock_ask (call, principal->name, run_proof_away, error)
              : sv_knock_try (call, principal->name, run_proof, error);
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
    {SV_METHOD_GET, "/api/v1/sessions", "account:own", "One's own sessions, everywhere", TAG,
     .response = &own_type, .flags = SV_ROUTE_LIST, .handle = list_sessions},
    {SV_METHOD_DELETE, "/api/v1/sessions", "account:own", "Log out everywhere", TAG,
     .handle = delete_sessions},
    {SV_METHOD_DELETE, "/api/v1/sessions/{session}", "account:secure",
     "End one of one's own sessions", TAG, .handle = delete_other},
    {SV_METHOD_POST, "/api/v1/session/proof", "account:own",
     "Prove again who one is, for what needs it fresh", TAG, .request = &proof_type,
     .response = &view_type, SV_ROUTE_ERRORS (proof_errors), .handle = post_proof},
};
const SvRouteTable sv_session_routes = {routes, G_N_ELEMENTS (routes), "Logging in and out."};
