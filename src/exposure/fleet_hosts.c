/* Hosts of the fleet index: all of them at the start, then one by one. */
#include "exposure/fleet_private.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#define SHORT_RUN 64 /* below, hosts are put one by one: it costs less */
#define ID(list, i) g_array_index (list, guint32, i)

/* What was encoded here decodes. */
static GArray *
decode (const guint8 *data, guint32 size)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  sv_id_list_decode (data, size, ids, NULL);
  return ids;
}

GArray *
sv_fleet_set_list_added (const SvFleetSet *set)
{
  return decode (set->lists, set->n_added);
}

GArray *
sv_fleet_set_list_removed (const SvFleetSet *set)
{
  return decode (set->lists + set->n_added, set->n_removed);
}

GArray *
sv_fleet_set_resolve (const SvFleetSet *set)
{
  g_autoptr (GArray) added = sv_fleet_set_list_added (set);
  if (set->base == NULL)
    return g_steal_pointer (&added);
  g_autoptr (GArray) whole = sv_fleet_set_list_added (set->base);
  g_autoptr (GArray) removed = sv_fleet_set_list_removed (set);
  return sv_id_list_apply (whole, removed, added);
}

/* --- sets --- */

static SvFleetSet *
find_set (const SvFleet *fleet, gint64 set)
{
  return g_hash_table_lookup (fleet->sets, &set);
}

static SvFleetSet *
add_set (SvFleet *fleet, const SvPackageSetRow *row, const SvFleetSet *base)
{
  g_autoptr (GBytes) added = sv_id_list_encode (row->added);
  g_autoptr (GBytes) removed = sv_id_list_encode (row->removed);
  gsize n_added, n_removed;
  const void *added_data = g_bytes_get_data (added, &n_added);
  const void *removed_data = g_bytes_get_data (removed, &n_removed);
  SvFleetSet *set = g_malloc (sizeof *set + n_added + n_removed);
  *set = (SvFleetSet){base, (guint32)n_added, (guint32)n_removed};
  if (n_added > 0)
    memcpy (set->lists, added_data, n_added);
  if (n_removed > 0)
    memcpy (set->lists + n_added, removed_data, n_removed);
  g_hash_table_insert (fleet->sets, g_memdup2 (&row->set, sizeof row->set), set);
  return set;
}

static gboolean
take_set (const SvPackageSetRow *row, gpointer user_data, GError **error)
{
  SvFleet *fleet = user_data;
  const SvFleetSet *base = row->base != 0 ? find_set (fleet, row->base) : NULL;
  if (row->base == 0 || base != NULL) {
    add_set (fleet, row, base);
    return TRUE;
  }
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
               "package set %" G_GINT64_FORMAT " differs from one that is not there", row->set);
  return FALSE;
}

/* The set of that number, read from the store if it is new here. */
static gboolean
load_set (SvFleet *fleet, SvDb *db, gint64 set, SvFleetSet **ret_set, GError **error)
{
  *ret_set = find_set (fleet, set);
  if (*ret_set != NULL)
    return TRUE;
  g_auto (SvPackageSetRow) row = {0};
  SvFleetSet *base = NULL;
  if (!sv_package_set_load_row (db, set, &row, error) ||
      (row.base != 0 && !load_set (fleet, db, row.base, &base, error)))
    return FALSE;
  *ret_set = add_set (fleet, &row, base);
  return TRUE;
}

/* --- which parts a host has --- */

static GArray *
list_joint (SvFleet *fleet, const GArray *entries)
{
  GArray *joint = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint i = 0; i < entries->len; i++)
    if (sv_fleet_is_joint (fleet, ID (entries, i)))
      g_array_append_val (joint, ID (entries, i));
  return joint;
}

/* Puts @host, or takes it out of, the parts of @entries that are judged alone. */
static void
mark_singles (SvFleet *fleet, guint32 platform, const GArray *entries, guint32 host, gboolean put)
{
  for (guint i = 0; i < entries->len; i++) {
    if (sv_fleet_is_joint (fleet, ID (entries, i)))
      continue;
    SvPart *part = sv_fleet_get_part (fleet, platform, ID (entries, i));
    if (put)
      roaring_bitmap_add (part->hosts, host);
    else
      roaring_bitmap_remove (part->hosts, host);
  }
}

/* @joint: the packages of the host that are judged together. */
static void
join_group (SvFleet *fleet, guint32 ordinal, const GArray *joint)
{
  SvFleetHost *host = &g_array_index (fleet->hosts, SvFleetHost, ordinal);
  host->group = 0;
  if (joint->len == 0)
    return;
  SvPart *group = sv_fleet_get_group (fleet, host->posture, joint);
  roaring_bitmap_add (group->hosts, ordinal);
  host->group = group->id;
}

static void
leave_group (SvFleet *fleet, guint32 ordinal)
{
  SvFleetHost *host = &g_array_index (fleet->hosts, SvFleetHost, ordinal);
  if (host->group != 0)
    roaring_bitmap_remove (((SvPart *)fleet->parts->pdata[host->group])->hosts, ordinal);
  host->group = 0;
}

/* --- all at the start --- */

static gboolean
take_host (const char *id, const SvHostPlace *place, gpointer user_data, GError **error)
{
  SvFleet *fleet = user_data;
  const SvFleetHost host = {.id = g_string_chunk_insert (fleet->names, id),
                            .set = find_set (fleet, place->set),
                            .posture = place->posture,
                            .system = sv_fleet_get_system (fleet, place->system)};
  g_array_append_val (fleet->hosts, host);
  if (host.set != NULL)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
               "host '%s' has package set %" G_GINT64_FORMAT ", which is not there", id,
               place->set);
  return FALSE;
}

static const SvFleetSet *
whole_of (const SvFleetHost *host)
{
  return host->set->base != NULL ? host->set->base : host->set;
}

/* Hosts that are alike get neighbouring ordinals: their bitmaps are then a few runs. */
static int
compare_hosts (const void *a, const void *b)
{
  const SvFleetHost *x = a, *y = b;
  if (x->platform != y->platform)
    return x->platform < y->platform ? -1 : 1;
  if (whole_of (x) != whole_of (y))
    return whole_of (x) < whole_of (y) ? -1 : 1;
  if (x->posture != y->posture)
    return x->posture < y->posture ? -1 : 1;
  if (x->set != y->set)
    return x->set < y->set ? -1 : 1;
  return strcmp (x->id, y->id);
}

static gboolean
load_postures (SvFleet *fleet, SvDb *db, GError **error)
{
  SvPosture *posture;
  for (guint i = 0; i < fleet->hosts->len; i++) {
    SvFleetHost *host = &g_array_index (fleet->hosts, SvFleetHost, i);
    if (!sv_fleet_load_posture (fleet, db, host->posture, &posture, error))
      return FALSE;
    host->platform = posture->platform;
  }
  return TRUE;
}

/* Notes that @host is not what its run is in the parts of @entries. */
static void
note_odd (SvFleet *fleet, guint32 platform, const GArray *entries, guint32 host, GPtrArray *noted)
{
  for (guint i = 0; i < entries->len; i++) {
    if (sv_fleet_is_joint (fleet, ID (entries, i)))
      continue;
    SvPart *part = sv_fleet_get_part (fleet, platform, ID (entries, i));
    if (part->odd == NULL)
      part->odd = g_array_new (FALSE, FALSE, sizeof (guint32));
    if (part->odd->len == 0)
      g_ptr_array_add (noted, part);
    g_array_append_val (part->odd, host);
  }
}

/* All of @begin to @end have the part but those that are odd. @list is for use inside. */
static void
put_run (SvPart *part, guint32 begin, guint32 end, GArray *list)
{
  gboolean even = part->odd == NULL || part->odd->len == 0;
  if (even && end - begin >= SHORT_RUN) {
    roaring_bitmap_add_range_closed (part->hosts, begin, end - 1);
    return;
  }
  g_array_set_size (list, 0);
  for (guint32 host = begin, odd = 0; host < end; host++)
    if (!even && odd < part->odd->len && ID (part->odd, odd) == host)
      odd++;
    else
      g_array_append_val (list, host);
  roaring_bitmap_add_many (part->hosts, list->len, (const guint32 *)(gpointer)list->data);
  if (!even)
    g_array_set_size (part->odd, 0);
}

/* The packages of @set that are judged together: those of the whole set, changed as it is. */
static GArray *
list_joint_of (SvFleet *fleet, const GArray *joint_of_whole, const GArray *added,
               const GArray *removed)
{
  g_autoptr (GArray) come = list_joint (fleet, added), gone = list_joint (fleet, removed);
  return sv_id_list_apply (joint_of_whole, gone, come);
}

/* Hosts @begin to @end, which are of one platform and one whole set. Bitmaps only ever grow at
 * their ends: the whole set for all of them, less or more what each has otherwise. */
static void
mark_run (SvFleet *fleet, guint32 begin, guint32 end)
{
  const SvFleetHost *first = &g_array_index (fleet->hosts, SvFleetHost, begin);
  g_autoptr (GArray) whole = sv_fleet_set_list_added (whole_of (first));
  g_autoptr (GArray) whole_joint = list_joint (fleet, whole);
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 platform = first->platform;
  g_autoptr (GPtrArray) noted = g_ptr_array_new ();
  for (guint32 ordinal = begin; ordinal < end; ordinal++) {
    const SvFleetSet *set = g_array_index (fleet->hosts, SvFleetHost, ordinal).set;
    g_autoptr (GArray) added =
        set->base != NULL ? sv_fleet_set_list_added (set) : g_array_ref (none);
    g_autoptr (GArray) removed = sv_fleet_set_list_removed (set);
    note_odd (fleet, platform, removed, ordinal, noted);
    note_odd (fleet, platform, added, ordinal, noted);
    g_autoptr (GArray) joint = list_joint_of (fleet, whole_joint, added, removed);
    join_group (fleet, ordinal, joint);
  }
  for (guint i = 0; i < whole->len; i++)
    if (!sv_fleet_is_joint (fleet, ID (whole, i)))
      put_run (sv_fleet_get_part (fleet, platform, ID (whole, i)), begin, end, list);
  for (guint i = 0; i < noted->len; i++) { /* what is left is not of the whole set */
    SvPart *part = noted->pdata[i];
    roaring_bitmap_add_many (part->hosts, part->odd->len,
                             (const guint32 *)(gpointer)part->odd->data);
    g_array_set_size (part->odd, 0);
  }
}

static void
mark_all (SvFleet *fleet)
{
  const SvFleetHost *hosts = (const SvFleetHost *)(gpointer)fleet->hosts->data;
  for (guint32 begin = 0, end; begin < fleet->hosts->len; begin = end) {
    for (end = begin + 1; end < fleet->hosts->len; end++)
      if (hosts[end].platform != hosts[begin].platform ||
          whole_of (&hosts[end]) != whole_of (&hosts[begin]))
        break;
    mark_run (fleet, begin, end);
  }
  for (guint i = 1; i < fleet->parts->len; i++) {
    SvPart *part = fleet->parts->pdata[i];
    roaring_bitmap_run_optimize (part->hosts);
    roaring_bitmap_shrink_to_fit (part->hosts);
    g_clear_pointer (&part->odd, g_array_unref);
  }
}

static void
number_hosts (SvFleet *fleet)
{
  if (fleet->hosts->len > 0) /* an array without members has no address */
    qsort (fleet->hosts->data, fleet->hosts->len, sizeof (SvFleetHost), compare_hosts);
  for (guint32 i = 0; i < fleet->hosts->len; i++) {
    const SvFleetHost *host = &g_array_index (fleet->hosts, SvFleetHost, i);
    g_hash_table_insert (fleet->ordinals, host->id, GUINT_TO_POINTER (i + 1));
    sv_fleet_join_system (fleet, i, host->system);
  }
  fleet->n_hosts = fleet->hosts->len;
}

static gboolean
load_all (SvFleet *fleet, SvDb *db, GError **error)
{
  g_autoptr (SvTx) tx = sv_db_begin_read (db, error);
  if (tx == NULL || !sv_dictionary_refresh (fleet->dictionary, db, error) ||
      !sv_package_set_foreach (db, take_set, fleet, error) ||
      !sv_host_foreach_place (db, take_host, fleet, error) || !load_postures (fleet, db, error))
    return FALSE;
  number_hosts (fleet);
  mark_all (fleet);
  malloc_trim (0); /* what was only needed on the way */
  fleet->generation++;
  return TRUE;
}

gboolean
sv_fleet_load (SvFleet *fleet, SvDb *db, GError **error)
{
  g_rw_lock_writer_lock (&fleet->lock);
  gboolean loaded = load_all (fleet, db, error);
  g_rw_lock_writer_unlock (&fleet->lock);
  return loaded;
}

/* --- one by one --- */

/* The ordinal of @id, which gets one if it is new. */
static guint32
get_ordinal (SvFleet *fleet, const char *id)
{
  guint known = GPOINTER_TO_UINT (g_hash_table_lookup (fleet->ordinals, id));
  if (known != 0)
    return known - 1;
  const SvFleetHost host = {.id = g_string_chunk_insert (fleet->names, id)};
  g_array_append_val (fleet->hosts, host);
  g_hash_table_insert (fleet->ordinals, host.id, GUINT_TO_POINTER (fleet->hosts->len));
  return fleet->hosts->len - 1;
}

/* Takes the host out of every part. */
static void
clear_host (SvFleet *fleet, guint32 ordinal)
{
  SvFleetHost *host = &g_array_index (fleet->hosts, SvFleetHost, ordinal);
  if (host->set == NULL)
    return;
  g_autoptr (GArray) entries = sv_fleet_set_resolve (host->set);
  mark_singles (fleet, host->platform, entries, ordinal, FALSE);
  leave_group (fleet, ordinal);
  sv_fleet_leave_system (fleet, ordinal);
  host->set = NULL;
  fleet->n_hosts--;
}

/* Between two sets of one platform most stays: only what differs is touched. */
static void
change_set (SvFleet *fleet, guint32 ordinal, const SvFleetSet *set, guint32 platform)
{
  SvFleetHost *host = &g_array_index (fleet->hosts, SvFleetHost, ordinal);
  g_autoptr (GArray) old = sv_fleet_set_resolve (host->set), now = sv_fleet_set_resolve (set);
  g_autoptr (GArray) gone = sv_id_list_subtract (old, now), come = sv_id_list_subtract (now, old);
  mark_singles (fleet, platform, gone, ordinal, FALSE);
  mark_singles (fleet, platform, come, ordinal, TRUE);
  host->set = set;
}

static void
place_host (SvFleet *fleet, guint32 ordinal, const SvFleetSet *set, gint64 posture)
{
  SvFleetHost *host = &g_array_index (fleet->hosts, SvFleetHost, ordinal);
  const SvPosture *to = g_hash_table_lookup (fleet->postures, &posture);
  if (host->set != NULL && host->platform != to->platform)
    clear_host (fleet, ordinal);
  g_autoptr (GArray) entries = sv_fleet_set_resolve (set);
  if (host->set == NULL) {
    mark_singles (fleet, to->platform, entries, ordinal, TRUE);
    host->set = set;
    fleet->n_hosts++;
  } else {
    change_set (fleet, ordinal, set, to->platform);
  }
  leave_group (fleet, ordinal);
  host->posture = posture;
  host->platform = to->platform;
  g_autoptr (GArray) joint = list_joint (fleet, entries);
  join_group (fleet, ordinal, joint);
}

static gboolean
is_there (const SvFleet *fleet, const char *id, const SvFleetSet *set, gint64 posture,
          guint32 system)
{
  guint known = GPOINTER_TO_UINT (g_hash_table_lookup (fleet->ordinals, id));
  const SvFleetHost *host =
      known != 0 ? &g_array_index (fleet->hosts, SvFleetHost, known - 1) : NULL;
  return host != NULL && host->set == set && host->posture == posture && host->system == system;
}

static gboolean
move_host (SvFleet *fleet, SvDb *db, const char *host, const SvHostPlace *place, GError **error)
{
  SvFleetSet *to = NULL;
  SvPosture *in = NULL;
  if (!load_set (fleet, db, place->set, &to, error) ||
      !sv_fleet_load_posture (fleet, db, place->posture, &in, error))
    return FALSE;
  guint32 system = sv_fleet_get_system (fleet, place->system);
  if (is_there (fleet, host, to, place->posture, system)) /* told twice: cursors stay good */
    return TRUE;
  guint32 ordinal = get_ordinal (fleet, host);
  place_host (fleet, ordinal, to, place->posture);
  sv_fleet_join_system (fleet, ordinal, system);
  fleet->generation++;
  return TRUE;
}

gboolean
sv_fleet_move (SvFleet *fleet, SvDb *db, const char *host, const SvHostPlace *place, GError **error)
{
  if (!sv_dictionary_refresh (fleet->dictionary, db, error))
    return FALSE;
  g_rw_lock_writer_lock (&fleet->lock);
  gboolean moved = move_host (fleet, db, host, place, error);
  g_rw_lock_writer_unlock (&fleet->lock);
  return moved;
}

void
sv_fleet_remove (SvFleet *fleet, const char *host)
{
  g_rw_lock_writer_lock (&fleet->lock);
  guint ordinal = GPOINTER_TO_UINT (g_hash_table_lookup (fleet->ordinals, host));
  if (ordinal != 0) {
    clear_host (fleet, ordinal - 1);
    g_hash_table_remove (fleet->ordinals, host);
    g_array_index (fleet->hosts, SvFleetHost, ordinal - 1).id = NULL;
    fleet->generation++;
  }
  g_rw_lock_writer_unlock (&fleet->lock);
}
