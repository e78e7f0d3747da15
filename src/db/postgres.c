/* Values go out and come back as text, so that what the server infers for a parameter or a sum does
 * not matter; only blobs go out as they are. */
#include "db/postgres_wire.h"

#define BOOL_OID 16
#define BYTEA_OID 17

typedef struct {
  SvWire wire;
  gboolean writing; /* in a transaction that writes */
  guint n_prepared;
} Connection;

typedef char Number[G_ASCII_DTOSTR_BUF_SIZE];

/* A blob of the current row, decoded when it is first asked for; libpq's memory. */
typedef struct {
  unsigned char *data;
  size_t size;
} Blob;

typedef struct {
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
} Statement;

static const char *const types[][2] = {
    {"TEXT", "TEXT COLLATE \"C\""}, {"BLOB", "BYTEA"}, {NULL, NULL}};

static gboolean
exec (gpointer data, const char *sql, GError **error)
{
  Connection *connection = data;
  return sv_wire_exec (&connection->wire, sql, error);
}

static void
close_connection (gpointer data)
{
  Connection *connection = data;
  sv_wire_clear (&connection->wire);
  g_free (connection);
}

static gpointer
open_connection (const char *url, const SvDbOptions *options, GError **error)
{
  Connection *connection = g_new0 (Connection, 1);
  if (sv_wire_init (&connection->wire, url, options, error))
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
  if (!sv_wire_settle (&connection->wire, error))
    return FALSE;
  connection->writing = FALSE;
  g_autoptr (PGresult) result = sv_pq.exec (connection->wire.handle, "COMMIT");
  if (!sv_wire_check (&connection->wire, result, error))
    return FALSE;
  if (g_str_equal (sv_pq.cmdStatus (result), "COMMIT"))
    return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_FAILED, "the server rolled the transaction back");
  return FALSE;
}

static void
rollback (gpointer data)
{
  Connection *connection = data;
  connection->writing = FALSE;
  sv_wire_settle (&connection->wire, NULL);
  if (sv_pq.transactionStatus (connection->wire.handle) != PQTRANS_IDLE)
    sv_pq.clear (sv_pq.exec (connection->wire.handle, "ROLLBACK"));
}

static void
forget_row (Statement *statement)
{
  for (int i = 0; i < sv_pq.nfields (statement->row); i++)
    g_clear_pointer (&statement->blobs[i].data, sv_pq.freemem);
  g_clear_pointer (&statement->row, sv_pq.clear);
}

static void
drop_result (gpointer result)
{
  sv_pq.clear (result);
}

static void
reset (gpointer data)
{
  Statement *statement = data;
  SvWire *wire = &statement->connection->wire;
  if (wire->streaming == &statement->waiting)
    sv_wire_throw_away (wire);
  g_queue_clear_full (&statement->waiting, drop_result);
  forget_row (statement);
}

static void
finalize (gpointer data)
{
  Statement *statement = data;
  reset (statement);
  sv_pq.clear (statement->description);
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
      sv_pq.prepare (connection->wire.handle, statement->name, sql, 0, NULL);
  if (!sv_wire_check (&connection->wire, prepared, error))
    return FALSE;
  statement->description = sv_pq.describePrepared (connection->wire.handle, statement->name);
  if (!sv_wire_check (&connection->wire, statement->description, error))
    return FALSE;
  statement->blobs = g_new0 (Blob, sv_pq.nfields (statement->description));
  return TRUE;
}

static gpointer
prepare (gpointer data, const char *sql, guint n_parameters, GError **error)
{
  Connection *connection = data;
  if (!sv_wire_settle (&connection->wire, error))
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
  return sv_pq.sendQueryPrepared (statement->connection->wire.handle, statement->name,
                                  statement->n_parameters, statement->values, statement->lengths,
                                  statement->formats, 0) == 1 ||
         sv_wire_fail (&statement->connection->wire, error);
}

static gboolean
start (gpointer data, const SvValue *values, GError **error)
{
  Statement *statement = data;
  Connection *connection = statement->connection;
  if (!sv_wire_settle (&connection->wire, error) || !send (statement, values, error))
    return FALSE;
  sv_pq.setSingleRowMode (connection->wire.handle);
  connection->wire.streaming = &statement->waiting;
  return TRUE;
}

/* The next result, from memory or from the wire; NULL at the end. */
static PGresult *
next_result (Statement *statement)
{
  SvWire *wire = &statement->connection->wire;
  PGresult *result = g_queue_pop_head (&statement->waiting);
  if (result != NULL || wire->streaming != &statement->waiting)
    return result;
  result = sv_pq.getResult (wire->handle);
  if (result == NULL)
    wire->streaming = NULL;
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
    if (!sv_wire_check (&statement->connection->wire, result, error)) {
      reset (statement);
      return SV_STEP_ERROR;
    }
    if (sv_pq.ntuples (result) > 0)
      return SV_STEP_ROW;
    forget_row (statement);
  }
  return SV_STEP_DONE;
}

static gboolean
can_queue (const Statement *statement)
{
  return statement->connection->writing && sv_pq.nfields (statement->description) == 0;
}

static gboolean
queue (Statement *statement, const SvValue *values, GError **error)
{
  SvWire *wire = &statement->connection->wire;
  return sv_wire_begin_queue (wire, error) && send (statement, values, error) &&
         sv_wire_count_queued (wire, error);
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
  return (guint)sv_pq.nfields (((Statement *)data)->description);
}

static const char *
column_name (gpointer data, guint column)
{
  return sv_pq.fname (((Statement *)data)->description, (int)column);
}

static gboolean
is_null (gpointer data, guint column)
{
  return sv_pq.getisnull (((Statement *)data)->row, 0, (int)column) != 0;
}

static const char *
get_text (gpointer data, guint column)
{
  return is_null (data, column) ? NULL : sv_pq.getvalue (((Statement *)data)->row, 0, (int)column);
}

static gint64
get_int64 (gpointer data, guint column)
{
  const char *text = get_text (data, column);
  if (text == NULL)
    return 0;
  if (sv_pq.ftype (((Statement *)data)->row, (int)column) == BOOL_OID)
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
  *ret_size = (gsize)sv_pq.getlength (statement->row, 0, (int)column);
  if (text == NULL || sv_pq.ftype (statement->row, (int)column) != BYTEA_OID)
    return text;
  Blob *blob = &statement->blobs[column];
  if (blob->data == NULL)
    blob->data = sv_pq.unescapeBytea ((const unsigned char *)text, &blob->size);
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
