/* Since when a host was exposed to what, and until when: told from how it came to what it has, and
 * from what was true of that when. */
#pragma once

#include "exposure/part.h"

/* What was true of one part: affected, in code that can run. */
typedef struct {
  char *vulnerability;
  gint64 since_us;
  gint64 fix_since_us; /* a fixed version was named; 0: none */
  gint64 until_us;     /* 0: it is true now */
} SvPartSpan;

/* One interval in which a host was exposed. */
typedef struct {
  char *vulnerability;
  gint64 first_seen_us;
  gint64 fix_available_us; /* not before the first; 0: none was named while it was open */
  gint64 resolved_us;      /* 0: it is open */
} SvExposureInterval;
extern const SvRecordType sv_exposure_interval_type;

/* A host had @part from @from_us to @until_us (0: it has it now). */
typedef struct {
  char *part;
  gint64 from_us, until_us;
} SvTenure;

/* What postures and entries are: of the store and the dictionary, or of a test. */
typedef struct {
  char *(*name_platform) (gpointer user_data, gint64 posture, GError **error); /* new string */
  gboolean (*is_joint) (gpointer user_data, guint32 entry);
  gpointer user_data;
} SvPartNames;

/* New array of SvTenure, owned: every part that the host ever had. */
GPtrArray *sv_history_list_tenures (const SvHostPast *past, const SvPartNames *names,
                                    GError **error);

/* What is known of parts: (element-type SvPartSpan), lent; NULL with @error. */
typedef const GPtrArray *(*SvPartSpansFunc) (gpointer user_data, const char *part, GError **error);

/**
 * sv_history_list_intervals:
 *
 * New array of SvExposureInterval, not owning, by vulnerability and instant. An interval goes on as
 * long as any part of the host was affected: an update to another affected version, or the same
 * flaw in a second package, does not end it.
 */
GPtrArray *sv_history_list_intervals (const GPtrArray *tenures, SvPartSpansFunc spans,
                                      gpointer user_data, GError **error);
