/* What heals a fleet: updates, each with the parts that it heals. */
#include "exposure/fleet_private.h"

#include <string.h>

static const SvField fields[] = {
    SV_FIELD (SvFleetUpdate, id, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Release and source package, debian:12/openssl."),
    SV_FIELD (SvFleetUpdate, source, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Package that the packages are built from."),
    SV_FIELD (SvFleetUpdate, release, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Distribution and release."),
    SV_FIELD (SvFleetUpdate, fixed, SV_TYPE_STRING,
              .doc = "The highest version that closes a flaw, as its source writes it."),
    SV_FIELD (SvFleetUpdate, hosts, SV_TYPE_INT64,
              .doc = "Hosts that it heals of something, in code that can run."),
    SV_FIELD (SvFleetUpdate, vulnerabilities, SV_TYPE_INT64,
              .doc = "Vulnerabilities that it closes on any of them."),
};
SV_RECORD_TYPE (sv_fleet_update_type, SvFleetUpdate, "FleetUpdate", fields,
                "What heals hosts: the packages of one source, brought to a fixed version.");

/* --- in a match --- */

void
sv_update_node_free (gpointer data)
{
  SvUpdateNode *node = data;
  if (node == NULL)
    return;
  g_array_unref (node->parts);
  g_ptr_array_unref (node->versions);
  g_free (node->source);
  g_free (node->release);
  g_free (node->id);
  g_free (node);
}

guint32
sv_match_get_update (SvMatch *match, const char *release, SvScheme scheme, const char *source)
{
  g_autofree char *id = g_strdup_printf ("%s/%s", release, source);
  guint32 known = GPOINTER_TO_UINT (g_hash_table_lookup (match->update_numbers, id));
  if (known != 0)
    return known;
  SvUpdateNode *node = g_new (SvUpdateNode, 1);
  *node = (SvUpdateNode){.id = g_steal_pointer (&id),
                         .release = g_strdup (release),
                         .source = g_strdup (source),
                         .scheme = scheme,
                         .versions = sv_strings_new (),
                         .parts = g_array_new (FALSE, FALSE, sizeof (guint32))};
  g_hash_table_insert (match->update_numbers, node->id, GUINT_TO_POINTER (match->updates->len));
  g_ptr_array_add (match->updates, node);
  return match->updates->len - 1;
}

/* A source names few versions, again and again. */
guint16
sv_match_note_version (SvMatch *match, guint32 number, const char *fixed)
{
  const SvUpdateNode *node = match->updates->pdata[number];
  for (guint i = 0; i < node->versions->len; i++)
    if (strcmp (node->versions->pdata[i], fixed) == 0)
      return (guint16)i;
  if (node->versions->len == G_MAXUINT16) /* more than anybody names: one of them stands for it */
    return G_MAXUINT16 - 1;
  g_ptr_array_add (node->versions, g_strdup (fixed));
  return (guint16)(node->versions->len - 1);
}

void
sv_match_take_update (SvMatch *match, const SvMatch *fresh, SvPartFlaw *flaw)
{
  if (flaw->update == 0)
    return;
  const SvUpdateNode *of = fresh->updates->pdata[flaw->update];
  flaw->update = sv_match_get_update (match, of->release, of->scheme, of->source);
  flaw->fixed = sv_match_note_version (match, flaw->update, of->versions->pdata[flaw->fixed]);
}

/* Parts are noted one after the other: only the last can be there already. */
void
sv_match_note_updates (SvMatch *match, guint32 part)
{
  const GArray *flaws = match->flaws_of->pdata[part];
  for (guint i = 0; flaws != NULL && i < flaws->len; i++) {
    const SvPartFlaw *flaw = &g_array_index (flaws, SvPartFlaw, i);
    if (flaw->update == 0 || !sv_part_flaw_counts (flaw))
      continue;
    GArray *parts = ((SvUpdateNode *)match->updates->pdata[flaw->update])->parts;
    if (parts->len == 0 || g_array_index (parts, guint32, parts->len - 1) != part)
      g_array_append_val (parts, part);
  }
}

/* --- answers --- */

/* Hosts of @scope (nullable: all) that @node heals. */
static roaring_bitmap_t *
unite (const SvFleet *fleet, const SvUpdateNode *node, const roaring_bitmap_t *scope)
{
  g_autofree const roaring_bitmap_t **bitmaps = g_new (const roaring_bitmap_t *, node->parts->len);
  for (guint i = 0; i < node->parts->len; i++)
    bitmaps[i] =
        ((const SvPart *)fleet->parts->pdata[g_array_index (node->parts, guint32, i)])->hosts;
  roaring_bitmap_t *hosts = roaring_bitmap_or_many (node->parts->len, bitmaps);
  if (scope != NULL)
    roaring_bitmap_and_inplace (hosts, scope);
  return hosts;
}

static gboolean
is_there (const roaring_bitmap_t *hosts, const roaring_bitmap_t *scope)
{
  return scope != NULL ? roaring_bitmap_intersect (hosts, scope) : !roaring_bitmap_is_empty (hosts);
}

static gboolean
is_needed (const SvFleet *fleet, const SvUpdateNode *node, const roaring_bitmap_t *scope)
{
  for (guint i = 0; i < node->parts->len; i++) {
    const SvPart *part = fleet->parts->pdata[g_array_index (node->parts, guint32, i)];
    if (is_there (part->hosts, scope))
      return TRUE;
  }
  return FALSE;
}

/* The higher of two versions (@best may be NULL), the same whichever is asked first. */
static const char *
higher_of (const SvUpdateNode *node, const char *best, const char *version)
{
  int order = 0;
  if (best == NULL)
    return version;
  if (!sv_version_compare (node->scheme, version, best, &order, NULL) || order == 0)
    order = strcmp (version, best);
  return order > 0 ? version : best;
}

/* The highest of the versions that @closing marks; NULL: none is. */
static const char *
highest (const SvUpdateNode *node, const guint8 *closing)
{
  const char *best = NULL;
  for (guint i = 0; i < node->versions->len; i++)
    if (closing[i])
      best = higher_of (node, best, node->versions->pdata[i]);
  return best;
}

/* Numbers of the flaws that update @number closes on hosts of @scope; @ret_fixed: (out) (nullable):
 * the highest version that closes one of them, lent. */
static GHashTable *
list_closed (const SvFleet *fleet, guint32 number, const roaring_bitmap_t *scope,
             const char **ret_fixed)
{
  GHashTable *closed = g_hash_table_new (NULL, NULL);
  const SvUpdateNode *node = fleet->match->updates->pdata[number];
  g_autofree guint8 *closing = g_new0 (guint8, node->versions->len);
  for (guint i = 0; i < node->parts->len; i++) {
    guint32 part = g_array_index (node->parts, guint32, i);
    const GArray *flaws = fleet->match->flaws_of->pdata[part];
    if (!is_there (((const SvPart *)fleet->parts->pdata[part])->hosts, scope))
      continue;
    for (guint k = 0; k < flaws->len; k++) {
      const SvPartFlaw *flaw = &g_array_index (flaws, SvPartFlaw, k);
      if (flaw->update != number || !sv_part_flaw_counts (flaw))
        continue;
      g_hash_table_add (closed, GUINT_TO_POINTER (flaw->flaw));
      closing[flaw->fixed] = TRUE;
    }
  }
  if (ret_fixed != NULL)
    *ret_fixed = highest (node, closing);
  return closed;
}

static SvFleetUpdate *
new_update (const SvFleet *fleet, guint32 number, const roaring_bitmap_t *scope)
{
  const SvUpdateNode *node = fleet->match->updates->pdata[number];
  SvFleetUpdate *update = sv_record_new (&sv_fleet_update_type);
  update->id = g_strdup (node->id);
  update->source = g_strdup (node->source);
  update->release = g_strdup (node->release);
  roaring_bitmap_t *hosts = unite (fleet, node, scope);
  update->hosts = (gint64)roaring_bitmap_get_cardinality (hosts);
  roaring_bitmap_free (hosts);
  const char *fixed;
  g_autoptr (GHashTable) closed = list_closed (fleet, number, scope, &fixed);
  update->fixed = g_strdup (fixed);
  update->vulnerabilities = g_hash_table_size (closed);
  return update;
}

/* Number of the update, 0 with @error. */
static guint32
find_update (const SvFleet *fleet, const char *id, const roaring_bitmap_t *scope, GError **error)
{
  guint32 number = GPOINTER_TO_UINT (g_hash_table_lookup (fleet->match->update_numbers, id));
  if (number != 0 && is_needed (fleet, fleet->match->updates->pdata[number], scope))
    return number;
  g_autofree char *printable = sv_text_printable (id);
  g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND, "no host is known to need '%s'", printable);
  return 0;
}

SvFleetUpdate *
sv_fleet_load_update (SvFleet *fleet, const char *id, const SvFleetFilter *filter, GError **error)
{
  g_rw_lock_reader_lock (&fleet->lock);
  roaring_bitmap_t *scope = sv_fleet_new_scope (fleet, filter);
  guint32 number = find_update (fleet, id, scope, error);
  SvFleetUpdate *update = number != 0 ? new_update (fleet, number, scope) : NULL;
  sv_fleet_scope_free (scope);
  g_rw_lock_reader_unlock (&fleet->lock);
  return update;
}

static gint
compare_nodes (gconstpointer a, gconstpointer b)
{
  const SvUpdateNode *x = *(SvUpdateNode *const *)a, *y = *(SvUpdateNode *const *)b;
  return sv_text_compare_natural (x->id, y->id);
}

/* Those that are needed, in natural order; not owning. */
static GPtrArray *
list_needed (const SvFleet *fleet, const roaring_bitmap_t *scope)
{
  GPtrArray *nodes = g_ptr_array_new ();
  for (guint32 i = 1; i < fleet->match->updates->len; i++)
    if (is_needed (fleet, fleet->match->updates->pdata[i], scope))
      g_ptr_array_add (nodes, fleet->match->updates->pdata[i]);
  g_ptr_array_sort (nodes, compare_nodes);
  return nodes;
}

void
sv_fleet_list_updates (SvFleet *fleet, const SvFleetPage *page, SvFleetListing *ret_listing)
{
  *ret_listing = (SvFleetListing){.items = g_ptr_array_new ()};
  g_rw_lock_reader_lock (&fleet->lock);
  roaring_bitmap_t *scope = sv_fleet_new_scope (fleet, &page->filter);
  g_autoptr (GPtrArray) nodes = list_needed (fleet, scope);
  const SvFleetUpdate *last = NULL;
  for (guint i = 0; i < nodes->len && ret_listing->next == NULL; i++) {
    const char *id = ((const SvUpdateNode *)nodes->pdata[i])->id;
    if (page->after != NULL && sv_text_compare_natural (id, page->after) <= 0)
      continue;
    if (ret_listing->items->len == page->limit) {
      ret_listing->next = g_strdup (last != NULL ? last->id : "");
      break;
    }
    guint32 number = GPOINTER_TO_UINT (g_hash_table_lookup (fleet->match->update_numbers, id));
    last = new_update (fleet, number, scope);
    g_ptr_array_add (ret_listing->items, (gpointer)last);
  }
  ret_listing->total = nodes->len;
  sv_fleet_scope_free (scope);
  g_rw_lock_reader_unlock (&fleet->lock);
}

gboolean
sv_fleet_list_update_hosts (SvFleet *fleet, const char *id, const SvFleetPage *page,
                            SvFleetListing *ret_listing, GError **error)
{
  g_rw_lock_reader_lock (&fleet->lock);
  roaring_bitmap_t *scope = sv_fleet_new_scope (fleet, &page->filter);
  guint32 number = find_update (fleet, id, scope, error);
  gboolean found =
      number != 0 &&
      sv_fleet_page_hosts (fleet, unite (fleet, fleet->match->updates->pdata[number], scope), page,
                           ret_listing, error);
  sv_fleet_scope_free (scope);
  g_rw_lock_reader_unlock (&fleet->lock);
  return found;
}

gboolean
sv_fleet_list_update_flaws (SvFleet *fleet, const char *id, const SvFleetPage *page,
                            SvFleetListing *ret_listing, GError **error)
{
  g_rw_lock_reader_lock (&fleet->lock);
  roaring_bitmap_t *scope = sv_fleet_new_scope (fleet, &page->filter);
  guint32 number = find_update (fleet, id, scope, error);
  if (number != 0) {
    g_autoptr (GHashTable) closed = list_closed (fleet, number, scope, NULL);
    sv_fleet_page_flaws (fleet, closed, page, ret_listing);
  }
  sv_fleet_scope_free (scope);
  g_rw_lock_reader_unlock (&fleet->lock);
  return number != 0;
}
