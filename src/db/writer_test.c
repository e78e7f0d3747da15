/* Group commit: what is acknowledged is there, and one bad write harms no other. */
#include "db/writer.h"

#include "db/test_store.h"

#include <signal.h>
#include <sys/resource.h>

#define N_THREADS 4
#define N_EACH 200

typedef struct {
  gint64 id;
  GAsyncQueue *answers; /* Write */
  GError *error;
  guint runs;
  gboolean refuses; /* by itself, before it writes */
} Write;

static gboolean
insert (SvDb *db, gpointer data, GError **error)
{
  Write *write = data;
  write->runs++;
  if (write->refuses) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE, "no");
    return FALSE;
  }
  g_autoptr (SvQuery) query = sv_db_query (db, "INSERT INTO item (id) VALUES (:id)", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "id", write->id);
  return sv_query_step (query, error) == SV_STEP_DONE;
}

static void
answer (SvDb *db, gpointer data, const GError *error)
{
  Write *write = data;
  write->error = error != NULL ? g_error_copy (error) : NULL;
  g_async_queue_push (write->answers, write);
}

static gint64
count (SvDb *db)
{
  g_autoptr (SvQuery) query = sv_db_query (db, "SELECT COUNT (*) FROM item", NULL);
  g_assert_cmpint (sv_query_step (query, NULL), ==, SV_STEP_ROW);
  return sv_query_get_int64 (query, 0);
}

static void
make_table (SvDb *db)
{
  g_assert_true (sv_db_exec (db, "CREATE TABLE item (id BIGINT NOT NULL PRIMARY KEY)", NULL));
}

typedef struct {
  SvWriter *writer;
  GAsyncQueue *answers;
  Write *writes;
} Sender;

static gpointer
send_all (gpointer data)
{
  Sender *sender = data;
  for (guint i = 0; i < N_EACH; i++)
    g_assert_true (sv_writer_submit (sender->writer, insert, answer, &sender->writes[i], NULL));
  return NULL;
}

static void
test_many (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  make_table (store->db);
  g_autoptr (GAsyncQueue) answers = g_async_queue_new ();
  g_autofree Write *writes = g_new0 (Write, N_THREADS * N_EACH);
  SvWriter *writer = sv_writer_new (store->url, &error);
  g_assert_no_error (error);
  Sender senders[N_THREADS];
  GThread *threads[N_THREADS];
  for (guint i = 0; i < N_THREADS * N_EACH; i++)
    writes[i] = (Write){.id = i, .answers = answers};
  for (guint t = 0; t < N_THREADS; t++) {
    senders[t] = (Sender){writer, answers, writes + t * N_EACH};
    threads[t] = g_thread_new ("sender", send_all, &senders[t]);
  }
  for (guint i = 0; i < N_THREADS * N_EACH; i++) {
    Write *write = g_async_queue_pop (answers);
    g_assert_no_error (write->error);
    g_assert_cmpint (count (store->db), >, (gint64)i); /* never before it is there */
    for (guint looks = 0; looks < 100; looks++)        /* a writer that waits is no full queue */
      g_assert_cmpuint (sv_writer_count_waiting (writer), <=, N_THREADS * N_EACH);
  }
  for (guint t = 0; t < N_THREADS; t++)
    g_thread_join (threads[t]);
  sv_writer_free (writer);
  g_assert_cmpint (count (store->db), ==, N_THREADS * N_EACH);
}

/* Some refuse by themselves, some break the transaction; the others do not notice. */
static void
test_bad_neighbours (SvTestStore *store)
{
  make_table (store->db);
  g_autoptr (GAsyncQueue) answers = g_async_queue_new ();
  Write writes[60];
  SvWriter *writer = sv_writer_new (store->url, NULL);
  guint good = 0;
  for (guint i = 0; i < G_N_ELEMENTS (writes); i++) {
    writes[i] = (Write){.id = i % 7 == 6 ? 0 : i, .answers = answers, .refuses = i % 10 == 9};
    g_assert_true (sv_writer_submit (writer, insert, answer, &writes[i], NULL));
  }
  sv_writer_free (writer); /* finishes all */
  for (guint i = 0; i < G_N_ELEMENTS (writes); i++) {
    const Write *write = &writes[i];
    SvError code = write->refuses ? SV_ERROR_USAGE : SV_ERROR_EXISTS;
    gboolean bad = write->refuses || i % 7 == 6;
    g_assert_true ((write->error != NULL) == bad);
    g_assert_true (!bad || sv_error_is (write->error, code));
    g_clear_error (&writes[i].error);
    good += !bad;
  }
  g_assert_cmpint (count (store->db), ==, good);
}

/* --- a disk that takes no write, a server that goes away --- */

static void
limit_files (gboolean limited)
{
  struct rlimit limit;
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = limited ? 0 : limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

static gboolean
insert_and_break (SvDb *db, gpointer data, GError **error)
{
  if (!insert (db, data, error))
    return FALSE;
  if (g_str_equal (sv_db_get_engine (db), "sqlite"))
    limit_files (TRUE);
  else
    sv_db_exec (db, "SELECT pg_terminate_backend (pg_backend_pid ())", NULL);
  return TRUE;
}

static Write *
submit_and_wait (SvWriter *writer, SvWriteFunc func, Write *write)
{
  g_assert_true (sv_writer_submit (writer, func, answer, write, NULL));
  return g_async_queue_pop (write->answers);
}

static void
test_failure (SvTestStore *store)
{
  signal (SIGXFSZ, SIG_IGN);
  make_table (store->db);
  g_autoptr (GAsyncQueue) answers = g_async_queue_new ();
  g_autoptr (SvWriter) writer = sv_writer_new (store->url, NULL);
  Write first = {.id = 1, .answers = answers}, second = {.id = 2, .answers = answers},
        third = {.id = 3, .answers = answers};
  g_autoptr (GError) failure = NULL;
  submit_and_wait (writer, insert_and_break, &first);
  gboolean failed = !sv_writer_check (writer, &failure);
  submit_and_wait (writer, insert, &second);
  limit_files (FALSE);
  g_assert_true (failed);
  g_assert_true (sv_error_is (failure, SV_ERROR_UNREACHABLE));
  g_assert_true (sv_error_is (first.error, SV_ERROR_UNREACHABLE));
  gboolean disk = g_str_equal (store->engine, "sqlite"); /* a server is there again at once */
  g_assert_true (sv_error_is (second.error, SV_ERROR_UNREACHABLE) == disk);
  g_assert_true (disk || second.error == NULL);
  while (!sv_writer_check (writer, NULL)) /* it comes back by itself */
    g_usleep (10 * G_TIME_SPAN_MILLISECOND);
  submit_and_wait (writer, insert, &third);
  g_assert_no_error (third.error);
  g_assert_cmpint (count (store->db), ==, disk ? 1 : 2);
  g_clear_error (&first.error);
  g_clear_error (&second.error);
}

static void
test_gone (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (sv_writer_new ("/nonexistent/place/store.db", &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sv_test_store_add ("/writer/many", test_many);
  sv_test_store_add ("/writer/bad-neighbours", test_bad_neighbours);
  sv_test_store_add ("/writer/failure", test_failure);
  sv_test_store_add ("/writer/gone", test_gone);
  return g_test_run ();
}
