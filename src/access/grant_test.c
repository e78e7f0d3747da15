#include "access/grant.h"

static GPtrArray *
grants_of (const SvGrant *grants, gsize n)
{
  GPtrArray *list = g_ptr_array_new ();
  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (list, (gpointer)&grants[i]);
  return list;
}

static gboolean
allows (const SvGrant *grant, const char *permission, SvScopeKind kind, const char *id)
{
  const SvScope scope = {kind, id};
  g_autoptr (GPtrArray) grants = grants_of (grant, 1);
  return sv_access_allows (grants, sv_permission_find (permission), &scope);
}

static void
test_scopes (void)
{
  const SvGrant all = {.role = SV_ROLE_OPERATIONS_MANAGER};
  const SvGrant one = {
      .role = SV_ROLE_OPERATIONS_MANAGER, .scope_kind = SV_SCOPE_SYSTEM, .scope = "mail"};
  g_assert_true (allows (&all, "host:write", SV_SCOPE_EVERYTHING, NULL));
  g_assert_true (allows (&all, "host:write", SV_SCOPE_SYSTEM, "mail"));
  g_assert_true (allows (&one, "host:write", SV_SCOPE_SYSTEM, "mail"));
  g_assert_false (allows (&one, "host:write", SV_SCOPE_SYSTEM, "payroll"));
  g_assert_false (allows (&one, "host:write", SV_SCOPE_PRODUCT, "mail"));
  g_assert_false (allows (&one, "host:write", SV_SCOPE_EVERYTHING, NULL));
  g_assert_false (allows (&one, "host:write", SV_SCOPE_SYSTEM, NULL));
  g_assert_false (allows (&all, "user:write", SV_SCOPE_EVERYTHING, NULL));
}

static void
test_nothing (void)
{
  const SvScope everything = {SV_SCOPE_EVERYTHING, NULL};
  for (gsize i = 0; i < sv_n_permissions; i++)
    g_assert_cmpint (sv_access_allows (NULL, &sv_permissions[i], &everything), ==,
                     (sv_permissions[i].flags & SV_PERMISSION_EVERYONE) != 0);
}

/* More grants never allow less, and what several allow one of them allows. */
static void
test_union (void)
{
  const SvScope everything = {SV_SCOPE_EVERYTHING, NULL};
  for (guint set = 0; set < 1u << SV_N_ROLES; set++) {
    SvGrant grants[SV_N_ROLES] = {0};
    guint n = 0, roles = 0;
    for (guint role = 0; role < SV_N_ROLES; role++)
      if ((set >> role & 1) != 0)
        grants[n++].role = (gint)role;
    roles = set;
    g_autoptr (GPtrArray) list = grants_of (grants, n);
    for (gsize i = 0; i < sv_n_permissions; i++)
      g_assert_cmpint (sv_access_allows (list, &sv_permissions[i], &everything), ==,
                       (sv_permissions[i].flags & SV_PERMISSION_EVERYONE) != 0 ||
                           (sv_permissions[i].roles & roles) != 0);
  }
}

static void
test_check (void)
{
  const SvGrant right[] = {{.scope = ""}, {0}, {.scope_kind = SV_SCOPE_SYSTEM, .scope = "x"}};
  const SvGrant wrong[] = {{.scope = "x"},
                           {.scope_kind = SV_SCOPE_SYSTEM},
                           {.scope_kind = SV_SCOPE_PRODUCT, .scope = ""}};
  for (guint i = 0; i < G_N_ELEMENTS (right); i++)
    g_assert_true (sv_grant_check (&right[i], NULL));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (sv_grant_check (&wrong[i], &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_USAGE);
  }
}

/* -- Separation of duties (promise S7) -- */

static const char *const people[] = {"ann", "bob", "cid", "dora"};

/* People come in any order, any number of times, and say yes if they may. */
static void
walk (GRand *random)
{
  guint n_able = (guint)g_rand_int_range (random, 1, G_N_ELEMENTS (people) + 1);
  guint n_needed = (guint)g_rand_int_range (random, 1, 4);
  const char *author = people[g_rand_int_range (random, 0, (gint)n_able)];
  g_autoptr (GPtrArray) deciders = g_ptr_array_new ();
  const SvQuorum quorum = {author, deciders, n_needed, n_able};
  guint alone = 0;
  for (int i = 0; i < 12; i++) {
    const char *candidate = people[g_rand_int_range (random, 0, (gint)n_able)];
    gboolean before = sv_strings_contain (deciders, candidate);
    SvMayDecide may = sv_access_may_decide (&quorum, candidate);
    g_assert_cmpint (may == SV_DECIDE_TWICE, ==, before);
    if (n_able > 1) {
      g_assert_cmpint (may, !=, SV_DECIDE_YES_ALONE);
      g_assert_cmpint (may == SV_DECIDE_AUTHOR, ==, !before && candidate == author);
    }
    if (may == SV_DECIDE_YES || may == SV_DECIDE_YES_ALONE)
      g_ptr_array_add (deciders, (gpointer)candidate);
    alone += may == SV_DECIDE_YES_ALONE;
  }
  /* whoever could has come, or was not drawn; with two people one alone never decides */
  if (n_able > 1) {
    g_assert_false (sv_strings_contain (deciders, author));
    g_assert_cmpint (sv_access_is_decided (&quorum), ==, deciders->len >= n_needed);
    g_assert_cmpuint (alone, ==, 0);
  } else {
    g_assert_true (sv_access_is_decided (&quorum));
    g_assert_cmpuint (alone, ==, 1);
  }
}

static void
test_duties (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (42);
  for (int i = 0; i < 20000; i++)
    walk (random);
}

/* What a store holds is not believed either: doubled names and the author do not count. */
static void
test_counting (void)
{
  g_autoptr (GPtrArray) deciders = g_ptr_array_new ();
  SvQuorum quorum = {"ann", deciders, 2, 4};
  g_ptr_array_add (deciders, (gpointer) "bob");
  g_ptr_array_add (deciders, (gpointer) "bob");
  g_ptr_array_add (deciders, (gpointer) "ann");
  g_assert_false (sv_access_is_decided (&quorum));
  g_ptr_array_add (deciders, (gpointer) "cid");
  g_assert_true (sv_access_is_decided (&quorum));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/grant/scopes", test_scopes);
  g_test_add_func ("/grant/nothing", test_nothing);
  g_test_add_func ("/grant/union", test_union);
  g_test_add_func ("/grant/check", test_check);
  g_test_add_func ("/grant/duties", test_duties);
  g_test_add_func ("/grant/counting", test_counting);
  return g_test_run ();
}
