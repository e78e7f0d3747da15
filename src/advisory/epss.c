/* EPSS scores: "cve,epss[,percentile]" with an optional "#model_version:…,score_date:…" above, or
 * "cve;epss;percentile" without any heading. */
#include "advisory/feed_reader.h"

#include <math.h>
#include <string.h>

typedef struct {
  const SvFeedInput *input;
  SvCsv *csv;
  gint64 scored_at_us;
} Reading;

/* "score_date:2023-03-07T00:00:00+0000" */
static gint64
parse_score_date (const char *field)
{
  const char *date = strstr (field, "score_date:");
  g_autofree char *day = date != NULL ? g_strndup (date + strlen ("score_date:"), 10) : NULL;
  return sv_instant_or_zero (day);
}

static gboolean
is_heading (Reading *reading)
{
  const char *first = sv_csv_find (reading->csv, 0);
  if (*first == '#') {
    for (guint i = 0; i < sv_csv_get_n_fields (reading->csv) && reading->scored_at_us == 0; i++)
      reading->scored_at_us = parse_score_date (sv_csv_find (reading->csv, i));
    return TRUE;
  }
  return g_ascii_strcasecmp (first, "cve") == 0;
}

static gboolean
parse_share (const char *text, double *ret_share)
{
  char *end = NULL;
  *ret_share = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && *ret_share >= 0 && *ret_share <= 1;
}

static gboolean
read_row (const Reading *reading, GError **error)
{
  const char *cve = sv_csv_find (reading->csv, 0);
  const char *score = sv_csv_find (reading->csv, 1), *percentile = sv_csv_find (reading->csv, 2);
  SvEpss epss = {
      .vulnerability = (char *)cve, .percentile = NAN, .scored_at_us = reading->scored_at_us};
  const char *why = !sv_text_is_cve (cve)                                ? "no CVE id"
                    : score == NULL || !parse_share (score, &epss.score) ? "no score from 0 to 1"
                    : percentile != NULL && !parse_share (percentile, &epss.percentile)
                        ? "no percentile from 0 to 1"
                        : NULL;
  if (why != NULL)
    return sv_input_skip_line (reading->input, sv_csv_get_line (reading->csv), why, error);
  return sv_input_add (reading->input, SV_FEED_EPSS, &epss, error);
}

/* A first row that comma does not split may be split by semicolons: then so are all. */
static gboolean
split_by_semicolon (SvCsv *csv)
{
  return sv_csv_get_n_fields (csv) == 1 && strchr (sv_csv_find (csv, 0), ';') != NULL;
}

gboolean
sv_epss_read (const SvFeedInput *input, GError **error)
{
  g_autoptr (SvCsv) csv = sv_csv_new (input->content);
  Reading reading = {.input = input, .csv = csv};
  gboolean found, first = TRUE;
  while (sv_csv_next (csv, &found, error)) {
    if (!found)
      return TRUE;
    if (first && split_by_semicolon (csv))
      sv_csv_resplit (csv, ';');
    first = FALSE;
    if (!is_heading (&reading) && !read_row (&reading, error))
      return FALSE;
  }
  return FALSE;
}
