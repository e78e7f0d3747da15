/* The feeds in the store as the source of claims that judging asks. */
#pragma once

#include "exposure/assess.h"

#include "db/db.h"

typedef struct SvStoreClaims SvStoreClaims;

/* @db is borrowed. What the store holds is looked at now: make a new one when a feed changed. */
SvStoreClaims *sv_store_claims_new (SvDb *db, GError **error);
void sv_store_claims_free (SvStoreClaims *claims);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvStoreClaims, sv_store_claims_free)

/* Claims and names of flaws as the store has them; lent by @claims. */
SvClaimSource sv_store_claims_get (SvStoreClaims *claims);
