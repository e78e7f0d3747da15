/* Signatures of archives, checked by the distribution's own gpgv. */
#pragma once

#include "advisory/authenticity.h"
#include "advisory/keyring.h"

typedef struct {
  gint authenticity; /* SvAuthenticity; never EXPIRED: that is about content */
  char *signer;      /* fingerprint of the key that made the first good signature … */
  char *primary;     /* … and of the primary key that it belongs to */
  char *detail;      /* why it is not verified */
} SvGpgvVerdict;

void sv_gpgv_verdict_clear (SvGpgvVerdict *verdict);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvGpgvVerdict, sv_gpgv_verdict_clear)

/**
 * sv_gpgv_check_clearsigned:
 *
 * Checks that @text is one clear-signed message from the first byte to the last: nothing before
 * it, nothing behind it, no header but "Hash", one signature block, never an inline-signed or
 * unsigned message. gpgv alone would take more than that.
 * Errors: SV_ERROR_UNTRUSTED. Source: promise S3.
 */
gboolean sv_gpgv_check_clearsigned (const char *text, gsize size, GError **error);

/**
 * sv_gpgv_judge:
 * @status: what gpgv wrote to its status descriptor
 * @at_us: the time by which keys may have expired
 *
 * Verified means at least one good signature and no bad one, as apt has it: signatures by unknown,
 * expired, or revoked keys or with broken digests count for nothing, and are named in `detail`
 * when nothing else is left. Pure.
 */
void sv_gpgv_judge (const char *status, gint64 at_us, SvGpgvVerdict *ret_verdict);

typedef struct {
  const char *name; /* of what is checked, for messages */
  const void *data; /* clear-signed text, or the signed file itself … */
  gsize size;
  const char *data_path; /* (nullable) instead of @data: a file that nobody changes meanwhile */
  const void *signature; /* … with this signature; NULL for clear-signed text */
  gsize signature_size;
  const GPtrArray *keyrings; /* SvKeyring that may vouch for it */
  gint64 at_us;
} SvGpgvRequest;

/**
 * sv_gpgv_verify:
 * @ret_payload: (out): what the signature covers, NULL unless verified
 *
 * Runs gpgv in a directory of its own, which is removed. A signature that does not hold, a missing
 * gpgv or key is a verdict, not an error. For clear-signed text the payload is what gpgv gave out,
 * never cut from @data; empty for @data_path. Errors: SV_ERROR_FAILED (cannot write the temporary
 * files), SV_ERROR_TIMEOUT.
 */
gboolean sv_gpgv_verify (const SvGpgvRequest *request, SvGpgvVerdict *ret_verdict,
                         GBytes **ret_payload, GError **error);
