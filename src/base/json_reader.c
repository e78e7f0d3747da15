#include "base/json_reader.h"

#include <string.h>

#include "base/error.h"
#include "base/json_keys.h"
#include "base/json_scan.h"
#include "base/limits.h"
#include "base/text.h"

enum { PATH_KEY_BYTES = 64 }; /* of a key that messages show */

typedef enum { AT_BEGIN, BEHIND_KEY, BEHIND_VALUE } Place;

/* One open object or array. */
typedef struct {
  gboolean is_object;
  Place place;
  guint64 n_values; /* begun so far: the last one's index is one less */
  gsize name;       /* in the reader's names: where this object's latest key stands */
  SvJsonKeys keys;
} Frame;

struct SvJsonReader {
  SvJsonScan scan;
  SvJsonKeysSeed seed;
  Frame *frames; /* max_depth of them */
  guint depth;
  guint max_depth;
  guint64 n_members;
  guint64 max_members;
  guint64 n_keys;   /* of all open objects */
  GString *names;   /* the latest keys of the open objects, cut, each with a NUL */
  GString *text;    /* of the current token */
  GString *spare;   /* of the token looked ahead at */
  gboolean began;   /* the document's one value */
  gboolean discard; /* only validity counts: texts are not kept */
  gboolean has_ahead;
  SvJsonToken ahead;
  GError *failure;
};

SvJsonReader *
sv_json_reader_new (SvStream *stream)
{
  SvJsonReader *reader = g_new0 (SvJsonReader, 1);
  sv_json_scan_init (&reader->scan, stream);
  sv_json_keys_seed (&reader->seed);
  reader->max_depth = SV_LIMIT_JSON_DEPTH;
  reader->frames = g_new0 (Frame, reader->max_depth);
  reader->max_members = SV_LIMIT_JSON_MEMBERS;
  reader->names = g_string_new (NULL);
  reader->text = g_string_new (NULL);
  reader->spare = g_string_new (NULL);
  return reader;
}

void
sv_json_reader_free (SvJsonReader *reader)
{
  if (reader == NULL)
    return;
  for (guint i = 0; i < reader->depth; i++)
    sv_json_keys_clear (&reader->frames[i].keys);
  g_free (reader->frames);
  g_string_free (reader->names, TRUE);
  g_string_free (reader->text, TRUE);
  g_string_free (reader->spare, TRUE);
  g_clear_error (&reader->failure);
  sv_json_scan_clear (&reader->scan);
  g_free (reader);
}

void
sv_json_reader_set_limits (SvJsonReader *reader, guint depth, gsize string_bytes, guint64 members)
{
  g_return_if_fail (!reader->began);
  if (depth != 0) {
    reader->max_depth = depth;
    reader->frames = g_renew (Frame, reader->frames, depth);
    memset (reader->frames, 0, depth * sizeof (Frame));
  }
  if (string_bytes != 0)
    reader->scan.max_bytes = string_bytes;
  if (members != 0)
    reader->max_members = members;
}

static gboolean
is_plain_name (const char *name)
{
  gsize i = 0;
  while (g_ascii_isalnum (name[i]) || name[i] == '_' || name[i] == '-')
    i++;
  return i > 0 && name[i] == '\0';
}

/* Keys are foreign text on the way into a message. */
static void
append_name (GString *path, const char *name)
{
  g_autofree char *printable = sv_text_printable (name);
  g_string_append_printf (path, is_plain_name (name) ? ".%s" : "[\"%s\"]", printable);
}

char *
sv_json_reader_dup_path (const SvJsonReader *reader)
{
  GString *path = g_string_new ("$");
  for (guint i = 0; i < reader->depth; i++) {
    const Frame *frame = &reader->frames[i];
    if (frame->n_values == 0)
      continue;
    if (frame->is_object)
      append_name (path, reader->names->str + frame->name);
    else
      g_string_append_printf (path, "[%" G_GUINT64_FORMAT "]", frame->n_values - 1);
  }
  return g_string_free (path, FALSE);
}

char *
sv_json_reader_dup_place (const SvJsonReader *reader)
{
  g_autofree char *path = sv_json_reader_dup_path (reader);
  return g_strdup_printf ("'%s' line %" G_GUINT64_FORMAT ", byte %" G_GUINT64_FORMAT ", %s",
                          sv_stream_get_name (reader->scan.stream), reader->scan.line,
                          sv_json_scan_get_offset (&reader->scan), path);
}

/* Whatever went wrong first, in the words or in the grammar, is the reader's failure for good. */
static SvJsonToken
fail (SvJsonReader *reader, int code, const char *reason)
{
  sv_json_scan_fail (&reader->scan, code, reason);
  g_autofree char *place = sv_json_reader_dup_place (reader);
  reader->failure = g_error_copy (reader->scan.failure);
  g_prefix_error (&reader->failure, "%s: ", place);
  return SV_JSON_ERROR;
}

static SvJsonToken
malformed (SvJsonReader *reader, const char *reason)
{
  return fail (reader, SV_ERROR_INVALID_DATA, reason);
}

/* The scan has said what was wrong. */
static SvJsonToken
scan_failed (SvJsonReader *reader)
{
  return malformed (reader, "malformed");
}

static SvJsonToken
open_frame (SvJsonReader *reader, gboolean is_object)
{
  if (reader->depth == reader->max_depth)
    return fail (reader, SV_ERROR_LIMIT, "nested too deeply");
  reader->scan.at++;
  Frame *frame = &reader->frames[reader->depth++];
  frame->is_object = is_object;
  frame->place = AT_BEGIN;
  frame->n_values = 0;
  frame->name = reader->names->len;
  return is_object ? SV_JSON_OBJECT_BEGIN : SV_JSON_ARRAY_BEGIN;
}

static SvJsonToken
close_frame (SvJsonReader *reader, Frame *frame)
{
  reader->scan.at++;
  reader->depth--;
  reader->n_keys -= frame->keys.n;
  g_string_truncate (reader->names, frame->name);
  sv_json_keys_clear (&frame->keys);
  return frame->is_object ? SV_JSON_OBJECT_END : SV_JSON_ARRAY_END;
}

static SvJsonToken
take_string (SvJsonReader *reader, GString *text)
{
  g_string_truncate (text, 0);
  gboolean taken = sv_json_scan_string (&reader->scan, reader->discard ? NULL : text);
  return taken ? SV_JSON_STRING : scan_failed (reader);
}

static SvJsonToken
take_number (SvJsonReader *reader, GString *text)
{
  g_string_truncate (text, 0);
  return sv_json_scan_number (&reader->scan, text) ? SV_JSON_NUMBER : scan_failed (reader);
}

static SvJsonToken
take_literal (SvJsonReader *reader, const char *word, SvJsonToken token)
{
  return sv_json_scan_literal (&reader->scan, word) ? token : scan_failed (reader);
}

/* @c is the first byte of the value. */
static SvJsonToken
take_value (SvJsonReader *reader, int c, GString *text)
{
  switch (c) {
  case '{':
  case '[':
    return open_frame (reader, c == '{');
  case '"':
    return take_string (reader, text);
  case 't':
    return take_literal (reader, "true", SV_JSON_TRUE);
  case 'f':
    return take_literal (reader, "false", SV_JSON_FALSE);
  case 'n':
    return take_literal (reader, "null", SV_JSON_NULL);
  case -1:
    return malformed (reader, "the document ends early");
  default:
    return c == '-' || g_ascii_isdigit ((gchar)c) ? take_number (reader, text)
                                                  : malformed (reader, "expected a value");
  }
}

static gboolean
count_member (SvJsonReader *reader, Frame *frame)
{
  frame->n_values++;
  if (++reader->n_members <= reader->max_members)
    return TRUE;
  fail (reader, SV_ERROR_LIMIT, "too many keys and elements in one document");
  return FALSE;
}

static SvJsonToken
note_key (SvJsonReader *reader, Frame *frame, const GString *key)
{
  g_string_truncate (reader->names, frame->name);
  g_string_append_len (reader->names, key->str, (gssize)MIN (key->len, PATH_KEY_BYTES));
  g_string_append_c (reader->names, '\0');
  if (!sv_json_keys_add (&frame->keys, &reader->seed, key->str, key->len))
    return malformed (reader, "the same key twice in one object");
  if (++reader->n_keys > SV_LIMIT_JSON_KEYS)
    return fail (reader, SV_ERROR_LIMIT, "too many keys in open objects");
  return SV_JSON_KEY;
}

static SvJsonToken
next_in_object (SvJsonReader *reader, Frame *frame, int c, GString *text)
{
  if (frame->place == BEHIND_KEY) {
    if (c != ':')
      return malformed (reader, "expected ':' behind a key");
    reader->scan.at++;
    frame->place = BEHIND_VALUE;
    return take_value (reader, sv_json_scan_look_far (&reader->scan), text);
  }
  if (c == '}')
    return close_frame (reader, frame);
  if (frame->place == BEHIND_VALUE) {
    if (c != ',')
      return malformed (reader, "expected ',' or '}'");
    reader->scan.at++;
    c = sv_json_scan_look_far (&reader->scan);
  }
  if (c != '"')
    return malformed (reader, "expected a key in quotes");
  frame->place = BEHIND_KEY;
  g_string_truncate (text, 0);
  if (!count_member (reader, frame))
    return SV_JSON_ERROR;
  return sv_json_scan_string (&reader->scan, text) ? note_key (reader, frame, text)
                                                   : scan_failed (reader);
}

static SvJsonToken
next_in_array (SvJsonReader *reader, Frame *frame, int c, GString *text)
{
  if (c == ']')
    return close_frame (reader, frame);
  if (frame->place == BEHIND_VALUE) {
    if (c != ',')
      return malformed (reader, "expected ',' or ']'");
    reader->scan.at++;
    c = sv_json_scan_look_far (&reader->scan);
  }
  frame->place = BEHIND_VALUE;
  return count_member (reader, frame) ? take_value (reader, c, text) : SV_JSON_ERROR;
}

static SvJsonToken
next_at_top (SvJsonReader *reader, int c, GString *text)
{
  if (!reader->began) {
    reader->began = TRUE;
    return take_value (reader, c, text);
  }
  if (c == -1 && reader->scan.failure == NULL)
    return SV_JSON_END;
  return malformed (reader, "more than white space behind the document's value");
}

static SvJsonToken
scan_token (SvJsonReader *reader, GString *text)
{
  if (reader->failure != NULL)
    return SV_JSON_ERROR;
  int c = sv_json_scan_look_far (&reader->scan);
  if (reader->depth == 0)
    return next_at_top (reader, c, text);
  Frame *frame = &reader->frames[reader->depth - 1];
  return frame->is_object ? next_in_object (reader, frame, c, text)
                          : next_in_array (reader, frame, c, text);
}

static SvJsonToken
report (const SvJsonReader *reader, SvJsonToken token, GError **error)
{
  if (token == SV_JSON_ERROR)
    g_propagate_error (error, g_error_copy (reader->failure));
  return token;
}

SvJsonToken
sv_json_next (SvJsonReader *reader, GError **error)
{
  if (!reader->has_ahead)
    return report (reader, scan_token (reader, reader->text), error);
  GString *text = reader->text;
  reader->text = reader->spare;
  reader->spare = text;
  reader->has_ahead = FALSE;
  return report (reader, reader->ahead, error);
}

SvJsonToken
sv_json_peek (SvJsonReader *reader, GError **error)
{
  if (!reader->has_ahead)
    reader->ahead = scan_token (reader, reader->spare);
  reader->has_ahead = TRUE;
  return report (reader, reader->ahead, error);
}

const char *
sv_json_get_text (const SvJsonReader *reader, gsize *ret_length)
{
  if (ret_length != NULL)
    *ret_length = reader->text->len;
  return reader->text->str;
}

guint
sv_json_get_depth (const SvJsonReader *reader)
{
  guint depth = reader->depth;
  if (!reader->has_ahead)
    return depth;
  depth -= reader->ahead == SV_JSON_OBJECT_BEGIN || reader->ahead == SV_JSON_ARRAY_BEGIN;
  depth += reader->ahead == SV_JSON_OBJECT_END || reader->ahead == SV_JSON_ARRAY_END;
  return depth;
}

gboolean
sv_json_unwind (SvJsonReader *reader, guint depth, GError **error)
{
  SvJsonToken token = SV_JSON_NULL;
  reader->discard = TRUE;
  while (sv_json_get_depth (reader) > depth && token != SV_JSON_ERROR)
    token = sv_json_next (reader, error);
  reader->discard = FALSE;
  return token != SV_JSON_ERROR;
}

gboolean
sv_json_skip (SvJsonReader *reader, GError **error)
{
  guint depth = sv_json_get_depth (reader);
  reader->discard = TRUE;
  SvJsonToken token = sv_json_next (reader, error);
  reader->discard = FALSE;
  return token != SV_JSON_ERROR && sv_json_unwind (reader, depth, error);
}
