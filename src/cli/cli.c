#include "cli/cli.h"

#include "cli/config.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *const sv_output_names[] = {"table", "wide",    "json",      "jsonl", "csv",
                                       "sarif", "openvex", "cyclonedx", NULL};

const SvOption sv_common_options[] = {
    {"output", 'o', "FORMAT", "table, wide, json, jsonl, csv, or what the command adds"},
    {"config", 0, "FILE", "read settings from this file alone"},
    {"verbose", 'v', NULL, "say more on standard error"},
    {"quiet", 'q', NULL, "say only errors on standard error"},
    {"help", 'h', NULL, "show this help"},
};
const gsize sv_n_common_options = G_N_ELEMENTS (sv_common_options);

struct SvCli {
  const SvCommand *command;
  GHashTable *values;   /* option name -> GPtrArray of strings */
  GPtrArray *arguments; /* strings */
  SvConfig *config;
  SvOutput output;
  gint64 now_us;
  GPtrArray *reports; /* SvReport, see sv_cli_leave_report() */
};

static void
sv_cli_free (SvCli *cli)
{
  g_ptr_array_unref (cli->reports);
  g_hash_table_unref (cli->values);
  g_ptr_array_unref (cli->arguments);
  g_clear_pointer (&cli->config, sv_config_free);
  g_free (cli);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvCli, sv_cli_free)

static gsize
count_words (const char *name)
{
  gsize words = 1;
  for (; *name != '\0'; name++)
    words += *name == ' ';
  return words;
}

/* The longest command name that the words of @argv begin with. */
static const SvCommand *
find_command (int argc, char **argv, gsize *ret_words)
{
  const SvCommand *best = NULL;
  for (gsize i = 0; i < sv_n_commands; i++) {
    gsize words = count_words (sv_commands[i].name);
    if (words > (gsize)argc || (best != NULL && words <= *ret_words))
      continue;
    g_auto (GStrv) name = g_strsplit (sv_commands[i].name, " ", -1);
    gboolean same = TRUE;
    for (gsize w = 0; w < words; w++)
      same = same && strcmp (name[w], argv[w]) == 0;
    if (!same)
      continue;
    best = &sv_commands[i];
    *ret_words = words;
  }
  return best;
}

static const SvOption *
find_option (const SvOption *options, gsize n, const char *given)
{
  for (gsize i = 0; i < n; i++) {
    gboolean by_letter = given[0] == '-' && given[1] != '-' && given[1] == options[i].letter;
    gboolean by_name = strncmp (given, "--", 2) == 0 && strcmp (given + 2, options[i].name) == 0;
    if (by_letter || by_name)
      return &options[i];
  }
  return NULL;
}

static gboolean
take_option (const gchar *given, const gchar *value, gpointer user_data, GError **error)
{
  SvCli *cli = user_data;
  const SvOption *option = find_option (cli->command->options, cli->command->n_options, given);
  if (option == NULL)
    option = find_option (sv_common_options, sv_n_common_options, given);
  g_return_val_if_fail (option != NULL, FALSE);
  GPtrArray *list = g_hash_table_lookup (cli->values, option->name);
  if (list == NULL) {
    list = sv_strings_new ();
    g_hash_table_insert (cli->values, (gpointer)option->name, list);
  }
  g_ptr_array_add (list, g_strdup (value != NULL ? value : ""));
  return TRUE;
}

static void
add_entries (GArray *entries, const SvOption *options, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    GOptionEntry entry = {
        .long_name = options[i].name,
        .short_name = options[i].letter,
        .flags = options[i].value == NULL ? G_OPTION_FLAG_NO_ARG : 0,
        .arg = G_OPTION_ARG_CALLBACK,
        .arg_data = (gpointer)take_option,
        .description = options[i].doc,
        .arg_description = options[i].value,
    };
    g_array_append_val (entries, entry);
  }
}

static gboolean
parse_options (SvCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GArray) entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  add_entries (entries, cli->command->options, cli->command->n_options);
  add_entries (entries, sv_common_options, sv_n_common_options);
  GOptionGroup *group = g_option_group_new ("salve", "", "", cli, NULL);
  g_option_group_add_entries (group, (GOptionEntry *)(gpointer)entries->data);
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_set_main_group (context, group);
  g_option_context_set_help_enabled (context, FALSE);
  g_autoptr (GPtrArray) words = sv_strings_new ();
  g_ptr_array_add (words, g_strdup ("salve"));
  for (int i = 0; i < argc; i++)
    g_ptr_array_add (words, g_strdup (argv[i]));
  g_ptr_array_add (words, NULL);
  g_auto (GStrv) list = (GStrv)g_ptr_array_free (g_steal_pointer (&words), FALSE);
  g_autoptr (GError) reason = NULL;
  if (!g_option_context_parse_strv (context, &list, &reason)) {
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "%s; try 'salve %s --help'", reason->message,
                 cli->command->name);
    return FALSE;
  }
  for (char **word = list + 1; *word != NULL; word++)
    if (word != list + 1 || strcmp (*word, "--") != 0)
      g_ptr_array_add (cli->arguments, g_strdup (*word));
  return TRUE;
}

static gboolean
check_output (SvCli *cli, GError **error)
{
  const char *name = sv_cli_find (cli, "output");
  int output = name != NULL ? sv_enum_find (sv_output_names, name) : SV_OUTPUT_TABLE;
  if (output >= 0 && (name == NULL || (cli->command->outputs >> output & 1) != 0)) {
    cli->output = (SvOutput)output;
    return TRUE;
  }
  g_autoptr (GString) allowed = g_string_new (NULL);
  for (int i = 0; i < SV_N_OUTPUTS; i++)
    if ((cli->command->outputs >> i & 1) != 0)
      g_string_append_printf (allowed, "%s%s", allowed->len > 0 ? ", " : "", sv_output_names[i]);
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "'salve %s' cannot write '%s'; it can write: %s",
               cli->command->name, name, allowed->len > 0 ? allowed->str : "its own lines only");
  return FALSE;
}

static gboolean
check_arguments (const SvCli *cli, GError **error)
{
  guint n = cli->arguments->len;
  if (n >= cli->command->min_arguments && n <= cli->command->max_arguments)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE,
               "usage: salve %s [OPTION…]%s%s; %u argument%s given", cli->command->name,
               *cli->command->arguments != '\0' ? " " : "", cli->command->arguments, n,
               n == 1 ? " was" : "s were");
  return FALSE;
}

static gboolean
prepare (SvCli *cli, GError **error)
{
  if (!check_output (cli, error) || !check_arguments (cli, error))
    return FALSE;
  cli->now_us = sv_time_now ();
  const char *at = sv_cli_find (cli, "at");
  if (at != NULL && !sv_time_parse (at, &cli->now_us, error)) {
    g_prefix_error (error, "--at: ");
    (*error)->code = SV_ERROR_USAGE;
    return FALSE;
  }
  cli->config = sv_config_load (sv_cli_find (cli, "config"), error);
  return cli->config != NULL;
}

static int
report (GError *error)
{
  sv_log (SV_LOG_ERROR, "%s", error->message);
  return sv_error_info (error)->exit_code;
}

static int
run_command (SvCli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  if (!parse_options (cli, argc, argv, &error))
    return report (error);
  if (sv_cli_has (cli, "help")) {
    g_autofree char *help = sv_help_command (cli->command);
    return sv_cli_write (help, strlen (help), &error) ? SV_EXIT_OK : report (error);
  }
  sv_log_set_level (sv_cli_has (cli, "quiet")     ? SV_LOG_ERROR
                    : sv_cli_has (cli, "verbose") ? SV_LOG_DEBUG
                                                  : SV_LOG_INFO);
  if (!prepare (cli, &error))
    return report (error);
  int code = cli->command->run (cli, &error);
  return error != NULL ? report (error) : code;
}

/* The commands of a noun ("feed"), for who named no verb; NULL if there is no such noun. */
static char *
list_verbs (const char *noun)
{
  g_autofree char *prefix = g_strconcat (noun, " ", NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  for (gsize i = 0; i < sv_n_commands; i++)
    if (g_str_has_prefix (sv_commands[i].name, prefix))
      g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "", sv_commands[i].name);
  return out->len > 0 ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}

static int
refuse_command (const char *word)
{
  g_autofree char *verbs = list_verbs (word), *shown = sv_text_printable (word);
  if (verbs != NULL)
    sv_log (SV_LOG_ERROR, "'%s' needs a verb: %s", word, verbs);
  else if (*word == '-')
    sv_log (SV_LOG_ERROR, "options come behind the command, as in 'salve scan %.64s'", shown);
  else
    sv_log (SV_LOG_ERROR, "there is no command '%.64s'; 'salve --help' lists them all", shown);
  return SV_EXIT_USAGE;
}

static int
run_without_command (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  gboolean version = argc > 0 && strcmp (argv[0], "--version") == 0;
  gboolean help = argc == 0 || strcmp (argv[0], "--help") == 0 || strcmp (argv[0], "-h") == 0;
  if (!version && !help)
    return refuse_command (argv[0]);
  g_autofree char *text = version ? g_strdup ("salve " SALVE_VERSION "\n") : sv_help_overview ();
  if (!sv_cli_write (text, strlen (text), &error))
    return report (error);
  return argc == 0 ? SV_EXIT_USAGE : SV_EXIT_OK;
}

int
sv_cli_main (int argc, char **argv)
{
  (void)setlocale (LC_CTYPE, "C.UTF-8");
  gsize words = 0;
  const SvCommand *command = find_command (argc - 1, argv + 1, &words);
  if (command == NULL)
    return run_without_command (argc - 1, argv + 1);
  g_autoptr (SvCli) cli = g_new0 (SvCli, 1);
  cli->command = command;
  cli->values =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
  cli->arguments = sv_strings_new ();
  cli->reports = g_ptr_array_new ();
#ifdef __SANITIZE_ADDRESS__
  g_ptr_array_set_free_func (cli->reports, (GDestroyNotify)sv_report_free);
#endif
  return run_command (cli, argc - 1 - (int)words, argv + 1 + words);
}

void
sv_cli_leave_report (SvCli *cli, SvReport *report)
{
  g_ptr_array_add (cli->reports, report);
}

const SvCommand *
sv_cli_get_command (const SvCli *cli)
{
  return cli->command;
}

guint
sv_cli_get_n_arguments (const SvCli *cli)
{
  return cli->arguments->len;
}

const char *
sv_cli_get_argument (const SvCli *cli, guint i)
{
  return cli->arguments->pdata[i];
}

const GPtrArray *
sv_cli_find_all (const SvCli *cli, const char *option)
{
  return g_hash_table_lookup (cli->values, option);
}

gboolean
sv_cli_has (const SvCli *cli, const char *option)
{
  return sv_cli_find_all (cli, option) != NULL;
}

const char *
sv_cli_find (const SvCli *cli, const char *option)
{
  const GPtrArray *list = sv_cli_find_all (cli, option);
  return list != NULL ? list->pdata[list->len - 1] : NULL;
}

const char *
sv_cli_get_setting (const SvCli *cli, const char *name)
{
  return sv_config_get (cli->config, name, sv_cli_find (cli, name));
}

const char *
sv_cli_get_setting_origin (const SvCli *cli, const char *name)
{
  return sv_config_get_origin (cli->config, name, sv_cli_find (cli, name));
}

SvOutput
sv_cli_get_output (const SvCli *cli)
{
  return cli->output;
}

gboolean
sv_cli_use_colour (const SvCli *cli)
{
  const char *when = sv_cli_get_setting (cli, "colour");
  if (strcmp (when, "always") == 0)
    return TRUE;
  const char *no_colour = g_getenv ("NO_COLOR");
  return strcmp (when, "never") != 0 && isatty (STDOUT_FILENO) &&
         (no_colour == NULL || *no_colour == '\0');
}

gint64
sv_cli_get_now (const SvCli *cli)
{
  return cli->now_us;
}

gboolean
sv_cli_parse_span (const char *option, const char *text, gint64 *ret_us, GError **error)
{
  static const struct {
    char unit;
    gint64 us;
  } units[] = {{'m', 60 * SV_SECOND_US}, {'h', SV_HOUR_US}, {'d', SV_DAY_US}};
  gsize length = strlen (text);
  g_autofree char *number = length > 1 ? g_strndup (text, length - 1) : g_strdup ("");
  gint64 count;
  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    if (length > 1 && text[length - 1] == units[i].unit &&
        sv_text_parse_int64 (number, &count, NULL) && count > 0 && count < 1000000) {
      *ret_us = count * units[i].us;
      return TRUE;
    }
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "--%s '%.64s': write 90m, 36h or 5d", option, text);
  return FALSE;
}
