#include "server/options.h"

#include "net/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#define DEFAULT_LISTEN "127.0.0.1:8443"
#define DEFAULT_REPORT_EVERY_S 900
#define DEFAULT_AGENT_LIFE_S (90 * 86400)

#define TEXT SV_SETTING_TEXT
#define SWITCH SV_SETTING_SWITCH
#define NUMBER SV_SETTING_NUMBER

static const SvSettingRow settings[] = {
    {"store", TEXT, G_STRUCT_OFFSET (SvOptions, store), FALSE, "URL",
     "where everything is kept: a path or postgresql://…"},
    {"listen", TEXT, G_STRUCT_OFFSET (SvOptions, listen), FALSE, "ADDRESS:PORT",
     "where to listen; default: " DEFAULT_LISTEN},
    {"tls", TEXT, G_STRUCT_OFFSET (SvOptions, tls), FALSE, "auto",
     "auto: TLS by a certificate of the server's own authority; so without --tls-cert, too, "
     "wherever others can listen in"},
    {"tls-name", TEXT, G_STRUCT_OFFSET (SvOptions, tls_name), FALSE, "NAMES",
     "further names and addresses of the server in that certificate, separated by ','"},
    {"tls-cert", TEXT, G_STRUCT_OFFSET (SvOptions, tls_cert), FALSE, "FILE",
     "certificate and its chain, PEM"},
    {"tls-key", TEXT, G_STRUCT_OFFSET (SvOptions, tls_key), FALSE, "FILE",
     "private key of the certificate, PEM"},
    {"client-ca", TEXT, G_STRUCT_OFFSET (SvOptions, client_ca), FALSE, "FILE",
     "authorities of client certificates, PEM, besides the server's own"},
    {"report-every", NUMBER, G_STRUCT_OFFSET (SvOptions, report_every_s), FALSE, "SECONDS",
     "how often hosts report, about; default: 900"},
    {"agent-life", NUMBER, G_STRUCT_OFFSET (SvOptions, agent_life_s), FALSE, "SECONDS",
     "how long the certificate of a host is good, which it renews before; default: 90 days"},
    {"behind-proxy", SWITCH, G_STRUCT_OFFSET (SvOptions, behind_proxy), FALSE, NULL,
     "a proxy in front does TLS and writes X-Forwarded-For"},
    {"insecure-no-login", SWITCH, G_STRUCT_OFFSET (SvOptions, insecure_no_login), FALSE, NULL,
     "allow everything to everybody on this machine; for trying out, on loopback only"},
    {"debug", SWITCH, G_STRUCT_OFFSET (SvOptions, debug), FALSE, NULL,
     "write a line for each request"},
    {"config", TEXT, G_STRUCT_OFFSET (SvOptions, config), TRUE, "FILE",
     "read settings from this file, group [salved]; flags go before it"},
    {"print-openapi", SWITCH, G_STRUCT_OFFSET (SvOptions, print_openapi), TRUE, NULL,
     "write the OpenAPI document and end"},
    {"print-routes", SWITCH, G_STRUCT_OFFSET (SvOptions, print_routes), TRUE, NULL,
     "write every operation with its permission and end"},
    {"print-permissions", SWITCH, G_STRUCT_OFFSET (SvOptions, print_permissions), TRUE, NULL,
     "write every permission with the roles that hold it and end"},
    {"print-setup-link", SWITCH, G_STRUCT_OFFSET (SvOptions, print_setup_link), TRUE, NULL,
     "write a new link by which the first person comes in, good for a day, and end"},
    {"print-ca", SWITCH, G_STRUCT_OFFSET (SvOptions, print_ca), TRUE, NULL,
     "write the server's own authority, PEM, and end: what hosts trust it by"},
    {"new-enrol-token", NUMBER, G_STRUCT_OFFSET (SvOptions, new_enrol_token), TRUE, "HOSTS",
     "write a new token by which so many hosts may enrol within a day, and end"},
    {"version", SWITCH, G_STRUCT_OFFSET (SvOptions, version), TRUE, NULL, "write the version"},
};

static const SvProgram program = {.rows = settings,
                                  .n = G_N_ELEMENTS (settings),
                                  .group = "salved",
                                  .summary = "— the salve server",
                                  .config = G_STRUCT_OFFSET (SvOptions, config)};

void
sv_options_free (SvOptions *options)
{
  sv_program_clear (&program, options);
  g_free (options->host);
  g_free (options);
}

static gboolean
read_settings (SvOptions *options, int argc, char **argv, GError **error)
{
  if (!sv_program_read (&program, options, &argc, &argv, error))
    return FALSE;
  if (argc == 1)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "unexpected argument '%s'", argv[1]);
  return FALSE;
}

/* -- What follows from them -- */

/* "127.0.0.1:8443", "[::1]:8443" */
static gboolean
split_listen (SvOptions *options, GError **error)
{
  const char *text = options->listen, *colon = strrchr (text, ':');
  gint64 port = -1;
  if (colon != NULL && sv_text_parse_int64 (colon + 1, &port, NULL) && port >= 0 &&
      port <= G_MAXUINT16) {
    gboolean brackets = *text == '[' && colon > text + 1 && colon[-1] == ']';
    options->host = brackets ? g_strndup (text + 1, (gsize)(colon - text) - 2)
                             : g_strndup (text, (gsize)(colon - text));
    options->port = (guint16)port;
    if (g_hostname_is_ip_address (options->host))
      return TRUE;
  }
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE,
               "--listen '%s' is no address with a port, like 127.0.0.1:8443 or [::1]:8443", text);
  return FALSE;
}

/* $STATE_DIRECTORY is the service manager's; otherwise the store that the command line uses. */
static gboolean
choose_store (SvOptions *options, GError **error)
{
  const char *state = g_getenv ("STATE_DIRECTORY");
  if (options->store != NULL)
    return TRUE;
  g_autofree char *folder = !sv_text_is_empty (state)
                                ? g_strdup (state)
                                : g_build_filename (g_get_user_data_dir (), "salve", NULL);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    return sv_error_set_errno (error, errno, "make", folder);
  options->store = g_build_filename (folder, "store.db", NULL);
  return TRUE;
}

static gboolean
check_number (const char *name, gint64 number, gint64 most, GError **error)
{
  if (number >= 1 && number <= most)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "--%s is a number from 1 to %" G_GINT64_FORMAT,
               name, most);
  return FALSE;
}

static gboolean
set_numbers (SvOptions *options, GError **error)
{
  if (options->report_every_s == 0)
    options->report_every_s = DEFAULT_REPORT_EVERY_S;
  if (options->agent_life_s == 0)
    options->agent_life_s = DEFAULT_AGENT_LIFE_S;
  return check_number ("report-every", options->report_every_s, SV_DAY_US / SV_SECOND_US, error) &&
         check_number ("agent-life", options->agent_life_s, SV_CA_LIFETIME_S, error);
}

static gboolean
check_tls (const SvOptions *options, GError **error)
{
  if (options->tls == NULL)
    return TRUE;
  if (strcmp (options->tls, "auto") == 0 && options->tls_cert == NULL)
    return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE,
                       "--tls is 'auto' or nothing, and does not go with --tls-cert");
  return FALSE;
}

SvOptions *
sv_options_parse (int argc, char **argv, GError **error)
{
  g_autoptr (SvOptions) options = g_new0 (SvOptions, 1);
  options->new_enrol_token = -1;
  if (!read_settings (options, argc, argv, error))
    return NULL;
  if (options->listen == NULL)
    options->listen = g_strdup (DEFAULT_LISTEN);
  gboolean prints = options->print_openapi || options->print_routes || options->print_permissions ||
                    options->version;
  if (!split_listen (options, error) || !set_numbers (options, error) ||
      !check_tls (options, error) || (!prints && !choose_store (options, error)))
    return NULL;
  return g_steal_pointer (&options);
}

static gboolean
is_loopback (const char *host)
{
  struct in_addr v4;
  struct in6_addr v6;
  if (inet_pton (AF_INET, host, &v4) == 1)
    return ntohl (v4.s_addr) >> 24 == 127;
  return inet_pton (AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK (&v6);
}

gboolean
sv_options_wants_own_tls (const SvOptions *options, const char *host)
{
  return options->tls_cert == NULL &&
         (options->tls != NULL || (!is_loopback (host) && !options->behind_proxy));
}

gboolean
sv_options_check_exposure (const SvOptions *options, const char *host, GError **error)
{
  if (!options->insecure_no_login || is_loopback (host))
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE,
               "--insecure-no-login is for loopback addresses; '%s' is none", host);
  return FALSE;
}
