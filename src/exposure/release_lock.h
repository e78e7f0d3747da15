/* Fixes that a host kept on one minor release cannot have (trap 68). */
#pragma once

#include "exposure/judge.h"

/**
 * sv_release_lock_judge:
 * @inventory: says where the host is kept, if anywhere
 *
 * A fix that nobody looked up in archives and that is built for a later minor than the host's is
 * SV_FIX_NOT_REACHABLE, with a reason. Builds without a minor may have come at any time, and those
 * of an earlier one belong to the host too: nothing is said of them.
 */
void sv_release_lock_judge (const SvInventory *inventory, SvFinding *finding);
