/* Messages to people: one line each on standard error, with a level. Rooms return errors; only
 * programs call this. */
#pragma once

#include <glib.h>

typedef enum { SV_LOG_ERROR, SV_LOG_WARNING, SV_LOG_INFO, SV_LOG_DEBUG } SvLogLevel;

void sv_log_set_level (SvLogLevel level);
void sv_log (SvLogLevel level, const char *format, ...) G_GNUC_PRINTF (2, 3);
