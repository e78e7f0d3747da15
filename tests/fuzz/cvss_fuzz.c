/* Whatever parses has scores in range, a severity, and a canonical form with the same scores. */
#include "pkg/cvss.h"

#include <math.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_score (double score)
{
  g_assert_true (isnan (score) || (score >= 0 && score <= 10 && !signbit (score)));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_auto (SvCvss) cvss = {0}, again = {0};
  if (!sv_cvss_parse (text, &cvss, NULL))
    return 0;
  check_score (cvss.base_score);
  check_score (cvss.temporal_score);
  check_score (cvss.environmental_score);
  g_assert_true (cvss.score >= 0 && cvss.score <= 10 && cvss.severity != NULL);
  g_assert_true (sv_cvss_parse (cvss.vector, &again, NULL));
  g_autofree char *line = sv_cvss_format_line (&cvss), *line_again = sv_cvss_format_line (&again);
  g_assert_cmpstr (line, ==, line_again);
  g_assert_cmpstr (cvss.vector, ==, again.vector);
  return 0;
}
