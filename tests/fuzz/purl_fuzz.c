/* Whatever parses has one canonical form, which parses to the same. */
#include "pkg/purl.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autoptr (SvPurl) strict = sv_purl_parse (text, NULL);
  g_autofree char *canonical = sv_purl_canonicalize (text, NULL);
  if (canonical == NULL) {
    g_assert_null (strict);
    return 0;
  }
  g_autoptr (GError) error = NULL;
  g_autoptr (SvPurl) purl = sv_purl_parse (canonical, &error);
  if (sv_error_is (error, SV_ERROR_LIMIT)) /* encoding made it longer */
    return 0;
  g_assert_no_error (error);
  g_autofree char *again = sv_purl_build (purl, &error);
  g_assert_cmpstr (again, ==, canonical);
  g_assert_true (strict == NULL || sv_record_equal (&sv_purl_type, strict, purl));
  return 0;
}
