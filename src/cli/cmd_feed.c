/* The register of feeds. */
#include "cli/sources.h"

#include "advisory/keyring.h"

#include <string.h>

static SvDb *
open_store (SvCli *cli, GError **error)
{
  g_autofree char *url = sv_sources_store_url (cli, error);
  return url != NULL ? sv_db_open (url, error) : NULL;
}

int
sv_cmd_feed_list (SvCli *cli, GError **error)
{
  g_autoptr (SvDb) db = open_store (cli, error);
  g_autoptr (GPtrArray) feeds = db != NULL ? sv_feed_list (db, error) : NULL;
  if (feeds == NULL || !sv_cli_write_records (cli, &sv_feed_type, feeds, error))
    return SV_EXIT_FAILED;
  return SV_EXIT_OK;
}

int
sv_cmd_feed_show (SvCli *cli, GError **error)
{
  g_autoptr (SvDb) db = open_store (cli, error);
  g_autoptr (SvFeed) feed =
      db != NULL ? sv_feed_load (db, sv_cli_get_argument (cli, 0), error) : NULL;
  if (feed == NULL || !sv_cli_write_record (cli, &sv_feed_type, feed, error))
    return SV_EXIT_FAILED;
  return SV_EXIT_OK;
}

static void
show_sync (gpointer user_data, const char *feed, guint done, guint total)
{
  sv_progress_update (user_data, done, total);
}

static gboolean
sync_feeds (SvCli *cli, SvDb *db, GPtrArray **ret_rows, GError **error)
{
  g_autofree char *cache = sv_sources_cache (cli);
  g_autofree char *folder = g_build_filename (cache, "feeds", NULL);
  g_autoptr (SvProgress) progress = sv_progress_new (cli, "feeds");
  g_autoptr (GPtrArray) only = g_ptr_array_new ();
  for (guint i = 0; i < sv_cli_get_n_arguments (cli); i++)
    g_ptr_array_add (only, (gpointer)sv_cli_get_argument (cli, i));
  gboolean named = only->len > 0, force = sv_cli_has (cli, "force");
  g_ptr_array_add (only, NULL);
  SvSyncOptions options = {.cache_dir = folder,
                           .now_us = sv_cli_get_now (cli),
                           .all = named || force,
                           .force = force,
                           .only = named ? (const char *const *)only->pdata : NULL,
                           .proxy = sv_cli_get_setting (cli, "proxy"),
                           .ca_file = sv_cli_get_setting (cli, "ca-file"),
                           .progress = show_sync,
                           .user_data = progress};
  return sv_sync (db, &options, ret_rows, error);
}

int
sv_cmd_feed_sync (SvCli *cli, GError **error)
{
  g_autoptr (SvDb) db = open_store (cli, error);
  if (db == NULL)
    return SV_EXIT_FAILED;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) reason = NULL;
  gboolean synced = sync_feeds (cli, db, &rows, &reason);
  if (rows != NULL && !sv_cli_write_records (cli, &sv_sync_row_type, rows, error))
    return SV_EXIT_FAILED;
  if (!synced)
    g_propagate_error (error, g_steal_pointer (&reason));
  return SV_EXIT_OK;
}

/* What an import did, for people and programs. */
typedef struct {
  char *feed;
  gboolean unchanged;
  gint64 records;
  gint64 skipped;
  gint64 passed;
  gint64 bytes;
  GPtrArray *examples;
} SvImportRow;

static const SvField import_fields[] = {
    SV_FIELD (SvImportRow, feed, SV_TYPE_STRING, .doc = "Name of the feed."),
    SV_FIELD (SvImportRow, unchanged, SV_TYPE_BOOL, .doc = "The same was in force already."),
    SV_FIELD (SvImportRow, records, SV_TYPE_INT64, .doc = "Records taken."),
    SV_FIELD (SvImportRow, skipped, SV_TYPE_INT64, .doc = "Bad records left out."),
    SV_FIELD (SvImportRow, passed, SV_TYPE_INT64, .doc = "Records of no use here."),
    SV_FIELD (SvImportRow, bytes, SV_TYPE_INT64, .doc = "Bytes read, decompressed."),
    SV_FIELD (SvImportRow, examples, SV_TYPE_STRINGS, .flags = SV_FIELD_WIDE,
              .doc = "The first bad records: where and why."),
};
static SV_RECORD_TYPE (import_type, SvImportRow, "Import", import_fields, "What an import did.");

static gboolean
write_result (SvCli *cli, const char *id, const SvFeedResult *result, GError **error)
{
  SvImportRow row = {.feed = (char *)id, /* all lent */
                     .unchanged = result->unchanged,
                     .records = (gint64)sv_feed_counts_total (&result->counts),
                     .skipped = (gint64)result->counts.skipped,
                     .passed = (gint64)result->counts.passed,
                     .bytes = (gint64)result->counts.bytes,
                     .examples = result->examples};
  return sv_cli_write_record (cli, &import_type, &row, error);
}

/* What is registered, or a new feed: an import keeps its address and schedule, and only brings
 * content by hand. */
static SvFeed *
find_feed (SvCli *cli, SvDb *db, const char *id, const char *kind, GError **error)
{
  g_autoptr (SvFeed) feed = sv_feed_load (db, id, NULL);
  if (feed == NULL)
    feed = sv_feed_new (id, kind, NULL);
  if (strcmp (feed->kind, kind) != 0) {
    g_set_error (error, SV_ERROR, SV_ERROR_EXISTS,
                 "feed '%.64s' is registered as %s: give another name with --id", id, feed->kind);
    return NULL;
  }
  if (sv_cli_has (cli, "release")) {
    g_free (feed->release);
    feed->release = g_strdup (sv_cli_find (cli, "release"));
  }
  return g_steal_pointer (&feed);
}

/* The name of the feed that the command is about; NULL with @error set if KIND is none. */
static const char *
read_id (const SvCli *cli, GError **error)
{
  const char *kind = sv_cli_get_argument (cli, 0), *id = sv_cli_find (cli, "id");
  if (sv_feed_format_find (kind) != NULL)
    return id != NULL ? id : kind;
  g_autofree char *kinds = sv_sources_list_kinds ();
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "'%.64s' is no kind of feed: %s", kind, kinds);
  return NULL;
}

/* New string: an address that can be fetched from anywhere on this host. */
static char *
read_address (const char *text, GError **error)
{
  if (g_str_has_prefix (text, "https://") || g_str_has_prefix (text, "file://"))
    return g_strdup (text);
  if (strstr (text, "://") == NULL)
    return g_canonicalize_filename (text, NULL);
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "'%.200s': write https://…, file://… or a path",
               text);
  return NULL;
}

static gboolean
set_address (SvCli *cli, SvFeed *feed, GError **error)
{
  const char *signature = sv_cli_find (cli, "signature");
  g_free (feed->url);
  feed->url = read_address (sv_cli_get_argument (cli, 1), error);
  if (feed->url == NULL || signature == NULL)
    return feed->url != NULL;
  g_free (feed->signature);
  feed->signature = read_address (signature, error);
  return feed->signature != NULL;
}

static gboolean
set_keyring (SvCli *cli, SvFeed *feed, GError **error)
{
  const char *given = sv_cli_find (cli, "keyring");
  if (given == NULL)
    return TRUE;
  g_free (feed->keyring);
  feed->keyring = g_canonicalize_filename (given, NULL);
  g_autoptr (SvKeyring) keyring = sv_keyring_load (feed->keyring, error);
  if (keyring == NULL || g_hash_table_size (keyring->fingerprints) > 0)
    return keyring != NULL;
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "%s holds no OpenPGP key", feed->keyring);
  return FALSE;
}

static gboolean
set_schedule (SvCli *cli, SvFeed *feed, GError **error)
{
  const char *every = sv_cli_find (cli, "every");
  gint64 span_us = SV_DAY_US;
  if (every != NULL && !sv_cli_parse_span ("every", every, &span_us, error))
    return FALSE;
  if (every != NULL || feed->schedule_s == 0)
    feed->schedule_s = span_us / SV_SECOND_US;
  return TRUE;
}

int
sv_cmd_feed_add (SvCli *cli, GError **error)
{
  const char *id = read_id (cli, error);
  if (id == NULL)
    return SV_EXIT_USAGE;
  g_autoptr (SvDb) db = open_store (cli, error);
  g_autoptr (SvFeed) feed =
      db != NULL ? find_feed (cli, db, id, sv_cli_get_argument (cli, 0), error) : NULL;
  if (feed == NULL || !set_address (cli, feed, error) || !set_keyring (cli, feed, error) ||
      !set_schedule (cli, feed, error) || !sv_feed_register (db, feed, error))
    return SV_EXIT_FAILED;
  return sv_cli_write_record (cli, &sv_feed_type, feed, error) ? SV_EXIT_OK : SV_EXIT_FAILED;
}

int
sv_cmd_feed_remove (SvCli *cli, GError **error)
{
  const char *id = sv_cli_get_argument (cli, 0);
  g_autoptr (SvDb) db = open_store (cli, error);
  if (db == NULL || !sv_feed_remove (db, id, error))
    return SV_EXIT_FAILED;
  g_autofree char *line = g_strdup_printf ("feed '%s' is forgotten\n", id);
  return sv_cli_write (line, strlen (line), error) ? SV_EXIT_OK : SV_EXIT_FAILED;
}

int
sv_cmd_feed_import (SvCli *cli, GError **error)
{
  const char *id = read_id (cli, error);
  if (id == NULL)
    return SV_EXIT_USAGE;
  g_autoptr (SvDb) db = open_store (cli, error);
  g_autoptr (SvFeed) feed =
      db != NULL ? find_feed (cli, db, id, sv_cli_get_argument (cli, 0), error) : NULL;
  if (feed == NULL || !sv_feed_register (db, feed, error))
    return SV_EXIT_FAILED;
  g_auto (SvFeedResult) result = {0};
  SvFeedImport import = {.feed = id,
                         .path = sv_cli_get_argument (cli, 1),
                         .now_us = sv_cli_get_now (cli),
                         .force = sv_cli_has (cli, "force")};
  if (!sv_feed_import (db, &import, &result, error) || !write_result (cli, id, &result, error))
    return SV_EXIT_FAILED;
  return SV_EXIT_OK;
}
