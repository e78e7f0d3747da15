/* Whether newer processor microcode lies on disk than the processor runs. Private to this room. */
#pragma once

#include <glib.h>

/**
 * sv_microcode_find_revision:
 * @data: an Intel update file (one or more updates behind each other)
 * @signature: CPUID signature of the processor
 * @platform: platform bits of the processor (one of them set)
 *
 * The highest revision for that processor, or 0 if the file holds none or is malformed.
 */
guint32 sv_microcode_find_revision (const guint8 *data, gsize size, guint32 signature,
                                    guint32 platform);

/**
 * sv_microcode_find_amd_level:
 * @data: an AMD container file (a table of equivalent processors, then patches; perhaps several)
 * @signature: CPUID signature of the processor
 *
 * The highest patch level for that processor, or 0 if the file holds none or is malformed.
 */
guint32 sv_microcode_find_amd_level (const guint8 *data, gsize size, guint32 signature);
