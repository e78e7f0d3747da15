#include "exposure/history.h"

#include <string.h>

static const SvField interval_fields[] = {
    SV_FIELD (SvExposureInterval, vulnerability, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "CVE id, or the advisory's own."),
    SV_FIELD (SvExposureInterval, first_seen_us, SV_TYPE_INSTANT,
              .doc = "When the host was first known to be affected."),
    SV_FIELD (SvExposureInterval, fix_available_us, SV_TYPE_INSTANT,
              .doc = "From when on a fixed version was named; null: none was."),
    SV_FIELD (SvExposureInterval, resolved_us, SV_TYPE_INSTANT,
              .doc = "When it no longer was; null: it is."),
};
SV_RECORD_TYPE (sv_exposure_interval_type, SvExposureInterval, "ExposureInterval", interval_fields,
                "From when to when a host was affected, in code that can run.");

/* --- tenures: back from what the host has now --- */

typedef struct {
  const SvPartNames *names;
  GPtrArray *tenures;
  GHashTable *until;  /* entry -> gint64 *: when what the host has at this point went */
  GArray *joint;      /* of them, ascending */
  gint64 joint_until; /* when they last were other ones */
  gint64 posture;
  char *platform;
} Walk;

static void
tenure_free (gpointer data)
{
  SvTenure *tenure = data;
  g_free (tenure->part);
  g_free (tenure);
}

static void
walk_clear (Walk *walk)
{
  g_clear_pointer (&walk->tenures, g_ptr_array_unref);
  g_hash_table_unref (walk->until);
  g_array_unref (walk->joint);
  g_free (walk->platform);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Walk, walk_clear)

/* Takes @part. What came and went in one moment was never there. */
static void
add_tenure (Walk *walk, char *part, gint64 from_us, gint64 until_us)
{
  if (until_us != 0 && until_us <= from_us) {
    g_free (part);
    return;
  }
  SvTenure *tenure = g_new (SvTenure, 1);
  *tenure = (SvTenure){part, from_us, until_us};
  g_ptr_array_add (walk->tenures, tenure);
}

/* @entry is there before @until_us (0: now). */
static void
put (Walk *walk, guint32 entry, gint64 until_us)
{
  g_hash_table_insert (walk->until, GUINT_TO_POINTER (entry),
                       g_memdup2 (&until_us, sizeof until_us));
}

static gint
compare_ids (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *)a, y = *(const guint32 *)b;
  return x < y ? -1 : x > y;
}

static GArray *
list_joint (const Walk *walk)
{
  GArray *joint = g_array_new (FALSE, FALSE, sizeof (guint32));
  GHashTableIter iter;
  gpointer entry;
  g_hash_table_iter_init (&iter, walk->until);
  while (g_hash_table_iter_next (&iter, &entry, NULL)) {
    guint32 id = GPOINTER_TO_UINT (entry);
    if (walk->names->is_joint (walk->names->user_data, id))
      g_array_append_val (joint, id);
  }
  g_array_sort (joint, compare_ids);
  return joint;
}

/* What was there from @from_us on, and is not before. */
static void
end_single (Walk *walk, guint32 entry, gint64 from_us)
{
  const gint64 *until = g_hash_table_lookup (walk->until, GUINT_TO_POINTER (entry));
  if (until != NULL && !walk->names->is_joint (walk->names->user_data, entry))
    add_tenure (walk, sv_part_format_single (walk->platform, entry), from_us, *until);
}

static void
end_group (Walk *walk, gint64 from_us)
{
  if (walk->joint->len > 0)
    add_tenure (walk,
                sv_part_format_group (walk->posture, (const guint32 *)(gpointer)walk->joint->data,
                                      walk->joint->len),
                from_us, walk->joint_until);
}

/* All singles begin at @from_us: before it the host was not there, or another platform. */
static void
end_singles (Walk *walk, gint64 from_us)
{
  GHashTableIter iter;
  gpointer entry, until;
  g_hash_table_iter_init (&iter, walk->until);
  while (g_hash_table_iter_next (&iter, &entry, &until)) {
    end_single (walk, GPOINTER_TO_UINT (entry), from_us);
    *(gint64 *)until = from_us; /* as part of what was before */
  }
}

/* New string; "" while the host was not there. */
static char *
name_platform (const Walk *walk, gint64 posture, GError **error)
{
  return posture != 0 ? walk->names->name_platform (walk->names->user_data, posture, error)
                      : g_strdup ("");
}

static void
undo_packages (Walk *walk, const SvHostMove *move)
{
  for (guint i = 0; move->added != NULL && i < move->added->len; i++) {
    guint32 entry = g_array_index (move->added, guint32, i);
    end_single (walk, entry, move->at_us);
    g_hash_table_remove (walk->until, GUINT_TO_POINTER (entry));
  }
  for (guint i = 0; i < move->removed->len; i++)
    put (walk, g_array_index (move->removed, guint32, i), move->at_us);
}

static gboolean
same_ids (const GArray *a, const GArray *b)
{
  return a->len == b->len &&
         (a->len == 0 || memcmp (a->data, b->data, a->len * sizeof (guint32)) == 0);
}

/* The group begins at the move if it was another one, or in another posture, before. */
static void
undo_group (Walk *walk, const SvHostMove *move)
{
  g_autoptr (GArray) before = list_joint (walk);
  if (move->posture == walk->posture && same_ids (before, walk->joint))
    return;
  end_group (walk, move->at_us);
  g_array_unref (walk->joint);
  walk->joint = g_steal_pointer (&before);
  walk->joint_until = move->at_us;
}

/* Goes back before @move. */
static gboolean
undo (Walk *walk, const SvHostMove *move, GError **error)
{
  char *platform = name_platform (walk, move->posture, error);
  if (platform == NULL)
    return FALSE;
  if (strcmp (platform, walk->platform) != 0)
    end_singles (walk, move->at_us);
  if (move->added == NULL) /* it came */
    g_hash_table_remove_all (walk->until);
  undo_packages (walk, move);
  undo_group (walk, move);
  walk->posture = move->posture;
  sv_text_take (&walk->platform, platform);
  return TRUE;
}

GPtrArray *
sv_history_list_tenures (const SvHostPast *past, const SvPartNames *names, GError **error)
{
  g_auto (Walk) walk = {.names = names,
                        .tenures = g_ptr_array_new_with_free_func (tenure_free),
                        .until = g_hash_table_new_full (NULL, NULL, NULL, g_free)};
  for (guint i = 0; i < past->entries->len; i++)
    put (&walk, g_array_index (past->entries, guint32, i), 0);
  walk.joint = list_joint (&walk);
  walk.posture = past->posture;
  walk.platform = name_platform (&walk, past->posture, error);
  if (walk.platform == NULL)
    return NULL;
  for (guint i = 0; i < past->moves->len; i++)
    if (!undo (&walk, past->moves->pdata[i], error))
      return NULL;
  end_singles (&walk, past->first_seen_us); /* of hosts that are older than this record of them */
  end_group (&walk, past->first_seen_us);
  return g_steal_pointer (&walk.tenures);
}

/* --- intervals --- */

/* A while in which one part of the host was affected. */
typedef struct {
  const char *vulnerability;
  gint64 from_us, until_us; /* 0: now */
  gint64 fix_us;            /* from when on a fix was named; 0: none */
} Piece;

static gint64
later (gint64 a, gint64 b)
{
  return MAX (a, b);
}

/* Of two ends, of which 0 is now. */
static gint64
sooner_end (gint64 a, gint64 b)
{
  if (a == 0 || b == 0)
    return a + b;
  return MIN (a, b);
}

static void
add_piece (GArray *pieces, const SvTenure *tenure, const SvPartSpan *span)
{
  Piece piece = {.vulnerability = span->vulnerability,
                 .from_us = later (tenure->from_us, span->since_us),
                 .until_us = sooner_end (tenure->until_us, span->until_us)};
  if (piece.until_us != 0 && piece.until_us <= piece.from_us)
    return;
  if (span->fix_since_us != 0)
    piece.fix_us = later (piece.from_us, span->fix_since_us);
  if (piece.until_us != 0 && piece.fix_us >= piece.until_us)
    piece.fix_us = 0; /* it came too late to be of use */
  g_array_append_val (pieces, piece);
}

static gint
compare_pieces (gconstpointer a, gconstpointer b)
{
  const Piece *x = a, *y = b;
  int order = sv_text_compare_natural (x->vulnerability, y->vulnerability);
  if (order != 0)
    return order;
  return x->from_us < y->from_us ? -1 : x->from_us > y->from_us;
}

static SvExposureInterval *
new_interval (const Piece *piece)
{
  SvExposureInterval *interval = sv_record_new (&sv_exposure_interval_type);
  *interval = (SvExposureInterval){g_strdup (piece->vulnerability), piece->from_us, piece->fix_us,
                                   piece->until_us};
  return interval;
}

static gboolean
goes_on (const SvExposureInterval *interval, const Piece *piece)
{
  return interval != NULL && strcmp (interval->vulnerability, piece->vulnerability) == 0 &&
         (interval->resolved_us == 0 || piece->from_us <= interval->resolved_us);
}

static void
extend (SvExposureInterval *interval, const Piece *piece)
{
  if (interval->resolved_us != 0)
    interval->resolved_us =
        piece->until_us == 0 ? 0 : later (interval->resolved_us, piece->until_us);
  if (piece->fix_us != 0 &&
      (interval->fix_available_us == 0 || piece->fix_us < interval->fix_available_us))
    interval->fix_available_us = piece->fix_us;
}

static GPtrArray *
merge (const GArray *pieces)
{
  GPtrArray *intervals = g_ptr_array_new ();
  SvExposureInterval *last = NULL;
  for (guint i = 0; i < pieces->len; i++) {
    const Piece *piece = &g_array_index (pieces, Piece, i);
    if (goes_on (last, piece))
      extend (last, piece);
    else
      g_ptr_array_add (intervals, last = new_interval (piece));
  }
  return intervals;
}

GPtrArray *
sv_history_list_intervals (const GPtrArray *tenures, SvPartSpansFunc spans, gpointer user_data,
                           GError **error)
{
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  for (guint i = 0; i < tenures->len; i++) {
    const SvTenure *tenure = tenures->pdata[i];
    const GPtrArray *of = spans (user_data, tenure->part, error);
    if (of == NULL)
      return NULL;
    for (guint k = 0; k < of->len; k++)
      add_piece (pieces, tenure, of->pdata[k]);
  }
  g_array_sort (pieces, compare_pieces);
  return merge (pieces);
}
