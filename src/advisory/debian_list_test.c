#include "advisory/test_feed.h"

static void
test_regression_update (void)
{
  g_auto (TestFeed) feed;
  test_feed_read_text ("debian-list",
                       "[17 Mar 2023] DSA-5356-2 sox - regression update\n"
                       "\t[bullseye] - sox 14.4.2-2+deb11u2\n"
                       "[20 Feb 2023] DSA-5356-1 sox - security update\n"
                       "\t{CVE-2019-13590 CVE-2021-3643}\n"
                       "\t[bullseye] - sox 14.4.2-2+deb11u1\n"
                       "\t[buster] - sox 14.4.1-1\n",
                       &feed);
  g_assert_no_error (feed.error);
  g_assert_cmpuint (feed.records[SV_FEED_ADVISORY]->len, ==, 2);
  g_assert_cmpuint (test_feed_get_advisory (&feed, 0)->vulnerabilities->len, ==, 2);
  g_assert_cmpuint (feed.records[SV_FEED_STATEMENT]->len, ==, 4);
  const SvStatement *first = test_feed_get_statement (&feed, 0);
  g_assert_cmpstr (first->advisory, ==, "DSA-5356-2");
  g_assert_cmpstr (first->vulnerability, ==, "CVE-2019-13590");
  /* the earlier notice still speaks for the release that the later one does not name */
  const SvStatement *buster = test_feed_get_statement (&feed, 2);
  g_assert_cmpstr (buster->release, ==, "debian:10");
  g_assert_cmpstr (buster->advisory, ==, "DSA-5356-1");
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_STATEMENT, "fixed", "14.4.2-2+deb11u1"), ==, 0);
}

static void
test_without_cve (void)
{
  g_auto (TestFeed) feed;
  test_feed_read_text ("debian-list",
                       "[12 Nov 2016] DSA-3714-1 akonadi - security update\n"
                       "\t[jessie] - akonadi 1.13.0-2+deb8u2\n",
                       &feed);
  g_assert_cmpstr (test_feed_get_statement (&feed, 0)->vulnerability, ==, "DSA-3714-1");
  g_autofree char *date = sv_time_format_date (test_feed_get_advisory (&feed, 0)->published_at_us);
  g_assert_cmpstr (date, ==, "2016-11-12");
  g_assert_cmpstr (test_feed_get_advisory (&feed, 0)->title, ==, "akonadi - security update");
}

static void
test_words (void)
{
  const struct {
    const char *words;
    SvStatus status;
    SvPromise promise;
    const char *urgency, *note;
  } cases[] = {
      {"<not-affected> (Vulnerable code not present)", SV_STATUS_NOT_AFFECTED, SV_PROMISE_NONE,
       NULL, "Vulnerable code not present"},
      {"<unfixed> (high; bug #123)", SV_STATUS_AFFECTED, SV_PROMISE_NONE, "high", "high; bug #123"},
      {"<unfixed> (unimportant)", SV_STATUS_AFFECTED, SV_PROMISE_NONE, "unimportant",
       "unimportant"},
      {"<undetermined>", SV_STATUS_UNDETERMINED, SV_PROMISE_NONE, NULL, NULL},
      {"<no-dsa> (Minor issue)", SV_STATUS_AFFECTED, SV_PROMISE_POINT, NULL, "Minor issue"},
      {"<postponed>", SV_STATUS_AFFECTED, SV_PROMISE_LATER, NULL, NULL},
      {"<ignored>", SV_STATUS_AFFECTED, SV_PROMISE_NEVER, NULL, NULL},
      {"<end-of-life>", SV_STATUS_UNSUPPORTED, SV_PROMISE_NONE, NULL, NULL},
      {"<removed>", SV_STATUS_UNSUPPORTED, SV_PROMISE_NONE, NULL, NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (TestFeed) feed;
    g_autofree char *text = g_strdup_printf ("[1 Jan 2026] DSA-1-1 foo - x\n\t{CVE-2026-0001}\n"
                                             "\t[bookworm] - foo %s\n",
                                             cases[i].words);
    test_feed_read_text ("debian-list", text, &feed);
    const SvStatement *statement = test_feed_get_statement (&feed, 0);
    g_test_message ("%s", cases[i].words);
    g_assert_cmpint (statement->status, ==, (gint)cases[i].status);
    g_assert_cmpint (statement->promise, ==, (gint)cases[i].promise);
    g_assert_cmpstr (statement->urgency, ==, cases[i].urgency);
    g_assert_cmpstr (statement->note, ==, cases[i].note);
    g_assert_null (statement->fixed);
  }
}

static void
test_broken_lines (void)
{
  g_auto (TestFeed) feed;
  test_feed_read_text ("debian-list",
                       "\t[bookworm] - foo 1\n"      /* 1: above every notice */
                       "[1 Jan 2026 DSA-1-1 foo\n"   /* 2: no end of the date */
                       "[1 Jan 2026] nonsense foo\n" /* 3: no id */
                       "[1 Jan 2026] DSA-2-1 foo - x\n"
                       "\t{CVE-2026-0001}\n"
                       "\t{CVE-2026-0002}\n"          /* 6: a second list */
                       "\t[bookworm - foo 1\n"        /* 7 */
                       "\t[bookworm] foo 1\n"         /* 8 */
                       "\t[bookworm] - foo\n"         /* 9 */
                       "\t[bookworm] - foo <maybe>\n" /* 10 */
                       "\twhat is this\n"             /* 11 */
                       "\tNOTE: fine\n"
                       "\t[bookworm] - foo 2\n",
                       &feed);
  g_assert_no_error (feed.error);
  g_assert_cmpuint (feed.skips->len, ==, 9);
  g_assert_nonnull (strstr (feed.skips->pdata[0], ":1: "));
  g_assert_nonnull (strstr (feed.skips->pdata[8], ":11: "));
  g_assert_cmpuint (feed.records[SV_FEED_STATEMENT]->len, ==, 1);
  g_assert_cmpstr (test_feed_get_statement (&feed, 0)->fixed, ==, "2");
}

static void
test_hostile_bytes (void)
{
  const char nul[] = "[1 Jan 2026] DSA-1-1 foo\0 - x\n\t[bookworm] - foo 1\n";
  g_auto (TestFeed) with_nul;
  test_feed_read_bytes ("debian-list", NULL, nul, sizeof nul - 1, &with_nul);
  g_assert_error (with_nul.error, SV_ERROR, SV_ERROR_INVALID_DATA);

  g_auto (TestFeed) not_utf8;
  test_feed_read_text ("debian-list",
                       "[1 Jan 2026] DSA-1-1 foo - \xff\xfe\n\t[bookworm] - f\xffoo 1\n"
                       "\t[bookworm] - bar 1\n",
                       &not_utf8);
  g_assert_cmpuint (not_utf8.skips->len, ==, 2); /* the notice and one package */
  g_assert_cmpstr (test_feed_get_statement (&not_utf8, 0)->package, ==, "bar");

  g_autoptr (GString) line = g_string_new ("[1 Jan 2026] DSA-1-1 foo - x\n\t[bookworm] - ");
  for (guint i = 0; i < SV_LIMIT_LINE_BYTES; i++)
    g_string_append_c (line, 'a');
  g_string_append (line, " 1\n\t[bookworm] - bar 1\n");
  g_auto (TestFeed) too_long;
  test_feed_read_text ("debian-list", line->str, &too_long);
  g_assert_cmpuint (too_long.skips->len, ==, 1);
  g_assert_cmpstr (test_feed_get_statement (&too_long, 0)->package, ==, "bar");
}

/* Many CVEs times many packages: bounded before it is written out. */
static void
test_product (void)
{
  g_autoptr (GString) text = g_string_new ("[1 Jan 2026] DSA-1-1 foo - x\n\t{");
  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (text, "CVE-2026-%u ", i + 1000);
  g_string_append (text, "}\n");
  for (guint i = 0; i < 101; i++)
    g_string_append_printf (text, "\t[bookworm] - foo%u 1\n", i);
  g_auto (TestFeed) feed;
  test_feed_read_text ("debian-list", text->str, &feed);
  g_assert_error (feed.error, SV_ERROR, SV_ERROR_LIMIT);
}

static void
test_data (void)
{
  g_autofree char *path = test_data_path ("debian/tracker/DSA-list.zst");
  if (path == NULL)
    return;
  g_auto (TestFeed) feed;
  test_feed_read_path ("debian-list", path, &feed);
  g_assert_no_error (feed.error);
  g_assert_cmpuint (feed.skips->len, ==, 0);
  g_assert_cmpuint (feed.records[SV_FEED_ADVISORY]->len, ==, 5406);
  g_assert_cmpuint (feed.records[SV_FEED_STATEMENT]->len, ==, 23274);
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_STATEMENT, "status", "not_affected"), ==, 84);
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_STATEMENT, "status", "unsupported"), ==, 4);
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_STATEMENT, "fixed", ""), ==, 84 + 13 + 4);
  guint own = 0;
  for (guint i = 0; i < feed.records[SV_FEED_STATEMENT]->len; i++) {
    const SvStatement *statement = test_feed_get_statement (&feed, i);
    own += strcmp (statement->vulnerability, statement->advisory) == 0;
  }
  g_assert_cmpuint (own, ==, 59);
  const SvStatement *sox = test_feed_find_statement (&feed, "CVE-2021-3643", "sox");
  g_assert_cmpstr (sox->advisory, ==, "DSA-5356-2");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/debian-list/pitfall-35-40-50-words", test_words);
  g_test_add_func ("/debian-list/pitfall-42-regression-update", test_regression_update);
  g_test_add_func ("/debian-list/pitfall-43-without-cve", test_without_cve);
  g_test_add_func ("/debian-list/pitfall-107-broken-lines", test_broken_lines);
  g_test_add_func ("/debian-list/hostile-bytes", test_hostile_bytes);
  g_test_add_func ("/debian-list/promise-s39-product", test_product);
  g_test_add_func ("/debian-list/data", test_data);
  return g_test_run ();
}
