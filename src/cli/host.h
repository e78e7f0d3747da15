/* The host to look at, gathered once for scan, check and explain. */
#pragma once

#include "cli/cli.h"
#include "db/db.h"
#include "evidence/evidence.h"

typedef struct SvHostView SvHostView;

typedef enum {
  SV_VIEW_FETCH, /* may sync feeds and fetch changelogs, unless --offline says otherwise */
  SV_VIEW_LOCAL  /* fetches nothing */
} SvViewMode;

/**
 * sv_host_view_new:
 *
 * Takes inventory of what the options name (files alone, a root directory, or this host), reads the
 * archives, changelogs and feeds. What cannot be consulted becomes a source that was not, or a gap.
 * Errors: SV_ERROR_USAGE for options that do not go together; those of the package list itself.
 */
SvHostView *sv_host_view_new (SvCli *cli, SvViewMode mode, GError **error);
void sv_host_view_free (SvHostView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvHostView, sv_host_view_free)

const SvInventory *sv_host_view_get_inventory (const SvHostView *view);

/* The inputs of judging; its members are lent by the view. */
SvAssessment sv_host_view_get_assessment (SvHostView *view);

/* Judges, triages, and joins it all. The view's sources and gaps go into the report: once only. */
SvReport *sv_host_view_make_report (SvHostView *view, GError **error);

/* Keeps the report in the store of a live host, and sets its `change`. */
gboolean sv_host_view_keep (SvHostView *view, SvReport *report, GError **error);
