#include "pkg/cvss_standard.h"

#include <math.h>

enum { AV, AC, AT, PR, UI, VC, VI, VA, SC, SI, SA, N_BASE };
enum { E = N_BASE, CR, IR, AR, MODIFIED };
enum { SUPPLEMENT = MODIFIED + N_BASE, N_METRICS = SUPPLEMENT + 6 };

/* Weights are severity levels: how many steps below the worst value of the metric. "Not defined"
 * stands for the worst. A modified metric has the values of its base metric behind "not defined";
 * only modified SI and SA know "safety", which is one step worse than "high". */
#define VALUES_AV                                                                                  \
  {"N", 0}, {"A", 1}, {"L", 2},                                                                    \
  {                                                                                                \
    "P", 3                                                                                         \
  }
#define VALUES_AC                                                                                  \
  {"L", 0},                                                                                        \
  {                                                                                                \
    "H", 1                                                                                         \
  }
#define VALUES_AT                                                                                  \
  {"N", 0},                                                                                        \
  {                                                                                                \
    "P", 1                                                                                         \
  }
#define VALUES_PR                                                                                  \
  {"N", 0}, {"L", 1},                                                                              \
  {                                                                                                \
    "H", 2                                                                                         \
  }
#define VALUES_UI                                                                                  \
  {"N", 0}, {"P", 1},                                                                              \
  {                                                                                                \
    "A", 2                                                                                         \
  }
#define VALUES_VULNERABLE                                                                          \
  {"H", 0}, {"L", 1},                                                                              \
  {                                                                                                \
    "N", 2                                                                                         \
  }
#define VALUES_SUBSEQUENT                                                                          \
  {"H", 1}, {"L", 2},                                                                              \
  {                                                                                                \
    "N", 3                                                                                         \
  }
#define REQUIREMENT                                                                                \
  {                                                                                                \
    UNDEFINED, {"H", 0}, {"M", 1},                                                                 \
    {                                                                                              \
      "L", 2                                                                                       \
    }                                                                                              \
  }
#define UNDEFINED                                                                                  \
  {                                                                                                \
    "X", 0                                                                                         \
  }
#define BASE(name, ...)                                                                            \
  {                                                                                                \
    name, SV_CVSS_BASE,                                                                            \
    {                                                                                              \
      __VA_ARGS__                                                                                  \
    }                                                                                              \
  }
#define CHANGED(name, ...)                                                                         \
  {                                                                                                \
    name, SV_CVSS_ENVIRONMENTAL,                                                                   \
    {                                                                                              \
      UNDEFINED, __VA_ARGS__                                                                       \
    }                                                                                              \
  }
#define REMARK(name, ...)                                                                          \
  {                                                                                                \
    name, SV_CVSS_SUPPLEMENTAL,                                                                    \
    {                                                                                              \
      UNDEFINED, __VA_ARGS__                                                                       \
    }                                                                                              \
  }

static const SvCvssMetric metrics[N_METRICS] = {
    [AV] = BASE ("AV", VALUES_AV),
    [AC] = BASE ("AC", VALUES_AC),
    [AT] = BASE ("AT", VALUES_AT),
    [PR] = BASE ("PR", VALUES_PR),
    [UI] = BASE ("UI", VALUES_UI),
    [VC] = BASE ("VC", VALUES_VULNERABLE),
    [VI] = BASE ("VI", VALUES_VULNERABLE),
    [VA] = BASE ("VA", VALUES_VULNERABLE),
    [SC] = BASE ("SC", VALUES_SUBSEQUENT),
    [SI] = BASE ("SI", VALUES_SUBSEQUENT),
    [SA] = BASE ("SA", VALUES_SUBSEQUENT),
    [E] = {"E", SV_CVSS_TEMPORAL, {UNDEFINED, {"A", 0}, {"P", 1}, {"U", 2}}},
    [CR] = {"CR", SV_CVSS_ENVIRONMENTAL, REQUIREMENT},
    [IR] = {"IR", SV_CVSS_ENVIRONMENTAL, REQUIREMENT},
    [AR] = {"AR", SV_CVSS_ENVIRONMENTAL, REQUIREMENT},
    [MODIFIED + AV] = CHANGED ("MAV", VALUES_AV),
    [MODIFIED + AC] = CHANGED ("MAC", VALUES_AC),
    [MODIFIED + AT] = CHANGED ("MAT", VALUES_AT),
    [MODIFIED + PR] = CHANGED ("MPR", VALUES_PR),
    [MODIFIED + UI] = CHANGED ("MUI", VALUES_UI),
    [MODIFIED + VC] = CHANGED ("MVC", VALUES_VULNERABLE),
    [MODIFIED + VI] = CHANGED ("MVI", VALUES_VULNERABLE),
    [MODIFIED + VA] = CHANGED ("MVA", VALUES_VULNERABLE),
    [MODIFIED + SC] = CHANGED ("MSC", VALUES_SUBSEQUENT),
    [MODIFIED + SI] = CHANGED ("MSI", VALUES_SUBSEQUENT, {"S", 0}),
    [MODIFIED + SA] = CHANGED ("MSA", VALUES_SUBSEQUENT, {"S", 0}),
    [SUPPLEMENT] = REMARK ("S", {"N", 0}, {"P", 0}),
    [SUPPLEMENT + 1] = REMARK ("AU", {"N", 0}, {"Y", 0}),
    [SUPPLEMENT + 2] = REMARK ("R", {"A", 0}, {"U", 0}, {"I", 0}),
    [SUPPLEMENT + 3] = REMARK ("V", {"D", 0}, {"C", 0}),
    [SUPPLEMENT + 4] = REMARK ("RE", {"L", 0}, {"M", 0}, {"H", 0}),
    [SUPPLEMENT + 5] = REMARK ("U", {"Clear", 0}, {"Green", 0}, {"Amber", 0}, {"Red", 0}),
};

/* Severity levels, metric by metric, of the requirement-adjusted and modified vector. */
typedef struct {
  guint8 level[MODIFIED];
} Levels;

/* Macro vector: one digit for each set of equivalent vectors. EQ3 and EQ6 are scored together. */
typedef enum { EQ1, EQ2, EQ3, EQ4, EQ5, EQ6, N_EQ } Eq;
typedef struct {
  guint8 digit[N_EQ];
} Macro;

/* Tenths of a point by EQ1, EQ2, EQ3, and then EQ4 * 6 + EQ5 * 2 + EQ6. 0: no such vector, as EQ3
 * at 2 (no high impact) rules out EQ6 at 0 (a high impact that matters). */
static const guint8 macro_scores[3][2][3][18] = {
    {{{100, 99, 98, 95, 95, 92, 100, 96, 93, 87, 91, 81, 93, 90, 89, 80, 81, 68},
      {98, 95, 95, 92, 90, 84, 93, 92, 89, 81, 81, 65, 88, 80, 78, 70, 69, 48},
      {0, 92, 0, 82, 0, 72, 0, 79, 0, 69, 0, 50, 0, 69, 0, 55, 0, 27}},
     {{99, 97, 95, 92, 92, 85, 95, 91, 90, 83, 84, 71, 92, 81, 82, 71, 72, 53},
      {95, 93, 92, 85, 85, 73, 92, 82, 80, 72, 70, 59, 84, 70, 71, 52, 50, 30},
      {0, 86, 0, 75, 0, 52, 0, 71, 0, 52, 0, 29, 0, 63, 0, 29, 0, 17}}},
    {{{98, 95, 94, 87, 91, 81, 94, 89, 86, 74, 77, 64, 87, 75, 74, 63, 63, 49},
      {94, 89, 88, 77, 76, 67, 86, 76, 74, 58, 59, 50, 72, 57, 57, 52, 52, 25},
      {0, 83, 0, 70, 0, 54, 0, 65, 0, 58, 0, 26, 0, 53, 0, 21, 0, 13}},
     {{95, 90, 88, 76, 76, 70, 90, 77, 75, 62, 61, 53, 77, 66, 68, 59, 52, 30},
      {89, 78, 76, 67, 62, 58, 74, 59, 57, 57, 47, 23, 61, 52, 57, 29, 24, 16},
      {0, 71, 0, 59, 0, 30, 0, 58, 0, 26, 0, 15, 0, 23, 0, 13, 0, 6}}},
    {{{93, 87, 86, 72, 75, 58, 86, 74, 74, 61, 56, 34, 70, 54, 52, 40, 40, 22},
      {85, 75, 74, 55, 62, 51, 72, 57, 55, 41, 46, 19, 53, 36, 34, 19, 19, 8},
      {0, 64, 0, 51, 0, 20, 0, 47, 0, 21, 0, 11, 0, 24, 0, 9, 0, 4}},
     {{88, 75, 73, 53, 60, 50, 73, 55, 59, 40, 41, 20, 54, 43, 45, 22, 20, 11},
      {75, 55, 58, 45, 40, 21, 61, 51, 48, 18, 20, 9, 46, 18, 17, 7, 8, 2},
      {0, 53, 0, 24, 0, 14, 0, 24, 0, 12, 0, 5, 0, 10, 0, 3, 0, 1}}},
};

/* One dimension along which a vector lies below the worst vectors of its macro vector. */
typedef struct {
  const char *worst[6]; /* level digits of @metrics, in the order in which they are tried */
  guint8 depth;         /* steps from the worst to the least vector of the set */
} Set;

typedef struct {
  guint8 metrics[6];
  guint8 n_metrics;
} Dimension;

static const Dimension dimension_1 = {{AV, PR, UI}, 3}, dimension_2 = {{AC, AT}, 2},
                       dimension_36 = {{VC, VI, VA, CR, IR, AR}, 6},
                       dimension_4 = {{SC, SI, SA}, 3};

static const Set sets_1[] = {{{"000"}, 1}, {{"100", "010", "001"}, 4}, {{"300", "111"}, 5}};
static const Set sets_2[] = {{{"00"}, 1}, {{"10", "01"}, 2}};
static const Set sets_36[3][2] = {
    {{{"000000"}, 7}, {{"001110", "000111"}, 6}},
    {{{"100000", "010000"}, 8}, {{"101010", "100011", "010101", "011100", "110001"}, 8}},
    {{{NULL}, 0}, {{"111000"}, 10}},
};
static const Set sets_4[] = {{{"100"}, 6}, {{"111"}, 5}, {{"222"}, 4}};

static Levels
find_levels (const SvCvssChoice *choice)
{
  Levels levels;
  for (guint i = 0; i < N_BASE; i++) {
    guint metric = choice->value[MODIFIED + i] != 0 ? MODIFIED + i : i;
    levels.level[i] = (guint8)sv_cvss_weight (metrics, choice, metric);
  }
  for (guint i = E; i < MODIFIED; i++)
    levels.level[i] = (guint8)sv_cvss_weight (metrics, choice, i);
  return levels;
}

static guint8
find_eq1 (const guint8 *level)
{
  guint n_worst = (level[AV] == 0) + (level[PR] == 0) + (level[UI] == 0);
  if (n_worst == 3)
    return 0;
  return n_worst > 0 && level[AV] != 3 ? 1 : 2;
}

static guint8
find_eq3 (const guint8 *level)
{
  if (level[VC] == 0 && level[VI] == 0)
    return 0;
  return level[VC] == 0 || level[VI] == 0 || level[VA] == 0 ? 1 : 2;
}

static gboolean
is_high_where_required (const guint8 *level)
{
  return (level[CR] == 0 && level[VC] == 0) || (level[IR] == 0 && level[VI] == 0) ||
         (level[AR] == 0 && level[VA] == 0);
}

static Macro
find_macro (const guint8 *level)
{
  return (Macro){{
      [EQ1] = find_eq1 (level),
      [EQ2] = level[AC] == 0 && level[AT] == 0 ? 0 : 1,
      [EQ3] = find_eq3 (level),
      [EQ4] = MIN (MIN (level[SC], level[SI]), MIN (level[SA], 2)),
      [EQ5] = level[E],
      [EQ6] = is_high_where_required (level) ? 0 : 1,
  }};
}

/* Score of the macro vector that is @steps lower in @eq; 0 if there is none. */
static double
lookup (Macro macro, Eq eq, guint steps)
{
  static const guint8 n_digits[N_EQ] = {3, 2, 3, 3, 3, 2};
  guint8 *digit = macro.digit;
  digit[eq] += steps;
  if (digit[eq] >= n_digits[eq])
    return 0;
  guint column = digit[EQ4] * 6u + digit[EQ5] * 2u + digit[EQ6];
  return macro_scores[digit[EQ1]][digit[EQ2]][digit[EQ3]][column] / 10.0;
}

/* The next lower score along EQ3 and EQ6, which step one at a time: the better one counts. */
static double
lookup_36 (Macro macro)
{
  return fmax (lookup (macro, EQ3, 1), lookup (macro, EQ6, 1));
}

/* Steps from @worst down to the vector, or -1 if the vector is worse in any metric. */
static int
find_distance (const Dimension *dimension, const char *worst, const guint8 *level)
{
  int sum = 0;
  for (guint i = 0; i < dimension->n_metrics; i++) {
    int steps = level[dimension->metrics[i]] - (worst[i] - '0');
    if (steps < 0)
      return -1;
    sum += steps;
  }
  return sum;
}

/* How far down its set the vector lies: 0 at the worst, towards 1. */
static double
find_depth (const Dimension *dimension, const Set *set, const guint8 *level)
{
  for (guint i = 0; i < G_N_ELEMENTS (set->worst) && set->worst[i] != NULL; i++) {
    int distance = find_distance (dimension, set->worst[i], level);
    if (distance >= 0)
      return (double)distance / set->depth;
  }
  return 0;
}

static double
interpolate (const guint8 *level, Macro macro)
{
  const guint8 *digit = macro.digit;
  double value = lookup (macro, EQ1, 0);
  const struct {
    double next, depth;
  } ways[] = {
      {lookup (macro, EQ1, 1), find_depth (&dimension_1, &sets_1[digit[EQ1]], level)},
      {lookup (macro, EQ2, 1), find_depth (&dimension_2, &sets_2[digit[EQ2]], level)},
      {lookup_36 (macro), find_depth (&dimension_36, &sets_36[digit[EQ3]][digit[EQ6]], level)},
      {lookup (macro, EQ4, 1), find_depth (&dimension_4, &sets_4[digit[EQ4]], level)},
      {lookup (macro, EQ5, 1), 0},
  };
  double sum = 0;
  guint n_ways = 0;
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (ways[i].next > 0 && ways[i].next <= value) {
      sum += (value - ways[i].next) * ways[i].depth;
      n_ways++;
    }
  return n_ways == 0 ? value : value - sum / n_ways;
}

static double
score_choice (const SvCvssChoice *choice)
{
  Levels levels = find_levels (choice);
  const guint8 *level = levels.level;
  if (level[VC] == 2 && level[VI] == 2 && level[VA] == 2 && level[SC] == 3 && level[SI] == 3 &&
      level[SA] == 3)
    return 0;
  double value = CLAMP (interpolate (level, find_macro (level)), 0.0, 10.0);
  return round ((value + 1e-6) * 10) / 10;
}

static void
score (const SvCvssChoice *choice, SvCvss *cvss)
{
  SvCvssChoice base = {.given = choice->given};
  memcpy (base.value, choice->value, N_BASE);
  cvss->base_score = score_choice (&base);
  cvss->score = score_choice (choice);
}

const SvCvssStandard sv_cvss4 = {
    .version = "4.0",
    .prefix = "CVSS:4.0/",
    .metrics = metrics,
    .n_metrics = N_METRICS,
    .ordered = TRUE,
    .score = score,
};
