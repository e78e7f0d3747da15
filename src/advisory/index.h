/* Package indexes of apt archives: which archive they belong to, and what they offer. */
#pragma once

#include "advisory/authenticity.h"
#include "pkg/pkg.h"

/* One Packages file: the identity of its archive is repeated here, as rules look at it alone. */
typedef struct {
  char *file;    /* name in the directory of lists */
  char *release; /* file of the Release that names it; NULL: none does */
  char *origin;
  char *label;
  char *suite;
  char *codename;
  char *version;
  char *component;
  char *arch;
  char *site; /* host name; NULL where file names carry none */
  gboolean not_automatic;
  gboolean but_automatic_upgrades;
  gboolean enabled;  /* the host's configuration names this archive */
  gint authenticity; /* SvAuthenticity */
  char *detail;      /* why it is not verified, or not enabled; may be NULL */
  char *sha256;      /* of the decompressed bytes; NULL before it was read */
  gint64 size_bytes;
  gint64 n_packages;
  gint64 n_skipped; /* malformed ones */
} SvIndex;
extern const SvRecordType sv_index_type;

/* A package version that archives offer. All strings are the archive's: lent while it lives. */
typedef struct {
  const char *name;
  const char *arch;
  const char *version;
  GBytes *key;
  const char *source;
  const char *source_version;
  const char *depends;   /* Pre-Depends and Depends, joined with ", "; NULL: none, as below */
  const char *conflicts; /* Conflicts and Breaks, joined with ", " */
  const char *provides;
  const char *replaces;
  const char *multi_arch;
  const char *sha256;
  const char *filename;
  gint64 size_bytes;
  gint64 installed_bytes;
  gint phased_percent; /* 100: for everybody */
  gboolean essential;
  GPtrArray *indexes; /* SvIndex that offer just these bytes, in the order of the host's sources */
} SvCandidate;

void sv_candidate_free (SvCandidate *candidate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvCandidate, sv_candidate_free)

/**
 * SvIndexWanted:
 * @name: not NUL-terminated
 *
 * TRUE for the package names whose versions are wanted.
 */
typedef gboolean (*SvIndexWanted) (const char *name, gsize length, gpointer user_data);

typedef struct {
  SvIndexWanted wanted;
  gpointer user_data;
  gboolean providers;    /* also what provides a wanted name */
  GStringChunk *strings; /* where the candidates' texts live */
} SvIndexQuery;

/**
 * sv_index_read:
 * @index: sha256, size_bytes, n_packages and n_skipped are set
 * @candidates: SvCandidate are added, without their indexes
 *
 * Reads @stream to its end, keeping one paragraph at a time. Nothing of it may be believed before
 * the digest was compared with a verified Release. A malformed package is counted, and hides no
 * other. Errors: those of the stream; SV_ERROR_LIMIT (a paragraph over SV_LIMIT_STANZA_BYTES).
 */
gboolean sv_index_read (SvIndex *index, SvStream *stream, const SvIndexQuery *query,
                        GPtrArray *candidates, GError **error);
