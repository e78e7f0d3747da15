#include "inventory/fixture.h"

#define INSTALLED "Status: install ok installed\n"

static SvInventory *
collect_status (const char *status)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write (&fixture, "status", status);
  g_autofree char *path = fixture_path (&fixture, "status");
  return fixture_collect (&(SvInventorySource){.dpkg_status = path});
}

/* --- sources --- */

static void
test_source (void)
{
  g_autoptr (SvInventory) inventory = collect_status (
      "Package: libc6\n" INSTALLED "Architecture: amd64\nSource: glibc\nVersion: 2.36-9+deb12u10\n"
      "\nPackage: postgresql-client\n" INSTALLED
      "Architecture: all\nSource: postgresql-common (200+deb10u5)\nVersion: 11+200+deb10u5\n"
      "\nPackage: bash\n" INSTALLED "Architecture: amd64\nVersion: 5.2.15-2\n"
      "\nPackage: zlib1g\n" INSTALLED
      "Architecture: amd64\nSource: zlib (1:1.2.13.dfsg-1)\nVersion: 1:1.2.13.dfsg-1+b1\n");
  g_assert_cmpuint (inventory->packages->len, ==, 4);
  const SvPackage *glibc = fixture_find_package (inventory, "libc6");
  g_assert_cmpstr (glibc->source, ==, "glibc");
  g_assert_cmpstr (glibc->source_version, ==, "2.36-9+deb12u10");
  const SvPackage *client = fixture_find_package (inventory, "postgresql-client");
  g_assert_cmpstr (client->source, ==, "postgresql-common");
  g_assert_cmpstr (client->source_version, ==, "200+deb10u5");
  const SvPackage *bash = fixture_find_package (inventory, "bash");
  g_assert_cmpstr (bash->source, ==, "bash");
  g_assert_cmpstr (bash->source_version, ==, "5.2.15-2");
  const SvPackage *zlib = fixture_find_package (inventory, "zlib1g");
  g_assert_cmpstr (zlib->version, ==, "1:1.2.13.dfsg-1+b1");
  g_assert_cmpstr (zlib->source_version, ==, "1:1.2.13.dfsg-1");
}

/* One source, two binaries at different versions: each keeps its own. */
static void
test_skew (void)
{
  g_autoptr (SvInventory) inventory = collect_status (
      "Package: libssl3\n" INSTALLED "Architecture: amd64\nSource: openssl\nVersion: 3.0.19-1\n"
      "\nPackage: libssl3\n" INSTALLED "Architecture: i386\nSource: openssl\nVersion: 3.0.17-1\n");
  g_assert_cmpuint (inventory->packages->len, ==, 2);
  g_assert_cmpstr (sv_inventory_find_package (inventory, "libssl3", "amd64")->source_version, ==,
                   "3.0.19-1");
  g_assert_cmpstr (sv_inventory_find_package (inventory, "libssl3", "i386")->source_version, ==,
                   "3.0.17-1");
  g_assert_null (sv_inventory_find_package (inventory, "libssl3", "arm64"));
  g_assert_nonnull (sv_inventory_find_package (inventory, "libssl3", NULL));
}

/* --- states --- */

static void
test_states (void)
{
  static const struct {
    const char *status;
    int state; /* -1: not in the list at all */
    gboolean held;
  } cases[] = {
      {"install ok installed", SV_PACKAGE_INSTALLED, FALSE},
      {"hold ok installed", SV_PACKAGE_INSTALLED, TRUE},
      {"deinstall ok config-files", SV_PACKAGE_CONFIG_FILES, FALSE},
      {"install ok unpacked", SV_PACKAGE_BROKEN, FALSE},
      {"install ok half-installed", SV_PACKAGE_BROKEN, FALSE},
      {"install ok half-configured", SV_PACKAGE_BROKEN, FALSE},
      {"install ok triggers-awaited", SV_PACKAGE_BROKEN, FALSE},
      {"install ok triggers-pending", SV_PACKAGE_BROKEN, FALSE},
      {"install reinstreq installed", SV_PACKAGE_BROKEN, FALSE},
      {"unknown ok not-installed", -1, FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *status = g_strdup_printf (
        "Package: a\nStatus: %s\nArchitecture: all\nVersion: 1\n", cases[i].status);
    g_autoptr (SvInventory) inventory = collect_status (status);
    g_assert_cmpuint (inventory->packages->len, ==, cases[i].state >= 0);
    if (cases[i].state < 0)
      continue;
    const SvPackage *package = inventory->packages->pdata[0];
    g_assert_cmpint (package->state, ==, cases[i].state);
    g_assert_cmpint (package->held, ==, cases[i].held);
  }
}

/* --- marks and dependencies --- */

static void
test_automatic (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write_debian (&fixture, "Package: a\n" INSTALLED
                                  "Architecture: all\nVersion: 1\nPre-Depends: x\nDepends: y, z\n"
                                  "\nPackage: b\n" INSTALLED "Architecture: i386\nVersion: 1\n"
                                  "\nPackage: b\n" INSTALLED "Architecture: amd64\nVersion: 1\n"
                                  "Depends: q\nConflicts: r\nBreaks: s (<< 2)\n"
                                  "Provides: t (= 1)\nMulti-Arch: same\n");
  fixture_write (&fixture, "var/lib/apt/extended_states",
                 "Package: a\nArchitecture: amd64\nAuto-Installed: 1\n"
                 "\nPackage: b\nArchitecture: i386\nAuto-Installed: 1\n"
                 "\nPackage: b\nArchitecture: amd64\nAuto-Installed: 0\n");
  g_autoptr (SvInventory) inventory = fixture_collect (&(SvInventorySource){.root = fixture.root});
  g_assert_cmpuint (inventory->packages->len, ==, 3);
  g_assert_true (sv_inventory_find_package (inventory, "a", NULL)->automatic);
  g_assert_true (sv_inventory_find_package (inventory, "b", "i386")->automatic);
  g_assert_false (sv_inventory_find_package (inventory, "b", "amd64")->automatic);
  g_assert_cmpstr (sv_inventory_find_package (inventory, "a", NULL)->depends, ==, "x, y, z");
  g_assert_cmpstr (sv_inventory_find_package (inventory, "b", "amd64")->depends, ==, "q");
  g_assert_null (sv_inventory_find_package (inventory, "b", "i386")->depends);
  const SvPackage *b = sv_inventory_find_package (inventory, "b", "amd64");
  g_assert_cmpstr (b->conflicts, ==, "r, s (<< 2)");
  g_assert_cmpstr (b->provides, ==, "t (= 1)");
  g_assert_cmpstr (b->multi_arch, ==, "same");
}

static void
test_distroless (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write (&fixture, "etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
  fixture_write (&fixture, "var/lib/dpkg/status.d/tzdata",
                 "Package: tzdata\nVersion: 2025b-0+deb12u1\nArchitecture: all\n");
  fixture_write (&fixture, "var/lib/dpkg/status.d/tzdata.md5sums", "abc  usr/share/zoneinfo\n");
  g_autoptr (SvInventory) inventory = fixture_collect (&(SvInventorySource){.root = fixture.root});
  g_assert_cmpuint (inventory->packages->len, ==, 1);
  const SvPackage *package = inventory->packages->pdata[0];
  g_assert_cmpstr (package->name, ==, "tzdata");
  g_assert_cmpint (package->state, ==, SV_PACKAGE_INSTALLED);
  g_assert_null (fixture_find_gap (inventory, "packages", ""));
}

/* --- hostile and broken input --- */

static void
test_broken_records (void)
{
  g_autoptr (SvInventory) inventory = collect_status (
      "Package: good\n" INSTALLED "Architecture: all\nVersion: 1\n"
      "\nPackage: no-version\n" INSTALLED "Architecture: all\n"
      "\nVersion: 2\n" INSTALLED "\nPackage: no-status\nVersion: 3\n"
      "\nthis is no field\n\nPackage: also-good\n" INSTALLED "Architecture: all\nVersion: 4\n");
  g_assert_cmpuint (inventory->packages->len, ==, 2);
  g_assert_nonnull (fixture_find_package (inventory, "good"));
  g_assert_nonnull (fixture_find_package (inventory, "also-good"));
  g_assert_nonnull (fixture_find_gap (inventory, "packages", "line 6"));
  g_assert_nonnull (fixture_find_gap (inventory, "packages", "it has no version"));
  g_assert_nonnull (fixture_find_gap (inventory, "packages", "it has no name"));
  g_assert_nonnull (fixture_find_gap (inventory, "packages", "its Status is missing"));
}

static void
test_hostile_names (void)
{
  g_autofree char *long_name = g_strnfill (SV_LIMIT_NAME_BYTES + 1, 'x');
  g_autofree char *status = g_strdup_printf (
      "Package: $(reboot);\x1b[31m\xff\n" INSTALLED "Architecture: all\nVersion: 1\n"
      "\nPackage: %s\n" INSTALLED "Architecture: all\nVersion: 1\n",
      long_name);
  g_autoptr (SvInventory) inventory = collect_status (status);
  g_assert_cmpuint (inventory->packages->len, ==, 1);
  g_assert_cmpstr (((SvPackage *)inventory->packages->pdata[0])->name, ==,
                   "$(reboot);\x1b[31m\xff");
  g_assert_nonnull (fixture_find_gap (inventory, "packages", "its name is too long"));
}

/* Twice as many packages, duplicates included, take about twice as long, not four times. */
static double
time_packages (guint n)
{
  g_autoptr (GString) status = g_string_new (NULL);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (status,
                            "Package: p%u\n" INSTALLED "Architecture: all\nVersion: 1.%u\n\n",
                            i % (n / 2), i % (n / 2));
  g_autoptr (GTimer) timer = g_timer_new ();
  g_autoptr (SvInventory) inventory = collect_status (status->str);
  double seconds = g_timer_elapsed (timer, NULL);
  g_assert_cmpuint (inventory->packages->len, ==, n / 2);
  g_assert_nonnull (fixture_find_gap (inventory, "packages", "duplicate records dropped"));
  return seconds;
}

static void
test_linear (void)
{
  double small = time_packages (20000), large = time_packages (160000);
  g_test_message ("20,000 in %.3f s, 160,000 in %.3f s", small, large);
  g_assert_cmpfloat (large, <, small * 8 * 4 + 1.0);
}

/* --- real data --- */

/* dpkg-query.tsv: name[:arch], version, arch, source, source version, "ii ". */
static void
compare_row (const SvInventory *inventory, char *line)
{
  g_auto (GStrv) row = g_strsplit (line, "\t", -1);
  g_assert_cmpuint (g_strv_length (row), ==, 6);
  row[0][strcspn (row[0], ":")] = '\0';
  const SvPackage *package = sv_inventory_find_package (inventory, row[0], row[2]);
  g_assert_nonnull (package);
  g_assert_cmpstr (package->version, ==, row[1]);
  g_assert_cmpstr (package->source, ==, row[3]);
  g_assert_cmpstr (package->source_version, ==, row[4]);
  g_assert_cmpint (package->state == SV_PACKAGE_INSTALLED, ==, g_str_has_prefix (row[5], "ii"));
}

static void
test_root (gconstpointer name)
{
  g_autofree char *relative = g_build_filename ("debian", name, NULL);
  g_autofree char *root = fixture_data (relative);
  if (root == NULL)
    return;
  g_autofree char *status = g_build_filename (root, "dpkg-status", NULL);
  g_autofree char *release = g_build_filename (root, "os-release", NULL);
  g_autofree char *rows_path = g_build_filename (root, "dpkg-query.tsv", NULL);
  g_autofree char *sources = g_build_filename (root, "sources.list", NULL);
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (rows_path, &text, NULL, NULL));
  g_autoptr (SvInventory) inventory = fixture_collect (
      &(SvInventorySource){.dpkg_status = status, .os_release = release, .apt_sources = sources});
  guint n = 0;
  SvLines lines = {text, 0};
  for (char *line; (line = sv_lines_next (&lines)) != NULL; n++)
    compare_row (inventory, line);
  g_assert_cmpuint (inventory->packages->len, ==, n);
  g_assert_cmpstr (inventory->distro->family, ==, "debian");
  g_assert_cmpint (inventory->distro->scheme, ==, SV_SCHEME_DEB);
  g_assert_cmpuint (inventory->repositories->len, ==, 3);
  g_assert_null (fixture_find_gap (inventory, "packages", ""));
}

/* vcpkg's file also lists features of packages: records without a version, which are left out. */
static void
test_odd_files (void)
{
  static const struct {
    const char *file;
    guint n_packages, n_gaps;
  } files[] = {{"inventory/dpkg/debian-only.status", 1, 0},
               {"inventory/dpkg/postgresql.status", 3, 0},
               {"inventory/dpkg/vcpkg.status", 15, 9}};
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = fixture_data (files[i].file);
    if (path == NULL)
      return;
    g_autoptr (SvInventory) inventory = fixture_collect (&(SvInventorySource){.dpkg_status = path});
    guint n_gaps = 0;
    for (guint g = 0; g < inventory->gaps->len; g++)
      n_gaps += g_str_equal (((SvGap *)inventory->gaps->pdata[g])->what, "packages");
    g_assert_cmpuint (inventory->packages->len, ==, files[i].n_packages);
    g_assert_cmpuint (n_gaps, ==, files[i].n_gaps);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dpkg/pitfall-17-18-19-source-version", test_source);
  g_test_add_func ("/dpkg/pitfall-20-27-skewed-architectures", test_skew);
  g_test_add_func ("/dpkg/pitfall-26-states", test_states);
  g_test_add_func ("/dpkg/automatic-and-depends", test_automatic);
  g_test_add_func ("/dpkg/distroless", test_distroless);
  g_test_add_func ("/dpkg/pitfall-11-107-broken-records", test_broken_records);
  g_test_add_func ("/dpkg/hostile-names", test_hostile_names);
  g_test_add_func ("/dpkg/pitfall-110-linear", test_linear);
  g_test_add_data_func ("/dpkg/root-a", "rootfs-a-bookworm-minbase", test_root);
  g_test_add_data_func ("/dpkg/root-b", "rootfs-b-bookworm-server", test_root);
  g_test_add_data_func ("/dpkg/root-e", "rootfs-e-bullseye-small", test_root);
  g_test_add_func ("/dpkg/odd-files", test_odd_files);
  return g_test_run ();
}
