/* What only a running host shows: hardware, sockets, file systems, processes. */
#include "inventory/fixture.h"

#include "inventory/microcode.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

static SvInventory *
collect_live (const Fixture *fixture)
{
  return fixture_collect (&(SvInventorySource){.root = fixture->root, .live = TRUE});
}

/* --- hardware --- */

typedef struct {
  const char *file, *text;
} File;

static void
expect_hardware (const File *files, const char *class_name, const char *virtualization)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write_debian (&fixture, NULL);
  for (gsize i = 0; files[i].file != NULL; i++)
    fixture_write (&fixture, files[i].file, files[i].text);
  g_autoptr (SvInventory) inventory = collect_live (&fixture);
  g_assert_cmpstr (inventory->hardware_class, ==, class_name);
  g_assert_cmpstr (inventory->virtualization, ==, virtualization);
}

#define DMI "sys/class/dmi/id/"

static void
test_hardware (void)
{
  expect_hardware ((File[]){{DMI "chassis_type", "10\n"}, {DMI "sys_vendor", "LENOVO\n"}, {0}},
                   "portable", "none");
  expect_hardware ((File[]){{DMI "chassis_type", "3\n"}, {0}}, "desktop", "none");
  expect_hardware ((File[]){{DMI "chassis_type", "23\n"}, {0}}, "server", "none");
  expect_hardware ((File[]){{DMI "chassis_type", "2\n"}, {0}}, "unknown", "none");
  expect_hardware ((File[]){{"sys/class/power_supply/BAT0/type", "Battery\n"}, {0}}, "portable",
                   "none");
  expect_hardware ((File[]){{"sys/class/power_supply/hid/type", "Battery\n"},
                            {"sys/class/power_supply/hid/scope", "Device\n"},
                            {0}},
                   "unknown", "none");
  expect_hardware ((File[]){{DMI "chassis_type", "1\n"}, {DMI "sys_vendor", "QEMU\n"}, {0}},
                   "virtual", "qemu");
  expect_hardware ((File[]){{DMI "sys_vendor", "Amazon EC2\n"},
                            {DMI "product_name", "m5.metal\n"},
                            {DMI "chassis_type", "23\n"},
                            {0}},
                   "server", "none");
  expect_hardware (
      (File[]){{"proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu hypervisor lahf\n"}, {0}},
      "virtual", "vm");
  expect_hardware (
      (File[]){{"proc/cpuinfo", "model name\t: no hypervisor here\nflags\t: fpu\n"}, {0}},
      "unknown", "none");
}

static void
test_containers (void)
{
  const char *disk = "27 1 254:0 / / rw,relatime - ext4 /dev/vda1 rw\n";
  const char *overlay = "27 1 0:50 / / rw,relatime - overlay overlay rw\n";
  expect_hardware ((File[]){{"run/systemd/container", "systemd-nspawn\n"}, {0}}, "container",
                   "systemd-nspawn");
  expect_hardware ((File[]){{"proc/1/environ", "container=lxc"}, {0}}, "container", "lxc");
  expect_hardware ((File[]){{"proc/1/cgroup", "0::/kubepods/pod1/abc\n"}, {0}}, "container",
                   "kubernetes");
  expect_hardware ((File[]){{".dockerenv", ""}, {"proc/self/mountinfo", overlay}, {0}}, "container",
                   "docker");
  /* an image that was unpacked onto a disk and booted */
  expect_hardware (
      (File[]){
          {".dockerenv", ""}, {"proc/self/mountinfo", disk}, {DMI "sys_vendor", "QEMU\n"}, {0}},
      "virtual", "qemu");
}

/* --- listeners --- */

static void
test_listeners (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write_debian (&fixture, NULL);
  const char *heading = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
                        "retrnsmt   uid  timeout inode\n";
  g_autofree char *tcp = g_strconcat (
      heading,
      "   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 111 1\n"
      "   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 222 1\n"
      "   2: 0100007F:1539 0100007F:9999 01 00000000:00000000 00:00000000 00000000 0 0 333 1\n"
      "broken\n",
      NULL);
  g_autofree char *tcp6 = g_strconcat (
      heading,
      "   0: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A "
      "00000000:00000000 00:00000000 00000000 0 0 444 1\n",
      NULL);
  g_autofree char *udp = g_strconcat (
      heading,
      "   0: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 555 2\n",
      NULL);
  fixture_write (&fixture, "proc/net/tcp", tcp);
  fixture_write (&fixture, "proc/net/tcp6", tcp6);
  fixture_write (&fixture, "proc/net/udp", udp);
  fixture_write (&fixture, "proc/77/comm", "sshd\n");
  fixture_link (&fixture, "proc/77/exe", "/usr/sbin/sshd (deleted)");
  fixture_link (&fixture, "proc/77/fd/3", "socket:[222]");
  fixture_link (&fixture, "proc/77/fd/0", "/dev/null");
  fixture_write (&fixture, "var/lib/dpkg/info/openssh-server.list", "/.\n/usr/sbin/sshd\n");
  g_autoptr (SvInventory) inventory = collect_live (&fixture);
  g_assert_cmpuint (inventory->listeners->len, ==, 4);
  const SvListener *ssh = inventory->listeners->pdata[0];
  g_assert_cmpint (ssh->port, ==, 22);
  g_assert_cmpstr (ssh->address, ==, "0.0.0.0");
  g_assert_false (ssh->local_only);
  g_assert_cmpint (ssh->pid, ==, 77);
  g_assert_cmpstr (ssh->process, ==, "sshd");
  g_assert_cmpstr (ssh->package, ==, "openssh-server");
  const SvListener *dhcp = inventory->listeners->pdata[1];
  g_assert_cmpstr (dhcp->protocol, ==, "udp");
  g_assert_cmpint (dhcp->port, ==, 68);
  const SvListener *http = inventory->listeners->pdata[2];
  g_assert_cmpstr (http->address, ==, "::1");
  g_assert_true (http->local_only);
  const SvListener *postgres = inventory->listeners->pdata[3];
  g_assert_cmpint (postgres->port, ==, 5432);
  g_assert_true (postgres->local_only);
  g_assert_cmpint (postgres->pid, ==, 0);
}

static void
test_interfaces (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write_debian (&fixture, NULL);
  fixture_write (&fixture, "sys/class/net/lo/type", "772\n");
  fixture_write (&fixture, "sys/class/net/lo/operstate", "unknown\n");
  fixture_write (&fixture, "sys/class/net/wlan7/operstate", "up\n");
  fixture_write (&fixture, "sys/class/net/wlan7/wireless/x", "");
  fixture_write (&fixture, "sys/class/net/wlan7/speed", "-1\n");
  fixture_write (&fixture, "sys/class/net/enp7/operstate", "up\n");
  fixture_write (&fixture, "sys/class/net/enp7/device/x", "");
  fixture_write (&fixture, "sys/class/net/enp7/speed", "10000\n");
  fixture_write (&fixture, "sys/class/net/bonding_masters", "\n");
  g_autoptr (SvInventory) inventory = collect_live (&fixture);
  g_assert_cmpuint (inventory->interfaces->len, ==, 3);
  const SvInterface *wired = inventory->interfaces->pdata[0];
  g_assert_cmpstr (wired->name, ==, "enp7");
  g_assert_cmpstr (wired->medium, ==, "wired");
  g_assert_cmpint (wired->speed_mbps, ==, 10000);
  const SvInterface *loopback = inventory->interfaces->pdata[1];
  g_assert_cmpstr (loopback->medium, ==, "loopback");
  g_assert_cmpstr (loopback->state, ==, "unknown");
  const SvInterface *wireless = inventory->interfaces->pdata[2];
  g_assert_cmpstr (wireless->medium, ==, "wireless");
  g_assert_cmpint (wireless->speed_mbps, ==, 0);
}

static void
test_filesystems (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write_debian (&fixture, NULL);
  fixture_write (&fixture, "boot/x", "");
  fixture_write (&fixture, "proc/self/mountinfo",
                 "22 27 0:21 / /proc rw - proc proc rw\n27 1 254:0 / / rw - ext4 /dev/vda rw\n"
                 "28 27 254:1 / /boot rw - vfat /dev/vdb rw\n"
                 "29 27 254:2 / /mnt\\040odd rw - xfs /dev/vdc rw\n");
  g_autoptr (SvInventory) inventory = collect_live (&fixture);
  g_assert_cmpuint (inventory->filesystems->len, ==, 2);
  const SvFilesystem *root = inventory->filesystems->pdata[0];
  const SvFilesystem *boot = inventory->filesystems->pdata[1];
  g_assert_cmpstr (root->mount, ==, "/");
  g_assert_cmpstr (root->type, ==, "ext4");
  g_assert_cmpint (root->total_bytes, >, 0);
  g_assert_cmpint (root->free_bytes, <=, root->total_bytes);
  g_assert_cmpstr (boot->mount, ==, "/boot");
  g_assert_cmpstr (boot->type, ==, "vfat");
}

/* --- processes --- */

static void
write_process (const Fixture *fixture, const char *pid, const char *name, const char *maps,
               const char *root)
{
  g_autofree char *base = g_build_filename ("proc", pid, NULL);
  g_autofree char *maps_path = g_build_filename (base, "maps", NULL);
  g_autofree char *name_path = g_build_filename (base, "comm", NULL);
  g_autofree char *root_path = g_build_filename (base, "root", NULL);
  fixture_write (fixture, maps_path, maps);
  fixture_write (fixture, name_path, name);
  fixture_link (fixture, root_path, root);
}

static void
test_stale_processes (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write_debian (&fixture, NULL);
  fixture_write (&fixture, "other/usr/lib/x", "");
  fixture_write (&fixture, "usr/lib/kept.so", "");
  g_autofree char *other = fixture_path (&fixture, "other");
  g_autofree char *kept = fixture_path (&fixture, "usr/lib/kept.so");
  struct stat status;
  g_assert_cmpint (stat (kept, &status), ==, 0);
  g_autofree char *same =
      g_strdup_printf ("1-2 r-xp 0 %02x:%02x %lu /usr/lib/kept.so\n", major (status.st_dev),
                       minor (status.st_dev), (gulong)status.st_ino);
  g_autofree char *replaced =
      g_strdup_printf ("1-2 r-xp 0 %02x:%02x %lu /usr/lib/kept.so\n", major (status.st_dev),
                       minor (status.st_dev), (gulong)status.st_ino + 1);
  const char *deleted = "1-2 r--p 0 fe:00 9 /usr/lib/data.so (deleted)\n"
                        "1-2 r-xp 0 fe:00 9                  /usr/lib/libc.so.6 (deleted)\n"
                        "2-3 r-xp 0 fe:00 9 /usr/lib/libc.so.6 (deleted)\n";
  write_process (&fixture, "1", "systemd\n", deleted, fixture.root);
  write_process (&fixture, "20", "clean\n", same, fixture.root);
  write_process (&fixture, "30", "renamed\n", replaced, fixture.root);
  write_process (&fixture, "40", "innocent\n",
                 "1-2 r-xp 0 00:01 5 /memfd:jit (deleted)\n1-2 r-xp 0 0:1 5 /SYSV0 (deleted)\n"
                 "1-2 r-xs 0 00:01 5 /dev/zero (deleted)\n1-2 r-xp 0 0:1 5 /dev/shm/x (deleted)\n"
                 "1-2 r-xp 0 0:1 5 /tmp/y (deleted)\n1-2 r-xp 0 0:0 0 [vdso]\n1-2 r-xp 0 0:0 0\n"
                 "1-2 r-xp 0 ff:ff 5 /usr/lib/kept.so\n\n",
                 fixture.root);
  write_process (&fixture, "50", "contained\n", deleted, other);
  fixture_write (&fixture, "proc/30/cgroup", "0::/system.slice/renamed.service\n");
  fixture_write (&fixture, "var/lib/dpkg/info/libc6:amd64.list", "/lib/libc.so.6\n");
  fixture_write (&fixture, "var/lib/dpkg/info/kept.list", "/usr/lib/kept.so\n");
  g_autoptr (SvInventory) inventory = collect_live (&fixture);
  g_assert_cmpuint (inventory->stale_processes->len, ==, 2);
  const SvStaleProcess *init = inventory->stale_processes->pdata[0];
  const SvStaleProcess *renamed = inventory->stale_processes->pdata[1];
  g_assert_cmpint (init->pid, ==, 1);
  g_assert_cmpuint (init->libraries->len, ==, 1);
  g_assert_cmpstr (init->libraries->pdata[0], ==, "/usr/lib/libc.so.6");
  g_assert_cmpuint (init->packages->len, ==, 1);
  g_assert_cmpstr (init->packages->pdata[0], ==, "libc6");
  g_assert_cmpint (renamed->pid, ==, 30);
  g_assert_cmpstr (renamed->unit, ==, "renamed.service");
  g_assert_cmpstr (renamed->packages->pdata[0], ==, "kept");
  g_assert_cmpuint (inventory->reboot_reasons->len, ==, 1);
  g_assert_nonnull (strstr (inventory->reboot_reasons->pdata[0], "libc6"));
}

/* The real thing: a program that is replaced while it runs. */
static void
test_real_replacement (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  g_autofree char *program = g_find_program_in_path ("sleep");
  g_autofree char *copy = g_build_filename (g_get_home_dir (), ".salve-test-sleep-XXXXXX", NULL);
  int fd = g_mkstemp (copy);
  if (program == NULL || fd < 0) {
    g_test_skip ("no home directory to put a program in");
    return;
  }
  close (fd);
  g_autofree char *content = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (program, &content, &size, NULL));
  g_assert_true (g_file_set_contents (copy, content, (gssize)size, NULL));
  g_assert_cmpint (g_chmod (copy, 0700), ==, 0);
  char *argv[] = {copy, (char *)"30", NULL};
  GPid pid;
  g_assert_true (
      g_spawn_async (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL));
  g_usleep (200000);
  g_unlink (copy);
  g_autoptr (SvInventory) inventory =
      fixture_collect (&(SvInventorySource){.root = "/", .live = TRUE});
  kill (pid, SIGKILL);
  g_spawn_close_pid (pid);
  gboolean found = FALSE;
  for (guint i = 0; i < inventory->stale_processes->len; i++) {
    const SvStaleProcess *process = inventory->stale_processes->pdata[i];
    found |= process->pid == pid && g_str_equal (process->libraries->pdata[0], copy);
  }
  g_assert_true (found);
}

/* --- reboot --- */

static void
test_reboot_required (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write_debian (&fixture, NULL);
  fixture_write (&fixture, "run/reboot-required", "*** System restart required ***\n");
  fixture_write (&fixture, "run/reboot-required.pkgs", "linux-base\nlibc6\nlinux-base\n");
  g_autoptr (SvInventory) inventory = collect_live (&fixture);
  g_assert_cmpuint (inventory->reboot_reasons->len, ==, 1);
  g_assert_true (g_str_has_suffix (inventory->reboot_reasons->pdata[0], ": linux-base, libc6"));
}

static void
put_word (guint8 *update, gsize index, guint32 word)
{
  word = GUINT32_TO_LE (word);
  memcpy (update + index * 4, &word, sizeof word);
}

/* One update of 2048 bytes for processor 0x906ea, platforms 0x22. */
static void
make_update (guint8 *update, guint32 revision)
{
  memset (update, 0, 2048);
  put_word (update, 0, 1);
  put_word (update, 1, revision);
  put_word (update, 3, 0x906ea);
  put_word (update, 6, 0x22);
  put_word (update, 8, 2048);
}

static void
test_microcode_revision (void)
{
  guint8 data[4096];
  make_update (data, 0xf0);
  make_update (data + 2048, 0xf6);
  g_assert_cmphex (sv_microcode_find_revision (data, sizeof data, 0x906ea, 2), ==, 0xf6);
  g_assert_cmphex (sv_microcode_find_revision (data, 2048, 0x906ea, 2), ==, 0xf0);
  g_assert_cmphex (sv_microcode_find_revision (data, sizeof data, 0x906ea, 4), ==, 0);
  g_assert_cmphex (sv_microcode_find_revision (data, sizeof data, 0x906eb, 2), ==, 0);
  g_assert_cmphex (sv_microcode_find_revision (data, 47, 0x906ea, 2), ==, 0);
  put_word (data, 8, 0xfffffff0); /* a size that leads out of the file */
  g_assert_cmphex (sv_microcode_find_revision (data, sizeof data, 0x906ea, 2), ==, 0);
}

/* A container for processor 0xa10f11, which it calls 0xa011, with two patches for it and one for
 * another. Returns its size. */
static gsize
make_container (guint8 *data)
{
  static const struct {
    guint32 level;
    guint16 name;
  } patches[] = {{0xa101148, 0xa011}, {0xa101248, 0xa012}, {0xa101154, 0xa011}};
  memset (data, 0, 512);
  memcpy (data, "DMA\0", 4);
  put_word (data, 2, 32); /* the table: one row, and an empty one */
  put_word (data, 3, 0xa10f11);
  memcpy (data + 24, "\x11\xa0", 2);
  guint8 *at = data + 44;
  for (gsize i = 0; i < G_N_ELEMENTS (patches); i++, at += 8 + 80) {
    put_word (at, 0, 1);
    put_word (at, 1, 80);
    put_word (at, 3, patches[i].level);
    guint16 name = GUINT16_TO_LE (patches[i].name);
    memcpy (at + 8 + 24, &name, sizeof name);
  }
  return (gsize)(at - data);
}

static void
test_amd_level (void)
{
  guint8 data[1024];
  gsize size = make_container (data);
  g_assert_cmphex (sv_microcode_find_amd_level (data, size, 0xa10f11), ==, 0xa101154);
  g_assert_cmphex (sv_microcode_find_amd_level (data, size - 1, 0xa10f11), ==, 0xa101148);
  g_assert_cmphex (sv_microcode_find_amd_level (data, size, 0xa10f12), ==, 0);
  g_assert_cmphex (sv_microcode_find_amd_level (data, size, 0), ==, 0); /* the empty row */
  for (gsize cut = 0; cut < size; cut++)
    g_assert_cmphex (sv_microcode_find_amd_level (data, cut, 0xa10f11), <=, 0xa101148);
  gsize second = make_container (data + size); /* one behind the other */
  put_word (data + size + 44 + 88 * 2, 3, 0xa101160);
  g_assert_cmphex (sv_microcode_find_amd_level (data, size + second, 0xa10f11), ==, 0xa101160);
  put_word (data, 2, 0xfffffff0); /* a size that leads out of the file */
  g_assert_cmphex (sv_microcode_find_amd_level (data, size, 0xa10f11), ==, 0);
}

static void
expect_amd (const char *dmi_vendor, const char *running, guint n_reasons)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write_debian (&fixture, NULL);
  fixture_write (&fixture, DMI "sys_vendor", dmi_vendor);
  g_autofree char *cpu = g_strdup_printf ("vendor_id\t: AuthenticAMD\ncpu family\t: 25\n"
                                          "model\t\t: 17\nstepping\t: 1\nmicrocode\t: %s\n",
                                          running);
  fixture_write (&fixture, "proc/cpuinfo", cpu);
  guint8 data[512];
  gsize size = make_container (data);
  g_autofree char *path =
      fixture_path (&fixture, "lib/firmware/amd-ucode/microcode_amd_fam19h.bin");
  g_assert_true (g_file_set_contents (path, (char *)data, (gssize)size, NULL));
  g_autoptr (SvInventory) inventory = collect_live (&fixture);
  g_assert_cmpuint (inventory->reboot_reasons->len, ==, n_reasons);
  g_assert_null (fixture_find_gap (inventory, "microcode", ""));
}

static void
test_amd_microcode (void)
{
  expect_amd ("Dell Inc.\n", "0xa101148", 1);
  expect_amd ("Dell Inc.\n", "0xa101154", 0);
  expect_amd ("Dell Inc.\n", "0xa101160", 0); /* the board's firmware is ahead */
  expect_amd ("QEMU\n", "0xa101148", 0);
}

static void
expect_microcode (const char *dmi_vendor, guint n_reasons)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write_debian (&fixture, NULL);
  fixture_write (&fixture, DMI "sys_vendor", dmi_vendor);
  fixture_write (&fixture, "proc/cpuinfo",
                 "vendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 158\nmodel name\t: x\n"
                 "stepping\t: 10\nmicrocode\t: 0xf4\n");
  fixture_write (&fixture, "sys/devices/system/cpu/cpu0/microcode/processor_flags", "0x2\n");
  guint8 update[2048];
  make_update (update, 0xf6);
  g_autofree char *path = fixture_path (&fixture, "lib/firmware/intel-ucode/06-9e-0a");
  g_assert_true (g_file_set_contents (path, (char *)update, sizeof update, NULL));
  g_autoptr (SvInventory) inventory = collect_live (&fixture);
  g_assert_cmpuint (inventory->reboot_reasons->len, ==, n_reasons);
}

static void
test_microcode (void)
{
  expect_microcode ("Dell Inc.\n", 1);
  expect_microcode ("QEMU\n", 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host/hardware", test_hardware);
  g_test_add_func ("/host/containers", test_containers);
  g_test_add_func ("/host/listeners", test_listeners);
  g_test_add_func ("/host/interfaces", test_interfaces);
  g_test_add_func ("/host/filesystems", test_filesystems);
  g_test_add_func ("/host/pitfall-86-stale-processes", test_stale_processes);
  g_test_add_func ("/host/pitfall-86-real-replacement", test_real_replacement);
  g_test_add_func ("/host/pitfall-87-reboot-required", test_reboot_required);
  g_test_add_func ("/host/microcode-revision", test_microcode_revision);
  g_test_add_func ("/host/microcode-amd-level", test_amd_level);
  g_test_add_func ("/host/pitfall-89-amd-on-bare-metal-only", test_amd_microcode);
  g_test_add_func ("/host/pitfall-89-microcode-on-bare-metal-only", test_microcode);
  return g_test_run ();
}
