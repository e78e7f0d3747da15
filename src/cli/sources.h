/* Sources for a report: archives, changelogs, feeds; how each was consulted. Wiring. */
#pragma once

#include "advisory/advisory.h"
#include "cli/cli.h"
#include "db/db.h"
#include "evidence/evidence.h"

/* New string: the store of this user, its directory made. */
char *sv_sources_store_url (const SvCli *cli, GError **error);
/* New string: the cache directory of this user. */
char *sv_sources_cache (const SvCli *cli);

/* Adds one SvReportSource per Release and per index without one. FALSE if nothing was usable. */
gboolean sv_sources_add_archive (GPtrArray *sources, const SvArchive *archive);

/* Splits a plan into SvUpdate and SvNewPackage; @plan may be NULL. */
void sv_sources_convert_plan (const SvUpgradePlan *plan, GPtrArray **ret_updates,
                              GPtrArray **ret_new_packages);

/* The kernel that comes as a package of another name than @package; NULL if none does. */
const SvUpgrade *sv_sources_find_kernel_upgrade (const SvUpgradePlan *plan,
                                                 const SvPackage *package);

/* Reads the changelogs of what @plan would install, from the cache and, if @may_fetch, through the
 * package manager. */
gboolean sv_sources_fetch_changelogs (SvCli *cli, const SvUpgradePlan *plan,
                                      SvChangelogReader *reader, const SvArchive *archive,
                                      gboolean may_fetch, GError **error);

/* One source for all changelogs, and a gap for the sources whose changelog was not to be had. */
void sv_sources_add_changelogs (GPtrArray *sources, GPtrArray *gaps, const SvUpgradePlan *plan,
                                const SvChangelogReader *reader);

/* New string: the kinds of feed, for people. */
char *sv_sources_list_kinds (void);

/* --feed KIND:PATH: whether each names a kind, before any work is done; into the store as feeds of
 * their own; and out of it again when the command is done. */
gboolean sv_sources_check_given (const SvCli *cli, GError **error);
gboolean sv_sources_import_given (SvCli *cli, SvDb *db, GError **error);
gboolean sv_sources_remove_given (SvDb *db, GError **error);
/* Registers the well-known feeds of @distro and, if @may_fetch, syncs those that are due. */
gboolean sv_sources_sync (SvCli *cli, SvDb *db, const SvDistro *distro, gboolean may_fetch,
                          GError **error);
/* One source per registered feed; a gap for each that holds nothing that may be answered from. */
gboolean sv_sources_add_feeds (GPtrArray *sources, GPtrArray *gaps, SvDb *db,
                               const SvDistro *distro, gint64 now_us, GError **error);
