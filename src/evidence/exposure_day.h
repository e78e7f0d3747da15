/* How exposed each system was, day by day. */
#pragma once

#include "exposure/exposure.h"

#include "net/net.h"

#define SV_HOST_STALE_US (3 * SV_DAY_US) /* a host that did not report for so long */

typedef struct {
  gint64 day_us; /* its midnight, UTC */
  gint64 at_us;  /* when it was looked at; the last look of a day stays */
  gint64 hosts;
  gint64 stale;     /* hosts of which nothing was heard for SV_HOST_STALE_US */
  gint64 unknown;   /* hosts of a release that no source speaks of: nothing below counts them */
  gint64 affected;  /* hosts with an exposure */
  gint64 exposures; /* host and flaw that affects it, in code that can run */
  gint64 fixable;   /* of them, those for which a fixed version is named */
  gint64 exploited; /* of them, those whose flaw is known to be exploited */
  gint64 resolved;  /* exposures that ended on this day */
  gint64 within_2;  /* of them, those that ended within so many days of the fix being named … */
  gint64 within_14;
  gint64 within_30;
  gint64 within_60;
} SvExposureDay;
extern const SvRecordType sv_exposure_day_type;

/* Adds an exposure that ended to @day. */
void sv_exposure_day_add (SvExposureDay *day, const SvExposureInterval *interval);

/**
 * sv_exposure_day_keep:
 *
 * Looks at all systems, and keeps what the day of @now_us adds up to so far; until an hour after
 * midnight also what ended the day before. @db: in no transaction.
 */
gboolean sv_exposure_day_keep (SvFleet *fleet, SvDictionary *dictionary, SvDb *db, gint64 now_us,
                               GError **error);

extern const SvRouteTable sv_exposure_day_routes;
