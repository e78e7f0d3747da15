/* Whatever claims to be compressed or an archive: it is read to its end or refused, within the
 * limits, and twice the same. */
#include "base/base.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

enum { MAX_BYTES = 4 << 20 };

static char *
digest (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (SvStream) stream = sv_stream_open_memory ("fuzz", data, size, &error);
  gboolean good = stream != NULL;
  if (good) {
    sv_stream_set_max_bytes (stream, MAX_BYTES);
    sv_stream_set_checksum (stream, checksum);
    good = sv_stream_drain (stream, &error);
    g_assert (sv_stream_get_offset (stream) <= MAX_BYTES);
  }
  g_assert (good == (error == NULL));
  return g_strdup (good ? g_checksum_get_string (checksum) : error->message);
}

static gboolean
drain_document (const char *name, SvStream *content, gpointer user_data, GError **error)
{
  g_assert (g_utf8_validate (name, -1, NULL));
  g_assert (name[0] != '/' && !g_str_has_prefix (name, "../"));
  sv_stream_set_max_bytes (content, MAX_BYTES);
  return sv_stream_drain (content, error);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *first = digest (data, size);
  g_autofree char *second = digest (data, size);
  g_assert (g_str_equal (first, second));

  g_autoptr (GError) error = NULL;
  g_autoptr (SvStream) archive = sv_stream_new_memory ("archive", data, size);
  gboolean good = sv_documents_foreach_stream (archive, NULL, drain_document, NULL, &error);
  g_assert (good == (error == NULL));
  return 0;
}
