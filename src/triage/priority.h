/* NISCC 3.3.1.1: how urgent is a change, why, and within what time frame (Table 1). */
#pragma once

#include "triage/answer.h"
#include "triage/points.h"

typedef enum {
  SV_PRIORITY_LOW,
  SV_PRIORITY_MEDIUM,
  SV_PRIORITY_HIGH,
  SV_PRIORITY_EMERGENCY,
  SV_N_PRIORITIES
} SvPriorityLevel;
extern const char *const sv_priority_names[];

/* A span of the calendar: months are calendar months. */
typedef struct {
  gint months, days, hours;
} SvTimeSpan;

/* Row of Table 1. */
typedef struct {
  const char *category;   /* "emergency", "non-emergency" */
  SvTimeSpan recommended; /* the shorter end of the time frame */
  SvTimeSpan latest;      /* its end: what a deadline is made of */
  const char *label;      /* "within 1-2 months" */
} SvTimeFrame;

const SvTimeFrame *sv_priority_get_time_frame (SvPriorityLevel level);

/* The instant @span after @instant_us, in UTC; 31 January and a month is the end of February. */
gint64 sv_time_span_add (SvTimeSpan span, gint64 instant_us);

/* What the rules look at. Only facts that are known for certain move a priority. */
typedef struct {
  SvSsvcOutcome ssvc; /* under assumed values; unknown counts as scheduled */
  gboolean certain;   /* no assumption was needed for it */
  gint exploitation;  /* SvExploitation */
  gint exposure;      /* SvSystemExposure */
  gint criticality;   /* SvCriticality */
  gint targeted;      /* SvTargeted */
  const char *exploitation_origin, *exposure_origin, *criticality_origin, *targeted_origin;
  const char *countermeasure; /* (nullable) name of one in force */
} SvPriorityCase;

typedef struct {
  char *rule;   /* "exploited", "countermeasure" */
  gint64 step;  /* +1 raises, -1 lowers, 0: a rule of its group did so before */
  char *reason; /* one clause for people */
  char *origin; /* of the fact that made it apply */
} SvPriorityStep;
extern const SvRecordType sv_priority_step_type;

typedef struct {
  gint priority;    /* SvPriorityLevel */
  gint base;        /* what the SSVC outcome alone gives */
  char *category;   /* "emergency", "non-emergency" */
  char *time_frame; /* "within 1 week" */
  char *reason;     /* of the base: "ssvc out-of-cycle" */
  GPtrArray *steps; /* SvPriorityStep, raising ones first */
} SvPriority;
extern const SvRecordType sv_priority_type;

void sv_priority_free (SvPriority *priority);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvPriority, sv_priority_free)

/**
 * sv_priority_judge:
 *
 * Starts from the SSVC outcome (immediate: emergency, out-of-cycle: high, scheduled: medium, defer:
 * low) and applies the raising rules, then the lowering ones. Rules that speak of the same thing
 * are one group, which moves the priority once. It never leaves the scale: a countermeasure lowers
 * it, the update stays due. Pure. Source: NISCC 3.3.1.1, 3.3.1.3.
 */
SvPriority *sv_priority_judge (const SvPriorityCase *the_case);
