#include "cli/remote.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

typedef FILE Terminal;

static void
terminal_close (Terminal *terminal)
{
  (void)fclose (terminal);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Terminal, terminal_close)

/* What cannot be written there is not seen: then nobody answers either. */
static void
say (Terminal *terminal, const char *text)
{
  (void)setvbuf (terminal, NULL, _IONBF, 0);
  (void)fputs (text, terminal);
}

static Terminal *
open_terminal (const char *what, GError **error)
{
  Terminal *terminal = fopen ("/dev/tty", "r+e");
  if (terminal == NULL)
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "there is no terminal to ask on: %s", what);
  return terminal;
}

/* Echo is switched off while a secret is typed, and on again whatever happens. */
static char *
read_answer (Terminal *terminal, gboolean secret)
{
  struct termios before, quiet;
  char line[1024];
  gboolean switched = secret && tcgetattr (fileno (terminal), &before) == 0;
  if (switched) {
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr (fileno (terminal), TCSAFLUSH, &quiet);
  }
  char *read = fgets (line, sizeof line, terminal);
  if (switched) {
    tcsetattr (fileno (terminal), TCSAFLUSH, &before);
    say (terminal, "\n");
  }
  char *answer = read != NULL ? g_strchomp (g_strdup (line)) : NULL;
  explicit_bzero (line, sizeof line);
  return answer;
}

char *
sv_terminal_ask (const char *question, gboolean secret, GError **error)
{
  g_autoptr (Terminal) terminal = open_terminal ("give it as an option", error);
  if (terminal == NULL)
    return NULL;
  g_autofree char *prompt = g_strconcat (question, ": ", NULL);
  say (terminal, prompt);
  char *answer = read_answer (terminal, secret);
  if (answer == NULL)
    g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE, "nothing was given");
  return answer;
}

gboolean
sv_terminal_confirm (const SvCli *cli, const char *what, GError **error)
{
  if (sv_cli_has (cli, "yes"))
    return TRUE;
  g_autoptr (Terminal) terminal = open_terminal ("say --yes if it is meant", error);
  if (terminal == NULL)
    return FALSE;
  g_autofree char *printable = sv_text_printable (what);
  g_autofree char *question = g_strconcat (printable, "? [y/N] ", NULL);
  say (terminal, question);
  g_autofree char *answer = read_answer (terminal, FALSE);
  if (answer != NULL && (strcmp (answer, "y") == 0 || strcmp (answer, "yes") == 0))
    return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE, "not confirmed: nothing was changed");
  return FALSE;
}
