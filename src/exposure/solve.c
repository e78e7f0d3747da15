#include "exposure/world.h"

#include <string.h>

/* Every round either moves or settles a package, and none moves twice: this only bounds surprise.
 */
enum { ROUNDS = 1000 };

/* Whether to look at the packages as they are installed, or as they are planned. */
typedef enum { BEFORE, NOW } When;

static SvAt
at_of (const SvNode *node, When when)
{
  if (when == NOW)
    return node->at;
  return node->installed != NULL ? SV_AT_INSTALLED : SV_AT_ABSENT;
}

/* --- does a package meet a dependency --- */

static gboolean
has_multi_arch (const SvNode *node, SvAt at, const char *value)
{
  return g_strcmp0 (sv_node_get_multi_arch (node, at), value) == 0;
}

static gboolean
arch_fits (const SvNode *node, SvAt at, const SvDependency *dependency, const SvNode *depender)
{
  const char *qualifier = dependency->qualifier;

  if (qualifier != NULL && strcmp (qualifier, "any") != 0 && strcmp (qualifier, "native") != 0)
    return strcmp (node->arch, qualifier) == 0;
  if (strcmp (node->arch, depender->arch) == 0 || has_multi_arch (node, at, "foreign"))
    return TRUE;
  return g_strcmp0 (qualifier, "any") == 0 && has_multi_arch (node, at, "allowed");
}

/* "a, b (= 1)": a relation to a version is met only by a provided version. */
static gboolean
provides (const SvNode *node, SvAt at, const SvDependency *dependency)
{
  const GPtrArray *groups = node->relations[at].provides;
  for (guint i = 0; i < groups->len; i++) {
    const SvDependencyGroup *group = g_ptr_array_index (groups, i);
    const SvDependency *provided = g_ptr_array_index (group->alternatives, 0);
    if (strcmp (provided->name, dependency->name) != 0)
      continue;
    if (dependency->relation == SV_RELATION_ANY ||
        (provided->key != NULL && sv_dependency_allows (dependency, provided->key)))
      return TRUE;
  }
  return FALSE;
}

/* Whether the package at that place is what the relation names, by itself or by what it provides.
 */
static gboolean
is_named (const SvNode *node, SvAt at, const SvDependency *dependency)
{
  GBytes *key = sv_node_get_key (node, at);
  if (key == NULL)
    return FALSE;
  return (strcmp (node->name, dependency->name) == 0 && sv_dependency_allows (dependency, key)) ||
         provides (node, at, dependency);
}

static gboolean
meets (const SvNode *node, SvAt at, const SvDependency *dependency, const SvNode *depender)
{
  return at != SV_AT_ABSENT && arch_fits (node, at, dependency, depender) &&
         is_named (node, at, dependency);
}

static SvNode *
find_among (const GPtrArray *nodes, const SvDependency *dependency, const SvNode *depender,
            When when)
{
  for (guint i = 0; nodes != NULL && i < nodes->len; i++) {
    SvNode *node = g_ptr_array_index (nodes, i);
    if (meets (node, at_of (node, when), dependency, depender))
      return node;
  }
  return NULL;
}

static SvNode *
find_one (const SvWorld *world, const SvDependency *dependency, const SvNode *depender, When when)
{
  SvNode *node = find_among (sv_world_find (world, dependency->name), dependency, depender, when);
  if (node != NULL)
    return node;
  return find_among (sv_world_find_providers (world, dependency->name), dependency, depender, when);
}

static gboolean
is_met (const SvWorld *world, const SvDependencyGroup *group, const SvNode *depender, When when)
{
  for (guint i = 0; i < group->alternatives->len; i++)
    if (find_one (world, g_ptr_array_index (group->alternatives, i), depender, when) != NULL)
      return TRUE;
  return FALSE;
}

/* --- bringing in what a candidate needs --- */

static gboolean
may_move (const SvNode *node)
{
  return node->candidate != NULL && !node->settled && node->at != SV_AT_CANDIDATE;
}

static void
move_to_candidate (SvNode *node, const SvNode *depender)
{
  node->at = SV_AT_CANDIDATE;
  if (node->installed != NULL)
    return;
  g_free (node->reason);
  node->reason = g_strdup_printf ("needed by %s %s", depender->name, depender->candidate->version);
}

static gboolean
bring_by_name (SvWorld *world, const SvDependency *dependency, const SvNode *depender)
{
  SvNode *node = sv_world_get (world, dependency->name, depender->arch);
  if (node == NULL && strcmp (depender->arch, world->native_arch) != 0)
    node = sv_world_get (world, dependency->name, world->native_arch);
  if (node == NULL || !may_move (node) || !meets (node, SV_AT_CANDIDATE, dependency, depender))
    return FALSE;
  move_to_candidate (node, depender);
  return TRUE;
}

static gboolean
bring_provider (SvWorld *world, const SvDependency *dependency, const SvNode *depender)
{
  const GPtrArray *offers = sv_archive_find_providers (world->archive, dependency->name);
  for (guint i = 0; offers != NULL && i < offers->len; i++) {
    const SvCandidate *offer = g_ptr_array_index (offers, i);
    SvNode *node = sv_world_get (world, offer->name, depender->arch);
    if (node != NULL && may_move (node) && node->candidate == offer &&
        meets (node, SV_AT_CANDIDATE, dependency, depender)) {
      move_to_candidate (node, depender);
      return TRUE;
    }
  }
  return FALSE;
}

/* TRUE if the name was not looked for yet: the answer then comes with the next reading. */
static gboolean
note_unread (SvWorld *world, const char *name)
{
  if (g_hash_table_contains (world->read, name))
    return FALSE;
  g_hash_table_add (world->unread, g_strdup (name));
  return TRUE;
}

typedef enum { IMPOSSIBLE, BROUGHT, UNREAD } Outcome;

/* apt takes the first alternative that can be had. */
static Outcome
bring (SvWorld *world, const SvDependencyGroup *group, const SvNode *depender)
{
  for (guint i = 0; i < group->alternatives->len; i++) {
    const SvDependency *dependency = g_ptr_array_index (group->alternatives, i);
    if (bring_by_name (world, dependency, depender))
      return BROUGHT;
    if (note_unread (world, dependency->name))
      return UNREAD;
    if (bring_provider (world, dependency, depender))
      return BROUGHT;
  }
  return IMPOSSIBLE;
}

/* TRUE if something changed. */
static gboolean
meet_depends (SvWorld *world, SvNode *node)
{
  const GPtrArray *groups = node->relations[SV_AT_CANDIDATE].depends;
  gboolean changed = FALSE;

  for (guint i = 0; i < groups->len; i++) {
    const SvDependencyGroup *group = g_ptr_array_index (groups, i);
    if (is_met (world, group, node, NOW))
      continue;
    Outcome outcome = bring (world, group, node);
    if (outcome == IMPOSSIBLE) {
      sv_node_settle (node, g_strdup_printf ("its new version needs %s, which cannot be had here",
                                             group->text));
      return TRUE;
    }
    changed = changed || outcome == BROUGHT;
  }
  return changed;
}

/* --- conflicts --- */

/* A conflict is with every architecture unless it names one, and never with the package itself. */
static gboolean
hits (const SvNode *node, SvAt at, const SvDependency *conflict, const SvNode *by)
{
  const char *qualifier = conflict->qualifier;
  gboolean any = qualifier == NULL || strcmp (qualifier, "any") == 0;

  return at != SV_AT_ABSENT && strcmp (node->name, by->name) != 0 &&
         (any || strcmp (qualifier, node->arch) == 0) && is_named (node, at, conflict);
}

static SvNode *
find_hit_among (const GPtrArray *nodes, const SvDependency *conflict, const SvNode *by)
{
  for (guint i = 0; nodes != NULL && i < nodes->len; i++) {
    SvNode *node = g_ptr_array_index (nodes, i);
    if (hits (node, node->at, conflict, by))
      return node;
  }
  return NULL;
}

static SvNode *
find_hit (const SvWorld *world, const SvDependency *conflict, const SvNode *by)
{
  SvNode *node = find_hit_among (sv_world_find (world, conflict->name), conflict, by);
  if (node != NULL)
    return node;
  return find_hit_among (sv_world_find_providers (world, conflict->name), conflict, by);
}

static gboolean
replaces (const SvNode *node, const char *name)
{
  g_autoptr (GPtrArray) groups = sv_dependencies_parse (node->candidate->replaces);
  for (guint i = 0; i < groups->len; i++) {
    const SvDependencyGroup *group = g_ptr_array_index (groups, i);
    const SvDependency *replaced = g_ptr_array_index (group->alternatives, 0);
    if (strcmp (replaced->name, name) == 0)
      return TRUE;
  }
  return FALSE;
}

/* TRUE if every present package keeps what it depends on. */
static gboolean
can_do_without (const SvWorld *world, SvNode *victim)
{
  SvAt before = victim->at;
  gboolean fine = TRUE;

  victim->at = SV_AT_ABSENT;
  for (guint i = 0; fine && i < world->nodes->len; i++) {
    SvNode *node = g_ptr_array_index (world->nodes, i);
    const GPtrArray *groups = node->relations[node->at].depends;
    for (guint g = 0; fine && g < groups->len; g++) {
      const SvDependencyGroup *group = g_ptr_array_index (groups, g);
      if (is_met (world, group, node, NOW))
        continue;
      victim->at = before;
      fine = !is_met (world, group, node, NOW);
      victim->at = SV_AT_ABSENT;
    }
  }
  victim->at = before;
  return fine;
}

/* A package that is replaced goes, if nothing needs it any more; else the upgrade waits. */
static void
resolve_hit (const SvWorld *world, SvNode *node, SvNode *victim)
{
  if (victim->installed != NULL && !victim->settled && !victim->installed->held &&
      replaces (node, victim->name) && can_do_without (world, victim)) {
    victim->at = SV_AT_ABSENT;
    g_free (victim->reason);
    victim->reason = g_strdup_printf ("replaced by %s %s", node->name, node->candidate->version);
    return;
  }
  sv_node_settle (node, g_strdup_printf ("its new version conflicts with %s", victim->name));
}

static gboolean
avoid_conflicts (const SvWorld *world, SvNode *node)
{
  const GPtrArray *groups = node->relations[SV_AT_CANDIDATE].conflicts;
  for (guint i = 0; i < groups->len; i++) {
    const SvDependencyGroup *group = g_ptr_array_index (groups, i);
    SvNode *victim = find_hit (world, g_ptr_array_index (group->alternatives, 0), node);
    if (victim != NULL) {
      resolve_hit (world, node, victim);
      return TRUE;
    }
  }
  return FALSE;
}

/* Packages that may be installed for several architectures at once must be of one version. */
static gboolean
keep_in_step (const SvWorld *world, SvNode *node)
{
  const GPtrArray *nodes = sv_world_find (world, node->name);

  if (g_strcmp0 (node->candidate->multi_arch, "same") != 0)
    return FALSE;
  for (guint i = 0; i < nodes->len; i++) {
    const SvNode *other = g_ptr_array_index (nodes, i);
    GBytes *key = sv_node_get_key (other, other->at);
    if (other == node || key == NULL || g_bytes_equal (key, node->candidate->key))
      continue;
    sv_node_settle (node,
                    g_strdup_printf ("%s:%s stays at another version", other->name, other->arch));
    return TRUE;
  }
  return FALSE;
}

/* --- what stays must go on working --- */

static gboolean
has_moved (const SvNode *node)
{
  return node->at != at_of (node, BEFORE);
}

/* Takes back the package that met @group until the plan moved it. */
static gboolean
take_back (const SvWorld *world, const SvDependencyGroup *group, const SvNode *depender)
{
  for (guint i = 0; i < group->alternatives->len; i++) {
    const SvDependency *dependency = g_ptr_array_index (group->alternatives, i);
    SvNode *culprit = find_one (world, dependency, depender, BEFORE);
    if (culprit == NULL || !has_moved (culprit))
      continue;
    sv_node_settle (culprit, g_strdup_printf ("%s, which stays at %s, needs %s", depender->name,
                                              depender->installed->version, group->text));
    return TRUE;
  }
  return FALSE;
}

/* What stays may break what moved, unless it did so already. */
static gboolean
keep_apart (const SvWorld *world, SvNode *node)
{
  const GPtrArray *groups = node->relations[SV_AT_INSTALLED].conflicts;
  for (guint i = 0; i < groups->len; i++) {
    const SvDependencyGroup *group = g_ptr_array_index (groups, i);
    const SvDependency *conflict = g_ptr_array_index (group->alternatives, 0);
    SvNode *mover = find_hit (world, conflict, node);
    if (mover == NULL || !has_moved (mover) || hits (mover, at_of (mover, BEFORE), conflict, node))
      continue;
    sv_node_settle (mover, g_strdup_printf ("%s, which stays at %s, conflicts with it", node->name,
                                            node->installed->version));
    return TRUE;
  }
  return FALSE;
}

static gboolean
keep_working (const SvWorld *world, SvNode *node)
{
  const GPtrArray *groups = node->relations[SV_AT_INSTALLED].depends;
  for (guint i = 0; i < groups->len; i++) {
    const SvDependencyGroup *group = g_ptr_array_index (groups, i);
    if (!is_met (world, group, node, NOW) && is_met (world, group, node, BEFORE) &&
        take_back (world, group, node))
      return TRUE;
  }
  return FALSE;
}

/* --- the whole --- */

/* Nodes are added while their dependencies are met: the list may grow under the loop. */
static gboolean
do_round (SvWorld *world)
{
  gboolean changed = FALSE;
  for (guint i = 0; i < world->nodes->len; i++) {
    SvNode *node = g_ptr_array_index (world->nodes, i);
    if (node->at == SV_AT_CANDIDATE)
      changed = meet_depends (world, node) || changed;
    if (node->at == SV_AT_CANDIDATE)
      changed = avoid_conflicts (world, node) || changed;
    if (node->at == SV_AT_CANDIDATE)
      changed = keep_in_step (world, node) || changed;
    if (node->at == SV_AT_INSTALLED)
      changed = keep_working (world, node) || keep_apart (world, node) || changed;
  }
  return changed;
}

/* What was brought in for an upgrade that had to be taken back again. */
static gboolean
drop_unneeded (const SvWorld *world)
{
  gboolean changed = FALSE;
  for (guint i = 0; i < world->nodes->len; i++) {
    SvNode *node = g_ptr_array_index (world->nodes, i);
    if (node->installed != NULL || node->at != SV_AT_CANDIDATE || !can_do_without (world, node))
      continue;
    node->at = SV_AT_ABSENT;
    changed = TRUE;
  }
  return changed;
}

/* A version between the installed one and the candidate came from a security archive: then apt
 * does not wait for the phases. */
static gboolean
skips_security (const SvNode *node)
{
  for (guint i = 0; i < node->choices->len; i++) {
    const SvChoice *choice = &g_array_index (node->choices, SvChoice, i);
    if (choice->offer == NULL || sv_key_bytes_compare (choice->key, node->candidate->key) >= 0 ||
        sv_key_bytes_compare (choice->key, node->installed_key) <= 0)
      continue;
    for (guint n = 0; n < choice->offer->indexes->len; n++) {
      const SvIndex *index = g_ptr_array_index (choice->offer->indexes, n);
      if (index->suite != NULL && g_str_has_suffix (index->suite, "-security"))
        return TRUE;
    }
  }
  return FALSE;
}

static void
start_node (SvNode *node)
{
  if (node->candidate == NULL || node->installed == NULL)
    return;
  if (node->installed->held)
    sv_node_settle (node, g_strdup ("held"));
  else if (node->phase == SV_PHASE_DEFERRED && !skips_security (node))
    sv_node_settle (node, g_strdup_printf ("rolled out to %d %% of all hosts, not to this one yet",
                                           node->candidate->phased_percent));
  else
    node->at = SV_AT_CANDIDATE;
}

void
sv_world_solve (SvWorld *world)
{
  for (guint i = 0; i < world->nodes->len; i++)
    start_node (g_ptr_array_index (world->nodes, i));
  for (guint round = 0; round < ROUNDS && do_round (world); round++)
    continue;
  while (drop_unneeded (world))
    continue;
}
