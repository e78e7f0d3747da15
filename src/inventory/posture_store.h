/* Postures: what of a host's facts its exposure depends on, each kept once. */
#pragma once

#include "db/db.h"
#include "inventory/facts.h"

/* The number of the posture that @facts make: distro, hardware class, kernels, live patches, module
 * streams, release lock. Stores it if it is new. */
gboolean sv_posture_keep (SvDb *db, const SvInventory *facts, gint64 *ret_posture, GError **error);

/* An inventory without packages. SV_ERROR_NOT_FOUND if there is none of that number. */
SvInventory *sv_posture_load (SvDb *db, gint64 posture, GError **error);
