#include "advisory/test_feed.h"

#include <math.h>

static const SvEpss *
get_epss (const TestFeed *feed, guint index)
{
  g_assert_no_error (feed->error);
  g_assert_cmpuint (index, <, feed->records[SV_FEED_EPSS]->len);
  return feed->records[SV_FEED_EPSS]->pdata[index];
}

static void
test_layouts (void)
{
  const struct {
    const char *text;
    double percentile;
    const char *date;
  } cases[] = {
      {"cve,epss\nCVE-2026-0001,0.25\n", NAN, NULL},
      {"cve,epss,percentile\nCVE-2026-0001,0.25,0.5\n", 0.5, NULL},
      {"#model_version:v2022.01.01,score_date:2022-02-04T00:00:00+0000\ncve,epss,percentile\n"
       "CVE-2026-0001,0.25,0.5\n",
       0.5, "2022-02-04"},
      {"CVE-2026-0001;0.250000000;0.500000000\n", 0.5, NULL},
      {"CVE-2026-0001;0.25;0.5", 0.5, NULL},
      {"CVE-2026-0001,0.25,0.5\r\n", 0.5, NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (TestFeed) feed;
    g_test_message ("%s", cases[i].text);
    test_feed_read_text ("epss", cases[i].text, &feed);
    const SvEpss *epss = get_epss (&feed, 0);
    g_assert_cmpfloat (epss->score, ==, 0.25);
    g_assert_true (isnan (cases[i].percentile) ? isnan (epss->percentile)
                                               : epss->percentile == cases[i].percentile);
    g_autofree char *date =
        epss->scored_at_us != 0 ? sv_time_format_date (epss->scored_at_us) : NULL;
    g_assert_cmpstr (date, ==, cases[i].date);
  }
}

static void
test_broken_rows (void)
{
  g_auto (TestFeed) feed;
  test_feed_read_text ("epss",
                       "cve,epss,percentile\n"
                       "foo,0.1,0.1\nCVE-2026-0001,1.1,0.1\nCVE-2026-0001,-0.1,0.1\n"
                       "CVE-2026-0001,nan,0.1\nCVE-2026-0001,,0.1\nCVE-2026-0001,0.1,x\n"
                       "CVE-2026-0001\nCVE-2026-0001,0.1x,0.1\nCVE-2026-0002,1,0\n",
                       &feed);
  g_assert_cmpuint (feed.skips->len, ==, 8);
  g_assert_nonnull (strstr (feed.skips->pdata[0], ":2: no CVE id"));
  g_assert_cmpuint (feed.records[SV_FEED_EPSS]->len, ==, 1);
}

static void
test_nonsense_ends (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i <= SV_LIMIT_FEED_SKIPPED; i++)
    g_string_append (text, "no,row\n");
  g_auto (TestFeed) feed;
  test_feed_read_text ("epss", text->str, &feed);
  g_assert_error (feed.error, SV_ERROR, SV_ERROR_LIMIT);

  g_autoptr (GString) wide = g_string_new ("a");
  for (guint i = 0; i <= SV_LIMIT_CSV_FIELDS; i++)
    g_string_append (wide, ",a");
  g_auto (TestFeed) fields;
  test_feed_read_text ("epss", wide->str, &fields);
  g_assert_error (fields.error, SV_ERROR, SV_ERROR_LIMIT);

  g_autoptr (GString) quoted = g_string_new ("\"");
  while (quoted->len <= 2 * SV_LIMIT_CSV_ROW_BYTES)
    g_string_append (quoted, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n");
  g_auto (TestFeed) row;
  test_feed_read_text ("epss", quoted->str, &row);
  g_assert_error (row.error, SV_ERROR, SV_ERROR_LIMIT);
}

static void
test_official (void)
{
  const struct {
    const char *file;
    guint rows;
    double first;
    const char *date;
  } cases[] = {{"epss/official-layout/epss_scores-2021-04-14.csv.gz", 2, 0.65117, NULL},
               {"epss/official-layout/epss_scores-2021-09-01.csv.gz", 2, 0.65117, NULL},
               {"epss/official-layout/epss_scores-2022-02-04.csv.gz", 2, 0.96817, "2022-02-04"},
               {"epss/official-layout/epss_scores-2023-03-07.csv.gz", 2, 0.97567, "2023-03-07"},
               {"epss/official-layout/claircore-data.csv", 29, 0.91963, "2024-10-25"}};
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = test_data_path (cases[i].file);
    if (path == NULL)
      return;
    g_auto (TestFeed) feed;
    test_feed_read_path ("epss", path, &feed);
    g_assert_cmpuint (feed.records[SV_FEED_EPSS]->len, ==, cases[i].rows);
    g_assert_cmpfloat (get_epss (&feed, 0)->score, ==, cases[i].first);
    gint64 scored_at_us = get_epss (&feed, 0)->scored_at_us;
    g_autofree char *date = scored_at_us != 0 ? sv_time_format_date (scored_at_us) : NULL;
    g_assert_cmpstr (date, ==, cases[i].date);
  }
}

static void
test_whole (void)
{
  g_autofree char *path = test_data_path ("epss/epss-2026-08-16.semicolon.csv.zst");
  if (path == NULL)
    return;
  g_auto (TestFeed) feed;
  double sum = 0;
  test_feed_read_path ("epss", path, &feed);
  g_assert_cmpuint (feed.records[SV_FEED_EPSS]->len, ==, 360142);
  g_assert_cmpuint (feed.skips->len, ==, 0);
  for (guint i = 0; i < feed.records[SV_FEED_EPSS]->len; i++)
    sum += get_epss (&feed, i)->score;
  g_assert_cmpfloat_with_epsilon (sum, 10177.482159996485, 1e-6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/epss/layouts", test_layouts);
  g_test_add_func ("/epss/pitfall-107-broken-rows", test_broken_rows);
  g_test_add_func ("/epss/promise-s39-nonsense-ends", test_nonsense_ends);
  g_test_add_func ("/epss/data/official", test_official);
  g_test_add_func ("/epss/data/whole", test_whole);
  return g_test_run ();
}
