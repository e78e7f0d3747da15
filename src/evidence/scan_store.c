#include "evidence/scan_store.h"

#include <string.h>

gboolean
sv_scan_load_known (SvDb *db, const char *host, GHashTable **ret_known, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT vulnerability, min(first_seen_us) FROM finding "
                   "WHERE host = :host AND resolved_us = 0 GROUP BY vulnerability",
                   error);
  if (query == NULL)
    return FALSE;
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  sv_query_bind_text (query, "host", host);
  SvStep step;
  while ((step = sv_query_step (query, error)) == SV_STEP_ROW) {
    gint64 *since = g_new (gint64, 1);
    *since = sv_query_get_int64 (query, 1);
    g_hash_table_insert (known, g_strdup (sv_query_get_text (query, 0)), since);
  }
  if (step == SV_STEP_ERROR)
    return FALSE;
  *ret_known = g_steal_pointer (&known);
  return TRUE;
}

/* One save. */
typedef struct {
  SvDb *db;
  const char *host;
  const SvInventory *inventory;
  SvReport *report;
} SvSave;

/* @sql with its :host and :at bound to this scan's. */
static SvQuery *
query_of_scan (const SvSave *save, const char *sql, GError **error)
{
  SvQuery *query = sv_db_query (save->db, sql, error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "host", save->host);
  sv_query_bind_int64 (query, "at", save->report->at_us);
  return query;
}

static gboolean
find_previous (const SvSave *save, gint64 *ret_at_us, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (save->db, "SELECT max(at_us) FROM scan WHERE host = :host", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "host", save->host);
  SvStep step = sv_query_step (query, error);
  if (step == SV_STEP_ERROR)
    return FALSE;
  *ret_at_us = step == SV_STEP_ROW ? sv_query_get_int64 (query, 0) : 0;
  return TRUE;
}

static gboolean
save_host (const SvSave *save, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      save->db,
      "INSERT INTO host (id, hostname, distro, first_seen_us, last_seen_us) "
      "VALUES (:id, :hostname, :distro, :at, :at) "
      "ON CONFLICT (id) DO UPDATE SET hostname = excluded.hostname, distro = excluded.distro, "
      "last_seen_us = excluded.last_seen_us",
      error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "id", save->host);
  sv_query_bind_text (query, "hostname", save->report->host->hostname);
  sv_query_bind_text (query, "distro", save->report->host->release);
  sv_query_bind_int64 (query, "at", save->report->at_us);
  return sv_query_run (query, error);
}

static gboolean
save_scan (const SvSave *save, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      save->db,
      "INSERT INTO scan (id, host, at_us, engine, packages, updates, security, findings) "
      "VALUES (:id, :host, :at, :engine, :packages, :updates, :security, :findings)",
      error);
  if (query == NULL)
    return FALSE;
  const SvReport *report = save->report;
  g_autofree char *id = g_uuid_string_random ();
  sv_query_bind_text (query, "id", id);
  sv_query_bind_text (query, "host", save->host);
  sv_query_bind_int64 (query, "at", report->at_us);
  sv_query_bind_text (query, "engine", report->engine);
  sv_query_bind_int64 (query, "packages", report->host->packages);
  sv_query_bind_int64 (query, "updates", report->summary->updates);
  sv_query_bind_int64 (query, "security", report->summary->security_updates);
  sv_query_bind_int64 (query, "findings", report->findings->len);
  return sv_query_run (query, error);
}

/* Carries on the open interval of a finding, or opens one: known since now. */
static gboolean
save_finding (const SvSave *save, SvQuery *query, const SvFinding *finding, GError **error)
{
  gint64 at = save->report->at_us;
  sv_query_bind_text (query, "host", save->host);
  sv_query_bind_text (query, "vulnerability", finding->vulnerability);
  sv_query_bind_text (query, "package", finding->package);
  sv_query_bind_text (query, "arch", finding->arch != NULL ? finding->arch : "");
  sv_query_bind_text (query, "installed", finding->installed);
  sv_query_bind_text (query, "status", sv_verdict_names[finding->verdict]);
  sv_query_bind_int64 (query, "at", at);
  sv_query_bind_int64 (query, "fix", finding->fix == SV_FIX_REACHABLE ? at : 0);
  return sv_query_run (query, error);
}

/* Security updates of which no vulnerability is known have an interval too. */
static gboolean
save_unnamed (const SvSave *save, SvQuery *query, GError **error)
{
  for (guint i = 0; i < save->report->actions->len; i++) {
    SvAction *action = save->report->actions->pdata[i];
    g_autofree char *id = sv_action_unnamed_id (action);
    SvFinding finding = {.vulnerability = id,
                         .package = action->source,
                         .installed = action->from != NULL ? action->from : (char *)"",
                         .verdict = SV_VERDICT_AFFECTED,
                         .fix = action->fix};
    if (id != NULL && !save_finding (save, query, &finding, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
save_findings (const SvSave *save, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      save->db,
      "INSERT INTO finding (host, vulnerability, package, arch, installed, status, first_seen_us, "
      "fix_available_us, last_seen_us, resolved_us) VALUES (:host, :vulnerability, :package, "
      ":arch, "
      ":installed, :status, :at, :fix, :at, 0) "
      "ON CONFLICT (host, vulnerability, package, arch) WHERE resolved_us = 0 DO UPDATE SET "
      "fix_available_us = CASE WHEN finding.fix_available_us > 0 "
      "THEN finding.fix_available_us ELSE excluded.fix_available_us END, "
      "installed = excluded.installed, status = excluded.status, "
      "last_seen_us = excluded.last_seen_us",
      error);
  if (query == NULL)
    return FALSE;
  for (guint i = 0; i < save->report->findings->len; i++)
    if (!save_finding (save, query, save->report->findings->pdata[i], error))
      return FALSE;
  return save_unnamed (save, query, error);
}

/* --- what is gone --- */

/* TRUE if all that could speak of a flaw was heard: only then does silence mean anything. */
static gboolean
heard_all (const SvReport *report)
{
  for (guint i = 0; i < report->sources->len; i++)
    if (!((const SvReportSource *)report->sources->pdata[i])->consulted)
      return FALSE;
  for (guint i = 0; i < report->unknown->len; i++) {
    const char *what = ((const SvGap *)report->unknown->pdata[i])->what;
    if (g_strcmp0 (what, "changelogs") == 0 || g_strcmp0 (what, "archives") == 0)
      return FALSE;
  }
  return TRUE;
}

static char *
version_key (const char *package, const char *arch, const char *version)
{
  return g_strdup_printf ("%s\n%s\n%s", package, arch != NULL ? arch : "",
                          version != NULL ? version : "");
}

/* Every installed version, of packages as of sources: what a row of the history may name. */
static GHashTable *
list_installed (const SvInventory *inventory)
{
  GHashTable *set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < inventory->packages->len; i++) {
    const SvPackage *package = inventory->packages->pdata[i];
    if (package->state != SV_PACKAGE_INSTALLED)
      continue;
    g_hash_table_add (set, version_key (package->name, package->arch, package->version));
    g_hash_table_add (set, version_key (package->source, NULL, package->source_version));
  }
  return set;
}

/* The open findings that this scan did not see, as (vulnerability, package, arch) in one array. */
static gboolean
list_unseen (const SvSave *save, GHashTable *installed, GPtrArray *gone, GError **error)
{
  g_autoptr (SvQuery) query =
      query_of_scan (save,
                     "SELECT vulnerability, package, arch, installed FROM finding "
                     "WHERE host = :host AND resolved_us = 0 AND last_seen_us < :at",
                     error);
  if (query == NULL)
    return FALSE;
  SvStep step;
  while ((step = sv_query_step (query, error)) == SV_STEP_ROW) {
    g_autofree char *key = version_key (sv_query_get_text (query, 1), sv_query_get_text (query, 2),
                                        sv_query_get_text (query, 3));
    for (guint column = 0; column < 3 && !g_hash_table_contains (installed, key); column++)
      g_ptr_array_add (gone, g_strdup (sv_query_get_text (query, column)));
  }
  return step == SV_STEP_DONE;
}

/* Not everybody was heard: resolved is what cannot be any more, its version being gone. */
static gboolean
close_replaced (const SvSave *save, GError **error)
{
  g_autoptr (GHashTable) installed = list_installed (save->inventory);
  g_autoptr (GPtrArray) gone = sv_strings_new ();
  if (!list_unseen (save, installed, gone, error))
    return FALSE;
  g_autoptr (SvQuery) query =
      sv_db_query (save->db,
                   "UPDATE finding SET resolved_us = :at WHERE host = :host AND resolved_us = 0 "
                   "AND vulnerability = :vulnerability AND package = :package AND arch = :arch",
                   error);
  if (query == NULL)
    return FALSE;
  for (guint i = 0; i < gone->len; i += 3) {
    sv_query_bind_int64 (query, "at", save->report->at_us);
    sv_query_bind_text (query, "host", save->host);
    sv_query_bind_text (query, "vulnerability", gone->pdata[i]);
    sv_query_bind_text (query, "package", gone->pdata[i + 1]);
    sv_query_bind_text (query, "arch", gone->pdata[i + 2]);
    if (!sv_query_run (query, error))
      return FALSE;
  }
  return TRUE;
}

/* Everybody was heard: what nobody names any more is resolved as of now. */
static gboolean
close_unseen (const SvSave *save, GError **error)
{
  g_autoptr (SvQuery) query =
      query_of_scan (save,
                     "UPDATE finding SET resolved_us = :at "
                     "WHERE host = :host AND resolved_us = 0 AND last_seen_us < :at",
                     error);
  return query != NULL && sv_query_run (query, error);
}

/* --- what changed --- */

static gboolean
list_changed (const SvSave *save, const char *sql, GPtrArray **ret_list, GError **error)
{
  g_autoptr (SvQuery) query = query_of_scan (save, sql, error);
  if (query == NULL)
    return FALSE;
  g_autoptr (GPtrArray) list = sv_strings_new ();
  SvStep step;
  while ((step = sv_query_step (query, error)) == SV_STEP_ROW)
    g_ptr_array_add (list, g_strdup_printf ("%s in %s", sv_query_get_text (query, 0),
                                            sv_query_get_text (query, 1)));
  if (step == SV_STEP_ERROR)
    return FALSE;
  *ret_list = g_steal_pointer (&list);
  return TRUE;
}

static gboolean
list_changes (const SvSave *save, SvReportChange *change, GError **error)
{
  return list_changed (save,
                       "SELECT vulnerability, package FROM finding "
                       "WHERE host = :host AND first_seen_us = :at ORDER BY 1, 2",
                       &change->appeared, error) &&
         list_changed (save,
                       "SELECT vulnerability, package FROM finding "
                       "WHERE host = :host AND resolved_us = :at ORDER BY 1, 2",
                       &change->resolved, error);
}

static gboolean
save_all (const SvSave *save, GError **error)
{
  return save_host (save, error) && save_scan (save, error) && save_findings (save, error) &&
         (heard_all (save->report) ? close_unseen : close_replaced) (save, error);
}

gboolean
sv_scan_save (SvDb *db, const char *host, const SvInventory *inventory, SvReport *report,
              GError **error)
{
  SvSave save = {db, host, inventory, report};
  g_autoptr (SvTx) tx = sv_db_begin (db, error);
  gint64 previous = 0;
  if (tx == NULL || !find_previous (&save, &previous, error))
    return FALSE;
  if (report->at_us < previous)
    return TRUE; /* judged as of the past: no news */
  if (!save_all (&save, error))
    return FALSE;
  SvReportChange *change = sv_record_new (&sv_report_change_type);
  change->previous_at_us = previous;
  sv_record_free (&sv_report_change_type, report->change);
  report->change = change;
  return list_changes (&save, change, error) && sv_tx_commit (tx, error);
}
