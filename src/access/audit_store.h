/* The audit in the store: written in the transaction of what it tells of. */
#pragma once

#include "access/audit.h"

#include "db/db.h"

/* What is to be done and told; says on @entry what it did (sv_audit_say). May be called again from
 * the start after a conflict. */
typedef gboolean (*SvAuditWork) (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error);

/**
 * sv_audit_perform:
 * @entry: who, when and from where; @work says the rest
 *
 * Does @work and writes @entry, in one transaction of its own: both or neither. Begins again after
 * SV_ERROR_CONFLICT, a few times. Every change of this room goes through here.
 */
gboolean sv_audit_perform (SvDb *db, SvAuditEntry *entry, SvAuditWork work, gpointer data,
                           GError **error);

/* Inside a transaction: for rooms whose changes have their own. SV_ERROR_CONFLICT: begin again. */
gboolean sv_audit_append (SvDb *db, SvAuditEntry *entry, GError **error);

gboolean sv_audit_load_head (SvDb *db, SvAuditHead *ret_head, GError **error);

/* NULL members: any. */
typedef struct {
  const char *actor;
  const char *action;
  const char *subject;
} SvAuditFilter;
gboolean sv_audit_count (SvDb *db, const SvAuditFilter *filter, gint64 *ret_count, GError **error);
/* The newest first; @before: entries with smaller numbers. New array, not owning. */
GPtrArray *sv_audit_list (SvDb *db, const SvAuditFilter *filter, gint64 before, gint64 limit,
                          GError **error);

/* From the first to the last, as of one moment. */
typedef gboolean (*SvAuditFunc) (const SvAuditEntry *entry, gpointer data, GError **error);
gboolean sv_audit_foreach (SvDb *db, SvAuditFunc func, gpointer data, GError **error);
