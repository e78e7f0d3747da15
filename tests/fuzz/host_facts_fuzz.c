/* Whatever is taken from a key file is fit for a record: known values, origins, valid text. */
#include "triage/triage.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_auto (SvHostFacts) facts = {0};
  g_autoptr (GError) error = NULL;
  if (!sv_host_facts_parse (text, &facts, &error)) {
    g_assert (error != NULL && error->domain == SV_ERROR);
    g_assert (g_utf8_validate (error->message, -1, NULL));
    return 0;
  }
  g_assert (facts.owner == NULL || g_utf8_validate (facts.owner, -1, NULL));
  g_assert (facts.exposure == SV_EXPOSURE_UNKNOWN || facts.exposure_origin != NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (out, 0);
  sv_record_write_json (&sv_host_facts_type, &facts, writer, NULL);
  g_assert (g_utf8_validate (out->str, (gssize)out->len, NULL));
  return 0;
}
