/* What was true of parts, since when and until when, in the store. */
#pragma once

#include "exposure/history.h"

#include "db/db.h"

/* What is true of one part now. */
typedef struct {
  const char *vulnerability;
  gboolean fixable; /* a fixed version is named */
} SvPartTruth;

/**
 * sv_part_flaw_record:
 * @truths: (element-type SvPartTruth): all that is true of @part now
 *
 * Inside a transaction: what is new opens an interval, what is no longer true closes its own; what
 * is recorded already stays. So it may be said again, also by another server.
 */
gboolean sv_part_flaw_record (SvDb *db, const char *part, const GArray *truths, gint64 now_us,
                              GError **error);

/* New set of strings: parts of which something is recorded as true now. */
GHashTable *sv_part_flaw_list_open (SvDb *db, GError **error);

/* What is known of parts, each read when it is first asked for. @db is borrowed. */
typedef struct SvPartFlaws SvPartFlaws;
SvPartFlaws *sv_part_flaws_new (SvDb *db);
void sv_part_flaws_free (SvPartFlaws *flaws);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvPartFlaws, sv_part_flaws_free)

/* A SvPartSpansFunc; @data: SvPartFlaws. */
const GPtrArray *sv_part_flaws_get (gpointer data, const char *part, GError **error);
