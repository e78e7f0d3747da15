#include "net/ca_private.h"

#include <arpa/inet.h>
#include <gnutls/crypto.h>
#include <netinet/in.h>
#include <string.h>

#define BACKDATED_S 3600 /* clocks of others may be behind ours */
#define SERIAL_BYTES 16
#define KEY_ID_BYTES 32

/* The authority, ready to sign. */
typedef struct {
  SvX509Certificate certificate;
  SvX509Key key;
  gint64 ends_at_s;
} Authority;

static void
authority_clear (Authority *authority)
{
  gnutls_x509_crt_deinit (authority->certificate);
  gnutls_x509_privkey_deinit (authority->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Authority, authority_clear)

static gboolean
read_authority (const SvIdentity *ca, Authority *ret_authority, GError **error)
{
  if (!sv_x509_read_certificate (ca->certificate, &ret_authority->certificate, error) ||
      !sv_x509_read_key (ca->key, &ret_authority->key, error))
    return FALSE;
  ret_authority->ends_at_s = gnutls_x509_crt_get_expiration_time (ret_authority->certificate);
  return TRUE;
}

/* --- what every certificate has --- */

typedef struct {
  gnutls_pubkey_t key;
  const char *name;
  gint64 now_s;
  gint64 ends_at_s;
} Content;

static int
set_serial (gnutls_x509_crt_t certificate)
{
  guint8 serial[SERIAL_BYTES];
  int result = gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial);
  serial[0] &= 0x7f; /* positive */
  return result >= 0 ? gnutls_x509_crt_set_serial (certificate, serial, sizeof serial) : result;
}

static int
set_key_id (gnutls_x509_crt_t certificate)
{
  guint8 id[KEY_ID_BYTES];
  size_t size = sizeof id;
  int result = gnutls_x509_crt_get_key_id (certificate, GNUTLS_KEYID_USE_SHA256, id, &size);
  return result >= 0 ? gnutls_x509_crt_set_subject_key_id (certificate, id, size) : result;
}

static int
fill (gnutls_x509_crt_t certificate, const Content *content)
{
  int result = gnutls_x509_crt_set_version (certificate, 3);
  if (result >= 0)
    result = set_serial (certificate);
  if (result >= 0)
    result = gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0,
                                            content->name, (unsigned)strlen (content->name));
  if (result >= 0)
    result = gnutls_x509_crt_set_activation_time (certificate, content->now_s - BACKDATED_S);
  if (result >= 0)
    result = gnutls_x509_crt_set_expiration_time (certificate, content->ends_at_s);
  if (result >= 0)
    result = gnutls_x509_crt_set_pubkey (certificate, content->key);
  return result >= 0 ? set_key_id (certificate) : result;
}

static int
set_issuer_id (gnutls_x509_crt_t certificate, gnutls_x509_crt_t issuer)
{
  guint8 id[KEY_ID_BYTES];
  size_t size = sizeof id;
  int result = gnutls_x509_crt_get_subject_key_id (issuer, id, &size, NULL);
  return result >= 0 ? gnutls_x509_crt_set_authority_key_id (certificate, id, size) : result;
}

/* Signs what is filled in, and writes it. */
static GBytes *
sign (gnutls_x509_crt_t certificate, gnutls_x509_crt_t issuer, gnutls_x509_privkey_t key,
      GError **error)
{
  gnutls_datum_t pem = {0};
  int result = set_issuer_id (certificate, issuer);
  if (result >= 0)
    result = gnutls_x509_crt_sign2 (certificate, issuer, key, GNUTLS_DIG_SHA256, 0);
  if (result >= 0)
    result = gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &pem);
  return sv_x509_check (result, "a certificate cannot be signed", error) ? sv_x509_take (&pem)
                                                                         : NULL;
}

/* --- the authority itself --- */

static int
fill_authority (gnutls_x509_crt_t certificate, const Content *content)
{
  int result = fill (certificate, content);
  if (result >= 0)
    result = gnutls_x509_crt_set_basic_constraints (certificate, TRUE, 0);
  return result >= 0 ? gnutls_x509_crt_set_key_usage (certificate, GNUTLS_KEY_KEY_CERT_SIGN)
                     : result;
}

gboolean
sv_ca_new (const char *name, gint64 now_us, SvIdentity *ret_ca, GError **error)
{
  g_auto (SvIdentity) ca = {.key = sv_key_new (error)};
  g_auto (SvX509Key) key = NULL;
  g_auto (SvX509PublicKey) public_key = NULL;
  g_auto (SvX509Certificate) certificate = NULL;
  if (ca.key == NULL || !sv_x509_read_key (ca.key, &key, error) ||
      !sv_x509_read_public_key (key, &public_key, error))
    return FALSE;
  gint64 now_s = now_us / SV_SECOND_US;
  const Content content = {public_key, name, now_s, now_s + SV_CA_LIFETIME_S};
  int result = gnutls_x509_crt_init (&certificate);
  if (result >= 0)
    result = fill_authority (certificate, &content);
  if (!sv_x509_check (result, "no authority can be made", error))
    return FALSE;
  ca.certificate = sign (certificate, certificate, key, error);
  if (ca.certificate == NULL)
    return FALSE;
  *ret_ca = (SvIdentity){g_steal_pointer (&ca.certificate), g_steal_pointer (&ca.key)};
  return TRUE;
}

/* --- ends: no authorities, each with one purpose --- */

static int
fill_end (gnutls_x509_crt_t certificate, const Content *content, const char *purpose)
{
  int result = fill (certificate, content);
  if (result >= 0)
    result = gnutls_x509_crt_set_basic_constraints (certificate, FALSE, -1);
  if (result >= 0)
    result = gnutls_x509_crt_set_key_usage (certificate, GNUTLS_KEY_DIGITAL_SIGNATURE);
  return result >= 0 ? gnutls_x509_crt_set_key_purpose_oid (certificate, purpose, 0) : result;
}

GBytes *
sv_ca_sign_client (const SvIdentity *ca, GBytes *csr, const SvCertificateOptions *options,
                   GError **error)
{
  g_auto (Authority) authority = {0};
  g_auto (SvX509PublicKey) key = NULL;
  g_auto (SvX509Certificate) certificate = NULL;
  if (!sv_x509_read_request (csr, &key, error) || !read_authority (ca, &authority, error))
    return NULL;
  gint64 now_s = options->now_us / SV_SECOND_US;
  const Content content = {key, options->name, now_s,
                           MIN (now_s + options->lifetime_s, authority.ends_at_s)};
  int result = gnutls_x509_crt_init (&certificate);
  if (result >= 0)
    result = fill_end (certificate, &content, GNUTLS_KP_TLS_WWW_CLIENT);
  return sv_x509_check (result, "no certificate can be made", error)
             ? sign (certificate, authority.certificate, authority.key, error)
             : NULL;
}

/* A numeric address is written in bytes. */
static int
add_name (gnutls_x509_crt_t certificate, const char *name)
{
  guint8 bytes[sizeof (struct in6_addr)];
  if (inet_pton (AF_INET, name, bytes) == 1)
    return gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS, bytes,
                                                 sizeof (struct in_addr), GNUTLS_FSAN_APPEND);
  if (inet_pton (AF_INET6, name, bytes) == 1)
    return gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS, bytes,
                                                 sizeof (struct in6_addr), GNUTLS_FSAN_APPEND);
  return gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, name,
                                               (unsigned)strlen (name), GNUTLS_FSAN_APPEND);
}

gboolean
sv_ca_new_server (const SvIdentity *ca, const GPtrArray *names, gint64 now_us,
                  SvIdentity *ret_server, GError **error)
{
  g_auto (SvIdentity) server = {.key = sv_key_new (error)};
  g_auto (Authority) authority = {0};
  g_auto (SvX509Key) key = NULL;
  g_auto (SvX509PublicKey) public_key = NULL;
  g_auto (SvX509Certificate) certificate = NULL;
  if (server.key == NULL || !sv_x509_read_key (server.key, &key, error) ||
      !sv_x509_read_public_key (key, &public_key, error) || !read_authority (ca, &authority, error))
    return FALSE;
  const Content content = {public_key, names->pdata[0], now_us / SV_SECOND_US, authority.ends_at_s};
  int result = gnutls_x509_crt_init (&certificate);
  if (result >= 0)
    result = fill_end (certificate, &content, GNUTLS_KP_TLS_WWW_SERVER);
  for (guint i = 0; i < names->len && result >= 0; i++)
    result = add_name (certificate, names->pdata[i]);
  if (!sv_x509_check (result, "no certificate for the server can be made", error))
    return FALSE;
  server.certificate = sign (certificate, authority.certificate, authority.key, error);
  if (server.certificate == NULL)
    return FALSE;
  *ret_server = (SvIdentity){g_steal_pointer (&server.certificate), g_steal_pointer (&server.key)};
  return TRUE;
}
