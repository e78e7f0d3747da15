#include "inventory/fixture.h"

#define PACKAGE(name, version)                                                                     \
  "Package: " name "\nStatus: install ok installed\nArchitecture: amd64\nVersion: " version "\n\n"

static const SvKernel *
find (const SvInventory *inventory, const char *release)
{
  for (guint i = 0; i < inventory->kernels->len; i++) {
    const SvKernel *kernel = inventory->kernels->pdata[i];
    if (g_str_equal (kernel->release, release))
      return kernel;
  }
  return NULL;
}

static void
expect_role (const SvInventory *inventory, const char *release, SvKernelRole role)
{
  const SvKernel *kernel = find (inventory, release);
  g_assert_nonnull (kernel);
  g_assert_cmpint (kernel->role, ==, (gint)role);
}

static gboolean
has_reason (const SvInventory *inventory, const char *part)
{
  for (guint i = 0; i < inventory->reboot_reasons->len; i++)
    if (strstr (inventory->reboot_reasons->pdata[i], part) != NULL)
      return TRUE;
  return FALSE;
}

/* A host with three kernels of which it runs @running, as if live. */
static void
write_host (const Fixture *fixture, const char *running, const char *banner)
{
  fixture_write_debian (fixture,
                        PACKAGE ("linux-image-6.1.0-9-amd64", "6.1.27-1")
                            PACKAGE ("linux-image-6.1.0-10-amd64", "6.1.38-1")
                                PACKAGE ("linux-image-6.1.0-53-amd64", "6.1.170-1")
                                    PACKAGE ("linux-image-amd64", "6.1.170-1")
                                        PACKAGE ("linux-image-6.1.0-53-amd64-dbg", "1")
                                            PACKAGE ("linux-headers-6.1.0-53-amd64", "6.1.170-1"));
  fixture_write (fixture, "proc/sys/kernel/osrelease", running);
  fixture_write (fixture, "proc/version", banner);
}

static void
test_roles (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  write_host (&fixture, "6.1.0-9-amd64\n",
              "Linux version 6.1.0-9-amd64 (x@y) #1 SMP Debian 6.1.27-1 (2023-05-08)\n");
  g_autoptr (SvInventory) inventory =
      fixture_collect (&(SvInventorySource){.root = fixture.root, .live = TRUE});
  g_assert_cmpuint (inventory->kernels->len, ==, 3);
  expect_role (inventory, "6.1.0-9-amd64", SV_KERNEL_RUNNING);
  expect_role (inventory, "6.1.0-10-amd64", SV_KERNEL_ON_DISK);
  expect_role (inventory, "6.1.0-53-amd64", SV_KERNEL_NEXT_BOOT);
  g_assert_cmpstr (find (inventory, "6.1.0-9-amd64")->running_version, ==, "6.1.27-1");
  g_assert_true (has_reason (inventory, "6.1.0-53-amd64 is installed, but 6.1.0-9-amd64 runs"));
}

/* The same release, rebuilt: the one on disk is newer than the one in memory. */
static void
test_same_release (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  write_host (&fixture, "6.1.0-53-amd64\n",
              "Linux version 6.1.0-53-amd64 (x@y) #1 SMP Debian 6.1.99-1 (2026-05-08)\n");
  g_autoptr (SvInventory) inventory =
      fixture_collect (&(SvInventorySource){.root = fixture.root, .live = TRUE});
  expect_role (inventory, "6.1.0-53-amd64", SV_KERNEL_RUNNING);
  g_assert_cmpuint (inventory->reboot_reasons->len, ==, 1);
  g_assert_true (has_reason (inventory, "6.1.170-1 is installed, but 6.1.99-1 runs"));
}

static void
test_current (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  write_host (&fixture, "6.1.0-53-amd64\n",
              "Linux version 6.1.0-53-amd64 (x@y) #1 SMP Debian 6.1.170-1 (2026-05-08)\n");
  g_autoptr (SvInventory) inventory =
      fixture_collect (&(SvInventorySource){.root = fixture.root, .live = TRUE});
  g_assert_cmpuint (inventory->reboot_reasons->len, ==, 0);
  g_assert_null (fixture_find_gap (inventory, "reboot", ""));
}

static void
test_unknown (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  write_host (&fixture, "6.18.44-fc\n", "Linux version 6.18.44-fc (x@y) #1 SMP\n");
  g_autoptr (SvInventory) inventory =
      fixture_collect (&(SvInventorySource){.root = fixture.root, .live = TRUE});
  expect_role (inventory, "6.18.44-fc", SV_KERNEL_RUNNING);
  g_assert_null (find (inventory, "6.18.44-fc")->package);
  g_assert_nonnull (fixture_find_gap (inventory, "kernels", "no installed package"));
  g_assert_nonnull (fixture_find_gap (inventory, "reboot", "cannot be told"));
}

static void
test_container (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  write_host (&fixture, "6.1.0-9-amd64\n", "Linux version 6.1.0-9-amd64\n");
  fixture_write (&fixture, "run/systemd/container", "lxc\n");
  g_autoptr (SvInventory) inventory =
      fixture_collect (&(SvInventorySource){.root = fixture.root, .live = TRUE});
  g_assert_cmpstr (inventory->hardware_class, ==, "container");
  for (guint i = 0; i < inventory->kernels->len; i++)
    g_assert_cmpint (((SvKernel *)inventory->kernels->pdata[i])->role, ==, SV_KERNEL_ON_DISK);
  g_assert_nonnull (fixture_find_gap (inventory, "kernels", "container"));
  g_assert_cmpuint (inventory->reboot_reasons->len, ==, 0);
}

/* --- the boot loader's say --- */

static void
expect_next (const char *grub, const char *environment, const char *release)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  write_host (&fixture, "6.1.0-10-amd64\n", "Linux version 6.1.0-10-amd64\n");
  fixture_write (&fixture, "etc/default/grub", grub);
  if (environment != NULL)
    fixture_write (&fixture, "boot/grub/grubenv", environment);
  g_autoptr (SvInventory) inventory =
      fixture_collect (&(SvInventorySource){.root = fixture.root, .live = TRUE});
  expect_role (inventory, release, SV_KERNEL_NEXT_BOOT);
}

static void
test_boot_loader (void)
{
  expect_next ("GRUB_DEFAULT=0\n", NULL, "6.1.0-53-amd64");
  expect_next ("# x\nGRUB_TIMEOUT=5\n", NULL, "6.1.0-53-amd64");
  expect_next ("GRUB_DEFAULT=\"Advanced>Debian, with Linux 6.1.0-9-amd64\"\n", NULL,
               "6.1.0-9-amd64");
  expect_next ("GRUB_DEFAULT=saved\n", "# GRUB Environment Block\nsaved_entry=x-6.1.0-9-amd64\n",
               "6.1.0-9-amd64");
  expect_next ("GRUB_DEFAULT=saved\n", NULL, "6.1.0-53-amd64");
  expect_next ("GRUB_DEFAULT=7\n", NULL, "6.1.0-53-amd64");
}

/* --- releases of packages --- */

static void
test_releases (void)
{
  static const struct {
    const char *family;
    SvScheme scheme;
    const char *name, *version, *arch, *release;
  } cases[] = {
      {"debian", SV_SCHEME_DEB, "linux-image-6.12.38+deb13-amd64", "6.12.38-1", "amd64",
       "6.12.38+deb13-amd64"},
      {"debian", SV_SCHEME_DEB, "linux-image-6.1.0-1-amd64-unsigned", "6.1.4-1", "amd64",
       "6.1.0-1-amd64"},
      {"ubuntu", SV_SCHEME_DEB, "linux-image-unsigned-6.8.0-31-generic", "6.8.0-31.31", "amd64",
       "6.8.0-31-generic"},
      {"ubuntu", SV_SCHEME_DEB, "linux-image-generic-hwe-22.04", "6.8.0.1", "amd64", NULL},
      {"debian", SV_SCHEME_DEB, "linux-image-amd64", "6.1.170-1", "amd64", NULL},
      {"debian", SV_SCHEME_DEB, "linux-libc-dev", "6.1.170-1", "amd64", NULL},
      {"rhel", SV_SCHEME_RPM, "kernel-core", "4.18.0-513.9.1.el8_9", "x86_64",
       "4.18.0-513.9.1.el8_9.x86_64"},
      {"rhel", SV_SCHEME_RPM, "kernel-rt-core", "5.14.0-70.13.1.rt21.83.el9_0", "x86_64",
       "5.14.0-70.13.1.rt21.83.el9_0.x86_64"},
      {"rhel", SV_SCHEME_RPM, "kernel-rt-core", "5.14.0-427.el9", "x86_64",
       "5.14.0-427.el9.x86_64+rt"},
      {"rhel", SV_SCHEME_RPM, "kernel-64k-core", "5.14.0-427.el9", "aarch64",
       "5.14.0-427.el9.aarch64+64k"},
      {"rhel", SV_SCHEME_RPM, "kernel-debug-core", "5.14.0-427.el9", "x86_64",
       "5.14.0-427.el9.x86_64+debug"},
      {"rhel", SV_SCHEME_RPM, "kernel-headers", "5.14.0-427.el9", "x86_64", NULL},
      {"rhel", SV_SCHEME_RPM, "kernel-modules", "5.14.0-427.el9", "x86_64", NULL},
      {"suse", SV_SCHEME_RPM, "kernel-default", "5.3.18-150300.59.49.1", "x86_64",
       "5.3.18-150300.59.49-default"},
      {"suse", SV_SCHEME_RPM, "kernel-default-base", "6.12.0-160000.2.1.160000.2.1", "x86_64",
       "6.12.0-160000.2-default"},
      {"suse", SV_SCHEME_RPM, "kernel-default-base", "5.3.18-150300.59.49.1.150300.18.33.2",
       "x86_64", "5.3.18-150300.59.49-default"},
      {"suse", SV_SCHEME_RPM, "kernel-firmware-all", "20210208-2.4", "noarch", NULL},
      {"photon", SV_SCHEME_RPM, "linux-esx", "6.1.10-10.ph5", "x86_64", "6.1.10-10.ph5-esx"},
      {"alpine", SV_SCHEME_APK, "linux-lts", "6.6.14-r0", "x86_64", "6.6.14-0-lts"},
      {"alpine", SV_SCHEME_APK, "linux-firmware", "20240115-r0", "x86_64", NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    SvDistro distro = {
        .id = (char *)"x", .family = (char *)cases[i].family, .scheme = cases[i].scheme};
    SvPackage package = {.name = (char *)cases[i].name,
                         .version = (char *)cases[i].version,
                         .arch = (char *)cases[i].arch};
    g_autofree char *release = sv_kernel_dup_release (&distro, &package);
    g_assert_cmpstr (release, ==, cases[i].release);
  }
}

static void
test_order (void)
{
  static const struct {
    SvScheme scheme;
    const char *older, *newer;
  } cases[] = {
      {SV_SCHEME_DEB, "6.1.0-9-amd64", "6.1.0-10-amd64"},
      {SV_SCHEME_DEB, "6.12.9+deb13-amd64", "6.12.38+deb13-amd64"},
      {SV_SCHEME_RPM, "4.18.0-80.el8.x86_64", "4.18.0-513.9.1.el8_9.x86_64"},
      {SV_SCHEME_RPM, "5.3.18-59.5-default", "5.3.18-150300.59.49-default"},
      {SV_SCHEME_APK, "6.6.9-0-lts", "6.6.14-0-lts"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    SvDistro distro = {.id = (char *)"x", .scheme = cases[i].scheme};
    g_assert_cmpint (sv_kernel_compare_releases (&distro, cases[i].older, cases[i].newer), <, 0);
    g_assert_cmpint (sv_kernel_compare_releases (&distro, cases[i].newer, cases[i].older), >, 0);
    g_assert_cmpint (sv_kernel_compare_releases (&distro, cases[i].newer, cases[i].newer), ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kernel/pitfall-80-roles", test_roles);
  g_test_add_func ("/kernel/pitfall-81-same-release-rebuilt", test_same_release);
  g_test_add_func ("/kernel/pitfall-87-no-reboot", test_current);
  g_test_add_func ("/kernel/pitfall-82-unknown", test_unknown);
  g_test_add_func ("/kernel/pitfall-82-container", test_container);
  g_test_add_func ("/kernel/boot-loader", test_boot_loader);
  g_test_add_func ("/kernel/pitfall-83-84-releases", test_releases);
  g_test_add_func ("/kernel/order", test_order);
  return g_test_run ();
}
