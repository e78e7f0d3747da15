#include "base/deflate.h"

#include "base/error.h"

#include <zlib.h>

GBytes *
sv_bytes_deflate (const void *data, gsize size)
{
  uLongf length = compressBound (size);
  guint8 *out = g_malloc (length);
  int result = compress2 (out, &length, data, size, Z_BEST_COMPRESSION);
  g_assert (result == Z_OK); /* there is room by compressBound(), and memory or an abort by GLib */
  return g_bytes_new_take (g_realloc (out, length), length);
}

/* Inflates all of @data into @out, which holds one byte more than may come. */
static int
inflate_all (const void *data, gsize size, GByteArray *out)
{
  z_stream stream = {.next_in = (Bytef *)data, .avail_in = (uInt)size};
  if (inflateInit (&stream) != Z_OK)
    return Z_MEM_ERROR;
  stream.next_out = out->data;
  stream.avail_out = out->len;
  int result = inflate (&stream, Z_FINISH);
  gboolean whole = result == Z_STREAM_END && stream.avail_in == 0;
  g_byte_array_set_size (out, (guint)stream.total_out);
  inflateEnd (&stream);
  return whole || result != Z_STREAM_END ? result : Z_DATA_ERROR;
}

GBytes *
sv_bytes_inflate (const void *data, gsize size, gsize max_bytes, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_byte_array_set_size (out, (guint)(max_bytes + 1));
  int result = inflate_all (data, size, out);
  if (result == Z_STREAM_END && out->len <= max_bytes)
    return g_byte_array_free_to_bytes (g_steal_pointer (&out));
  gboolean full = out->len > max_bytes;
  g_set_error_literal (error, SV_ERROR, full ? SV_ERROR_LIMIT : SV_ERROR_INVALID_DATA,
                       full ? "it expands to more than is allowed" : "compressed data are damaged");
  return NULL;
}
