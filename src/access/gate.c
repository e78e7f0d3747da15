#include "access/gate.h"

typedef struct {
  SvErrand errand; /* without run: the end */
  SvDeferred *deferred;
} Job;

struct SvGate {
  char *store;
  GAsyncQueue *jobs;
  GPtrArray *threads;
};

static void
do_job (Job *job, SvDb *db, GError *unopened)
{
  GError *error = unopened;
  gpointer record = NULL;
  if (db != NULL)
    job->errand.run (job->errand.data, db, job->deferred, &record, &error);
  if (job->deferred != NULL)
    sv_call_resume (job->deferred, record, error);
  else
    g_clear_error (&error);
}

static void
job_free (Job *job)
{
  if (job->errand.free != NULL)
    job->errand.free (job->errand.data);
  g_free (job);
}

/* The store is opened for the first job, and again if it could not be. */
static gpointer
run_thread (gpointer data)
{
  SvGate *gate = data;
  g_autoptr (SvDb) db = NULL;
  for (;;) {
    g_autoptr (GError) error = NULL;
    Job *job = g_async_queue_pop (gate->jobs);
    gboolean ends = job->errand.run == NULL;
    if (!ends && (db == NULL || !sv_db_check_schema (db, NULL))) {
      g_clear_pointer (&db, sv_db_free);
      db = sv_db_open (gate->store, &error);
    }
    if (!ends)
      do_job (job, db, g_steal_pointer (&error));
    job_free (job);
    if (ends)
      return NULL;
  }
}

SvGate *
sv_gate_new (const char *store, guint n_threads)
{
  SvGate *gate = g_new0 (SvGate, 1);
  guint n = n_threads != 0 ? n_threads : MIN (g_get_num_processors (), SV_LIMIT_GATE_THREADS);
  gate->store = g_strdup (store);
  gate->jobs = g_async_queue_new ();
  gate->threads = g_ptr_array_new ();
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (gate->threads, g_thread_new ("gate", run_thread, gate));
  return gate;
}

void
sv_gate_free (SvGate *gate)
{
  if (gate == NULL)
    return;
  for (guint i = 0; i < gate->threads->len; i++)
    g_async_queue_push (gate->jobs, g_new0 (Job, 1));
  for (guint i = 0; i < gate->threads->len; i++)
    g_thread_join (gate->threads->pdata[i]);
  g_ptr_array_unref (gate->threads);
  g_async_queue_unref (gate->jobs);
  g_free (gate->store);
  g_free (gate);
}

static Job *
job_new (const SvErrand *errand, SvDeferred *deferred)
{
  Job *job = g_new0 (Job, 1);
  job->errand = *errand;
  job->deferred = deferred;
  return job;
}

gboolean
sv_gate_defer (SvGate *gate, SvCall *call, const SvErrand *errand, GError **error)
{
  if (g_async_queue_length (gate->jobs) < SV_LIMIT_GATE_QUEUE) {
    g_async_queue_push (gate->jobs, job_new (errand, sv_call_defer (call)));
    return TRUE;
  }
  errand->free (errand->data);
  g_set_error_literal (error, SV_ERROR, SV_ERROR_BUSY, "too many people knock at one time");
  return FALSE;
}

void
sv_gate_leave (SvGate *gate, const SvErrand *errand)
{
  if (g_async_queue_length (gate->jobs) < SV_LIMIT_GATE_QUEUE / 2)
    g_async_queue_push (gate->jobs, job_new (errand, NULL));
  else
    errand->free (errand->data);
}
