#include "server/options.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#define DEFAULT_LISTEN "127.0.0.1:8443"

typedef enum { TEXT, SWITCH } Kind;

static const struct {
  const char *name;
  Kind kind;
  gsize offset;
  gboolean flag_only; /* no key of the file */
  const char *value;  /* what help calls it */
  const char *doc;
} settings[] = {
    {"store", TEXT, G_STRUCT_OFFSET (SvOptions, store), FALSE, "URL",
     "where everything is kept: a path or postgresql://…"},
    {"listen", TEXT, G_STRUCT_OFFSET (SvOptions, listen), FALSE, "ADDRESS:PORT",
     "where to listen; default: " DEFAULT_LISTEN},
    {"tls-cert", TEXT, G_STRUCT_OFFSET (SvOptions, tls_cert), FALSE, "FILE",
     "certificate and its chain, PEM"},
    {"tls-key", TEXT, G_STRUCT_OFFSET (SvOptions, tls_key), FALSE, "FILE",
     "private key of the certificate, PEM"},
    {"client-ca", TEXT, G_STRUCT_OFFSET (SvOptions, client_ca), FALSE, "FILE",
     "authorities of client certificates, PEM; without it none are asked for"},
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
    {"version", SWITCH, G_STRUCT_OFFSET (SvOptions, version), TRUE, NULL, "write the version"},
};

void
sv_options_free (SvOptions *options)
{
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    if (settings[i].kind == TEXT)
      g_free (*(char **)G_STRUCT_MEMBER_P (options, settings[i].offset));
  g_free (options->host);
  g_free (options);
}

/* -- Flags -- */

static gboolean
parse_flags (SvOptions *options, int argc, char **argv, GError **error)
{
  GOptionEntry entries[G_N_ELEMENTS (settings) + 1] = {0};
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    entries[i].long_name = settings[i].name;
    entries[i].arg = settings[i].kind == TEXT ? G_OPTION_ARG_FILENAME : G_OPTION_ARG_NONE;
    entries[i].arg_data = G_STRUCT_MEMBER_P (options, settings[i].offset);
    entries[i].description = settings[i].doc;
    entries[i].arg_description = settings[i].value;
  }
  g_autoptr (GOptionContext) context = g_option_context_new ("— the salve server");
  g_autoptr (GError) cause = NULL;
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &cause)) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE, cause->message);
    return FALSE;
  }
  if (argc == 1)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "unexpected argument '%s'", argv[1]);
  return FALSE;
}

/* -- The file -- */

static int
find_key (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    if (!settings[i].flag_only && strcmp (settings[i].name, name) == 0)
      return (int)i;
  return -1;
}

static gboolean
take_key (SvOptions *options, GKeyFile *file, const char *key, GError **error)
{
  int i = find_key (key);
  g_autoptr (GError) cause = NULL;
  if (i < 0) {
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%s': unknown key '%.64s'",
                 options->config, key);
    return FALSE;
  }
  gpointer member = G_STRUCT_MEMBER_P (options, settings[i].offset);
  if (settings[i].kind == SWITCH)
    *(gboolean *)member |= g_key_file_get_boolean (file, "salved", key, &cause);
  else if (*(char **)member == NULL)
    *(char **)member = g_key_file_get_string (file, "salved", key, &cause);
  if (cause == NULL)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%s': %s", options->config, cause->message);
  return FALSE;
}

static gboolean
take_keys (SvOptions *options, GKeyFile *file, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  for (char **group = groups; *group != NULL; group++)
    if (strcmp (*group, "salved") != 0) {
      g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
                   "'%s': unknown group [%.64s]; the only one is [salved]", options->config,
                   *group);
      return FALSE;
    }
  g_auto (GStrv) keys = g_key_file_get_keys (file, "salved", NULL, NULL);
  for (char **key = keys; key != NULL && *key != NULL; key++)
    if (!take_key (options, file, *key, error))
      return FALSE;
  return TRUE;
}

static gboolean
read_file (SvOptions *options, GError **error)
{
  if (options->config == NULL)
    return TRUE;
  g_autoptr (GBytes) text = sv_file_read (options->config, SV_LIMIT_SMALL_FILE_BYTES, error);
  if (text == NULL)
    return FALSE;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) cause = NULL;
  if (g_key_file_load_from_bytes (file, text, G_KEY_FILE_NONE, &cause))
    return take_keys (options, file, error);
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%s': %s", options->config, cause->message);
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

SvOptions *
sv_options_parse (int argc, char **argv, GError **error)
{
  g_autoptr (SvOptions) options = g_new0 (SvOptions, 1);
  if (!parse_flags (options, argc, argv, error) || !read_file (options, error))
    return NULL;
  if (options->listen == NULL)
    options->listen = g_strdup (DEFAULT_LISTEN);
  gboolean prints = options->print_openapi || options->print_routes || options->print_permissions ||
                    options->version;
  if (!split_listen (options, error) || (!prints && !choose_store (options, error)))
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
sv_options_check_exposure (const SvOptions *options, const char *host, GError **error)
{
  gboolean loopback = is_loopback (host);
  if (options->insecure_no_login && !loopback) {
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE,
                 "--insecure-no-login is for loopback addresses; '%s' is none", host);
    return FALSE;
  }
  if (loopback || options->tls_cert != NULL || options->behind_proxy)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE,
               "'%s' can be reached by others: give --tls-cert and --tls-key, or say "
               "--behind-proxy if a proxy in front does TLS",
               host);
  return FALSE;
}
