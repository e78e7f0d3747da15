/* One vulnerability on one host, judged by every rule of this room at once. */
#pragma once

#include "triage/deadline.h"
#include "triage/host_facts.h"
#include "triage/rank.h"
#include "triage/ssvc.h"
#include "triage/threat.h"

typedef struct {
  char *vulnerability;
  gboolean exploited; /* known to be */
  gint ssvc;          /* SvSsvcOutcome: worst of the range */
  gint ssvc_best;     /* SvSsvcOutcome */
  gint ssvc_assumed;  /* SvSsvcOutcome: what priority and dates are made of */
  gint timeline;      /* SvBodTimeline, likewise under assumptions */
  gboolean forensics; /* the directive asks to look for traces of an attacker */
  gint priority;      /* SvPriorityLevel */
  gint64 due_at_us;   /* 0: no date */
  double epss;        /* NaN: not known */
  double cvss_score;  /* NaN: not known */
  SvDecisionAnswer *ssvc_answer;
  SvDecisionAnswer *bod_answer;
  SvPriority *priority_answer;
  SvDeadline *deadline;
} SvJudgement;
extern const SvRecordType sv_judgement_type;

void sv_judgement_free (SvJudgement *judgement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvJudgement, sv_judgement_free)

typedef struct {
  gint64 known_since_us;      /* since when the flaw is known here; 0: not known */
  const char *countermeasure; /* (nullable) name of one in force on this host */
} SvJudgementOptions;

/* Never NULL. Pure: same facts, same judgement. @options may be NULL. */
SvJudgement *sv_judge (const SvThreat *threat, const SvHostFacts *host,
                       const SvJudgementOptions *options);

/* What the judgement contributes to the rank of an update action; name is the vulnerability's,
 * borrowed. */
SvRank sv_judgement_get_rank (const SvJudgement *judgement);
