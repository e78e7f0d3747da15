/* What the sources cannot speak of: silence is no health (traps 26, 49, 50). */
#pragma once

#include "exposure/assess.h"

/**
 * sv_exposure_find_gaps:
 * @gaps: array of SvGap, owned: what follows from the host and its sources is appended
 *
 * Says so where the release is not known, where no source of @assessment speaks of it, where its
 * support has ended, and which packages were not judged because they are half-installed.
 */
gboolean sv_exposure_find_gaps (const SvAssessment *assessment, GPtrArray *gaps, GError **error);
