#include "net/params.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static void
value_clear (gpointer data)
{
  SvParamValue *value = data;
  g_clear_pointer (&value->text, g_free);
  g_clear_pointer (&value->list, g_ptr_array_unref);
}

GArray *
sv_params_new (const SvRoute *route)
{
  GArray *values = g_array_new (FALSE, TRUE, sizeof (SvParamValue));
  g_array_set_clear_func (values, value_clear);
  g_array_set_size (values, (guint)route->n_params);
  for (gsize i = 0; i < route->n_params; i++) {
    SvParamValue *value = &g_array_index (values, SvParamValue, i);
    value->param = &route->params[i];
    value->list = value->param->type == SV_TYPE_STRINGS ? sv_strings_new () : NULL;
    value->integer = value->param->type == SV_TYPE_ENUM ? -1 : 0;
  }
  return values;
}

static gboolean
fail (const SvParam *param, const char *what, const char *text, GError **error)
{
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "parameter '%s': '%.64s' %s", param->name, text,
               what);
  return FALSE;
}

static gboolean
read_text (SvParamValue *value, const char *text, GError **error)
{
  const SvParam *param = value->param;
  if (param->max > 0 && strlen (text) > (gsize)param->max && param->type == SV_TYPE_STRING)
    return fail (param, "is too long", text, error);
  return TRUE;
}

static gboolean
read_integer (SvParamValue *value, const char *text, GError **error)
{
  const SvParam *param = value->param;
  if (!sv_text_parse_int64 (text, &value->integer, NULL))
    return fail (param, "is no whole number", text, error);
  if (param->max > param->min && (value->integer < param->min || value->integer > param->max)) {
    g_autofree char *what = g_strdup_printf (
        "is not from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, param->min, param->max);
    return fail (param, what, text, error);
  }
  return TRUE;
}

static gboolean
read_real (SvParamValue *value, const char *text, GError **error)
{
  char *end = NULL;
  errno = 0;
  value->real = g_ascii_strtod (text, &end);
  return (end != text && *end == '\0' && errno == 0 && isfinite (value->real)) ||
         fail (value->param, "is no number", text, error);
}

static gboolean
read_bool (SvParamValue *value, const char *text, GError **error)
{
  value->integer = strcmp (text, "true") == 0;
  return value->integer || strcmp (text, "false") == 0 ||
         fail (value->param, "is neither true nor false", text, error);
}

static gboolean
read_instant (SvParamValue *value, const char *text, GError **error)
{
  return sv_time_parse (text, &value->integer, NULL) ||
         fail (value->param, "is no instant like 2026-11-22T10:00:00Z", text, error);
}

static gboolean
read_enum (SvParamValue *value, const char *text, GError **error)
{
  value->integer = sv_enum_find (value->param->values, text);
  if (value->integer >= 0)
    return TRUE;
  g_autofree char *names = g_strjoinv (", ", (char **)value->param->values);
  g_autofree char *what = g_strconcat ("is none of: ", names, NULL);
  return fail (value->param, what, text, error);
}

static gboolean
read_one_of_many (SvParamValue *value, const char *text, GError **error)
{
  if (value->param->max > 0 && value->list->len >= (guint)value->param->max)
    return fail (value->param, "is one too many", text, error);
  g_ptr_array_add (value->list, g_strdup (text));
  return TRUE;
}

static gboolean (*const readers[]) (SvParamValue *value, const char *text, GError **error) = {
    [SV_TYPE_STRING] = read_text,        [SV_TYPE_INT64] = read_integer,
    [SV_TYPE_DOUBLE] = read_real,        [SV_TYPE_BOOL] = read_bool,
    [SV_TYPE_INSTANT] = read_instant,    [SV_TYPE_ENUM] = read_enum,
    [SV_TYPE_STRINGS] = read_one_of_many};

static gboolean
read_value (SvParamValue *value, const char *text, GError **error)
{
  if (!readers[value->param->type](value, text, error))
    return FALSE;
  sv_text_set (&value->text, text);
  return TRUE;
}

static gboolean
fail_unknown (const SvRoute *route, const char *name, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);
  for (gsize i = 0; i < route->n_params; i++)
    if (!sv_route_has_path_param (route, route->params[i].name))
      g_string_append_printf (known, "%s%s", known->len > 0 ? ", " : "", route->params[i].name);
  if (known->len == 0)
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE,
                 "unknown parameter '%.64s': this operation takes none", name);
  else
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "unknown parameter '%.64s': there are %s", name,
                 known->str);
  return FALSE;
}

static SvParamValue *
find_value (const SvRoute *route, GArray *values, const char *name)
{
  for (gsize i = 0; i < route->n_params; i++)
    if (strcmp (route->params[i].name, name) == 0)
      return sv_route_has_path_param (route, name) ? NULL
                                                   : &g_array_index (values, SvParamValue, i);
  return NULL;
}

static gboolean
take_pair (const SvRoute *route, GArray *values, const char *name, const char *text, GError **error)
{
  SvParamValue *value = find_value (route, values, name);
  if (value == NULL)
    return (route->flags & SV_ROUTE_FOREIGN) != 0 || fail_unknown (route, name, error);
  if (value->given && value->list == NULL)
    return fail (value->param, "is the second one: give it once", text, error);
  value->given = TRUE;
  return read_value (value, text, error);
}

static gboolean
fill_absent (SvParamValue *value, GError **error)
{
  const SvParam *param = value->param;
  if (value->given)
    return TRUE;
  if (param->fallback != NULL)
    return read_value (value, param->fallback, error);
  if (!param->required)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "parameter '%s' is missing", param->name);
  return FALSE;
}

gboolean
sv_params_parse (const SvRoute *route, const GPtrArray *query, GArray *values, GError **error)
{
  for (guint i = 0; i + 1 < query->len; i += 2)
    if (!take_pair (route, values, query->pdata[i], query->pdata[i + 1], error))
      return FALSE;
  for (guint i = 0; i < values->len; i++) {
    SvParamValue *value = &g_array_index (values, SvParamValue, i);
    if (!sv_route_has_path_param (route, value->param->name) && !fill_absent (value, error))
      return FALSE;
  }
  return TRUE;
}
