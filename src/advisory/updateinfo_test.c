#include "advisory/test_feed.h"

#define UPDATES(text) "<?xml version=\"1.0\"?>\n<updates>" text "</updates>"
#define PACKAGE(name, release, arch)                                                               \
  "<package name='" name "' epoch='1' version='2.0' release='" release "' arch='" arch "'/>"

static void
test_update (void)
{
  g_auto (TestFeed) feed;
  test_feed_read_text (
      "updateinfo",
      UPDATES ("<update type='security' status='final'><id>RLSA-2026:1</id>"
               "<title> Important: foo </title><issued date='2026-01-02 03:04:05'/>"
               "<updated date='2026-01-03 03:04'/><severity>Important</severity>"
               "<release>Rocky Linux 9</release>"
               "<references><reference type='self' href='https://errata.example/1' id='x'/>"
               "<reference type='cve' id='CVE-2026-0001'/>"
               "<reference type='bugzilla' title='CVE-2026-0002 foo: crash'/></references>"
               "<pkglist><collection short='c'><name>c</name>" PACKAGE ("foo", "1.el9", "x86_64")
                   PACKAGE ("foo-doc", "1.el9", "noarch")
                       PACKAGE ("foo", "1.el9", "src") "</collection></pkglist></update>"),
      &feed);
  g_assert_cmpuint (feed.records[SV_FEED_STATEMENT]->len, ==, 4);
  g_assert_cmpuint (feed.passes->len, ==, 1); /* the source package */
  const SvAdvisory *advisory = test_feed_get_advisory (&feed, 0);
  g_assert_cmpstr (advisory->title, ==, "Important: foo");
  g_assert_cmpstr (advisory->url, ==, "https://errata.example/1");
  g_assert_false (advisory->reboot_suggested);
  g_autofree char *changed = sv_time_format (advisory->modified_at_us);
  g_assert_cmpstr (changed, ==, "2026-01-03T03:04:00Z");
  const SvStatement *statement = test_feed_get_statement (&feed, 1);
  g_assert_cmpstr (statement->vulnerability, ==, "CVE-2026-0002");
  g_assert_cmpstr (statement->release, ==, "rocky:9");
  g_assert_cmpstr (statement->fixed, ==, "1:2.0-1.el9");
  g_assert_cmpstr (statement->arch, ==, "x86_64");
  g_assert_cmpstr (statement->module, ==, "");
  g_assert_null (test_feed_get_statement (&feed, 2)->arch); /* trap 79 */
}

static void
test_modules (void)
{
  const char *text = UPDATES (
      "<update type='bugfix'><id>A-1</id><pkglist>"
      "<collection><module name='perl' stream='5.30' version='8' context='c' "
      "arch='x86_64'/>" PACKAGE (
          "perl", "1.module_el8.6.0+1+a",
          "x86_64") "</collection><collection>" PACKAGE ("ruby", "1.module_el8.6.0+1+a", "x86_64")
          PACKAGE ("bash", "1.el8", "x86_64") "</collection></pkglist></update>");
  g_auto (TestFeed) feed;
  test_feed_read_bytes ("updateinfo", "almalinux:8", text, strlen (text), &feed);
  g_assert_cmpuint (feed.records[SV_FEED_STATEMENT]->len, ==, 3);
  g_assert_cmpstr (test_feed_get_statement (&feed, 0)->module, ==, "perl:5.30");
  g_assert_null (test_feed_get_statement (&feed, 1)->module);
  g_assert_cmpstr (test_feed_get_statement (&feed, 2)->module, ==, "");
  g_assert_cmpint (test_feed_get_statement (&feed, 2)->class, ==, SV_CLASS_BUGFIX);
}

/* Trap 88: only a reboot is a reboot. */
static void
test_reboot (void)
{
  const struct {
    const char *element;
    gboolean reboot;
  } cases[] = {{"<reboot_suggested>True</reboot_suggested>", TRUE},
               {"<reboot_suggested/>", TRUE},
               {"<reboot_suggested>1</reboot_suggested>", TRUE},
               {"<reboot_suggested>False</reboot_suggested>", FALSE},
               {"<restart_suggested>True</restart_suggested>", FALSE},
               {"<relogin_suggested>True</relogin_suggested>", FALSE},
               {"<pkglist><collection><package name='a' version='1' release='1' arch='noarch'>"
                "<reboot_suggested>True</reboot_suggested></package></collection></pkglist>",
                TRUE}};
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (TestFeed) feed;
    g_autofree char *text = g_strdup_printf (
        UPDATES ("<update type='security'><id>A-1</id><release>Fedora 43</release>%s</update>"),
        cases[i].element);
    test_feed_read_text ("updateinfo", text, &feed);
    g_test_message ("%s", cases[i].element);
    g_assert_true (test_feed_get_advisory (&feed, 0)->reboot_suggested == cases[i].reboot);
  }
}

static void
test_retracted (void)
{
  g_auto (TestFeed) feed;
  test_feed_read_text ("updateinfo",
                       UPDATES ("<update type='security' status='retracted'><id>A-1</id>"
                                "<release>Fedora 43</release><pkglist><collection>" PACKAGE (
                                    "foo", "1.fc43", "x86_64") "</collection></pkglist></update>"),
                       &feed);
  g_assert_cmpuint (feed.records[SV_FEED_STATEMENT]->len, ==, 0);
  g_assert_cmpint (test_feed_get_advisory (&feed, 0)->withdrawn_at_us, !=, 0);
}

static void
test_broken_records (void)
{
  g_auto (TestFeed) feed;
  test_feed_read_text (
      "updateinfo",
      UPDATES (
          "<update type='security'><title>no id</title></update>\n"
          "<update type='security'><id>B-1</id><pkglist><collection>" PACKAGE (
              "foo", "1",
              "x86_64") "</collection></pkglist></update>\n"
                        "<update type='security'><id>C-1</id><release>Fedora 43</release><pkglist>"
                        "<collection><package name='bar' arch='x86_64'/>" PACKAGE (
                            "foo", "1.fc43", "x86_64") "</collection></pkglist></update>"
                                                       "<id>stray</id><package name='stray' "
                                                       "version='1' release='1'/>"),
      &feed);
  g_assert_no_error (feed.error);
  g_assert_cmpuint (feed.skips->len, ==, 3);
  g_assert_nonnull (strstr (feed.skips->pdata[0], ":2: the update has no id"));
  g_assert_nonnull (strstr (feed.skips->pdata[1], ":3: the notice names no known release"));
  g_assert_nonnull (strstr (feed.skips->pdata[2], ":4: the package has no"));
  g_assert_cmpuint (feed.records[SV_FEED_STATEMENT]->len, ==, 1);
}

#define LAUGHS                                                                                     \
  "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "                   \
  "\"&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;\">]><updates><update>&c;</update>"       \
  "</updates>"

static void
test_attacks (void)
{
  const struct {
    const char *text, *words;
  } cases[] = {
      {LAUGHS, "document type declaration"},
      {"<!DOCTYPE updates SYSTEM \"http://169.254.169.254/x.dtd\"><updates/>",
       "document type declaration"},
      {"<!DOCTYPE updates [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><updates>&x;</updates>",
       "document type declaration"},
      {"<updates>&x;</updates>", "undefined entity"},
      {"<html/>", "not <updates>"},
      {"<updates><update>", "no element found"},
      {"<updates></updates><updates/>", "junk after"},
      {"not xml", "syntax error"},
      {"", "no element found"},
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (TestFeed) feed;
    test_feed_read_text ("updateinfo", cases[i].text, &feed);
    g_test_message ("%s", cases[i].text);
    g_assert_error (feed.error, SV_ERROR, SV_ERROR_INVALID_DATA);
    g_test_message ("%s", feed.error->message);
    g_assert_nonnull (strstr (feed.error->message, cases[i].words));
  }
}

/* @begin, then @unit again and again until @size bytes, then @end. */
static void
assert_too_large (const char *begin, const char *unit, const char *end, gsize size)
{
  g_autoptr (GString) text = g_string_new (begin);
  while (text->len < size)
    g_string_append (text, unit);
  g_string_append (text, end);
  g_auto (TestFeed) feed;
  test_feed_read_text ("updateinfo", text->str, &feed);
  g_assert_error (feed.error, SV_ERROR, SV_ERROR_LIMIT);
}

static void
test_limits (void)
{
  assert_too_large ("<updates><update type='", "aaaaaaaa", "'/></updates>", 200000);
  assert_too_large ("<updates><update type='", "aaaaaaaa", "'/></updates>", 8 << 20);
  assert_too_large ("<updates><update><id>", "aaaaaaaa", "</id></update></updates>", 2 << 20);
  assert_too_large ("<updates>", "<a>", "", 3 * (SV_LIMIT_XML_DEPTH + 4));
  assert_too_large ("<updates><update><pkglist><collection>",
                    "<package name='a' version='1' release='1'/>",
                    "</collection></pkglist></update></updates>", 44 * (SV_LIMIT_RECORD_ITEMS + 2));
}

static void
test_centos (void)
{
  g_autofree char *path = test_data_path ("rpm/centos-cesa-updateinfo.xml.zst");
  if (path == NULL)
    return;
  g_auto (TestFeed) feed;
  test_feed_read_path ("updateinfo", path, &feed);
  g_assert_cmpuint (feed.records[SV_FEED_ADVISORY]->len, ==, 427);
  g_assert_cmpuint (feed.records[SV_FEED_STATEMENT]->len, ==, 6613);
  g_assert_cmpuint (feed.passes->len, ==, 815);
  g_assert_cmpuint (feed.skips->len, ==, 0);
  /* one collection "CentOS 6" holds builds of el6 and el7: the dist tag decides */
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_STATEMENT, "release", "centos:7"), ==,
                    916 - 38);
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_STATEMENT, "release", "centos:5"), ==, 1226);
  /* trap 43: these notices name no CVE */
  g_assert_cmpstr (test_feed_get_statement (&feed, 0)->vulnerability, ==, "CESA_2016__0301");
}

static void
test_amazon (void)
{
  char *path = test_data_unpack ("rpm/vuls-fixtures-amazon.tar.zst", "updateinfo_2022.xml.gz");
  if (path == NULL)
    return;
  g_auto (TestFeed) feed;
  test_feed_read_path ("updateinfo", path, &feed);
  g_assert_cmpuint (feed.records[SV_FEED_STATEMENT]->len, ==, 8);
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_STATEMENT, "release", "amzn:2022"), ==, 8);
  g_assert_cmpstr (test_feed_get_statement (&feed, 0)->fixed, ==, "2:8.2.3512-1.amzn2022");
  g_assert_cmpint (test_feed_get_advisory (&feed, 0)->published_at_us, !=, 0);
  test_data_remove (path);
}

static void
test_fedora (void)
{
  char *path = test_data_unpack ("rpm/vuls-fixtures-fedora-updateinfo.tar.zst",
                                 "5018295245e031a2d51db78a23935461d067cdbc1b6e43d8575983c5f6893252"
                                 "-updateinfo.xml.xz");
  if (path == NULL)
    return;
  g_auto (TestFeed) feed;
  test_feed_read_path ("updateinfo", path, &feed);
  const SvAdvisory *advisory = test_feed_get_advisory (&feed, 0);
  g_assert_cmpuint (advisory->vulnerabilities->len, ==, 2); /* from titles of bug reports */
  g_assert_cmpstr (advisory->vulnerabilities->pdata[0], ==, "CVE-2024-24989");
  test_data_remove (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/updateinfo/update", test_update);
  g_test_add_func ("/updateinfo/pitfall-52-retracted", test_retracted);
  g_test_add_func ("/updateinfo/pitfall-64-modules", test_modules);
  g_test_add_func ("/updateinfo/pitfall-88-reboot", test_reboot);
  g_test_add_func ("/updateinfo/pitfall-107-broken-records", test_broken_records);
  g_test_add_func ("/updateinfo/promise-s41-attacks", test_attacks);
  g_test_add_func ("/updateinfo/promise-s41-limits", test_limits);
  g_test_add_func ("/updateinfo/data/centos", test_centos);
  g_test_add_func ("/updateinfo/data/amazon", test_amazon);
  g_test_add_func ("/updateinfo/data/fedora", test_fedora);
  return g_test_run ();
}
