#include "advisory/feed_format.h"

#include <string.h>

const SvFeedFormat sv_feed_formats[] = {
    {"cve5", sv_cve5_read, ".json", TRUE,
     "CVE records (JSON 5), with the Vulnrichment container where there is one"},
    {"debian-list", sv_debian_list_read, NULL, FALSE,
     "Debian's lists of advisories (DSA, DLA, DTSA)"},
    {"debian-tracker", sv_tracker_json_read, ".json", FALSE, "Debian security tracker, data/json"},
    {"epss", sv_epss_read, ".csv", FALSE, "EPSS scores, CSV with or without heading"},
    {"kev", sv_kev_read, NULL, FALSE, "CISA known exploited vulnerabilities, JSON or CSV"},
    {"osv", sv_osv_read, ".json", TRUE, "OSV records: a directory, zip or tar of JSON documents"},
    {"updateinfo", sv_updateinfo_read, ".xml", FALSE, "updateinfo.xml of an RPM repository"},
};
const gsize sv_n_feed_formats = G_N_ELEMENTS (sv_feed_formats);

const SvFeedFormat *
sv_feed_format_find (const char *name)
{
  for (gsize i = 0; i < sv_n_feed_formats; i++)
    if (strcmp (sv_feed_formats[i].name, name) == 0)
      return &sv_feed_formats[i];
  return NULL;
}

guint64
sv_feed_counts_total (const SvFeedCounts *counts)
{
  guint64 total = 0;
  for (guint i = 0; i < SV_N_FEED_RECORDS; i++)
    total += counts->records[i];
  return total;
}

/* One reading: stands between the reader and the caller's sink. */
typedef struct {
  const SvFeedFormat *format;
  const SvFeedOptions *options;
  const SvFeedSink *sink; /* the caller's */
  SvFeedSink guard;       /* what the reader sees */
  SvFeedCounts *counts;
  const char *document;
  gboolean ended; /* by a limit of the feed, or by the caller */
} Reading;

static gboolean
skip (gpointer user_data, const char *where, const char *why, GError **error)
{
  Reading *reading = user_data;
  if (++reading->counts->skipped > SV_LIMIT_FEED_SKIPPED) {
    reading->ended = TRUE;
    g_set_error (error, SV_ERROR, SV_ERROR_LIMIT,
                 "more than %d bad records: this is no '%s' feed; the last was at '%s': %s",
                 SV_LIMIT_FEED_SKIPPED, reading->format->name, where, why);
    return FALSE;
  }
  reading->ended = !reading->sink->skip (reading->sink->user_data, where, why, error);
  return !reading->ended;
}

static void
pass (gpointer user_data, const char *what)
{
  Reading *reading = user_data;
  reading->counts->passed++;
  if (reading->sink->pass != NULL)
    reading->sink->pass (reading->sink->user_data, what);
}

/* Why a field of a record cannot be used, or NULL. */
static const char *
find_fault (const SvField *field, gconstpointer record)
{
  if (field->type != SV_TYPE_STRING)
    return NULL;
  const char *text = G_STRUCT_MEMBER (char *, record, field->offset);
  if (text == NULL)
    return field->flags & SV_FIELD_REQUIRED ? "is missing" : NULL;
  gsize length = strlen (text);
  if (field->max > 0 && length > field->max)
    return "is too long";
  return g_utf8_validate_len (text, length, NULL) ? NULL : "is not UTF-8";
}

/* New string that says what is wrong with @record, or NULL. */
static char *
dup_fault (const SvRecordType *type, gconstpointer record)
{
  for (gsize i = 0; i < type->n_fields; i++) {
    const char *fault = find_fault (&type->fields[i], record);
    if (fault != NULL)
      return g_strdup_printf ("'%s' of %s %s", type->fields[i].name, type->name, fault);
  }
  return NULL;
}

static gboolean
is_wanted (const SvFeedOptions *options, SvFeedRecord kind, gconstpointer record)
{
  if (options->releases == NULL || kind != SV_FEED_STATEMENT)
    return TRUE;
  const SvStatement *statement = record;
  return *statement->release == '\0' || g_strv_contains (options->releases, statement->release);
}

static gboolean
add (gpointer user_data, SvFeedRecord kind, gconstpointer record, GError **error)
{
  Reading *reading = user_data;
  g_autofree char *fault = dup_fault (sv_feed_record_types[kind], record);
  if (fault != NULL)
    return skip (reading, reading->document, fault, error);
  if (!is_wanted (reading->options, kind, record)) {
    pass (reading, "release not asked for");
    return TRUE;
  }
  if (sv_feed_counts_total (reading->counts) >= SV_LIMIT_FEED_RECORDS) {
    reading->ended = TRUE;
    g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "more than %d records", SV_LIMIT_FEED_RECORDS);
    return FALSE;
  }
  g_autoptr (GError) refused = NULL;
  if (reading->sink->add (reading->sink->user_data, kind, record, &refused)) {
    reading->counts->records[kind]++;
    return TRUE;
  }
  if (sv_error_is (refused, SV_ERROR_INVALID_DATA))
    return skip (reading, reading->document, refused->message, error);
  reading->ended = TRUE;
  g_propagate_error (error, g_steal_pointer (&refused));
  return FALSE;
}

static gboolean
read_document (const char *name, SvStream *content, gpointer user_data, GError **error)
{
  Reading *reading = user_data;
  reading->document = name;
  if (reading->format->document_is_record)
    sv_stream_set_max_bytes (content, SV_LIMIT_RECORD_BYTES);
  const SvFeedInput input = {
      .content = content, .options = reading->options, .sink = &reading->guard};
  g_autoptr (GError) broken = NULL;
  gboolean read = reading->format->read (&input, &broken);
  reading->counts->documents++;
  reading->counts->bytes += sv_stream_get_offset (content);
  if (read)
    return TRUE;
  gboolean own_fault =
      sv_error_is (broken, SV_ERROR_INVALID_DATA) || sv_error_is (broken, SV_ERROR_LIMIT);
  if (reading->format->document_is_record && own_fault && !reading->ended)
    return skip (reading, name, broken->message, error);
  g_propagate_error (error, g_steal_pointer (&broken));
  return FALSE;
}

static void
begin (Reading *reading, const SvFeedFormat *format, const SvFeedOptions *options,
       const SvFeedSink *sink, SvFeedCounts *counts)
{
  *counts = (SvFeedCounts){0};
  *reading = (Reading){
      .format = format, .options = options, .sink = sink, .counts = counts, .document = ""};
  reading->guard = (SvFeedSink){.add = add, .skip = skip, .pass = pass, .user_data = reading};
}

/* An empty feed is an alarm. */
static gboolean
conclude (const Reading *reading, const char *name, GError **error)
{
  const SvFeedCounts *counts = reading->counts;
  if (sv_feed_counts_total (counts) + counts->passed > 0)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
               "'%s' holds no record of format '%s' in %" G_GUINT64_FORMAT
               " documents (%" G_GUINT64_FORMAT " bad records): check path and format",
               name, reading->format->name, counts->documents, counts->skipped);
  return FALSE;
}

gboolean
sv_feed_read (const SvFeedFormat *format, const SvFeedOptions *options, const SvFeedSink *sink,
              SvFeedCounts *ret_counts, GError **error)
{
  Reading reading;
  begin (&reading, format, options, sink, ret_counts);
  if (sv_documents_foreach (options->path, format->suffix, read_document, &reading, error))
    return conclude (&reading, options->path, error);
  g_prefix_error (error, "cannot read '%s' as '%s': ", options->path, format->name);
  return FALSE;
}

gboolean
sv_feed_read_document (const SvFeedFormat *format, SvStream *content, const SvFeedSink *sink,
                       SvFeedCounts *ret_counts, GError **error)
{
  Reading reading;
  const SvFeedOptions options = {.path = sv_stream_get_name (content)};
  begin (&reading, format, &options, sink, ret_counts);
  return read_document (options.path, content, &reading, error) &&
         conclude (&reading, options.path, error);
}
