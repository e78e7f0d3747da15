#include "db/driver.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sqlite3.h>

/* "salv": marks a file as ours. */
#define APPLICATION_ID 0x73616c76

typedef struct {
  sqlite3 *handle;
  gboolean reading; /* in a transaction that only reads */
} Connection;

typedef struct {
  Connection *connection;
  sqlite3_stmt *handle;
  guint n_parameters;
} Statement;

static const char *const types[][2] = {
    {"BIGINT", "INTEGER"}, {"DOUBLE", "REAL"}, {"PRECISION", ""}, {NULL, NULL}};

/* By extended code first, then by its primary code. */
static const struct {
  int result;
  SvError code;
} error_codes[] = {
    {SQLITE_CONSTRAINT_UNIQUE, SV_ERROR_EXISTS},
    {SQLITE_CONSTRAINT_PRIMARYKEY, SV_ERROR_EXISTS},
    {SQLITE_CONSTRAINT_ROWID, SV_ERROR_EXISTS},
    {SQLITE_BUSY_SNAPSHOT, SV_ERROR_CONFLICT},
    {SQLITE_BUSY, SV_ERROR_BUSY},
    {SQLITE_LOCKED, SV_ERROR_BUSY},
    {SQLITE_FULL, SV_ERROR_FULL},
    {SQLITE_IOERR, SV_ERROR_UNREACHABLE},
    {SQLITE_READONLY, SV_ERROR_USAGE},
    {SQLITE_NOTADB, SV_ERROR_INVALID_DATA},
    {SQLITE_CORRUPT, SV_ERROR_FAILED}, /* the store is damaged: nobody's input is */
    {SQLITE_CANTOPEN, SV_ERROR_NOT_FOUND},
    {SQLITE_PERM, SV_ERROR_DENIED},
};

static SvError
code_of (int result)
{
  for (int mask = ~0;; mask = 0xff) {
    for (gsize i = 0; i < G_N_ELEMENTS (error_codes); i++)
      if (error_codes[i].result == (result & mask))
        return error_codes[i].code;
    if (mask == 0xff)
      return SV_ERROR_FAILED;
  }
}

static gboolean
fail (Connection *connection, GError **error)
{
  int result = sqlite3_extended_errcode (connection->handle);
  g_set_error (error, SV_ERROR, (int)code_of (result), "%s", sqlite3_errmsg (connection->handle));
  return FALSE;
}

static gboolean
exec (gpointer data, const char *sql, GError **error)
{
  Connection *connection = data;
  int result = sqlite3_exec (connection->handle, sql, NULL, NULL, NULL);
  return result == SQLITE_OK || fail (connection, error);
}

/* The first column of the first row of a PRAGMA or SELECT; new string, NULL on error. */
static char *
ask (Connection *connection, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;
  char *answer = NULL;
  if (sqlite3_prepare_v2 (connection->handle, sql, -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step (statement) == SQLITE_ROW)
    answer = g_strdup ((const char *)sqlite3_column_text (statement, 0));
  if (answer == NULL)
    fail (connection, error);
  sqlite3_finalize (statement);
  return answer;
}

/* A file that holds tables without our mark belongs to another program. The tables are counted
 * first: another salve that makes this store right now sets the mark before it makes any. */
static gboolean
claim_file (Connection *connection, gboolean read_only, GError **error)
{
  g_autofree char *n_tables = ask (connection, "SELECT count(*) FROM sqlite_schema", error);
  g_autofree char *id = n_tables == NULL ? NULL : ask (connection, "PRAGMA application_id", error);
  if (id == NULL)
    return FALSE;
  if (g_ascii_strtoll (id, NULL, 10) == APPLICATION_ID)
    return TRUE;
  if (!g_str_equal (id, "0") || !g_str_equal (n_tables, "0") || read_only) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_INVALID_DATA,
                         "this database was not made by salve");
    return FALSE;
  }
  g_autofree char *mark = g_strdup_printf ("PRAGMA application_id = %d", APPLICATION_ID);
  return exec (connection, mark, error);
}

/* SQLite does not wait by itself when another connection makes the same switch. */
static char *
switch_to_wal (Connection *connection, guint busy_ms, GError **error)
{
  for (guint waited_ms = 0;; waited_ms += 10) {
    g_autoptr (GError) failure = NULL;
    char *mode = ask (connection, "PRAGMA journal_mode = WAL", &failure);
    if (mode != NULL)
      return mode;
    if (waited_ms >= busy_ms || !sv_error_is (failure, SV_ERROR_BUSY)) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
    g_usleep (10 * G_TIME_SPAN_MILLISECOND);
  }
}

static gboolean
begin_wal (Connection *connection, guint busy_ms, GError **error)
{
  g_autofree char *mode = switch_to_wal (connection, busy_ms, error);
  if (mode == NULL)
    return FALSE;
  if (g_str_equal (mode, "wal") || g_str_equal (mode, "memory"))
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_UNSUPPORTED,
               "its file system cannot hold a write-ahead log (journal mode stays '%s')", mode);
  return FALSE;
}

static const int switches[][2] = {
    {SQLITE_DBCONFIG_DEFENSIVE, 1},   {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
    {SQLITE_DBCONFIG_DQS_DML, 0},     {SQLITE_DBCONFIG_DQS_DDL, 0},
    {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
};

static gboolean
configure (Connection *connection, const SvDbOptions *options, GError **error)
{
  sqlite3_extended_result_codes (connection->handle, 1);
  sqlite3_busy_timeout (connection->handle, (int)options->busy_ms);
  for (gsize i = 0; i < G_N_ELEMENTS (switches); i++)
    if (sqlite3_db_config (connection->handle, switches[i][0], switches[i][1], NULL) != SQLITE_OK)
      return fail (connection, error);
  return exec (connection, "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;", error) &&
         claim_file (connection, options->read_only, error) &&
         (options->read_only || begin_wal (connection, options->busy_ms, error)) &&
         exec (connection, "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;",
               error);
}

/* Made without ever being opened here: closing a descriptor of our own would drop the locks of
 * another connection of this process to the same file. */
static gboolean
make_file (const char *path, GError **error)
{
  if (mknod (path, S_IFREG | S_IRUSR | S_IWUSR, 0) == 0 || errno == EEXIST)
    return TRUE;
  return sv_error_set_errno (error, errno, "create the store", path);
}

static void
close_connection (gpointer data)
{
  Connection *connection = data;
  sqlite3_close (connection->handle);
  g_free (connection);
}

static gboolean
open_file (Connection *connection, const char *path, const SvDbOptions *options, GError **error)
{
  gboolean in_memory = g_str_equal (path, ":memory:");
  if (*path == '\0') {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE, "the path of the store is empty");
    return FALSE;
  }
  if (!in_memory && !options->read_only && !make_file (path, error))
    return FALSE;
  int flags = options->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  int result = sqlite3_open_v2 (path, &connection->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);
  if ((result == SQLITE_OK || fail (connection, error)) && configure (connection, options, error))
    return TRUE;
  g_prefix_error (error, "cannot open the store '%s': ", path);
  return FALSE;
}

static gpointer
open_connection (const char *path, const SvDbOptions *options, GError **error)
{
  Connection *connection = g_new0 (Connection, 1);
  if (open_file (connection, path, options, error))
    return connection;
  close_connection (connection);
  return NULL;
}

/* Writing what is there already takes a transaction, and so a sync, like any other. */
static gboolean
verify (gpointer data, GError **error)
{
  Connection *connection = data;
  g_autofree char *fault = ask (connection, "PRAGMA quick_check (1)", error);
  if (fault == NULL)
    return FALSE;
  if (!g_str_equal (fault, "ok")) {
    g_set_error (error, SV_ERROR, SV_ERROR_UNREACHABLE, "the store is damaged: %s", fault);
    return FALSE;
  }
  g_autofree char *version = ask (connection, "PRAGMA user_version", error);
  g_autofree char *again =
      version != NULL ? g_strdup_printf ("PRAGMA user_version = %s", version) : NULL;
  return again != NULL && exec (connection, again, error);
}

/* In one step, so that all of it is of one moment; readers and writers go on beside it. Without a
 * journal: a copy that fails is thrown away, and is synced when it is whole. */
static gboolean
backup (gpointer data, const char *path, GError **error)
{
  Connection *connection = data;
  sqlite3 *copy = NULL;
  int result = sqlite3_open_v2 (path, &copy, SQLITE_OPEN_READWRITE, NULL);
  if (result == SQLITE_OK)
    result = sqlite3_exec (copy, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", NULL, NULL,
                           NULL);
  sqlite3_backup *running =
      result == SQLITE_OK ? sqlite3_backup_init (copy, "main", connection->handle, "main") : NULL;
  if (running != NULL) {
    sqlite3_backup_step (running, -1);
    result = sqlite3_backup_finish (running);
  } else if (copy != NULL) {
    result = sqlite3_errcode (copy);
  }
  sqlite3_close (copy);
  if (result == SQLITE_OK)
    return TRUE;
  g_set_error (error, SV_ERROR, (int)code_of (result), "%s", sqlite3_errstr (result));
  return FALSE;
}

static gboolean
begin (gpointer data, gboolean write, GError **error)
{
  Connection *connection = data;
  connection->reading = !write;
  return exec (connection, write ? "BEGIN IMMEDIATE" : "BEGIN; PRAGMA query_only = ON;", error);
}

static void
end (Connection *connection)
{
  if (connection->reading)
    sqlite3_exec (connection->handle, "PRAGMA query_only = OFF", NULL, NULL, NULL);
  connection->reading = FALSE;
}

static gboolean
commit (gpointer data, GError **error)
{
  if (!exec (data, "COMMIT", error))
    return FALSE;
  end (data);
  return TRUE;
}

/* A full disk has SQLite roll back by itself. */
static void
rollback (gpointer data)
{
  Connection *connection = data;
  if (sqlite3_get_autocommit (connection->handle) == 0)
    sqlite3_exec (connection->handle, "ROLLBACK", NULL, NULL, NULL);
  end (connection);
}

static gpointer
prepare (gpointer data, const char *sql, guint n_parameters, GError **error)
{
  Connection *connection = data;
  sqlite3_stmt *handle = NULL;
  const char *rest = NULL;
  if (sqlite3_prepare_v3 (connection->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, &rest) !=
      SQLITE_OK) {
    fail (connection, error);
    return NULL;
  }
  if (handle == NULL || rest[strspn (rest, " \t\n;")] != '\0') {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE, "one statement is wanted");
    sqlite3_finalize (handle);
    return NULL;
  }
  Statement *statement = g_new0 (Statement, 1);
  *statement = (Statement){connection, handle, n_parameters};
  return statement;
}

static void
finalize (gpointer data)
{
  Statement *statement = data;
  sqlite3_finalize (statement->handle);
  g_free (statement);
}

static void
reset (gpointer data)
{
  Statement *statement = data;
  sqlite3_reset (statement->handle);
  sqlite3_clear_bindings (statement->handle);
}

/* Values live until the statement is reset: nothing is copied. */
static int
bind_value (sqlite3_stmt *handle, int position, const SvValue *value)
{
  switch (value->kind) {
  case SV_VALUE_NULL:
    return sqlite3_bind_null (handle, position);
  case SV_VALUE_INT64:
    return sqlite3_bind_int64 (handle, position, value->integer);
  case SV_VALUE_DOUBLE:
    return sqlite3_bind_double (handle, position, value->real);
  case SV_VALUE_TEXT:
    return sqlite3_bind_text64 (handle, position, value->data, value->size, SQLITE_STATIC,
                                SQLITE_UTF8);
  case SV_VALUE_BLOB:
    return sqlite3_bind_blob64 (handle, position, value->data, value->size, SQLITE_STATIC);
  }
  g_return_val_if_reached (SQLITE_MISUSE);
}

static gboolean
start (gpointer data, const SvValue *values, GError **error)
{
  Statement *statement = data;
  for (guint i = 0; i < statement->n_parameters; i++)
    if (bind_value (statement->handle, (int)i + 1, &values[i]) != SQLITE_OK) {
      fail (statement->connection, error);
      reset (statement);
      return FALSE;
    }
  return TRUE;
}

static SvStep
step (gpointer data, GError **error)
{
  Statement *statement = data;
  int result = sqlite3_step (statement->handle);
  if (result == SQLITE_ROW)
    return SV_STEP_ROW;
  if (result != SQLITE_DONE)
    fail (statement->connection, error);
  reset (statement);
  return result == SQLITE_DONE ? SV_STEP_DONE : SV_STEP_ERROR;
}

static gboolean
run (gpointer statement, const SvValue *values, GError **error)
{
  if (!start (statement, values, error))
    return FALSE;
  SvStep last;
  while ((last = step (statement, error)) == SV_STEP_ROW)
    ;
  return last == SV_STEP_DONE;
}

static guint
n_columns (gpointer data)
{
  return (guint)sqlite3_column_count (((Statement *)data)->handle);
}

static const char *
column_name (gpointer data, guint column)
{
  return sqlite3_column_name (((Statement *)data)->handle, (int)column);
}

static gboolean
is_null (gpointer data, guint column)
{
  return sqlite3_column_type (((Statement *)data)->handle, (int)column) == SQLITE_NULL;
}

static const char *
get_text (gpointer data, guint column)
{
  return (const char *)sqlite3_column_text (((Statement *)data)->handle, (int)column);
}

static gint64
get_int64 (gpointer data, guint column)
{
  return sqlite3_column_int64 (((Statement *)data)->handle, (int)column);
}

static double
get_double (gpointer data, guint column)
{
  return sqlite3_column_double (((Statement *)data)->handle, (int)column);
}

static const void *
get_blob (gpointer data, guint column, gsize *ret_size)
{
  Statement *statement = data;
  const void *blob = sqlite3_column_blob (statement->handle, (int)column);
  *ret_size = (gsize)sqlite3_column_bytes (statement->handle, (int)column);
  return blob;
}

const SvDriver sv_sqlite_driver = {
    .engine = "sqlite",
    .parameter_sign = '?',
    .dialect = {types, " STRICT"},
    .open = open_connection,
    .close = close_connection,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .exec = exec,
    .verify = verify,
    .backup = backup,
    .prepare = prepare,
    .finalize = finalize,
    .start = start,
    .step = step,
    .reset = reset,
    .run = run,
    .n_columns = n_columns,
    .column_name = column_name,
    .is_null = is_null,
    .get_text = get_text,
    .get_int64 = get_int64,
    .get_double = get_double,
    .get_blob = get_blob,
};
