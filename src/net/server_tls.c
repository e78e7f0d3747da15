#include "net/server_private.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

/* Promise S49: TLS 1.3, and of 1.2 only what authenticates as it encrypts and forgets its keys. */
const char sv_tls_priorities[] =
    "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:"
    "-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM:-MAC-ALL:+AEAD:%SERVER_PRECEDENCE";

typedef gnutls_certificate_credentials_t Credentials;
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (Credentials, gnutls_certificate_free_credentials, NULL)
typedef gnutls_x509_crt_t Certificate;
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (Certificate, gnutls_x509_crt_deinit, NULL)

static gnutls_datum_t
datum_of (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  return (gnutls_datum_t){(unsigned char *)data, (unsigned)size};
}

static gboolean
fail_tls (const char *what, int code, GError **error)
{
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "%s: %s", what, gnutls_strerror (code));
  return FALSE;
}

gboolean
sv_tls_check (const SvServerOptions *options, GError **error)
{
  if (options->certificate == NULL && options->key == NULL && options->client_ca == NULL)
    return TRUE;
  if (options->certificate == NULL || options->key == NULL) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE,
                         "TLS needs both a certificate and its key");
    return FALSE;
  }
  g_auto (Credentials) credentials = NULL;
  gnutls_certificate_allocate_credentials (&credentials);
  gnutls_datum_t certificate = datum_of (options->certificate), key = datum_of (options->key);
  int code =
      gnutls_certificate_set_x509_key_mem (credentials, &certificate, &key, GNUTLS_X509_FMT_PEM);
  if (code < 0)
    return fail_tls ("the certificate and its key cannot be used", code, error);
  if (options->client_ca == NULL)
    return TRUE;
  gnutls_datum_t ca = datum_of (options->client_ca);
  code = gnutls_certificate_set_x509_trust_mem (credentials, &ca, GNUTLS_X509_FMT_PEM);
  return code > 0 || fail_tls ("the authorities of client certificates cannot be used",
                               code < 0 ? code : GNUTLS_E_NO_CERTIFICATE_FOUND, error);
}

/* Only what leads to client_ca, is in force now and is meant for clients. */
static gboolean
is_trusted (gnutls_session_t session)
{
  unsigned status = 0;
  gnutls_typed_vdata_st purpose = {.type = GNUTLS_DT_KEY_PURPOSE_OID,
                                   .data = (unsigned char *)GNUTLS_KP_TLS_WWW_CLIENT};
  return gnutls_certificate_type_get (session) == GNUTLS_CRT_X509 &&
         gnutls_certificate_verify_peers (session, &purpose, 1, &status) == 0 && status == 0;
}

static char *
common_name_of (const gnutls_datum_t *der)
{
  g_auto (Certificate) certificate = NULL;
  char name[SV_LIMIT_NAME_BYTES];
  size_t size = sizeof name;
  if (gnutls_x509_crt_init (&certificate) < 0 ||
      gnutls_x509_crt_import (certificate, der, GNUTLS_X509_FMT_DER) < 0 ||
      gnutls_x509_crt_get_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &size) <
          0 ||
      !g_utf8_validate (name, (gssize)size, NULL))
    return NULL;
  return g_strndup (name, size);
}

void
sv_tls_look_at_peer (SvRequest *request)
{
  SvConnection *connection = request->connection;
  if (connection->checked || !request->server->client_certificates)
    return;
  connection->checked = TRUE;
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info (request->handle, MHD_CONNECTION_INFO_GNUTLS_SESSION);
  if (info == NULL || info->tls_session == NULL)
    return;
  gnutls_session_t session = info->tls_session;
  unsigned count = 0;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers (session, &count);
  if (chain == NULL || count == 0 || !is_trusted (session))
    return;
  connection->fingerprint =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, chain[0].data, chain[0].size);
  connection->subject = common_name_of (&chain[0]);
}
