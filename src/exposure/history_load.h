/* The history of one host, as the store has it. */
#pragma once

#include "exposure/history.h"
#include "exposure/part_flaw_store.h"

/* @flaws: may serve many hosts. New array of SvExposureInterval, not owning. SV_ERROR_NOT_FOUND if
 * there never was such a host. */
GPtrArray *sv_history_load (SvDictionary *dictionary, SvDb *db, SvPartFlaws *flaws,
                            const char *host, GError **error);
