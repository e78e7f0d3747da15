#include "access/permission.h"

#include <string.h>

static const SvPermission *
get (const char *name)
{
  const SvPermission *permission = sv_permission_find (name);
  g_assert_nonnull (permission);
  return permission;
}

static void
test_table (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  for (gsize i = 0; i < sv_n_permissions; i++) {
    const SvPermission *permission = &sv_permissions[i];
    g_assert_true (g_regex_match_simple ("^[a-z]+:[a-z]+$", permission->name, 0, 0));
    g_assert_true (g_hash_table_add (names, (gpointer)permission->name));
    g_assert_true (g_str_has_suffix (permission->doc, "."));
    /* everyone has it, or some role does */
    gboolean everyone = (permission->flags & SV_PERMISSION_EVERYONE) != 0;
    g_assert_cmpint (everyone, ==, permission->roles == 0);
  }
  g_assert_null (sv_permission_find ("nothing:at-all"));
  g_assert_null (sv_permission_find (""));
}

/* What no program may do for a person. */
static void
test_person_only (void)
{
  static const char *const names[] = {"change:approve", "user:write",     "token:create",
                                      "token:own",      "account:secure", "account:own"};
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpuint (get (names[i])->flags & SV_PERMISSION_PERSON_ONLY, !=, 0);
  g_assert_cmpuint (get ("host:read")->flags & SV_PERMISSION_PERSON_ONLY, ==, 0);
}

static void
test_roles (void)
{
  for (gsize i = 0; i < sv_n_permissions; i++) {
    const SvPermission *permission = &sv_permissions[i];
    const char *verb = strchr (permission->name, ':') + 1;
    gboolean reads = strcmp (verb, "read") == 0 || g_str_has_prefix (permission->name, "token:");
    if (!reads) {
      g_assert_false (sv_role_holds (SV_ROLE_AUDITOR, permission));
      g_assert_false (sv_role_holds (SV_ROLE_REPORTER, permission));
    }
  }
  /* who keeps the people does not approve changes */
  g_assert_false (sv_role_holds (SV_ROLE_ADMINISTRATOR, get ("change:approve")));
  g_assert_true (sv_role_holds (SV_ROLE_BOARD_MEMBER, get ("change:approve")));
  for (guint role = 0; role < SV_N_ROLES; role++)
    g_assert_cmpint (sv_role_holds ((SvRole)role, get ("user:write")), ==,
                     role == SV_ROLE_ADMINISTRATOR);
}

static void
test_list (void)
{
  GPtrArray *roles = sv_role_list ();
  g_assert_cmpuint (roles->len, ==, SV_N_ROLES);
  for (guint i = 0; i < roles->len; i++) {
    const SvRoleInfo *info = roles->pdata[i];
    g_assert_cmpstr (info->name, ==, sv_role_names[i]);
    g_assert_true (g_str_has_suffix (info->doc, "."));
    g_assert_true (sv_strings_contain (info->permissions, "finding:read"));
    sv_record_free (&sv_role_info_type, roles->pdata[i]);
  }
  g_ptr_array_unref (roles);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/permission/table", test_table);
  g_test_add_func ("/permission/person-only", test_person_only);
  g_test_add_func ("/permission/roles", test_roles);
  g_test_add_func ("/permission/list", test_list);
  return g_test_run ();
}
