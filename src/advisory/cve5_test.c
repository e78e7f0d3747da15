#include "advisory/test_feed.h"

#include <math.h>

static const SvCveFact *
get_fact (const TestFeed *feed, guint index)
{
  g_assert_no_error (feed->error);
  g_assert_cmpuint (index, <, feed->records[SV_FEED_CVE]->len);
  return feed->records[SV_FEED_CVE]->pdata[index];
}

#define V4 "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
#define V31 "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
#define V31_LOW "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"
#define V30 "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"

static void
read_record (const char *cna, const char *adp, TestFeed *feed)
{
  g_autofree char *text = g_strdup_printf (
      "{\"dataType\":\"CVE_RECORD\",\"cveMetadata\":{\"cveId\":\"CVE-2026-0001\",\"state\":"
      "\"PUBLISHED\",\"datePublished\":\"2026-01-02T03:04:05\"},"
      "\"containers\":{\"cna\":{%s},\"adp\":[%s]}}",
      cna, adp);
  test_feed_read_text ("cve5", text, feed);
}

static void
test_ssvc (void)
{
  g_auto (TestFeed) feed;
  read_record ("\"title\":\"T\"",
               "{\"metrics\":[{\"other\":{\"type\":\"ssvc\",\"content\":{\"timestamp\":"
               "\"2026-02-01T00:00:00Z\",\"options\":[{\"Exploitation\":\"Active\"},"
               "{\"Automatable\":\"YES\"},{\"Technical Impact\":\"total\"}]}}},"
               "{\"other\":{\"type\":\"ssvc\",\"content\":{\"timestamp\":\"2026-01-01T00:00:00Z\","
               "\"options\":[{\"exploitation\":\"none\"}]}}},"
               "{\"other\":{\"type\":\"kev\",\"content\":{\"dateAdded\":\"2026-01-03\"}}}]}",
               &feed);
  const SvCveFact *fact = get_fact (&feed, 0);
  g_assert_cmpstr (fact->exploitation, ==, "active");
  g_assert_cmpstr (fact->automatable, ==, "yes");
  g_assert_cmpstr (fact->technical_impact, ==, "total");
  g_autofree char *assessed = sv_time_format_date (fact->assessed_at_us);
  g_assert_cmpstr (assessed, ==, "2026-02-01"); /* the later assessment, whatever the order */
  g_assert_cmpuint (feed.records[SV_FEED_KEV]->len, ==, 1);
}

static void
test_unknown_value (void)
{
  g_auto (TestFeed) feed;
  read_record ("",
               "{\"metrics\":[{\"other\":{\"type\":\"ssvc\",\"content\":{\"options\":["
               "{\"Exploitation\":\"maybe\"},{\"Automatable\":\"no\"}]}}}]}",
               &feed);
  g_assert_null (get_fact (&feed, 0)->exploitation);
  g_assert_cmpstr (get_fact (&feed, 0)->automatable, ==, "no");
  g_assert_cmpuint (feed.skips->len, ==, 1);
}

static void
test_best_vector (void)
{
  const struct {
    const char *cna, *adp, *vector;
  } cases[] = {
      {"{\"cvssV3_1\":{\"vectorString\":\"" V31 "\"}},{\"cvssV4_0\":{\"vectorString\":\"" V4 "\"}}",
       "", V4},
      {"{\"cvssV3_0\":{\"vectorString\":\"" V30 "\"}}",
       "{\"cvssV3_1\":{\"vectorString\":\"" V31_LOW "\"}}", V31_LOW},
      {"{\"cvssV3_1\":{\"vectorString\":\"" V31 "\"}}",
       "{\"cvssV3_1\":{\"vectorString\":\"" V31_LOW "\"}}", V31},
      {"{\"cvssV3_1\":{\"vectorString\":\"CVSS:3.1/AV:?\"}}",
       "{\"cvssV3_0\":{\"vectorString\":\"" V30 "\"}}", V30},
      {"{\"cvssV2_0\":{\"vectorString\":\"AV:N/AC:L/Au:N/C:P/I:P/A:P\"}}", "",
       "AV:N/AC:L/Au:N/C:P/I:P/A:P"},
      {"{\"format\":\"CVSS\"}", "", NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (TestFeed) feed;
    g_autofree char *cna = g_strdup_printf ("\"metrics\":[%s]", cases[i].cna);
    g_autofree char *adp = g_strdup_printf ("{\"metrics\":[%s]}", cases[i].adp);
    read_record (cna, adp, &feed);
    g_assert_cmpstr (get_fact (&feed, 0)->cvss, ==, cases[i].vector);
    g_assert_true (isnan (get_fact (&feed, 0)->cvss_score) == (cases[i].vector == NULL));
  }
}

/* Trap 52: a rejected record is told by its state. */
static void
test_rejected (void)
{
  g_auto (TestFeed) feed;
  test_feed_read_text ("cve5",
                       "{\"dataType\":\"CVE_RECORD\",\"cveMetadata\":{\"cveId\":\"CVE-2026-0001\","
                       "\"state\":\"REJECTED\"},\"containers\":{\"cna\":{\"rejectedReasons\":["
                       "{\"lang\":\"en\",\"value\":\"a duplicate\"}]}}}",
                       &feed);
  g_assert_cmpstr (get_fact (&feed, 0)->state, ==, "REJECTED");
  g_assert_cmpstr (get_fact (&feed, 0)->title, ==, "a duplicate");
}

static void
test_description_for_title (void)
{
  g_autoptr (GString) words = g_string_new (NULL);
  for (guint i = 0; i < 400; i++)
    g_string_append (words, "ä");
  g_autofree char *cna = g_strdup_printf (
      "\"descriptions\":[{\"lang\":\"de\",\"value\":\"x\"},{\"lang\":\"en-US\",\"value\":\"%s\"}]",
      words->str);
  g_auto (TestFeed) feed;
  read_record (cna, "", &feed);
  const char *title = get_fact (&feed, 0)->title;
  g_assert_true (g_str_has_prefix (title, "ää"));
  g_assert_true (g_str_has_suffix (title, "ä…"));
  g_assert_cmpuint (strlen (title), <=, 303);
  g_assert_true (g_utf8_validate (title, -1, NULL));
}

static void
test_refused (void)
{
  const char *texts[] = {
      "{}",
      "[]",
      "{\"dataType\":\"CVE_RECORD\"}",
      "{\"dataType\":\"CVE_RECORD\",\"cveMetadata\":{\"cveId\":\"CVE-x\"}}",
      "{\"dataType\":\"OTHER\",\"cveMetadata\":{\"cveId\":\"CVE-2026-0001\"}}",
      "{\"dataType\":\"CVE_RECORD\",\"cveMetadata\":{\"cveId\":\"CVE-2026-0001\"},"
      "\"containers\":{\"adp\":7}}"};
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_auto (TestFeed) feed;
    g_test_message ("%s", texts[i]);
    test_feed_read_text ("cve5", texts[i], &feed);
    g_assert_error (feed.error, SV_ERROR, SV_ERROR_INVALID_DATA);
    g_assert_cmpuint (feed.skips->len, ==, 1);
  }
}

static void
test_samples (void)
{
  g_autofree char *path = test_data_path ("vulnrichment/samples/CVE-2024-3400.json");
  if (path == NULL)
    return;
  g_auto (TestFeed) feed;
  test_feed_read_path ("cve5", path, &feed);
  const SvCveFact *fact = get_fact (&feed, 0);
  g_assert_cmpstr (fact->exploitation, ==, "active"); /* "Active" in the file */
  g_assert_cmpfloat (fact->cvss_score, ==, 10);
  g_assert_cmpuint (feed.records[SV_FEED_KEV]->len, ==, 1);
}

static void
test_vulnrichment (void)
{
  g_autofree char *path = test_data_path ("vulnrichment/vulnrichment-cve5-full70.tar.zst");
  if (path == NULL)
    return;
  g_auto (TestFeed) feed;
  test_feed_read_path ("cve5", path, &feed);
  g_assert_no_error (feed.error);
  g_assert_cmpuint (feed.counts.skipped, ==, 0);
  g_assert_cmpuint (feed.records[SV_FEED_CVE]->len, ==, 30764);
  g_assert_cmpuint (feed.records[SV_FEED_KEV]->len, ==, 145);
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_CVE, "state", "REJECTED"), ==, 72);
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_CVE, "exploitation", "active"), ==, 140);
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_CVE, "exploitation", "poc"), ==, 5316);
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_CVE, "automatable", "yes"), ==, 5471);
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_CVE, "technical_impact", "total"), ==, 9639);
  guint v4 = 0, none = 0;
  for (guint i = 0; i < feed.records[SV_FEED_CVE]->len; i++) {
    const char *vector = get_fact (&feed, i)->cvss;
    none += vector == NULL;
    v4 += vector != NULL && g_str_has_prefix (vector, "CVSS:4.0/");
  }
  g_assert_cmpuint (v4, ==, 1584);
  g_assert_cmpuint (none, ==, 30764 - 19771 - 1584 - 1492 - 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cve5/ssvc", test_ssvc);
  g_test_add_func ("/cve5/unknown-value", test_unknown_value);
  g_test_add_func ("/cve5/best-vector", test_best_vector);
  g_test_add_func ("/cve5/pitfall-52-rejected", test_rejected);
  g_test_add_func ("/cve5/description-for-title", test_description_for_title);
  g_test_add_func ("/cve5/refused", test_refused);
  g_test_add_func ("/cve5/data/samples", test_samples);
  g_test_add_func ("/cve5/data/vulnrichment", test_vulnrichment);
  return g_test_run ();
}
