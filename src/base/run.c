#include "base/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/limits.h"

enum { BLOCK_BYTES = 64 * 1024, MAX_ERRORS_BYTES = 64 * 1024 };

typedef struct {
  pid_t pid; /* leader of its own session: -pid names everything it started */
  int pidfd;
  int output_fd;
  int errors_fd;
} Child;

/* A child that is still there is killed with all its descendants, and reaped. */
static void
child_clear (Child *child)
{
  if (child->pid > 0) {
    kill (-child->pid, SIGKILL);
    TEMP_FAILURE_RETRY (waitpid (child->pid, NULL, 0));
  }
  sv_fd_close (&child->pidfd);
  sv_fd_close (&child->output_fd);
  sv_fd_close (&child->errors_fd);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Child, child_clear)

typedef posix_spawn_file_actions_t SpawnFiles;
typedef posix_spawnattr_t SpawnFlags;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SpawnFiles, posix_spawn_file_actions_destroy)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SpawnFlags, posix_spawnattr_destroy)

void
sv_run_result_clear (SvRunResult *result)
{
  if (result->output != NULL)
    g_string_free (result->output, TRUE);
  if (result->errors != NULL)
    g_string_free (result->errors, TRUE);
  *result = (SvRunResult){0};
}

static char **
child_environment (void)
{
  static const char *const fixed[][2] = {
      {"LC_ALL", "C"}, {"LANG", "C"}, {"DEBIAN_FRONTEND", "noninteractive"}};
  char **environment = g_environ_unsetenv (g_get_environ (), "LANGUAGE");
  for (gsize i = 0; i < G_N_ELEMENTS (fixed); i++)
    environment = g_environ_setenv (environment, fixed[i][0], fixed[i][1], TRUE);
  return environment;
}

static gboolean
write_all (int fd, const guint8 *data, gsize size)
{
  for (gsize done = 0; done < size;) {
    gssize put = TEMP_FAILURE_RETRY (write (fd, data + done, size - done));
    if (put < 0)
      return FALSE;
    done += (gsize)put;
  }
  return size == 0 || lseek (fd, 0, SEEK_SET) == 0;
}

/* Input is a file in memory: no pipe to feed while reading, no SIGPIPE if the child ignores it. */
static int
open_input (const SvRunOptions *options, GError **error)
{
  g_auto (SvFd) fd = options->input != NULL ? memfd_create ("input", MFD_CLOEXEC)
                                            : open ("/dev/null", O_RDONLY | O_CLOEXEC);
  if (fd < 0 || !write_all (fd, options->input, options->input_size)) {
    sv_error_set_errno (error, errno, "give input to", "child process");
    return -1;
  }
  return g_steal_fd (&fd);
}

static int
spawn (const char *const *argv, const char *directory, const int fds[3], pid_t *ret_pid)
{
  g_auto (SpawnFiles) files = {0};
  g_auto (SpawnFlags) flags = {0};
  posix_spawn_file_actions_init (&files);
  posix_spawnattr_init (&flags);
  for (int i = 0; i < 3; i++)
    posix_spawn_file_actions_adddup2 (&files, fds[i], i);
  posix_spawn_file_actions_addclosefrom_np (&files, 3);
  if (directory != NULL)
    posix_spawn_file_actions_addchdir_np (&files, directory);

  sigset_t none, all;
  sigemptyset (&none);
  sigfillset (&all);
  posix_spawnattr_setsigmask (&flags, &none);
  posix_spawnattr_setsigdefault (&flags, &all);
  posix_spawnattr_setflags (&flags,
                            POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  g_auto (GStrv) environment = child_environment ();
  return posix_spawnp (ret_pid, argv[0], &files, &flags, (char *const *)argv, environment);
}

static gboolean
child_start (Child *child, const char *const *argv, const SvRunOptions *options, GError **error)
{
  g_auto (SvFd) input = open_input (options, error);
  if (input < 0)
    return FALSE;
  int output[2] = {-1, -1}, errors[2] = {-1, -1};
  gboolean piped = pipe2 (output, O_CLOEXEC) == 0 && pipe2 (errors, O_CLOEXEC) == 0;
  child->output_fd = output[0];
  child->errors_fd = errors[0];
  g_auto (SvFd) output_end = output[1];
  g_auto (SvFd) errors_end = errors[1];
  if (!piped)
    return sv_error_set_errno (error, errno, "make a pipe for", argv[0]);

  int failed =
      spawn (argv, options->directory, (int[]){input, output_end, errors_end}, &child->pid);
  if (failed != 0) {
    child->pid = 0;
    return sv_error_set_errno (error, failed, "run", argv[0]);
  }
  child->pidfd = pidfd_open (child->pid, 0);
  return child->pidfd >= 0 || sv_error_set_errno (error, errno, "watch", argv[0]);
}

/* Takes what one pipe has; closes it at its end. Bytes past @max_bytes are counted, not kept. */
static gsize
drain_pipe (int *fd, GString *into, gsize max_bytes)
{
  char block[BLOCK_BYTES];
  gssize got = TEMP_FAILURE_RETRY (read (*fd, block, sizeof block));
  if (got <= 0) {
    sv_fd_close (fd);
    return 0;
  }
  gsize room = max_bytes - into->len;
  g_string_append_len (into, block, (gssize)MIN ((gsize)got, room));
  return (gsize)got > room ? (gsize)got - room : 0;
}

static int
left_ms (gint64 deadline_us)
{
  gint64 left_us = deadline_us - g_get_monotonic_time ();
  return (int)CLAMP ((left_us + 999) / 1000, 0, G_MAXINT);
}

/* What a dead child left behind is killed. It is not reaped yet, so its group id is still its
 * own. */
static void
child_bury (Child *child)
{
  kill (-child->pid, SIGKILL);
  sv_fd_close (&child->pidfd);
}

static gboolean
set_timeout (const SvRunOptions *options, const char *program, GError **error)
{
  g_set_error (error, SV_ERROR, SV_ERROR_TIMEOUT, "'%s' took longer than %u ms: killed", program,
               options->timeout_ms);
  return FALSE;
}

/* Once the child is dead, only what is in the pipes already is read: a stray descendant that keeps
 * one open cannot hold us. */
static gboolean
child_collect (Child *child, const char *program, const SvRunOptions *options, gint64 deadline_us,
               SvRunResult *result, GError **error)
{
  while (child->output_fd >= 0 || child->errors_fd >= 0 || child->pidfd >= 0) {
    struct pollfd polled[] = {{.fd = child->output_fd, .events = POLLIN},
                              {.fd = child->errors_fd, .events = POLLIN},
                              {.fd = child->pidfd, .events = POLLIN}};
    int wait_ms = child->pidfd >= 0 ? left_ms (deadline_us) : 0;
    int ready = poll (polled, G_N_ELEMENTS (polled), wait_ms);
    if (ready == 0 && child->pidfd < 0)
      return TRUE;
    if (left_ms (deadline_us) == 0)
      return set_timeout (options, program, error);
    if (ready <= 0)
      continue;
    if (polled[0].revents != 0 &&
        drain_pipe (&child->output_fd, result->output, options->max_output_bytes) > 0) {
      g_set_error (error, SV_ERROR, SV_ERROR_LIMIT,
                   "'%s' printed more than %" G_GSIZE_FORMAT " bytes: killed", program,
                   options->max_output_bytes);
      return FALSE;
    }
    if (polled[1].revents != 0)
      drain_pipe (&child->errors_fd, result->errors, MAX_ERRORS_BYTES);
    if (polled[2].revents != 0)
      child_bury (child);
  }
  return TRUE;
}

static int
child_reap (Child *child)
{
  int status = 0;
  TEMP_FAILURE_RETRY (waitpid (child->pid, &status, 0));
  child->pid = 0;
  return WIFSIGNALED (status) ? 128 + WTERMSIG (status) : WEXITSTATUS (status);
}

static SvRunOptions
complete_options (const SvRunOptions *options)
{
  SvRunOptions complete = options != NULL ? *options : (SvRunOptions){0};
  if (complete.timeout_ms == 0)
    complete.timeout_ms = SV_LIMIT_RUN_MS;
  if (complete.max_output_bytes == 0)
    complete.max_output_bytes = SV_LIMIT_RUN_OUTPUT_BYTES;
  return complete;
}

gboolean
sv_run (const char *const *argv, const SvRunOptions *options, SvRunResult *ret_result,
        GError **error)
{
  SvRunOptions complete = complete_options (options);
  gint64 deadline_us = g_get_monotonic_time () + (gint64)complete.timeout_ms * 1000;
  g_auto (SvRunResult) result = {.output = g_string_new (NULL), .errors = g_string_new (NULL)};
  g_auto (Child) child = {.pidfd = -1, .output_fd = -1, .errors_fd = -1};
  if (!child_start (&child, argv, &complete, error) ||
      !child_collect (&child, argv[0], &complete, deadline_us, &result, error))
    return FALSE;

  result.exit_code = child_reap (&child);
  *ret_result = result;
  result = (SvRunResult){0};
  return TRUE;
}
