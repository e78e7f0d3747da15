/* Whatever an apk database holds, its packages are complete. */
#include "inventory/collect.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  SvInventorySource source = {0};
  g_auto (SvCollect) collect;
  sv_collect_init (&collect, &source, 1);
  g_autoptr (SvStream) stream = sv_stream_new_memory ("installed", data, size);
  g_autoptr (GError) error = NULL;
  g_assert_true (sv_apk_read_installed (&collect, stream, NULL, &error));
  sv_collect_sort_packages (&collect);
  const GPtrArray *packages = collect.inventory->packages;
  for (guint i = 0; i < packages->len; i++) {
    const SvPackage *package = packages->pdata[i];
    g_assert_true (*package->name != '\0' && *package->version != '\0');
    g_assert_cmpstr (package->source_version, ==, package->version);
  }
  return 0;
}
