#include "db/driver.h"

#include "db/migrate.h"
#include "db/query.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct SvTx {
  SvDb *db;
  gboolean ended;
};

static const struct {
  const char *prefix;
  gboolean in_url; /* the driver wants the prefix as well */
  const SvDriver *driver;
} schemes[] = {
    {"postgresql://", TRUE, &sv_postgres_driver},
    {"postgres://", TRUE, &sv_postgres_driver},
    {"sqlite:", FALSE, &sv_sqlite_driver},
    {"", FALSE, &sv_sqlite_driver},
};

static const SvDriver *
find_driver (const char **url, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++) {
    gsize length = strlen (schemes[i].prefix);
    if (!g_str_has_prefix (*url, schemes[i].prefix) ||
        (length == 0 && strstr (*url, "://") != NULL))
      continue;
    *url += schemes[i].in_url ? 0 : length;
    return schemes[i].driver;
  }
  g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE,
                       "a store is sqlite:PATH, a path, or postgresql://HOST/DATABASE");
  return NULL;
}

static void
free_queries (gpointer list)
{
  g_ptr_array_unref (list);
}

SvDb *
sv_db_connect (const char *url, const SvDbOptions *options, GError **error)
{
  SvDbOptions own = {0};
  if (options != NULL)
    own = *options;
  if (own.busy_ms == 0)
    own.busy_ms = SV_DB_BUSY_MS;
  const SvDriver *driver = find_driver (&url, error);
  gpointer connection = driver == NULL ? NULL : driver->open (url, &own, error);
  if (connection == NULL)
    return NULL;
  SvDb *db = g_new0 (SvDb, 1);
  db->driver = driver;
  db->connection = connection;
  db->idle = g_hash_table_new_full (NULL, NULL, NULL, free_queries);
  return db;
}

SvDb *
sv_db_open_options (const char *url, const SvDbOptions *options, GError **error)
{
  g_autoptr (SvDb) db = sv_db_connect (url, options, error);
  if (db == NULL)
    return NULL;
  gboolean read_only = options != NULL && options->read_only;
  SvMigrateMode mode = read_only ? SV_MIGRATE_CHECK : SV_MIGRATE_APPLY;
  if (!sv_db_migrate (db, sv_migrations, sv_n_migrations, mode, error))
    return NULL;
  return g_steal_pointer (&db);
}

SvDb *
sv_db_open (const char *url, GError **error)
{
  return sv_db_open_options (url, NULL, error);
}

gboolean
sv_db_check_schema (SvDb *db, GError **error)
{
  return sv_db_migrate (db, sv_migrations, sv_n_migrations, SV_MIGRATE_CHECK, error);
}

void
sv_db_free (SvDb *db)
{
  if (db == NULL)
    return;
  g_hash_table_unref (db->idle);
  g_clear_error (&db->failure);
  db->driver->close (db->connection);
  g_free (db);
}

void
sv_db_clear_queries (SvDb *db)
{
  g_hash_table_remove_all (db->idle);
}

gboolean
sv_db_verify (SvDb *db, GError **error)
{
  return db->driver->verify == NULL || db->driver->verify (db->connection, error);
}

/* New path beside @path, of an empty file of this user alone: what is not whole never has the name.
 */
static char *
make_part (const char *path, GError **error)
{
  if (g_file_test (path, G_FILE_TEST_EXISTS)) {
    sv_error_set_errno (error, EEXIST, "make", path);
    return NULL;
  }
  g_autofree char *part = g_strconcat (path, ".XXXXXX", NULL);
  int fd = g_mkstemp_full (part, O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0) {
    sv_error_set_errno (error, errno, "make", path);
    return NULL;
  }
  close (fd);
  return g_steal_pointer (&part);
}

static gboolean
sync_path (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gboolean synced = fd >= 0 && fsync (fd) == 0;
  int why = errno;
  if (fd >= 0)
    close (fd);
  return synced || sv_error_set_errno (error, why, "sync", path);
}

static gboolean
put_in_place (const char *part, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  if (!sync_path (part, error))
    return FALSE;
  if (rename (part, path) != 0)
    return sv_error_set_errno (error, errno, "make", path);
  return sync_path (folder, error);
}

gboolean
sv_db_backup (SvDb *db, const char *path, GError **error)
{
  if (db->driver->backup == NULL) {
    g_set_error (error, SV_ERROR, SV_ERROR_UNSUPPORTED,
                 "a store in %s is backed up with its own tools: pg_dump", db->driver->engine);
    return FALSE;
  }
  g_autofree char *part = make_part (path, error);
  if (part == NULL)
    return FALSE;
  if (db->driver->backup (db->connection, part, error) && put_in_place (part, path, error))
    return TRUE;
  unlink (part);
  g_prefix_error (error, "cannot back up to '%s': ", path);
  return FALSE;
}

const char *
sv_db_get_engine (const SvDb *db)
{
  return db->driver->engine;
}

gboolean
sv_db_check (const SvDb *db, GError **error)
{
  if (db->failure == NULL)
    return TRUE;
  g_set_error (error, db->failure->domain, db->failure->code,
               "the transaction is broken, roll it back: %s", db->failure->message);
  return FALSE;
}

gboolean
sv_db_fail (SvDb *db, GError *failure, GError **error)
{
  if (db->tx != NULL && db->failure == NULL)
    db->failure = g_error_copy (failure);
  g_propagate_error (error, failure);
  return FALSE;
}

static SvTx *
begin (SvDb *db, gboolean write, GError **error)
{
  if (db->tx != NULL) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE, "a transaction is open already");
    return NULL;
  }
  if (!db->driver->begin (db->connection, write, error))
    return NULL;
  SvTx *tx = g_new0 (SvTx, 1);
  tx->db = db;
  db->tx = tx;
  return tx;
}

SvTx *
sv_db_begin (SvDb *db, GError **error)
{
  return begin (db, TRUE, error);
}

SvTx *
sv_db_begin_read (SvDb *db, GError **error)
{
  return begin (db, FALSE, error);
}

static void
end (SvTx *tx)
{
  tx->ended = TRUE;
  tx->db->tx = NULL;
  g_clear_error (&tx->db->failure);
}

gboolean
sv_tx_commit (SvTx *tx, GError **error)
{
  SvDb *db = tx->db;
  if (tx->ended) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE, "the transaction has ended already");
    return FALSE;
  }
  gboolean ok = sv_db_check (db, error) && db->driver->commit (db->connection, error);
  if (!ok)
    db->driver->rollback (db->connection);
  end (tx);
  return ok;
}

void
sv_tx_free (SvTx *tx)
{
  if (tx == NULL)
    return;
  if (!tx->ended) {
    tx->db->driver->rollback (tx->db->connection);
    end (tx);
  }
  g_free (tx);
}

gboolean
sv_db_exec (SvDb *db, const char *sql, GError **error)
{
  for (const char *cursor = sql;;) {
    g_autofree char *statement = NULL;
    g_autoptr (GError) failure = NULL;
    if (!sv_db_check (db, error))
      return FALSE;
    if (sv_sql_next_statement (&cursor, &db->driver->dialect, &statement, &failure) &&
        statement == NULL)
      return TRUE;
    if (failure == NULL)
      db->driver->exec (db->connection, statement, &failure);
    if (failure != NULL)
      return sv_db_fail (db, g_steal_pointer (&failure), error);
  }
}
