#include "exposure/assess.h"

#include "exposure/claims.h"
#include "exposure/kernels.h"
#include "exposure/release_lock.h"

#include <stdlib.h>
#include <string.h>

/* What is learnt of the host once, before its packages are judged. */
typedef struct {
  const SvAssessment *assessment;
  const SvKernels *kernels;
  const SvStreams *streams;
  SvClaims *claims;
} SvAssessing;

static gboolean
is_wanted (const SvAssessment *assessment, const SvFinding *finding)
{
  return assessment->keep_all || finding->verdict == SV_VERDICT_AFFECTED ||
         finding->verdict == SV_VERDICT_UNKNOWN;
}

static void
finish (const SvAssessment *assessment, const SvInstall *install, SvFinding *finding)
{
  SvOffer offer = {0};
  const SvOfferSource *offers = assessment->offers;
  gboolean offered = offers != NULL && offers->find (offers->source, install->package, &offer);
  sv_finding_set_fix (finding, install->scheme, finding->reasons->pdata[0],
                      offered ? &offer : NULL);
  sv_release_lock_judge (assessment->inventory, finding);
}

/* Judges one package; findings that are wanted are added to @findings. */
static gboolean
assess_package (const SvAssessing *assessing, const SvPackage *package, GPtrArray *findings,
                GError **error)
{
  const SvAssessment *assessment = assessing->assessment;
  g_autoptr (SvInstall) install =
      sv_install_new (package, assessment->inventory->distro, assessing->streams);
  const GPtrArray *flaws;
  if (!sv_claims_gather (assessing->claims, install, &flaws, error))
    return FALSE;
  for (guint i = 0; i < flaws->len; i++) {
    const SvFlaw *flaw = flaws->pdata[i];
    if (!assessment->keep_all && sv_flaw_is_settled (flaw, install))
      continue;
    /* a held claim begins with its claim */
    g_autoptr (SvFinding) finding =
        sv_exposure_combine (install, flaw->vulnerability, flaw->claims);
    if (finding == NULL || !is_wanted (assessment, finding))
      continue;
    finish (assessment, install, finding);
    if (flaw->aliases->len > 0)
      finding->aliases = sv_strings_copy (flaw->aliases);
    g_ptr_array_add (findings, g_steal_pointer (&finding));
  }
  return TRUE;
}

/* --- kernels --- */

static GHashTable *
list_vulnerabilities (const GPtrArray *findings, guint begin)
{
  GHashTable *set = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = begin; i < findings->len; i++)
    g_hash_table_add (set, ((SvFinding *)findings->pdata[i])->vulnerability);
  return set;
}

/* The kernel that runs may be older than its package: what the package heals is then on disk only,
 * and what is missing is a reboot (81). */
static gboolean
assess_running_kernel (const SvAssessing *assessing, const SvPackage *package,
                       const char *running_version, GPtrArray *findings, guint begin,
                       GError **error)
{
  g_autoptr (GHashTable) found = list_vulnerabilities (findings, begin);
  g_autofree char *source = sv_source_of_tracker (package->source);
  SvPackage running = *package;
  running.version = running.source_version = (char *)running_version;
  running.source = source;
  guint end = findings->len;
  if (!assess_package (assessing, &running, findings, error))
    return FALSE;
  for (guint i = findings->len; i > end; i--) {
    SvFinding *finding = findings->pdata[i - 1];
    if (g_hash_table_contains (found, finding->vulnerability) ||
        finding->verdict != SV_VERDICT_AFFECTED)
      g_ptr_array_remove_index (findings, i - 1);
    else
      finding->fix = SV_FIX_INSTALLED;
  }
  return TRUE;
}

static gboolean
assess_kernel (const SvAssessing *assessing, const SvPackage *package, const SvKernelBuild *build,
               GPtrArray *findings, GError **error)
{
  const SvKernel *kernel = build->kernel;
  guint begin = findings->len;
  if (!assess_package (assessing, package, findings, error))
    return FALSE;
  gboolean behind = build->package == package && kernel->role == SV_KERNEL_RUNNING &&
                    kernel->running_version != NULL &&
                    strcmp (kernel->running_version, package->version) != 0;
  if (behind &&
      !assess_running_kernel (assessing, package, kernel->running_version, findings, begin, error))
    return FALSE;
  const SvDistro *distro = assessing->assessment->inventory->distro;
  for (guint i = findings->len; i > begin; i--) {
    sv_kernels_judge (assessing->kernels, build, distro != NULL ? distro->scheme : -1,
                      findings->pdata[i - 1]);
    if (!is_wanted (assessing->assessment, findings->pdata[i - 1]))
      g_ptr_array_remove_index (findings, i - 1);
  }
  return TRUE;
}

/* What the packages of loaded live patches are said to fix is closed in the kernel that runs (85).
 */
static gboolean
ask_live_patches (const SvAssessing *assessing, SvLivePatches *patches, GError **error)
{
  const GPtrArray *packages = sv_live_patches_get_packages (patches);
  SvAssessment fixed_too = *assessing->assessment;
  fixed_too.keep_all = TRUE;
  g_autoptr (SvClaims) claims = sv_claims_new (&fixed_too);
  SvAssessing asking = *assessing;
  asking.assessment = &fixed_too;
  asking.claims = claims;
  for (guint i = 0; i < packages->len; i++) {
    g_autoptr (GPtrArray) said = g_ptr_array_new_with_free_func ((GDestroyNotify)sv_finding_free);
    if (!assess_package (&asking, packages->pdata[i], said, error))
      return FALSE;
    sv_live_patches_learn (patches, packages->pdata[i], said);
  }
  return TRUE;
}

/* --- the host --- */

static gboolean
is_judged (const SvAssessment *assessment, const SvPackage *package)
{
  const char *only = assessment->only_package;
  if (only != NULL && strcmp (only, package->name) != 0 && strcmp (only, package->source) != 0)
    return FALSE;
  return package->state == SV_PACKAGE_INSTALLED;
}

static gint
compare_sources (gconstpointer a, gconstpointer b)
{
  const SvPackage *x = *(SvPackage *const *)a, *y = *(SvPackage *const *)b;
  int order = strcmp (x->source, y->source);
  return order != 0 ? order : strcmp (x->name, y->name);
}

/* By source and name, so that claims on either are gathered once. */
static GPtrArray *
list_judged (const SvAssessment *assessment)
{
  GPtrArray *judged = g_ptr_array_new ();
  const GPtrArray *packages = assessment->inventory->packages;
  for (guint i = 0; i < packages->len; i++)
    if (is_judged (assessment, packages->pdata[i]))
      g_ptr_array_add (judged, packages->pdata[i]);
  g_ptr_array_sort (judged, compare_sources);
  return judged;
}

static gboolean
assess_one (const SvAssessing *assessing, const SvPackage *package, GPtrArray *findings,
            GError **error)
{
  const SvKernelBuild *build = sv_kernels_find (assessing->kernels, package);
  gboolean done = build != NULL ? assess_kernel (assessing, package, build, findings, error)
                                : assess_package (assessing, package, findings, error);
  if (!done)
    g_prefix_error (error, "package '%s': ", package->name);
  return done;
}

static gboolean
give_findings (const SvPackage *package, GPtrArray *findings, SvFindingFunc func,
               gpointer user_data, GError **error)
{
  for (guint i = 0; i < findings->len; i++) {
    SvFinding *finding = g_steal_pointer (&findings->pdata[i]);
    if (!func (package, finding, user_data, error))
      return FALSE;
  }
  g_ptr_array_set_size (findings, 0);
  return TRUE;
}

static gboolean
assess_all (const SvAssessing *assessing, SvFindingFunc func, gpointer user_data, GError **error)
{
  g_autoptr (GPtrArray) packages = list_judged (assessing->assessment);
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify)sv_finding_free);
  for (guint i = 0; i < packages->len; i++)
    if (!assess_one (assessing, packages->pdata[i], findings, error) ||
        !give_findings (packages->pdata[i], findings, func, user_data, error))
      return FALSE;
  return TRUE;
}

gboolean
sv_exposure_assess_each (const SvAssessment *assessment, SvFindingFunc func, gpointer user_data,
                         GError **error)
{
  g_autoptr (SvKernels) kernels = sv_kernels_new (assessment->inventory);
  g_autoptr (SvStreams) streams = sv_streams_new (assessment->inventory);
  g_autoptr (SvClaims) claims = sv_claims_new (assessment);
  const SvAssessing assessing = {assessment, kernels, streams, claims};
  return ask_live_patches (&assessing, sv_kernels_get_live_patches (kernels), error) &&
         assess_all (&assessing, func, user_data, error);
}

/* --- in few words --- */

/* One claim alone wins; among several sv_exposure_combine() finds the winner, which @brief lends
 * from. */
static SvFinding *
judge_briefly (const SvInstall *install, const SvFlaw *flaw, SvBrief *brief)
{
  const SvClaim *only = flaw->claims->len == 1 ? flaw->claims->pdata[0] : NULL;
  if (only != NULL) {
    const SvStatement *statement = only->statement;
    brief->verdict = sv_exposure_judge_quietly (install, only);
    brief->low_relevance =
        install->low_relevance || g_strcmp0 (statement->urgency, "unimportant") == 0;
    brief->fixed = statement->fixed;
    return NULL;
  }
  SvFinding *finding = sv_exposure_combine (install, flaw->vulnerability, flaw->claims);
  brief->verdict = finding != NULL ? (SvVerdict)finding->verdict : SV_VERDICT_NOT_APPLICABLE;
  brief->low_relevance = finding != NULL && (finding->low_relevance || finding->unimportant);
  brief->fixed = finding != NULL ? finding->fixed : NULL;
  return finding;
}

static gboolean
assess_package_briefly (const SvAssessing *assessing, const SvPackage *package, SvBriefFunc func,
                        gpointer user_data, GError **error)
{
  g_autoptr (SvInstall) install =
      sv_install_new (package, assessing->assessment->inventory->distro, assessing->streams);
  const GPtrArray *flaws;
  if (!sv_claims_gather (assessing->claims, install, &flaws, error))
    return FALSE;
  for (guint i = 0; i < flaws->len; i++) {
    const SvFlaw *flaw = flaws->pdata[i];
    SvBrief brief = {.package = package, .vulnerability = flaw->vulnerability};
    if (sv_flaw_is_settled (flaw, install))
      continue;
    g_autoptr (SvFinding) finding = judge_briefly (install, flaw, &brief);
    if (brief.verdict == SV_VERDICT_AFFECTED || brief.verdict == SV_VERDICT_UNKNOWN)
      func (&brief, user_data);
  }
  return TRUE;
}

gboolean
sv_exposure_assess_briefly (const SvAssessment *assessment, SvBriefFunc func, gpointer user_data,
                            GError **error)
{
  g_autoptr (SvStreams) streams = sv_streams_new (assessment->inventory);
  g_autoptr (SvClaims) claims = sv_claims_new (assessment);
  const SvAssessing assessing = {assessment, NULL, streams, claims};
  g_autoptr (GPtrArray) packages = list_judged (assessment);
  for (guint i = 0; i < packages->len; i++)
    if (!assess_package_briefly (&assessing, packages->pdata[i], func, user_data, error))
      return FALSE;
  return TRUE;
}

/* --- the order --- */

/* A finding and the place of its flaw among all flaws. */
typedef struct {
  guint flaw;
  SvFinding *finding;
} Ranked;

static gint
compare_ids (gconstpointer a, gconstpointer b)
{
  return sv_text_compare_natural (*(const char *const *)a, *(const char *const *)b);
}

static gint
compare_ranked (gconstpointer a, gconstpointer b)
{
  const Ranked *x = a, *y = b;
  if (x->flaw != y->flaw)
    return x->flaw < y->flaw ? -1 : 1;
  return sv_finding_compare (&x->finding, &y->finding);
}

/* The place of each id, from 1, among those of @findings. */
static GHashTable *
rank_ids (const GPtrArray *findings)
{
  GHashTable *places = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  for (guint i = 0; i < findings->len; i++) {
    SvFinding *finding = findings->pdata[i];
    if (g_hash_table_add (places, finding->vulnerability))
      g_ptr_array_add (ids, finding->vulnerability);
  }
  g_ptr_array_sort (ids, compare_ids);
  for (guint i = 0; i < ids->len; i++)
    g_hash_table_insert (places, ids->pdata[i], GUINT_TO_POINTER (i + 1));
  return places;
}

/* As sv_finding_compare() has it; each id is compared as text once, not for every package. */
static void
sort_findings (GPtrArray *findings)
{
  g_autoptr (GHashTable) places = rank_ids (findings);
  g_autofree Ranked *ranked = g_new (Ranked, findings->len);
  for (guint i = 0; i < findings->len; i++) {
    SvFinding *finding = findings->pdata[i];
    gpointer place = g_hash_table_lookup (places, finding->vulnerability);
    ranked[i] = (Ranked){GPOINTER_TO_UINT (place), finding};
  }
  if (ranked != NULL)
    qsort (ranked, findings->len, sizeof *ranked, compare_ranked);
  for (guint i = 0; i < findings->len; i++)
    findings->pdata[i] = ranked[i].finding;
}

static gboolean
collect_finding (const SvPackage *package, SvFinding *finding, gpointer findings, GError **error)
{
  g_ptr_array_add (findings, finding);
  return TRUE;
}

gboolean
sv_exposure_assess (const SvAssessment *assessment, GPtrArray **ret_findings, GError **error)
{
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify)sv_finding_free);
  if (!sv_exposure_assess_each (assessment, collect_finding, findings, error))
    return FALSE;
  sort_findings (findings);
  *ret_findings = g_steal_pointer (&findings);
  return TRUE;
}
