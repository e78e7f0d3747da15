/* The fleet index itself: its life, and its answers. */
#include "exposure/fleet_private.h"

#include <string.h>

static const SvField flaw_fields[] = {
    SV_FIELD (SvFleetFlaw, vulnerability, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "CVE id, or the advisory's own."),
    SV_FIELD (SvFleetFlaw, hosts, SV_TYPE_INT64,
              .doc = "Hosts that are affected, in code that can run."),
    SV_FIELD (SvFleetFlaw, hosts_low, SV_TYPE_INT64,
              .doc = "Hosts affected only in headers, data, or kernels that lie about."),
    SV_FIELD (SvFleetFlaw, hosts_unknown, SV_TYPE_INT64,
              .doc = "Hosts of which it cannot be told."),
    SV_FIELD (SvFleetFlaw, fixable, SV_TYPE_INT64, .flags = SV_FIELD_WIDE,
              .doc = "Distinct affected packages for which a fixed version is named."),
};
SV_RECORD_TYPE (sv_fleet_flaw_type, SvFleetFlaw, "FleetFlaw", flaw_fields,
                "One vulnerability over the whole fleet.");

static const SvField state_fields[] = {
    SV_FIELD (SvFleetState, hosts, SV_TYPE_INT64, .doc = "Hosts in the index."),
    SV_FIELD (SvFleetState, parts, SV_TYPE_INT64,
              .doc = "Distinct packages, or groups of them, that are judged by themselves."),
    SV_FIELD (SvFleetState, parts_unjudged, SV_TYPE_INT64,
              .doc = "Those of them that are not judged yet: what they bring is not known."),
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
  fleet->parts = g_ptr_array_new_with_free_func (part_free);
  g_ptr_array_add (fleet->parts, NULL); /* there is no part 0 */
  fleet->groups =
      g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
  fleet->hosts = g_array_new (FALSE, TRUE, sizeof (SvFleetHost));
  fleet->ordinals = g_hash_table_new (g_str_hash, g_str_equal);
  fleet->names = g_string_chunk_new (64 * 1024);
  fleet->kinds = g_byte_array_new ();
  fleet->match = sv_match_new ();
  return fleet;
}

void
sv_fleet_free (SvFleet *fleet)
{
  if (fleet == NULL)
    return;
  sv_match_free (fleet->match);
  g_byte_array_unref (fleet->kinds);
  g_hash_table_unref (fleet->ordinals);
  g_string_chunk_free (fleet->names);
  g_array_unref (fleet->hosts);
  g_hash_table_unref (fleet->groups);
  g_ptr_array_unref (fleet->parts);
  g_hash_table_unref (fleet->sets);
  g_ptr_array_unref (fleet->platforms);
  g_hash_table_unref (fleet->postures);
  g_mutex_clear (&fleet->matching);
  g_rw_lock_clear (&fleet->lock);
  g_free (fleet);
}

/* --- one flaw --- */

/* Which parts of a flaw count. */
typedef gboolean (*CountsFunc) (const SvPartFlaw *flaw);

static gboolean
counts_fully (const SvPartFlaw *flaw)
{
  return flaw->verdict == SV_VERDICT_AFFECTED && !flaw->is_low;
}

static gboolean
counts_low (const SvPartFlaw *flaw)
{
  return flaw->verdict == SV_VERDICT_AFFECTED && flaw->is_low;
}

static gboolean
counts_unknown (const SvPartFlaw *flaw)
{
  return flaw->verdict == SV_VERDICT_UNKNOWN;
}

/* Hosts that have a part of flaw @number which counts: an OR of a few bitmaps. */
static roaring_bitmap_t *
unite (const SvFleet *fleet, gint64 number, CountsFunc counts)
{
  const GArray *parts = fleet->match->parts_of->pdata[number];
  g_autofree const roaring_bitmap_t **bitmaps = g_new (const roaring_bitmap_t *, parts->len);
  gsize n = 0;
  for (guint i = 0; i < parts->len; i++) {
    const SvPartFlaw *of = &g_array_index (parts, SvPartFlaw, i);
    if (counts (of))
      bitmaps[n++] = ((const SvPart *)fleet->parts->pdata[of->flaw])->hosts;
  }
  return roaring_bitmap_or_many (n, bitmaps);
}

/* How many of @fewer are not in @more; @more then holds both. */
static gint64
count_more (roaring_bitmap_t *more, roaring_bitmap_t *fewer)
{
  guint64 n = roaring_bitmap_andnot_cardinality (fewer, more);
  roaring_bitmap_or_inplace (more, fewer);
  roaring_bitmap_free (fewer);
  return (gint64)n;
}

/* Each host counts once, as the worst that is true of it. */
static SvFleetFlaw *
new_flaw (const SvFleet *fleet, gint64 number)
{
  SvFleetFlaw *flaw = sv_record_new (&sv_fleet_flaw_type);
  flaw->vulnerability = g_strdup (fleet->match->names->pdata[number]);
  roaring_bitmap_t *all = unite (fleet, number, counts_fully);
  flaw->hosts = (gint64)roaring_bitmap_get_cardinality (all);
  flaw->hosts_unknown = count_more (all, unite (fleet, number, counts_unknown));
  flaw->hosts_low = count_more (all, unite (fleet, number, counts_low));
  roaring_bitmap_free (all);
  const GArray *parts = fleet->match->parts_of->pdata[number];
  for (guint i = 0; i < parts->len; i++)
    flaw->fixable += g_array_index (parts, SvPartFlaw, i).is_fixable;
  return flaw;
}

/* Whether any host has it, in whatever way. */
static gboolean
is_present (const SvFleet *fleet, guint32 number)
{
  const GArray *parts = fleet->match->parts_of->pdata[number];
  for (guint i = 0; i < parts->len; i++) {
    const SvPart *part = fleet->parts->pdata[g_array_index (parts, SvPartFlaw, i).flaw];
    if (!roaring_bitmap_is_empty (part->hosts))
      return TRUE;
  }
  return FALSE;
}

/* Number of the flaw, or -1 with @error. */
static gint64
find_flaw (const SvFleet *fleet, const char *vulnerability, GError **error)
{
  gint64 number = sv_match_find (fleet->match, vulnerability);
  if (number >= 0 && is_present (fleet, (guint32)number))
    return number;
  g_autofree char *printable = sv_text_printable (vulnerability);
  g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND, "no host is known to have '%s'", printable);
  return -1;
}

SvFleetFlaw *
sv_fleet_load_flaw (SvFleet *fleet, const char *vulnerability, GError **error)
{
  g_rw_lock_reader_lock (&fleet->lock);
  gint64 number = find_flaw (fleet, vulnerability, error);
  SvFleetFlaw *flaw = number >= 0 ? new_flaw (fleet, number) : NULL;
  g_rw_lock_reader_unlock (&fleet->lock);
  return flaw;
}

/* --- all flaws --- */

GPtrArray *
sv_fleet_list_flaws (SvFleet *fleet, const char *after, guint limit, guint64 *ret_total)
{
  GPtrArray *flaws = g_ptr_array_new ();
  *ret_total = 0;
  g_rw_lock_reader_lock (&fleet->lock);
  const SvMatch *match = fleet->match;
  for (guint i = 0; i < match->order->len; i++) {
    guint32 number = g_array_index (match->order, guint32, i);
    if (!is_present (fleet, number))
      continue;
    (*ret_total)++;
    gboolean behind =
        after == NULL || sv_text_compare_natural (match->names->pdata[number], after) > 0;
    if (behind && flaws->len < limit)
      g_ptr_array_add (flaws, new_flaw (fleet, number));
  }
  g_rw_lock_reader_unlock (&fleet->lock);
  return flaws;
}

/* --- hosts of a flaw --- */

/* A cursor is the generation of the index and the ordinal of the last host of its page. */
static gboolean
read_cursor (const SvFleet *fleet, const char *after, guint32 *ret_first, GError **error)
{
  *ret_first = 0;
  if (after == NULL)
    return TRUE;
  g_auto (GStrv) parts = g_strsplit (after, ".", 3);
  gint64 generation, ordinal;
  if (g_strv_length (parts) != 2 || !sv_text_parse_int64 (parts[0], &generation, NULL) ||
      !sv_text_parse_int64 (parts[1], &ordinal, NULL) || ordinal < 0 || ordinal >= G_MAXUINT32)
    return sv_error_set_invalid (error, "no cursor of this list:", after);
  *ret_first = (guint32)ordinal + 1;
  if ((guint64)generation == fleet->generation)
    return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_CONFLICT,
                       "the fleet changed since the page before: begin again");
  return FALSE;
}

/* Ids of at most @limit hosts of @bitmap from ordinal @first on. */
static char *
list_ids (const SvFleet *fleet, const roaring_bitmap_t *bitmap, guint32 first, guint limit,
          GPtrArray *ids)
{
  char *next = NULL;
  guint32 last = 0;
  roaring_uint32_iterator_t *at = roaring_create_iterator (bitmap);
  for (gboolean more = roaring_move_uint32_iterator_equalorlarger (at, first); more;
       more = roaring_advance_uint32_iterator (at)) {
    if (ids->len == limit) {
      next = g_strdup_printf ("%" G_GUINT64_FORMAT ".%u", fleet->generation, last);
      break;
    }
    last = at->current_value;
    g_ptr_array_add (ids, g_strdup (g_array_index (fleet->hosts, SvFleetHost, last).id));
  }
  roaring_free_uint32_iterator (at);
  return next;
}

gboolean
sv_fleet_list_hosts (SvFleet *fleet, const char *vulnerability, const char *after, guint limit,
                     GPtrArray **ret_hosts, char **ret_next, guint64 *ret_total, GError **error)
{
  guint32 first;
  g_rw_lock_reader_lock (&fleet->lock);
  gint64 number = find_flaw (fleet, vulnerability, error);
  gboolean found = number >= 0 && read_cursor (fleet, after, &first, error);
  if (found) {
    roaring_bitmap_t *hosts = unite (fleet, number, counts_fully);
    *ret_hosts = sv_strings_new ();
    *ret_total = roaring_bitmap_get_cardinality (hosts);
    *ret_next = list_ids (fleet, hosts, first, limit, *ret_hosts);
    roaring_bitmap_free (hosts);
  }
  g_rw_lock_reader_unlock (&fleet->lock);
  return found;
}

/* --- flaws of a host --- */

static void
add_flaws_of_part (const SvFleet *fleet, guint32 part, GHashTable *numbers)
{
  const SvMatch *match = fleet->match;
  const GArray *flaws = part < match->flaws_of->len ? match->flaws_of->pdata[part] : NULL;
  for (guint i = 0; flaws != NULL && i < flaws->len; i++) {
    const SvPartFlaw *flaw = &g_array_index (flaws, SvPartFlaw, i);
    if (counts_fully (flaw))
      g_hash_table_add (numbers, GUINT_TO_POINTER (flaw->flaw));
  }
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return sv_text_compare_natural (*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *
list_flaws_of (SvFleet *fleet, const SvFleetHost *host)
{
  g_autoptr (GHashTable) numbers = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) entries = sv_fleet_set_resolve (host->set);
  const GArray *part_of = ((SvPlatform *)fleet->platforms->pdata[host->platform])->part_of;
  for (guint i = 0; i < entries->len; i++) {
    guint32 entry = g_array_index (entries, guint32, i);
    guint32 part = entry < part_of->len ? g_array_index (part_of, guint32, entry) : 0;
    if (part != 0 && fleet->kinds->data[entry] != 0)
      add_flaws_of_part (fleet, part, numbers);
  }
  if (host->group != 0)
    add_flaws_of_part (fleet, host->group, numbers);
  GPtrArray *names = sv_strings_new ();
  GHashTableIter iter;
  gpointer number;
  g_hash_table_iter_init (&iter, numbers);
  while (g_hash_table_iter_next (&iter, &number, NULL))
    g_ptr_array_add (names, g_strdup (fleet->match->names->pdata[GPOINTER_TO_UINT (number)]));
  g_ptr_array_sort (names, compare_names);
  return names;
}

GPtrArray *
sv_fleet_list_host_flaws (SvFleet *fleet, const char *host)
{
  g_rw_lock_reader_lock (&fleet->lock);
  guint ordinal = GPOINTER_TO_UINT (g_hash_table_lookup (fleet->ordinals, host));
  GPtrArray *flaws =
      ordinal != 0 ? list_flaws_of (fleet, &g_array_index (fleet->hosts, SvFleetHost, ordinal - 1))
                   : NULL;
  g_rw_lock_reader_unlock (&fleet->lock);
  return flaws;
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

void
sv_fleet_get_state (SvFleet *fleet, SvFleetState *ret_state)
{
  *ret_state = (SvFleetState){0};
  g_rw_lock_reader_lock (&fleet->lock);
  ret_state->hosts = (gint64)fleet->n_hosts;
  ret_state->matched_at_us = fleet->match->at_us;
  ret_state->generation = (gint64)fleet->generation;
  count_parts (fleet, ret_state);
  for (guint32 i = 0; i < fleet->match->names->len; i++)
    ret_state->flaws += is_present (fleet, i);
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
