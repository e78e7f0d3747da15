/* One whole host: every installed package against every claim that is known. */
#pragma once

#include "exposure/judge.h"

/* Takes one claim, lent for the call. */
typedef gboolean (*SvClaimFunc) (const SvClaim *claim, gpointer user_data, GError **error);

/* What is asked of a source: the claims on @package (a source or binary name, by @kind). */
typedef struct {
  const char *release; /* "debian:12"; NULL: a system of no known release */
  SvNameKind kind;
  const char *package;
  SvStatementPart part;      /* ALL unless the source `splits` */
  GBytes *installed;         /* for the parts: key of the version of @kind */
  const char *vulnerability; /* for SETTLED: the flaw, under any of its names */
} SvClaimQuestion;

/* Where claims come from: a store of feeds, changelogs, a scenario. */
typedef struct {
  /* Calls @func for each claim that @question asks for. */
  gboolean (*foreach) (gpointer source, const SvClaimQuestion *question, SvClaimFunc func,
                       gpointer user_data, GError **error);
  /* The name under which all ids of one flaw go (trap 53); @id itself if it has no other. Lent.
   * NULL: this source knows no aliases. */
  const char *(*canonical) (gpointer source, const char *id);
  gpointer source;
  /* Whether anything at all is said of packages in @release (trap 49). NULL: this source does not
   * speak of releases. */
  gboolean (*covers) (gpointer source, const char *release, gboolean *ret_covers, GError **error);
  gboolean splits; /* it can leave out what the installed version settles, and give it later */
} SvClaimSource;

/* What archives offer for @package; FALSE: no archive metadata was read. Strings are lent. */
typedef struct {
  gboolean (*find) (gpointer source, const SvPackage *package, SvOffer *ret_offer);
  gpointer source;
} SvOfferSource;

typedef struct {
  const SvInventory *inventory;
  const SvClaimSource *claims; /* @n_claims of them */
  gsize n_claims;
  const SvOfferSource *offers; /* (nullable) */
  const char *only_package;    /* (nullable) judge packages of this binary or source name alone */
  const char *only_vulnerability; /* (nullable) */
  gboolean keep_all; /* also findings that are fixed, not affected or not applicable: for explain */
  gboolean many_versions; /* of each source, as a fleet has: its claims are gathered once, whole */
} SvAssessment;

/**
 * sv_exposure_assess:
 * @ret_findings: (out): new array of SvFinding, owned, sorted by vulnerability (natural order),
 *                package, arch, installed version: deterministic (trap 106)
 *
 * Removed and half-installed packages are not judged (26): sv_exposure_find_gaps() names the
 * latter. Each binary is judged by its own source version (20), each architecture apart (27).
 * Kernels are told apart by whether they run, boot next or merely lie on disk (80 to 84); a running
 * kernel older than its package is judged by the version that runs, and one whose fix is on disk
 * only waits for a reboot (81). Linear in packages and claims (110).
 */
gboolean sv_exposure_assess (const SvAssessment *assessment, GPtrArray **ret_findings,
                             GError **error);

/* Takes @finding; @package is the one of the inventory that it is in. */
typedef gboolean (*SvFindingFunc) (const SvPackage *package, SvFinding *finding, gpointer user_data,
                                   GError **error);

/* The same findings, package by package and in no order: for who keeps little of each. */
gboolean sv_exposure_assess_each (const SvAssessment *assessment, SvFindingFunc func,
                                  gpointer user_data, GError **error);

/* A finding in few words. Lent. */
typedef struct {
  const SvPackage *package;
  const char *vulnerability;
  SvVerdict verdict;
  gboolean low_relevance; /* or unimportant by its source's word */
  const char *fixed;      /* version that heals, as its source writes it; NULL: none is named */
} SvBrief;

typedef void (*SvBriefFunc) (const SvBrief *brief, gpointer user_data);

/* The same verdicts without the reasons, for packages that no kernel and no live patch has a say
 * in: those are judged like any other. */
gboolean sv_exposure_assess_briefly (const SvAssessment *assessment, SvBriefFunc func,
                                     gpointer user_data, GError **error);
