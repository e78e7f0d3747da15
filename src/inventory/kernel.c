/* Kernels: the one that runs, the one that the next boot takes, those merely on disk (trap 80). */
#include "inventory/collect.h"
#include "inventory/ini.h"

/* --- releases that packages hold --- */

typedef enum {
  FORM_VERSION_ARCH, /* 5.14.0-70.el9.x86_64[+suffix] */
  FORM_VERSION,      /* 6.1.10-10.ph5[-suffix] */
  FORM_SUSE,         /* 5.3.18-150300.59.49-default: the last field of the release is the rebuild */
  FORM_SUSE_BASE,    /* kernel-default-base: that, and its own release behind it */
  FORM_APK           /* 6.6.14-0-lts of 6.6.14-r0 */
} Form;

/* Only packages with the image itself; on the RHEL side "kernel" is that or a meta package, which
 * is settled by whether a -core of the same release is there (trap 84). */
static const struct {
  const char *family; /* NULL: any */
  SvScheme scheme;
  const char *name;
  Form form;
  const char *suffix;
} images[] = {
    {"suse", SV_SCHEME_RPM, "kernel-default", FORM_SUSE, "-default"},
    {"suse", SV_SCHEME_RPM, "kernel-default-base", FORM_SUSE_BASE, "-default"},
    {"suse", SV_SCHEME_RPM, "kernel-azure", FORM_SUSE, "-azure"},
    {"suse", SV_SCHEME_RPM, "kernel-rt", FORM_SUSE, "-rt"},
    {"suse", SV_SCHEME_RPM, "kernel-preempt", FORM_SUSE, "-preempt"},
    {"suse", SV_SCHEME_RPM, "kernel-64kb", FORM_SUSE, "-64kb"},
    {"photon", SV_SCHEME_RPM, "linux", FORM_VERSION, ""},
    {"photon", SV_SCHEME_RPM, "linux-esx", FORM_VERSION, "-esx"},
    {"photon", SV_SCHEME_RPM, "linux-rt", FORM_VERSION, "-rt"},
    {"photon", SV_SCHEME_RPM, "linux-aws", FORM_VERSION, "-aws"},
    {"photon", SV_SCHEME_RPM, "linux-secure", FORM_VERSION, "-secure"},
    {"azurelinux", SV_SCHEME_RPM, "kernel", FORM_VERSION, ""},
    {NULL, SV_SCHEME_RPM, "kernel", FORM_VERSION_ARCH, ""},
    {NULL, SV_SCHEME_RPM, "kernel-core", FORM_VERSION_ARCH, ""},
    {NULL, SV_SCHEME_RPM, "kernel-rt", FORM_VERSION_ARCH, "+rt"},
    {NULL, SV_SCHEME_RPM, "kernel-rt-core", FORM_VERSION_ARCH, "+rt"},
    {NULL, SV_SCHEME_RPM, "kernel-debug", FORM_VERSION_ARCH, "+debug"},
    {NULL, SV_SCHEME_RPM, "kernel-debug-core", FORM_VERSION_ARCH, "+debug"},
    {NULL, SV_SCHEME_RPM, "kernel-64k", FORM_VERSION_ARCH, "+64k"},
    {NULL, SV_SCHEME_RPM, "kernel-64k-core", FORM_VERSION_ARCH, "+64k"},
    {NULL, SV_SCHEME_RPM, "kernel-uek", FORM_VERSION_ARCH, ""},
    {NULL, SV_SCHEME_RPM, "kernel-uek-core", FORM_VERSION_ARCH, ""},
    {NULL, SV_SCHEME_RPM, "kernel-lt", FORM_VERSION_ARCH, ""},
    {NULL, SV_SCHEME_RPM, "kernel-lt-core", FORM_VERSION_ARCH, ""},
    {NULL, SV_SCHEME_RPM, "kernel-ml", FORM_VERSION_ARCH, ""},
    {NULL, SV_SCHEME_RPM, "kernel-ml-core", FORM_VERSION_ARCH, ""},
    {NULL, SV_SCHEME_RPM, "kernel6.12", FORM_VERSION_ARCH, ""},
    {NULL, SV_SCHEME_APK, "linux-lts", FORM_APK, "-lts"},
    {NULL, SV_SCHEME_APK, "linux-virt", FORM_APK, "-virt"},
    {NULL, SV_SCHEME_APK, "linux-edge", FORM_APK, "-edge"},
    {NULL, SV_SCHEME_APK, "linux-stable", FORM_APK, "-stable"},
    {NULL, SV_SCHEME_APK, "linux-rpi", FORM_APK, "-rpi"},
};

/* "linux-image-6.1.0-53-amd64": the name says it; a digit tells images from meta packages. */
static char *
dup_deb_release (const char *name)
{
  static const char *const prefixes[] = {"linux-image-unsigned-", "linux-image-", "proxmox-kernel-",
                                         "pve-kernel-"};
  static const char *const suffixes[] = {"-unsigned", "-signed"};
  const char *release = NULL;
  for (gsize i = 0; release == NULL && i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (name, prefixes[i]))
      release = name + strlen (prefixes[i]);
  if (release == NULL || !g_ascii_isdigit (*release) || strchr (release, '-') == NULL ||
      g_str_has_suffix (release, "-dbg") || g_str_has_suffix (release, "-dbgsym"))
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (release, suffixes[i]))
      return g_strndup (release, strlen (release) - strlen (suffixes[i]));
  return g_strdup (release);
}

/* @text without its last @n fields of those separated by '.'. */
static char *
dup_without_fields (const char *text, guint n)
{
  char *copy = g_strdup (text);
  for (char *dot; n > 0 && (dot = strrchr (copy, '.')) != NULL; n--)
    *dot = '\0';
  return copy;
}

static char *
dup_suse_release (const char *version, const char *suffix, gboolean base)
{
  const char *dash = strrchr (version, '-');
  if (dash == NULL)
    return NULL;
  guint n_fields = 1;
  for (const char *p = dash; *p != '\0'; p++)
    n_fields += *p == '.';
  g_autofree char *core = dup_without_fields (version, base ? n_fields / 2 + 1 : 1);
  return g_strconcat (core, suffix, NULL);
}

/* A realtime build before EL 9.3 has ".rt" in its release and no suffix. */
static char *
dup_formed (const SvPackage *package, Form form, const char *suffix)
{
  const char *colon = strchr (package->version, ':');
  const char *version = colon != NULL ? colon + 1 : package->version;
  switch (form) {
  case FORM_VERSION_ARCH:
    if (g_str_equal (suffix, "+rt") && strstr (version, ".rt") != NULL)
      suffix = "";
    return g_strconcat (version, ".", package->arch != NULL ? package->arch : "", suffix, NULL);
  case FORM_VERSION:
    return g_strconcat (version, suffix, NULL);
  case FORM_SUSE:
    return dup_suse_release (version, suffix, FALSE);
  case FORM_SUSE_BASE:
    return dup_suse_release (version, suffix, TRUE);
  case FORM_APK: {
    const char *revision = strstr (version, "-r");
    g_autofree char *upstream = g_strndup (version, strcspn (version, "-"));
    return g_strconcat (upstream, "-", revision != NULL ? revision + 2 : "0", suffix, NULL);
  }
  default:
    return NULL;
  }
}

char *
sv_kernel_dup_release (const SvDistro *distro, const SvPackage *package)
{
  if (package->ecosystem != NULL || package->state == SV_PACKAGE_CONFIG_FILES)
    return NULL;
  if (distro->scheme == SV_SCHEME_DEB)
    return dup_deb_release (package->name);
  for (gsize i = 0; i < G_N_ELEMENTS (images); i++)
    if ((int)images[i].scheme == distro->scheme && g_str_equal (package->name, images[i].name) &&
        (images[i].family == NULL || g_strcmp0 (distro->family, images[i].family) == 0))
      return dup_formed (package, images[i].form, images[i].suffix);
  return NULL;
}

/* --- order --- */

int
sv_kernel_compare_releases (const SvDistro *distro, const char *a, const char *b)
{
  /* A release with two '-' is no rpm version, but dpkg's order takes every release there is. */
  const SvScheme schemes[] = {distro->scheme >= 0 ? (SvScheme)distro->scheme : SV_SCHEME_DEB,
                              SV_SCHEME_DEB};
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++) {
    int order;
    if (sv_version_compare (schemes[i], a, b, &order, NULL))
      return order;
  }
  return sv_text_compare_natural (a, b);
}

/* --- which there are --- */

static SvKernel *
find_kernel (const GPtrArray *kernels, const char *release)
{
  for (guint i = 0; i < kernels->len; i++)
    if (g_str_equal (((SvKernel *)kernels->pdata[i])->release, release))
      return kernels->pdata[i];
  return NULL;
}

static SvKernel *
ensure_kernel (SvCollect *collect, const char *release)
{
  SvKernel *kernel = find_kernel (collect->inventory->kernels, release);
  if (kernel == NULL) {
    kernel = sv_record_new (&sv_kernel_type);
    kernel->release = g_strdup (release);
    g_ptr_array_add (collect->inventory->kernels, kernel);
  }
  return kernel;
}

/* Packages come sorted by name, so that kernel-core takes over from its meta package kernel. */
static void
add_packaged (SvCollect *collect)
{
  const SvInventory *inventory = collect->inventory;
  for (guint i = 0; i < inventory->packages->len; i++) {
    const SvPackage *package = inventory->packages->pdata[i];
    g_autofree char *release = sv_kernel_dup_release (inventory->distro, package);
    if (release == NULL)
      continue;
    SvKernel *kernel = ensure_kernel (collect, release);
    g_free (kernel->package);
    g_free (kernel->package_version);
    kernel->package = g_strdup (package->name);
    kernel->package_version = g_strdup (package->version);
  }
}

/* Images that no package of this list explains: built by hand, or left behind. */
static void
add_images (SvCollect *collect)
{
  static const char *const prefixes[] = {"vmlinuz-", "vmlinux-", "Image-"};
  g_autoptr (GPtrArray) names = sv_collect_list (collect, "boot");
  for (guint i = 0; i < names->len; i++)
    for (gsize p = 0; p < G_N_ELEMENTS (prefixes); p++) {
      const char *name = names->pdata[i];
      if (g_str_has_prefix (name, prefixes[p]) && g_ascii_isdigit (name[strlen (prefixes[p])]))
        ensure_kernel (collect, name + strlen (prefixes[p]));
    }
}

/* --- the running one --- */

/* "Linux version 6.1.0-53-amd64 (…) #1 SMP … Debian 6.1.170-1 (2026-05-01)", and Ubuntu's own file
 * "Ubuntu 6.8.0-31.31-generic 6.8.1". */
static char *
read_running_version (const SvCollect *collect)
{
  g_autofree char *signature = sv_collect_read_line (collect, "proc/version_signature");
  if (signature != NULL && g_str_has_prefix (signature, "Ubuntu ")) {
    const char *version = signature + strlen ("Ubuntu ");
    g_autofree char *word = g_strndup (version, strcspn (version, " "));
    char *flavour = strrchr (word, '-');
    if (flavour != NULL && strchr (word, '-') != flavour)
      *flavour = '\0';
    return g_steal_pointer (&word);
  }
  g_autofree char *banner = sv_collect_read_line (collect, "proc/version");
  const char *version = banner != NULL ? strstr (banner, " Debian ") : NULL;
  if (version == NULL)
    return NULL;
  version += strlen (" Debian ");
  return g_strndup (version, strcspn (version, " "));
}

static void
mark_running (SvCollect *collect)
{
  SvKernel *kernel = ensure_kernel (collect, collect->running_release);
  kernel->role = SV_KERNEL_RUNNING;
  kernel->running_version = g_strdup (collect->running_version);
  if (kernel->package == NULL)
    sv_collect_add_gap (collect, "kernels",
                        "the running kernel %s belongs to no installed package: no feed speaks of "
                        "it",
                        kernel->release);
}

/* --- the next one --- */

/* What the boot loader is told to start: NULL for its first entry, which is the newest kernel. */
static char *
read_default_entry (const SvCollect *collect)
{
  static const char *const environments[] = {"boot/grub/grubenv", "boot/grub2/grubenv", NULL};
  g_autofree char *settings = sv_collect_read (collect, "etc/default/grub", NULL);
  g_autofree char *entry = NULL;
  for (SvIni ini = {settings, "", NULL, NULL}; sv_ini_next (&ini);)
    if (ini.key != NULL && g_str_equal (ini.key, "GRUB_DEFAULT")) {
      g_free (entry);
      entry = g_shell_unquote (ini.value, NULL);
    }
  if (entry == NULL || g_str_equal (entry, "0"))
    return NULL;
  if (!g_str_equal (entry, "saved"))
    return g_steal_pointer (&entry);
  g_autofree char *path = sv_collect_find (collect, NULL, environments, NULL);
  g_autofree char *environment = path != NULL ? sv_text_read (path, NULL) : NULL;
  for (SvIni ini = {environment, "", NULL, NULL}; sv_ini_next (&ini);)
    if (ini.key != NULL && g_str_equal (ini.key, "saved_entry") && *ini.value != '\0' &&
        !g_str_equal (ini.value, "0"))
      return g_strdup (ini.value);
  return NULL;
}

/* The kernel whose release stands in a menu entry's name, the longest of them. */
static SvKernel *
find_named (const GPtrArray *kernels, const char *entry)
{
  SvKernel *best = NULL;
  for (guint i = 0; i < kernels->len; i++) {
    SvKernel *kernel = kernels->pdata[i];
    if (strstr (entry, kernel->release) != NULL &&
        (best == NULL || strlen (kernel->release) > strlen (best->release)))
      best = kernel;
  }
  return best;
}

static SvKernel *
find_newest (const SvInventory *inventory)
{
  SvKernel *newest = NULL;
  for (guint i = 0; i < inventory->kernels->len; i++) {
    SvKernel *kernel = inventory->kernels->pdata[i];
    if (newest == NULL ||
        sv_kernel_compare_releases (inventory->distro, kernel->release, newest->release) > 0)
      newest = kernel;
  }
  return newest;
}

static void
mark_next_boot (SvCollect *collect)
{
  const SvInventory *inventory = collect->inventory;
  g_autofree char *entry = read_default_entry (collect);
  SvKernel *next = entry != NULL ? find_named (inventory->kernels, entry) : NULL;
  if (entry != NULL && next == NULL)
    sv_collect_add_gap (collect, "kernels",
                        "the boot loader starts '%s', which names no kernel here: the newest is "
                        "taken for the next to boot",
                        entry);
  if (next == NULL)
    next = find_newest (inventory);
  if (next != NULL && next->role != SV_KERNEL_RUNNING)
    next->role = SV_KERNEL_NEXT_BOOT;
}

gboolean
sv_kernels_collect (SvCollect *collect, GError **error)
{
  const SvInventorySource *source = collect->source;
  add_packaged (collect);
  add_images (collect);
  if (collect->container) {
    sv_collect_add_gap (collect, "kernels", "a container runs the kernel of its host");
    return TRUE;
  }
  if (source->live && source->root != NULL) {
    collect->running_release = sv_collect_read_line (collect, "proc/sys/kernel/osrelease");
    collect->running_version = read_running_version (collect);
  }
  if (collect->running_release != NULL)
    mark_running (collect);
  else
    sv_collect_add_gap (collect, "kernels", "which one runs is not known");
  mark_next_boot (collect);
  return TRUE;
}
