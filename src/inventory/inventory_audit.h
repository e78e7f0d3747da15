/* Inventory audits: how many hosts are present, and how that came about since the audit before. */
#pragma once

#include "base/base.h"

typedef enum {
  SV_AUDITED_NEW,      /* no audit saw it before */
  SV_AUDITED_RETURNED, /* it was silent or retired */
  SV_AUDITED_RETIRED,  /* somebody retired it */
  SV_AUDITED_SILENT    /* it did not report in time */
} SvAuditedKind;
extern const char *const sv_audited_kind_names[];

/* One audit. A host is present if it reported within the span and is not retired. */
typedef struct {
  gint64 id; /* counted from 1 */
  gint64 at_us;
  gint64 within_s;     /* the span, SV_LIMIT_AUDIT_MIN_S to SV_LIMIT_AUDIT_MAX_S */
  gint64 hosts_before; /* that the audit before found present */
  gint64 hosts;
  gint64 new_hosts;
  gint64 returned;
  gint64 retired;
  gint64 silent;
  gint64 unaccounted; /* what the four do not explain: 0, or the store was changed by hand */
} SvInventoryAudit;
extern const SvRecordType sv_inventory_audit_type;
void sv_inventory_audit_free (SvInventoryAudit *audit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvInventoryAudit, sv_inventory_audit_free)

/* One host by which an audit differs from the one before. */
typedef struct {
  char *host;
  char *hostname;
  gint kind; /* SvAuditedKind */
  char *distro;
  char *system; /* name of the system that it belongs to; NULL: none */
  gint64 last_seen_us;
} SvAuditedHost;
extern const SvRecordType sv_audited_host_type;

/* Sets `unaccounted` from the rest. */
void sv_inventory_audit_reconcile (SvInventoryAudit *audit);
