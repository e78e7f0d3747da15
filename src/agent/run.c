/* Reports, and sleeps between them. Each report is made by a child process: what it takes of memory
 * is gone with it, and so is whatever goes wrong while it reads a host's files. */
#include "agent/agent.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#define HOPELESS 16 /* failures as which a refusal counts: the longest wait */

/* What the child says of its report. */
typedef struct {
  SvReported reported;
  gboolean failed;
  SvError code;
  char why[512];
} Outcome;

static void
set_failed (Outcome *outcome, const GError *error)
{
  outcome->failed = TRUE;
  outcome->code = sv_error_info (error)->code;
  g_strlcpy (outcome->why, error->message, sizeof outcome->why);
}

/* --- the child --- */

static G_NORETURN void
report_and_exit (const SvAgentOptions *options, pid_t parent, int fd)
{
  Outcome outcome = {0};
  g_autoptr (GError) error = NULL;
  prctl (PR_SET_PDEATHSIG, SIGKILL); /* nothing goes on when the agent was told to end */
  if (getppid () != parent)
    _exit (1);
  if (!sv_agent_report_once (options, &outcome.reported, &error))
    set_failed (&outcome, error);
  ssize_t written = write (fd, &outcome, sizeof outcome); /* less than a pipe holds */
  _exit (written == sizeof outcome ? 0 : 1);
}

static gboolean
read_outcome (int fd, Outcome *outcome)
{
  ssize_t n;
  do
    n = read (fd, outcome, sizeof *outcome);
  while (n < 0 && errno == EINTR);
  return n == sizeof *outcome;
}

static gboolean
run_child (const SvAgentOptions *options, Outcome *outcome, GError **error)
{
  int ends[2];
  pid_t parent = getpid ();
  if (pipe2 (ends, O_CLOEXEC) != 0)
    return sv_error_set_errno (error, errno, "open", "a pipe");
  g_auto (SvFd) reading = ends[0];
  pid_t child = fork ();
  if (child == 0)
    report_and_exit (options, parent, ends[1]);
  close (ends[1]);
  if (child < 0)
    return sv_error_set_errno (error, errno, "start", "a report");
  gboolean said = read_outcome (reading, outcome);
  int status = 0;
  while (waitpid (child, &status, 0) < 0 && errno == EINTR)
    ;
  if (said)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_FAILED, "the report ended early (status %d)", status);
  return FALSE;
}

/* --- the agent --- */

/* By a clock that goes on while the machine sleeps: a laptop that wakes up late reports then. */
static void
sleep_s (gint64 seconds)
{
  struct timespec until;
  clock_gettime (CLOCK_BOOTTIME, &until);
  until.tv_sec += seconds;
  while (clock_nanosleep (CLOCK_BOOTTIME, TIMER_ABSTIME, &until, NULL) != 0)
    ;
}

/* The same trouble is said once. */
static void
say (const Outcome *outcome, char **said)
{
  if (outcome->failed && g_strcmp0 (*said, outcome->why) != 0)
    sv_log (SV_LOG_WARNING, "not reported: %s", outcome->why);
  if (!outcome->failed && *said != NULL)
    sv_log (SV_LOG_INFO, "reported again");
  sv_text_set (said, outcome->failed ? outcome->why : NULL);
}

static gint64
wait_after (const Outcome *outcome, guint failures)
{
  gboolean refused = outcome->code == SV_ERROR_DENIED || outcome->code == SV_ERROR_UNAUTHENTICATED;
  if (!outcome->failed)
    return CLAMP (outcome->reported.next_in_s, 1, SV_DAY_US / SV_SECOND_US);
  return sv_agent_wait_s (refused ? HOPELESS : failures, outcome->reported.retry_after_s,
                          g_random_double ());
}

void
sv_agent_run (const SvAgentOptions *options)
{
  g_autofree char *said = NULL;
  for (guint failures = 0;;) {
    Outcome outcome = {0};
    g_autoptr (GError) error = NULL;
    if (!run_child (options, &outcome, &error))
      set_failed (&outcome, error);
    failures = outcome.failed ? failures + 1 : 0;
    say (&outcome, &said);
    sleep_s (wait_after (&outcome, failures));
  }
}
