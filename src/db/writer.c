#include "db/writer.h"

#define BATCH 256               /* writes of one transaction */
#define RETRIES 10              /* of one that others got in the way of */
#define RECOVER_US SV_SECOND_US /* between two looks whether a store that failed is back */

typedef struct {
  SvWriteFunc write;
  SvWrittenFunc written;
  gpointer data;
  GError *error; /* of this write alone */
} Job;

struct SvWriter {
  char *url;
  SvDb *db;             /* NULL: it failed */
  gint64 recover_at_us; /* monotonic; not before: verifying takes long */
  GThread *thread;
  GAsyncQueue *queue; /* Job; `last` ends the thread */
  Job last;
  GMutex lock;     /* of what follows */
  GError *failure; /* since when nothing is acknowledged; NULL: it is */
};

/* --- whether it can write --- */

/* Takes @failure. */
static void
set_failure (SvWriter *writer, GError *failure)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&writer->lock);
  g_clear_error (&writer->failure);
  writer->failure = failure;
}

gboolean
sv_writer_check (SvWriter *writer, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&writer->lock);
  if (writer->failure != NULL && error != NULL)
    *error = g_error_copy (writer->failure);
  return writer->failure == NULL;
}

/* A connection that is gone does not come back by itself; and a sync that succeeds after one that
 * failed says nothing of what was written before. */
static gboolean
recover (SvWriter *writer, GError **error)
{
  if (writer->db != NULL)
    return TRUE;
  if (g_get_monotonic_time () < writer->recover_at_us)
    return sv_writer_check (writer, error);
  GError *cause = NULL;
  g_autoptr (SvDb) db = sv_db_open (writer->url, &cause);
  if (db != NULL && sv_db_verify (db, &cause)) {
    writer->db = g_steal_pointer (&db);
    set_failure (writer, NULL);
    return TRUE;
  }
  if (!sv_error_is (cause, SV_ERROR_FULL))
    cause->code = SV_ERROR_UNREACHABLE; /* whatever it is, it is not what was to be written */
  writer->recover_at_us = g_get_monotonic_time () + RECOVER_US;
  set_failure (writer, g_error_copy (cause));
  g_propagate_error (error, cause);
  return FALSE;
}

static void
give_up (SvWriter *writer, const GError *cause)
{
  if (writer->db == NULL)
    return;
  g_clear_pointer (&writer->db, sv_db_free);
  writer->recover_at_us = 0;
  set_failure (writer, g_error_copy (cause));
}

/* --- one transaction --- */

/* What a write refuses by itself concerns nobody else; what breaks the transaction does.
 * @ret_begun: FALSE: nothing was done yet. */
static gboolean
run_jobs (SvDb *db, GPtrArray *jobs, gboolean *ret_begun, GError **error)
{
  g_autoptr (SvTx) tx = sv_db_begin (db, error);
  *ret_begun = tx != NULL;
  if (tx == NULL)
    return FALSE;
  for (guint i = 0; i < jobs->len; i++) {
    Job *job = jobs->pdata[i];
    g_clear_error (&job->error);
    job->write (db, job->data, &job->error);
  }
  return sv_tx_commit (tx, error);
}

static gboolean
try_jobs (SvWriter *writer, GPtrArray *jobs, GError **error)
{
  g_autoptr (GError) cause = NULL;
  for (guint attempt = 0; attempt < RETRIES; attempt++) {
    gboolean begun = TRUE;
    g_clear_error (&cause);
    if (recover (writer, &cause) && run_jobs (writer->db, jobs, &begun, &cause))
      return TRUE;
    gboolean gone = sv_error_is (cause, SV_ERROR_UNREACHABLE);
    if (gone)
      give_up (writer, cause);
    if (!sv_error_is (cause, SV_ERROR_CONFLICT) && !sv_error_is (cause, SV_ERROR_BUSY) &&
        (!gone || begun)) /* it was gone before anything began: another may be there */
      break;
  }
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

/* --- batches --- */

static void
finish_job (SvWriter *writer, Job *job, const GError *failure)
{
  job->written (writer->db, job->data, failure != NULL ? failure : job->error);
  g_clear_error (&job->error);
  g_free (job);
}

/* Alone, so that only the one which breaks it fails. */
static void
run_apart (SvWriter *writer, GPtrArray *jobs)
{
  for (guint i = 0; i < jobs->len; i++) {
    g_autoptr (GPtrArray) one = g_ptr_array_new ();
    g_autoptr (GError) failure = NULL;
    g_ptr_array_add (one, jobs->pdata[i]);
    try_jobs (writer, one, &failure);
    finish_job (writer, jobs->pdata[i], failure);
  }
}

static void
run_batch (SvWriter *writer, GPtrArray *jobs)
{
  g_autoptr (GError) failure = NULL;
  gboolean committed = try_jobs (writer, jobs, &failure);
  gboolean of_all =
      sv_error_is (failure, SV_ERROR_UNREACHABLE) || sv_error_is (failure, SV_ERROR_FULL);
  if (!committed && jobs->len > 1 && !of_all) {
    run_apart (writer, jobs);
    return;
  }
  for (guint i = 0; i < jobs->len; i++)
    finish_job (writer, jobs->pdata[i], failure);
}

/* The first that comes. Whoever looks whether the store is back need not wait for a write. */
static Job *
wait_for_job (SvWriter *writer)
{
  Job *job = NULL;
  while (job == NULL && writer->db == NULL) {
    job = g_async_queue_timeout_pop (writer->queue, RECOVER_US);
    if (job == NULL)
      recover (writer, NULL);
  }
  return job != NULL ? job : g_async_queue_pop (writer->queue);
}

/* Waits for the first, takes what else is there. FALSE: that was all for ever. */
static gboolean
take_batch (SvWriter *writer, GPtrArray *jobs)
{
  Job *job = wait_for_job (writer);
  while (job != NULL && job != &writer->last && jobs->len < BATCH - 1) {
    g_ptr_array_add (jobs, job);
    job = g_async_queue_try_pop (writer->queue);
  }
  if (job != NULL && job != &writer->last)
    g_ptr_array_add (jobs, job);
  return job != &writer->last;
}

static gpointer
work (gpointer data)
{
  SvWriter *writer = data;
  gboolean more = TRUE;
  while (more) {
    g_autoptr (GPtrArray) jobs = g_ptr_array_new ();
    more = take_batch (writer, jobs);
    if (jobs->len > 0)
      run_batch (writer, jobs);
  }
  return NULL;
}

/* --- its life --- */

SvWriter *
sv_writer_new (const char *url, GError **error)
{
  SvDb *db = sv_db_open (url, error);
  if (db == NULL)
    return NULL;
  SvWriter *writer = g_new0 (SvWriter, 1);
  writer->url = g_strdup (url);
  writer->db = db;
  writer->queue = g_async_queue_new ();
  g_mutex_init (&writer->lock);
  writer->thread = g_thread_new ("writer", work, writer);
  return writer;
}

/* What was submitted while the thread came to its end. */
static void
refuse_late (SvWriter *writer)
{
  g_autoptr (GError) late = g_error_new_literal (SV_ERROR, SV_ERROR_BUSY, "the server stops");
  for (Job *job; (job = g_async_queue_try_pop (writer->queue)) != NULL;)
    finish_job (writer, job, late);
}

void
sv_writer_free (SvWriter *writer)
{
  if (writer == NULL)
    return;
  g_async_queue_push (writer->queue, &writer->last);
  g_thread_join (writer->thread);
  refuse_late (writer);
  g_async_queue_unref (writer->queue);
  sv_db_free (writer->db);
  g_clear_error (&writer->failure);
  g_mutex_clear (&writer->lock);
  g_free (writer->url);
  g_free (writer);
}

guint
sv_writer_count_waiting (SvWriter *writer)
{
  gint length = g_async_queue_length (writer->queue); /* below 0 while the thread waits */
  return length > 0 ? (guint)length : 0;
}

static Job *
new_job (SvWriteFunc write, SvWrittenFunc written, gpointer data)
{
  Job *job = g_new (Job, 1);
  *job = (Job){write, written, data, NULL};
  return job;
}

gboolean
sv_writer_submit (SvWriter *writer, SvWriteFunc write, SvWrittenFunc written, gpointer data,
                  GError **error)
{
  if (sv_writer_count_waiting (writer) >= SV_LIMIT_WRITES) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_BUSY, "too many writes wait: try again later");
    return FALSE;
  }
  g_async_queue_push (writer->queue, new_job (write, written, data));
  return TRUE;
}
