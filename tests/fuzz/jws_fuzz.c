/* Whatever is taken for a token of a signer is one that they signed; whatever stands in a set of
 * keys or in an ID token is read or refused. */
#include "access/access.h"
#include "net/net.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* RFC 7515, A.3, and RFC 8037, A.4: of both signers one token each is known, in the corpus. */
static const char keys[] =
    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","
    "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"},{\"kty\":\"OKP\","
    "\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}";
static const char *const payloads[] = {"{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n",
                                       "Example of Ed25519 signing"};

static void
read_token (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvJwks) jwks = sv_jwks_parse (keys, strlen (keys), NULL);
  g_autoptr (GBytes) payload = sv_jws_verify (jwks, text, &error);
  g_assert_true ((payload == NULL) == (error != NULL));
  if (payload == NULL)
    return;
  gsize size;
  const char *bytes = g_bytes_get_data (payload, &size);
  g_autofree char *said = g_strndup (bytes, size);
  g_assert_true (g_str_has_prefix (said, payloads[0]) || strcmp (said, payloads[1]) == 0);
}

static void
read_keys (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvJwks) jwks = sv_jwks_parse ((const char *)data, size, &error);
  g_assert_true ((jwks == NULL) == (error != NULL));
  g_assert_true (jwks == NULL || sv_jwks_get_n_keys (jwks) <= SV_LIMIT_JWKS_KEYS);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const SvProvider provider = {.kind = SV_PROVIDER_OIDC,
                               .login_from = (char *)"preferred_username",
                               .groups_from = (char *)"groups"};
  g_autoptr (GError) error = NULL;
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  g_autoptr (GBytes) payload = g_bytes_new_static (data, size);
  g_autoptr (SvIdToken) token = sv_id_token_parse (&provider, payload, &error);
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_assert_true ((token == NULL) == (error != NULL));
  read_token (text);
  read_keys (data, size);
  return 0;
}
