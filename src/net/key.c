/* Keys, requests to certify them, and what is written in certificates. */
#include "net/ca_private.h"

#include <gnutls/crypto.h>
#include <string.h>

#define SECRET_BYTES 32
#define DIGEST_BYTES 32

/* --- bytes in and out --- */

gnutls_datum_t
sv_x509_datum (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  return (gnutls_datum_t){(unsigned char *)data, (unsigned)size};
}

GBytes *
sv_x509_take (gnutls_datum_t *datum)
{
  GBytes *bytes = g_bytes_new (datum->data, datum->size);
  gnutls_memset (datum->data, 0, datum->size); /* it may be a key */
  gnutls_free (datum->data);
  return bytes;
}

static gboolean
check_as (SvError code, int result, const char *what, GError **error)
{
  if (result >= 0)
    return TRUE;
  g_set_error (error, SV_ERROR, (int)code, "%s: %s", what, gnutls_strerror (result));
  return FALSE;
}

gboolean
sv_x509_check (int result, const char *what, GError **error)
{
  return check_as (SV_ERROR_FAILED, result, what, error);
}

gboolean
sv_x509_check_input (int result, const char *what, GError **error)
{
  return check_as (SV_ERROR_INVALID_DATA, result, what, error);
}

static char *
write_hex (const guint8 *bytes, gsize size)
{
  GString *text = g_string_sized_new (2 * size);
  for (gsize i = 0; i < size; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

char *
sv_secret_new (void)
{
  guint8 bytes[SECRET_BYTES];
  if (gnutls_rnd (GNUTLS_RND_KEY, bytes, sizeof bytes) < 0)
    g_error ("the kernel gives no random bytes");
  return write_hex (bytes, sizeof bytes);
}

void
sv_identity_clear (SvIdentity *identity)
{
  g_clear_pointer (&identity->certificate, g_bytes_unref);
  g_clear_pointer (&identity->key, g_bytes_unref);
}

/* --- keys --- */

gboolean
sv_x509_read_key (GBytes *pem, SvX509Key *ret_key, GError **error)
{
  gnutls_datum_t datum = sv_x509_datum (pem);
  int result = gnutls_x509_privkey_init (ret_key);
  if (result >= 0)
    result = gnutls_x509_privkey_import (*ret_key, &datum, GNUTLS_X509_FMT_PEM);
  return sv_x509_check_input (result, "a private key cannot be read", error);
}

GBytes *
sv_key_new (GError **error)
{
  g_auto (SvX509Key) key = NULL;
  gnutls_datum_t pem = {0};
  const unsigned curve = GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1);
  int result = gnutls_x509_privkey_init (&key);
  if (result >= 0)
    result = gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, curve, 0);
  if (result >= 0)
    result = gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &pem);
  return sv_x509_check (result, "no key can be made", error) ? sv_x509_take (&pem) : NULL;
}

gboolean
sv_x509_read_public_key (gnutls_x509_privkey_t key, SvX509PublicKey *ret_key, GError **error)
{
  g_auto (SvX509Signer) signer = NULL;
  int result = gnutls_privkey_init (&signer);
  if (result >= 0)
    result = gnutls_privkey_import_x509 (signer, key, 0);
  if (result >= 0)
    result = gnutls_pubkey_init (ret_key);
  if (result >= 0)
    result = gnutls_pubkey_import_privkey (*ret_key, signer, 0, 0);
  return sv_x509_check (result, "the public key cannot be taken", error);
}

/* --- requests --- */

static int
fill_request (gnutls_x509_crq_t request, gnutls_x509_privkey_t key, const char *name)
{
  int result = gnutls_x509_crq_set_version (request, 1);
  if (result >= 0 && name != NULL)
    result = gnutls_x509_crq_set_dn_by_oid (request, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                            (unsigned)strlen (name));
  if (result >= 0)
    result = gnutls_x509_crq_set_key (request, key);
  return result >= 0 ? gnutls_x509_crq_sign2 (request, key, GNUTLS_DIG_SHA256, 0) : result;
}

GBytes *
sv_csr_new (GBytes *key, const char *name, GError **error)
{
  g_auto (SvX509Key) owner = NULL;
  g_auto (SvX509Request) request = NULL;
  gnutls_datum_t pem = {0};
  if (!sv_x509_read_key (key, &owner, error))
    return NULL;
  int result = gnutls_x509_crq_init (&request);
  if (result >= 0)
    result = fill_request (request, owner, name);
  if (result >= 0)
    result = gnutls_x509_crq_export2 (request, GNUTLS_X509_FMT_PEM, &pem);
  return sv_x509_check (result, "no request for a certificate can be made", error)
             ? sv_x509_take (&pem)
             : NULL;
}

static gboolean
check_strength (gnutls_x509_crq_t request, GError **error)
{
  unsigned bits = 0;
  int algorithm = gnutls_x509_crq_get_pk_algorithm (request, &bits);
  if (algorithm >= 0 && gnutls_pk_bits_to_sec_param ((gnutls_pk_algorithm_t)algorithm, bits) >=
                            GNUTLS_SEC_PARAM_MEDIUM)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "a key of %u bits is too weak", bits);
  return FALSE;
}

gboolean
sv_x509_read_request (GBytes *pem, SvX509PublicKey *ret_key, GError **error)
{
  g_auto (SvX509Request) request = NULL;
  gnutls_datum_t datum = sv_x509_datum (pem);
  int result = gnutls_x509_crq_init (&request);
  if (result >= 0)
    result = gnutls_x509_crq_import (request, &datum, GNUTLS_X509_FMT_PEM);
  if (result >= 0)
    result = gnutls_x509_crq_verify (request, 0);
  if (!sv_x509_check_input (result, "no request for a certificate", error) ||
      !check_strength (request, error))
    return FALSE;
  result = gnutls_pubkey_init (ret_key);
  if (result >= 0)
    result = gnutls_pubkey_import_x509_crq (*ret_key, request, 0);
  return sv_x509_check_input (result, "the key of a request cannot be taken", error);
}

/* --- what certificates say --- */

void
sv_certificate_clear (SvCertificate *certificate)
{
  g_free (certificate->fingerprint);
  g_free (certificate->key_id);
  g_free (certificate->name);
}

gboolean
sv_x509_read_certificate (GBytes *pem, SvX509Certificate *ret_certificate, GError **error)
{
  gnutls_datum_t datum = sv_x509_datum (pem);
  int result = gnutls_x509_crt_init (ret_certificate);
  if (result >= 0)
    result = gnutls_x509_crt_import (*ret_certificate, &datum, GNUTLS_X509_FMT_PEM);
  return sv_x509_check_input (result, "no certificate", error);
}

static char *
dup_name (gnutls_x509_crt_t certificate)
{
  char name[SV_LIMIT_NAME_BYTES];
  size_t size = sizeof name;
  int result =
      gnutls_x509_crt_get_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &size);
  return result >= 0 && g_utf8_validate (name, (gssize)size, NULL) ? g_strndup (name, size) : NULL;
}

gboolean
sv_certificate_read (GBytes *pem, SvCertificate *ret_certificate, GError **error)
{
  g_auto (SvX509Certificate) certificate = NULL;
  guint8 fingerprint[DIGEST_BYTES], key_id[DIGEST_BYTES];
  size_t fingerprint_size = sizeof fingerprint, key_size = sizeof key_id;
  if (!sv_x509_read_certificate (pem, &certificate, error))
    return FALSE;
  int result = gnutls_x509_crt_get_fingerprint (certificate, GNUTLS_DIG_SHA256, fingerprint,
                                                &fingerprint_size);
  if (result >= 0)
    result = gnutls_x509_crt_get_key_id (certificate, GNUTLS_KEYID_USE_SHA256, key_id, &key_size);
  if (!sv_x509_check_input (result, "no certificate", error))
    return FALSE;
  *ret_certificate = (SvCertificate){
      .fingerprint = write_hex (fingerprint, fingerprint_size),
      .key_id = write_hex (key_id, key_size),
      .name = dup_name (certificate),
      .begins_at_us = gnutls_x509_crt_get_activation_time (certificate) * SV_SECOND_US,
      .ends_at_us = gnutls_x509_crt_get_expiration_time (certificate) * SV_SECOND_US};
  return TRUE;
}
