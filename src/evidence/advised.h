/* Updates where no archive was read: what the findings themselves advise. Private to the room. */
#pragma once

#include "evidence/report.h"

/**
 * sv_advised_add_updates:
 *
 * Appends one SvUpdate to @report->updates for each installed package with an affected finding
 * whose fix no archive was asked for (SV_FIX_UNKNOWN): to the highest fixed version over its
 * findings (trap 95). Of a package installed in several versions only the newest is updated: the
 * others are older kernels (trap 80). Where a host is kept on a minor release, a fix of a later one
 * is named only for packages that have no other, and as not reachable (trap 68). `cves` are left to
 * the caller. Linear in packages and findings.
 */
void sv_advised_add_updates (const SvInventory *inventory, SvReport *report);
