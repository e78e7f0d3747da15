/* Which package lists there are to read, and in which order of trust. */
#include "inventory/collect.h"

#define GIVEN(member) G_STRUCT_OFFSET (SvInventorySource, member)

/* Lists that were handed over as files. */
static const struct {
  gsize path; /* offset in SvInventorySource */
  SvCollectFunc collect;
  int scheme; /* -1: the list itself says what it holds */
} given[] = {
    {GIVEN (dpkg_status), sv_dpkg_collect, SV_SCHEME_DEB},
    {GIVEN (rpm_manifest), sv_rpm_collect_manifest, SV_SCHEME_RPM},
    {GIVEN (apk_installed), sv_apk_collect, SV_SCHEME_APK},
    {GIVEN (sbom), sv_sbom_collect, -1},
    {GIVEN (vuls), sv_vuls_collect, -1},
    {GIVEN (ansible), sv_ansible_collect, -1},
    {GIVEN (osquery), sv_osquery_collect, -1},
    {GIVEN (systeminfo), sv_windows_collect_system, -1},
    {GIVEN (hotfixes), sv_windows_collect_updates, -1},
};

/* Databases of a root: SV_ERROR_NOT_FOUND says that it has no such one. */
static const struct {
  SvScheme scheme;
  SvCollectFunc collect;
} databases[] = {
    {SV_SCHEME_DEB, sv_dpkg_collect},
    {SV_SCHEME_RPM, sv_rpm_collect},
    {SV_SCHEME_APK, sv_apk_collect},
};

/* Every inventory names a system, be it unknown; its packages tell at least the version order. */
static void
complete_distro (SvCollect *collect, int scheme)
{
  SvInventory *inventory = collect->inventory;
  if (inventory->distro == NULL) {
    inventory->distro = sv_record_new (&sv_distro_type);
    inventory->distro->id = g_strdup ("unknown");
    inventory->distro->scheme = -1;
    sv_collect_add_gap (collect, "system", "nothing says which distribution this is");
  }
  if (inventory->distro->scheme < 0)
    inventory->distro->scheme = scheme;
}

static gboolean
collect_given (SvCollect *collect, guint *ret_n, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (given); i++) {
    if (G_STRUCT_MEMBER (const char *, collect->source, given[i].path) == NULL)
      continue;
    if (!given[i].collect (collect, error))
      return FALSE;
    complete_distro (collect, given[i].scheme);
    (*ret_n)++;
  }
  return TRUE;
}

/* FALSE with @error unset: there is no such database. */
static gboolean
collect_database (SvCollect *collect, gsize i, GError **error)
{
  g_autoptr (GError) failure = NULL;
  if (databases[i].collect (collect, &failure)) {
    complete_distro (collect, databases[i].scheme);
    return TRUE;
  }
  if (!sv_error_is (failure, SV_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* The system's own package manager counts; another's database beside it (rpm on Debian) is a tool's
 * leftover, and its packages would be judged by the wrong feeds. */
static gboolean
collect_databases (SvCollect *collect, GError **error)
{
  const SvDistro *distro = collect->inventory->distro;
  int own = distro != NULL ? distro->scheme : -1;
  GError *failure = NULL;
  for (guint pass = 0; pass < 2; pass++)
    for (gsize i = 0; i < G_N_ELEMENTS (databases); i++) {
      gboolean is_own = own == (int)databases[i].scheme;
      if (is_own != (pass == 0))
        continue;
      if (collect_database (collect, i, &failure))
        return TRUE;
      if (failure != NULL) {
        g_propagate_error (error, failure);
        return FALSE;
      }
    }
  g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND,
               "no package database under '%s': looked for those of dpkg, rpm and apk",
               collect->source->root);
  return FALSE;
}

/* No packages is no answer: it is said, unless the list's own reader said why already. */
static void
note_if_empty (SvCollect *collect)
{
  const SvInventory *inventory = collect->inventory;
  if (inventory->packages->len > 0)
    return;
  for (guint i = 0; i < inventory->gaps->len; i++)
    if (g_str_equal (((SvGap *)inventory->gaps->pdata[i])->what, "packages"))
      return;
  sv_collect_add_gap (collect, "packages", "the package list is empty: what runs is not known");
}

gboolean
sv_packages_collect (SvCollect *collect, GError **error)
{
  guint n_given = 0;
  if (!collect_given (collect, &n_given, error))
    return FALSE;
  if (n_given == 0 && collect->source->root == NULL) {
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE,
                 "no package list to read: name a root, a dpkg status file, an rpm manifest, an "
                 "apk database, an SBOM, or what vuls, ansible, osquery or Windows say");
    return FALSE;
  }
  if (n_given == 0 && !collect_databases (collect, error))
    return FALSE;
  note_if_empty (collect);
  sv_collect_sort_packages (collect);
  return TRUE;
}
