/* Whatever a source of sightings writes is read or refused; what is read is in its one form. */
#include "inventory/sighting.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check (const SvSighting *sighting)
{
  g_autofree char *name = sv_computer_name_normalize (sighting->name);
  g_autofree char *mac = sv_mac_normalize (sighting->mac);
  g_assert_cmpstr (name, ==, sighting->name);
  g_assert_cmpstr (mac, ==, sighting->mac);
  g_assert_true (name != NULL || mac != NULL || sighting->address != NULL);
  g_assert_cmpint (sighting->last_seen_us, >=, 0);
}

/* The first byte says the kind. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;
  g_autoptr (GBytes) text = g_bytes_new_static (data + 1, size - 1);
  g_auto (SvSightings) sightings = {0};
  g_autoptr (GError) error = NULL;
  if (!sv_sightings_read ("fuzz", text, (SvSightingKind)(data[0] % 6), &sightings, &error)) {
    g_assert_nonnull (error);
    g_assert_null (sightings.list);
    return 0;
  }
  g_assert_no_error (error);
  for (guint i = 0; i < sightings.list->len; i++)
    check (sightings.list->pdata[i]);
  return 0;
}
