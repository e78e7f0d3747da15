#include "exposure/live_patches.h"

#include <string.h>

#define FEED "livepatch"

/* What one loaded patch is said to close. */
typedef struct {
  const SvLivePatch *patch;
  SvReason *said; /* owned: the deciding claim on the package of the patch */
} Closed;

struct SvLivePatches {
  const SvInventory *inventory;
  GPtrArray *packages; /* SvPackage, lent */
  GHashTable *closed;  /* vulnerability -> Closed */
};

static void
closed_free (gpointer data)
{
  Closed *closed = data;
  sv_record_free (&sv_reason_type, closed->said);
  g_free (closed);
}

static const SvLivePatch *
find_by_package (const SvLivePatches *patches, const SvPackage *package)
{
  const GPtrArray *all = patches->inventory->live_patches;
  for (guint i = 0; all != NULL && i < all->len; i++) {
    const SvLivePatch *patch = all->pdata[i];
    if (g_strcmp0 (patch->package, package->name) == 0 &&
        g_strcmp0 (patch->package_version, package->version) == 0)
      return patch;
  }
  return NULL;
}

SvLivePatches *
sv_live_patches_new (const SvInventory *inventory)
{
  SvLivePatches *patches = g_new0 (SvLivePatches, 1);
  patches->inventory = inventory;
  patches->packages = g_ptr_array_new ();
  patches->closed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, closed_free);
  if (inventory->live_patches == NULL || inventory->live_patches->len == 0)
    return patches;
  for (guint i = 0; i < inventory->packages->len; i++) {
    SvPackage *package = inventory->packages->pdata[i];
    const SvLivePatch *patch = find_by_package (patches, package);
    if (patch != NULL && patch->state == SV_LIVE_PATCH_LOADED)
      g_ptr_array_add (patches->packages, package);
  }
  return patches;
}

void
sv_live_patches_free (SvLivePatches *patches)
{
  g_ptr_array_unref (patches->packages);
  g_hash_table_unref (patches->closed);
  g_free (patches);
}

const GPtrArray *
sv_live_patches_get_packages (const SvLivePatches *patches)
{
  return patches->packages;
}

void
sv_live_patches_learn (SvLivePatches *patches, const SvPackage *package, const GPtrArray *findings)
{
  for (guint i = 0; i < findings->len; i++) {
    const SvFinding *finding = findings->pdata[i];
    if (finding->verdict != SV_VERDICT_FIXED)
      continue;
    Closed *closed = g_new0 (Closed, 1);
    closed->patch = find_by_package (patches, package);
    closed->said = sv_record_copy (&sv_reason_type, finding->reasons->pdata[0]);
    g_hash_table_replace (patches->closed, g_strdup (finding->vulnerability), closed);
  }
}

/* --- what that means for a finding --- */

/* A patch without package is of the kernel that runs: no other has it. */
static gboolean
is_for (const SvLivePatch *patch, const SvKernel *kernel)
{
  return patch->kernel != NULL ? strcmp (patch->kernel, kernel->release) == 0
                               : patch->package == NULL && kernel->role == SV_KERNEL_RUNNING;
}

static void
add_doubt (const SvLivePatch *patch, SvFinding *finding)
{
  SvReason *reason = sv_record_new (&sv_reason_type);
  reason->feed = g_strdup (FEED);
  reason->verdict = SV_VERDICT_UNKNOWN;
  reason->because =
      patch->state == SV_LIVE_PATCH_LOADED
          ? g_strdup_printf ("the live patch '%s' is loaded, and whether it closes this is not "
                             "known: no source says so",
                             patch->name)
          : g_strdup_printf ("the live patch '%s' is installed, and whether it is loaded is not "
                             "known",
                             patch->package != NULL ? patch->package : patch->name);
  g_ptr_array_add (finding->reasons, reason);
}

/* FALSE for a version that only runs: its package was updated under its feet (81). */
static gboolean
is_on_disk (const SvLivePatches *patches, const SvFinding *finding)
{
  const GPtrArray *packages = patches->inventory->packages;
  for (guint i = 0; i < packages->len; i++) {
    const SvPackage *package = packages->pdata[i];
    if (strcmp (package->name, finding->package) == 0 &&
        strcmp (package->version, finding->installed) == 0)
      return TRUE;
  }
  return FALSE;
}

/* The disk comes second: what lies there is affected still, or it is healed and all is well. */
static void
close_finding (const SvLivePatches *patches, const Closed *closed, SvFinding *finding)
{
  gboolean on_disk = is_on_disk (patches, finding);
  SvReason *reason = sv_record_copy (&sv_reason_type, closed->said);
  g_free (reason->because);
  reason->because = g_strdup_printf (
      "the live patch '%s', which is loaded, closes it in the kernel that runs%s",
      closed->patch->name, on_disk ? "; its package on disk remains to be updated" : "");
  reason->won = !on_disk;
  finding->run = SV_RUN_INSTALLED_ONLY;
  finding->low_relevance = finding->low_relevance || finding->fix == SV_FIX_INSTALLED;
  if (on_disk) {
    g_ptr_array_add (finding->reasons, reason);
    return;
  }
  ((SvReason *)finding->reasons->pdata[0])->won = FALSE;
  g_ptr_array_insert (finding->reasons, 0, reason);
  finding->verdict = SV_VERDICT_FIXED;
  finding->fix = SV_FIX_UNKNOWN;
}

static gboolean
is_open (const SvFinding *finding)
{
  return finding->verdict == SV_VERDICT_AFFECTED || finding->verdict == SV_VERDICT_UNKNOWN;
}

void
sv_live_patches_judge (const SvLivePatches *patches, const SvKernel *kernel, SvFinding *finding)
{
  const GPtrArray *all = patches->inventory->live_patches;
  if (all == NULL || all->len == 0 || !is_open (finding))
    return;
  const Closed *closed = g_hash_table_lookup (patches->closed, finding->vulnerability);
  if (closed != NULL && is_for (closed->patch, kernel) && finding->run == SV_RUN_RUNNING) {
    close_finding (patches, closed, finding);
    return;
  }
  for (guint i = 0; i < all->len; i++) {
    const SvLivePatch *patch = all->pdata[i];
    if (is_for (patch, kernel) && patch->state != SV_LIVE_PATCH_NOT_LOADED &&
        finding->run != SV_RUN_INSTALLED_ONLY)
      add_doubt (patch, finding);
  }
}
