/* The same paragraphs and the same errors come out however the bytes arrive, and reading always
 * ends. */
#include "base/base.h"
#include "base/test_drops.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
dump_paragraph (const SvDeb822 *reader, GString *out)
{
  static const char *const names[] = {"Package", "version", "DEPENDS", "Description", "a", ""};
  g_string_append_printf (out, "%" G_GUINT64_FORMAT "\n", sv_deb822_get_line (reader));
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    const char *value = sv_deb822_find (reader, names[i]);
    g_string_append_printf (out, "%s: %s\n", names[i], value != NULL ? value : "(none)");
  }
}

static GString *
dump (const guint8 *data, gsize size, gsize at_once)
{
  SvTestDrops drops = {.at = data, .left = size, .at_once = at_once};
  g_autoptr (SvStream) stream =
      sv_stream_new ("list", sv_test_drops_read, &drops, NULL, G_MAXUINT64);
  g_autoptr (SvDeb822) reader = sv_deb822_new (stream);
  GString *out = g_string_new (NULL);
  gboolean found = TRUE;
  while (found) {
    g_autoptr (GError) error = NULL;
    if (sv_deb822_next (reader, &found, &error))
      dump_paragraph (reader, out);
    else
      g_string_append (out, error->message);
  }
  g_assert (sv_deb822_is_over (reader));
  return out;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GString) whole = dump (data, size, G_MAXSIZE);
  g_autoptr (GString) drops = dump (data, size, 1 + size % 11);
  g_assert (g_string_equal (whole, drops));
  return 0;
}
