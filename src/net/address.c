#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

typedef struct {
  const char *prefix; /* as inet_pton reads it */
  guint bits;
} Network;

/* IANA's special-purpose registries, what is not globally reachable. */
static const Network special4[] = {{"0.0.0.0", 8},      {"10.0.0.0", 8},     {"100.64.0.0", 10},
                                   {"127.0.0.0", 8},    {"169.254.0.0", 16}, {"172.16.0.0", 12},
                                   {"192.0.0.0", 24},   {"192.0.2.0", 24},   {"192.88.99.0", 24},
                                   {"192.168.0.0", 16}, {"198.18.0.0", 15},  {"198.51.100.0", 24},
                                   {"203.0.113.0", 24}, {"224.0.0.0", 4},    {"240.0.0.0", 4}};

/* Inside 2000::/3; everything outside of that is no global unicast. */
static const Network special6[] = {
    {"2001::", 23}, {"2001:db8::", 32}, {"2002::", 16}, {"3fff::", 20}};

static const Network global6 = {"2000::", 3};
static const Network mapped6 = {"::ffff:0:0", 96};
static const Network nat64 = {"64:ff9b::", 96};

static gboolean
is_inside (const guint8 *address, int family, const Network *network)
{
  guint8 prefix[sizeof (struct in6_addr)] = {0};
  if (inet_pton (family, network->prefix, prefix) != 1)
    return FALSE;
  guint bytes = network->bits / 8, rest = network->bits % 8;
  guint8 mask = (guint8)(0xff << (8 - rest));
  return memcmp (address, prefix, bytes) == 0 &&
         (rest == 0 || (address[bytes] & mask) == (prefix[bytes] & mask));
}

static gboolean
is_inside_any (const guint8 *address, int family, const Network *networks, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (is_inside (address, family, &networks[i]))
      return TRUE;
  return FALSE;
}

static gboolean
is_public4 (const guint8 *address)
{
  return !is_inside_any (address, AF_INET, special4, G_N_ELEMENTS (special4));
}

static gboolean
is_public6 (const guint8 *address)
{
  if (is_inside (address, AF_INET6, &mapped6) || is_inside (address, AF_INET6, &nat64))
    return is_public4 (address + 12);
  return is_inside (address, AF_INET6, &global6) &&
         !is_inside_any (address, AF_INET6, special6, G_N_ELEMENTS (special6));
}

gboolean
sv_address_is_public (const struct sockaddr *address)
{
  if (address->sa_family == AF_INET)
    return is_public4 ((const guint8 *)&((const struct sockaddr_in *)address)->sin_addr);
  if (address->sa_family == AF_INET6)
    return is_public6 ((const guint8 *)&((const struct sockaddr_in6 *)address)->sin6_addr);
  return FALSE;
}

char *
sv_address_format (const struct sockaddr *address)
{
  char text[INET6_ADDRSTRLEN] = "";
  const void *bytes = address->sa_family == AF_INET6
                          ? (const void *)&((const struct sockaddr_in6 *)address)->sin6_addr
                          : (const void *)&((const struct sockaddr_in *)address)->sin_addr;
  inet_ntop (address->sa_family, bytes, text, sizeof text);
  return g_strdup (text);
}
