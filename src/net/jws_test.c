/* Tokens as signers make them, and as attackers do. */
#include "net/jws.h"

#include "net/ca_private.h"

#include <gnutls/crypto.h>
#include <string.h>

#define PAYLOAD "{\"sub\":\"erika\"}"

typedef enum { RSA, SMALL_RSA, EC, ED, N_KINDS } Kind;

/* A signer's keys, and what it publishes of them. */
typedef struct {
  gnutls_privkey_t keys[N_KINDS];
  char *jwks;
} Signer;

static char *
encode (const void *data, gsize size)
{
  g_autofree char *text = g_base64_encode (data, size);
  text[strcspn (text, "=")] = '\0';
  return g_strdelimit (g_strdelimit (g_steal_pointer (&text), "+", '-'), "/", '_');
}

static char *
encode_datum (gnutls_datum_t *datum, gsize size)
{
  guint8 padded[512] = {0};
  size = MAX (size, datum->size);
  g_assert_cmpuint (size, <=, sizeof padded);
  memcpy (padded + size - datum->size, datum->data, datum->size);
  gnutls_free (datum->data);
  return encode (padded, size);
}

/* -- Keys -- */

static gnutls_privkey_t
make_key (Kind kind)
{
  static const struct {
    gnutls_pk_algorithm_t algorithm;
    unsigned bits;
  } rows[N_KINDS] = {[RSA] = {GNUTLS_PK_RSA, 2048},
                     [SMALL_RSA] = {GNUTLS_PK_RSA, 1024},
                     [EC] = {GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1)},
                     [ED] = {GNUTLS_PK_EDDSA_ED25519, 256}};
  gnutls_privkey_t key;
  g_assert_cmpint (gnutls_privkey_init (&key), >=, 0);
  g_assert_cmpint (gnutls_privkey_generate (key, rows[kind].algorithm, rows[kind].bits, 0), >=, 0);
  return key;
}

static char *
format_rsa (gnutls_pubkey_t key, const char *more)
{
  gnutls_datum_t n, e;
  g_assert_cmpint (gnutls_pubkey_export_rsa_raw2 (key, &n, &e, GNUTLS_EXPORT_FLAG_NO_LZ), >=, 0);
  g_autofree char *modulus = encode_datum (&n, 0);
  g_autofree char *exponent = encode_datum (&e, 0);
  return g_strdup_printf ("{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"%s}", modulus, exponent, more);
}

static char *
format_curve (gnutls_pubkey_t key, const char *more)
{
  gnutls_datum_t x = {0}, y = {0};
  gnutls_ecc_curve_t curve;
  g_assert_cmpint (gnutls_pubkey_export_ecc_raw2 (key, &curve, &x, &y, GNUTLS_EXPORT_FLAG_NO_LZ),
                   >=, 0);
  g_autofree char *at_x = encode_datum (&x, 32);
  if (curve == GNUTLS_ECC_CURVE_ED25519)
    return g_strdup_printf ("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\"%s}", at_x, more);
  g_autofree char *at_y = encode_datum (&y, 32);
  return g_strdup_printf ("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\"%s}", at_x,
                          at_y, more);
}

/* @more: further members, each behind a comma. */
static char *
format_jwk (gnutls_privkey_t key, const char *more)
{
  g_auto (SvX509PublicKey) public = NULL;
  g_assert_cmpint (gnutls_pubkey_init (&public), >=, 0);
  g_assert_cmpint (gnutls_pubkey_import_privkey (public, key, 0, 0), >=, 0);
  return gnutls_pubkey_get_pk_algorithm (public, NULL) == GNUTLS_PK_RSA
             ? format_rsa (public, more)
             : format_curve (public, more);
}

static void
setup (Signer *signer, gconstpointer unused)
{
  static const char *const more[N_KINDS] = {[RSA] =
                                                ",\"kid\":\"r\",\"use\":\"sig\",\"x5c\":[\"?\"]",
                                            [SMALL_RSA] = ",\"kid\":\"s\"",
                                            [EC] = ",\"kid\":\"e\",\"alg\":\"ES256\"",
                                            [ED] = ",\"kid\":\"d\""};
  GString *text = g_string_new ("{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"o\"}");
  for (Kind kind = 0; kind < N_KINDS; kind++) {
    signer->keys[kind] = make_key (kind);
    g_autofree char *jwk = format_jwk (signer->keys[kind], more[kind]);
    g_string_append_printf (text, ",%s", jwk);
  }
  g_string_append (text, "]}");
  signer->jwks = g_string_free (text, FALSE);
}

static void
teardown (Signer *signer, gconstpointer unused)
{
  for (Kind kind = 0; kind < N_KINDS; kind++)
    gnutls_privkey_deinit (signer->keys[kind]);
  g_free (signer->jwks);
}

static SvJwks *
parse (const char *json)
{
  g_autoptr (GError) error = NULL;
  SvJwks *jwks = sv_jwks_parse (json, strlen (json), &error);
  g_assert_no_error (error);
  return jwks;
}

/* -- Tokens -- */

static char *
encode_signature (gnutls_datum_t *signature, gboolean ecdsa)
{
  gnutls_datum_t r = {0}, s = {0};
  if (!ecdsa)
    return encode_datum (signature, 0);
  g_assert_cmpint (gnutls_decode_rs_value (signature, &r, &s), >=, 0);
  guint8 raw[64] = {0};
  gsize skip_r = r.size > 32 ? r.size - 32 : 0, skip_s = s.size > 32 ? s.size - 32 : 0;
  memcpy (raw + 32 - (r.size - skip_r), r.data + skip_r, r.size - skip_r);
  memcpy (raw + 64 - (s.size - skip_s), s.data + skip_s, s.size - skip_s);
  gnutls_free (r.data);
  gnutls_free (s.data);
  gnutls_free (signature->data);
  return encode (raw, sizeof raw);
}

static char *
format_input (const char *header, const char *payload)
{
  g_autofree char *first = encode (header, strlen (header));
  g_autofree char *second = encode (payload, strlen (payload));
  return g_strconcat (first, ".", second, NULL);
}

static char *
sign (const Signer *signer, Kind kind, gnutls_sign_algorithm_t algorithm, const char *header)
{
  g_autofree char *input = format_input (header, PAYLOAD);
  gnutls_datum_t data = {(unsigned char *)input, (unsigned)strlen (input)}, signature;
  g_assert_cmpint (gnutls_privkey_sign_data2 (signer->keys[kind], algorithm, 0, &data, &signature),
                   >=, 0);
  g_autofree char *third = encode_signature (&signature, algorithm == GNUTLS_SIGN_ECDSA_SHA256);
  return g_strconcat (input, ".", third, NULL);
}

static void
assert_verifies (const SvJwks *jwks, const char *token)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) payload = sv_jws_verify (jwks, token, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), PAYLOAD,
                   strlen (PAYLOAD));
}

static void
assert_refuses (const SvJwks *jwks, const char *token, SvError code)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (sv_jws_verify (jwks, token, &error));
  g_assert_error (error, SV_ERROR, (int)code);
}

static const struct {
  Kind kind;
  gnutls_sign_algorithm_t algorithm;
  const char *header;
} signings[] = {
    {RSA, GNUTLS_SIGN_RSA_SHA256, "{\"alg\":\"RS256\",\"kid\":\"r\",\"typ\":\"JWT\"}"},
    {RSA, GNUTLS_SIGN_RSA_PSS_RSAE_SHA256, "{\"alg\":\"PS256\",\"kid\":\"r\"}"},
    {EC, GNUTLS_SIGN_ECDSA_SHA256, "{\"alg\":\"ES256\",\"kid\":\"e\"}"},
    {ED, GNUTLS_SIGN_EDDSA_ED25519, "{\"alg\":\"EdDSA\",\"kid\":\"d\"}"},
    {ED, GNUTLS_SIGN_EDDSA_ED25519, "{\"alg\":\"Ed25519\"}"},
    {RSA, GNUTLS_SIGN_RSA_SHA256, "{\"alg\":\"RS256\"}"},
};

/* What was signed, and the signature, cannot be changed. */
static void
test_signed (Signer *signer, gconstpointer unused)
{
  g_autoptr (SvJwks) jwks = parse (signer->jwks);
  g_assert_cmpuint (sv_jwks_get_n_keys (jwks), ==, 3);
  for (gsize i = 0; i < G_N_ELEMENTS (signings); i++) {
    g_autofree char *token =
        sign (signer, signings[i].kind, signings[i].algorithm, signings[i].header);
    assert_verifies (jwks, token);
    for (gsize at = 0, length = strlen (token); at < length; at += 7) {
      char before = token[at];
      token[at] = before == 'A' ? 'B' : 'A';
      g_assert_null (sv_jws_verify (jwks, token, NULL));
      token[at] = before;
    }
    assert_verifies (jwks, token);
    token[strlen (token) - 8] = '\0';
    g_assert_null (sv_jws_verify (jwks, token, NULL));
  }
}

/* As their authors published them: RFC 7515, A.3; RFC 8037, A.4. */
static void
test_published (void)
{
  g_autoptr (SvJwks) jwks =
      parse ("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","
             "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
             "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"},{\"kty\":\"OKP\","
             "\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}");
  static const char *const tokens[] = {
      "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxl"
      "LmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA"
      "pmWQxfKTUJqPP3-Kg6NU1Q",
      "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGc"
      "vMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"};
  for (gsize i = 0; i < G_N_ELEMENTS (tokens); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) payload = sv_jws_verify (jwks, tokens[i], &error);
    g_assert_no_error (error);
    g_assert_cmpuint (g_bytes_get_size (payload), >, 20);
  }
}

/* What was published as a public key is nobody's shared secret, and no signature is none. */
static void
test_none_and_hmac (Signer *signer, gconstpointer unused)
{
  g_autoptr (SvJwks) jwks = parse (signer->jwks);
  static const char *const headers[] = {"{\"alg\":\"none\"}",
                                        "{\"alg\":\"None\",\"kid\":\"r\"}",
                                        "{\"alg\":\"\"}",
                                        "{\"alg\":\"RS512\",\"kid\":\"r\"}",
                                        "{\"alg\":\"HS256\",\"kid\":\"o\"}",
                                        "{\"alg\":\"HS256\",\"kid\":\"r\"}"};
  g_autofree char *pem = format_jwk (signer->keys[RSA], "");
  for (gsize i = 0; i < G_N_ELEMENTS (headers); i++) {
    guint8 mac[32];
    g_autofree char *input = format_input (headers[i], PAYLOAD);
    gnutls_hmac_fast (GNUTLS_MAC_SHA256, pem, strlen (pem), input, strlen (input), mac);
    g_autofree char *signature = encode (mac, sizeof mac);
    g_autofree char *unsigned_token = g_strconcat (input, ".", NULL);
    g_autofree char *token = g_strconcat (input, ".", signature, NULL);
    assert_refuses (jwks, unsigned_token, SV_ERROR_UNTRUSTED);
    assert_refuses (jwks, token, SV_ERROR_UNTRUSTED);
  }
}

/* The key says what it is for, not the token. */
static void
test_other_keys (Signer *signer, gconstpointer unused)
{
  g_autoptr (SvJwks) jwks = parse (signer->jwks);
  const struct {
    Kind kind;
    gnutls_sign_algorithm_t algorithm;
    const char *header;
    SvError code;
  } rows[] = {
      {RSA, GNUTLS_SIGN_RSA_SHA256, "{\"alg\":\"PS256\",\"kid\":\"r\"}", SV_ERROR_UNTRUSTED},
      {RSA, GNUTLS_SIGN_RSA_SHA256, "{\"alg\":\"ES256\",\"kid\":\"e\"}", SV_ERROR_UNTRUSTED},
      {RSA, GNUTLS_SIGN_RSA_SHA256, "{\"alg\":\"ES256\",\"kid\":\"r\"}", SV_ERROR_NOT_FOUND},
      {RSA, GNUTLS_SIGN_RSA_SHA256, "{\"alg\":\"RS256\",\"kid\":\"new\"}", SV_ERROR_NOT_FOUND},
      {SMALL_RSA, GNUTLS_SIGN_RSA_SHA256, "{\"alg\":\"RS256\",\"kid\":\"s\"}", SV_ERROR_NOT_FOUND},
      {SMALL_RSA, GNUTLS_SIGN_RSA_SHA256, "{\"alg\":\"RS256\"}", SV_ERROR_UNTRUSTED},
      {RSA, GNUTLS_SIGN_RSA_SHA256, "{\"alg\":\"RS256\",\"crit\":[\"exp\"]}", SV_ERROR_UNTRUSTED},
      {RSA, GNUTLS_SIGN_RSA_SHA256, "{\"alg\":\"none\",\"alg\":\"RS256\"}", SV_ERROR_INVALID_DATA},
      {RSA, GNUTLS_SIGN_RSA_SHA256, "{\"kid\":\"r\"}", SV_ERROR_INVALID_DATA},
      {RSA, GNUTLS_SIGN_RSA_SHA256, "[]", SV_ERROR_INVALID_DATA},
      {RSA, GNUTLS_SIGN_RSA_SHA256, "{\"alg\":\"RS256\"} x", SV_ERROR_INVALID_DATA},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *token = sign (signer, rows[i].kind, rows[i].algorithm, rows[i].header);
    assert_refuses (jwks, token, rows[i].code);
  }
}

static void
test_keys_for_something_else (Signer *signer, gconstpointer unused)
{
  static const char *const more[] = {",\"use\":\"enc\"", ",\"alg\":\"PS256\"",
                                     ",\"kid\":\"another\""};
  g_autofree char *token =
      sign (signer, RSA, GNUTLS_SIGN_RSA_SHA256, "{\"alg\":\"RS256\",\"kid\":\"r\"}");
  for (gsize i = 0; i < G_N_ELEMENTS (more); i++) {
    g_autofree char *jwk = format_jwk (signer->keys[RSA], more[i]);
    g_autofree char *json = g_strdup_printf ("{\"keys\":[%s]}", jwk);
    g_autoptr (SvJwks) jwks = parse (json);
    assert_refuses (jwks, token, SV_ERROR_NOT_FOUND);
  }
}

static void
test_forms (Signer *signer, gconstpointer unused)
{
  g_autoptr (SvJwks) jwks = parse (signer->jwks);
  g_autofree char *token =
      sign (signer, EC, GNUTLS_SIGN_ECDSA_SHA256, "{\"alg\":\"ES256\",\"kid\":\"e\"}");
  g_autofree char *long_text = g_strnfill (SV_LIMIT_JWT_BYTES, 'A');
  const char *const wrong[] = {"", ".", "..", "a.b", "a.b.c", "....", long_text};
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    assert_refuses (jwks, wrong[i], SV_ERROR_INVALID_DATA);
  const char *const tails[] = {".", ".x", "=", "==", "A", " ", "\n", "AAAA"};
  for (gsize i = 0; i < G_N_ELEMENTS (tails); i++) {
    g_autofree char *longer = g_strconcat (token, tails[i], NULL);
    g_autoptr (GError) error = NULL;
    g_assert_null (sv_jws_verify (jwks, longer, &error));
  }
  /* nothing twice nothing is the signature of nobody */
  *(strrchr (token, '.') + 1) = '\0';
  g_autofree char *zeros = g_strnfill (86, 'A');
  g_autofree char *zero = g_strconcat (token, zeros, NULL);
  assert_refuses (jwks, zero, SV_ERROR_UNTRUSTED);
}

static void
test_sets (void)
{
  static const char *const bad[] = {"",
                                    "[]",
                                    "{}",
                                    "{\"keys\":{}}",
                                    "{\"keys\":[1]}",
                                    "{\"keys\":[]} x",
                                    "{\"keys\":[],\"keys\":[]}",
                                    "{\"keys\":[{\"kty\":\"RSA\",\"n\":1}]}"};
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (sv_jwks_parse (bad[i], strlen (bad[i]), &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
  }
  g_autoptr (SvJwks) none = parse (
      "{\"keys\":[{},{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"\"},{\"kty\":\"EC\",\"crv\":"
      "\"P-256\",\"x\":\"AA\",\"y\":\"AA\"},{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"AA\"}]}");
  g_assert_cmpuint (sv_jwks_get_n_keys (none), ==, 0);
}

static void
test_base64url (void)
{
  const struct {
    const char *text, *bytes;
  } good[] = {{"", ""}, {"Zg", "f"}, {"Zm8", "fo"}, {"Zm9v", "foo"}, {"-_-_", "\xfb\xff\xbf"}};
  static const char *const bad[] = {"Z", "Zh", "Zm9", "Zg==", "Zm9v\n", "+/+/", "Zm 9v", "ü"};
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GBytes) bytes = sv_base64url_decode (good[i].text, strlen (good[i].text), NULL);
    g_assert_nonnull (bytes);
    g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), good[i].bytes,
                     strlen (good[i].bytes));
  }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (sv_base64url_decode (bad[i], strlen (bad[i]), NULL));
  g_assert_null (sv_base64url_decode ("Zm9v\0Zm9v", 9, NULL));
}

#define ADD(name, func) g_test_add ("/jws/" name, Signer, NULL, setup, func, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("signed", test_signed);
  ADD ("none-and-hmac", test_none_and_hmac);
  ADD ("other-keys", test_other_keys);
  ADD ("keys-for-something-else", test_keys_for_something_else);
  ADD ("forms", test_forms);
  g_test_add_func ("/jws/published", test_published);
  g_test_add_func ("/jws/sets", test_sets);
  g_test_add_func ("/jws/base64url", test_base64url);
  return g_test_run ();
}
