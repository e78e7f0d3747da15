/* The walls around a worker. Linux and libseccomp; seen by worker.c alone. */
#pragma once

#include <glib.h>

/**
 * sv_worker_enter_sandbox:
 * Only in a child that was just forked. Afterwards @input_fd is 0, @output_fd is 1, nothing else is
 * open, and any system call but those of the list is death. FALSE if a wall cannot be put up: then
 * nothing must be decoded.
 */
gboolean sv_worker_enter_sandbox (int input_fd, int output_fd);
