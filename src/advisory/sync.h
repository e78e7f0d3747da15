/* Bringing feeds up to date: fetch, check, import; one that fails holds up no other. */
#pragma once

#include "advisory/feed_import_store.h"

typedef enum {
  SV_SYNC_UPDATED,   /* new content is in force */
  SV_SYNC_UNCHANGED, /* what is in force is the newest */
  SV_SYNC_FAILED,    /* what was in force stays */
  SV_N_SYNC_OUTCOMES
} SvSyncOutcome;
extern const char *const sv_sync_outcome_names[];

/* How one feed did. */
typedef struct {
  char *feed;
  gint outcome; /* SvSyncOutcome */
  gint64 bytes; /* fetched */
  gint64 records;
  gint64 skipped;
  char *detail; /* the error, or what is worth knowing; may be NULL */
} SvSyncRow;
extern const SvRecordType sv_sync_row_type;

typedef struct {
  const char *cache_dir; /* where fetched files lie; made if it is not there */
  gint64 now_us;
  gboolean all;            /* those that are not due as well */
  gboolean force;          /* import what has not changed, or lost most of its records, too */
  const char *const *only; /* (nullable) NULL-terminated ids */
  const char *proxy;       /* as in SvFetchRequest */
  const char *ca_file;     /* likewise */
  gboolean allow_http;     /* as in SvFetchRequest: for sources on one's own network */
  gboolean allow_private;
  guint timeout_ms; /* of one download; 0: SV_LIMIT_FETCH_MS */
  /* (nullable) before each feed: how many are done of how many */
  void (*progress) (gpointer user_data, const char *feed, guint done, guint total);
  gpointer user_data;
} SvSyncOptions;

/**
 * sv_sync:
 * @ret_rows: (out) (element-type SvSyncRow): one for each feed that was tried, set on
 *            SV_ERROR_PARTIAL as well; free with g_ptr_array_unref()
 *
 * A feed with a keyring is imported only under a good detached signature by one of its keys; one
 * that does not hold fails the feed (SV_ERROR_UNTRUSTED in its row), and what was in force stays.
 * Errors: SV_ERROR_PARTIAL if some feeds failed (their rows in the register say why),
 * SV_ERROR_UNREACHABLE if all that were tried could not be reached, SV_ERROR_NOT_FOUND for an id in
 * @only that is not registered, those of the store.
 */
gboolean sv_sync (SvDb *db, const SvSyncOptions *options, GPtrArray **ret_rows, GError **error);
