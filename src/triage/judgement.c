#include "triage/judgement.h"

static const SvField fields[] = {
    SV_FIELD (SvJudgement, vulnerability, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "CVE id, or the advisory's own id."),
    SV_FIELD (SvJudgement, exploited, SV_TYPE_BOOL, .doc = "Known to be exploited."),
    SV_FIELD (SvJudgement, ssvc, SV_TYPE_ENUM, .values = sv_ssvc_outcome_names,
              .doc = "SSVC outcome, the worst of the range."),
    SV_FIELD (SvJudgement, ssvc_best, SV_TYPE_ENUM, .values = sv_ssvc_outcome_names,
              .flags = SV_FIELD_WIDE, .doc = "SSVC outcome, the best of the range."),
    SV_FIELD (SvJudgement, ssvc_assumed, SV_TYPE_ENUM, .values = sv_ssvc_outcome_names,
              .flags = SV_FIELD_WIDE, .doc = "SSVC outcome under the assumed inputs."),
    SV_FIELD (SvJudgement, timeline, SV_TYPE_ENUM, .values = sv_bod_names, .flags = SV_FIELD_WIDE,
              .doc = "Timeline of CISA BOD 26-04."),
    SV_FIELD (SvJudgement, forensics, SV_TYPE_BOOL, .flags = SV_FIELD_WIDE,
              .doc = "The host is also to be looked at for traces of an attacker."),
    SV_FIELD (SvJudgement, priority, SV_TYPE_ENUM, .values = sv_priority_names,
              .doc = "Priority of the change."),
    SV_FIELD (SvJudgement, due_at_us, SV_TYPE_INSTANT, .doc = "When it must be closed."),
    SV_FIELD (SvJudgement, epss, SV_TYPE_DOUBLE, .flags = SV_FIELD_WIDE,
              .doc = "Probability of exploitation in the next 30 days, 0 to 1."),
    SV_FIELD (SvJudgement, cvss_score, SV_TYPE_DOUBLE, .flags = SV_FIELD_WIDE,
              .doc = "CVSS base score, 0 to 10."),
    SV_FIELD (SvJudgement, ssvc_answer, SV_TYPE_RECORD, .record = &sv_decision_answer_type,
              .flags = SV_FIELD_HIDDEN, .doc = "How SSVC came to its outcome."),
    SV_FIELD (SvJudgement, bod_answer, SV_TYPE_RECORD, .record = &sv_decision_answer_type,
              .flags = SV_FIELD_HIDDEN, .doc = "How the directive came to its timeline."),
    SV_FIELD (SvJudgement, priority_answer, SV_TYPE_RECORD, .record = &sv_priority_type,
              .flags = SV_FIELD_HIDDEN, .doc = "How the priority came about."),
    SV_FIELD (SvJudgement, deadline, SV_TYPE_RECORD, .record = &sv_deadline_type,
              .flags = SV_FIELD_HIDDEN, .doc = "How the date came about."),
};
SV_RECORD_TYPE (sv_judgement_type, SvJudgement, "Judgement", fields,
                "One vulnerability on one host, judged.");

void
sv_judgement_free (SvJudgement *judgement)
{
  sv_record_free (&sv_judgement_type, judgement);
}

static SvDecisionFact
fact (gint value, const char *origin)
{
  return (SvDecisionFact){.possible = value == 0 ? 0 : 1u << value, .origin = origin};
}

static void
judge_ssvc (SvJudgement *judgement, const SvThreat *threat, const SvHostFacts *host)
{
  const SvSsvcFacts facts = {.exploitation =
                                 fact (threat->exploitation, threat->exploitation_origin),
                             .automatable = fact (threat->automatable, threat->automatable_origin),
                             .exposure = sv_host_facts_exposure (host),
                             .safety = fact (host->safety_impact, host->safety_impact_origin),
                             .mission = fact (host->mission_impact, host->mission_impact_origin)};
  SvSsvc ssvc;
  sv_ssvc_judge (&facts, &ssvc);
  judgement->ssvc = (gint)ssvc.outcome.worst;
  judgement->ssvc_best = (gint)ssvc.outcome.best;
  judgement->ssvc_assumed = (gint)ssvc.outcome.assumed;
  judgement->ssvc_answer = ssvc.answer;
}

static void
judge_bod (SvJudgement *judgement, const SvThreat *threat, const SvHostFacts *host)
{
  const SvBodFacts facts = {.in_kev = fact (threat->in_kev, threat->in_kev_origin),
                            .exposure = sv_host_facts_exposure (host),
                            .automatable = fact (threat->automatable, threat->automatable_origin),
                            .technical_impact =
                                fact (threat->technical_impact, threat->technical_impact_origin)};
  SvBod bod;
  sv_bod_judge (&facts, &bod);
  judgement->timeline = (gint)bod.timeline.assumed;
  judgement->forensics = sv_bod_wants_forensics ((SvBodTimeline)bod.timeline.assumed);
  judgement->bod_answer = bod.answer;
}

static void
judge_priority (SvJudgement *judgement, const SvThreat *threat, const SvHostFacts *host,
                const char *countermeasure)
{
  SvDecisionFact exposure = sv_host_facts_exposure (host);
  const SvPriorityCase the_case = {.ssvc = (SvSsvcOutcome)judgement->ssvc_assumed,
                                   .certain = judgement->ssvc_answer->certain,
                                   .exploitation = threat->exploitation,
                                   .exploitation_origin = threat->exploitation_origin,
                                   .exposure = (gint)sv_value_set_single (exposure.possible),
                                   .exposure_origin = exposure.origin,
                                   .criticality = host->criticality,
                                   .criticality_origin = host->criticality_origin,
                                   .targeted = host->targeted,
                                   .targeted_origin = host->targeted_origin,
                                   .countermeasure = countermeasure};
  judgement->priority_answer = sv_priority_judge (&the_case);
  judgement->priority = judgement->priority_answer->priority;
}

static void
judge_deadline (SvJudgement *judgement, gint64 known_since_us, gint64 kev_due_at_us)
{
  const SvDueCase the_case = {.known_since_us = known_since_us,
                              .priority = (SvPriorityLevel)judgement->priority,
                              .timeline = (SvBodTimeline)judgement->timeline,
                              .kev_due_at_us = kev_due_at_us};
  judgement->deadline = sv_deadline_judge (&the_case);
  judgement->due_at_us = judgement->deadline->due_at_us;
}

SvJudgement *
sv_judge (const SvThreat *threat, const SvHostFacts *host, const SvJudgementOptions *options)
{
  static const SvJudgementOptions none = {0};
  if (options == NULL)
    options = &none;
  SvJudgement *judgement = sv_record_new (&sv_judgement_type);
  judgement->vulnerability = g_strdup (threat->vulnerability);
  judgement->exploited = threat->exploitation == SV_EXPLOITATION_ACTIVE;
  judgement->epss = threat->epss;
  judgement->cvss_score = threat->cvss_score;
  judge_ssvc (judgement, threat, host);
  judge_bod (judgement, threat, host);
  judge_priority (judgement, threat, host, options->countermeasure);
  judge_deadline (judgement, options->known_since_us, threat->kev_due_at_us);
  return judgement;
}

SvRank
sv_judgement_get_rank (const SvJudgement *judgement)
{
  return (SvRank){.exploited = judgement->exploited,
                  .ssvc = judgement->ssvc,
                  .due_at_us = judgement->due_at_us,
                  .epss = judgement->epss,
                  .cvss = judgement->cvss_score,
                  .name = judgement->vulnerability};
}
