#include "advisory/sync.h"

#include "advisory/feed_signature.h"
#include "net/net.h"

#include <errno.h>
#include <string.h>

const char *const sv_sync_outcome_names[] = {"updated", "unchanged", "failed", NULL};
G_STATIC_ASSERT (G_N_ELEMENTS (sv_sync_outcome_names) == SV_N_SYNC_OUTCOMES + 1);

static const SvField sync_row_fields[] = {
    SV_FIELD (SvSyncRow, feed, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .doc = "Its name."),
    SV_FIELD (SvSyncRow, outcome, SV_TYPE_ENUM, .values = sv_sync_outcome_names,
              .doc = "How it ended."),
    SV_FIELD (SvSyncRow, bytes, SV_TYPE_INT64, .doc = "Bytes that were fetched."),
    SV_FIELD (SvSyncRow, records, SV_TYPE_INT64, .doc = "Records in force."),
    SV_FIELD (SvSyncRow, skipped, SV_TYPE_INT64, .doc = "Bad records that were left out."),
    SV_FIELD (SvSyncRow, detail, SV_TYPE_STRING, .doc = "The error, or what is worth knowing."),
};
SV_RECORD_TYPE (sv_sync_row_type, SvSyncRow, "SyncRow", sync_row_fields,
                "How the sync of one feed ended.");

static void
row_free (gpointer row)
{
  sv_record_free (&sv_sync_row_type, row);
}

/* The path of a feed that is no download, or NULL. */
static char *
local_path (const char *url)
{
  if (g_str_has_prefix (url, "file://"))
    return g_filename_from_uri (url, NULL, NULL);
  return *url == '/' ? g_strdup (url) : NULL;
}

/* Ids come from outside: what is no plain name is spelled in a way that cannot leave the cache. */
static char *
cache_path (const char *cache_dir, const char *id)
{
  g_autofree char *name = g_uri_escape_string (id, NULL, FALSE);
  if (*name == '.')
    *name = '_';
  return g_build_filename (cache_dir, name, NULL);
}

static const char *
find_host (const char *url)
{
  const char *host = strstr (url, "://");
  return host != NULL ? host + strlen ("://") : url;
}

static char *
describe_origin (const char *url)
{
  const char *host = find_host (url);
  int length = (int)strcspn (host, "/");
  return g_str_has_prefix (url, "https://")
             ? g_strdup_printf ("TLS certificate of %.*s", length, host)
             : g_strdup_printf ("plain HTTP from %.*s: nothing proves the sender", length, host);
}

/* What there is to import, and what is known of where it came from. */
typedef struct {
  char *path;
  char *detail;
  gint authenticity;
  gint64 modified_at_us;
  gint64 bytes;
} Delivery;

static void
delivery_clear (Delivery *delivery)
{
  g_free (delivery->path);
  g_free (delivery->detail);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Delivery, delivery_clear)

static gboolean
fetch (const SvSyncOptions *options, const char *url, guint64 max_bytes, const char *path,
       SvFetchResult *ret_result, GError **error)
{
  const SvFetchRequest request = {.url = url,
                                  .path = path,
                                  .max_bytes = max_bytes,
                                  .timeout_ms = options->timeout_ms,
                                  .proxy = options->proxy,
                                  .ca_file = options->ca_file,
                                  .allow_http = options->allow_http,
                                  .allow_private = options->allow_private};
  return sv_fetch (&request, ret_result, error);
}

static gboolean
fetch_feed (const SvSyncOptions *options, const SvFeed *feed, Delivery *delivery, GError **error)
{
  SvFetchResult result;
  delivery->path = cache_path (options->cache_dir, feed->id);
  if (!fetch (options, feed->url, 0, delivery->path, &result, error))
    return FALSE;
  delivery->detail = describe_origin (feed->url);
  delivery->authenticity = g_str_has_prefix (feed->url, "https://") ? SV_AUTHENTICITY_VERIFIED
                                                                    : SV_AUTHENTICITY_UNVERIFIED;
  delivery->modified_at_us = result.modified_at_us;
  delivery->bytes = result.not_modified ? 0 : (gint64)result.size_bytes;
  return TRUE;
}

static gboolean
deliver_content (const SvSyncOptions *options, const SvFeed *feed, Delivery *delivery,
                 GError **error)
{
  delivery->path = local_path (feed->url);
  if (delivery->path == NULL)
    return fetch_feed (options, feed, delivery, error);
  delivery->authenticity = SV_AUTHENTICITY_UNVERIFIED;
  delivery->detail = g_strdup_printf ("file on this host: %s", delivery->path);
  return TRUE;
}

/* New path of the signature, fetched if it is no file of this host; NULL with @error set. */
static char *
deliver_signature (const SvSyncOptions *options, const SvFeed *feed, GError **error)
{
  g_autofree char *url =
      feed->signature != NULL ? g_strdup (feed->signature) : g_strconcat (feed->url, ".asc", NULL);
  char *local = local_path (url);
  if (local != NULL)
    return local;
  SvFetchResult result;
  g_autofree char *content = cache_path (options->cache_dir, feed->id);
  g_autofree char *path = g_strconcat (content, "%asc", NULL); /* no id is spelled like that */
  return fetch (options, url, SV_LIMIT_SIGNATURE_BYTES, path, &result, error)
             ? g_steal_pointer (&path)
             : NULL;
}

/* Where a key is asked for, it alone counts: not who sent it, and nothing is read without it. */
static gboolean
check_signature (const SvSyncOptions *options, const SvFeed *feed, Delivery *delivery,
                 GError **error)
{
  g_autofree char *signature = deliver_signature (options, feed, error);
  const SvFeedSignature asked = {.name = feed->url,
                                 .path = delivery->path,
                                 .signature = signature,
                                 .keyring = feed->keyring,
                                 .at_us = options->now_us};
  g_clear_pointer (&delivery->detail, g_free);
  if (signature == NULL || !sv_feed_signature_check (&asked, &delivery->detail, error))
    return FALSE;
  delivery->authenticity = SV_AUTHENTICITY_VERIFIED;
  return TRUE;
}

static gboolean
deliver (const SvSyncOptions *options, const SvFeed *feed, Delivery *delivery, GError **error)
{
  return deliver_content (options, feed, delivery, error) &&
         (feed->keyring == NULL || check_signature (options, feed, delivery, error));
}

/* "no longer speaks of debian:10: …", "left out 2 bad records, the first at …", or NULL. */
static char *
describe_result (const SvFeedResult *result)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < result->frozen->len; i++)
    g_string_append_printf (text, "%sno longer speaks of %s: its last word is kept",
                            text->len > 0 ? "; " : "", (const char *)result->frozen->pdata[i]);
  if (result->examples->len > 0)
    g_string_append_printf (text, "%sleft out %" G_GUINT64_FORMAT " bad records, the first at %s",
                            text->len > 0 ? "; " : "", result->counts.skipped,
                            (const char *)result->examples->pdata[0]);
  return text->len > 0 ? g_strdup (text->str) : NULL;
}

static gboolean
import (SvDb *db, const SvSyncOptions *options, const SvFeed *feed, const Delivery *delivery,
        SvSyncRow *row, GError **error)
{
  g_auto (SvFeedResult) result = {0};
  const SvFeedImport asked = {.feed = feed->id,
                              .path = delivery->path,
                              .now_us = options->now_us,
                              .force = options->force,
                              .modified_at_us = delivery->modified_at_us,
                              .authenticity = delivery->authenticity,
                              .authenticity_detail = delivery->detail};
  gboolean imported = sv_feed_import (db, &asked, &result, error);
  row->skipped = result.unchanged ? feed->skipped : (gint64)result.counts.skipped;
  row->records =
      result.unchanged || !imported ? feed->records : (gint64)sv_feed_counts_total (&result.counts);
  if (!imported)
    return FALSE;
  row->outcome = result.unchanged ? SV_SYNC_UNCHANGED : SV_SYNC_UPDATED;
  row->detail = describe_result (&result);
  return TRUE;
}

static SvSyncRow *
sync_feed (SvDb *db, const SvSyncOptions *options, const SvFeed *feed, SvError *ret_code)
{
  g_autoptr (GError) error = NULL;
  g_auto (Delivery) delivery = {0};
  SvSyncRow *row = sv_record_new (&sv_sync_row_type);
  row->feed = g_strdup (feed->id);
  row->records = feed->records;
  gboolean delivered = deliver (options, feed, &delivery, &error);
  row->bytes = delivery.bytes;
  if (delivered && import (db, options, feed, &delivery, row, &error))
    return row;
  if (!delivered) /* a failed import has noted it itself */
    sv_feed_note_failure (db, feed->id, options->now_us, error->message, NULL);
  row->outcome = SV_SYNC_FAILED;
  row->detail = g_strdup (error->message);
  *ret_code = (SvError)error->code;
  return row;
}

static gboolean
is_asked_for (const SvSyncOptions *options, const SvFeed *feed)
{
  if (options->only != NULL)
    return feed->url != NULL && g_strv_contains (options->only, feed->id);
  return options->all ? feed->enabled && feed->url != NULL : sv_feed_is_due (feed, options->now_us);
}

/* (element-type SvFeed): those to sync now. */
static GPtrArray *
list_asked_for (SvDb *db, const SvSyncOptions *options, GError **error)
{
  for (gsize i = 0; options->only != NULL && options->only[i] != NULL; i++) {
    g_autoptr (SvFeed) feed = sv_feed_load (db, options->only[i], error);
    if (feed == NULL)
      return NULL;
  }
  GPtrArray *feeds = sv_feed_list (db, error);
  for (guint i = feeds != NULL ? feeds->len : 0; i-- > 0;)
    if (!is_asked_for (options, feeds->pdata[i]))
      g_ptr_array_remove_index (feeds, i);
  return feeds;
}

/* How many failed, and whether all of them because nobody answered. */
typedef struct {
  guint failed;
  guint unreachable;
} Tally;

static gboolean
conclude (const Tally *tally, guint tried, GError **error)
{
  if (tally->failed == 0)
    return TRUE;
  gboolean offline = tally->unreachable == tried;
  g_set_error (error, SV_ERROR, offline ? SV_ERROR_UNREACHABLE : SV_ERROR_PARTIAL,
               "%u of %u feeds %s; what was in force of them stays", tally->failed, tried,
               offline ? "could not be reached" : "failed");
  return FALSE;
}

gboolean
sv_sync (SvDb *db, const SvSyncOptions *options, GPtrArray **ret_rows, GError **error)
{
  Tally tally = {0};
  *ret_rows = NULL;
  g_autoptr (GPtrArray) feeds = list_asked_for (db, options, error);
  if (feeds == NULL)
    return FALSE;
  if (g_mkdir_with_parents (options->cache_dir, 0700) != 0)
    return sv_error_set_errno (error, errno, "make", options->cache_dir);
  *ret_rows = g_ptr_array_new_with_free_func (row_free);
  for (guint i = 0; i < feeds->len; i++) {
    const SvFeed *feed = feeds->pdata[i];
    SvError code = SV_ERROR_FAILED;
    if (options->progress != NULL)
      options->progress (options->user_data, feed->id, i, feeds->len);
    SvSyncRow *row = sync_feed (db, options, feed, &code);
    g_ptr_array_add (*ret_rows, row);
    if (row->outcome != SV_SYNC_FAILED)
      continue;
    tally.failed++;
    tally.unreachable += code == SV_ERROR_UNREACHABLE || code == SV_ERROR_TIMEOUT;
  }
  return conclude (&tally, feeds->len, error);
}
