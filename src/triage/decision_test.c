#include "triage/triage.h"

/* A table of our own: whatever the engine does must not depend on the published ones. */
static const char *const color_names[] = SV_VALUE_NAMES ("pale red", "deep red");
static const SvDecisionPoint color = {.option = "color",
                                      .name = "Color",
                                      .names = color_names,
                                      .keys = SV_VALUE_KEYS ("P", "D"),
                                      .aliases = SV_VALUE_ALIASES ("pink", ""),
                                      .assumed = 1};
static const char *const size_names[] = SV_VALUE_NAMES ("one", "two", "three");
static const SvDecisionPoint size = {
    .option = "size", .name = "Size", .names = size_names, .assumed = 2};

static const SvDecisionRow good_rows[] = {{1, 1, 3}, {1, 2, 2}, {1, 3, 2},
                                          {2, 1, 1}, {2, 2, 1}, {2, 3, 3}};

static SvDecisionTable
table_of (const SvDecisionRow *rows, guint n_rows)
{
  return (SvDecisionTable){.name = "ours",
                           .points = {&color, &size},
                           .n_points = 2,
                           .outcome = &size,
                           .rows = rows,
                           .n_rows = n_rows};
}

static void
test_check (void)
{
  static const SvDecisionRow twice[] = {{1, 1, 3}, {1, 2, 2}, {1, 1, 2},
                                        {2, 1, 1}, {2, 2, 1}, {2, 3, 3}};
  static const SvDecisionRow beyond[] = {{1, 1, 3}, {1, 2, 4}};
  static const SvDecisionRow unset[] = {{1, 1, 3}, {0, 2, 2}};
  const struct {
    const SvDecisionRow *rows;
    guint n_rows;
    const char *fault; /* NULL: a good table */
  } cases[] = {{good_rows, 6, NULL},
               {good_rows, 5, "5 rows for 6"},
               {twice, 6, "row 2 has the same inputs"},
               {beyond, 2, "row 1 has a value"},
               {unset, 2, "row 1 has a value"}};
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    SvDecisionTable table = table_of (cases[i].rows, cases[i].n_rows);
    gboolean ok = sv_decision_table_check (&table, &error);
    g_assert_cmpint (ok, ==, cases[i].fault == NULL);
    if (ok)
      continue;
    g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
    g_assert_nonnull (strstr (error->message, cases[i].fault));
  }
}

static void
test_range (void)
{
  SvDecisionTable table = table_of (good_rows, 6);
  const SvValueSet pink[] = {1 << 1, 0};
  SvDecision decision = sv_decision_decide (&table, pink);
  g_assert_cmpuint (decision.n_rows, ==, 3);
  g_assert_cmpuint (decision.outcomes, ==, 1 << 2 | 1 << 3);
  g_assert_cmpuint (decision.best, ==, 2);
  g_assert_cmpuint (decision.worst, ==, 3);
  g_assert_true (decision.best_row == good_rows[1]); /* the first in published order */
  g_assert_true (decision.worst_row == good_rows[0]);

  const SvValueSet nothing[] = {0, 0};
  decision = sv_decision_decide (&table, nothing);
  g_assert_cmpuint (decision.n_rows, ==, 6);
  g_assert_true (decision.best_row == good_rows[3]);  /* and row 4 */
  g_assert_true (decision.worst_row == good_rows[0]); /* and row 5 */
}

static void
test_parse (void)
{
  const struct {
    const char *text;
    gint value; /* -1: refused */
  } cases[] = {{"pale red", 1}, {"Pale-Red", 1}, {"PALE_RED", 1},   {"p", 1},     {"Pink", 1},
               {"deep red", 2}, {"D", 2},        {"unknown", 0},    {"?", 0},     {"", -1},
               {"pale", -1},    {"palered", -1}, {"deep  red", -1}, {"red\n", -1}};
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    gint value = -1;
    gboolean ok = sv_decision_point_parse (&color, cases[i].text, &value, &error);
    g_assert_cmpint (ok, ==, cases[i].value >= 0);
    g_assert_cmpint (value, ==, cases[i].value);
    if (ok)
      continue;
    g_assert_error (error, SV_ERROR, SV_ERROR_USAGE);
    g_assert_nonnull (strstr (error->message, "pale red, deep red"));
    g_assert_null (strchr (error->message, '\n'));
  }
}

static void
test_sets (void)
{
  SvValueSet set = 0;
  g_assert_true (sv_decision_point_parse_set (&size, "one, three", &set, NULL));
  g_assert_cmpuint (set, ==, 1 << 1 | 1 << 3);
  g_autofree char *text = sv_decision_point_format (&size, set);
  g_assert_cmpstr (text, ==, "one or three");
  g_assert_cmpuint (sv_value_set_single (set), ==, 0);
  g_assert_cmpuint (sv_value_set_single (1 << 3), ==, 3);
  g_assert_cmpuint (sv_decision_point_assume (&size, set), ==, 3); /* two is ruled out */
  g_assert_cmpuint (sv_decision_point_assume (&size, 0), ==, 2);

  g_assert_true (sv_decision_point_parse_set (&size, "unknown", &set, NULL));
  g_autofree char *unknown = sv_decision_point_format (&size, set);
  g_assert_cmpstr (unknown, ==, "unknown");
  const char *const bad[] = {"", "one,", "one,four", ","};
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (sv_decision_point_parse_set (&size, bad[i], &set, &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_USAGE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decision/check-finds-gaps-and-doubles", test_check);
  g_test_add_func ("/decision/range-and-first-rows", test_range);
  g_test_add_func ("/decision/values-as-people-write-them", test_parse);
  g_test_add_func ("/decision/sets-of-values", test_sets);
  return g_test_run ();
}
