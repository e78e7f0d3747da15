/* For tests only: a server on loopback with a router of the test's own, and a client that says over
 * a real socket exactly what it is told. */
#pragma once

#include "net/net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  SvRouter *router;
  SvServer *server;
} TestApi;

static inline void
test_api_start (TestApi *api, const SvRouteTable *table, const SvRouterHooks *hooks,
                const SvServerOptions *options)
{
  g_autoptr (GError) error = NULL;
  SvServerOptions with = *options;
  with.host = "127.0.0.1";
  with.n_threads = 2;
  api->router = sv_router_new (&table, 1, hooks, &error);
  g_assert_no_error (error);
  const SvServerHooks server_hooks = sv_router_get_hooks (api->router);
  api->server = sv_server_new (&with, &server_hooks, &error);
  g_assert_no_error (error);
}

static inline void
test_api_stop (TestApi *api)
{
  sv_server_free (api->server);
  sv_router_free (api->router);
}

static inline int
test_api_connect (const TestApi *api)
{
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                                .sin_port = htons (sv_server_get_port (api->server))};
  struct timeval limit = {.tv_sec = 20};
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), ==, 0);
  return fd;
}

static inline void
test_api_send (int fd, const char *text)
{
  for (gsize left = strlen (text); left > 0;) {
    ssize_t n = send (fd, text, left, MSG_NOSIGNAL);
    if (n <= 0)
      return;
    text += n;
    left -= (gsize)n;
  }
}

/* Everything until the server closes, or until @end (nullable) has come. */
static inline char *
test_api_receive (int fd, const char *end)
{
  GString *all = g_string_new (NULL);
  char buffer[4096];
  while (end == NULL || strstr (all->str, end) == NULL) {
    ssize_t n = recv (fd, buffer, sizeof buffer, 0);
    if (n <= 0)
      break;
    g_string_append_len (all, buffer, n);
  }
  return g_string_free (all, FALSE);
}

/* No byte more than the head. */
static inline char *
test_api_receive_head (int fd)
{
  GString *head = g_string_new (NULL);
  char c;
  while (strstr (head->str, "\r\n\r\n") == NULL && recv (fd, &c, 1, 0) == 1)
    g_string_append_c (head, c);
  return g_string_free (head, FALSE);
}

/* One request on a connection of its own; the whole answer, head and body. */
static inline char *
test_api_ask (const TestApi *api, const char *request)
{
  int fd = test_api_connect (api);
  test_api_send (fd, request);
  char *answer = test_api_receive (fd, NULL);
  close (fd);
  return answer;
}

/* "GET /x" with @headers (each with its line end) and @body (nullable). */
static inline char *
test_api_call (const TestApi *api, const char *line, const char *headers, const char *body)
{
  g_autofree char *length =
      body != NULL ? g_strdup_printf ("Content-Length: %" G_GSIZE_FORMAT "\r\n", strlen (body))
                   : g_strdup ("");
  g_autofree char *request =
      g_strdup_printf ("%s HTTP/1.1\r\nHost: test\r\nConnection: close\r\n%s%s\r\n%s", line, length,
                       headers, body != NULL ? body : "");
  return test_api_ask (api, request);
}

static inline int
test_api_status (const char *answer)
{
  int status = 0;
  return sscanf (answer, "HTTP/1.1 %3d ", &status) == 1 ? status : 0;
}

static inline const char *
test_api_body (const char *answer)
{
  const char *end = strstr (answer, "\r\n\r\n");
  return end != NULL ? end + 4 : "";
}

#define test_api_assert(answer, status, part)                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_test_message ("%s", answer);                                                                 \
    g_assert_cmpint (test_api_status (answer), ==, status);                                        \
    g_assert_nonnull (strstr (answer, part));                                                      \
  }                                                                                                \
  G_STMT_END
