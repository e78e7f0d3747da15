#include "cli/sources.h"

#include <errno.h>
#include <string.h>

char *
sv_sources_cache (const SvCli *cli)
{
  const char *given = sv_cli_get_setting (cli, "cache");
  return given != NULL ? g_strdup (given)
                       : g_build_filename (g_get_user_cache_dir (), "salve", NULL);
}

char *
sv_sources_store_url (const SvCli *cli, GError **error)
{
  const char *given = sv_cli_get_setting (cli, "store");
  if (given != NULL)
    return g_strdup (given);
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "salve", NULL);
  if (g_mkdir_with_parents (folder, 0700) != 0) {
    sv_error_set_errno (error, errno, "make", folder);
    return NULL;
  }
  return g_build_filename (folder, "store.db", NULL);
}

static SvReportSource *
add_source (GPtrArray *sources, const char *id, const char *kind)
{
  SvReportSource *source = sv_record_new (&sv_report_source_type);
  source->id = g_strdup (id);
  source->kind = g_strdup (kind);
  g_ptr_array_add (sources, source);
  return source;
}

static void
add_gap (GPtrArray *gaps, const char *what, const char *why)
{
  SvGap *gap = sv_record_new (&sv_gap_type);
  gap->what = g_strdup (what);
  gap->why = g_strdup (why);
  g_ptr_array_add (gaps, gap);
}

/* --- archives --- */

/* "Debian-Security:12/oldstable-security bookworm-security", or the file if it says nothing. */
static char *
release_id (const SvRelease *release)
{
  if (release->codename == NULL)
    return g_strdup (release->file);
  return g_strdup_printf ("%s:%s/%s %s", release->label != NULL ? release->label : "?",
                          release->version != NULL ? release->version : "?",
                          release->suite != NULL ? release->suite : "?", release->codename);
}

static gint64
count_records (const SvArchive *archive, const SvRelease *release, gboolean *ret_used)
{
  const GPtrArray *indexes = sv_archive_get_indexes (archive);
  gint64 records = 0;
  *ret_used = FALSE;
  for (guint i = 0; i < indexes->len; i++) {
    const SvIndex *index = indexes->pdata[i];
    if (g_strcmp0 (index->release, release->file) != 0 || !index->enabled ||
        !sv_authenticity_holds (index->authenticity))
      continue;
    records += index->n_packages;
    *ret_used = TRUE;
  }
  return records;
}

static gboolean
add_release (GPtrArray *sources, const SvArchive *archive, const SvRelease *release)
{
  g_autofree char *id = release_id (release);
  gboolean used;
  gint64 records = count_records (archive, release, &used);
  SvReportSource *source = add_source (sources, id, "apt-archive");
  source->authenticity = g_strdup (sv_authenticity_names[release->authenticity]);
  source->signer = g_strdup (release->signer);
  source->content_at_us = release->issued_at_us;
  source->valid_until_us = release->valid_until_us;
  source->records = records;
  source->consulted = used;
  source->detail = g_strdup (release->detail);
  if (!used)
    source->error = g_strdup (
        release->detail != NULL ? release->detail : "no package index of it is here or enabled");
  return used;
}

/* Indexes that no Release vouches for, or that contradict theirs. */
static gboolean
add_index (GPtrArray *sources, const SvIndex *index)
{
  if (index->release != NULL && index->authenticity != SV_AUTHENTICITY_BAD)
    return FALSE;
  SvReportSource *source = add_source (sources, index->file, "apt-archive");
  source->authenticity = g_strdup (sv_authenticity_names[index->authenticity]);
  source->records = index->n_packages;
  source->consulted = index->enabled && index->authenticity != SV_AUTHENTICITY_BAD;
  source->detail = g_strdup (index->detail);
  if (!source->consulted)
    source->error = g_strdup (index->detail != NULL ? index->detail : "not enabled here");
  return source->consulted;
}

gboolean
sv_sources_add_archive (GPtrArray *sources, const SvArchive *archive)
{
  gboolean usable = FALSE;
  const GPtrArray *releases = sv_archive_get_releases (archive);
  for (guint i = 0; i < releases->len; i++)
    usable = add_release (sources, archive, releases->pdata[i]) || usable;
  const GPtrArray *indexes = sv_archive_get_indexes (archive);
  for (guint i = 0; i < indexes->len; i++)
    usable = add_index (sources, indexes->pdata[i]) || usable;
  return usable;
}

/* --- the plan --- */

static SvUpdate *
new_update (const SvUpgrade *upgrade)
{
  SvUpdate *update = sv_record_new (&sv_update_type);
  update->package = g_strdup (upgrade->package);
  update->arch = g_strdup (upgrade->arch);
  update->installed = g_strdup (upgrade->installed);
  update->candidate = g_strdup (upgrade->candidate);
  update->source = g_strdup (upgrade->source);
  update->source_version = g_strdup (upgrade->source_version);
  update->installed_source_version = g_strdup (upgrade->installed_source_version);
  update->security = upgrade->security;
  update->origin = g_strdup (upgrade->origin);
  update->held = upgrade->held;
  update->reachable = upgrade->reachable;
  update->fix = upgrade->reachable ? SV_FIX_REACHABLE : SV_FIX_NOT_REACHABLE;
  update->why_not = g_strdup (upgrade->reachable ? NULL : upgrade->reason);
  update->authenticity = g_strdup (sv_authenticity_names[upgrade->authenticity]);
  update->size_bytes = upgrade->size_bytes;
  return update;
}

static SvNewPackage *
new_package (const SvUpgrade *upgrade)
{
  SvNewPackage *package = sv_record_new (&sv_new_package_type);
  package->package = g_strdup (upgrade->package);
  package->arch = g_strdup (upgrade->arch);
  package->version = g_strdup (upgrade->candidate);
  package->source = g_strdup (upgrade->source);
  package->origin = g_strdup (upgrade->origin);
  package->needed_by = g_strdup (upgrade->reason);
  package->size_bytes = upgrade->size_bytes;
  return package;
}

void
sv_sources_convert_plan (const SvUpgradePlan *plan, GPtrArray **ret_updates,
                         GPtrArray **ret_new_packages)
{
  *ret_updates = g_ptr_array_new ();
  *ret_new_packages = g_ptr_array_new ();
  for (guint i = 0; plan != NULL && i < plan->upgrades->len; i++) {
    const SvUpgrade *upgrade = plan->upgrades->pdata[i];
    if (upgrade->kind == SV_UPGRADE_UPGRADE)
      g_ptr_array_add (*ret_updates, new_update (upgrade));
    else if (upgrade->kind == SV_UPGRADE_INSTALL)
      g_ptr_array_add (*ret_new_packages, new_package (upgrade));
  }
}

const SvUpgrade *
sv_sources_find_kernel_upgrade (const SvUpgradePlan *plan, const SvPackage *package)
{
  g_autofree char *source = sv_source_of_tracker (package->source);
  for (guint i = 0; i < plan->upgrades->len; i++) {
    const SvUpgrade *upgrade = plan->upgrades->pdata[i];
    g_autofree char *other =
        upgrade->source != NULL ? sv_source_of_tracker (upgrade->source) : NULL;
    if (g_strcmp0 (other, source) == 0 && g_str_has_prefix (upgrade->package, "linux-image-") &&
        upgrade->candidate != NULL)
      return upgrade;
  }
  return NULL;
}

/* --- changelogs --- */

static void
show_progress (guint done, guint total, gint64 bytes, gpointer user_data)
{
  sv_progress_update (user_data, done, total);
}

gboolean
sv_sources_fetch_changelogs (SvCli *cli, const SvUpgradePlan *plan, SvChangelogReader *reader,
                             const SvArchive *archive, gboolean may_fetch, GError **error)
{
  g_autoptr (GPtrArray) needs = sv_upgrade_list_needs (plan);
  g_autofree char *cache = sv_sources_cache (cli);
  g_autofree char *folder = g_build_filename (cache, "changelogs", NULL);
  g_autoptr (SvProgress) progress = sv_progress_new (cli, "changelogs");
  SvChangelogFetch fetch = {folder, may_fetch ? SV_LIMIT_CHANGELOG_FETCH_BYTES : 0, show_progress,
                            progress};
  if (!sv_changelog_fetch (&fetch, needs, error))
    return FALSE;
  for (guint i = 0; i < needs->len; i++) {
    const SvChangelogNeed *need = needs->pdata[i];
    g_autoptr (SvStream) stream = need->path != NULL ? sv_stream_open (need->path, error) : NULL;
    if (need->path != NULL &&
        (stream == NULL || !sv_changelog_reader_read (reader, stream, need->source, error)))
      return FALSE;
    if (need->path == NULL)
      sv_log (SV_LOG_DEBUG, "changelog of %s: %s%s%s", need->source,
              sv_changelog_state_names[need->state], need->detail != NULL ? ": " : "",
              need->detail != NULL ? need->detail : "");
  }
  return TRUE;
}

/* The sources that would be upgraded, each once. */
static GPtrArray *
list_sources (const SvUpgradePlan *plan)
{
  GPtrArray *list = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < plan->upgrades->len; i++) {
    const SvUpgrade *upgrade = plan->upgrades->pdata[i];
    if (upgrade->kind == SV_UPGRADE_UPGRADE && g_hash_table_add (seen, upgrade->source))
      g_ptr_array_add (list, upgrade->source);
  }
  return list;
}

void
sv_sources_add_changelogs (GPtrArray *sources, GPtrArray *gaps, const SvUpgradePlan *plan,
                           const SvChangelogReader *reader)
{
  g_autoptr (GPtrArray) wanted = list_sources (plan);
  g_autoptr (GString) missing = g_string_new (NULL);
  guint seen = 0, absent = 0;
  for (guint i = 0; i < wanted->len; i++) {
    gboolean has = sv_changelog_reader_has_seen (reader, wanted->pdata[i]);
    seen += has;
    if (!has && absent++ < 10)
      g_string_append_printf (missing, "%s%s", missing->len > 0 ? ", " : "",
                              (char *)wanted->pdata[i]);
  }
  SvReportSource *source = add_source (sources, "changelogs of candidate packages", "changelogs");
  source->authenticity = g_strdup (seen > 0 ? "verified" : "none");
  source->records = seen;
  source->consulted = seen > 0;
  if (seen == 0)
    source->error = g_strdup ("none was given or could be fetched");
  if (absent == 0)
    return;
  g_autofree char *why = g_strdup_printf (
      "which vulnerabilities %u update%s heal%s is not known from changelogs: %s%s", absent,
      absent == 1 ? "" : "s", absent == 1 ? "s" : "", missing->str, absent > 10 ? ", …" : "");
  add_gap (gaps, "changelogs", why);
}

/* --- feeds --- */

/* The mark of feeds that are in the store for one command only. */
#define GIVEN ":given"

char *
sv_sources_list_kinds (void)
{
  g_autoptr (GString) names = g_string_new (NULL);
  for (gsize i = 0; i < sv_n_feed_formats; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", sv_feed_formats[i].name);
  return g_string_free (g_steal_pointer (&names), FALSE);
}

gboolean
sv_sources_check_given (const SvCli *cli, GError **error)
{
  const GPtrArray *given = sv_cli_find_all (cli, "feed");
  for (guint i = 0; given != NULL && i < given->len; i++) {
    const char *spec = given->pdata[i], *colon = strchr (spec, ':');
    g_autofree char *kind = colon != NULL ? g_strndup (spec, (gsize)(colon - spec)) : NULL;
    if (kind != NULL && sv_feed_format_find (kind) != NULL)
      continue;
    g_autofree char *kinds = sv_sources_list_kinds ();
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "--feed '%.64s': write KIND:PATH, KIND being %s",
                 spec, kinds);
    return FALSE;
  }
  return TRUE;
}

gboolean
sv_sources_remove_given (SvDb *db, GError **error)
{
  g_autoptr (GPtrArray) feeds = sv_feed_list (db, error);
  for (guint i = 0; feeds != NULL && i < feeds->len; i++) {
    const SvFeed *feed = feeds->pdata[i];
    if (strstr (feed->id, GIVEN) != NULL && !sv_feed_remove (db, feed->id, error))
      return FALSE;
  }
  return feeds != NULL;
}

/* An id of its own: a registered feed of that kind keeps its address and schedule, and several
 * files of one kind stand beside each other. */
static char *
given_id (const GPtrArray *given, guint i)
{
  const char *spec = given->pdata[i];
  gsize length = strcspn (spec, ":") + 1;
  guint number = 1;
  for (guint other = 0; other < i; other++)
    number += strncmp (given->pdata[other], spec, length) == 0;
  return number == 1 ? g_strdup_printf ("%.*s" GIVEN, (int)length - 1, spec)
                     : g_strdup_printf ("%.*s" GIVEN ":%u", (int)length - 1, spec, number);
}

static gboolean
import_one (SvCli *cli, SvDb *db, const GPtrArray *given, guint i, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (given->pdata[i], ":", 2);
  g_autofree char *id = given_id (given, i);
  g_autoptr (SvFeed) feed = sv_feed_new (id, parts[0], NULL);
  if (!sv_feed_register (db, feed, error))
    return FALSE;
  g_auto (SvFeedResult) result = {0};
  SvFeedImport import = {
      .feed = id, .path = parts[1], .now_us = sv_cli_get_now (cli), .force = TRUE};
  if (!sv_feed_import (db, &import, &result, error))
    return FALSE;
  if (result.counts.skipped > 0)
    sv_log (SV_LOG_WARNING, "feed '%s': %" G_GUINT64_FORMAT " bad records were left out, first %s",
            parts[0], result.counts.skipped, (char *)result.examples->pdata[0]);
  return TRUE;
}

gboolean
sv_sources_import_given (SvCli *cli, SvDb *db, GError **error)
{
  const GPtrArray *given = sv_cli_find_all (cli, "feed");
  if (!sv_sources_remove_given (db, error)) /* of a command that was cut short */
    return FALSE;
  for (guint i = 0; given != NULL && i < given->len; i++)
    if (!import_one (cli, db, given, i, error))
      return FALSE;
  return TRUE;
}
