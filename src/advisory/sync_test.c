#include "advisory/sync.h"

#include "db/test_store.h"
#include "net/test_server.h"

#define NOW (G_GINT64_CONSTANT (1768867200) * SV_SECOND_US)
#define LIST(flaw) "[1 Jan 2026] DSA-1-1 foo - x\n\t{" flaw "}\n\t[bookworm] - foo 1.2-3\n"

typedef struct {
  SvDb *db;
  TestServer server;
  char *cache;
  const char *body; /* of /list */
} Fixture;

static void
answer (const char *request, GString *out, gpointer user_data)
{
  const Fixture *fixture = user_data;
  if (!g_str_has_prefix (request, "GET /list ")) {
    g_string_append (out, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
    return;
  }
  g_autofree char *known = test_server_find_header (request, "If-None-Match");
  g_autofree char *etag = g_strdup_printf ("\"%u\"", g_str_hash (fixture->body));
  if (g_strcmp0 (known, etag) == 0)
    g_string_append_printf (out, "HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n", etag);
  else
    g_string_append_printf (
        out, "HTTP/1.1 200 OK\r\nETag: %s\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s", etag,
        strlen (fixture->body), fixture->body);
}

static void
fixture_init (Fixture *fixture, SvDb *db)
{
  *fixture = (Fixture){.db = db, .body = LIST ("CVE-2026-0001")};
  g_autofree char *directory = g_dir_make_tmp ("salve-sync-XXXXXX", NULL);
  fixture->cache = g_build_filename (directory, "cache", NULL);
  test_server_start (&fixture->server, answer, fixture);
}

static void
fixture_clear (Fixture *fixture)
{
  g_autofree char *directory = g_path_get_dirname (fixture->cache);
  g_autoptr (GDir) dir = g_dir_open (fixture->cache, 0, NULL);
  test_server_stop (&fixture->server);
  for (const char *name; dir != NULL && (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename (fixture->cache, name, NULL);
    g_unlink (path);
  }
  g_rmdir (fixture->cache);
  g_assert_cmpint (g_rmdir (directory), ==, 0); /* nothing was written beside the cache */
  g_free (fixture->cache);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static void
add_feed (Fixture *fixture, const char *id, const char *url)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvFeed) feed = sv_feed_new (id, "debian-list", url);
  feed->schedule_s = 3600;
  sv_feed_register (fixture->db, feed, &error);
  g_assert_no_error (error);
}

static void
add_served (Fixture *fixture, const char *id, const char *path)
{
  g_autofree char *url = test_server_dup_url (&fixture->server, path);
  add_feed (fixture, id, url);
}

static GPtrArray *
sync_at (Fixture *fixture, gint64 now_us, gboolean allowed, GError **error)
{
  GPtrArray *rows = NULL;
  const SvSyncOptions options = {.cache_dir = fixture->cache,
                                 .now_us = now_us,
                                 .timeout_ms = 5000,
                                 .allow_http = allowed,
                                 .allow_private = allowed};
  sv_sync (fixture->db, &options, &rows, error);
  return rows;
}

static const SvSyncRow *
get_row (const GPtrArray *rows, const char *feed)
{
  for (guint i = 0; i < rows->len; i++)
    if (strcmp (((const SvSyncRow *)rows->pdata[i])->feed, feed) == 0)
      return rows->pdata[i];
  g_assert_not_reached ();
}

static void
test_update (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_auto (Fixture) fixture;
  fixture_init (&fixture, store->db);
  add_served (&fixture, "a", "/list");
  g_autoptr (GPtrArray) first = sync_at (&fixture, NOW, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get_row (first, "a")->outcome, ==, SV_SYNC_UPDATED);
  g_assert_cmpint (get_row (first, "a")->records, ==, 2);
  g_assert_cmpint (get_row (first, "a")->bytes, ==, (gint64)strlen (fixture.body));

  g_autoptr (GPtrArray) soon = sync_at (&fixture, NOW + SV_SECOND_US, TRUE, &error);
  g_assert_cmpuint (soon->len, ==, 0); /* not due */

  g_autoptr (GPtrArray) later = sync_at (&fixture, NOW + SV_HOUR_US, TRUE, &error);
  g_assert_cmpint (get_row (later, "a")->outcome, ==, SV_SYNC_UNCHANGED);
  g_assert_cmpint (get_row (later, "a")->bytes, ==, 0);

  fixture.body = LIST ("CVE-2026-0002");
  g_autoptr (GPtrArray) news = sync_at (&fixture, NOW + 2 * SV_HOUR_US, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get_row (news, "a")->outcome, ==, SV_SYNC_UPDATED);
  g_autoptr (SvFeed) feed = sv_feed_load (store->db, "a", &error);
  g_assert_cmpint (feed->synced_at_us, ==, NOW + 2 * SV_HOUR_US);
  g_assert_nonnull (strstr (feed->authenticity_detail, "plain HTTP"));
  g_assert_cmpint (feed->authenticity, ==, SV_AUTHENTICITY_UNVERIFIED);
}

static void
test_one_fails (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_auto (Fixture) fixture;
  fixture_init (&fixture, store->db);
  add_served (&fixture, "a-busy", "/busy");
  add_served (&fixture, "b-good", "/list");
  add_feed (&fixture, "c-missing", "file:///no/such/file");
  g_autoptr (GPtrArray) rows = sync_at (&fixture, NOW, TRUE, &error);
  g_assert_error (error, SV_ERROR, SV_ERROR_PARTIAL);
  g_assert_nonnull (strstr (error->message, "2 of 3"));
  g_assert_cmpuint (rows->len, ==, 3);
  g_assert_cmpint (get_row (rows, "b-good")->outcome, ==, SV_SYNC_UPDATED);
  g_assert_nonnull (strstr (get_row (rows, "a-busy")->detail, "503"));
  g_autoptr (SvFeed) busy = sv_feed_load (store->db, "a-busy", NULL);
  g_assert_nonnull (strstr (busy->error, "503"));
  g_assert_cmpint (busy->attempted_at_us, ==, NOW);
  g_autoptr (SvFeed) missing = sv_feed_load (store->db, "c-missing", NULL);
  g_assert_nonnull (strstr (missing->error, "/no/such/file"));
}

static void
test_offline (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_auto (Fixture) fixture;
  fixture_init (&fixture, store->db);
  add_served (&fixture, "a", "/busy");
  g_autoptr (GPtrArray) rows = sync_at (&fixture, NOW, TRUE, &error);
  g_assert_error (error, SV_ERROR, SV_ERROR_UNREACHABLE);
  g_assert_cmpuint (rows->len, ==, 1);
}

static void
test_bad_content_keeps_old (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_auto (Fixture) fixture;
  fixture_init (&fixture, store->db);
  add_served (&fixture, "a", "/list");
  g_autoptr (GPtrArray) good = sync_at (&fixture, NOW, TRUE, &error);
  fixture.body = "<html>please log in</html>";
  g_autoptr (GPtrArray) bad = sync_at (&fixture, NOW + SV_HOUR_US, TRUE, &error);
  g_assert_error (error, SV_ERROR, SV_ERROR_PARTIAL);
  g_autoptr (SvFeed) feed = sv_feed_load (store->db, "a", NULL);
  g_assert_cmpint (feed->records, ==, 2);
  g_assert_cmpint (feed->synced_at_us, ==, NOW);
  g_assert_cmpint (sv_feed_get_health (feed, NOW + SV_HOUR_US), ==, SV_HEALTH_FAILING);
}

static void
test_inside_refused (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_auto (Fixture) fixture;
  fixture_init (&fixture, store->db);
  add_served (&fixture, "a", "/list");
  add_feed (&fixture, "b", "https://127.0.0.1:1/list");
  g_autoptr (GPtrArray) rows = sync_at (&fixture, NOW, FALSE, &error);
  g_assert_nonnull (strstr (get_row (rows, "a")->detail, "must begin with https://"));
  g_assert_nonnull (strstr (get_row (rows, "b")->detail, "an address inside"));
}

/* An id is a name, never a path. */
static void
test_hostile_id (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_auto (Fixture) fixture;
  fixture_init (&fixture, store->db);
  add_served (&fixture, "../../escaped", "/list");
  add_served (&fixture, "..", "/list");
  g_autoptr (GPtrArray) rows = sync_at (&fixture, NOW, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 2);
}

static void
test_only (SvTestStore *store)
{
  const char *only[] = {"b", NULL}, *unknown[] = {"z", NULL};
  g_autoptr (GError) error = NULL;
  g_auto (Fixture) fixture;
  g_autoptr (GPtrArray) rows = NULL;
  fixture_init (&fixture, store->db);
  add_served (&fixture, "a", "/list");
  add_served (&fixture, "b", "/list");
  SvSyncOptions options = {.cache_dir = fixture.cache,
                           .now_us = NOW,
                           .only = only,
                           .allow_http = TRUE,
                           .allow_private = TRUE};
  g_assert_true (sv_sync (store->db, &options, &rows, &error));
  g_assert_cmpuint (rows->len, ==, 1);
  g_ptr_array_unref (rows);
  options.only = unknown;
  g_assert_false (sv_sync (store->db, &options, &rows, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_NOT_FOUND);
  g_assert_null (rows);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sv_test_store_add ("/sync/update", test_update);
  sv_test_store_add ("/sync/one-fails", test_one_fails);
  sv_test_store_add ("/sync/offline", test_offline);
  sv_test_store_add ("/sync/pitfall-103-bad-content-keeps-old", test_bad_content_keeps_old);
  sv_test_store_add ("/sync/promise-s44-inside-refused", test_inside_refused);
  sv_test_store_add ("/sync/hostile-id", test_hostile_id);
  sv_test_store_add ("/sync/only", test_only);
  return g_test_run ();
}
