#include "access/provider.h"

static void
test_fill_in (void)
{
  const struct {
    const char *pattern, *value;
    SvFillKind kind;
    const char *expected;
  } rows[] = {
      {"(uid={login})", "erika", SV_FILL_FILTER, "(uid=erika)"},
      {"(|(uid={login})(mail={login}))", "*)(", SV_FILL_FILTER,
       "(|(uid=\\2a\\29\\28)(mail=\\2a\\29\\28))"},
      {"(uid=x)", "erika", SV_FILL_FILTER, "(uid=x)"},
      {"(uid={login})", "{login}", SV_FILL_FILTER, "(uid=\\7blogin\\7d)"},
      {"uid={login},dc=x", "a,dc=y", SV_FILL_NAME, "uid=a\\2cdc\\3dy,dc=x"},
      {"{login}@corp.example", "a.b", SV_FILL_NAME, "a.b@corp.example"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text =
        sv_provider_fill_in (rows[i].pattern, "login", rows[i].value, rows[i].kind);
    g_assert_cmpstr (text, ==, rows[i].expected);
  }
}

static void
test_web_addresses (void)
{
  const struct {
    const char *url;
    gboolean good;
  } rows[] = {
      {"https://login.example", TRUE},
      {"https://login.example/realms/corp", TRUE},
      {"https://login.example:8443/", TRUE},
      {"http://127.0.0.1:80/x", TRUE},
      {"http://[::1]", TRUE},
      {"http://localhost", TRUE},
      {"http://login.example", FALSE},
      {"http://localhost.evil.example", FALSE},
      {"https://u@login.example", FALSE},
      {"https://login.example?x", FALSE},
      {"https://login.example#x", FALSE},
      {"ftp://login.example", FALSE},
      {"https://", FALSE},
      {"javascript:alert(1)", FALSE},
      {"", FALSE},
      {NULL, FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (sv_provider_is_web_address (rows[i].url) != rows[i].good)
      g_error ("%s", rows[i].url);
}

/* What was left out has its usual value, and what makes no sense is said. */
static void
test_check (void)
{
  SvProvider ldap = {.id = "corp", .address = "ldaps://dc.example", .base = "dc=corp"};
  SvProvider oidc = {.id = "corp-2",
                     .kind = SV_PROVIDER_OIDC,
                     .address = "https://login.example",
                     .account = "salve",
                     .own_address = "https://salve.example"};
  SvProvider *const providers[] = {&ldap, &oidc};
  const struct {
    SvProvider *provider;
    char **member;
    char *value;
  } faults[] = {
      {&ldap, &ldap.id, "Corp"},
      {&ldap, &ldap.id, "-x"},
      {&ldap, &ldap.id, ""},
      {&ldap, &ldap.base, NULL},
      {&ldap, &ldap.filter, "(uid=x)"},
      {&ldap, &ldap.bind_as, "x"},
      {&ldap, &ldap.group_filter, "x"},
      {&ldap, &ldap.address, "ldap://dc.example"},
      {&oidc, &oidc.account, NULL},
      {&oidc, &oidc.scopes, "profile openidx"},
      {&oidc, &oidc.own_address, NULL},
      {&oidc, &oidc.own_address, "https://salve.example/"},
      {&oidc, &oidc.address, "http://x.example"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (providers); i++) {
    g_autoptr (GError) error = NULL;
    sv_provider_fill (providers[i]);
    g_assert_true (sv_provider_check (providers[i], &error));
    g_assert_no_error (error);
    g_assert_nonnull (providers[i]->login_from);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autoptr (GError) error = NULL;
    char *before = *faults[i].member;
    *faults[i].member = faults[i].value;
    g_assert_false (sv_provider_check (faults[i].provider, &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_USAGE);
    *faults[i].member = before;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (providers); i++) {
    SvProvider *provider = providers[i];
    char **filled[] = {&provider->subject_from, &provider->login_from,  &provider->name_from,
                       &provider->mail_from,    &provider->groups_from, &provider->filter,
                       &provider->scopes};
    for (gsize k = 0; k < G_N_ELEMENTS (filled); k++)
      g_clear_pointer (filled[k], g_free);
  }
}

static void
test_groups (void)
{
  const SvMapping mapping = {.group_name = "CN=Auditors, OU=Groups,dc=corp"};
  const struct {
    const char *group;
    gboolean ldap, oidc;
  } rows[] = {{"cn=auditors,ou=groups,dc=corp", TRUE, FALSE},
              {"CN=Auditors, OU=Groups,dc=corp", TRUE, TRUE},
              {"cn=auditors,ou=groups", FALSE, FALSE},
              {"cn=auditors", FALSE, FALSE},
              {"", FALSE, FALSE}};
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GPtrArray) groups = sv_strings_new ();
    g_ptr_array_add (groups, g_strdup ("cn=others"));
    g_ptr_array_add (groups, g_strdup (rows[i].group));
    g_assert_cmpint (sv_mapping_matches (&mapping, SV_PROVIDER_LDAP, groups), ==, rows[i].ldap);
    g_assert_cmpint (sv_mapping_matches (&mapping, SV_PROVIDER_OIDC, groups), ==, rows[i].oidc);
  }
  g_assert_false (sv_mapping_matches (&mapping, SV_PROVIDER_LDAP, NULL));
}

/* A secret goes nowhere but where it was given for. */
static void
test_same_place (void)
{
  const SvProvider before = {.address = "ldaps://dc.example", .account = "cn=salve"};
  SvProvider now = before;
  g_assert_true (sv_provider_is_same_place (&before, &now));
  now.name = "Corp";
  g_assert_true (sv_provider_is_same_place (&before, &now));
  now.ca_file = "/x";
  g_assert_false (sv_provider_is_same_place (&before, &now));
  now = before;
  now.address = "ldaps://dc.evil.example";
  g_assert_false (sv_provider_is_same_place (&before, &now));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/provider/fill-in", test_fill_in);
  g_test_add_func ("/provider/web-addresses", test_web_addresses);
  g_test_add_func ("/provider/check", test_check);
  g_test_add_func ("/provider/groups", test_groups);
  g_test_add_func ("/provider/same-place", test_same_place);
  return g_test_run ();
}
