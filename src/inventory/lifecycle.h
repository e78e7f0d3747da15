/* How long releases of distributions are cared for. Private to this room. */
#pragma once

#include "pkg/pkg.h"

/* One stage of a release's life; stages follow each other. */
typedef struct {
  const char *level; /* "supported", "lts", "extended" */
  gint64 last_us;    /* midnight at the beginning of its last day */
} SvLifeStage;

typedef struct {
  SvLifeStage stages[4]; /* in order; n_stages of them */
  guint n_stages;
} SvLife;

/* From distro-info-data: @csv is debian.csv or ubuntu.csv. FALSE if the release is not listed or
 * has no dates yet. */
gboolean sv_life_read_distro_info (const SvDistro *distro, char *csv, SvLife *ret_life);

/* From the table in this room, for hosts that have no such data. */
gboolean sv_life_find (const SvDistro *distro, SvLife *ret_life);

/* The stage that @now_us lies in; NULL: all are over. */
const SvLifeStage *sv_life_find_stage (const SvLife *life, gint64 now_us);
