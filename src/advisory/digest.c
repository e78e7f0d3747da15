#include "advisory/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static gboolean
digest_file (const char *path, GChecksum *checksum, GError **error)
{
  guchar buffer[64 * 1024];
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return sv_error_set_errno (error, errno, "open", path);
  ssize_t n;
  while ((n = read (fd, buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR))
    if (n > 0)
      g_checksum_update (checksum, buffer, n);
  int cause = errno;
  close (fd);
  return n == 0 || sv_error_set_errno (error, cause, "read", path);
}

/* Names and lengths are part of it, so that no two sets of documents look alike. */
static gboolean
digest_document (const char *name, SvStream *content, gpointer checksum, GError **error)
{
  g_checksum_update (checksum, (const guchar *)name, (gssize)strlen (name) + 1);
  guint64 begin = sv_stream_get_offset (content);
  sv_stream_set_checksum (content, checksum);
  if (!sv_stream_drain (content, error))
    return FALSE;
  guint64 size = GUINT64_TO_BE (sv_stream_get_offset (content) - begin);
  g_checksum_update (checksum, (const guchar *)&size, sizeof size);
  return TRUE;
}

char *
sv_digest_path (const char *path, const char *suffix, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gboolean done = g_file_test (path, G_FILE_TEST_IS_DIR)
                      ? sv_documents_foreach (path, suffix, digest_document, checksum, error)
                      : digest_file (path, checksum, error);
  return done ? g_strdup (g_checksum_get_string (checksum)) : NULL;
}
