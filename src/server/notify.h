/* What the service manager is told, and what it gives. Without one all of this does nothing. */
#pragma once

#include "base/base.h"

/* The listening socket that was inherited, or 0. More than one is SV_ERROR_USAGE (-1). */
int sv_notify_take_socket (GError **error);
void sv_notify_ready (const char *status);
void sv_notify_stopping (void);
void sv_notify_alive (void);
/* How often the watchdog wants to hear that we are alive, milliseconds; 0: never. */
guint sv_notify_get_watchdog_ms (void);
