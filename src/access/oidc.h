/* OpenID Connect: what is asked, and what an answer must say. Pure rules; access/oidc_client.h
 * talks to the provider, net/jws.h looks at signatures. Source: OpenID Connect Core 1.0, 3.1.3.7;
 * RFC 7636 (PKCE); RFC 9207 (mix-up); RFC 9700. */
#pragma once

#include "access/provider.h"

#define SV_OIDC_LEEWAY_US (60 * SV_SECOND_US) /* that its clock may differ from ours */

/* What a provider says of itself. */
typedef struct {
  char *issuer, *authorization_endpoint, *token_endpoint, *jwks_uri;
  gboolean authorization_response_iss_parameter_supported;
} SvDiscovery;
extern const SvRecordType sv_discovery_type;
void sv_discovery_free (SvDiscovery *discovery);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvDiscovery, sv_discovery_free)
/* Whether it is about that issuer, and leads to HTTPS only. SV_ERROR_UNTRUSTED. */
gboolean sv_discovery_check (const SvDiscovery *discovery, const char *issuer, GError **error);

/* What one login is known by: all of it follows from the secret in the browser's cookie. */
typedef struct {
  char *state, *nonce, *verifier;
} SvOidcRound;
void sv_oidc_round_init (SvOidcRound *round, const char *secret);
void sv_oidc_round_clear (SvOidcRound *round);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvOidcRound, sv_oidc_round_clear)

/* New string: where the provider sends browsers back to. */
char *sv_oidc_format_callback (const SvProvider *provider);
/* New string: where the browser goes. @afresh: the provider must ask for the password again. */
char *sv_oidc_format_start (const SvProvider *provider, const SvDiscovery *discovery,
                            const SvOidcRound *round, gboolean afresh);
/* New string: what the token endpoint is asked; without the client's id if it has a secret. */
char *sv_oidc_format_exchange (const SvProvider *provider, const char *code, const char *verifier);

/* The cookie of a login under way: for ten minutes, also when another site's page leads here. */
const char *sv_oidc_cookie_name (gboolean secure);
char *sv_oidc_format_cookie (const char *secret, gboolean secure);

/* -- The ID token -- */

typedef struct {
  char *iss, *sub, *azp, *nonce, *at_hash, *acr;
  char *login, *name, *mail; /* by the provider's names for them */
  GPtrArray *aud, *amr, *groups;
  double exp, iat, nbf, auth_time; /* seconds; NaN: not said */
} SvIdToken;
void sv_id_token_free (SvIdToken *claims);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvIdToken, sv_id_token_free)

/* New; SV_ERROR_INVALID_DATA. @payload: whose signature holds. */
SvIdToken *sv_id_token_parse (const SvProvider *provider, GBytes *payload, GError **error);

typedef struct {
  const char *issuer;
  const char *client;
  const char *nonce;
  const char *access_token; /* that came with it */
  gint64 now_us;
  gint64 proven_since_us; /* the password was asked for since then; 0: whenever */
} SvIdTokenWanted;
/* Whether the token is for this login. SV_ERROR_UNTRUSTED says why not. */
gboolean sv_id_token_check (const SvIdToken *claims, const SvIdTokenWanted *wanted, GError **error);

/* New. SV_ERROR_UNTRUSTED if there is no login name in it. */
SvArrival *sv_id_token_describe (const SvIdToken *claims, const SvProvider *provider,
                                 GError **error);
