/* CVSS vectors of versions 2, 3.0, 3.1 and 4.0: strict parser, exact scores, canonical form. */
#pragma once

#include "base/base.h"

typedef struct {
  char *version;              /* "2.0", "3.0", "3.1", "4.0" */
  char *vector;               /* canonical: metrics in the specification's order, without those that
                                 are not defined (2.0: each group whole or not at all) */
  double base_score;          /* of the base metrics alone; 0.0 to 10.0 like all scores */
  double temporal_score;      /* NaN: none defined in 2.0, and always in 4.0 */
  double environmental_score; /* NaN: none defined in 2.0, and always in 4.0 */
  double score;               /* overall: of every metric that the vector defines */
  char *severity; /* of the overall score: "none", "low", "medium", "high", "critical" */
} SvCvss;

extern const SvRecordType sv_cvss_type;

void sv_cvss_clear (SvCvss *cvss);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvCvss, sv_cvss_clear)

/**
 * sv_cvss_parse:
 * @vector: with its "CVSS:x.y/" prefix; version 2 has none, and may stand in parentheses
 * @ret_cvss: (out): set only on success, clear with sv_cvss_clear()
 *
 * Refuses a metric given twice, unknown metrics and values, a missing mandatory metric, and metrics
 * out of order where order is fixed (versions 2 and 4.0). In version 2 a temporal or environmental
 * group that has begun must reach its last metric (RC, AR): anything else was cut off.
 * Versions 3.0 and 3.1 always have all three scores; in version 2 a group of which nothing is
 * defined has no score.
 * Errors: SV_ERROR_INVALID_DATA; SV_ERROR_LIMIT over SV_LIMIT_CVSS_BYTES; SV_ERROR_UNSUPPORTED for
 * another CVSS version.
 */
gboolean sv_cvss_parse (const char *vector, SvCvss *ret_cvss, GError **error);

/* One line without its end, tab-separated: version, base, temporal, environmental and overall score
 * with one decimal, severity; '-' where there is no such score. */
char *sv_cvss_format_line (const SvCvss *cvss);

/* Qualitative rating of @score; NULL if @score is NaN. Version 2 knows low, medium and high only.
 */
const char *sv_cvss_find_severity (const char *version, double score);
