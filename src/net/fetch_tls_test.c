/* HTTPS against a real server with certificates of our own. */
#include "net/fetch.h"

#include "base/test_run.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

enum { ACCEPT_MS = 10000 };

/* --- who certifies whom --- */

typedef struct {
  char *path; /* of everything */
} Folder;

static char *
in_folder (const Folder *folder, const char *name)
{
  return g_build_filename (folder->path, name, NULL);
}

#define NEW_KEY "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"

static void
make_ca (const Folder *folder, const char *name)
{
  g_autofree char *base = in_folder (folder, name);
  g_autofree char *key = g_strconcat (base, ".key", NULL);
  g_autofree char *certificate = g_strconcat (base, ".pem", NULL);
  g_autofree char *subject = g_strconcat ("/CN=", name, NULL);
  SV_TEST_RUN ("openssl", "req", "-x509", NEW_KEY, "-keyout", key, "-out", certificate, "-days",
               "2", "-subj", subject);
}

/* One certificate for @server ("IP:127.0.0.1"), by the first CA. */
static void
make_certificate (const Folder *folder, const char *name, const char *server, const char *days)
{
  g_autofree char *base = in_folder (folder, name);
  g_autofree char *key = g_strconcat (base, ".key", NULL);
  g_autofree char *asked = g_strconcat (base, ".csr", NULL);
  g_autofree char *certificate = g_strconcat (base, ".pem", NULL);
  g_autofree char *names = g_strconcat ("subjectAltName=", server, NULL);
  g_autofree char *ca = in_folder (folder, "ca.pem");
  g_autofree char *ca_key = in_folder (folder, "ca.key");
  SV_TEST_RUN ("openssl", "req", NEW_KEY, "-keyout", key, "-out", asked, "-subj", "/CN=server",
               "-addext", names);
  SV_TEST_RUN ("openssl", "x509", "-req", "-in", asked, "-CA", ca, "-CAkey", ca_key,
               "-copy_extensions", "copy", "-days", days, "-out", certificate);
}

/* What the server answers, head and all. */
static void
put_answer (const Folder *folder, const char *name, const char *answer)
{
  g_autofree char *path = in_folder (folder, name);
  g_assert_true (g_file_set_contents (path, answer, -1, NULL));
}

static void
folder_init (Folder *folder)
{
  folder->path = g_dir_make_tmp ("salve-tls-XXXXXX", NULL);
  make_ca (folder, "ca");
  make_ca (folder, "other");
  make_certificate (folder, "good", "IP:127.0.0.1", "1");
  make_certificate (folder, "named-otherwise", "DNS:mirror.example", "1");
  make_certificate (folder, "expired", "IP:127.0.0.1", "-1");
  put_answer (folder, "file", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  put_answer (folder, "to-http",
              "HTTP/1.0 302 Found\r\nLocation: http://127.0.0.1/file\r\n"
              "Content-Length: 0\r\n\r\n");
}

static void
folder_clear (Folder *folder)
{
  SV_TEST_RUN ("rm", "-rf", folder->path);
  g_free (folder->path);
}

/* --- the server --- */

typedef struct {
  GPid pid;
  int output;
  guint port;
} Server;

/* "ACCEPT 127.0.0.1:35043" */
static guint
read_port (int output)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GIOChannel) channel = g_io_channel_unix_new (output);
  const char *line = NULL;
  gunichar c;
  gint64 end_us = g_get_monotonic_time () + ACCEPT_MS * G_GINT64_CONSTANT (1000);
  while (g_get_monotonic_time () < end_us &&
         g_io_channel_read_unichar (channel, &c, NULL) == G_IO_STATUS_NORMAL) {
    g_string_append_unichar (text, c);
    line = strstr (text->str, "ACCEPT 127.0.0.1:");
    if (c == '\n' && line != NULL)
      return (guint)g_ascii_strtoull (line + strlen ("ACCEPT 127.0.0.1:"), NULL, 10);
  }
  g_error ("openssl s_server did not start: %s", text->str);
}

/* Only for TLS 1.1 the library must be talked into what it refuses by itself. */
static void
server_start (Server *server, const Folder *folder, const char *certificate, gboolean old_tls)
{
  g_autofree char *pem = g_strconcat (certificate, ".pem", NULL);
  g_autofree char *key = g_strconcat (certificate, ".key", NULL);
  const char *argv[] = {"openssl",     "s_server",
                        "-HTTP",       "-accept",
                        "127.0.0.1:0", "-cert",
                        pem,           "-key",
                        key,           old_tls ? "-tls1_1" : NULL,
                        "-cipher",     "DEFAULT@SECLEVEL=0",
                        NULL};
  g_autoptr (GError) error = NULL;
  g_spawn_async_with_pipes (folder->path, (char **)argv, NULL,
                            G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                            &server->pid, NULL, &server->output, NULL, &error);
  g_assert_no_error (error);
  server->port = read_port (server->output);
}

static void
server_stop (Server *server)
{
  kill (server->pid, SIGTERM);
  waitpid (server->pid, NULL, 0);
  g_spawn_close_pid (server->pid);
  close (server->output);
}

/* --- cases --- */

typedef struct {
  const char *name;
  const char *certificate; /* of the server */
  const char *ca;          /* that we believe; NULL: whom the system does */
  const char *path;
  int error; /* SvError; -1: it is fetched */
  gboolean old_tls;
  gboolean allow_http;
} Case;

static const Case cases[] = {
    {"good", "good", "ca.pem", "file", -1},
    {"system-does-not-know-the-ca", "good", NULL, "file", SV_ERROR_UNTRUSTED},
    {"another-ca", "good", "other.pem", "file", SV_ERROR_UNTRUSTED},
    {"ca-file-absent", "good", "absent.pem", "file", SV_ERROR_UNTRUSTED},
    {"wrong-host-name", "named-otherwise", "ca.pem", "file", SV_ERROR_UNTRUSTED},
    {"expired", "expired", "ca.pem", "file", SV_ERROR_UNTRUSTED},
    {"redirect-to-http", "good", "ca.pem", "to-http", SV_ERROR_DENIED},
    {"redirect-to-http-where-it-is-allowed", "good", "ca.pem", "to-http", SV_ERROR_DENIED, FALSE,
     TRUE},
    {"tls-1.1", "good", "ca.pem", "file", SV_ERROR_UNREACHABLE, TRUE},
};

typedef struct {
  const Folder *folder;
  const Case *row;
} Test;

static void
expect_outcome (const Case *row, const SvFetchRequest *request)
{
  SvFetchResult result = {0};
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean fetched = sv_fetch (request, &result, &error);
  g_test_message ("%s", error != NULL ? error->message : "fetched");
  if (row->error < 0) {
    g_assert_no_error (error);
    g_assert_true (g_file_get_contents (request->path, &text, NULL, NULL));
    g_assert_cmpstr (text, ==, "hello");
    return;
  }
  g_assert_false (fetched);
  g_assert_error (error, SV_ERROR, row->error);
  g_assert_false (g_file_test (request->path, G_FILE_TEST_EXISTS));
}

static void
test_case (gconstpointer data)
{
  const Test *test = data;
  const Case *row = test->row;
  Server server;
  server_start (&server, test->folder, row->certificate, row->old_tls);
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u/%s", server.port, row->path);
  g_autofree char *path = in_folder (test->folder, row->name);
  g_autofree char *ca = row->ca != NULL ? in_folder (test->folder, row->ca) : NULL;
  const SvFetchRequest request = {.url = url,
                                  .path = path,
                                  .ca_file = ca,
                                  .timeout_ms = 10000,
                                  .allow_private = TRUE,
                                  .allow_http = row->allow_http};
  expect_outcome (row, &request);
  server_stop (&server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autofree char *openssl = g_find_program_in_path ("openssl");
  if (openssl == NULL)
    return 77; /* the test is skipped */
  Folder folder;
  Test tests[G_N_ELEMENTS (cases)];
  folder_init (&folder);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *name = g_strconcat ("/fetch-tls/", cases[i].name, NULL);
    tests[i] = (Test){&folder, &cases[i]};
    g_test_add_data_func (name, &tests[i], test_case);
  }
  int failed = g_test_run ();
  folder_clear (&folder);
  return failed;
}
