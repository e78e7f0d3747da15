/* Every distinct package of a fleet, in memory: number to package, digest to number. */
#pragma once

#include "inventory/package_set.h"

typedef struct SvDictionary SvDictionary;

/* Empty. Safe on many threads: one may add while others look. */
SvDictionary *sv_dictionary_new (void);
void sv_dictionary_free (SvDictionary *dictionary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvDictionary, sv_dictionary_free)

/* Takes @package under @id, once for each id; ids come in ascending order. What is added stays
 * where it is for as long as the dictionary lives. */
void sv_dictionary_add (SvDictionary *dictionary, guint32 id, SvPackage *package);

/* The highest id, 0 if there is none. */
guint32 sv_dictionary_get_last (SvDictionary *dictionary);
/* 0: it is not there. */
guint32 sv_dictionary_find (SvDictionary *dictionary, const SvDigest *digest);
/* NULL: there is none of that number. Lent. */
const SvPackage *sv_dictionary_find_package (SvDictionary *dictionary, guint32 id);
gboolean sv_dictionary_find_digest (SvDictionary *dictionary, guint32 id, SvDigest *ret_digest);
