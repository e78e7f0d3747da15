/* Gathers one host for the commands that judge it: wiring, no rules. */
#include "cli/host.h"

#include "advisory/advisory.h"
#include "cli/evidence_lookup.h"
#include "cli/sources.h"

#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

struct SvHostView {
  SvCli *cli;
  SvViewMode mode;
  SvInventorySource source;
  SvInventory *inventory;
  SvArchive *archive;   /* NULL: none was read */
  SvUpgradePlan *plan;  /* NULL likewise */
  GHashTable *upgrades; /* "name:arch" -> SvUpgrade, lent by the plan */
  SvDb *db;
  SvLookup *lookup;      /* facts and claims out of the store */
  GHashTable *changelog; /* source as trackers call it -> GPtrArray of SvStatement */
  SvHostFacts facts;
  char *host_id;      /* NULL: not a live host, nothing is kept */
  GHashTable *known;  /* vulnerability -> gint64 since when */
  GPtrArray *sources; /* SvReportSource */
  GPtrArray *gaps;    /* SvGap */
  SvClaimSource claims[2];
  SvOfferSource offers;
};

void
sv_host_view_free (SvHostView *view)
{
  if (view == NULL)
    return;
  g_clear_pointer (&view->upgrades, g_hash_table_unref);
  g_clear_pointer (&view->plan, sv_upgrade_plan_free);
  g_clear_pointer (&view->archive, sv_archive_free);
  g_clear_pointer (&view->lookup, sv_lookup_free);
  if (view->db != NULL && sv_cli_has (view->cli, "feed"))
    sv_sources_remove_given (view->db, NULL); /* else the next scan does */
  g_clear_pointer (&view->db, sv_db_free);
  g_clear_pointer (&view->changelog, g_hash_table_unref);
  g_clear_pointer (&view->known, g_hash_table_unref);
  g_clear_pointer (&view->inventory, sv_inventory_free);
  sv_host_facts_clear (&view->facts);
  for (guint i = 0; view->sources != NULL && i < view->sources->len; i++)
    sv_record_free (&sv_report_source_type, view->sources->pdata[i]);
  for (guint i = 0; view->gaps != NULL && i < view->gaps->len; i++)
    sv_record_free (&sv_gap_type, view->gaps->pdata[i]);
  g_clear_pointer (&view->sources, g_ptr_array_unref);
  g_clear_pointer (&view->gaps, g_ptr_array_unref);
  g_free (view->host_id);
  g_free (view);
}

static void
add_gap (SvHostView *view, const char *what, const char *why)
{
  SvGap *gap = sv_record_new (&sv_gap_type);
  gap->what = g_strdup (what);
  gap->why = g_strdup (why);
  g_ptr_array_add (view->gaps, gap);
}

/* --- what to look at --- */

/* Files that stand for a host: any of them means that nothing of this host is looked at. */
static const struct {
  const char *option;
  gsize offset;
} file_options[] = {
    {"dpkg-status", G_STRUCT_OFFSET (SvInventorySource, dpkg_status)},
    {"extended-states", G_STRUCT_OFFSET (SvInventorySource, extended_states)},
    {"rpm-manifest", G_STRUCT_OFFSET (SvInventorySource, rpm_manifest)},
    {"apk-installed", G_STRUCT_OFFSET (SvInventorySource, apk_installed)},
    {"sbom", G_STRUCT_OFFSET (SvInventorySource, sbom)},
    {"vuls", G_STRUCT_OFFSET (SvInventorySource, vuls)},
    {"ansible", G_STRUCT_OFFSET (SvInventorySource, ansible)},
    {"osquery", G_STRUCT_OFFSET (SvInventorySource, osquery)},
    {"systeminfo", G_STRUCT_OFFSET (SvInventorySource, systeminfo)},
    {"hotfixes", G_STRUCT_OFFSET (SvInventorySource, hotfixes)},
    {"os-release", G_STRUCT_OFFSET (SvInventorySource, os_release)},
    {"apt-preferences", G_STRUCT_OFFSET (SvInventorySource, apt_preferences)},
};

static gboolean
choose_source (SvHostView *view, GError **error)
{
  gboolean files = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (file_options); i++) {
    const char *path = sv_cli_find (view->cli, file_options[i].option);
    G_STRUCT_MEMBER (const char *, &view->source, file_options[i].offset) = path;
    files = files || path != NULL;
  }
  const char *root = sv_cli_find (view->cli, "root");
  if (files && root != NULL) {
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE,
                 "--root and files of a host do not go together: give one or the other");
    return FALSE;
  }
  view->source.root = files ? NULL : root != NULL ? root : "/";
  view->source.live = !files && (root == NULL || strcmp (root, "/") == 0);
  return TRUE;
}

/* --- archives --- */

static char *
lists_directory (const SvHostView *view)
{
  const char *given = sv_cli_find (view->cli, "apt-lists");
  if (given != NULL)
    return g_strdup (given);
  return view->source.root != NULL ? g_build_filename (view->source.root, "var/lib/apt/lists", NULL)
                                   : NULL;
}

static char *
machine_id (const SvHostView *view)
{
  if (view->source.root == NULL)
    return NULL;
  g_autofree char *path = g_build_filename (view->source.root, "etc/machine-id", NULL);
  g_autoptr (GBytes) bytes = sv_file_read (path, SV_LIMIT_SMALL_FILE_BYTES, NULL);
  return bytes != NULL ? g_strstrip (g_strdup (g_bytes_get_data (bytes, NULL))) : NULL;
}

static void
index_upgrades (SvHostView *view)
{
  view->upgrades = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < view->plan->upgrades->len; i++) {
    SvUpgrade *upgrade = view->plan->upgrades->pdata[i];
    g_hash_table_insert (view->upgrades, g_strdup_printf ("%s:%s", upgrade->package, upgrade->arch),
                         upgrade);
  }
}

/* TRUE if archives offer that very package in a version not below the installed one: then the
 * installed one is an older build of theirs, not an unmanaged one (trap 72). */
static gboolean
is_older_build (const SvArchive *archive, const SvPackage *package, gint scheme)
{
  const GPtrArray *candidates = sv_archive_find_candidates (archive, package->name);
  for (guint i = 0; candidates != NULL && i < candidates->len; i++) {
    const SvCandidate *candidate = candidates->pdata[i];
    int order = 0;
    if (sv_version_compare ((SvScheme)scheme, package->version, candidate->version, &order, NULL) &&
        order <= 0)
      return TRUE;
  }
  return FALSE;
}

/* Where each installed version comes from; only where the host's own sources are known. */
static void
set_origins (SvHostView *view)
{
  if (view->inventory->repositories == NULL || view->inventory->repositories->len == 0)
    return;
  for (guint i = 0; i < view->inventory->packages->len; i++) {
    SvPackage *package = view->inventory->packages->pdata[i];
    if (package->state != SV_PACKAGE_INSTALLED || package->ecosystem != NULL)
      continue;
    g_autofree char *origin = sv_upgrade_find_origin (view->archive, package);
    if (*origin == '\0' && is_older_build (view->archive, package, view->inventory->distro->scheme))
      continue;
    g_free (package->origin);
    package->origin = g_steal_pointer (&origin);
  }
}

static gboolean
read_archives (SvHostView *view, GError **error)
{
  const SvDistro *distro = view->inventory->distro;
  g_autofree char *directory = lists_directory (view);
  if (distro == NULL || distro->scheme != SV_SCHEME_DEB)
    return TRUE;
  if (directory == NULL || !g_file_test (directory, G_FILE_TEST_IS_DIR)) {
    add_gap (view, "archives", "no archive metadata: needed updates are not known");
    return directory == NULL || sv_cli_find (view->cli, "apt-lists") == NULL ||
           sv_error_set_errno (error, ENOENT, "read", directory);
  }
  SvArchiveOptions options = {.directory = directory,
                              .root = view->source.root,
                              .keyrings = sv_cli_find_all (view->cli, "keyring"),
                              .at_us = sv_cli_get_now (view->cli),
                              .repositories =
                                  view->source.root != NULL ? view->inventory->repositories : NULL,
                              .distro = distro,
                              .allow_unverified = view->source.root == NULL};
  view->archive = sv_archive_open (&options, error);
  if (view->archive == NULL)
    return FALSE;
  g_autofree char *id = machine_id (view);
  SvUpgradeInput input = {
      .packages = view->inventory->packages, .pins = view->inventory->pins, .machine_id = id};
  view->plan = sv_upgrade_plan (view->archive, &input);
  if (!sv_sources_add_archive (view->sources, view->archive)) {
    /* of what could not be read nothing is said: no plan, no package without an origin */
    g_clear_pointer (&view->plan, sv_upgrade_plan_free);
    add_gap (view, "archives",
             "no package index could be used: needed updates are not known; "
             "run 'apt-get update'");
    return TRUE;
  }
  index_upgrades (view);
  set_origins (view);
  return TRUE;
}

static gboolean
find_offer (gpointer source, const SvPackage *package, SvOffer *ret_offer)
{
  SvHostView *view = source;
  if (view->plan == NULL)
    return FALSE;
  *ret_offer = (SvOffer){0};
  g_autofree char *key = g_strdup_printf ("%s:%s", package->name, package->arch);
  const SvUpgrade *upgrade = g_hash_table_lookup (view->upgrades, key);
  if (upgrade == NULL && g_str_has_prefix (package->name, "linux-image-"))
    upgrade = sv_sources_find_kernel_upgrade (view->plan, package);
  if (upgrade != NULL && upgrade->candidate != NULL) {
    ret_offer->version = upgrade->candidate;
    ret_offer->source_version =
        g_intern_string (upgrade->source_version); /* replaced below for signed kernels */
    ret_offer->reachable = upgrade->reachable;
    g_autofree char *tracker =
        sv_source_version_of_tracker (upgrade->source, upgrade->source_version);
    ret_offer->source_version = g_intern_string (tracker);
  }
  const GPtrArray *candidates = sv_archive_find_candidates (view->archive, package->name);
  if (candidates != NULL && candidates->len > 0) {
    const SvCandidate *newest = candidates->pdata[0];
    g_autofree char *tracker =
        sv_source_version_of_tracker (newest->source, newest->source_version);
    ret_offer->newest_version = newest->version;
    ret_offer->newest_source_version = g_intern_string (tracker);
  }
  return TRUE;
}

/* --- changelogs --- */

/* Source version that the plan would bring @source to; NULL if it does not touch it. */
static const char *
candidate_version (const SvHostView *view, const char *source)
{
  for (guint i = 0; i < view->plan->upgrades->len; i++) {
    const SvUpgrade *upgrade = view->plan->upgrades->pdata[i];
    if (upgrade->kind == SV_UPGRADE_UPGRADE && strcmp (upgrade->source, source) == 0)
      return upgrade->source_version;
  }
  return NULL;
}

/* The version that mends: the entry's, or the candidate's where that sorts lower (a rebuild for an
 * older release: "1.0-1~deb11u8" holds the entry of "1.0-1"). */
static char *
lower_version (const SvChangelogEntry *entry, const char *candidate)
{
  int order = 0;
  gboolean above = candidate != NULL &&
                   sv_version_compare (SV_SCHEME_DEB, entry->version, candidate, &order, NULL) &&
                   order > 0;
  return sv_source_version_of_tracker (entry->source, above ? candidate : entry->version);
}

static void
add_changelog_statement (SvHostView *view, const SvChangelogEntry *entry, const char *vulnerability)
{
  g_autofree char *source = sv_source_of_tracker (entry->source);
  GPtrArray *list = g_hash_table_lookup (view->changelog, source);
  if (list == NULL) {
    list = g_ptr_array_new ();
    g_hash_table_insert (view->changelog, g_strdup (source), list);
  }
  SvStatement *statement = sv_record_new (&sv_statement_type);
  statement->vulnerability = g_strdup (vulnerability);
  statement->advisory = g_strdup_printf ("%s %s", entry->named, entry->version);
  statement->release = g_strdup ("");
  statement->package = g_strdup (source);
  statement->name_kind = SV_NAME_SOURCE;
  statement->scheme = SV_SCHEME_DEB;
  statement->status = SV_STATUS_AFFECTED;
  statement->introduced = g_strdup ("0");
  statement->fixed = lower_version (entry, candidate_version (view, entry->source));
  statement->urgency = g_strdup (entry->urgency);
  g_ptr_array_add (list, statement);
}

static void
free_statements (gpointer list)
{
  GPtrArray *statements = list;
  for (guint i = 0; i < statements->len; i++)
    sv_record_free (&sv_statement_type, statements->pdata[i]);
  g_ptr_array_unref (statements);
}

/* The changelogs that are wanted. No upper end: what the candidate's own changelog names, the
 * candidate holds. */
static GArray *
list_wants (const SvHostView *view)
{
  if (view->plan == NULL)
    return g_array_new (FALSE, FALSE, sizeof (SvChangelogWant));
  GArray *wants = sv_upgrade_list_wants (view->plan);
  for (guint i = 0; i < wants->len; i++)
    g_array_index (wants, SvChangelogWant, i).candidate = NULL;
  return wants;
}

static gboolean
read_changelogs (SvHostView *view, GError **error)
{
  g_autoptr (GArray) wants = list_wants (view);
  if (wants->len == 0)
    return TRUE;
  g_autoptr (SvChangelogReader) reader =
      sv_changelog_reader_new ((SvChangelogWant *)(gpointer)wants->data, wants->len, error);
  if (reader == NULL)
    return FALSE;
  const GPtrArray *given = sv_cli_find_all (view->cli, "changelogs");
  for (guint i = 0; given != NULL && i < given->len; i++)
    if (!sv_changelog_reader_read_path (reader, given->pdata[i], error))
      return FALSE;
  gboolean may_fetch =
      view->source.live && given == NULL && !sv_cli_has (view->cli, "no-changelogs");
  if (may_fetch && !sv_sources_fetch_changelogs (
                       view->cli, view->plan, reader, view->archive,
                       view->mode == SV_VIEW_FETCH && !sv_cli_has (view->cli, "offline"), error))
    return FALSE;
  sv_sources_add_changelogs (view->sources, view->gaps, view->plan, reader);
  const GPtrArray *entries = sv_changelog_reader_get_entries (reader);
  for (guint i = 0; i < entries->len; i++) {
    const SvChangelogEntry *entry = entries->pdata[i];
    for (guint v = 0; v < entry->vulnerabilities->len; v++)
      add_changelog_statement (view, entry, entry->vulnerabilities->pdata[v]);
  }
  return TRUE;
}

static gboolean
changelog_claims (gpointer source, const SvClaimQuestion *question, SvClaimFunc func,
                  gpointer user_data, GError **error)
{
  SvHostView *view = source;
  const GPtrArray *list = question->kind == SV_NAME_SOURCE
                              ? g_hash_table_lookup (view->changelog, question->package)
                              : NULL;
  for (guint i = 0; list != NULL && i < list->len; i++) {
    SvClaim claim = {.feed = "changelog", .statement = list->pdata[i]};
    if (!func (&claim, user_data, error))
      return FALSE;
  }
  return TRUE;
}

/* --- feeds --- */

static gboolean
open_store (SvHostView *view, GError **error)
{
  /* Files are judged by what the command line names alone. */
  gboolean keeps = view->source.root != NULL || sv_cli_get_setting (view->cli, "store") != NULL;
  g_autofree char *url =
      keeps ? sv_sources_store_url (view->cli, error) : g_strdup ("sqlite::memory:");
  if (url == NULL)
    return FALSE;
  view->db = sv_db_open (url, error);
  if (view->db == NULL) {
    g_prefix_error (error, "the store '%s' (another one: --store): ", url);
    return FALSE;
  }
  gboolean may_fetch =
      view->source.live && view->mode == SV_VIEW_FETCH && !sv_cli_has (view->cli, "offline");
  if (!sv_sources_import_given (view->cli, view->db, error) ||
      !sv_sources_sync (view->cli, view->db, view->inventory->distro, may_fetch, error) ||
      !sv_sources_add_feeds (view->sources, view->gaps, view->db, view->inventory->distro,
                             sv_cli_get_now (view->cli), error))
    return FALSE;
  view->lookup = sv_lookup_new (view->db, error);
  return view->lookup != NULL;
}

/* --- the host itself --- */

static const char *const fact_settings[] = {"zone", "exposure", "mission-impact", "safety-impact",
                                            "criticality"};

static gboolean
read_facts (SvHostView *view, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fact_settings); i++) {
    const char *value = sv_cli_get_setting (view->cli, fact_settings[i]);
    const char *origin = sv_cli_get_setting_origin (view->cli, fact_settings[i]);
    if (value != NULL &&
        !sv_host_facts_set_from (&view->facts, fact_settings[i], value, origin, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
remember_host (SvHostView *view, GError **error)
{
  view->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (!view->source.live)
    return TRUE;
  g_autofree char *id = machine_id (view);
  if (id == NULL)
    id = g_strdup (view->inventory->hostname != NULL ? view->inventory->hostname : "localhost");
  view->host_id = g_compute_checksum_for_string (G_CHECKSUM_SHA256, id, -1);
  g_clear_pointer (&view->known, g_hash_table_unref);
  return sv_scan_load_known (view->db, view->host_id, &view->known, error);
}

SvHostView *
sv_host_view_new (SvCli *cli, SvViewMode mode, GError **error)
{
  g_autoptr (SvHostView) view = g_new0 (SvHostView, 1);
  view->cli = cli;
  view->mode = mode;
  view->sources = g_ptr_array_new ();
  view->gaps = g_ptr_array_new ();
  view->changelog = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_statements);
  if (!sv_sources_check_given (cli, error) || !choose_source (view, error) ||
      !read_facts (view, error))
    return NULL;
  view->inventory = sv_inventory_collect (&view->source, sv_cli_get_now (cli), error);
  if (view->inventory == NULL || !read_archives (view, error) || !read_changelogs (view, error) ||
      !open_store (view, error) || !remember_host (view, error))
    return NULL;
  view->claims[0] = sv_lookup_get_claims (view->lookup);
  view->claims[1] = (SvClaimSource){.foreach = changelog_claims, .source = view};
  view->offers = (SvOfferSource){find_offer, view};
  return g_steal_pointer (&view);
}

const SvInventory *
sv_host_view_get_inventory (const SvHostView *view)
{
  return view->inventory;
}

SvAssessment
sv_host_view_get_assessment (SvHostView *view)
{
  return (SvAssessment){.inventory = view->inventory,
                        .claims = view->claims,
                        .n_claims = G_N_ELEMENTS (view->claims),
                        .offers = &view->offers};
}

static void
find_evidence (gpointer source, const char *vulnerability, SvEvidence *ret_evidence)
{
  SvHostView *view = source;
  sv_lookup_evidence (view->lookup, vulnerability, ret_evidence);
}

static gint64
find_known_since (gpointer source, const char *vulnerability)
{
  SvHostView *view = source;
  const gint64 *since = g_hash_table_lookup (view->known, vulnerability);
  return since != NULL ? *since : 0;
}

SvReport *
sv_host_view_make_report (SvHostView *view, GError **error)
{
  SvReportParts parts = {.at_us = sv_cli_get_now (view->cli),
                         .inventory = view->inventory,
                         .facts = &view->facts,
                         .evidence = find_evidence,
                         .known_since = find_known_since,
                         .source = view};
  /* one snapshot of the store for the whole judgement */
  g_autoptr (SvTx) tx = sv_db_begin_read (view->db, error);
  if (tx == NULL)
    return NULL;
  SvAssessment assessment = sv_host_view_get_assessment (view);
  if (!sv_exposure_find_gaps (&assessment, view->gaps, error) ||
      !sv_exposure_assess (&assessment, &parts.findings, error))
    return NULL;
  g_ptr_array_set_free_func (parts.findings, NULL); /* the report's descriptor frees them */
  sv_sources_convert_plan (view->plan, &parts.updates, &parts.new_packages);
  parts.sources = g_steal_pointer (&view->sources);
  parts.gaps = g_steal_pointer (&view->gaps);
  return sv_report_new (&parts);
}

gboolean
sv_host_view_keep (SvHostView *view, SvReport *report, GError **error)
{
  return view->host_id == NULL ||
         sv_scan_save (view->db, view->host_id, view->inventory, report, error);
}
