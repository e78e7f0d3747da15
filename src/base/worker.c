#include "base/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/worker_sandbox.h"

enum {
  EXIT_NO_SANDBOX = 77,
  DYING_MS = 1000,
  OUTPUT_FD = 1,
  PIPE_BYTES = 1 << 20,
  MAX_PAYLOAD_BYTES = 64 * 1024,
  MAX_TEXT_BYTES = 4096
};

/* What a child sends, each with its payload. */
typedef enum {
  FRAME_NAME,   /* a document begins */
  FRAME_DATA,   /* some of its bytes */
  FRAME_BROKEN, /* the document ends in an error: an SvError, then its message */
  FRAME_FAILED, /* so does all */
  FRAME_DONE,   /* all is said: the end */
} FrameKind;

typedef struct {
  guint32 kind;
  guint32 size;
} FrameHead;

/* In the size of one write. */
typedef struct {
  FrameHead head;
  guint8 payload[MAX_PAYLOAD_BYTES];
} Frame;

struct SvWorkerOutput {
  Frame frame;
};

static gboolean
write_all (int fd, const void *data, gsize size)
{
  for (gsize done = 0; done < size;) {
    gssize put = TEMP_FAILURE_RETRY (write (fd, (const guint8 *)data + done, size - done));
    if (put < 0)
      return FALSE;
    done += (gsize)put;
  }
  return TRUE;
}

static gboolean
send_frame (SvWorkerOutput *output, FrameKind kind, gsize size, GError **error)
{
  output->frame.head = (FrameHead){.kind = kind, .size = (guint32)size};
  return write_all (OUTPUT_FD, &output->frame, sizeof output->frame.head + size) ||
         sv_error_set_errno (error, errno, "write to", "parent process");
}

gboolean
sv_worker_begin (SvWorkerOutput *output, const char *name, GError **error)
{
  gsize size = MIN (strlen (name), SV_LIMIT_PATH_BYTES);
  memcpy (output->frame.payload, name, size);
  return send_frame (output, FRAME_NAME, size, error);
}

guint8 *
sv_worker_get_room (SvWorkerOutput *output, gsize *ret_size)
{
  *ret_size = MAX_PAYLOAD_BYTES;
  return output->frame.payload;
}

gboolean
sv_worker_write (SvWorkerOutput *output, const void *data, gsize size, GError **error)
{
  for (gsize done = 0; done < size;) {
    gsize n = MIN (size - done, MAX_PAYLOAD_BYTES);
    memmove (output->frame.payload, (const guint8 *)data + done, n);
    if (!send_frame (output, FRAME_DATA, n, error))
      return FALSE;
    done += n;
  }
  return TRUE;
}

static gboolean
send_failure (SvWorkerOutput *output, FrameKind kind, const GError *failure, GError **error)
{
  guint32 code = (guint32)sv_error_info (failure)->code;
  gsize size = MIN (strlen (failure->message), MAX_TEXT_BYTES);
  memcpy (output->frame.payload, &code, sizeof code);
  memcpy (output->frame.payload + sizeof code, failure->message, size);
  return send_frame (output, kind, sizeof code + size, error);
}

gboolean
sv_worker_break (SvWorkerOutput *output, const GError *failure, GError **error)
{
  return send_failure (output, FRAME_BROKEN, failure, error);
}

/* The child's life. The output is made before the walls close, as everything else that is large. */
static _Noreturn void
run_child (int input_fd, int output_fd, SvWorkerFunc func, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  SvWorkerOutput *output = g_new (SvWorkerOutput, 1);
  if (!sv_worker_enter_sandbox (input_fd, output_fd))
    _exit (EXIT_NO_SANDBOX);
  if (func (output, user_data, &error))
    send_frame (output, FRAME_DONE, 0, NULL);
  else
    send_failure (output, FRAME_FAILED, error, NULL);
  _exit (0);
}

struct SvWorker {
  char *name;
  pid_t pid;
  int fd;
  FrameHead head;  /* of the frame being read */
  gsize left;      /* bytes of its payload not read yet */
  gboolean ready;  /* head holds a frame that nobody took yet */
  char *document;  /* name of the document being read */
  GError *failure; /* a worker that failed once gives nothing again */
};

void
sv_worker_free (SvWorker *worker)
{
  if (worker == NULL)
    return;
  if (worker->fd >= 0)
    close (worker->fd);
  if (worker->pid > 0) {
    kill (worker->pid, SIGKILL);
    TEMP_FAILURE_RETRY (waitpid (worker->pid, NULL, 0));
  }
  g_clear_error (&worker->failure);
  g_free (worker->document);
  g_free (worker->name);
  g_free (worker);
}

SvWorker *
sv_worker_new (const char *name, int input_fd, SvWorkerFunc func, gpointer user_data,
               GError **error)
{
  int fds[2];
  if (pipe2 (fds, O_CLOEXEC) < 0) {
    sv_error_set_errno (error, errno, "make a pipe for", name);
    return NULL;
  }
  fcntl (fds[0], F_SETFL, O_NONBLOCK);
  fcntl (fds[1], F_SETPIPE_SZ, PIPE_BYTES); /* faster where it is allowed */
  pid_t pid = fork ();
  if (pid == 0)
    run_child (input_fd, fds[1], func, user_data);
  int failed = errno;
  close (fds[1]);
  if (pid < 0) {
    close (fds[0]);
    sv_error_set_errno (error, failed, "make a process for", name);
    return NULL;
  }
  SvWorker *worker = g_new0 (SvWorker, 1);
  *worker = (SvWorker){.name = g_strdup (name), .pid = pid, .fd = fds[0]};
  return worker;
}

/* How the child ended. Its pipe is closed a moment before it is dead; one that closed it and lives
 * on is ended. */
static int
bury (SvWorker *worker)
{
  int status = 0;
  g_auto (SvFd) pidfd = pidfd_open (worker->pid, 0);
  struct pollfd polled = {.fd = pidfd, .events = POLLIN};
  TEMP_FAILURE_RETRY (poll (&polled, 1, DYING_MS));
  kill (worker->pid, SIGKILL);
  TEMP_FAILURE_RETRY (waitpid (worker->pid, &status, 0));
  worker->pid = 0;
  return status;
}

/* Why a child ended without saying so. */
static gboolean
refuse_dead (SvWorker *worker, GError **error)
{
  int status = bury (worker);
  if (WIFEXITED (status) && WEXITSTATUS (status) == EXIT_NO_SANDBOX) {
    g_set_error (error, SV_ERROR, SV_ERROR_UNSUPPORTED,
                 "'%s' is not decoded: this system cannot confine the decoder (seccomp)",
                 worker->name);
    return FALSE;
  }
  int number = WIFSIGNALED (status) ? WTERMSIG (status) : 0;
  const char *how = number == SIGSYS ? "it asked for a forbidden system call"
                    : number != 0    ? g_strsignal (number)
                                     : "it ended early";
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
               "'%s' cannot be decoded: the decoder died of it (%s)", worker->name, how);
  return FALSE;
}

static gboolean
refuse_protocol (SvWorker *worker, GError **error)
{
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
               "'%s' cannot be decoded: the decoder answers nonsense", worker->name);
  return FALSE;
}

static gboolean
wait_for_child (SvWorker *worker, GError **error)
{
  struct pollfd polled = {.fd = worker->fd, .events = POLLIN};
  if (TEMP_FAILURE_RETRY (poll (&polled, 1, SV_LIMIT_DECODER_MS)) != 0)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_TIMEOUT, "'%s': the decoder said nothing for %d ms",
               worker->name, SV_LIMIT_DECODER_MS);
  return FALSE;
}

/* 0 is the end of the pipe. */
static gssize
read_some (SvWorker *worker, void *buffer, gsize size, GError **error)
{
  gssize got;
  while ((got = TEMP_FAILURE_RETRY (read (worker->fd, buffer, size))) < 0 && errno == EAGAIN)
    if (!wait_for_child (worker, error))
      return -1;
  if (got < 0)
    sv_error_set_errno (error, errno, "read", worker->name);
  return got;
}

static gboolean
read_exactly (SvWorker *worker, void *buffer, gsize size, GError **error)
{
  for (gsize done = 0; done < size;) {
    gssize got = read_some (worker, (guint8 *)buffer + done, size - done, error);
    if (got == 0)
      return refuse_dead (worker, error);
    if (got < 0)
      return FALSE;
    done += (gsize)got;
  }
  return TRUE;
}

/* The payload as a text of our own, valid UTF-8. */
static gboolean
read_text (SvWorker *worker, char **ret_text, GError **error)
{
  if (worker->left > MAX_TEXT_BYTES)
    return refuse_protocol (worker, error);
  char raw[MAX_TEXT_BYTES + 1];
  gsize size = worker->left;
  worker->left = 0;
  if (!read_exactly (worker, raw, size, error))
    return FALSE;
  raw[size] = '\0';
  *ret_text = g_utf8_make_valid (raw, -1);
  return TRUE;
}

/* What the child reports. FALSE with @error set if it cannot even do that. */
static gboolean
take_failure (SvWorker *worker, GError **ret_failure, GError **error)
{
  guint32 code;
  g_autofree char *message = NULL;
  if (worker->left < sizeof code)
    return refuse_protocol (worker, error);
  worker->left -= sizeof code;
  if (!read_exactly (worker, &code, sizeof code, error) || !read_text (worker, &message, error))
    return FALSE;
  if (code >= SV_N_ERRORS)
    return refuse_protocol (worker, error);
  g_set_error_literal (ret_failure, SV_ERROR, (int)code, message);
  return TRUE;
}

/* Makes the next frame the current one; a failure is one of ours from here on. */
static gboolean
next_frame (SvWorker *worker, GError **error)
{
  if (worker->ready)
    return TRUE;
  if (!read_exactly (worker, &worker->head, sizeof worker->head, error))
    return FALSE;
  worker->left = worker->head.size;
  if (worker->head.size > MAX_PAYLOAD_BYTES || worker->head.kind > FRAME_DONE)
    return refuse_protocol (worker, error);
  if (worker->head.kind == FRAME_FAILED) {
    take_failure (worker, error, error);
    return FALSE;
  }
  worker->ready = TRUE;
  return TRUE;
}

/* Makes the next bytes of the document the current frame. FALSE at its end, or with the worker's
 * failure set. */
static gboolean
find_data (SvWorker *worker)
{
  while (worker->left == 0 || worker->head.kind != FRAME_DATA) {
    if (!next_frame (worker, &worker->failure) || worker->head.kind != FRAME_DATA)
      return FALSE;
    worker->ready = FALSE;
  }
  return TRUE;
}

/* A document that ends in an error of its own leaves the worker whole. */
static gssize
end_document (SvWorker *worker, GError **error)
{
  if (worker->failure != NULL || worker->head.kind != FRAME_BROKEN)
    return 0;
  g_autoptr (GError) broken = NULL;
  worker->ready = FALSE;
  if (!take_failure (worker, &broken, &worker->failure))
    return 0;
  g_propagate_error (error, g_steal_pointer (&broken));
  return -1;
}

static gssize
read_data (SvWorker *worker, void *buffer, gsize size)
{
  gssize got = read_some (worker, buffer, MIN (size, worker->left), &worker->failure);
  if (got == 0)
    refuse_dead (worker, &worker->failure);
  worker->left -= (gsize)MAX (got, 0);
  return got;
}

gssize
sv_worker_read (gpointer source, void *buffer, gsize size, GError **error)
{
  SvWorker *worker = source;
  gssize got = 0;
  if (worker->failure == NULL && size > 0)
    got = find_data (worker) ? read_data (worker, buffer, size) : end_document (worker, error);
  if (worker->failure == NULL)
    return got;
  g_propagate_error (error, g_error_copy (worker->failure));
  return -1;
}

/* Whatever is left of a document, and how it ends, is of no interest any more. */
static void
pass_document (SvWorker *worker)
{
  guint8 block[4096];
  gssize got;
  do
    got = sv_worker_read (worker, block, sizeof block, NULL);
  while (worker->failure == NULL && got != 0);
}

gboolean
sv_worker_next (SvWorker *worker, const char **ret_name, GError **error)
{
  *ret_name = NULL;
  pass_document (worker);
  if (worker->failure == NULL && worker->head.kind == FRAME_DONE)
    return TRUE;
  g_clear_pointer (&worker->document, g_free);
  if (worker->failure != NULL || !read_text (worker, &worker->document, &worker->failure)) {
    g_propagate_error (error, g_error_copy (worker->failure));
    return FALSE;
  }
  worker->ready = FALSE;
  *ret_name = worker->document;
  return TRUE;
}

static gboolean
do_nothing (SvWorkerOutput *output, gpointer user_data, GError **error)
{
  return TRUE;
}

gboolean
sv_worker_check (GError **error)
{
  g_auto (SvFd) fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  g_autoptr (SvWorker) worker = sv_worker_new ("/dev/null", fd, do_nothing, NULL, error);
  const char *name;
  return worker != NULL && sv_worker_next (worker, &name, error);
}
