/* Names of parts that outlive the index: what is judged once for all hosts that have it. Pure. */
#pragma once

#include "inventory/inventory.h"

/* Kernels are judged by which of them runs (80 to 85), module builds by the streams of their host
 * (63 to 66): such packages are judged together with the others of their host. More than need be
 * is harmless: a part is then a little rarer. */
gboolean sv_part_is_joint (const SvPackage *package);

/* New string: the distribution, release and version scheme of hosts, "debian:12 0". */
char *sv_part_format_platform (const SvInventory *facts);

/* New string: the part of one package entry, "debian:12 0/4711". */
char *sv_part_format_single (const char *platform, guint32 entry);
/* New string: the part of packages that are judged together in a posture, "17/" and half a SHA-256
 * of their entries. @entries: ascending. */
char *sv_part_format_group (gint64 posture, const guint32 *entries, gsize n_entries);
