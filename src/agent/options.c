#include "agent/options.h"

#include <string.h>

#define DEFAULT_CONFIG "/etc/salve/agent.conf"
#define DEFAULT_STATE "/var/lib/salve-agent"
#define GROUP "agent"

typedef enum { TEXT, SWITCH } Kind;

static const struct {
  const char *name;
  Kind kind;
  gsize offset;
  gboolean flag_only; /* no key of the file */
  const char *value;  /* what help calls it */
  const char *doc;
} settings[] = {
    {"server", TEXT, G_STRUCT_OFFSET (SvAgentOptions, server), FALSE, "URL",
     "https://salve.example:8443; after enrolling: that one"},
    {"ca", TEXT, G_STRUCT_OFFSET (SvAgentOptions, ca), FALSE, "FILE",
     "who may vouch for the server, PEM (salved --print-ca); default: the system's authorities"},
    {"state", TEXT, G_STRUCT_OFFSET (SvAgentOptions, state), FALSE, "DIR",
     "key, certificate and memory; default: " DEFAULT_STATE},
    {"root", TEXT, G_STRUCT_OFFSET (SvAgentOptions, root), FALSE, "DIR",
     "look at the system in this directory instead of the running one"},
    {"token", TEXT, G_STRUCT_OFFSET (SvAgentOptions, token), TRUE, "TOKEN",
     "what lets this host enrol; others can see it in the list of processes"},
    {"token-file", TEXT, G_STRUCT_OFFSET (SvAgentOptions, token_file), TRUE, "FILE",
     "read it from there; also: $SALVE_ENROL_TOKEN"},
    {"force", SWITCH, G_STRUCT_OFFSET (SvAgentOptions, force), TRUE, NULL,
     "enrol though this host has enrolled: it becomes a new one"},
    {"config", TEXT, G_STRUCT_OFFSET (SvAgentOptions, config), TRUE, "FILE",
     "settings, group [" GROUP "]; default: " DEFAULT_CONFIG},
    {"version", SWITCH, G_STRUCT_OFFSET (SvAgentOptions, version), TRUE, NULL, "write the version"},
};

void
sv_agent_options_free (SvAgentOptions *options)
{
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    if (settings[i].kind == TEXT)
      g_free (*(char **)G_STRUCT_MEMBER_P (options, settings[i].offset));
  g_free (options->command);
  g_free (options);
}

/* -- Flags -- */

static char *
write_help (const SvAgentCommandDoc *commands)
{
  GString *text = g_string_new ("Commands:\n");
  for (; commands->name != NULL; commands++)
    g_string_append_printf (text, "  %-8s %s\n", commands->name, commands->doc);
  g_string_append (text, "\nExamples:\n"
                         "  salve-agent enrol --server https://salve.example:8443 --ca ca.pem "
                         "--token-file token\n"
                         "  salve-agent report\n"
                         "  systemctl enable --now salve-agent\n");
  return g_string_free (text, FALSE);
}

static gboolean
take_command (SvAgentOptions *options, int argc, char **argv, GError **error)
{
  if (argc > 2) {
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "unexpected argument '%s'", argv[2]);
    return FALSE;
  }
  options->command = argc == 2 ? g_strdup (argv[1]) : NULL;
  return TRUE;
}

static gboolean
parse_flags (SvAgentOptions *options, int argc, char **argv, const SvAgentCommandDoc *commands,
             GError **error)
{
  GOptionEntry entries[G_N_ELEMENTS (settings) + 1] = {0};
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    entries[i].long_name = settings[i].name;
    entries[i].arg = settings[i].kind == TEXT ? G_OPTION_ARG_FILENAME : G_OPTION_ARG_NONE;
    entries[i].arg_data = G_STRUCT_MEMBER_P (options, settings[i].offset);
    entries[i].description = settings[i].doc;
    entries[i].arg_description = settings[i].value;
  }
  g_autoptr (GOptionContext) context =
      g_option_context_new ("COMMAND — tells a salve server what runs on this host");
  g_autofree char *help = write_help (commands);
  g_autoptr (GError) cause = NULL;
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_description (context, help);
  if (g_option_context_parse (context, &argc, &argv, &cause))
    return take_command (options, argc, argv, error);
  g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE, cause->message);
  return FALSE;
}

/* -- The file -- */

static gboolean
fail_file (const SvAgentOptions *options, const char *why, const char *what, GError **error)
{
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%s': %s '%.64s'", options->config, why,
               what);
  return FALSE;
}

static gboolean
take_key (SvAgentOptions *options, GKeyFile *file, const char *key, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    if (settings[i].flag_only || strcmp (settings[i].name, key) != 0)
      continue;
    char **member = G_STRUCT_MEMBER_P (options, settings[i].offset);
    if (*member == NULL)
      *member = g_key_file_get_string (file, GROUP, key, NULL);
    return *member != NULL || fail_file (options, "no text as value of", key, error);
  }
  return fail_file (options, "unknown key", key, error);
}

static gboolean
take_keys (SvAgentOptions *options, GKeyFile *file, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  for (char **group = groups; *group != NULL; group++)
    if (strcmp (*group, GROUP) != 0)
      return fail_file (options, "only the group [" GROUP "] is known, not", *group, error);
  g_auto (GStrv) keys = g_key_file_get_keys (file, GROUP, NULL, NULL);
  for (char **key = keys; key != NULL && *key != NULL; key++)
    if (!take_key (options, file, *key, error))
      return FALSE;
  return TRUE;
}

static gboolean
read_file (SvAgentOptions *options, GError **error)
{
  gboolean given = options->config != NULL;
  if (!given)
    options->config = g_strdup (DEFAULT_CONFIG);
  g_autoptr (GError) cause = NULL;
  g_autoptr (GBytes) text = sv_file_read (options->config, SV_LIMIT_SMALL_FILE_BYTES, &cause);
  if (text == NULL && !given && sv_error_is (cause, SV_ERROR_NOT_FOUND))
    return TRUE;
  if (text == NULL) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return FALSE;
  }
  g_autoptr (GKeyFile) file = g_key_file_new ();
  if (g_key_file_load_from_bytes (file, text, G_KEY_FILE_NONE, &cause))
    return take_keys (options, file, error);
  return fail_file (options, "cannot be read:", cause->message, error);
}

/* -- All of them -- */

SvAgentOptions *
sv_agent_options_parse (int argc, char **argv, const SvAgentCommandDoc *commands, GError **error)
{
  g_autoptr (SvAgentOptions) options = g_new0 (SvAgentOptions, 1);
  if (!parse_flags (options, argc, argv, commands, error))
    return NULL;
  if (!options->version && !read_file (options, error))
    return NULL;
  const char *managed = sv_text_or_null (g_getenv ("STATE_DIRECTORY"));
  if (options->state == NULL)
    options->state = g_strdup (managed != NULL ? managed : DEFAULT_STATE);
  return g_steal_pointer (&options);
}

char *
sv_agent_options_read_token (const SvAgentOptions *options, GError **error)
{
  const char *given =
      options->token != NULL ? options->token : sv_text_or_null (g_getenv ("SALVE_ENROL_TOKEN"));
  if (options->token_file == NULL && given != NULL)
    return g_strdup (given);
  if (options->token_file == NULL) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE,
                         "enrolling needs a token: --token-file FILE, --token TOKEN or "
                         "$SALVE_ENROL_TOKEN");
    return NULL;
  }
  g_autoptr (GBytes) text = sv_file_read (options->token_file, SV_LIMIT_LINE_BYTES, error);
  if (text == NULL)
    return NULL;
  gsize size;
  const char *data = g_bytes_get_data (text, &size);
  return g_strstrip (g_strndup (data, size));
}
