/* CISA's catalogue of known exploited vulnerabilities, JSON or CSV with the same field names. */
#include "advisory/feed_reader.h"

#include <string.h>

/* One entry as the catalogue writes it. */
typedef struct {
  char *cve;
  char *name;
  char *added;
  char *due;
  char *ransomware;
  char *action;
  char *forensic_triage;
} Entry;

/* The names of the fields in both layouts. */
static const struct {
  const char *name;
  gsize offset;
} entry_fields[] = {
    {"cveID", G_STRUCT_OFFSET (Entry, cve)},
    {"vulnerabilityName", G_STRUCT_OFFSET (Entry, name)},
    {"dateAdded", G_STRUCT_OFFSET (Entry, added)},
    {"dueDate", G_STRUCT_OFFSET (Entry, due)},
    {"knownRansomwareCampaignUse", G_STRUCT_OFFSET (Entry, ransomware)},
    {"requiredAction", G_STRUCT_OFFSET (Entry, action)},
    {"forensicTriage", G_STRUCT_OFFSET (Entry, forensic_triage)},
};

static char **
find_field (Entry *entry, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (entry_fields); i++)
    if (strcmp (entry_fields[i].name, name) == 0)
      return &G_STRUCT_MEMBER (char *, entry, entry_fields[i].offset);
  return NULL;
}

static void
entry_clear (Entry *entry)
{
  for (guint i = 0; i < G_N_ELEMENTS (entry_fields); i++)
    g_clear_pointer (&G_STRUCT_MEMBER (char *, entry, entry_fields[i].offset), g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Entry, entry_clear)

/* Why the entry cannot be used, or NULL. */
static const char *
fill_kev (const Entry *entry, SvKev *kev)
{
  *kev = (SvKev){.vulnerability = entry->cve,
                 .added_at_us = sv_instant_or_zero (entry->added),
                 .due_at_us = sv_instant_or_zero (entry->due),
                 .name = entry->name,
                 .action = entry->action,
                 .forensic_triage = entry->forensic_triage};
  kev->ransomware =
      entry->ransomware != NULL && g_ascii_strcasecmp (entry->ransomware, "known") == 0;
  if (entry->cve == NULL || !sv_text_is_cve (entry->cve))
    return "no CVE id";
  return kev->added_at_us == 0 ? "no 'dateAdded'" : NULL;
}

/* -- JSON -- */

static gboolean
read_field (SvJsonReader *reader, const char *key, gpointer user_data, GError **error)
{
  char **field = find_field (user_data, key);
  return field != NULL ? sv_take_string (reader, field, error) : sv_json_skip (reader, error);
}

static gboolean
read_entry (SvJsonReader *reader, gpointer user_data, GError **error)
{
  const SvFeedInput *input = user_data;
  g_auto (Entry) entry = {0};
  gboolean is_object;
  SvKev kev;
  if (!sv_input_expect (input, reader, SV_JSON_OBJECT_BEGIN, &is_object, error))
    return FALSE;
  if (!is_object)
    return TRUE;
  if (!sv_json_read_map (reader, read_field, &entry, error))
    return FALSE;
  const char *why = fill_kev (&entry, &kev);
  return why != NULL ? sv_input_skip_json (input, reader, why, error)
                     : sv_input_add (input, SV_FEED_KEV, &kev, error);
}

static gboolean
read_entries (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return sv_json_read_array (reader, read_entry, user_data, error);
}

static const SvJsonMember catalogue_members[] = {{"vulnerabilities", read_entries}};

static gboolean
read_json (const SvFeedInput *input, SvStream *content, GError **error)
{
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (content);
  return sv_json_read_object (reader, catalogue_members, G_N_ELEMENTS (catalogue_members),
                              (gpointer)input, error) &&
         sv_json_next (reader, error) == SV_JSON_END;
}

/* -- CSV -- */

static GPtrArray *
dup_row (const SvCsv *csv)
{
  GPtrArray *row = sv_strings_new ();
  for (guint i = 0; i < sv_csv_get_n_fields (csv); i++)
    g_ptr_array_add (row, g_strdup (sv_csv_find (csv, i)));
  return row;
}

static gboolean
read_row (const SvFeedInput *input, const SvCsv *csv, const GPtrArray *heading, GError **error)
{
  g_auto (Entry) entry = {0};
  SvKev kev;
  for (guint i = 0; i < heading->len && i < sv_csv_get_n_fields (csv); i++) {
    char **field = find_field (&entry, heading->pdata[i]);
    const char *text = sv_csv_find (csv, i);
    if (field != NULL && *field == NULL && *text != '\0')
      *field = g_strdup (text);
  }
  const char *why = sv_csv_get_n_fields (csv) != heading->len ? "not as many fields as the heading"
                                                              : fill_kev (&entry, &kev);
  return why != NULL ? sv_input_skip_line (input, sv_csv_get_line (csv), why, error)
                     : sv_input_add (input, SV_FEED_KEV, &kev, error);
}

static gboolean
read_csv (const SvFeedInput *input, SvStream *content, GError **error)
{
  g_autoptr (SvCsv) csv = sv_csv_new (content);
  g_autoptr (GPtrArray) heading = NULL;
  gboolean found;
  while (sv_csv_next (csv, &found, error)) {
    if (!found)
      return TRUE;
    if (heading == NULL)
      heading = dup_row (csv);
    else if (!read_row (input, csv, heading, error))
      return FALSE;
  }
  return FALSE;
}

/* The catalogue is about a megabyte: it may as well be in memory to see which layout it has. */
gboolean
sv_kev_read (const SvFeedInput *input, GError **error)
{
  g_autoptr (GBytes) bytes = sv_stream_read_all (input->content, SV_LIMIT_LIST_BYTES, error);
  if (bytes == NULL)
    return FALSE;
  gsize size, blank = 0;
  const char *text = g_bytes_get_data (bytes, &size);
  while (blank < size && g_ascii_isspace (text[blank]))
    blank++;
  g_autoptr (SvStream) content =
      sv_stream_new_memory (sv_stream_get_name (input->content), text, size);
  return blank < size && text[blank] == '{' ? read_json (input, content, error)
                                            : read_csv (input, content, error);
}
