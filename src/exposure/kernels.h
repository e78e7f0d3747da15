/* The kernels of one host, and the packages that are parts of them (traps 80 to 84). */
#pragma once

#include "exposure/live_patches.h"

/* One kernel with the packages that hold it. */
typedef struct {
  const SvKernel *kernel;   /* lent */
  const SvPackage *package; /* that holds the image; lent; NULL: none installed does */
  char *base;               /* "kernel", "kernel-rt"; NULL where the release is in the name */
} SvKernelBuild;

typedef struct SvKernels SvKernels;

/* Lends from @inventory. */
SvKernels *sv_kernels_new (const SvInventory *inventory);
void sv_kernels_free (SvKernels *kernels);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvKernels, sv_kernels_free)

/* The kernel that @package holds code of, or pulls in; NULL: none. Lent. */
const SvKernelBuild *sv_kernels_find (const SvKernels *kernels, const SvPackage *package);

/* The live patches of the host, to be told what they close before anything is judged. */
SvLivePatches *sv_kernels_get_live_patches (SvKernels *kernels);

/* Says of @finding, in a package of @build, what the role of that kernel means: whether the code
 * runs, whether it only waits to be cleaned up, whether the fix waits for a reboot, what live
 * patches do to it. */
void sv_kernels_judge (const SvKernels *kernels, const SvKernelBuild *build, gint scheme,
                       SvFinding *finding);
