#include "db/postgres_wire.h"

/* Statements in a batch, and batches under way: bounds the memory on both sides, and lets the
 * server work on one batch while the next is filled. */
#define MAX_QUEUED 4096
#define MAX_BATCHES 4

/* The session speaks one language, whatever the server's defaults are. */
static const char session_sql[] =
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE;"
    "SET standard_conforming_strings = on; SET bytea_output = 'hex'; SET extra_float_digits = 1";

static const struct {
  const char *state; /* a whole SQLSTATE, or its class */
  SvError code;
} error_codes[] = {
    {"23505", SV_ERROR_EXISTS},   {"42P07", SV_ERROR_EXISTS},    {"42710", SV_ERROR_EXISTS},
    {"40001", SV_ERROR_CONFLICT}, {"40P01", SV_ERROR_CONFLICT},  {"55P03", SV_ERROR_BUSY},
    {"53300", SV_ERROR_BUSY},     {"25006", SV_ERROR_USAGE},     {"42501", SV_ERROR_DENIED},
    {"08", SV_ERROR_UNREACHABLE}, {"57P", SV_ERROR_UNREACHABLE}, {"58030", SV_ERROR_UNREACHABLE},
    {"53100", SV_ERROR_FULL},
};

static SvError
code_of (const char *state)
{
  for (gsize i = 0; i < G_N_ELEMENTS (error_codes); i++)
    if (g_str_has_prefix (state, error_codes[i].state))
      return error_codes[i].code;
  return SV_ERROR_FAILED;
}

/* What the server says has a state. What libpq says by itself is about the connection, even while
 * that is not known yet to be bad. */
gboolean
sv_wire_fail (const SvWire *wire, GError **error)
{
  g_autofree char *message = g_strdup (sv_pq.errorMessage (wire->handle));
  g_strdelimit (message, "\n\t", ' ');
  g_set_error_literal (error, SV_ERROR, SV_ERROR_UNREACHABLE, g_strstrip (message));
  return FALSE;
}

gboolean
sv_wire_check (const SvWire *wire, const PGresult *result, GError **error)
{
  ExecStatusType status = sv_pq.resultStatus (result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE)
    return TRUE;
  const char *state = sv_pq.resultErrorField (result, PG_DIAG_SQLSTATE);
  const char *message = sv_pq.resultErrorField (result, PG_DIAG_MESSAGE_PRIMARY);
  if (state == NULL || message == NULL)
    return sv_wire_fail (wire, error);
  g_set_error_literal (error, SV_ERROR, (int)code_of (state), message);
  return FALSE;
}

static void
put_aside (SvWire *wire)
{
  if (wire->streaming == NULL)
    return;
  PGresult *result;
  while ((result = sv_pq.getResult (wire->handle)) != NULL)
    g_queue_push_tail (wire->streaming, result);
  wire->streaming = NULL;
}

void
sv_wire_throw_away (SvWire *wire)
{
  PGresult *result;
  while ((result = sv_pq.getResult (wire->handle)) != NULL)
    sv_pq.clear (result);
  wire->streaming = NULL;
}

static gboolean
end_batch (SvWire *wire, GError **error)
{
  wire->n_queued = 0;
  if (sv_pq.pipelineSync (wire->handle) != 1)
    return sv_wire_fail (wire, error);
  wire->n_batches++;
  return TRUE;
}

/* Fetches what the statements of the oldest batch came to; the first error counts. */
static gboolean
fetch_batch (SvWire *wire, GError **error)
{
  wire->n_batches--;
  g_autoptr (GError) first = NULL;
  for (ExecStatusType status = PGRES_COMMAND_OK; status != PGRES_PIPELINE_SYNC;) {
    g_autoptr (PGresult) result = sv_pq.getResult (wire->handle);
    if (result == NULL && sv_pq.status (wire->handle) != CONNECTION_OK)
      return sv_wire_fail (wire, error);
    if (result == NULL)
      continue;
    status = sv_pq.resultStatus (result);
    if (status != PGRES_PIPELINE_SYNC && first == NULL)
      sv_wire_check (wire, result, &first);
  }
  if (first == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

static gboolean
fetch_queued (SvWire *wire, GError **error)
{
  gboolean ok = wire->n_queued == 0 || end_batch (wire, error);
  while (wire->n_batches > 0)
    ok = fetch_batch (wire, ok ? error : NULL) && ok;
  return ok;
}

gboolean
sv_wire_settle (SvWire *wire, GError **error)
{
  put_aside (wire);
  gboolean ok = fetch_queued (wire, error);
  if (sv_pq.pipelineStatus (wire->handle) != PQ_PIPELINE_OFF)
    sv_pq.exitPipelineMode (wire->handle);
  return ok;
}

gboolean
sv_wire_begin_queue (SvWire *wire, GError **error)
{
  put_aside (wire);
  return sv_pq.pipelineStatus (wire->handle) != PQ_PIPELINE_OFF ||
         sv_pq.enterPipelineMode (wire->handle) == 1 || sv_wire_fail (wire, error);
}

gboolean
sv_wire_count_queued (SvWire *wire, GError **error)
{
  if (++wire->n_queued < MAX_QUEUED)
    return TRUE;
  return end_batch (wire, error) && (wire->n_batches < MAX_BATCHES || fetch_batch (wire, error));
}

gboolean
sv_wire_exec (SvWire *wire, const char *sql, GError **error)
{
  if (!sv_wire_settle (wire, error))
    return FALSE;
  g_autoptr (PGresult) result = sv_pq.exec (wire->handle, sql);
  return sv_wire_check (wire, result, error);
}

static void
ignore_notice (void *data, const char *message)
{
}

static gboolean
check_encoding (const SvWire *wire, GError **error)
{
  const char *encoding = sv_pq.parameterStatus (wire->handle, "server_encoding");
  if (g_strcmp0 (encoding, "UTF8") == 0)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_UNSUPPORTED,
               "the database is in %s: make it with ENCODING 'UTF8'", encoding);
  return FALSE;
}

static gboolean
configure (SvWire *wire, const SvDbOptions *options, GError **error)
{
  g_autofree char *wait = g_strdup_printf ("SET lock_timeout = %u", options->busy_ms);
  return sv_wire_exec (wire, session_sql, error) && sv_wire_exec (wire, wait, error) &&
         (!options->read_only ||
          sv_wire_exec (wire, "SET default_transaction_read_only = on", error)) &&
         check_encoding (wire, error);
}

/* What stands behind "dbname" cannot be changed by the URL. Over TCP nothing goes in the clear
 * unless the URL says so (sslmode=disable); libpq by itself would fall back to that in silence. */
static PGconn *
dial (const char *url)
{
  g_autofree char *timeout_s = g_strdup_printf ("%d", SV_LIMIT_CONNECT_MS / 1000);
  const char *const keys[] = {"connect_timeout",
                              "tcp_user_timeout",
                              "fallback_application_name",
                              "sslmode",
                              "dbname",
                              "client_encoding",
                              NULL};
  const char *const values[] = {timeout_s, "60000", "salve", "verify-full", url, "UTF8", NULL};
  return sv_pq.connectdbParams (keys, values, 1);
}

gboolean
sv_wire_init (SvWire *wire, const char *url, const SvDbOptions *options, GError **error)
{
  if (!sv_pq_load (error))
    return FALSE;
  wire->handle = dial (url);
  sv_pq.setNoticeProcessor (wire->handle, ignore_notice, NULL);
  if ((sv_pq.status (wire->handle) == CONNECTION_OK || sv_wire_fail (wire, error)) &&
      configure (wire, options, error))
    return TRUE;
  /* Not the URL itself: it may hold a password. */
  g_prefix_error (error, "cannot open the PostgreSQL store: ");
  return FALSE;
}

void
sv_wire_clear (SvWire *wire)
{
  g_clear_pointer (&wire->handle, sv_pq.finish);
}
