#include "advisory/test_feed.h"

static const char tracker[] =
    "{\"foo\":{"
    "\"CVE-2026-0001\":{\"description\":\"d\",\"scope\":\"remote\",\"releases\":{"
    " \"bookworm\":{\"status\":\"resolved\",\"fixed_version\":\"1.2-3\",\"urgency\":\"high\","
    "  \"repositories\":{\"bookworm\":\"1.2-3\"}}}},"
    "\"CVE-2026-0002\":{\"releases\":{"
    " \"bookworm\":{\"status\":\"resolved\",\"fixed_version\":\"0\",\"urgency\":\"unimportant\"}}},"
    "\"CVE-2026-0003\":{\"releases\":{"
    " \"bookworm\":{\"status\":\"undetermined\",\"urgency\":\"not yet assigned\"}}},"
    "\"CVE-2026-0004\":{\"releases\":{"
    " \"bookworm\":{\"status\":\"open\",\"urgency\":\"low\",\"nodsa\":\"Minor issue\","
    "  \"nodsa_reason\":\"\"},"
    " \"bullseye\":{\"status\":\"open\",\"urgency\":\"low\",\"nodsa\":\"Wait\","
    "  \"nodsa_reason\":\"postponed\"},"
    " \"sid\":{\"status\":\"open\",\"urgency\":\"low\",\"nodsa\":\"No\","
    "  \"nodsa_reason\":\"ignored\"}}},"
    "\"CVE-2026-0005\":{\"releases\":{"
    " \"bookworm\":{\"status\":\"open\",\"urgency\":\"end-of-life\"}}},"
    "\"CVE-2026-0006\":{\"releases\":{"
    " \"bookworm\":{\"status\":\"open\",\"urgency\":\"low\",\"nodsa\":\"x\",\"nodsa_reason\":\"\","
    "  \"repositories\":{\"bookworm\":\"2.0-1\",\"bookworm-security\":\"2.0-9\"}},"
    " \"bullseye\":{\"status\":\"open\",\"urgency\":\"low\","
    "  \"repositories\":{\"bullseye\":\"1.9-1\"}},"
    " \"sid\":{\"status\":\"resolved\",\"fixed_version\":\"2.0-5\",\"urgency\":\"low\"}}},"
    "\"CVE-2026-0007\":{\"releases\":{"
    " \"bookworm\":{\"status\":\"someday\",\"urgency\":\"low\"}}},"
    "\"TEMP-0000000-ABCDEF\":{\"releases\":{"
    " \"forky\":{\"status\":\"open\",\"urgency\":\"unimportant\"}}}"
    "}}";

static const SvStatement *
find (const TestFeed *feed, const char *flaw, const char *release)
{
  for (guint i = 0; i < feed->records[SV_FEED_STATEMENT]->len; i++) {
    const SvStatement *statement = test_feed_get_statement (feed, i);
    if (strcmp (statement->vulnerability, flaw) == 0 && strcmp (statement->release, release) == 0)
      return statement;
  }
  g_assert_not_reached ();
}

static void
test_statuses (void)
{
  const struct {
    const char *flaw, *release;
    SvStatus status;
    SvPromise promise;
    const char *fixed;
  } cases[] = {
      {"CVE-2026-0001", "debian:12", SV_STATUS_AFFECTED, SV_PROMISE_NONE, "1.2-3"},
      {"CVE-2026-0002", "debian:12", SV_STATUS_NOT_AFFECTED, SV_PROMISE_NONE, NULL},
      {"CVE-2026-0003", "debian:12", SV_STATUS_UNDETERMINED, SV_PROMISE_NONE, NULL},
      {"CVE-2026-0004", "debian:12", SV_STATUS_AFFECTED, SV_PROMISE_POINT, NULL},
      {"CVE-2026-0004", "debian:11", SV_STATUS_AFFECTED, SV_PROMISE_LATER, NULL},
      {"CVE-2026-0004", "debian:sid", SV_STATUS_AFFECTED, SV_PROMISE_NEVER, NULL},
      {"CVE-2026-0005", "debian:12", SV_STATUS_UNSUPPORTED, SV_PROMISE_NONE, NULL},
      {"CVE-2026-0007", "debian:12", SV_STATUS_UNDETERMINED, SV_PROMISE_NONE, NULL},
  };
  g_auto (TestFeed) feed;
  test_feed_read_text ("debian-tracker", tracker, &feed);
  g_assert_cmpuint (feed.skips->len, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const SvStatement *statement = find (&feed, cases[i].flaw, cases[i].release);
    g_test_message ("%s %s", cases[i].flaw, cases[i].release);
    g_assert_cmpint (statement->status, ==, (gint)cases[i].status);
    g_assert_cmpint (statement->promise, ==, (gint)cases[i].promise);
    g_assert_cmpstr (statement->fixed, ==, cases[i].fixed);
    g_assert_cmpint (statement->name_kind, ==, SV_NAME_SOURCE);
    g_assert_cmpint (statement->scheme, ==, SV_SCHEME_DEB);
  }
  g_assert_cmpstr (find (&feed, "CVE-2026-0002", "debian:12")->urgency, ==, "unimportant");
  g_assert_cmpstr (find (&feed, "CVE-2026-0004", "debian:12")->note, ==, "Minor issue");
}

static void
test_stale_entry (void)
{
  g_auto (TestFeed) feed;
  test_feed_read_text ("debian-tracker", tracker, &feed);
  const SvStatement *stale = find (&feed, "CVE-2026-0006", "debian:12");
  g_assert_cmpstr (stale->fixed, ==, "2.0-5");
  g_assert_cmpint (stale->promise, ==, SV_PROMISE_NONE);
  g_assert_null (find (&feed, "CVE-2026-0006", "debian:11")->fixed); /* 1.9-1 is below 2.0-5 */
}

static void
test_broken_entries (void)
{
  g_auto (TestFeed) feed;
  test_feed_read_text (
      "debian-tracker",
      "{\"a\":7,\"b\":{\"CVE-2026-0001\":[]},"
      "\"c\":{\"CVE-2026-0001\":{\"releases\":\"x\"}},"
      "\"d\":{\"CVE-2026-0001\":{\"releases\":{\"bookworm\":null}}},"
      "\"e\":{\"CVE-2026-0001\":{\"releases\":{\"bookworm\":{\"urgency\":1}}}},"
      "\"f\":{\"CVE-2026-0001\":{\"releases\":{\"bookworm\":{\"status\":\"open\"}}}}}",
      &feed);
  g_assert_no_error (feed.error);
  g_assert_cmpuint (feed.skips->len, ==, 5);
  g_assert_nonnull (strstr (feed.skips->pdata[0], "$.a"));
  g_assert_cmpuint (feed.records[SV_FEED_STATEMENT]->len, ==, 1);
  g_assert_cmpstr (test_feed_get_statement (&feed, 0)->package, ==, "f");
}

static void
test_refused (void)
{
  const char *texts[] = {
      "",
      "{}",
      "[]",
      "{\"foo\":{\"CVE-2026-0001\":{\"releases\":{\"sid\":{\"status\":\"open\"}}}}",
      "{\"foo\":{}}",
      "{\"foo\":{},\"foo\":{}}"};
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_auto (TestFeed) feed;
    g_test_message ("'%s'", texts[i]);
    test_feed_read_text ("debian-tracker", texts[i], &feed);
    g_assert_error (feed.error, SV_ERROR, SV_ERROR_INVALID_DATA);
  }
}

static void
test_data (void)
{
  char *path = test_data_unpack ("debian/vuls-fixtures-debian.tar.zst", "advisory.json");
  if (path == NULL)
    return;
  g_auto (TestFeed) feed;
  test_feed_read_path ("debian-tracker", path, &feed);
  g_assert_cmpuint (feed.records[SV_FEED_STATEMENT]->len, ==, 8);
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_STATEMENT, "status", "not_affected"), ==, 4);
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_STATEMENT, "fixed", "1.3.5.15-1"), ==, 2);
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_STATEMENT, "promise", "never"), ==, 1);
  test_data_remove (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/pitfall-35-38-50-statuses", test_statuses);
  g_test_add_func ("/tracker/pitfall-39-stale-entry", test_stale_entry);
  g_test_add_func ("/tracker/pitfall-107-broken-entries", test_broken_entries);
  g_test_add_func ("/tracker/refused", test_refused);
  g_test_add_func ("/tracker/data", test_data);
  return g_test_run ();
}
