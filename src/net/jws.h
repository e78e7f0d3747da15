/* What somebody else signed for us: compact JSON Web Signatures, and the sets of public keys by
 * which they are checked. Of the algorithms only those in which the signer alone can sign: RS256,
 * PS256, ES256 and EdDSA over Ed25519. "none" and HMAC are no algorithms here: a public key never
 * becomes a shared secret.
 * Source: RFC 7515, RFC 7517, RFC 7518, RFC 8037, RFC 8725 (what went wrong elsewhere). */
#pragma once

#include "base/base.h"

typedef struct SvJwks SvJwks;

/* A set of keys, at most SV_LIMIT_JWKS_KEYS, from JSON. Keys that are not for signing, too weak
 * (RSA below 2048 bits), or of a kind that is not used here are passed over. SV_ERROR_INVALID_DATA.
 */
SvJwks *sv_jwks_parse (const char *json, gsize size, GError **error);
void sv_jwks_free (SvJwks *jwks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvJwks, sv_jwks_free)
guint sv_jwks_get_n_keys (const SvJwks *jwks);

/**
 * sv_jws_verify:
 * @token: "header.payload.signature", at most SV_LIMIT_JWT_BYTES
 *
 * New bytes: the payload, whose signature holds by a key of @jwks. A header without "kid" is tried
 * with every key of its kind. What the header says of keys ("jwk", "jku", "x5c") is not looked at;
 * a "crit" is refused.
 * Errors: SV_ERROR_INVALID_DATA (no such token), SV_ERROR_UNTRUSTED (another algorithm, or the
 * signature does not hold), SV_ERROR_NOT_FOUND (no key by that "kid": it may be a new one).
 */
GBytes *sv_jws_verify (const SvJwks *jwks, const char *token, GError **error);

/* New bytes; SV_ERROR_INVALID_DATA for what is no base64url in its one form, without padding. */
GBytes *sv_base64url_decode (const char *text, gsize length, GError **error);
