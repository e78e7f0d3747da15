/* measure OUT COMMAND…: runs the command with its output to OUT and OUT.log; prints its CPU and
 * wall time in microseconds, its peak memory in KiB and its exit code. A program of its own, and a
 * small one: a child's peak counts what its parent held when it forked. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long
microseconds (struct timeval time)
{
  return time.tv_sec * 1000000LL + time.tv_usec;
}

static long long
now_us (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static int
redirect (const char *path, int descriptor)
{
  int file = open (path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  return file >= 0 && dup2 (file, descriptor) >= 0 && close (file) == 0;
}

static void
run (const char *output, char **command)
{
  char log[PATH_MAX];
  snprintf (log, sizeof log, "%s.log", output);
  if (redirect (output, STDOUT_FILENO) && redirect (log, STDERR_FILENO))
    execvp (command[0], command);
  _exit (127);
}

int
main (int argc, char **argv)
{
  if (argc < 3)
    return 2;
  int status;
  struct rusage used;
  long long begin_us = now_us ();
  pid_t child = fork ();
  if (child == 0)
    run (argv[1], argv + 2);
  if (child < 0 || wait4 (child, &status, 0, &used) != child)
    return 1;
  printf ("%lld %lld %ld %d\n", microseconds (used.ru_utime) + microseconds (used.ru_stime),
          now_us () - begin_us, used.ru_maxrss, WIFEXITED (status) ? WEXITSTATUS (status) : 128);
  return 0;
}
