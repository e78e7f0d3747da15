/* Baselines in the store. */
#pragma once

#include "db/db.h"
#include "inventory/baseline.h"

/* SV_ERROR_NOT_FOUND. */
SvBaseline *sv_baseline_load (SvDb *db, const char *name, GError **error);
/* By name. New array of SvBaseline, not owning. @ret_next: cursor, new, or NULL. */
GPtrArray *sv_baseline_list (SvDb *db, const char *after, gint64 limit, char **ret_next,
                             GError **error);
gboolean sv_baseline_count_all (SvDb *db, gint64 *ret_count, GError **error);
/* Name, services and instants; its parts stay. */
gboolean sv_baseline_save (SvDb *db, const SvBaseline *baseline, GError **error);
/* Its parts and exemptions go with it. SV_ERROR_NOT_FOUND. */
gboolean sv_baseline_delete (SvDb *db, const char *name, GError **error);

/* Replaces what @baseline says of one release; @packages: SvBaselinePackage, of one name the first.
 */
gboolean sv_baseline_save_part (SvDb *db, const char *baseline, const SvBaselinePart *part,
                                const GPtrArray *packages, GError **error);
/* By name. New array of SvBaselinePackage, not owning; NULL without @error: there is no part. */
GPtrArray *sv_baseline_load_packages (SvDb *db, const char *baseline, const char *distro,
                                      GError **error);

/* SV_ERROR_NOT_FOUND: there is no such baseline. */
gboolean sv_baseline_exempt (SvDb *db, const char *baseline, const SvBaselineExemption *exemption,
                             GError **error);
/* All of a baseline, expired ones too, by id. New array of SvBaselineExemption, not owning. */
GPtrArray *sv_baseline_list_exemptions (SvDb *db, const char *baseline, GError **error);
/* SV_ERROR_NOT_FOUND. */
gboolean sv_baseline_end_exemption (SvDb *db, const char *baseline, const char *id, GError **error);

/* The baseline of the system that a host belongs to: new string, NULL without @error if it has
 * none.
 */
char *sv_baseline_find_of_host (SvDb *db, const char *host, GError **error);
