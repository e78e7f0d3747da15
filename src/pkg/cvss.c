#include "pkg/cvss_standard.h"

#include <math.h>
#include <string.h>

static const SvField cvss_fields[] = {
    SV_FIELD (SvCvss, version, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Version of the specification."),
    SV_FIELD (SvCvss, base_score, SV_TYPE_DOUBLE, .doc = "Score of the base metrics."),
    SV_FIELD (SvCvss, temporal_score, SV_TYPE_DOUBLE, .doc = "Score with the temporal metrics."),
    SV_FIELD (SvCvss, environmental_score, SV_TYPE_DOUBLE,
              .doc = "Score with the environmental metrics."),
    SV_FIELD (SvCvss, score, SV_TYPE_DOUBLE, .doc = "Score of all metrics that are defined."),
    SV_FIELD (SvCvss, severity, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Qualitative rating of the score."),
    SV_FIELD (SvCvss, vector, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED | SV_FIELD_WIDE,
              .doc = "The vector in canonical form."),
};
SV_RECORD_TYPE (sv_cvss_type, SvCvss, "Cvss", cvss_fields, "A CVSS vector and its scores.");

/* Version 2 has no prefix, so it comes last. */
static const SvCvssStandard *const standards[] = {&sv_cvss4, &sv_cvss31, &sv_cvss30, &sv_cvss2};

typedef struct {
  double up_to;
  const char *word;
} Rating;

static const Rating ratings[] = {
    {0.0, "none"}, {3.9, "low"}, {6.9, "medium"}, {8.9, "high"}, {10.0, "critical"}};
static const Rating ratings_2[] = {{3.9, "low"}, {6.9, "medium"}, {10.0, "high"}};

void
sv_cvss_clear (SvCvss *cvss)
{
  sv_record_clear (&sv_cvss_type, cvss);
}

const char *
sv_cvss_find_severity (const char *version, double score)
{
  gboolean is_2 = g_str_has_prefix (version, "2");
  const Rating *rows = is_2 ? ratings_2 : ratings;
  gsize n_rows = is_2 ? G_N_ELEMENTS (ratings_2) : G_N_ELEMENTS (ratings);
  for (gsize i = 0; i < n_rows; i++)
    if (score <= rows[i].up_to)
      return rows[i].word;
  return NULL;
}

gboolean
sv_cvss_group_is_defined (const SvCvssStandard *standard, const SvCvssChoice *choice,
                          SvCvssGroup group)
{
  for (guint i = 0; i < standard->n_metrics; i++)
    if (standard->metrics[i].group == group && choice->value[i] != 0)
      return TRUE;
  return FALSE;
}

static gboolean
find_metric (const SvCvssStandard *standard, const char *name, guint *ret_metric)
{
  for (guint i = 0; i < standard->n_metrics; i++)
    if (g_str_equal (standard->metrics[i].name, name)) {
      *ret_metric = i;
      return TRUE;
    }
  return FALSE;
}

static gboolean
find_value (const SvCvssMetric *metric, const char *name, guint8 *ret_value)
{
  for (guint8 i = 0; i < G_N_ELEMENTS (metric->values) && metric->values[i].name != NULL; i++)
    if (g_str_equal (metric->values[i].name, name)) {
      *ret_value = i;
      return TRUE;
    }
  return FALSE;
}

/* Takes one "metric:value". */
static gboolean
read_field (const SvCvssStandard *standard, const char *field, SvCvssChoice *choice, GError **error)
{
  guint metric;
  const char *colon = strchr (field, ':');
  if (colon == NULL)
    return sv_error_set_invalid (error, "no ':' in the metric", field);
  g_autofree char *name = g_strndup (field, (gsize)(colon - field));
  if (!find_metric (standard, name, &metric))
    return sv_error_set_invalid (error, "unknown metric", name);
  guint32 bit = 1u << metric;
  if (choice->given & bit)
    return sv_error_set_invalid (error, "metric given twice:", name);
  if (standard->ordered && choice->given > bit)
    return sv_error_set_invalid (error, "metric out of order:", name);
  if (!find_value (&standard->metrics[metric], colon + 1, &choice->value[metric]))
    return sv_error_set_invalid (error, "unknown value in", field);
  choice->given |= bit;
  return TRUE;
}

static gboolean
is_last_of_group (const SvCvssStandard *standard, guint metric)
{
  return metric + 1 == standard->n_metrics ||
         standard->metrics[metric + 1].group != standard->metrics[metric].group;
}

static guint32
group_bits (const SvCvssStandard *standard, SvCvssGroup group)
{
  guint32 bits = 0;
  for (guint i = 0; i < standard->n_metrics; i++)
    if (standard->metrics[i].group == group)
      bits |= 1u << i;
  return bits;
}

/* Mandatory metrics, and where groups are written whole, the last metric of each that has begun. */
static gboolean
check_complete (const SvCvssStandard *standard, const SvCvssChoice *choice, GError **error)
{
  for (guint i = 0; i < standard->n_metrics; i++) {
    const SvCvssMetric *metric = &standard->metrics[i];
    gboolean begun = standard->whole_groups && is_last_of_group (standard, i) &&
                     (choice->given & group_bits (standard, metric->group)) != 0;
    if ((metric->group == SV_CVSS_BASE || begun) && !(choice->given & 1u << i))
      return sv_error_set_invalid (error, "missing metric", metric->name);
  }
  return TRUE;
}

static gboolean
read_fields (const SvCvssStandard *standard, const char *text, SvCvssChoice *choice, GError **error)
{
  g_auto (GStrv) fields = g_strsplit (text, "/", -1);
  for (gsize i = 0; fields[i] != NULL; i++)
    if (!read_field (standard, fields[i], choice, error))
      return FALSE;
  return check_complete (standard, choice, error);
}

static char *
format_vector (const SvCvssStandard *standard, const SvCvssChoice *choice)
{
  GString *out = g_string_new (standard->prefix);
  for (guint i = 0; i < standard->n_metrics; i++) {
    const SvCvssMetric *metric = &standard->metrics[i];
    gboolean whole =
        standard->whole_groups && (choice->given & group_bits (standard, metric->group)) != 0;
    if (metric->group == SV_CVSS_BASE || choice->value[i] != 0 || whole)
      g_string_append_printf (out, "%s%s:%s", i > 0 ? "/" : "", metric->name,
                              metric->values[choice->value[i]].name);
  }
  return g_string_free (out, FALSE);
}

static const SvCvssStandard *
find_standard (const char *vector, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (standards); i++) {
    const SvCvssStandard *standard = standards[i];
    if (standard->prefix[0] == '\0' && g_str_has_prefix (vector, "CVSS"))
      break;
    if (g_str_has_prefix (vector, standard->prefix))
      return standard;
  }
  g_set_error (error, SV_ERROR, SV_ERROR_UNSUPPORTED,
               "unknown CVSS version: a vector begins with CVSS:4.0/, CVSS:3.1/, CVSS:3.0/, "
               "or has no prefix in version 2");
  return NULL;
}

/* Version 2 vectors were printed in parentheses. New string without them. */
static char *
strip_parentheses (const char *vector)
{
  gsize length = strlen (vector);
  gboolean enclosed = length > 1 && vector[0] == '(' && vector[length - 1] == ')';
  return enclosed ? g_strndup (vector + 1, length - 2) : g_strdup (vector);
}

static gboolean
parse (const char *vector, SvCvss *ret_cvss, GError **error)
{
  SvCvssChoice choice = {0};
  const SvCvssStandard *standard = find_standard (vector, error);
  if (standard == NULL)
    return FALSE;
  g_autofree char *bare = standard == &sv_cvss2 ? strip_parentheses (vector) : g_strdup (vector);
  if (!read_fields (standard, bare + strlen (standard->prefix), &choice, error))
    return FALSE;
  SvCvss cvss = {.temporal_score = NAN, .environmental_score = NAN};
  standard->score (&choice, &cvss);
  cvss.version = g_strdup (standard->version);
  cvss.vector = format_vector (standard, &choice);
  cvss.severity = g_strdup (sv_cvss_find_severity (standard->version, cvss.score));
  *ret_cvss = cvss;
  return TRUE;
}

gboolean
sv_cvss_parse (const char *vector, SvCvss *ret_cvss, GError **error)
{
  if (strlen (vector) > SV_LIMIT_CVSS_BYTES) {
    g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "CVSS vector of more than %d bytes",
                 SV_LIMIT_CVSS_BYTES);
    return FALSE;
  }
  if (!parse (vector, ret_cvss, error)) {
    g_autofree char *shown = sv_text_printable (vector);
    g_prefix_error (error, "bad CVSS vector '%s': ", shown);
    return FALSE;
  }
  return TRUE;
}

static void
append_score (GString *line, double score)
{
  if (isnan (score))
    g_string_append (line, "\t-");
  else
    g_string_append_printf (line, "\t%.1f", score);
}

char *
sv_cvss_format_line (const SvCvss *cvss)
{
  GString *line = g_string_new (cvss->version);
  append_score (line, cvss->base_score);
  append_score (line, cvss->temporal_score);
  append_score (line, cvss->environmental_score);
  append_score (line, cvss->score);
  g_string_append_printf (line, "\t%s", cvss->severity);
  return g_string_free (line, FALSE);
}
