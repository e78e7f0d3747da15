#include "net/jws.h"

#include "net/ca_private.h"

#include <gnutls/crypto.h>
#include <string.h>

#define MIN_RSA_BITS 2048
#define ES256_HALF_BYTES 32
#define ED25519_BYTES 32

/* -- Base64url -- */

/* One form for each value: what decodes must encode to the same, so that no two texts are one
 * token. */
GBytes *
sv_base64url_decode (const char *text, gsize length, GError **error)
{
  g_autofree char *padded = g_strndup (text, length);
  g_autofree char *again = NULL;
  gboolean clean = strlen (padded) == length && length % 4 != 1;
  for (const char *p = padded; *p != '\0'; p++)
    clean = clean && (g_ascii_isalnum (*p) || *p == '-' || *p == '_');
  if (clean) {
    g_autofree char *usual = g_strconcat (padded, &"==="[3 - (4 - length % 4) % 4], NULL);
    g_strdelimit (g_strdelimit (usual, "-", '+'), "_", '/');
    gsize size;
    g_autofree guchar *bytes = g_base64_decode (usual, &size);
    again = g_base64_encode (bytes, size);
    if (strcmp (again, usual) == 0)
      return g_bytes_new_take (g_steal_pointer (&bytes), size);
  }
  g_set_error_literal (error, SV_ERROR, SV_ERROR_INVALID_DATA, "this is no base64url");
  return NULL;
}

/* -- Keys -- */

typedef struct {
  char *kty, *kid, *use, *alg, *crv;
  char *n, *e, *x, *y;
} Jwk;

static const SvField jwk_fields[] = {
    SV_FIELD (Jwk, kty, SV_TYPE_STRING, .doc = "Kind."),
    SV_FIELD (Jwk, kid, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES, .doc = "Name."),
    SV_FIELD (Jwk, use, SV_TYPE_STRING, .doc = "For signatures or encryption."),
    SV_FIELD (Jwk, alg, SV_TYPE_STRING, .doc = "The one algorithm it is for."),
    SV_FIELD (Jwk, crv, SV_TYPE_STRING, .doc = "Curve."),
    SV_FIELD (Jwk, n, SV_TYPE_STRING, .doc = "RSA modulus."),
    SV_FIELD (Jwk, e, SV_TYPE_STRING, .doc = "RSA exponent."),
    SV_FIELD (Jwk, x, SV_TYPE_STRING, .doc = "Point."),
    SV_FIELD (Jwk, y, SV_TYPE_STRING, .doc = "Point."),
};
static SV_RECORD_TYPE (jwk_type, Jwk, "Jwk", jwk_fields, "A public key.");

typedef struct {
  GPtrArray *keys;
} JwkSet;

static const SvField set_fields[] = {
    SV_FIELD (JwkSet, keys, SV_TYPE_RECORDS, .flags = SV_FIELD_REQUIRED, .max = SV_LIMIT_JWKS_KEYS,
              .record = &jwk_type, .doc = "Keys."),
};
static SV_RECORD_TYPE (set_type, JwkSet, "JwkSet", set_fields, "Public keys.");

typedef struct {
  char *kid, *kty, *alg; /* @kid and @alg may be NULL */
  gnutls_pubkey_t key;
} Key;

struct SvJwks {
  GPtrArray *keys; /* Key */
};

static void
key_free (gpointer data)
{
  Key *key = data;
  gnutls_pubkey_deinit (key->key);
  g_free (key->kid);
  g_free (key->kty);
  g_free (key->alg);
  g_free (key);
}

static GBytes *
decode (const char *text)
{
  return text != NULL ? sv_base64url_decode (text, strlen (text), NULL) : NULL;
}

static gboolean
import_rsa (gnutls_pubkey_t key, const Jwk *jwk)
{
  g_autoptr (GBytes) n = decode (jwk->n);
  g_autoptr (GBytes) e = decode (jwk->e);
  unsigned bits = 0;
  if (n == NULL || e == NULL)
    return FALSE;
  gnutls_datum_t modulus = sv_x509_datum (n), exponent = sv_x509_datum (e);
  return gnutls_pubkey_import_rsa_raw (key, &modulus, &exponent) >= 0 &&
         gnutls_pubkey_get_pk_algorithm (key, &bits) >= 0 && bits >= MIN_RSA_BITS;
}

static gboolean
import_ec (gnutls_pubkey_t key, const Jwk *jwk)
{
  g_autoptr (GBytes) x = decode (jwk->x);
  g_autoptr (GBytes) y = decode (jwk->y);
  if (x == NULL || y == NULL || g_strcmp0 (jwk->crv, "P-256") != 0 ||
      g_bytes_get_size (x) != ES256_HALF_BYTES || g_bytes_get_size (y) != ES256_HALF_BYTES)
    return FALSE;
  gnutls_datum_t at_x = sv_x509_datum (x), at_y = sv_x509_datum (y);
  return gnutls_pubkey_import_ecc_raw (key, GNUTLS_ECC_CURVE_SECP256R1, &at_x, &at_y) >= 0;
}

static gboolean
import_okp (gnutls_pubkey_t key, const Jwk *jwk)
{
  g_autoptr (GBytes) x = decode (jwk->x);
  if (x == NULL || g_strcmp0 (jwk->crv, "Ed25519") != 0 || g_bytes_get_size (x) != ED25519_BYTES)
    return FALSE;
  gnutls_datum_t at_x = sv_x509_datum (x);
  return gnutls_pubkey_import_ecc_raw (key, GNUTLS_ECC_CURVE_ED25519, &at_x, NULL) >= 0;
}

static const struct {
  const char *kty;
  gboolean (*import) (gnutls_pubkey_t key, const Jwk *jwk);
} kinds[] = {{"RSA", import_rsa}, {"EC", import_ec}, {"OKP", import_okp}};

static gboolean
import (gnutls_pubkey_t key, const Jwk *jwk)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kinds[i].kty, jwk->kty) == 0)
      return (jwk->use == NULL || strcmp (jwk->use, "sig") == 0) && kinds[i].import (key, jwk);
  return FALSE;
}

static void
add_key (SvJwks *jwks, const Jwk *jwk)
{
  g_auto (SvX509PublicKey) public = NULL;
  if (gnutls_pubkey_init (&public) < 0 || !import (public, jwk))
    return;
  Key *key = g_new0 (Key, 1);
  key->kid = g_strdup (jwk->kid);
  key->kty = g_strdup (jwk->kty);
  key->alg = g_strdup (jwk->alg);
  key->key = g_steal_pointer (&public);
  g_ptr_array_add (jwks->keys, key);
}

/* Other people's documents: members that we do not know are passed over. */
static gboolean
read_json (const SvRecordType *type, GBytes *json, gpointer record, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (json, &size);
  g_autoptr (SvStream) stream = sv_stream_new_memory ("token", data, size);
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  sv_json_reader_set_limits (reader, SV_LIMIT_API_JSON_DEPTH, SV_LIMIT_JWT_BYTES, 0);
  return sv_record_read_json (type, reader, SV_RECORD_LENIENT, record, error) &&
         sv_json_next (reader, error) == SV_JSON_END;
}

SvJwks *
sv_jwks_parse (const char *json, gsize size, GError **error)
{
  JwkSet set = {0};
  g_autoptr (GBytes) bytes = g_bytes_new_static (json, size);
  gboolean read = read_json (&set_type, bytes, &set, error);
  SvJwks *jwks = NULL;
  if (read) {
    jwks = g_new0 (SvJwks, 1);
    jwks->keys = g_ptr_array_new_with_free_func (key_free);
    for (guint i = 0; set.keys != NULL && i < set.keys->len; i++)
      add_key (jwks, set.keys->pdata[i]);
  }
  sv_record_clear (&set_type, &set);
  return jwks;
}

void
sv_jwks_free (SvJwks *jwks)
{
  if (jwks == NULL)
    return;
  g_ptr_array_unref (jwks->keys);
  g_free (jwks);
}

guint
sv_jwks_get_n_keys (const SvJwks *jwks)
{
  return jwks->keys->len;
}

/* -- Tokens -- */

static const struct {
  const char *name, *kty;
  gnutls_sign_algorithm_t sign;
} algorithms[] = {{"RS256", "RSA", GNUTLS_SIGN_RSA_SHA256},
                  {"PS256", "RSA", GNUTLS_SIGN_RSA_PSS_RSAE_SHA256},
                  {"ES256", "EC", GNUTLS_SIGN_ECDSA_SHA256},
                  {"EdDSA", "OKP", GNUTLS_SIGN_EDDSA_ED25519},
                  {"Ed25519", "OKP", GNUTLS_SIGN_EDDSA_ED25519}}; /* RFC 9864: its full name */

typedef struct {
  char *alg, *kid;
  GPtrArray *crit;
} Header;

static const SvField header_fields[] = {
    SV_FIELD (Header, alg, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .doc = "Algorithm."),
    SV_FIELD (Header, kid, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES, .doc = "Name of the key."),
    SV_FIELD (Header, crit, SV_TYPE_STRINGS, .doc = "What must be understood."),
};
static SV_RECORD_TYPE (header_type, Header, "JwsHeader", header_fields, "How it was signed.");

static void
header_clear (Header *header)
{
  sv_record_clear (&header_type, header);
}

typedef struct {
  Header header;
  gsize algorithm;      /* in the table */
  gnutls_datum_t input; /* what was signed: lent of the token */
  GBytes *payload, *signature;
} Parts;

static void
parts_clear (Parts *parts)
{
  header_clear (&parts->header);
  g_clear_pointer (&parts->payload, g_bytes_unref);
  g_clear_pointer (&parts->signature, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, parts_clear)

static gboolean
fail (GError **error, SvError code, const char *why)
{
  g_set_error (error, SV_ERROR, (int)code, "a token %s", why);
  return FALSE;
}

static gboolean
find_algorithm (Parts *parts, GError **error)
{
  if (parts->header.crit != NULL && parts->header.crit->len > 0)
    return fail (error, SV_ERROR_UNTRUSTED, "demands what is not known here ('crit')");
  for (gsize i = 0; i < G_N_ELEMENTS (algorithms); i++)
    if (strcmp (algorithms[i].name, parts->header.alg) == 0) {
      parts->algorithm = i;
      return TRUE;
    }
  return fail (error, SV_ERROR_UNTRUSTED, "is signed by an algorithm that proves nothing here");
}

static gboolean
split (const char *token, Parts *parts, GError **error)
{
  const char *first = strchr (token, '.');
  const char *second = first != NULL ? strchr (first + 1, '.') : NULL;
  if (strlen (token) > SV_LIMIT_JWT_BYTES || second == NULL || strchr (second + 1, '.') != NULL)
    return fail (error, SV_ERROR_INVALID_DATA, "has three parts, of at most 64 KiB");
  g_autoptr (GBytes) header = sv_base64url_decode (token, (gsize)(first - token), error);
  if (header == NULL || !read_json (&header_type, header, &parts->header, error))
    return FALSE;
  parts->input = (gnutls_datum_t){(unsigned char *)token, (unsigned)(second - token)};
  parts->payload = sv_base64url_decode (first + 1, (gsize)(second - first - 1), error);
  if (parts->payload == NULL)
    return FALSE;
  parts->signature = sv_base64url_decode (second + 1, strlen (second + 1), error);
  return parts->signature != NULL;
}

/* JWS writes the two numbers of an ECDSA signature behind each other, GnuTLS reads them in DER. */
static GBytes *
encode_ecdsa (GBytes *raw)
{
  gsize size;
  guint8 *data = (guint8 *)g_bytes_get_data (raw, &size);
  gnutls_datum_t der = {0};
  gnutls_datum_t r = {data, ES256_HALF_BYTES}, s = {data + ES256_HALF_BYTES, ES256_HALF_BYTES};
  if (size != 2 * ES256_HALF_BYTES || gnutls_encode_rs_value (&der, &r, &s) < 0)
    return NULL;
  return sv_x509_take (&der);
}

static gboolean
holds (const Key *key, const Parts *parts)
{
  gnutls_sign_algorithm_t sign = algorithms[parts->algorithm].sign;
  g_autoptr (GBytes) signature = sign == GNUTLS_SIGN_ECDSA_SHA256 ? encode_ecdsa (parts->signature)
                                                                  : g_bytes_ref (parts->signature);
  if (signature == NULL)
    return FALSE;
  gnutls_datum_t datum = sv_x509_datum (signature);
  return gnutls_pubkey_verify_data2 (key->key, sign, 0, &parts->input, &datum) >= 0;
}

/* A key says itself what it is for: the token does not choose. */
static gboolean
fits (const Key *key, const Parts *parts)
{
  const char *kid = parts->header.kid;
  return strcmp (key->kty, algorithms[parts->algorithm].kty) == 0 &&
         (key->alg == NULL || strcmp (key->alg, algorithms[parts->algorithm].name) == 0) &&
         (kid == NULL || g_strcmp0 (kid, key->kid) == 0);
}

GBytes *
sv_jws_verify (const SvJwks *jwks, const char *token, GError **error)
{
  g_auto (Parts) parts = {0};
  guint n_fitting = 0;
  if (!split (token, &parts, error) || !find_algorithm (&parts, error))
    return NULL;
  for (guint i = 0; i < jwks->keys->len; i++) {
    if (!fits (jwks->keys->pdata[i], &parts))
      continue;
    if (holds (jwks->keys->pdata[i], &parts))
      return g_steal_pointer (&parts.payload);
    n_fitting++;
  }
  if (n_fitting == 0)
    fail (error, SV_ERROR_NOT_FOUND, "is signed by a key that is not known");
  else
    fail (error, SV_ERROR_UNTRUSTED, "has a signature that does not hold");
  return NULL;
}
