#include "base/base.h"

#include <string.h>

#define N_IDS 20000
#define N_THREADS 4

static void
test_form (void)
{
  g_autofree char *id = sv_id_new ();
  g_assert_true (sv_id_is_valid (id));
  g_assert_cmpint (id[14], ==, '7');
  g_assert_nonnull (strchr ("89ab", id[19]));
}

static void
test_time_is_in_it (void)
{
  gint64 before_ms = sv_time_now () / 1000;
  g_autofree char *id = sv_id_new ();
  gint64 after_ms = sv_time_now () / 1000;
  g_autofree char *digits = g_strdup_printf ("%.8s%.4s", id, id + 9);
  gint64 ms = g_ascii_strtoll (digits, NULL, 16);
  g_assert_cmpint (ms, >=, before_ms);
  g_assert_cmpint (ms, <=, after_ms + 5); /* ids made faster than the clock ticks run ahead */
}

static gpointer
make_many (gpointer unused)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < N_IDS; i++)
    g_ptr_array_add (ids, sv_id_new ());
  return ids;
}

static void
test_order (void)
{
  g_autoptr (GPtrArray) ids = make_many (NULL);
  for (guint i = 1; i < ids->len; i++)
    g_assert_cmpint (strcmp (ids->pdata[i - 1], ids->pdata[i]), <, 0);
}

static void
test_threads (void)
{
  GThread *threads[N_THREADS];
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("ids", make_many, NULL);
  for (guint i = 0; i < N_THREADS; i++) {
    g_autoptr (GPtrArray) ids = g_thread_join (threads[i]);
    for (guint k = 0; k < ids->len; k++)
      g_assert_true (g_hash_table_add (seen, g_strdup (ids->pdata[k])));
  }
}

static void
test_invalid (void)
{
  const char *texts[] = {"",
                         "0192e4a0-0000-7000-8000-00000000000",
                         "0192e4a0-0000-7000-8000-0000000000000",
                         "0192E4A0-0000-7000-8000-000000000000",
                         "0192e4a0x0000-7000-8000-000000000000",
                         "0192e4a0-0000-7000-8000-00000000000g"};
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_false (sv_id_is_valid (texts[i]));
  g_assert_true (sv_id_is_valid ("0192e4a0-0000-7000-8000-00000000000f"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/id/form", test_form);
  g_test_add_func ("/id/time-is-in-it", test_time_is_in_it);
  g_test_add_func ("/id/order", test_order);
  g_test_add_func ("/id/threads", test_threads);
  g_test_add_func ("/id/invalid", test_invalid);
  return g_test_run ();
}
