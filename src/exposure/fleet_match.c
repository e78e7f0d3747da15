/* Matches: every part judged once, by the judge of single hosts. */
#include "exposure/fleet_private.h"

#include <string.h>

static void
free_array (gpointer array)
{
  if (array != NULL)
    g_array_unref (array);
}

SvMatch *
sv_match_new (void)
{
  SvMatch *match = g_new0 (SvMatch, 1);
  match->numbers = g_hash_table_new (g_str_hash, g_str_equal);
  match->names = sv_strings_new ();
  match->order = g_array_new (FALSE, FALSE, sizeof (guint32));
  match->parts_of = g_ptr_array_new_with_free_func (free_array);
  match->flaws_of = g_ptr_array_new_with_free_func (free_array);
  match->updates = g_ptr_array_new_with_free_func (sv_update_node_free);
  g_ptr_array_add (match->updates, NULL); /* there is no update 0 */
  match->update_numbers = g_hash_table_new (g_str_hash, g_str_equal);
  match->covered = g_byte_array_new ();
  return match;
}

void
sv_match_free (SvMatch *match)
{
  g_hash_table_unref (match->numbers);
  g_ptr_array_unref (match->names);
  g_array_unref (match->order);
  g_ptr_array_unref (match->parts_of);
  g_ptr_array_unref (match->flaws_of);
  g_byte_array_unref (match->covered);
  g_hash_table_unref (match->update_numbers);
  g_ptr_array_unref (match->updates);
  g_free (match);
}

gint64
sv_match_find (const SvMatch *match, const char *vulnerability)
{
  return (gint64)GPOINTER_TO_SIZE (g_hash_table_lookup (match->numbers, vulnerability)) - 1;
}

static guint32
number_of (SvMatch *match, const char *vulnerability)
{
  gint64 known = sv_match_find (match, vulnerability);
  if (known >= 0)
    return (guint32)known;
  char *name = g_strdup (vulnerability);
  g_ptr_array_add (match->names, name);
  g_ptr_array_add (match->parts_of, g_array_new (FALSE, FALSE, sizeof (SvPartFlaw)));
  g_hash_table_insert (match->numbers, name, GSIZE_TO_POINTER ((gsize)match->names->len));
  return match->names->len - 1;
}

/* The list of what is true of part @id, made empty if there is none yet: then it is judged. */
static GArray *
flaws_of (SvMatch *match, guint32 id)
{
  while (match->flaws_of->len <= id)
    g_ptr_array_add (match->flaws_of, NULL);
  if (match->flaws_of->pdata[id] == NULL)
    match->flaws_of->pdata[id] = g_array_new (FALSE, FALSE, sizeof (SvPartFlaw));
  return match->flaws_of->pdata[id];
}

/* --- judging --- */

/* One match in the making. */
typedef struct {
  const SvClaimSource *claims;
  gsize n_claims;
  SvMatch *match;
  GHashTable *part_of;        /* SvPackage -> SvPart, of the platform being judged */
  GPtrArray *platforms;       /* SvPlatform, lent: as many as there were at the start */
  const SvPlatform *platform; /* of what is being judged */
  GHashTable *updates;        /* of that platform: source, lent -> number */
  const SvPart *group;        /* being judged */
} Making;

static gboolean
is_worse (const SvPartFlaw *a, const SvPartFlaw *b)
{
  if (a->verdict != b->verdict)
    return a->verdict > b->verdict;
  return !a->is_low && b->is_low;
}

/* A flaw in several packages of a group counts as the worst of them (48). */
static void
add_flaw (GArray *flaws, SvPartFlaw flaw, gboolean may_repeat)
{
  for (guint i = 0; may_repeat && i < flaws->len; i++) {
    SvPartFlaw *known = &g_array_index (flaws, SvPartFlaw, i);
    if (known->flaw != flaw.flaw)
      continue;
    if (is_worse (&flaw, known))
      *known = flaw;
    return;
  }
  g_array_append_val (flaws, flaw);
}

static void
note_update (const Making *making, const SvPackage *package, const char *fixed, SvPartFlaw *flaw)
{
  if (fixed == NULL)
    return;
  const SvPlatform *platform = making->platform;
  const SvDistro *distro = platform->facts->distro;
  char *source = package->source != NULL ? package->source : package->name;
  guint32 number = GPOINTER_TO_UINT (g_hash_table_lookup (making->updates, source));
  if (number == 0) {
    SvScheme scheme = distro != NULL ? (SvScheme)distro->scheme : SV_SCHEME_DEB;
    number = sv_match_get_update (making->match, platform->release, scheme, source);
    g_hash_table_insert (making->updates, source, GUINT_TO_POINTER (number));
  }
  flaw->update = number;
  flaw->fixed = sv_match_note_version (making->match, number, fixed);
}

/* What was found out of another platform's sources is no longer at hand. */
static void
turn_to_platform (Making *making, guint32 platform)
{
  const SvPlatform *to = making->platforms->pdata[platform];
  if (making->platform != to)
    g_hash_table_remove_all (making->updates);
  making->platform = to;
}

static void
note_brief (const SvBrief *brief, gpointer user_data)
{
  Making *making = user_data;
  const SvPart *part = g_hash_table_lookup (making->part_of, brief->package);
  SvPartFlaw flaw = {.flaw = number_of (making->match, brief->vulnerability),
                     .verdict = (guint8)brief->verdict,
                     .is_low = brief->low_relevance};
  note_update (making, brief->package, brief->fixed, &flaw);
  add_flaw (flaws_of (making->match, part->id), flaw, FALSE);
}

static gboolean
note_finding (const SvPackage *package, SvFinding *owned, gpointer user_data, GError **error)
{
  g_autoptr (SvFinding) finding = owned;
  Making *making = user_data;
  SvPartFlaw flaw = {.flaw = number_of (making->match, finding->vulnerability),
                     .verdict = (guint8)finding->verdict,
                     .is_low = finding->low_relevance || finding->unimportant};
  note_update (making, package, finding->fixed, &flaw);
  add_flaw (flaws_of (making->match, making->group->id), flaw, TRUE);
  return TRUE;
}

static SvAssessment
new_assessment (const Making *making, const SvInventory *inventory)
{
  return (SvAssessment){.inventory = inventory,
                        .claims = making->claims,
                        .n_claims = making->n_claims,
                        .many_versions = TRUE};
}

static SvPackage *
package_of (SvFleet *fleet, guint32 entry)
{
  return (SvPackage *)sv_dictionary_find_package (fleet->dictionary, entry);
}

/* All single packages of one platform are judged as if they were one host's. */
static gboolean
judge_platform (SvFleet *fleet, Making *making, guint32 platform, const GPtrArray *parts,
                GError **error)
{
  g_autoptr (GHashTable) part_of = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) packages = g_ptr_array_new ();
  for (guint i = 0; i < parts->len; i++) {
    SvPart *part = parts->pdata[i];
    if (part->platform != platform || part->posture != 0)
      continue;
    SvPackage *package = package_of (fleet, part->entry);
    g_hash_table_insert (part_of, package, part);
    g_ptr_array_add (packages, package);
    flaws_of (making->match, part->id);
  }
  making->part_of = part_of;
  turn_to_platform (making, platform);
  const SvPlatform *of = making->platforms->pdata[platform];
  const SvInventory inventory = {.distro = of->facts->distro, .packages = packages};
  const SvAssessment assessment = new_assessment (making, &inventory);
  return sv_exposure_assess_briefly (&assessment, note_brief, making, error);
}

static gboolean
judge_group (SvFleet *fleet, Making *making, const SvPart *part, const SvPosture *posture,
             GError **error)
{
  g_autoptr (GPtrArray) packages = g_ptr_array_new ();
  for (guint32 i = 0; i < part->n_entries; i++)
    g_ptr_array_add (packages, package_of (fleet, part->entries[i]));
  SvInventory inventory = *posture->facts;
  inventory.packages = packages;
  making->group = part;
  turn_to_platform (making, posture->platform);
  flaws_of (making->match, part->id);
  const SvAssessment assessment = new_assessment (making, &inventory);
  return sv_exposure_assess_each (&assessment, note_finding, making, error);
}

static gboolean
judge_groups (SvFleet *fleet, Making *making, const GPtrArray *parts, GError **error)
{
  for (guint i = 0; i < parts->len; i++) {
    const SvPart *part = parts->pdata[i];
    if (part->posture == 0)
      continue;
    g_rw_lock_reader_lock (&fleet->lock);
    const SvPosture *posture = g_hash_table_lookup (fleet->postures, &part->posture);
    g_rw_lock_reader_unlock (&fleet->lock);
    if (!judge_group (fleet, making, part, posture, error))
      return FALSE;
  }
  return TRUE;
}

/* --- what is true of parts, the other way round --- */

static gint
compare_numbers (gconstpointer a, gconstpointer b, gpointer names)
{
  const GPtrArray *list = names;
  return sv_text_compare_natural (list->pdata[*(const guint32 *)a],
                                  list->pdata[*(const guint32 *)b]);
}

static void
sort_names (SvMatch *match)
{
  g_array_set_size (match->order, match->names->len);
  for (guint32 i = 0; i < match->names->len; i++)
    g_array_index (match->order, guint32, i) = i;
  g_array_sort_with_data (match->order, compare_numbers, match->names);
}

static void
add_part_to_flaws (SvMatch *match, guint32 part)
{
  const GArray *flaws = match->flaws_of->pdata[part];
  for (guint i = 0; flaws != NULL && i < flaws->len; i++) {
    SvPartFlaw of = g_array_index (flaws, SvPartFlaw, i);
    GArray *parts = match->parts_of->pdata[of.flaw];
    of.flaw = part;
    g_array_append_val (parts, of);
  }
  sv_match_note_updates (match, part);
}

static void
turn_round (SvMatch *match)
{
  for (guint32 part = 0; part < match->flaws_of->len; part++)
    add_part_to_flaws (match, part);
  sort_names (match);
}

/* --- putting in force --- */

/* Parts and platforms never go while the index lives: lists of them hold without the lock. */
static GPtrArray *
list_parts (SvFleet *fleet, gboolean only_new, GPtrArray **ret_platforms)
{
  GPtrArray *list = g_ptr_array_new ();
  g_rw_lock_reader_lock (&fleet->lock);
  const GPtrArray *judged = fleet->match->flaws_of;
  for (guint i = 1; i < fleet->parts->len; i++)
    if (!only_new || i >= judged->len || judged->pdata[i] == NULL)
      g_ptr_array_add (list, fleet->parts->pdata[i]);
  *ret_platforms = g_ptr_array_copy (fleet->platforms, NULL, NULL);
  g_ptr_array_set_free_func (*ret_platforms, NULL);
  g_rw_lock_reader_unlock (&fleet->lock);
  return list;
}

/* Of a release that nobody speaks of, silence is no health (26). */
static gboolean
note_coverage (Making *making, guint platform, GError **error)
{
  const char *release = ((const SvPlatform *)making->platforms->pdata[platform])->release;
  gboolean covered = FALSE;
  for (gsize i = 0; i < making->n_claims && *release != '\0' && !covered; i++) {
    const SvClaimSource *source = &making->claims[i];
    if (source->covers != NULL && !source->covers (source->source, release, &covered, error))
      return FALSE;
  }
  g_byte_array_append (making->match->covered, &(guint8){covered}, 1);
  return TRUE;
}

static SvMatch *
make_match (SvFleet *fleet, Making *making, gboolean only_new, GError **error)
{
  g_autoptr (GPtrArray) platforms = NULL;
  g_autoptr (GPtrArray) parts = list_parts (fleet, only_new, &platforms);
  g_autoptr (SvMatch) match = sv_match_new ();
  making->match = match;
  making->platforms = platforms;
  for (guint platform = 0; platform < platforms->len; platform++)
    if (!note_coverage (making, platform, error) ||
        !judge_platform (fleet, making, platform, parts, error))
      return NULL;
  return judge_groups (fleet, making, parts, error) ? g_steal_pointer (&match) : NULL;
}

/* Adds what @fresh knows of parts that @match has not judged. */
static void
merge (SvMatch *match, const SvMatch *fresh)
{
  for (guint32 part = 0; part < fresh->flaws_of->len; part++) {
    const GArray *flaws = fresh->flaws_of->pdata[part];
    if (flaws == NULL)
      continue;
    GArray *into = flaws_of (match, part);
    for (guint i = 0; i < flaws->len; i++) {
      SvPartFlaw flaw = g_array_index (flaws, SvPartFlaw, i);
      flaw.flaw = number_of (match, fresh->names->pdata[flaw.flaw]);
      sv_match_take_update (match, fresh, &flaw);
      g_array_append_val (into, flaw);
    }
    add_part_to_flaws (match, part);
  }
  sort_names (match);
  g_byte_array_set_size (match->covered, 0);
  g_byte_array_append (match->covered, fresh->covered->data, fresh->covered->len);
}

/* Puts *@match in force, and gives what was. */
static void
swap_match (SvFleet *fleet, SvMatch **match)
{
  SvMatch *old = fleet->match;
  fleet->match = *match;
  *match = old;
}

static gboolean
match_parts (SvFleet *fleet, Making *making, gint64 now_us, gboolean only_new, GError **error)
{
  SvMatch *fresh = make_match (fleet, making, only_new, error);
  if (fresh == NULL)
    return FALSE;
  if (!only_new)
    turn_round (fresh);
  g_rw_lock_writer_lock (&fleet->lock);
  if (only_new)
    merge (fleet->match, fresh);
  else
    swap_match (fleet, &fresh);
  fleet->match->at_us = now_us;
  fleet->generation++;
  g_rw_lock_writer_unlock (&fleet->lock);
  sv_match_free (fresh);
  return TRUE;
}

static gboolean
match_locked (SvFleet *fleet, const SvClaimSource *claims, gsize n_claims, gint64 now_us,
              gboolean only_new, GError **error)
{
  g_autoptr (GHashTable) updates = g_hash_table_new (g_str_hash, g_str_equal);
  Making making = {.claims = claims, .n_claims = n_claims, .updates = updates};
  g_mutex_lock (&fleet->matching);
  gboolean matched = match_parts (fleet, &making, now_us, only_new, error);
  g_mutex_unlock (&fleet->matching);
  return matched;
}

gboolean
sv_fleet_match (SvFleet *fleet, const SvClaimSource *claims, gsize n_claims, gint64 now_us,
                GError **error)
{
  return match_locked (fleet, claims, n_claims, now_us, FALSE, error);
}

gboolean
sv_fleet_match_new (SvFleet *fleet, const SvClaimSource *claims, gsize n_claims, gint64 now_us,
                    GError **error)
{
  return match_locked (fleet, claims, n_claims, now_us, TRUE, error);
}
