/* What stream.c, decompress.c and documents.c know of each other. */
#pragma once

#include "base/stream.h"
#include "base/worker.h"

enum { SV_STREAM_HEAD_BYTES = 512 };

typedef struct {
  guint8 bytes[SV_STREAM_HEAD_BYTES]; /* the first of a file */
  gsize size;
} SvStreamHead;

/* A regular file open for reading, and how it begins; -1 is an error. */
int sv_stream_open_fd (const char *path, SvStreamHead *ret_head, GError **error);

/* True if sv_stream_decompress() would decompress what begins so. */
gboolean sv_stream_is_packed (const SvStreamHead *head);

/* The whole file behind @fd (borrowed) from its beginning, decompressed in this process. */
SvStream *sv_stream_decode_fd (const char *path, int fd, GError **error);

/* In a worker: the rest of @stream as a document called @name. A stream that fails makes a broken
 * document, which is for the parent to judge; FALSE only if the parent cannot be told. */
gboolean sv_stream_send (SvStream *stream, const char *name, SvWorkerOutput *output,
                         GError **error);
