#include "inventory/fixture.h"

static SvInventory *
collect_manifest (const char *text, GError **error)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write (&fixture, "manifest", text);
  g_autofree char *path = fixture_path (&fixture, "manifest");
  return sv_inventory_collect (&(SvInventorySource){.rpm_manifest = path}, FIXTURE_NOW_US, error);
}

static SvInventory *
collect_good (const char *text)
{
  g_autoptr (GError) error = NULL;
  SvInventory *inventory = collect_manifest (text, &error);
  g_assert_no_error (error);
  return inventory;
}

/* --- the tab-separated form --- */

static void
test_rows (void)
{
  g_autoptr (SvInventory) inventory = collect_good (
      "# made by hand\n"
      "bash\t(none)\t5.1.8\t6.el9\tx86_64\tbash-5.1.8-6.el9.src.rpm\t(none)\tRed Hat, Inc.\n"
      "dbus\t1\t1.12.20\t5.el9\tx86_64\tdbus-1.12.20-5.el9.src.rpm\t\tAlmaLinux\n"
      "perl-Errno\t0\t1.30\t479.el9\tx86_64\tperl-5.32.1-479.el9.src.rpm\n"
      "postgresql\t(none)\t12.1\t2.module\tx86_64\tpostgresql-12.1-2.module.src.rpm\t"
      "postgresql:12:8030020:229f0a1c\tv\twith a tab\n"
      "gpg-pubkey\t(none)\t8483c65d\t5ccc5b19\t(none)\t(none)\t(none)\t(none)\n"
      "old\t(none)\t1\t1\tnoarch\told-1-1.src.rpm\t?\t(none)\n"
      "broken line\n"
      "no-version\t(none)\t(none)\t1\tnoarch\tx-1-1.src.rpm\t\t\n");
  g_assert_cmpuint (inventory->packages->len, ==, 5);
  g_assert_cmpstr (fixture_get_package (inventory, "bash")->version, ==, "5.1.8-6.el9");
  g_assert_cmpstr (fixture_get_package (inventory, "bash")->source, ==, "bash");
  g_assert_cmpstr (fixture_get_package (inventory, "bash")->source_version, ==, "5.1.8-6.el9");
  g_assert_cmpstr (fixture_get_package (inventory, "bash")->vendor, ==, "Red Hat, Inc.");
  g_assert_cmpstr (fixture_get_package (inventory, "bash")->module, ==, "");
  g_assert_cmpstr (fixture_get_package (inventory, "dbus")->version, ==, "1:1.12.20-5.el9");
  g_assert_cmpstr (fixture_get_package (inventory, "dbus")->source_version, ==, "1:1.12.20-5.el9");
  g_assert_cmpstr (fixture_get_package (inventory, "perl-Errno")->version, ==, "1.30-479.el9");
  g_assert_cmpstr (fixture_get_package (inventory, "perl-Errno")->source, ==, "perl");
  g_assert_null (fixture_get_package (inventory, "perl-Errno")->source_version);
  g_assert_null (fixture_get_package (inventory, "perl-Errno")->module);
  g_assert_cmpstr (fixture_get_package (inventory, "postgresql")->module, ==, "postgresql:12");
  g_assert_cmpstr (fixture_get_package (inventory, "postgresql")->vendor, ==, "v\twith a tab");
  g_assert_null (fixture_get_package (inventory, "old")->module);
  g_assert_cmpint (inventory->distro->scheme, ==, SV_SCHEME_RPM);
  g_assert_nonnull (fixture_find_gap (inventory, "packages", "line 8"));
  g_assert_nonnull (fixture_find_gap (inventory, "packages", "it has no version"));
}

static void
test_split_source (void)
{
  static const struct {
    const char *text, *name, *version;
  } cases[] = {
      {"bash-5.1.8-6.el9.src.rpm", "bash", "5.1.8-6.el9"},
      {"dpkg-dev-1.19.7-1.nosrc.rpm", "dpkg-dev", "1.19.7-1"},
      {"gmp-1:6.2.0-10.el9.src", "gmp", "1:6.2.0-10.el9"},
      {"name-only", NULL, NULL},
      {"", NULL, NULL},
      {"-1-2.src.rpm", NULL, NULL},
      {"a--.src.rpm", NULL, NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *name = NULL, *version = NULL;
    gboolean ok = sv_rpm_split_source (cases[i].text, &name, &version);
    g_assert_cmpint (ok, ==, cases[i].name != NULL);
    g_assert_cmpstr (name, ==, cases[i].name);
    g_assert_cmpstr (version, ==, cases[i].version);
  }
}

/* --- JSON --- */

static void
test_json (void)
{
  g_autoptr (SvInventory) inventory = collect_good (
      "{\"object_type\": \"x\", \"rpms\": ["
      " {\"name\": \"dbus-common\", \"architecture\": \"noarch\", \"release\": \"7.el8\","
      "  \"srpm_nevra\": \"dbus-1.12.8-7.el8.src\", \"nerva\": "
      "\"dbus-common-1:1.12.8-7.el8.noarch\"},"
      " {\"name\": \"gmp\", \"architecture\": \"x86_64\", \"version\": \"6.2.0\","
      "  \"release\": \"10.el9\", \"nvra\": \"gmp-6.2.0-10.el9.x86_64\","
      "  \"srpm_nevra\": \"gmp-1:6.2.0-10.el9.src\"},"
      " {\"name\": \"bash\", \"architecture\": \"x86_64\", \"version\": \"5.1\","
      "  \"release\": \"2\", \"srpm_nevra\": \"bash-0:5.1-2.src\"},"
      " {\"name\": \"perl-Errno\", \"architecture\": \"x86_64\", \"version\": \"1.28\","
      "  \"release\": \"4\", \"srpm_nevra\": \"perl-4:5.26-4.src\"}]}");
  g_assert_cmpuint (inventory->packages->len, ==, 4);
  g_assert_cmpstr (fixture_get_package (inventory, "dbus-common")->version, ==, "1:1.12.8-7.el8");
  g_assert_cmpstr (fixture_get_package (inventory, "dbus-common")->source, ==, "dbus");
  g_assert_null (fixture_get_package (inventory, "dbus-common")->source_version);
  g_assert_cmpstr (fixture_get_package (inventory, "gmp")->version, ==, "1:6.2.0-10.el9");
  g_assert_cmpstr (fixture_get_package (inventory, "bash")->version, ==, "5.1-2");
  g_assert_cmpstr (fixture_get_package (inventory, "perl-Errno")->version, ==, "1.28-4");
  g_assert_cmpstr (fixture_get_package (inventory, "perl-Errno")->source_version, ==, "4:5.26-4");
}

static void
test_refused (void)
{
  static const char *const texts[] = {
      "{\"rpms\": [{\"name\": 1}]}",
      "{\"rpms\": [",
      "bash 5.1\nbash 5.2\n",
      "-- a --\nnothing\n",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SvInventory) inventory = collect_manifest (texts[i], &error);
    g_assert_null (inventory);
    g_assert_nonnull (error);
  }
}

static void
test_modules (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write_debian (&fixture, NULL);
  fixture_write (&fixture, "etc/dnf/modules.d/postgresql.module",
                 "[postgresql]\nname=postgresql\nprofiles=\nstate=enabled\nstream=12\n");
  fixture_write (&fixture, "etc/dnf/modules.d/ruby.module",
                 "[ruby]\nname=ruby\nstate=disabled\nstream=2.5\n");
  g_autoptr (SvInventory) inventory = fixture_collect (&(SvInventorySource){.root = fixture.root});
  g_assert_cmpuint (inventory->modules->len, ==, 1);
  g_assert_cmpstr (inventory->modules->pdata[0], ==, "postgresql:12");
}

static void
test_holds (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write (&fixture, "etc/os-release", "ID=almalinux\nVERSION_ID=9.4\n");
  fixture_write (
      &fixture, "etc/dnf/plugins/versionlock.list",
      "# Added lock\nbash-0:5.1.8-6.el9.*\n!zlib-0:1-1.*\n1:dbus-1.12.20-5.el9.x86_64\n");
  fixture_write (&fixture, "etc/zypp/locks", "\ntype: package\nsolvable_name: kernel*\n");
  fixture_write (&fixture, "manifest",
                 "bash\t\t5.1.8\t6.el9\tx86_64\t\n"
                 "zlib\t\t1\t1\tx86_64\t\n"
                 "dbus\t1\t1.12.20\t5.el9\tx86_64\t\n"
                 "dbus-libs\t1\t1.12.20\t5.el9\tx86_64\t\n"
                 "kernel-default\t\t5\t1\tx86_64\t\n");
  g_autofree char *manifest = fixture_path (&fixture, "manifest");
  g_autoptr (SvInventory) inventory =
      fixture_collect (&(SvInventorySource){.root = fixture.root, .rpm_manifest = manifest});
  g_assert_true (fixture_get_package (inventory, "bash")->held);
  g_assert_false (fixture_get_package (inventory, "zlib")->held);
  g_assert_true (fixture_get_package (inventory, "dbus")->held);
  g_assert_false (fixture_get_package (inventory, "dbus-libs")->held);
  g_assert_true (fixture_get_package (inventory, "kernel-default")->held);
}

/* --- a real database, made by rpm itself --- */

static void
test_database (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write (&fixture, "etc/os-release", "ID=almalinux\nVERSION_ID=9.4\n");
  g_autofree char *database = fixture_path (&fixture, "var/lib/rpm/x");
  *strrchr (database, '/') = '\0';
  g_autofree char *spec = fixture_path (&fixture, "one.spec");
  fixture_write (&fixture, "one.spec",
                 "Name: one\nEpoch: 2\nVersion: 1.5\nRelease: 3\nSummary: x\nLicense: x\n"
                 "Vendor: Us\nBuildArch: noarch\n%description\nx\n%files\n");
  g_autofree char *top = g_strconcat ("_topdir ", fixture.root, NULL);
  const char *build[] = {"rpmbuild", "-bb", "--define", top, spec, NULL};
  g_autofree char *file = fixture_path (&fixture, "RPMS/noarch/one-1.5-3.noarch.rpm");
  const char *install[] = {"rpm", "--dbpath", database, "-i", "--justdb", "--nodeps", file, NULL};
  g_auto (SvRunResult) built = {0}, installed = {0};
  if (!sv_run (build, NULL, &built, NULL) || built.exit_code != 0 ||
      !sv_run (install, NULL, &installed, NULL) || installed.exit_code != 0) {
    g_test_skip ("no rpmbuild and rpm to make a database with");
    return;
  }
  g_autoptr (SvInventory) inventory = fixture_collect (&(SvInventorySource){.root = fixture.root});
  g_assert_cmpuint (inventory->packages->len, ==, 1);
  const SvPackage *package = inventory->packages->pdata[0];
  g_assert_cmpstr (package->name, ==, "one");
  g_assert_cmpstr (package->version, ==, "2:1.5-3");
  g_assert_cmpstr (package->source, ==, "one");
  g_assert_cmpstr (package->arch, ==, "noarch");
  g_assert_cmpstr (package->vendor, ==, "Us");
  g_assert_cmpstr (package->module, ==, "");
}

/* --- real manifests --- */

typedef struct {
  guint n_documents, n_packages;
} Tally;

static gboolean
read_manifest (const char *name, SvStream *content, gpointer user_data, GError **error)
{
  Tally *tally = user_data;
  SvInventorySource source = {0};
  g_auto (SvCollect) collect;
  sv_collect_init (&collect, &source, FIXTURE_NOW_US);
  gboolean ok = sv_rpm_read_manifest (&collect, content, error);
  const GPtrArray *packages = collect.inventory->packages;
  for (guint i = 0; i < packages->len; i++) {
    const SvPackage *package = packages->pdata[i];
    g_autoptr (GBytes) key = sv_version_key (SV_SCHEME_RPM, package->version, NULL);
    g_assert_nonnull (key);
    g_assert_nonnull (package->arch);
    g_assert_nonnull (strchr (package->version, '-'));
  }
  tally->n_documents++;
  tally->n_packages += packages->len;
  return ok;
}

static void
test_data (void)
{
  g_autofree char *path = fixture_data ("inventory/rhel-rpm-manifests.tar.zst");
  if (path == NULL)
    return;
  Tally tally = {0};
  g_autoptr (GError) error = NULL;
  sv_documents_foreach (path, NULL, read_manifest, &tally, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tally.n_documents, ==, 6);
  g_assert_cmpuint (tally.n_packages, ==, 174 + 178 + 298 + 178 + 178 + 178);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rpm/pitfall-2-22-34-64-rows", test_rows);
  g_test_add_func ("/rpm/pitfall-32-split-source", test_split_source);
  g_test_add_func ("/rpm/json", test_json);
  g_test_add_func ("/rpm/refused", test_refused);
  g_test_add_func ("/rpm/pitfall-66-modules", test_modules);
  g_test_add_func ("/rpm/pitfall-76-holds", test_holds);
  g_test_add_func ("/rpm/database", test_database);
  g_test_add_func ("/rpm/data", test_data);
  return g_test_run ();
}
