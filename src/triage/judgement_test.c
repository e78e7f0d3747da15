#include "triage/triage.h"

#define KNOWN G_GINT64_CONSTANT (1772323200000000) /* 2026-03-01 */

static SvJudgement *
judge (const SvEvidence *evidence, const char *host_text, const char *countermeasure)
{
  g_auto (SvThreat) threat = {0};
  g_auto (SvHostFacts) host = {0};
  sv_threat_collect (evidence, &threat);
  g_assert_true (sv_host_facts_parse (host_text, &host, NULL));
  const SvJudgementOptions options = {.known_since_us = KNOWN, .countermeasure = countermeasure};
  return sv_judge (&threat, &host, &options);
}

static const SvKev listed = {.added_at_us = KNOWN, .due_at_us = KNOWN + 21 * SV_DAY_US};
static const SvCveFact assessed = {.exploitation = (char *)"Active",
                                   .automatable = (char *)"yes",
                                   .technical_impact = (char *)"total",
                                   .assessed_at_us = KNOWN,
                                   .cvss = (char *)"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                                   .cvss_score = 9.8};
static const SvEpss scored = {.score = 0.9, .percentile = 0.99};

static void
test_worst_day (void)
{
  const SvEvidence evidence = {"CVE-2026-1", &listed, &scored, &assessed, TRUE};
  g_autoptr (SvJudgement) judgement =
      judge (&evidence, "[host]\nzone=internet\nmission-impact=mission failure\n", NULL);
  g_assert_true (judgement->exploited);
  g_assert_cmpint (judgement->ssvc, ==, SV_SSVC_IMMEDIATE);
  g_assert_cmpint (judgement->ssvc_best, ==, SV_SSVC_IMMEDIATE);
  g_assert_cmpint (judgement->timeline, ==, SV_BOD_3_DAYS_FORENSIC);
  g_assert_true (judgement->forensics);
  g_assert_cmpint (judgement->priority, ==, SV_PRIORITY_EMERGENCY);
  g_assert_cmpint (judgement->due_at_us, ==, KNOWN + SV_DAY_US);
}

static void
test_nothing_known (void)
{
  const SvEvidence evidence = {.vulnerability = "CVE-2026-2"};
  g_autoptr (SvJudgement) judgement = judge (&evidence, "", NULL);
  g_assert_false (judgement->exploited);
  g_assert_cmpint (judgement->ssvc, ==, SV_SSVC_IMMEDIATE);
  g_assert_cmpint (judgement->ssvc_best, ==, SV_SSVC_DEFER);
  g_assert_cmpint (judgement->ssvc_assumed, ==, SV_SSVC_SCHEDULED);
  g_assert_cmpint (judgement->timeline, ==, SV_BOD_14_DAYS);
  g_assert_cmpint (judgement->priority, ==, SV_PRIORITY_MEDIUM);
  g_assert_cmpint (judgement->due_at_us, ==, KNOWN + 14 * SV_DAY_US);
  g_assert_nonnull (strstr (judgement->priority_answer->reason, "assumptions"));
}

/* P12: the same flaw is due at different times on hosts of different risk. */
static void
test_two_hosts (void)
{
  const SvCveFact poc = {.exploitation = (char *)"poc",
                         .automatable = (char *)"no",
                         .technical_impact = (char *)"partial"};
  const SvEvidence evidence = {"CVE-2026-3", NULL, NULL, &poc, TRUE};
  g_autoptr (SvJudgement) shop =
      judge (&evidence,
             "[host]\nexposure=open\nsafety-impact=negligible\nmission-impact=mef failure\n", NULL);
  g_autoptr (SvJudgement) cellar =
      judge (&evidence,
             "[host]\nexposure=small\nsafety-impact=negligible\nmission-impact=degraded\n", NULL);
  g_assert_cmpint (shop->due_at_us, ==, KNOWN + 7 * SV_DAY_US);
  g_assert_cmpint (cellar->priority, ==, SV_PRIORITY_LOW);
  g_assert_cmpint (cellar->due_at_us, ==, sv_time_span_add ((SvTimeSpan){.months = 6}, KNOWN));
}

/* P13, P17: a countermeasure lowers the priority; the update stays due, the cap stays. */
static void
test_countermeasure (void)
{
  const SvEvidence evidence = {"CVE-2026-1", &listed, &scored, &assessed, TRUE};
  const char *host = "[host]\nexposure=small\nsafety-impact=negligible\nmission-impact=degraded\n";
  g_autoptr (SvJudgement) plain = judge (&evidence, host, NULL);
  g_autoptr (SvJudgement) countered = judge (&evidence, host, "service disabled");
  g_assert_cmpint (countered->priority, ==, plain->priority - 1);
  g_assert_cmpint (countered->due_at_us, >, 0);
  g_assert_cmpint (countered->due_at_us, <=, listed.due_at_us);
}

/* P17: the catalogue's date counts although the flaw became known here years later. */
static void
test_cap_in_the_past (void)
{
  const SvKev old = {.added_at_us = KNOWN - 900 * SV_DAY_US, .due_at_us = KNOWN - 880 * SV_DAY_US};
  const SvEvidence evidence = {"CVE-2023-1", &old, NULL, NULL, TRUE};
  g_autoptr (SvJudgement) judgement = judge (&evidence, "", "service disabled");
  g_assert_cmpint (judgement->due_at_us, ==, old.due_at_us);
  g_assert_cmpstr (judgement->deadline->origin, ==, "CISA KEV");
}

static void
test_json_and_rank (void)
{
  const SvEvidence evidence = {"CVE-2026-1", &listed, &scored, &assessed, TRUE};
  g_autoptr (SvJudgement) judgement = judge (&evidence, "[host]\nexposure=open\n", NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (out, 2);
  sv_record_write_json (&sv_judgement_type, judgement, writer, NULL);
  const char *const parts[] = {"\"ssvc_answer\": {", "\"bod_answer\": {",
                               "\"origin\": \"kev 2026-03-01\"", "\"binding\": true",
                               "\"timeline\": \"3 days & forensic"};
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    g_assert_nonnull (strstr (out->str, parts[i]));
  g_autoptr (SvJudgement) copy = sv_record_copy (&sv_judgement_type, judgement);
  g_assert_true (sv_record_equal (&sv_judgement_type, judgement, copy));

  SvRank rank = sv_judgement_get_rank (judgement);
  g_assert_true (rank.exploited);
  g_assert_cmpint (rank.ssvc, ==, SV_SSVC_IMMEDIATE);
  g_assert_cmpint (rank.due_at_us, ==, judgement->due_at_us);
  g_assert_cmpfloat (rank.epss, ==, 0.9);
  g_assert_cmpfloat (rank.cvss, ==, 9.8);
  g_assert_cmpstr (rank.name, ==, "CVE-2026-1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/judgement/worst-day", test_worst_day);
  g_test_add_func ("/judgement/nothing-known", test_nothing_known);
  g_test_add_func ("/judgement/p12-two-hosts", test_two_hosts);
  g_test_add_func ("/judgement/p13-countermeasure", test_countermeasure);
  g_test_add_func ("/judgement/p17-cap-in-the-past", test_cap_in_the_past);
  g_test_add_func ("/judgement/json-and-rank", test_json_and_rank);
  return g_test_run ();
}
