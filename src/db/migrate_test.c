#include "db/migrate.h"

#include "db/driver.h"
#include "db/test_store.h"

static const SvMigration chain[] = {
    {"0001_first", "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY, text TEXT, bytes BLOB,"
                   " real DOUBLE PRECISION);"
                   "INSERT INTO a (id, text) VALUES (1, 'a;b'); -- not here;\n"},
    {"0002_second", "CREATE TABLE b (id BIGINT NOT NULL PRIMARY KEY);\n"
                    "INSERT INTO b SELECT id FROM a;"},
};

static gint64
ask (SvDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvQuery) query = sv_db_query (db, sql, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sv_query_step (query, &error), ==, SV_STEP_ROW);
  return sv_query_get_int64 (query, 0);
}

static gboolean
has_table (SvDb *db, const char *sql)
{
  g_autoptr (SvQuery) query = sv_db_query (db, sql, NULL);
  return query != NULL;
}

static SvDb *
connect_to (const SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  SvDb *db = sv_db_connect (store->url, NULL, &error);
  g_assert_no_error (error);
  return db;
}

static void
test_chain (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvDb) db = connect_to (store);
  for (gsize i = 0; i < 3; i++) {
    gsize n = MIN (i + 1, G_N_ELEMENTS (chain));
    sv_db_migrate (db, chain, n, SV_MIGRATE_APPLY, &error);
    g_assert_no_error (error);
    g_assert_cmpint (ask (db, "SELECT count(*) FROM schema_migration"), ==, n);
  }
  g_assert_cmpint (ask (db, "SELECT id FROM b"), ==, 1);
  g_autoptr (SvQuery) query = sv_db_query (
      db, "SELECT name, sha256, applied_at_us, engine FROM schema_migration ORDER BY number", NULL);
  g_assert_cmpint (sv_query_step (query, NULL), ==, SV_STEP_ROW);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, chain[0].sql, -1);
  g_assert_cmpstr (sv_query_get_text (query, 0), ==, "0001_first");
  g_assert_cmpstr (sv_query_get_text (query, 1), ==, digest);
  g_assert_cmpint (sv_query_get_int64 (query, 2), >, 0);
  g_assert_cmpstr (sv_query_get_text (query, 3), ==, SALVE_VERSION);
}

static void
assert_refused (SvDb *db, const SvMigration *migrations, gsize n, SvError code)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (sv_db_migrate (db, migrations, n, SV_MIGRATE_APPLY, &error));
  g_assert_error (error, SV_ERROR, (int)code);
  g_assert_cmpint (ask (db, "SELECT count(*) FROM schema_migration"), ==, 2);
}

static void
test_other_history (SvTestStore *store)
{
  g_autoptr (SvDb) db = connect_to (store);
  g_assert_true (sv_db_migrate (db, chain, 2, SV_MIGRATE_APPLY, NULL));
  SvMigration edited[] = {{chain[0].name, "SELECT 1"}, chain[1]};
  SvMigration renumbered[] = {chain[0], {"0003_second", chain[1].sql}};
  assert_refused (db, edited, 2, SV_ERROR_CONFLICT);
  assert_refused (db, renumbered, 2, SV_ERROR_CONFLICT);
  assert_refused (db, chain, 1, SV_ERROR_UNSUPPORTED);
  assert_refused (db, chain, 0, SV_ERROR_UNSUPPORTED);
}

static void
test_failed_leaves_nothing (SvTestStore *store)
{
  static const char *const broken[] = {
      "CREATE TABLE c (id BIGINT); INSERT INTO a (id) VALUES (2); INSERT INTO nowhere VALUES (1);",
      "CREATE TABLE c (id BIGINT); INSERT INTO a (id) VALUES (2); INSERT INTO a (id) VALUES (1);",
      "CREATE TABLE c (id BIGINT); INSERT INTO a (id) VALUES (2); SELECT 'open",
  };
  g_autoptr (SvDb) db = connect_to (store);
  g_assert_true (sv_db_migrate (db, chain, 2, SV_MIGRATE_APPLY, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (broken); i++) {
    g_autoptr (GError) error = NULL;
    SvMigration longer[] = {chain[0], chain[1], {"0003_third", broken[i]}};
    g_assert_false (sv_db_migrate (db, longer, 3, SV_MIGRATE_APPLY, &error));
    g_assert_nonnull (strstr (error->message, "0003_third"));
    g_assert_false (has_table (db, "SELECT id FROM c"));
    g_assert_cmpint (ask (db, "SELECT count(*) FROM a"), ==, 1);
    g_assert_cmpint (ask (db, "SELECT count(*) FROM schema_migration"), ==, 2);
  }
  SvMigration mended[] = {chain[0], chain[1], {"0003_third", "CREATE TABLE c (id BIGINT)"}};
  g_assert_true (sv_db_migrate (db, mended, 3, SV_MIGRATE_APPLY, NULL));
  g_assert_true (has_table (db, "SELECT id FROM c"));
}

static void
test_check_only (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvDb) db = connect_to (store);
  g_assert_true (sv_db_migrate (db, chain, 1, SV_MIGRATE_APPLY, NULL));
  g_assert_true (sv_db_migrate (db, chain, 1, SV_MIGRATE_CHECK, NULL));
  g_assert_false (sv_db_migrate (db, chain, 2, SV_MIGRATE_CHECK, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_STALE);
  g_assert_cmpint (ask (db, "SELECT count(*) FROM schema_migration"), ==, 1);
}

static gpointer
open_once (gpointer url)
{
  GError *error = NULL;
  g_autoptr (SvDb) db = sv_db_open (url, &error);
  g_assert_true ((db == NULL) == (error != NULL));
  return error;
}

/* Several programs start at the same time on a new store. */
static void
test_race (SvTestStore *store)
{
  GThread *threads[8];
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("open", open_once, store->url);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++) {
    g_autoptr (GError) error = g_thread_join (threads[i]);
    g_assert_no_error (error);
  }
}

/* What lies in migrations/ is what is compiled in, numbered without gaps. */
static void
test_compiled_in (void)
{
  g_autofree char *folder =
      g_build_filename (g_getenv ("SALVE_TEST_SOURCE"), "src", "db", "migrations", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_assert_nonnull (dir);
  gsize n_files = 0;
  while (g_dir_read_name (dir) != NULL)
    n_files++;
  g_assert_cmpuint (n_files, ==, sv_n_migrations);
  for (gsize i = 0; i < sv_n_migrations; i++) {
    g_autofree char *file = g_strconcat (sv_migrations[i].name, ".sql", NULL);
    g_autofree char *path = g_build_filename (folder, file, NULL);
    g_autofree char *sql = NULL;
    g_assert_true (g_file_get_contents (path, &sql, NULL, NULL));
    g_assert_cmpstr (sql, ==, sv_migrations[i].sql);
    g_assert_cmpint (g_ascii_strtoll (sv_migrations[i].name, NULL, 10), ==, i + 1);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/migrate/compiled-in", test_compiled_in);
  sv_test_store_add_closed ("/migrate/chain", test_chain);
  sv_test_store_add_closed ("/migrate/other-history", test_other_history);
  sv_test_store_add_closed ("/migrate/failed-leaves-nothing", test_failed_leaves_nothing);
  sv_test_store_add_closed ("/migrate/check-only", test_check_only);
  sv_test_store_add_closed ("/migrate/race", test_race);
  return g_test_run ();
}
