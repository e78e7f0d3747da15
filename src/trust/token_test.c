#include "trust/token.h"

#include <string.h>

static void
test_new (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (int i = 0; i < 1000; i++) {
    char *token = sv_token_new ("api");
    g_assert_cmpuint (strlen (token), ==, strlen ("salve_api_") + 43);
    g_assert_true (sv_token_is (token, "api"));
    g_assert_false (sv_token_is (token, "session"));
    g_assert_true (g_hash_table_add (seen, token));
  }
}

static void
test_form (void)
{
  static const char *const wrong[] = {"",
                                      "salve_api_",
                                      "salve_api_AAAA",
                                      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                      "salve_api_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
                                      "salve_api_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (sv_token_is (wrong[i], "api"));
  g_assert_false (sv_token_is (NULL, "api"));
  g_assert_true (sv_token_is ("salve_api_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA-", "api"));
}

static void
test_digest (void)
{
  static const guint8 abc[] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
                               0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
                               0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
  g_autoptr (GBytes) digest = sv_token_digest ("abc");
  g_assert_cmpmem (g_bytes_get_data (digest, NULL), g_bytes_get_size (digest), abc, sizeof abc);
}

/* RFC 4231, test case 2: key "Jefe". */
static void
test_derive (void)
{
  g_autofree char *derived = sv_token_derive ("Jefe", "what do ya want for nothing?");
  g_assert_cmpstr (derived, ==, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM");
}

static void
test_equal (void)
{
  g_assert_true (sv_secret_equal ("a", "a"));
  g_assert_true (sv_secret_equal ("", ""));
  g_assert_false (sv_secret_equal ("a", "b"));
  g_assert_false (sv_secret_equal ("a", "ab"));
  g_assert_false (sv_secret_equal (NULL, NULL));
  g_assert_false (sv_secret_equal ("a", NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token/new", test_new);
  g_test_add_func ("/token/form", test_form);
  g_test_add_func ("/token/digest", test_digest);
  g_test_add_func ("/token/derive", test_derive);
  g_test_add_func ("/token/equal", test_equal);
  return g_test_run ();
}
