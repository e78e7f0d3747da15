/* Whatever parses comes out in both bindings as the same name, and equals itself. Two names, one a
 * line, always have a relation, whichever way round. */
#include "pkg/cpe.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static SvCpe *
parse_again (char *text)
{
  g_autofree char *owned = text;
  g_autoptr (GError) error = NULL;
  SvCpe *cpe = sv_cpe_parse (owned, &error);
  if (cpe == NULL && !sv_error_is (error, SV_ERROR_LIMIT))
    g_error ("%s: %s", owned, error->message);
  return cpe;
}

static void
check_name (const SvCpe *cpe)
{
  g_autoptr (SvCpe) formatted = parse_again (sv_cpe_format (cpe));
  g_autoptr (SvCpe) uri = parse_again (sv_cpe_format_uri (cpe));
  g_assert_true (formatted == NULL || sv_record_equal (&sv_cpe_type, cpe, formatted));
  g_assert_true (uri == NULL || sv_record_equal (&sv_cpe_type, cpe, uri));
  SvCpeRelation itself = sv_cpe_compare (cpe, cpe);
  g_assert_true (itself == SV_CPE_EQUAL || itself == SV_CPE_UNDEFINED);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 3);
  g_autoptr (SvCpe) first = lines[0] != NULL ? sv_cpe_parse (lines[0], NULL) : NULL;
  g_autoptr (SvCpe) second =
      first != NULL && lines[1] != NULL ? sv_cpe_parse (lines[1], NULL) : NULL;
  if (first != NULL)
    check_name (first);
  if (second == NULL)
    return 0;
  SvCpeRelation there = sv_cpe_compare (first, second), back = sv_cpe_compare (second, first);
  g_assert_true ((there == SV_CPE_EQUAL) == (back == SV_CPE_EQUAL));
  if (there == SV_CPE_SUBSET)
    g_assert_true (back == SV_CPE_SUPERSET || back == SV_CPE_UNDEFINED);
  if (sv_cpe_matches (first, second))
    g_assert_true (sv_cpe_covers (first, second));
  return 0;
}
