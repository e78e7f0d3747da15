#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

gboolean
sv_cli_write (const char *text, gsize size, GError **error)
{
  if (fwrite (text, 1, size, stdout) == size && fflush (stdout) == 0)
    return TRUE;
  return sv_error_set_errno (error, errno, "write to", "standard output");
}

gboolean
sv_cli_read_line (char **ret_line, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  int c;
  while ((c = getc_unlocked (stdin)) != EOF && c != '\n') {
    if (line->len >= SV_LIMIT_LINE_BYTES) {
      g_set_error (error, SV_ERROR, SV_ERROR_LIMIT,
                   "a line of standard input is longer than %d bytes", SV_LIMIT_LINE_BYTES);
      return FALSE;
    }
    g_string_append_c (line, c != '\0' ? (char)c : '\x01'); /* NUL is valid in no input of ours */
  }
  if (ferror (stdin))
    return sv_error_set_errno (error, errno, "read", "standard input");
  gboolean end = c == EOF && line->len == 0;
  *ret_line = end ? NULL : g_string_free (g_steal_pointer (&line), FALSE);
  return TRUE;
}

int
sv_cli_convert_lines (SvLineConvert convert, gpointer user_data, GError **error)
{
  int code = SV_EXIT_OK;
  for (guint64 number = 1;; number++) {
    g_autofree char *line = NULL;
    if (!sv_cli_read_line (&line, error))
      return SV_EXIT_FAILED;
    if (line == NULL)
      return code;
    g_autoptr (GError) reason = NULL;
    g_autofree char *answer = convert (line, user_data, &reason);
    if (reason != NULL) {
      sv_log (SV_LOG_WARNING, "line %" G_GUINT64_FORMAT ": %s", number, reason->message);
      code = SV_EXIT_FAILED;
    }
    g_autofree char *out = g_strconcat (reason == NULL ? answer : "error", "\n", NULL);
    if (!sv_cli_write (out, strlen (out), error))
      return SV_EXIT_FAILED;
  }
}

struct SvProgress {
  char *what;
  gboolean on_terminal;
  gint64 begun_us;
  gint64 shown_us;
};

SvProgress *
sv_progress_new (const SvCli *cli, const char *what)
{
  SvProgress *progress = g_new0 (SvProgress, 1);
  progress->what = g_strdup (what);
  progress->on_terminal = isatty (STDERR_FILENO) && !sv_cli_has (cli, "quiet");
  progress->begun_us = g_get_monotonic_time ();
  return progress;
}

void
sv_progress_update (SvProgress *progress, guint64 done, guint64 total)
{
  gint64 now = g_get_monotonic_time ();
  if (!progress->on_terminal || (now - progress->shown_us < SV_SECOND_US / 5 && done < total))
    return;
  progress->shown_us = now;
  gint64 spent = now - progress->begun_us;
  g_autofree char *left =
      done > 0 && done < total
          ? sv_time_format_span ((gint64)((double)spent / (double)done * (double)(total - done)))
          : NULL;
  fprintf (stderr, "\r\033[K%s %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "%s%s%s", progress->what,
           done, total, left != NULL ? ", " : "", left != NULL ? left : "",
           left != NULL ? " left" : "");
  (void)fflush (stderr);
}

void
sv_progress_free (SvProgress *progress)
{
  if (progress->on_terminal && progress->shown_us != 0)
    (void)fputs ("\r\033[K", stderr);
  g_free (progress->what);
  g_free (progress);
}
