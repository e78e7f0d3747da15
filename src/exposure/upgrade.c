#include "exposure/world.h"

#include <string.h>

const char *const sv_upgrade_kind_names[] = {"upgrade", "install", "downgrade", "remove", NULL};

static const SvField upgrade_fields[] = {
    SV_FIELD (SvUpgrade, kind, SV_TYPE_ENUM, .values = sv_upgrade_kind_names,
              .doc = "What is to be done"),
    SV_FIELD (SvUpgrade, package, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Binary package"),
    SV_FIELD (SvUpgrade, arch, SV_TYPE_STRING, .doc = "Architecture"),
    SV_FIELD (SvUpgrade, installed, SV_TYPE_STRING, .doc = "Installed version, if any"),
    SV_FIELD (SvUpgrade, candidate, SV_TYPE_STRING, .doc = "Version to install, if any"),
    SV_FIELD (SvUpgrade, source, SV_TYPE_STRING, .doc = "Source package of the candidate"),
    SV_FIELD (SvUpgrade, source_version, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Source version of the candidate"),
    SV_FIELD (SvUpgrade, installed_source_version, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Source version of the installed package"),
    SV_FIELD (SvUpgrade, security, SV_TYPE_BOOL,
              .doc = "A security archive offers a version above the installed one"),
    SV_FIELD (SvUpgrade, origin, SV_TYPE_STRING,
              .doc = "Archives of the candidate, as apt says it"),
    SV_FIELD (SvUpgrade, authenticity, SV_TYPE_ENUM, .values = sv_authenticity_names,
              .doc = "What checking the archive's signature and digests gave"),
    SV_FIELD (SvUpgrade, size_bytes, SV_TYPE_INT64, .flags = SV_FIELD_WIDE,
              .doc = "Bytes to download"),
    SV_FIELD (SvUpgrade, growth_bytes, SV_TYPE_INT64, .flags = SV_FIELD_WIDE,
              .doc = "Bytes more on disk, as far as known"),
    SV_FIELD (SvUpgrade, sha256, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "SHA-256 of the package file, from the signed index"),
    SV_FIELD (SvUpgrade, filename, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Package file below the archive's root"),
    SV_FIELD (SvUpgrade, held, SV_TYPE_BOOL, .doc = "The package is on hold"),
    SV_FIELD (SvUpgrade, phase, SV_TYPE_ENUM, .flags = SV_FIELD_WIDE, .values = sv_phase_names,
              .doc = "Where this host stands in the phased roll-out"),
    SV_FIELD (SvUpgrade, reachable, SV_TYPE_BOOL, .doc = "dist-upgrade would do it now"),
    SV_FIELD (SvUpgrade, reason, SV_TYPE_STRING,
              .doc = "Why it is not reachable, or why it is new or removed"),
};
SV_RECORD_TYPE (sv_upgrade_type, SvUpgrade, "Upgrade", upgrade_fields,
                "One package that archives would change");

void
sv_upgrade_plan_free (SvUpgradePlan *plan)
{
  if (plan == NULL)
    return;
  g_clear_pointer (&plan->upgrades, g_ptr_array_unref);
  g_free (plan);
}

static void
upgrade_free (gpointer upgrade)
{
  sv_record_free (&sv_upgrade_type, upgrade);
}

/* --- one entry --- */

static gboolean
is_offered_by_security (const SvCandidate *offer)
{
  for (guint i = 0; offer != NULL && i < offer->indexes->len; i++)
    if (sv_policy_is_security (g_ptr_array_index (offer->indexes, i)))
      return TRUE;
  return FALSE;
}

static gboolean
is_security (const SvNode *node, const SvCandidate *candidate)
{
  if (node->installed == NULL)
    return is_offered_by_security (candidate);
  for (guint i = 0; i < node->choices->len; i++) {
    const SvChoice *choice = &g_array_index (node->choices, SvChoice, i);
    if (choice->offer != NULL && sv_key_bytes_compare (choice->key, node->installed_key) > 0 &&
        is_offered_by_security (choice->offer))
      return TRUE;
  }
  return FALSE;
}

static gint
best_authenticity (const SvCandidate *candidate)
{
  gint best = SV_AUTHENTICITY_BAD;
  for (guint i = 0; i < candidate->indexes->len; i++)
    best = MIN (best, ((SvIndex *)g_ptr_array_index (candidate->indexes, i))->authenticity);
  return best;
}

static void
describe_installed (const SvNode *node, SvUpgrade *upgrade)
{
  const SvPackage *installed = node->installed;
  const SvCandidate *offer = sv_node_get_offer (node, SV_AT_INSTALLED);

  if (installed == NULL)
    return;
  upgrade->installed = g_strdup (installed->version);
  upgrade->installed_source_version = g_strdup (installed->source_version);
  upgrade->held = installed->held;
  if (offer != NULL)
    upgrade->growth_bytes -= offer->installed_bytes;
}

static void
describe_candidate (const SvNode *node, const SvCandidate *candidate, SvUpgrade *upgrade)
{
  upgrade->candidate = g_strdup (candidate->version);
  upgrade->source = g_strdup (candidate->source);
  upgrade->source_version = g_strdup (candidate->source_version);
  upgrade->security = is_security (node, candidate);
  upgrade->origin = sv_policy_format_origin (candidate->indexes);
  upgrade->authenticity = best_authenticity (candidate);
  upgrade->size_bytes = candidate->size_bytes;
  upgrade->growth_bytes += candidate->installed_bytes;
  upgrade->sha256 = g_strdup (candidate->sha256);
  upgrade->filename = g_strdup (candidate->filename);
  upgrade->phase = node->phase;
}

static SvUpgradeKind
kind_of (const SvNode *node, const SvCandidate *candidate)
{
  if (candidate == NULL)
    return SV_UPGRADE_REMOVE;
  if (node->installed == NULL)
    return SV_UPGRADE_INSTALL;
  return sv_key_bytes_compare (candidate->key, node->installed_key) < 0 ? SV_UPGRADE_DOWNGRADE
                                                                        : SV_UPGRADE_UPGRADE;
}

/* @candidate NULL: the package goes. */
static SvUpgrade *
describe (const SvNode *node, const SvCandidate *candidate, gboolean reachable)
{
  SvUpgrade *upgrade = sv_record_new (&sv_upgrade_type);
  const char *arch = candidate != NULL ? candidate->arch : node->installed->arch;

  upgrade->kind = (gint)kind_of (node, candidate);
  upgrade->package = g_strdup (node->name);
  upgrade->arch = g_strdup (arch);
  upgrade->reachable = reachable;
  upgrade->reason = g_strdup (node->reason);
  describe_installed (node, upgrade);
  if (candidate != NULL) {
    describe_candidate (node, candidate, upgrade);
  } else {
    upgrade->source = g_strdup (node->installed->source);
    upgrade->authenticity = SV_AUTHENTICITY_UNVERIFIED;
  }
  return upgrade;
}

/* An update that only a pin keeps away is published, but not offered to this host (trap 76). */
static SvUpgrade *
describe_pinned (const SvWorld *world, const SvPolicy *unpinned, const SvNode *node)
{
  int best = sv_policy_choose (unpinned, node->name, node->arch, node->choices);
  const SvChoice *choice = best >= 0 ? &g_array_index (node->choices, SvChoice, best) : NULL;

  if (choice == NULL || choice->installed || choice->offer == NULL || node->installed_key == NULL)
    return NULL;
  SvUpgrade *upgrade = describe (node, choice->offer, FALSE);
  g_free (upgrade->reason);
  upgrade->reason =
      g_strdup_printf ("a preference keeps it away (priority %d)",
                       sv_policy_get_priority (world->policy, node->name, node->arch, choice));
  return upgrade;
}

static SvUpgrade *
describe_node (const SvWorld *world, const SvPolicy *unpinned, const SvNode *node)
{
  if (node->at == SV_AT_CANDIDATE)
    return describe (node, node->candidate, TRUE);
  if (node->installed == NULL)
    return NULL;
  if (node->at == SV_AT_ABSENT)
    return describe (node, NULL, TRUE);
  if (node->candidate != NULL)
    return describe (node, node->candidate, FALSE);
  return describe_pinned (world, unpinned, node);
}

static int
compare_upgrades (gconstpointer a, gconstpointer b)
{
  const SvUpgrade *left = *(SvUpgrade *const *)a, *right = *(SvUpgrade *const *)b;
  int order = strcmp (left->package, right->package);
  return order != 0 ? order : strcmp (left->arch, right->arch);
}

static SvUpgradePlan *
make_plan (const SvWorld *world, const SvPolicy *unpinned)
{
  SvUpgradePlan *plan = g_new0 (SvUpgradePlan, 1);
  plan->upgrades = g_ptr_array_new_with_free_func (upgrade_free);
  for (guint i = 0; i < world->nodes->len; i++) {
    SvUpgrade *upgrade = describe_node (world, unpinned, g_ptr_array_index (world->nodes, i));
    if (upgrade != NULL)
      g_ptr_array_add (plan->upgrades, upgrade);
  }
  g_ptr_array_sort (plan->upgrades, compare_upgrades);
  return plan;
}

/* --- reading what the plan needs --- */

static GHashTable *
new_names (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* New packages are mostly installed ones with another number: a kernel, a library. Reading those
 * with the rest saves a second pass over the archive. */
static void
read_first (SvArchive *archive, const GPtrArray *packages, GHashTable *names)
{
  g_autoptr (GHashTable) shapes = new_names ();
  SvArchiveQuery query = {.names = names, .shapes = shapes};

  for (guint i = 0; i < packages->len; i++) {
    const SvPackage *package = g_ptr_array_index (packages, i);
    g_hash_table_add (names, g_strdup (package->name));
    if (strpbrk (package->name, "0123456789") != NULL)
      g_hash_table_add (shapes, sv_archive_shape (package->name, strlen (package->name)));
  }
  sv_archive_read (archive, &query);
}

static void
read_more (SvArchive *archive, GHashTable *unread, GHashTable *names)
{
  SvArchiveQuery query = {.names = unread, .providers = TRUE};
  GHashTableIter iter;
  gpointer name;

  sv_archive_read (archive, &query);
  g_hash_table_iter_init (&iter, unread);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_hash_table_add (names, g_strdup (name));
}

static const char *
find_native_arch (const SvUpgradeInput *input)
{
  for (guint i = 0; input->native_arch == NULL && i < input->packages->len; i++) {
    const SvPackage *package = g_ptr_array_index (input->packages, i);
    if (strcmp (package->name, "dpkg") == 0)
      return package->arch;
  }
  return input->native_arch != NULL ? input->native_arch : "amd64";
}

/* A chain of new packages may name others still; each reading goes one step down the chain. */
enum { READINGS = 16 };

SvUpgradePlan *
sv_upgrade_plan (SvArchive *archive, const SvUpgradeInput *input)
{
  g_autoptr (GHashTable) names = new_names ();
  SvPolicyInput rules = {.indexes = sv_archive_get_indexes (archive),
                         .pins = input->pins,
                         .native_arch = find_native_arch (input),
                         .default_release = input->default_release};
  SvUpgradePlan *plan = NULL;

  read_first (archive, input->packages, names);
  g_autoptr (SvPolicy) policy = sv_policy_new (&rules);
  rules.pins = NULL;
  g_autoptr (SvPolicy) unpinned = sv_policy_new (&rules);
  for (guint i = 0; i < READINGS && plan == NULL; i++) {
    g_auto (SvWorld) world = {.archive = archive,
                              .input = input,
                              .policy = policy,
                              .native_arch = rules.native_arch,
                              .read = names};
    sv_world_init (&world);
    sv_world_solve (&world);
    if (g_hash_table_size (world.unread) == 0 || i + 1 == READINGS)
      plan = make_plan (&world, unpinned);
    else
      read_more (archive, world.unread, names);
  }
  return plan;
}

char *
sv_upgrade_find_origin (const SvArchive *archive, const SvPackage *package)
{
  const GPtrArray *offers = sv_archive_find_candidates (archive, package->name);
  for (guint i = 0; offers != NULL && i < offers->len; i++) {
    const SvCandidate *offer = g_ptr_array_index (offers, i);
    if (strcmp (offer->version, package->version) == 0 && strcmp (offer->arch, package->arch) == 0)
      return sv_policy_format_origin (offer->indexes);
  }
  return g_strdup ("");
}
