/* Which module stream the RPM builds of one host belong to (traps 63 to 66). */
#pragma once

#include "inventory/inventory.h"

typedef struct SvStreams SvStreams;

/* Learns from the labels of the installed packages and from the enabled modules; lends both from
 * @inventory. */
SvStreams *sv_streams_new (const SvInventory *inventory);
void sv_streams_free (SvStreams *streams);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvStreams, sv_streams_free)

/**
 * sv_streams_find:
 * @streams: (nullable)
 * @version: (nullable): of an RPM build
 *
 * The "name:stream" of the module build whose tag is in @version, where an installed package of the
 * same module build has that label; NULL if none has, or if labels contradict each other. Lent.
 */
const char *sv_streams_find (const SvStreams *streams, const char *version);

/* True if the enabled modules are known and @label is none of them (trap 66). */
gboolean sv_streams_is_off (const SvStreams *streams, const char *label);
