/* Packages of rpm hosts that are kept as they are (D20): the version locks of dnf and yum, and
 * zypper's. dpkg and apk tell theirs in their databases. */
#include "inventory/collect.h"

static const char *const lock_files[] = {"etc/dnf/plugins/versionlock.list",
                                         "etc/yum/pluginconf.d/versionlock.list"};

/* The forms in which a lock may name a package, each with '*' for anything:
 * name, name-version-release.arch, name-epoch:version-release.arch, epoch:name-…. */
static gboolean
matches (const char *pattern, const SvPackage *package)
{
  const char *colon = strchr (package->version, ':');
  const char *bare = colon != NULL ? colon + 1 : package->version;
  g_autofree char *epoch = colon != NULL
                               ? g_strndup (package->version, (gsize)(colon - package->version))
                               : g_strdup ("0");
  const char *arch = package->arch != NULL ? package->arch : "";
  g_autofree char *plain = g_strconcat (package->name, "-", bare, ".", arch, NULL);
  g_autofree char *full = g_strconcat (package->name, "-", epoch, ":", bare, ".", arch, NULL);
  g_autofree char *leading = g_strconcat (epoch, ":", plain, NULL);
  const char *const forms[] = {package->name, plain, full, leading};
  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    if (sv_text_glob (pattern, forms[i]))
      return TRUE;
  return FALSE;
}

static void
hold (SvCollect *collect, const char *pattern)
{
  const GPtrArray *packages = collect->inventory->packages;
  for (guint i = 0; i < packages->len; i++) {
    SvPackage *package = packages->pdata[i];
    package->held |= matches (pattern, package);
  }
}

/* One pattern a line; a leading '!' keeps a version out and holds nothing. */
static void
read_locks (SvCollect *collect, char *text)
{
  SvLines lines = {text, 0};
  for (char *line; (line = sv_lines_next (&lines)) != NULL;) {
    const char *pattern = g_strstrip (line);
    if (*pattern != '\0' && strchr ("#!", *pattern) == NULL)
      hold (collect, pattern);
  }
}

/* "solvable_name: kernel-default" among other conditions of a lock. */
static void
read_zypper_locks (SvCollect *collect, char *text)
{
  static const char key[] = "solvable_name:";
  SvLines lines = {text, 0};
  for (char *line; (line = sv_lines_next (&lines)) != NULL;)
    if (g_str_has_prefix (line, key))
      hold (collect, g_strstrip (line + strlen (key)));
}

gboolean
sv_holds_collect (SvCollect *collect, GError **error)
{
  if (collect->inventory->distro->scheme != SV_SCHEME_RPM)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (lock_files); i++) {
    g_autofree char *text = sv_collect_read (collect, lock_files[i], NULL);
    read_locks (collect, text);
  }
  g_autofree char *zypper = sv_collect_read (collect, "etc/zypp/locks", NULL);
  read_zypper_locks (collect, zypper);
  return TRUE;
}
