#include "inventory/package_set.h"

#include <string.h>

int
sv_digest_compare (const SvDigest *a, const SvDigest *b)
{
  return memcmp (a->bytes, b->bytes, SV_DIGEST_BYTES);
}

char *
sv_digest_format (const SvDigest *digest)
{
  static const char digits[] = "0123456789abcdef";
  char *text = g_malloc (2 * SV_DIGEST_BYTES + 1);
  for (gsize i = 0; i < SV_DIGEST_BYTES; i++) {
    text[2 * i] = digits[digest->bytes[i] >> 4];
    text[2 * i + 1] = digits[digest->bytes[i] & 15];
  }
  text[2 * SV_DIGEST_BYTES] = '\0';
  return text;
}

static int
lower_hex_value (char c)
{
  return g_ascii_isupper (c) ? -1 : g_ascii_xdigit_value (c);
}

gboolean
sv_digest_parse (const char *text, SvDigest *ret_digest, GError **error)
{
  if (strlen (text) != 2 * (gsize)SV_DIGEST_BYTES)
    return sv_error_set_invalid (error, "a digest has 64 hexadecimal digits, not", text);
  for (gsize i = 0; i < SV_DIGEST_BYTES; i++) {
    int high = lower_hex_value (text[2 * i]), low = lower_hex_value (text[2 * i + 1]);
    if (high < 0 || low < 0)
      return sv_error_set_invalid (error, "a digest has 64 hexadecimal digits, not", text);
    ret_digest->bytes[i] = (guint8)(high << 4 | low);
  }
  return TRUE;
}

/* Text and its end, apart from no text at all: two packages that differ never give the same bytes.
 */
static void
hash_text (GChecksum *sum, const char *text)
{
  static const guchar none = 0, some = 1;
  g_checksum_update (sum, text != NULL ? &some : &none, 1);
  if (text != NULL)
    g_checksum_update (sum, (const guchar *)text, (gssize)strlen (text) + 1);
}

static SvDigest
finish (GChecksum *sum)
{
  SvDigest digest;
  gsize size = sizeof digest.bytes;
  g_checksum_get_digest (sum, digest.bytes, &size);
  g_checksum_reset (sum);
  return digest;
}

static SvDigest
digest_package (GChecksum *sum, const SvPackage *package)
{
  const char *const texts[] = {package->name,           package->arch,
                               package->version,        package->source,
                               package->source_version, sv_package_state_names[package->state],
                               package->module,         package->vendor,
                               package->origin,         package->ecosystem};
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    hash_text (sum, texts[i]);
  return finish (sum);
}

SvDigest
sv_digest_of (const void *data, gsize size)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (sum, data, (gssize)size);
  return finish (sum);
}

SvDigest
sv_package_digest (const SvPackage *package)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  return digest_package (sum, package);
}

GArray *
sv_package_digest_each (const GPtrArray *packages)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  GArray *digests = g_array_sized_new (FALSE, FALSE, sizeof (SvDigest), packages->len);
  for (guint i = 0; i < packages->len; i++) {
    SvDigest digest = digest_package (sum, packages->pdata[i]);
    g_array_append_val (digests, digest);
  }
  return digests;
}

static gint
compare_digests (gconstpointer a, gconstpointer b)
{
  return sv_digest_compare (a, b);
}

static void
drop_duplicates (GArray *digests)
{
  guint kept = 0;
  SvDigest *all = (SvDigest *)(gpointer)digests->data;
  for (guint i = 0; i < digests->len; i++)
    if (kept == 0 || sv_digest_compare (&all[kept - 1], &all[i]) != 0)
      all[kept++] = all[i];
  g_array_set_size (digests, kept);
}

/* Those of @each that are of software, sorted, each once. */
static GArray *
sort_digests (const GPtrArray *packages, const GArray *each)
{
  GArray *digests = g_array_sized_new (FALSE, FALSE, sizeof (SvDigest), packages->len);
  for (guint i = 0; i < packages->len; i++)
    if (sv_package_is_software (packages->pdata[i]))
      g_array_append_val (digests, g_array_index (each, SvDigest, i));
  g_array_sort (digests, compare_digests);
  drop_duplicates (digests);
  return digests;
}

GArray *
sv_package_list_digests (const GPtrArray *packages)
{
  g_autoptr (GArray) each = sv_package_digest_each (packages);
  return sort_digests (packages, each);
}

SvDigest
sv_package_set_digest (const GArray *digests)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (sum, (const guchar *)digests->data, (gssize)digests->len * SV_DIGEST_BYTES);
  return finish (sum);
}

static gboolean
contains (const GArray *digests, const SvDigest *digest)
{
  guint at;
  return digests != NULL && g_array_binary_search ((GArray *)digests, digest, compare_digests, &at);
}

void
sv_package_delta_clear (SvPackageDelta *delta)
{
  g_clear_pointer (&delta->added, g_ptr_array_unref);
  g_clear_pointer (&delta->removed, g_ptr_array_unref);
}

void
sv_package_set_diff (const GPtrArray *packages, const GArray *known, SvPackageDelta *ret_delta)
{
  g_autoptr (GArray) each = sv_package_digest_each (packages);
  g_autoptr (GArray) now = sort_digests (packages, each);
  *ret_delta = (SvPackageDelta){sv_package_set_digest (now), g_ptr_array_new (), sv_strings_new ()};
  for (guint i = 0; i < packages->len; i++)
    if (sv_package_is_software (packages->pdata[i]) &&
        !contains (known, &g_array_index (each, SvDigest, i)))
      g_ptr_array_add (ret_delta->added, packages->pdata[i]);
  for (guint i = 0; known != NULL && i < known->len; i++) {
    const SvDigest *digest = &g_array_index (known, SvDigest, i);
    if (!contains (now, digest))
      g_ptr_array_add (ret_delta->removed, sv_digest_format (digest));
  }
}
