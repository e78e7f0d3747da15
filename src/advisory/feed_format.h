/* The formats in which feeds come, one row each, and the one way to read a feed. */
#pragma once

#include "advisory/feed_reader.h"

typedef struct {
  const char *name;   /* "osv" */
  SvFeedRead read;    /* one document */
  const char *suffix; /* of the documents in a directory or archive; NULL: every one */
  /* A document is one record: a broken one is skipped like a broken record. Otherwise it is a
   * whole feed, and half of it is worth nothing. */
  gboolean document_is_record;
  const char *doc;
} SvFeedFormat;

extern const SvFeedFormat sv_feed_formats[];
extern const gsize sv_n_feed_formats;

/* NULL if there is none of that name. */
const SvFeedFormat *sv_feed_format_find (const char *name);

typedef struct {
  guint64 records[SV_N_FEED_RECORDS]; /* given to the sink, by kind */
  guint64 documents;
  guint64 bytes;   /* after decompression */
  guint64 skipped; /* bad records */
  guint64 passed;  /* well-formed, of no use here: another ecosystem or release */
} SvFeedCounts;

guint64 sv_feed_counts_total (const SvFeedCounts *counts);

/**
 * sv_feed_read:
 * @sink: gets records whose strings are valid UTF-8 within the limits of their descriptors, and of
 *        the wanted releases only
 * @ret_counts: (out): set on error as well, for what was read up to there
 *
 * Reads a whole feed. Errors: SV_ERROR_INVALID_DATA for a feed that breaks its format or holds no
 * record at all (an empty feed is an alarm, never "nothing to fix"), SV_ERROR_LIMIT past
 * SV_LIMIT_FEED_SKIPPED bad records. Source: promises S39, S40; pitfall 107.
 */
gboolean sv_feed_read (const SvFeedFormat *format, const SvFeedOptions *options,
                       const SvFeedSink *sink, SvFeedCounts *ret_counts, GError **error);

/* The same for a feed that is one document, from a stream (borrowed). */
gboolean sv_feed_read_document (const SvFeedFormat *format, SvStream *content,
                                const SvFeedSink *sink, SvFeedCounts *ret_counts, GError **error);
