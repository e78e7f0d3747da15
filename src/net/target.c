#include "net/target.h"

#include <string.h>

void
sv_target_clear (SvTarget *target)
{
  g_clear_pointer (&target->path, g_free);
  g_clear_pointer (&target->segments, g_ptr_array_unref);
  g_clear_pointer (&target->query, g_ptr_array_unref);
}

static gboolean
fail (const char *what, GError **error)
{
  g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE, what);
  return FALSE;
}

/* New string, or NULL for a bad escape, a NUL character, or bytes that are no UTF-8. */
static char *
decode (const char *text, gsize length, gboolean plus_is_space)
{
  g_autoptr (GString) out = g_string_sized_new (length);
  for (gsize i = 0; i < length; i++) {
    char c = text[i];
    if (c == '%') {
      int high = i + 2 < length ? g_ascii_xdigit_value (text[i + 1]) : -1;
      int low = high >= 0 ? g_ascii_xdigit_value (text[i + 2]) : -1;
      if (low < 0 || (high == 0 && low == 0))
        return NULL;
      c = (char)(high << 4 | low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    g_string_append_c (out, c);
  }
  return g_utf8_validate (out->str, (gssize)out->len, NULL)
             ? g_string_free (g_steal_pointer (&out), FALSE)
             : NULL;
}

static gboolean
split_path (SvTarget *target, GError **error)
{
  const char *p = target->path;
  if (*p != '/')
    return fail ("the target is no path", error);
  while (*p == '/') {
    gsize length = strcspn (++p, "/");
    char *segment = decode (p, length, FALSE);
    if (segment == NULL)
      return fail ("the path holds a bad escape", error);
    g_ptr_array_add (target->segments, segment);
    if (target->segments->len > SV_LIMIT_PATH_SEGMENTS) {
      g_set_error_literal (error, SV_ERROR, SV_ERROR_LIMIT, "the path has too many segments");
      return FALSE;
    }
    p += length;
  }
  return TRUE;
}

static gboolean
add_pair (SvTarget *target, const char *pair, gsize length, GError **error)
{
  const char *equals = memchr (pair, '=', length);
  gsize name_length = equals != NULL ? (gsize)(equals - pair) : length;
  g_autofree char *name = decode (pair, name_length, TRUE);
  g_autofree char *value =
      equals != NULL ? decode (equals + 1, length - name_length - 1, TRUE) : g_strdup ("");
  if (name == NULL || value == NULL)
    return fail ("the query holds a bad escape", error);
  g_ptr_array_add (target->query, g_steal_pointer (&name));
  g_ptr_array_add (target->query, g_steal_pointer (&value));
  if (target->query->len / 2 <= SV_LIMIT_QUERY_PARAMETERS)
    return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_LIMIT, "the query has too many parameters");
  return FALSE;
}

static gboolean
split_query (SvTarget *target, const char *query, GError **error)
{
  for (const char *p = query; *p != '\0';) {
    gsize length = strcspn (p, "&");
    if (length > 0 && !add_pair (target, p, length, error))
      return FALSE;
    p += length;
    p += *p == '&';
  }
  return TRUE;
}

gboolean
sv_target_parse (const char *text, SvTarget *ret_target, GError **error)
{
  gsize path_length = strcspn (text, "?");
  *ret_target = (SvTarget){.path = g_strndup (text, path_length),
                           .segments = sv_strings_new (),
                           .query = sv_strings_new ()};
  return split_path (ret_target, error) &&
         (text[path_length] == '\0' || split_query (ret_target, text + path_length + 1, error));
}
