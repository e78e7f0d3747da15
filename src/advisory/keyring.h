/* OpenPGP keyrings of a host: where they are, which keys they hold, whom apt trusts by default. */
#pragma once

#include "base/base.h"

typedef struct {
  char *path;               /* on this machine */
  gboolean by_default;      /* apt trusts it for every repository that names no key of its own */
  GBytes *keys;             /* binary packets, armour taken off */
  GHashTable *fingerprints; /* set of 40 or 64 upper-case hexadecimal digits, subkeys too */
} SvKeyring;

void sv_keyring_free (SvKeyring *keyring);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvKeyring, sv_keyring_free)

/**
 * sv_keyring_parse:
 * @path: what it is called; never opened
 * @data: a keyring, binary or ASCII-armoured (any number of blocks)
 *
 * Only lists the keys: whether a signature holds is for gpgv alone to say.
 * Errors: SV_ERROR_INVALID_DATA (armour or packets that do not parse, GnuPG's keybox format).
 */
SvKeyring *sv_keyring_parse (const char *path, const void *data, gsize size, GError **error);

/* The keyring in the file at @path; errors of files and of sv_keyring_parse(). */
SvKeyring *sv_keyring_load (const char *path, GError **error);

/**
 * sv_keyrings_load:
 * @root: "/" or another directory
 *
 * All keyrings under @root that may vouch for archives, sorted by path: etc/apt/trusted.gpg and
 * trusted.gpg.d (by default), etc/apt/keyrings and the archive keyrings of usr/share/keyrings
 * (never those of removed keys). A keyring that cannot be read is passed over: it vouches for
 * nothing. Returns a new array that owns its SvKeyring.
 */
GPtrArray *sv_keyrings_load (const char *root);

/* The keyring of @path, read now and added to @keyrings if it was not there; NULL if it cannot be
 * read. Lent. */
const SvKeyring *sv_keyrings_find (GPtrArray *keyrings, const char *path);
