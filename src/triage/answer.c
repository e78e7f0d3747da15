#include "triage/answer.h"

static const SvField input_fields[] = {
    SV_FIELD (SvDecisionInput, point, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Decision point, by its option name."),
    SV_FIELD (SvDecisionInput, version, SV_TYPE_STRING, .doc = "Version of the decision point."),
    SV_FIELD (SvDecisionInput, value, SV_TYPE_STRING,
              .doc = "Its value, several joined with or, or unknown."),
    SV_FIELD (SvDecisionInput, possible, SV_TYPE_STRINGS, .doc = "Every value that may hold."),
    SV_FIELD (SvDecisionInput, assumed, SV_TYPE_STRING,
              .doc = "Value that stands in while the real one is unknown."),
    SV_FIELD (SvDecisionInput, origin, SV_TYPE_STRING,
              .doc = "Who says so, or why nothing is known."),
};
SV_RECORD_TYPE (sv_decision_input_type, SvDecisionInput, "DecisionInput", input_fields,
                "One input of a decision and where it came from.");

static const SvField answer_fields[] = {
    SV_FIELD (SvDecisionAnswer, table, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Decision table that was asked."),
    SV_FIELD (SvDecisionAnswer, version, SV_TYPE_STRING, .doc = "Version of the table."),
    SV_FIELD (SvDecisionAnswer, best, SV_TYPE_STRING,
              .doc = "Outcome if every unknown turns out well."),
    SV_FIELD (SvDecisionAnswer, worst, SV_TYPE_STRING,
              .doc = "Outcome if every unknown turns out badly."),
    SV_FIELD (SvDecisionAnswer, assumed, SV_TYPE_STRING,
              .doc = "Outcome under the assumed values of the inputs."),
    SV_FIELD (SvDecisionAnswer, certain, SV_TYPE_BOOL, .doc = "Only one outcome is possible."),
    SV_FIELD (SvDecisionAnswer, outcomes, SV_TYPE_STRINGS, .doc = "Every outcome that may hold."),
    SV_FIELD (SvDecisionAnswer, rows, SV_TYPE_INT64, .flags = SV_FIELD_WIDE,
              .doc = "Rows of the table that are still possible."),
    SV_FIELD (SvDecisionAnswer, best_path, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Inputs that lead to the best outcome."),
    SV_FIELD (SvDecisionAnswer, worst_path, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Inputs that lead to the worst outcome."),
    SV_FIELD (SvDecisionAnswer, assumed_path, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Inputs that lead to the assumed outcome."),
    SV_FIELD (SvDecisionAnswer, inputs, SV_TYPE_RECORDS, .record = &sv_decision_input_type,
              .doc = "What was known, and where it came from."),
};
SV_RECORD_TYPE (sv_decision_answer_type, SvDecisionAnswer, "DecisionAnswer", answer_fields,
                "The answer of a decision table as a range, with its inputs.");

void
sv_decision_answer_free (SvDecisionAnswer *answer)
{
  sv_record_free (&sv_decision_answer_type, answer);
}

static GPtrArray *
list_names (const SvDecisionPoint *point, SvValueSet set)
{
  GPtrArray *list = sv_strings_new ();
  for (guint i = 1; point->names[i] != NULL; i++)
    if (set == 0 || (set >> i & 1))
      g_ptr_array_add (list, g_strdup (point->names[i]));
  return list;
}

static guint
assumed_value (const SvDecisionPoint *point, SvDecisionFact fact)
{
  return fact.assumed != 0 ? fact.assumed : sv_decision_point_assume (point, fact.possible);
}

void
sv_decision_answer_add_input (SvDecisionAnswer *answer, const SvDecisionPoint *point,
                              SvDecisionFact fact)
{
  SvDecisionInput *input = sv_record_new (&sv_decision_input_type);
  input->point = g_strdup (point->option);
  input->version = g_strdup (point->version);
  input->value = sv_decision_point_format (point, fact.possible);
  input->possible = list_names (point, fact.possible);
  input->assumed = g_strdup (point->names[assumed_value (point, fact)]);
  input->origin = g_strdup (fact.origin != NULL ? fact.origin : "no source");
  g_ptr_array_add (answer->inputs, input);
}

static char *
format_path (const SvDecisionTable *table, const guint8 *row)
{
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < table->n_points; i++)
    g_string_append_printf (out, "%s%s %s", i > 0 ? ", " : "", table->points[i]->option,
                            table->points[i]->names[row[i]]);
  g_string_append_printf (out, ": %s", table->outcome->names[row[table->n_points]]);
  return g_string_free (out, FALSE);
}

static SvDecision
decide_possible (const SvDecisionTable *table, const SvDecisionFact facts[])
{
  SvValueSet possible[SV_DECISION_POINTS];
  for (guint i = 0; i < table->n_points; i++)
    possible[i] = facts[i].possible;
  return sv_decision_decide (table, possible);
}

static SvDecision
decide_assumed (const SvDecisionTable *table, const SvDecisionFact facts[])
{
  SvValueSet assumed[SV_DECISION_POINTS];
  for (guint i = 0; i < table->n_points; i++)
    assumed[i] = 1u << assumed_value (table->points[i], facts[i]);
  return sv_decision_decide (table, assumed);
}

SvDecisionFact
sv_decision_derive (const SvDecisionTable *table, const SvDecisionFact facts[], const char *origin)
{
  return (SvDecisionFact){.possible = decide_possible (table, facts).outcomes,
                          .assumed = decide_assumed (table, facts).worst,
                          .origin = origin};
}

SvDecisionAnswer *
sv_decision_ask (const SvDecisionTable *table, const SvDecisionFact facts[],
                 SvDecisionRange *ret_range)
{
  SvDecision decision = decide_possible (table, facts);
  SvDecision assumed = decide_assumed (table, facts);
  if (ret_range != NULL)
    *ret_range = (SvDecisionRange){decision.best, decision.worst, assumed.worst};
  const char *const *names = table->outcome->names;

  SvDecisionAnswer *answer = sv_record_new (&sv_decision_answer_type);
  answer->table = g_strdup (table->name);
  answer->version = g_strdup (table->version);
  answer->best = g_strdup (names[decision.best]);
  answer->worst = g_strdup (names[decision.worst]);
  answer->assumed = g_strdup (names[assumed.worst]);
  answer->certain = decision.best == decision.worst;
  answer->outcomes = list_names (table->outcome, decision.outcomes);
  answer->rows = decision.n_rows;
  answer->best_path = format_path (table, decision.best_row);
  answer->worst_path = format_path (table, decision.worst_row);
  answer->assumed_path = format_path (table, assumed.worst_row);
  answer->inputs = g_ptr_array_new ();
  for (guint i = 0; i < table->n_points; i++)
    sv_decision_answer_add_input (answer, table->points[i], facts[i]);
  return answer;
}

char *
sv_decision_input_format (const SvDecisionInput *input)
{
  gboolean unknown = strcmp (input->value, "unknown") == 0;
  g_autofree char *taken = strcmp (input->value, input->assumed) == 0
                               ? g_strdup ("")
                               : g_strdup_printf (" (taken as %s)", input->assumed);
  return g_strdup_printf (unknown ? "%s %s: %s%s" : "%s=%s from %s%s", input->point, input->value,
                          input->origin, taken);
}
