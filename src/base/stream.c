#include "base/stream_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/limits.h"

enum { BLOCK_BYTES = 64 * 1024 };

struct SvStream {
  char *name;
  SvStreamRead read;
  gpointer source;
  GDestroyNotify free_source;
  guint64 max_bytes;
  guint64 offset;
  GChecksum *checksum;
  GError *failure; /* a stream that failed once never gives bytes again */
};

SvStream *
sv_stream_new (const char *name, SvStreamRead read, gpointer source, GDestroyNotify free_source,
               guint64 max_bytes)
{
  SvStream *stream = g_new0 (SvStream, 1);
  stream->name = g_strdup (name);
  stream->read = read;
  stream->source = source;
  stream->free_source = free_source;
  stream->max_bytes = max_bytes;
  return stream;
}

void
sv_stream_free (SvStream *stream)
{
  if (stream == NULL)
    return;
  if (stream->free_source != NULL)
    stream->free_source (stream->source);
  g_clear_error (&stream->failure);
  g_free (stream->name);
  g_free (stream);
}

const char *
sv_stream_get_name (const SvStream *stream)
{
  return stream->name;
}

void
sv_stream_set_max_bytes (SvStream *stream, guint64 max_bytes)
{
  stream->max_bytes = max_bytes;
}

guint64
sv_stream_get_offset (const SvStream *stream)
{
  return stream->offset;
}

void
sv_stream_set_checksum (SvStream *stream, GChecksum *checksum)
{
  stream->checksum = checksum;
}

/* At the limit one more byte tells a stream that ends there from one that is too long. */
static gssize
read_behind_limit (SvStream *stream, GError **error)
{
  guint8 byte;
  gssize got = stream->read (stream->source, &byte, 1, error);
  if (got > 0) {
    g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "'%s' is longer than %" G_GUINT64_FORMAT " bytes",
                 stream->name, stream->max_bytes);
    return -1;
  }
  return got;
}

static gssize
read_once (SvStream *stream, void *buffer, gsize size, GError **error)
{
  if (size == 0)
    return 0;
  guint64 room = stream->max_bytes - MIN (stream->offset, stream->max_bytes);
  if (room == 0)
    return read_behind_limit (stream, error);
  return stream->read (stream->source, buffer, MIN (size, room), error);
}

gssize
sv_stream_read (SvStream *stream, void *buffer, gsize size, GError **error)
{
  gssize got = stream->failure != NULL ? -1 : read_once (stream, buffer, size, &stream->failure);
  if (got < 0) {
    g_propagate_error (error, g_error_copy (stream->failure));
    return -1;
  }
  stream->offset += (guint64)got;
  if (got > 0 && stream->checksum != NULL)
    g_checksum_update (stream->checksum, buffer, got);
  return got;
}

GBytes *
sv_stream_read_all (SvStream *stream, gsize max_bytes, GError **error)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  gssize got;
  max_bytes = MIN (max_bytes, G_MAXINT32); /* what a GByteArray can hold */
  do {
    guint used = all->len;
    g_byte_array_set_size (all, used + BLOCK_BYTES);
    got = sv_stream_read (stream, all->data + used, BLOCK_BYTES, error);
    if (got < 0)
      return NULL;
    g_byte_array_set_size (all, used + (guint)got);
    if (all->len > max_bytes) {
      g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "'%s' is longer than %" G_GSIZE_FORMAT " bytes",
                   stream->name, max_bytes);
      return NULL;
    }
  } while (got > 0);

  g_byte_array_append (all, (const guint8 *)"", 1);
  g_byte_array_set_size (all, all->len - 1);
  return g_byte_array_free_to_bytes (g_steal_pointer (&all));
}

char *
sv_stream_read_text (SvStream *stream, gsize max_bytes, gsize *ret_size, GError **error)
{
  GBytes *bytes = sv_stream_read_all (stream, max_bytes, error);
  return bytes != NULL ? g_bytes_unref_to_data (bytes, ret_size) : NULL;
}

gboolean
sv_stream_drain (SvStream *stream, GError **error)
{
  g_autofree guint8 *block = g_malloc (BLOCK_BYTES);
  gssize got;
  while ((got = sv_stream_read (stream, block, BLOCK_BYTES, error)) > 0)
    continue;
  return got == 0;
}

typedef struct {
  const guint8 *at;
  gsize left;
} Memory;

static gssize
read_memory (gpointer source, void *buffer, gsize size, GError **error)
{
  Memory *memory = source;
  gsize n = MIN (size, memory->left);
  if (n > 0)
    memcpy (buffer, memory->at, n);
  memory->at += n;
  memory->left -= n;
  return (gssize)n;
}

SvStream *
sv_stream_new_memory (const char *name, const void *data, gsize size)
{
  Memory *memory = g_new (Memory, 1);
  *memory = (Memory){.at = data, .left = size};
  return sv_stream_new (name, read_memory, memory, g_free, size);
}

SvStream *
sv_stream_open_memory (const char *name, const void *data, gsize size, GError **error)
{
  return sv_stream_decompress (sv_stream_new_memory (name, data, size), error);
}

typedef struct {
  int fd;
  gboolean owned; /* fd is closed with it */
  char *path;
} File;

static void
file_free (gpointer source)
{
  File *file = source;
  if (file->owned)
    close (file->fd);
  g_free (file->path);
  g_free (file);
}

static gssize
read_file (gpointer source, void *buffer, gsize size, GError **error)
{
  File *file = source;
  gssize got = TEMP_FAILURE_RETRY (read (file->fd, buffer, size));
  if (got < 0)
    sv_error_set_errno (error, errno, "read", file->path);
  return got;
}

static SvStream *
new_file (const char *path, int fd, gboolean owned)
{
  File *file = g_new (File, 1);
  *file = (File){.fd = fd, .owned = owned, .path = g_strdup (path)};
  return sv_stream_new (path, read_file, file, file_free, SV_LIMIT_FEED_BYTES);
}

SvStream *
sv_stream_decode_fd (const char *path, int fd, GError **error)
{
  if (lseek (fd, 0, SEEK_SET) == 0)
    return sv_stream_decompress (new_file (path, fd, FALSE), error);
  sv_error_set_errno (error, errno, "read", path);
  return NULL;
}

/* Opens without waiting, so that a FIFO in the place of a file cannot hold the caller. */
int
sv_stream_open_fd (const char *path, SvStreamHead *ret_head, GError **error)
{
  g_auto (SvFd) fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  struct stat info;
  if (fd < 0 || fstat (fd, &info) < 0) {
    sv_error_set_errno (error, errno, "open", path);
    return -1;
  }
  if (!S_ISREG (info.st_mode)) {
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%s' is not a regular file", path);
    return -1;
  }
  gssize got = TEMP_FAILURE_RETRY (pread (fd, ret_head->bytes, sizeof ret_head->bytes, 0));
  if (got < 0) {
    sv_error_set_errno (error, errno, "read", path);
    return -1;
  }
  ret_head->size = (gsize)got;
  return g_steal_fd (&fd);
}

gboolean
sv_stream_send (SvStream *stream, const char *name, SvWorkerOutput *output, GError **error)
{
  g_autoptr (GError) failure = NULL;
  gsize size;
  gssize got;
  if (!sv_worker_begin (output, name, error))
    return FALSE;
  guint8 *block = sv_worker_get_room (output, &size);
  while ((got = sv_stream_read (stream, block, size, &failure)) > 0)
    if (!sv_worker_write (output, block, (gsize)got, error))
      return FALSE;
  return got == 0 || sv_worker_break (output, failure, error);
}

/* In the child. */
static gboolean
decode_file (SvWorkerOutput *output, gpointer path, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_decode_fd (path, SV_WORKER_INPUT, error);
  return stream != NULL && sv_stream_send (stream, "", output, error);
}

typedef struct {
  SvWorker *worker;
  int fd; /* of the compressed file */
} Packed;

static void
packed_free (gpointer source)
{
  Packed *packed = source;
  sv_worker_free (packed->worker);
  close (packed->fd);
  g_free (packed);
}

static gssize
read_packed (gpointer source, void *buffer, gsize size, GError **error)
{
  const Packed *packed = source;
  return sv_worker_read (packed->worker, buffer, size, error);
}

/* The worker's first word is waited for, so that a file that is broken from its first byte is
 * refused here and not at the first read. */
static SvStream *
open_packed (const char *path, int fd, GError **error)
{
  g_autoptr (SvWorker) worker = sv_worker_new (path, fd, decode_file, (gpointer)path, error);
  const char *name;
  if (worker == NULL || !sv_worker_next (worker, &name, error)) {
    close (fd);
    return NULL;
  }
  Packed *packed = g_new (Packed, 1);
  *packed = (Packed){g_steal_pointer (&worker), fd};
  return sv_stream_new (path, read_packed, packed, packed_free, SV_LIMIT_DOCUMENT_BYTES);
}

char *
sv_stream_dup_file_sha256 (const SvStream *stream, gint64 *ret_size)
{
  if (stream->read != read_packed)
    return NULL;
  const Packed *packed = stream->source;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *block = g_malloc (BLOCK_BYTES);
  gssize got;
  *ret_size = 0;
  while ((got = TEMP_FAILURE_RETRY (pread (packed->fd, block, BLOCK_BYTES, *ret_size))) > 0) {
    g_checksum_update (checksum, block, got);
    *ret_size += got;
  }
  return got == 0 ? g_strdup (g_checksum_get_string (checksum)) : NULL;
}

SvStream *
sv_stream_open (const char *path, GError **error)
{
  SvStreamHead head;
  g_auto (SvFd) fd = sv_stream_open_fd (path, &head, error);
  if (fd < 0)
    return NULL;
  return sv_stream_is_packed (&head)
             ? open_packed (path, g_steal_fd (&fd), error)
             : sv_stream_decompress (new_file (path, g_steal_fd (&fd), TRUE), error);
}

GBytes *
sv_file_read (const char *path, gsize max_bytes, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_open (path, error);
  return stream != NULL ? sv_stream_read_all (stream, max_bytes, error) : NULL;
}
