#include "pkg/cvss_standard.h"

#include <math.h>

enum { AV, AC, AU, C, I, A, E, RL, RC, CDP, TD, CR, IR, AR, N_METRICS };

#define IMPACT                                                                                     \
  {                                                                                                \
    {"N", 0.0}, {"P", 0.275},                                                                      \
    {                                                                                              \
      "C", 0.660                                                                                   \
    }                                                                                              \
  }
#define REQUIREMENT                                                                                \
  {                                                                                                \
    {"ND", 1.0}, {"L", 0.5}, {"M", 1.0},                                                           \
    {                                                                                              \
      "H", 1.51                                                                                    \
    }                                                                                              \
  }

static const SvCvssMetric metrics[N_METRICS] = {
    [AV] = {"AV", SV_CVSS_BASE, {{"L", 0.395}, {"A", 0.646}, {"N", 1.0}}},
    [AC] = {"AC", SV_CVSS_BASE, {{"H", 0.35}, {"M", 0.61}, {"L", 0.71}}},
    [AU] = {"Au", SV_CVSS_BASE, {{"M", 0.45}, {"S", 0.56}, {"N", 0.704}}},
    [C] = {"C", SV_CVSS_BASE, IMPACT},
    [I] = {"I", SV_CVSS_BASE, IMPACT},
    [A] = {"A", SV_CVSS_BASE, IMPACT},
    [E] = {"E",
           SV_CVSS_TEMPORAL,
           {{"ND", 1.0}, {"U", 0.85}, {"POC", 0.9}, {"F", 0.95}, {"H", 1.0}}},
    [RL] = {"RL",
            SV_CVSS_TEMPORAL,
            {{"ND", 1.0}, {"OF", 0.87}, {"TF", 0.9}, {"W", 0.95}, {"U", 1.0}}},
    [RC] = {"RC", SV_CVSS_TEMPORAL, {{"ND", 1.0}, {"UC", 0.9}, {"UR", 0.95}, {"C", 1.0}}},
    [CDP] = {"CDP",
             SV_CVSS_ENVIRONMENTAL,
             {{"ND", 0.0}, {"N", 0.0}, {"L", 0.1}, {"LM", 0.3}, {"MH", 0.4}, {"H", 0.5}}},
    [TD] = {"TD",
            SV_CVSS_ENVIRONMENTAL,
            {{"ND", 1.0}, {"N", 0.0}, {"L", 0.25}, {"M", 0.75}, {"H", 1.0}}},
    [CR] = {"CR", SV_CVSS_ENVIRONMENTAL, REQUIREMENT},
    [IR] = {"IR", SV_CVSS_ENVIRONMENTAL, REQUIREMENT},
    [AR] = {"AR", SV_CVSS_ENVIRONMENTAL, REQUIREMENT},
};

static double
weight (const SvCvssChoice *choice, guint metric)
{
  return sv_cvss_weight (metrics, choice, metric);
}

/* To one decimal, halves away from zero. Scores are sums of short decimals, so a distance of 1e-9
 * from a half is the error of binary fractions. */
static double
round_score (double score)
{
  return round (score * 10 + copysign (1e-9, score)) / 10;
}

/* The base score as it is, or with the security requirements of the environment; below zero for an
 * impact close to none. */
static double
base_score (const SvCvssChoice *choice, gboolean adjusted)
{
  double none = 1;
  for (guint i = 0; i < 3; i++)
    none *= 1 - weight (choice, C + i) * (adjusted ? weight (choice, CR + i) : 1);
  double impact = 10.41 * (1 - none);
  if (adjusted)
    impact = MIN (impact, 10);
  double exploitability = 20 * weight (choice, AV) * weight (choice, AC) * weight (choice, AU);
  return impact == 0 ? 0 : round_score ((0.6 * impact + 0.4 * exploitability - 1.5) * 1.176);
}

static double
temporal_score (const SvCvssChoice *choice, double base)
{
  return round_score (base * weight (choice, E) * weight (choice, RL) * weight (choice, RC));
}

static double
environmental_score (const SvCvssChoice *choice)
{
  double temporal = temporal_score (choice, base_score (choice, TRUE));
  double collateral = (10 - temporal) * weight (choice, CDP);
  return round_score ((temporal + collateral) * weight (choice, TD));
}

static void
score (const SvCvssChoice *choice, SvCvss *cvss)
{
  cvss->score = cvss->base_score = fmax (0, base_score (choice, FALSE));
  if (sv_cvss_group_is_defined (&sv_cvss2, choice, SV_CVSS_TEMPORAL))
    cvss->score = cvss->temporal_score = fmax (0, temporal_score (choice, cvss->base_score));
  if (sv_cvss_group_is_defined (&sv_cvss2, choice, SV_CVSS_ENVIRONMENTAL))
    cvss->score = cvss->environmental_score = fmax (0, environmental_score (choice));
}

const SvCvssStandard sv_cvss2 = {
    .version = "2.0",
    .prefix = "",
    .metrics = metrics,
    .n_metrics = N_METRICS,
    .ordered = TRUE,
    .whole_groups = TRUE,
    .score = score,
};
