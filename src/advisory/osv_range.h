/* OSV's evaluation of version ranges, turned into plain intervals. Private to this room. */
#pragma once

#include "pkg/pkg.h"

typedef enum {
  SV_OSV_INTRODUCED,
  SV_OSV_FIXED,
  SV_OSV_LAST_AFFECTED,
  SV_OSV_LIMIT,
  SV_N_OSV_EVENTS
} SvOsvEventKind;
extern const char *const sv_osv_event_names[];

typedef struct {
  SvOsvEventKind kind;
  char *version;
  GBytes *key; /* NULL for "0", which is before every version */
} SvOsvEvent;

void sv_osv_event_free (gpointer data);

/* Versions from @introduced (NULL: the first) to before @fixed, or up to @last_affected; both NULL:
 * no end. The strings are lent by the events. */
typedef struct {
  const SvOsvEvent *introduced;
  const SvOsvEvent *fixed;
  const SvOsvEvent *last_affected;
} SvOsvInterval;

/**
 * sv_osv_intervals:
 * @events: (element-type SvOsvEvent): of one range, in any order; sorted here
 * @versions: (element-type SvOsvEvent): versions listed one by one, without keys
 * @intervals: (element-type SvOsvInterval): appended to
 *
 * A listed version that no interval of @intervals covers becomes an interval of itself: OSV says
 * "in the list OR in a range". Errors: SV_ERROR_INVALID_DATA for a malformed version. Source:
 * pitfalls 59, 60.
 */
gboolean sv_osv_add_range (SvScheme scheme, GPtrArray *events, GArray *intervals, GError **error);
gboolean sv_osv_add_versions (SvScheme scheme, GPtrArray *versions, GArray *intervals,
                              GError **error);
