/* Passwords, kept as hashes. Source: RFC 9106 (Argon2id), OWASP ASVS 5.0, 6.2 and 11.4. */
#pragma once

#include "base/base.h"

/* Of one hash: libsodium's "interactive". More memory would let fewer people log in at one time on
 * a small machine; a hash of other costs is verified all the same, see sv_password_needs_rehash().
 */
#define SV_PASSWORD_PASSES 2
#define SV_PASSWORD_MEMORY_BYTES (64 << 20)

/**
 * sv_password_check:
 * @login, @name: (nullable): what the password must not be
 *
 * Whether a person may choose @password: SV_LIMIT_PASSWORD_MIN characters to
 * SV_LIMIT_PASSWORD_BYTES bytes, no control characters, neither of the names nor one character
 * alone repeated, and SV_LIMIT_PASSWORD_OWN characters besides words that anyone would try. There
 * are no rules on kinds of characters. SV_ERROR_USAGE says what is wrong, without repeating the
 * password.
 */
gboolean sv_password_check (const char *password, const char *login, const char *name,
                            GError **error);

/* New string, "$argon2id$…". Takes SV_PASSWORD_MEMORY_BYTES and some 50 ms. SV_ERROR_BUSY if the
 * memory is not there. */
char *sv_password_hash (const char *password, GError **error);

/**
 * sv_password_verify:
 * @hash: (nullable): NULL for a name that nobody has: takes the same time, and is FALSE
 */
gboolean sv_password_verify (const char *hash, const char *password);

/* Whether the hash was made with other costs than are used now. */
gboolean sv_password_needs_rehash (const char *hash);
