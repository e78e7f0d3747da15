/* One OSV document as it is written, before anything is concluded from it. Private to this room. */
#pragma once

#include "advisory/feed_reader.h"
#include "advisory/osv_range.h"

/* A binary package of SUSE's records, with the version that fixes it. */
typedef struct {
  char *name;
  char *version;
} SvOsvBinary;

/* One package that the record speaks of. */
typedef struct {
  char *ecosystem; /* may be NULL, like the name */
  char *name;
  char *purl;
  GPtrArray *ranges;   /* of GPtrArray of SvOsvEvent; those of source control are left out */
  GPtrArray *versions; /* SvOsvEvent */
  GPtrArray *binaries; /* SvOsvBinary */
  GPtrArray *cves;     /* those of the record that concern this release; empty: all */
  char *availability;  /* who may have the update */
  char *urgency;
} SvOsvAffected;

typedef struct {
  const SvFeedInput *input; /* borrowed */
  char *id;                 /* never NULL */
  char *summary;
  char *urgency;
  char *url;
  gint64 published_at_us, modified_at_us, withdrawn_at_us;
  GPtrArray *aliases, *upstream, *related; /* strings */
  GPtrArray *affected;                     /* SvOsvAffected */
  GHashTable *said; /* binaries that have their statement: SUSE repeats them in every package */
} SvOsvRecord;

void sv_osv_record_clear (SvOsvRecord *record);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvOsvRecord, sv_osv_record_clear)

/* @record must be zeroed; clear it on error too. SV_ERROR_INVALID_DATA for what is no OSV record.
 */
gboolean sv_osv_record_read (const SvFeedInput *input, SvOsvRecord *record, GError **error);
