#include "base/strings.h"

static gpointer
dup_string (gconstpointer text, gpointer unused)
{
  return g_strdup (text);
}

GPtrArray *
sv_strings_new (void)
{
  return g_ptr_array_new_with_free_func (g_free);
}

GPtrArray *
sv_strings_copy (const GPtrArray *list)
{
  GPtrArray *copy = sv_strings_new ();
  if (list != NULL)
    g_ptr_array_extend (copy, (GPtrArray *)list, dup_string, NULL);
  return copy;
}

gboolean
sv_strings_contain (const GPtrArray *list, const char *text)
{
  return list != NULL &&
         g_ptr_array_find_with_equal_func ((GPtrArray *)list, text, g_str_equal, NULL);
}

void
sv_strings_add_distinct (GPtrArray *list, const char *text)
{
  if (text != NULL && !sv_strings_contain (list, text))
    g_ptr_array_add (list, g_strdup (text));
}
