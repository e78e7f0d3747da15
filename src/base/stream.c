#include "base/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
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
  char *path;
} File;

static void
file_free (gpointer source)
{
  File *file = source;
  if (file->fd >= 0)
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

/* Opens without waiting, so that a FIFO in the place of a file cannot hold the caller. */
static SvStream *
open_raw (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) {
    sv_error_set_errno (error, errno, "open", path);
    return NULL;
  }
  File *file = g_new (File, 1);
  *file = (File){.fd = fd, .path = g_strdup (path)};
  g_autoptr (SvStream) stream =
      sv_stream_new (path, read_file, file, file_free, SV_LIMIT_FEED_BYTES);
  struct stat info;
  if (fstat (fd, &info) < 0) {
    sv_error_set_errno (error, errno, "open", path);
    return NULL;
  }
  if (!S_ISREG (info.st_mode)) {
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%s' is not a regular file", path);
    return NULL;
  }
  return g_steal_pointer (&stream);
}

SvStream *
sv_stream_open (const char *path, GError **error)
{
  SvStream *raw = open_raw (path, error);
  return raw != NULL ? sv_stream_decompress (raw, error) : NULL;
}

GBytes *
sv_file_read (const char *path, gsize max_bytes, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_open (path, error);
  return stream != NULL ? sv_stream_read_all (stream, max_bytes, error) : NULL;
}
