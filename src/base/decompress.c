/* Decompressors behind sv_stream_decompress(). gzip goes through zlib because libarchive does not
 * check its CRC; xz and lzma go through liblzma because libarchive sets no memory limit. */
#include "base/stream_private.h"

#include <archive.h>
#include <archive_entry.h>
#include <lzma.h>
#include <string.h>
#include <zlib.h>

#include "base/error.h"
#include "base/limits.h"

enum { BLOCK_BYTES = 64 * 1024, HEAD_BYTES = 16, GZIP_WINDOW_BITS = 15 + 16 };

typedef struct Decoder Decoder;

typedef struct {
  const char *name;
  gboolean (*matches) (const guint8 *head, gsize size);
  gboolean (*open) (Decoder *decoder, GError **error);
  gssize (*read) (Decoder *decoder, void *buffer, gsize size, GError **error);
  void (*close) (Decoder *decoder);
  int filter; /* of libarchive, if it is the one that decodes */
} Codec;

struct Decoder {
  SvStream *inner;
  const Codec *codec;
  guint8 *block;
  const guint8 *ahead; /* in block: read to recognise the codec and not yet given on */
  gsize ahead_size;
  gboolean input_ended;  /* inner has no more bytes */
  gboolean output_ended; /* and the codec agrees that this is the end */
  gboolean in_member;    /* gzip: between header and trailer */
  guint64 out_bytes;
  GError *failure; /* what inner said while libarchive was asking */
  z_stream gzip;
  lzma_stream xz;
  struct archive *archive;
};

gboolean
sv_stream_check_expansion (const char *name, guint64 in_bytes, guint64 out_bytes, GError **error)
{
  if (out_bytes <= SV_LIMIT_EXPANSION_FREE_BYTES ||
      out_bytes / SV_LIMIT_EXPANSION_RATIO <= in_bytes)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_LIMIT,
               "'%s' expands to more than %d times its size: refused as a decompression bomb", name,
               SV_LIMIT_EXPANSION_RATIO);
  return FALSE;
}

static gboolean
refuse (const Decoder *decoder, SvError code, const char *reason, GError **error)
{
  g_set_error (error, SV_ERROR, (int)code, "'%s' cannot be decompressed as %s: %s",
               sv_stream_get_name (decoder->inner), decoder->codec->name, reason);
  return FALSE;
}

/* The next compressed bytes, lent until the next call; 0 at their end. */
static gssize
next_block (Decoder *decoder, const guint8 **ret_block, GError **error)
{
  gssize got = (gssize)decoder->ahead_size;
  decoder->ahead_size = 0;
  if (got == 0 && !decoder->input_ended)
    got = sv_stream_read (decoder->inner, decoder->block, BLOCK_BYTES, error);
  decoder->input_ended = got == 0;
  *ret_block = decoder->block;
  return got;
}

static gboolean
gzip_open (Decoder *decoder, GError **error)
{
  if (inflateInit2 (&decoder->gzip, GZIP_WINDOW_BITS) != Z_OK)
    return refuse (decoder, SV_ERROR_FAILED, "out of memory", error);
  decoder->in_member = TRUE;
  return TRUE;
}

static void
gzip_close (Decoder *decoder)
{
  inflateEnd (&decoder->gzip);
}

/* A gzip file is one member or several; it may end only between two. */
static gboolean
gzip_step (Decoder *decoder, GError **error)
{
  z_stream *gzip = &decoder->gzip;
  if (gzip->avail_in == 0) {
    const guint8 *block;
    gssize got = next_block (decoder, &block, error);
    if (got == 0 && decoder->in_member)
      return refuse (decoder, SV_ERROR_INVALID_DATA, "it is truncated", error);
    decoder->output_ended = got == 0;
    if (got <= 0)
      return got == 0;
    gzip->next_in = (guint8 *)block;
    gzip->avail_in = (uInt)got;
  }
  int status = inflate (gzip, Z_NO_FLUSH);
  decoder->in_member = status != Z_STREAM_END;
  if (status == Z_STREAM_END)
    status = inflateReset (gzip);
  if (status != Z_OK && status != Z_BUF_ERROR)
    return refuse (decoder, SV_ERROR_INVALID_DATA, gzip->msg ? gzip->msg : "corrupt data", error);
  return TRUE;
}

static gssize
gzip_read (Decoder *decoder, void *buffer, gsize size, GError **error)
{
  z_stream *gzip = &decoder->gzip;
  uInt room = (uInt)MIN (size, G_MAXINT);
  gzip->next_out = buffer;
  gzip->avail_out = room;
  while (gzip->avail_out == room && !decoder->output_ended)
    if (!gzip_step (decoder, error))
      return -1;
  return room - gzip->avail_out;
}

static gboolean
xz_refuse (Decoder *decoder, lzma_ret status, GError **error)
{
  switch ((guint)status) {
  case LZMA_MEMLIMIT_ERROR:
    return refuse (decoder, SV_ERROR_LIMIT, "its dictionary is too large", error);
  case LZMA_MEM_ERROR:
    return refuse (decoder, SV_ERROR_FAILED, "out of memory", error);
  case LZMA_OPTIONS_ERROR:
  case LZMA_UNSUPPORTED_CHECK:
    return refuse (decoder, SV_ERROR_UNSUPPORTED, "it uses an unknown option", error);
  case LZMA_BUF_ERROR:
    return refuse (decoder, SV_ERROR_INVALID_DATA, "it is truncated", error);
  default:
    return refuse (decoder, SV_ERROR_INVALID_DATA, "corrupt data", error);
  }
}

static gboolean
xz_open (Decoder *decoder, GError **error)
{
  lzma_ret status = lzma_stream_decoder (&decoder->xz, SV_LIMIT_DECODER_BYTES,
                                         LZMA_CONCATENATED | LZMA_TELL_UNSUPPORTED_CHECK);
  return status == LZMA_OK || xz_refuse (decoder, status, error);
}

static gboolean
lzma_open (Decoder *decoder, GError **error)
{
  lzma_ret status = lzma_alone_decoder (&decoder->xz, SV_LIMIT_DECODER_BYTES);
  return status == LZMA_OK || xz_refuse (decoder, status, error);
}

static void
xz_close (Decoder *decoder)
{
  lzma_end (&decoder->xz);
}

/* The lzma format does not look behind its own end: we do. */
static gboolean
xz_end (Decoder *decoder, GError **error)
{
  const guint8 *block;
  gssize got = (gssize)decoder->xz.avail_in;
  if (got == 0)
    got = next_block (decoder, &block, error);
  if (got > 0)
    return refuse (decoder, SV_ERROR_INVALID_DATA, "there are bytes behind its end", error);
  decoder->output_ended = TRUE;
  return got == 0;
}

static gboolean
xz_step (Decoder *decoder, GError **error)
{
  lzma_stream *xz = &decoder->xz;
  if (xz->avail_in == 0 && !decoder->input_ended) {
    gssize got = next_block (decoder, &xz->next_in, error);
    if (got < 0)
      return FALSE;
    xz->avail_in = (gsize)got;
  }
  lzma_ret status = lzma_code (xz, decoder->input_ended ? LZMA_FINISH : LZMA_RUN);
  if (status == LZMA_STREAM_END)
    return xz_end (decoder, error);
  return status == LZMA_OK || xz_refuse (decoder, status, error);
}

static gssize
xz_read (Decoder *decoder, void *buffer, gsize size, GError **error)
{
  lzma_stream *xz = &decoder->xz;
  xz->next_out = buffer;
  xz->avail_out = size;
  while (xz->avail_out == size && !decoder->output_ended)
    if (!xz_step (decoder, error))
      return -1;
  return (gssize)(size - xz->avail_out);
}

static la_ssize_t
give_archive (struct archive *archive, void *data, const void **ret_block)
{
  Decoder *decoder = data;
  const guint8 *block = NULL;
  gssize got = next_block (decoder, &block, decoder->failure ? NULL : &decoder->failure);
  *ret_block = block;
  return got < 0 ? ARCHIVE_FATAL : got;
}

static gboolean
archive_refuse (Decoder *decoder, GError **error)
{
  if (decoder->failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&decoder->failure));
    return FALSE;
  }
  const char *reason = archive_error_string (decoder->archive);
  return refuse (decoder, SV_ERROR_INVALID_DATA, reason ? reason : "corrupt data", error);
}

/* The end counts only if the filter took every byte: libarchive passes in silence over whatever it
 * does not recognise behind a frame, be it garbage or the stump of a further frame. */
static gboolean
archive_end (Decoder *decoder, GError **error)
{
  const guint8 *block;
  gssize got = next_block (decoder, &block, error);
  if (got < 0)
    return FALSE;
  guint64 taken = (guint64)archive_filter_bytes (decoder->archive, -1);
  decoder->output_ended = got == 0 && taken == sv_stream_get_offset (decoder->inner);
  return decoder->output_ended ||
         refuse (decoder, SV_ERROR_INVALID_DATA, "it is truncated, or garbage follows", error);
}

/* The filter is named, not left to libarchive's bidding: that would open nested levels too. A
 * filter that fails on its first bytes looks like an empty file to libarchive, but for the error it
 * set while opening. */
static gboolean
archive_start (Decoder *decoder, GError **error)
{
  struct archive *archive = decoder->archive = archive_read_new ();
  struct archive_entry *entry;
  if (archive_read_support_format_raw (archive) != ARCHIVE_OK ||
      archive_read_support_format_empty (archive) != ARCHIVE_OK ||
      archive_read_append_filter (archive, decoder->codec->filter) != ARCHIVE_OK ||
      archive_read_open (archive, decoder, NULL, give_archive, NULL) != ARCHIVE_OK ||
      archive_errno (archive) != 0)
    return archive_refuse (decoder, error);

  int status = archive_read_next_header (archive, &entry);
  if (status == ARCHIVE_EOF)
    return archive_end (decoder, error);
  return status == ARCHIVE_OK || archive_refuse (decoder, error);
}

static gssize
archive_read (Decoder *decoder, void *buffer, gsize size, GError **error)
{
  if (decoder->output_ended)
    return 0;
  gssize got = archive_read_data (decoder->archive, buffer, size);
  gboolean good =
      got > 0 || (got == 0 ? archive_end (decoder, error) : archive_refuse (decoder, error));
  return good ? got : -1;
}

static void
archive_close (Decoder *decoder)
{
  archive_read_free (decoder->archive);
}

/* Also true for the first bytes of a file cut inside its magic, which is then refused as truncated
 * instead of passing for plain data. No text begins with two bytes of any of these. */
static gboolean
begins (const guint8 *head, gsize size, const char *magic, gsize magic_size)
{
  return size >= 2 && memcmp (head, magic, MIN (size, magic_size)) == 0;
}

static gboolean
is_gzip (const guint8 *head, gsize size)
{
  return begins (head, size, "\x1f\x8b\x08", 3);
}

static gboolean
is_xz (const guint8 *head, gsize size)
{
  return begins (head, size,
                 "\xfd"
                 "7zXZ",
                 6);
}

/* A first frame may be a skippable one (0x184D2A50 to 0x184D2A5F). */
static gboolean
is_zstd (const guint8 *head, gsize size)
{
  return begins (head, size, "\x28\xb5\x2f\xfd", 4) ||
         (size >= 4 && (head[0] & 0xf0) == 0x50 && memcmp (head + 1, "\x2a\x4d\x18", 3) == 0);
}

static gboolean
is_lz4 (const guint8 *head, gsize size)
{
  return begins (head, size, "\x04\x22\x4d\x18", 4) || begins (head, size, "\x02\x21\x4c\x18", 4);
}

static gboolean
is_bzip2 (const guint8 *head, gsize size)
{
  return size >= 10 && memcmp (head, "BZh", 3) == 0 && head[3] >= '1' && head[3] <= '9' &&
         (memcmp (head + 4, "1AY&SY", 6) == 0 ||
          memcmp (head + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
}

/* lzma has no magic: the usual properties byte, a dictionary of 2^n or 2^n + 2^(n-1) bytes, and an
 * unknown or believable size. */
static gboolean
is_lzma (const guint8 *head, gsize size)
{
  if (size < 13 || head[0] != 0x5d)
    return FALSE;
  guint32 dictionary;
  guint64 length;
  memcpy (&dictionary, head + 1, sizeof dictionary);
  memcpy (&length, head + 5, sizeof length);
  dictionary = GUINT32_FROM_LE (dictionary);
  length = GUINT64_FROM_LE (length);
  guint32 low = dictionary & -dictionary;
  gboolean plausible = dictionary == G_MAXUINT32 || dictionary == low || dictionary == 3 * low;
  return plausible && dictionary >= 4096 && (length == G_MAXUINT64 || length >> 38 == 0);
}

static const Codec codecs[] = {
    {"gzip", is_gzip, gzip_open, gzip_read, gzip_close},
    {"xz", is_xz, xz_open, xz_read, xz_close},
    {"zstd", is_zstd, archive_start, archive_read, archive_close, ARCHIVE_FILTER_ZSTD},
    {"bzip2", is_bzip2, archive_start, archive_read, archive_close, ARCHIVE_FILTER_BZIP2},
    {"lz4", is_lz4, archive_start, archive_read, archive_close, ARCHIVE_FILTER_LZ4},
    {"lzma", is_lzma, lzma_open, xz_read, xz_close},
};

static const Codec *
find_codec (const guint8 *head, gsize size)
{
  for (gsize i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (codecs[i].matches (head, size))
      return &codecs[i];
  return NULL;
}

gboolean
sv_stream_is_packed (const SvStreamHead *head)
{
  return find_codec (head->bytes, head->size) != NULL;
}

static gssize
read_plain (Decoder *decoder, void *buffer, gsize size, GError **error)
{
  if (decoder->ahead_size == 0)
    return sv_stream_read (decoder->inner, buffer, size, error);
  gsize n = MIN (size, decoder->ahead_size);
  memcpy (buffer, decoder->ahead, n);
  decoder->ahead += n;
  decoder->ahead_size -= n;
  return (gssize)n;
}

static gssize
decoder_read (gpointer source, void *buffer, gsize size, GError **error)
{
  Decoder *decoder = source;
  if (decoder->codec == NULL)
    return read_plain (decoder, buffer, size, error);
  gssize got = decoder->codec->read (decoder, buffer, size, error);
  if (got < 0)
    return -1;
  decoder->out_bytes += (guint64)got;
  gboolean fair =
      sv_stream_check_expansion (sv_stream_get_name (decoder->inner),
                                 sv_stream_get_offset (decoder->inner), decoder->out_bytes, error);
  return fair ? got : -1;
}

static void
decoder_free (Decoder *decoder)
{
  if (decoder->codec != NULL)
    decoder->codec->close (decoder);
  sv_stream_free (decoder->inner);
  g_clear_error (&decoder->failure);
  g_free (decoder->block);
  g_free (decoder);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Decoder, decoder_free)

/* Reads as much as recognition wants, across short reads of the inner stream. */
static gboolean
read_head (Decoder *decoder, GError **error)
{
  gssize got;
  do {
    got = sv_stream_read (decoder->inner, decoder->block + decoder->ahead_size,
                          BLOCK_BYTES - decoder->ahead_size, error);
    decoder->ahead_size += (gsize)MAX (got, 0);
  } while (got > 0 && decoder->ahead_size < HEAD_BYTES);
  return got >= 0;
}

SvStream *
sv_stream_decompress (SvStream *inner, GError **error)
{
  g_autoptr (Decoder) decoder = g_new0 (Decoder, 1);
  decoder->inner = inner;
  decoder->ahead = decoder->block = g_malloc (BLOCK_BYTES);
  if (!read_head (decoder, error))
    return NULL;
  decoder->codec = find_codec (decoder->block, decoder->ahead_size);
  if (decoder->codec != NULL && !decoder->codec->open (decoder, error))
    return NULL;
  return sv_stream_new (sv_stream_get_name (inner), decoder_read, g_steal_pointer (&decoder),
                        (GDestroyNotify)decoder_free, SV_LIMIT_DOCUMENT_BYTES);
}
