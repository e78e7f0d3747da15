/* Lists of repositories in every format: whatever is taken from them is complete. */
#include "inventory/collect.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char *const names[] = {"x.list", "x.sources", "x.repo", "apk/repositories", "x"};
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    SvInventorySource source = {0};
    g_auto (SvCollect) collect;
    sv_collect_init (&collect, &source, 1);
    g_autofree char *text = g_strndup ((const char *)data, size);
    sv_repositories_read_text (&collect, names[i], text);
    const GPtrArray *repositories = collect.inventory->repositories;
    for (guint r = 0; r < repositories->len; r++) {
      const SvRepository *repository = repositories->pdata[r];
      g_assert_nonnull (repository->type);
      g_assert_nonnull (repository->uri);
      g_assert_nonnull (repository->components);
    }
  }
  return 0;
}
