/* Answers of the fleet index: which hosts have which flaw. */
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

static const SvField share_fields[] = {
    SV_FIELD (SvFleetShare, system, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Id of the system; empty: hosts that belong to none."),
    SV_FIELD (SvFleetShare, hosts, SV_TYPE_INT64,
              .doc = "Its hosts that are affected, in code that can run."),
};
SV_RECORD_TYPE (sv_fleet_share_type, SvFleetShare, "FleetShare", share_fields,
                "How many hosts of one system are affected.");

/* --- one flaw --- */

gboolean
sv_part_flaw_counts (const SvPartFlaw *flaw)
{
  return flaw->verdict == SV_VERDICT_AFFECTED && !flaw->is_low;
}

/* Which parts of a flaw count. */
typedef gboolean (*CountsFunc) (const SvPartFlaw *flaw);

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

/* What an answer is about: a flaw, by its number, on hosts of @scope (NULL: all). */
typedef struct {
  const SvFleet *fleet;
  guint32 flaw;
  const roaring_bitmap_t *scope;
} Question;

/* Hosts that have a part of the flaw which counts: an OR of a few bitmaps. */
static roaring_bitmap_t *
unite (const Question *question, CountsFunc counts)
{
  const SvFleet *fleet = question->fleet;
  const GArray *parts = fleet->match->parts_of->pdata[question->flaw];
  g_autofree const roaring_bitmap_t **bitmaps = g_new (const roaring_bitmap_t *, parts->len);
  gsize n = 0;
  for (guint i = 0; i < parts->len; i++) {
    const SvPartFlaw *of = &g_array_index (parts, SvPartFlaw, i);
    if (counts (of))
      bitmaps[n++] = ((const SvPart *)fleet->parts->pdata[of->flaw])->hosts;
  }
  roaring_bitmap_t *hosts = roaring_bitmap_or_many (n, bitmaps);
  if (question->scope != NULL)
    roaring_bitmap_and_inplace (hosts, question->scope);
  return hosts;
}

static gboolean
counts_fixable (const SvPartFlaw *flaw)
{
  return sv_part_flaw_counts (flaw) && flaw->update != 0;
}

roaring_bitmap_t *
sv_fleet_unite_flaw (const SvFleet *fleet, guint32 number, roaring_bitmap_t **ret_fixable)
{
  const Question question = {fleet, number, NULL};
  *ret_fixable = unite (&question, counts_fixable);
  return unite (&question, sv_part_flaw_counts);
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
new_flaw (const Question *question)
{
  const SvMatch *match = question->fleet->match;
  SvFleetFlaw *flaw = sv_record_new (&sv_fleet_flaw_type);
  flaw->vulnerability = g_strdup (match->names->pdata[question->flaw]);
  roaring_bitmap_t *all = unite (question, sv_part_flaw_counts);
  flaw->hosts = (gint64)roaring_bitmap_get_cardinality (all);
  flaw->hosts_unknown = count_more (all, unite (question, counts_unknown));
  flaw->hosts_low = count_more (all, unite (question, counts_low));
  roaring_bitmap_free (all);
  const GArray *parts = match->parts_of->pdata[question->flaw];
  for (guint i = 0; i < parts->len; i++)
    flaw->fixable += g_array_index (parts, SvPartFlaw, i).update != 0;
  return flaw;
}

gboolean
sv_fleet_has_flaw (const SvFleet *fleet, guint32 number, const roaring_bitmap_t *scope)
{
  const GArray *parts = fleet->match->parts_of->pdata[number];
  for (guint i = 0; i < parts->len; i++) {
    const SvPart *part = fleet->parts->pdata[g_array_index (parts, SvPartFlaw, i).flaw];
    if (scope != NULL ? roaring_bitmap_intersect (part->hosts, scope)
                      : !roaring_bitmap_is_empty (part->hosts))
      return TRUE;
  }
  return FALSE;
}

/* --- asking --- */

/* Locks the index for reading, until end_question(), and finds the flaw; FALSE with @error, and
 * nothing is locked, if no host of the scope has it. */
static gboolean
begin_question (SvFleet *fleet, const char *vulnerability, const SvFleetFilter *filter,
                Question *question, GError **error)
{
  g_rw_lock_reader_lock (&fleet->lock);
  roaring_bitmap_t *scope = sv_fleet_new_scope (fleet, filter);
  gint64 number = sv_match_find (fleet->match, vulnerability);
  if (number >= 0 && sv_fleet_has_flaw (fleet, (guint32)number, scope)) {
    *question = (Question){fleet, (guint32)number, scope};
    return TRUE;
  }
  sv_fleet_scope_free (scope);
  g_rw_lock_reader_unlock (&fleet->lock);
  g_autofree char *printable = sv_text_printable (vulnerability);
  g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND, "no host is known to have '%s'", printable);
  return FALSE;
}

static void
end_question (SvFleet *fleet, const Question *question)
{
  sv_fleet_scope_free (question->scope);
  g_rw_lock_reader_unlock (&fleet->lock);
}

SvFleetFlaw *
sv_fleet_load_flaw (SvFleet *fleet, const char *vulnerability, const SvFleetFilter *filter,
                    GError **error)
{
  Question question;
  if (!begin_question (fleet, vulnerability, filter, &question, error))
    return NULL;
  SvFleetFlaw *flaw = new_flaw (&question);
  end_question (fleet, &question);
  return flaw;
}

/* --- lists of flaws --- */

void
sv_fleet_page_flaws (const SvFleet *fleet, const GHashTable *only, const SvFleetPage *page,
                     SvFleetListing *ret_listing)
{
  const SvMatch *match = fleet->match;
  roaring_bitmap_t *scope = sv_fleet_new_scope (fleet, &page->filter);
  const SvFleetFlaw *last = NULL;
  *ret_listing = (SvFleetListing){.items = g_ptr_array_new ()};
  for (guint i = 0; i < match->order->len; i++) {
    const Question question = {fleet, g_array_index (match->order, guint32, i), scope};
    if ((only != NULL &&
         !g_hash_table_contains ((GHashTable *)only, GUINT_TO_POINTER (question.flaw))) ||
        !sv_fleet_has_flaw (fleet, question.flaw, scope))
      continue;
    ret_listing->total++;
    const char *name = match->names->pdata[question.flaw];
    if (page->after != NULL && sv_text_compare_natural (name, page->after) <= 0)
      continue;
    if (ret_listing->items->len == page->limit) {
      if (ret_listing->next == NULL && last != NULL)
        ret_listing->next = g_strdup (last->vulnerability);
      continue;
    }
    last = new_flaw (&question);
    g_ptr_array_add (ret_listing->items, (gpointer)last);
  }
  sv_fleet_scope_free (scope);
}

void
sv_fleet_list_flaws (SvFleet *fleet, const SvFleetPage *page, SvFleetListing *ret_listing)
{
  g_rw_lock_reader_lock (&fleet->lock);
  sv_fleet_page_flaws (fleet, NULL, page, ret_listing);
  g_rw_lock_reader_unlock (&fleet->lock);
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
sv_fleet_page_hosts (const SvFleet *fleet, roaring_bitmap_t *hosts, const SvFleetPage *page,
                     SvFleetListing *ret_listing, GError **error)
{
  guint32 first;
  gboolean good = read_cursor (fleet, page->after, &first, error);
  if (good) {
    *ret_listing = (SvFleetListing){.items = sv_strings_new (),
                                    .total = roaring_bitmap_get_cardinality (hosts)};
    ret_listing->next = list_ids (fleet, hosts, first, page->limit, ret_listing->items);
  }
  roaring_bitmap_free (hosts);
  return good;
}

gboolean
sv_fleet_list_hosts (SvFleet *fleet, const char *vulnerability, const SvFleetPage *page,
                     SvFleetListing *ret_listing, GError **error)
{
  Question question;
  if (!begin_question (fleet, vulnerability, &page->filter, &question, error))
    return FALSE;
  gboolean good =
      sv_fleet_page_hosts (fleet, unite (&question, sv_part_flaw_counts), page, ret_listing, error);
  end_question (fleet, &question);
  return good;
}

/* --- systems of a flaw --- */

static gint
compare_shares (gconstpointer a, gconstpointer b)
{
  const SvFleetShare *x = *(SvFleetShare *const *)a, *y = *(SvFleetShare *const *)b;
  if (x->hosts != y->hosts)
    return x->hosts > y->hosts ? -1 : 1;
  return strcmp (x->system, y->system);
}

GPtrArray *
sv_fleet_list_shares (SvFleet *fleet, const char *vulnerability, const SvFleetFilter *filter,
                      GError **error)
{
  Question question;
  if (!begin_question (fleet, vulnerability, filter, &question, error))
    return NULL;
  roaring_bitmap_t *hosts = unite (&question, sv_part_flaw_counts);
  GPtrArray *shares = g_ptr_array_new ();
  for (guint i = 0; i < fleet->systems->len; i++) {
    const SvFleetSystem *system = fleet->systems->pdata[i];
    guint64 n = roaring_bitmap_and_cardinality (hosts, system->hosts);
    if (n == 0)
      continue;
    SvFleetShare *share = sv_record_new (&sv_fleet_share_type);
    *share = (SvFleetShare){g_strdup (system->id), (gint64)n};
    g_ptr_array_add (shares, share);
  }
  roaring_bitmap_free (hosts);
  end_question (fleet, &question);
  g_ptr_array_sort (shares, compare_shares);
  return shares;
}

/* --- flaws of a host --- */

static void
add_flaws_of_part (const SvFleet *fleet, guint32 part, GHashTable *numbers)
{
  const SvMatch *match = fleet->match;
  const GArray *flaws = part < match->flaws_of->len ? match->flaws_of->pdata[part] : NULL;
  for (guint i = 0; flaws != NULL && i < flaws->len; i++) {
    const SvPartFlaw *flaw = &g_array_index (flaws, SvPartFlaw, i);
    if (sv_part_flaw_counts (flaw))
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
