/* For tests only: the same test on each engine, on an empty store of its own. PostgreSQL runs when
 * SALVE_TEST_POSTGRES holds a URL (tests/with-postgres sets it), and is skipped otherwise. */
#pragma once

#include "db/db.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  const char *engine;
  char *url;       /* to open a second connection with; SQLite: the path of the file */
  char *directory; /* SQLite: the test's own; it is removed */
  char *schema;    /* PostgreSQL: the test's own; it is dropped */
  SvDb *db;        /* open, migrated; NULL after sv_test_store_add_closed() */
} SvTestStore;

typedef void (*SvStoreTest) (SvTestStore *store);

typedef struct {
  const char *engine;
  SvStoreTest run;
  gboolean closed;
} SvStoreCase;

static inline void
sv_test_sqlite_init (SvTestStore *store)
{
  store->directory = g_dir_make_tmp ("salve-store.XXXXXX", NULL);
  g_assert_nonnull (store->directory);
  store->url = g_build_filename (store->directory, "store.db", NULL);
}

static inline void
sv_test_sqlite_clear (SvTestStore *store)
{
  g_autoptr (GDir) dir = g_dir_open (store->directory, 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename (store->directory, name, NULL);
    g_assert_cmpint (g_unlink (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (store->directory), ==, 0);
}

static inline void
sv_test_postgres_exec (const char *format, const char *schema)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvDb) db = sv_db_open (g_getenv ("SALVE_TEST_POSTGRES"), &error);
  g_assert_no_error (error);
  g_autoptr (GString) sql = g_string_new (format);
  g_string_replace (sql, "@", schema, 0);
  sv_db_exec (db, sql->str, &error);
  g_assert_no_error (error);
}

static inline void
sv_test_postgres_init (SvTestStore *store)
{
  const char *url = g_getenv ("SALVE_TEST_POSTGRES");
  store->schema = g_strdup_printf ("test_%d_%08x", (int)getpid (), g_random_int ());
  sv_test_postgres_exec ("CREATE SCHEMA @", store->schema);
  store->url = g_strdup_printf ("%s%coptions=-csearch_path%%3D%s", url,
                                strchr (url, '?') == NULL ? '?' : '&', store->schema);
}

static inline void
sv_test_store_run (gconstpointer data)
{
  const SvStoreCase *test = data;
  gboolean sqlite = strcmp (test->engine, "sqlite") == 0;
  if (!sqlite && g_getenv ("SALVE_TEST_POSTGRES") == NULL) {
    g_test_skip ("SALVE_TEST_POSTGRES is not set");
    return;
  }
  SvTestStore store = {.engine = test->engine};
  (sqlite ? sv_test_sqlite_init : sv_test_postgres_init) (&store);
  g_autoptr (GError) error = NULL;
  if (!test->closed)
    store.db = sv_db_open (store.url, &error);
  g_assert_no_error (error);
  test->run (&store);
  sv_db_free (store.db);
  if (sqlite)
    sv_test_sqlite_clear (&store);
  else
    sv_test_postgres_exec ("DROP SCHEMA @ CASCADE", store.schema);
  g_free (store.url);
  g_free (store.directory);
  g_free (store.schema);
}

static inline void
sv_test_store_add_case (const char *engine, const char *path, SvStoreTest run, gboolean closed)
{
  SvStoreCase *test = g_new0 (SvStoreCase, 1);
  *test = (SvStoreCase){engine, run, closed};
  g_autofree char *full = g_strconcat ("/", engine, path, NULL);
  g_test_add_data_func_full (full, test, sv_test_store_run, g_free);
}

/* Adds @run under "/sqlite<path>" and "/postgresql<path>". */
static inline void
sv_test_store_add (const char *path, SvStoreTest run)
{
  sv_test_store_add_case ("sqlite", path, run, FALSE);
  sv_test_store_add_case ("postgresql", path, run, FALSE);
}

/* The same with store->db left closed: for what happens at opening. */
static inline void
sv_test_store_add_closed (const char *path, SvStoreTest run)
{
  sv_test_store_add_case ("sqlite", path, run, TRUE);
  sv_test_store_add_case ("postgresql", path, run, TRUE);
}
