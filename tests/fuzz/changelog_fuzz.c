/* Whatever a changelog holds, its entries are complete and name nothing but CVE ids. */
#include "advisory/changelog.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static gboolean
check_entry (const SvChangelogEntry *entry, gpointer user_data, GError **error)
{
  g_assert_true (*entry->named != '\0' && *entry->version != '\0' && *entry->distribution != '\0');
  g_assert_nonnull (entry->source);
  for (guint i = 0; i < entry->vulnerabilities->len; i++)
    g_assert_true (sv_text_is_cve (entry->vulnerabilities->pdata[i]));
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const SvChangelogWant wants[] = {{"alpha", "1", "3"}, {"beta", NULL, NULL}};
  g_autoptr (SvStream) stream = sv_stream_new_memory ("changelog", data, size);
  g_autoptr (SvStream) again = sv_stream_new_memory ("changelog", data, size);
  g_autoptr (SvChangelogReader) reader = sv_changelog_reader_new (wants, 2, NULL);

  g_assert_true (sv_changelog_parse (stream, NULL, check_entry, NULL, NULL));
  g_assert_true (sv_changelog_reader_read (reader, again, NULL, NULL));
  const GPtrArray *entries = sv_changelog_reader_get_entries (reader);
  for (guint i = 0; i < entries->len; i++)
    check_entry (entries->pdata[i], NULL, NULL);
  return 0;
}
