#include "inventory/dictionary_store.h"

#define ENTRY_COLUMNS                                                                              \
  "name, arch, version, source, source_version, state, module, vendor, origin, ecosystem"

gboolean
sv_dictionary_refresh (SvDictionary *dictionary, SvDb *db, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db, "SELECT id, " ENTRY_COLUMNS " FROM package_entry WHERE id > :last ORDER BY id", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "last", sv_dictionary_get_last (dictionary));
  SvStep step;
  while ((step = sv_query_step (query, error)) == SV_STEP_ROW) {
    SvPackage *package = sv_record_new (&sv_package_type);
    if (!sv_query_read_record (query, &sv_package_type, package, error)) {
      sv_record_free (&sv_package_type, package);
      return FALSE;
    }
    sv_dictionary_add (dictionary, (guint32)sv_query_get_int64 (query, 0), package);
  }
  return step == SV_STEP_DONE;
}

gboolean
sv_dictionary_look_up (SvDictionary *dictionary, SvDb *db, const SvDigest *digest, guint32 *ret_id,
                       GError **error)
{
  *ret_id = sv_dictionary_find (dictionary, digest);
  if (*ret_id != 0)
    return TRUE;
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT id FROM package_entry WHERE digest = :digest", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_blob (query, "digest", digest->bytes, sizeof digest->bytes);
  SvStep step = sv_query_step (query, error);
  if (step == SV_STEP_ROW)
    *ret_id = (guint32)sv_query_get_int64 (query, 0);
  return step != SV_STEP_ERROR;
}

static gboolean
find_next (SvDb *db, guint32 *ret_next, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT COALESCE (MAX (id), 0) FROM package_entry", error);
  if (query == NULL || sv_query_step (query, error) != SV_STEP_ROW)
    return FALSE;
  gint64 last = sv_query_get_int64 (query, 0);
  *ret_next = (guint32)last + 1;
  if (last < SV_LIMIT_PACKAGE_ENTRIES)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_LIMIT,
               "the fleet has %d distinct packages: no more are taken in",
               SV_LIMIT_PACKAGE_ENTRIES);
  return FALSE;
}

/* Adds @package with its digest as number @id. */
static gboolean
insert (SvDb *db, guint32 id, const SvPackage *package, const SvDigest *digest, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db,
      "INSERT INTO package_entry (id, digest, " ENTRY_COLUMNS ")"
      " VALUES (:id, :digest, :name, :arch, :version, :source, :source_version, :state, :module,"
      " :vendor, :origin, :ecosystem)",
      error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "id", id);
  sv_query_bind_blob (query, "digest", digest->bytes, sizeof digest->bytes);
  sv_query_bind_record (query, &sv_package_type, package);
  return sv_query_run (query, error);
}

static gint
compare_ids (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *)a, y = *(const guint32 *)b;
  return (x > y) - (x < y);
}

static void
sort_ids (GArray *ids)
{
  g_array_sort (ids, compare_ids);
  guint kept = 0;
  guint32 *all = (guint32 *)(gpointer)ids->data;
  for (guint i = 0; i < ids->len; i++)
    if (kept == 0 || all[kept - 1] != all[i])
      all[kept++] = all[i];
  g_array_set_size (ids, kept);
}

gboolean
sv_dictionary_take (SvDictionary *dictionary, SvDb *db, const GPtrArray *packages, GArray **ret_ids,
                    GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) digests = sv_package_digest_each (packages);
  guint32 next = 0;
  for (guint i = 0; i < packages->len; i++) {
    const SvDigest *digest = &g_array_index (digests, SvDigest, i);
    guint32 id;
    if (!sv_dictionary_look_up (dictionary, db, digest, &id, error))
      return FALSE;
    if (id == 0 && next == 0 && !find_next (db, &next, error))
      return FALSE;
    if (id == 0 && !insert (db, id = next++, packages->pdata[i], digest, error))
      return FALSE;
    g_array_append_val (ids, id);
  }
  sort_ids (ids);
  *ret_ids = g_steal_pointer (&ids);
  return TRUE;
}

static gboolean
load_digest (SvDb *db, guint32 id, SvDigest *ret_digest, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT digest FROM package_entry WHERE id = :id", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "id", id);
  SvStep step = sv_query_step (query, error);
  gsize size = 0;
  const void *data = step == SV_STEP_ROW ? sv_query_get_blob (query, 0, &size) : NULL;
  if (size == sizeof ret_digest->bytes) {
    memcpy (ret_digest->bytes, data, size);
    return TRUE;
  }
  if (step != SV_STEP_ERROR)
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "there is no package of number %u", id);
  return FALSE;
}

static gint
compare_digests (gconstpointer a, gconstpointer b)
{
  return sv_digest_compare (a, b);
}

GArray *
sv_dictionary_list_digests (SvDictionary *dictionary, SvDb *db, const GArray *ids, GError **error)
{
  g_autoptr (GArray) digests = g_array_sized_new (FALSE, FALSE, sizeof (SvDigest), ids->len);
  for (guint i = 0; i < ids->len; i++) {
    guint32 id = g_array_index (ids, guint32, i);
    SvDigest digest;
    if (!sv_dictionary_find_digest (dictionary, id, &digest) &&
        !load_digest (db, id, &digest, error))
      return NULL;
    g_array_append_val (digests, digest);
  }
  g_array_sort (digests, compare_digests);
  return g_steal_pointer (&digests);
}
