#include "base/json_writer.h"

#include "base/time.h"

#include <math.h>
#include <string.h>

struct SvJsonWriter {
  GString *out;
  guint indent;
  GString *closers; /* one '}' or ']' per open container */
  gboolean first;   /* nothing yet in the innermost container */
  SvJsonSink sink;  /* NULL: all text stays in `out` */
  GError *error;    /* of the sink: nothing is given to it any more */
};

#define PIECE_BYTES (64 * 1024)

SvJsonWriter *
sv_json_writer_new (GString *out, guint indent)
{
  SvJsonWriter *writer = g_new0 (SvJsonWriter, 1);
  *writer = (SvJsonWriter){.out = out, .indent = indent, .closers = g_string_new (NULL)};
  writer->first = TRUE;
  return writer;
}

void
sv_json_writer_free (SvJsonWriter *writer)
{
  g_string_free (writer->closers, TRUE);
  g_clear_error (&writer->error);
  g_free (writer);
}

void
sv_json_writer_set_sink (SvJsonWriter *writer, SvJsonSink sink)
{
  writer->sink = sink;
}

static void
give_piece (SvJsonWriter *writer)
{
  if (writer->error == NULL)
    writer->sink (writer->out->str, writer->out->len, &writer->error);
  g_string_truncate (writer->out, 0);
}

gboolean
sv_json_writer_finish (SvJsonWriter *writer, GError **error)
{
  g_string_append_c (writer->out, '\n');
  give_piece (writer);
  if (writer->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&writer->error));
  return FALSE;
}

static void
new_line (SvJsonWriter *writer)
{
  if (writer->indent == 0 || (writer->closers->len == 0 && writer->out->len == 0))
    return;
  g_string_append_c (writer->out, '\n');
  for (gsize i = 0; i < writer->closers->len * writer->indent; i++)
    g_string_append_c (writer->out, ' ');
}

static void
append_escaped (GString *out, gunichar c)
{
  switch (c) {
  case '"':
    g_string_append (out, "\\\"");
    break;
  case '\\':
    g_string_append (out, "\\\\");
    break;
  case '\n':
    g_string_append (out, "\\n");
    break;
  case '\t':
    g_string_append (out, "\\t");
    break;
  default:
    if (c < 0x20 || c == 0x7f || c == 0x2028 || c == 0x2029)
      g_string_append_printf (out, "\\u%04x", c);
    else
      g_string_append_unichar (out, c);
  }
}

/* Bytes that stand for themselves; how many of them @text begins with. */
static gsize
count_plain (const char *text)
{
  gsize n = 0;
  while ((guchar)text[n] >= 0x20 && (guchar)text[n] < 0x7f && text[n] != '"' && text[n] != '\\')
    n++;
  return n;
}

/* Most strings are plain, and a report has a million of them: one look, one copy. @after follows.
 */
static void
append_plain (GString *out, const char *text, gsize size, const char *after)
{
  gsize at = out->len;
  g_string_set_size (out, at + size + strlen (after) + 2);
  char *to = out->str + at;
  *to++ = '"';
  memcpy (to, text, size);
  to += size;
  *to++ = '"';
  for (; *after != '\0'; after++)
    *to++ = *after;
}

static void
append_string (GString *out, const char *text, const char *after)
{
  gsize plain = count_plain (text);
  if (text[plain] == '\0') {
    append_plain (out, text, plain, after);
    return;
  }
  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; plain = count_plain (p)) {
    g_string_append_len (out, p, (gssize)plain);
    p += plain;
    if (*p == '\0')
      break;
    gunichar c = g_utf8_get_char_validated (p, -1);
    gboolean bad = c == (gunichar)-1 || c == (gunichar)-2;
    append_escaped (out, bad ? 0xfffd : c);
    p = bad ? p + 1 : g_utf8_next_char (p);
  }
  g_string_append_c (out, '"');
  g_string_append (out, after);
}

static void
begin_value (SvJsonWriter *writer, const char *key)
{
  gboolean in_object =
      writer->closers->len > 0 && writer->closers->str[writer->closers->len - 1] == '}';
  g_return_if_fail (in_object == (key != NULL));
  if (!writer->first)
    g_string_append_c (writer->out, ',');
  if (writer->sink != NULL && writer->out->len >= PIECE_BYTES)
    give_piece (writer);
  if (writer->closers->len > 0)
    new_line (writer);
  writer->first = FALSE;
  if (key != NULL)
    append_string (writer->out, key, writer->indent > 0 ? ": " : ":");
}

static void
open_container (SvJsonWriter *writer, const char *key, char opener, char closer)
{
  begin_value (writer, key);
  g_string_append_c (writer->out, opener);
  g_string_append_c (writer->closers, closer);
  writer->first = TRUE;
}

void
sv_json_open_object (SvJsonWriter *writer, const char *key)
{
  open_container (writer, key, '{', '}');
}

void
sv_json_open_array (SvJsonWriter *writer, const char *key)
{
  open_container (writer, key, '[', ']');
}

void
sv_json_close (SvJsonWriter *writer)
{
  g_return_if_fail (writer->closers->len > 0);
  char closer = writer->closers->str[writer->closers->len - 1];
  g_string_truncate (writer->closers, writer->closers->len - 1);
  if (!writer->first)
    new_line (writer);
  g_string_append_c (writer->out, closer);
  writer->first = FALSE;
}

void
sv_json_add_string (SvJsonWriter *writer, const char *key, const char *text)
{
  begin_value (writer, key);
  if (text == NULL)
    g_string_append (writer->out, "null");
  else
    append_string (writer->out, text, "");
}

void
sv_json_add_int64 (SvJsonWriter *writer, const char *key, gint64 value)
{
  begin_value (writer, key);
  g_string_append_printf (writer->out, "%" G_GINT64_FORMAT, value);
}

void
sv_json_add_double (SvJsonWriter *writer, const char *key, double value)
{
  if (!isfinite (value)) {
    sv_json_add_null (writer, key);
    return;
  }
  begin_value (writer, key);
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd (text, sizeof text, "%.15g", value);
  if (g_ascii_strtod (text, NULL) != value)
    g_ascii_dtostr (text, sizeof text, value);
  g_string_append (writer->out, text);
}

void
sv_json_add_bool (SvJsonWriter *writer, const char *key, gboolean value)
{
  begin_value (writer, key);
  g_string_append (writer->out, value ? "true" : "false");
}

void
sv_json_add_null (SvJsonWriter *writer, const char *key)
{
  begin_value (writer, key);
  g_string_append (writer->out, "null");
}

void
sv_json_add_strings (SvJsonWriter *writer, const char *key, const GPtrArray *list)
{
  sv_json_open_array (writer, key);
  for (guint i = 0; list != NULL && i < list->len; i++)
    sv_json_add_string (writer, NULL, list->pdata[i]);
  sv_json_close (writer);
}

void
sv_json_add_instant (SvJsonWriter *writer, const char *key, gint64 instant_us)
{
  g_autofree char *text = instant_us > 0 ? sv_time_format (instant_us) : NULL;
  sv_json_add_string (writer, key, text);
}
