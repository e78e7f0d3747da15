/* Which system this is: os-release and its older relatives, name, machine, memory. */
#include "inventory/collect.h"

#include <sys/utsname.h>

static const char *const release_files[] = {
    "etc/os-release",     "usr/lib/os-release", "etc/redhat-release", "etc/centos-release",
    "etc/system-release", "etc/alpine-release", "etc/debian_version", NULL};

/* What others call a system, and what its os-release calls it. */
static const struct {
  const char *alias;
  const char *id;
} aliases[] = {
    {"alma", "almalinux"},
    {"amazon", "amzn"},
    {"amazonlinux", "amzn"},
    {"opensuse", "opensuse-tumbleweed"},
    {"archlinux", "arch"},
    {"opensuse leap", "opensuse-leap"},
    {"opensuse tumbleweed", "opensuse-tumbleweed"},
    {"opensuse.leap", "opensuse-leap"},
    {"opensuse.tumbleweed", "opensuse-tumbleweed"},
    {"oracle", "ol"},
    {"oraclelinux", "ol"},
    {"redhat", "rhel"},
    {"red hat enterprise linux", "rhel"},
    {"suse.linux.enterprise.desktop", "sled"},
    {"suse.linux.enterprise.server", "sles"},
};

static const char *
canonical_id (const char *id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (aliases); i++)
    if (g_ascii_strcasecmp (id, aliases[i].alias) == 0)
      return aliases[i].id;
  return id;
}

/* A value as os-release quotes it; what would end the line or the quotes is data, not syntax. */
static void
append_assignment (GString *text, const char *key, const char *value)
{
  g_string_append_printf (text, "%s=\"", key);
  for (const char *p = value; *p != '\0'; p++) {
    if (strchr ("\"$`\\", *p) != NULL)
      g_string_append_c (text, '\\');
    g_string_append_c (text, *p == '\n' || *p == '\r' ? ' ' : *p);
  }
  g_string_append (text, "\"\n");
}

SvDistro *
sv_identity_new (const char *id, const char *version, GError **error)
{
  g_autofree char *lower = g_ascii_strdown (canonical_id (id), -1);
  g_autoptr (GString) text = g_string_new (NULL);
  append_assignment (text, "ID", lower);
  if (version != NULL && g_ascii_isdigit (*version))
    append_assignment (text, "VERSION_ID", version);
  else if (!sv_text_is_empty (version))
    append_assignment (text, "VERSION_CODENAME", version);
  return sv_distro_parse (text->str, error);
}

static gboolean
collect_distro (SvCollect *collect, GError **error)
{
  const SvInventorySource *source = collect->source;
  if (source->os_release == NULL && source->root == NULL)
    return TRUE; /* an SBOM or a vuls result names its own */
  g_autofree char *path = sv_collect_find (collect, source->os_release, release_files, error);
  if (path == NULL)
    return FALSE;
  g_autofree char *text = sv_text_read (path, error);
  if (text == NULL)
    return FALSE;
  SvDistro *distro = sv_distro_parse (text, error);
  if (distro == NULL)
    g_prefix_error (error, "in '%s': ", path);
  sv_collect_set_distro (collect, distro);
  return distro != NULL;
}

/* "MemTotal:       16318480 kB" */
static gint64
read_memory_bytes (const SvCollect *collect)
{
  g_autofree char *text = sv_collect_read (collect, "proc/meminfo", NULL);
  const char *total = text != NULL ? strstr (text, "MemTotal:") : NULL;
  if (total == NULL)
    return 0;
  guint64 kib = g_ascii_strtoull (total + strlen ("MemTotal:"), NULL, 10);
  return (gint64)(MIN (kib, (guint64)G_MAXINT64 / 1024) * 1024);
}

static void
collect_live (SvCollect *collect)
{
  SvInventory *inventory = collect->inventory;
  inventory->hostname = sv_collect_read_line (collect, "proc/sys/kernel/hostname");
  inventory->memory_bytes = read_memory_bytes (collect);
  struct utsname name;
  if (uname (&name) == 0)
    inventory->machine = g_strdup (name.machine);
}

gboolean
sv_os_release_collect (SvCollect *collect, GError **error)
{
  if (collect->source->live && collect->source->root != NULL)
    collect_live (collect);
  if (collect->inventory->hostname == NULL)
    collect->inventory->hostname = sv_collect_read_line (collect, "etc/hostname");
  return collect_distro (collect, error);
}
