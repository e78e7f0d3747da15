/* What may stand in a question to a directory, and where it may go. tests/api/test_ldap.py asks a
 * real one. */
#include "net/directory.h"

static void
test_escapes (void)
{
  const struct {
    const char *value, *filter, *name;
  } rows[] = {
      {"erika", "erika", "erika"},
      {"", "", ""},
      {"*", "\\2a", "*"},
      {"*)(uid=*", "\\2a\\29\\28uid\\3d\\2a", "*)(uid\\3d*"},
      {"a\\b", "a\\5cb", "a\\5cb"},
      {"a,ou=x+b", "a,ou\\3dx+b", "a\\2cou\\3dx\\2bb"},
      {" #<>;\"", "\\20#\\3c\\3e;\"", "\\20\\23\\3c\\3e\\3b\\22"},
      {"{dn}", "\\7bdn\\7d", "{dn}"},
      {"a\nb\x7f", "a\\0ab\\7f", "a\\0ab\\7f"},
      {"M\xc3\xbcller", "M\xc3\xbcller", "M\xc3\xbcller"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *filter = sv_directory_escape_filter (rows[i].value);
    g_autofree char *name = sv_directory_escape_dn (rows[i].value);
    g_assert_cmpstr (filter, ==, rows[i].filter);
    g_assert_cmpstr (name, ==, rows[i].name);
  }
}

static void
test_addresses (void)
{
  const struct {
    const char *url;
    gboolean start_tls, good;
  } rows[] = {
      {"ldaps://dc.example", FALSE, TRUE},
      {"ldaps://dc.example:3269", FALSE, TRUE},
      {"ldap://dc.example", TRUE, TRUE},
      {"ldap://dc.example", FALSE, FALSE},
      {"ldap://127.0.0.1:389", FALSE, TRUE},
      {"ldap://[::1]", FALSE, TRUE},
      {"ldap://localhost", FALSE, TRUE},
      {"ldap://localhost.evil.example", FALSE, FALSE},
      {"ldap://127.0.0.1.evil.example", FALSE, FALSE},
      {"ldaps://dc.example", TRUE, FALSE},
      {"ldaps://dc.example/", FALSE, FALSE},
      {"ldaps://dc.example/dc=x", FALSE, FALSE},
      {"ldaps://u@dc.example", FALSE, FALSE},
      {"ldaps://dc.example?x", FALSE, FALSE},
      {"ldaps://", FALSE, FALSE},
      {"ldapi:///", FALSE, FALSE},
      {"https://dc.example", FALSE, FALSE},
      {"ldaps://a.example ldap://b.example", FALSE, FALSE},
      {"", FALSE, FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    gboolean good = sv_directory_check_url (rows[i].url, rows[i].start_tls, &error);
    if (good != rows[i].good)
      g_error ("%s", rows[i].url);
    g_assert_true (good == (error == NULL));
  }
}

/* Nothing is sent for it: nobody listens there. */
static void
test_empty_passwords (void)
{
  g_autoptr (GError) error = NULL;
  const SvDirectoryOptions options = {.url = "ldap://127.0.0.1:1"};
  g_autoptr (SvDirectory) directory = sv_directory_new (&options, &error);
  if (sv_error_is (error, SV_ERROR_UNSUPPORTED)) {
    g_test_skip (error->message);
    return;
  }
  g_assert_no_error (error);
  const struct {
    const char *dn, *password;
    SvError code;
  } rows[] = {{"cn=x", "", SV_ERROR_UNAUTHENTICATED},
              {"cn=x", NULL, SV_ERROR_UNAUTHENTICATED},
              {"", "x", SV_ERROR_UNAUTHENTICATED},
              {"cn=x", "x", SV_ERROR_UNREACHABLE}};
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_assert_false (sv_directory_bind (directory, rows[i].dn, rows[i].password, &error));
    g_assert_error (error, SV_ERROR, (int)rows[i].code);
    g_clear_error (&error);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/directory/escapes", test_escapes);
  g_test_add_func ("/directory/addresses", test_addresses);
  g_test_add_func ("/directory/empty-passwords", test_empty_passwords);
  return g_test_run ();
}
