/* The history of scans: when each finding was first seen, last seen, and resolved. */
#pragma once

#include "db/db.h"
#include "evidence/report.h"

/**
 * sv_scan_load_known:
 * @ret_known: (out): vulnerability -> gint64 *, since when it is known on @host and not resolved
 */
gboolean sv_scan_load_known (SvDb *db, const char *host, GHashTable **ret_known, GError **error);

/**
 * sv_scan_save:
 *
 * Writes the scan and its findings in one transaction, and sets @report->change. New findings open
 * an interval; one that comes back opens another beside the old one. Gone findings are resolved as
 * of this scan; but while a source was not consulted, only those whose package is no longer
 * installed in that version: silence is no news then. Findings that could not be judged keep the
 * interval of what they were. A scan as of before the last one that is kept is not written.
 */
gboolean sv_scan_save (SvDb *db, const char *host, const SvInventory *inventory, SvReport *report,
                       GError **error);
