#include "base/csv.h"

#include "base/error.h"
#include "base/limits.h"

#include <string.h>

#define BUFFER_BYTES (64 * 1024)

struct SvCsv {
  SvStream *stream;
  char delimiter;
  char buffer[BUFFER_BYTES];
  gsize used, filled;
  guint64 line;     /* of the next byte */
  guint64 row_line; /* of the current row */
  GString *row;     /* the fields, each with its NUL */
  GArray *fields;   /* gsize: where each begins */
};

SvCsv *
sv_csv_new (SvStream *stream)
{
  SvCsv *csv = g_new0 (SvCsv, 1);
  csv->stream = stream;
  csv->delimiter = ',';
  csv->line = 1;
  csv->row = g_string_new (NULL);
  csv->fields = g_array_new (FALSE, FALSE, sizeof (gsize));
  return csv;
}

void
sv_csv_free (SvCsv *csv)
{
  g_string_free (csv->row, TRUE);
  g_array_unref (csv->fields);
  g_free (csv);
}

static gboolean
refuse (const SvCsv *csv, SvError code, const char *why, GError **error)
{
  g_set_error (error, SV_ERROR, (int)code, "'%s' line %" G_GUINT64_FORMAT ": %s",
               sv_stream_get_name (csv->stream), csv->row_line, why);
  return FALSE;
}

/* The next byte, -1 at the end, -2 on error. */
static int
next_byte (SvCsv *csv, GError **error)
{
  if (csv->used == csv->filled) {
    gssize n = sv_stream_read (csv->stream, csv->buffer, sizeof csv->buffer, error);
    if (n <= 0)
      return n == 0 ? -1 : -2;
    csv->used = 0;
    csv->filled = (gsize)n;
  }
  int byte = (guchar)csv->buffer[csv->used++];
  csv->line += byte == '\n';
  return byte;
}

/* Appends the plain bytes that stand in the buffer, up to the next that means something. */
static void
take_plain (SvCsv *csv, gboolean quoted)
{
  gsize begin = csv->used;
  while (csv->used < csv->filled) {
    char c = csv->buffer[csv->used];
    if (c == '"' || c == '\0' || c == '\n' || (!quoted && (c == csv->delimiter || c == '\r')))
      break;
    csv->used++;
  }
  g_string_append_len (csv->row, csv->buffer + begin, (gssize)(csv->used - begin));
}

typedef enum { AT_START, PLAIN, QUOTED, BEHIND_QUOTE } State;
typedef enum { GO_ON, ROW_ENDS, REFUSED } Outcome;

static Outcome
end_field (SvCsv *csv, gboolean row_ends)
{
  g_string_append_c (csv->row, '\0');
  gsize begin = csv->row->len;
  if (row_ends)
    return ROW_ENDS;
  g_array_append_val (csv->fields, begin);
  return GO_ON;
}

static Outcome
take_byte (SvCsv *csv, int byte, State *state, GError **error)
{
  gboolean in_quotes = *state == QUOTED;
  if (byte == '\0')
    return refuse (csv, SV_ERROR_INVALID_DATA, "a NUL byte", error), REFUSED;
  if (byte == '"' && *state != PLAIN) {
    if (*state == BEHIND_QUOTE)
      g_string_append_c (csv->row, '"');
    *state = in_quotes ? BEHIND_QUOTE : QUOTED;
    return GO_ON;
  }
  if (in_quotes) {
    g_string_append_c (csv->row, (char)byte);
    return GO_ON;
  }
  if (byte == '\r')
    return GO_ON;
  if (byte == '\n' || byte == csv->delimiter) {
    *state = AT_START;
    return end_field (csv, byte == '\n');
  }
  if (*state == BEHIND_QUOTE)
    return refuse (csv, SV_ERROR_INVALID_DATA, "text behind a closing quote", error), REFUSED;
  *state = PLAIN;
  g_string_append_c (csv->row, (char)byte);
  return GO_ON;
}

static gboolean
check_limits (const SvCsv *csv, GError **error)
{
  if (csv->row->len > SV_LIMIT_CSV_ROW_BYTES)
    return refuse (csv, SV_ERROR_LIMIT, "the row is too long", error);
  if (csv->fields->len > SV_LIMIT_CSV_FIELDS)
    return refuse (csv, SV_ERROR_LIMIT, "the row has too many fields", error);
  return TRUE;
}

/* One row, an empty one too. */
static gboolean
read_row (SvCsv *csv, gboolean *ret_found, GError **error)
{
  State state = AT_START;
  Outcome outcome = GO_ON;
  gsize begin = 0;
  g_string_truncate (csv->row, 0);
  g_array_set_size (csv->fields, 0);
  g_array_append_val (csv->fields, begin);
  csv->row_line = csv->line;
  *ret_found = TRUE;
  while (outcome == GO_ON) {
    int byte = next_byte (csv, error);
    if (byte == -2)
      return FALSE;
    if (byte == -1) {
      if (state == QUOTED)
        return refuse (csv, SV_ERROR_INVALID_DATA, "a quote never closes", error);
      *ret_found = csv->row->len > 0 || csv->fields->len > 1 || state != AT_START;
      g_string_append_c (csv->row, '\0');
      return TRUE;
    }
    outcome = take_byte (csv, byte, &state, error);
    if (outcome == GO_ON && (state == PLAIN || state == QUOTED))
      take_plain (csv, state == QUOTED);
    if (outcome == REFUSED || !check_limits (csv, error))
      return FALSE;
  }
  return TRUE;
}

/* Spreadsheets put it before the first row. */
static void
drop_byte_order_mark (SvCsv *csv)
{
  if (csv->row_line == 1 && g_str_has_prefix (csv->row->str, "\xef\xbb\xbf"))
    g_array_index (csv->fields, gsize, 0) += strlen ("\xef\xbb\xbf");
}

gboolean
sv_csv_next (SvCsv *csv, gboolean *ret_found, GError **error)
{
  do {
    if (!read_row (csv, ret_found, error))
      return FALSE;
    drop_byte_order_mark (csv);
  } while (*ret_found && csv->fields->len == 1 && csv->row->len == 1);
  return TRUE;
}

void
sv_csv_resplit (SvCsv *csv, char delimiter)
{
  csv->delimiter = delimiter;
  for (gsize i = 0; i < csv->row->len && csv->fields->len < SV_LIMIT_CSV_FIELDS; i++)
    if (csv->row->str[i] == delimiter) {
      gsize begin = i + 1;
      csv->row->str[i] = '\0';
      g_array_append_val (csv->fields, begin);
    }
}

guint
sv_csv_get_n_fields (const SvCsv *csv)
{
  return csv->fields->len;
}

const char *
sv_csv_find (const SvCsv *csv, guint field)
{
  return field < csv->fields->len ? csv->row->str + g_array_index (csv->fields, gsize, field)
                                  : NULL;
}

guint64
sv_csv_get_line (const SvCsv *csv)
{
  return csv->row_line;
}
