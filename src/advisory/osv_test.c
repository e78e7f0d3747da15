#include "advisory/test_feed.h"

#define HEAD                                                                                       \
  "{\"id\":\"%s\",\"summary\":\"%s\",\"modified\":\"2026-01-02T03:04:05Z\",\"related\":[\"CVE-"    \
  "2026-0001\"],"
#define DEBIAN_12 "{\"ecosystem\":\"Debian:12\",\"name\":\"foo\"}"

/* A record with one affected package of which @rest says what is affected. */
static void
read_one (const char *package, const char *rest, TestFeed *feed)
{
  g_autofree char *text = g_strdup_printf (
      "{\"id\":\"X-1\",\"related\":[\"CVE-2026-0001\"],\"affected\":[{\"package\":%s%s%s}]}",
      package, *rest != '\0' ? "," : "", rest);
  test_feed_read_text ("osv", text, feed);
}

/* Every interval as "[introduced,fixed)" or "[introduced,last]", joined. */
static char *
intervals_of (const TestFeed *feed)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_assert_no_error (feed->error);
  for (guint i = 0; i < feed->records[SV_FEED_STATEMENT]->len; i++) {
    const SvStatement *statement = feed->records[SV_FEED_STATEMENT]->pdata[i];
    const char *end = statement->fixed != NULL ? statement->fixed : statement->last_affected;
    g_string_append_printf (text, "%s[%s,%s%c", i > 0 ? " " : "",
                            statement->introduced != NULL ? statement->introduced : "",
                            end != NULL ? end : "", statement->last_affected != NULL ? ']' : ')');
  }
  return g_strdup (text->str);
}

static const struct {
  const char *affected, *intervals;
} ranges[] = {
    {"\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"2-1\"}]}"
     "]",
     "[,2-1)"},
    {"\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"}]}]", "[0,)"},
    {"\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"fixed\":\"4\"},{\"introduced\":\"3\"},"
     "{\"fixed\":\"2\"},{\"introduced\":\"0\"}]}]",
     "[,2) [3,4)"},
    {"\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"1\"},"
     "{\"last_affected\":\"1.5\"}]}]",
     "[1,1.5]"},
    {"\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"10\"},{\"fixed\":\"11\"},"
     "{\"introduced\":\"9\"},{\"fixed\":\"9.5\"}]}]",
     "[9,9.5) [10,11)"},
    {"\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"1\"},{\"limit\":\"3\"}]}]",
     "[1,3)"},
    {"\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"1\"},{\"limit\":\"*\"}]}]",
     "[1,)"},
    {"\"ranges\":[{\"type\":\"GIT\",\"repo\":\"r\",\"events\":[{\"introduced\":\"0\"},"
     "{\"fixed\":\"deadbeef\"}]},"
     "{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"2\"}]}]",
     "[,2)"},
    {"\"versions\":[\"1.0-1\",\"1.0-2\"]", "[1.0-1,1.0-1] [1.0-2,1.0-2]"},
    {"\"versions\":[\"1.0\",\"3.0\"],\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":["
     "{\"introduced\":\"0\"},{\"fixed\":\"2\"}]}]",
     "[,2) [3.0,3.0]"},
};

static void
test_ranges (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++) {
    g_auto (TestFeed) feed;
    g_test_message ("%s", ranges[i].affected);
    read_one (DEBIAN_12, ranges[i].affected, &feed);
    g_autofree char *intervals = intervals_of (&feed);
    g_assert_cmpstr (intervals, ==, ranges[i].intervals);
  }
}

static void
test_nothing_to_compare (void)
{
  const char *affected[] = {"", "\"ranges\":[]", "\"versions\":[]",
                            "\"ranges\":[{\"type\":\"GIT\",\"events\":[{\"introduced\":\"0\"}]}]",
                            "\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"fixed\":\"2\"}]}]"};
  for (guint i = 0; i < G_N_ELEMENTS (affected); i++) {
    g_auto (TestFeed) feed;
    read_one (DEBIAN_12, affected[i], &feed);
    g_assert_no_error (feed.error);
    g_assert_cmpuint (feed.records[SV_FEED_STATEMENT]->len, ==, 0);
    g_assert_cmpuint (feed.skips->len, ==, 1);
    g_assert_nonnull (strstr (feed.skips->pdata[0], "neither ranges nor versions"));
  }
}

static void
test_malformed_version (void)
{
  g_auto (TestFeed) feed;
  test_feed_read_text ("osv",
                       "{\"id\":\"X-1\",\"affected\":[{\"package\":" DEBIAN_12
                       ",\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{"
                       "\"fixed\":\"1 2\"}]}]},"
                       "{\"package\":{\"ecosystem\":\"Debian:12\",\"name\":\"bar\"},"
                       "\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{"
                       "\"fixed\":\"2\"}]}]}]}",
                       &feed);
  g_assert_cmpuint (feed.skips->len, ==, 1);
  g_assert_nonnull (strstr (feed.skips->pdata[0], "$.affected 'foo'"));
  g_assert_cmpstr (test_feed_get_statement (&feed, 0)->package, ==, "bar");
}

static void
test_names_of_the_flaw (void)
{
  const struct {
    const char *members, *flaw;
  } cases[] = {
      {"\"id\":\"ALSA-1\",\"related\":[\"CVE-2026-0001\"]", "CVE-2026-0001"},
      {"\"id\":\"GHSA-1\",\"aliases\":[\"CVE-2026-0002\"],\"related\":[\"CVE-2026-0001\"]",
       "CVE-2026-0002"},
      {"\"id\":\"DSA-1\",\"upstream\":[\"CVE-2026-0003\"],\"related\":[\"CVE-2026-0001\"]",
       "CVE-2026-0003"},
      {"\"id\":\"UBUNTU-CVE-2026-0004\",\"related\":[\"USN-1\"]", "CVE-2026-0004"},
      {"\"id\":\"USN-1\",\"upstream\":[\"UBUNTU-CVE-2026-0005\"]", "CVE-2026-0005"},
      {"\"id\":\"CGA-1\"", "CGA-1"},
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (TestFeed) feed;
    g_autofree char *text = g_strdup_printf (
        "{%s,\"affected\":[{\"package\":" DEBIAN_12 ",\"versions\":[\"1\"]}]}", cases[i].members);
    test_feed_read_text ("osv", text, &feed);
    g_assert_cmpuint (feed.records[SV_FEED_STATEMENT]->len, ==, 1);
    g_assert_cmpstr (test_feed_get_statement (&feed, 0)->vulnerability, ==, cases[i].flaw);
  }
}

static void
test_aliases (void)
{
  g_auto (TestFeed) feed;
  test_feed_read_text ("osv",
                       "{\"id\":\"CGA-1\",\"aliases\":[\"CVE-2026-0001\",\"GHSA-2\"],"
                       "\"related\":[\"GHSA-3\"]}",
                       &feed);
  g_assert_no_error (feed.error);
  g_assert_cmpuint (feed.records[SV_FEED_ALIAS]->len, ==, 2);
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_ALIAS, "vulnerability", "GHSA-2"), ==, 1);
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_ALIAS, "id", "CGA-1"), ==, 2);
}

static void
test_withdrawn (void)
{
  g_auto (TestFeed) feed;
  test_feed_read_text ("osv",
                       "{\"id\":\"X-1\",\"withdrawn\":\"2026-02-01T00:00:00Z\",\"affected\":["
                       "{\"package\":" DEBIAN_12 ",\"versions\":[\"1\"]}]}",
                       &feed);
  g_assert_cmpuint (feed.records[SV_FEED_STATEMENT]->len, ==, 0);
  g_autofree char *when = sv_time_format (test_feed_get_advisory (&feed, 0)->withdrawn_at_us);
  g_assert_cmpstr (when, ==, "2026-02-01T00:00:00Z");
}

static void
test_classes (void)
{
  const struct {
    const char *id;
    SvAdvisoryClass class;
  } cases[] = {{"ALSA-2023:1", SV_CLASS_SECURITY},
               {"ALBA-2023:1", SV_CLASS_BUGFIX},
               {"ALEA-2023:1", SV_CLASS_ENHANCEMENT},
               {"RLBA-2023:1", SV_CLASS_BUGFIX},
               {"DSA-1-1", SV_CLASS_SECURITY},
               {"CVE-2026-0001", SV_CLASS_SECURITY},
               {"BA", SV_CLASS_SECURITY},
               {"FEDORA-2023-1", SV_CLASS_SECURITY}};
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (TestFeed) feed;
    g_autofree char *text = g_strdup_printf ("{\"id\":\"%s\",\"affected\":[{\"package\":" DEBIAN_12
                                             ",\"versions\":[\"1\"]}]}",
                                             cases[i].id);
    test_feed_read_text ("osv", text, &feed);
    g_assert_cmpint (test_feed_get_advisory (&feed, 0)->class, ==, (gint)cases[i].class);
    g_assert_cmpint (test_feed_get_statement (&feed, 0)->class, ==, (gint)cases[i].class);
  }
}

static void
read_alma (const char *summary, const char *fixed, TestFeed *feed)
{
  g_autofree char *text = g_strdup_printf (
      HEAD
      "\"affected\":[{\"package\":{\"ecosystem\":\"AlmaLinux:8\",\"name\":\"foo\"},\"ranges\":["
      "{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"%s\"}]}]}]}",
      "ALSA-2026:1", summary, fixed);
  test_feed_read_text ("osv", text, feed);
}

static void
test_modules (void)
{
  const char *build = "1-2.module_el8.6.0+2811+fe6c84b0";
  g_auto (TestFeed) named;
  read_alma ("Moderate: perl:5.30 security update", build, &named);
  g_assert_cmpstr (test_feed_get_statement (&named, 0)->module, ==, "perl:5.30");
  g_assert_cmpstr (test_feed_get_statement (&named, 0)->urgency, ==, "Moderate");

  g_auto (TestFeed) twice;
  read_alma ("Low: virt:rhel and virt-devel:rhel security update", build, &twice);
  g_assert_cmpuint (twice.records[SV_FEED_STATEMENT]->len, ==, 2);
  g_assert_cmpstr (test_feed_get_statement (&twice, 1)->module, ==, "virt-devel:rhel");

  g_auto (TestFeed) unnamed; /* trap 64: not known is NULL, not "" */
  read_alma ("Important: 389-ds security update", build, &unnamed);
  g_assert_null (test_feed_get_statement (&unnamed, 0)->module);

  g_auto (TestFeed) plain; /* a version in the title is no stream */
  read_alma ("Moderate: python3:3.6.8 security update", "3.6.8-69.el8_10", &plain);
  g_assert_cmpstr (test_feed_get_statement (&plain, 0)->module, ==, "");
}

static void
test_suffixes (void)
{
  const struct {
    const char *ecosystem, *release; /* NULL: passed over */
  } cases[] = {{"Debian:12", "debian:12"},
               {"Debian", NULL},
               {"Ubuntu:22.04:LTS", "ubuntu:22.04"},
               {"Ubuntu:25.10", "ubuntu:25.10"},
               {"Ubuntu:Pro:22.04:LTS", "ubuntu-pro:22.04"},
               {"Ubuntu:Pro:FIPS-updates:22.04:LTS", "ubuntu-pro-fips-updates:22.04"},
               {"Ubuntu", NULL},
               {"Alpine:v3.19", "alpine:3.19"},
               {"AlmaLinux:9", "almalinux:9"},
               {"Rocky Linux:8", "rocky:8"},
               {"Red Hat:enterprise_linux:8::appstream", "rhel:8"},
               {"Red Hat:rhel_eus:8.6::baseos", "rhel-eus:8.6"},
               {"Red Hat:openshift:4.13::el8", NULL},
               {"SUSE:Linux Enterprise Server 15 SP5", "sles:15.5"},
               {"SUSE:Linux Enterprise Server 12", "sles:12"},
               {"SUSE:Linux Enterprise Server 15 SP4-LTSS", "sles-ltss:15.4"},
               {"openSUSE:Leap 15.5", "opensuse-leap:15.5"},
               {"openSUSE:Tumbleweed", "opensuse-tumbleweed:"},
               {"Wolfi", "wolfi:"},
               {"PyPI", NULL},
               {"Debianish:12", NULL},
               {"", NULL}};
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (TestFeed) feed;
    g_autofree char *package =
        g_strdup_printf ("{\"ecosystem\":\"%s\",\"name\":\"foo\"}", cases[i].ecosystem);
    g_test_message ("%s", cases[i].ecosystem);
    read_one (package, "\"versions\":[\"1\"]", &feed);
    g_assert_cmpuint (feed.skips->len, ==, 0);
    g_assert_cmpuint (feed.passes->len, ==, cases[i].release == NULL);
    if (cases[i].release != NULL)
      g_assert_cmpstr (test_feed_get_statement (&feed, 0)->release, ==, cases[i].release);
  }
}

static void
test_releases_asked_for (void)
{
  const char *wanted[] = {"debian:12", NULL};
  g_autofree char *path = test_data_path ("rpm/almalinux8-osv.tar.zst");
  if (path == NULL)
    return;
  g_auto (TestFeed) feed;
  const SvFeedOptions options = {.path = path, .releases = wanted};
  test_feed_read_options ("osv", &options, &feed);
  g_assert_no_error (feed.error);
  g_assert_cmpuint (feed.records[SV_FEED_STATEMENT]->len, ==, 0);
  g_assert_cmpuint (feed.counts.passed, ==, 147829);
}

static void
test_cves_of_one_release (void)
{
  g_auto (TestFeed) feed;
  test_feed_read_text (
      "osv",
      "{\"id\":\"USN-1\",\"upstream\":[\"CVE-2026-0001\",\"CVE-2026-0002\"],"
      "\"affected\":[{\"package\":{\"ecosystem\":\"Ubuntu:22.04:LTS\",\"name\":"
      "\"foo\"},\"versions\":[\"1\"],\"database_specific\":{\"cves_map\":{\"cves\":["
      "{\"id\":\"CVE-2026-0002\"}]}}}]}",
      &feed);
  g_assert_cmpuint (feed.records[SV_FEED_STATEMENT]->len, ==, 1);
  g_assert_cmpstr (test_feed_get_statement (&feed, 0)->vulnerability, ==, "CVE-2026-0002");
  g_assert_cmpuint (test_feed_get_advisory (&feed, 0)->vulnerabilities->len, ==, 2);
}

/* One broken document of many is skipped by its name, and is all there is to say of itself. */
static void
test_broken_documents (void)
{
  const char *documents[][2] = {{"a.json", "{\"id\":\"A\"}"},
                                {"b.json", "{\"id\":"},
                                {"c.json", "[]"},
                                {"d.json", "{\"id\":7}"},
                                {"e.json", ""},
                                {"f.json", "{\"id\":\"A\"} x"},
                                {"g.json", "{\"id\":\"\\ud800\"}"},
                                {"h.json", "{\"id\":\"H\"}"},
                                {"i.txt", "no record"}};
  g_autofree char *directory = g_dir_make_tmp ("salve-osv-XXXXXX", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (documents); i++) {
    g_autofree char *path = g_build_filename (directory, documents[i][0], NULL);
    g_assert_true (g_file_set_contents (path, documents[i][1], -1, NULL));
  }
  g_auto (TestFeed) feed;
  test_feed_read_path ("osv", directory, &feed);
  g_assert_no_error (feed.error);
  g_assert_cmpuint (feed.records[SV_FEED_ADVISORY]->len, ==, 2);
  g_assert_cmpuint (feed.skips->len, ==, 6);
  g_assert_true (g_str_has_prefix (feed.skips->pdata[0], "b.json: "));
  for (guint i = 0; i < G_N_ELEMENTS (documents); i++) {
    g_autofree char *path = g_build_filename (directory, documents[i][0], NULL);
    g_unlink (path);
  }
  g_auto (TestFeed) empty; /* an empty directory is an alarm */
  test_feed_read_path ("osv", directory, &empty);
  g_assert_error (empty.error, SV_ERROR, SV_ERROR_INVALID_DATA);
  g_rmdir (directory);
}

static void
test_huge_record (void)
{
  g_autoptr (GString) text = g_string_new ("{\"id\":\"A\",\"aliases\":[\"x\"");
  while (text->len <= SV_LIMIT_RECORD_BYTES)
    g_string_append (text, ",\"CVE-2026-0001\"");
  g_string_append (text, "]}");
  g_auto (TestFeed) feed;
  test_feed_read_text ("osv", text->str, &feed);
  g_assert_error (feed.error, SV_ERROR, SV_ERROR_INVALID_DATA); /* nothing else was in it */
  g_assert_cmpuint (feed.skips->len, ==, 1);
}

static void
test_wrong_types (void)
{
  const char *texts[] = {"{\"id\":\"A\",\"affected\":{}}",
                         "{\"id\":\"A\",\"affected\":[1]}",
                         "{\"id\":\"A\",\"affected\":[{\"ranges\":[1]}]}",
                         "{\"id\":\"A\",\"affected\":[{\"ranges\":[{\"events\":7}]}]}",
                         "{\"id\":\"A\",\"affected\":[{\"versions\":[7]}]}",
                         "7",
                         "null",
                         "\"A\"",
                         "[{\"id\":\"A\"}]"};
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_auto (TestFeed) feed;
    g_test_message ("%s", texts[i]);
    test_feed_read_text ("osv", texts[i], &feed);
    g_assert_error (feed.error, SV_ERROR, SV_ERROR_INVALID_DATA);
    g_assert_cmpuint (feed.skips->len, ==, 1);
  }
  g_auto (TestFeed) lenient; /* of no weight: the record stands */
  test_feed_read_text ("osv", "{\"id\":\"A\",\"summary\":7,\"aliases\":\"x\",\"published\":{}}",
                       &lenient);
  g_assert_no_error (lenient.error);
}

/* -- Data; the counts were worked out by another program -- */

static void
test_almalinux (void)
{
  g_autofree char *path = test_data_path ("rpm/almalinux8-osv.tar.zst");
  if (path == NULL)
    return;
  g_auto (TestFeed) feed;
  test_feed_read_path ("osv", path, &feed);
  g_assert_no_error (feed.error);
  g_assert_cmpuint (feed.counts.documents, ==, 3237);
  g_assert_cmpuint (feed.records[SV_FEED_ADVISORY]->len, ==, 3237);
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_ADVISORY, "class", "bugfix"), ==, 975);
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_ADVISORY, "class", "enhancement"), ==, 222);
  g_assert_cmpuint (feed.records[SV_FEED_STATEMENT]->len, ==, 147829);
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_STATEMENT, "class", "security"), ==, 138600);
  g_assert_cmpuint (feed.counts.skipped, ==, 0);
  guint modules[3] = {0}; /* known stream, modular of unknown stream, not modular */
  for (guint i = 0; i < feed.records[SV_FEED_STATEMENT]->len; i++) {
    const SvStatement *statement = feed.records[SV_FEED_STATEMENT]->pdata[i];
    modules[statement->module == NULL ? 1 : *statement->module != '\0' ? 0 : 2]++;
  }
  g_assert_cmpuint (modules[0], ==, 75870);
  g_assert_cmpuint (modules[1], ==, 437);
  g_assert_cmpuint (modules[2], ==, 71522);
}

static void
test_two_builds (void)
{
  g_autofree char *path = test_data_path ("rpm/almalinux8-osv.tar.zst");
  if (path == NULL)
    return;
  g_auto (TestFeed) feed;
  test_feed_read_path ("osv", path, &feed);
  g_autoptr (GHashTable) builds = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < feed.records[SV_FEED_STATEMENT]->len; i++) {
    const SvStatement *statement = feed.records[SV_FEED_STATEMENT]->pdata[i];
    if (strcmp (statement->advisory, "ALSA-2023:6938") == 0 &&
        strcmp (statement->package, "criu") == 0) {
      g_assert_cmpstr (statement->module, ==, "container-tools:4.0");
      g_hash_table_add (builds, statement->fixed);
    }
  }
  g_assert_cmpuint (g_hash_table_size (builds), ==, 2);
  g_assert_true (g_hash_table_contains (builds, "3.15-3.module_el8.6.0+3137+d33c3efb"));
  g_assert_true (g_hash_table_contains (builds, "3.15-3.module_el8.6.0+2877+8e437bf5"));
}

static void
test_debian_zip (void)
{
  char *path = test_data_unpack ("debian/vuls-fixtures-debian.tar.zst", "fixtures/all.zip");
  if (path == NULL)
    return;
  g_auto (TestFeed) feed;
  test_feed_read_path ("osv", path, &feed);
  g_assert_cmpuint (feed.records[SV_FEED_ADVISORY]->len, ==, 3);
  g_assert_cmpuint (feed.records[SV_FEED_STATEMENT]->len, ==, 4);
  const SvStatement *statement = test_feed_find_statement (&feed, "CVE-2014-3466", "gnutls26");
  g_assert_nonnull (statement);
  g_assert_cmpstr (statement->fixed, ==, "2.8.6-1+squeeze4");
  g_assert_cmpint (statement->name_kind, ==, SV_NAME_SOURCE);
  test_data_remove (path);
}

static void
test_suse_binaries (void)
{
  char *path = test_data_unpack ("rpm/vuls-fixtures-suse-osv.tar.zst", "osv.tar.bz2");
  if (path == NULL)
    return;
  g_auto (TestFeed) feed;
  test_feed_read_path ("osv", path, &feed);
  const SvStatement *statement = test_feed_find_statement (&feed, NULL, "chromedriver");
  g_assert_nonnull (statement);
  g_assert_cmpstr (statement->fixed, ==, "51.0.2704.103-85.3");
  g_assert_cmpint (statement->name_kind, ==, SV_NAME_BINARY);
  g_assert_cmpuint (test_feed_count (&feed, SV_FEED_STATEMENT, "package", "imlib2-filters"), ==,
                    test_feed_count (&feed, SV_FEED_STATEMENT, "package", "chromedriver"));
  test_data_remove (path);
}

static void
test_ubuntu_pro (void)
{
  g_autofree char *path =
      test_data_path ("ubuntu/osv-vex-usn/osv-esm-cases_cve_2022_UBUNTU-CVE-2022-24823.json");
  if (path == NULL)
    return;
  g_auto (TestFeed) feed;
  test_feed_read_path ("osv", path, &feed);
  g_assert_cmpuint (feed.records[SV_FEED_STATEMENT]->len, ==, 8);
  const SvStatement *statement = test_feed_get_statement (&feed, 1);
  g_assert_cmpstr (statement->release, ==, "ubuntu-pro:16.04");
  g_assert_cmpstr (statement->fixed, ==, "1:4.0.34-1ubuntu0.1~esm2");
  g_assert_nonnull (strstr (statement->note, "Ubuntu Pro"));
  g_assert_cmpstr (statement->urgency, ==, "low");
  g_assert_null (test_feed_get_statement (&feed, 0)->fixed); /* affected, no fix: not passed over */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/osv/pitfall-52-withdrawn", test_withdrawn);
  g_test_add_func ("/osv/pitfall-53-aliases", test_aliases);
  g_test_add_func ("/osv/pitfall-54-names-of-the-flaw", test_names_of_the_flaw);
  g_test_add_func ("/osv/pitfall-55-classes", test_classes);
  g_test_add_func ("/osv/pitfall-59-nothing-to-compare", test_nothing_to_compare);
  g_test_add_func ("/osv/pitfall-60-ranges", test_ranges);
  g_test_add_func ("/osv/pitfall-61-suffixes", test_suffixes);
  g_test_add_func ("/osv/pitfall-63-64-modules", test_modules);
  g_test_add_func ("/osv/pitfall-65-two-builds", test_two_builds);
  g_test_add_func ("/osv/pitfall-69-ubuntu-pro", test_ubuntu_pro);
  g_test_add_func ("/osv/pitfall-107-broken-documents", test_broken_documents);
  g_test_add_func ("/osv/pitfall-107-malformed-version", test_malformed_version);
  g_test_add_func ("/osv/promise-s39-huge-record", test_huge_record);
  g_test_add_func ("/osv/wrong-types", test_wrong_types);
  g_test_add_func ("/osv/releases-asked-for", test_releases_asked_for);
  g_test_add_func ("/osv/cves-of-one-release", test_cves_of_one_release);
  g_test_add_func ("/osv/data/almalinux", test_almalinux);
  g_test_add_func ("/osv/data/debian-zip", test_debian_zip);
  g_test_add_func ("/osv/data/suse-binaries", test_suse_binaries);
  return g_test_run ();
}
