/* The words of JSON: white space, strings, numbers, literals, over a stream read in blocks. Private
 * to the reader. */
#pragma once

#include "base/stream.h"

typedef struct {
  SvStream *stream; /* borrowed */
  guint8 *buffer;
  const guint8 *at; /* the next byte */
  const guint8 *end;
  guint64 before;  /* bytes of the document in front of the buffer */
  guint64 line;    /* from 1 */
  gsize max_bytes; /* of one string or number */
  GError *failure; /* code and bare reason; the reader adds where */
} SvJsonScan;

void sv_json_scan_init (SvJsonScan *scan, SvStream *stream);
void sv_json_scan_clear (SvJsonScan *scan);

/* Bytes of the document in front of the next one. */
guint64 sv_json_scan_get_offset (const SvJsonScan *scan);

/* Sets the failure, if none is set. Always FALSE. */
gboolean sv_json_scan_fail (SvJsonScan *scan, int code, const char *reason);

/* FALSE at the end and at a failure of the stream. */
gboolean sv_json_scan_fill (SvJsonScan *scan);

/* The next byte, not taken; -1 where there is none. */
static inline int
sv_json_scan_look (SvJsonScan *scan)
{
  return scan->at < scan->end || sv_json_scan_fill (scan) ? *scan->at : -1;
}

/* The same behind white space, which is taken. */
int sv_json_scan_look_far (SvJsonScan *scan);

/* Each takes one word, whose first byte is next, and appends its text (unescaped, without quotes).
 * @text of a string may be NULL, where only validity counts; that of a number must be empty. FALSE:
 * the failure is set. */
gboolean sv_json_scan_string (SvJsonScan *scan, GString *text);
gboolean sv_json_scan_number (SvJsonScan *scan, GString *text);
gboolean sv_json_scan_literal (SvJsonScan *scan, const char *word);
