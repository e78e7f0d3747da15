/* The signed apt archives of a host, from its lists: what they offer, and how far to believe it. */
#pragma once

#include "advisory/index.h"
#include "advisory/release.h"
#include "inventory/inventory.h"

typedef struct SvArchive SvArchive;

typedef struct {
  const char *directory;     /* apt lists: "/var/lib/apt/lists", or any folder of such files */
  const char *root;          /* (nullable) whose keyrings vouch; NULL: "/" */
  gint64 at_us;              /* the time by which keys and releases may have expired */
  const GPtrArray *keyrings; /* (nullable) strings: keyring files that vouch for every archive */
  const GPtrArray *repositories; /* (nullable) SvRepository: only archives that they name count,
                                    each vouched for as they say. NULL: not known */
  const SvDistro *distro;        /* (nullable) without repositories: archives of other releases of
                                    the same distribution do not count (trap 71, 75) */
  gboolean allow_unverified;     /* also read indexes that no verified Release names, marked so */
} SvArchiveOptions;

/**
 * sv_archive_open:
 * @options: lent for the call alone
 *
 * Verifies every Release file of the directory with gpgv, and lists its package indexes. A Release
 * that does not hold is no error: it is in the list with its verdict, and its digests count for
 * nothing. Errors: SV_ERROR_NOT_FOUND (no such directory), SV_ERROR_DENIED, SV_ERROR_FAILED.
 * Source: promises S3 and S4, pitfalls 41, 71, 72.
 */
SvArchive *sv_archive_open (const SvArchiveOptions *options, GError **error);
void sv_archive_free (SvArchive *archive);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvArchive, sv_archive_free)

/* Which packages' versions to read. */
typedef struct {
  GHashTable *names;  /* set of package names */
  GHashTable *shapes; /* (nullable) set of sv_archive_shape(): names that differ in numbers alone */
  gboolean providers; /* also what provides one of `names` */
} SvArchiveQuery;

/* New string: @name with each run of digits as one '#': "linux-image-#.#.#-#-amd64". */
char *sv_archive_shape (const char *name, gsize length);

/**
 * sv_archive_read:
 *
 * Reads the enabled indexes for what @query names; may be called again for more. Each index is
 * hashed while it is read, every time, and believed only if a verified Release names just that
 * digest; the file name breaks ties alone. One whose name belongs to a verified Release that names
 * another digest is SV_AUTHENTICITY_BAD and gives nothing.
 * A broken index is no error: its verdict and detail say so.
 */
void sv_archive_read (SvArchive *archive, const SvArchiveQuery *query);

/* Each lent: SvRelease sorted by file; SvIndex in the order in which the host reads its sources. */
const GPtrArray *sv_archive_get_releases (const SvArchive *archive);
const GPtrArray *sv_archive_get_indexes (const SvArchive *archive);

/* SvCandidate of that name, all architectures, highest version first; NULL if there are none.
 * Lent until the next sv_archive_read(). */
const GPtrArray *sv_archive_find_candidates (const SvArchive *archive, const char *name);

/* SvCandidate that provide @name, itself excluded, sorted by name; NULL if there are none. Lent
 * likewise. */
const GPtrArray *sv_archive_find_providers (const SvArchive *archive, const char *name);
