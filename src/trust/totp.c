#include "trust/totp.h"

#include <sodium.h>
#include <string.h>

#define DIGITS 6
#define MODULUS 1000000

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

char *
sv_base32_encode (const guint8 *data, gsize size)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint32 bits = 0, n = 0;
  for (gsize i = 0; i < size; i++) {
    bits = bits << 8 | data[i];
    for (n += 8; n >= 5; n -= 5)
      g_string_append_c (text, alphabet[bits >> (n - 5) & 31]);
  }
  if (n > 0)
    g_string_append_c (text, alphabet[bits << (5 - n) & 31]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

GBytes *
sv_base32_decode (const char *text, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint32 bits = 0, n = 0;
  for (const char *p = text; *p != '\0'; p++) {
    const char *found = strchr (alphabet, g_ascii_toupper (*p));
    if (*p == ' ' || *p == '=')
      continue;
    if (found == NULL) {
      g_set_error_literal (error, SV_ERROR, SV_ERROR_INVALID_DATA, "this is no base32");
      return NULL;
    }
    bits = bits << 5 | (guint32)(found - alphabet);
    n += 5;
    if (n >= 8) {
      n -= 8;
      guint8 byte = (guint8)(bits >> n);
      g_byte_array_append (bytes, &byte, 1);
    }
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

char *
sv_totp_secret_new (void)
{
  guint8 bytes[SV_TOTP_SECRET_BYTES];
  if (sodium_init () < 0)
    g_error ("no randomness can be had");
  randombytes_buf (bytes, sizeof bytes);
  return sv_base32_encode (bytes, sizeof bytes);
}

guint32
sv_totp_code (GBytes *secret, guint64 counter)
{
  guint8 digest[20];
  gsize size = sizeof digest, n;
  guint64 message = GUINT64_TO_BE (counter);
  const guint8 *key = g_bytes_get_data (secret, &n);
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA1, key, n);
  g_hmac_update (hmac, (const guchar *)&message, sizeof message);
  g_hmac_get_digest (hmac, digest, &size);
  g_hmac_unref (hmac);
  const guint8 *part = digest + (digest[size - 1] & 15);
  guint32 number =
      (part[0] & 127u) << 24 | (guint32)part[1] << 16 | (guint32)part[2] << 8 | part[3];
  return number % MODULUS;
}

static gboolean
is_code (const char *text)
{
  return text != NULL && strlen (text) == DIGITS && strspn (text, "0123456789") == DIGITS;
}

gboolean
sv_totp_accept (const char *secret, const char *code, gint64 now_us, gint64 last_step,
                gint64 *ret_step)
{
  g_autoptr (GBytes) key = secret != NULL ? sv_base32_decode (secret, NULL) : NULL;
  if (key == NULL || !is_code (code))
    return FALSE;
  gint64 now = now_us / SV_TOTP_STEP_US, found = 0;
  for (gint64 step = now - SV_TOTP_WINDOW; step <= now + SV_TOTP_WINDOW; step++) {
    char expected[DIGITS + 5];
    g_snprintf (expected, sizeof expected, "%06u", sv_totp_code (key, (guint64)step));
    if (sodium_memcmp (expected, code, DIGITS) == 0 && step > last_step)
      found = step;
  }
  *ret_step = found;
  return found != 0;
}

char *
sv_totp_uri (const char *secret, const char *issuer, const char *account)
{
  g_autofree char *from = g_uri_escape_string (issuer, NULL, FALSE);
  g_autofree char *whose = g_uri_escape_string (account, NULL, FALSE);
  return g_strdup_printf ("otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=%d"
                          "&period=30",
                          from, whose, secret, from, DIGITS);
}
