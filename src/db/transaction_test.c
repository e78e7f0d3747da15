#include "db/db.h"

#include "db/test_items.h"

static void
test_bulk (SvTestStore *store)
{
  make_table (store->db);
  {
    g_autoptr (SvTx) tx = begin (store->db);
    g_autoptr (SvQuery) insert = query_of (store->db, insert_sql);
    for (gint64 i = 0; i < 100000; i++) {
      sv_query_bind_text (insert, "text", "some text");
      sv_query_bind_double (insert, "real", (double)i / 2);
      run_insert (insert, i);
    }
    commit (tx);
  }
  g_autoptr (SvDb) other = second_connection (store);
  g_assert_cmpint (ask (other, "SELECT count(*) FROM item"), ==, 100000);
  g_assert_cmpint (ask (other, "SELECT sum(id) FROM item"), ==, 4999950000);
}

static void
test_rollback (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  make_table (store->db);
  {
    g_autoptr (SvTx) tx = begin (store->db);
    g_assert_nonnull (tx);
    g_assert_null (sv_db_begin (store->db, &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_USAGE);
    g_autoptr (SvQuery) insert = query_of (store->db, insert_sql);
    for (gint64 i = 0; i < 5000; i++)
      run_insert (insert, i);
  }
  g_assert_cmpint (ask (store->db, "SELECT count(*) FROM item"), ==, 0);
  insert_many (store->db, 0, 1);
  g_assert_cmpint (ask (store->db, "SELECT count(*) FROM item"), ==, 1);
}

static void
test_commit_twice (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvTx) tx = begin (store->db);
  commit (tx);
  g_assert_false (sv_tx_commit (tx, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_USAGE);
}

/* After a failed statement nothing of the transaction can be written, on either engine. */
static void
test_broken_transaction (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  make_table (store->db);
  insert_many (store->db, 7, 1);
  g_autoptr (SvTx) tx = begin (store->db);
  g_autoptr (SvQuery) insert = query_of (store->db, insert_sql);
  run_insert (insert, 1);
  sv_query_bind_int64 (insert, "id", 7);
  assert_step_error (insert, SV_ERROR_EXISTS);
  sv_query_bind_int64 (insert, "id", 2);
  assert_step_error (insert, SV_ERROR_EXISTS);
  sv_query_bind_int64 (insert, "id", 3);
  g_assert_false (sv_query_run (insert, NULL));
  g_assert_null (sv_db_query (store->db, "SELECT 1", NULL));
  g_assert_false (sv_db_exec (store->db, "DELETE FROM item", NULL));
  g_assert_false (sv_tx_commit (tx, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_EXISTS);
  g_assert_cmpint (ask (store->db, "SELECT count(*) FROM item"), ==, 1);
  run_insert (insert, 1); /* the query and the store are well again */
}

/* A batch may put the error of a run off, but not past the commit. */
static void
test_late_error (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  make_table (store->db);
  g_autoptr (SvTx) tx = begin (store->db);
  g_autoptr (SvQuery) insert = query_of (store->db, insert_sql);
  gboolean ok = TRUE;
  for (gint64 i = 0; i < 50000; i++) {
    sv_query_bind_int64 (insert, "id", i == 25000 ? 1 : i);
    ok = sv_query_run (insert, NULL) && ok;
  }
  g_assert_false (ok);
  g_assert_false (sv_tx_commit (tx, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_EXISTS);
  g_assert_cmpint (ask (store->db, "SELECT count(*) FROM item"), ==, 0);
}

static void
test_late_error_at_commit (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  make_table (store->db);
  g_autoptr (SvTx) tx = begin (store->db);
  g_autoptr (SvQuery) insert = query_of (store->db, insert_sql);
  for (gint64 i = 0; i < 3; i++) {
    sv_query_bind_int64 (insert, "id", MIN (i, 1));
    sv_query_run (insert, NULL);
  }
  g_assert_false (sv_tx_commit (tx, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_EXISTS);
  g_assert_cmpint (ask (store->db, "SELECT count(*) FROM item"), ==, 0);
}

/* A state write is a compare-and-swap: RETURNING tells whether it took place. */
static void
test_compare_and_swap (SvTestStore *store)
{
  make_table (store->db);
  insert_many (store->db, 1, 1);
  {
    g_autoptr (SvQuery) swap =
        query_of (store->db, "UPDATE item SET id = :after WHERE id = :before RETURNING id");
    sv_query_bind_int64 (swap, "before", 1);
    sv_query_bind_int64 (swap, "after", 5);
    assert_row (swap);
    g_assert_cmpint (sv_query_get_int64 (swap, 0), ==, 5);
  }
  g_autoptr (SvDb) other = second_connection (store);
  g_assert_cmpint (ask (other, "SELECT id FROM item"), ==, 5);
  g_autoptr (SvQuery) again =
      query_of (store->db, "UPDATE item SET id = :after WHERE id = :before RETURNING id");
  sv_query_bind_int64 (again, "before", 1);
  sv_query_bind_int64 (again, "after", 6);
  assert_done (again);
}

static void
test_read_transaction (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  make_table (store->db);
  g_autoptr (SvDb) other = second_connection (store);
  {
    g_autoptr (SvTx) tx = sv_db_begin_read (other, &error);
    g_assert_no_error (error);
    g_assert_cmpint (ask (other, "SELECT count(*) FROM item"), ==, 0);
    insert_many (store->db, 1, 10);
    g_assert_cmpint (ask (other, "SELECT count(*) FROM item"), ==, 0);
    commit (tx);
  }
  {
    g_autoptr (SvTx) tx = sv_db_begin_read (other, &error);
    g_assert_nonnull (tx);
    g_assert_cmpint (ask (other, "SELECT count(*) FROM item"), ==, 10);
    g_autoptr (SvQuery) insert = query_of (other, insert_sql);
    sv_query_bind_int64 (insert, "id", 99);
    g_assert_false (sv_query_run (insert, &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_USAGE);
  }
  insert_many (other, 99, 1); /* the connection may write again */
}

static gboolean
write_sum (SvDb *db, gint64 id, GError **error)
{
  g_autoptr (SvQuery) insert = sv_db_query (db, insert_sql, error);
  if (insert == NULL)
    return FALSE;
  sv_query_bind_int64 (insert, "id", id);
  sv_query_bind_double (insert, "real", (double)ask (db, "SELECT count(*) FROM item"));
  return sv_query_run (insert, error);
}

/* Two that each read what the other writes: one must be told to do it again. */
static void
test_write_skew (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  make_table (store->db);
  g_autoptr (SvDb) other = second_connection (store);
  g_autoptr (SvTx) first = begin (store->db);
  g_autoptr (SvTx) second = sv_db_begin (other, &error);
  g_assert_true (write_sum (store->db, 1, NULL));
  gboolean both = second != NULL && write_sum (other, 2, &error);
  commit (first);
  both = both && sv_tx_commit (second, &error);
  g_assert_false (both);
  gboolean retry = sv_error_is (error, SV_ERROR_BUSY) || sv_error_is (error, SV_ERROR_CONFLICT);
  g_assert_true (retry);
}

static void
test_second_writer (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  make_table (store->db);
  insert_many (store->db, 1, 1);
  g_autoptr (SvDb) other = second_connection (store);
  g_autoptr (SvTx) first = begin (store->db);
  g_autoptr (SvQuery) update = query_of (store->db, "UPDATE item SET real = 1");
  assert_done (update);
  g_assert_cmpint (ask (other, "SELECT count(*) FROM item WHERE real IS NULL"), ==, 1);
  g_assert_false (sv_db_exec (other, "UPDATE item SET real = 2", &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_BUSY);
  commit (first);
  exec (other, "UPDATE item SET real = 3");
}

/* The first connection keeps its locks while a second one comes and goes. */
static void
test_locks_stay (SvTestStore *store)
{
  make_table (store->db);
  g_autoptr (SvTx) tx = begin (store->db);
  g_autoptr (SvQuery) insert = query_of (store->db, insert_sql);
  run_insert (insert, 1);
  for (int i = 0; i < 3; i++) {
    g_autoptr (SvDb) other = second_connection (store);
    g_assert_cmpint (ask (other, "SELECT count(*) FROM item"), ==, 0);
  }
  run_insert (insert, 2);
  commit (tx);
  g_assert_cmpint (ask (store->db, "SELECT count(*) FROM item"), ==, 2);
}

/* A lock that is only asked for at the first write could be refused after much work. */
static void
test_lock_at_once (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvDb) other = second_connection (store);
  {
    g_autoptr (SvTx) first = begin (store->db);
    g_assert_nonnull (first);
    g_assert_null (sv_db_begin (other, &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_BUSY);
  }
  g_autoptr (SvTx) second = begin (other);
  commit (second);
}

/* As on a full disk: the transaction is lost, the store is not. */
static void
test_full (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strnfill (100000, 'x');
  make_table (store->db);
  exec (store->db, "PRAGMA max_page_count = 500");
  g_autoptr (SvQuery) insert = query_of (store->db, insert_sql);
  {
    g_autoptr (SvTx) tx = begin (store->db);
    gboolean ok = TRUE;
    for (gint64 i = 0; ok && i < 100; i++) {
      sv_query_bind_int64 (insert, "id", i);
      sv_query_bind_text (insert, "text", text);
      ok = sv_query_run (insert, NULL);
    }
    g_assert_false (ok);
    g_assert_false (sv_tx_commit (tx, &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_FULL);
  }
  g_assert_cmpint (ask (store->db, "SELECT count(*) FROM item"), ==, 0);
  exec (store->db, "PRAGMA max_page_count = 100000");
  insert_many (store->db, 1, 100);
}

static void
cut_connection (const SvTestStore *store, gint64 pid)
{
  g_autoptr (SvDb) other = second_connection (store);
  g_autoptr (SvQuery) cut = query_of (other, "SELECT pg_terminate_backend (CAST (:pid AS INT))");
  sv_query_bind_int64 (cut, "pid", pid);
  assert_row (cut);
}

/* The server goes away: at rest, in the middle of a batch, in the middle of a result. */
static void
test_cut_connection (SvTestStore *store)
{
  make_table (store->db);
  insert_many (store->db, 0, 50000);
  for (int when = 0; when < 3; when++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SvDb) db = second_connection (store);
    gint64 pid = ask (db, "SELECT pg_backend_pid ()");
    g_autoptr (SvQuery) select = query_of (db, "SELECT id FROM item");
    g_autoptr (SvQuery) insert = query_of (db, insert_sql);
    g_autoptr (SvTx) tx = when == 1 ? begin (db) : NULL;
    if (when == 1)
      run_insert (insert, 50001);
    if (when == 2)
      assert_row (select);
    cut_connection (store, pid);
    SvStep step = SV_STEP_ROW;
    while (step == SV_STEP_ROW)
      step = sv_query_step (select, &error);
    if (step == SV_STEP_DONE) /* the rows were on their way already */
      sv_query_run (insert, &error);
    g_assert_error (error, SV_ERROR, SV_ERROR_UNREACHABLE);
    if (tx != NULL)
      g_assert_false (sv_tx_commit (tx, NULL));
    g_clear_pointer (&tx, sv_tx_free);
    g_assert_null (sv_db_begin (db, NULL));
  }
  g_assert_cmpint (ask (store->db, "SELECT count(*) FROM item"), ==, 50000);
}

static const struct {
  const char *path;
  SvStoreTest run;
} tests[] = {
    {"/transaction/bulk", test_bulk},
    {"/transaction/rollback", test_rollback},
    {"/transaction/commit-twice", test_commit_twice},
    {"/transaction/broken-transaction", test_broken_transaction},
    {"/transaction/late-error", test_late_error},
    {"/transaction/late-error-at-commit", test_late_error_at_commit},
    {"/transaction/compare-and-swap", test_compare_and_swap},
    {"/transaction/read-transaction", test_read_transaction},
    {"/transaction/write-skew", test_write_skew},
    {"/transaction/second-writer", test_second_writer},
    {"/transaction/locks-stay", test_locks_stay},
};

/* What only one engine can meet. */
static const struct {
  const char *engine;
  const char *path;
  SvStoreTest run;
} engine_tests[] = {
    {"sqlite", "/transaction/lock-at-once", test_lock_at_once},
    {"sqlite", "/transaction/full", test_full},
    {"postgresql", "/transaction/cut-connection", test_cut_connection},
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    sv_test_store_add (tests[i].path, tests[i].run);
  for (gsize i = 0; i < G_N_ELEMENTS (engine_tests); i++)
    sv_test_store_add_case (engine_tests[i].engine, engine_tests[i].path, engine_tests[i].run,
                            FALSE);
  return g_test_run ();
}
