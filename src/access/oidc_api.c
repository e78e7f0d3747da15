/* Coming in by OpenID Connect: the browser goes to the provider and comes back with a code. */
#include "access/access.h"

#include "access/login.h"

#include <string.h>

/* -- Where one can come in -- */

typedef struct {
  char *id, *name;
} Door;

static const SvField door_fields[] = {
    SV_FIELD (Door, id, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Id: its login begins at /api/v1/login/oidc/ID."),
    SV_FIELD (Door, name, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Name that people see."),
};
static SV_RECORD_TYPE (door_type, Door, "LoginProvider", door_fields,
                       "A provider by which people log in.");

static gboolean
is_open (const SvProvider *provider)
{
  return provider->kind == SV_PROVIDER_OIDC && !provider->disabled;
}

static gboolean
list_doors (SvCall *call, GError **error)
{
  SvDb *db = sv_call_get_store (call, error);
  GPtrArray *providers = db != NULL ? sv_provider_list (db, error) : NULL;
  GPtrArray *doors = g_ptr_array_new ();
  for (guint i = 0; providers != NULL && i < providers->len; i++) {
    const SvProvider *provider = providers->pdata[i];
    if (!is_open (provider))
      continue;
    Door *door = sv_record_new (&door_type);
    door->id = g_strdup (provider->id);
    door->name = g_strdup (provider->name);
    g_ptr_array_add (doors, door);
  }
  gboolean read = providers != NULL;
  sv_rows_free (providers, &sv_provider_type);
  if (read)
    return sv_call_answer_list (call, doors, NULL, doors->len);
  g_ptr_array_unref (doors);
  return FALSE;
}

/* Those that are not there, are no OpenID providers, or are shut: all the same to strangers. */
static SvProvider *
load_open (SvDb *db, const char *id, GError **error)
{
  g_autoptr (SvProvider) provider = sv_provider_load (db, id, error);
  if (provider == NULL || is_open (provider))
    return g_steal_pointer (&provider);
  g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND, "there is no identity provider '%s'", id);
  return NULL;
}

/* -- Going there -- */

/* New string: where to go. The cookie goes with the answer. */
static char *
begin (SvDb *db, const SvKnock *knock, SvDeferred *deferred, GError **error)
{
  GBytes *session = knock->principal != NULL ? knock->principal->session : NULL;
  g_autofree char *secret = sv_token_new ("login");
  g_autoptr (SvProvider) provider = load_open (db, knock->provider, error);
  g_autoptr (SvDiscovery) discovery =
      provider != NULL ? sv_oidc_discover (knock->access->oidc, provider, knock->now_us, error)
                       : NULL;
  const SvLoginStart start = {
      .provider = knock->provider, .session = session, .started_at_us = knock->now_us};
  if (discovery == NULL || !sv_login_start_insert (db, &start, secret, error))
    return NULL;
  g_auto (SvOidcRound) round = {0};
  sv_oidc_round_init (&round, secret);
  g_autofree char *cookie = sv_oidc_format_cookie (secret, knock->access->secure);
  sv_deferred_set_header (deferred, "Set-Cookie", cookie);
  return sv_oidc_format_start (provider, discovery, &round, session != NULL);
}

static gboolean
run_start (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  g_autofree char *place = begin (db, data, deferred, error);
  if (place != NULL)
    sv_deferred_set_header (deferred, "Location", place);
  return place != NULL;
}

static gboolean
get_start (SvCall *call, GError **error)
{
  return sv_knock_ask (call, NULL, run_start, error);
}

/* -- Proving again -- */

typedef struct {
  char *location;
} ProofStart;

static const SvField proof_fields[] = {
    SV_FIELD (ProofStart, location, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Where the browser goes; it comes back with the session proven."),
};
static SV_RECORD_TYPE (proof_type, ProofStart, "ProofStart", proof_fields,
                       "A proof of who one is, to be given at a provider.");

/* Only where they are somebody; who comes back is looked at then. */
static gboolean
check_linked (SvDb *db, const SvKnock *knock, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvLink) link =
      sv_link_find_of_person (db, knock->principal->person, knock->provider, &cause);
  if (cause == NULL && link == NULL)
    g_set_error (&cause, SV_ERROR, SV_ERROR_NOT_FOUND, "you are nobody at '%s'", knock->provider);
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return link != NULL;
}

static gboolean
run_proof (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  char *place = check_linked (db, data, error) ? begin (db, data, deferred, error) : NULL;
  if (place == NULL)
    return FALSE;
  ProofStart *proof = sv_record_new (&proof_type);
  proof->location = place;
  *ret_record = proof;
  return TRUE;
}

static gboolean
post_proof (SvCall *call, GError **error)
{
  const SvPrincipal *principal = sv_access_get_person (call, error);
  return principal != NULL && sv_knock_ask (call, principal->name, run_proof, error);
}

/* -- Coming back -- */

typedef struct {
  char *secret; /* of the cookie */
  char *code, *issuer, *failure;
} Return;

static void
return_free (gpointer data)
{
  Return *back = data;
  sv_secret_free (back->secret);
  g_free (back->code);
  g_free (back->issuer);
  g_free (back->failure);
  g_free (back);
}

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED, why);
  return FALSE;
}

/* Whether it comes back from where it went, with a code. */
static gboolean
check_return (const Return *back, const SvProvider *provider, const SvDiscovery *discovery,
              GError **error)
{
  if (back->issuer != NULL ? strcmp (back->issuer, provider->address) != 0
                           : discovery->authorization_response_iss_parameter_supported)
    return refuse (error, "another provider answered than was asked");
  if (back->failure != NULL) {
    g_autofree char *shown = sv_text_printable (back->failure);
    g_set_error (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED, "the provider says: %s", shown);
    return FALSE;
  }
  return back->code != NULL || refuse (error, "the provider sent no code");
}

/* Somebody who came back. */
typedef struct {
  const SvKnock *knock;
  const SvLoginStart *start;
  const SvEntrance *entrance;
  const char *secret; /* of the session, from now on */
  const char *person; /* whose session is proven */
} Arrived;

static gboolean
keep_proof (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const Arrived *arrived = data;
  g_autoptr (GBytes) digest = sv_token_digest (arrived->secret);
  entry->actor_kind = SV_ACTOR_PERSON;
  sv_text_set (&entry->actor, arrived->person);
  sv_text_set (&entry->actor_name, arrived->entrance->arrival->login);
  sv_audit_say (entry, "session.prove", arrived->person,
                SV_AUDIT_FACTS ({"provider", arrived->entrance->provider->id}));
  return sv_session_renew (db, arrived->start->session, digest, arrived->knock->now_us, error);
}

static gboolean
end_proof (SvDb *db, Arrived *arrived, GError **error)
{
  const SvEntrance *entrance = arrived->entrance;
  g_autoptr (GError) cause = NULL;
  g_autofree char *person = sv_session_find_person (db, arrived->start->session, error);
  if (person == NULL)
    return FALSE;
  g_autoptr (SvLink) link =
      sv_link_find (db, entrance->provider->id, entrance->arrival->subject, &cause);
  if (cause != NULL) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return FALSE;
  }
  if (link == NULL || strcmp (link->person, person) != 0)
    return refuse (error, "somebody else logged in at the provider");
  arrived->person = person;
  return sv_audit_perform (db, arrived->knock->entry, keep_proof, arrived, error);
}

static gboolean
check_factors (const SvCredentials *credentials, const SvArrival *arrival, GError **error)
{
  if (credentials == NULL || credentials->totp_secret == NULL || arrival->two_factors)
    return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_DENIED,
                       "you have a second factor here, and the provider asked for none");
  return FALSE;
}

static gboolean
end_login (SvDb *db, const Arrived *arrived, GError **error)
{
  const SvEntrance *entrance = arrived->entrance;
  g_autoptr (GError) cause = NULL;
  SvLogin login = {.knock = arrived->knock,
                   .entrance = entrance,
                   .name = entrance->arrival->login,
                   .secret = arrived->secret};
  g_autoptr (SvCredentials) credentials = sv_login_find_credentials (db, entrance, &cause);
  gboolean kept = cause == NULL && check_factors (credentials, entrance->arrival, &cause) &&
                  sv_audit_perform (db, arrived->knock->entry, sv_login_keep, &login, &cause);
  g_free (login.person);
  if (!kept)
    g_propagate_error (error, g_steal_pointer (&cause));
  return kept;
}

/* New: who came back. */
static SvArrival *
find_arrival (const SvKnock *knock, const SvLoginStart *start, const SvOidcQuestion *half,
              GError **error)
{
  const Return *back = knock->extra;
  SvOidcQuestion question = *half;
  g_auto (SvOidcRound) round = {0};
  g_autoptr (SvDiscovery) discovery =
      sv_oidc_discover (knock->access->oidc, half->provider, knock->now_us, error);
  if (discovery == NULL)
    return NULL;
  if (!check_return (back, half->provider, discovery, error))
    return NULL;
  sv_oidc_round_init (&round, back->secret);
  question.discovery = discovery;
  question.code = back->code;
  question.round = &round;
  question.now_us = sv_time_now ();
  question.proven_since_us = start->session != NULL ? start->started_at_us : 0;
  return sv_oidc_prove (knock->access->oidc, &question, error);
}

static gboolean
come_back (SvDb *db, const SvKnock *knock, const char *secret, GError **error)
{
  const Return *back = knock->extra;
  g_autoptr (SvProvider) provider = load_open (db, knock->provider, error);
  g_autoptr (SvLoginStart) start =
      provider != NULL
          ? sv_login_start_take (db, back->secret, knock->provider, knock->now_us, error)
          : NULL;
  g_autoptr (GError) cause = NULL;
  if (start == NULL)
    return FALSE;
  g_autofree char *own = sv_provider_load_secret (db, knock->provider, &cause);
  const SvOidcQuestion half = {.provider = provider, .secret = own};
  g_autoptr (SvArrival) arrival = cause == NULL ? find_arrival (knock, start, &half, &cause) : NULL;
  if (arrival == NULL) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return FALSE;
  }
  const SvEntrance entrance = {provider, arrival};
  Arrived arrived = {.knock = knock, .start = start, .entrance = &entrance, .secret = secret};
  return start->session != NULL ? end_proof (db, &arrived, error) : end_login (db, &arrived, error);
}

static gboolean
run_return (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  g_autofree char *secret = sv_token_new ("session");
  g_autoptr (GError) cause = NULL;
  if (come_back (db, knock, secret, &cause)) {
    g_autofree char *cookie = sv_session_format_cookie (secret, knock->access->secure);
    sv_deferred_set_header (deferred, "Set-Cookie", cookie);
    sv_deferred_set_header (deferred, "Location", "/");
    sv_knock_forgive (knock);
    sv_knock_forgive (knock); /* its beginning, too */
    return TRUE;
  }
  if (!sv_error_is (cause, SV_ERROR_UNAUTHENTICATED) ||
      sv_audit_perform (db, knock->entry, sv_login_keep_refusal, NULL, error))
    g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

/* Before anything else: who leads a browser here with another state does not even end its login. */
static const char *
find_secret (SvCall *call, GError **error)
{
  const SvAccess *access = sv_access_of_call (call);
  const char *secret = sv_call_find_cookie (call, sv_oidc_cookie_name (access->secure));
  g_auto (SvOidcRound) round = {0};
  if (sv_token_is (secret, "login"))
    sv_oidc_round_init (&round, secret);
  if (sv_secret_equal (sv_call_find_query (call, "state"), round.state))
    return secret;
  refuse (error, "this login was not begun in this browser, or took too long");
  return NULL;
}

static Return *
read_return (const SvCall *call, const char *secret)
{
  Return *back = g_new0 (Return, 1);
  back->secret = g_strdup (secret);
  back->code = g_strdup (sv_call_find_query (call, "code"));
  back->issuer = g_strdup (sv_call_find_query (call, "iss"));
  back->failure = g_strdup (sv_call_find_query (call, "error"));
  return back;
}

static gboolean
get_return (SvCall *call, GError **error)
{
  const char *secret = find_secret (call, error);
  if (secret == NULL)
    return FALSE;
  const SvKnockExtra extra = {read_return (call, secret), return_free};
  return sv_knock_ask_with (call, &extra, run_return, error);
}

#define TEXT_PARAM(word, text)                                                                     \
  {                                                                                                \
    .name = word, .type = SV_TYPE_STRING, .max = SV_LIMIT_PATH_BYTES, .doc = text                  \
  }
static const SvParam start_params[] = {
    {.name = "provider",
     .type = SV_TYPE_STRING,
     .max = SV_LIMIT_LOGIN_BYTES,
     .doc = "Id of the provider."},
};
static const SvParam return_params[] = {
    {.name = "provider",
     .type = SV_TYPE_STRING,
     .max = SV_LIMIT_LOGIN_BYTES,
     .doc = "Id of the provider."},
    {.name = "state",
     .type = SV_TYPE_STRING,
     .max = SV_LIMIT_NAME_BYTES,
     .required = TRUE,
     .doc = "Which login comes back."},
    TEXT_PARAM ("code", "What the provider gave."),
    TEXT_PARAM ("iss", "Who the provider says it is."),
    TEXT_PARAM ("error", "Why it gave no code."),
};
#define TAG .tag = "Single sign-on"
static const SvError start_errors[] = {SV_ERROR_RATE, SV_ERROR_BUSY};
static const SvError return_errors[] = {SV_ERROR_UNAUTHENTICATED, SV_ERROR_DENIED, SV_ERROR_RATE,
                                        SV_ERROR_BUSY};
static const SvRoute routes[] = {
    {SV_METHOD_GET, "/api/v1/login/oidc", "public", "The OpenID providers to log in by", TAG,
     .response = &door_type, .flags = SV_ROUTE_LIST, .handle = list_doors},
    {SV_METHOD_GET, "/api/v1/login/oidc/{provider}", "public", "Log in by an OpenID provider", TAG,
     SV_ROUTE_PARAMS (start_params), .flags = SV_ROUTE_REDIRECT, SV_ROUTE_ERRORS (start_errors),
     .handle = get_start},
    {SV_METHOD_GET, "/api/v1/login/oidc/{provider}/callback", "public",
     "Come back from an OpenID provider", TAG, SV_ROUTE_PARAMS (return_params),
     .flags = SV_ROUTE_REDIRECT | SV_ROUTE_FOREIGN, SV_ROUTE_ERRORS (return_errors),
     .handle = get_return},
    {SV_METHOD_POST, "/api/v1/session/proof/{provider}", "account:own",
     "Prove again who one is, at an OpenID provider", TAG, SV_ROUTE_PARAMS (start_params),
     .response = &proof_type, SV_ROUTE_ERRORS (start_errors), .handle = post_proof},
};
const SvRouteTable sv_oidc_routes = {routes, G_N_ELEMENTS (routes),
                                     "Coming in by an OpenID provider."};
