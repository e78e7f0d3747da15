#include "access/oidc.h"

#include "net/net.h"
#include "trust/trust.h"

#include <math.h>
#include <string.h>

#define YEAR_10000_S 253402300800.0

/* -- What a provider says of itself -- */

static const SvField discovery_fields[] = {
    SV_FIELD (SvDiscovery, issuer, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_NAME_BYTES, .doc = "Who it is."),
    SV_FIELD (SvDiscovery, authorization_endpoint, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_PATH_BYTES, .doc = "Where browsers go."),
    SV_FIELD (SvDiscovery, token_endpoint, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_PATH_BYTES, .doc = "Where codes are exchanged."),
    SV_FIELD (SvDiscovery, jwks_uri, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_PATH_BYTES, .doc = "Where its keys are."),
    SV_FIELD (SvDiscovery, authorization_response_iss_parameter_supported, SV_TYPE_BOOL,
              .doc = "Whether it says who it is when browsers come back."),
};
SV_RECORD_TYPE (sv_discovery_type, SvDiscovery, "OidcDiscovery", discovery_fields,
                "What an OpenID provider says of itself.");

void
sv_discovery_free (SvDiscovery *discovery)
{
  sv_record_free (&sv_discovery_type, discovery);
}

static gboolean
distrust (GError **error, const char *why)
{
  g_set_error_literal (error, SV_ERROR, SV_ERROR_UNTRUSTED, why);
  return FALSE;
}

gboolean
sv_discovery_check (const SvDiscovery *discovery, const char *issuer, GError **error)
{
  g_autofree char *authorization = g_strdup (discovery->authorization_endpoint);
  authorization[strcspn (authorization, "?")] = '\0'; /* it may have a query of its own */
  if (strcmp (discovery->issuer, issuer) != 0)
    return distrust (error, "its discovery document is about another issuer");
  return (sv_provider_is_web_address (authorization) &&
          sv_provider_is_web_address (discovery->token_endpoint) &&
          sv_provider_is_web_address (discovery->jwks_uri)) ||
         distrust (error, "its discovery document leads to where nothing proves who answers");
}

/* -- What is asked -- */

void
sv_oidc_round_init (SvOidcRound *round, const char *secret)
{
  round->state = sv_token_derive (secret, "salve oidc state");
  round->nonce = sv_token_derive (secret, "salve oidc nonce");
  round->verifier = sv_token_derive (secret, "salve oidc verifier");
}

void
sv_oidc_round_clear (SvOidcRound *round)
{
  sv_secret_free (round->state);
  sv_secret_free (round->nonce);
  sv_secret_free (round->verifier);
}

char *
sv_oidc_format_callback (const SvProvider *provider)
{
  return g_strconcat (provider->own_address, "/api/v1/login/oidc/", provider->id, "/callback",
                      NULL);
}

typedef struct {
  const char *name, *value; /* @value may be NULL: left out */
} Pair;

static char *
format_query (const Pair *pairs, gsize n)
{
  GString *out = g_string_new (NULL);
  for (gsize i = 0; i < n; i++) {
    g_autofree char *value =
        pairs[i].value != NULL ? g_uri_escape_string (pairs[i].value, NULL, FALSE) : NULL;
    if (value != NULL)
      g_string_append_printf (out, "%s%s=%s", out->len > 0 ? "&" : "", pairs[i].name, value);
  }
  return g_string_free (out, FALSE);
}

static char *
challenge_of (const char *verifier)
{
  g_autoptr (GBytes) digest = sv_token_digest (verifier);
  return sv_base64url (g_bytes_get_data (digest, NULL), g_bytes_get_size (digest));
}

char *
sv_oidc_format_start (const SvProvider *provider, const SvDiscovery *discovery,
                      const SvOidcRound *round, gboolean afresh)
{
  g_autofree char *callback = sv_oidc_format_callback (provider);
  g_autofree char *challenge = challenge_of (round->verifier);
  const Pair pairs[] = {{"response_type", "code"},
                        {"client_id", provider->account},
                        {"redirect_uri", callback},
                        {"scope", provider->scopes},
                        {"state", round->state},
                        {"nonce", round->nonce},
                        {"code_challenge", challenge},
                        {"code_challenge_method", "S256"},
                        {"prompt", afresh ? "login" : NULL},
                        {"max_age", afresh ? "0" : NULL}};
  g_autofree char *query = format_query (pairs, G_N_ELEMENTS (pairs));
  const char *endpoint = discovery->authorization_endpoint;
  return g_strconcat (endpoint, strchr (endpoint, '?') != NULL ? "&" : "?", query, NULL);
}

char *
sv_oidc_format_exchange (const SvProvider *provider, const char *code, const char *verifier)
{
  g_autofree char *callback = sv_oidc_format_callback (provider);
  const Pair pairs[] = {{"grant_type", "authorization_code"},
                        {"code", code},
                        {"redirect_uri", callback},
                        {"code_verifier", verifier},
                        {"client_id", provider->has_secret ? NULL : provider->account}};
  return format_query (pairs, G_N_ELEMENTS (pairs));
}

const char *
sv_oidc_cookie_name (gboolean secure)
{
  return secure ? "__Host-salve-login" : "salve-login";
}

char *
sv_oidc_format_cookie (const char *secret, gboolean secure)
{
  return g_strdup_printf ("%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=600%s",
                          sv_oidc_cookie_name (secure), secret, secure ? "; Secure" : "");
}

/* -- The ID token -- */

void
sv_id_token_free (SvIdToken *claims)
{
  if (claims == NULL)
    return;
  char *const texts[] = {claims->iss, claims->sub,   claims->azp,  claims->nonce, claims->at_hash,
                         claims->acr, claims->login, claims->name, claims->mail};
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_ptr_array_unref (claims->aud);
  g_ptr_array_unref (claims->amr);
  g_ptr_array_unref (claims->groups);
  g_free (claims);
}

/* One text stands for a list of one. */
static gboolean
read_list (SvJsonReader *reader, GPtrArray *list, GError **error)
{
  char *text = NULL;
  if (sv_json_peek (reader, NULL) != SV_JSON_STRING)
    return sv_json_read_strings (reader, list, error);
  if (!sv_json_read_string (reader, &text, error))
    return FALSE;
  g_ptr_array_add (list, text);
  return TRUE;
}

static gboolean
read_text (SvJsonReader *reader, char **member, GError **error)
{
  g_clear_pointer (member, g_free);
  return sv_json_read_string (reader, member, error);
}

typedef struct {
  const SvProvider *provider;
  SvIdToken *claims;
} Reading;

typedef struct {
  const char *name;
  char **text;
  GPtrArray *list;
  double *number;
} Place;

static gboolean
read_claim (SvJsonReader *reader, const char *key, gpointer data, GError **error)
{
  const Reading *reading = data;
  const SvProvider *provider = reading->provider;
  SvIdToken *claims = reading->claims;
  /* what proves something goes before what the provider's row names */
  const Place places[] = {{"iss", .text = &claims->iss},
                          {"sub", .text = &claims->sub},
                          {"azp", .text = &claims->azp},
                          {"nonce", .text = &claims->nonce},
                          {"at_hash", .text = &claims->at_hash},
                          {"acr", .text = &claims->acr},
                          {"aud", .list = claims->aud},
                          {"amr", .list = claims->amr},
                          {"exp", .number = &claims->exp},
                          {"iat", .number = &claims->iat},
                          {"nbf", .number = &claims->nbf},
                          {"auth_time", .number = &claims->auth_time},
                          {provider->login_from, .text = &claims->login},
                          {provider->name_from, .text = &claims->name},
                          {provider->mail_from, .text = &claims->mail},
                          {provider->groups_from, .list = claims->groups}};
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++) {
    const Place *place = &places[i];
    if (g_strcmp0 (place->name, key) != 0)
      continue;
    return place->text != NULL   ? read_text (reader, place->text, error)
           : place->list != NULL ? read_list (reader, place->list, error)
                                 : sv_json_read_double (reader, place->number, error);
  }
  return sv_json_skip (reader, error);
}

SvIdToken *
sv_id_token_parse (const SvProvider *provider, GBytes *payload, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (payload, &size);
  g_autoptr (SvStream) stream = sv_stream_new_memory ("ID token", data, size);
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  g_autoptr (SvIdToken) claims = g_new0 (SvIdToken, 1);
  Reading reading = {provider, claims};
  claims->aud = sv_strings_new ();
  claims->amr = sv_strings_new ();
  claims->groups = sv_strings_new ();
  claims->exp = claims->iat = claims->nbf = claims->auth_time = NAN;
  sv_json_reader_set_limits (reader, SV_LIMIT_API_JSON_DEPTH, SV_LIMIT_JWT_BYTES, 0);
  if (!sv_json_read_map (reader, read_claim, &reading, error) ||
      sv_json_next (reader, error) != SV_JSON_END)
    return NULL;
  if (claims->login == NULL && g_strcmp0 (provider->login_from, "sub") == 0)
    claims->login = g_strdup (claims->sub);
  return g_steal_pointer (&claims);
}

/* The left half of the digest: SHA-256, or SHA-512 with EdDSA. */
static gboolean
is_hash_of (const char *hash, const char *token)
{
  static const GChecksumType types[] = {G_CHECKSUM_SHA256, G_CHECKSUM_SHA512};
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    guint8 digest[64];
    gsize size = sizeof digest;
    g_autoptr (GChecksum) checksum = g_checksum_new (types[i]);
    g_checksum_update (checksum, (const guchar *)token, (gssize)strlen (token));
    g_checksum_get_digest (checksum, digest, &size);
    g_autofree char *half = sv_base64url (digest, size / 2);
    if (sv_secret_equal (half, hash))
      return TRUE;
  }
  return FALSE;
}

static const char *
find_stranger (const SvIdToken *claims, const SvIdTokenWanted *wanted)
{
  if (g_strcmp0 (claims->iss, wanted->issuer) != 0)
    return "the ID token is another issuer's";
  if (!sv_strings_contain (claims->aud, wanted->client))
    return "the ID token is for somebody else";
  if ((claims->azp != NULL || claims->aud->len > 1) && g_strcmp0 (claims->azp, wanted->client) != 0)
    return "the ID token was given to somebody else";
  if (!sv_secret_equal (claims->nonce, wanted->nonce))
    return "the ID token is of another login";
  if (claims->at_hash != NULL &&
      (wanted->access_token == NULL || !is_hash_of (claims->at_hash, wanted->access_token)))
    return "the ID token came with another access token";
  return sv_text_is_empty (claims->sub) || strlen (claims->sub) > SV_LIMIT_NAME_BYTES
             ? "the ID token does not say who it is"
             : NULL;
}

/* Compared so that what is not a number is never good. */
static const char *
find_late (const SvIdToken *claims, const SvIdTokenWanted *wanted)
{
  const double now = (double)wanted->now_us / SV_SECOND_US;
  const double leeway = (double)SV_OIDC_LEEWAY_US / SV_SECOND_US;
  const double since = (double)wanted->proven_since_us / SV_SECOND_US;
  if (!(now < claims->exp + leeway))
    return "the ID token has expired";
  if (!(claims->iat <= now + leeway) || claims->nbf > now + leeway)
    return "the ID token is from the future";
  if (wanted->proven_since_us != 0 &&
      !(claims->auth_time >= since - leeway && claims->auth_time <= now + leeway))
    return "the provider did not ask for the password again";
  return NULL;
}

gboolean
sv_id_token_check (const SvIdToken *claims, const SvIdTokenWanted *wanted, GError **error)
{
  const char *fault = find_stranger (claims, wanted);
  if (fault == NULL)
    fault = find_late (claims, wanted);
  return fault == NULL || distrust (error, fault);
}

/* 0 for what is not said, and for what no clock says. */
static gint64
instant_of (double seconds)
{
  return seconds > 0 && seconds < YEAR_10000_S ? (gint64)(seconds * SV_SECOND_US) : 0;
}

static gboolean
says_two_factors (const SvIdToken *claims, const char *wanted)
{
  return wanted != NULL && (strcmp (wanted, "*") == 0 || g_strcmp0 (claims->acr, wanted) == 0 ||
                            sv_strings_contain (claims->amr, wanted));
}

SvArrival *
sv_id_token_describe (const SvIdToken *claims, const SvProvider *provider, GError **error)
{
  if (sv_text_is_empty (claims->login)) {
    g_set_error (error, SV_ERROR, SV_ERROR_UNTRUSTED, "the ID token has no '%s'",
                 provider->login_from);
    return NULL;
  }
  SvArrival *arrival = g_new0 (SvArrival, 1);
  arrival->subject = g_strdup (claims->sub);
  arrival->login = g_strdup (claims->login);
  arrival->name = g_strdup (claims->name);
  arrival->mail = g_strdup (claims->mail);
  arrival->groups = sv_strings_copy (claims->groups);
  arrival->proved_at_us = instant_of (claims->auth_time);
  arrival->two_factors = says_two_factors (claims, provider->second_factor);
  return arrival;
}
