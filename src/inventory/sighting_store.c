#include "inventory/sighting_store.h"

static const SvField source_fields[] = {
    SV_FIELD (SvSightingSource, source, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "Name of the source."),
    SV_FIELD (SvSightingSource, kind, SV_TYPE_ENUM, .values = sv_sighting_kind_names,
              .doc = "What it is."),
    SV_FIELD (SvSightingSource, at_us, SV_TYPE_INSTANT, .doc = "When it was last replaced."),
    SV_FIELD (SvSightingSource, sightings, SV_TYPE_INT64, .doc = "Computers that it names."),
    SV_FIELD (SvSightingSource, passed_over, SV_TYPE_INT64,
              .doc = "Records that name no computer, or could not be read."),
};
SV_RECORD_TYPE (sv_sighting_source_type, SvSightingSource, "SightingSource", source_fields,
                "A source that sees computers, beside the inventory.");

void
sv_sighting_source_free (SvSightingSource *source)
{
  sv_record_free (&sv_sighting_source_type, source);
}

/* --- writing --- */

static gboolean
delete_source (SvDb *db, const char *source, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "DELETE FROM sighting_source WHERE source = :source", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "source", source);
  return sv_query_run (query, error);
}

static gboolean
insert_source (SvDb *db, const SvSightingSource *source, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO sighting_source (source, kind, at_us, sightings, passed_over)"
                   " VALUES (:source, :kind, :at_us, :sightings, :passed_over)",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_record (query, &sv_sighting_source_type, source);
  return sv_query_run (query, error);
}

gboolean
sv_sighting_replace (SvDb *db, const SvSightingSource *source, const SvSightings *sightings,
                     GError **error)
{
  if (!delete_source (db, source->source, error) || !insert_source (db, source, error))
    return FALSE;
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO sighting (source, name, address, mac, os, last_seen_us)"
                   " VALUES (:source, :name, :address, :mac, :os, :last_seen_us)",
                   error);
  for (guint i = 0; query != NULL && i < sightings->list->len; i++) {
    sv_query_bind_text (query, "source", source->source);
    sv_query_bind_record (query, &sv_sighting_type, sightings->list->pdata[i]);
    if (!sv_query_run (query, error))
      return FALSE;
  }
  return query != NULL;
}

static gboolean
must_be_there (SvDb *db, const char *source, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT 1 FROM sighting_source WHERE source = :source", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "source", source);
  SvStep step = sv_query_step (query, error);
  g_autofree char *printable = sv_text_printable (source);
  if (step == SV_STEP_DONE)
    g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND, "there is no source '%s'", printable);
  return step == SV_STEP_ROW;
}

gboolean
sv_sighting_delete (SvDb *db, const char *source, GError **error)
{
  return must_be_there (db, source, error) && delete_source (db, source, error);
}

static gboolean
delete_note (SvDb *db, const char *computer, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "DELETE FROM computer_note WHERE computer = :computer", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "computer", computer);
  return sv_query_run (query, error);
}

gboolean
sv_sighting_save_note (SvDb *db, const SvComputerNote *note, gint64 now_us, GError **error)
{
  if (!delete_note (db, note->computer, error))
    return FALSE;
  if (sv_text_is_empty (note->owner) && sv_text_is_empty (note->note))
    return TRUE;
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO computer_note (computer, owner, note, changed_at_us)"
                   " VALUES (:computer, :owner, :note, :now)",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_record (query, &sv_computer_note_type, note);
  sv_query_bind_int64 (query, "now", now_us);
  return sv_query_run (query, error);
}

/* --- reading --- */

GPtrArray *
sv_sighting_list_sources (SvDb *db, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT source, kind, at_us, sightings, passed_over FROM sighting_source"
                   " ORDER BY source",
                   error);
  return query != NULL ? sv_rows_read_all (query, &sv_sighting_source_type, error) : NULL;
}

GPtrArray *
sv_sighting_list_seen (SvDb *db, gint kind, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db,
      "SELECT s.source AS source, kind, name, address, mac, os, last_seen_us FROM sighting s"
      " JOIN sighting_source o ON o.source = s.source"
      " WHERE CAST (:kind AS TEXT) IS NULL OR kind = :kind",
      error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "kind", kind >= 0 ? sv_sighting_kind_names[kind] : NULL);
  return sv_rows_read_all (query, &sv_seen_type, error);
}

GPtrArray *
sv_sighting_list_hosts (SvDb *db, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT id, hostname, addresses, macs, last_seen_us, retired_at_us FROM host"
                   " WHERE package_set > 0 OR retired_at_us > 0",
                   error);
  return query != NULL ? sv_rows_read_all (query, &sv_known_host_type, error) : NULL;
}

GPtrArray *
sv_sighting_list_notes (SvDb *db, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT computer, owner, note FROM computer_note", error);
  return query != NULL ? sv_rows_read_all (query, &sv_computer_note_type, error) : NULL;
}
