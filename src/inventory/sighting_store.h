/* What other sources see of computers, in the store. */
#pragma once

#include "db/db.h"
#include "inventory/cross_check.h"

/* One source, as it was last replaced. */
typedef struct {
  char *source;
  gint kind; /* SvSightingKind */
  gint64 at_us;
  gint64 sightings;
  gint64 passed_over; /* records that name no computer, or could not be read */
} SvSightingSource;
extern const SvRecordType sv_sighting_source_type;
void sv_sighting_source_free (SvSightingSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvSightingSource, sv_sighting_source_free)

/* Replaces all that @source saw before. Must run inside a transaction. */
gboolean sv_sighting_replace (SvDb *db, const SvSightingSource *source,
                              const SvSightings *sightings, GError **error);
/* SV_ERROR_NOT_FOUND. */
gboolean sv_sighting_delete (SvDb *db, const char *source, GError **error);
/* By name. New array of SvSightingSource, not owning. */
GPtrArray *sv_sighting_list_sources (SvDb *db, GError **error);

/* New array of SvSeen, not owning; @kind of SvSightingKind, -1: of every kind. */
GPtrArray *sv_sighting_list_seen (SvDb *db, gint kind, GError **error);
/* New array of SvKnownHost, not owning: all that ever reported. */
GPtrArray *sv_sighting_list_hosts (SvDb *db, GError **error);
/* New array of SvComputerNote, not owning. */
GPtrArray *sv_sighting_list_notes (SvDb *db, GError **error);

/* Without owner and note there is none any more. */
gboolean sv_sighting_save_note (SvDb *db, const SvComputerNote *note, gint64 now_us,
                                GError **error);
