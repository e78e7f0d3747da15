#include "exposure/assess.h"

#include "exposure/kernels.h"

#include <string.h>

/* What is learnt of the host once, before its packages are judged. */
typedef struct {
  const SvAssessment *assessment;
  const SvKernels *kernels;
  const SvStreams *streams;
} SvAssessing;

/* The claims on one installed package, by vulnerability. */
typedef struct {
  const SvAssessment *assessment;
  GHashTable *claims;          /* canonical id -> GPtrArray of OwnedClaim */
  GHashTable *aliases;         /* canonical id -> set of other ids */
} SvGathering;

/* A claim kept beyond the call that lent it. */
typedef struct {
  SvClaim claim;
  char *feed;
  SvStatement *statement;
} SvOwnedClaim;

static void
owned_claim_free (SvOwnedClaim *owned)
{
  g_free (owned->feed);
  sv_record_free (&sv_statement_type, owned->statement);
  g_free (owned);
}

static const char *
canonical_id (const SvAssessment *assessment, const char *id)
{
  for (gsize i = 0; i < assessment->n_claims; i++) {
    const SvClaimSource *source = &assessment->claims[i];
    const char *name = source->canonical != NULL ? source->canonical (source->source, id) : id;
    if (strcmp (name, id) != 0)
      return name;
  }
  return id;
}

static void
remember_alias (SvGathering *gathering, const char *id, const char *other)
{
  if (strcmp (id, other) == 0)
    return;
  GHashTable *set = g_hash_table_lookup (gathering->aliases, id);
  if (set == NULL) {
    set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_insert (gathering->aliases, g_strdup (id), set);
  }
  g_hash_table_add (set, g_strdup (other));
}

static gboolean
gather_claim (const SvClaim *claim, gpointer user_data, GError **error)
{
  SvGathering *gathering = user_data;
  const char *given = claim->statement->vulnerability;
  const char *id = canonical_id (gathering->assessment, given);
  const char *only = gathering->assessment->only_vulnerability;
  if (only != NULL && strcmp (only, id) != 0 && strcmp (only, given) != 0)
    return TRUE;
  GPtrArray *list = g_hash_table_lookup (gathering->claims, id);
  if (list == NULL) {
    list = g_ptr_array_new_with_free_func ((GDestroyNotify)owned_claim_free);
    g_hash_table_insert (gathering->claims, g_strdup (id), list);
  }
  SvOwnedClaim *owned = g_new0 (SvOwnedClaim, 1);
  owned->feed = g_strdup (claim->feed);
  owned->statement = sv_record_copy (&sv_statement_type, claim->statement);
  owned->claim = (SvClaim){owned->feed, owned->statement};
  g_ptr_array_add (list, owned);
  remember_alias (gathering, id, given);
  return TRUE;
}

static gboolean
gather (SvGathering *gathering, const SvInstall *install, GError **error)
{
  const struct {
    SvNameKind kind;
    const char *name;
  } asked[] = {{SV_NAME_SOURCE, install->source}, {SV_NAME_BINARY, install->package->name}};
  const SvAssessment *assessment = gathering->assessment;
  for (gsize s = 0; s < assessment->n_claims; s++)
    for (gsize k = 0; k < G_N_ELEMENTS (asked); k++) {
      const SvClaimSource *source = &assessment->claims[s];
      if (!source->foreach (source->source, install->release, asked[k].kind, asked[k].name,
                            gather_claim, gathering, error))
        return FALSE;
    }
  return TRUE;
}

static gint
compare_strings (gconstpointer a, gconstpointer b)
{
  return sv_text_compare_natural (*(char *const *)a, *(char *const *)b);
}

static void
add_aliases (const SvGathering *gathering, SvFinding *finding)
{
  GHashTable *set = g_hash_table_lookup (gathering->aliases, finding->vulnerability);
  finding->aliases = g_ptr_array_new_with_free_func (g_free);
  if (set == NULL)
    return;
  GHashTableIter iter;
  gpointer id;
  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_ptr_array_add (finding->aliases, g_strdup (id));
  g_ptr_array_sort (finding->aliases, compare_strings);
}

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
}

/* Judges one package; findings that are wanted are added to @findings. */
static gboolean
assess_package (const SvAssessing *assessing, const SvPackage *package, GPtrArray *findings,
                GError **error)
{
  const SvAssessment *assessment = assessing->assessment;
  g_autoptr (SvInstall) install =
      sv_install_new (package, assessment->inventory->distro, assessing->streams);
  g_autoptr (GHashTable) claims = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                                         (GDestroyNotify)g_ptr_array_unref);
  g_autoptr (GHashTable) aliases = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                                          (GDestroyNotify)g_hash_table_unref);
  SvGathering gathering = {assessment, claims, aliases};
  if (!gather (&gathering, install, error))
    return FALSE;
  GHashTableIter iter;
  gpointer id, list;
  g_hash_table_iter_init (&iter, claims);
  while (g_hash_table_iter_next (&iter, &id, &list)) {
    /* an owned claim begins with its claim */
    g_autoptr (SvFinding) finding = sv_exposure_combine (install, id, list);
    if (finding == NULL || !is_wanted (assessment, finding))
      continue;
    finish (assessment, install, finding);
    add_aliases (&gathering, finding);
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
  if (behind && !assess_running_kernel (assessing, package, kernel->running_version, findings,
                                        begin, error))
    return FALSE;
  const SvDistro *distro = assessing->assessment->inventory->distro;
  for (guint i = begin; i < findings->len; i++)
    sv_kernels_judge (assessing->kernels, build, distro != NULL ? distro->scheme : -1,
                      findings->pdata[i]);
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
compare_findings (gconstpointer a, gconstpointer b)
{
  const SvFinding *x = *(SvFinding *const *)a, *y = *(SvFinding *const *)b;
  int order = sv_text_compare_natural (x->vulnerability, y->vulnerability);
  if (order == 0)
    order = strcmp (x->package, y->package);
  if (order == 0)
    order = g_strcmp0 (x->arch, y->arch);
  return order != 0 ? order : g_strcmp0 (x->installed, y->installed);
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

gboolean
sv_exposure_assess (const SvAssessment *assessment, GPtrArray **ret_findings, GError **error)
{
  g_autoptr (GPtrArray) findings =
      g_ptr_array_new_with_free_func ((GDestroyNotify)sv_finding_free);
  g_autoptr (SvKernels) kernels = sv_kernels_new (assessment->inventory);
  g_autoptr (SvStreams) streams = sv_streams_new (assessment->inventory);
  const SvAssessing assessing = {assessment, kernels, streams};
  const GPtrArray *packages = assessment->inventory->packages;
  for (guint i = 0; i < packages->len; i++)
    if (is_judged (assessment, packages->pdata[i]) &&
        !assess_one (&assessing, packages->pdata[i], findings, error))
      return FALSE;
  g_ptr_array_sort (findings, compare_findings);
  *ret_findings = g_steal_pointer (&findings);
  return TRUE;
}
