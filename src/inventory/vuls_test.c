#include "inventory/fixture.h"

static SvInventory *
collect_text (const char *text, GError **error)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write (&fixture, "result.json", text);
  g_autofree char *path = fixture_path (&fixture, "result.json");
  return sv_inventory_collect (&(SvInventorySource){.vuls = path}, FIXTURE_NOW_US, error);
}

static void
test_rpm (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvInventory) inventory = collect_text (
      "{\"serverName\": \"h\", \"family\": \"alma\", \"release\": \"8.9\","
      " \"runningKernel\": {\"release\": \"4.18.0-513.el8.x86_64\", \"version\": \"\"},"
      " \"packages\": {"
      "  \"perl-Errno\": {\"name\": \"perl-Errno\", \"version\": \"1.28\", \"release\": "
      "\"422.el8\","
      "     \"arch\": \"x86_64\", \"modularitylabel\": \"\", \"future\": [1, {}]},"
      "  \"bash\": {\"name\": \"bash\", \"version\": \"1:4.4\", \"release\": \"1.el8\","
      "     \"arch\": \"x86_64\"},"
      "  \"pg\": {\"name\": \"pg\", \"version\": \"12.1\", \"release\": \"1.module_el8\","
      "     \"modularitylabel\": \"postgresql:12:802:22\"},"
      "  \"kernel-core\": {\"name\": \"kernel-core\", \"version\": \"4.18.0\","
      "     \"release\": \"553.el8\", \"arch\": \"x86_64\"},"
      "  \"gpg-pubkey\": {\"name\": \"gpg-pubkey\", \"version\": \"1\", \"release\": \"2\"}},"
      " \"SrcPackages\": {"
      "  \"perl\": {\"name\": \"perl\", \"version\": \"5.26.3-422.el8\","
      "     \"binaryNames\": [\"perl-Errno\"]},"
      "  \"bash\": {\"name\": \"bash\", \"version\": \"1:4.4-1.el8\","
      "     \"binaryNames\": [\"bash\"]}}}",
      &error);
  g_assert_no_error (error);
  g_assert_cmpuint (inventory->packages->len, ==, 4);
  g_assert_cmpstr (inventory->hostname, ==, "h");
  g_assert_cmpstr (inventory->distro->family, ==, "rhel");
  g_assert_cmpstr (inventory->distro->id, ==, "almalinux");
  g_assert_cmpstr (fixture_get_package (inventory, "perl-Errno")->version, ==, "1.28-422.el8");
  g_assert_cmpstr (fixture_get_package (inventory, "perl-Errno")->source, ==, "perl");
  g_assert_null (fixture_get_package (inventory, "perl-Errno")->source_version);
  g_assert_cmpstr (fixture_get_package (inventory, "perl-Errno")->module, ==, "");
  g_assert_cmpstr (fixture_get_package (inventory, "bash")->version, ==, "1:4.4-1.el8");
  g_assert_cmpstr (fixture_get_package (inventory, "bash")->source_version, ==, "1:4.4-1.el8");
  g_assert_null (fixture_get_package (inventory, "bash")->module);
  g_assert_cmpstr (fixture_get_package (inventory, "pg")->module, ==, "postgresql:12");
  g_assert_cmpstr (fixture_get_package (inventory, "pg")->source, ==, "pg");
  g_assert_null (fixture_get_package (inventory, "pg")->arch);
  g_assert_cmpuint (inventory->kernels->len, ==, 2);
}

static void
test_refused (void)
{
  static const char *const texts[] = {
      "",
      "[]",
      "{}",
      "{\"packages\": {}}",
      "{\"family\": \"debian\", \"packages\": {\"a\": 1}}",
      "{\"family\": \"debian\", \"packages\": {}} x",
      "{\"family\": \"debian\", \"packages\": {\"a\": {\"name\": \"a\"",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SvInventory) inventory = collect_text (texts[i], &error);
    g_assert_null (inventory);
    g_assert_nonnull (error);
  }
}

/* --- every inventory of the shared data --- */

/* Counts as SOURCES.md gives them, less the gpg-pubkey records, which are keys (trap 34), and two
 * Windows programs without a version. */
static const struct {
  const char *file;
  guint n_packages;
  const char *family; /* NULL: not known */
  const char *release;
  const char *kernel_package; /* of the running kernel; NULL: none */
} inventories[] = {
    {"alma_8.json.zst", 535, "rhel", "8", "kernel-core"},
    {"alpine_319.json", 18, "alpine", "3.19", NULL},
    {"amazon_1.json.zst", 395, "amazon", "1", "kernel"},
    {"amazon_2.json.zst", 435, "amazon", "2", "kernel"},
    {"amazon_2022.json", 145, "amazon", "2022", "kernel"},
    {"amazon_2_extra_kernel.json.zst", 430, "amazon", "2", "kernel"},
    {"centos_7.json.zst", 303, "rhel", "7", "kernel"},
    {"debian_10.json.zst", 361, "debian", "10", "linux-image-4.19.0-21-amd64"},
    {"debian_11.json.zst", 419, "debian", "11", "linux-image-5.10.0-8-amd64"},
    {"debian_13.json.zst", 445, "debian", "13", "linux-image-6.12.38+deb13-amd64"},
    {"fedora_38.json.zst", 536, "fedora", "38", "kernel-core"},
    {"opensuse_leap_15.json.zst", 740, "suse", "15.3", "kernel-default"},
    {"opensuse_leap_16_kernel-default-base.json.zst", 362, "suse", "16.0", "kernel-default-base"},
    {"opensuse_tumbleweed.json.zst", 266, "suse", NULL, "kernel-default"},
    {"oracle_10.json.zst", 330, "rhel", "10", "kernel-uek-core"},
    {"oracle_6.json", 245, "rhel", "6", "kernel-uek"},
    {"oracle_7.json.zst", 361, "rhel", "7", "kernel-uek"},
    {"oracle_9.json.zst", 318, "rhel", "9", "kernel-uek-core"},
    {"rhel_10.json.zst", 541, "rhel", "10", "kernel-core"},
    {"rhel_73.json", 404, "rhel", "7", "kernel"},
    {"rhel_80.json.zst", 476, "rhel", "8", "kernel-core"},
    {"rocky_10.json.zst", 415, "rhel", "10", "kernel-core"},
    {"rocky_8.json.zst", 409, "rhel", "8", "kernel-core"},
    {"sles12.json.zst", 633, "suse", "12.5", "kernel-default"},
    {"ubuntu_1404.json.zst", 660, "ubuntu", "14.04", "linux-image-3.13.0-170-generic"},
    {"ubuntu_1804.json.zst", 510, "ubuntu", "18.04", "linux-image-4.15.0-208-generic"},
    {"ubuntu_2004.json.zst", 595, "ubuntu", "20.04", "linux-image-5.4.0-139-generic"},
    {"ubuntu_2404.json.zst", 711, "ubuntu", "24.04", "linux-image-6.8.0-31-generic"},
    {"ubuntu_2604.json.zst", 745, "ubuntu", "26.04", "linux-image-7.0.0-14-generic"},
    {"windows_10_21h2_old.json", 54, NULL, NULL, NULL},
    {"windows_server_2008.json", 0, NULL, NULL, NULL},
    {"windows_server_2022_sql_server_2019.json", 40, NULL, NULL, NULL},
    {"cpe_cisco.json", 0, NULL, NULL, NULL},
};

static const SvKernel *
find_running (const SvInventory *inventory)
{
  for (guint i = 0; i < inventory->kernels->len; i++) {
    const SvKernel *kernel = inventory->kernels->pdata[i];
    if (kernel->role == SV_KERNEL_RUNNING)
      return kernel;
  }
  return NULL;
}

static void
test_data (gconstpointer index)
{
  gsize i = GPOINTER_TO_SIZE (index);
  g_autofree char *relative = g_build_filename ("inventory/vulsio", inventories[i].file, NULL);
  g_autofree char *path = fixture_data (relative);
  if (path == NULL)
    return;
  g_autoptr (SvInventory) inventory = fixture_collect (&(SvInventorySource){.vuls = path});
  g_assert_cmpuint (inventory->packages->len, ==, inventories[i].n_packages);
  g_assert_cmpstr (inventory->distro->family, ==, inventories[i].family);
  if (inventories[i].family == NULL)
    return;
  g_assert_cmpstr (inventory->distro->release, ==, inventories[i].release);
  const SvKernel *kernel = find_running (inventory);
  g_assert_nonnull (kernel);
  g_assert_cmpstr (kernel->package, ==, inventories[i].kernel_package);
}

/* The rest: Windows and pseudo hosts parse as well. */
static void
test_all (void)
{
  g_autofree char *directory = fixture_data ("inventory/vulsio");
  if (directory == NULL)
    return;
  g_autoptr (GPtrArray) names = sv_directory_list (directory);
  g_assert_cmpuint (names->len, ==, 53);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_build_filename (directory, names->pdata[i], NULL);
    g_autoptr (SvInventory) inventory = fixture_collect (&(SvInventorySource){.vuls = path});
    if (!g_str_has_prefix (names->pdata[i], "windows"))
      g_assert_null (fixture_find_gap (inventory, "packages", "left out"));
  }
}

/* --- the host's own answer, which the inventory itself does not keep --- */

typedef struct {
  guint n_offered, n_newer;
  char *installed, *offered;
} Offer;

static gboolean
read_part (SvJsonReader *reader, const char *key, gpointer user_data, GError **error)
{
  Offer *offer = user_data;
  char **whole = g_str_equal (key, "version") || g_str_equal (key, "release") ? &offer->installed
                 : g_str_equal (key, "newVersion") || g_str_equal (key, "newRelease")
                     ? &offer->offered
                     : NULL;
  g_autofree char *text = NULL;
  if (whole == NULL)
    return sv_json_skip (reader, error);
  if (!sv_json_read_string (reader, &text, error))
    return FALSE;
  char *joined = *whole == NULL || *text == '\0'
                     ? g_strconcat (*whole != NULL ? *whole : "", text, NULL)
                     : g_strconcat (*whole, "-", text, NULL);
  g_free (*whole);
  *whole = joined;
  return TRUE;
}

/* The version is written before its release, so that the parts join in order. */
static gboolean
read_offer (SvJsonReader *reader, const char *key, gpointer user_data, GError **error)
{
  Offer *all = user_data, one = {0};
  gboolean ok = sv_json_read_map (reader, read_part, &one, error);
  if (ok && one.offered != NULL && *one.offered != '\0') {
    int order = 0;
    all->n_offered++;
    g_assert_true (sv_version_compare (SV_SCHEME_RPM, one.installed, one.offered, &order, NULL));
    g_assert_cmpint (order, <=, 0);
    all->n_newer += order < 0;
  }
  g_free (one.installed);
  g_free (one.offered);
  return ok;
}

static gboolean
read_offers (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return sv_json_read_map (reader, read_offer, user_data, error);
}

/* Joined full versions must order as the host's own package manager ordered them. */
static void
test_offers (void)
{
  static const SvJsonMember members[] = {{"packages", read_offers}};
  g_autofree char *path = fixture_data ("inventory/vulsio/alma_8.json.zst");
  if (path == NULL)
    return;
  g_autoptr (GError) error = NULL;
  g_autoptr (SvStream) stream = sv_stream_open (path, &error);
  g_assert_no_error (error);
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  Offer offer = {0};
  sv_json_read_object (reader, members, 1, &offer, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (offer.n_offered, >, 500);
  g_assert_cmpuint (offer.n_newer, ==, 219);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vuls/pitfall-2-22-34-64-rpm", test_rpm);
  g_test_add_func ("/vuls/refused", test_refused);
  for (gsize i = 0; i < G_N_ELEMENTS (inventories); i++) {
    g_autofree char *name = g_strconcat ("/vuls/data/", inventories[i].file, NULL);
    g_test_add_data_func (name, GSIZE_TO_POINTER (i), test_data);
  }
  g_test_add_func ("/vuls/data/all", test_all);
  g_test_add_func ("/vuls/data/own-answer", test_offers);
  return g_test_run ();
}
