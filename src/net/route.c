#include "net/route.h"

#include <string.h>

const char *const sv_method_names[] = {"GET", "POST", "PUT", "PATCH", "DELETE", NULL};
G_STATIC_ASSERT (G_N_ELEMENTS (sv_method_names) == SV_N_METHODS + 1);

gboolean
sv_route_has_path_param (const SvRoute *route, const char *name)
{
  g_autofree char *written = g_strdup_printf ("/{%s}", name);
  const char *found = strstr (route->path, written);
  return found != NULL && strchr ("/", found[strlen (written)]) != NULL;
}

const SvParam *
sv_route_find_param (const SvRoute *route, const char *name)
{
  for (gsize i = 0; i < route->n_params; i++)
    if (strcmp (route->params[i].name, name) == 0)
      return &route->params[i];
  return NULL;
}

/* -- Whether a row makes sense -- */

static gboolean
is_lower_name (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_islower (text[i]) && !g_ascii_isdigit (text[i]) && strchr ("-_.", text[i]) == NULL)
      return FALSE;
  return length > 0;
}

static gboolean
is_segment (const char *text, gsize length)
{
  if (*text != '{')
    return is_lower_name (text, length);
  return length > 2 && text[length - 1] == '}' && is_lower_name (text + 1, length - 2);
}

static gboolean
is_path (const char *path)
{
  if (path == NULL || *path != '/')
    return FALSE;
  while (*path == '/') {
    gsize length = strcspn (++path, "/");
    if (!is_segment (path, length))
      return FALSE;
    path += length;
  }
  return TRUE;
}

static const char *
find_param_fault (const SvParam *param)
{
  if (sv_text_is_empty (param->name) || sv_text_is_empty (param->doc))
    return "a parameter lacks its name or doc";
  if (param->type == SV_TYPE_ENUM && param->values == NULL)
    return "an enum parameter lacks its values";
  if (param->type == SV_TYPE_BLOB || param->type == SV_TYPE_RECORD ||
      param->type == SV_TYPE_RECORDS)
    return "a parameter cannot be of that type";
  return NULL;
}

static const char *
find_answer_fault (const SvRoute *route)
{
  guint own_form = route->flags & (SV_ROUTE_STREAM | SV_ROUTE_RAW | SV_ROUTE_REDIRECT);
  if ((route->flags & SV_ROUTE_LIST) != 0 && (route->response == NULL || own_form != 0))
    return "a list needs the type of its items";
  if ((route->flags & SV_ROUTE_STREAM) != 0 &&
      (route->method != SV_METHOD_GET || route->response != NULL))
    return "a stream is got, and has no response type";
  if ((route->flags & SV_ROUTE_CREATES) != 0 && route->method == SV_METHOD_GET)
    return "a GET creates nothing";
  if ((route->flags & SV_ROUTE_REDIRECT) != 0 && route->response != NULL)
    return "a redirect has no response type";
  if (route->method == SV_METHOD_GET && route->response == NULL && own_form == 0)
    return "a GET without an answer";
  if (route->method == SV_METHOD_GET && route->request != NULL)
    return "a GET has no body";
  return NULL;
}

static const char *
find_fault (const SvRoute *route)
{
  if (sv_text_is_empty (route->permission))
    return "no permission is named";
  if ((guint)route->method >= SV_N_METHODS || !is_path (route->path))
    return "its path is none";
  if (sv_text_is_empty (route->summary) || sv_text_is_empty (route->tag))
    return "it lacks a summary or tag";
  if (route->handle == NULL)
    return "it has no handler";
  for (gsize i = 0; i < route->n_params; i++) {
    const char *fault = find_param_fault (&route->params[i]);
    if (fault != NULL)
      return fault;
  }
  return find_answer_fault (route);
}

gboolean
sv_route_check (const SvRoute *route, GError **error)
{
  const char *fault = find_fault (route);
  if (fault == NULL)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "route %s %s: %s",
               (guint)route->method < SV_N_METHODS ? sv_method_names[route->method] : "?",
               route->path != NULL ? route->path : "(no path)", fault);
  return FALSE;
}
