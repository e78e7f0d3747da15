#include "trust/password.h"

#include <string.h>

static void
test_hash (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = sv_password_hash ("correct horse battery", &error);
  g_autofree char *again = sv_password_hash ("correct horse battery", &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (hash, "$argon2id$v=19$m=65536,t=2,p=1$"));
  g_assert_cmpstr (hash, !=, again);
  g_assert_true (sv_password_verify (hash, "correct horse battery"));
  g_assert_false (sv_password_verify (hash, "correct horse batterx"));
  g_assert_false (sv_password_verify (hash, ""));
  g_assert_false (sv_password_verify ("nonsense", "correct horse battery"));
  g_assert_false (sv_password_needs_rehash (hash));
}

/* Hash of "password" with m=4096, t=3, made by another program (the argon2 command). */
static void
test_other_costs (void)
{
  const char *hash = "$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHQ$"
                     "qLml5cbqFAO6YxVHhrSBHP0UWdxrIxkNcM8aMX3blzU";
  g_assert_true (sv_password_verify (hash, "password"));
  g_assert_false (sv_password_verify (hash, "Password"));
  g_assert_true (sv_password_needs_rehash (hash));
}

static gint64
time_verify (const char *hash)
{
  gint64 begun = g_get_monotonic_time ();
  g_assert_false (sv_password_verify (hash, "some wrong password"));
  return g_get_monotonic_time () - begun;
}

/* The best of several: what is left is what the work takes. */
static void
test_nobody_takes_as_long (void)
{
  g_autofree char *hash = sv_password_hash ("correct horse battery", NULL);
  gint64 somebody = G_MAXINT64, nobody = G_MAXINT64;
  for (int i = 0; i < 8; i++) {
    somebody = MIN (somebody, time_verify (hash));
    nobody = MIN (nobody, time_verify (NULL));
  }
  g_test_message ("somebody %d us, nobody %d us", (int)somebody, (int)nobody);
  g_assert_cmpint (nobody, <, somebody * 3 / 2);
  g_assert_cmpint (somebody, <, nobody * 3 / 2);
}

static void
test_check (void)
{
  static const struct {
    const char *password;
    const char *part; /* of the error; NULL: fine */
  } rows[] = {
      {"correct horse battery", NULL},
      {"elevenchars", "shorter"},
      {"twelve chars", NULL},
      {"ÄÖÜäöüßéèêëñ", NULL}, /* twelve characters, more bytes */
      {"aaaaaaaaaaaaaaaa", "repeated"},
      {"ßßßßßßßßßßßßßßßß", "repeated"},
      {"Alice.Example", "name"},
      {"ALICE OF THE EXAMPLE", "name"},
      {"Salve-Password-2026", "little"},
      {"Example!alice.example", "little"},
      {"adminadminadmin", "little"},
      {"secret of eight more", NULL},
      {"tab\tin the middle", "typed"},
      {"\xff\xfe nothing at all", "typed"},
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    gboolean fine =
        sv_password_check (rows[i].password, "alice.example", "Alice of the Example", &error);
    g_assert_cmpint (fine, ==, rows[i].part == NULL);
    if (fine)
      continue;
    g_assert_error (error, SV_ERROR, SV_ERROR_USAGE);
    g_assert_nonnull (strstr (error->message, rows[i].part));
    g_assert_null (strstr (error->message, rows[i].password));
  }
  g_autofree char *lengthy = g_strnfill (SV_LIMIT_PASSWORD_BYTES + 1, 'a');
  lengthy[3] = 'b';
  g_assert_false (sv_password_check (lengthy, NULL, NULL, NULL));
  lengthy[SV_LIMIT_PASSWORD_BYTES] = '\0';
  g_assert_true (sv_password_check (lengthy, NULL, NULL, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/password/hash", test_hash);
  g_test_add_func ("/password/other-costs", test_other_costs);
  g_test_add_func ("/password/nobody", test_nobody_takes_as_long);
  g_test_add_func ("/password/check", test_check);
  return g_test_run ();
}
