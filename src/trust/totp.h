/* One-time passwords by the clock: six digits for each 30 seconds, SHA-1, as every app on a phone
 * makes them. Source: RFC 6238, RFC 4226. */
#pragma once

#include "base/base.h"

#define SV_TOTP_SECRET_BYTES 20
#define SV_TOTP_STEP_US (30 * SV_SECOND_US)
#define SV_TOTP_WINDOW 1 /* steps before and behind that are accepted: clocks differ */

/* New string, base32 of SV_TOTP_SECRET_BYTES from the kernel. */
char *sv_totp_secret_new (void);

/* New bytes; SV_ERROR_INVALID_DATA. Lower case and spaces, as people type them, are fine. */
GBytes *sv_base32_decode (const char *text, GError **error);
char *sv_base32_encode (const guint8 *data, gsize size);

/* The number for one value of the counter (HOTP), below 1000000. */
guint32 sv_totp_code (GBytes *secret, guint64 counter);

/**
 * sv_totp_accept:
 * @secret: base32
 * @last_step: the step that was accepted last; 0: none
 * @ret_step: (out): the step of @code, to be kept as the next @last_step
 *
 * Whether @code is that of a step within the window, and later than @last_step: a code is good
 * once, also for who looked over a shoulder. All codes of the window are compared, in constant
 * time.
 */
gboolean sv_totp_accept (const char *secret, const char *code, gint64 now_us, gint64 last_step,
                         gint64 *ret_step);

/* New string, "otpauth://totp/…" for a QR code. */
char *sv_totp_uri (const char *secret, const char *issuer, const char *account);
