/* Parts of the fleet index: what is judged, and which hosts have it. */
#include "exposure/fleet_private.h"

#include "exposure/part.h"

#include <string.h>

typedef enum { KIND_NOT_LOOKED_AT, KIND_SINGLE, KIND_JOINT } EntryKind;

gboolean
sv_fleet_is_joint (SvFleet *fleet, guint32 entry)
{
  while (fleet->kinds->len <= entry)
    g_byte_array_append (fleet->kinds, &(guint8){KIND_NOT_LOOKED_AT}, 1);
  guint8 *kind = &fleet->kinds->data[entry];
  const SvPackage *package =
      *kind == KIND_NOT_LOOKED_AT ? sv_dictionary_find_package (fleet->dictionary, entry) : NULL;
  if (package != NULL)
    *kind = sv_part_is_joint (package) ? KIND_JOINT : KIND_SINGLE;
  return *kind == KIND_JOINT;
}

/* --- postures and platforms --- */

static guint32
find_platform (SvFleet *fleet, SvInventory *facts)
{
  g_autofree char *release = sv_release_of_distro (facts->distro);
  g_autofree char *key = sv_part_format_platform (facts);
  for (guint i = 0; i < fleet->platforms->len; i++)
    if (strcmp (((SvPlatform *)fleet->platforms->pdata[i])->key, key) == 0)
      return i;
  SvPlatform *platform = g_new (SvPlatform, 1);
  *platform = (SvPlatform){.key = g_steal_pointer (&key),
                           .release = release != NULL ? g_steal_pointer (&release) : g_strdup (""),
                           .facts = facts,
                           .part_of = g_array_new (FALSE, TRUE, sizeof (guint32))};
  g_ptr_array_add (fleet->platforms, platform);
  return fleet->platforms->len - 1;
}

gboolean
sv_fleet_load_posture (SvFleet *fleet, SvDb *db, gint64 posture, SvPosture **ret_posture,
                       GError **error)
{
  *ret_posture = g_hash_table_lookup (fleet->postures, &posture);
  if (*ret_posture != NULL)
    return TRUE;
  SvInventory *facts = sv_posture_load (db, posture, error);
  if (facts == NULL)
    return FALSE;
  SvPosture *loaded = g_new (SvPosture, 1);
  *loaded = (SvPosture){facts, find_platform (fleet, facts)};
  g_hash_table_insert (fleet->postures, g_memdup2 (&posture, sizeof posture), loaded);
  *ret_posture = loaded;
  return TRUE;
}

/* --- parts --- */

static SvPart *
add_part (SvFleet *fleet, guint32 platform, guint32 first)
{
  SvPart *part = g_new0 (SvPart, 1);
  part->id = fleet->parts->len;
  part->platform = platform;
  part->n_entries = 1;
  part->entry = first;
  part->hosts = roaring_bitmap_create ();
  g_ptr_array_add (fleet->parts, part);
  return part;
}

SvPart *
sv_fleet_get_part (SvFleet *fleet, guint32 platform, guint32 entry)
{
  GArray *part_of = ((SvPlatform *)fleet->platforms->pdata[platform])->part_of;
  if (part_of->len <= entry)
    g_array_set_size (part_of, MAX (entry + 1, part_of->len * 2));
  guint32 *id = &g_array_index (part_of, guint32, entry);
  if (*id == 0)
    *id = add_part (fleet, platform, entry)->id;
  return fleet->parts->pdata[*id];
}

static GBytes *
group_key (gint64 posture, const GArray *entries)
{
  GByteArray *key = g_byte_array_sized_new ((guint)sizeof posture + entries->len * 4);
  g_byte_array_append (key, (const guint8 *)&posture, sizeof posture);
  g_byte_array_append (key, (const guint8 *)entries->data, entries->len * 4);
  return g_byte_array_free_to_bytes (key);
}

SvPart *
sv_fleet_get_group (SvFleet *fleet, gint64 posture, const GArray *entries)
{
  g_autoptr (GBytes) key = group_key (posture, entries);
  SvPart *part = g_hash_table_lookup (fleet->groups, key);
  if (part != NULL)
    return part;
  const SvPosture *of = g_hash_table_lookup (fleet->postures, &posture);
  part = add_part (fleet, of->platform, g_array_index (entries, guint32, 0));
  part->posture = posture;
  part->n_entries = entries->len;
  part->entries = g_memdup2 (entries->data, entries->len * sizeof (guint32));
  g_hash_table_insert (fleet->groups, g_steal_pointer (&key), part);
  return part;
}
