/* What the index knows, kept in the store as intervals; and what it adds up to. */
#include "exposure/fleet_private.h"

#include "exposure/part.h"
#include "exposure/part_flaw_store.h"

#include <string.h>

#define AT_ONCE 500 /* parts of one transaction: others write between */
#define TRIES 5     /* of one that others got in the way of */

/* --- what is true of a part --- */

/* 64 bits of FNV-1a: what is recorded is told from what is not by it. */
static guint64
hash_truth (const SvPartTruth *truth)
{
  guint64 hash = G_GUINT64_CONSTANT (14695981039346656037);
  for (const char *c = truth->vulnerability; *c != '\0'; c++)
    hash = (hash ^ (guint8)*c) * G_GUINT64_CONSTANT (1099511628211);
  return (hash ^ (guint8)(1 + truth->fixable)) * G_GUINT64_CONSTANT (1099511628211);
}

/* All that is true of a part; names are lent by the match in force. */
static GArray *
list_truths (const SvMatch *match, guint32 part, guint64 *ret_hash)
{
  const GArray *flaws = match->flaws_of->pdata[part];
  GArray *truths = g_array_new (FALSE, FALSE, sizeof (SvPartTruth));
  *ret_hash = 1; /* 0: nothing is recorded yet */
  for (guint i = 0; i < flaws->len; i++) {
    const SvPartFlaw *flaw = &g_array_index (flaws, SvPartFlaw, i);
    const SvPartTruth truth = {match->names->pdata[flaw->flaw], flaw->update != 0};
    if (!sv_part_flaw_counts (flaw))
      continue;
    g_array_append_val (truths, truth);
    *ret_hash += hash_truth (&truth);
  }
  return truths;
}

static char *
name_part (const SvFleet *fleet, const SvPart *part)
{
  const SvPlatform *platform = fleet->platforms->pdata[part->platform];
  return part->posture == 0 ? sv_part_format_single (platform->key, part->entry)
                            : sv_part_format_group (part->posture, part->entries, part->n_entries);
}

/* --- recording --- */

typedef struct {
  guint32 id;
  char *part;
  GArray *truths;
  guint64 hash;
} News;

static void
news_clear (gpointer data)
{
  News *news = data;
  g_free (news->part);
  g_array_unref (news->truths);
}

static gboolean
is_recorded (const SvFleet *fleet, const News *news)
{
  if (news->id < fleet->recorded->len && g_array_index (fleet->recorded, guint64, news->id) != 0)
    return g_array_index (fleet->recorded, guint64, news->id) == news->hash;
  return news->truths->len == 0 && !g_hash_table_contains (fleet->open_parts, news->part);
}

/* Parts of which something else is true than what is recorded. */
static GArray *
list_news (SvFleet *fleet)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (News));
  g_array_set_clear_func (list, news_clear);
  g_rw_lock_reader_lock (&fleet->lock);
  const SvMatch *match = fleet->match;
  for (guint32 id = 1; id < MIN (match->flaws_of->len, fleet->parts->len); id++) {
    if (match->flaws_of->pdata[id] == NULL)
      continue;
    News news = {.id = id, .part = name_part (fleet, fleet->parts->pdata[id])};
    news.truths = list_truths (match, id, &news.hash);
    if (is_recorded (fleet, &news))
      news_clear (&news);
    else
      g_array_append_val (list, news);
  }
  g_rw_lock_reader_unlock (&fleet->lock);
  return list;
}

static gboolean
write_news (SvDb *db, const GArray *list, guint begin, gint64 now_us, GError **error)
{
  g_autoptr (SvTx) tx = sv_db_begin (db, error);
  if (tx == NULL)
    return FALSE;
  for (guint i = begin; i < MIN (begin + AT_ONCE, list->len); i++) {
    const News *news = &g_array_index (list, News, i);
    if (!sv_part_flaw_record (db, news->part, news->truths, now_us, error))
      return FALSE;
  }
  return sv_tx_commit (tx, error);
}

/* Another server may be recording the same: then there is less to do at the second look. */
static gboolean
write_batch (SvDb *db, const GArray *list, guint begin, gint64 now_us, GError **error)
{
  for (guint tries = 1;; tries++) {
    g_autoptr (GError) cause = NULL;
    if (write_news (db, list, begin, now_us, &cause))
      return TRUE;
    if (tries < TRIES &&
        (sv_error_is (cause, SV_ERROR_CONFLICT) || sv_error_is (cause, SV_ERROR_EXISTS)))
      continue;
    g_propagate_error (error, g_steal_pointer (&cause));
    return FALSE;
  }
}

static void
note_recorded (SvFleet *fleet, const News *news)
{
  if (fleet->recorded->len <= news->id)
    g_array_set_size (fleet->recorded, MAX (news->id + 1, fleet->recorded->len * 2));
  g_array_index (fleet->recorded, guint64, news->id) = news->hash;
}

gboolean
sv_fleet_record (SvFleet *fleet, SvDb *db, gint64 now_us, GError **error)
{
  if (fleet->open_parts == NULL)
    fleet->open_parts = sv_part_flaw_list_open (db, error);
  if (fleet->open_parts == NULL)
    return FALSE;
  g_autoptr (GArray) list = list_news (fleet);
  for (guint begin = 0; begin < list->len; begin += AT_ONCE) {
    if (!write_batch (db, list, begin, now_us, error))
      return FALSE;
    for (guint i = begin; i < MIN (begin + AT_ONCE, list->len); i++)
      note_recorded (fleet, &g_array_index (list, News, i));
  }
  return TRUE;
}

/* --- sums --- */

/* Adds what flaw @number is to each system. */
static void
add_flaw (const SvFleet *fleet, guint32 number, gboolean exploited, SvFleetTotal *totals,
          roaring_bitmap_t *affected)
{
  roaring_bitmap_t *fixable, *all = sv_fleet_unite_flaw (fleet, number, &fixable);
  roaring_bitmap_or_inplace (affected, all);
  for (guint i = 0; i < fleet->systems->len; i++) {
    const roaring_bitmap_t *hosts = ((const SvFleetSystem *)fleet->systems->pdata[i])->hosts;
    gint64 n = (gint64)roaring_bitmap_and_cardinality (all, hosts);
    totals[i].exposures += n;
    totals[i].exploited += exploited ? n : 0;
    totals[i].fixable += (gint64)roaring_bitmap_and_cardinality (fixable, hosts);
  }
  roaring_bitmap_free (fixable);
  roaring_bitmap_free (all);
}

static void
add_flaws (const SvFleet *fleet, const GHashTable *exploited, SvFleetTotal *totals)
{
  roaring_bitmap_t *affected = roaring_bitmap_create ();
  for (guint32 i = 0; i < fleet->match->names->len; i++)
    if (sv_fleet_has_flaw (fleet, i, NULL))
      add_flaw (fleet, i,
                g_hash_table_contains ((GHashTable *)exploited, fleet->match->names->pdata[i]),
                totals, affected);
  for (guint i = 0; i < fleet->systems->len; i++) {
    const SvFleetSystem *system = fleet->systems->pdata[i];
    totals[i].affected = (gint64)roaring_bitmap_and_cardinality (affected, system->hosts);
  }
  roaring_bitmap_free (affected);
}

GHashTable *
sv_fleet_sum_systems (SvFleet *fleet, const GHashTable *exploited)
{
  GHashTable *sums = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_rw_lock_reader_lock (&fleet->lock);
  g_autofree SvFleetTotal *totals = g_new0 (SvFleetTotal, fleet->systems->len);
  add_flaws (fleet, exploited, totals);
  for (guint i = 0; i < fleet->hosts->len; i++) {
    const SvFleetHost *host = &g_array_index (fleet->hosts, SvFleetHost, i);
    totals[host->system].unknown += sv_fleet_is_uncovered (fleet, host);
  }
  for (guint i = 0; i < fleet->systems->len; i++)
    g_hash_table_insert (sums, g_strdup (((const SvFleetSystem *)fleet->systems->pdata[i])->id),
                         g_memdup2 (&totals[i], sizeof totals[i]));
  g_rw_lock_reader_unlock (&fleet->lock);
  return sums;
}
