#include "db/migrate.h"

#include "db/driver.h"

/* How often another program that migrates the same store may come first. */
#define MAX_RACES 20

static const char history_sql[] = "CREATE TABLE IF NOT EXISTS schema_migration ("
                                  "  number BIGINT NOT NULL PRIMARY KEY,"
                                  "  name TEXT NOT NULL,"
                                  "  sha256 TEXT NOT NULL,"
                                  "  applied_at_us BIGINT NOT NULL,"
                                  "  engine TEXT NOT NULL)";

static gint64
number_of (const SvMigration *migration)
{
  return g_ascii_strtoll (migration->name, NULL, 10);
}

static char *
digest_of (const SvMigration *migration)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, migration->sql, -1);
}

static gboolean
check_same (const SvMigration *migration, const SvQuery *row, GError **error)
{
  g_autofree char *digest = digest_of (migration);
  if (sv_query_get_int64 (row, 0) == number_of (migration) &&
      g_str_equal (sv_query_get_text (row, 1), digest))
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_CONFLICT,
               "migration '%s' is not the one that the store went through: it was made by a build "
               "of another history; use that build, or restore a backup",
               migration->name);
  return FALSE;
}

static gboolean
refuse_newer (const SvQuery *row, GError **error)
{
  g_set_error (error, SV_ERROR, SV_ERROR_UNSUPPORTED,
               "the store was brought to schema %" G_GINT64_FORMAT
               " by salve %s, newer than this one (%s): use that version or a later one",
               sv_query_get_int64 (row, 0), sv_query_get_text (row, 2), SALVE_VERSION);
  return FALSE;
}

/* Counts the applied migrations, each compared with ours of the same place. */
static gboolean
count_applied (SvDb *db, const SvMigration *migrations, gsize n, gsize *ret_applied, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db, "SELECT number, sha256, engine FROM schema_migration ORDER BY number", error);
  if (query == NULL)
    return FALSE;
  SvStep step;
  for (*ret_applied = 0; (step = sv_query_step (query, error)) == SV_STEP_ROW; ++*ret_applied)
    if (*ret_applied == n ? !refuse_newer (query, error)
                          : !check_same (&migrations[*ret_applied], query, error))
      return FALSE;
  return step == SV_STEP_DONE;
}

static gboolean
record (SvDb *db, const SvMigration *migration, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO schema_migration (number, name, sha256, applied_at_us, engine) "
                   "VALUES (:number, :name, :sha256, :applied_at_us, :engine)",
                   error);
  if (query == NULL)
    return FALSE;
  g_autofree char *digest = digest_of (migration);
  sv_query_bind_int64 (query, "number", number_of (migration));
  sv_query_bind_text (query, "name", migration->name);
  sv_query_bind_text (query, "sha256", digest);
  sv_query_bind_int64 (query, "applied_at_us", sv_time_now ());
  sv_query_bind_text (query, "engine", SALVE_VERSION);
  return sv_query_step (query, error) == SV_STEP_DONE;
}

static gboolean
apply (SvDb *db, const SvMigration *migration, GError **error)
{
  g_autoptr (SvTx) tx = sv_db_begin (db, error);
  if (tx == NULL)
    return FALSE;
  if (record (db, migration, error) && sv_db_exec (db, migration->sql, error) &&
      sv_tx_commit (tx, error))
    return TRUE;
  g_prefix_error (error, "migration '%s': ", migration->name);
  return FALSE;
}

static gboolean
is_race (const GError *error)
{
  return sv_error_is (error, SV_ERROR_EXISTS) || sv_error_is (error, SV_ERROR_CONFLICT);
}

/* One step towards the present: TRUE with @ret_current unset asks to be called again. */
static gboolean
advance (SvDb *db, const SvMigration *migrations, gsize n, gboolean *ret_current, GError **error)
{
  gsize applied;
  if (!sv_db_exec (db, history_sql, error) || !count_applied (db, migrations, n, &applied, error))
    return FALSE;
  *ret_current = applied == n;
  return *ret_current || apply (db, &migrations[applied], error);
}

static gboolean
check_current (SvDb *db, const SvMigration *migrations, gsize n, GError **error)
{
  gsize applied;
  if (!count_applied (db, migrations, n, &applied, error)) {
    g_prefix_error (error, "cannot tell the schema of the store: ");
    return FALSE;
  }
  if (applied == n)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_STALE,
               "the store lacks migration '%s': open it for writing once with this version",
               migrations[applied].name);
  return FALSE;
}

gboolean
sv_db_migrate (SvDb *db, const SvMigration *migrations, gsize n, SvMigrateMode mode, GError **error)
{
  if (mode == SV_MIGRATE_CHECK)
    return check_current (db, migrations, n, error);
  gboolean current = FALSE;
  for (guint races = 0; !current;) {
    g_autoptr (GError) failure = NULL;
    if (advance (db, migrations, n, &current, &failure))
      continue;
    if (!is_race (failure) || ++races == MAX_RACES) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  }
  return TRUE;
}
