#include "inventory/inventory_audit_store.h"

#include "inventory/system_store.h"

#define PRESENT "(package_set > 0 AND retired_at_us = 0 AND last_seen_us > :since)"
/* Hosts of which this audit says something else than the one before. */
#define DIFFERENCES                                                                                \
  "SELECT id, CASE WHEN " PRESENT " THEN CASE WHEN audited = 0 THEN 'new' ELSE 'returned' END"     \
  " WHEN retired_at_us > 0 THEN 'retired' ELSE 'silent' END AS kind FROM host"                     \
  " WHERE (" PRESENT " AND audited <= 0) OR (NOT " PRESENT " AND audited > 0)"
#define FIELDS "at_us, within_s, hosts_before, hosts, new_hosts, returned, retired, silent"

/* --- one run --- */

typedef struct {
  SvDb *db;
  SvInventoryAudit *audit;
  gint64 since_us;
} Run;

static gboolean
run_one (const Run *run, SvQuery *query, GError **error)
{
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "audit", run->audit->id);
  sv_query_bind_int64 (query, "since", run->since_us);
  return sv_query_run (query, error);
}

static gboolean
begin_audit (const Run *run, GError **error)
{
  SvInventoryAudit *audit = run->audit;
  g_autoptr (SvQuery) query = sv_db_query (
      run->db, "SELECT id, hosts FROM inventory_audit ORDER BY id DESC LIMIT 1", error);
  SvStep step = query != NULL ? sv_query_step (query, error) : SV_STEP_ERROR;
  if (step == SV_STEP_ROW)
    audit->hosts_before = sv_query_get_int64 (query, 1);
  audit->id = step == SV_STEP_ROW ? sv_query_get_int64 (query, 0) + 1 : 1;
  return step != SV_STEP_ERROR;
}

static gboolean
count_present (const Run *run, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (run->db, "SELECT COUNT (*) FROM host WHERE " PRESENT, error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "since", run->since_us);
  return sv_rows_read_int64 (query, &run->audit->hosts, error);
}

/* Counted from what differs, not from the hosts: that both agree is what an audit is for. */
static gboolean
count_differences (const Run *run, GError **error)
{
  gint64 *const counts[] = {&run->audit->new_hosts, &run->audit->returned, &run->audit->retired,
                            &run->audit->silent};
  g_autoptr (SvQuery) query =
      sv_db_query (run->db, "SELECT kind, COUNT (*) FROM (" DIFFERENCES ") d GROUP BY kind", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "since", run->since_us);
  SvStep step;
  while ((step = sv_query_step (query, error)) == SV_STEP_ROW)
    *counts[sv_enum_find (sv_audited_kind_names, sv_query_get_text (query, 0))] =
        sv_query_get_int64 (query, 1);
  return step == SV_STEP_DONE;
}

static gboolean
insert_audit (const Run *run, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (run->db,
                   "INSERT INTO inventory_audit (id, " FIELDS ") VALUES (:id, :at_us, :within_s,"
                   " :hosts_before, :hosts, :new_hosts, :returned, :retired, :silent)",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_record (query, &sv_inventory_audit_type, run->audit);
  return sv_query_run (query, error);
}

static gboolean
keep_differences (const Run *run, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (run->db,
                   "INSERT INTO inventory_audit_host (audit, host, kind)"
                   " SELECT CAST (:audit AS BIGINT), id, kind FROM (" DIFFERENCES ") d",
                   error);
  return run_one (run, query, error);
}

/* A host that reported once, before the first audit, is silent from the first on, without a
 * difference: it was never counted. */
static gboolean
mark_hosts (const Run *run, GError **error)
{
  g_autoptr (SvQuery) present =
      sv_db_query (run->db,
                   "UPDATE host SET audited = CAST (:audit AS BIGINT) WHERE audited <= 0"
                   " AND " PRESENT,
                   error);
  if (!run_one (run, present, error))
    return FALSE;
  g_autoptr (SvQuery) absent =
      sv_db_query (run->db,
                   "UPDATE host SET audited = -CAST (:audit AS BIGINT) WHERE NOT " PRESENT
                   " AND (audited > 0 OR (audited = 0 AND package_set > 0))",
                   error);
  return run_one (run, absent, error);
}

SvInventoryAudit *
sv_inventory_audit_run (SvDb *db, gint64 within_s, gint64 now_us, GError **error)
{
  g_autoptr (SvInventoryAudit) audit = sv_record_new (&sv_inventory_audit_type);
  const Run run = {db, audit, now_us - within_s * SV_SECOND_US};
  audit->at_us = now_us;
  audit->within_s = within_s;
  if (!begin_audit (&run, error) || !count_present (&run, error) ||
      !count_differences (&run, error) || !insert_audit (&run, error) ||
      !keep_differences (&run, error) || !mark_hosts (&run, error))
    return NULL;
  sv_inventory_audit_reconcile (audit);
  return g_steal_pointer (&audit);
}

/* --- reading --- */

SvInventoryAudit *
sv_inventory_audit_load (SvDb *db, gint64 id, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT id, " FIELDS " FROM inventory_audit WHERE id = :id", error);
  if (query == NULL)
    return NULL;
  sv_query_bind_int64 (query, "id", id);
  SvInventoryAudit *audit = sv_rows_read_one (query, &sv_inventory_audit_type, &cause);
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  else if (audit == NULL)
    g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND,
                 "there is no inventory audit %" G_GINT64_FORMAT, id);
  else
    sv_inventory_audit_reconcile (audit);
  return audit;
}

gboolean
sv_inventory_audit_count (SvDb *db, gint64 *ret_count, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, "SELECT COUNT (*) FROM inventory_audit", error);
  return query != NULL && sv_rows_read_int64 (query, ret_count, error);
}

GPtrArray *
sv_inventory_audit_list (SvDb *db, const char *after, gint64 limit, char **ret_next, GError **error)
{
  gint64 before = G_MAXINT64;
  *ret_next = NULL;
  if (after != NULL && !sv_text_parse_int64 (after, &before, error))
    return NULL;
  g_autoptr (SvQuery) query = sv_db_query (
      db, "SELECT id, " FIELDS " FROM inventory_audit WHERE id < :before ORDER BY id DESC LIMIT :n",
      error);
  if (query == NULL)
    return NULL;
  sv_query_bind_int64 (query, "before", before);
  sv_query_bind_int64 (query, "n", limit + 1);
  GPtrArray *audits = sv_rows_read_all (query, &sv_inventory_audit_type, error);
  gboolean more = audits != NULL && sv_rows_cut (audits, limit, &sv_inventory_audit_type);
  for (guint i = 0; audits != NULL && i < audits->len; i++)
    sv_inventory_audit_reconcile (audits->pdata[i]);
  if (more)
    *ret_next = g_strdup_printf ("%" G_GINT64_FORMAT,
                                 ((SvInventoryAudit *)audits->pdata[audits->len - 1])->id);
  return audits;
}

#define FROM_DIFFERENCES                                                                           \
  " FROM inventory_audit_host d JOIN host h ON h.id = d.host WHERE d.audit = :audit"               \
  " AND (CAST (:kind AS TEXT) IS NULL OR d.kind = :kind) AND " SV_SYSTEM_IN_REACH ("h.system")

static void
bind_filter (SvQuery *query, const SvAuditedFilter *filter)
{
  sv_query_bind_int64 (query, "audit", filter->audit);
  sv_query_bind_text (query, "kind", filter->kind);
  sv_query_bind_text (query, "reach", filter->reach);
}

gboolean
sv_audited_host_count (SvDb *db, const SvAuditedFilter *filter, gint64 *ret_count, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, "SELECT COUNT (*)" FROM_DIFFERENCES, error);
  if (query == NULL)
    return FALSE;
  bind_filter (query, filter);
  return sv_rows_read_int64 (query, ret_count, error);
}

GPtrArray *
sv_audited_host_list (SvDb *db, const SvAuditedFilter *filter, const char *after, gint64 limit,
                      char **ret_next, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db,
      "SELECT d.host AS host, d.kind AS kind, h.hostname AS hostname, h.distro AS distro,"
      " h.last_seen_us AS last_seen_us,"
      " (SELECT name FROM system WHERE system.id = h.system) AS system" FROM_DIFFERENCES
      " AND d.host > :after ORDER BY d.host LIMIT :n",
      error);
  if (query == NULL)
    return NULL;
  bind_filter (query, filter);
  sv_query_bind_text (query, "after", after != NULL ? after : "");
  sv_query_bind_int64 (query, "n", limit + 1);
  GPtrArray *hosts = sv_rows_read_all (query, &sv_audited_host_type, error);
  *ret_next = NULL;
  if (hosts != NULL && sv_rows_cut (hosts, limit, &sv_audited_host_type))
    *ret_next = g_strdup (((SvAuditedHost *)hosts->pdata[hosts->len - 1])->host);
  return hosts;
}
