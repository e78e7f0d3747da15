/* Live patches: changes to the running kernel that neither its release nor its package shows (trap
 * 85). The taint bit of livepatching is not looked at: it stays when the patch is gone. */
#include "inventory/collect.h"

#include <string.h>

/* The kernel that a patch is for stands in the name of its package, the patch's own version in the
 * name of its module. */
static const struct {
  const char *package_prefix;
  const char *module_prefix;
  gboolean module_names_kernel;
} forms[] = {
    {"kpatch-patch-", "kpatch_", TRUE},
    {"kernel-livepatch-", "livepatch_", FALSE},
    {"kgraft-patch-", "kgraft_patch_", FALSE},
};

/* --- names --- */

/* "4_18_0-147_3_1" is of kernel 4.18.0-147.3.1.el8_1.x86_64; what follows is the distribution's. */
static gboolean
is_for_kernel (const char *named, const char *release)
{
  static const char *const distributions[] = {".el", ".amzn"};
  g_autofree char *dotted = g_strdelimit (g_strdup (named), "_", '.');
  if (!g_str_has_prefix (release, dotted))
    return FALSE;
  const char *rest = release + strlen (dotted);
  for (gsize i = 0; i < G_N_ELEMENTS (distributions); i++)
    if (g_str_has_prefix (rest, distributions[i]))
      return TRUE;
  return *rest == '\0';
}

/* "kpatch_4_18_0_147_3_1_1_7" of kpatch-patch-4_18_0-147_3_1 1-7.el8_1. */
static char *
dup_module (gsize form, const char *named, const char *version)
{
  const char *dist = strstr (version, ".el");
  g_autofree char *own =
      dist != NULL ? g_strndup (version, (gsize)(dist - version)) : g_strdup (version);
  g_autofree char *text = forms[form].module_names_kernel ? g_strconcat (named, "_", own, NULL)
                                                          : g_steal_pointer (&own);
  return g_strconcat (forms[form].module_prefix, g_strdelimit (text, "-.+~", '_'), NULL);
}

/* --- what is loaded --- */

static SvLivePatch *
add_patch (SvCollect *collect, const char *name, SvLivePatchState state)
{
  SvLivePatch *patch = sv_record_new (&sv_live_patch_type);
  patch->name = g_strdup (name);
  patch->state = (gint)state;
  g_ptr_array_add (collect->inventory->live_patches, patch);
  return patch;
}

static void
add_modules (SvCollect *collect)
{
  g_autoptr (GPtrArray) names = sv_collect_list (collect, "sys/kernel/livepatch");
  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    g_autofree char *path = g_strconcat ("sys/kernel/livepatch/", name, "/enabled", NULL);
    g_autofree char *enabled = sv_collect_read_line (collect, path);
    add_patch (collect, name,
               enabled == NULL              ? SV_LIVE_PATCH_UNKNOWN
               : g_str_equal (enabled, "1") ? SV_LIVE_PATCH_LOADED
                                            : SV_LIVE_PATCH_NOT_LOADED);
  }
}

/* --- which packages hold them --- */

static SvLivePatch *
find_module (const GPtrArray *patches, const char *module)
{
  for (guint i = 0; i < patches->len; i++)
    if (g_str_equal (((SvLivePatch *)patches->pdata[i])->name, module))
      return patches->pdata[i];
  return NULL;
}

/* A package whose module is not seen is not loaded if nothing else is: a loaded one that no package
 * explains might be this one under a name that is not known here. */
static SvLivePatchState
guess_state (const SvCollect *collect, gboolean live, guint n_modules)
{
  if (!live)
    return SV_LIVE_PATCH_UNKNOWN;
  const GPtrArray *patches = collect->inventory->live_patches;
  for (guint i = 0; i < n_modules; i++)
    if (((SvLivePatch *)patches->pdata[i])->package == NULL)
      return SV_LIVE_PATCH_UNKNOWN;
  return SV_LIVE_PATCH_NOT_LOADED;
}

static char *
find_kernel (const SvInventory *inventory, const char *named)
{
  for (guint i = 0; i < inventory->kernels->len; i++) {
    const SvKernel *kernel = inventory->kernels->pdata[i];
    if (is_for_kernel (named, kernel->release))
      return g_strdup (kernel->release);
  }
  return NULL;
}

static void
add_package (SvCollect *collect, const SvPackage *package, gsize form)
{
  SvInventory *inventory = collect->inventory;
  const char *named = package->name + strlen (forms[form].package_prefix);
  g_autofree char *module = dup_module (form, named, package->version);
  SvLivePatch *patch = find_module (inventory->live_patches, module);
  if (patch == NULL)
    patch = add_patch (collect, module, SV_LIVE_PATCH_UNKNOWN);
  sv_text_set (&patch->package, package->name);
  sv_text_set (&patch->package_version, package->version);
  g_free (patch->kernel);
  patch->kernel = find_kernel (inventory, named);
}

static void
add_packages (SvCollect *collect)
{
  const GPtrArray *packages = collect->inventory->packages;
  for (guint i = 0; i < packages->len; i++) {
    const SvPackage *package = packages->pdata[i];
    for (gsize form = 0; form < G_N_ELEMENTS (forms); form++)
      if (g_str_has_prefix (package->name, forms[form].package_prefix) &&
          package->state == SV_PACKAGE_INSTALLED)
        add_package (collect, package, form);
  }
}

gboolean
sv_live_patches_collect (SvCollect *collect, GError **error)
{
  if (collect->container)
    return TRUE; /* the kernel of its host is not its own */
  gboolean live = collect->source->live && collect->source->root != NULL;
  if (live)
    add_modules (collect);
  const GPtrArray *patches = collect->inventory->live_patches;
  guint n_modules = patches->len;
  add_packages (collect);
  SvLivePatchState state = guess_state (collect, live, n_modules);
  for (guint i = n_modules; i < patches->len; i++)
    ((SvLivePatch *)patches->pdata[i])->state = (gint)state;
  return TRUE;
}
