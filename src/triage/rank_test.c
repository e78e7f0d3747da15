#include "triage/triage.h"

#include <math.h>

/* One row is ranked before the next, each for one reason. */
static const SvRank ladder[] = {
    {TRUE, SV_SSVC_IMMEDIATE, 500, 0.1, 1, .name = "m"},
    {TRUE, SV_SSVC_SCHEDULED, 100, 0.9, 9, .name = "m"},  /* outcome over date */
    {FALSE, SV_SSVC_IMMEDIATE, 100, 0.9, 9, .name = "m"}, /* exploited over outcome */
    {FALSE, SV_SSVC_DEFER, 200, 0.1, 9, .name = "m"},     /* outcome */
    {FALSE, SV_SSVC_DEFER, 300, 0.9, 9, .name = "m"},     /* date over EPSS */
    {FALSE, SV_SSVC_DEFER, 0, 0.9, 5, .name = "m"},       /* no date comes last */
    {FALSE, SV_SSVC_DEFER, 0, 0.8, 9, .name = "m"},       /* EPSS over CVSS */
    {FALSE, SV_SSVC_DEFER, 0, 0.0, 9, .name = "m"},
    {FALSE, SV_SSVC_DEFER, 0, NAN, 10, .name = "m"}, /* unknown behind zero */
    {FALSE, SV_SSVC_DEFER, 0, NAN, 9, .name = "a"},  /* CVSS over name */
    {FALSE, SV_SSVC_DEFER, 0, NAN, 0, .name = "a"},
    {FALSE, SV_SSVC_DEFER, 0, NAN, NAN, SV_REACH_NETWORK, 0, 0, "z"},
    {FALSE, SV_SSVC_DEFER, 0, NAN, NAN, SV_REACH_LOCAL, 9, 9, "z"}, /* reach over urgency */
    {FALSE, SV_SSVC_DEFER, 0, NAN, NAN, SV_REACH_NOT_SEEN, 9, 0, "z"},
    {FALSE, SV_SSVC_DEFER, 0, NAN, NAN, SV_REACH_NOT_SEEN, 1, 9, "z"}, /* urgency over number */
    {FALSE, SV_SSVC_DEFER, 0, NAN, NAN, SV_REACH_NOT_SEEN, 0, 9, "z"},
    {FALSE, SV_SSVC_DEFER, 0, NAN, NAN, .name = "B"}, /* bytes, not the locale */
    {FALSE, SV_SSVC_DEFER, 0, NAN, NAN, .name = "a"},
    {FALSE, SV_SSVC_DEFER, 0, NAN, NAN, .name = "aa"},
};

static void
test_ladder (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ladder); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (ladder); k++)
      g_assert_cmpint (sv_rank_compare (&ladder[i], &ladder[k]), ==, (i > k) - (i < k));
}

/* Few values each, so that ties at every level are common. */
static SvRank
random_rank (const char *name)
{
  static const double scores[] = {NAN, 0, 0.5, 1};
  return (SvRank){.exploited = g_test_rand_int_range (0, 2) * 7,
                  .ssvc = g_test_rand_int_range (0, 5),
                  .due_at_us = g_test_rand_int_range (0, 4) * SV_DAY_US,
                  .epss = scores[g_test_rand_int_range (0, 4)],
                  .cvss = scores[g_test_rand_int_range (0, 4)],
                  .name = name};
}

static int
compare_pointers (gconstpointer a, gconstpointer b)
{
  return sv_rank_compare (*(const SvRank *const *)a, *(const SvRank *const *)b);
}

static void
shuffle (GPtrArray *list)
{
  for (guint i = list->len - 1; i > 0; i--) {
    guint k = (guint)g_test_rand_int_range (0, (gint)i + 1);
    gpointer kept = list->pdata[i];
    list->pdata[i] = list->pdata[k];
    list->pdata[k] = kept;
  }
}

#define N 150
typedef struct {
  char names[N][8];
  SvRank ranks[N];
} Crowd;

static void
fill (Crowd *crowd)
{
  for (guint i = 0; i < N; i++) {
    g_snprintf (crowd->names[i], sizeof crowd->names[i], "p%u", i);
    crowd->ranks[i] = random_rank (crowd->names[i]);
  }
}

static void
test_total_order (void)
{
  g_autofree Crowd *crowd = g_new0 (Crowd, 1);
  fill (crowd);
  const SvRank *r = crowd->ranks;
  for (guint a = 0; a < N; a++)
    for (guint b = 0; b < N; b++) {
      int order = sv_rank_compare (&r[a], &r[b]);
      g_assert_cmpint (order, ==, -sv_rank_compare (&r[b], &r[a]));
      g_assert_cmpint (order == 0, ==, a == b);
      for (guint c = 0; order < 0 && c < N; c++)
        if (sv_rank_compare (&r[b], &r[c]) < 0)
          g_assert_cmpint (sv_rank_compare (&r[a], &r[c]), <, 0);
    }
}

static void
test_arrival (void)
{
  g_autofree Crowd *crowd = g_new0 (Crowd, 1);
  fill (crowd);
  g_autoptr (GPtrArray) first = g_ptr_array_new (), second = g_ptr_array_new ();
  for (guint i = 0; i < N; i++) {
    g_ptr_array_add (first, &crowd->ranks[i]);
    g_ptr_array_add (second, &crowd->ranks[i]);
  }
  shuffle (second);
  g_ptr_array_sort (first, compare_pointers);
  g_ptr_array_sort (second, compare_pointers);
  for (guint i = 0; i < N; i++)
    g_assert_true (first->pdata[i] == second->pdata[i]);
}

/* An action ranks at least as high as each vulnerability it closes, in any order of adding. */
static void
test_add (void)
{
  for (guint round = 0; round < 200; round++) {
    SvRank parts[4];
    SvRank forward = SV_RANK_INIT ("action"), backward = SV_RANK_INIT ("action");
    for (guint i = 0; i < 4; i++) {
      parts[i] = random_rank ("zzz");
      sv_rank_add (&forward, &parts[i]);
    }
    for (guint i = 4; i > 0; i--)
      sv_rank_add (&backward, &parts[i - 1]);
    g_assert_cmpint (sv_rank_compare (&forward, &backward), ==, 0);
    for (guint i = 0; i < 4; i++)
      g_assert_cmpint (sv_rank_compare (&forward, &parts[i]), <, 0);
  }
}

static void
test_add_unknown (void)
{
  SvRank action = SV_RANK_INIT ("openssl");
  const SvRank unknown = {.epss = NAN, .cvss = NAN, .name = "CVE-1"};
  sv_rank_add (&action, &unknown);
  g_assert_true (isnan (action.epss) && isnan (action.cvss));
  g_assert_cmpint (action.due_at_us, ==, 0);
  const SvRank known = {.epss = 0, .cvss = 3.1, .due_at_us = 5, .name = "CVE-2"};
  sv_rank_add (&action, &known);
  sv_rank_add (&action, &unknown);
  g_assert_cmpfloat (action.epss, ==, 0);
  g_assert_cmpfloat (action.cvss, ==, 3.1);
  g_assert_cmpint (action.due_at_us, ==, 5);
  g_assert_cmpstr (action.name, ==, "openssl");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rank/each-reason-in-turn", test_ladder);
  g_test_add_func ("/rank/pitfall-106-strict-total-order", test_total_order);
  g_test_add_func ("/rank/pitfall-106-order-of-arrival", test_arrival);
  g_test_add_func ("/rank/action-takes-the-graver", test_add);
  g_test_add_func ("/rank/action-of-unknowns", test_add_unknown);
  return g_test_run ();
}
