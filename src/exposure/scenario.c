#include "exposure/scenario.h"

#include <string.h>

#define SCHEMA "salve.scenario/1"

static const SvField claim_fields[] = {
    SV_FIELD (SvScenarioClaim, feed, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .doc = "Source."),
    SV_FIELD (SvScenarioClaim, statement, SV_TYPE_RECORD, .record = &sv_statement_type,
              .flags = SV_FIELD_REQUIRED, .doc = "What it says."),
};
SV_RECORD_TYPE (sv_scenario_claim_type, SvScenarioClaim, "ScenarioClaim", claim_fields,
                "One claim that was weighed.");

static const SvField offer_fields[] = {
    SV_FIELD (SvScenarioOffer, package, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Binary package."),
    SV_FIELD (SvScenarioOffer, arch, SV_TYPE_STRING, .doc = "Architecture."),
    SV_FIELD (SvScenarioOffer, version, SV_TYPE_STRING, .doc = "Candidate."),
    SV_FIELD (SvScenarioOffer, source_version, SV_TYPE_STRING, .doc = "Its source version."),
    SV_FIELD (SvScenarioOffer, reachable, SV_TYPE_BOOL, .doc = "Would be installed now."),
    SV_FIELD (SvScenarioOffer, newest_version, SV_TYPE_STRING, .doc = "Newest in any archive."),
    SV_FIELD (SvScenarioOffer, newest_source_version, SV_TYPE_STRING,
              .doc = "Newest source version in any archive."),
};
SV_RECORD_TYPE (sv_scenario_offer_type, SvScenarioOffer, "ScenarioOffer", offer_fields,
                "What archives offered.");

static const SvField scenario_fields[] = {
    SV_FIELD (SvScenario, schema, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Name and version of this form."),
    SV_FIELD (SvScenario, about, SV_TYPE_STRING, .doc = "One sentence."),
    SV_FIELD (SvScenario, engine, SV_TYPE_STRING, .doc = "What wrote it."),
    SV_FIELD (SvScenario, only_package, SV_TYPE_STRING, .doc = "Only this one was asked for."),
    SV_FIELD (SvScenario, only_vulnerability, SV_TYPE_STRING, .doc = "Likewise."),
    SV_FIELD (SvScenario, hardware_class, SV_TYPE_STRING, .doc = "Kind of host."),
    SV_FIELD (SvScenario, release_lock, SV_TYPE_STRING, .doc = "Minor it is kept on."),
    SV_FIELD (SvScenario, release_lock_origin, SV_TYPE_STRING, .doc = "By what."),
    SV_FIELD (SvScenario, distro, SV_TYPE_RECORD, .record = &sv_distro_type, .doc = "System."),
    SV_FIELD (SvScenario, packages, SV_TYPE_RECORDS, .record = &sv_package_type,
              .doc = "Packages judged."),
    SV_FIELD (SvScenario, kernels, SV_TYPE_RECORDS, .record = &sv_kernel_type, .doc = "Kernels."),
    SV_FIELD (SvScenario, modules, SV_TYPE_STRINGS, .doc = "Enabled module streams."),
    SV_FIELD (SvScenario, live_patches, SV_TYPE_RECORDS, .record = &sv_live_patch_type,
              .doc = "Live patches."),
    SV_FIELD (SvScenario, claims, SV_TYPE_RECORDS, .record = &sv_scenario_claim_type,
              .doc = "Claims weighed."),
    SV_FIELD (SvScenario, aliases, SV_TYPE_RECORDS, .record = &sv_alias_type,
              .doc = "Names of one flaw."),
    SV_FIELD (SvScenario, offers, SV_TYPE_RECORDS, .record = &sv_scenario_offer_type,
              .doc = "Offers of archives."),
    SV_FIELD (SvScenario, findings, SV_TYPE_RECORDS, .record = &sv_finding_type,
              .doc = "What came out."),
};
SV_RECORD_TYPE (sv_scenario_type, SvScenario, "Scenario", scenario_fields,
                "One decision with all its inputs.");

void
sv_scenario_free (SvScenario *scenario)
{
  sv_record_free (&sv_scenario_type, scenario);
}

/* --- recording: the sources of an assessment with an ear in between --- */

typedef struct {
  const SvAssessment *assessment;
  SvScenario *scenario;
  SvClaimFunc func; /* of the assessment, while it asks */
  gpointer func_data;
  GHashTable *packages; /* SvPackage of the inventory already kept */
  GHashTable *claims;   /* "feed\nrelease\nkind\nname" already kept */
} SvRecorder;

static const char *
recorded_canonical (gpointer source, const char *id)
{
  SvRecorder *recorder = source;
  for (gsize i = 0; i < recorder->assessment->n_claims; i++) {
    const SvClaimSource *asked = &recorder->assessment->claims[i];
    const char *name = asked->canonical != NULL ? asked->canonical (asked->source, id) : id;
    if (strcmp (name, id) != 0)
      return name;
  }
  return id;
}

static gboolean
is_asked_for (SvRecorder *recorder, const char *id)
{
  const char *only = recorder->assessment->only_vulnerability;
  return only == NULL || strcmp (only, id) == 0 ||
         strcmp (only, recorded_canonical (recorder, id)) == 0;
}

static void
keep_alias (SvRecorder *recorder, const char *id)
{
  const char *canonical = recorded_canonical (recorder, id);
  GPtrArray *aliases = recorder->scenario->aliases;
  if (strcmp (canonical, id) == 0)
    return;
  for (guint i = 0; i < aliases->len; i++)
    if (strcmp (((SvAlias *)aliases->pdata[i])->id, id) == 0)
      return;
  SvAlias *alias = sv_record_new (&sv_alias_type);
  alias->id = g_strdup (id);
  alias->vulnerability = g_strdup (canonical);
  g_ptr_array_add (aliases, alias);
}

static gboolean
hear_claim (const SvClaim *claim, gpointer user_data, GError **error)
{
  SvRecorder *recorder = user_data;
  if (!is_asked_for (recorder, claim->statement->vulnerability))
    return TRUE;
  SvScenarioClaim *kept = sv_record_new (&sv_scenario_claim_type);
  kept->feed = g_strdup (claim->feed);
  kept->statement = sv_record_copy (&sv_statement_type, claim->statement);
  g_ptr_array_add (recorder->scenario->claims, kept);
  keep_alias (recorder, claim->statement->vulnerability);
  return recorder->func (claim, recorder->func_data, error);
}

static gboolean
pass_claim (const SvClaim *claim, gpointer user_data, GError **error)
{
  SvRecorder *recorder = user_data;
  return recorder->func (claim, recorder->func_data, error);
}

static gboolean
recorded_claims (gpointer source, const SvClaimQuestion *question, SvClaimFunc func,
                 gpointer user_data, GError **error)
{
  SvRecorder *recorder = source;
  recorder->func = func;
  recorder->func_data = user_data;
  g_autofree char *text =
      g_strdup_printf ("%s\n%d\n%s", question->release, (int)question->kind, question->package);
  SvClaimFunc ear =
      g_hash_table_add (recorder->claims, g_steal_pointer (&text)) ? hear_claim : pass_claim;
  for (gsize i = 0; i < recorder->assessment->n_claims; i++) {
    const SvClaimSource *asked = &recorder->assessment->claims[i];
    if (!asked->foreach (asked->source, question, ear, recorder, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
recorded_offer (gpointer source, const SvPackage *package, SvOffer *ret_offer)
{
  SvRecorder *recorder = source;
  const SvOfferSource *offers = recorder->assessment->offers;
  if (!offers->find (offers->source, package, ret_offer))
    return FALSE;
  g_autofree char *key = g_strdup_printf ("%s:%s", package->name, package->arch);
  if (!g_hash_table_add (recorder->packages, g_steal_pointer (&key)))
    return TRUE;
  SvScenarioOffer *kept = sv_record_new (&sv_scenario_offer_type);
  kept->package = g_strdup (package->name);
  kept->arch = g_strdup (package->arch);
  kept->version = g_strdup (ret_offer->version);
  kept->source_version = g_strdup (ret_offer->source_version);
  kept->reachable = ret_offer->reachable;
  kept->newest_version = g_strdup (ret_offer->newest_version);
  kept->newest_source_version = g_strdup (ret_offer->newest_source_version);
  g_ptr_array_add (recorder->scenario->offers, kept);
  return TRUE;
}

static GHashTable *
list_named (const GPtrArray *findings)
{
  GHashTable *named = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < findings->len; i++)
    g_hash_table_add (named, ((SvFinding *)findings->pdata[i])->package);
  return named;
}

static void
keep_live_patch (const SvLivePatch *patch, SvScenario *scenario, GHashTable *named)
{
  g_ptr_array_add (scenario->live_patches, sv_record_copy (&sv_live_patch_type, patch));
  if (patch->package != NULL)
    g_hash_table_add (named, patch->package);
}

/* What is said of one kernel depends on the others (80, 81): all of them or none. */
static void
keep_kernels (const SvInventory *inventory, SvScenario *scenario, GHashTable *named)
{
  const GPtrArray *kernels = inventory->kernels;
  gboolean any = FALSE;
  for (guint i = 0; kernels != NULL && i < kernels->len; i++) {
    const SvKernel *kernel = kernels->pdata[i];
    any = any || (kernel->package != NULL && g_hash_table_contains (named, kernel->package));
  }
  for (guint i = 0; any && inventory->live_patches != NULL && i < inventory->live_patches->len; i++)
    keep_live_patch (inventory->live_patches->pdata[i], scenario, named);
  for (guint i = 0; any && i < kernels->len; i++) {
    const SvKernel *kernel = kernels->pdata[i];
    g_ptr_array_add (scenario->kernels, sv_record_copy (&sv_kernel_type, kernel));
    if (kernel->package != NULL)
      g_hash_table_add (named, kernel->package);
  }
}

/* Only what the findings depend on: the packages they name, kernels, and the module builds from
 * whose labels streams are told. */
static void
keep_packages (const SvInventory *inventory, SvScenario *scenario)
{
  g_autoptr (GHashTable) named = list_named (scenario->findings);
  keep_kernels (inventory, scenario, named);
  for (guint i = 0; i < inventory->packages->len; i++) {
    const SvPackage *package = inventory->packages->pdata[i];
    if (g_hash_table_contains (named, package->name) ||
        sv_module_find_build (package->version, NULL) != NULL)
      g_ptr_array_add (scenario->packages, sv_record_copy (&sv_package_type, package));
  }
  for (guint i = 0; inventory->modules != NULL && i < inventory->modules->len; i++)
    g_ptr_array_add (scenario->modules, g_strdup (inventory->modules->pdata[i]));
}

static SvScenario *
new_scenario (const SvAssessment *assessment, const char *about)
{
  const SvInventory *inventory = assessment->inventory;
  SvScenario *scenario = sv_record_new (&sv_scenario_type);
  scenario->schema = g_strdup (SCHEMA);
  scenario->about = g_strdup (about);
  scenario->engine = g_strdup ("salve " SALVE_VERSION);
  scenario->only_package = g_strdup (assessment->only_package);
  scenario->only_vulnerability = g_strdup (assessment->only_vulnerability);
  scenario->hardware_class = g_strdup (inventory->hardware_class);
  scenario->release_lock = g_strdup (inventory->release_lock);
  scenario->release_lock_origin = g_strdup (inventory->release_lock_origin);
  if (inventory->distro != NULL)
    scenario->distro = sv_record_copy (&sv_distro_type, inventory->distro);
  scenario->packages = g_ptr_array_new ();
  scenario->kernels = g_ptr_array_new ();
  scenario->modules = sv_strings_new ();
  scenario->live_patches = g_ptr_array_new ();
  scenario->claims = g_ptr_array_new ();
  scenario->aliases = g_ptr_array_new ();
  scenario->offers = g_ptr_array_new ();
  return scenario;
}

SvScenario *
sv_scenario_record (const SvAssessment *assessment, const char *about, GError **error)
{
  g_autoptr (SvScenario) scenario = new_scenario (assessment, about);
  g_autoptr (GHashTable) packages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) claims = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  SvRecorder recorder = {
      .assessment = assessment, .scenario = scenario, .packages = packages, .claims = claims};
  SvClaimSource heard = {recorded_claims, recorded_canonical, &recorder};
  SvOfferSource offers = {recorded_offer, &recorder};
  SvAssessment again = *assessment;
  again.claims = &heard;
  again.n_claims = 1;
  again.offers = assessment->offers != NULL ? &offers : NULL;
  again.keep_all = TRUE;
  if (!sv_exposure_assess (&again, &scenario->findings, error))
    return NULL;
  keep_packages (assessment->inventory, scenario);
  return g_steal_pointer (&scenario);
}

/* --- files --- */

SvScenario *
sv_scenario_read (SvStream *stream, GError **error)
{
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  g_autoptr (SvScenario) scenario = sv_record_new (&sv_scenario_type);
  if (!sv_record_read_json (&sv_scenario_type, reader, SV_RECORD_STRICT, scenario, error))
    return NULL;
  if (strcmp (scenario->schema, SCHEMA) == 0)
    return g_steal_pointer (&scenario);
  g_set_error (error, SV_ERROR, SV_ERROR_UNSUPPORTED, "schema '%.64s' is not " SCHEMA,
               scenario->schema);
  return NULL;
}

void
sv_scenario_write (const SvScenario *scenario, SvJsonWriter *writer)
{
  sv_record_write_json (&sv_scenario_type, scenario, writer, NULL);
}

/* --- replaying --- */

static gboolean
scenario_claims (gpointer source, const SvClaimQuestion *question, SvClaimFunc func,
                 gpointer user_data, GError **error)
{
  const SvScenario *scenario = source;
  for (guint i = 0; scenario->claims != NULL && i < scenario->claims->len; i++) {
    const SvScenarioClaim *kept = scenario->claims->pdata[i];
    SvClaim claim = {.feed = kept->feed, .statement = kept->statement};
    gboolean asked = kept->statement->name_kind == (gint)question->kind &&
                     g_strcmp0 (kept->statement->package, question->package) == 0;
    if (asked && !func (&claim, user_data, error))
      return FALSE;
  }
  return TRUE;
}

static const char *
scenario_canonical (gpointer source, const char *id)
{
  const SvScenario *scenario = source;
  for (guint i = 0; scenario->aliases != NULL && i < scenario->aliases->len; i++) {
    const SvAlias *alias = scenario->aliases->pdata[i];
    if (strcmp (alias->id, id) == 0)
      return alias->vulnerability;
  }
  return id;
}

static gboolean
scenario_offer (gpointer source, const SvPackage *package, SvOffer *ret_offer)
{
  const SvScenario *scenario = source;
  for (guint i = 0; i < scenario->offers->len; i++) {
    const SvScenarioOffer *kept = scenario->offers->pdata[i];
    if (strcmp (kept->package, package->name) != 0 || g_strcmp0 (kept->arch, package->arch) != 0)
      continue;
    *ret_offer = (SvOffer){kept->version, kept->source_version, kept->reachable,
                           kept->newest_version, kept->newest_source_version};
    return TRUE;
  }
  return FALSE;
}

GPtrArray *
sv_scenario_replay (const SvScenario *scenario, GError **error)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  const SvInventory inventory = {.distro = scenario->distro,
                                 .packages = scenario->packages != NULL ? scenario->packages : none,
                                 .kernels = scenario->kernels,
                                 .modules = scenario->modules,
                                 .live_patches = scenario->live_patches,
                                 .release_lock = scenario->release_lock,
                                 .release_lock_origin = scenario->release_lock_origin,
                                 .hardware_class = scenario->hardware_class};
  SvClaimSource claims = {scenario_claims, scenario_canonical, (gpointer)scenario};
  SvOfferSource offers = {scenario_offer, (gpointer)scenario};
  SvAssessment assessment = {
      .inventory = &inventory,
      .claims = &claims,
      .n_claims = 1,
      .offers = scenario->offers != NULL && scenario->offers->len > 0 ? &offers : NULL,
      .only_package = scenario->only_package,
      .only_vulnerability = scenario->only_vulnerability,
      .keep_all = TRUE};
  GPtrArray *findings = NULL;
  return sv_exposure_assess (&assessment, &findings, error) ? findings : NULL;
}
