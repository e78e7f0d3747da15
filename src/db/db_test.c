#include "db/db.h"

#include "db/test_items.h"

#include <math.h>
#include <sys/stat.h>

static void
test_parameters (SvTestStore *store)
{
  g_autoptr (SvQuery) query =
      query_of (store->db, "SELECT CAST (:b AS BIGINT) - CAST (:a AS BIGINT), ':a', :c -- :d\n"
                           "WHERE CAST (:a AS BIGINT) < CAST (:b AS BIGINT)");
  for (gint64 i = 1; i < 4; i++) {
    sv_query_bind_int64 (query, "a", i);
    sv_query_bind_text (query, "c", "see");
    sv_query_bind_int64 (query, "b", 10);
    assert_row (query);
    g_assert_cmpint (sv_query_get_int64 (query, 0), ==, 10 - i);
    g_assert_cmpstr (sv_query_get_text (query, 1), ==, ":a");
    g_assert_cmpstr (sv_query_get_text (query, 2), ==, "see");
    assert_done (query);
  }
  assert_done (query); /* the bindings are gone, and NULL < NULL is no row */
}

static void
test_missing_parameter (void)
{
  if (g_test_subprocess ()) {
    g_autoptr (SvDb) db = sv_db_open ("sqlite::memory:", NULL);
    g_autoptr (SvQuery) query = query_of (db, "SELECT :a");
    sv_query_bind_int64 (query, "b", 1);
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*no parameter ':b'*");
}

static void
test_hostile_text (SvTestStore *store)
{
  static const char *const texts[] = {
      "",
      "'; DROP TABLE item; --",
      "\\' \\\\ \" ` $1 :id ?1 %s %n",
      "a\tb\nc\rd\x01\x1b[31m\x7f",
      "\xf0\x9f\xa9\xb9 \xe2\x80\xae gnp.exe \xc2\x85 \xef\xbf\xbe",
      "=cmd|' /C calc'!A0",
      "NULL",
  };
  make_table (store->db);
  g_autoptr (SvQuery) insert = query_of (store->db, insert_sql);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    sv_query_bind_text (insert, "text", texts[i]);
    run_insert (insert, (gint64)i);
  }
  g_autoptr (SvQuery) find = query_of (store->db, "SELECT id, text FROM item WHERE text = :text");
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    sv_query_bind_text (find, "text", texts[i]);
    assert_row (find);
    g_assert_cmpint (sv_query_get_int64 (find, 0), ==, (gint64)i);
    g_assert_cmpstr (sv_query_get_text (find, 1), ==, texts[i]);
    assert_done (find);
  }
}

static void
test_not_utf8 (SvTestStore *store)
{
  static const char *const texts[] = {"\xff", "a\xc3", "\xed\xa0\x80", "\xc0\xaf"};
  make_table (store->db);
  g_autoptr (SvQuery) insert = query_of (store->db, insert_sql);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    sv_query_bind_int64 (insert, "id", (gint64)i);
    sv_query_bind_text (insert, "text", texts[i]);
    assert_step_error (insert, SV_ERROR_INVALID_DATA);
  }
  run_insert (insert, 1); /* the refused text is forgotten */
  g_assert_cmpint (ask (store->db, "SELECT count(*) FROM item"), ==, 1);
}

static void
test_text_order (SvTestStore *store)
{
  static const char *const sorted[] = {"A", "B", "_", "a", "b", "\xc3\xa9"};
  make_table (store->db);
  g_autoptr (SvQuery) insert = query_of (store->db, insert_sql);
  for (gsize i = G_N_ELEMENTS (sorted); i-- > 0;) {
    sv_query_bind_text (insert, "text", sorted[i]);
    run_insert (insert, (gint64)i);
  }
  g_autoptr (SvQuery) select = query_of (store->db, "SELECT text FROM item ORDER BY text");
  for (gsize i = 0; i < G_N_ELEMENTS (sorted); i++) {
    assert_row (select);
    g_assert_cmpstr (sv_query_get_text (select, 0), ==, sorted[i]);
  }
  assert_done (select);
}

static void
test_numbers (SvTestStore *store)
{
  static const struct {
    gint64 integer;
    double real;
  } cases[] = {
      {G_MININT64, -INFINITY},     {-1, -0.0},    {0, 0.1}, {1, 4.9e-324}, {G_MAXINT64, INFINITY},
      {2, 1.7976931348623157e308}, {3, 1.0 / 3.0}};
  make_table (store->db);
  g_autoptr (SvQuery) insert = query_of (store->db, insert_sql);
  g_autoptr (SvQuery) select =
      query_of (store->db, "SELECT id, real FROM item WHERE id = :id AND real = :real");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    sv_query_bind_double (insert, "real", cases[i].real);
    run_insert (insert, cases[i].integer);
    sv_query_bind_int64 (select, "id", cases[i].integer);
    sv_query_bind_double (select, "real", cases[i].real);
    assert_row (select);
    g_assert_true (sv_query_get_int64 (select, 0) == cases[i].integer);
    g_assert_true (sv_query_get_double (select, 1) == cases[i].real);
    assert_done (select);
  }
}

static void
test_null (SvTestStore *store)
{
  make_table (store->db);
  g_autoptr (SvQuery) insert = query_of (store->db, insert_sql);
  sv_query_bind_text (insert, "text", NULL);
  sv_query_bind_double (insert, "real", NAN);
  sv_query_bind_blob (insert, "bytes", NULL, 0);
  run_insert (insert, 1);
  g_autoptr (SvQuery) select =
      query_of (store->db, "SELECT text, real, bytes FROM item WHERE text IS NULL AND real IS NULL"
                           " AND bytes IS NULL");
  assert_row (select);
  gsize size = 1;
  g_assert_null (sv_query_get_text (select, 0));
  g_assert_true (isnan (sv_query_get_double (select, 1)));
  g_assert_null (sv_query_get_blob (select, 2, &size));
  g_assert_cmpuint (size, ==, 0);
  g_assert_true (sv_query_is_null (select, 1));
  g_assert_cmpint (sv_query_get_int64 (select, 0), ==, 0);
}

static void
assert_blob (SvDb *db, gint64 id, const guint8 *bytes, gsize size)
{
  g_autoptr (SvQuery) select = query_of (db, "SELECT bytes FROM item WHERE id = :id");
  sv_query_bind_int64 (select, "id", id);
  assert_row (select);
  for (gsize again = 0; again < 2; again++) {
    gsize got_size;
    const void *got = sv_query_get_blob (select, 0, &got_size);
    g_assert_false (sv_query_is_null (select, 0));
    g_assert_cmpmem (got, got_size, bytes, size);
  }
}

static void
test_blobs (SvTestStore *store)
{
  guint8 bytes[3 * 256];
  for (gsize i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8)(i * 7);
  static const gsize sizes[] = {sizeof bytes, 1, 0};
  make_table (store->db);
  g_autoptr (SvQuery) insert = query_of (store->db, insert_sql);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    sv_query_bind_blob (insert, "bytes", bytes, sizes[i]);
    run_insert (insert, (gint64)i);
    assert_blob (store->db, (gint64)i, bytes, sizes[i]);
  }
}

/* Version keys are compared by the engine: its order of bytes must be memcmp's. */
static void
test_blob_order (SvTestStore *store)
{
  static const char *const sorted[] = {"", "\x01", "\x01\x01", "\x7f", "\x80", "\xff", "\xff\x01"};
  make_table (store->db);
  g_autoptr (SvQuery) insert = query_of (store->db, insert_sql);
  for (gsize i = 0; i < G_N_ELEMENTS (sorted); i++) {
    sv_query_bind_blob (insert, "bytes", sorted[i], strlen (sorted[i]));
    run_insert (insert, (gint64)i);
  }
  g_autoptr (SvQuery) below =
      query_of (store->db, "SELECT count(*) FROM item WHERE bytes < :bytes");
  for (gsize i = 0; i < G_N_ELEMENTS (sorted); i++) {
    sv_query_bind_blob (below, "bytes", sorted[i], strlen (sorted[i]));
    assert_row (below);
    g_assert_cmpint (sv_query_get_int64 (below, 0), ==, (gint64)i);
    assert_done (below);
  }
}

static void
test_expressions (SvTestStore *store)
{
  make_table (store->db);
  insert_many (store->db, 1, 4);
  g_autoptr (SvQuery) query =
      query_of (store->db, "SELECT sum(id), avg(id), count(*), max(id) = 4, min(id) > 1 FROM item");
  assert_row (query);
  g_assert_cmpint (sv_query_get_int64 (query, 0), ==, 10);
  g_assert_cmpfloat (sv_query_get_double (query, 1), ==, 2.5);
  g_assert_cmpint (sv_query_get_int64 (query, 2), ==, 4);
  g_assert_cmpint (sv_query_get_int64 (query, 3), ==, 1);
  g_assert_cmpint (sv_query_get_int64 (query, 4), ==, 0);
}

static void
test_nested (SvTestStore *store)
{
  make_table (store->db);
  insert_many (store->db, 0, 3000);
  exec (store->db, "CREATE TABLE copy (id BIGINT NOT NULL PRIMARY KEY)");
  g_autoptr (SvTx) tx = begin (store->db);
  g_autoptr (SvQuery) outer = query_of (store->db, "SELECT id FROM item ORDER BY id");
  g_autoptr (SvQuery) insert = query_of (store->db, "INSERT INTO copy (id) VALUES (:id)");
  for (gint64 i = 0; i < 3000; i++) {
    assert_row (outer);
    g_assert_cmpint (sv_query_get_int64 (outer, 0), ==, i);
    run_insert (insert, i);
    if (i % 500 == 0)
      g_assert_cmpint (ask (store->db, "SELECT count(*) FROM copy"), ==, i + 1);
  }
  assert_done (outer);
  commit (tx);
  g_assert_cmpint (ask (store->db, "SELECT sum(id) FROM copy"), ==, 3000 * 2999 / 2);
}

/* The same text in use several times over. */
static void
count_down (SvDb *db, gint64 from)
{
  g_autoptr (SvQuery) query =
      query_of (db, "SELECT id FROM item WHERE id <= :id ORDER BY id DESC LIMIT 3");
  sv_query_bind_int64 (query, "id", from);
  for (gint64 i = from; i > MAX (from - 3, 0); i--) {
    assert_row (query);
    g_assert_cmpint (sv_query_get_int64 (query, 0), ==, i);
    if (i == from - 1)
      count_down (db, i);
  }
  assert_done (query);
}

static void
test_nested_same_text (SvTestStore *store)
{
  make_table (store->db);
  insert_many (store->db, 1, 20);
  count_down (store->db, 20);
}

static void
test_prepared_once (SvTestStore *store)
{
  char text[] = "SELECT CAST (:a AS BIGINT)";
  SvQuery *first = query_of (store->db, text);
  sv_query_bind_int64 (first, "a", 1);
  assert_row (first);
  sv_query_free (first);
  g_autoptr (SvQuery) second = query_of (store->db, text);
  g_autoptr (SvQuery) third = query_of (store->db, text);
  g_assert_true (second == first);
  g_assert_true (third != first);
  assert_row (second);
  g_assert_true (sv_query_is_null (second, 0));
}

/* Texts ought to be static. One that was not must still be what is run. */
static void
test_text_changed (SvTestStore *store)
{
  char text[] = "SELECT CAST (1 AS BIGINT)";
  sv_query_free (query_of (store->db, text));
  strchr (text, '1')[0] = '2';
  g_autoptr (SvQuery) query = query_of (store->db, text);
  assert_row (query);
  g_assert_cmpint (sv_query_get_int64 (query, 0), ==, 2);
}

static void
test_half_read (SvTestStore *store)
{
  make_table (store->db);
  insert_many (store->db, 0, 20000);
  for (int i = 0; i < 3; i++) {
    g_autoptr (SvQuery) query = query_of (store->db, "SELECT id FROM item ORDER BY id");
    assert_row (query);
    g_assert_cmpint (sv_query_get_int64 (query, 0), ==, 0);
  }
  g_assert_cmpint (ask (store->db, "SELECT count(*) FROM item"), ==, 20000);
}

static void
test_constraints (SvTestStore *store)
{
  static const struct {
    const char *sql;
    SvError code;
  } cases[] = {
      {"INSERT INTO part (id, item) VALUES (1, 1)", SV_ERROR_EXISTS},
      {"INSERT INTO part (id, item) VALUES (2, 99)", SV_ERROR_FAILED},
      {"INSERT INTO part (id, item) VALUES (2, NULL)", SV_ERROR_FAILED},
      {"INSERT INTO part (id, item) VALUES (NULL, 1)", SV_ERROR_FAILED},
      {"DELETE FROM item WHERE id = 1", SV_ERROR_FAILED},
      {"UPDATE item SET id = 2 WHERE id = 1", SV_ERROR_EXISTS},
      {"INSERT INTO item (id) VALUES ('one')", SV_ERROR_FAILED},
  };
  make_table (store->db);
  insert_many (store->db, 1, 2);
  exec (store->db, "CREATE TABLE part (id TEXT NOT NULL PRIMARY KEY, item BIGINT NOT NULL "
                   "REFERENCES item (id))");
  exec (store->db, "INSERT INTO part (id, item) VALUES (1, 1)");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SvQuery) query = sv_db_query (store->db, cases[i].sql, &error);
    if (query != NULL)
      sv_query_run (query, &error);
    g_assert_error (error, SV_ERROR, (int)cases[i].code);
  }
  g_assert_cmpint (ask (store->db, "SELECT count(*) FROM part"), ==, 1);
}

/* A column holds what it is declared to hold, on SQLite too. */
static void
test_types_hold (SvTestStore *store)
{
  make_table (store->db);
  g_autoptr (SvQuery) insert = query_of (store->db, insert_sql);
  sv_query_bind_text (insert, "id", "one");
  assert_step_error (insert, SV_ERROR_FAILED);
  sv_query_bind_double (insert, "id", 1.5);
  assert_step_error (insert, SV_ERROR_FAILED);
  sv_query_bind_int64 (insert, "id", 1);
  sv_query_bind_text (insert, "real", "half");
  assert_step_error (insert, SV_ERROR_FAILED);
  g_assert_cmpint (ask (store->db, "SELECT count(*) FROM item"), ==, 0);
}

static void
test_bad_sql (SvTestStore *store)
{
  static const char *const texts[] = {"SELEC 1", "SELECT \"text\"",        "SELECT 1; SELECT 2",
                                      "",        "SELECT id FROM nowhere", "SELECT 'open"};
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SvQuery) query = sv_db_query (store->db, texts[i], &error);
    g_assert_null (query);
    g_assert_nonnull (error);
    g_assert_true (error->domain == SV_ERROR);
  }
  g_assert_cmpint (ask (store->db, "SELECT 1"), ==, 1);
}

static void
test_upsert (SvTestStore *store)
{
  make_table (store->db);
  for (gint64 i = 0; i < 2; i++) {
    g_autoptr (SvQuery) query =
        query_of (store->db, "INSERT INTO item (id, real) VALUES (:id, :real) ON CONFLICT (id) DO "
                             "UPDATE SET real = excluded.real");
    sv_query_bind_double (query, "real", (double)i);
    run_insert (query, 1);
  }
  g_assert_cmpint (ask (store->db, "SELECT CAST (real AS BIGINT) FROM item"), ==, 1);
}

static void
test_read_only (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvDb) db = sv_db_open_options (store->url, &(SvDbOptions){.read_only = TRUE}, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ask (db, "SELECT count(*) FROM feed"), ==, 0);
  g_assert_false (sv_db_exec (db, "DELETE FROM feed", &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_USAGE);
}

static void
test_reopen (SvTestStore *store)
{
  make_table (store->db);
  insert_many (store->db, 1, 3);
  g_clear_pointer (&store->db, sv_db_free);
  store->db = second_connection (store);
  g_assert_cmpstr (sv_db_get_engine (store->db), ==, store->engine);
  g_assert_cmpint (ask (store->db, "SELECT count(*) FROM item"), ==, 3);
}

static void
test_tables (SvTestStore *store)
{
  static const char *const texts[] = {
      "SELECT count(*) FROM feed",          "SELECT count(*) FROM feed_statement",
      "SELECT count(*) FROM feed_advisory", "SELECT count(*) FROM feed_alias",
      "SELECT count(*) FROM feed_kev",      "SELECT count(*) FROM feed_epss",
      "SELECT count(*) FROM feed_cve",      "SELECT count(*) FROM host",
      "SELECT count(*) FROM scan",          "SELECT count(*) FROM finding",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_cmpint (ask (store->db, texts[i]), ==, 0);
}

static void
assert_not_opened (const char *url, SvError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvDb) db = sv_db_open (url, &error);
  g_assert_null (db);
  g_assert_error (error, SV_ERROR, (int)code);
}

static void
test_bad_urls (void)
{
  assert_not_opened ("", SV_ERROR_USAGE);
  assert_not_opened ("sqlite:", SV_ERROR_USAGE);
  assert_not_opened ("mysql://mirror.example/salve", SV_ERROR_USAGE);
  assert_not_opened ("sqlite:/nowhere/at/all/store.db", SV_ERROR_NOT_FOUND);
  assert_not_opened ("postgresql:///salve?host=/nowhere/at/all", SV_ERROR_UNREACHABLE);
}

static void
set_file (const SvTestStore *store, const char *text, gssize size)
{
  sv_db_free (g_steal_pointer ((SvDb **)&store->db));
  g_assert_true (g_file_set_contents (store->url, text, size, NULL));
}

static void
test_no_database (SvTestStore *store)
{
  g_autofree char *before = g_strnfill (5000, 'x');
  g_autofree char *after = NULL;
  set_file (store, before, -1);
  assert_not_opened (store->url, SV_ERROR_INVALID_DATA);
  g_assert_true (g_file_get_contents (store->url, &after, NULL, NULL));
  g_assert_cmpstr (before, ==, after);
}

static void
test_foreign_database (SvTestStore *store)
{
  exec (store->db, "PRAGMA application_id = 1");
  assert_not_opened (store->url, SV_ERROR_INVALID_DATA);
  exec (store->db, "PRAGMA application_id = 0");
  assert_not_opened (store->url, SV_ERROR_INVALID_DATA);
}

static void
test_file_mode (SvTestStore *store)
{
  static const char *const suffixes[] = {"", "-wal", "-shm"};
  exec (store->db, "CREATE TABLE t (a TEXT)");
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *path = g_strconcat (store->url, suffixes[i], NULL);
    GStatBuf info;
    g_assert_cmpint (g_stat (path, &info), ==, 0);
    g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  }
}

/* -- Backup -- */

typedef struct {
  const char *url;
  gint stop;
} Busy;

/* Two rows in one transaction, over and over: a copy must hold both or none. */
static gpointer
write_pairs (gpointer data)
{
  Busy *busy = data;
  g_autoptr (SvDb) db = sv_db_open (busy->url, NULL);
  for (gint64 id = 0; !g_atomic_int_get (&busy->stop); id += 2)
    insert_many (db, id, 2); /* in one transaction */
  return NULL;
}

static gint64
count_items (SvDb *db)
{
  g_autoptr (SvQuery) query = query_of (db, "SELECT COUNT (*) FROM item");
  assert_row (query);
  return sv_query_get_int64 (query, 0);
}

static void
test_backup (SvTestStore *store)
{
  make_table (store->db);
  if (strcmp (store->engine, "sqlite") != 0) {
    g_autoptr (GError) error = NULL;
    g_assert_false (sv_db_backup (store->db, "/nonexistent/copy", &error));
    g_assert_true (sv_error_is (error, SV_ERROR_UNSUPPORTED));
    return;
  }
  Busy busy = {.url = store->url};
  GThread *writer = g_thread_new ("writer", write_pairs, &busy);
  for (int i = 0; i < 5; i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *path = g_strdup_printf ("%s/copy-%d", store->directory, i);
    sv_db_backup (store->db, path, &error);
    g_assert_no_error (error);
    struct stat info;
    g_assert_cmpint (stat (path, &info), ==, 0);
    g_assert_cmpint (info.st_mode & 0777, ==, 0600);
    g_autoptr (SvDb) copy = sv_db_open (path, &error);
    g_assert_no_error (error);
    g_assert_cmpint (count_items (copy) % 2, ==, 0);
    g_assert_false (sv_db_backup (store->db, path, &error)); /* never over what is there */
    g_assert_true (sv_error_is (error, SV_ERROR_EXISTS));
  }
  g_atomic_int_set (&busy.stop, 1);
  g_thread_join (writer);
  g_assert_cmpint (count_items (store->db), >, 0);
}

static const struct {
  const char *path;
  SvStoreTest run;
} tests[] = {
    {"/store/parameters", test_parameters},
    {"/store/hostile-text", test_hostile_text},
    {"/store/not-utf8", test_not_utf8},
    {"/store/text-order", test_text_order},
    {"/store/numbers", test_numbers},
    {"/store/null", test_null},
    {"/store/blobs", test_blobs},
    {"/store/blob-order", test_blob_order},
    {"/store/expressions", test_expressions},
    {"/store/nested", test_nested},
    {"/store/nested-same-text", test_nested_same_text},
    {"/store/prepared-once", test_prepared_once},
    {"/store/text-changed", test_text_changed},
    {"/store/backup", test_backup},
    {"/store/half-read", test_half_read},
    {"/store/constraints", test_constraints},
    {"/store/types-hold", test_types_hold},
    {"/store/bad-sql", test_bad_sql},
    {"/store/upsert", test_upsert},
    {"/store/read-only", test_read_only},
    {"/store/reopen", test_reopen},
    {"/store/tables", test_tables},
};

/* What only one engine can meet. */
static const struct {
  const char *engine;
  const char *path;
  SvStoreTest run;
} engine_tests[] = {
    {"sqlite", "/store/no-database", test_no_database},
    {"sqlite", "/store/foreign-database", test_foreign_database},
    {"sqlite", "/store/file-mode", test_file_mode},
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
  g_test_add_func ("/store/bad-urls", test_bad_urls);
  g_test_add_func ("/store/missing-parameter", test_missing_parameter);
  return g_test_run ();
}
