#include "inventory/posture_store.h"

#include "inventory/package_set.h"

/* The document of the posture: the same facts make the same bytes. */
static char *
write_document (const SvInventory *facts)
{
  const SvInventory posture = {.distro = facts->distro,
                               .hardware_class = facts->hardware_class,
                               .kernels = facts->kernels,
                               .live_patches = facts->live_patches,
                               .modules = facts->modules,
                               .release_lock = facts->release_lock};
  GString *text = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (text, 0);
  sv_record_write_json (&sv_inventory_type, &posture, writer, NULL);
  return g_string_free (text, FALSE);
}

static gboolean
find (SvDb *db, const SvDigest *digest, gint64 *ret_posture, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT id FROM posture WHERE digest = :digest", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_blob (query, "digest", digest->bytes, sizeof digest->bytes);
  SvStep step = sv_query_step (query, error);
  *ret_posture = step == SV_STEP_ROW ? sv_query_get_int64 (query, 0) : 0;
  return step != SV_STEP_ERROR;
}

static gboolean
find_next (SvDb *db, gint64 *ret_next, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT COALESCE (MAX (id), 0) + 1 FROM posture", error);
  if (query == NULL || sv_query_step (query, error) != SV_STEP_ROW)
    return FALSE;
  *ret_next = sv_query_get_int64 (query, 0);
  return TRUE;
}

static gboolean
insert (SvDb *db, gint64 posture, const SvDigest *digest, const char *document, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db, "INSERT INTO posture (id, digest, document) VALUES (:id, :digest, :document)", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "id", posture);
  sv_query_bind_blob (query, "digest", digest->bytes, sizeof digest->bytes);
  sv_query_bind_text (query, "document", document);
  return sv_query_run (query, error);
}

gboolean
sv_posture_keep (SvDb *db, const SvInventory *facts, gint64 *ret_posture, GError **error)
{
  g_autofree char *document = write_document (facts);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (sum, (const guchar *)document, -1);
  SvDigest digest;
  gsize size = sizeof digest.bytes;
  g_checksum_get_digest (sum, digest.bytes, &size);
  if (!find (db, &digest, ret_posture, error))
    return FALSE;
  return *ret_posture != 0 || (find_next (db, ret_posture, error) &&
                               insert (db, *ret_posture, &digest, document, error));
}

static SvInventory *
read_document (const char *document, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_new_memory ("posture", document, strlen (document));
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  g_autoptr (SvInventory) posture = sv_record_new (&sv_inventory_type);
  return sv_record_read_json (&sv_inventory_type, reader, SV_RECORD_LENIENT, posture, error)
             ? g_steal_pointer (&posture)
             : NULL;
}

SvInventory *
sv_posture_load (SvDb *db, gint64 posture, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT document FROM posture WHERE id = :id", error);
  if (query == NULL)
    return NULL;
  sv_query_bind_int64 (query, "id", posture);
  SvStep step = sv_query_step (query, error);
  if (step == SV_STEP_ROW)
    return read_document (sv_query_get_text (query, 0), error);
  if (step == SV_STEP_DONE)
    g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND, "there is no posture %" G_GINT64_FORMAT,
                 posture);
  return NULL;
}
