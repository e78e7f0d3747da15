#include "exposure/world.h"

#include <string.h>

static void
relations_clear (SvRelations *relations)
{
  g_clear_pointer (&relations->depends, g_ptr_array_unref);
  g_clear_pointer (&relations->conflicts, g_ptr_array_unref);
  g_clear_pointer (&relations->provides, g_ptr_array_unref);
}

static void
node_free (SvNode *node)
{
  g_free (node->reason);
  g_clear_pointer (&node->installed_key, g_bytes_unref);
  g_clear_pointer (&node->choices, g_array_unref);
  for (guint at = 0; at < SV_N_AT; at++)
    relations_clear (&node->relations[at]);
  g_free (node);
}

void
sv_world_clear (SvWorld *world)
{
  g_clear_pointer (&world->by_name, g_hash_table_unref);
  g_clear_pointer (&world->by_provided, g_hash_table_unref);
  g_clear_pointer (&world->nodes, g_ptr_array_unref);
  g_clear_pointer (&world->unread, g_hash_table_unref);
}

/* --- choices --- */

static gboolean
belongs_to (const SvCandidate *candidate, const char *arch, const char *native_arch)
{
  const char *home = strcmp (candidate->arch, "all") == 0 ? native_arch : candidate->arch;
  return strcmp (home, arch) == 0;
}

/* Offers of one version that differ in their bytes are choices of their own. apt would replace what
 * is installed by another build of the same version; that is no update. */
static void
add_offers (const SvWorld *world, SvNode *node)
{
  const GPtrArray *offers = sv_archive_find_candidates (world->archive, node->name);
  for (guint i = 0; offers != NULL && i < offers->len; i++) {
    const SvCandidate *offer = g_ptr_array_index (offers, i);
    if (!belongs_to (offer, node->arch, world->native_arch))
      continue;
    SvChoice choice = {.version = offer->version, .key = offer->key, .offer = offer};
    choice.installed =
        node->installed_key != NULL && g_bytes_equal (offer->key, node->installed_key);
    g_array_append_val (node->choices, choice);
  }
}

/* Where no archive offers the installed version, it is a choice of its own. */
static void
add_installed (SvNode *node)
{
  SvChoice own = {.key = node->installed_key, .installed = TRUE};
  guint at = 0;

  if (node->installed_key == NULL)
    return;
  own.version = node->installed->version;
  for (; at < node->choices->len; at++) {
    const SvChoice *choice = &g_array_index (node->choices, SvChoice, at);
    if (choice->installed)
      return;
    if (sv_key_bytes_compare (choice->key, node->installed_key) < 0)
      break;
  }
  g_array_insert_val (node->choices, at, own);
}

static void
choose (const SvWorld *world, SvNode *node)
{
  int best = sv_policy_choose (world->policy, node->name, node->arch, node->choices);
  const SvChoice *choice = best >= 0 ? &g_array_index (node->choices, SvChoice, best) : NULL;

  if (choice == NULL || choice->installed)
    return;
  node->candidate = choice->offer;
  node->phase = sv_policy_phase (choice->offer, world->input->machine_id);
}

/* --- nodes --- */

static void
parse_relations (SvRelations *relations, const char *depends, const char *conflicts,
                 const char *provides)
{
  relations->depends = sv_dependencies_parse (depends);
  relations->conflicts = sv_dependencies_parse (conflicts);
  relations->provides = sv_dependencies_parse (provides);
}

static void
read_relations (SvNode *node)
{
  const SvPackage *installed = node->installed;
  const SvCandidate *candidate = node->candidate;

  parse_relations (&node->relations[SV_AT_ABSENT], NULL, NULL, NULL);
  parse_relations (&node->relations[SV_AT_INSTALLED], installed ? installed->depends : NULL,
                   installed ? installed->conflicts : NULL, installed ? installed->provides : NULL);
  parse_relations (&node->relations[SV_AT_CANDIDATE], candidate ? candidate->depends : NULL,
                   candidate ? candidate->conflicts : NULL, candidate ? candidate->provides : NULL);
}

/* @name must live as long as the table. */
static void
list_node (GHashTable *table, const char *name, SvNode *node)
{
  GPtrArray *list = g_hash_table_lookup (table, name);
  if (list == NULL) {
    list = g_ptr_array_new ();
    g_hash_table_insert (table, (gpointer)name, list);
  }
  if (!g_ptr_array_find (list, node, NULL))
    g_ptr_array_add (list, node);
}

static void
list_provided (SvWorld *world, SvNode *node)
{
  for (guint at = 0; at < SV_N_AT; at++)
    for (guint i = 0; i < node->relations[at].provides->len; i++) {
      const SvDependencyGroup *group = g_ptr_array_index (node->relations[at].provides, i);
      const SvDependency *provided = g_ptr_array_index (group->alternatives, 0);
      list_node (world->by_provided, provided->name, node);
    }
}

static SvNode *
add_node (SvWorld *world, const char *name, const char *arch, const SvPackage *installed)
{
  SvNode *node = g_new0 (SvNode, 1);

  node->name = name;
  node->arch = arch;
  node->installed = installed;
  node->choices = g_array_new (FALSE, FALSE, sizeof (SvChoice));
  node->at = installed != NULL ? SV_AT_INSTALLED : SV_AT_ABSENT;
  if (installed != NULL)
    node->installed_key = sv_version_key (SV_SCHEME_DEB, installed->version, NULL);
  add_offers (world, node);
  add_installed (node);
  if (installed == NULL || node->installed_key != NULL)
    choose (world, node);
  read_relations (node);
  list_node (world->by_name, name, node);
  list_provided (world, node);
  g_ptr_array_add (world->nodes, node);
  return node;
}

/* --- the world --- */

static int
compare_nodes (gconstpointer a, gconstpointer b)
{
  const SvNode *left = *(SvNode *const *)a, *right = *(SvNode *const *)b;
  int order = strcmp (left->name, right->name);
  return order != 0 ? order : strcmp (left->arch, right->arch);
}

void
sv_world_init (SvWorld *world)
{
  const GPtrArray *packages = world->input->packages;

  world->nodes = g_ptr_array_new_with_free_func ((GDestroyNotify)node_free);
  world->by_name =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
  world->by_provided =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
  world->unread = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < packages->len; i++) {
    const SvPackage *package = g_ptr_array_index (packages, i);
    if (package->state == SV_PACKAGE_CONFIG_FILES)
      continue;
    const char *arch = strcmp (package->arch, "all") == 0 ? world->native_arch : package->arch;
    add_node (world, package->name, arch, package);
  }
  g_ptr_array_sort (world->nodes, compare_nodes);
}

const GPtrArray *
sv_world_find (const SvWorld *world, const char *name)
{
  return g_hash_table_lookup (world->by_name, name);
}

const GPtrArray *
sv_world_find_providers (const SvWorld *world, const char *name)
{
  return g_hash_table_lookup (world->by_provided, name);
}

SvNode *
sv_world_get (SvWorld *world, const char *name, const char *arch)
{
  const GPtrArray *nodes = sv_world_find (world, name);
  const GPtrArray *offers = sv_archive_find_candidates (world->archive, name);

  for (guint i = 0; nodes != NULL && i < nodes->len; i++) {
    SvNode *node = g_ptr_array_index (nodes, i);
    if (strcmp (node->arch, arch) == 0)
      return node;
  }
  for (guint i = 0; offers != NULL && i < offers->len; i++) {
    const SvCandidate *offer = g_ptr_array_index (offers, i);
    if (belongs_to (offer, arch, world->native_arch))
      return add_node (world, offer->name, arch, NULL);
  }
  return NULL;
}

/* --- one node --- */

const SvCandidate *
sv_node_get_offer (const SvNode *node, SvAt at)
{
  if (at == SV_AT_CANDIDATE)
    return node->candidate;
  for (guint i = 0; at == SV_AT_INSTALLED && i < node->choices->len; i++) {
    const SvChoice *choice = &g_array_index (node->choices, SvChoice, i);
    if (choice->installed)
      return choice->offer;
  }
  return NULL;
}

GBytes *
sv_node_get_key (const SvNode *node, SvAt at)
{
  if (at == SV_AT_CANDIDATE)
    return node->candidate->key;
  return at == SV_AT_INSTALLED ? node->installed_key : NULL;
}

const char *
sv_node_get_multi_arch (const SvNode *node, SvAt at)
{
  if (at == SV_AT_CANDIDATE)
    return node->candidate->multi_arch;
  return at == SV_AT_INSTALLED ? node->installed->multi_arch : NULL;
}

void
sv_node_settle (SvNode *node, char *reason)
{
  node->at = node->installed != NULL ? SV_AT_INSTALLED : SV_AT_ABSENT;
  node->settled = TRUE;
  g_free (node->reason);
  node->reason = reason;
}
