#include "base/worker_sandbox.h"

#include <fcntl.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"

/* What decoding needs: its two open files, memory and the clock. Nothing here takes a path, an
 * address or another process. */
static const int allowed[] = {
    SCMP_SYS (read),         SCMP_SYS (write),
    SCMP_SYS (close),        SCMP_SYS (lseek),
    SCMP_SYS (fstat),        SCMP_SYS (newfstatat),
    SCMP_SYS (mmap),         SCMP_SYS (munmap),
    SCMP_SYS (mremap),       SCMP_SYS (brk),
    SCMP_SYS (madvise),      SCMP_SYS (futex),
    SCMP_SYS (getrandom),    SCMP_SYS (clock_gettime),
    SCMP_SYS (gettimeofday), SCMP_SYS (restart_syscall),
    SCMP_SYS (rt_sigreturn), SCMP_SYS (exit_group),
};

enum {
  SPARE_BYTES = 64 << 20
}; /* beside the decoder itself: blocks, libraries, the heap's waste */

/* A sanitizer reserves addresses without end. */
#ifdef __SANITIZE_ADDRESS__
enum { IS_SANITIZED = TRUE };
#else
enum { IS_SANITIZED = FALSE };
#endif

static gboolean
limit (int resource, rlim_t value)
{
  struct rlimit both = {.rlim_cur = value, .rlim_max = value};
  return setrlimit (resource, &both) == 0;
}

/* Bytes of address space in use now, generously where there is no /proc to tell. */
static rlim_t
used_bytes (void)
{
  g_autofree char *text = NULL;
  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    return 4LL << 30;
  return (rlim_t)g_ascii_strtoull (text, NULL, 10) * (rlim_t)sysconf (_SC_PAGESIZE);
}

static gboolean
limit_memory (void)
{
  return IS_SANITIZED || limit (RLIMIT_AS, used_bytes () + SV_LIMIT_DECODER_BYTES + SPARE_BYTES);
}

/* Time zone and character sets come from files, at the first use of either: now, while files open.
 */
static void
load_locale (void)
{
  tzset ();
  g_free (g_convert ("", 0, "UTF-8", "UTF-8", NULL, NULL, NULL));
}

static gboolean
keep_two_files (int input_fd, int output_fd)
{
  int input = fcntl (input_fd, F_DUPFD, 3);
  int output = fcntl (output_fd, F_DUPFD, 3);
  if (input < 0 || output < 0 || dup2 (input, 0) != 0 || dup2 (output, 1) != 1)
    return FALSE;
  closefrom (2); /* also where close_range() is not to be had */
  return TRUE;
}

/* The filter sets "no new privileges" by itself. */
static gboolean
filter_calls (void)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_KILL_PROCESS);
  gboolean good = filter != NULL;
  for (gsize i = 0; good && i < G_N_ELEMENTS (allowed); i++)
    good = seccomp_rule_add (filter, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
  good = good && seccomp_load (filter) == 0;
  seccomp_release (filter);
  return good;
}

gboolean
sv_worker_enter_sandbox (int input_fd, int output_fd)
{
  load_locale ();
  return prctl (PR_SET_PDEATHSIG, SIGKILL) == 0 && limit_memory () &&
         keep_two_files (input_fd, output_fd) && limit (RLIMIT_CORE, 0) &&
         limit (RLIMIT_NOFILE, 0) && filter_calls ();
}
