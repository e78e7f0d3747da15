#include "exposure/kernels.h"

#include <string.h>

struct SvKernels {
  GPtrArray *builds;      /* SvKernelBuild, owned */
  GHashTable *by_build;   /* "base\nversion" -> SvKernelBuild */
  GHashTable *by_release; /* -> SvKernelBuild */
  gboolean run_known;     /* which one runs */
  gboolean is_container;  /* it runs the kernel of its host */
  SvLivePatches *patches;
};

static void
build_free (gpointer data)
{
  SvKernelBuild *build = data;
  g_free (build->base);
  g_free (build);
}

/* --- names --- */

/* Parts of one RPM kernel carry its name and version: "kernel-core", "kernel-modules-extra" and the
 * meta package "kernel" are all of "kernel". New string; NULL: no such name. */
static char *
dup_base (const char *name)
{
  if (!g_str_has_prefix (name, "kernel"))
    return NULL;
  const char *modules = strstr (name, "-modules");
  if (modules != NULL)
    return g_strndup (name, (gsize)(modules - name));
  if (g_str_has_suffix (name, "-core"))
    return g_strndup (name, strlen (name) - strlen ("-core"));
  return g_strdup (name);
}

/* "linux-modules-extra-6.8.0-31-generic" names the release that it is a part of. */
static gboolean
find_release (const char *name, const char **ret_release)
{
  static const char *const prefixes[] = {"linux-modules-extra-", "linux-modules-"};
  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (name, prefixes[i])) {
      *ret_release = name + strlen (prefixes[i]);
      return TRUE;
    }
  return FALSE;
}

static char *
dup_key (const char *name, const char *version)
{
  return g_strconcat (name, "\n", version, NULL);
}

/* --- which there are --- */

static void
add_kernel (SvKernels *kernels, const SvKernel *kernel)
{
  SvKernelBuild *build = g_new0 (SvKernelBuild, 1);
  build->kernel = kernel;
  g_ptr_array_add (kernels->builds, build);
  kernels->run_known = kernels->run_known || kernel->role == SV_KERNEL_RUNNING;
  g_hash_table_insert (kernels->by_release, kernel->release, build);
  if (kernel->package == NULL || kernel->package_version == NULL)
    return;
  build->base = dup_base (kernel->package);
  g_hash_table_insert (
      kernels->by_build,
      dup_key (build->base != NULL ? build->base : kernel->package, kernel->package_version),
      build);
}

static void
link_packages (SvKernels *kernels, const SvInventory *inventory)
{
  for (guint i = 0; i < inventory->packages->len; i++) {
    const SvPackage *package = inventory->packages->pdata[i];
    SvKernelBuild *build = (SvKernelBuild *)sv_kernels_find (kernels, package);
    if (build != NULL && g_strcmp0 (build->kernel->package, package->name) == 0)
      build->package = package;
  }
}

SvKernels *
sv_kernels_new (const SvInventory *inventory)
{
  SvKernels *kernels = g_new0 (SvKernels, 1);
  kernels->builds = g_ptr_array_new_with_free_func (build_free);
  kernels->by_build = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  kernels->by_release = g_hash_table_new (g_str_hash, g_str_equal);
  kernels->is_container = g_strcmp0 (inventory->hardware_class, "container") == 0;
  for (guint i = 0; inventory->kernels != NULL && i < inventory->kernels->len; i++)
    add_kernel (kernels, inventory->kernels->pdata[i]);
  kernels->patches = sv_live_patches_new (inventory);
  if (kernels->builds->len > 0)
    link_packages (kernels, inventory);
  return kernels;
}

void
sv_kernels_free (SvKernels *kernels)
{
  if (kernels == NULL)
    return;
  sv_live_patches_free (kernels->patches);
  g_hash_table_unref (kernels->by_build);
  g_hash_table_unref (kernels->by_release);
  g_ptr_array_unref (kernels->builds);
  g_free (kernels);
}

SvLivePatches *
sv_kernels_get_live_patches (SvKernels *kernels)
{
  return kernels->patches;
}

const SvKernelBuild *
sv_kernels_find (const SvKernels *kernels, const SvPackage *package)
{
  const char *release;
  if (find_release (package->name, &release))
    return g_hash_table_lookup (kernels->by_release, release);
  g_autofree char *base = dup_base (package->name);
  g_autofree char *key = dup_key (base != NULL ? base : package->name, package->version);
  return g_hash_table_lookup (kernels->by_build, key);
}

/* --- what its role means --- */

static gboolean
is_meta (const SvKernelBuild *build, const char *package)
{
  return g_strcmp0 (build->base, package) == 0 && g_strcmp0 (build->kernel->package, package) != 0;
}

/* True if @other is on disk and holds what @finding lacks (81). Versions of RPM kernels compare
 * within one flavour only. */
static gboolean
holds_fix (const SvKernelBuild *other, const SvKernelBuild *build, gint scheme,
           const SvFinding *finding)
{
  const SvPackage *package = other->package;
  if (other == build || package == NULL || g_strcmp0 (other->base, build->base) != 0)
    return FALSE;
  g_autofree char *source = sv_source_of_tracker (package->source);
  g_autofree char *version =
      sv_source_version_of_tracker (package->source, package->source_version);
  return strcmp (source, finding->source) == 0 &&
         sv_finding_is_healed_by (finding, scheme, package->version, version);
}

static gboolean
is_fixed_on_disk (const SvKernels *kernels, const SvKernelBuild *build, gint scheme,
                  const SvFinding *finding)
{
  for (guint i = 0; i < kernels->builds->len; i++)
    if (holds_fix (kernels->builds->pdata[i], build, scheme, finding))
      return TRUE;
  return FALSE;
}

static void
judge_role (const SvKernels *kernels, const SvKernelBuild *build, gint scheme, SvFinding *finding)
{
  gboolean meta = is_meta (build, finding->package);
  gboolean runs = build->kernel->role == SV_KERNEL_RUNNING && !meta && !kernels->is_container;
  finding->run = runs ? SV_RUN_RUNNING : SV_RUN_INSTALLED_ONLY;
  if (runs && finding->verdict == SV_VERDICT_AFFECTED &&
      is_fixed_on_disk (kernels, build, scheme, finding))
    finding->fix = SV_FIX_INSTALLED;
}

void
sv_kernels_judge (const SvKernels *kernels, const SvKernelBuild *build, gint scheme,
                  SvFinding *finding)
{
  /* Neither running nor next to boot: clean-up, not exposure (80). Which one runs must be known for
   * that (82). */
  gboolean idle =
      kernels->is_container || (kernels->run_known && build->kernel->role == SV_KERNEL_ON_DISK);
  gboolean meta = is_meta (build, finding->package);
  finding->low_relevance = finding->low_relevance || meta || idle;
  if (kernels->run_known || kernels->is_container)
    judge_role (kernels, build, scheme, finding);
  if (!meta && !kernels->is_container)
    sv_live_patches_judge (kernels->patches, build->kernel, finding);
}
