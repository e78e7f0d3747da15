#include "inventory/fixture.h"

#include "inventory/lifecycle.h"

static const SvSupport *
find (const SvInventory *inventory, const char *subject)
{
  for (guint i = 0; i < inventory->supports->len; i++) {
    const SvSupport *support = inventory->supports->pdata[i];
    if (g_str_equal (support->subject, subject))
      return support;
  }
  return NULL;
}

static void
expect (const SvInventory *inventory, const char *subject, const char *level, const char *date)
{
  const SvSupport *support = find (inventory, subject);
  g_assert_nonnull (support);
  g_assert_cmpstr (support->level, ==, level);
  gint64 instant = 0;
  if (date != NULL)
    g_assert_true (sv_time_parse (date, &instant, NULL));
  g_assert_cmpint (support->ends_at_us, ==, instant);
}

/* --- releases --- */

static const char debian_csv[] = "version,codename,series,created,release,eol,eol-lts,eol-elts\n"
                                 "11,Bullseye,bullseye,2019-07-06,2021-08-14,2024-08-14,"
                                 "2026-08-31,2031-06-30\n"
                                 "12,Bookworm,bookworm,2021-08-14,2023-06-10,2026-06-10,"
                                 "2028-06-30,2033-06-30\n"
                                 "13,Trixie,trixie,2023-06-10,2025-08-09,2028-08-09\n"
                                 "14,Forky,forky,2025-08-09\n";
static const char ubuntu_csv[] = "version,codename,series,created,release,eol,eol-server,eol-esm\n"
                                 "22.04 LTS,Jammy Jellyfish,jammy,2021-10-14,2022-04-21,"
                                 "2027-06-01,2027-06-01,2032-04-09\n"
                                 "22.10,Kinetic Kudu,kinetic,2022-04-21,2022-10-20,2023-07-20\n";

static void
expect_stage (const char *csv, const char *release, const char *codename, const char *now,
              const char *level)
{
  g_autofree char *text = g_strdup (csv);
  SvDistro distro = {.id = (char *)"x", .release = (char *)release, .codename = (char *)codename};
  SvLife life;
  gint64 now_us;
  g_assert_true (sv_time_parse (now, &now_us, NULL));
  g_assert_true (sv_life_read_distro_info (&distro, text, &life));
  const SvLifeStage *stage = sv_life_find_stage (&life, now_us);
  g_assert_cmpstr (stage != NULL ? stage->level : "ended", ==, level);
}

static void
test_stages (void)
{
  expect_stage (debian_csv, "12", "bookworm", "2026-06-10", "supported"); /* its last day counts */
  expect_stage (debian_csv, "12", "bookworm", "2026-06-11", "lts");
  expect_stage (debian_csv, "12", NULL, "2028-07-01", "extended");
  expect_stage (debian_csv, "12", NULL, "2033-07-01", "ended");
  expect_stage (debian_csv, NULL, "trixie", "2026-11-22", "supported");
  expect_stage (debian_csv, "13", NULL, "2028-08-10", "ended");
  expect_stage (ubuntu_csv, "22.04", NULL, "2026-11-22", "supported");
  expect_stage (ubuntu_csv, "22.04", NULL, "2028-01-01", "extended");
  expect_stage (ubuntu_csv, "22.10", NULL, "2026-11-22", "ended");
  g_autofree char *text = g_strdup (debian_csv);
  SvLife life;
  SvDistro distro = {.id = (char *)"debian", .release = (char *)"1"}; /* no prefix of "12" */
  g_assert_false (sv_life_read_distro_info (&distro, text, &life));
  g_autofree char *again = g_strdup (debian_csv);
  distro = (SvDistro){.id = (char *)"debian", .codename = (char *)"forky"};
  g_assert_false (sv_life_read_distro_info (&distro, again, &life));
}

static void
test_built_in (void)
{
  static const struct {
    const char *id, *version, *now, *level; /* NULL: not in the table */
  } cases[] = {
      {"debian", "12", "2026-11-22", "lts"},
      {"debian", "11", "2026-11-22", "extended"},
      {"ubuntu", "22.04", "2026-11-22", "supported"},
      {"ubuntu", "20.04", "2026-11-22", "extended"},
      {"rhel", "8.9", "2026-11-22", "supported"},
      {"rhel", "7.9", "2026-11-22", "extended"},
      {"rhel", "6.10", "2026-11-22", "ended"},
      {"centos", "7.7.1908", "2026-11-22", "ended"},
      {"alpine", "3.19.0", "2025-11-01", "supported"},
      {"alpine", "3.19.0", "2025-11-02", "ended"},
      {"alpine", "3.1", "2026-11-22", NULL},
      {"sles", "12.5", "2026-11-22", "extended"},
      {"amzn", "2", "2026-11-22", "ended"},
      {"amzn", "2023", "2026-11-22", "supported"},
      {"opensuse-tumbleweed", "20231215", "2026-11-22", NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    SvDistro distro = {.id = (char *)cases[i].id, .version_id = (char *)cases[i].version};
    SvLife life;
    gint64 now_us;
    g_assert_true (sv_time_parse (cases[i].now, &now_us, NULL));
    g_assert_cmpint (sv_life_find (&distro, &life), ==, cases[i].level != NULL);
    if (cases[i].level == NULL)
      continue;
    const SvLifeStage *stage = sv_life_find_stage (&life, now_us);
    g_assert_cmpstr (stage != NULL ? stage->level : "ended", ==, cases[i].level);
  }
}

/* --- packages --- */

static void
write_sources (const Fixture *fixture)
{
  static const char *const sources[] = {"pdns",     "php-horde-imp", "phpXhorde",
                                        "binutils", "bash",          "later"};
  g_autoptr (GString) status = g_string_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    g_string_append_printf (status,
                            "Package: %s-bin\nSource: %s\nStatus: install ok installed\n"
                            "Architecture: amd64\nVersion: 9-1\n\n",
                            sources[i], sources[i]);
  fixture_write_debian (fixture, status->str);
}

static void
test_packages (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  write_sources (&fixture);
  fixture_write (&fixture, "usr/share/distro-info/debian.csv", debian_csv);
  fixture_write (&fixture, "usr/share/debian-security-support/security-support-ended.deb12",
                 "# comment\n\nphp-horde.*\t0\t\t2025-03-22\thttps://lists.example; with PHP8\n"
                 "pdns            4.7.3-2                 2025-10-01      not feasible\n"
                 "later 1-1 2027-01-01\nbroken line\n");
  fixture_write (&fixture, "usr/share/debian-security-support/security-support-limited",
                 "binutils        Only suitable for trusted content\n"
                 "golang.*        static linking\npdns limited too\n");
  g_autoptr (SvInventory) inventory = fixture_collect (&(SvInventorySource){.root = fixture.root});
  expect (inventory, "debian 12", "lts", "2028-06-30");
  expect (inventory, "php-horde-imp", "ended", "2025-03-22");
  g_assert_cmpstr (find (inventory, "php-horde-imp")->note, ==, "https://lists.example; with PHP8");
  expect (inventory, "pdns", "ended", "2025-10-01");
  expect (inventory, "later", "supported", "2027-01-01");
  expect (inventory, "binutils", "limited", NULL);
  g_assert_null (find (inventory, "bash"));
  g_assert_null (find (inventory, "phpXhorde"));
  g_assert_null (find (inventory, "broken"));
}

/* The lists as Debian ships them. */
static void
test_data (void)
{
  g_autofree char *directory = fixture_data ("debian/support");
  if (directory == NULL)
    return;
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  write_sources (&fixture);
  g_autoptr (SvInventory) inventory =
      fixture_collect (&(SvInventorySource){.root = fixture.root, .support_dir = directory});
  g_assert_cmpuint (inventory->supports->len, ==, 4);
  expect (inventory, "debian 12", "lts", "2028-06-30");
  expect (inventory, "binutils", "limited", NULL);
  expect (inventory, "pdns", "ended", "2025-10-01");
  expect (inventory, "php-horde-imp", "ended", "2025-03-22");
  g_assert_null (fixture_find_gap (inventory, "support", ""));
}

/* A release that nobody lists is not "supported". */
static void
test_unknown (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write_debian (&fixture, NULL);
  g_autoptr (SvInventory) bare = fixture_collect (&(SvInventorySource){.root = fixture.root});
  expect (bare, "debian 12", "lts", "2028-06-30");
  g_assert_cmpstr (find (bare, "debian 12")->source, ==, "built-in table");
  g_assert_nonnull (fixture_find_gap (bare, "support", "debian-security-support"));
  fixture_write (&fixture, "etc/os-release", "ID=debian\nVERSION_CODENAME=forky\n");
  fixture_write (&fixture, "usr/share/distro-info/debian.csv", debian_csv);
  g_autoptr (SvInventory) testing = fixture_collect (&(SvInventorySource){.root = fixture.root});
  expect (testing, "debian forky", "unknown", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/support/stages", test_stages);
  g_test_add_func ("/support/built-in-table", test_built_in);
  g_test_add_func ("/support/pitfall-50-51-packages", test_packages);
  g_test_add_func ("/support/data", test_data);
  g_test_add_func ("/support/pitfall-49-unknown", test_unknown);
  return g_test_run ();
}
