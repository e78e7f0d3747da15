/* Detached OpenPGP signatures beside feeds. */
#pragma once

#include "base/base.h"

typedef struct {
  const char *name;      /* of the feed, for messages */
  const char *path;      /* its content, which nobody changes meanwhile */
  const char *signature; /* path of the signature, armoured or not */
  const char *keyring;   /* path of the keys that may vouch for it */
  gint64 at_us;          /* the time by which keys may have expired */
} SvFeedSignature;

/**
 * sv_feed_signature_check:
 * @ret_detail: (out): new string: which key vouches for it
 *
 * Errors: SV_ERROR_UNTRUSTED unless a good signature by a key of the keyring covers the content (a
 * missing gpgv counts as none); SV_ERROR_INVALID_DATA (no keyring), SV_ERROR_LIMIT, those of files.
 */
gboolean sv_feed_signature_check (const SvFeedSignature *asked, char **ret_detail, GError **error);
