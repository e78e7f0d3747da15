/* Questions to an LDAP directory: whether a password is right, and what it says of somebody. Over
 * TLS with a verified certificate, except to this machine; referrals are not followed, so that no
 * answer sends a password elsewhere.
 * Source: RFC 4511, RFC 4513 (binds), RFC 4514 (names), RFC 4515 (filters). */
#pragma once

#include "base/base.h"

/* -- Text in questions -- */

/* Whether @url is "ldaps://…", "ldap://…" with @start_tls, or "ldap://" to this machine; nothing
 * behind host and port. SV_ERROR_USAGE. */
gboolean sv_directory_check_url (const char *url, gboolean start_tls, GError **error);

/* New string: @value as it stands in a filter, where it means nothing but itself. */
char *sv_directory_escape_filter (const char *value);
/* The same as the value of an attribute in a distinguished name. */
char *sv_directory_escape_dn (const char *value);

/* -- Asking -- */

typedef struct SvDirectory SvDirectory;

typedef struct {
  const char *url;
  const char *ca_file; /* (nullable) PEM: who may vouch for it; NULL: whom the system trusts */
  gboolean start_tls;
  guint timeout_ms; /* of connecting, and then of all that is asked; 0: SV_LIMIT_PROVIDER_MS */
} SvDirectoryOptions;

/* Connects with the first question. Used by one thread. SV_ERROR_USAGE as
 * sv_directory_check_url(). */
SvDirectory *sv_directory_new (const SvDirectoryOptions *options, GError **error);
void sv_directory_free (SvDirectory *directory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvDirectory, sv_directory_free)

/**
 * sv_directory_bind:
 * @dn: (nullable): NULL, with no @password, asks as nobody
 *
 * From now on asks as @dn. An empty @dn or password, which many servers take for nobody and say yes
 * to, is never sent.
 * Errors: SV_ERROR_UNAUTHENTICATED (not right, or no such name), SV_ERROR_UNREACHABLE,
 * SV_ERROR_TIMEOUT, SV_ERROR_UNTRUSTED (its certificate does not hold), SV_ERROR_FAILED.
 */
gboolean sv_directory_bind (SvDirectory *directory, const char *dn, const char *password,
                            GError **error);

typedef struct {
  const char *base;
  const char *filter;
  const char *const *attributes; /* NULL-terminated: what is wanted of each */
  guint max;                     /* entries; more are SV_ERROR_LIMIT */
  gboolean base_only;            /* the entry @base itself, not what is below it */
} SvDirectorySearch;

typedef struct {
  char *dn;
  GPtrArray **values; /* strings, for each attribute that was wanted; what is no text, as "0x…" */
  gsize n_values;
} SvDirectoryEntry;
/* Lent: the first value of an attribute, by its place in @attributes; NULL: it has none. */
const char *sv_directory_entry_get (const SvDirectoryEntry *entry, gsize attribute);

/* New array of SvDirectoryEntry, owning. A @base that is not there has none. Errors as of
 * sv_directory_bind(). */
GPtrArray *sv_directory_search (SvDirectory *directory, const SvDirectorySearch *search,
                                GError **error);
