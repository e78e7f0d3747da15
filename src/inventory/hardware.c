/* What the host is made of: portable, desktop, server, virtual or container (I1). */
#include "inventory/collect.h"

#include <sys/stat.h>

/* Chassis types of the SMBIOS standard, as the firmware numbers them. */
static const struct {
  const char *class_name;
  guint8 types[12];
} chassis[] = {
    {"portable", {8, 9, 10, 11, 14, 30, 31, 32}},
    {"desktop", {3, 4, 5, 6, 7, 13, 15, 16, 24, 35, 36}},
    {"server", {17, 23, 25, 28, 29}},
};

/* What hypervisors write into the DMI tables of their guests; the first match counts. */
static const struct {
  const char *file;
  const char *prefix;
  const char *name;
} hypervisors[] = {
    {"product_name", "KVM", "kvm"},
    {"product_name", "VMware", "vmware"},
    {"product_name", "VirtualBox", "virtualbox"},
    {"product_name", "Virtual Machine", "hyper-v"},
    {"product_name", "Google Compute Engine", "google"},
    {"product_name", "OpenStack", "kvm"},
    {"product_name", "BHYVE", "bhyve"},
    {"product_name", "Parallels", "parallels"},
    {"sys_vendor", "QEMU", "qemu"},
    {"sys_vendor", "VMware", "vmware"},
    {"sys_vendor", "innotek", "virtualbox"},
    {"sys_vendor", "Xen", "xen"},
    {"sys_vendor", "Amazon EC2", "amazon"},
    {"sys_vendor", "Parallels", "parallels"},
    {"bios_vendor", "Xen", "xen"},
    {"bios_vendor", "BHYVE", "bhyve"},
};

static char *
read_dmi (const SvCollect *collect, const char *file)
{
  g_autofree char *path = g_build_filename ("sys/class/dmi/id", file, NULL);
  return sv_collect_read_line (collect, path);
}

static gboolean
has_file (const SvCollect *collect, const char *relative)
{
  g_autofree char *path = sv_collect_resolve (collect, relative, NULL);
  return path != NULL && g_file_test (path, G_FILE_TEST_EXISTS);
}

/* --- containers --- */

/* "container=lxc" among the NUL-separated settings that the first process was started with. */
static char *
read_container_variable (const SvCollect *collect)
{
  g_autofree char *path = sv_collect_resolve (collect, "proc/1/environ", NULL);
  g_autofree char *text = NULL;
  gsize size = 0;
  if (path == NULL || !g_file_get_contents (path, &text, &size, NULL))
    return NULL;
  for (const char *p = text; p < text + size; p += strlen (p) + 1)
    if (g_str_has_prefix (p, "container=") && p[strlen ("container=")] != '\0')
      return g_strdup (p + strlen ("container="));
  return NULL;
}

/* Names of container runtimes in the first process's control group. */
static const char *
find_runtime (const SvCollect *collect)
{
  static const struct {
    const char *mark, *name;
  } marks[] = {{"/docker", "docker"},
               {"/kubepods", "kubernetes"},
               {"/libpod", "podman"},
               {"/lxc", "lxc"},
               {"/machine.slice", "nspawn"}};
  g_autofree char *text = sv_collect_read (collect, "proc/1/cgroup", NULL);
  for (gsize i = 0; text != NULL && i < G_N_ELEMENTS (marks); i++)
    if (strstr (text, marks[i].mark) != NULL)
      return marks[i].name;
  return NULL;
}

/* An image unpacked onto a disk keeps its /.dockerenv: a root mounted from a disk of the machine
 * is no container, whatever files lie in it. */
static gboolean
is_root_on_disk (const SvCollect *collect)
{
  static const char *const disks[] = {"/dev/sd", "/dev/vd", "/dev/xvd", "/dev/nvme", "/dev/mmcblk"};
  g_autofree char *text = sv_collect_read (collect, "proc/self/mountinfo", NULL);
  SvLines lines = {text, 0};
  gboolean on_disk = FALSE;
  for (char *line; (line = sv_lines_next (&lines)) != NULL;) {
    g_auto (GStrv) words = g_strsplit (line, " ", -1);
    guint n = g_strv_length (words);
    if (n < 10 || !g_str_equal (words[3], "/") || !g_str_equal (words[4], "/"))
      continue;
    on_disk = FALSE; /* the last mount on "/" is the one that is seen */
    for (gsize i = 0; i < G_N_ELEMENTS (disks); i++)
      on_disk |= g_str_has_prefix (words[n - 2], disks[i]);
  }
  return on_disk;
}

static char *
find_container (const SvCollect *collect)
{
  char *name = sv_collect_read_line (collect, "run/systemd/container");
  if (name == NULL)
    name = sv_collect_read_line (collect, "run/host/container-manager");
  if (name == NULL)
    name = read_container_variable (collect);
  if (name == NULL)
    name = g_strdup (find_runtime (collect));
  if (name == NULL && has_file (collect, "run/.containerenv"))
    name = g_strdup ("podman");
  if (name == NULL && has_file (collect, ".dockerenv") && !is_root_on_disk (collect))
    name = g_strdup ("docker");
  return name;
}

/* --- machines --- */

/* A bare-metal instance of a cloud bears the cloud's name, but runs under nobody. */
static const char *
find_hypervisor (const SvCollect *collect)
{
  g_autofree char *product = read_dmi (collect, "product_name");
  if (product != NULL && strstr (product, ".metal") != NULL)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (hypervisors); i++) {
    g_autofree char *text = read_dmi (collect, hypervisors[i].file);
    if (text != NULL && g_str_has_prefix (text, hypervisors[i].prefix))
      return hypervisors[i].name;
  }
  g_autofree char *type = sv_collect_read_line (collect, "sys/hypervisor/type");
  if (g_strcmp0 (type, "xen") == 0)
    return "xen";
  g_autofree char *cpu = sv_collect_read (collect, "proc/cpuinfo", NULL);
  return cpu != NULL &&
                 g_regex_match_simple ("^flags\\s*:.*\\bhypervisor\\b", cpu, G_REGEX_MULTILINE, 0)
             ? "vm"
             : NULL;
}

static const char *
find_chassis_class (const SvCollect *collect)
{
  g_autofree char *text = read_dmi (collect, "chassis_type");
  guint64 type = text != NULL ? g_ascii_strtoull (text, NULL, 10) : 0;
  for (gsize i = 0; type != 0 && i < G_N_ELEMENTS (chassis); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (chassis[i].types); j++)
      if (chassis[i].types[j] == type)
        return chassis[i].class_name;
  return NULL;
}

/* A battery that feeds the system, not a mouse or a headset. */
static gboolean
has_battery (const SvCollect *collect)
{
  g_autoptr (GPtrArray) names = sv_collect_list (collect, "sys/class/power_supply");
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *base = g_build_filename ("sys/class/power_supply", names->pdata[i], NULL);
    g_autofree char *type_path = g_build_filename (base, "type", NULL);
    g_autofree char *scope_path = g_build_filename (base, "scope", NULL);
    g_autofree char *type = sv_collect_read_line (collect, type_path);
    g_autofree char *scope = sv_collect_read_line (collect, scope_path);
    if (g_strcmp0 (type, "Battery") == 0 && g_strcmp0 (scope, "Device") != 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
sv_hardware_collect (SvCollect *collect, GError **error)
{
  SvInventory *inventory = collect->inventory;
  g_autofree char *container = find_container (collect);
  const char *hypervisor = find_hypervisor (collect), *class_name = find_chassis_class (collect);
  if (container != NULL)
    class_name = "container";
  else if (hypervisor != NULL)
    class_name = "virtual";
  else if (class_name == NULL)
    class_name = has_battery (collect) ? "portable" : "unknown";
  collect->container = container != NULL;
  inventory->hardware_class = g_strdup (class_name);
  inventory->virtualization = container != NULL    ? g_steal_pointer (&container)
                              : hypervisor != NULL ? g_strdup (hypervisor)
                                                   : g_strdup ("none");
  inventory->vendor = read_dmi (collect, "sys_vendor");
  inventory->product = read_dmi (collect, "product_name");
  return TRUE;
}
