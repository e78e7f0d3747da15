/* A tiny HTTP server on loopback for tests: answers one request for each connection with whatever
 * the test's function says. */
#pragma once

#include <arpa/inet.h>
#include <glib.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Writes the whole answer, head and body, to @answer. @request is the head as it came. */
typedef void (*TestAnswer) (const char *request, GString *answer, gpointer user_data);

typedef struct {
  int listener;
  guint16 port;
  GThread *thread;
  TestAnswer answer;
  gpointer user_data;
  guint n_requests; /* read after test_server_stop() only, or between requests */
} TestServer;

static inline void
test_server_write (int fd, const char *data, gsize size)
{
  while (size > 0) {
    ssize_t n = send (fd, data, size, MSG_NOSIGNAL);
    if (n <= 0)
      return;
    data += n;
    size -= (gsize)n;
  }
}

static inline void
test_server_serve (TestServer *server, int fd)
{
  g_autoptr (GString) request = g_string_new (NULL);
  g_autoptr (GString) answer = g_string_new (NULL);
  char buffer[4096];
  while (strstr (request->str, "\r\n\r\n") == NULL) {
    ssize_t n = recv (fd, buffer, sizeof buffer, 0);
    if (n <= 0)
      return;
    g_string_append_len (request, buffer, n);
  }
  server->n_requests++;
  server->answer (request->str, answer, server->user_data);
  test_server_write (fd, answer->str, answer->len);
}

static inline gpointer
test_server_run (gpointer data)
{
  TestServer *server = data;
  for (;;) {
    int fd = accept (server->listener, NULL, NULL);
    if (fd < 0)
      return NULL;
    test_server_serve (server, fd);
    close (fd);
  }
}

static inline void
test_server_start (TestServer *server, TestAnswer answer, gpointer user_data)
{
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  *server = (TestServer){.answer = answer, .user_data = user_data};
  server->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (server->listener, (struct sockaddr *)&address, size), ==, 0);
  g_assert_cmpint (listen (server->listener, 16), ==, 0);
  g_assert_cmpint (getsockname (server->listener, (struct sockaddr *)&address, &size), ==, 0);
  server->port = ntohs (address.sin_port);
  server->thread = g_thread_new ("test-server", test_server_run, server);
}

static inline void
test_server_stop (TestServer *server)
{
  shutdown (server->listener, SHUT_RDWR);
  g_thread_join (server->thread);
  close (server->listener);
}

static inline char *
test_server_dup_url (const TestServer *server, const char *path)
{
  return g_strdup_printf ("http://127.0.0.1:%u%s", server->port, path);
}

/* The value of a request header, new string, or NULL. */
static inline char *
test_server_find_header (const char *request, const char *name)
{
  g_auto (GStrv) lines = g_strsplit (request, "\r\n", -1);
  for (guint i = 1; lines[i] != NULL; i++) {
    gsize length = strlen (name);
    if (g_ascii_strncasecmp (lines[i], name, length) == 0 && lines[i][length] == ':')
      return g_strstrip (g_strdup (lines[i] + length + 1));
  }
  return NULL;
}
