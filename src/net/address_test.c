#include "net/address.h"

#include <netdb.h>
#include <string.h>

static gboolean
is_public (const char *text)
{
  struct addrinfo hints = {.ai_flags = AI_NUMERICHOST}, *found = NULL;
  g_assert_cmpint (getaddrinfo (text, NULL, &hints, &found), ==, 0);
  g_autofree char *formatted = sv_address_format (found->ai_addr);
  gboolean answer = sv_address_is_public (found->ai_addr);
  freeaddrinfo (found);
  if (strchr (text, '.') == NULL || strchr (text, ':') == NULL)
    g_assert_cmpstr (formatted, ==, text);
  return answer;
}

static void
test_public (void)
{
  const char *addresses[] = {
      "1.1.1.1",         "8.8.8.8",      "100.63.255.255", "100.128.0.1",      "172.15.0.1",
      "172.32.0.1",      "192.0.1.1",    "198.17.255.255", "198.20.0.1",       "223.255.255.1",
      "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2001:4860::8888"};
  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++) {
    g_test_message ("%s", addresses[i]);
    g_assert_true (is_public (addresses[i]));
  }
}

static void
test_inside (void)
{
  const char *addresses[] = {"0.0.0.0",
                             "0.1.2.3",
                             "10.0.0.1",
                             "100.64.0.1",
                             "100.127.255.255",
                             "127.0.0.1",
                             "127.255.0.1",
                             "169.254.169.254",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.0.0.1",
                             "192.168.1.1",
                             "198.18.0.1",
                             "198.19.255.255",
                             "224.0.0.1",
                             "240.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "fe80::1",
                             "fc00::1",
                             "fd00:ec2::254",
                             "ff02::1",
                             "2001:db8::1",
                             "2001::1",
                             "2002:7f00:1::1",
                             "3fff::1",
                             "::ffff:127.0.0.1",
                             "::ffff:169.254.169.254",
                             "64:ff9b::10.0.0.1"};
  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++) {
    g_test_message ("%s", addresses[i]);
    g_assert_false (is_public (addresses[i]));
  }
}

static void
test_other_family (void)
{
  struct sockaddr address = {.sa_family = AF_UNIX};
  g_assert_false (sv_address_is_public (&address));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address/public", test_public);
  g_test_add_func ("/address/promise-s44-inside", test_inside);
  g_test_add_func ("/address/other-family", test_other_family);
  return g_test_run ();
}
