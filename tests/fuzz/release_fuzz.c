/* Whatever a Release file, its frame, gpgv's words and a keyring hold: a verdict, never a crash,
 * and never a digest that is none. */
#include "advisory/gpgv.h"
#include "advisory/release.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_release (const char *text, size_t size)
{
  g_autoptr (SvRelease) release = sv_record_new (&sv_release_type);
  g_autoptr (GPtrArray) entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify)sv_release_entry_free);
  g_autoptr (GError) error = NULL;
  gboolean fine = sv_release_parse ("Release", text, size, release, entries, &error);

  g_assert_true (fine == (error == NULL));
  for (guint i = 0; i < entries->len; i++) {
    const SvReleaseEntry *entry = entries->pdata[i];
    g_assert_cmpuint (strlen (entry->sha256), ==, 64);
    g_assert_true (g_str_has_suffix (entry->path, "Packages"));
  }
  release->authenticity = SV_AUTHENTICITY_VERIFIED;
  sv_release_judge_time (release, SV_DAY_US);
  g_assert_true (sv_authenticity_holds (release->authenticity));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autoptr (GError) error = NULL;
  g_auto (SvGpgvVerdict) verdict = {0};

  check_release ((const char *)data, size);
  gboolean framed = sv_gpgv_check_clearsigned ((const char *)data, size, &error);
  g_assert_true (framed == (error == NULL));
  sv_gpgv_judge (text, 1, &verdict);
  g_assert_true ((verdict.authenticity == SV_AUTHENTICITY_VERIFIED) == (verdict.signer != NULL));
  g_autoptr (SvKeyring) keyring = sv_keyring_parse ("keyring", data, size, NULL);
  g_assert_true (keyring == NULL || keyring->fingerprints != NULL);
  return 0;
}
