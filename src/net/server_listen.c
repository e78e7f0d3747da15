#include "net/server_private.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024

static gboolean
fail_address (const SvServerOptions *options, GError **error)
{
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "'%s' is no numeric address to listen on",
               options->host);
  return FALSE;
}

static gboolean
fail_listen (const SvServerOptions *options, int errno_value, GError **error)
{
  SvError code = errno_value == EADDRINUSE                               ? SV_ERROR_EXISTS
                 : errno_value == EACCES || errno_value == EPERM         ? SV_ERROR_DENIED
                 : errno_value == EADDRNOTAVAIL || errno_value == EINVAL ? SV_ERROR_USAGE
                                                                         : SV_ERROR_FAILED;
  g_set_error (error, SV_ERROR, (int)code, "cannot listen on '%s' port %u: %s", options->host,
               options->port, g_strerror (errno_value));
  return FALSE;
}

static int
open_socket (const struct addrinfo *address)
{
  int yes = 1;
  int fd = socket (address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return -1;
  if (setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
      bind (fd, address->ai_addr, address->ai_addrlen) == 0 && listen (fd, BACKLOG) == 0)
    return fd;
  int cause = errno;
  close (fd);
  errno = cause;
  return -1;
}

static int
bind_address (const SvServerOptions *options, GError **error)
{
  const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                                 .ai_socktype = SOCK_STREAM};
  struct addrinfo *address = NULL;
  g_autofree char *port = g_strdup_printf ("%u", options->port);
  if (options->host == NULL || getaddrinfo (options->host, port, &hints, &address) != 0) {
    fail_address (options, error);
    return -1;
  }
  int fd = open_socket (address), cause = errno;
  freeaddrinfo (address);
  if (fd < 0)
    fail_listen (options, cause, error);
  return fd;
}

static gboolean
take_over (int fd, GError **error)
{
  int flags = fcntl (fd, F_GETFL), listens = 0;
  socklen_t size = sizeof listens;
  if (getsockopt (fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || !listens) {
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "the inherited descriptor %d does not listen",
                 fd);
    return FALSE;
  }
  if (fcntl (fd, F_SETFL, flags | O_NONBLOCK) != 0 || fcntl (fd, F_SETFD, FD_CLOEXEC) != 0)
    return sv_error_set_errno (error, errno, "set up", "the inherited socket");
  return TRUE;
}

static guint16
port_of (int fd)
{
  struct sockaddr_storage address = {0};
  socklen_t size = sizeof address;
  if (getsockname (fd, (struct sockaddr *)&address, &size) != 0)
    return 0;
  if (address.ss_family == AF_INET6)
    return ntohs (((struct sockaddr_in6 *)&address)->sin6_port);
  return address.ss_family == AF_INET ? ntohs (((struct sockaddr_in *)&address)->sin_port) : 0;
}

int
sv_server_listen (const SvServerOptions *options, guint16 *ret_port, GError **error)
{
  int fd = options->socket;
  if (fd > 0 && !take_over (fd, error))
    return -1;
  if (fd <= 0)
    fd = bind_address (options, error);
  if (fd >= 0)
    *ret_port = port_of (fd);
  return fd;
}
