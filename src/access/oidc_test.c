#include "access/oidc.h"

#include "trust/trust.h"

#include <math.h>
#include <string.h>

#define NOW_S 1000000
#define NOW_US (NOW_S * SV_SECOND_US)

static SvProvider
make_provider (void)
{
  return (SvProvider){.id = "corp",
                      .kind = SV_PROVIDER_OIDC,
                      .address = "https://login.example",
                      .account = "salve",
                      .own_address = "https://salve.example",
                      .scopes = "openid profile",
                      .login_from = "preferred_username",
                      .name_from = "name",
                      .mail_from = "email",
                      .groups_from = "groups"};
}

static SvIdToken *
parse (const char *json, GError **error)
{
  const SvProvider provider = make_provider ();
  g_autoptr (GBytes) bytes = g_bytes_new_static (json, strlen (json));
  return sv_id_token_parse (&provider, bytes, error);
}

#define HEAD "{\"iss\":\"https://login.example\",\"sub\":\"e-1\",\"nonce\":\"n\","
#define GOOD HEAD "\"aud\":\"salve\",\"exp\":1000100,\"iat\":999990"

/* One thing wrong in each. */
static void
test_check (void)
{
  const struct {
    const char *json, *says; /* NULL: nothing */
  } rows[] = {
      {GOOD "}", NULL},
      {GOOD ",\"azp\":\"salve\",\"nbf\":999990,\"unknown\":{\"a\":[1,null]}}", NULL},
      {HEAD "\"aud\":[\"x\",\"salve\"],\"azp\":\"salve\",\"exp\":1e6,\"iat\":999990.5}", NULL},
      {HEAD "\"aud\":[\"salve\"],\"exp\":999941,\"iat\":1000059}", NULL}, /* clocks differ */
      {HEAD "\"aud\":[\"x\",\"salve\"],\"exp\":1000100,\"iat\":999990}", "given to somebody else"},
      {GOOD ",\"azp\":\"x\"}", "given to somebody else"},
      {HEAD "\"aud\":\"salve2\",\"exp\":1000100,\"iat\":999990}", "for somebody else"},
      {HEAD "\"aud\":[],\"exp\":1000100,\"iat\":999990}", "for somebody else"},
      {HEAD "\"exp\":1000100,\"iat\":999990}", "for somebody else"},
      {HEAD "\"aud\":\"salve\",\"exp\":999940,\"iat\":999900}", "expired"},
      {HEAD "\"aud\":\"salve\",\"exp\":-1e300,\"iat\":999900}", "expired"},
      {HEAD "\"aud\":\"salve\",\"iat\":999990}", "expired"},
      {HEAD "\"aud\":\"salve\",\"exp\":1000100}", "future"},
      {HEAD "\"aud\":\"salve\",\"exp\":1000100,\"iat\":1000061}", "future"},
      {GOOD ",\"nbf\":1000061}", "future"},
      {"{\"iss\":\"https://login.example/\",\"sub\":\"e\",\"nonce\":\"n\",\"aud\":\"salve\","
       "\"exp\":1000100,\"iat\":999990}",
       "another issuer"},
      {"{\"sub\":\"e\",\"nonce\":\"n\",\"aud\":\"salve\",\"exp\":1000100,\"iat\":999990}",
       "another issuer"},
      {"{\"iss\":\"https://login.example\",\"sub\":\"e\",\"nonce\":\"m\",\"aud\":\"salve\","
       "\"exp\":1000100,\"iat\":999990}",
       "another login"},
      {"{\"iss\":\"https://login.example\",\"sub\":\"e\",\"aud\":\"salve\",\"exp\":1000100,"
       "\"iat\":999990}",
       "another login"},
      {"{\"iss\":\"https://login.example\",\"nonce\":\"n\",\"aud\":\"salve\",\"exp\":1000100,"
       "\"iat\":999990}",
       "who it is"},
      {GOOD ",\"at_hash\":\"AAAAAAAAAAAAAAAAAAAAAA\"}", "another access token"},
      {"{}", "another issuer"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    const SvIdTokenWanted wanted = {.issuer = "https://login.example",
                                    .client = "salve",
                                    .nonce = "n",
                                    .access_token = "access",
                                    .now_us = NOW_US};
    g_autoptr (GError) error = NULL;
    g_autoptr (SvIdToken) token = parse (rows[i].json, &error);
    g_assert_no_error (error);
    gboolean good = sv_id_token_check (token, &wanted, &error);
    if (good != (rows[i].says == NULL))
      g_error ("%s", rows[i].json);
    if (good)
      continue;
    g_assert_error (error, SV_ERROR, SV_ERROR_UNTRUSTED);
    if (strstr (error->message, rows[i].says) == NULL)
      g_error ("%s: %s", rows[i].json, error->message);
  }
}

/* OpenID Connect Core, 3.1.3.6: the left half of the digest of the access token. */
static void
test_access_token (void)
{
  static const GChecksumType types[] = {G_CHECKSUM_SHA256, G_CHECKSUM_SHA512};
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    guint8 digest[64];
    gsize size = sizeof digest;
    g_autoptr (GChecksum) checksum = g_checksum_new (types[i]);
    g_checksum_update (checksum, (const guchar *)"access", 6);
    g_checksum_get_digest (checksum, digest, &size);
    g_autofree char *hash = sv_base64url (digest, size / 2);
    g_autofree char *json = g_strdup_printf (GOOD ",\"at_hash\":\"%s\"}", hash);
    g_autoptr (SvIdToken) token = parse (json, NULL);
    SvIdTokenWanted wanted = {.issuer = "https://login.example",
                              .client = "salve",
                              .nonce = "n",
                              .access_token = "access",
                              .now_us = NOW_US};
    g_assert_true (sv_id_token_check (token, &wanted, NULL));
    wanted.access_token = "another";
    g_assert_false (sv_id_token_check (token, &wanted, NULL));
    wanted.access_token = NULL;
    g_assert_false (sv_id_token_check (token, &wanted, NULL));
  }
}

static void
test_proven_again (void)
{
  const struct {
    const char *json;
    gboolean good;
  } rows[] = {{GOOD "}", FALSE},
              {GOOD ",\"auth_time\":999999}", TRUE},
              {GOOD ",\"auth_time\":999931}", TRUE},
              {GOOD ",\"auth_time\":999929}", FALSE},
              {GOOD ",\"auth_time\":1000061}", FALSE}};
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    const SvIdTokenWanted wanted = {.issuer = "https://login.example",
                                    .client = "salve",
                                    .nonce = "n",
                                    .now_us = NOW_US,
                                    .proven_since_us = NOW_US - 10 * SV_SECOND_US};
    g_autoptr (SvIdToken) token = parse (rows[i].json, NULL);
    g_assert_cmpint (sv_id_token_check (token, &wanted, NULL), ==, rows[i].good);
  }
}

static void
test_malformed (void)
{
  static const char *const bad[] = {"",
                                    "[]",
                                    "\"x\"",
                                    "{",
                                    "{\"iss\":1}",
                                    "{\"aud\":{}}",
                                    "{\"aud\":[1]}",
                                    "{\"exp\":\"1\"}",
                                    "{\"exp\":null}",
                                    "{\"exp\":1e999}",
                                    "{\"sub\":\"a\",\"sub\":\"b\"}",
                                    "{} {}",
                                    "{\"sub\":\"a\\u0000b\"}",
                                    "{\"groups\":[[]]}"};
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    if (parse (bad[i], &error) != NULL)
      g_error ("%s", bad[i]);
    g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
  }
}

static void
test_describe (void)
{
  const struct {
    const char *json;
    char *second_factor;
    gboolean two;
  } rows[] = {{",\"amr\":[\"pwd\",\"mfa\"]", NULL, FALSE},
              {",\"amr\":[\"pwd\",\"mfa\"]", "mfa", TRUE},
              {",\"amr\":[\"pwd\"]", "mfa", FALSE},
              {",\"acr\":\"urn:2\"", "urn:2", TRUE},
              {"", "mfa", FALSE},
              {"", "*", TRUE}};
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    SvProvider provider = make_provider ();
    provider.second_factor = rows[i].second_factor;
    g_autofree char *json = g_strconcat (GOOD ",\"preferred_username\":\"erika\",\"groups\":\"a\"",
                                         rows[i].json, "}", NULL);
    g_autoptr (SvIdToken) token = parse (json, NULL);
    g_autoptr (SvArrival) arrival = sv_id_token_describe (token, &provider, NULL);
    g_assert_cmpstr (arrival->subject, ==, "e-1");
    g_assert_cmpstr (arrival->login, ==, "erika");
    g_assert_true (sv_strings_contain (arrival->groups, "a"));
    g_assert_cmpint (arrival->two_factors, ==, rows[i].two);
  }
  const SvProvider provider = make_provider ();
  g_autoptr (SvIdToken) nameless = parse (GOOD "}", NULL);
  g_assert_null (sv_id_token_describe (nameless, &provider, NULL));
}

static void
test_discovery (void)
{
  SvDiscovery good = {.issuer = "https://login.example",
                      .authorization_endpoint = "https://login.example/auth?x=1",
                      .token_endpoint = "https://api.example/token",
                      .jwks_uri = "https://login.example/keys"};
  const struct {
    char **member;
    char *value;
  } faults[] = {{&good.issuer, "https://login.example/"},
                {&good.authorization_endpoint, "http://login.example/auth"},
                {&good.authorization_endpoint, "javascript:x"},
                {&good.token_endpoint, "http://api.example/token"},
                {&good.jwks_uri, "file:///etc/passwd"}};
  g_assert_true (sv_discovery_check (&good, "https://login.example", NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autoptr (GError) error = NULL;
    char *before = *faults[i].member;
    *faults[i].member = faults[i].value;
    g_assert_false (sv_discovery_check (&good, "https://login.example", &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_UNTRUSTED);
    *faults[i].member = before;
  }
}

/* The challenge is that of RFC 7636, appendix B. */
static void
test_start (void)
{
  const SvProvider provider = make_provider ();
  char *const endpoints[] = {"https://login.example/auth", "https://login.example/auth?x=1"};
  const SvOidcRound round = {
      .state = "a b", .nonce = "n&", .verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"};
  for (gsize i = 0; i < G_N_ELEMENTS (endpoints); i++) {
    const SvDiscovery discovery = {.authorization_endpoint = endpoints[i]};
    g_autofree char *url = sv_oidc_format_start (&provider, &discovery, &round, i > 0);
    g_autofree char *expected = g_strconcat (
        endpoints[i], i > 0 ? "&" : "?",
        "response_type=code&client_id=salve&redirect_uri=https%3A%2F%2Fsalve.example%2Fapi%2Fv1%2F"
        "login%2Foidc%2Fcorp%2Fcallback&scope=openid%20profile&state=a%20b&nonce=n%26"
        "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256",
        i > 0 ? "&prompt=login&max_age=0" : "", NULL);
    g_assert_cmpstr (url, ==, expected);
  }
  g_autofree char *form = sv_oidc_format_exchange (&provider, "c&d", "v");
  g_assert_true (g_str_has_prefix (form, "grant_type=authorization_code&code=c%26d&redirect_uri="));
  g_assert_true (g_str_has_suffix (form, "&code_verifier=v&client_id=salve"));
}

static void
test_rounds (void)
{
  g_auto (SvOidcRound) one = {0};
  g_auto (SvOidcRound) same = {0};
  g_auto (SvOidcRound) other = {0};
  sv_oidc_round_init (&one, "salve_login_a");
  sv_oidc_round_init (&same, "salve_login_a");
  sv_oidc_round_init (&other, "salve_login_b");
  g_assert_cmpstr (one.state, ==, same.state);
  g_assert_cmpstr (one.state, !=, other.state);
  g_assert_cmpstr (one.state, !=, one.nonce);
  g_assert_cmpstr (one.nonce, !=, one.verifier);
  g_assert_cmpuint (strlen (one.verifier), ==, 43); /* RFC 7636, 4.1 */
  g_autofree char *cookie = sv_oidc_format_cookie ("s", TRUE);
  g_assert_cmpstr (cookie, ==,
                   "__Host-salve-login=s; Path=/; HttpOnly; SameSite=Lax; Max-Age=600; Secure");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oidc/check", test_check);
  g_test_add_func ("/oidc/access-token", test_access_token);
  g_test_add_func ("/oidc/proven-again", test_proven_again);
  g_test_add_func ("/oidc/malformed", test_malformed);
  g_test_add_func ("/oidc/describe", test_describe);
  g_test_add_func ("/oidc/discovery", test_discovery);
  g_test_add_func ("/oidc/start", test_start);
  g_test_add_func ("/oidc/rounds", test_rounds);
  return g_test_run ();
}
