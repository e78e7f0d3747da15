/* One installed package version against what sources say of it. Pure: same input, same answer. */
#pragma once

#include "exposure/streams.h"

#include "advisory/advisory.h"

typedef enum {
  SV_VERDICT_NOT_APPLICABLE, /* the statement is about something else: says nothing */
  SV_VERDICT_NOT_AFFECTED,
  SV_VERDICT_FIXED,   /* was affected, the installed version holds the fix */
  SV_VERDICT_UNKNOWN, /* cannot be told; never counted as safe */
  SV_VERDICT_AFFECTED,
  SV_N_VERDICTS
} SvVerdict;
extern const char *const sv_verdict_names[];

typedef enum {
  SV_FIX_UNKNOWN,       /* no archive metadata to look the fix up in */
  SV_FIX_NONE,          /* the source names no fix and promises none */
  SV_FIX_NOT_PLANNED,   /* the source says there will be none */
  SV_FIX_PENDING,       /* promised, or announced but in no archive seen (trap 41) */
  SV_FIX_NOT_REACHABLE, /* in an archive, but held, pinned away, phased or not enabled (trap 76) */
  SV_FIX_REACHABLE,     /* the package manager would install it now */
  SV_FIX_INSTALLED,     /* on disk, but the old version still runs (trap 81) */
  SV_N_FIXES
} SvFix;
extern const char *const sv_fix_names[];

typedef enum {
  SV_RUN_UNKNOWN,
  SV_RUN_INSTALLED_ONLY, /* nothing is seen to run it; for kernels: not the running one */
  SV_RUN_RUNNING,
  SV_N_RUNS
} SvRun;
extern const char *const sv_run_names[];

/* One installed package with its version keys, made once. */
typedef struct {
  const SvPackage *package; /* lent */
  gint scheme;              /* SvScheme, -1: not known */
  char *release;            /* "debian:12" */
  GBytes *key;              /* of version; NULL: malformed */
  GBytes *source_key;       /* of source_version; NULL: malformed or not known */
  char *source;         /* source name as trackers call it ("linux", not "linux-signed-amd64") */
  char *source_version; /* version as trackers call it ("6.1.119-1"); may be NULL */
  char *stream;         /* build stream of the version, see sv_stream_of_version() */
  char *module;         /* "name:stream" of its module; "" none; NULL: not known (trap 64) */
  const SvStreams *streams; /* lent; NULL: nothing is known of the host's modules */
  gboolean low_relevance;   /* sv_package_is_low_relevance() */
} SvInstall;

/* @distro may be NULL (then nothing that depends on a release applies), @streams too. Both must
 * live as long as what is returned. */
SvInstall *sv_install_new (const SvPackage *package, const SvDistro *distro,
                           const SvStreams *streams);
void sv_install_free (SvInstall *install);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvInstall, sv_install_free)

/**
 * sv_release_of_distro:
 * New string: what statements call the release of @distro ("debian:12"; "opensuse-tumbleweed:"
 * where there are no releases), NULL for no distribution.
 */
char *sv_release_of_distro (const SvDistro *distro);

/**
 * sv_line_of_notice:
 * New string: the version line that the topic of a notice is bound to ("5.15" of
 * "ALAS2KERNEL-5.15-2022-001"), NULL if to none. Topics of one package in several lines are streams
 * without a name in the version (trap 63). @advisory may be NULL.
 */
char *sv_line_of_notice (const char *advisory);
/* True if @version is of that line: "5.15.43-20.amzn2" is of 5.15, 5.150 is not. */
gboolean sv_version_is_of_line (const char *version, const char *line);

/* Why a verdict is as it is: one link of the chain that `explain` prints. */
typedef struct {
  char *feed;     /* which source said it */
  char *advisory; /* may be NULL */
  gint name_kind; /* SvNameKind: which of the package's versions was compared */
  gint verdict;   /* SvVerdict */
  gint promise;   /* SvPromise */
  char *fixed;    /* version that holds the fix, as the source writes it; may be NULL */
  char *compared; /* the installed version it was compared with */
  char *urgency;  /* the source's own word; may be NULL */
  char *because;  /* one sentence */
  gboolean won;   /* this one decided */
} SvReason;
extern const SvRecordType sv_reason_type;

/* One statement and the feed it came from. Both lent. */
typedef struct {
  const char *feed;
  const SvStatement *statement;
  GBytes *fixed_key; /* of statement->fixed, if somebody made it already */
} SvClaim;

/**
 * sv_exposure_judge:
 * @ret_reason: (out): new; verdict and the sentence why
 *
 * Judges one installed version against one claim. A statement without range is SV_VERDICT_UNKNOWN,
 * never "affected" (trap 59). Never fails: what cannot be compared is SV_VERDICT_UNKNOWN and says
 * so. Source: pitfalls 17 to 29, 35 to 38, 57, 59, 60, 63 to 73.
 */
SvReason *sv_exposure_judge (const SvInstall *install, const SvClaim *claim);
/* The verdict alone, without the words: for who judges a whole fleet. */
SvVerdict sv_exposure_judge_quietly (const SvInstall *install, const SvClaim *claim);

/* What is true of one vulnerability in one installed package, over all claims. */
typedef struct {
  char *vulnerability;
  GPtrArray *aliases; /* strings: other ids of the same flaw */
  char *package;
  char *arch;
  char *installed;
  char *source;
  char *source_version;
  gint verdict; /* SvVerdict */
  gint fix;     /* SvFix */
  gint run;     /* SvRun */
  char *fixed;  /* version that heals, as the winning source writes it; may be NULL */
  char *urgency;
  gboolean low_relevance; /* headers, documentation, data: no vulnerable code inside (trap 24) */
  gboolean unimportant;   /* the source says: no impact in the binaries (trap 37) */
  GPtrArray *reasons;     /* SvReason, the winning one first */
} SvFinding;
extern const SvRecordType sv_finding_type;

void sv_finding_free (SvFinding *finding);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvFinding, sv_finding_free)

/* The order of reports, for g_ptr_array_sort(): vulnerability, package, arch, version. */
gint sv_finding_compare (gconstpointer a, gconstpointer b);

/**
 * sv_exposure_combine:
 * @claims: SvClaim pointers on one vulnerability (aliases already closed)
 *
 * Judges all claims and picks the winner: more authoritative source first, then the worse verdict,
 * then the higher fix, for only that one satisfies them all (95); the builds that one advisory
 * lists for one package count as alternatives (65). The order of @claims does not matter (106).
 * Returns NULL if no claim applies. Source: traps 47, 48, 53, 65, 95, 106, 108.
 */
SvFinding *sv_exposure_combine (const SvInstall *install, const char *vulnerability,
                                const GPtrArray *claims);

/* What the archives offer for one installed package. */
typedef struct {
  const char *version;               /* candidate; NULL if none is newer than the installed one */
  const char *source_version;        /* of the candidate */
  gboolean reachable;                /* the package manager would install the candidate now */
  const char *newest_version;        /* newest in any archive seen, reachable or not */
  const char *newest_source_version; /* likewise */
} SvOffer;

/* Fills @finding->fix from what archives offer; @offer NULL: no archive metadata was read. */
void sv_finding_set_fix (SvFinding *finding, gint scheme, const SvReason *winner,
                         const SvOffer *offer);

/* True if that version of the package, or of its source, holds what the winner of @finding calls
 * the fix. Versions may be NULL. */
gboolean sv_finding_is_healed_by (const SvFinding *finding, gint scheme, const char *version,
                                  const char *source_version);

/* New string: what trackers call the source package @source ("linux" for "linux-signed-amd64"). */
char *sv_source_of_tracker (const char *source);
/* New string: the version that trackers give for @version of @source, NULL for NULL. */
char *sv_source_version_of_tracker (const char *source, const char *version);

/* Lower is more authoritative: how much a feed counts on packages of @release. */
guint sv_feed_rank (const char *feed);

/* True for packages without vulnerable code of their own: headers, documentation, meta packages. */
gboolean sv_package_is_low_relevance (const char *name);
gboolean sv_package_is_meta (const char *name);
