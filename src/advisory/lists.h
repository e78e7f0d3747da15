/* What the names of apt's list files tell: which archive, suite, component and architecture. */
#pragma once

#include "base/base.h"

typedef enum {
  SV_LIST_OTHER,
  SV_LIST_INRELEASE, /* "…_InRelease", clear-signed */
  SV_LIST_RELEASE,   /* "…_Release" */
  SV_LIST_SIGNATURE, /* "…_Release.gpg" of such a Release */
  SV_LIST_PACKAGES   /* "…_Packages" */
} SvListKind;

/**
 * sv_list_classify:
 * @file: name without folder; a compression suffix is passed over
 * @ret_stem: (out): new string: what stands before "_InRelease" or "_Packages"
 */
SvListKind sv_list_classify (const char *file, char **ret_stem);

/* An index's place, guessed from its name alone. Unknown parts are NULL. */
typedef struct {
  char *site;
  char *suite; /* "bookworm-security" */
  char *component;
  char *arch;
} SvListPlace;

void sv_list_place_clear (SvListPlace *place);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvListPlace, sv_list_place_clear)

/* @stem as from sv_list_classify() of a Packages file. */
void sv_list_guess_place (const char *stem, SvListPlace *ret_place);

/* New string: stem of the Release file that apt keeps for a repository line. */
char *sv_list_repository_stem (const char *uri, const char *suite);
