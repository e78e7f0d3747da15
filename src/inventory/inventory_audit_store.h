/* Inventory audits in the store. */
#pragma once

#include "db/db.h"
#include "inventory/inventory_audit.h"

/* For WHERE on host: those that at least the last :silent_audits audits found absent, and that did
 * not report since; 0: any. They are offered to be retired. */
#define SV_HOST_IS_SILENT                                                                          \
  "(CAST (:silent_audits AS BIGINT) = 0 OR (audited < 0"                                           \
  " AND audited + (SELECT MAX (id) FROM inventory_audit) + 1 >= :silent_audits"                    \
  " AND last_seen_us < (SELECT MAX (at_us) FROM inventory_audit)))"

/**
 * sv_inventory_audit_run:
 * @within_s: how long ago a host may have reported to be present
 *
 * Counts, compares and keeps the differences. Must run inside a transaction. It writes as much as
 * changed since the audit before, however many hosts there are.
 */
SvInventoryAudit *sv_inventory_audit_run (SvDb *db, gint64 within_s, gint64 now_us, GError **error);

/* SV_ERROR_NOT_FOUND. */
SvInventoryAudit *sv_inventory_audit_load (SvDb *db, gint64 id, GError **error);

gboolean sv_inventory_audit_count (SvDb *db, gint64 *ret_count, GError **error);
/* The last first. New array of SvInventoryAudit, not owning. @ret_next: cursor, new, or NULL. */
GPtrArray *sv_inventory_audit_list (SvDb *db, const char *after, gint64 limit, char **ret_next,
                                    GError **error);

/* What a list of differences is about; NULL members: any. */
typedef struct {
  gint64 audit;
  const char *kind;  /* of sv_audited_kind_names */
  const char *reach; /* see SV_SYSTEM_IN_REACH */
} SvAuditedFilter;

gboolean sv_audited_host_count (SvDb *db, const SvAuditedFilter *filter, gint64 *ret_count,
                                GError **error);
/* By id. New array of SvAuditedHost, not owning. */
GPtrArray *sv_audited_host_list (SvDb *db, const SvAuditedFilter *filter, const char *after,
                                 gint64 limit, char **ret_next, GError **error);
