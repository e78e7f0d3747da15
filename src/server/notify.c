#include "server/notify.h"

#include <systemd/sd-daemon.h>

int
sv_notify_take_socket (GError **error)
{
  int n = sd_listen_fds (TRUE);
  if (n <= 1)
    return n == 1 ? SD_LISTEN_FDS_START : 0;
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "%d sockets were inherited: give one", n);
  return -1;
}

void
sv_notify_ready (const char *status)
{
  sd_notifyf (FALSE, "READY=1\nSTATUS=%s", status);
}

void
sv_notify_stopping (void)
{
  sd_notify (FALSE, "STOPPING=1");
}

void
sv_notify_alive (void)
{
  sd_notify (FALSE, "WATCHDOG=1");
}

guint
sv_notify_get_watchdog_ms (void)
{
  uint64_t interval_us = 0;
  return sd_watchdog_enabled (FALSE, &interval_us) > 0 ? (guint)(interval_us / 3000) : 0;
}
