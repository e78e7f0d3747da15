#include "inventory/fixture.h"

/* --- what may be read --- */

static void
write_rich_root (const Fixture *fixture)
{
  fixture_write_debian (fixture, NULL);
  fixture_write (fixture, "etc/hostname", "made-up\n");
  fixture_write (fixture, "etc/apt/sources.list", "deb http://mirror.example/d bookworm main\n");
  fixture_write (fixture, "proc/sys/kernel/osrelease", "6.1.0-53-amd64\n");
  fixture_write (fixture, "proc/sys/kernel/hostname", "made-up-live\n");
}

static void
test_root_only (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  write_rich_root (&fixture);
  g_autoptr (SvInventory) inventory = fixture_collect (&(SvInventorySource){.root = fixture.root});
  g_assert_cmpstr (inventory->hostname, ==, "made-up");
  g_assert_cmpstr (inventory->hardware_class, ==, "unknown");
  g_assert_null (inventory->virtualization);
  g_assert_cmpuint (inventory->listeners->len, ==, 0);
  g_assert_cmpuint (inventory->kernels->len, ==, 0);
  const char *const unseen[] = {"hardware",    "listeners", "interfaces",
                                "filesystems", "processes", "reboot"};
  for (gsize i = 0; i < G_N_ELEMENTS (unseen); i++)
    g_assert_nonnull (fixture_find_gap (inventory, unseen[i], "only the running host"));
  g_assert_nonnull (fixture_find_gap (inventory, "kernels", "which one runs is not known"));
}

/* Files alone: this machine's own name, sources, pins and support data must not show. */
static void
test_files_only (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  write_rich_root (&fixture);
  g_autofree char *status = fixture_path (&fixture, "var/lib/dpkg/status");
  g_autofree char *release = fixture_path (&fixture, "etc/os-release");
  g_autoptr (SvInventory) inventory =
      fixture_collect (&(SvInventorySource){.dpkg_status = status, .os_release = release});
  g_assert_cmpuint (inventory->packages->len, ==, 1);
  g_assert_null (inventory->hostname);
  g_assert_null (inventory->machine);
  g_assert_cmpint (inventory->memory_bytes, ==, 0);
  g_assert_cmpuint (inventory->repositories->len, ==, 0);
  g_assert_cmpuint (inventory->pins->len, ==, 0);
  g_assert_cmpuint (inventory->kernels->len, ==, 0);
  g_assert_cmpuint (inventory->supports->len, ==, 1);
  g_assert_cmpstr (((SvSupport *)inventory->supports->pdata[0])->source, ==, "built-in table");
  g_assert_nonnull (fixture_find_gap (inventory, "repositories", "no list"));
  g_assert_nonnull (fixture_find_gap (inventory, "pins", "no preferences"));
  g_assert_cmpint (inventory->collected_at_us, ==, FIXTURE_NOW_US);
}

/* An absolute link inside a root means the root's file, and ".." does not lead out. */
static void
test_links_stay_inside (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write_debian (&fixture, NULL);
  g_autofree char *plain = fixture_path (&fixture, "etc/os-release");
  g_unlink (plain);
  fixture_write (&fixture, "usr/lib/os-release", "ID=alpine\nVERSION_ID=3.19.1\n");
  fixture_link (&fixture, "etc/os-release", "/usr/lib/os-release");
  fixture_link (&fixture, "etc/hostname", "../../../../../../../../etc/passwd");
  g_autoptr (SvInventory) inventory = fixture_collect (&(SvInventorySource){.root = fixture.root});
  g_assert_cmpstr (inventory->distro->id, ==, "alpine");
  g_assert_null (inventory->hostname);
}

static void
expect_error (const SvInventorySource *source, SvError code, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvInventory) inventory = sv_inventory_collect (source, FIXTURE_NOW_US, &error);
  g_assert_null (inventory);
  g_assert_true (sv_error_is (error, code));
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_no_packages (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  expect_error (&(SvInventorySource){.root = fixture.root}, SV_ERROR_NOT_FOUND,
                "no package database");
  expect_error (&(SvInventorySource){0}, SV_ERROR_USAGE, "no package list");
  g_autofree char *missing = fixture_path (&fixture, "missing");
  expect_error (&(SvInventorySource){.dpkg_status = missing}, SV_ERROR_NOT_FOUND, "missing");
  expect_error (&(SvInventorySource){.sbom = missing}, SV_ERROR_NOT_FOUND, "missing");
}

/* A system that nothing identifies is unknown, not this machine's. */
static void
test_unknown_system (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write_debian (&fixture, NULL);
  g_autofree char *status = fixture_path (&fixture, "var/lib/dpkg/status");
  g_autoptr (SvInventory) inventory = fixture_collect (&(SvInventorySource){.dpkg_status = status});
  g_assert_cmpstr (inventory->distro->id, ==, "unknown");
  g_assert_null (inventory->distro->family);
  g_assert_cmpint (inventory->distro->scheme, ==, SV_SCHEME_DEB);
  g_assert_nonnull (fixture_find_gap (inventory, "system", "which distribution"));
}

/* --- limits --- */

static void
test_gap_limit (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  g_autoptr (GString) status = g_string_new (NULL);
  for (guint i = 0; i < SV_LIMIT_GAPS + 500; i++)
    g_string_append_printf (status, "Package: p%u\nStatus: install ok installed\n\n", i);
  fixture_write (&fixture, "status", status->str);
  g_autofree char *path = fixture_path (&fixture, "status");
  g_autoptr (SvInventory) inventory = fixture_collect (&(SvInventorySource){.dpkg_status = path});
  g_assert_cmpuint (inventory->packages->len, ==, 0);
  g_assert_cmpuint (inventory->gaps->len, ==, SV_LIMIT_GAPS + 1);
  g_assert_nonnull (fixture_find_gap (inventory, "inventory", "further gaps"));
}

/* --- the record form --- */

static void
test_json_round_trip (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  write_rich_root (&fixture);
  g_autoptr (SvInventory) inventory = fixture_collect (&(SvInventorySource){.root = fixture.root});
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (text, 0);
  sv_record_write_json (&sv_inventory_type, inventory, writer, NULL);
  g_autoptr (SvStream) stream = sv_stream_new_memory ("inventory", text->str, text->len);
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  g_autoptr (SvInventory) again = sv_record_new (&sv_inventory_type);
  g_autoptr (GError) error = NULL;
  sv_record_read_json (&sv_inventory_type, reader, SV_RECORD_STRICT, again, &error);
  g_assert_no_error (error);
  g_assert_true (sv_record_equal (&sv_inventory_type, inventory, again));
  ((SvPackage *)again->packages->pdata[0])->held = TRUE;
  g_assert_false (sv_record_equal (&sv_inventory_type, inventory, again));
}

/* --- this very machine --- */

static void
test_this_host (void)
{
  const char *argv[] = {"dpkg-query", "-W", "-f",
                        "${Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\t"
                        "${source:Version}\\t${db:Status-Abbrev}\\n",
                        NULL};
  g_auto (SvRunResult) result = {0};
  if (!sv_run (argv, NULL, &result, NULL) || result.exit_code != 0) {
    g_test_skip ("no dpkg on this host");
    return;
  }
  g_autoptr (SvInventory) inventory =
      fixture_collect (&(SvInventorySource){.root = "/", .live = TRUE});
  guint n = 0;
  SvLines lines = {result.output->str, 0};
  for (char *line; (line = sv_lines_next (&lines)) != NULL;) {
    g_auto (GStrv) row = g_strsplit (line, "\t", -1);
    g_assert_cmpuint (g_strv_length (row), ==, 6);
    if (row[5][1] == 'n')
      continue; /* not installed */
    n++;
    if (!g_str_has_prefix (row[5] + 1, "i"))
      continue;
    const SvPackage *package = sv_inventory_find_package (inventory, row[0], row[2]);
    g_assert_nonnull (package);
    g_assert_cmpstr (package->version, ==, row[1]);
    g_assert_cmpstr (package->source, ==, row[3]);
    g_assert_cmpstr (package->source_version, ==, row[4]);
    g_assert_cmpint (package->held, ==, row[5][0] == 'h');
  }
  g_assert_cmpuint (inventory->packages->len, ==, n);
  g_assert_nonnull (inventory->hostname);
  g_assert_nonnull (inventory->machine);
  g_assert_cmpint (inventory->memory_bytes, >, 1 << 20);
  g_assert_cmpuint (inventory->filesystems->len, >, 0);
  g_assert_cmpstr (inventory->hardware_class, !=, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inventory/root-only", test_root_only);
  g_test_add_func ("/inventory/files-only", test_files_only);
  g_test_add_func ("/inventory/links-stay-inside", test_links_stay_inside);
  g_test_add_func ("/inventory/no-packages", test_no_packages);
  g_test_add_func ("/inventory/unknown-system", test_unknown_system);
  g_test_add_func ("/inventory/gap-limit", test_gap_limit);
  g_test_add_func ("/inventory/json-round-trip", test_json_round_trip);
  g_test_add_func ("/inventory/this-host", test_this_host);
  return g_test_run ();
}
