#include "base/deflate.h"

#include "base/error.h"

#include <string.h>

static void
test_round_trip (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (int i = 0; i < 1000; i++)
    g_string_append_printf (text, "{\"name\":\"%d\"},", i % 37);
  g_autoptr (GBytes) small = sv_bytes_deflate (text->str, text->len);
  g_assert_cmpuint (g_bytes_get_size (small), <, text->len / 10);
  gsize size;
  const void *data = g_bytes_get_data (small, &size);
  g_autoptr (GBytes) back = sv_bytes_inflate (data, size, text->len, NULL);
  const void *again = g_bytes_get_data (back, &size);
  g_assert_cmpmem (again, size, text->str, text->len);
  g_autoptr (GBytes) none = sv_bytes_deflate (NULL, 0);
  data = g_bytes_get_data (none, &size);
  g_autoptr (GBytes) empty = sv_bytes_inflate (data, size, 0, NULL);
  g_assert_cmpuint (g_bytes_get_size (empty), ==, 0);
}

static void
expect (const void *data, gsize size, gsize max_bytes, SvError code)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (sv_bytes_inflate (data, size, max_bytes, &error));
  if (!sv_error_is (error, code))
    g_error ("%s", error->message);
}

static void
test_refused (void)
{
  char zeros[4096] = {0};
  g_autoptr (GBytes) bytes = sv_bytes_deflate (zeros, sizeof zeros);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  expect (data, size, sizeof zeros - 1, SV_ERROR_LIMIT);
  expect (data, size - 1, sizeof zeros, SV_ERROR_INVALID_DATA);
  expect ("nothing of the kind", 19, 100, SV_ERROR_INVALID_DATA);
  g_autofree guint8 *more = g_malloc (size + 1);
  memcpy (more, data, size);
  more[size] = 0;
  expect (more, size + 1, sizeof zeros, SV_ERROR_INVALID_DATA);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deflate/round-trip", test_round_trip);
  g_test_add_func ("/deflate/refused", test_refused);
  return g_test_run ();
}
