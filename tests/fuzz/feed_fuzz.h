/* What every target for a feed reader does: one document through the whole reading, checking that
 * what comes out is fit for the store. */
#pragma once

#include "advisory/advisory.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static inline gboolean
feed_fuzz_add (gpointer user_data, SvFeedRecord kind, gconstpointer record, GError **error)
{
  const SvRecordType *type = sv_feed_record_types[kind];
  for (gsize i = 0; i < type->n_fields; i++) {
    const SvField *field = &type->fields[i];
    if (field->type == SV_TYPE_STRING) {
      const char *text = G_STRUCT_MEMBER (char *, record, field->offset);
      g_assert_true (text != NULL || (field->flags & SV_FIELD_REQUIRED) == 0);
      g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
      g_assert_true (text == NULL || field->max == 0 || strlen (text) <= field->max);
    } else if (field->type == SV_TYPE_ENUM) {
      gint value = G_STRUCT_MEMBER (gint, record, field->offset);
      g_assert_true (value >= 0 && (guint)value < g_strv_length ((char **)field->values));
    }
  }
  return TRUE;
}

static inline gboolean
feed_fuzz_skip (gpointer user_data, const char *where, const char *why, GError **error)
{
  g_assert_true (*where != '\0' && *why != '\0');
  return TRUE;
}

static inline int
feed_fuzz (const char *format, const uint8_t *data, size_t size)
{
  const SvFeedSink sink = {.add = feed_fuzz_add, .skip = feed_fuzz_skip};
  g_autoptr (SvStream) stream = sv_stream_new_memory ("feed", data, size);
  g_autoptr (GError) error = NULL;
  SvFeedCounts counts;
  gboolean read =
      sv_feed_read_document (sv_feed_format_find (format), stream, &sink, &counts, &error);
  g_assert_true (read == (error == NULL));
  return 0;
}
