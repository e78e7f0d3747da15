/* How salved is told what to do: one table of settings, as flags and as keys of a file. */
#pragma once

#include "base/base.h"

typedef struct {
  char *store;  /* URL */
  char *listen; /* "127.0.0.1:8443" */
  char *tls;    /* "auto", or NULL: only where others can listen in */
  char *tls_name;
  char *tls_cert, *tls_key, *client_ca;
  gint64 report_every_s; /* hosts */
  gint64 agent_life_s;   /* of the certificate of a host */
  gboolean behind_proxy;
  gboolean insecure_no_login;
  gboolean debug;
  /* flags alone */
  char *config;
  gboolean print_openapi, print_routes, print_permissions, print_setup_link, print_ca, version;
  gint64 new_enrol_token; /* hosts that it is for; -1: none is made */
  /* worked out from the above */
  char *host;
  guint16 port;
} SvOptions;
void sv_options_free (SvOptions *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvOptions, sv_options_free)

/**
 * sv_options_parse:
 *
 * Flags go before the keys of --config FILE (group [salved]), those before defaults. An unknown
 * flag or key is an error. --help prints and ends the process.
 * Errors: SV_ERROR_USAGE, SV_ERROR_INVALID_DATA and those of reading the file.
 */
SvOptions *sv_options_parse (int argc, char **argv, GError **error);

/* Whether the server makes its own certificate: it has none, and is to have one or can be reached
 * on @host by others. */
gboolean sv_options_wants_own_tls (const SvOptions *options, const char *host);

/* Whether these settings may be served with on @host: nobody but this machine may come in without
 * logging in. SV_ERROR_USAGE says what to do. */
gboolean sv_options_check_exposure (const SvOptions *options, const char *host, GError **error);
