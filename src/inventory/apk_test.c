#include "inventory/fixture.h"

static const char installed[] =
    "C:Q1abc=\nP:musl\nV:1.2.4_git20230717-r4\nA:x86_64\nS:407\no:musl\nt:1\nF:lib\n"
    "R:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1x=\n\n"
    "P:libcrypto3\nV:3.1.4-r5\nA:x86_64\no:openssl\nD:so:libc.musl-x86_64.so.1\nF:lib\n"
    "R:libcrypto.so.3\n\n"
    "P:no-version\nA:x86_64\n\n"
    "P:linux-lts\nV:6.6.14-r0\nA:x86_64\no:linux-lts\n\n"
    "P:last\nV:1-r0\nA:noarch\n"; /* no blank line at the end */

static void
test_root (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write (&fixture, "etc/os-release", "ID=alpine\nVERSION_ID=3.19.1\n");
  fixture_write (&fixture, "lib/apk/db/installed", installed);
  fixture_write (&fixture, "etc/apk/world", "musl=1.2.4_git20230717-r4\nlinux-lts last>0\n");
  g_autoptr (SvInventory) inventory = fixture_collect (&(SvInventorySource){.root = fixture.root});
  g_assert_cmpuint (inventory->packages->len, ==, 4);
  const SvPackage *crypto = sv_inventory_find_package (inventory, "libcrypto3", "x86_64");
  g_assert_cmpstr (crypto->version, ==, "3.1.4-r5");
  g_assert_cmpstr (crypto->source, ==, "openssl");
  g_assert_cmpstr (crypto->source_version, ==, "3.1.4-r5");
  g_assert_true (crypto->automatic);
  g_assert_false (crypto->held);
  const SvPackage *musl = sv_inventory_find_package (inventory, "musl", NULL);
  g_assert_false (musl->automatic);
  g_assert_true (musl->held);
  const SvPackage *last = sv_inventory_find_package (inventory, "last", NULL);
  g_assert_cmpstr (last->source, ==, "last");
  g_assert_false (last->held);
  g_assert_cmpuint (inventory->kernels->len, ==, 1);
  g_assert_cmpstr (((SvKernel *)inventory->kernels->pdata[0])->release, ==, "6.6.14-0-lts");
  g_assert_nonnull (fixture_find_gap (inventory, "packages", "no-version"));
}

/* Without the list of wishes nothing is known of who wanted what. */
static void
test_file (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write (&fixture, "installed", installed);
  g_autofree char *path = fixture_path (&fixture, "installed");
  g_autoptr (SvInventory) inventory = fixture_collect (&(SvInventorySource){.apk_installed = path});
  g_assert_cmpuint (inventory->packages->len, ==, 4);
  g_assert_cmpint (inventory->distro->scheme, ==, SV_SCHEME_APK);
  for (guint i = 0; i < inventory->packages->len; i++)
    g_assert_false (((SvPackage *)inventory->packages->pdata[i])->automatic);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/apk/root", test_root);
  g_test_add_func ("/apk/file", test_file);
  return g_test_run ();
}
