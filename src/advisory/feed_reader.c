#include "advisory/feed_reader.h"

gboolean
sv_input_add (const SvFeedInput *input, SvFeedRecord kind, gconstpointer record, GError **error)
{
  return input->sink->add (input->sink->user_data, kind, record, error);
}

void
sv_input_pass (const SvFeedInput *input, const char *what)
{
  if (input->sink->pass != NULL)
    input->sink->pass (input->sink->user_data, what);
}

gboolean
sv_input_skip_line (const SvFeedInput *input, guint64 line, const char *why, GError **error)
{
  g_autofree char *where =
      g_strdup_printf ("%s:%" G_GUINT64_FORMAT, sv_stream_get_name (input->content), line);
  return input->sink->skip (input->sink->user_data, where, why, error);
}

gboolean
sv_input_skip_json (const SvFeedInput *input, const SvJsonReader *reader, const char *why,
                    GError **error)
{
  g_autofree char *path = sv_json_reader_dup_path (reader);
  g_autofree char *where = g_strdup_printf ("%s:%s", sv_stream_get_name (input->content), path);
  return input->sink->skip (input->sink->user_data, where, why, error);
}

gboolean
sv_input_expect (const SvFeedInput *input, SvJsonReader *reader, SvJsonToken want, gboolean *ret_is,
                 GError **error)
{
  SvJsonToken token = sv_json_peek (reader, error);
  if (token == SV_JSON_ERROR)
    return FALSE;
  *ret_is = token == want;
  if (*ret_is)
    return TRUE;
  const char *why = want == SV_JSON_OBJECT_BEGIN  ? "an object is expected here"
                    : want == SV_JSON_ARRAY_BEGIN ? "an array is expected here"
                                                  : "another type is expected here";
  return sv_json_skip (reader, error) && sv_input_skip_json (input, reader, why, error);
}

gboolean
sv_take_string (SvJsonReader *reader, char **ret_text, GError **error)
{
  SvJsonToken token = sv_json_peek (reader, error);
  if (token == SV_JSON_ERROR)
    return FALSE;
  g_clear_pointer (ret_text, g_free);
  return token == SV_JSON_STRING ? sv_json_read_string (reader, ret_text, error)
                                 : sv_json_skip (reader, error);
}

static gboolean
take_element (SvJsonReader *reader, gpointer list, GError **error)
{
  g_autofree char *text = NULL;
  if (!sv_take_string (reader, &text, error))
    return FALSE;
  if (text != NULL)
    g_ptr_array_add (list, g_steal_pointer (&text));
  return TRUE;
}

gboolean
sv_take_strings (SvJsonReader *reader, GPtrArray *list, GError **error)
{
  SvJsonToken token = sv_json_peek (reader, error);
  if (token == SV_JSON_ERROR)
    return FALSE;
  return token == SV_JSON_ARRAY_BEGIN ? sv_json_read_array (reader, take_element, list, error)
                                      : sv_json_skip (reader, error);
}

gint64
sv_instant_or_zero (const char *text)
{
  gint64 instant_us = 0;
  if (text != NULL && !sv_time_parse (text, &instant_us, NULL))
    return 0;
  return instant_us;
}

gboolean
sv_take_instant (SvJsonReader *reader, gint64 *ret_instant_us, GError **error)
{
  g_autofree char *text = NULL;
  if (!sv_take_string (reader, &text, error))
    return FALSE;
  *ret_instant_us = sv_instant_or_zero (text);
  return TRUE;
}
