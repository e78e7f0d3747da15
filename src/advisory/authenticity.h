/* How much a document's word is worth: the outcome of checking who made it. */
#pragma once

#include "base/base.h"

typedef enum {
  SV_AUTHENTICITY_VERIFIED,   /* a good signature by a key of this host */
  SV_AUTHENTICITY_EXPIRED,    /* the same, but its own time of validity is over */
  SV_AUTHENTICITY_UNVERIFIED, /* could not be checked: no signature, no key, or no gpgv here */
  SV_AUTHENTICITY_BAD,        /* checked and found wrong: refused */
  SV_N_AUTHENTICITIES
} SvAuthenticity;
extern const char *const sv_authenticity_names[];

/* True where the content is what the signer signed, however old. */
static inline gboolean
sv_authenticity_holds (gint authenticity)
{
  return authenticity == SV_AUTHENTICITY_VERIFIED || authenticity == SV_AUTHENTICITY_EXPIRED;
}
