#include "triage/triage.h"

static gint64
instant (const char *text)
{
  gint64 instant_us = 0;
  g_assert_true (sv_time_parse (text, &instant_us, NULL));
  return instant_us;
}

/* --- NISCC Table 1 --- */

static void
test_table (void)
{
  static const struct {
    SvPriorityLevel level;
    const char *name, *category, *recommended, *latest; /* counted from 2026-01-31T12:00:00Z */
  } rows[] = {
      {SV_PRIORITY_EMERGENCY, "emergency", "emergency", "2026-02-01T12:00:00Z",
       "2026-02-01T12:00:00Z"},
      {SV_PRIORITY_HIGH, "high", "non-emergency", "2026-02-07T12:00:00Z", "2026-02-07T12:00:00Z"},
      {SV_PRIORITY_MEDIUM, "medium", "non-emergency", "2026-02-28T12:00:00Z",
       "2026-03-31T12:00:00Z"},
      {SV_PRIORITY_LOW, "low", "non-emergency", "2026-07-31T12:00:00Z", "2026-07-31T12:00:00Z"},
  };
  gint64 start = instant ("2026-01-31T12:00:00Z");
  g_assert_cmpuint (G_N_ELEMENTS (rows), ==, SV_N_PRIORITIES);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    const SvTimeFrame *frame = sv_priority_get_time_frame (rows[i].level);
    g_assert_cmpstr (sv_priority_names[rows[i].level], ==, rows[i].name);
    g_assert_cmpstr (frame->category, ==, rows[i].category);
    g_assert_cmpint (sv_time_span_add (frame->recommended, start), ==,
                     instant (rows[i].recommended));
    g_assert_cmpint (sv_time_span_add (frame->latest, start), ==, instant (rows[i].latest));
  }
}

static void
test_spans (void)
{
  const SvTimeSpan month = {.months = 1}, day = {.hours = 24};
  g_assert_cmpint (sv_time_span_add (month, instant ("2028-01-31T00:00:00Z")), ==,
                   instant ("2028-02-29T00:00:00Z"));
  g_assert_cmpint (sv_time_span_add (month, instant ("2026-12-15T00:00:00Z")), ==,
                   instant ("2027-01-15T00:00:00Z"));
  g_assert_cmpint (sv_time_span_add (day, 1500001), ==, 1500001 + SV_DAY_US);
  g_assert_cmpint (sv_time_span_add (month, G_MAXINT64), ==, G_MAXINT64); /* beyond the calendar */
}

/* --- the rules --- */

typedef struct {
  const char *name;
  SvPriorityCase facts;
  SvPriorityLevel expected;
  const char *steps; /* "exploited+1 countermeasure-1" */
} RuleCase;

#define SCHEDULED .ssvc = SV_SSVC_SCHEDULED, .certain = TRUE

static const RuleCase rule_cases[] = {
    {"base-defer", {.ssvc = SV_SSVC_DEFER}, SV_PRIORITY_LOW, ""},
    {"base-scheduled", {SCHEDULED}, SV_PRIORITY_MEDIUM, ""},
    {"base-out-of-cycle", {.ssvc = SV_SSVC_OUT_OF_CYCLE}, SV_PRIORITY_HIGH, ""},
    {"base-immediate", {.ssvc = SV_SSVC_IMMEDIATE}, SV_PRIORITY_EMERGENCY, ""},
    {"base-unknown", {0}, SV_PRIORITY_MEDIUM, ""},
    {"exploited-raises",
     {SCHEDULED, .exploitation = SV_EXPLOITATION_ACTIVE},
     SV_PRIORITY_HIGH,
     "exploited+1"},
    {"exploited-out-of-cycle-is-an-emergency",
     {.ssvc = SV_SSVC_OUT_OF_CYCLE, .exploitation = SV_EXPLOITATION_ACTIVE},
     SV_PRIORITY_EMERGENCY,
     "exploited+1"},
    {"open-with-public-exploit",
     {SCHEDULED, .exploitation = SV_EXPLOITATION_POC, .exposure = SV_EXPOSURE_OPEN},
     SV_PRIORITY_HIGH,
     "exposed+1"},
    {"open-alone-is-in-ssvc-already",
     {SCHEDULED, .exposure = SV_EXPOSURE_OPEN},
     SV_PRIORITY_MEDIUM,
     ""},
    {"high-value",
     {SCHEDULED, .criticality = SV_CRITICALITY_HIGH},
     SV_PRIORITY_HIGH,
     "high-value+1"},
    {"p7-targeted", {SCHEDULED, .targeted = SV_TARGETED_YES}, SV_PRIORITY_HIGH, "targeted+1"},
    {"one-group-raises-once",
     {SCHEDULED, .criticality = SV_CRITICALITY_HIGH, .targeted = SV_TARGETED_YES},
     SV_PRIORITY_HIGH,
     "high-value+1 targeted+0"},
    {"two-groups-raise-twice",
     {SCHEDULED, .criticality = SV_CRITICALITY_HIGH, .exploitation = SV_EXPLOITATION_ACTIVE},
     SV_PRIORITY_EMERGENCY,
     "exploited+1 high-value+1"},
    {"low-value", {SCHEDULED, .criticality = SV_CRITICALITY_LOW}, SV_PRIORITY_LOW, "low-value-1"},
    {"p13-countermeasure-lowers",
     {SCHEDULED, .countermeasure = "port closed"},
     SV_PRIORITY_LOW,
     "countermeasure-1"},
    {"p13-countermeasure-lowers-from-the-top",
     {.ssvc = SV_SSVC_IMMEDIATE,
      .exploitation = SV_EXPLOITATION_ACTIVE,
      .countermeasure = "port closed"},
     SV_PRIORITY_HIGH,
     "exploited+1 countermeasure-1"},
    {"p13-never-removes",
     {.ssvc = SV_SSVC_DEFER, .criticality = SV_CRITICALITY_LOW, .countermeasure = "port closed"},
     SV_PRIORITY_LOW,
     "low-value-1 countermeasure-1"},
};

static char *
format_steps (const SvPriority *priority)
{
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < priority->steps->len; i++) {
    const SvPriorityStep *step = g_ptr_array_index (priority->steps, i);
    g_assert_nonnull (step->reason);
    g_string_append_printf (out, "%s%s%+d", i > 0 ? " " : "", step->rule, (int)step->step);
  }
  return g_string_free (out, FALSE);
}

static void
test_rule (gconstpointer data)
{
  const RuleCase *c = data;
  g_autoptr (SvPriority) priority = sv_priority_judge (&c->facts);
  g_autofree char *steps = format_steps (priority);
  g_assert_cmpstr (steps, ==, c->steps);
  g_assert_cmpint (priority->priority, ==, c->expected);
}

static void
test_origins (void)
{
  const SvPriorityCase facts = {.ssvc = SV_SSVC_OUT_OF_CYCLE,
                                .exploitation = SV_EXPLOITATION_ACTIVE,
                                .exploitation_origin = "kev 2026-01-05",
                                .countermeasure = "smb closed"};
  g_autoptr (SvPriority) priority = sv_priority_judge (&facts);
  const SvPriorityStep *exploited = g_ptr_array_index (priority->steps, 0);
  const SvPriorityStep *countered = g_ptr_array_index (priority->steps, 1);
  g_assert_cmpstr (exploited->origin, ==, "kev 2026-01-05");
  g_assert_cmpstr (countered->origin, ==, "smb closed");
  g_assert_cmpstr (priority->reason, ==, "ssvc out-of-cycle, with assumptions for what is unknown");
  g_assert_cmpstr (priority->time_frame, ==, "within 1 week");
}

/* A countermeasure lowers by at most one and a graver outcome never lowers, whatever else holds. */
static void
test_every_case (void)
{
  guint n = 0;
  for (guint i = 0; i < 4 * 4 * 4 * 4 * 3; i++) {
    SvPriorityCase facts = {.ssvc = (SvSsvcOutcome)(i % 4 + 1),
                            .exploitation = i / 4 % 4,
                            .exposure = i / 16 % 4,
                            .criticality = i / 64 % 4,
                            .targeted = i / 256 % 3};
    g_autoptr (SvPriority) plain = sv_priority_judge (&facts);
    facts.countermeasure = "port closed";
    g_autoptr (SvPriority) countered = sv_priority_judge (&facts);
    g_assert_cmpint (countered->priority, ==, MAX (plain->priority - 1, SV_PRIORITY_LOW));
    if (facts.ssvc == SV_SSVC_IMMEDIATE)
      continue;
    facts.countermeasure = NULL;
    facts.ssvc++;
    g_autoptr (SvPriority) graver = sv_priority_judge (&facts);
    g_assert_cmpint (graver->priority, >=, plain->priority);
    n++;
  }
  g_assert_cmpuint (n, ==, 3 * 4 * 4 * 4 * 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/priority/p8-niscc-table-1", test_table);
  g_test_add_func ("/priority/calendar-months", test_spans);
  for (gsize i = 0; i < G_N_ELEMENTS (rule_cases); i++) {
    g_autofree char *path = g_strconcat ("/priority/rule/", rule_cases[i].name, NULL);
    g_test_add_data_func (path, &rule_cases[i], test_rule);
  }
  g_test_add_func ("/priority/p9-reasons-and-origins", test_origins);
  g_test_add_func ("/priority/every-case", test_every_case);
  return g_test_run ();
}
