/* Secrets that we make, give out once and keep as digests: sessions, API tokens, links. */
#pragma once

#include "base/base.h"

#define SV_TOKEN_BYTES 32 /* of randomness */
#define SV_SHA256_BYTES 32

/* New string, "salve_<kind>_" and base64url of SV_TOKEN_BYTES from the kernel. @kind is a word in
 * lower case, by which people and scanners tell a leaked secret. */
char *sv_token_new (const char *kind);

/* Whether @text is a secret of that kind, by its form. NULL is none. */
gboolean sv_token_is (const char *text, const char *kind);

/* What is kept of a secret: SHA-256. A secret with that much randomness needs no salt. */
GBytes *sv_token_digest (const char *token);

/* New string, base64url: another secret that follows from this one and tells nothing of it
 * (HMAC-SHA-256). @purpose names what it is for. */
char *sv_token_derive (const char *token, const char *purpose);

/* Constant time for texts of one length. NULL equals nothing. */
gboolean sv_secret_equal (const char *a, const char *b);

/* New string: @size bytes as base64url without padding. */
char *sv_base64url (const guint8 *data, gsize size);

/* Overwrites a secret with zeros and frees it. NULL is fine. */
void sv_secret_free (char *secret);
