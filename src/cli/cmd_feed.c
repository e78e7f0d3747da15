/* The register of feeds. */
#include "cli/sources.h"

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

/* A feed that is registered keeps its address and schedule: only its content is brought by hand. */
static gboolean
register_import (SvCli *cli, SvDb *db, const char *id, const char *kind, GError **error)
{
  g_autoptr (SvFeed) feed = sv_feed_load (db, id, NULL);
  if (feed == NULL)
    feed = sv_feed_new (id, kind, NULL);
  if (strcmp (feed->kind, kind) != 0) {
    g_set_error (error, SV_ERROR, SV_ERROR_EXISTS,
                 "feed '%.64s' is registered as %s: give another name with --id", id, feed->kind);
    return FALSE;
  }
  if (sv_cli_has (cli, "release")) {
    g_free (feed->release);
    feed->release = g_strdup (sv_cli_find (cli, "release"));
  }
  return sv_feed_register (db, feed, error);
}

int
sv_cmd_feed_import (SvCli *cli, GError **error)
{
  const char *kind = sv_cli_get_argument (cli, 0);
  const char *id = sv_cli_find (cli, "id") != NULL ? sv_cli_find (cli, "id") : kind;
  if (sv_feed_format_find (kind) == NULL) {
    g_autofree char *kinds = sv_sources_list_kinds ();
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "'%.64s' is no kind of feed: %s", kind, kinds);
    return SV_EXIT_USAGE;
  }
  g_autoptr (SvDb) db = open_store (cli, error);
  if (db == NULL || !register_import (cli, db, id, kind, error))
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
