/* Help, manual page and completions, all from the table of commands. */
#include "cli/cli.h"

#include "cli/config.h"

#include <string.h>

static const struct {
  int code;
  const char *meaning;
} exit_codes[] = {
    {SV_EXIT_OK, "done"},
    {SV_EXIT_FAILED, "failed"},
    {SV_EXIT_USAGE, "wrong usage, or a refused confirmation"},
    {SV_EXIT_NOT_FOUND, "not found"},
    {SV_EXIT_DENIED, "not logged in, or not permitted"},
    {SV_EXIT_UNREACHABLE, "unreachable, or timed out"},
    {SV_EXIT_PARTIAL, "done in part; check: no archive and no feed was there to tell"},
    {SV_EXIT_GATE, "the policy gate of --fail-on"},
    {SV_EXIT_STALE, "data older than --max-age"},
    {SV_EXIT_UPDATES, "check: updates"},
    {SV_EXIT_SECURITY_UPDATES, "check: security updates"},
    {SV_EXIT_REBOOT, "check: reboot needed"},
};

char *
sv_help_overview (void)
{
  g_autoptr (GString) out = g_string_new (
      "salve: what must be patched, in what order, and why\n\nusage: salve COMMAND [OPTION…]\n\n");
  for (gsize i = 0; i < sv_n_commands; i++)
    g_string_append_printf (out, "  %-18s %s\n", sv_commands[i].name, sv_commands[i].summary);
  g_string_append (out,
                   "\n'salve COMMAND --help' says more; 'salve --version' names this build.\n");
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
append_options (GString *out, const SvOption *options, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    g_autofree char *letter =
        options[i].letter != 0 ? g_strdup_printf ("-%c, ", options[i].letter) : g_strdup ("    ");
    g_autofree char *name =
        g_strdup_printf ("--%s%s%s", options[i].name, options[i].value != NULL ? "=" : "",
                         options[i].value != NULL ? options[i].value : "");
    g_string_append_printf (out, "  %s%-24s %s\n", letter, name, options[i].doc);
  }
}

char *
sv_help_command (const SvCommand *command)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_string_append_printf (out, "salve %s: %s\n\nusage: salve %s [OPTION…]%s%s\n", command->name,
                          command->summary, command->name, *command->arguments != '\0' ? " " : "",
                          command->arguments);
  if (*command->details != '\0')
    g_string_append_printf (out, "\n%s\n", command->details);
  g_string_append (out, "\noptions:\n");
  append_options (out, command->options, command->n_options);
  append_options (out, sv_common_options, sv_n_common_options);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* scdoc gives '_', '*' and '\' a meaning. */
static void
append_scdoc (GString *out, const char *text)
{
  for (; *text != '\0'; text++) {
    if (strchr ("_*\\[]#<", *text) != NULL)
      g_string_append_c (out, '\\');
    g_string_append_c (out, *text);
  }
}

static void
append_scdoc_options (GString *out, const SvOption *options, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    if (options[i].letter != 0)
      g_string_append_printf (out, "*-%c*, ", options[i].letter);
    g_string_append_printf (out, "*--%s*", options[i].name);
    if (options[i].value != NULL) {
      g_string_append (out, " ");
      append_scdoc (out, options[i].value);
    }
    g_string_append (out, "\n\t");
    append_scdoc (out, options[i].doc);
    g_string_append (out, ".\n\n");
  }
}

static void
append_scdoc_command (GString *out, const SvCommand *command)
{
  g_string_append_printf (out, "## salve %s ", command->name);
  append_scdoc (out, command->arguments);
  g_string_append (out, "\n\n");
  append_scdoc (out, command->summary);
  g_string_append (out, ".\n\n");
  if (*command->details != '\0') {
    append_scdoc (out, command->details);
    g_string_append (out, "\n\n");
  }
  append_scdoc_options (out, command->options, command->n_options);
}

char *
sv_help_scdoc (void)
{
  g_autoptr (GString) out =
      g_string_new ("salve(1)\n\n# NAME\n\nsalve - security patch management: "
                    "what must be patched, in what order, and why\n\n"
                    "# SYNOPSIS\n\n*salve* COMMAND [OPTION...]\n\n"
                    "# COMMANDS\n\n");
  for (gsize i = 0; i < sv_n_commands; i++)
    append_scdoc_command (out, &sv_commands[i]);
  g_string_append (out, "# OPTIONS OF EVERY COMMAND\n\n");
  append_scdoc_options (out, sv_common_options, sv_n_common_options);
  g_string_append (out, "# SETTINGS\n\nA setting is taken from its option, then from the variable "
                        "SALVE\\_NAME, then from the group [salve] of ./salve.conf, of "
                        "~/.config/salve/salve.conf and of /etc/salve/salve.conf.\n\n");
  for (gsize i = 0; i < sv_n_settings; i++) {
    g_string_append_printf (out, "*%s*\n\t", sv_settings[i].name);
    append_scdoc (out, sv_settings[i].doc);
    g_string_append (out, ".\n\n");
  }
  g_string_append (out, "# EXIT STATUS\n\n");
  for (gsize i = 0; i < G_N_ELEMENTS (exit_codes); i++)
    g_string_append_printf (out, "*%d*\n\t%s\n\n", exit_codes[i].code, exit_codes[i].meaning);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* --- completions --- */

typedef void (*CompletionWriter) (GString *out);

static void
append_option_names (GString *out, const SvCommand *command)
{
  for (gsize i = 0; i < command->n_options; i++)
    g_string_append_printf (out, " --%s", command->options[i].name);
  for (gsize i = 0; i < sv_n_common_options; i++)
    g_string_append_printf (out, " --%s", sv_common_options[i].name);
}

/* Commands are of one word ("scan") or two ("feed list"). */
static gsize
noun_length (const SvCommand *command)
{
  return strcspn (command->name, " ");
}

/* TRUE for the first command of its noun. */
static gboolean
is_first_of_noun (const SvCommand *command)
{
  return command == sv_commands || noun_length (command) != noun_length (command - 1) ||
         strncmp (command->name, command[-1].name, noun_length (command)) != 0;
}

static void
write_bash_verbs (GString *out, const SvCommand *first)
{
  g_string_append_printf (out, "  \"%.*s\") words=\"", (int)noun_length (first), first->name);
  for (const SvCommand *command = first; command < sv_commands + sv_n_commands; command++) {
    if (command != first && is_first_of_noun (command))
      break;
    g_string_append_printf (out, " %s", command->name + noun_length (command) + 1);
  }
  g_string_append (out, "\" ;;\n");
}

static void
write_bash (GString *out)
{
  g_string_append (out, "_salve() {\n  local line=\"${COMP_WORDS[*]:1:COMP_CWORD-1}\" words\n"
                        "  case \"$line\" in\n  \"\") words=\"");
  for (gsize i = 0; i < sv_n_commands; i++)
    if (is_first_of_noun (&sv_commands[i]))
      g_string_append_printf (out, " %.*s", (int)noun_length (&sv_commands[i]),
                              sv_commands[i].name);
  g_string_append (out, "\" ;;\n");
  /* From the last on: "fleet days" before "fleet", which begins like it. */
  for (gsize i = sv_n_commands; i-- > 0;) {
    const SvCommand *command = &sv_commands[i];
    if (command->name[noun_length (command)] != '\0' && is_first_of_noun (command))
      write_bash_verbs (out, command);
    g_string_append_printf (out, "  \"%s\"*) words=\"", command->name);
    append_option_names (out, command);
    g_string_append (out, "\" ;;\n");
  }
  g_string_append (out, "  esac\n  COMPREPLY=($(compgen -f -W \"$words\" -- "
                        "\"${COMP_WORDS[COMP_CWORD]}\"))\n}\ncomplete -F _salve salve\n");
}

static void
write_zsh (GString *out)
{
  g_string_append (out, "#compdef salve\nautoload -U +X bashcompinit && bashcompinit\n");
  write_bash (out);
}

static void
append_fish_condition (GString *out, const SvCommand *command)
{
  const char *verb = command->name + noun_length (command);
  g_string_append_printf (out, "complete -c salve -n '__fish_seen_subcommand_from %.*s",
                          (int)noun_length (command), command->name);
  if (*verb != '\0')
    g_string_append_printf (out, "; and __fish_seen_subcommand_from%s", verb);
  g_string_append_c (out, '\'');
}

static void
append_fish_option (GString *out, const SvCommand *command, const SvOption *option)
{
  g_autofree char *doc = g_strescape (option->doc, "…");
  append_fish_condition (out, command);
  g_string_append_printf (out, " -l %s%s -d \"%s\"\n", option->name,
                          option->value != NULL ? " -r" : "", doc);
}

static void
append_fish_command (GString *out, const SvCommand *command)
{
  const char *verb = command->name + noun_length (command);
  if (*verb == '\0' || is_first_of_noun (command))
    g_string_append_printf (out, "complete -c salve -n __fish_use_subcommand -a '%.*s'",
                            (int)noun_length (command), command->name);
  if (*verb == '\0')
    g_string_append_printf (out, " -d \"%s\"\n", command->summary);
  else if (is_first_of_noun (command))
    g_string_append_c (out, '\n');
  if (*verb != '\0')
    g_string_append_printf (
        out, "complete -c salve -n '__fish_seen_subcommand_from %.*s' -a '%s' -d \"%s\"\n",
        (int)noun_length (command), command->name, verb + 1, command->summary);
}

static void
write_fish (GString *out)
{
  for (gsize i = 0; i < sv_n_commands; i++) {
    const SvCommand *command = &sv_commands[i];
    append_fish_command (out, command);
    for (gsize o = 0; o < command->n_options; o++)
      append_fish_option (out, command, &command->options[o]);
    for (gsize o = 0; o < sv_n_common_options; o++)
      append_fish_option (out, command, &sv_common_options[o]);
  }
}

static const struct {
  const char *shell;
  CompletionWriter write;
} completions[] = {{"bash", write_bash}, {"zsh", write_zsh}, {"fish", write_fish}};

char *
sv_help_completion (const char *shell, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (completions); i++) {
    if (strcmp (completions[i].shell, shell) != 0)
      continue;
    GString *out = g_string_new (NULL);
    completions[i].write (out);
    return g_string_free (out, FALSE);
  }
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "no completions for '%.64s': bash, zsh or fish",
               shell);
  return NULL;
}

static const SvCommand *
find_named (const char *name)
{
  for (gsize i = 0; i < sv_n_commands; i++)
    if (strcmp (sv_commands[i].name, name) == 0)
      return &sv_commands[i];
  return NULL;
}

static char *
help_on_words (SvCli *cli, GError **error)
{
  g_autoptr (GString) name = g_string_new (NULL);
  for (guint i = 0; i < sv_cli_get_n_arguments (cli); i++)
    g_string_append_printf (name, "%s%s", i > 0 ? " " : "", sv_cli_get_argument (cli, i));
  if (name->len == 0)
    return sv_help_overview ();
  const SvCommand *command = find_named (name->str);
  if (command != NULL)
    return sv_help_command (command);
  g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND, "there is no command '%.64s'", name->str);
  return NULL;
}

int
sv_cmd_help (SvCli *cli, GError **error)
{
  const char *shell = sv_cli_find (cli, "completion");
  g_autofree char *text = sv_cli_has (cli, "man") ? sv_help_scdoc ()
                          : shell != NULL         ? sv_help_completion (shell, error)
                                                  : help_on_words (cli, error);
  if (text == NULL || !sv_cli_write (text, strlen (text), error))
    return SV_EXIT_FAILED;
  return SV_EXIT_OK;
}
