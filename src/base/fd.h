/* A file descriptor that closes itself: `g_auto (SvFd) fd = open (…);`. -1 is none. */
#pragma once

#include <unistd.h>

#include <glib.h>

typedef int SvFd;

static inline void
sv_fd_close (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvFd, sv_fd_close)
