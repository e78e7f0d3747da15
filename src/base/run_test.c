#include "base/base.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

static gboolean
run (SvRunResult *result, const SvRunOptions *options, GError **error, const char *const *argv)
{
  return sv_run (argv, options, result, error);
}

#define ARGV(...) ((const char *const[]){__VA_ARGS__, NULL})
#define SHELL(script) ARGV ("sh", "-c", script)

static void
test_output (void)
{
  g_auto (SvRunResult) result = {0};
  g_autoptr (GError) error = NULL;
  g_assert_true (run (&result, NULL, &error, SHELL ("printf out; printf err >&2; exit 7")));
  g_assert_cmpint (result.exit_code, ==, 7);
  g_assert_cmpstr (result.output->str, ==, "out");
  g_assert_cmpstr (result.errors->str, ==, "err");
}

/* Arguments are data: nothing expands, splits or runs. */
static void
test_no_shell (void)
{
  g_auto (SvRunResult) result = {0};
  g_assert_true (run (&result, NULL, NULL, ARGV ("printf", "%s|", "$HOME `id` ; * 'x", "")));
  g_assert_cmpstr (result.output->str, ==, "$HOME `id` ; * 'x||");
}

static void
test_environment (void)
{
  g_auto (SvRunResult) result = {0};
  g_assert_true (run (&result, NULL, NULL,
                      SHELL ("echo $LC_ALL $LANG $DEBIAN_FRONTEND ${LANGUAGE-unset} ${PATH:+path}; "
                             "tty; ls /proc/self/fd | wc -l")));
  /* ls itself opens the directory: 0, 1, 2 and that one */
  g_assert_cmpstr (result.output->str, ==, "C C noninteractive unset path\nnot a tty\n4\n");
}

static void
test_input (void)
{
  g_autofree char *input = g_strnfill (3 << 20, 'i');
  SvRunOptions options = {.input = input, .input_size = strlen (input)};
  g_auto (SvRunResult) result = {0};
  g_assert_true (run (&result, &options, NULL, ARGV ("cat")));
  g_assert_cmpmem (result.output->str, result.output->len, input, strlen (input));

  g_auto (SvRunResult) ignored = {0}; /* a child that does not read it is no error */
  g_assert_true (run (&ignored, &options, NULL, ARGV ("true")));
  g_assert_cmpint (ignored.exit_code, ==, 0);

  g_auto (SvRunResult) none = {0};
  g_assert_true (run (&none, NULL, NULL, ARGV ("cat")));
  g_assert_cmpuint (none.output->len, ==, 0);
}

static void
test_directory (void)
{
  g_auto (SvRunResult) result = {0};
  SvRunOptions options = {.directory = "/proc"};
  g_assert_true (run (&result, &options, NULL, ARGV ("pwd")));
  g_assert_cmpstr (result.output->str, ==, "/proc\n");
}

static void
test_not_found (void)
{
  g_auto (SvRunResult) result = {0};
  g_autoptr (GError) error = NULL;
  g_assert_false (run (&result, NULL, &error, ARGV ("no-such-program-anywhere")));
  g_assert_error (error, SV_ERROR, SV_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (run (&result, NULL, &error, ARGV ("/etc/passwd")));
  g_assert_error (error, SV_ERROR, SV_ERROR_DENIED);
}

static void
test_signal (void)
{
  g_auto (SvRunResult) result = {0};
  g_assert_true (run (&result, NULL, NULL, SHELL ("kill -TERM $$")));
  g_assert_cmpint (result.exit_code, ==, 128 + SIGTERM);
}

static pid_t
pid_of (const char *text)
{
  return (pid_t)g_ascii_strtoll (text, NULL, 10);
}

static gboolean
is_alive (const char *pid_text)
{
  return kill (pid_of (pid_text), 0) == 0 || errno != ESRCH;
}

/* Also what the child started goes: the sleep in the background writes its own id first. */
static void
test_timeout_kills_the_group (void)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp ("sv-run-XXXXXX", &path, NULL);
  g_assert_true (g_close (fd, NULL));
  g_autofree char *script = g_strdup_printf ("sleep 60 & echo $! > %s; wait", path);
  SvRunOptions options = {.timeout_ms = 400};
  g_auto (SvRunResult) result = {0};
  gint64 begin_us = g_get_monotonic_time ();
  g_assert_false (run (&result, &options, &error, SHELL (script)));
  g_assert_error (error, SV_ERROR, SV_ERROR_TIMEOUT);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 5 * G_USEC_PER_SEC);
  g_assert_null (result.output);

  g_autofree char *pid_text = NULL;
  g_assert_true (g_file_get_contents (path, &pid_text, NULL, NULL));
  for (guint i = 0; i < 100 && is_alive (pid_text); i++)
    g_usleep (20000);
  g_autofree char *state_path = g_strdup_printf ("/proc/%d/stat", pid_of (pid_text));
  g_autofree char *state = NULL; /* an orphan may stay a zombie where init does not reap */
  if (g_file_get_contents (state_path, &state, NULL, NULL))
    g_assert_nonnull (strstr (state, ") Z "));
  g_assert_cmpint (g_remove (path), ==, 0);
}

/* A chatterbox on standard error never makes poll() time out. */
static void
test_timeout_while_printing (void)
{
  SvRunOptions options = {.timeout_ms = 300};
  g_auto (SvRunResult) result = {0};
  g_autoptr (GError) error = NULL;
  g_assert_false (run (&result, &options, &error, SHELL ("yes >&2")));
  g_assert_error (error, SV_ERROR, SV_ERROR_TIMEOUT);
}

/* A descendant that keeps the pipe, even from another session, does not hold the caller. */
static void
test_stray_descendant (void)
{
  g_auto (SvRunResult) result = {0};
  gint64 begin_us = g_get_monotonic_time ();
  g_assert_true (run (&result, NULL, NULL, SHELL ("setsid sleep 3 & sleep 3 & echo done")));
  g_assert_cmpstr (result.output->str, ==, "done\n");
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 2 * G_USEC_PER_SEC);
}

static void
test_output_limit (void)
{
  SvRunOptions options = {.max_output_bytes = 1000};
  g_auto (SvRunResult) result = {0};
  g_autoptr (GError) error = NULL;
  g_assert_true (run (&result, &options, &error, SHELL ("head -c 1000 /dev/zero")));
  g_assert_cmpuint (result.output->len, ==, 1000);

  g_auto (SvRunResult) more = {0};
  g_assert_false (run (&more, &options, &error, ARGV ("yes")));
  g_assert_error (error, SV_ERROR, SV_ERROR_LIMIT);
}

static void
test_errors_are_cut (void)
{
  g_auto (SvRunResult) result = {0};
  g_assert_true (run (&result, NULL, NULL, SHELL ("head -c 300000 /dev/zero >&2; echo ok")));
  g_assert_cmpuint (result.errors->len, ==, 64 * 1024);
  g_assert_cmpstr (result.output->str, ==, "ok\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run/output", test_output);
  g_test_add_func ("/run/no-shell", test_no_shell);
  g_test_add_func ("/run/environment", test_environment);
  g_test_add_func ("/run/input", test_input);
  g_test_add_func ("/run/directory", test_directory);
  g_test_add_func ("/run/not-found", test_not_found);
  g_test_add_func ("/run/signal", test_signal);
  g_test_add_func ("/run/timeout-kills-the-group", test_timeout_kills_the_group);
  g_test_add_func ("/run/timeout-while-printing", test_timeout_while_printing);
  g_test_add_func ("/run/stray-descendant", test_stray_descendant);
  g_test_add_func ("/run/output-limit", test_output_limit);
  g_test_add_func ("/run/errors-are-cut", test_errors_are_cut);
  return g_test_run ();
}
