#include "triage/triage.h"

static void
test_parse (void)
{
  static const char text[] = "# facts of one host\n"
                             "[host]\n"
                             "zone = dmz\n"
                             "exposure=open\n"
                             "mission-impact=MEF-support-crippled  \n"
                             "safety-impact=R\n"
                             "criticality=critical\n"
                             "targeted=yes\n"
                             "owner=Zoë, platform team\n"
                             "line-of-business=retail\n";
  g_auto (SvHostFacts) facts = {0};
  g_autoptr (GError) error = NULL;
  sv_host_facts_parse (text, &facts, &error);
  g_assert_no_error (error);
  g_assert_cmpint (facts.zone, ==, SV_ZONE_DMZ);
  g_assert_cmpint (facts.exposure, ==, SV_EXPOSURE_OPEN);
  g_assert_cmpint (facts.mission_impact, ==, SV_MISSION_CRIPPLED);
  g_assert_cmpint (facts.safety_impact, ==, SV_SAFETY_CRITICAL);
  g_assert_cmpint (facts.criticality, ==, SV_CRITICALITY_HIGH);
  g_assert_cmpint (facts.targeted, ==, SV_TARGETED_YES);
  g_assert_cmpstr (facts.owner, ==, "Zoë, platform team");
  g_assert_cmpstr (facts.line_of_business, ==, "retail");
  g_assert_cmpstr (facts.exposure_origin, ==, "configuration");
}

static void
test_empty (void)
{
  const char *const texts[] = {"", "\n# nothing\n", "[host]\n"};
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_auto (SvHostFacts) facts = {0};
    g_assert_true (sv_host_facts_parse (texts[i], &facts, NULL));
    g_assert_cmpuint (sv_host_facts_exposure (&facts).possible, ==, 0);
  }
}

static void
test_refusals (void)
{
  g_autofree char *long_name = g_strnfill (SV_LIMIT_NAME_BYTES + 1, 'x');
  g_autofree char *long_owner = g_strconcat ("[host]\nowner=", long_name, "\n", NULL);
  const struct {
    const char *text;
    gint code;
    const char *words;
  } cases[] = {
      {"[host]\nexposure=wide\n", SV_ERROR_INVALID_DATA, "small, controlled, open"},
      {"[host]\ncolour=red\n", SV_ERROR_INVALID_DATA,
       "zone, exposure, mission-impact, safety-impact, criticality, targeted, owner, "
       "line-of-business"},
      {"[hosts]\nzone=dmz\n", SV_ERROR_INVALID_DATA, "[host]"},
      {"[host]\nzone=dmz\n[other]\n", SV_ERROR_INVALID_DATA, "'[other]'"},
      {"zone=dmz\n", SV_ERROR_INVALID_DATA, "host facts:"},
      {"[host]\nzone\n", SV_ERROR_INVALID_DATA, "host facts:"},
      {"[host]\nowner=\xff\xfe\n", SV_ERROR_INVALID_DATA, "host facts:"},
      {"[host]\nno line \x8c\x1b[1m\n", SV_ERROR_INVALID_DATA, "\\x1B"},
      {long_owner, SV_ERROR_LIMIT, "owner"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_auto (SvHostFacts) facts = {0};
    g_assert_false (sv_host_facts_parse (cases[i].text, &facts, &error));
    g_assert_error (error, SV_ERROR, cases[i].code);
    g_assert_nonnull (strstr (error->message, cases[i].words));
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    g_assert_null (strchr (error->message, '\x1b'));
    g_assert_null (facts.owner);
  }
}

static void
test_set (void)
{
  g_auto (SvHostFacts) facts = {0};
  g_autoptr (GError) error = NULL;
  g_assert_true (sv_host_facts_parse ("[host]\nexposure=small\n", &facts, NULL));
  g_assert_true (sv_host_facts_set (&facts, "exposure", "open", NULL));
  g_assert_cmpint (facts.exposure, ==, SV_EXPOSURE_OPEN);
  g_assert_cmpstr (facts.exposure_origin, ==, "flag");
  g_assert_false (sv_host_facts_set (&facts, "exposure", "ajar", &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_USAGE);
  g_assert_cmpint (facts.exposure, ==, SV_EXPOSURE_OPEN);
}

static void
test_exposure (void)
{
  static const struct {
    const char *zone, *exposure;
    SvValueSet possible;
    const char *origin;
  } cases[] = {
      {"internet", NULL, 1 << SV_EXPOSURE_OPEN, "zone internet"},
      {"dmz", NULL, 1 << SV_EXPOSURE_CONTROLLED | 1 << SV_EXPOSURE_OPEN, "zone dmz"},
      {"internal", NULL, 1 << SV_EXPOSURE_SMALL | 1 << SV_EXPOSURE_CONTROLLED, "zone internal"},
      {"isolated", NULL, 1 << SV_EXPOSURE_SMALL, "zone isolated"},
      {"isolated", "open", 1 << SV_EXPOSURE_OPEN, "flag"},
      {"unknown", "unknown", 0, NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (SvHostFacts) facts = {0};
    g_assert_true (sv_host_facts_set (&facts, "zone", cases[i].zone, NULL));
    if (cases[i].exposure != NULL)
      g_assert_true (sv_host_facts_set (&facts, "exposure", cases[i].exposure, NULL));
    SvDecisionFact exposure = sv_host_facts_exposure (&facts);
    g_assert_cmpuint (exposure.possible, ==, cases[i].possible);
    g_assert_cmpstr (exposure.origin, ==, cases[i].origin);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host-facts/parse", test_parse);
  g_test_add_func ("/host-facts/empty-is-unknown", test_empty);
  g_test_add_func ("/host-facts/refusals-name-what-is-allowed", test_refusals);
  g_test_add_func ("/host-facts/flag-over-configuration", test_set);
  g_test_add_func ("/host-facts/p4-zone-narrows-exposure", test_exposure);
  return g_test_run ();
}
