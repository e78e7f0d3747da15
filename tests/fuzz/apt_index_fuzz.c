/* Whatever an index holds, its candidates are complete, and broken packages are counted. */
#include "advisory/index.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static gboolean
is_wanted (const char *name, gsize length, gpointer user_data)
{
  return length > 0 && name[0] != 'x';
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  SvIndex *index = sv_record_new (&sv_index_type);
  g_autoptr (SvStream) stream = sv_stream_new_memory ("Packages", data, size);
  g_autoptr (GPtrArray) candidates =
      g_ptr_array_new_with_free_func ((GDestroyNotify)sv_candidate_free);
  GStringChunk *strings = g_string_chunk_new (4096);
  SvIndexQuery query = {.wanted = is_wanted, .providers = TRUE, .strings = strings};

  index->file = g_strdup ("Packages");
  g_assert_true (sv_index_read (index, stream, &query, candidates, NULL));
  g_assert_cmpint ((gint64)candidates->len + index->n_skipped, <=, index->n_packages);
  g_assert_cmpint (index->size_bytes, ==, (gint64)size);
  for (guint i = 0; i < candidates->len; i++) {
    const SvCandidate *candidate = candidates->pdata[i];
    g_assert_true (candidate->name != NULL && candidate->arch != NULL && candidate->key != NULL);
    g_assert_true (*candidate->source != '\0' && candidate->source_version != NULL);
    g_assert_true (candidate->size_bytes >= 0 && candidate->installed_bytes >= 0);
  }
  sv_record_free (&sv_index_type, index);
  g_string_chunk_free (strings);
  return 0;
}
