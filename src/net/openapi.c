#include "net/openapi.h"

#include "net/openapi_schema.h"
#include "net/problem.h"

#include <string.h>

#define API_PREFIX "/api/v1"

typedef struct {
  SvJsonWriter *writer;
  SvSchemas schemas;
  GPtrArray *lists; /* SvRecordType: whose pages are answered */
  const SvRouteTable *const *tables;
  gsize n_tables;
} Document;

char *
sv_openapi_operation_id (const SvRoute *route)
{
  const char *path = route->path;
  if (g_str_has_prefix (path, API_PREFIX "/"))
    path += strlen (API_PREFIX);
  g_autofree char *method = g_ascii_strdown (sv_method_names[route->method], -1);
  g_autoptr (GString) id = g_string_new (method);
  for (const char *p = path; *p != '\0'; p++)
    if (*p == '/')
      g_string_append_c (id, '_');
    else if (strchr ("{}", *p) == NULL)
      g_string_append_c (id, g_ascii_isalnum (*p) ? *p : '_');
  return g_string_free (g_steal_pointer (&id), FALSE);
}

/* -- Parameters -- */

static void
write_param (SvJsonWriter *writer, const SvParam *param, gboolean in_path)
{
  sv_json_open_object (writer, NULL);
  sv_json_add_string (writer, "name", param->name);
  sv_json_add_string (writer, "in", in_path ? "path" : "query");
  sv_json_add_bool (writer, "required", in_path || param->required);
  sv_json_add_string (writer, "description", param->doc);
  sv_schema_write_param (writer, param);
  sv_json_close (writer);
}

static void
write_path_params (SvJsonWriter *writer, const SvRoute *route)
{
  g_auto (GStrv) segments = g_strsplit (route->path, "/", -1);
  for (char **segment = segments; *segment != NULL; segment++) {
    if (**segment != '{')
      continue;
    g_autofree char *name = g_strndup (*segment + 1, strlen (*segment) - 2);
    const SvParam plain = {.name = name, .type = SV_TYPE_STRING, .doc = "Which one."};
    const SvParam *param = sv_route_find_param (route, name);
    write_param (writer, param != NULL ? param : &plain, TRUE);
  }
}

static void
write_params (SvJsonWriter *writer, const SvRoute *route)
{
  if (route->n_params == 0 && strchr (route->path, '{') == NULL)
    return;
  sv_json_open_array (writer, "parameters");
  write_path_params (writer, route);
  for (gsize i = 0; i < route->n_params; i++)
    if (!sv_route_has_path_param (route, route->params[i].name))
      write_param (writer, &route->params[i], FALSE);
  sv_json_close (writer);
}

/* -- Bodies and answers -- */

static void
open_content (SvJsonWriter *writer, const char *content_type)
{
  sv_json_open_object (writer, "content");
  sv_json_open_object (writer, content_type);
}

static void
close_content (SvJsonWriter *writer)
{
  sv_json_close (writer);
  sv_json_close (writer);
}

static void
write_plain_schema (SvJsonWriter *writer, const char *type)
{
  sv_json_open_object (writer, "schema");
  sv_json_add_string (writer, "type", type);
  sv_json_close (writer);
}

static void
write_request (Document *document, const SvRoute *route)
{
  SvJsonWriter *writer = document->writer;
  gboolean bytes = (route->flags & SV_ROUTE_RAW) != 0 && route->method != SV_METHOD_GET;
  if (route->request == NULL && !bytes)
    return;
  sv_json_open_object (writer, "requestBody");
  sv_json_add_bool (writer, "required", TRUE);
  open_content (writer, route->request != NULL ? "application/json" : "application/octet-stream");
  if (route->request != NULL)
    sv_schemas_write_ref (&document->schemas, writer, "schema", route->request,
                          (route->flags & SV_ROUTE_TOLERANT) != 0 ? SV_SCHEMA_TOLERANT
                                                                  : SV_SCHEMA_INPUT);
  close_content (writer);
  sv_json_close (writer);
}

static void
write_page_ref (Document *document, const SvRecordType *type)
{
  g_autofree char *reference = g_strdup_printf ("#/components/schemas/%sPage", type->name);
  sv_schemas_note (&document->schemas, type, SV_SCHEMA_ANSWER);
  if (!g_ptr_array_find (document->lists, type, NULL))
    g_ptr_array_add (document->lists, (gpointer)type);
  sv_json_open_object (document->writer, "schema");
  sv_json_add_string (document->writer, "$ref", reference);
  sv_json_close (document->writer);
}

static const char *
content_type_of (const SvRoute *route)
{
  if ((route->flags & SV_ROUTE_STREAM) != 0)
    return "text/event-stream";
  if ((route->flags & SV_ROUTE_RAW) == 0)
    return "application/json";
  return route->content_type != NULL ? route->content_type : "application/octet-stream";
}

static void
write_answer_content (Document *document, const SvRoute *route)
{
  SvJsonWriter *writer = document->writer;
  const char *content_type = content_type_of (route);
  open_content (writer, content_type);
  if (route->response == NULL)
    write_plain_schema (writer,
                        strcmp (content_type, "application/json") == 0 ? "object" : "string");
  else if ((route->flags & SV_ROUTE_LIST) != 0)
    write_page_ref (document, route->response);
  else
    sv_schemas_write_ref (&document->schemas, writer, "schema", route->response, SV_SCHEMA_ANSWER);
  close_content (writer);
}

static void
write_location (SvJsonWriter *writer, const char *doc)
{
  sv_json_open_object (writer, "headers");
  sv_json_open_object (writer, "Location");
  sv_json_add_string (writer, "description", doc);
  write_plain_schema (writer, "string");
  sv_json_close (writer);
  sv_json_close (writer);
}

typedef struct {
  guint flags;
  const char *status, *description, *location;
} Success;

static const Success successes[] = {
    {SV_ROUTE_CREATES, "201", "It was made.", "Path of the new thing."},
    {SV_ROUTE_REDIRECT, "303", "Go on there.", "Where to go on."},
};

static Success
success_of (const SvRoute *route, gboolean content)
{
  for (gsize i = 0; i < G_N_ELEMENTS (successes); i++)
    if ((route->flags & successes[i].flags) != 0)
      return successes[i];
  return content ? (Success){0, "200", "The answer.", NULL}
                 : (Success){0, "204", "It was done.", NULL};
}

static void
write_success (Document *document, const SvRoute *route)
{
  SvJsonWriter *writer = document->writer;
  gboolean content =
      route->response != NULL || (route->flags & (SV_ROUTE_RAW | SV_ROUTE_STREAM)) != 0;
  const Success success = success_of (route, content);
  sv_json_open_object (writer, success.status);
  sv_json_add_string (writer, "description", success.description);
  if (success.location != NULL)
    write_location (writer, success.location);
  if (content)
    write_answer_content (document, route);
  sv_json_close (writer);
}

static void
write_problem_ref (SvJsonWriter *writer, const char *status)
{
  sv_json_open_object (writer, status);
  sv_json_add_string (writer, "$ref", "#/components/responses/Problem");
  sv_json_close (writer);
}

static void
write_failures (SvJsonWriter *writer, const SvRoute *route)
{
  gboolean public = strcmp (route->permission, SV_PERMISSION_PUBLIC) == 0;
  gboolean body = route->request != NULL;
  guint8 known[600] = {0};
  known[400] = TRUE;
  known[401] = known[403] = !public;
  known[404] = strchr (route->path, '{') != NULL;
  known[413] = known[415] = body;
  known[503] = !public; /* who asks is looked up in the store */
  known[507] = route->method != SV_METHOD_GET;
  for (gsize i = 0; i < route->n_errors; i++)
    known[sv_error_info_by_code (route->errors[i])->http_status] = TRUE;
  for (guint status = 400; status < G_N_ELEMENTS (known); status++) {
    g_autofree char *text = g_strdup_printf ("%u", status);
    if (known[status])
      write_problem_ref (writer, text);
  }
  write_problem_ref (writer, "default");
}

/* -- Operations -- */

static void
write_access (SvJsonWriter *writer, const SvRoute *route)
{
  gboolean public = strcmp (route->permission, SV_PERMISSION_PUBLIC) == 0;
  g_autofree char *needs = public
                               ? g_strdup ("Anyone may call it.")
                               : g_strdup_printf ("Needs the permission `%s`.", route->permission);
  sv_json_add_string (writer, "description", needs);
  if (!public)
    return;
  sv_json_open_array (writer, "security");
  sv_json_close (writer);
}

static void
write_operation (Document *document, const SvRoute *route)
{
  SvJsonWriter *writer = document->writer;
  g_autofree char *method = g_ascii_strdown (sv_method_names[route->method], -1);
  g_autofree char *id = sv_openapi_operation_id (route);
  sv_json_open_object (writer, method);
  sv_json_add_string (writer, "operationId", id);
  sv_json_add_string (writer, "summary", route->summary);
  write_access (writer, route);
  sv_json_open_array (writer, "tags");
  sv_json_add_string (writer, NULL, route->tag);
  sv_json_close (writer);
  write_params (writer, route);
  write_request (document, route);
  sv_json_open_object (writer, "responses");
  write_success (document, route);
  write_failures (writer, route);
  sv_json_close (writer);
  sv_json_close (writer);
}

static void
write_path (Document *document, const char *path)
{
  sv_json_open_object (document->writer, path);
  for (gsize i = 0; i < document->n_tables; i++)
    for (gsize k = 0; k < document->tables[i]->n; k++)
      if (strcmp (document->tables[i]->routes[k].path, path) == 0)
        write_operation (document, &document->tables[i]->routes[k]);
  sv_json_close (document->writer);
}

static void
write_paths (Document *document)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  sv_json_open_object (document->writer, "paths");
  for (gsize i = 0; i < document->n_tables; i++)
    for (gsize k = 0; k < document->tables[i]->n; k++) {
      const char *path = document->tables[i]->routes[k].path;
      if (g_hash_table_add (seen, (gpointer)path))
        write_path (document, path);
    }
  sv_json_close (document->writer);
}

/* -- The rest -- */

static void
write_info (SvJsonWriter *writer, const SvOpenapiInfo *info)
{
  sv_json_add_string (writer, "openapi", "3.1.0");
  sv_json_open_object (writer, "info");
  sv_json_add_string (writer, "title", info->title);
  sv_json_add_string (writer, "version", info->version);
  sv_json_add_string (writer, "description", info->description);
  sv_json_open_object (writer, "contact");
  sv_json_add_string (writer, "name", info->title);
  sv_json_close (writer);
  sv_json_open_object (writer, "license");
  sv_json_add_string (writer, "name", "Apache-2.0");
  sv_json_add_string (writer, "identifier", "Apache-2.0");
  sv_json_close (writer);
  sv_json_close (writer);
  sv_json_open_array (writer, "servers");
  sv_json_open_object (writer, NULL);
  sv_json_add_string (writer, "url", "/");
  sv_json_add_string (writer, "description", "The server that this document came from.");
  sv_json_close (writer);
  sv_json_close (writer);
}

static const struct {
  const char *name;
  const char *members[6]; /* key, value, … */
} security_schemes[] = {
    {"session", {"type", "apiKey", "in", "cookie", "name", "__Host-salve"}},
    {"token", {"type", "http", "scheme", "bearer"}},
    {"certificate", {"type", "mutualTLS", "description", "The certificate of an agent."}},
};

static void
write_security (SvJsonWriter *writer)
{
  sv_json_open_array (writer, "security");
  for (guint i = 0; i < G_N_ELEMENTS (security_schemes); i++) {
    sv_json_open_object (writer, NULL);
    sv_json_open_array (writer, security_schemes[i].name);
    sv_json_close (writer);
    sv_json_close (writer);
  }
  sv_json_close (writer);
}

static void
write_security_schemes (SvJsonWriter *writer)
{
  sv_json_open_object (writer, "securitySchemes");
  for (guint i = 0; i < G_N_ELEMENTS (security_schemes); i++) {
    const char *const *members = security_schemes[i].members;
    sv_json_open_object (writer, security_schemes[i].name);
    for (guint k = 0; k + 1 < G_N_ELEMENTS (security_schemes[i].members) && members[k] != NULL;
         k += 2)
      sv_json_add_string (writer, members[k], members[k + 1]);
    sv_json_close (writer);
  }
  sv_json_close (writer);
}

static void
write_tag (Document *document, const SvRouteTable *table, const SvRoute *route, GHashTable *seen)
{
  SvJsonWriter *writer = document->writer;
  if (!g_hash_table_add (seen, (gpointer)route->tag))
    return;
  sv_json_open_object (writer, NULL);
  sv_json_add_string (writer, "name", route->tag);
  if (route == table->routes && table->doc != NULL)
    sv_json_add_string (writer, "description", table->doc);
  sv_json_close (writer);
}

static void
write_tags (Document *document)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  sv_json_open_array (document->writer, "tags");
  for (gsize i = 0; i < document->n_tables; i++)
    for (gsize k = 0; k < document->tables[i]->n; k++)
      write_tag (document, document->tables[i], &document->tables[i]->routes[k], seen);
  sv_json_close (document->writer);
}

static void
write_nullable (SvJsonWriter *writer, const char *key, const char *type, const char *doc)
{
  sv_json_open_object (writer, key);
  sv_json_open_array (writer, "type");
  sv_json_add_string (writer, NULL, type);
  sv_json_add_string (writer, NULL, "null");
  sv_json_close (writer);
  sv_json_add_string (writer, "description", doc);
  sv_json_close (writer);
}

static void
write_page (Document *document, const SvRecordType *type)
{
  SvJsonWriter *writer = document->writer;
  static const char *const members[] = {"items", "next", "total"};
  g_autofree char *name = g_strconcat (type->name, "Page", NULL);
  sv_json_open_object (writer, name);
  sv_json_add_string (writer, "type", "object");
  sv_json_add_string (writer, "description", "One page of a list.");
  sv_json_open_array (writer, "required");
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    sv_json_add_string (writer, NULL, members[i]);
  sv_json_close (writer);
  sv_json_open_object (writer, "properties");
  sv_json_open_object (writer, "items");
  sv_json_add_string (writer, "type", "array");
  sv_schemas_write_ref (&document->schemas, writer, "items", type, SV_SCHEMA_ANSWER);
  sv_json_close (writer);
  write_nullable (writer, "next", "string", "Cursor of the next page; null: this is the last.");
  write_nullable (writer, "total", "integer", "Items of all pages; null: not counted.");
  sv_json_close (writer);
  sv_json_close (writer);
}

static void
write_problem_response (Document *document)
{
  SvJsonWriter *writer = document->writer;
  sv_json_open_object (writer, "responses");
  sv_json_open_object (writer, "Problem");
  sv_json_add_string (writer, "description", "Why it was not done.");
  open_content (writer, SV_PROBLEM_CONTENT_TYPE);
  sv_schemas_write_ref (&document->schemas, writer, "schema", &sv_problem_type, SV_SCHEMA_ANSWER);
  close_content (writer);
  sv_json_close (writer);
  sv_json_close (writer);
}

static void
write_components (Document *document)
{
  SvJsonWriter *writer = document->writer;
  sv_json_open_object (writer, "components");
  write_security_schemes (writer);
  write_problem_response (document);
  sv_json_open_object (writer, "schemas");
  for (guint i = 0; i < document->lists->len; i++)
    write_page (document, document->lists->pdata[i]);
  sv_schemas_write (&document->schemas, writer);
  sv_json_close (writer);
  sv_json_close (writer);
}

char *
sv_openapi_write (const SvOpenapiInfo *info, const SvRouteTable *const *tables, gsize n_tables)
{
  GString *out = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (out, 2);
  g_autoptr (GPtrArray) lists = g_ptr_array_new ();
  Document document = {.writer = writer, .lists = lists, .tables = tables, .n_tables = n_tables};
  sv_schemas_init (&document.schemas);
  sv_json_open_object (writer, NULL);
  write_info (writer, info);
  write_tags (&document);
  write_security (writer);
  write_paths (&document);
  write_components (&document);
  sv_json_close (writer);
  sv_schemas_clear (&document.schemas);
  g_string_append_c (out, '\n');
  return g_string_free (out, FALSE);
}
