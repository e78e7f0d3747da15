#include "triage/triage.h"

/* --- the published tables, read again --- */

typedef struct {
  const SvDecisionTable *table;
  const char *file; /* without folder and suffix */
} Published;

static const Published published[] = {
    {&sv_deployer_table, "deployer_patch_application_priority_1_0_0"},
    {&sv_human_impact_table, "human_impact_1_0_0"},
    {&sv_bod_table, "cisa_bod_26_04_1_0_0"},
};

static char *
data_path (const char *folder, const char *file, const char *suffix)
{
  const char *data = g_getenv ("SALVE_TEST_DATA");
  g_autofree char *name = g_strconcat (file, suffix, NULL);
  char *path = g_build_filename (data != NULL ? data : "absent", "ssvc", folder, name, NULL);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return path;
  g_free (path);
  g_test_skip ("SSVC data absent");
  return NULL;
}

static const SvDecisionPoint *
column (const SvDecisionTable *table, guint i)
{
  return i < table->n_points ? table->points[i] : table->outcome;
}

/* Cells without commas inside; the header alone quotes one. */
static void
check_header (const SvDecisionTable *table, const char *line)
{
  const char *at = line;
  for (guint i = 0; i <= table->n_points; i++) {
    g_autofree char *heading =
        g_strdup_printf ("%s v%s", column (table, i)->name, column (table, i)->version);
    at = strstr (at, heading);
    g_assert_nonnull (at);
  }
}

static void
test_published_csv (gconstpointer data)
{
  const Published *p = data;
  g_autofree char *path = data_path ("decision_tables_csv", p->file, ".csv");
  if (path == NULL)
    return;
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (g_strstrip (text), "\n", -1);
  check_header (p->table, lines[0]);
  g_assert_cmpuint (g_strv_length (lines) - 1, ==, p->table->n_rows);
  for (guint row = 0; row < p->table->n_rows; row++) {
    g_auto (GStrv) cells = g_strsplit (g_strchomp (lines[row + 1]), ",", -1);
    g_assert_cmpuint (g_strv_length (cells), ==, p->table->n_points + 2);
    g_assert_cmpuint (g_ascii_strtoull (cells[0], NULL, 10), ==, row);
    for (guint i = 0; i <= p->table->n_points; i++)
      g_assert_cmpstr (cells[i + 1], ==, column (p->table, i)->names[p->table->rows[row][i]]);
  }
}

/* The JSON form names values by key, inputs by "namespace:key:version", in no order we rely on. */
typedef struct {
  const SvDecisionTable *table;
  guint row;
  guint n_matched;
} JsonMapping;

static const SvDecisionPoint *
point_of_id (const SvDecisionTable *table, const char *id, guint *ret_column)
{
  static const struct {
    const char *id;
    const SvDecisionPoint *point;
  } ids[] = {
      {"ssvc:E:1.1.0", &sv_exploitation_point},    {"ssvc:EXP:1.0.1", &sv_system_exposure_point},
      {"ssvc:A:2.0.0", &sv_automatable_point},     {"ssvc:HI:2.0.2", &sv_human_impact_point},
      {"ssvc:DSOI:1.0.0", &sv_ssvc_outcome_point}, {"ssvc:SI:2.0.1", &sv_safety_impact_point},
      {"ssvc:MI:2.0.0", &sv_mission_impact_point}, {"ssvc:TI:1.0.0", &sv_technical_impact_point},
      {"cisa:KEV:1.0.0", &sv_in_kev_point},        {"cisa:PE:1.0.0", &sv_publicly_exposed_point},
      {"cisa:BOD2604:1.0.0", &sv_bod_point},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    for (*ret_column = 0; *ret_column <= table->n_points; (*ret_column)++)
      if (strcmp (ids[i].id, id) == 0 && column (table, *ret_column) == ids[i].point)
        return ids[i].point;
  return NULL;
}

static gboolean
read_cell (SvJsonReader *reader, const char *key, gpointer user_data, GError **error)
{
  JsonMapping *mapping = user_data;
  g_autofree char *text = NULL;
  guint i = 0;
  const SvDecisionPoint *point = point_of_id (mapping->table, key, &i);
  g_assert_nonnull (point);
  g_assert_true (sv_json_read_string (reader, &text, error));
  g_assert_cmpstr (text, ==, point->keys[mapping->table->rows[mapping->row][i]]);
  mapping->n_matched++;
  return TRUE;
}

static gboolean
read_row (SvJsonReader *reader, gpointer user_data, GError **error)
{
  JsonMapping *mapping = user_data;
  g_assert_cmpuint (mapping->row, <, mapping->table->n_rows);
  gboolean ok = sv_json_read_map (reader, read_cell, mapping, error);
  mapping->row++;
  return ok;
}

static gboolean
read_rows (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return sv_json_read_array (reader, read_row, user_data, error);
}

static void
test_published_json (gconstpointer data)
{
  const Published *p = data;
  g_autofree char *path = data_path ("decision_tables_json", p->file, ".json");
  if (path == NULL)
    return;
  static const SvJsonMember members[] = {{"mapping", read_rows}};
  g_autoptr (GError) error = NULL;
  g_autoptr (SvStream) stream = sv_stream_open (path, &error);
  g_assert_no_error (error);
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  JsonMapping mapping = {p->table, 0, 0};
  sv_json_read_object (reader, members, 1, &mapping, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mapping.row, ==, p->table->n_rows);
  g_assert_cmpuint (mapping.n_matched, ==, p->table->n_rows * (p->table->n_points + 1));
}

static void
test_exhaustive (gconstpointer data)
{
  const Published *p = data;
  g_autoptr (GError) error = NULL;
  sv_decision_table_check (p->table, &error);
  g_assert_no_error (error);
}

/* --- properties --- */

static guint
outcome_of (const SvDecisionTable *table, const guint8 *inputs)
{
  for (guint i = 0; i < table->n_rows; i++)
    if (memcmp (table->rows[i], inputs, table->n_points) == 0)
      return table->rows[i][table->n_points];
  g_assert_not_reached ();
}

static void
test_monotone (gconstpointer data)
{
  const SvDecisionTable *table = ((const Published *)data)->table;
  guint n_pairs = 0;
  for (guint row = 0; row < table->n_rows; row++)
    for (guint i = 0; i < table->n_points; i++) {
      SvDecisionRow worse;
      memcpy (worse, table->rows[row], sizeof worse);
      if (++worse[i] > sv_decision_point_count (table->points[i]))
        continue;
      g_assert_cmpuint (outcome_of (table, worse), >=, table->rows[row][table->n_points]);
      n_pairs++;
    }
  g_assert_cmpuint (n_pairs, >=, table->n_rows);
}

/* Counts @sets up like an odometer over the non-empty sets of each point. */
static gboolean
next_sets (const SvDecisionTable *table, SvValueSet sets[])
{
  for (guint i = 0; i < table->n_points; i++) {
    sets[i] += 2;
    if (sets[i] <= sv_decision_point_all (table->points[i]))
      return TRUE;
    sets[i] = 2;
  }
  return FALSE;
}

static void
enumerate (const SvDecisionTable *table, const SvValueSet sets[], guint point, guint8 *inputs,
           SvValueSet *outcomes)
{
  if (point >= MIN (table->n_points, SV_DECISION_POINTS)) {
    *outcomes |= 1u << outcome_of (table, inputs);
    return;
  }
  for (guint value = 1; value <= sv_decision_point_count (table->points[point]); value++)
    if (sets[point] >> value & 1) {
      inputs[point] = (guint8)value;
      enumerate (table, sets, point + 1, inputs, outcomes);
    }
}

/* Every combination of sets of possible values, not only known and unknown. */
static void
test_ranges (gconstpointer data)
{
  const SvDecisionTable *table = ((const Published *)data)->table;
  SvValueSet sets[SV_DECISION_POINTS] = {2, 2, 2, 2};
  guint n = 0;
  do {
    SvDecisionRow inputs = {0};
    SvValueSet outcomes = 0;
    enumerate (table, sets, 0, inputs, &outcomes);
    SvDecision decision = sv_decision_decide (table, sets);
    g_assert_cmpuint (decision.outcomes, ==, outcomes);
    g_assert_cmpuint (decision.worst, ==, g_bit_storage (outcomes) - 1);
    g_assert_cmpuint (decision.best, ==, (guint)g_bit_nth_lsf (outcomes, -1));
    g_assert_cmpuint (decision.worst_row[table->n_points], ==, decision.worst);
    g_assert_cmpuint (decision.best_row[table->n_points], ==, decision.best);
    n++;
  } while (next_sets (table, sets));
  guint expected = 1;
  for (guint i = 0; i < table->n_points; i++)
    expected *= sv_decision_point_all (table->points[i]) / 2;
  g_assert_cmpuint (n, ==, expected);
}

/* --- answers --- */

static SvDecisionInput *
input_of (const SvSsvc *ssvc, const char *point)
{
  for (guint i = 0; i < ssvc->answer->inputs->len; i++) {
    SvDecisionInput *input = g_ptr_array_index (ssvc->answer->inputs, i);
    if (strcmp (input->point, point) == 0)
      return input;
  }
  return NULL;
}

static void
assert_text (const SvSsvc *ssvc, const char *point, const char *expected)
{
  g_autofree char *text = sv_decision_input_format (input_of (ssvc, point));
  g_assert_cmpstr (text, ==, expected);
}

static void
test_ask (void)
{
  const SvSsvcPair pairs[] = {{"exploitation", "active"},
                              {"exposure", "open"},
                              {"automatable", "yes"},
                              {"human-impact", "very-high"}};
  g_auto (SvSsvc) ssvc = {0};
  g_assert_true (sv_ssvc_ask (pairs, G_N_ELEMENTS (pairs), "flag", &ssvc, NULL));
  g_assert_cmpstr (ssvc.answer->worst, ==, "immediate");
  g_assert_true (ssvc.answer->certain);
  g_assert_cmpint (ssvc.answer->rows, ==, 1);
  g_assert_cmpstr (
      ssvc.answer->worst_path, ==,
      "exploitation active, exposure open, automatable yes, human-impact very high: immediate");
  assert_text (&ssvc, "exposure", "exposure=open from flag");
  g_assert_null (input_of (&ssvc, "safety-impact"));
}

static void
test_ask_spellings (void)
{
  static const SvSsvcPair forms[][4] = {
      {{"exploitation", "public poc"},
       {"exposure", "open"},
       {"automatable", "no"},
       {"human-impact", "very high"}},
      {{"exploitation", "PoC"}, {"exposure", "O"}, {"automatable", "N"}, {"human-impact", "VH"}},
      {{"exploitation", "P"},
       {"exposure", "Open"},
       {"automatable", "No"},
       {"human-impact", "Very_High"}},
      {{"exploitation", "public-poc"},
       {"exposure", "open"},
       {"safety-impact", "catastrophic"},
       {"automatable", "no"}},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++) {
    g_auto (SvSsvc) ssvc = {0};
    g_assert_true (sv_ssvc_ask (forms[i], 4, "flag", &ssvc, NULL));
    g_assert_cmpstr (ssvc.answer->worst, ==, "out-of-cycle");
    g_assert_true (ssvc.answer->certain);
  }
}

static void
test_ask_unknown (void)
{
  g_auto (SvSsvc) nothing = {0};
  g_assert_true (sv_ssvc_ask (NULL, 0, "flag", &nothing, NULL));
  g_assert_cmpstr (nothing.answer->best, ==, "defer");
  g_assert_cmpstr (nothing.answer->worst, ==, "immediate");
  g_assert_cmpint (nothing.answer->rows, ==, 72);
  /* What CERT/CC's own example of default values comes to. */
  g_assert_cmpstr (nothing.answer->assumed, ==, "scheduled");
  assert_text (&nothing, "automatable", "automatable unknown: no source (taken as yes)");
  assert_text (&nothing, "human-impact",
               "human-impact unknown: safety and mission impact (taken as low)");

  const SvSsvcPair pairs[] = {{"exploitation", "poc,active"},
                              {"exposure", "controlled"},
                              {"automatable", "yes"},
                              {"mission-impact", "MEF"}};
  g_auto (SvSsvc) some = {0};
  g_assert_true (sv_ssvc_ask (pairs, G_N_ELEMENTS (pairs), "flag", &some, NULL));
  g_assert_cmpstr (some.answer->best, ==, "scheduled");
  g_assert_cmpstr (some.answer->worst, ==, "out-of-cycle");
  g_assert_false (some.answer->certain);
  assert_text (&some, "exploitation",
               "exploitation=public poc or active from flag (taken as active)");
  assert_text (&some, "human-impact",
               "human-impact=medium or high or very high from safety and mission impact "
               "(taken as medium)");
}

static void
test_ask_refusals (void)
{
  static const struct {
    SvSsvcPair pairs[2];
    const char *words;
  } cases[] = {
      {{{"exploitation", "sometimes"}, {"exposure", "open"}}, "none, public poc, active"},
      {{{"impact", "high"}, {"exposure", "open"}}, "human-impact, safety-impact, mission-impact"},
      {{{"exposure", "open"}, {"exposure", "open"}}, "given twice"},
      {{{"human-impact", "low"}, {"safety-impact", "critical"}}, "follows from"},
      {{{"human-impact", ""}, {"exposure", "open"}}, "low, medium, high, very high"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_auto (SvSsvc) ssvc = {0};
    g_assert_false (sv_ssvc_ask (cases[i].pairs, 2, "flag", &ssvc, &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_USAGE);
    g_assert_nonnull (strstr (error->message, cases[i].words));
  }
}

static void
test_json (void)
{
  const SvSsvcPair pairs[] = {{"exploitation", "active"}};
  g_auto (SvSsvc) ssvc = {0};
  g_assert_true (sv_ssvc_ask (pairs, 1, "flag", &ssvc, NULL));
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (out, 0);
  sv_record_write_json (&sv_decision_answer_type, ssvc.answer, writer, NULL);
  g_assert_nonnull (strstr (out->str, "\"best\":\"scheduled\",\"worst\":\"immediate\""));
  g_assert_nonnull (strstr (out->str, "{\"point\":\"exploitation\",\"version\":\"1.1.0\","
                                      "\"value\":\"active\",\"possible\":[\"active\"],"
                                      "\"assumed\":\"active\",\"origin\":\"flag\"}"));
}

/* Open, and nothing else, is publicly exposed. */
static void
test_bod_exposure (void)
{
  static const struct {
    SvValueSet exposure;
    const char *best, *worst;
  } cases[] = {{1 << SV_EXPOSURE_SMALL, "60 days", "60 days"},
               {1 << SV_EXPOSURE_SMALL | 1 << SV_EXPOSURE_CONTROLLED, "60 days", "60 days"},
               {1 << SV_EXPOSURE_OPEN, "3 days", "3 days"},
               {0, "60 days", "3 days"}};
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    SvBodFacts facts = {.in_kev = {.possible = 1 << SV_IN_KEV_NO},
                        .exposure = {.possible = cases[i].exposure},
                        .automatable = {.possible = 1 << SV_AUTOMATABLE_YES},
                        .technical_impact = {.possible = 1 << SV_TECHNICAL_TOTAL}};
    g_auto (SvBod) bod = {0};
    sv_bod_judge (&facts, &bod);
    g_assert_cmpstr (bod.answer->best, ==, cases[i].best);
    g_assert_cmpstr (bod.answer->worst, ==, cases[i].worst);
  }
}

/* The days behind each label are the label's own. */
static void
test_bod_days (void)
{
  for (guint i = SV_BOD_ON_UPGRADE; sv_bod_names[i] != NULL; i++) {
    g_assert_cmpuint (sv_bod_days (i), ==, g_ascii_strtoull (sv_bod_names[i], NULL, 10));
    g_assert_cmpint (sv_bod_wants_forensics (i), ==, strstr (sv_bod_names[i], "forensic") != NULL);
  }
}

static void
add_per_table (const char *name, GTestDataFunc func)
{
  for (gsize i = 0; i < G_N_ELEMENTS (published); i++) {
    g_autofree char *path = g_strdup_printf ("/ssvc/%s/%s", name, published[i].file);
    g_test_add_data_func (path, &published[i], func);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_per_table ("y9-rows-as-published-csv", test_published_csv);
  add_per_table ("y9-keys-as-published-json", test_published_json);
  add_per_table ("exhaustive", test_exhaustive);
  add_per_table ("worse-input-never-lowers", test_monotone);
  add_per_table ("ranges-equal-brute-force", test_ranges);
  g_test_add_func ("/ssvc/ask", test_ask);
  g_test_add_func ("/ssvc/ask-spellings", test_ask_spellings);
  g_test_add_func ("/ssvc/ask-unknown", test_ask_unknown);
  g_test_add_func ("/ssvc/ask-refusals", test_ask_refusals);
  g_test_add_func ("/ssvc/json", test_json);
  g_test_add_func ("/bod/p16-exposure-open-is-public", test_bod_exposure);
  g_test_add_func ("/bod/p16-days-as-labelled", test_bod_days);
  return g_test_run ();
}
