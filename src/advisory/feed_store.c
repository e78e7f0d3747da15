#include "advisory/feed_store.h"

#define FEED_COLUMNS                                                                               \
  "id, kind, url, release, keyring, signature, schedule_s, authenticity, authenticity_detail, "    \
  "enabled, "                                                                                      \
  "attempted_at_us, synced_at_us, content_at_us, sha256, records, skipped, error, engine"

static const char register_sql[] =
    "INSERT INTO feed (id, kind, url, release, keyring, signature, schedule_s, authenticity, "
    "authenticity_detail,"
    " enabled)"
    " VALUES (:id, :kind, :url, :release, :keyring, :signature, :schedule_s, :authenticity, "
    ":authenticity_detail,"
    " :enabled)"
    " ON CONFLICT (id) DO UPDATE SET"
    " sha256 = CASE WHEN feed.kind = excluded.kind"
    "   AND COALESCE (feed.url, '') = COALESCE (excluded.url, '')"
    "   AND COALESCE (feed.release, '') = COALESCE (excluded.release, '')"
    "   AND COALESCE (feed.keyring, '') = COALESCE (excluded.keyring, '')"
    "   THEN feed.sha256 ELSE NULL END,"
    " attempted_at_us = CASE WHEN COALESCE (feed.url, '') = COALESCE (excluded.url, '')"
    "   THEN feed.attempted_at_us ELSE 0 END,"
    " kind = excluded.kind, url = excluded.url, release = excluded.release,"
    " keyring = excluded.keyring, signature = excluded.signature,"
    " schedule_s = excluded.schedule_s, enabled = excluded.enabled";

gboolean
sv_feed_register (SvDb *db, const SvFeed *feed, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, register_sql, error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_record (query, &sv_feed_type, feed);
  return sv_query_run (query, error);
}

/* The next row, or NULL: at the end, or with @error set. */
static SvFeed *
next_feed (SvQuery *query, GError **error)
{
  if (sv_query_step (query, error) != SV_STEP_ROW)
    return NULL;
  g_autoptr (SvFeed) feed = sv_record_new (&sv_feed_type);
  return sv_query_read_record (query, &sv_feed_type, feed, error) ? g_steal_pointer (&feed) : NULL;
}

static gboolean
no_such_feed (const char *id, GError **error)
{
  g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND,
               "there is no feed '%s': 'salve feed list' names those there are", id);
  return FALSE;
}

SvFeed *
sv_feed_load (SvDb *db, const char *id, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT " FEED_COLUMNS " FROM feed WHERE id = :id", error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "id", id);
  SvFeed *feed = next_feed (query, &cause);
  if (feed == NULL && cause == NULL)
    no_such_feed (id, &cause);
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return feed;
}

GPtrArray *
sv_feed_list (SvDb *db, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GPtrArray) feeds = g_ptr_array_new_with_free_func ((GDestroyNotify)sv_feed_free);
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT " FEED_COLUMNS " FROM feed ORDER BY id", error);
  if (query == NULL)
    return NULL;
  for (SvFeed *feed; (feed = next_feed (query, &cause)) != NULL;)
    g_ptr_array_add (feeds, feed);
  if (cause == NULL)
    return g_steal_pointer (&feeds);
  g_propagate_error (error, g_steal_pointer (&cause));
  return NULL;
}

static const char *const remove_sql[] = {"DELETE FROM feed_statement WHERE feed = :feed",
                                         "DELETE FROM feed_advisory WHERE feed = :feed",
                                         "DELETE FROM feed_alias WHERE feed = :feed",
                                         "DELETE FROM feed_kev WHERE feed = :feed",
                                         "DELETE FROM feed_epss WHERE feed = :feed",
                                         "DELETE FROM feed_cve WHERE feed = :feed",
                                         "DELETE FROM feed WHERE id = :feed"};

static gboolean
run_for_feed (SvDb *db, const char *sql, const char *feed, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, sql, error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "feed", feed);
  return sv_query_run (query, error);
}

gboolean
sv_feed_remove (SvDb *db, const char *id, GError **error)
{
  g_autoptr (SvTx) tx = sv_db_begin (db, error);
  if (tx == NULL)
    return FALSE;
  g_autoptr (SvFeed) feed = sv_feed_load (db, id, error);
  if (feed == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (remove_sql); i++)
    if (!run_for_feed (db, remove_sql[i], id, error))
      return FALSE;
  return sv_tx_commit (tx, error);
}

gboolean
sv_feed_note_failure (SvDb *db, const char *id, gint64 now_us, const char *why, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db, "UPDATE feed SET attempted_at_us = :now_us, error = :why WHERE id = :id", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "now_us", now_us);
  sv_query_bind_text (query, "why", why);
  sv_query_bind_text (query, "id", id);
  return sv_query_run (query, error);
}
