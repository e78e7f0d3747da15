/* The rules of one package URL type. Room-private. */
#pragma once

#include "pkg/purl.h"

typedef enum { SV_PURL_OPTIONAL, SV_PURL_REQUIRED, SV_PURL_PROHIBITED } SvPurlRequirement;

typedef enum {
  SV_PURL_FOLD_NAMESPACE = 1 << 0, /* case means nothing: lower case */
  SV_PURL_FOLD_NAME = 1 << 1,      /* the same */
  SV_PURL_FOLD_VERSION = 1 << 2,   /* the same */
  SV_PURL_NAME_IS_PATH = 1 << 3,   /* one namespace segment, everything behind is the name */
  SV_PURL_EXACT_KEYS = 1 << 4,     /* a qualifier key in upper case is refused */
  SV_PURL_FOLD_NAMES = SV_PURL_FOLD_NAMESPACE | SV_PURL_FOLD_NAME
} SvPurlFlags;

typedef struct {
  const char *type;
  SvPurlRequirement namespace;
  guint flags;
  const char *qualifier;                             /* (nullable): one that must be there */
  gboolean (*refine) (SvPurl *purl, GError **error); /* (nullable): what no flag can say */
} SvPurlType;

/* Replaces a component (which may be NULL) by its lower case, the same in every locale. */
void sv_purl_fold (char **component);

/* Never NULL: types that are not registered get the row without a name. */
const SvPurlType *sv_purl_type_find (const char *type);
