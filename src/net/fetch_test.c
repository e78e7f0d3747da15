#include "net/fetch.h"

#include "net/test_server.h"

#include <glib/gstdio.h>

#define BODY "0123456789abcdefghijklmnopqrstuvwxyz"

typedef struct {
  TestServer server;
  char *directory;
  char *path;
  const char *etag; /* of what the server has */
  gsize cut;        /* bytes after which it breaks off; 0: never */
  GPtrArray *seen;  /* heads of the requests */
} Fixture;

static gboolean
is_for (const char *request, const char *path)
{
  g_autofree char *line = g_strdup_printf ("GET %s ", path);
  return g_str_has_prefix (request, line);
}

/* A file that can be asked for conditionally and from the middle. */
static void
answer_file (Fixture *fixture, const char *request, GString *answer)
{
  g_autofree char *known = test_server_find_header (request, "If-None-Match");
  g_autofree char *range = test_server_find_header (request, "Range");
  g_autofree char *if_range = test_server_find_header (request, "If-Range");
  gsize size = strlen (BODY), from = 0;
  if (g_strcmp0 (known, fixture->etag) == 0) {
    g_string_append_printf (answer, "HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n", fixture->etag);
    return;
  }
  if (range != NULL && g_strcmp0 (if_range, fixture->etag) == 0)
    from = (gsize)g_ascii_strtoull (range + strlen ("bytes="), NULL, 10);
  if (from > 0)
    g_string_append_printf (answer,
                            "HTTP/1.1 206 Partial Content\r\n"
                            "Content-Range: bytes %" G_GSIZE_FORMAT "-%" G_GSIZE_FORMAT
                            "/%" G_GSIZE_FORMAT "\r\n",
                            from, size - 1, size);
  else
    g_string_append (answer, "HTTP/1.1 200 OK\r\n");
  g_string_append_printf (answer,
                          "ETag: %s\r\nLast-Modified: Fri, 20 Nov 2026 00:12:41 GMT\r\n"
                          "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
                          fixture->etag, size - from);
  gsize end = fixture->cut > 0 ? fixture->cut : size;
  g_string_append_len (answer, BODY + from, (gssize)(end - from));
}

static void
answer_endless (GString *answer)
{
  g_string_append (answer, "HTTP/1.1 200 OK\r\n\r\n");
  for (guint i = 0; i < 4096; i++)
    g_string_append (answer, BODY);
}

static void
answer_headers (GString *answer)
{
  g_string_append (answer, "HTTP/1.1 200 OK\r\n");
  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (answer, "X-%u: aaaaaaaaaaaaaaaaaaaa\r\n", i);
  g_string_append (answer, "\r\n");
}

static const struct {
  const char *path, *answer;
} fixed[] = {
    {"/gone", "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone"},
    {"/forbidden", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"},
    {"/broken", "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"},
    {"/empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
    {"/loop", "HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n"},
    {"/here", "HTTP/1.1 301 Moved\r\nLocation: /file\r\nContent-Length: 0\r\n\r\n"},
    {"/elsewhere", "HTTP/1.1 302 Found\r\nLocation: http://localhost/file\r\n\r\n"},
    {"/metadata", "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\n\r\n"},
    {"/local", "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n"},
    {"/odd-range", "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 7-9/10\r\n"
                   "Content-Length: 3\r\n\r\n789"},
};

static void
answer (const char *request, GString *out, gpointer user_data)
{
  Fixture *fixture = user_data;
  g_ptr_array_add (fixture->seen, g_strdup (request));
  for (guint i = 0; i < G_N_ELEMENTS (fixed); i++)
    if (is_for (request, fixed[i].path))
      g_string_append (out, fixed[i].answer);
  if (is_for (request, "/file"))
    answer_file (fixture, request, out);
  else if (is_for (request, "/endless"))
    answer_endless (out);
  else if (is_for (request, "/headers"))
    answer_headers (out);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->directory = g_dir_make_tmp ("salve-fetch-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->directory, "file", NULL);
  fixture->etag = "\"one\"";
  fixture->seen = sv_strings_new ();
  test_server_start (&fixture->server, answer, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  const char *suffixes[] = {"", ".meta", ".part", ".part.meta"};
  test_server_stop (&fixture->server);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *file = g_strconcat (fixture->path, suffixes[i], NULL);
    g_unlink (file);
  }
  g_assert_cmpint (g_rmdir (fixture->directory), ==, 0); /* nothing else was left behind */
  g_free (fixture->directory);
  g_free (fixture->path);
  g_ptr_array_unref (fixture->seen);
}

static gboolean
fetch (Fixture *fixture, const char *path, SvFetchResult *result, GError **error)
{
  g_autofree char *url = test_server_dup_url (&fixture->server, path);
  const SvFetchRequest request = {.url = url,
                                  .path = fixture->path,
                                  .max_bytes = 100000,
                                  .timeout_ms = 5000,
                                  .allow_http = TRUE,
                                  .allow_private = TRUE};
  return sv_fetch (&request, result, error);
}

static void
assert_fails (Fixture *fixture, const char *path, SvError code, const char *words)
{
  SvFetchResult result = {0};
  g_autoptr (GError) error = NULL;
  g_test_message ("%s", path);
  g_assert_false (fetch (fixture, path, &result, &error));
  g_assert_error (error, SV_ERROR, (int)code);
  g_assert_nonnull (strstr (error->message, words));
}

static void
assert_holds (Fixture *fixture, const char *expected)
{
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

static void
test_whole (Fixture *fixture, gconstpointer data)
{
  SvFetchResult result = {0};
  g_autoptr (GError) error = NULL;
  g_assert_true (fetch (fixture, "/file", &result, &error));
  g_assert_no_error (error);
  assert_holds (fixture, BODY);
  g_assert_cmpuint (result.size_bytes, ==, strlen (BODY));
  g_assert_false (result.not_modified);
  g_autofree char *modified = sv_time_format (result.modified_at_us);
  g_assert_cmpstr (modified, ==, "2026-11-20T00:12:41Z");
}

static void
test_conditional (Fixture *fixture, gconstpointer data)
{
  SvFetchResult result = {0};
  g_autoptr (GError) error = NULL;
  g_assert_true (fetch (fixture, "/file", &result, &error));
  g_assert_true (fetch (fixture, "/file", &result, &error));
  g_assert_true (result.not_modified);
  g_assert_cmpuint (result.size_bytes, ==, strlen (BODY));
  assert_holds (fixture, BODY);

  fixture->etag = "\"two\"";
  g_assert_true (fetch (fixture, "/file", &result, &error));
  g_assert_false (result.not_modified);

  g_unlink (fixture->path); /* the state alone is no file */
  g_assert_true (fetch (fixture, "/file", &result, &error));
  g_assert_false (result.not_modified);
  assert_holds (fixture, BODY);
}

static void
test_resume (Fixture *fixture, gconstpointer data)
{
  SvFetchResult result = {0};
  g_autoptr (GError) error = NULL;
  fixture->cut = 10;
  assert_fails (fixture, "/file", SV_ERROR_UNREACHABLE, "cannot fetch");
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS)); /* half a file is none */

  fixture->cut = 0;
  g_assert_true (fetch (fixture, "/file", &result, &error));
  g_assert_true (result.resumed);
  assert_holds (fixture, BODY);
  g_autofree char *range = test_server_find_header (fixture->seen->pdata[1], "Range");
  g_assert_cmpstr (range, ==, "bytes=10-");
}

static void
test_resume_of_changed_file (Fixture *fixture, gconstpointer data)
{
  SvFetchResult result = {0};
  g_autoptr (GError) error = NULL;
  fixture->cut = 10;
  assert_fails (fixture, "/file", SV_ERROR_UNREACHABLE, "cannot fetch");
  fixture->cut = 0;
  fixture->etag = "\"two\"";
  g_assert_true (fetch (fixture, "/file", &result, &error));
  g_assert_false (result.resumed);
  assert_holds (fixture, BODY);
}

static void
test_failure_keeps_old (Fixture *fixture, gconstpointer data)
{
  SvFetchResult result = {0};
  g_assert_true (fetch (fixture, "/file", &result, NULL));
  fixture->etag = "\"two\"";
  fixture->cut = 5;
  assert_fails (fixture, "/file", SV_ERROR_UNREACHABLE, "cannot fetch");
  assert_holds (fixture, BODY);
}

static void
test_answers (Fixture *fixture, gconstpointer data)
{
  SvFetchResult result = {0};
  assert_fails (fixture, "/gone", SV_ERROR_NOT_FOUND, "404");
  assert_fails (fixture, "/forbidden", SV_ERROR_DENIED, "403");
  assert_fails (fixture, "/broken", SV_ERROR_UNREACHABLE, "500");
  assert_fails (fixture, "/odd-range", SV_ERROR_INVALID_DATA, "another range");
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_assert_true (fetch (fixture, "/empty", &result, NULL));
  assert_holds (fixture, "");
}

static void
test_limits (Fixture *fixture, gconstpointer data)
{
  assert_fails (fixture, "/endless", SV_ERROR_LIMIT, "100000 bytes");
  assert_fails (fixture, "/headers", SV_ERROR_LIMIT, "header lines");
  g_autofree char *part = g_strconcat (fixture->path, ".part", NULL);
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
}

static void
test_redirects (Fixture *fixture, gconstpointer data)
{
  SvFetchResult result = {0};
  g_autoptr (GError) error = NULL;
  g_assert_true (fetch (fixture, "/here", &result, &error));
  assert_holds (fixture, BODY);
  assert_fails (fixture, "/loop", SV_ERROR_LIMIT, "redirects");
  assert_fails (fixture, "/elsewhere", SV_ERROR_DENIED, "register that URL");
  assert_fails (fixture, "/metadata", SV_ERROR_DENIED, "register that URL");
  assert_fails (fixture, "/local", SV_ERROR_DENIED, "register that URL");
}

static void
test_inside_refused (Fixture *fixture, gconstpointer data)
{
  const char *hosts[] = {"127.0.0.1", "localhost", "0.0.0.0", "2130706433"};
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++) {
    SvFetchResult result = {0};
    g_autoptr (GError) error = NULL;
    g_autofree char *url = g_strdup_printf ("http://%s:%u/file", hosts[i], fixture->server.port);
    const SvFetchRequest request = {.url = url, .path = fixture->path, .allow_http = TRUE};
    g_test_message ("%s", url);
    g_assert_false (sv_fetch (&request, &result, &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_DENIED);
  }
  g_assert_cmpuint (fixture->seen->len, ==, 0); /* nothing was sent */
}

static void
test_schemes (Fixture *fixture, gconstpointer data)
{
  const char *urls[] = {"http://mirror.example/x",
                        "file:///etc/passwd",
                        "ftp://mirror.example/x",
                        "gopher://127.0.0.1/",
                        "https://user:word@mirror.example/",
                        "/etc/passwd",
                        "",
                        "https://"};
  for (guint i = 0; i < G_N_ELEMENTS (urls); i++) {
    SvFetchResult result = {0};
    g_autoptr (GError) error = NULL;
    const SvFetchRequest request = {.url = urls[i], .path = fixture->path, .allow_private = TRUE};
    g_test_message ("'%s'", urls[i]);
    g_assert_false (sv_fetch (&request, &result, &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_USAGE);
  }
}

static void
test_unreachable (Fixture *fixture, gconstpointer data)
{
  SvFetchResult result = {0};
  g_autoptr (GError) error = NULL;
  guint16 port = fixture->server.port;
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u/file", port);
  const SvFetchRequest request = {
      .url = url, .path = fixture->path, .allow_private = TRUE, .timeout_ms = 2000};
  /* it speaks no TLS: whatever is there, it is not who the URL names */
  g_assert_false (sv_fetch (&request, &result, &error));
  g_assert_true (sv_error_is (error, SV_ERROR_UNREACHABLE) ||
                 sv_error_is (error, SV_ERROR_UNTRUSTED) || sv_error_is (error, SV_ERROR_TIMEOUT));
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  const struct {
    const char *name;
    void (*run) (Fixture *fixture, gconstpointer data);
  } tests[] = {{"/fetch/whole", test_whole},
               {"/fetch/conditional", test_conditional},
               {"/fetch/resume", test_resume},
               {"/fetch/resume-of-changed-file", test_resume_of_changed_file},
               {"/fetch/failure-keeps-old", test_failure_keeps_old},
               {"/fetch/answers", test_answers},
               {"/fetch/limits", test_limits},
               {"/fetch/promise-s44-redirects", test_redirects},
               {"/fetch/promise-s44-inside-refused", test_inside_refused},
               {"/fetch/promise-s44-schemes", test_schemes},
               {"/fetch/unreachable", test_unreachable}};
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
