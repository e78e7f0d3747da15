/* What the files of the authority share. Private to this room. */
#pragma once

#include "net/ca.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

typedef gnutls_x509_crt_t SvX509Certificate;
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (SvX509Certificate, gnutls_x509_crt_deinit, NULL)
typedef gnutls_x509_crq_t SvX509Request;
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (SvX509Request, gnutls_x509_crq_deinit, NULL)
typedef gnutls_x509_privkey_t SvX509Key;
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (SvX509Key, gnutls_x509_privkey_deinit, NULL)
typedef gnutls_privkey_t SvX509Signer;
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (SvX509Signer, gnutls_privkey_deinit, NULL)
typedef gnutls_pubkey_t SvX509PublicKey;
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (SvX509PublicKey, gnutls_pubkey_deinit, NULL)

/* Lent. */
gnutls_datum_t sv_x509_datum (GBytes *bytes);
/* Takes what GnuTLS allocated. */
GBytes *sv_x509_take (gnutls_datum_t *datum);

/* FALSE and SV_ERROR_FAILED "<what>: <reason>" if @result is an error of GnuTLS. */
gboolean sv_x509_check (int result, const char *what, GError **error);
/* The same for what came from outside: SV_ERROR_INVALID_DATA. */
gboolean sv_x509_check_input (int result, const char *what, GError **error);

/* Each gives a new handle also where it fails. */
gboolean sv_x509_read_key (GBytes *pem, SvX509Key *ret_key, GError **error);
gboolean sv_x509_read_certificate (GBytes *pem, SvX509Certificate *ret_certificate, GError **error);
gboolean sv_x509_read_public_key (gnutls_x509_privkey_t key, SvX509PublicKey *ret_key,
                                  GError **error);
/* The key that @pem asks to certify, once it is proven that the asker has it and that it is none
 * that others could find. */
gboolean sv_x509_read_request (GBytes *pem, SvX509PublicKey *ret_key, GError **error);
