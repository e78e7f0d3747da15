/* Which network addresses are somebody else's on the internet, and which lead inside. */
#pragma once

#include <glib.h>
#include <sys/socket.h>

/**
 * sv_address_is_public:
 * TRUE for global unicast addresses only: not for loopback, private, link-local (cloud metadata
 * lives there), shared, multicast, reserved or documentation addresses, nor for tunnels into IPv4.
 * IPv4 inside IPv6 (mapped, NAT64) is judged as IPv4. Other families are not public.
 * Source: promise S44.
 */
gboolean sv_address_is_public (const struct sockaddr *address);

/* New string: the numeric address, without its port. */
char *sv_address_format (const struct sockaddr *address);
