#include "triage/bod.h"

/* clang-format off */
#define ROW(in_kev, exposed, automatable, technical, timeline)                                     \
  {SV_IN_KEV_##in_kev, SV_PUBLICLY_EXPOSED_##exposed, SV_AUTOMATABLE_##automatable,                \
   SV_TECHNICAL_##technical, SV_BOD_##timeline}
static const SvDecisionRow rows[] = {
  ROW (NO,  NO,  NO,  PARTIAL, ON_UPGRADE),
  ROW (YES, NO,  NO,  PARTIAL, 14_DAYS),
  ROW (NO,  YES, NO,  PARTIAL, 60_DAYS),
  ROW (NO,  NO,  YES, PARTIAL, 60_DAYS),
  ROW (NO,  NO,  NO,  TOTAL,   ON_UPGRADE),
  ROW (YES, YES, NO,  PARTIAL, 14_DAYS),
  ROW (YES, NO,  YES, PARTIAL, 14_DAYS),
  ROW (NO,  YES, YES, PARTIAL, 14_DAYS),
  ROW (YES, NO,  NO,  TOTAL,   14_DAYS),
  ROW (NO,  YES, NO,  TOTAL,   14_DAYS),
  ROW (NO,  NO,  YES, TOTAL,   60_DAYS),
  ROW (YES, YES, YES, PARTIAL, 3_DAYS),
  ROW (YES, YES, NO,  TOTAL,   3_DAYS_FORENSIC),
  ROW (YES, NO,  YES, TOTAL,   3_DAYS_FORENSIC),
  ROW (NO,  YES, YES, TOTAL,   3_DAYS),
  ROW (YES, YES, YES, TOTAL,   3_DAYS_FORENSIC),
};
#undef ROW
/* clang-format on */

const SvDecisionTable sv_bod_table = {
    .name = "CISA BOD 26-04",
    .version = "1.0.0",
    .points = {&sv_in_kev_point, &sv_publicly_exposed_point, &sv_automatable_point,
               &sv_technical_impact_point},
    .n_points = 4,
    .outcome = &sv_bod_point,
    .rows = rows,
    .n_rows = G_N_ELEMENTS (rows),
};

static const struct {
  guint days;
  gboolean forensics;
} timelines[] = {
    [SV_BOD_60_DAYS] = {60, FALSE},
    [SV_BOD_14_DAYS] = {14, FALSE},
    [SV_BOD_3_DAYS] = {3, FALSE},
    [SV_BOD_3_DAYS_FORENSIC] = {3, TRUE},
};

guint
sv_bod_days (SvBodTimeline timeline)
{
  return timelines[timeline].days;
}

gboolean
sv_bod_wants_forensics (SvBodTimeline timeline)
{
  return timelines[timeline].forensics;
}

void
sv_bod_clear (SvBod *bod)
{
  g_clear_pointer (&bod->answer, sv_decision_answer_free);
}

/* Which exposures are public. */
static const guint8 publicly_exposed[] = {
    [SV_EXPOSURE_SMALL] = SV_PUBLICLY_EXPOSED_NO,
    [SV_EXPOSURE_CONTROLLED] = SV_PUBLICLY_EXPOSED_NO,
    [SV_EXPOSURE_OPEN] = SV_PUBLICLY_EXPOSED_YES,
};

static SvDecisionFact
derive_publicly_exposed (SvDecisionFact exposure)
{
  SvDecisionFact fact = {.origin = exposure.origin};
  for (guint value = SV_EXPOSURE_SMALL; value <= SV_EXPOSURE_OPEN; value++)
    if (exposure.possible >> value & 1)
      fact.possible |= 1u << publicly_exposed[value];
  fact.assumed = publicly_exposed[exposure.assumed];
  return fact;
}

void
sv_bod_judge (const SvBodFacts *facts, SvBod *ret_bod)
{
  const SvDecisionFact asked[] = {facts->in_kev, derive_publicly_exposed (facts->exposure),
                                  facts->automatable, facts->technical_impact};
  ret_bod->answer = sv_decision_ask (&sv_bod_table, asked, &ret_bod->timeline);
}
