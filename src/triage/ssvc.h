/* CERT/CC SSVC for deployers: Deployer Patch Application Priority 1.0.0 (72 rows) and Human Impact
 * 2.0.2 (16 rows), exactly as published. */
#pragma once

#include "triage/answer.h"
#include "triage/points.h"

extern const SvDecisionTable sv_deployer_table;
extern const SvDecisionTable sv_human_impact_table;

/* What is known; a zeroed fact is unknown. `human` counts if its set is not empty, else the table
 * derives it from `safety` and `mission`. */
typedef struct {
  SvDecisionFact exploitation, exposure, automatable, human, safety, mission;
} SvSsvcFacts;

typedef struct {
  SvDecisionRange outcome;  /* each an SvSsvcOutcome */
  SvDecisionAnswer *answer; /* owned */
} SvSsvc;

void sv_ssvc_clear (SvSsvc *ssvc);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvSsvc, sv_ssvc_clear)

/* The range of outcomes for one vulnerability on one host. Pure. */
void sv_ssvc_judge (const SvSsvcFacts *facts, SvSsvc *ret_ssvc);

typedef struct {
  const char *key;
  const char *value;
} SvSsvcPair;

/**
 * sv_ssvc_ask:
 * @pairs: option and value as a person gives them, in any order: "exploitation", "exposure",
 *         "automatable", and "human-impact" or "safety-impact" and "mission-impact"; values by
 *         name or published key, several with ',', or "unknown"
 * @origin: where they come from: "flag"
 *
 * What `salve ssvc` answers. Missing keys are unknown. Errors: SV_ERROR_USAGE names the allowed
 * keys or values, a key given twice, or human impact given together with what it follows from.
 */
gboolean sv_ssvc_ask (const SvSsvcPair *pairs, gsize n_pairs, const char *origin, SvSsvc *ret_ssvc,
                      GError **error);
