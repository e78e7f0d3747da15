#include "agent/options.h"

#include <string.h>

#define DEFAULT_CONFIG "/etc/salve/agent.conf"
#define DEFAULT_STATE "/var/lib/salve-agent"
#define GROUP "agent"

#define TEXT SV_SETTING_TEXT
#define SWITCH SV_SETTING_SWITCH

static const SvSettingRow settings[] = {
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

static const SvProgram program = {
    .rows = settings,
    .n = G_N_ELEMENTS (settings),
    .group = GROUP,
    .summary = "COMMAND — tells a salve server what runs on this host",
    .config = G_STRUCT_OFFSET (SvAgentOptions, config),
    .default_file = DEFAULT_CONFIG,
};

void
sv_agent_options_free (SvAgentOptions *options)
{
  sv_program_clear (&program, options);
  g_free (options->command);
  g_free (options);
}

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

SvAgentOptions *
sv_agent_options_parse (int argc, char **argv, const SvAgentCommandDoc *commands, GError **error)
{
  g_autoptr (SvAgentOptions) options = g_new0 (SvAgentOptions, 1);
  g_autofree char *help = write_help (commands);
  SvProgram with_help = program;
  with_help.description = help;
  if (!sv_program_read (&with_help, options, &argc, &argv, error) ||
      !take_command (options, argc, argv, error))
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
