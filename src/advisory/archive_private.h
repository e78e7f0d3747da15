/* What an open archive is made of. Internal to archive.c and archive_open.c. */
#pragma once

#include "advisory/archive.h"

/* One digest that a verified Release names. */
typedef struct {
  const SvRelease *release;
  char *path;
  gint64 size_bytes;
} SvArchiveDigest;

struct SvArchive {
  char *directory;
  gboolean allow_unverified;
  GPtrArray *releases; /* SvRelease */
  GPtrArray *indexes;  /* SvIndex */
  GHashTable *digests; /* sha256 -> GPtrArray of SvArchiveDigest */
  GHashTable *stems;   /* stem of an index -> its Release */
  GHashTable *packed;  /* the same two for compressed bytes: of files as they lie on disk */
  GHashTable *packed_stems;
  GPtrArray *candidates;   /* SvCandidate, owned */
  GHashTable *by_name;     /* -> GPtrArray of SvCandidate */
  GHashTable *by_provided; /* likewise */
  GStringChunk *strings;
};

/* The list under @key, made if there is none. Lent. */
GPtrArray *sv_archive_list_of (GHashTable *table, const char *key, GDestroyNotify free_item);

/* True if @stem is the Release stem @prefix itself, or a name below it. */
gboolean sv_archive_is_below (const char *stem, const char *prefix);

/* The Release whose stem @stem lies below; NULL if there is none. Lent. */
const SvRelease *sv_archive_find_release (const SvArchive *archive, const char *stem);

void sv_archive_take_identity (SvIndex *index, const SvRelease *release);
