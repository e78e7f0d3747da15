#include "triage/triage.h"

#include <math.h>

#define ADDED G_GINT64_CONSTANT (1704067200000000)    /* 2024-01-01 */
#define ASSESSED G_GINT64_CONSTANT (1729728000000000) /* 2024-10-24 */

typedef struct {
  const char *name;
  gboolean listed, consulted;
  const char *word; /* Vulnrichment's exploitation */
  gint exploitation;
  const char *origin;
} ExploitationCase;

static const ExploitationCase exploitations[] = {
    {"listed", TRUE, TRUE, NULL, SV_EXPLOITATION_ACTIVE, "kev 2024-01-01"},
    {"listed-and-agreed", TRUE, TRUE, "Active", SV_EXPLOITATION_ACTIVE, "kev 2024-01-01"},
    {"pitfall-108-listed-over-poc", TRUE, TRUE, "poc", SV_EXPLOITATION_ACTIVE,
     "kev 2024-01-01 (over vulnrichment 2024-10-24: public poc)"},
    {"none", FALSE, TRUE, "none", SV_EXPLOITATION_NONE, "vulnrichment 2024-10-24"},
    {"none-capital", FALSE, TRUE, "None", SV_EXPLOITATION_NONE, "vulnrichment 2024-10-24"},
    {"poc-mixed", FALSE, TRUE, "PoC", SV_EXPLOITATION_POC, "vulnrichment 2024-10-24"},
    {"active-not-listed", FALSE, TRUE, "ACTIVE", SV_EXPLOITATION_ACTIVE, "vulnrichment 2024-10-24"},
    {"strange-word", FALSE, TRUE, "rumoured\x1b[1m", SV_EXPLOITATION_UNKNOWN,
     "vulnrichment writes 'rumoured\\x1B[1m', which is no value"},
    {"not-listed-is-not-none", FALSE, TRUE, NULL, SV_EXPLOITATION_UNKNOWN, NULL},
    {"nothing-consulted", FALSE, FALSE, NULL, SV_EXPLOITATION_UNKNOWN, NULL},
};

static void
test_exploitation (gconstpointer data)
{
  const ExploitationCase *c = data;
  const SvKev kev = {.added_at_us = ADDED, .due_at_us = ADDED + 21 * SV_DAY_US};
  const SvCveFact cve = {
      .exploitation = (char *)c->word, .assessed_at_us = ASSESSED, .cvss_score = NAN};
  const SvEpss epss = {.score = 0.97, .percentile = 0.999};
  const SvEvidence evidence = {.vulnerability = "CVE-2024-1",
                               .kev = c->listed ? &kev : NULL,
                               .epss = &epss, /* never makes it active */
                               .cve = &cve,
                               .kev_consulted = c->consulted};
  g_auto (SvThreat) threat = {0};
  sv_threat_collect (&evidence, &threat);
  g_assert_cmpint (threat.exploitation, ==, c->exploitation);
  g_assert_cmpstr (threat.exploitation_origin, ==, c->origin);
  g_assert_cmpint (threat.kev_due_at_us, ==, c->listed ? kev.due_at_us : 0);
  g_assert_cmpfloat (threat.epss, ==, 0.97);
}

static void
test_in_kev (void)
{
  const SvKev kev = {.added_at_us = ADDED};
  const struct {
    SvEvidence evidence;
    gint in_kev;
    const char *origin;
  } cases[] = {
      {{.kev = &kev, .kev_consulted = TRUE}, SV_IN_KEV_YES, "kev 2024-01-01"},
      {{.kev_consulted = TRUE}, SV_IN_KEV_NO, "kev"},
      {{.kev_consulted = FALSE}, SV_IN_KEV_UNKNOWN, "kev was not consulted"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (SvThreat) threat = {0};
    sv_threat_collect (&cases[i].evidence, &threat);
    g_assert_cmpint (threat.in_kev, ==, cases[i].in_kev);
    g_assert_cmpstr (threat.in_kev_origin, ==, cases[i].origin);
  }
}

/* A vector hints at automation; only an assessment makes it so. */
static void
test_automatable (void)
{
  static const struct {
    const char *word, *cvss;
    gint automatable;
    const char *origin;
  } cases[] = {
      {"YES", NULL, SV_AUTOMATABLE_YES, "vulnrichment 2024-10-24"},
      {"no", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", SV_AUTOMATABLE_NO,
       "vulnrichment 2024-10-24"},
      {NULL, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", SV_AUTOMATABLE_UNKNOWN,
       "no source, though CVSS AV:N/PR:N/UI:N makes it possible"},
      {NULL, "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
       SV_AUTOMATABLE_UNKNOWN, "no source, though CVSS AV:N/PR:N/UI:N makes it possible"},
      {NULL, "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", SV_AUTOMATABLE_UNKNOWN, NULL},
      {NULL, NULL, SV_AUTOMATABLE_UNKNOWN, NULL},
      {"NOT_DEFINED", NULL, SV_AUTOMATABLE_UNKNOWN,
       "vulnrichment writes 'NOT_DEFINED', which is no value"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const SvCveFact cve = {.automatable = (char *)cases[i].word,
                           .cvss = (char *)cases[i].cvss,
                           .cvss_score = 9.8,
                           .assessed_at_us = ASSESSED};
    const SvEvidence evidence = {.cve = &cve};
    g_auto (SvThreat) threat = {0};
    sv_threat_collect (&evidence, &threat);
    g_assert_cmpint (threat.automatable, ==, cases[i].automatable);
    g_assert_cmpstr (threat.automatable_origin, ==, cases[i].origin);
    g_assert_cmpint (isnan (threat.cvss_score), ==, cases[i].cvss == NULL);
  }
}

static void
test_nothing (void)
{
  const SvEvidence evidence = {.vulnerability = "DSA-3714-1"};
  g_auto (SvThreat) threat = {0};
  sv_threat_collect (&evidence, &threat);
  g_assert_cmpstr (threat.vulnerability, ==, "DSA-3714-1");
  g_assert_cmpint (threat.technical_impact, ==, SV_TECHNICAL_UNKNOWN);
  g_assert_true (isnan (threat.epss) && isnan (threat.cvss_score));
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (out, 0);
  sv_record_write_json (&sv_threat_type, &threat, writer, NULL);
  g_assert_nonnull (strstr (out->str, "\"exploitation\":\"unknown\""));
  g_assert_nonnull (strstr (out->str, "\"epss\":null"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (exploitations); i++) {
    g_autofree char *path = g_strconcat ("/threat/exploitation/", exploitations[i].name, NULL);
    g_test_add_data_func (path, &exploitations[i], test_exploitation);
  }
  g_test_add_func ("/threat/absence-from-kev-counts-only-if-consulted", test_in_kev);
  g_test_add_func ("/threat/cvss-never-makes-automatable", test_automatable);
  g_test_add_func ("/threat/nothing-known", test_nothing);
  return g_test_run ();
}
