#include "triage/ssvc.h"

/* --- the tables, in published order --- */

/* clang-format off */
#define ROW(exploitation, exposure, automatable, human, outcome)                                   \
  {SV_EXPLOITATION_##exploitation, SV_EXPOSURE_##exposure, SV_AUTOMATABLE_##automatable,           \
   SV_HUMAN_##human, SV_SSVC_##outcome}
static const SvDecisionRow deployer_rows[] = {
  ROW (NONE,   SMALL,      NO,  LOW,       DEFER),
  ROW (NONE,   SMALL,      NO,  MEDIUM,    DEFER),
  ROW (NONE,   SMALL,      NO,  HIGH,      SCHEDULED),
  ROW (NONE,   SMALL,      NO,  VERY_HIGH, SCHEDULED),
  ROW (NONE,   SMALL,      YES, LOW,       DEFER),
  ROW (NONE,   SMALL,      YES, MEDIUM,    SCHEDULED),
  ROW (NONE,   SMALL,      YES, HIGH,      SCHEDULED),
  ROW (NONE,   SMALL,      YES, VERY_HIGH, SCHEDULED),
  ROW (NONE,   CONTROLLED, NO,  LOW,       DEFER),
  ROW (NONE,   CONTROLLED, NO,  MEDIUM,    SCHEDULED),
  ROW (NONE,   CONTROLLED, NO,  HIGH,      SCHEDULED),
  ROW (NONE,   CONTROLLED, NO,  VERY_HIGH, SCHEDULED),
  ROW (NONE,   CONTROLLED, YES, LOW,       SCHEDULED),
  ROW (NONE,   CONTROLLED, YES, MEDIUM,    SCHEDULED),
  ROW (NONE,   CONTROLLED, YES, HIGH,      SCHEDULED),
  ROW (NONE,   CONTROLLED, YES, VERY_HIGH, SCHEDULED),
  ROW (NONE,   OPEN,       NO,  LOW,       DEFER),
  ROW (NONE,   OPEN,       NO,  MEDIUM,    SCHEDULED),
  ROW (NONE,   OPEN,       NO,  HIGH,      SCHEDULED),
  ROW (NONE,   OPEN,       NO,  VERY_HIGH, SCHEDULED),
  ROW (NONE,   OPEN,       YES, LOW,       SCHEDULED),
  ROW (NONE,   OPEN,       YES, MEDIUM,    SCHEDULED),
  ROW (NONE,   OPEN,       YES, HIGH,      SCHEDULED),
  ROW (NONE,   OPEN,       YES, VERY_HIGH, OUT_OF_CYCLE),
  ROW (POC,    SMALL,      NO,  LOW,       DEFER),
  ROW (POC,    SMALL,      NO,  MEDIUM,    SCHEDULED),
  ROW (POC,    SMALL,      NO,  HIGH,      SCHEDULED),
  ROW (POC,    SMALL,      NO,  VERY_HIGH, SCHEDULED),
  ROW (POC,    SMALL,      YES, LOW,       SCHEDULED),
  ROW (POC,    SMALL,      YES, MEDIUM,    SCHEDULED),
  ROW (POC,    SMALL,      YES, HIGH,      SCHEDULED),
  ROW (POC,    SMALL,      YES, VERY_HIGH, SCHEDULED),
  ROW (POC,    CONTROLLED, NO,  LOW,       DEFER),
  ROW (POC,    CONTROLLED, NO,  MEDIUM,    SCHEDULED),
  ROW (POC,    CONTROLLED, NO,  HIGH,      SCHEDULED),
  ROW (POC,    CONTROLLED, NO,  VERY_HIGH, SCHEDULED),
  ROW (POC,    CONTROLLED, YES, LOW,       SCHEDULED),
  ROW (POC,    CONTROLLED, YES, MEDIUM,    SCHEDULED),
  ROW (POC,    CONTROLLED, YES, HIGH,      SCHEDULED),
  ROW (POC,    CONTROLLED, YES, VERY_HIGH, OUT_OF_CYCLE),
  ROW (POC,    OPEN,       NO,  LOW,       SCHEDULED),
  ROW (POC,    OPEN,       NO,  MEDIUM,    SCHEDULED),
  ROW (POC,    OPEN,       NO,  HIGH,      SCHEDULED),
  ROW (POC,    OPEN,       NO,  VERY_HIGH, OUT_OF_CYCLE),
  ROW (POC,    OPEN,       YES, LOW,       SCHEDULED),
  ROW (POC,    OPEN,       YES, MEDIUM,    SCHEDULED),
  ROW (POC,    OPEN,       YES, HIGH,      OUT_OF_CYCLE),
  ROW (POC,    OPEN,       YES, VERY_HIGH, OUT_OF_CYCLE),
  ROW (ACTIVE, SMALL,      NO,  LOW,       SCHEDULED),
  ROW (ACTIVE, SMALL,      NO,  MEDIUM,    SCHEDULED),
  ROW (ACTIVE, SMALL,      NO,  HIGH,      OUT_OF_CYCLE),
  ROW (ACTIVE, SMALL,      NO,  VERY_HIGH, OUT_OF_CYCLE),
  ROW (ACTIVE, SMALL,      YES, LOW,       SCHEDULED),
  ROW (ACTIVE, SMALL,      YES, MEDIUM,    OUT_OF_CYCLE),
  ROW (ACTIVE, SMALL,      YES, HIGH,      OUT_OF_CYCLE),
  ROW (ACTIVE, SMALL,      YES, VERY_HIGH, OUT_OF_CYCLE),
  ROW (ACTIVE, CONTROLLED, NO,  LOW,       SCHEDULED),
  ROW (ACTIVE, CONTROLLED, NO,  MEDIUM,    SCHEDULED),
  ROW (ACTIVE, CONTROLLED, NO,  HIGH,      OUT_OF_CYCLE),
  ROW (ACTIVE, CONTROLLED, NO,  VERY_HIGH, OUT_OF_CYCLE),
  ROW (ACTIVE, CONTROLLED, YES, LOW,       OUT_OF_CYCLE),
  ROW (ACTIVE, CONTROLLED, YES, MEDIUM,    OUT_OF_CYCLE),
  ROW (ACTIVE, CONTROLLED, YES, HIGH,      OUT_OF_CYCLE),
  ROW (ACTIVE, CONTROLLED, YES, VERY_HIGH, OUT_OF_CYCLE),
  ROW (ACTIVE, OPEN,       NO,  LOW,       SCHEDULED),
  ROW (ACTIVE, OPEN,       NO,  MEDIUM,    OUT_OF_CYCLE),
  ROW (ACTIVE, OPEN,       NO,  HIGH,      OUT_OF_CYCLE),
  ROW (ACTIVE, OPEN,       NO,  VERY_HIGH, IMMEDIATE),
  ROW (ACTIVE, OPEN,       YES, LOW,       OUT_OF_CYCLE),
  ROW (ACTIVE, OPEN,       YES, MEDIUM,    OUT_OF_CYCLE),
  ROW (ACTIVE, OPEN,       YES, HIGH,      IMMEDIATE),
  ROW (ACTIVE, OPEN,       YES, VERY_HIGH, IMMEDIATE),
};
#undef ROW

#define ROW(safety, mission, human) {SV_SAFETY_##safety, SV_MISSION_##mission, SV_HUMAN_##human}
static const SvDecisionRow human_impact_rows[] = {
  ROW (NEGLIGIBLE,   DEGRADED,    LOW),
  ROW (NEGLIGIBLE,   CRIPPLED,    LOW),
  ROW (NEGLIGIBLE,   MEF_FAILURE, MEDIUM),
  ROW (NEGLIGIBLE,   FAILURE,     VERY_HIGH),
  ROW (MARGINAL,     DEGRADED,    LOW),
  ROW (MARGINAL,     CRIPPLED,    LOW),
  ROW (MARGINAL,     MEF_FAILURE, MEDIUM),
  ROW (MARGINAL,     FAILURE,     VERY_HIGH),
  ROW (CRITICAL,     DEGRADED,    MEDIUM),
  ROW (CRITICAL,     CRIPPLED,    HIGH),
  ROW (CRITICAL,     MEF_FAILURE, HIGH),
  ROW (CRITICAL,     FAILURE,     VERY_HIGH),
  ROW (CATASTROPHIC, DEGRADED,    VERY_HIGH),
  ROW (CATASTROPHIC, CRIPPLED,    VERY_HIGH),
  ROW (CATASTROPHIC, MEF_FAILURE, VERY_HIGH),
  ROW (CATASTROPHIC, FAILURE,     VERY_HIGH),
};
#undef ROW
/* clang-format on */

const SvDecisionTable sv_deployer_table = {
    .name = "Deployer Patch Application Priority",
    .version = "1.0.0",
    .points = {&sv_exploitation_point, &sv_system_exposure_point, &sv_automatable_point,
               &sv_human_impact_point},
    .n_points = 4,
    .outcome = &sv_ssvc_outcome_point,
    .rows = deployer_rows,
    .n_rows = G_N_ELEMENTS (deployer_rows),
};

const SvDecisionTable sv_human_impact_table = {
    .name = "Human Impact",
    .version = "1.0.0",
    .points = {&sv_safety_impact_point, &sv_mission_impact_point},
    .n_points = 2,
    .outcome = &sv_human_impact_point,
    .rows = human_impact_rows,
    .n_rows = G_N_ELEMENTS (human_impact_rows),
};

/* --- judging --- */

void
sv_ssvc_clear (SvSsvc *ssvc)
{
  g_clear_pointer (&ssvc->answer, sv_decision_answer_free);
}

void
sv_ssvc_judge (const SvSsvcFacts *facts, SvSsvc *ret_ssvc)
{
  const SvDecisionFact impacts[] = {facts->safety, facts->mission};
  gboolean derived = facts->human.possible == 0;
  const SvDecisionFact asked[] = {
      facts->exploitation, facts->exposure, facts->automatable,
      derived ? sv_decision_derive (&sv_human_impact_table, impacts, "safety and mission impact")
              : facts->human};
  ret_ssvc->answer = sv_decision_ask (&sv_deployer_table, asked, &ret_ssvc->outcome);
  if (!derived)
    return;
  sv_decision_answer_add_input (ret_ssvc->answer, &sv_safety_impact_point, facts->safety);
  sv_decision_answer_add_input (ret_ssvc->answer, &sv_mission_impact_point, facts->mission);
}

/* --- asking by key and value --- */

static const struct {
  const SvDecisionPoint *point;
  gsize offset; /* in SvSsvcFacts */
} options[] = {
    {&sv_exploitation_point, G_STRUCT_OFFSET (SvSsvcFacts, exploitation)},
    {&sv_system_exposure_point, G_STRUCT_OFFSET (SvSsvcFacts, exposure)},
    {&sv_automatable_point, G_STRUCT_OFFSET (SvSsvcFacts, automatable)},
    {&sv_human_impact_point, G_STRUCT_OFFSET (SvSsvcFacts, human)},
    {&sv_safety_impact_point, G_STRUCT_OFFSET (SvSsvcFacts, safety)},
    {&sv_mission_impact_point, G_STRUCT_OFFSET (SvSsvcFacts, mission)},
};

static gboolean
refuse_key (const char *key, GError **error)
{
  g_autofree char *printable = sv_text_printable (key);
  GString *allowed = g_string_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    g_string_append_printf (allowed, "%s%s", i > 0 ? ", " : "", options[i].point->option);
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "no decision point '%s': give one of %s", printable,
               allowed->str);
  g_string_free (allowed, TRUE);
  return FALSE;
}

static gboolean
take_pair (SvSsvcFacts *facts, const SvSsvcPair *pair, const char *origin, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (options); i++) {
    const SvDecisionPoint *point = options[i].point;
    if (strcmp (point->option, pair->key) != 0)
      continue;
    SvDecisionFact *fact = G_STRUCT_MEMBER_P (facts, options[i].offset);
    if (fact->origin != NULL) {
      g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "%s is given twice", point->option);
      return FALSE;
    }
    fact->origin = origin;
    return sv_decision_point_parse_set (point, pair->value, &fact->possible, error);
  }
  return refuse_key (pair->key, error);
}

gboolean
sv_ssvc_ask (const SvSsvcPair *pairs, gsize n_pairs, const char *origin, SvSsvc *ret_ssvc,
             GError **error)
{
  SvSsvcFacts facts = {0};
  for (gsize i = 0; i < n_pairs; i++)
    if (!take_pair (&facts, &pairs[i], origin, error))
      return FALSE;
  if (facts.human.origin != NULL && (facts.safety.origin != NULL || facts.mission.origin != NULL)) {
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE,
                 "human-impact follows from safety-impact and mission-impact: give it or them");
    return FALSE;
  }
  sv_ssvc_judge (&facts, ret_ssvc);
  return TRUE;
}
