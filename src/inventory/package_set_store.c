#include "inventory/package_set_store.h"

#include "inventory/id_list.h"

#define N_CANDIDATES 4 /* whole sets that are looked at for one to differ from */

static GArray *
new_ids (void)
{
  return g_array_new (FALSE, FALSE, sizeof (guint32));
}

gboolean
sv_package_set_find (SvDb *db, const SvDigest *digest, gint64 *ret_set, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT id FROM package_set WHERE digest = :digest", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_blob (query, "digest", digest->bytes, sizeof digest->bytes);
  SvStep step = sv_query_step (query, error);
  *ret_set = step == SV_STEP_ROW ? sv_query_get_int64 (query, 0) : 0;
  return step != SV_STEP_ERROR;
}

/* --- reading --- */

void
sv_package_set_row_clear (SvPackageSetRow *row)
{
  g_clear_pointer (&row->added, g_array_unref);
  g_clear_pointer (&row->removed, g_array_unref);
}

static GArray *
decode_column (const SvQuery *query, guint column, GError **error)
{
  gsize size;
  const void *data = sv_query_get_blob (query, column, &size);
  g_autoptr (GArray) ids = new_ids ();
  return sv_id_list_decode (data, size, ids, error) ? g_steal_pointer (&ids) : NULL;
}

/* Of a query for id, base, members and removed, in this order. */
static gboolean
read_row (const SvQuery *query, SvPackageSetRow *ret_row, GError **error)
{
  *ret_row = (SvPackageSetRow){.set = sv_query_get_int64 (query, 0),
                               .base = sv_query_get_int64 (query, 1)};
  ret_row->added = decode_column (query, 2, error);
  ret_row->removed = ret_row->added != NULL ? decode_column (query, 3, error) : NULL;
  if (ret_row->removed != NULL)
    return TRUE;
  g_prefix_error (error, "package set %" G_GINT64_FORMAT ": ", ret_row->set);
  sv_package_set_row_clear (ret_row);
  return FALSE;
}

gboolean
sv_package_set_load_row (SvDb *db, gint64 set, SvPackageSetRow *ret_row, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT id, base, members, removed FROM package_set WHERE id = :set", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "set", set);
  SvStep step = sv_query_step (query, error);
  if (step == SV_STEP_ROW)
    return read_row (query, ret_row, error);
  if (step == SV_STEP_DONE)
    g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND, "there is no package set %" G_GINT64_FORMAT,
                 set);
  return FALSE;
}

gboolean
sv_package_set_load (SvDb *db, gint64 set, GArray **ret_ids, GError **error)
{
  if (set == 0) {
    *ret_ids = new_ids ();
    return TRUE;
  }
  g_auto (SvPackageSetRow) row = {0};
  if (!sv_package_set_load_row (db, set, &row, error))
    return FALSE;
  if (row.base == 0) {
    *ret_ids = g_steal_pointer (&row.added);
    return TRUE;
  }
  g_auto (SvPackageSetRow) base = {0};
  if (!sv_package_set_load_row (db, row.base, &base, error))
    return FALSE;
  *ret_ids = sv_id_list_apply (base.added, row.removed, row.added);
  return TRUE;
}

gboolean
sv_package_set_foreach (SvDb *db, SvPackageSetFunc func, gpointer user_data, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db, "SELECT id, base, members, removed FROM package_set ORDER BY base, id", error);
  if (query == NULL)
    return FALSE;
  SvStep step;
  while ((step = sv_query_step (query, error)) == SV_STEP_ROW) {
    g_auto (SvPackageSetRow) row = {0};
    if (!read_row (query, &row, error) || !func (&row, user_data, error))
      return FALSE;
  }
  return step == SV_STEP_DONE;
}

/* --- keeping --- */

/* How a set is written: whole, or as what differs from `base`. */
typedef struct {
  const GArray *ids;
  gint64 base;
  GArray *added;
  GArray *removed;
} Layout;

static void
layout_clear (Layout *layout)
{
  g_clear_pointer (&layout->added, g_array_unref);
  g_clear_pointer (&layout->removed, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Layout, layout_clear)

static guint
weigh (const Layout *layout)
{
  return layout->added->len + layout->removed->len;
}

/* Takes the whole set @base if less differs from it than from what was found before. */
static gboolean
try_base (SvDb *db, gint64 base, Layout *best, GError **error)
{
  g_autoptr (GArray) ids = NULL;
  if (!sv_package_set_load (db, base, &ids, error))
    return FALSE;
  Layout layout = {.ids = best->ids, .base = base};
  layout.added = sv_id_list_subtract (best->ids, ids);
  layout.removed = sv_id_list_subtract (ids, best->ids);
  if (weigh (&layout) < weigh (best) && weigh (&layout) < best->ids->len / 3) {
    layout_clear (best);
    *best = layout;
  } else {
    layout_clear (&layout);
  }
  return TRUE;
}

static gboolean
find_base_of (SvDb *db, gint64 set, gint64 *ret_base, GError **error)
{
  g_auto (SvPackageSetRow) row = {0};
  if (!sv_package_set_load_row (db, set, &row, error))
    return FALSE;
  *ret_base = row.base != 0 ? row.base : set;
  return TRUE;
}

/* --- finding sets that are alike --- */

#define N_SKETCHES 8

/* The smallest of the ids after they are mixed up in one of several ways: two sets share it as
 * often as they share members (min-wise hashing). */
static gint64
sketch (const GArray *ids, guint64 way)
{
  guint64 smallest = G_MAXINT64;
  for (guint i = 0; i < ids->len; i++) {
    guint64 mixed = (g_array_index (ids, guint32, i) + (way << 40)) * 0x9e3779b97f4a7c15ULL;
    mixed = (mixed ^ (mixed >> 29)) * 0xbf58476d1ce4e5b9ULL;
    smallest = MIN (smallest, (mixed ^ (mixed >> 32)) & G_MAXINT64);
  }
  return (gint64)smallest;
}

static gboolean
keep_sketches (SvDb *db, gint64 set, const GArray *ids, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db,
                                           "INSERT INTO package_set_sketch (package_set, place,"
                                           " value) VALUES (:set, :place, :value)",
                                           error);
  for (guint way = 0; query != NULL && way < N_SKETCHES; way++) {
    sv_query_bind_int64 (query, "set", set);
    sv_query_bind_int64 (query, "place", way);
    sv_query_bind_int64 (query, "value", sketch (ids, way));
    if (!sv_query_run (query, error))
      return FALSE;
  }
  return query != NULL;
}

/* @bases: (out): numbers of whole sets that share most of their sketches with @ids. */
static gboolean
list_alike (SvDb *db, const GArray *ids, GArray *bases, GError **error)
{
#define AT(place) "(place = " place " AND value = :value" place ")"
  g_autoptr (SvQuery) query = sv_db_query (
      db,
      "SELECT package_set FROM package_set_sketch WHERE " AT ("0") " OR " AT ("1") " OR " AT (
          "2") " OR " AT ("3") " OR " AT ("4") " OR " AT ("5") " OR " AT ("6") " OR " AT ("7") " GR"
                                                                                               "OUP"
                                                                                               " BY"
                                                                                               " pa"
                                                                                               "cka"
                                                                                               "ge_"
                                                                                               "set"
                                                                                               " OR"
                                                                                               "DER"
                                                                                               " BY"
                                                                                               " CO"
                                                                                               "UNT"
                                                                                               " (*"
                                                                                               ") "
                                                                                               "DES"
                                                                                               "C, "
                                                                                               "pac"
                                                                                               "kag"
                                                                                               "e_"
                                                                                               "set"
                                                                                               " LI"
                                                                                               "MIT"
                                                                                               " :"
                                                                                               "n",
      error);
  if (query == NULL)
    return FALSE;
  for (guint way = 0; way < N_SKETCHES; way++) {
    const char name[] = {'v', 'a', 'l', 'u', 'e', (char)('0' + way), '\0'};
    sv_query_bind_int64 (query, name, sketch (ids, way));
  }
  sv_query_bind_int64 (query, "n", N_CANDIDATES);
  SvStep step;
  while ((step = sv_query_step (query, error)) == SV_STEP_ROW) {
    gint64 id = sv_query_get_int64 (query, 0);
    g_array_append_val (bases, id);
  }
  return step == SV_STEP_DONE;
}

static gboolean
lay_out (SvDb *db, const GArray *ids, gint64 near, Layout *layout, GError **error)
{
  gint64 base = 0;
  *layout = (Layout){.ids = ids, .removed = new_ids ()};
  layout->added = sv_id_list_subtract (ids, layout->removed);
  if (near != 0 && (!find_base_of (db, near, &base, error) || !try_base (db, base, layout, error)))
    return FALSE;
  if (layout->base != 0)
    return TRUE;
  g_autoptr (GArray) bases = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (!list_alike (db, ids, bases, error))
    return FALSE;
  for (guint i = 0; i < bases->len; i++)
    if (!try_base (db, g_array_index (bases, gint64, i), layout, error))
      return FALSE;
  return TRUE;
}

static gboolean
find_next (SvDb *db, gint64 *ret_next, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT COALESCE (MAX (id), 0) + 1 FROM package_set", error);
  if (query == NULL || sv_query_step (query, error) != SV_STEP_ROW)
    return FALSE;
  *ret_next = sv_query_get_int64 (query, 0);
  return TRUE;
}

static void
bind_ids (SvQuery *query, const char *name, const GArray *ids)
{
  g_autoptr (GBytes) bytes = sv_id_list_encode (ids);
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);
  sv_query_bind_blob (query, name, data != NULL ? data : "", size);
}

static gboolean
insert (SvDb *db, gint64 set, const SvDigest *digest, const Layout *layout, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO package_set (id, digest, base, size, members, removed)"
                   " VALUES (:id, :digest, :base, :size, :members, :removed)",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "id", set);
  sv_query_bind_blob (query, "digest", digest->bytes, sizeof digest->bytes);
  sv_query_bind_int64 (query, "base", layout->base);
  sv_query_bind_int64 (query, "size", layout->ids->len);
  bind_ids (query, "members", layout->added);
  bind_ids (query, "removed", layout->removed);
  return sv_query_run (query, error) &&
         (layout->base != 0 || keep_sketches (db, set, layout->ids, error));
}

gboolean
sv_package_set_keep (SvDb *db, const SvDigest *digest, const GArray *ids, gint64 near,
                     gint64 *ret_set, GError **error)
{
  if (!sv_package_set_find (db, digest, ret_set, error))
    return FALSE;
  if (*ret_set != 0)
    return TRUE;
  g_auto (Layout) layout = {0};
  return lay_out (db, ids, near, &layout, error) && find_next (db, ret_set, error) &&
         insert (db, *ret_set, digest, &layout, error);
}

static gboolean
run_for_set (SvDb *db, const char *sql, gint64 set, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, sql, error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "set", set);
  return sv_query_run (query, error);
}

gboolean
sv_package_set_drop (SvDb *db, gint64 set, GError **error)
{
  return run_for_set (db,
                      "DELETE FROM package_set WHERE id = :set"
                      " AND NOT EXISTS (SELECT 1 FROM host WHERE package_set = :set)"
                      " AND NOT EXISTS (SELECT 1 FROM package_set other WHERE other.base = :set)",
                      set, error) &&
         run_for_set (db,
                      "DELETE FROM package_set_sketch WHERE package_set = :set"
                      " AND NOT EXISTS (SELECT 1 FROM package_set WHERE id = :set)",
                      set, error);
}
