#include "base/log.h"

#include "base/text.h"

#include <stdio.h>

static const char *const level_names[] = {"error", "warning", "note", "debug"};
static SvLogLevel threshold = SV_LOG_INFO; /* set once at start, before any thread */

void
sv_log_set_level (SvLogLevel level)
{
  threshold = level;
}

void
sv_log (SvLogLevel level, const char *format, ...)
{
  if (level > threshold)
    return;
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_autofree char *line = sv_text_printable (text);
  fprintf (stderr, "salve: %s: %s\n", level_names[level], line);
}
