/* Sorted lists of small numbers in few bytes: which packages a set holds. */
#pragma once

#include "base/base.h"

/**
 * sv_id_list_encode:
 * @ids: (element-type guint32): ascending, each once
 *
 * New bytes: the gaps between neighbours, seven bits a byte, low bits first, the high bit set on
 * all but the last. One list has one encoding.
 */
GBytes *sv_id_list_encode (const GArray *ids);

/* Appends the numbers to @ids. SV_ERROR_INVALID_DATA for what sv_id_list_encode() never writes. */
gboolean sv_id_list_decode (const void *data, gsize size, GArray *ids, GError **error);

/* New (element-type guint32): @ids without @removed and with @added; all three ascending. */
GArray *sv_id_list_apply (const GArray *ids, const GArray *removed, const GArray *added);

/* New: those of @ids that @others lack; both ascending. */
GArray *sv_id_list_subtract (const GArray *ids, const GArray *others);
