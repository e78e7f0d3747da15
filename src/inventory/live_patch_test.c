/* Live patches as a host shows them (pitfall 85). */
#include "inventory/fixture.h"

#define KERNEL                                                                                     \
  "kernel-core\t(none)\t4.18.0\t147.3.1.el8_1\tx86_64\tkernel-4.18.0-147.3.1.el8_1.src.rpm\n"
#define KPATCH(release)                                                                            \
  "kpatch-patch-4_18_0-147_3_1\t(none)\t1\t" release                                               \
  ".el8_1\tx86_64\tkpatch-patch-4_18_0-147_3_1-1-" release ".el8_1.src.rpm\n"

static SvInventory *
collect (const Fixture *fixture, const char *manifest, gboolean live)
{
  fixture_write (fixture, "etc/os-release", "ID=rhel\nVERSION_ID=8.1\n");
  fixture_write (fixture, "proc/sys/kernel/osrelease", "4.18.0-147.3.1.el8_1.x86_64\n");
  fixture_write (fixture, "manifest", manifest);
  g_autofree char *path = g_build_filename (fixture->root, "manifest", NULL);
  return fixture_collect (
      &(SvInventorySource){.root = fixture->root, .live = live, .rpm_manifest = path});
}

static const SvLivePatch *
only_patch (const SvInventory *inventory)
{
  g_assert_cmpuint (inventory->live_patches->len, ==, 1);
  return inventory->live_patches->pdata[0];
}

static void
test_loaded (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write (&fixture, "sys/kernel/livepatch/kpatch_4_18_0_147_3_1_1_7/enabled", "1\n");
  g_autoptr (SvInventory) inventory = collect (&fixture, KERNEL KPATCH ("7"), TRUE);
  const SvLivePatch *patch = only_patch (inventory);
  g_assert_cmpint (patch->state, ==, SV_LIVE_PATCH_LOADED);
  g_assert_cmpstr (patch->package, ==, "kpatch-patch-4_18_0-147_3_1");
  g_assert_cmpstr (patch->package_version, ==, "1-7.el8_1");
  g_assert_cmpstr (patch->kernel, ==, "4.18.0-147.3.1.el8_1.x86_64");
}

static void
test_not_enabled (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write (&fixture, "sys/kernel/livepatch/kpatch_4_18_0_147_3_1_1_7/enabled", "0\n");
  g_autoptr (SvInventory) inventory = collect (&fixture, KERNEL KPATCH ("7"), TRUE);
  g_assert_cmpint (only_patch (inventory)->state, ==, SV_LIVE_PATCH_NOT_LOADED);
}

/* Updated on disk, the old one in memory: which is which is said by the module's name. */
static void
test_older_is_loaded (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write (&fixture, "sys/kernel/livepatch/kpatch_4_18_0_147_3_1_1_6/enabled", "1\n");
  g_autoptr (SvInventory) inventory = collect (&fixture, KERNEL KPATCH ("7"), TRUE);
  g_assert_cmpuint (inventory->live_patches->len, ==, 2);
  const SvLivePatch *loaded = inventory->live_patches->pdata[0];
  const SvLivePatch *installed = inventory->live_patches->pdata[1];
  g_assert_cmpint (loaded->state, ==, SV_LIVE_PATCH_LOADED);
  g_assert_null (loaded->package);
  g_assert_cmpint (installed->state, !=, SV_LIVE_PATCH_LOADED);
  g_assert_cmpstr (installed->package_version, ==, "1-7.el8_1");
}

static void
test_installed_only (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  g_autoptr (SvInventory) inventory = collect (&fixture, KERNEL KPATCH ("7"), TRUE);
  g_assert_cmpint (only_patch (inventory)->state, ==, SV_LIVE_PATCH_NOT_LOADED);
  g_autoptr (SvInventory) list = collect (&fixture, KERNEL KPATCH ("7"), FALSE);
  g_assert_cmpint (only_patch (list)->state, ==, SV_LIVE_PATCH_UNKNOWN); /* nobody can see */
}

/* Canonical's come from a snap: a module without package, and Ubuntu's kernel is no rpm. */
static void
test_without_package (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write (&fixture, "sys/kernel/livepatch/lkp_Ubuntu_5_15_0_91_101_generic_102/enabled",
                 "1\n");
  g_autoptr (SvInventory) inventory = collect (&fixture, KERNEL, TRUE);
  const SvLivePatch *patch = only_patch (inventory);
  g_assert_cmpint (patch->state, ==, SV_LIVE_PATCH_LOADED);
  g_assert_null (patch->package);
  g_assert_null (patch->kernel);
}

/* 4.18.0-147 is not 4.18.0-147.3.1, however it begins. */
static void
test_of_another_kernel (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  g_autoptr (SvInventory) inventory = collect (
      &fixture, KERNEL "kpatch-patch-4_18_0-147\t(none)\t1\t7.el8_1\tx86_64\t(none)\n", TRUE);
  g_assert_null (only_patch (inventory)->kernel);
}

static void
test_suse (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write (&fixture, "sys/kernel/livepatch/livepatch_8_150400_2_1/enabled", "1\n");
  g_autoptr (SvInventory) inventory =
      collect (&fixture,
               "kernel-livepatch-5_14_21-150400_24_100-default\t(none)\t8\t150400.2.1\tx86_64\t"
               "(none)\n",
               TRUE);
  const SvLivePatch *patch = only_patch (inventory);
  g_assert_cmpint (patch->state, ==, SV_LIVE_PATCH_LOADED);
  g_assert_cmpstr (patch->package, ==, "kernel-livepatch-5_14_21-150400_24_100-default");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/live-patch/pitfall-85-loaded", test_loaded);
  g_test_add_func ("/live-patch/not-enabled", test_not_enabled);
  g_test_add_func ("/live-patch/older-is-loaded", test_older_is_loaded);
  g_test_add_func ("/live-patch/installed-only", test_installed_only);
  g_test_add_func ("/live-patch/without-package", test_without_package);
  g_test_add_func ("/live-patch/of-another-kernel", test_of_another_kernel);
  g_test_add_func ("/live-patch/suse", test_suse);
  return g_test_run ();
}
