#include "advisory/sync.h"

#include "base/test_run.h"
#include "db/test_store.h"
#include "net/test_server.h"

#define NOW (G_GINT64_CONSTANT (1768867200) * SV_SECOND_US)
#define LIST(flaw) "[1 Jan 2026] DSA-1-1 foo - x\n\t{" flaw "}\n\t[bookworm] - foo 1.2-3\n"

typedef struct {
  SvDb *db;
  TestServer server;
  char *cache;
  const char *body;      /* of /list */
  const char *signature; /* of /list.asc; NULL: there is none */
} Fixture;

static void
answer (const char *request, GString *out, gpointer user_data)
{
  const Fixture *fixture = user_data;
  if (g_str_has_prefix (request, "GET /list.asc ")) {
    const char *signature = fixture->signature;
    g_string_append_printf (out, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s",
                            signature != NULL ? "200 OK" : "404 Not Found",
                            signature != NULL ? strlen (signature) : 0,
                            signature != NULL ? signature : "");
    return;
  }
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

/* --- signatures, with a key of our own --- */

typedef struct {
  char *home;    /* of gpg */
  char *keyring; /* what is public of it */
} Key;

#define GPG(key) "gpg", "--homedir", (key)->home, "--batch", "--quiet", "--yes"

static void
key_init (Key *key)
{
  key->home = g_dir_make_tmp ("salve-key-XXXXXX", NULL);
  key->keyring = g_build_filename (key->home, "public.asc", NULL);
  SV_TEST_RUN (GPG (key), "--faked-system-time", "20260101T000000", "--passphrase", "",
               "--quick-generate-key", "feed", "ed25519", "sign", "never");
  SV_TEST_RUN (GPG (key), "--armor", "--output", key->keyring, "--export");
}

static void
key_clear (Key *key)
{
  SV_TEST_RUN ("gpgconf", "--homedir", key->home, "--kill", "gpg-agent");
  SV_TEST_RUN ("rm", "-rf", key->home);
  g_free (key->home);
  g_free (key->keyring);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Key, key_clear)

static char *
sign (const Key *key, const char *text)
{
  g_autofree char *in = g_build_filename (key->home, "in", NULL);
  g_autofree char *out = g_build_filename (key->home, "out", NULL);
  char *signature = NULL;
  g_assert_true (g_file_set_contents (in, text, -1, NULL));
  SV_TEST_RUN (GPG (key), "--faked-system-time", "20260102T000000", "--armor", "--output", out,
               "--detach-sign", in);
  g_assert_true (g_file_get_contents (out, &signature, NULL, NULL));
  return signature;
}

static gboolean
has_gpg (void)
{
  g_autofree char *gpg = g_find_program_in_path ("gpg");
  g_autofree char *gpgv = g_find_program_in_path ("gpgv");
  if (gpg == NULL || gpgv == NULL)
    g_test_skip ("gpg or gpgv absent");
  return gpg != NULL && gpgv != NULL;
}

static void
add_signed (Fixture *fixture, const char *keyring)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = test_server_dup_url (&fixture->server, "/list");
  g_autoptr (SvFeed) feed = sv_feed_new ("a", "debian-list", url);
  feed->schedule_s = 3600;
  feed->keyring = g_strdup (keyring);
  sv_feed_register (fixture->db, feed, &error);
  g_assert_no_error (error);
}

/* What is in force is still the first content, and the feed says why there is no newer. */
static void
expect_refused (Fixture *fixture, gint64 now_us, const char *why)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = sync_at (fixture, now_us, TRUE, &error);
  g_assert_error (error, SV_ERROR, SV_ERROR_PARTIAL);
  g_test_message ("%s", get_row (rows, "a")->detail);
  g_assert_nonnull (strstr (get_row (rows, "a")->detail, why));
  g_autoptr (SvFeed) feed = sv_feed_load (fixture->db, "a", NULL);
  g_assert_cmpint (feed->records, ==, 2);
  g_assert_cmpint (feed->synced_at_us, ==, NOW);
  g_assert_cmpint (sv_feed_get_health (feed, now_us), ==, SV_HEALTH_FAILING);
}

static void
test_signed (SvTestStore *store)
{
  if (!has_gpg ())
    return;
  g_auto (Key) key, other;
  g_auto (Fixture) fixture;
  g_autoptr (GError) error = NULL;
  key_init (&key);
  key_init (&other);
  fixture_init (&fixture, store->db);
  add_signed (&fixture, key.keyring);
  g_autofree char *good = sign (&key, fixture.body);
  fixture.signature = good;
  g_autoptr (GPtrArray) rows = sync_at (&fixture, NOW, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get_row (rows, "a")->outcome, ==, SV_SYNC_UPDATED);
  g_autoptr (SvFeed) feed = sv_feed_load (store->db, "a", NULL);
  g_assert_cmpint (feed->authenticity, ==, SV_AUTHENTICITY_VERIFIED); /* over plain HTTP */
  g_assert_nonnull (strstr (feed->authenticity_detail, "OpenPGP signature by"));
  g_assert_nonnull (strstr (feed->authenticity_detail, key.keyring));

  fixture.body = LIST ("CVE-2026-0002"); /* the old signature */
  expect_refused (&fixture, NOW + SV_HOUR_US, "does not hold");
  g_autofree char *foreign = sign (&other, fixture.body);
  fixture.signature = foreign;
  expect_refused (&fixture, NOW + 2 * SV_HOUR_US, "does not hold");
  fixture.signature = "no signature at all";
  expect_refused (&fixture, NOW + 3 * SV_HOUR_US, "does not hold");
  fixture.signature = NULL;
  expect_refused (&fixture, NOW + 4 * SV_HOUR_US, "list.asc");

  g_autofree char *newer = sign (&key, fixture.body);
  fixture.signature = newer;
  g_autoptr (GPtrArray) last = sync_at (&fixture, NOW + 5 * SV_HOUR_US, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get_row (last, "a")->outcome, ==, SV_SYNC_UPDATED);
}

static void
test_keyring_absent (SvTestStore *store)
{
  g_auto (Fixture) fixture;
  g_autoptr (GError) error = NULL;
  fixture_init (&fixture, store->db);
  fixture.signature = "whatever";
  add_signed (&fixture, "/no/such/keyring");
  g_autoptr (GPtrArray) rows = sync_at (&fixture, NOW, TRUE, &error);
  g_assert_error (error, SV_ERROR, SV_ERROR_PARTIAL);
  g_assert_nonnull (strstr (get_row (rows, "a")->detail, "/no/such/keyring"));
  g_autoptr (SvFeed) feed = sv_feed_load (store->db, "a", NULL);
  g_assert_cmpint (feed->records, ==, 0);
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
  sv_test_store_add ("/sync/signed", test_signed);
  sv_test_store_add ("/sync/keyring-absent", test_keyring_absent);
  sv_test_store_add ("/sync/hostile-id", test_hostile_id);
  sv_test_store_add ("/sync/only", test_only);
  return g_test_run ();
}
