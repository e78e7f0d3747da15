/* The fleet index itself: its life, and its state. */
#include "exposure/fleet_private.h"

#include <string.h>

static const SvField state_fields[] = {
    SV_FIELD (SvFleetState, hosts, SV_TYPE_INT64, .doc = "Hosts in the index."),
    SV_FIELD (SvFleetState, parts, SV_TYPE_INT64,
              .doc = "Distinct packages, or groups of them, that are judged by themselves."),
    SV_FIELD (SvFleetState, parts_unjudged, SV_TYPE_INT64,
              .doc = "Those of them that are not judged yet: what they bring is not known."),
    SV_FIELD (SvFleetState, hosts_uncovered, SV_TYPE_INT64,
              .doc =
                  "Hosts of a release that no source speaks of: what affects them is not known."),
    SV_FIELD (SvFleetState, flaws, SV_TYPE_INT64, .doc = "Vulnerabilities that hosts have."),
    SV_FIELD (SvFleetState, matched_at_us, SV_TYPE_INSTANT, .doc = "When they were last judged."),
    SV_FIELD (SvFleetState, generation, SV_TYPE_INT64, .doc = "Grows with every change."),
};
SV_RECORD_TYPE (sv_fleet_state_type, SvFleetState, "FleetState", state_fields,
                "How much of the fleet is judged.");

/* --- life --- */

static void
platform_free (gpointer data)
{
  SvPlatform *platform = data;
  g_free (platform->key);
  g_free (platform->release);
  g_array_unref (platform->part_of);
  g_free (platform);
}

static void
posture_free (gpointer data)
{
  SvPosture *posture = data;
  sv_inventory_free (posture->facts);
  g_free (posture);
}

static void
part_free (gpointer data)
{
  SvPart *part = data;
  if (part == NULL)
    return;
  roaring_bitmap_free (part->hosts);
  g_clear_pointer (&part->odd, g_array_unref);
  g_free (part->entries);
  g_free (part);
}

SvFleet *
sv_fleet_new (SvDictionary *dictionary)
{
  SvFleet *fleet = g_new0 (SvFleet, 1);
  fleet->dictionary = dictionary;
  g_rw_lock_init (&fleet->lock);
  g_mutex_init (&fleet->matching);
  fleet->platforms = g_ptr_array_new_with_free_func (platform_free);
  fleet->postures = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, posture_free);
  fleet->sets = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  sv_fleet_init_systems (fleet);
  fleet->parts = g_ptr_array_new_with_free_func (part_free);
  g_ptr_array_add (fleet->parts, NULL); /* there is no part 0 */
  fleet->groups =
      g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
  fleet->hosts = g_array_new (FALSE, TRUE, sizeof (SvFleetHost));
  fleet->ordinals = g_hash_table_new (g_str_hash, g_str_equal);
  fleet->names = g_string_chunk_new (64 * 1024);
  fleet->kinds = g_byte_array_new ();
  fleet->match = sv_match_new ();
  fleet->recorded = g_array_new (FALSE, TRUE, sizeof (guint64));
  return fleet;
}

void
sv_fleet_free (SvFleet *fleet)
{
  if (fleet == NULL)
    return;
  sv_match_free (fleet->match);
  g_array_unref (fleet->recorded);
  g_clear_pointer (&fleet->open_parts, g_hash_table_unref);
  g_byte_array_unref (fleet->kinds);
  g_hash_table_unref (fleet->ordinals);
  g_string_chunk_free (fleet->names);
  g_array_unref (fleet->hosts);
  g_hash_table_unref (fleet->groups);
  g_ptr_array_unref (fleet->parts);
  g_hash_table_unref (fleet->system_numbers);
  g_ptr_array_unref (fleet->systems);
  g_hash_table_unref (fleet->sets);
  g_ptr_array_unref (fleet->platforms);
  g_hash_table_unref (fleet->postures);
  g_mutex_clear (&fleet->matching);
  g_rw_lock_clear (&fleet->lock);
  g_free (fleet);
}

/* --- itself --- */

static void
count_parts (const SvFleet *fleet, SvFleetState *state)
{
  const GPtrArray *judged = fleet->match->flaws_of;
  for (guint i = 1; i < fleet->parts->len; i++) {
    const SvPart *part = fleet->parts->pdata[i];
    if (roaring_bitmap_is_empty (part->hosts))
      continue;
    state->parts++;
    state->parts_unjudged += i >= judged->len || judged->pdata[i] == NULL;
  }
}

gboolean
sv_fleet_is_uncovered (const SvFleet *fleet, const SvFleetHost *host)
{
  const GByteArray *covered = fleet->match->covered;
  return host->set != NULL && (host->platform >= covered->len || !covered->data[host->platform]);
}

static gint64
count_uncovered (const SvFleet *fleet)
{
  gint64 n = 0;
  for (guint i = 0; i < fleet->hosts->len; i++)
    n += sv_fleet_is_uncovered (fleet, &g_array_index (fleet->hosts, SvFleetHost, i));
  return n;
}

void
sv_fleet_get_state (SvFleet *fleet, SvFleetState *ret_state)
{
  *ret_state = (SvFleetState){0};
  g_rw_lock_reader_lock (&fleet->lock);
  ret_state->hosts = (gint64)fleet->n_hosts;
  ret_state->matched_at_us = fleet->match->at_us;
  ret_state->generation = (gint64)fleet->generation;
  count_parts (fleet, ret_state);
  ret_state->hosts_uncovered = count_uncovered (fleet);
  for (guint32 i = 0; i < fleet->match->names->len; i++)
    ret_state->flaws += sv_fleet_has_flaw (fleet, i, NULL);
  g_rw_lock_reader_unlock (&fleet->lock);
}

gboolean
sv_fleet_is_matched (SvFleet *fleet)
{
  g_rw_lock_reader_lock (&fleet->lock);
  gboolean matched = fleet->match->at_us != 0;
  g_rw_lock_reader_unlock (&fleet->lock);
  return matched;
}

guint64
sv_fleet_measure (SvFleet *fleet)
{
  guint64 bytes = 0;
  g_rw_lock_reader_lock (&fleet->lock);
  for (guint i = 1; i < fleet->parts->len; i++) {
    const SvPart *part = fleet->parts->pdata[i];
    bytes += sizeof *part + part->n_entries * 4 + roaring_bitmap_size_in_bytes (part->hosts);
  }
  for (guint i = 0; i < fleet->match->flaws_of->len; i++) {
    const GArray *flaws = fleet->match->flaws_of->pdata[i];
    bytes += flaws != NULL ? 2 * flaws->len * sizeof (SvPartFlaw) : 0;
  }
  bytes += fleet->hosts->len * sizeof (SvFleetHost);
  g_rw_lock_reader_unlock (&fleet->lock);
  return bytes;
}
