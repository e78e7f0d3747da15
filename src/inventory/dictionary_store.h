/* The dictionary of packages in the store. */
#pragma once

#include "db/db.h"
#include "inventory/dictionary.h"

/* Adds what the store has beyond sv_dictionary_get_last(): at the start all of it, later what other
 * check-ins and other servers brought. Only what is committed, so not from inside a transaction
 * that added some. */
gboolean sv_dictionary_refresh (SvDictionary *dictionary, SvDb *db, GError **error);

/**
 * sv_dictionary_take:
 * @packages: SvPackage, lent
 * @ret_ids: (out): new (element-type guint32), ascending, each once
 *
 * Gives the numbers of @packages; those that are new get one and enter the store. Inside a
 * transaction: @dictionary itself learns of them by sv_dictionary_refresh() after the commit.
 */
gboolean sv_dictionary_take (SvDictionary *dictionary, SvDb *db, const GPtrArray *packages,
                             GArray **ret_ids, GError **error);

/* The number behind @digest, in the dictionary or in the store; 0: there is none. */
gboolean sv_dictionary_look_up (SvDictionary *dictionary, SvDb *db, const SvDigest *digest,
                                guint32 *ret_id, GError **error);

/* New (element-type SvDigest), in byte order: of the packages @ids. SV_ERROR_INVALID_DATA if one
 * of them does not exist. */
GArray *sv_dictionary_list_digests (SvDictionary *dictionary, SvDb *db, const GArray *ids,
                                    GError **error);
