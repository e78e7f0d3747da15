/* What cvss.c knows of one version of CVSS: its metric table and how it scores. Room-private. */
#pragma once

#include "pkg/cvss.h"

#define SV_CVSS_MAX_METRICS 32

typedef enum {
  SV_CVSS_BASE, /* mandatory; the groups below are optional, their first value is "not defined" */
  SV_CVSS_TEMPORAL,
  SV_CVSS_ENVIRONMENTAL,
  SV_CVSS_SUPPLEMENTAL,
  SV_CVSS_N_GROUPS
} SvCvssGroup;

typedef struct {
  const char *name;
  double weight;
} SvCvssValue;

typedef struct {
  const char *name;
  SvCvssGroup group;
  SvCvssValue values[6]; /* ends at a NULL name */
} SvCvssMetric;

/* What a vector says: for each metric the index of its value. */
typedef struct {
  guint8 value[SV_CVSS_MAX_METRICS]; /* 0 where not given */
  guint32 given;                     /* bit per metric */
} SvCvssChoice;

typedef struct {
  const char *version;
  const char *prefix;
  const SvCvssMetric *metrics;
  guint n_metrics;
  gboolean ordered;      /* metrics must stand in the table's order */
  gboolean whole_groups; /* a group that has begun is written to its end */
  void (*score) (const SvCvssChoice *choice, SvCvss *cvss);
} SvCvssStandard;

extern const SvCvssStandard sv_cvss2, sv_cvss30, sv_cvss31, sv_cvss4;

/* TRUE if a metric of @group is given with another value than "not defined". */
gboolean sv_cvss_group_is_defined (const SvCvssStandard *standard, const SvCvssChoice *choice,
                                   SvCvssGroup group);

static inline double
sv_cvss_weight (const SvCvssMetric *metrics, const SvCvssChoice *choice, guint metric)
{
  return metrics[metric].values[choice->value[metric]].weight;
}
