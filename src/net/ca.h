/* Who vouches for whom: keys, requests and certificates of an authority of our own. Everything is
 * X.509 in PEM; keys are ECDSA over P-256.
 * Source: RFC 5280; RFC 2986 (requests). */
#pragma once

#include "base/base.h"

#define SV_CA_LIFETIME_S (3650 * G_GINT64_CONSTANT (86400))

/* A certificate and its key. */
typedef struct {
  GBytes *certificate;
  GBytes *key;
} SvIdentity;

void sv_identity_clear (SvIdentity *identity);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvIdentity, sv_identity_clear)

/* A new authority named @name: signs certificates of ends, no other authority, for
 * SV_CA_LIFETIME_S. */
gboolean sv_ca_new (const char *name, gint64 now_us, SvIdentity *ret_ca, GError **error);

/* New private key. */
GBytes *sv_key_new (GError **error);

/* New request to certify @key. @name: (nullable): how its owner calls himself, which binds nobody.
 */
GBytes *sv_csr_new (GBytes *key, const char *name, GError **error);

/* What a certificate says. */
typedef struct {
  const char *name; /* common name of its owner */
  gint64 now_us;
  gint64 lifetime_s; /* cut at the end of the authority's own */
} SvCertificateOptions;

/**
 * sv_ca_sign_client:
 * @csr: from a stranger: its signature is checked, its key is taken, nothing else of it is
 *
 * New certificate by which a client proves who it is: not an authority, for TLS clients only, with
 * a serial number of 128 random bits.
 * Errors: SV_ERROR_INVALID_DATA if @csr is none, is not signed by its own key, or that key is weak
 * (less than 112 bits of security).
 */
GBytes *sv_ca_sign_client (const SvIdentity *ca, GBytes *csr, const SvCertificateOptions *options,
                           GError **error);

/* A new key and certificate for a TLS server that is called by @names (strings: host names and
 * numeric addresses, the first is its common name). Ends with the authority's own. */
gboolean sv_ca_new_server (const SvIdentity *ca, const GPtrArray *names, gint64 now_us,
                           SvIdentity *ret_server, GError **error);

/* What is written in a certificate. */
typedef struct {
  char *fingerprint; /* SHA-256 of its DER form, as sv_call_find_certificate() gives it */
  char *key_id;      /* SHA-256 of its public key, likewise */
  char *name;        /* common name; NULL: none */
  gint64 begins_at_us;
  gint64 ends_at_us;
} SvCertificate;

void sv_certificate_clear (SvCertificate *certificate);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvCertificate, sv_certificate_clear)

/* SV_ERROR_INVALID_DATA if @pem does not begin with a certificate. */
gboolean sv_certificate_read (GBytes *pem, SvCertificate *ret_certificate, GError **error);

/* New string: 256 random bits in hexadecimal. Never guessed; kept by those who check it as a digest
 * only. */
char *sv_secret_new (void);
