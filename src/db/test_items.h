/* For the tests of this room: a table of items, and steps that must go well. */
#pragma once

#include "db/test_store.h"

static inline void
exec (SvDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;
  sv_db_exec (db, sql, &error);
  g_assert_no_error (error);
}

static inline SvQuery *
query_of (SvDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;
  SvQuery *query = sv_db_query (db, sql, &error);
  g_assert_no_error (error);
  return query;
}

static inline void
assert_row (SvQuery *query)
{
  g_autoptr (GError) error = NULL;
  SvStep step = sv_query_step (query, &error);
  g_assert_no_error (error);
  g_assert_cmpint (step, ==, SV_STEP_ROW);
}

static inline void
assert_done (SvQuery *query)
{
  g_autoptr (GError) error = NULL;
  SvStep step = sv_query_step (query, &error);
  g_assert_no_error (error);
  g_assert_cmpint (step, ==, SV_STEP_DONE);
}

static inline void
assert_step_error (SvQuery *query, SvError code)
{
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (sv_query_step (query, &error), ==, SV_STEP_ERROR);
  g_assert_error (error, SV_ERROR, (int)code);
}

static inline gint64
ask (SvDb *db, const char *sql)
{
  g_autoptr (SvQuery) query = query_of (db, sql);
  assert_row (query);
  return sv_query_get_int64 (query, 0);
}

static inline SvTx *
begin (SvDb *db)
{
  g_autoptr (GError) error = NULL;
  SvTx *tx = sv_db_begin (db, &error);
  g_assert_no_error (error);
  return tx;
}

static inline void
commit (SvTx *tx)
{
  g_autoptr (GError) error = NULL;
  sv_tx_commit (tx, &error);
  g_assert_no_error (error);
}

static inline SvDb *
second_connection (const SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  SvDb *db = sv_db_open_options (store->url, &(SvDbOptions){.busy_ms = 50}, &error);
  g_assert_no_error (error);
  return db;
}

static inline void
make_table (SvDb *db)
{
  exec (db, "CREATE TABLE item (id BIGINT NOT NULL PRIMARY KEY, text TEXT, real DOUBLE PRECISION,"
            " bytes BLOB)");
}

static const char insert_sql[] =
    "INSERT INTO item (id, text, real, bytes) VALUES (:id, :text, :real, :bytes)";

static inline void
run_insert (SvQuery *insert, gint64 id)
{
  g_autoptr (GError) error = NULL;
  sv_query_bind_int64 (insert, "id", id);
  sv_query_run (insert, &error);
  g_assert_no_error (error);
}

static inline void
insert_many (SvDb *db, gint64 from, gint64 n)
{
  g_autoptr (SvTx) tx = begin (db);
  g_autoptr (SvQuery) insert = query_of (db, insert_sql);
  for (gint64 id = from; id < from + n; id++)
    run_insert (insert, id);
  commit (tx);
}
