#include "agent/agent.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

static void
append_instant (GString *text, const char *what, gint64 instant_us)
{
  g_autofree char *when = instant_us != 0 ? sv_time_format (instant_us) : g_strdup ("never");
  g_string_append_printf (text, "%-12s %s\n", what, when);
}

char *
sv_agent_describe (const SvAgentOptions *options, gboolean *ret_healthy, GError **error)
{
  g_autoptr (SvStateDir) dir = sv_state_dir_open (options->state, SV_STATE_LOOK, error);
  g_autoptr (SvMemory) memory = dir != NULL ? sv_state_dir_load (dir, error) : NULL;
  if (memory == NULL)
    return NULL;
  GString *text = g_string_new (NULL);
  sv_text_append_line (text, "%-12s %s", "server", memory->server);
  sv_text_append_line (text, "%-12s %s", "host", memory->host);
  append_instant (text, "reported", memory->reported_at_us);
  append_instant (text, "renews", memory->renew_at_us);
  append_instant (text, "expires", memory->expires_at_us);
  if (memory->failed_at_us != 0) {
    append_instant (text, "failed", memory->failed_at_us);
    sv_text_append_line (text, "%-12s %s", "because", memory->failure);
  }
  *ret_healthy = memory->failed_at_us == 0 && memory->reported_at_us != 0;
  return g_string_free (text, FALSE);
}

/* --- commands --- */

static int
fail (const GError *error)
{
  sv_log (SV_LOG_ERROR, "%s", error->message);
  return sv_error_info (error)->exit_code;
}

static int
print (const char *text)
{
  return fputs (text, stdout) >= 0 && fflush (stdout) == 0 ? 0 : 1;
}

static int
cmd_enrol (const SvAgentOptions *options)
{
  g_autoptr (GError) error = NULL;
  gboolean healthy;
  g_autofree char *text =
      sv_agent_enrol_host (options, &error) ? sv_agent_describe (options, &healthy, &error) : NULL;
  return text != NULL ? print (text) : fail (error);
}

static int
cmd_report (const SvAgentOptions *options)
{
  g_autoptr (GError) error = NULL;
  SvReported reported;
  return sv_agent_report_once (options, &reported, &error) ? 0 : fail (error);
}

static int
cmd_run (const SvAgentOptions *options)
{
  sv_agent_run (options);
}

static int
cmd_status (const SvAgentOptions *options)
{
  g_autoptr (GError) error = NULL;
  gboolean healthy = FALSE;
  g_autofree char *text = sv_agent_describe (options, &healthy, &error);
  if (text == NULL)
    return fail (error);
  return print (text) == 0 && healthy ? 0 : 1;
}

static int (*const runs[]) (const SvAgentOptions *) = {cmd_enrol, cmd_run, cmd_report, cmd_status};
static const SvAgentCommandDoc commands[] = {
    {"enrol", "become a host of a server, once"},
    {"run", "report for ever: what the service does"},
    {"report", "report once, now"},
    {"status", "say how it stands; ends with 1 if the last report did not arrive"},
    {NULL, NULL}};

static int
run_command (const SvAgentOptions *options)
{
  for (guint i = 0; options->command != NULL && commands[i].name != NULL; i++)
    if (strcmp (commands[i].name, options->command) == 0)
      return runs[i](options);
  g_autoptr (GError) error =
      g_error_new (SV_ERROR, SV_ERROR_USAGE, "%s '%s': enrol, run, report or status; see --help",
                   options->command != NULL ? "there is no command" : "a command is missing",
                   options->command != NULL ? options->command : "");
  return fail (error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  (void)setlocale (LC_CTYPE, "C.UTF-8");
  g_autoptr (SvAgentOptions) options = sv_agent_options_parse (argc, argv, commands, &error);
  if (options == NULL)
    return fail (error);
  return options->version ? print ("salve-agent " SALVE_VERSION "\n") : run_command (options);
}
