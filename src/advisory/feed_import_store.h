/* From a file into the store: whole or not at all. */
#pragma once

#include "advisory/feed_store.h"

typedef struct {
  const char *feed; /* id in the register */
  const char *path; /* file, directory or archive */
  gint64 now_us;
  gboolean force;        /* take it even if it is the same, or has lost most of its records */
  const char *sha256;    /* (nullable) what the file's digest must be */
  gint64 modified_at_us; /* date of the content if it does not say it itself; 0: the file's time */
  gint authenticity;     /* SvAuthenticity: what is known of where the file came from, and … */
  const char *authenticity_detail; /* … how that is known; NULL: imported by hand, not verified */
} SvFeedImport;

typedef struct {
  gboolean unchanged; /* the same content was in force already: nothing was written (trap 105) */
  SvFeedCounts counts;
  guint64 previous; /* records in force before */
  gint64 content_at_us;
  GPtrArray *examples; /* strings: the first bad records, "where: why" */
  GPtrArray *frozen;   /* strings: releases that the feed no longer speaks of; what it last said
                          of them is kept (trap 102) */
} SvFeedResult;

void sv_feed_result_clear (SvFeedResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvFeedResult, sv_feed_result_clear)

/**
 * sv_feed_import:
 * @ret_result: (out): set on error too, for what was read up to there; clear it
 *
 * Reads a feed into the store in one transaction. On any error the last good content stays in
 * force and the feed's row says why. Errors: those of sv_feed_read(), SV_ERROR_NOT_FOUND (no such
 * feed), SV_ERROR_UNTRUSTED (another digest), SV_ERROR_INVALID_DATA also for a feed that is empty
 * or has less than half of its former records (unless forced), those of the store.
 * Source: promise S39; pitfalls 102, 103, 105, 107.
 */
gboolean sv_feed_import (SvDb *db, const SvFeedImport *asked, SvFeedResult *ret_result,
                         GError **error);
