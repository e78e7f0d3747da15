/* Bytes from somewhere, in order, decompressed on the way, never more than the limits allow. */
#pragma once

#include <glib.h>

typedef struct SvStream SvStream;

/* A source of bytes: fills at most @size of @buffer; 0 is the end, -1 an error. */
typedef gssize (*SvStreamRead) (gpointer source, void *buffer, gsize size, GError **error);

/**
 * sv_stream_new:
 * @name: what error messages call it (a path, a URL); copied
 * @read: called for more bytes
 * @source: given to @read; owned by the stream if @free_source is set
 *
 * Wraps any source of bytes. @max_bytes limits what can be read in all: reading more is
 * SV_ERROR_LIMIT.
 */
SvStream *sv_stream_new (const char *name, SvStreamRead read, gpointer source,
                         GDestroyNotify free_source, guint64 max_bytes);

/* @data is borrowed and must outlive the stream. */
SvStream *sv_stream_new_memory (const char *name, const void *data, gsize size);

/**
 * sv_stream_open:
 * @path: a regular file; gzip, bzip2, xz, lzma, zstd and lz4 are recognised by content and
 *        decompressed, everything else is given as it is
 *
 * Stops with SV_ERROR_LIMIT past SV_LIMIT_DOCUMENT_BYTES or SV_LIMIT_EXPANSION_RATIO, with
 * SV_ERROR_INVALID_DATA at a truncated or corrupt stream, so a caller never takes half a file for
 * a whole one. Errors: also SV_ERROR_NOT_FOUND, SV_ERROR_DENIED.
 *
 * What is compressed is decoded in a worker (base/worker.h), whatever it is and whoever signed it:
 * the signature of most files is checked on the decoded bytes. A worker costs about 0.6 ms a file
 * and a tenth of the time of reading JSON; apt's three lists of a host cost a scan 20 ms.
 */
SvStream *sv_stream_open (const char *path, GError **error);

/* The same over bytes already in memory (borrowed) and over another stream (owned, on error too).
 * One level only: what comes out of a decompressor is never decompressed again. */
SvStream *sv_stream_open_memory (const char *name, const void *data, gsize size, GError **error);
SvStream *sv_stream_decompress (SvStream *inner, GError **error);

void sv_stream_free (SvStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvStream, sv_stream_free)

const char *sv_stream_get_name (const SvStream *stream);

/* Changes how many bytes can be read in all. */
void sv_stream_set_max_bytes (SvStream *stream, guint64 max_bytes);

/* Bytes given out so far. */
guint64 sv_stream_get_offset (const SvStream *stream);

/* From now on every byte given out also updates @checksum, which is borrowed. */
void sv_stream_set_checksum (SvStream *stream, GChecksum *checksum);

/**
 * sv_stream_dup_file_sha256:
 * @ret_size: (out): bytes of the file
 *
 * New string: digest of the compressed bytes on disk that @stream decodes, of that very file even
 * if another one has taken its name since. NULL if it decodes none, or cannot be read.
 */
char *sv_stream_dup_file_sha256 (const SvStream *stream, gint64 *ret_size);

/* At most @size bytes; 0 is the end, -1 an error. Short reads are not the end. */
gssize sv_stream_read (SvStream *stream, void *buffer, gsize size, GError **error);

/* Everything that is left, with a NUL behind it; SV_ERROR_LIMIT past @max_bytes. */
GBytes *sv_stream_read_all (SvStream *stream, gsize max_bytes, GError **error);
/* The same as a text to be cut in place. NUL bytes in it are given too: @ret_size tells. */
char *sv_stream_read_text (SvStream *stream, gsize max_bytes, gsize *ret_size, GError **error);

/* Reads to the end and throws the bytes away (to finish a checksum or check an archive). */
gboolean sv_stream_drain (SvStream *stream, GError **error);

/* A whole file, decompressed, with a NUL behind it. */
GBytes *sv_file_read (const char *path, gsize max_bytes, GError **error);

/* SV_ERROR_LIMIT if @out_bytes made of @in_bytes is more than SV_LIMIT_EXPANSION_RATIO allows. */
gboolean sv_stream_check_expansion (const char *name, guint64 in_bytes, guint64 out_bytes,
                                    GError **error);
