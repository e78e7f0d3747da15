/* What ansible, osquery and Windows write is read whole, or refused with a reason. */
#include "inventory/collect.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* The first byte says which. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static gboolean (*const readers[]) (SvCollect * collect, SvStream * stream, GError * *error) = {
      sv_ansible_read, sv_osquery_read, sv_windows_read_system, sv_windows_read_updates};
  if (size == 0)
    return 0;
  const SvInventorySource source = {0};
  g_auto (SvCollect) collect;
  sv_collect_init (&collect, &source, 1);
  g_autoptr (SvStream) stream = sv_stream_new_memory ("fuzz", data + 1, size - 1);
  g_autoptr (GError) error = NULL;
  if (!readers[data[0] % G_N_ELEMENTS (readers)](&collect, stream, &error)) {
    g_assert_nonnull (error);
    return 0;
  }
  g_assert_no_error (error);
  g_assert_nonnull (collect.inventory->distro);
  for (guint i = 0; i < collect.inventory->packages->len; i++) {
    const SvPackage *package = collect.inventory->packages->pdata[i];
    g_assert_true (*package->name != '\0' && *package->version != '\0');
  }
  return 0;
}
