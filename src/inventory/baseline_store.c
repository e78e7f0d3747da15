#include "inventory/baseline_store.h"

#define FIELDS "name, services, created_at_us, changed_at_us"

static gboolean
no_such (GError **error, const char *what, const char *name)
{
  g_autofree char *printable = sv_text_printable (name);
  g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND, "there is no %s '%s'", what, printable);
  return FALSE;
}

/* A query of which :name is the only parameter. */
static SvQuery *
query_named (SvDb *db, const char *sql, const char *name, GError **error)
{
  SvQuery *query = sv_db_query (db, sql, error);
  if (query != NULL)
    sv_query_bind_text (query, "name", name);
  return query;
}

/* --- reading --- */

static gboolean
load_parts (SvDb *db, SvBaseline *baseline, GError **error)
{
  g_autoptr (SvQuery) query =
      query_named (db,
                   "SELECT distro, host, packages, at_us FROM baseline_part WHERE baseline = :name"
                   " ORDER BY distro",
                   baseline->name, error);
  GPtrArray *parts = query != NULL ? sv_rows_read_all (query, &sv_baseline_part_type, error) : NULL;
  if (parts == NULL)
    return FALSE;
  g_clear_pointer (&baseline->parts, g_ptr_array_unref); /* it was empty */
  baseline->parts = parts;
  return TRUE;
}

SvBaseline *
sv_baseline_load (SvDb *db, const char *name, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvQuery) query =
      query_named (db, "SELECT " FIELDS " FROM baseline WHERE name = :name", name, error);
  if (query == NULL)
    return NULL;
  g_autoptr (SvBaseline) baseline = sv_rows_read_one (query, &sv_baseline_type, &cause);
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  else if (baseline == NULL)
    no_such (error, "baseline", name);
  return baseline != NULL && load_parts (db, baseline, error) ? g_steal_pointer (&baseline) : NULL;
}

gboolean
sv_baseline_count_all (SvDb *db, gint64 *ret_count, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, "SELECT COUNT (*) FROM baseline", error);
  return query != NULL && sv_rows_read_int64 (query, ret_count, error);
}

GPtrArray *
sv_baseline_list (SvDb *db, const char *after, gint64 limit, char **ret_next, GError **error)
{
  g_autoptr (SvQuery) query =
      query_named (db, "SELECT " FIELDS " FROM baseline WHERE name > :name ORDER BY name LIMIT :n",
                   after != NULL ? after : "", error);
  if (query == NULL)
    return NULL;
  sv_query_bind_int64 (query, "n", limit + 1);
  GPtrArray *baselines = sv_rows_read_all (query, &sv_baseline_type, error);
  *ret_next = NULL;
  if (baselines != NULL && sv_rows_cut (baselines, limit, &sv_baseline_type))
    *ret_next = g_strdup (((SvBaseline *)baselines->pdata[baselines->len - 1])->name);
  gboolean whole = baselines != NULL;
  for (guint i = 0; whole && i < baselines->len; i++)
    whole = load_parts (db, baselines->pdata[i], error);
  if (!whole)
    sv_rows_free (g_steal_pointer (&baselines), &sv_baseline_type);
  return baselines;
}

static gboolean
has_part (SvDb *db, const char *baseline, const char *distro, gboolean *ret_has, GError **error)
{
  g_autoptr (SvQuery) query =
      query_named (db, "SELECT 1 FROM baseline_part WHERE baseline = :name AND distro = :distro",
                   baseline, error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "distro", distro);
  SvStep step = sv_query_step (query, error);
  *ret_has = step == SV_STEP_ROW;
  return step != SV_STEP_ERROR;
}

GPtrArray *
sv_baseline_load_packages (SvDb *db, const char *baseline, const char *distro, GError **error)
{
  gboolean has;
  if (!has_part (db, baseline, distro, &has, error) || !has)
    return NULL;
  g_autoptr (SvQuery) query = query_named (
      db,
      "SELECT name, version FROM baseline_package WHERE baseline = :name AND distro = :distro"
      " ORDER BY name",
      baseline, error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "distro", distro);
  return sv_rows_read_all (query, &sv_baseline_package_type, error);
}

GPtrArray *
sv_baseline_list_exemptions (SvDb *db, const char *baseline, GError **error)
{
  g_autoptr (SvQuery) query = query_named (
      db,
      "SELECT id, host, item, reason, owner, expires_at_us, created_at_us FROM baseline_exemption"
      " WHERE baseline = :name ORDER BY id",
      baseline, error);
  return query != NULL ? sv_rows_read_all (query, &sv_baseline_exemption_type, error) : NULL;
}

char *
sv_baseline_find_of_host (SvDb *db, const char *host, GError **error)
{
  g_autoptr (SvQuery) query =
      query_named (db,
                   "SELECT system.baseline FROM host JOIN system ON system.id = host.system"
                   " WHERE host.id = :name",
                   host, error);
  if (query == NULL || sv_query_step (query, error) != SV_STEP_ROW)
    return NULL;
  return g_strdup (sv_text_or_null (sv_query_get_text (query, 0)));
}

/* --- writing --- */

gboolean
sv_baseline_save (SvDb *db, const SvBaseline *baseline, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO baseline (" FIELDS ")"
                   " VALUES (:name, :services, :created_at_us, :changed_at_us)"
                   " ON CONFLICT (name) DO UPDATE SET services = excluded.services,"
                   " changed_at_us = excluded.changed_at_us",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_record (query, &sv_baseline_type, baseline);
  return sv_query_run (query, error);
}

gboolean
sv_baseline_delete (SvDb *db, const char *name, GError **error)
{
  g_autoptr (SvBaseline) baseline = sv_baseline_load (db, name, error);
  g_autoptr (SvQuery) query =
      baseline != NULL ? query_named (db, "DELETE FROM baseline WHERE name = :name", name, error)
                       : NULL;
  return query != NULL && sv_query_run (query, error);
}

static gboolean
delete_part (SvDb *db, const char *baseline, const char *distro, GError **error)
{
  g_autoptr (SvQuery) query = query_named (
      db, "DELETE FROM baseline_part WHERE baseline = :name AND distro = :distro", baseline, error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "distro", distro);
  return sv_query_run (query, error);
}

static gboolean
insert_part (SvDb *db, const char *baseline, const SvBaselinePart *part, GError **error)
{
  g_autoptr (SvQuery) query =
      query_named (db,
                   "INSERT INTO baseline_part (baseline, distro, host, packages, at_us)"
                   " VALUES (:name, :distro, :host, :packages, :at_us)",
                   baseline, error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_record (query, &sv_baseline_part_type, part);
  return sv_query_run (query, error);
}

gboolean
sv_baseline_save_part (SvDb *db, const char *baseline, const SvBaselinePart *part,
                       const GPtrArray *packages, GError **error)
{
  if (!delete_part (db, baseline, part->distro, error) || !insert_part (db, baseline, part, error))
    return FALSE;
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO baseline_package (baseline, distro, name, version)"
                   " VALUES (:baseline, :distro, :name, :version) ON CONFLICT DO NOTHING",
                   error);
  for (guint i = 0; query != NULL && i < packages->len; i++) {
    sv_query_bind_text (query, "baseline", baseline);
    sv_query_bind_text (query, "distro", part->distro);
    sv_query_bind_record (query, &sv_baseline_package_type, packages->pdata[i]);
    if (!sv_query_run (query, error))
      return FALSE;
  }
  return query != NULL;
}

gboolean
sv_baseline_exempt (SvDb *db, const char *baseline, const SvBaselineExemption *exemption,
                    GError **error)
{
  g_autoptr (SvBaseline) known = sv_baseline_load (db, baseline, error);
  if (known == NULL)
    return FALSE;
  g_autoptr (SvQuery) query = query_named (
      db,
      "INSERT INTO baseline_exemption (id, baseline, host, item, reason, owner, expires_at_us,"
      " created_at_us) VALUES (:id, :name, COALESCE (CAST (:host AS TEXT), ''), :item, :reason,"
      " :owner, :expires_at_us, :created_at_us)",
      baseline, error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_record (query, &sv_baseline_exemption_type, exemption);
  return sv_query_run (query, error);
}

gboolean
sv_baseline_end_exemption (SvDb *db, const char *baseline, const char *id, GError **error)
{
  g_autoptr (SvQuery) query = query_named (
      db, "DELETE FROM baseline_exemption WHERE baseline = :name AND id = :id RETURNING id",
      baseline, error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "id", id);
  SvStep step = sv_query_step (query, error);
  return step == SV_STEP_ROW || (step == SV_STEP_DONE && no_such (error, "exemption", id));
}
