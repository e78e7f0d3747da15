#include "trust/token.h"

#include <sodium.h>
#include <string.h>

#define PREFIX "salve_"

char *
sv_base64url (const guint8 *data, gsize size)
{
  g_autofree char *text = g_base64_encode (data, size);
  text[strcspn (text, "=")] = '\0';
  return g_strdelimit (g_strdelimit (g_steal_pointer (&text), "+", '-'), "/", '_');
}

char *
sv_token_new (const char *kind)
{
  guint8 bytes[SV_TOKEN_BYTES];
  if (sodium_init () < 0)
    g_error ("no randomness can be had");
  randombytes_buf (bytes, sizeof bytes);
  g_autofree char *text = sv_base64url (bytes, sizeof bytes);
  sodium_memzero (bytes, sizeof bytes);
  return g_strconcat (PREFIX, kind, "_", text, NULL);
}

static gboolean
is_base64url (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '-' && *p != '_')
      return FALSE;
  return TRUE;
}

gboolean
sv_token_is (const char *text, const char *kind)
{
  g_autofree char *prefix = g_strconcat (PREFIX, kind, "_", NULL);
  gsize length = (SV_TOKEN_BYTES * 8 + 5) / 6;
  return text != NULL && g_str_has_prefix (text, prefix) &&
         strlen (text) == strlen (prefix) + length && is_base64url (text + strlen (prefix));
}

GBytes *
sv_token_digest (const char *token)
{
  guint8 *digest = g_malloc (SV_SHA256_BYTES);
  crypto_hash_sha256 (digest, (const guint8 *)token, strlen (token));
  return g_bytes_new_take (digest, SV_SHA256_BYTES);
}

char *
sv_token_derive (const char *token, const char *purpose)
{
  guint8 digest[SV_SHA256_BYTES];
  gsize size = sizeof digest;
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *)token, strlen (token));
  g_hmac_update (hmac, (const guchar *)purpose, (gssize)strlen (purpose));
  g_hmac_get_digest (hmac, digest, &size);
  g_hmac_unref (hmac);
  return sv_base64url (digest, size);
}

gboolean
sv_secret_equal (const char *a, const char *b)
{
  return a != NULL && b != NULL && strlen (a) == strlen (b) &&
         sodium_memcmp (a, b, strlen (a)) == 0;
}

void
sv_secret_free (char *secret)
{
  if (secret != NULL)
    sodium_memzero (secret, strlen (secret));
  g_free (secret);
}
