/* CISA BOD 26-04 Remediation Timelines 1.0.0 (16 rows), exactly as published. */
#pragma once

#include "triage/answer.h"
#include "triage/points.h"

extern const SvDecisionTable sv_bod_table;

/* What is known; a zeroed fact is unknown. */
typedef struct {
  SvDecisionFact in_kev, exposure /* System Exposure: open is publicly exposed */, automatable,
      technical_impact;
} SvBodFacts;

typedef struct {
  SvDecisionRange timeline; /* each an SvBodTimeline */
  SvDecisionAnswer *answer; /* owned */
} SvBod;

void sv_bod_clear (SvBod *bod);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvBod, sv_bod_clear)

void sv_bod_judge (const SvBodFacts *facts, SvBod *ret_bod);

/* Days that a timeline gives; 0 if it names no date (the next upgrade of the system). */
guint sv_bod_days (SvBodTimeline timeline);

/* TRUE if the host is also to be looked at for traces of an attacker. */
gboolean sv_bod_wants_forensics (SvBodTimeline timeline);
