/* A made-up fleet that is shaped like real ones: a few releases, some roles, patch levels, drift.
 */
#pragma once

#include "inventory/inventory.h"

typedef struct FleetModel FleetModel;

/* Everything follows from the numbers: the same ones make the same fleet. */
FleetModel *fleet_model_new (guint n_packages);
void fleet_model_free (FleetModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FleetModel, fleet_model_free)

/* Host @number as its agent would find it; owned by the caller. */
SvInventory *fleet_model_make_host (const FleetModel *model, guint number);

/* Writes a tracker's list of about @n_statements statements on the model's sources to @path.
 * @one_more: (nullable): id of one more flaw, without a fix, in a source that every host of
 * debian:12 has. */
gboolean fleet_model_write_tracker (const FleetModel *model, const char *path, guint n_statements,
                                    const char *one_more, GError **error);
