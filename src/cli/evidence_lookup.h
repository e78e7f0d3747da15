/* The store of feeds as the source of claims and evidence that judging asks. Wiring. */
#pragma once

#include "db/db.h"
#include "evidence/evidence.h"

typedef struct SvLookup SvLookup;

/* @db is borrowed. */
SvLookup *sv_lookup_new (SvDb *db, GError **error);
void sv_lookup_free (SvLookup *lookup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvLookup, sv_lookup_free)

/* Claims and names of flaws as the store has them; lent by @lookup. */
SvClaimSource sv_lookup_get_claims (SvLookup *lookup);

/* Lent by @lookup. What cannot be read counts as not known. */
void sv_lookup_evidence (SvLookup *lookup, const char *vulnerability, SvEvidence *ret_evidence);
