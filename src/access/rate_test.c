#include "access/rate.h"

#define S SV_SECOND_US

static void
test_bucket (void)
{
  g_autoptr (SvRate) rate = sv_rate_new (&(SvRateOptions){.burst = 3, .refill_us = 10 * S});
  gint64 now = 1000 * S;
  for (int i = 0; i < 3; i++)
    g_assert_cmpint (sv_rate_take (rate, "ann", now), ==, 0);
  gint64 wait = sv_rate_take (rate, "ann", now);
  g_assert_cmpint (wait, >, 9 * S);
  g_assert_cmpint (wait, <=, 10 * S + 1);
  g_assert_cmpint (sv_rate_take (rate, "bob", now), ==, 0); /* others need not wait */
  g_assert_cmpint (sv_rate_take (rate, "ann", now + wait), ==, 0);
  g_assert_cmpint (sv_rate_take (rate, "ann", now + wait), >, 0);
}

static void
test_burst_is_the_end (void)
{
  g_autoptr (SvRate) rate = sv_rate_new (&(SvRateOptions){.burst = 3, .refill_us = S});
  g_assert_cmpint (sv_rate_take (rate, "ann", S), ==, 0);
  for (int i = 0; i < 100; i++)
    sv_rate_give_back (rate, "ann");
  guint n = 0;
  while (sv_rate_take (rate, "ann", 1000000 * S) == 0)
    n++;
  g_assert_cmpuint (n, ==, 3);
}

static void
test_clock_steps_back (void)
{
  g_autoptr (SvRate) rate = sv_rate_new (&(SvRateOptions){.burst = 1, .refill_us = S});
  g_assert_cmpint (sv_rate_take (rate, "ann", 100 * S), ==, 0);
  g_assert_cmpint (sv_rate_take (rate, "ann", 50 * S), >, 0);
  g_assert_cmpint (sv_rate_take (rate, "ann", 100 * S), >, 0);
  g_assert_cmpint (sv_rate_take (rate, "ann", 101 * S), ==, 0);
}

/* A flood of names neither takes memory nor frees the one that is held back. */
static void
test_flood (void)
{
  g_autoptr (SvRate) rate = sv_rate_new (&(SvRateOptions){.burst = 2, .refill_us = 1000 * S});
  while (sv_rate_take (rate, "ann", S) == 0)
    ;
  guint free_others = 0;
  for (int i = 0; i < 100000; i++) {
    g_autofree char *name = g_strdup_printf ("name-%d", i);
    free_others += sv_rate_take (rate, name, S) == 0;
  }
  g_assert_cmpuint (free_others, <=, 2 * SV_LIMIT_RATE_BUCKETS);
  g_assert_cmpint (sv_rate_take (rate, "ann", S), >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate/bucket", test_bucket);
  g_test_add_func ("/rate/burst", test_burst_is_the_end);
  g_test_add_func ("/rate/clock", test_clock_steps_back);
  g_test_add_func ("/rate/flood", test_flood);
  return g_test_run ();
}
