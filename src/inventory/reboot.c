/* Whether the host needs a reboot, and why (traps 81, 86, 87, 89). */
#include "inventory/collect.h"
#include "inventory/microcode.h"

static void G_GNUC_PRINTF (2, 3) add_reason (SvCollect *collect, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_ptr_array_add (collect->inventory->reboot_reasons, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

/* --- kernels --- */

static const SvKernel *
find_role (const SvInventory *inventory, SvKernelRole role)
{
  for (guint i = 0; i < inventory->kernels->len; i++) {
    const SvKernel *kernel = inventory->kernels->pdata[i];
    if (kernel->role == (gint)role)
      return kernel;
  }
  return NULL;
}

/* The image may be replaced under an unchanged release (Debian keeps its ABI number). */
static void
compare_versions (SvCollect *collect, const SvKernel *running)
{
  const SvDistro *distro = collect->inventory->distro;
  int order;
  if (running->running_version == NULL || running->package_version == NULL || distro->scheme < 0)
    return;
  if (sv_version_compare ((SvScheme)distro->scheme, running->running_version,
                          running->package_version, &order, NULL) &&
      order < 0)
    add_reason (collect, "kernel %s %s is installed, but %s runs", running->release,
                running->package_version, running->running_version);
}

static void
check_kernel (SvCollect *collect)
{
  const SvKernel *running = find_role (collect->inventory, SV_KERNEL_RUNNING);
  const SvKernel *next = find_role (collect->inventory, SV_KERNEL_NEXT_BOOT);
  if (collect->container)
    return; /* it has none of its own */
  if (running == NULL || running->package == NULL)
    sv_collect_add_gap (collect, "reboot",
                        "the running kernel is not one of the host's packages, so that its age "
                        "cannot be told");
  if (running == NULL)
    return;
  if (next != NULL &&
      sv_kernel_compare_releases (collect->inventory->distro, next->release, running->release) > 0)
    add_reason (collect, "kernel %s is installed, but %s runs", next->release, running->release);
  compare_versions (collect, running);
}

/* --- what the package manager left word of --- */

static void
check_flag (SvCollect *collect)
{
  g_autofree char *flag = sv_collect_read (collect, "run/reboot-required", NULL);
  g_autofree char *packages = sv_collect_read (collect, "run/reboot-required.pkgs", NULL);
  if (flag == NULL)
    return;
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  SvLines lines = {packages, 0};
  for (char *line; (line = sv_lines_next (&lines)) != NULL;)
    if (*g_strstrip (line) != '\0' && g_hash_table_add (seen, line))
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", line);
  add_reason (collect, "/run/reboot-required is there%s%s", names->len > 0 ? ": " : "", names->str);
}

/* --- processes that only a reboot replaces --- */

static gboolean
is_irreplaceable (const SvStaleProcess *process)
{
  static const char *const names[] = {"dbus-daemon", "dbus-broker"};
  if (process->pid == 1)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (process->process, names[i]) == 0)
      return TRUE;
  return FALSE;
}

static void
check_processes (SvCollect *collect)
{
  const GPtrArray *processes = collect->inventory->stale_processes;
  for (guint i = 0; i < processes->len; i++) {
    const SvStaleProcess *process = processes->pdata[i];
    if (!is_irreplaceable (process) || process->libraries->len == 0)
      continue;
    const GPtrArray *what = process->packages->len > 0 ? process->packages : process->libraries;
    add_reason (collect, "process %" G_GINT64_FORMAT " (%s) still runs replaced files of %s%s",
                process->pid, process->process != NULL ? process->process : "?",
                (const char *)what->pdata[0], what->len > 1 ? " and others" : "");
  }
}

/* --- microcode, which only a machine of one's own can load --- */

/* The number behind "@key\t: " in /proc/cpuinfo. */
static gboolean
read_cpu_number (const char *text, const char *key, guint64 *ret_value)
{
  for (const char *line = text; line != NULL; line = strchr (line, '\n')) {
    line += *line == '\n';
    const char *rest = g_str_has_prefix (line, key) ? line + strlen (key) : NULL;
    if (rest == NULL || rest[strspn (rest, " \t")] != ':')
      continue;
    *ret_value = g_ascii_strtoull (strchr (rest, ':') + 1, NULL, 0);
    return TRUE;
  }
  return FALSE;
}

typedef struct {
  guint64 family, model, stepping;
  guint64 running; /* revision of the microcode */
} Cpu;

static gboolean
read_cpu (const char *text, Cpu *ret_cpu)
{
  return read_cpu_number (text, "cpu family", &ret_cpu->family) &&
         read_cpu_number (text, "model", &ret_cpu->model) &&
         read_cpu_number (text, "stepping", &ret_cpu->stepping) &&
         read_cpu_number (text, "microcode", &ret_cpu->running);
}

/* As CPUID gives it: families past 15 are 15 and the rest in a field of its own. */
static guint32
cpu_signature (const Cpu *cpu)
{
  guint64 base = MIN (cpu->family, 0xf), more = cpu->family - base;
  return (guint32)(cpu->stepping | (cpu->model & 0xf) << 4 | base << 8 | (cpu->model >> 4) << 16 |
                   more << 20);
}

/* The first of the files that is there, compressed or not; NULL: none. */
static GBytes *
read_firmware (const SvCollect *collect, const char *relative)
{
  static const char *const suffixes[] = {"", ".xz", ".zst"};
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *name = g_strconcat ("lib/firmware/", relative, suffixes[i], NULL);
    g_autofree char *path = sv_collect_resolve (collect, name, NULL);
    GBytes *bytes = path != NULL ? sv_file_read (path, SV_LIMIT_SMALL_FILE_BYTES, NULL) : NULL;
    if (bytes != NULL)
      return bytes;
  }
  return NULL;
}

static guint32
find_intel (const SvCollect *collect, const Cpu *cpu)
{
  g_autofree char *flags =
      sv_collect_read_line (collect, "sys/devices/system/cpu/cpu0/microcode/processor_flags");
  g_autofree char *name = g_strdup_printf ("intel-ucode/%02x-%02x-%02x", (guint)cpu->family,
                                           (guint)cpu->model, (guint)cpu->stepping);
  g_autoptr (GBytes) bytes = flags != NULL ? read_firmware (collect, name) : NULL;
  gsize size = 0;
  const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  guint32 platform = flags != NULL ? (guint32)g_ascii_strtoull (flags, NULL, 0) : 0;
  return sv_microcode_find_revision (data, size, cpu_signature (cpu), platform);
}

/* One file for each family from 15h on, one for those before. */
static guint32
find_amd (const SvCollect *collect, const Cpu *cpu)
{
  g_autofree char *name =
      cpu->family >= 0x15
          ? g_strdup_printf ("amd-ucode/microcode_amd_fam%02xh.bin", (guint)cpu->family)
          : g_strdup ("amd-ucode/microcode_amd.bin");
  g_autoptr (GBytes) bytes = read_firmware (collect, name);
  gsize size = 0;
  const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  return sv_microcode_find_amd_level (data, size, cpu_signature (cpu));
}

static const struct {
  const char *vendor; /* as /proc/cpuinfo has it */
  guint32 (*find) (const SvCollect *collect, const Cpu *cpu);
} makers[] = {{"GenuineIntel", find_intel}, {"AuthenticAMD", find_amd}};

/* Revisions of one processor compare; firmware of the board may be ahead of the disk. */
static void
check_microcode (SvCollect *collect)
{
  if (g_strcmp0 (collect->inventory->virtualization, "none") != 0)
    return;
  g_autofree char *text = sv_collect_read (collect, "proc/cpuinfo", NULL);
  Cpu cpu;
  for (gsize i = 0; text != NULL && i < G_N_ELEMENTS (makers); i++) {
    if (strstr (text, makers[i].vendor) == NULL || !read_cpu (text, &cpu))
      continue;
    guint32 newest = makers[i].find (collect, &cpu);
    if (newest > cpu.running)
      add_reason (collect, "microcode 0x%x is installed, but 0x%x runs", newest,
                  (guint)cpu.running);
  }
}

gboolean
sv_reboot_collect (SvCollect *collect, GError **error)
{
  check_kernel (collect);
  check_flag (collect);
  check_processes (collect);
  check_microcode (collect);
  return TRUE;
}
