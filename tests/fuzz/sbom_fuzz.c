/* A bill of materials is read whole or refused with a reason, and then adds nothing. */
#include "inventory/collect.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  SvInventorySource source = {0};
  g_auto (SvCollect) collect;
  sv_collect_init (&collect, &source, 1);
  g_autoptr (SvStream) stream = sv_stream_new_memory ("bom", data, size);
  g_autoptr (GError) error = NULL;
  const GPtrArray *packages = collect.inventory->packages;
  if (!sv_sbom_read (&collect, stream, &error)) {
    g_assert_nonnull (error);
    g_assert_cmpuint (packages->len, ==, 0);
    return 0;
  }
  g_assert_no_error (error);
  for (guint i = 0; i < packages->len; i++) {
    const SvPackage *package = packages->pdata[i];
    g_assert_true (*package->name != '\0' && *package->version != '\0');
    g_assert_true (*package->source != '\0');
  }
  return 0;
}
