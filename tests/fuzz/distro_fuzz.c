/* Whatever is identified has a clean id, valid text, and no ecosystem without a family. */
#include "pkg/distro.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (SvDistro) distro = sv_distro_parse (text, &error);
  g_assert_true ((distro == NULL) == (error != NULL));
  if (distro == NULL)
    return 0;
  g_assert_true (distro->id != NULL && distro->id[0] != '\0');
  g_assert_true (strspn (distro->id, "abcdefghijklmnopqrstuvwxyz0123456789._-") ==
                 strlen (distro->id));
  g_assert_true (distro->name == NULL || g_utf8_validate (distro->name, -1, NULL));
  g_assert_true ((distro->family == NULL) == (distro->scheme < 0));
  g_assert_true (distro->family != NULL || (distro->release == NULL && distro->ecosystem == NULL));
  return 0;
}
