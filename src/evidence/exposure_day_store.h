/* Days in the store. */
#pragma once

#include "evidence/exposure_day.h"

#include "db/db.h"

typedef enum {
  SV_DAY_ALL,  /* the day as it is */
  SV_DAY_ENDED /* of a day that is over: what ended on it */
} SvDayPart;

/* @days: id of a system -> SvExposureDay, all of one day. In a transaction of its own. */
gboolean sv_exposure_day_save (SvDb *db, GHashTable *days, SvDayPart part, GError **error);

/* NULL members: any. */
typedef struct {
  const char *system; /* id, "" for hosts of none */
  const char *line_of_business;
  const char *reach; /* see SV_SYSTEM_IN_REACH */
} SvDayFilter;

/* Days before @before_us, the last first, each summed over the systems that @filter lets through;
 * at most @limit. New array of SvExposureDay, not owning. */
GPtrArray *sv_exposure_day_list (SvDb *db, const SvDayFilter *filter, gint64 before_us,
                                 gint64 limit, GError **error);
gboolean sv_exposure_day_count (SvDb *db, const SvDayFilter *filter, gint64 *ret_count,
                                GError **error);
