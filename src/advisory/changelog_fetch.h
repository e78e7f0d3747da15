/* Changelogs of candidate packages, fetched through the host's own package manager. */
#pragma once

#include "pkg/pkg.h"

/* A package file that holds the changelog of a source, as the signed index describes it. */
typedef struct {
  char *package;
  char *arch;
  char *version;
  char *sha256;
  gint64 size_bytes;
} SvChangelogDeb;
extern const SvRecordType sv_changelog_deb_type;

typedef enum {
  SV_CHANGELOG_WAITING, /* not looked at yet */
  SV_CHANGELOG_CACHED,  /* was there already */
  SV_CHANGELOG_FETCHED,
  SV_CHANGELOG_SKIPPED, /* would take more than the bytes allowed */
  SV_CHANGELOG_ABSENT,  /* none of its packages holds one */
  SV_CHANGELOG_REFUSED, /* a package was not what the signed index names */
  SV_CHANGELOG_FAILED,  /* could not be downloaded or read */
  SV_N_CHANGELOG_STATES
} SvChangelogState;
extern const char *const sv_changelog_state_names[];

/* One source version whose changelog is needed, and what became of it. */
typedef struct {
  char *source;
  char *source_version;
  GPtrArray *debs; /* SvChangelogDeb; the smallest is tried first, then a few others */
  gint state;      /* SvChangelogState */
  char *path;      /* of the changelog in the cache; NULL unless CACHED or FETCHED */
  char *detail;    /* why there is none; may be NULL */
  gint64 fetched_bytes;
} SvChangelogNeed;
extern const SvRecordType sv_changelog_need_type;

/* @done of @total needs are settled, @bytes downloaded so far. */
typedef void (*SvChangelogProgress) (guint done, guint total, gint64 bytes, gpointer user_data);

typedef struct {
  const char *cache;            /* directory, made if it is not there */
  gint64 max_bytes;             /* downloads in all; 0: none, the cache alone */
  SvChangelogProgress progress; /* (nullable) */
  gpointer user_data;
} SvChangelogFetch;

/**
 * sv_changelog_fetch:
 * @needs: SvChangelogNeed; state, path, detail and fetched_bytes are set
 *
 * For each need: the cached changelog, else `apt-get download` of exact package versions into a
 * directory of their own, its SHA-256 compared with the signed index's, its changelog taken out
 * without unpacking, kept under source, version and digest, and the package deleted. Small ones
 * come first, so that the bytes allowed reach far. Trouble with one need is that need's state.
 * Errors: the cache cannot be made or written. Source: promise S4.
 */
gboolean sv_changelog_fetch (const SvChangelogFetch *fetch, GPtrArray *needs, GError **error);

/**
 * sv_changelog_extract:
 * @deb: path of a Debian package
 *
 * Its Debian changelog, decompressed: changelog.Debian, or changelog of a native package.
 * Errors: SV_ERROR_NOT_FOUND (it holds none: the folder may be a link to another package's),
 * SV_ERROR_INVALID_DATA, SV_ERROR_LIMIT.
 */
GBytes *sv_changelog_extract (const char *deb, GError **error);
