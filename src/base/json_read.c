/* Typed reads over the tokens of a JSON reader. */
#include "base/json_reader.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/error.h"

static const char *const token_names[] = {
    [SV_JSON_ERROR] = "an error",
    [SV_JSON_END] = "the end of the document",
    [SV_JSON_OBJECT_BEGIN] = "an object",
    [SV_JSON_OBJECT_END] = "the end of an object",
    [SV_JSON_ARRAY_BEGIN] = "an array",
    [SV_JSON_ARRAY_END] = "the end of an array",
    [SV_JSON_KEY] = "a key",
    [SV_JSON_STRING] = "a string",
    [SV_JSON_NUMBER] = "a number",
    [SV_JSON_TRUE] = "true",
    [SV_JSON_FALSE] = "false",
    [SV_JSON_NULL] = "null",
};

static gboolean
refuse (const SvJsonReader *reader, GError **error, const char *expected, const char *found)
{
  g_autofree char *place = sv_json_reader_dup_place (reader);
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "%s: expected %s, found %s", place, expected,
               found);
  return FALSE;
}

/* Takes the next token if it is @wanted, else leaves it: who wants to may pass over it. */
static gboolean
expect (SvJsonReader *reader, SvJsonToken wanted, GError **error)
{
  SvJsonToken found = sv_json_peek (reader, error);
  if (found == SV_JSON_ERROR)
    return FALSE;
  if (found != wanted)
    return refuse (reader, error, token_names[wanted], token_names[found]);
  sv_json_next (reader, NULL);
  return TRUE;
}

/* Takes a null, if that is next. */
static gboolean
take_null (SvJsonReader *reader)
{
  if (sv_json_peek (reader, NULL) != SV_JSON_NULL)
    return FALSE;
  sv_json_next (reader, NULL);
  return TRUE;
}

static gboolean
dup_text (SvJsonReader *reader, char **ret_text, GError **error)
{
  gsize length;
  const char *text = sv_json_get_text (reader, &length);
  if (memchr (text, '\0', length) != NULL)
    return refuse (reader, error, "text", "a NUL character (\\u0000) in it");
  *ret_text = g_strndup (text, length);
  return TRUE;
}

gboolean
sv_json_read_string (SvJsonReader *reader, char **ret_text, GError **error)
{
  if (take_null (reader)) {
    *ret_text = NULL;
    return TRUE;
  }
  return expect (reader, SV_JSON_STRING, error) && dup_text (reader, ret_text, error);
}

gboolean
sv_json_read_int64 (SvJsonReader *reader, gint64 *ret_value, GError **error)
{
  if (!expect (reader, SV_JSON_NUMBER, error))
    return FALSE;
  const char *text = sv_json_get_text (reader, NULL);
  char *end;
  errno = 0;
  gint64 value = g_ascii_strtoll (text, &end, 10);
  if (errno != 0)
    return refuse (reader, error, "a number of 64 bits", "a larger one");
  if (*end != '\0')
    return refuse (reader, error, "a whole number", "a fraction or exponent");
  *ret_value = value;
  return TRUE;
}

gboolean
sv_json_read_double (SvJsonReader *reader, double *ret_value, GError **error)
{
  if (!expect (reader, SV_JSON_NUMBER, error))
    return FALSE;
  double value = g_ascii_strtod (sv_json_get_text (reader, NULL), NULL);
  if (!isfinite (value))
    return refuse (reader, error, "a number below 1.8e308", "a larger one");
  *ret_value = value;
  return TRUE;
}

gboolean
sv_json_read_bool (SvJsonReader *reader, gboolean *ret_value, GError **error)
{
  SvJsonToken token = sv_json_peek (reader, error);
  if (token == SV_JSON_ERROR)
    return FALSE;
  if (token != SV_JSON_TRUE && token != SV_JSON_FALSE)
    return refuse (reader, error, "true or false", token_names[token]);
  sv_json_next (reader, NULL);
  *ret_value = token == SV_JSON_TRUE;
  return TRUE;
}

/* Takes the end of an object or array, if that is next. FALSE: the reader failed. */
static gboolean
take_end (SvJsonReader *reader, SvJsonToken end, gboolean *ret_ended, GError **error)
{
  SvJsonToken token = sv_json_peek (reader, error);
  *ret_ended = token == end;
  if (token == end)
    sv_json_next (reader, NULL);
  return token != SV_JSON_ERROR;
}

gboolean
sv_json_read_array (SvJsonReader *reader, SvJsonRead read, gpointer user_data, GError **error)
{
  if (take_null (reader))
    return TRUE;
  if (!expect (reader, SV_JSON_ARRAY_BEGIN, error))
    return FALSE;
  gboolean ended;
  while (take_end (reader, SV_JSON_ARRAY_END, &ended, error) && !ended)
    if (!read (reader, user_data, error))
      return FALSE;
  return ended;
}

static gboolean
read_element (SvJsonReader *reader, gpointer user_data, GError **error)
{
  char *text = NULL;
  if (!expect (reader, SV_JSON_STRING, error) || !dup_text (reader, &text, error))
    return FALSE;
  g_ptr_array_add (user_data, text);
  return TRUE;
}

gboolean
sv_json_read_strings (SvJsonReader *reader, GPtrArray *list, GError **error)
{
  return sv_json_read_array (reader, read_element, list, error);
}

static const SvJsonMember *
find_member (const SvJsonMember *members, gsize n_members, const char *key, gsize length)
{
  for (gsize i = 0; i < n_members; i++)
    if (strlen (members[i].key) == length && memcmp (members[i].key, key, length) == 0)
      return &members[i];
  return NULL;
}

gboolean
sv_json_read_object (SvJsonReader *reader, const SvJsonMember *members, gsize n_members,
                     gpointer user_data, GError **error)
{
  if (take_null (reader))
    return TRUE;
  if (!expect (reader, SV_JSON_OBJECT_BEGIN, error))
    return FALSE;
  gboolean ended;
  while (take_end (reader, SV_JSON_OBJECT_END, &ended, error) && !ended) {
    if (!expect (reader, SV_JSON_KEY, error))
      return FALSE;
    gsize length;
    const char *key = sv_json_get_text (reader, &length);
    const SvJsonMember *member = find_member (members, n_members, key, length);
    if (member != NULL ? !member->read (reader, user_data, error) : !sv_json_skip (reader, error))
      return FALSE;
  }
  return ended;
}

gboolean
sv_json_read_map (SvJsonReader *reader, SvJsonReadMember read, gpointer user_data, GError **error)
{
  if (take_null (reader))
    return TRUE;
  if (!expect (reader, SV_JSON_OBJECT_BEGIN, error))
    return FALSE;
  gboolean ended;
  while (take_end (reader, SV_JSON_OBJECT_END, &ended, error) && !ended) {
    g_autofree char *key = NULL;
    if (!expect (reader, SV_JSON_KEY, error) || !dup_text (reader, &key, error) ||
        !read (reader, key, user_data, error))
      return FALSE;
  }
  return ended;
}
