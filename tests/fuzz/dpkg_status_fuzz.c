/* Whatever a status file holds, its packages are complete and its broken records are said. */
#include "inventory/collect.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  SvInventorySource source = {0};
  g_auto (SvCollect) collect;
  sv_collect_init (&collect, &source, 1);
  g_autoptr (SvStream) stream = sv_stream_new_memory ("status", data, size);
  g_autoptr (GError) error = NULL;
  gboolean ok = sv_dpkg_read_status (&collect, stream, NULL, &error);
  g_assert_true (ok == (error == NULL));
  sv_collect_sort_packages (&collect);
  const GPtrArray *packages = collect.inventory->packages;
  for (guint i = 0; i < packages->len; i++) {
    const SvPackage *package = packages->pdata[i];
    g_assert_true (*package->name != '\0' && *package->version != '\0');
    g_assert_true (*package->source != '\0' && package->state >= 0);
  }
  return 0;
}
