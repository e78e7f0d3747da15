/* Tables of computers: CSV with a heading, and JSON lists of objects. VMware, Proxmox, Kea and
 * people write them; a column is known by one of its usual names. */
#include "inventory/sighting_read.h"

#include <string.h>

typedef enum { NAME, ADDRESS, MAC, OS, SEEN, LIFETIME, EXPIRES, STATE, N_COLUMNS } Column;

/* In lower case, with ' ' for '_' and '-'. The last three are Kea's. */
static const struct {
  const char *heading;
  Column column;
} headings[] = {
    {"name", NAME},
    {"hostname", NAME},
    {"host name", NAME},
    {"vm", NAME},
    {"vm name", NAME},
    {"dns name", NAME},
    {"fqdn", NAME},
    {"computer", NAME},
    {"computer name", NAME},
    {"dnshostname", NAME},
    {"address", ADDRESS},
    {"addresses", ADDRESS},
    {"ip", ADDRESS},
    {"ip address", ADDRESS},
    {"ipaddress", ADDRESS},
    {"ip addresses", ADDRESS},
    {"primary ip address", ADDRESS},
    {"mac", MAC},
    {"macs", MAC},
    {"mac address", MAC},
    {"macaddress", MAC},
    {"hwaddr", MAC},
    {"os", OS},
    {"operating system", OS},
    {"operatingsystem", OS},
    {"guest os", OS},
    {"last seen", SEEN},
    {"valid lifetime", LIFETIME},
    {"expire", EXPIRES},
    {"state", STATE},
};

/* N_COLUMNS: it is none that is read. */
static Column
find_column (const char *heading)
{
  g_autofree char *plain = g_ascii_strdown (heading, -1);
  g_strstrip (g_strdelimit (plain, "_-", ' '));
  for (gsize i = 0; i < G_N_ELEMENTS (headings); i++)
    if (strcmp (headings[i].heading, plain) == 0)
      return headings[i].column;
  return N_COLUMNS;
}

/* --- one computer --- */

typedef struct {
  GString *cells[N_COLUMNS]; /* values of one cell are separated by white space, ',' or ';' */
} Row;

static void
row_init (Row *row)
{
  for (guint i = 0; i < N_COLUMNS; i++)
    row->cells[i] = g_string_new (NULL);
}

static void
row_reset (Row *row)
{
  for (guint i = 0; i < N_COLUMNS; i++)
    g_string_truncate (row->cells[i], 0);
}

static void
row_clear (Row *row)
{
  for (guint i = 0; i < N_COLUMNS; i++)
    g_string_free (row->cells[i], TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Row, row_clear)

/* Of addresses and cards there may be several; of all else the first stands. */
static void
row_add (Row *row, Column column, const char *text)
{
  if (row->cells[column]->len > 0 && column != ADDRESS && column != MAC)
    return;
  g_string_append_printf (row->cells[column], "%s%s", row->cells[column]->len > 0 ? " " : "", text);
}

static GStrv
split_cell (const Row *row, Column column)
{
  GStrv words = g_strsplit_set (row->cells[column]->str, " ,;\t\r\n", -1);
  guint kept = 0;
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      words[kept++] = words[i];
    else
      g_free (words[i]);
  words[kept] = NULL;
  return words;
}

static gint64
find_time (const Row *row)
{
  gint64 expires_s, lifetime_s, seen_us = 0;
  if (row->cells[SEEN]->len > 0)
    return sv_time_parse (row->cells[SEEN]->str, &seen_us, NULL) ? seen_us : 0;
  if (!sv_text_parse_int64 (row->cells[EXPIRES]->str, &expires_s, NULL) ||
      !sv_text_parse_int64 (row->cells[LIFETIME]->str, &lifetime_s, NULL) || lifetime_s < 0 ||
      expires_s < lifetime_s || expires_s > G_MAXINT64 / SV_SECOND_US)
    return 0;
  return (expires_s - lifetime_s) * SV_SECOND_US;
}

/* Which card has which of several addresses nobody says: then each stands alone, beside the name.
 */
static gboolean
add_row (SvSightingReading *reading, const Row *row, GError **error)
{
  g_auto (GStrv) addresses = split_cell (row, ADDRESS), macs = split_cell (row, MAC);
  guint n_macs = g_strv_length (macs), n_addresses = g_strv_length (addresses);
  gboolean paired = n_macs <= 1;
  SvSightingWords words = {.name = sv_text_or_null (row->cells[NAME]->str),
                           .os = sv_text_or_null (row->cells[OS]->str),
                           .last_seen_us = find_time (row)};
  for (guint i = 0; i < n_addresses; i++) {
    words.address = addresses[i];
    words.mac = paired ? macs[0] : NULL;
    if (!sv_sighting_add (reading, &words, error))
      return FALSE;
  }
  words.address = NULL;
  for (guint i = 0; (!paired || n_addresses == 0) && i < MAX (n_macs, 1); i++) {
    words.mac = macs[i];
    if (!sv_sighting_add (reading, &words, error))
      return FALSE;
  }
  return TRUE;
}

/* --- CSV --- */

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

gboolean
sv_sighting_is_csv (const char *text)
{
  const char *begin = text + strspn (text, " \t\r\n");
  if (g_str_has_prefix (begin, BYTE_ORDER_MARK))
    begin += strlen (BYTE_ORDER_MARK);
  g_autofree char *line = g_strndup (begin, strcspn (begin, "\r\n"));
  g_auto (GStrv) fields = g_strsplit_set (line, ",;", SV_LIMIT_CSV_FIELDS);
  for (char **field = fields; *field != NULL; field++) {
    Column column = find_column (g_strstrip (g_strdelimit (*field, "\"", ' ')));
    if (column <= MAC)
      return TRUE;
  }
  return FALSE;
}

static void
read_headings (const SvCsv *csv, GArray *columns)
{
  for (guint i = 0; i < sv_csv_get_n_fields (csv); i++) {
    Column column = find_column (sv_csv_find (csv, i));
    g_array_append_val (columns, column);
  }
}

static void
read_cells (const SvCsv *csv, const GArray *columns, Row *row)
{
  row_reset (row);
  for (guint i = 0; i < columns->len && i < sv_csv_get_n_fields (csv); i++) {
    Column column = g_array_index (columns, Column, i);
    if (column < N_COLUMNS && *sv_csv_find (csv, i) != '\0')
      row_add (row, column, sv_csv_find (csv, i));
  }
}

/* Kea writes each change behind the ones before: a lease that ended has no lifetime, or a state
 * other than 0. */
static gboolean
is_ended_lease (const Row *row)
{
  return row->cells[LIFETIME]->len > 0 &&
         (strcmp (row->cells[LIFETIME]->str, "0") == 0 ||
          (row->cells[STATE]->len > 0 && strcmp (row->cells[STATE]->str, "0") != 0));
}

typedef struct {
  SvSightingReading *reading;
  SvCsv *csv;
  GArray *columns;    /* Column */
  GHashTable *leases; /* Kea: address → place of its sighting in the list, from 1 */
} Sheet;

/* The last word on an address stands: what was said before leaves a gap in the list. */
static gboolean
take_lease (Sheet *sheet, const Row *row, GError **error)
{
  GPtrArray *list = sheet->reading->sightings->list;
  char *address = row->cells[ADDRESS]->str;
  guint place = GPOINTER_TO_UINT (g_hash_table_lookup (sheet->leases, address));
  if (place > 0)
    sv_record_free (&sv_sighting_type, g_steal_pointer (&list->pdata[place - 1]));
  g_hash_table_remove (sheet->leases, address);
  guint before = list->len;
  if (is_ended_lease (row))
    return TRUE;
  if (!add_row (sheet->reading, row, error))
    return FALSE;
  if (list->len == before + 1)
    g_hash_table_insert (sheet->leases, g_strdup (address), GUINT_TO_POINTER (list->len));
  return TRUE;
}

static void
close_gaps (GPtrArray *list)
{
  guint kept = 0;
  for (guint i = 0; i < list->len; i++) {
    gpointer sighting = g_steal_pointer (&list->pdata[i]);
    if (sighting != NULL)
      list->pdata[kept++] = sighting;
  }
  g_ptr_array_set_size (list, (int)kept);
}

/* The heading is one field if another delimiter is used. */
static gboolean
begin_table (SvCsv *csv, GArray *columns, GError **error)
{
  gboolean found;
  if (!sv_csv_next (csv, &found, error) || !found)
    return FALSE;
  if (sv_csv_get_n_fields (csv) == 1 && strchr (sv_csv_find (csv, 0), ';') != NULL)
    sv_csv_resplit (csv, ';');
  read_headings (csv, columns);
  return TRUE;
}

static gboolean
read_rows (Sheet *sheet, Row *row, GError **error)
{
  for (gboolean found; sv_csv_next (sheet->csv, &found, error);) {
    if (!found)
      return TRUE;
    read_cells (sheet->csv, sheet->columns, row);
    gboolean taken = row->cells[LIFETIME]->len > 0 ? take_lease (sheet, row, error)
                                                   : add_row (sheet->reading, row, error);
    if (!taken)
      return FALSE;
  }
  return FALSE;
}

gboolean
sv_sighting_read_csv (SvSightingReading *reading, char *text, GError **error)
{
  const char *begin =
      g_str_has_prefix (text, BYTE_ORDER_MARK) ? text + strlen (BYTE_ORDER_MARK) : text;
  g_autoptr (SvStream) stream = sv_stream_new_memory (reading->name, begin, strlen (begin));
  g_autoptr (SvCsv) csv = sv_csv_new (stream);
  g_autoptr (GArray) columns = g_array_new (FALSE, FALSE, sizeof (Column));
  g_autoptr (GHashTable) leases = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Sheet sheet = {reading, csv, columns, leases};
  g_auto (Row) row;
  row_init (&row);
  gboolean read = begin_table (csv, columns, error) && read_rows (&sheet, &row, error);
  close_gaps (reading->sightings->list);
  return read;
}

/* --- JSON --- */

typedef struct {
  SvSightingReading *reading;
  Row row;
  Column column; /* of the member that is being read */
} Table;

static gboolean
read_value (SvJsonReader *reader, gpointer user_data, GError **error)
{
  Table *table = user_data;
  SvJsonToken token = sv_json_peek (reader, NULL);
  if (token == SV_JSON_ARRAY_BEGIN)
    return sv_json_read_array (reader, read_value, table, error);
  if (token != SV_JSON_STRING || table->column == N_COLUMNS)
    return sv_json_skip (reader, error);
  g_autofree char *text = NULL;
  if (!sv_json_read_string (reader, &text, error))
    return FALSE;
  row_add (&table->row, table->column, text);
  return TRUE;
}

static gboolean
read_member (SvJsonReader *reader, const char *key, gpointer user_data, GError **error)
{
  Table *table = user_data;
  table->column = find_column (key);
  return read_value (reader, table, error);
}

static gboolean
read_machine (SvJsonReader *reader, gpointer user_data, GError **error)
{
  Table *table = user_data;
  if (sv_json_peek (reader, NULL) != SV_JSON_OBJECT_BEGIN)
    return sv_json_skip (reader, error);
  row_reset (&table->row);
  return sv_json_read_map (reader, read_member, table, error) &&
         add_row (table->reading, &table->row, error);
}

/* {"data": […]}: whatever the list is called. */
static gboolean
read_list (SvJsonReader *reader, const char *key, gpointer user_data, GError **error)
{
  return sv_json_peek (reader, NULL) == SV_JSON_ARRAY_BEGIN
             ? sv_json_read_array (reader, read_machine, user_data, error)
             : sv_json_skip (reader, error);
}

gboolean
sv_sighting_read_json (SvSightingReading *reading, char *text, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_new_memory (reading->name, text, strlen (text));
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  Table table = {.reading = reading};
  row_init (&table.row);
  gboolean read = sv_json_peek (reader, NULL) == SV_JSON_OBJECT_BEGIN
                      ? sv_json_read_map (reader, read_list, &table, error)
                      : sv_json_read_array (reader, read_machine, &table, error);
  row_clear (&table.row);
  return read && sv_json_next (reader, error) == SV_JSON_END;
}
