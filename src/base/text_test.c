#include "base/base.h"

#include <string.h>

static void
test_printable (void)
{
  static const struct {
    const char *in, *out;
  } rows[] = {
      {"libssl3", "libssl3"},
      {"été", "été"},
      {"a\x1b[31mred", "a\\x1B[31mred"},
      {"line\nfeed", "line\\x0Afeed"},
      {"rtl\xe2\x80\xae"
       "gpj",
       "rtl\\u{202E}gpj"},
      {"bad\xff utf", "bad\\xFF utf"},
      {NULL, ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *out = sv_text_printable (rows[i].in);
    g_assert_cmpstr (out, ==, rows[i].out);
  }
}

static void
test_csv (void)
{
  static const struct {
    const char *in, *out;
  } rows[] = {
      {"plain", "plain"},
      {"a,b", "\"a,b\""},
      {"say \"hi\"", "\"say \"\"hi\"\"\""},
      {"=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\""},
      {"@SUM(1)", "\"'@SUM(1)\""},
      {"", ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GString) out = g_string_new (NULL);
    sv_text_append_csv (out, rows[i].in);
    g_assert_cmpstr (out->str, ==, rows[i].out);
  }
}

static void
test_cves (void)
{
  static const char text[] = "* CVE-2024-1234, cve-2023-99999 and CVE-2024-1234 again; CVE-20-1,"
                             " CVE-2024-123 and XCVE-2022-4567890 (Closes: #12)";
  g_autoptr (GPtrArray) list = sv_strings_new ();
  sv_text_collect_cves (text, strlen (text), list);
  g_assert_cmpuint (list->len, ==, 3);
  g_assert_cmpstr (list->pdata[0], ==, "CVE-2024-1234");
  g_assert_cmpstr (list->pdata[1], ==, "CVE-2023-99999");
  g_assert_cmpstr (list->pdata[2], ==, "CVE-2022-4567890");
  g_assert_true (sv_text_is_cve ("CVE-2024-0001"));
  g_assert_false (sv_text_is_cve ("CVE-2024-001"));
  g_assert_false (sv_text_is_cve ("CVE-2024-0001x"));
  g_assert_false (sv_text_is_cve ("cve-2024-0001"));
}

static void
test_cve_at_the_end_of_a_slice (void)
{
  static const char text[] = "CVE-2024-12345";
  g_autoptr (GPtrArray) list = sv_strings_new ();
  sv_text_collect_cves (text, 13, list);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpstr (list->pdata[0], ==, "CVE-2024-1234");
}

static void
test_natural_order (void)
{
  static const char *const sorted[] = {
      "", "CVE-2023-10000", "CVE-2024-999", "CVE-2024-1000", "CVE-2024-10000", "a9", "a10"};
  for (gsize i = 0; i < G_N_ELEMENTS (sorted); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (sorted); j++) {
      int order = sv_text_compare_natural (sorted[i], sorted[j]);
      g_assert_cmpint ((order > 0) - (order < 0), ==, (i > j) - (i < j));
    }
}

static void
test_glob (void)
{
  static const struct {
    const char *pattern, *text;
    gboolean match;
  } rows[] = {
      {"*", "", TRUE},
      {"a*c", "abbbc", TRUE},
      {"a*c", "abbb", FALSE},
      {"a?c", "abc", TRUE},
      {"a?c", "ac", FALSE},
      {"*-doc", "x-doc", TRUE},
      {"**x", "aax", TRUE},
      {"", "a", FALSE},
      {"a*b*c", "axbxbxc", TRUE},
      {"linux-signed-*", "linux-signed-amd64", TRUE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (sv_text_glob (rows[i].pattern, rows[i].text), ==, rows[i].match);
}

static void
test_int64 (void)
{
  gint64 value = 7;
  g_assert_true (sv_text_parse_int64 ("-9223372036854775808", &value, NULL));
  g_assert_cmpint (value, ==, G_MININT64);
  static const char *const bad[] = {"", "x", "1x", " 1", "9223372036854775808", "-", "+"};
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (sv_text_parse_int64 (bad[i], &value, &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
  }
}

static void
test_time (void)
{
  static const struct {
    const char *in;
    gint64 seconds;
  } rows[] = {
      {"2026-11-22T10:00:00Z", 1795341600},      {"2026-11-22", 1795305600},
      {"2026-11-22T11:00:00+01:00", 1795341600}, {"@1795341600", 1795341600},
      {"2024-02-29T00:00:00Z", 1709164800},      {"2026-11-22 10:00:00Z", 1795341600},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    gint64 instant = 0;
    g_autoptr (GError) error = NULL;
    g_assert_true (sv_time_parse (rows[i].in, &instant, &error));
    g_assert_no_error (error);
    g_assert_cmpint (instant, ==, rows[i].seconds * SV_SECOND_US);
  }
  static const char *const bad[] = {"",  "yesterday", "2026-13-01", "2025-02-29T00:00:00Z",
                                    "@", "@x"};
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    gint64 instant;
    g_assert_false (sv_time_parse (bad[i], &instant, NULL));
  }
}

static void
test_mail_time (void)
{
  static const struct {
    const char *in;
    gint64 seconds;
  } rows[] = {
      {"Fri, 20 Nov 2026 00:12:41 UTC", 1795133561},
      {"Mon, 02 Nov 2026 13:55:59 +0100", 1793624159},
      {"Sat,  9 Aug 2025 09:16:30 +0000", 1754730990},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    gint64 instant = 0;
    g_autoptr (GError) error = NULL;
    g_assert_true (sv_time_parse_mail (rows[i].in, &instant, &error));
    g_assert_no_error (error);
    g_assert_cmpint (instant, ==, rows[i].seconds * SV_SECOND_US);
  }
  gint64 instant;
  g_assert_false (sv_time_parse_mail ("20.11.2026", &instant, NULL));
}

static void
test_format (void)
{
  g_autofree char *whole = sv_time_format (1795341600 * SV_SECOND_US);
  g_assert_cmpstr (whole, ==, "2026-11-22T10:00:00Z");
  g_autofree char *micro = sv_time_format (1795341600 * SV_SECOND_US + 5);
  g_assert_cmpstr (micro, ==, "2026-11-22T10:00:00.000005Z");
  static const struct {
    gint64 us;
    const char *text;
  } spans[] = {{0, "0 s"},
               {45 * SV_SECOND_US, "45 s"},
               {12 * 60 * SV_SECOND_US, "12 min"},
               {3 * SV_DAY_US + 4 * SV_HOUR_US, "3 d 4 h"},
               {-2 * SV_DAY_US, "-2 d"},
               {40 * SV_DAY_US + SV_HOUR_US, "40 d"}};
  for (gsize i = 0; i < G_N_ELEMENTS (spans); i++) {
    g_autofree char *text = sv_time_format_span (spans[i].us);
    g_assert_cmpstr (text, ==, spans[i].text);
  }
}

static void
test_members (void)
{
  char *member = NULL;
  sv_text_set (&member, "a text");
  sv_text_set (&member, member + 2); /* of itself */
  g_assert_cmpstr (member, ==, "text");
  sv_text_take (&member, NULL);
  g_assert_null (member);
  g_assert_true (sv_text_is_empty (NULL) && sv_text_is_empty ("") && !sv_text_is_empty (" "));
  g_assert_null (sv_text_or_null (""));
  g_assert_cmpstr (sv_text_or_null ("a"), ==, "a");
}

static void
test_lines (void)
{
  g_autoptr (GString) out = g_string_new ("1\n");
  sv_text_append_line (out, "%s %d", "a\nb\033[1m", 2);
  g_assert_cmpstr (out->str, ==, "1\na\\x0Ab\\x1B[1m 2\n");
  g_autoptr (GError) error = NULL;
  g_assert_false (sv_error_set_invalid (&error, "no name", "x\n"));
  g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
  g_assert_cmpstr (error->message, ==, "no name 'x\\x0A'");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/s43-printable", test_printable);
  g_test_add_func ("/text/s43-csv", test_csv);
  g_test_add_func ("/text/cves", test_cves);
  g_test_add_func ("/text/cve-at-the-end-of-a-slice", test_cve_at_the_end_of_a_slice);
  g_test_add_func ("/text/natural-order", test_natural_order);
  g_test_add_func ("/text/glob", test_glob);
  g_test_add_func ("/text/int64", test_int64);
  g_test_add_func ("/time/parse", test_time);
  g_test_add_func ("/time/parse-mail", test_mail_time);
  g_test_add_func ("/time/format", test_format);
  g_test_add_func ("/text/members", test_members);
  g_test_add_func ("/text/lines", test_lines);
  return g_test_run ();
}
