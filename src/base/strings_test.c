#include "base/base.h"

static void
test_copy_is_its_own (void)
{
  g_autoptr (GPtrArray) list = sv_strings_new ();
  sv_strings_add_distinct (list, "a");
  g_autoptr (GPtrArray) copy = sv_strings_copy (list);
  g_autoptr (GPtrArray) of_none = sv_strings_copy (NULL);
  g_ptr_array_set_size (list, 0);
  g_assert_cmpuint (copy->len, ==, 1);
  g_assert_cmpstr (copy->pdata[0], ==, "a");
  g_assert_cmpuint (of_none->len, ==, 0);
}

static void
test_distinct (void)
{
  static const char *const added[] = {"b", "a", "b", NULL, "", ""};
  g_autoptr (GPtrArray) list = sv_strings_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (added); i++)
    sv_strings_add_distinct (list, added[i]);
  g_assert_cmpuint (list->len, ==, 3);
  g_assert_cmpstr (list->pdata[0], ==, "b");
  g_assert_true (sv_strings_contain (list, "a") && sv_strings_contain (list, ""));
  g_assert_false (sv_strings_contain (list, "c") || sv_strings_contain (NULL, "a"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/strings/copy-is-its-own", test_copy_is_its_own);
  g_test_add_func ("/strings/distinct", test_distinct);
  return g_test_run ();
}
