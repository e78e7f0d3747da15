/* A document is taken or refused the same way however it is read: token by token, looking ahead,
 * passed over whole, or in drops. */
#include "base/base.h"
#include "base/test_drops.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* All tokens and their texts as one string; ends with '.' or '!'. */
static GString *
dump (SvJsonReader *reader, gboolean peeks)
{
  GString *out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  SvJsonToken token;
  do {
    SvJsonToken peeked = peeks ? sv_json_peek (reader, NULL) : SV_JSON_ERROR;
    token = sv_json_next (reader, &error);
    g_assert (!peeks || peeked == token);
    g_string_append_c (out, "!.{}[]KSNTF0"[token]);
    gsize length;
    const char *text = sv_json_get_text (reader, &length);
    if (token == SV_JSON_KEY || token == SV_JSON_STRING || token == SV_JSON_NUMBER) {
      g_assert (text[length] == '\0');
      g_assert (g_utf8_validate_len (text, length, NULL) || memchr (text, 0, length) != NULL);
      g_string_append_len (out, text, (gssize)length);
    }
  } while (token > SV_JSON_END);
  g_assert ((error != NULL) == (token == SV_JSON_ERROR));
  g_assert (error == NULL || g_utf8_validate (error->message, -1, NULL));
  return out;
}

static gboolean
passes_over (const guint8 *data, gsize size)
{
  g_autoptr (SvStream) stream = sv_stream_new_memory ("skip", data, size);
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  return sv_json_skip (reader, NULL) && sv_json_next (reader, NULL) == SV_JSON_END;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (SvStream) whole = sv_stream_new_memory ("whole", data, size);
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (whole);
  g_autoptr (GString) tokens = dump (reader, FALSE);

  SvTestDrops drops = {.at = data, .left = size, .at_once = 1 + size % 7};
  g_autoptr (SvStream) stream =
      sv_stream_new ("drops", sv_test_drops_read, &drops, NULL, G_MAXUINT64);
  g_autoptr (SvJsonReader) second = sv_json_reader_new (stream);
  g_autoptr (GString) again = dump (second, TRUE);

  g_assert (g_string_equal (tokens, again));
  g_assert (passes_over (data, size) == (tokens->str[tokens->len - 1] == '.'));
  return 0;
}
