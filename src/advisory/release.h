/* Release files of apt archives: who publishes what, until when it is valid, and the digests. */
#pragma once

#include "advisory/authenticity.h"

typedef struct {
  char *file;   /* name in the directory of lists */
  char *stem;   /* what its indexes' names begin with: "mirror.example_debian_dists_bookworm" */
  char *origin; /* the archive's own words from here on; NULL where it says nothing */
  char *label;
  char *suite;
  char *codename;
  char *version;
  gint64 issued_at_us;
  gint64 valid_until_us;           /* 0: for ever */
  gboolean not_automatic;          /* apt's priority 1 instead of 500 … */
  gboolean but_automatic_upgrades; /* … or 100 */
  gint authenticity;               /* SvAuthenticity */
  char *signer;                    /* fingerprint of the key that vouches for it; may be NULL */
  char *keyring;                   /* where that key came from; may be NULL */
  char *detail;                    /* why it is not verified, or what else is odd; may be NULL */
} SvRelease;
extern const SvRecordType sv_release_type;

void sv_release_free (SvRelease *release);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvRelease, sv_release_free)

/* One line of a Release file's list of SHA-256 digests. */
typedef struct {
  char *path;   /* "main/binary-amd64/Packages", or with the suffix of a compression */
  char *sha256; /* 64 lower-case hexadecimal digits */
  gint64 size_bytes;
} SvReleaseEntry;

/**
 * sv_release_parse:
 * @name: for error messages
 * @text: what the signature covers, armour taken off
 * @release: fields are set here; `file`, `stem` and the authenticity stay the caller's
 * @entries: (nullable): SvReleaseEntry are added, of package indexes ("…/Packages",
 *           "…/Packages.xz") alone; must free them with sv_release_entry_free()
 *
 * Errors: SV_ERROR_INVALID_DATA (no single paragraph, a date or a digest that does not parse).
 */
gboolean sv_release_parse (const char *name, const char *text, gsize size, SvRelease *release,
                           GPtrArray *entries, GError **error);
void sv_release_entry_free (SvReleaseEntry *entry);

/**
 * sv_release_judge_time:
 *
 * A verified release whose Valid-Until lies before @at_us becomes SV_AUTHENTICITY_EXPIRED; one
 * that was issued after @at_us stays as it is, and `detail` says so.
 */
void sv_release_judge_time (SvRelease *release, gint64 at_us);
