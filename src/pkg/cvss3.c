#include "pkg/cvss_standard.h"

#include <math.h>

enum { AV, AC, PR, UI, S, C, I, A, N_BASE };
enum { E = N_BASE, RL, RC, CR, IR, AR, MODIFIED, N_METRICS = MODIFIED + N_BASE };
enum { UNCHANGED, CHANGED };

/* A modified metric has the values of its base metric behind "not defined". */
#define VALUES_AV                                                                                  \
  {"N", 0.85}, {"A", 0.62}, {"L", 0.55},                                                           \
  {                                                                                                \
    "P", 0.2                                                                                       \
  }
#define VALUES_AC                                                                                  \
  {"L", 0.77},                                                                                     \
  {                                                                                                \
    "H", 0.44                                                                                      \
  }
#define VALUES_PR                                                                                  \
  {"N", 0.85}, {"L", 0.62},                                                                        \
  {                                                                                                \
    "H", 0.27                                                                                      \
  }
#define VALUES_UI                                                                                  \
  {"N", 0.85},                                                                                     \
  {                                                                                                \
    "R", 0.62                                                                                      \
  }
#define VALUES_S                                                                                   \
  {"U", UNCHANGED},                                                                                \
  {                                                                                                \
    "C", CHANGED                                                                                   \
  }
#define VALUES_IMPACT                                                                              \
  {"H", 0.56}, {"L", 0.22},                                                                        \
  {                                                                                                \
    "N", 0.0                                                                                       \
  }
#define REQUIREMENT                                                                                \
  {                                                                                                \
    {"X", 1.0}, {"H", 1.5}, {"M", 1.0},                                                            \
    {                                                                                              \
      "L", 0.5                                                                                     \
    }                                                                                              \
  }
#define UNDEFINED                                                                                  \
  {                                                                                                \
    "X", 1.0                                                                                       \
  }

static const double privileges_if_changed[] = {0.85, 0.68, 0.5};

static const SvCvssMetric metrics[N_METRICS] = {
    [AV] = {"AV", SV_CVSS_BASE, {VALUES_AV}},
    [AC] = {"AC", SV_CVSS_BASE, {VALUES_AC}},
    [PR] = {"PR", SV_CVSS_BASE, {VALUES_PR}},
    [UI] = {"UI", SV_CVSS_BASE, {VALUES_UI}},
    [S] = {"S", SV_CVSS_BASE, {VALUES_S}},
    [C] = {"C", SV_CVSS_BASE, {VALUES_IMPACT}},
    [I] = {"I", SV_CVSS_BASE, {VALUES_IMPACT}},
    [A] = {"A", SV_CVSS_BASE, {VALUES_IMPACT}},
    [E] = {"E", SV_CVSS_TEMPORAL, {UNDEFINED, {"H", 1.0}, {"F", 0.97}, {"P", 0.94}, {"U", 0.91}}},
    [RL] = {"RL", SV_CVSS_TEMPORAL, {UNDEFINED, {"U", 1.0}, {"W", 0.97}, {"T", 0.96}, {"O", 0.95}}},
    [RC] = {"RC", SV_CVSS_TEMPORAL, {UNDEFINED, {"C", 1.0}, {"R", 0.96}, {"U", 0.92}}},
    [CR] = {"CR", SV_CVSS_ENVIRONMENTAL, REQUIREMENT},
    [IR] = {"IR", SV_CVSS_ENVIRONMENTAL, REQUIREMENT},
    [AR] = {"AR", SV_CVSS_ENVIRONMENTAL, REQUIREMENT},
    [MODIFIED + AV] = {"MAV", SV_CVSS_ENVIRONMENTAL, {UNDEFINED, VALUES_AV}},
    [MODIFIED + AC] = {"MAC", SV_CVSS_ENVIRONMENTAL, {UNDEFINED, VALUES_AC}},
    [MODIFIED + PR] = {"MPR", SV_CVSS_ENVIRONMENTAL, {UNDEFINED, VALUES_PR}},
    [MODIFIED + UI] = {"MUI", SV_CVSS_ENVIRONMENTAL, {UNDEFINED, VALUES_UI}},
    [MODIFIED + S] = {"MS", SV_CVSS_ENVIRONMENTAL, {UNDEFINED, VALUES_S}},
    [MODIFIED + C] = {"MC", SV_CVSS_ENVIRONMENTAL, {UNDEFINED, VALUES_IMPACT}},
    [MODIFIED + I] = {"MI", SV_CVSS_ENVIRONMENTAL, {UNDEFINED, VALUES_IMPACT}},
    [MODIFIED + A] = {"MA", SV_CVSS_ENVIRONMENTAL, {UNDEFINED, VALUES_IMPACT}},
};

/* In what 3.0 and 3.1 differ. */
typedef struct {
  double (*round_up) (double score);
  double modified_factor; /* of the impact in the formula of a changed modified scope */
  double modified_power;
} Rules;

/* The smallest number with one decimal that is not below @score. Sums of short decimals are never
 * closer than 1e-9 above a tenth, except by the error of binary fractions. */
static double
round_up_30 (double score)
{
  return score > 0 ? ceil (score * 10 - 1e-9) / 10 : 0;
}

/* 3.1 defines rounding in integers of five decimals, so that everybody gets the same. */
static double
round_up_31 (double score)
{
  gint64 parts = llround (score * 100000);
  gint64 tenths = parts / 10000 + (parts % 10000 != 0);
  return (double)tenths / 10;
}

static const Rules rules_30 = {round_up_30, 1.0, 15};
static const Rules rules_31 = {round_up_31, 0.9731, 13};

static double
weight (const SvCvssChoice *choice, guint metric)
{
  return sv_cvss_weight (metrics, choice, metric);
}

static double
exploitability (const SvCvssChoice *choice)
{
  double privileges =
      choice->value[S] == CHANGED ? privileges_if_changed[choice->value[PR]] : weight (choice, PR);
  return 8.22 * weight (choice, AV) * weight (choice, AC) * privileges * weight (choice, UI);
}

/* From impact sub-score to score, for base and environment alike. */
static double
combine (const SvCvssChoice *choice, double impact, const Rules *rules)
{
  double factor = choice->value[S] == CHANGED ? 1.08 : 1;
  if (impact <= 0)
    return 0;
  return rules->round_up (MIN (factor * (impact + exploitability (choice)), 10));
}

static double
base_score (const SvCvssChoice *choice, const Rules *rules)
{
  double loss = 1 - (1 - weight (choice, C)) * (1 - weight (choice, I)) * (1 - weight (choice, A));
  double impact = choice->value[S] == CHANGED ? 7.52 * (loss - 0.029) - 3.25 * pow (loss - 0.02, 15)
                                              : 6.42 * loss;
  return combine (choice, impact, rules);
}

static double
modified_score (const SvCvssChoice *choice, const Rules *rules)
{
  double kept = 1;
  for (guint i = 0; i < 3; i++)
    kept *= 1 - weight (choice, C + i) * weight (choice, CR + i);
  double loss = MIN (1 - kept, 0.915);
  double changed = 7.52 * (loss - 0.029) -
                   3.25 * pow (loss * rules->modified_factor - 0.02, rules->modified_power);
  return combine (choice, choice->value[S] == CHANGED ? changed : 6.42 * loss, rules);
}

static SvCvssChoice
apply_modified (const SvCvssChoice *choice)
{
  SvCvssChoice effective = *choice;
  for (guint i = 0; i < N_BASE; i++)
    if (choice->value[MODIFIED + i] != 0)
      effective.value[i] = choice->value[MODIFIED + i] - 1;
  return effective;
}

static void
score (const SvCvssChoice *choice, const SvCvssStandard *standard, const Rules *rules, SvCvss *cvss)
{
  SvCvssChoice effective = apply_modified (choice);
  double temporal = weight (choice, E) * weight (choice, RL) * weight (choice, RC);
  cvss->base_score = base_score (choice, rules);
  cvss->temporal_score = rules->round_up (cvss->base_score * temporal);
  cvss->environmental_score = rules->round_up (modified_score (&effective, rules) * temporal);
  cvss->score = sv_cvss_group_is_defined (standard, choice, SV_CVSS_ENVIRONMENTAL)
                    ? cvss->environmental_score
                    : cvss->temporal_score;
}

static void
score_30 (const SvCvssChoice *choice, SvCvss *cvss)
{
  score (choice, &sv_cvss30, &rules_30, cvss);
}

static void
score_31 (const SvCvssChoice *choice, SvCvss *cvss)
{
  score (choice, &sv_cvss31, &rules_31, cvss);
}

const SvCvssStandard sv_cvss30 = {
    .version = "3.0",
    .prefix = "CVSS:3.0/",
    .metrics = metrics,
    .n_metrics = N_METRICS,
    .score = score_30,
};

const SvCvssStandard sv_cvss31 = {
    .version = "3.1",
    .prefix = "CVSS:3.1/",
    .metrics = metrics,
    .n_metrics = N_METRICS,
    .score = score_31,
};
