/* What the server proves with who it is, and whom it asks for a certificate. */
#pragma once

#include "server/options.h"

#include "net/net.h"

typedef struct {
  GBytes *certificate, *key; /* NULL: plain HTTP */
  GBytes *client_ca;         /* with TLS: hosts that enrolled, and those of --client-ca */
} SvTlsFiles;

void sv_tls_files_clear (SvTlsFiles *files);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvTlsFiles, sv_tls_files_clear)

/* @host: numeric address that is listened on. The certificate is the one of the options, or a new
 * one of @ca for every name by which clients may call @host. */
gboolean sv_tls_files_load (const SvOptions *options, const SvIdentity *ca, const char *host,
                            SvTlsFiles *ret_files, GError **error);
