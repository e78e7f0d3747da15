/* The live patches of one host, and what they close in the kernel that runs (trap 85). */
#pragma once

#include "exposure/judge.h"

typedef struct SvLivePatches SvLivePatches;

/* Lends from @inventory. */
SvLivePatches *sv_live_patches_new (const SvInventory *inventory);
void sv_live_patches_free (SvLivePatches *patches);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvLivePatches, sv_live_patches_free)

/* SvPackage of the patches that are loaded, lent: what is said of them says what they close. */
const GPtrArray *sv_live_patches_get_packages (const SvLivePatches *patches);

/* Takes what was found of @package, which is of the list above: SvFinding, the fixed ones too. */
void sv_live_patches_learn (SvLivePatches *patches, const SvPackage *package,
                            const GPtrArray *findings);

/**
 * sv_live_patches_judge:
 * @kernel: that @finding is in
 *
 * Where a loaded patch closes the flaw, the code that runs is not affected: the finding is then of
 * the package on disk alone (SV_RUN_INSTALLED_ONLY), or SV_VERDICT_FIXED if the disk holds the fix
 * already. Where nobody says that a patch closes it, the finding stays as it is, with a reason that
 * names the patch: never silently fixed, never dropped.
 */
void sv_live_patches_judge (const SvLivePatches *patches, const SvKernel *kernel,
                            SvFinding *finding);
