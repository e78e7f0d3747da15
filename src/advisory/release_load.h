/* A Release file from disk: its signature checked, then read. */
#pragma once

#include "advisory/keyring.h"
#include "advisory/release.h"
#include "inventory/inventory.h"

typedef struct {
  const char *directory;
  const char *root;               /* below which `signed_by` paths lie */
  GPtrArray *keyrings;            /* SvKeyring of the host */
  const SvRepository *repository; /* (nullable) the line that names this archive, if it is known */
  gint64 at_us;
} SvReleaseSource;

/**
 * sv_release_load:
 * @file: "…_InRelease", or "…_Release" beside which a "…_Release.gpg" may lie
 * @ret_entries: (out): SvReleaseEntry; none unless the release holds
 *
 * Whatever is wrong with the file is a verdict with its detail. The identity of an archive that is
 * not verified is what it says itself, for people to see. Never NULL unless gpgv cannot be run at
 * all. Errors: those of sv_gpgv_verify().
 */
SvRelease *sv_release_load (const char *file, const SvReleaseSource *source,
                            GPtrArray **ret_entries, GError **error);
