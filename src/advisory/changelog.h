/* Changelogs of Debian packages as evidence: which flaws the versions of a source mend. */
#pragma once

#include "pkg/pkg.h"

/* What stands between one heading "source (version) distribution; urgency=…" and its " -- " line.
 */
typedef struct {
  char *source; /* source package that it is evidence for */
  char *named;  /* source package that the heading names: "linux" within "linux-signed-amd64" */
  char *version;
  char *distribution;         /* "bookworm-security" */
  char *urgency;              /* "high"; NULL if it is not given */
  gint64 dated_at_us;         /* 0: no date that parses */
  GPtrArray *vulnerabilities; /* strings: CVE ids, in the order in which they are named */
} SvChangelogEntry;
extern const SvRecordType sv_changelog_entry_type;

/* Takes one entry, lent for the call. FALSE with @error set ends the reading. */
typedef gboolean (*SvChangelogFunc) (const SvChangelogEntry *entry, gpointer user_data,
                                     GError **error);

/**
 * sv_changelog_parse:
 * @lineage: (nullable): source package whose changelog this is; NULL: as its first heading says
 *
 * Calls @func for each entry, newest first as they stand. `source` is the lineage: @lineage, or
 * what a line "##### name" says from there on (several changelogs in one file), or else the first
 * heading's name for as long as the names after it are akin to it ("firefox-esr", "firefox"). What
 * is neither heading nor entry is passed over. A CVE id that a changelog names is what its author
 * says: it may be missing, or have been mended earlier.
 * Errors: those of the stream and of @func. Lines are cut at SV_LIMIT_LINE_BYTES.
 */
gboolean sv_changelog_parse (SvStream *stream, const char *lineage, SvChangelogFunc func,
                             gpointer user_data, GError **error);

/* Which entries of a source are wanted. */
typedef struct {
  const char *source;
  const char *installed; /* (nullable) source version: only newer entries, down to the first that
                            is not */
  const char *candidate; /* (nullable) source version: none that is newer still; NULL where the
                            changelog is the candidate's own */
} SvChangelogWant;

typedef struct SvChangelogReader SvChangelogReader;

/* Wants of one source are joined: from the lowest installed to the highest candidate version.
 * Errors: SV_ERROR_INVALID_DATA if a version is none. */
SvChangelogReader *sv_changelog_reader_new (const SvChangelogWant *wants, gsize n_wants,
                                            GError **error);
void sv_changelog_reader_free (SvChangelogReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvChangelogReader, sv_changelog_reader_free)

/* Takes the wanted entries out of one changelog; @lineage as above. */
gboolean sv_changelog_reader_read (SvChangelogReader *reader, SvStream *stream, const char *lineage,
                                   GError **error);

/* The same of a file, or of every file of a directory or archive. Files named after their source
 * ("apt", "apt.changelog.gz", "apt_2.6.2_….changelog") need no heading. */
gboolean sv_changelog_reader_read_path (SvChangelogReader *reader, const char *path,
                                        GError **error);

/* True once an entry of @source, wanted or not, was seen: there is evidence, be it of nothing. */
gboolean sv_changelog_reader_has_seen (const SvChangelogReader *reader, const char *source);

/* SvChangelogEntry, each version of a source once, by source, then newest first. Lent. */
const GPtrArray *sv_changelog_reader_get_entries (SvChangelogReader *reader);
