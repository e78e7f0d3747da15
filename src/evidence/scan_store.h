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
 * Writes the scan and its findings in one transaction: new findings open an interval, findings that
 * are gone close it, a finding that comes back opens it anew. Sets @report->change. Findings that
 * could not be judged keep the interval of what they were.
 */
gboolean sv_scan_save (SvDb *db, const char *host, SvReport *report, GError **error);
