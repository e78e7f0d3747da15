#include "advisory/test_feed.h"

#define HEADING                                                                                    \
  "cveID,vulnerabilityName,dateAdded,dueDate,knownRansomwareCampaignUse,requiredAction"

static const SvKev *
get_kev (const TestFeed *feed, guint index)
{
  g_assert_no_error (feed->error);
  g_assert_cmpuint (index, <, feed->records[SV_FEED_KEV]->len);
  return feed->records[SV_FEED_KEV]->pdata[index];
}

static void
test_json (void)
{
  g_auto (TestFeed) feed;
  test_feed_read_text ("kev",
                       " {\"count\":2,\"vulnerabilities\":[{\"cveID\":\"CVE-2026-0001\","
                       "\"dateAdded\":\"2026-11-10\",\"dueDate\":\"2026-11-13\","
                       "\"vulnerabilityName\":\"Foo\",\"requiredAction\":\"Patch\","
                       "\"knownRansomwareCampaignUse\":\"Known\",\"forensicTriage\":\"Yes\"},"
                       "{\"cveID\":\"CVE-2026-0002\",\"dateAdded\":\"2026-11-10\"}]}",
                       &feed);
  const SvKev *kev = get_kev (&feed, 0);
  g_autofree char *due = sv_time_format (kev->due_at_us);
  g_assert_cmpstr (due, ==, "2026-11-13T00:00:00Z");
  g_assert_true (kev->ransomware);
  g_assert_cmpstr (kev->forensic_triage, ==, "Yes");
  g_assert_cmpstr (kev->action, ==, "Patch");
  g_assert_null (get_kev (&feed, 1)->forensic_triage);
  g_assert_cmpint (get_kev (&feed, 1)->due_at_us, ==, 0);
  g_assert_false (get_kev (&feed, 1)->ransomware);
}

static void
test_csv (void)
{
  g_auto (TestFeed) feed;
  test_feed_read_text (
      "kev",
      "\xef\xbb\xbf" HEADING ",forensicTriage\r\n"
      "CVE-2026-0001,\"Foo, \"\"bar\"\"\",2026-11-10,2026-11-13,Known,\"Do\nit\",Yes\r\n"
      "\r\n"
      "CVE-2026-0002,Foo,2026-11-10,,Unknown,Do,No",
      &feed);
  g_assert_cmpuint (feed.records[SV_FEED_KEV]->len, ==, 2);
  g_assert_cmpstr (get_kev (&feed, 0)->name, ==, "Foo, \"bar\"");
  g_assert_cmpstr (get_kev (&feed, 0)->action, ==, "Do\nit");
  g_assert_cmpstr (get_kev (&feed, 1)->forensic_triage, ==, "No");
}

static void
test_broken_entries (void)
{
  g_auto (TestFeed) json;
  test_feed_read_text (
      "kev",
      "{\"vulnerabilities\":[7,{\"cveID\":\"nonsense\",\"dateAdded\":\"2026-01-01\"},"
      "{\"dateAdded\":\"2026-01-01\"},{\"cveID\":\"CVE-2026-0001\"},"
      "{\"cveID\":\"CVE-2026-0001\",\"dateAdded\":\"soon\"},"
      "{\"cveID\":\"CVE-2026-0001\",\"dateAdded\":\"2026-01-01\",\"dueDate\":[]}]}",
      &json);
  g_assert_cmpuint (json.records[SV_FEED_KEV]->len, ==, 1);
  g_assert_cmpuint (json.skips->len, ==, 5);
  g_assert_nonnull (strstr (json.skips->pdata[0], "vulnerabilities[0]"));

  g_auto (TestFeed) csv;
  test_feed_read_text ("kev",
                       HEADING "\nCVE-2026-0001,a\nfoo,a,2026-01-01,,,\n"
                               "CVE-2026-0001,a,2026-01-01,,,\n",
                       &csv);
  g_assert_cmpuint (csv.records[SV_FEED_KEV]->len, ==, 1);
  g_assert_cmpuint (csv.skips->len, ==, 2);
  g_assert_nonnull (strstr (csv.skips->pdata[0], ":2: not as many fields"));
}

static void
test_refused (void)
{
  const char *texts[] = {"",
                         "{}",
                         "{\"vulnerabilities\":[]}",
                         "{\"vulnerabilities\":{}}",
                         HEADING "\n",
                         "<html>blocked</html>",
                         HEADING "\n\"CVE-2026-0001,a",
                         HEADING "\n\"a\"b,c,d,e,f,g\n"};
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_auto (TestFeed) feed;
    g_test_message ("%s", texts[i]);
    test_feed_read_text ("kev", texts[i], &feed);
    g_assert_error (feed.error, SV_ERROR, SV_ERROR_INVALID_DATA);
  }
}

/* Both layouts of one catalogue say the same. */
static void
test_data (void)
{
  g_autofree char *json_path =
      test_data_path ("kev/known_exploited_vulnerabilities-2025.08.25.json.zst");
  g_autofree char *csv_path =
      test_data_path ("kev/known_exploited_vulnerabilities-2025.08.25.csv.zst");
  if (json_path == NULL || csv_path == NULL)
    return;
  g_auto (TestFeed) json;
  g_auto (TestFeed) csv;
  test_feed_read_path ("kev", json_path, &json);
  test_feed_read_path ("kev", csv_path, &csv);
  g_assert_cmpuint (json.records[SV_FEED_KEV]->len, ==, 1404);
  g_assert_cmpuint (json.skips->len + csv.skips->len, ==, 0);
  g_assert_cmpuint (test_feed_count (&json, SV_FEED_KEV, "ransomware", "yes"), ==, 293);
  g_assert_cmpuint (csv.records[SV_FEED_KEV]->len, ==, 1404);
  for (guint i = 0; i < 1404; i++)
    g_assert_true (sv_record_equal (&sv_kev_type, get_kev (&json, i), get_kev (&csv, i)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kev/json", test_json);
  g_test_add_func ("/kev/csv", test_csv);
  g_test_add_func ("/kev/pitfall-107-broken-entries", test_broken_entries);
  g_test_add_func ("/kev/refused", test_refused);
  g_test_add_func ("/kev/data", test_data);
  return g_test_run ();
}
