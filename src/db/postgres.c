/* Values go out and come back as text, so that what the server infers for a parameter or a sum does
 * not matter; only blobs go out as they are.
 *
 * Rows come one by one while nothing else wants the connection. When something does, the rest of
 * the rows is put aside in memory first: queries nest, and a large result of a query that does not
 * nest costs one row. Statements without rows go into a pipeline inside a transaction. Whatever
 * uses the connection calls settle() before. */
#include "db/driver.h"

#include <stdlib.h>
#include <string.h>
#include <libpq-fe.h>

/* Statements in a batch, and batches under way: bounds the memory on both sides, and lets the server
 * work on one batch while the next is filled. */
#define MAX_QUEUED 1024
#define MAX_BATCHES 4

#define BOOL_OID 16
#define BYTEA_OID 17

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PGresult, PQclear)

typedef struct Statement Statement;

typedef struct {
  PGconn *handle;
  Statement *streaming; /* the one whose rows are still on the wire, or NULL */
  gboolean writing;     /* in a transaction that writes */
  guint n_queued;       /* in the pipeline's batch that is being filled */
  guint n_batches;      /* full ones whose results were not fetched yet */
  guint n_prepared;
} Connection;

typedef char Number[G_ASCII_DTOSTR_BUF_SIZE];

/* A blob of the current row, decoded when it is first asked for; libpq's memory. */
typedef struct {
  unsigned char *data;
  size_t size;
} Blob;

struct Statement {
  Connection *connection;
  char name[16];
  int n_parameters;
  const char **values;
  int *lengths;
  int *formats;
  Number *numbers;       /* by parameter, as these */
  PGresult *description; /* of its columns */
  Blob *blobs;           /* by column */
  GQueue waiting;        /* results put aside, in order */
  PGresult *row;
};

static const char *const types[][2] = {
    {"TEXT", "TEXT COLLATE \"C\""}, {"BLOB", "BYTEA"}, {NULL, NULL}};

/* The session speaks one language, whatever the server's defaults are. */
static const char session_sql[] =
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE;"
    "SET standard_conforming_strings = on; SET bytea_output = 'hex'; SET extra_float_digits = 1";

static const struct {
  const char *state; /* a whole SQLSTATE, or its class */
  SvError code;
} error_codes[] = {
    {"23505", SV_ERROR_EXISTS},      {"40001", SV_ERROR_CONFLICT}, {"40P01", SV_ERROR_CONFLICT},
    {"55P03", SV_ERROR_BUSY},        {"53300", SV_ERROR_BUSY},     {"25006", SV_ERROR_USAGE},
    {"42501", SV_ERROR_DENIED},      {"08", SV_ERROR_UNREACHABLE}, {"57P", SV_ERROR_UNREACHABLE},
};

static SvError
code_of (const char *state)
{
  for (gsize i = 0; i < G_N_ELEMENTS (error_codes); i++)
    if (g_str_has_prefix (state, error_codes[i].state))
      return error_codes[i].code;
  return SV_ERROR_FAILED;
}

static gboolean
fail_connection (const Connection *connection, GError **error)
{
  g_autofree char *message = g_strdup (PQerrorMessage (connection->handle));
  SvError code =
      PQstatus (connection->handle) == CONNECTION_OK ? SV_ERROR_FAILED : SV_ERROR_UNREACHABLE;
  g_set_error_literal (error, SV_ERROR, (int)code, g_strstrip (message));
  return FALSE;
}

static gboolean
check_result (const Connection *connection, const PGresult *result, GError **error)
{
  ExecStatusType status = PQresultStatus (result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE)
    return TRUE;
  const char *state = PQresultErrorField (result, PG_DIAG_SQLSTATE);
  const char *message = PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY);
  if (state == NULL || message == NULL)
    return fail_connection (connection, error);
  g_set_error_literal (error, SV_ERROR, (int)code_of (state), message);
  return FALSE;
}

/* Puts the rest of the rows on the wire aside. */
static void
put_aside (Connection *connection)
{
  Statement *statement = connection->streaming;
  if (statement == NULL)
    return;
  PGresult *result;
  while ((result = PQgetResult (connection->handle)) != NULL)
    g_queue_push_tail (&statement->waiting, result);
  connection->streaming = NULL;
}

static gboolean
end_batch (Connection *connection, GError **error)
{
  connection->n_queued = 0;
  if (PQpipelineSync (connection->handle) != 1)
    return fail_connection (connection, error);
  connection->n_batches++;
  return TRUE;
}

/* Fetches what the statements of the oldest batch came to; the first error counts. */
static gboolean
fetch_batch (Connection *connection, GError **error)
{
  connection->n_batches--;
  g_autoptr (GError) first = NULL;
  for (ExecStatusType status = PGRES_COMMAND_OK; status != PGRES_PIPELINE_SYNC;) {
    g_autoptr (PGresult) result = PQgetResult (connection->handle);
    if (result == NULL && PQstatus (connection->handle) != CONNECTION_OK)
      return fail_connection (connection, error);
    if (result == NULL)
      continue;
    status = PQresultStatus (result);
    if (status != PGRES_PIPELINE_SYNC && first == NULL)
      check_result (connection, result, &first);
  }
  if (first == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

static gboolean
fetch_queued (Connection *connection, GError **error)
{
  gboolean ok = connection->n_queued == 0 || end_batch (connection, error);
  while (connection->n_batches > 0)
    ok = fetch_batch (connection, ok ? error : NULL) && ok;
  return ok;
}

/* Makes the connection free for a next command. */
static gboolean
settle (Connection *connection, GError **error)
{
  put_aside (connection);
  gboolean ok = fetch_queued (connection, error);
  if (PQpipelineStatus (connection->handle) != PQ_PIPELINE_OFF)
    PQexitPipelineMode (connection->handle);
  return ok;
}

static gboolean
exec (gpointer data, const char *sql, GError **error)
{
  Connection *connection = data;
  if (!settle (connection, error))
    return FALSE;
  g_autoptr (PGresult) result = PQexec (connection->handle, sql);
  return check_result (connection, result, error);
}

static void
ignore_notice (void *data, const char *message)
{
}

static gboolean
check_encoding (const Connection *connection, GError **error)
{
  const char *encoding = PQparameterStatus (connection->handle, "server_encoding");
  if (g_strcmp0 (encoding, "UTF8") == 0)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_UNSUPPORTED,
               "the database is in %s: make it with ENCODING 'UTF8'", encoding);
  return FALSE;
}

static gboolean
configure (Connection *connection, const SvDbOptions *options, GError **error)
{
  g_autofree char *wait = g_strdup_printf ("SET lock_timeout = %u", options->busy_ms);
  return exec (connection, session_sql, error) && exec (connection, wait, error) &&
         (!options->read_only ||
          exec (connection, "SET default_transaction_read_only = on", error)) &&
         check_encoding (connection, error);
}

/* What stands behind "dbname" cannot be changed by the URL. */
static PGconn *
dial (const char *url)
{
  g_autofree char *timeout_s = g_strdup_printf ("%d", SV_LIMIT_CONNECT_MS / 1000);
  const char *const keys[] = {"connect_timeout", "tcp_user_timeout", "fallback_application_name",
                              "dbname",          "client_encoding",  NULL};
  const char *const values[] = {timeout_s, "60000", "salve", url, "UTF8", NULL};
  return PQconnectdbParams (keys, values, 1);
}

static void
close_connection (gpointer data)
{
  Connection *connection = data;
  PQfinish (connection->handle);
  g_free (connection);
}

static gboolean
open_server (Connection *connection, const char *url, const SvDbOptions *options, GError **error)
{
  connection->handle = dial (url);
  PQsetNoticeProcessor (connection->handle, ignore_notice, NULL);
  if ((PQstatus (connection->handle) == CONNECTION_OK ||
       fail_connection (connection, error)) &&
      configure (connection, options, error))
    return TRUE;
  /* Not the URL itself: it may hold a password. */
  g_prefix_error (error, "cannot open the PostgreSQL store: ");
  return FALSE;
}

static gpointer
open_connection (const char *url, const SvDbOptions *options, GError **error)
{
  Connection *connection = g_new0 (Connection, 1);
  if (open_server (connection, url, options, error))
    return connection;
  close_connection (connection);
  return NULL;
}

static gboolean
begin (gpointer data, gboolean write, GError **error)
{
  Connection *connection = data;
  if (!exec (connection,
             write ? "BEGIN ISOLATION LEVEL SERIALIZABLE"
                   : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
             error))
    return FALSE;
  connection->writing = write;
  return TRUE;
}

/* COMMIT of a transaction that the server has given up answers ROLLBACK, not an error. */
static gboolean
commit (gpointer data, GError **error)
{
  Connection *connection = data;
  if (!settle (connection, error))
    return FALSE;
  connection->writing = FALSE;
  g_autoptr (PGresult) result = PQexec (connection->handle, "COMMIT");
  if (!check_result (connection, result, error))
    return FALSE;
  if (g_str_equal (PQcmdStatus (result), "COMMIT"))
    return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_FAILED, "the server rolled the transaction back");
  return FALSE;
}

static void
rollback (gpointer data)
{
  Connection *connection = data;
  connection->writing = FALSE;
  settle (connection, NULL);
  if (PQtransactionStatus (connection->handle) != PQTRANS_IDLE)
    PQclear (PQexec (connection->handle, "ROLLBACK"));
}

static void
forget_row (Statement *statement)
{
  for (int i = 0; i < PQnfields (statement->row); i++)
    g_clear_pointer (&statement->blobs[i].data, PQfreemem);
  g_clear_pointer (&statement->row, PQclear);
}

static void
drop_result (gpointer result)
{
  PQclear (result);
}

static void
throw_away (Connection *connection)
{
  PGresult *result;
  while ((result = PQgetResult (connection->handle)) != NULL)
    PQclear (result);
  connection->streaming = NULL;
}

static void
reset (gpointer data)
{
  Statement *statement = data;
  if (statement->connection->streaming == statement)
    throw_away (statement->connection);
  g_queue_clear_full (&statement->waiting, drop_result);
  forget_row (statement);
}

static void
finalize (gpointer data)
{
  Statement *statement = data;
  reset (statement);
  PQclear (statement->description);
  g_free (statement->blobs);
  g_free (statement->numbers);
  g_free (statement->formats);
  g_free (statement->lengths);
  g_free (statement->values);
  g_free (statement);
}

static gboolean
describe (Statement *statement, const char *sql, GError **error)
{
  Connection *connection = statement->connection;
  g_autoptr (PGresult) prepared =
      PQprepare (connection->handle, statement->name, sql, 0, NULL);
  if (!check_result (connection, prepared, error))
    return FALSE;
  statement->description = PQdescribePrepared (connection->handle, statement->name);
  if (!check_result (connection, statement->description, error))
    return FALSE;
  statement->blobs = g_new0 (Blob, PQnfields (statement->description));
  return TRUE;
}

static gpointer
prepare (gpointer data, const char *sql, guint n_parameters, GError **error)
{
  Connection *connection = data;
  if (!settle (connection, error))
    return NULL;
  Statement *statement = g_new0 (Statement, 1);
  statement->connection = connection;
  statement->n_parameters = (int)n_parameters;
  statement->values = g_new0 (const char *, n_parameters);
  statement->lengths = g_new0 (int, n_parameters);
  statement->formats = g_new0 (int, n_parameters);
  statement->numbers = g_new0 (Number, n_parameters);
  g_snprintf (statement->name, sizeof statement->name, "s%u", connection->n_prepared++);
  if (describe (statement, sql, error))
    return statement;
  finalize (statement);
  return NULL;
}

static const char *
encode (const SvValue *value, Number number)
{
  switch (value->kind) {
  case SV_VALUE_NULL:
    return NULL;
  case SV_VALUE_INT64:
    g_snprintf (number, sizeof (Number), "%" G_GINT64_FORMAT, value->integer);
    return number;
  case SV_VALUE_DOUBLE:
    return g_ascii_dtostr (number, sizeof (Number), value->real);
  case SV_VALUE_TEXT:
  case SV_VALUE_BLOB:
    return value->data;
  }
  g_return_val_if_reached (NULL);
}

static gboolean
send (Statement *statement, const SvValue *values, GError **error)
{
  for (int i = 0; i < statement->n_parameters; i++) {
    statement->values[i] = encode (&values[i], statement->numbers[i]);
    statement->lengths[i] = (int)values[i].size;
    statement->formats[i] = values[i].kind == SV_VALUE_BLOB;
  }
  return PQsendQueryPrepared (statement->connection->handle, statement->name,
                              statement->n_parameters, statement->values, statement->lengths,
                              statement->formats, 0) == 1 ||
         fail_connection (statement->connection, error);
}

static gboolean
start (gpointer data, const SvValue *values, GError **error)
{
  Statement *statement = data;
  Connection *connection = statement->connection;
  if (!settle (connection, error) || !send (statement, values, error))
    return FALSE;
  PQsetSingleRowMode (connection->handle);
  connection->streaming = statement;
  return TRUE;
}

/* The next result, from memory or from the wire; NULL at the end. */
static PGresult *
next_result (Statement *statement)
{
  Connection *connection = statement->connection;
  PGresult *result = g_queue_pop_head (&statement->waiting);
  if (result != NULL || connection->streaming != statement)
    return result;
  result = PQgetResult (connection->handle);
  if (result == NULL)
    connection->streaming = NULL;
  return result;
}

static SvStep
step (gpointer data, GError **error)
{
  Statement *statement = data;
  forget_row (statement);
  PGresult *result;
  while ((result = next_result (statement)) != NULL) {
    statement->row = result;
    if (!check_result (statement->connection, result, error)) {
      reset (statement);
      return SV_STEP_ERROR;
    }
    if (PQntuples (result) > 0)
      return SV_STEP_ROW;
    forget_row (statement);
  }
  return SV_STEP_DONE;
}

static gboolean
can_queue (const Statement *statement)
{
  return statement->connection->writing && PQnfields (statement->description) == 0;
}

static gboolean
queue (Statement *statement, const SvValue *values, GError **error)
{
  Connection *connection = statement->connection;
  put_aside (connection);
  if (PQpipelineStatus (connection->handle) == PQ_PIPELINE_OFF &&
      PQenterPipelineMode (connection->handle) != 1)
    return fail_connection (connection, error);
  if (!send (statement, values, error))
    return FALSE;
  if (++connection->n_queued < MAX_QUEUED)
    return TRUE;
  return end_batch (connection, error) &&
         (connection->n_batches < MAX_BATCHES || fetch_batch (connection, error));
}

static gboolean
run (gpointer data, const SvValue *values, GError **error)
{
  if (can_queue (data))
    return queue (data, values, error);
  if (!start (data, values, error))
    return FALSE;
  SvStep last;
  while ((last = step (data, error)) == SV_STEP_ROW)
    ;
  return last == SV_STEP_DONE;
}

static guint
n_columns (gpointer data)
{
  return (guint)PQnfields (((Statement *)data)->description);
}

static const char *
column_name (gpointer data, guint column)
{
  return PQfname (((Statement *)data)->description, (int)column);
}

static gboolean
is_null (gpointer data, guint column)
{
  return PQgetisnull (((Statement *)data)->row, 0, (int)column) != 0;
}

static const char *
get_text (gpointer data, guint column)
{
  return is_null (data, column) ? NULL : PQgetvalue (((Statement *)data)->row, 0, (int)column);
}

static gint64
get_int64 (gpointer data, guint column)
{
  const char *text = get_text (data, column);
  if (text == NULL)
    return 0;
  if (PQftype (((Statement *)data)->row, (int)column) == BOOL_OID)
    return *text == 't';
  return g_ascii_strtoll (text, NULL, 10);
}

static double
get_double (gpointer data, guint column)
{
  const char *text = get_text (data, column);
  return text == NULL ? 0 : g_ascii_strtod (text, NULL);
}

static const void *
get_blob (gpointer data, guint column, gsize *ret_size)
{
  Statement *statement = data;
  const char *text = get_text (data, column);
  *ret_size = (gsize)PQgetlength (statement->row, 0, (int)column);
  if (text == NULL || PQftype (statement->row, (int)column) != BYTEA_OID)
    return text;
  Blob *blob = &statement->blobs[column];
  if (blob->data == NULL)
    blob->data = PQunescapeBytea ((const unsigned char *)text, &blob->size);
  *ret_size = blob->data == NULL ? 0 : blob->size;
  return blob->data;
}

const SvDriver sv_postgres_driver = {
    .engine = "postgresql",
    .parameter_sign = '$',
    .dialect = {types, ""},
    .open = open_connection,
    .close = close_connection,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .exec = exec,
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
