#include "net/test_api.h"
#include "net/test_routes.h"

#define JSON "Content-Type: application/json\r\n"

typedef struct {
  TestApi api;
  TestContext context;
} Fixture;

static gboolean
authorize (gpointer user_data, SvCall *call, const SvRoute *route, GError **error)
{
  const char *token = sv_call_find_header (call, "Authorization");
  if (token == NULL) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED, "no token was sent");
    return FALSE;
  }
  if (strcmp (token, "Bearer reader") == 0 && strcmp (route->permission, "thing:read") != 0) {
    g_set_error (error, SV_ERROR, SV_ERROR_DENIED, "'reader' lacks %s", route->permission);
    return FALSE;
  }
  sv_call_set_principal (call, g_strdup (token), g_free, "reader");
  return TRUE;
}

static SvDb *
open_nothing (gpointer user_data, GError **error)
{
  g_set_error_literal (error, SV_ERROR, SV_ERROR_NOT_FOUND, "it is gone");
  return NULL;
}

static gpointer
find_service (gpointer user_data, const char *name)
{
  return strcmp (name, "things") == 0 ? user_data : NULL;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const SvRouterHooks hooks = {.user_data = &fixture->context,
                               .open_store = open_nothing,
                               .find_service = find_service,
                               .authorize = data != NULL ? NULL : authorize};
  test_api_start (&fixture->api, &test_table, &hooks, &(SvServerOptions){0});
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_api_stop (&fixture->api);
}

typedef struct {
  const char *line, *headers, *body;
  int status;
  const char *part; /* of the answer */
} Row;

static void
assert_rows (Fixture *fixture, const Row *rows, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    g_test_message ("%s", rows[i].line);
    g_autofree char *answer =
        test_api_call (&fixture->api, rows[i].line, rows[i].headers, rows[i].body);
    test_api_assert (answer, rows[i].status, rows[i].part);
  }
}

static void
test_matching (Fixture *fixture, gconstpointer data)
{
  const Row rows[] = {
      {"GET /api/v1/things/a", "", NULL, 200, "\"name\":\"a\""},
      {"GET /api/v1/things/a%2Fb%20+", "", NULL, 200, "\"name\":\"a/b +\""},
      {"GET /api/v1/things/none", "", NULL, 404, "there is no thing"},
      {"GET /api/v1/things/", "", NULL, 404, "there is nothing at"},
      {"GET /api/v1/things/a/", "", NULL, 404, "not_found"},
      {"GET //api/v1/things", "", NULL, 404, "not_found"},
      {"GET /", "", NULL, 404, "not_found"},
      {"GET /api", "", NULL, 404, "not_found"},
      {"GET /api/v1/things/%", "", NULL, 400, "bad escape"},
      {"GET /api/v1/things/%4", "", NULL, 400, "bad escape"},
      {"GET /api/v1/things/%00", "", NULL, 400, "bad escape"},
      {"GET /api/v1/things/%ff", "", NULL, 400, "bad escape"},
      {"GET /api/v1/things?limit=%zz", "", NULL, 400, "bad escape"},
      {"GET things", "", NULL, 400, "no path"},
      {"PUT /api/v1/things", "", NULL, 405, "Allow: GET, HEAD, POST\r\n"},
      {"BREW /api/v1/things", "", NULL, 405, "Allow: GET, HEAD, POST\r\n"},
      {"DELETE /api/v1/things", "", NULL, 405, "'DELETE' does not go with this path"},
  };
  assert_rows (fixture, rows, G_N_ELEMENTS (rows));
  g_autoptr (GString) deep = g_string_new ("GET ");
  for (guint i = 0; i <= SV_LIMIT_PATH_SEGMENTS; i++)
    g_string_append (deep, "/x");
  const Row row = {deep->str, "", NULL, 414, "too many segments"};
  assert_rows (fixture, &row, 1);
}

static void
test_access (Fixture *fixture, gconstpointer data)
{
  const Row rows[] = {
      {"GET /api/v1/things/me", "", NULL, 401, "WWW-Authenticate: Bearer"},
      {"GET /api/v1/things/me", "Authorization: Bearer reader\r\n", NULL, 200,
       "\"name\":\"reader\""},
      {"DELETE /api/v1/things/a?why=x", "", NULL, 401, "no token was sent"},
      {"DELETE /api/v1/things/a?why=x", "Authorization: Bearer reader\r\n", NULL, 403,
       "lacks thing:delete"},
      /* what is wrong with a request is not told to who may not make it */
      {"DELETE /api/v1/things/a?nonsense=1", "Authorization: Bearer reader\r\n", NULL, 403,
       "denied"},
      {"DELETE /api/v1/things/a?why=x", "Authorization: Bearer writer\r\n", NULL, 204, "\r\n\r\n"},
      {"DELETE /api/v1/things/a", "Authorization: Bearer writer\r\n", NULL, 400,
       "parameter 'why' is missing"},
  };
  assert_rows (fixture, rows, G_N_ELEMENTS (rows));
  g_assert_cmpuint (fixture->context.handled, ==, 1);
}

static void
test_no_hook_denies (Fixture *fixture, gconstpointer data)
{
  const Row rows[] = {
      {"GET /api/v1/things/me", "Authorization: Bearer reader\r\n", NULL, 401, "nobody can log in"},
      {"GET /api/v1/things/a", "", NULL, 200, "\"name\""},
  };
  assert_rows (fixture, rows, G_N_ELEMENTS (rows));
}

/* Its query is written by others. */
static void
test_redirect (Fixture *fixture, gconstpointer data)
{
  const Row rows[] = {
      {"GET /api/v1/elsewhere?where=there", "", NULL, 303, "Location: /there\r\n"},
      {"GET /api/v1/elsewhere?utm=x&where=there&utm=y", "", NULL, 303, "Location: /there\r\n"},
      {"GET /api/v1/elsewhere?where=a&where=b", "", NULL, 400, "give it once"},
      {"GET /api/v1/elsewhere?where=much-too-far", "", NULL, 400, "is too long"},
      {"GET /api/v1/elsewhere", "", NULL, 500, "under this request_id"},
  };
  assert_rows (fixture, rows, G_N_ELEMENTS (rows));
}

static void
test_parameters (Fixture *fixture, gconstpointer data)
{
  const Row rows[] = {
      {"GET /api/v1/things?limit=1", "", NULL, 200, "\"next\":null,\"total\":2}"},
      {"GET /api/v1/things?limit=0", "", NULL, 400, "'0' is not from 1 to 1000"},
      {"GET /api/v1/things?limit=1001", "", NULL, 400, "is not from 1 to 1000"},
      {"GET /api/v1/things?limit=many", "", NULL, 400, "'many' is no whole number"},
      {"GET /api/v1/things?limit=", "", NULL, 400, "is no whole number"},
      {"GET /api/v1/things?limit=1&limit=2", "", NULL, 400, "give it once"},
      {"GET /api/v1/things?size=1", "", NULL, 400,
       "unknown parameter 'size': there are limit, cursor, colour"},
      {"GET /api/v1/things/a?x=1", "", NULL, 400, "takes none"},
      {"GET /api/v1/things?colour=green", "", NULL, 200, "\"colour\":\"green\""},
      {"GET /api/v1/things?colour=blue", "", NULL, 400, "none of: red, green"},
      {"GET /api/v1/things?loud=true", "", NULL, 200, "\"THING\""},
      {"GET /api/v1/things?loud=yes", "", NULL, 400, "neither true nor false"},
      {"GET /api/v1/things?since=1970-01-01T00:00:01Z", "", NULL, 200, "\"size_bytes\":1000000"},
      {"GET /api/v1/things?since=yesterday", "", NULL, 400, "is no instant"},
      {"GET /api/v1/things?score=1e999", "", NULL, 400, "is no number"},
      {"GET /api/v1/things?score=nan", "", NULL, 400, "is no number"},
      {"GET /api/v1/things?tag=a&tag=b+%26c", "", NULL, 200, "\"tags\":[\"a\",\"b &c\"]"},
      {"GET /api/v1/things?tag=a&tag=b&tag=c", "", NULL, 400, "one too many"},
      {"GET /api/v1/things?cursor=x%20y&", "", NULL, 200, "\"next\":\"x y\""},
  };
  assert_rows (fixture, rows, G_N_ELEMENTS (rows));
}

static void
test_bodies (Fixture *fixture, gconstpointer data)
{
  const char *line = "POST /api/v1/things";
  const Row rows[] = {
      {line, JSON, "{\"name\":\"a\"}", 201, "Location: /api/v1/things/a\r\n"},
      {line, "Content-Type: Application/JSON; charset=utf-8\r\n", "{\"name\":\"a\"}", 201, "\"a\""},
      {line, JSON, NULL, 400, "the body is missing"},
      {line, "", "{}", 415, "must be application/json"},
      {line, "Content-Type: text/plain\r\n", "{}", 415, "not 'text/plain'"},
      {line, "Content-Type: application/jsonx\r\n", "{}", 415, "application/json"},
      {line, JSON, "{", 400, "'body' line 1, byte 1"},
      {line, JSON, "null", 400, "an object is wanted"},
      {line, JSON, "[]", 400, "\"code\":\"usage\""},
      {line, JSON, "{\"name\":\"a\"} x", 400, "\"code\":\"usage\""},
      {line, JSON, "{\"name\":null}", 400, "lacks 'name'"},
      {line, JSON, "{\"name\":\"a\",\"nmae\":1}", 400, "Thing has no member 'nmae'"},
      {line, JSON, "{\"name\":\"a\",\"name\":\"b\"}", 400, "\"code\":\"usage\""},
      {line, JSON, "{\"name\":\"a\",\"size_bytes\":\"1\"}", 400, "$.size_bytes"},
      {line, JSON, "{\"name\":\"a\",\"colour\":\"blue\"}", 400, "$.colour"},
      {line, JSON, "{\"name\":\"much too long\"}", 400, "at most 8"},
      {"GET /api/v1/things", JSON, "{}", 400, "takes no body"},
      {"PATCH /api/v1/things/a", JSON, "{\"name\":\"a\",\"size_bytes\":0}", 200, "\"sized\""},
      {"PATCH /api/v1/things/a", JSON, "{\"name\":\"a\"}", 200, "\"not\""},
      {"POST /api/v1/bytes", "", "any bytes", 200, "\r\n\r\nany bytes"},
  };
  assert_rows (fixture, rows, G_N_ELEMENTS (rows));
}

static void
test_problems (Fixture *fixture, gconstpointer data)
{
  const Row rows[] = {
      {"GET /nowhere", "", NULL, 404, "Content-Type: application/problem+json\r\n"},
      {"GET /nowhere", "", NULL, 404, "\"type\":\"urn:salve:problem:not_found\""},
      {"GET /nowhere", "", NULL, 404, "\"status\":404,\"code\":\"not_found\""},
      {"POST /api/v1/store", "", NULL, 503, "the store cannot be opened: it is gone"},
      {"GET /api/v1/broken", "", NULL, 500, "under this request_id"},
      {"GET /api/v1/gone", "", NULL, 200, "back"}, /* what only reads is tried again */
      {"POST /api/v1/gone", "", NULL, 503, "it went away"},
  };
  assert_rows (fixture, rows, G_N_ELEMENTS (rows));
  g_autofree char *answer = test_api_call (&fixture->api, "GET /nowhere", "", NULL);
  const char *header = strstr (answer, "X-Request-Id: "), *body = test_api_body (answer);
  g_autofree char *id = g_strndup (header + strlen ("X-Request-Id: "), SV_ID_LENGTH);
  g_assert_true (sv_id_is_valid (id));
  g_assert_nonnull (strstr (body, id));
}

static void
test_headers (Fixture *fixture, gconstpointer data)
{
  const char *lines[] = {"GET /api/v1/things", "GET /nowhere", "HEAD /api/v1/things",
                         "GET /api/v1/things/%", "PUT /api/v1/things"};
  const char *headers[] = {"X-Content-Type-Options: nosniff\r\n", "Cache-Control: no-store\r\n",
                           "Content-Security-Policy: default-src 'none'",
                           "Referrer-Policy: no-referrer\r\n", "X-Request-Id: "};
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autofree char *answer = test_api_call (&fixture->api, lines[i], "", NULL);
    g_test_message ("%s: %s", lines[i], answer);
    for (guint k = 0; k < G_N_ELEMENTS (headers); k++)
      g_assert_nonnull (strstr (answer, headers[k]));
    g_assert_null (strstr (answer, "Strict-Transport-Security")); /* means nothing without TLS */
  }
}

static void
test_etag (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = test_api_call (&fixture->api, "GET /api/v1/things/a", "", NULL);
  const char *found = strstr (first, "ETag: ");
  g_assert_nonnull (found);
  g_autofree char *etag = g_strndup (found + 6, strcspn (found + 6, "\r"));
  g_assert_cmpuint (strlen (etag), ==, 34);
  g_autofree char *same = g_strdup_printf ("If-None-Match: \"x\", W/%s\r\n", etag);
  const Row rows[] = {
      {"GET /api/v1/things/a", same, NULL, 304, etag},
      {"GET /api/v1/things/a", "If-None-Match: *\r\n", NULL, 304, etag},
      {"GET /api/v1/things/b", same, NULL, 200, "\"b\""},
      {"GET /api/v1/things/a", "If-None-Match: \"other\"\r\n", NULL, 200, "\"a\""},
  };
  assert_rows (fixture, rows, G_N_ELEMENTS (rows));
  g_autofree char *unchanged = test_api_call (&fixture->api, "GET /api/v1/things/a", same, NULL);
  g_assert_cmpstr (test_api_body (unchanged), ==, "");
}

static void
test_head (Fixture *fixture, gconstpointer data)
{
  g_autofree char *got = test_api_call (&fixture->api, "GET /api/v1/things/a", "", NULL);
  g_autofree char *head = test_api_call (&fixture->api, "HEAD /api/v1/things/a", "", NULL);
  g_autofree char *length =
      g_strdup_printf ("Content-Length: %" G_GSIZE_FORMAT "\r\n", strlen (test_api_body (got)));
  test_api_assert (head, 200, length);
  g_assert_cmpstr (test_api_body (head), ==, "");
}

/* -- Rows that must not start -- */

#define ROW(...)                                                                                   \
  {                                                                                                \
    SV_METHOD_GET, "/x", "public", "X", .tag = "X", .handle = get_thing, __VA_ARGS__               \
  }

static void
test_rows (void)
{
  const struct {
    SvRoute route;
    const char *why;
  } rows[] = {
      {ROW (.permission = NULL, .response = &thing_type), "no permission"},
      {ROW (.permission = "", .response = &thing_type), "no permission"},
      {ROW (.path = "x", .response = &thing_type), "path"},
      {ROW (.path = "/x/", .response = &thing_type), "path"},
      {ROW (.path = "/{x", .response = &thing_type), "path"},
      {ROW (.path = "/X", .response = &thing_type), "path"},
      {ROW (.summary = NULL, .response = &thing_type), "summary"},
      {ROW (.tag = NULL, .response = &thing_type), "tag"},
      {ROW (.handle = NULL, .response = &thing_type), "handler"},
      {ROW (.flags = SV_ROUTE_LIST), "items"},
      {ROW (.flags = SV_ROUTE_STREAM, .response = &thing_type), "stream"},
      {ROW (.flags = SV_ROUTE_CREATES, .response = &thing_type), "creates"},
      {ROW (.flags = SV_ROUTE_REDIRECT, .response = &thing_type), "redirect"},
      {ROW (.request = &thing_type, .response = &thing_type), "body"},
      {ROW (.path = "/y"), "without an answer"},
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    const SvRouteTable table = {&rows[i].route, 1, NULL};
    const SvRouteTable *const tables[] = {&table};
    g_assert_null (sv_router_new (tables, 1, &(SvRouterHooks){0}, &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_USAGE);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, rows[i].why));
  }
}

static void
test_same_operation (void)
{
  const SvRoute routes[] = {ROW (.path = "/a/{b}", .response = &thing_type),
                            ROW (.path = "/a/{c}", .response = &thing_type)};
  const SvRouteTable table = {routes, 2, NULL};
  g_autoptr (GError) error = NULL;
  const SvRouteTable *const tables[] = {&table};
  g_assert_null (sv_router_new (tables, 1, &(SvRouterHooks){0}, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_USAGE);
  g_assert_nonnull (strstr (error->message, "the same operation"));
}

int
main (int argc, char **argv)
{
  const struct {
    const char *name;
    void (*run) (Fixture *fixture, gconstpointer data);
  } tests[] = {{"/router/matching", test_matching},
               {"/router/promise-s8-access", test_access},
               {"/router/parameters", test_parameters},
               {"/router/redirect", test_redirect},
               {"/router/bodies", test_bodies},
               {"/router/problems", test_problems},
               {"/router/headers", test_headers},
               {"/router/etag", test_etag},
               {"/router/head", test_head}};
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, set_up, tests[i].run, tear_down);
  g_test_add ("/router/promise-s8-no-hook-denies", Fixture, "no hook", set_up, test_no_hook_denies,
              tear_down);
  g_test_add_func ("/router/promise-s8-rows", test_rows);
  g_test_add_func ("/router/same-operation", test_same_operation);
  return g_test_run ();
}
