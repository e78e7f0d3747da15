#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
  char *path;
  int fd;
} Place;

static void
place_init (Place *place, gconstpointer data)
{
  place->fd = g_file_open_tmp ("worker-XXXXXX", &place->path, NULL);
  g_assert_cmpint (place->fd, >=, 0);
  g_assert_true (g_file_set_contents (place->path, "what is in it", -1, NULL));
  close (place->fd);
  place->fd = open (place->path, O_RDONLY | O_CLOEXEC);
}

static void
place_clear (Place *place, gconstpointer data)
{
  close (place->fd);
  g_remove (place->path);
  g_free (place->path);
}

static gboolean
write_text (SvWorkerOutput *output, const char *text, GError **error)
{
  return sv_worker_write (output, text, strlen (text), error);
}

/* Two documents, the first of what the input holds. */
static gboolean
give_two (SvWorkerOutput *output, gpointer user_data, GError **error)
{
  char block[64];
  gssize got = read (SV_WORKER_INPUT, block, sizeof block);
  return sv_worker_begin (output, "first", error) &&
         sv_worker_write (output, block, (gsize)got, error) &&
         sv_worker_begin (output, "second", error) && write_text (output, "two", error);
}

static void
assert_document (SvWorker *worker, const char *expected_name, const char *expected)
{
  const char *name;
  char block[64] = "";
  g_autoptr (GError) error = NULL;
  g_assert_true (sv_worker_next (worker, &name, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (name, ==, expected_name);
  gsize size = 0;
  for (gssize got = 1; got > 0; size += (gsize)got) {
    got = sv_worker_read (worker, block + size, 2, &error); /* in small bites */
    g_assert_no_error (error);
  }
  g_assert_cmpstr (block, ==, expected);
}

static void
test_documents (Place *place, gconstpointer data)
{
  g_autoptr (SvWorker) worker = sv_worker_new ("it", place->fd, give_two, NULL, NULL);
  assert_document (worker, "first", "what is in it");
  assert_document (worker, "second", "two");
  const char *name = "unset";
  g_assert_true (sv_worker_next (worker, &name, NULL));
  g_assert_null (name);
}

static void
test_check (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sv_worker_check (&error));
  g_assert_no_error (error);
}

static void
test_documents_passed_over (Place *place, gconstpointer data)
{
  g_autoptr (SvWorker) worker = sv_worker_new ("it", place->fd, give_two, NULL, NULL);
  const char *name;
  g_assert_true (sv_worker_next (worker, &name, NULL));
  assert_document (worker, "second", "two");
}

static gboolean
give_broken (SvWorkerOutput *output, gpointer user_data, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_set_error (&failure, SV_ERROR, SV_ERROR_LIMIT, "too much of it");
  return sv_worker_begin (output, "broken", error) && write_text (output, "half", error) &&
         sv_worker_break (output, failure, error) && give_two (output, NULL, error);
}

/* One bad document of many is an error of its own. */
static void
test_broken_document (Place *place, gconstpointer data)
{
  g_autoptr (SvWorker) worker = sv_worker_new ("it", place->fd, give_broken, NULL, NULL);
  g_autoptr (GError) error = NULL;
  const char *name;
  char block[64];
  g_assert_true (sv_worker_next (worker, &name, NULL));
  g_assert_cmpint (sv_worker_read (worker, block, sizeof block, NULL), ==, 4);
  g_assert_cmpint (sv_worker_read (worker, block, sizeof block, &error), ==, -1);
  g_assert_error (error, SV_ERROR, SV_ERROR_LIMIT);
  g_assert_cmpstr (error->message, ==, "too much of it");
  assert_document (worker, "first", "what is in it");
}

static gboolean
open_file (SvWorkerOutput *output, gpointer user_data, GError **error)
{
  return open ("/etc/hostname", O_RDONLY | O_CLOEXEC) >= 0;
}

static gboolean
connect_out (SvWorkerOutput *output, gpointer user_data, GError **error)
{
  return socket (AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static gboolean
start_process (SvWorkerOutput *output, gpointer user_data, GError **error)
{
  return fork () >= 0;
}

static gboolean
run_program (SvWorkerOutput *output, gpointer user_data, GError **error)
{
  char *argv[] = {"/bin/true", NULL};
  return execv (argv[0], argv) == 0;
}

static gboolean
kill_parent (SvWorkerOutput *output, gpointer user_data, GError **error)
{
  return kill (GPOINTER_TO_INT (user_data), SIGTERM) == 0;
}

static gboolean
crash (SvWorkerOutput *output, gpointer user_data, GError **error)
{
  __builtin_trap ();
}

static gboolean
end_early (SvWorkerOutput *output, gpointer user_data, GError **error)
{
  _exit (0);
}

/* It stops talking and stays. */
static gboolean
hang_up (SvWorkerOutput *output, gpointer user_data, GError **error)
{
  close (1);
  volatile gboolean stays = TRUE;
  while (stays)
    continue;
  return TRUE;
}

/* A frame that promises more than it may. */
static gboolean
answer_nonsense (SvWorkerOutput *output, gpointer user_data, GError **error)
{
  static const guint32 head[2] = {1, 1 << 30};
  return write (1, head, sizeof head) == sizeof head;
}

typedef struct {
  const char *name;
  SvWorkerFunc func;
  const char *reason;
} Misdeed;

static const Misdeed misdeeds[] = {
    {"open", open_file, "forbidden system call"},
    {"socket", connect_out, "forbidden system call"},
    {"fork", start_process, "forbidden system call"},
    {"exec", run_program, "forbidden system call"},
    {"kill", kill_parent, "forbidden system call"},
    {"crash", crash, "decoder died of it"},
    {"early end", end_early, "decoder died of it"},
    {"hang up", hang_up, "decoder died of it"},
    {"nonsense", answer_nonsense, "nonsense"},
};

static void
test_misdeeds (Place *place, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (misdeeds); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SvWorker) worker =
        sv_worker_new ("it", place->fd, misdeeds[i].func, GINT_TO_POINTER (getpid ()), NULL);
    const char *name;
    g_assert_false (sv_worker_next (worker, &name, &error));
    g_test_message ("%s: %s", misdeeds[i].name, error->message);
    g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
    g_assert_nonnull (strstr (error->message, "'it'"));
    g_assert_nonnull (strstr (error->message, misdeeds[i].reason));
    g_assert_cmpint (sv_worker_read (worker, &(char){0}, 1, NULL), ==, -1);
  }
}

/* What a child that was taken over might send: kinds are 0 name, 1 data, 2 broken, 3 failed, 4
 * done.
 */
typedef struct {
  const char *name;
  guint32 kind, size;
  const char *payload;
  gsize payload_size;
} Forged;

static const Forged forged[] = {
    {"unknown kind", 77, 0, "", 0},
    {"too much data", 1, 64 * 1024 + 1, "", 0},
    {"too long a name", 0, 5000, "", 0},
    {"failure without a code", 3, 3, "abc", 3},
    {"failure with a strange code", 3, 6, "\xff\xff\xff\x7fno", 6},
    {"broken without a code", 2, 0, "", 0},
    {"less than it says", 0, 100, "short", 5},
};

static gboolean
forge (SvWorkerOutput *output, gpointer user_data, GError **error)
{
  const Forged *frame = user_data;
  const guint32 head[2] = {frame->kind, frame->size};
  gboolean sent = write (1, head, sizeof head) == sizeof head &&
                  write (1, frame->payload, frame->payload_size) == (gssize)frame->payload_size;
  _exit (sent ? 0 : 1);
}

static void
test_forged (Place *place, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (forged); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SvWorker) worker =
        sv_worker_new ("it", place->fd, forge, (gpointer)&forged[i], NULL);
    const char *name;
    g_assert_false (sv_worker_next (worker, &name, &error));
    g_test_message ("%s: %s", forged[i].name, error->message);
    g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
  }
}

/* Names and messages come out as valid text, whatever they are. */
static gboolean
name_badly (SvWorkerOutput *output, gpointer user_data, GError **error)
{
  g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "bad \xff message");
  return sv_worker_begin (output, "bad \xff name", NULL) && FALSE;
}

static void
test_invalid_text (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvWorker) worker = sv_worker_new ("it", place->fd, name_badly, NULL, NULL);
  const char *name;
  g_assert_true (sv_worker_next (worker, &name, NULL));
  g_assert_true (g_utf8_validate (name, -1, NULL));
  g_assert_false (sv_worker_next (worker, &name, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_LIMIT);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

/* Whatever else the parent has open is out of reach. */
static gboolean
reach_for_files (SvWorkerOutput *output, gpointer user_data, GError **error)
{
  for (int fd = 2; fd < 64; fd++)
    if (write (fd, "x", 1) >= 0 || errno != EBADF)
      return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_STALE, "nothing is open");
  return FALSE;
}

static void
test_files_are_closed (Place *place, gconstpointer data)
{
  g_autofree char *path = NULL;
  int secret = g_file_open_tmp ("secret-XXXXXX", &path, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SvWorker) worker = sv_worker_new ("it", place->fd, reach_for_files, NULL, NULL);
  const char *name;
  g_assert_false (sv_worker_next (worker, &name, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_STALE); /* its own error came through as it was */
  g_assert_cmpstr (error->message, ==, "nothing is open");
  close (secret);
  g_remove (path);
}

static gboolean
take_memory (SvWorkerOutput *output, gpointer user_data, GError **error)
{
  g_autofree void *block = g_try_malloc (1 << 30);
  g_set_error (error, SV_ERROR, block == NULL ? SV_ERROR_LIMIT : SV_ERROR_FAILED, "memory");
  return FALSE;
}

#ifdef __SANITIZE_ADDRESS__
enum { MEMORY_ERROR = SV_ERROR_FAILED }; /* it cannot be bounded there */
#else
enum { MEMORY_ERROR = SV_ERROR_LIMIT };
#endif

static void
test_memory_is_bounded (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvWorker) worker = sv_worker_new ("it", place->fd, take_memory, NULL, NULL);
  const char *name;
  g_assert_false (sv_worker_next (worker, &name, &error));
  g_assert_error (error, SV_ERROR, (int)MEMORY_ERROR);
}

static gboolean
write_for_ever (SvWorkerOutput *output, gpointer user_data, GError **error)
{
  gboolean good = sv_worker_begin (output, "endless", error);
  while (good)
    good = write_text (output, "and on ", error);
  return good;
}

/* A reader that had enough leaves no child behind. */
static void
test_left_early (Place *place, gconstpointer data)
{
  const char *name;
  SvWorker *worker = sv_worker_new ("it", place->fd, write_for_ever, NULL, NULL);
  g_assert_true (sv_worker_next (worker, &name, NULL));
  sv_worker_free (worker);
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1);
  g_assert_cmpint (errno, ==, ECHILD);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  static const struct {
    const char *path;
    void (*func) (Place *, gconstpointer);
  } rows[] = {
      {"/worker/check", test_check},
      {"/worker/documents", test_documents},
      {"/worker/documents-passed-over", test_documents_passed_over},
      {"/worker/broken-document", test_broken_document},
      {"/worker/misdeeds", test_misdeeds},
      {"/worker/forged", test_forged},
      {"/worker/invalid-text", test_invalid_text},
      {"/worker/files-are-closed", test_files_are_closed},
      {"/worker/memory-is-bounded", test_memory_is_bounded},
      {"/worker/left-early", test_left_early},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_test_add (rows[i].path, Place, NULL, place_init, rows[i].func, place_clear);
  return g_test_run ();
}
