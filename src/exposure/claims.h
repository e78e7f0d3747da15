/* The claims on one installed package, gathered and grouped by flaw. Private to the room. */
#pragma once

#include "exposure/assess.h"

/* A claim kept beyond the call that lent it. Begins with its claim, so that it can stand for one.
 */
typedef struct {
  SvClaim claim;
  char *feed;
  SvStatement *statement;
  GBytes *settled_key; /* sv_statement_append_settled_key(); NULL: there is none */
} SvHeldClaim;

/* All that is claimed of one flaw. */
typedef struct {
  char *vulnerability;  /* the name under which all its ids go (53) */
  GPtrArray *claims;    /* SvHeldClaim */
  GPtrArray *aliases;   /* strings: the other ids, in natural order */
  gboolean is_complete; /* what was left out at first is there as well */
} SvFlaw;

typedef struct SvClaims SvClaims;

/* @assessment is borrowed. */
SvClaims *sv_claims_new (const SvAssessment *assessment);
void sv_claims_free (SvClaims *claims);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvClaims, sv_claims_free)

/**
 * sv_claims_gather:
 * @ret_flaws: (out): SvFlaw, in no particular order; lent until the next call
 *
 * What is claimed of a source package is asked for once for all its binaries of one version, if
 * they are gathered one after another. Unless all is to be kept, flaws that the installed version
 * settles may be missing; of one that is there no claim is.
 */
gboolean sv_claims_gather (SvClaims *claims, const SvInstall *install, const GPtrArray **ret_flaws,
                           GError **error);

/* TRUE only if judging all claims on @flaw is bound to end with "fixed" or "not affected": a look
 * at keys that spares making up reasons which nobody will read. FALSE says nothing. */
gboolean sv_flaw_is_settled (const SvFlaw *flaw, const SvInstall *install);
