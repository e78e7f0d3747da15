/* The register of feeds as a scan sees it: the host's defaults, syncing, health. Wiring. */
#include "cli/sources.h"

#include <string.h>

static void
show_sync (gpointer user_data, const char *feed, guint done, guint total)
{
  sv_progress_update (user_data, done, total);
}

static gboolean
register_defaults (SvDb *db, const SvDistro *distro, GError **error)
{
  g_autoptr (GPtrArray) known = sv_feed_list (db, error);
  g_autoptr (GPtrArray) defaults = sv_feed_list_defaults (distro);
  if (known == NULL)
    return FALSE;
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < known->len; i++)
    g_hash_table_add (ids, ((SvFeed *)known->pdata[i])->id);
  for (guint i = 0; i < defaults->len; i++) {
    const SvFeed *feed = defaults->pdata[i];
    if (!g_hash_table_contains (ids, feed->id) && !sv_feed_register (db, feed, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
sv_sources_sync (SvCli *cli, SvDb *db, const SvDistro *distro, gboolean may_fetch, GError **error)
{
  if (!register_defaults (db, distro, error)) {
    g_prefix_error (error, "cannot register feeds in the store (another one: --store): ");
    return FALSE;
  }
  if (!may_fetch)
    return TRUE;
  g_autofree char *cache = sv_sources_cache (cli);
  g_autofree char *folder = g_build_filename (cache, "feeds", NULL);
  g_autoptr (SvProgress) progress = sv_progress_new (cli, "feeds");
  SvSyncOptions options = {.cache_dir = folder,
                           .now_us = sv_cli_get_now (cli),
                           .proxy = sv_cli_get_setting (cli, "proxy"),
                           .ca_file = sv_cli_get_setting (cli, "ca-file"),
                           .progress = show_sync,
                           .user_data = progress};
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) reason = NULL;
  if (sv_sync (db, &options, &rows, &reason))
    return TRUE;
  /* What could not be fetched is in the register and becomes a gap; only the store is fatal. */
  if (sv_error_is (reason, SV_ERROR_PARTIAL) || sv_error_is (reason, SV_ERROR_UNREACHABLE))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

/* What is not known while a kind of feed is missing. */
static const struct {
  const char *kind, *unknown;
} kinds[] = {
    {"debian-tracker", "vulnerabilities that no update heals yet"},
    {"debian-list", "which advisories the updates belong to"},
    {"kev", "which vulnerabilities are known to be exploited"},
    {"epss", "how likely exploitation is"},
    {"cve5", "technical impact, automatability and CVSS scores"},
    {"osv", "vulnerabilities of the distribution's packages"},
    {"updateinfo", "vulnerabilities of the distribution's packages"},
};

static const char *
unknown_without (const char *kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].kind, kind) == 0)
      return kinds[i].unknown;
  return "what it would say";
}

static void
add_feed (GPtrArray *sources, GPtrArray *gaps, const SvFeed *feed, gint64 now_us)
{
  SvHealth health = sv_feed_get_health (feed, now_us);
  SvReportSource *source = sv_record_new (&sv_report_source_type);
  source->id = g_strdup (feed->id);
  source->kind = g_strdup (feed->kind);
  source->authenticity =
      g_strdup (feed->records > 0 ? sv_authenticity_names[feed->authenticity] : "none");
  source->content_at_us = feed->content_at_us > 0 ? feed->content_at_us : feed->synced_at_us;
  source->records = feed->records;
  source->consulted = feed->records > 0;
  source->detail = g_strdup (feed->authenticity_detail);
  source->error = g_strdup (feed->error != NULL ? feed->error
                            : source->consulted ? NULL
                                                : "it was never fetched");
  g_ptr_array_add (sources, source);
  if (source->consulted && health != SV_HEALTH_STALE)
    return;
  SvGap *gap = sv_record_new (&sv_gap_type);
  gap->what = g_strdup (feed->id);
  gap->why =
      g_strdup_printf ("%s, so not known: %s", source->consulted ? "too old" : "not consulted",
                       unknown_without (feed->kind));
  g_ptr_array_add (gaps, gap);
}

gboolean
sv_sources_add_feeds (GPtrArray *sources, GPtrArray *gaps, SvDb *db, const SvDistro *distro,
                      gint64 now_us, GError **error)
{
  g_autoptr (GPtrArray) feeds = sv_feed_list (db, error);
  for (guint i = 0; feeds != NULL && i < feeds->len; i++)
    add_feed (sources, gaps, feeds->pdata[i], now_us);
  return feeds != NULL;
}
