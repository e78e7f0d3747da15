#include "triage/decision.h"

guint
sv_decision_point_count (const SvDecisionPoint *point)
{
  return g_strv_length ((char **)point->names) - 1;
}

SvValueSet
sv_decision_point_all (const SvDecisionPoint *point)
{
  return (2u << sv_decision_point_count (point)) - 2;
}

SvValueSet
sv_decision_point_set (const SvDecisionPoint *point, guint value)
{
  return value == 0 ? sv_decision_point_all (point) : 1u << value;
}

guint
sv_value_set_single (SvValueSet set)
{
  return set != 0 && (set & (set - 1)) == 0 ? g_bit_storage (set) - 1 : 0;
}

guint
sv_decision_point_assume (const SvDecisionPoint *point, SvValueSet set)
{
  gboolean allowed = set == 0 || (set >> point->assumed & 1);
  return allowed ? point->assumed : g_bit_storage (set) - 1;
}

/* --- text --- */

/* Names differ between sources in case and in what stands between words. */
static gboolean
same_name (const char *a, const char *b)
{
  for (; *a != '\0' && *b != '\0'; a++, b++) {
    gboolean gap_a = strchr (" -_", *a) != NULL, gap_b = strchr (" -_", *b) != NULL;
    if (gap_a != gap_b || (!gap_a && g_ascii_tolower (*a) != g_ascii_tolower (*b)))
      return FALSE;
  }
  return *a == *b;
}

/* Whether @texts, which may be NULL, has @text for value @i. */
static gboolean
has_text (const char *const *texts, gint i, const char *text)
{
  return texts != NULL && *texts[i] != '\0' && same_name (texts[i], text);
}

gboolean
sv_decision_point_parse (const SvDecisionPoint *point, const char *text, gint *ret_value,
                         GError **error)
{
  for (gint i = 0; point->names[i] != NULL; i++)
    if (has_text (point->names, i, text) || has_text (point->keys, i, text) ||
        has_text (point->aliases, i, text)) {
      *ret_value = i;
      return TRUE;
    }
  g_autofree char *allowed = g_strjoinv (", ", (char **)point->names + 1);
  g_autofree char *printable = sv_text_printable (text);
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "%s cannot be '%s': give one of %s, or unknown",
               point->option, printable, allowed);
  return FALSE;
}

gboolean
sv_decision_point_parse_set (const SvDecisionPoint *point, const char *text, SvValueSet *ret_set,
                             GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  SvValueSet set = 0;
  gint value = 0;
  if (words[0] == NULL)
    return sv_decision_point_parse (point, "", &value, error);
  for (gsize i = 0; words[i] != NULL; i++) {
    if (!sv_decision_point_parse (point, g_strstrip (words[i]), &value, error))
      return FALSE;
    set |= sv_decision_point_set (point, (guint)value);
  }
  *ret_set = set;
  return TRUE;
}

char *
sv_decision_point_format (const SvDecisionPoint *point, SvValueSet set)
{
  if (set == 0 || set == sv_decision_point_all (point))
    return g_strdup (point->names[0]);
  GString *out = g_string_new (NULL);
  for (guint i = 1; point->names[i] != NULL; i++)
    if (set >> i & 1)
      g_string_append_printf (out, "%s%s", out->len > 0 ? " or " : "", point->names[i]);
  return g_string_free (out, FALSE);
}

/* --- deciding --- */

static gboolean
row_is_possible (const SvDecisionTable *table, const guint8 *row, const SvValueSet possible[])
{
  for (guint i = 0; i < table->n_points; i++)
    if (possible[i] != 0 && (possible[i] >> row[i] & 1) == 0)
      return FALSE;
  return TRUE;
}

static void
add_row (SvDecision *decision, const guint8 *row, guint outcome)
{
  decision->outcomes |= 1u << outcome;
  decision->n_rows++;
  if (decision->best_row == NULL || outcome < decision->best) {
    decision->best = outcome;
    decision->best_row = row;
  }
  if (decision->worst_row == NULL || outcome > decision->worst) {
    decision->worst = outcome;
    decision->worst_row = row;
  }
}

SvDecision
sv_decision_decide (const SvDecisionTable *table, const SvValueSet possible[])
{
  SvDecision decision = {0};
  for (guint i = 0; i < table->n_rows; i++)
    if (row_is_possible (table, table->rows[i], possible))
      add_row (&decision, table->rows[i], table->rows[i][table->n_points]);
  return decision;
}

/* --- checking --- */

static gboolean
row_in_range (const SvDecisionTable *table, const guint8 *row)
{
  for (guint i = 0; i < table->n_points; i++)
    if (row[i] == 0 || row[i] > sv_decision_point_count (table->points[i]))
      return FALSE;
  guint outcome = row[table->n_points];
  return outcome != 0 && outcome <= sv_decision_point_count (table->outcome);
}

/* Distinct rows in range, as many as there are combinations, are all the combinations. */
gboolean
sv_decision_table_check (const SvDecisionTable *table, GError **error)
{
  guint n_combinations = 1;
  for (guint i = 0; i < table->n_points; i++)
    n_combinations *= sv_decision_point_count (table->points[i]);
  for (guint i = 0; i < table->n_rows; i++) {
    const char *fault = row_in_range (table, table->rows[i]) ? NULL : "a value that is not there";
    for (guint k = 0; k < i && fault == NULL; k++)
      if (memcmp (table->rows[i], table->rows[k], table->n_points) == 0)
        fault = "the same inputs as an earlier row";
    if (fault != NULL) {
      g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "table '%s': row %u has %s", table->name,
                   i, fault);
      return FALSE;
    }
  }
  if (table->n_rows == n_combinations)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "table '%s': %u rows for %u combinations",
               table->name, table->n_rows, n_combinations);
  return FALSE;
}
