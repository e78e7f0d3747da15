#include "access/api_token.h"
#include "access/person.h"
#include "access/session.h"

#include <string.h>

#define NOW (1000000 * SV_SECOND_US)

static SvPrincipal *
make (SvActorKind kind, SvRole role)
{
  SvPrincipal *principal = sv_principal_new (kind, "id", "ann");
  SvGrant *grant = sv_record_new (&sv_grant_type);
  grant->role = (gint)role;
  principal->grants = g_ptr_array_new_with_free_func ((GDestroyNotify)sv_grant_free);
  g_ptr_array_add (principal->grants, grant);
  principal->proved_at_us = NOW;
  principal->permissions = sv_strings_new ();
  return principal;
}

static gboolean
may (const SvPrincipal *principal, const char *permission, gint64 now_us)
{
  g_autoptr (GError) error = NULL;
  gboolean yes =
      sv_principal_may (principal, sv_permission_find (permission), SV_SPAN_WHOLE, now_us, &error);
  if (!yes)
    g_assert_error (error, SV_ERROR, SV_ERROR_DENIED);
  return yes;
}

static void
test_person (void)
{
  g_autoptr (SvPrincipal) principal = make (SV_ACTOR_PERSON, SV_ROLE_ADMINISTRATOR);
  g_assert_true (may (principal, "user:read", NOW));
  g_assert_true (may (principal, "user:write", NOW));
  g_assert_true (may (principal, "account:own", NOW));
  g_assert_false (may (principal, "change:approve", NOW));
  g_assert_false (may (principal, "no:such", NOW));
}

static void
test_fresh_proof (void)
{
  g_autoptr (SvPrincipal) principal = make (SV_ACTOR_PERSON, SV_ROLE_ADMINISTRATOR);
  const SvPermission *write = sv_permission_find ("user:write");
  const SvPermission *approve = sv_permission_find ("change:approve");
  g_assert_true (may (principal, "user:write", NOW + SV_SESSION_PROOF_US - 1));
  g_assert_false (may (principal, "user:write", NOW + SV_SESSION_PROOF_US));
  g_assert_true (may (principal, "user:read", NOW + SV_SESSION_PROOF_US));
  g_assert_false (sv_principal_needs_proof (principal, write, NOW));
  g_assert_true (sv_principal_needs_proof (principal, write, NOW + SV_SESSION_PROOF_US));
  /* a proof would not help who may not at all */
  g_assert_false (sv_principal_needs_proof (principal, approve, NOW + SV_SESSION_PROOF_US));
}

static void
test_must_change (void)
{
  g_autoptr (SvPrincipal) principal = make (SV_ACTOR_PERSON, SV_ROLE_ADMINISTRATOR);
  principal->must_change = TRUE;
  g_assert_false (may (principal, "user:read", NOW));
  g_assert_true (may (principal, "account:own", NOW));
}

/* A token holds what it was made for, as long as its owner does, and nothing that is for people. */
static void
test_token (void)
{
  g_autoptr (SvPrincipal) principal = make (SV_ACTOR_TOKEN, SV_ROLE_OPERATIONS_MANAGER);
  static const char *const made_for[] = {"host:read", "user:read", "change:approve", "account:own"};
  for (guint i = 0; i < G_N_ELEMENTS (made_for); i++)
    g_ptr_array_add (principal->permissions, g_strdup (made_for[i]));
  g_assert_true (may (principal, "host:read", NOW));
  g_assert_false (may (principal, "host:write", NOW));
  g_assert_false (may (principal, "user:read", NOW));
  g_assert_false (may (principal, "account:own", NOW));
  g_assert_false (may (principal, "change:approve", NOW));
}

static void
test_machine (void)
{
  g_autoptr (SvPrincipal) principal = sv_principal_new (SV_ACTOR_MACHINE, NULL, "here");
  g_autoptr (GPtrArray) all = sv_principal_list_permissions (principal);
  g_assert_cmpuint (all->len, ==, sv_n_permissions);
  g_assert_true (may (principal, "user:write", NOW));
  g_assert_false (may (principal, "no:such", NOW));
}

static void
test_token_form (void)
{
  g_autoptr (SvPrincipal) owner = make (SV_ACTOR_PERSON, SV_ROLE_AUDITOR);
  static const struct {
    const char *name, *permission;
    gint64 expires_at_us;
    int error; /* -1: fine */
  } rows[] = {
      {"t", "host:read", NOW + SV_DAY_US, -1},
      {"t", "host:read", NOW + SV_API_TOKEN_LIFE_US, -1},
      {"t", "host:read", NOW + SV_API_TOKEN_LIFE_US + 1, SV_ERROR_USAGE},
      {"t", "host:read", NOW, SV_ERROR_USAGE},
      {"t", "host:read", 0, SV_ERROR_USAGE},
      {"", "host:read", NOW + SV_DAY_US, SV_ERROR_USAGE},
      {"t", NULL, NOW + SV_DAY_US, SV_ERROR_USAGE},
      {"t", "no:such", NOW + SV_DAY_US, SV_ERROR_USAGE},
      {"t", "host:write", NOW + SV_DAY_US, SV_ERROR_DENIED},
      {"t", "token:own", NOW + SV_DAY_US, SV_ERROR_DENIED},
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SvApiToken) token = sv_record_new (&sv_api_token_type);
    token->name = g_strdup (rows[i].name);
    token->permissions = sv_strings_new ();
    token->expires_at_us = rows[i].expires_at_us;
    if (rows[i].permission != NULL)
      g_ptr_array_add (token->permissions, g_strdup (rows[i].permission));
    gboolean fine = sv_api_token_check (token, owner, NOW, &error);
    g_assert_cmpint (fine, ==, rows[i].error < 0);
    if (!fine)
      g_assert_error (error, SV_ERROR, rows[i].error);
  }
}

static void
test_session (void)
{
  const SvSession session = {.created_at_us = NOW, .seen_at_us = NOW + SV_HOUR_US};
  gint64 idle_end = session.seen_at_us + SV_SESSION_IDLE_US;
  g_assert_false (sv_session_is_over (&session, idle_end - 1));
  g_assert_true (sv_session_is_over (&session, idle_end));
  const SvSession busy = {.created_at_us = NOW, .seen_at_us = NOW + SV_SESSION_LIFE_US};
  g_assert_true (sv_session_is_over (&busy, NOW + SV_SESSION_LIFE_US));
}

static void
test_cookie (void)
{
  g_autofree char *secure = sv_session_format_cookie ("x", TRUE);
  g_autofree char *plain = sv_session_format_cookie ("x", FALSE);
  g_autofree char *gone = sv_session_format_cookie (NULL, TRUE);
  g_assert_cmpstr (secure, ==, "__Host-salve=x; Path=/; HttpOnly; SameSite=Strict; Secure");
  g_assert_cmpstr (plain, ==, "salve=x; Path=/; HttpOnly; SameSite=Strict");
  g_assert_cmpstr (gone, ==, "__Host-salve=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0");
  g_autofree char *csrf = sv_session_csrf ("x"), *other = sv_session_csrf ("y");
  g_assert_cmpstr (csrf, !=, other);
}

static void
test_login_names (void)
{
  static const char *const right[][2] = {
      {"ann", "ann"}, {"Ann.B", "ann.b"}, {"a", "a"}, {"9x", "9x"}, {"a@b.example", "a@b.example"}};
  static const char *const wrong[] = {"", " ann", "ann ", "-ann", "an n", "änn", "ann\n", "a/b"};
  for (guint i = 0; i < G_N_ELEMENTS (right); i++) {
    g_autofree char *folded = sv_login_fold (right[i][0], NULL);
    g_assert_cmpstr (folded, ==, right[i][1]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (sv_login_fold (wrong[i], &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_USAGE);
  }
  g_autofree char *lengthy = g_strnfill (SV_LIMIT_LOGIN_BYTES + 1, 'a');
  g_assert_null (sv_login_fold (lengthy, NULL));
  g_assert_true (sv_person_check_name ("Änn Õ.", NULL));
  g_assert_false (sv_person_check_name ("", NULL));
  g_assert_false (sv_person_check_name (NULL, NULL));
  g_assert_false (sv_person_check_name ("a\u202eb", NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/principal/person", test_person);
  g_test_add_func ("/principal/fresh-proof", test_fresh_proof);
  g_test_add_func ("/principal/must-change", test_must_change);
  g_test_add_func ("/principal/token", test_token);
  g_test_add_func ("/principal/machine", test_machine);
  g_test_add_func ("/principal/token-form", test_token_form);
  g_test_add_func ("/principal/session", test_session);
  g_test_add_func ("/principal/cookie", test_cookie);
  g_test_add_func ("/principal/login-names", test_login_names);
  return g_test_run ();
}
