/* The package managers' lists of files, gone through once for all files that are asked for. */
#include "inventory/collect.h"

/* --- dpkg: /var/lib/dpkg/info/NAME[:ARCH].list --- */

#define DPKG_INFO "var/lib/dpkg/info"

static void
scan_list (SvCollect *collect, const char *name)
{
  g_autofree char *path = g_build_filename (DPKG_INFO, name, NULL);
  g_autofree char *text = sv_collect_read_table (collect, path, NULL);
  g_autofree char *package = g_strndup (name, strcspn (name, ":"));
  if (strchr (name, ':') == NULL)
    package[strlen (package) - strlen (".list")] = '\0';
  SvLines lines = {text, 0};
  for (char *line; (line = sv_lines_next (&lines)) != NULL;)
    sv_owners_tell (collect->owners, line, package);
}

static gboolean
scan_dpkg (SvCollect *collect, GError **error)
{
  g_autoptr (GPtrArray) names = sv_collect_list (collect, DPKG_INFO);
  for (guint i = 0; i < names->len; i++)
    if (g_str_has_suffix (names->pdata[i], ".list"))
      scan_list (collect, names->pdata[i]);
  return TRUE;
}

/* --- rpm: one line a file --- */

static gboolean
scan_rpm (SvCollect *collect, GError **error)
{
  g_autofree char *database = sv_rpm_find_database (collect);
  const char *argv[] = {"rpm", "--dbpath", database, "-qa", "--qf", "[%{=NAME}\\t%{FILENAMES}\\n]",
                        NULL};
  g_auto (SvRunResult) result = {0};
  if (database == NULL || !sv_run (argv, NULL, &result, error))
    return database == NULL;
  SvLines lines = {result.output->str, 0};
  for (char *line; (line = sv_lines_next (&lines)) != NULL;) {
    char *path = strchr (line, '\t');
    if (path == NULL)
      continue;
    *path++ = '\0';
    sv_owners_tell (collect->owners, path, line);
  }
  return TRUE;
}

/* --- apk: F: names a directory, R: a file in it --- */

static gboolean
scan_apk (SvCollect *collect, GError **error)
{
  static const char *const files[] = {"lib/apk/db/installed", "usr/lib/apk/db/installed", NULL};
  g_autofree char *path = sv_collect_find (collect, NULL, files, error);
  g_autoptr (GBytes) bytes =
      path != NULL ? sv_file_read (path, SV_LIMIT_PACKAGE_LIST_BYTES, error) : NULL;
  if (bytes == NULL)
    return FALSE;
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  const char *package = "", *directory = "";
  SvLines lines = {text, 0};
  for (char *line; (line = sv_lines_next (&lines)) != NULL;) {
    if (g_str_has_prefix (line, "P:"))
      package = line + 2;
    else if (g_str_has_prefix (line, "F:"))
      directory = line + 2;
    else if (g_str_has_prefix (line, "R:")) {
      g_autofree char *file = g_build_filename ("/", directory, line + 2, NULL);
      sv_owners_tell (collect->owners, file, package);
    }
  }
  return TRUE;
}

gboolean
sv_owners_collect (SvCollect *collect, GError **error)
{
  static const SvCollectFunc scans[SV_N_SCHEMES] = {
      [SV_SCHEME_DEB] = scan_dpkg, [SV_SCHEME_RPM] = scan_rpm, [SV_SCHEME_APK] = scan_apk};
  int scheme = collect->inventory->distro->scheme;
  if (sv_owners_is_empty (collect->owners))
    return TRUE;
  if (scheme < 0 || scheme >= SV_N_SCHEMES || scans[scheme] == NULL) {
    g_set_error (error, SV_ERROR, SV_ERROR_UNSUPPORTED,
                 "no file lists of this package manager are read");
    return FALSE;
  }
  return scans[scheme](collect, error);
}
