#include "inventory/inventory_audit.h"

const char *const sv_audited_kind_names[] = {"new", "returned", "retired", "silent", NULL};

static const SvField audit_fields[] = {
    SV_FIELD (SvInventoryAudit, id, SV_TYPE_INT64, .doc = "Number of the audit."),
    SV_FIELD (SvInventoryAudit, at_us, SV_TYPE_INSTANT, .doc = "When hosts were counted."),
    SV_FIELD (SvInventoryAudit, within_s, SV_TYPE_INT64,
              .doc = "Seconds within which a host must have reported to be present."),
    SV_FIELD (SvInventoryAudit, hosts_before, SV_TYPE_INT64,
              .doc = "Hosts that the audit before found present."),
    SV_FIELD (SvInventoryAudit, new_hosts, SV_TYPE_INT64,
              .doc = "Present, and no audit saw them before."),
    SV_FIELD (SvInventoryAudit, returned, SV_TYPE_INT64,
              .doc = "Present again: they were silent or retired."),
    SV_FIELD (SvInventoryAudit, retired, SV_TYPE_INT64,
              .doc = "No longer present: somebody retired them."),
    SV_FIELD (SvInventoryAudit, silent, SV_TYPE_INT64,
              .doc = "No longer present: they did not report."),
    SV_FIELD (SvInventoryAudit, hosts, SV_TYPE_INT64, .doc = "Hosts that are present."),
    SV_FIELD (SvInventoryAudit, unaccounted, SV_TYPE_INT64, .flags = SV_FIELD_NO_STORE,
              .doc = "Hosts by which the count differs from what all this makes: 0, or the store "
                     "was changed by hand."),
};
SV_RECORD_TYPE (sv_inventory_audit_type, SvInventoryAudit, "InventoryAudit", audit_fields,
                "A count of the hosts that are present, and what changed since the one before.");

#define NAME .max = SV_LIMIT_NAME_BYTES
static const SvField host_fields[] = {
    SV_FIELD (SvAuditedHost, host, SV_TYPE_STRING, NAME, .doc = "Id of the host."),
    SV_FIELD (SvAuditedHost, hostname, SV_TYPE_STRING, NAME, .doc = "Its own name for itself."),
    SV_FIELD (SvAuditedHost, kind, SV_TYPE_ENUM, .values = sv_audited_kind_names,
              .doc = "How it differs from the audit before."),
    SV_FIELD (SvAuditedHost, distro, SV_TYPE_STRING, NAME, .doc = "Distribution and release."),
    SV_FIELD (SvAuditedHost, system, SV_TYPE_STRING, NAME,
              .doc = "Name of the system that it belongs to."),
    SV_FIELD (SvAuditedHost, last_seen_us, SV_TYPE_INSTANT, .doc = "When it last reported."),
};
SV_RECORD_TYPE (sv_audited_host_type, SvAuditedHost, "AuditedHost", host_fields,
                "One host by which an audit differs from the one before.");

void
sv_inventory_audit_free (SvInventoryAudit *audit)
{
  sv_record_free (&sv_inventory_audit_type, audit);
}

void
sv_inventory_audit_reconcile (SvInventoryAudit *audit)
{
  audit->unaccounted = audit->hosts - (audit->hosts_before + audit->new_hosts + audit->returned -
                                       audit->retired - audit->silent);
}
