/* Version strings encoded once into bytes whose memcmp order is the package manager's order. */
#pragma once

#include "base/base.h"

#include <string.h>

typedef enum {
  SV_SCHEME_DEB,
  SV_SCHEME_RPM,
  SV_SCHEME_APK,
  SV_SCHEME_PACMAN,
  SV_N_SCHEMES
} SvScheme;

/* "deb", "rpm", "apk", "pacman"; NULL-terminated, indexed by SvScheme. */
extern const char *const sv_scheme_names[];

/* A key is never longer: three bytes for each byte of text, and a few more. */
#define SV_VERSION_KEY_MAX_BYTES (3 * SV_LIMIT_VERSION_BYTES + 16)

/**
 * sv_version_append_key:
 * @text: version as the package manager writes it; for deb, rpm and pacman
 *        [epoch:]version[-release]
 * @key: the key's bytes are appended here; untouched on error
 *
 * Two keys of one scheme compare with sv_key_compare() exactly as the package manager compares the
 * versions; equal versions have equal keys. A missing epoch is 0. What a missing release means
 * differs:
 * - deb: the same as revision 0 ("1.0" = "1.0-0").
 * - rpm: below the same version with any release. Its key is the beginning of all their keys, so
 *   "version V in any release" is the range from its key to its key followed by byte 0xff.
 * - apk: below revision 0 ("1.0" < "1.0-r0").
 * - pacman: pacman leaves the release out when one side has none, which is no order ("1-1" = "1" =
 *   "1-2", yet "1-1" < "1-2"). Here it is release 1, with which every version begins.
 *
 * pacman also goes in circles about versions that end in separators ("1a." < "1a1" < "1a.b" <
 * "1a."). Here the number of separators at one place decides first, at the end of a version as in
 * its midst; where both sides have as many, the order is pacman's.
 *
 * Errors: SV_ERROR_INVALID_DATA says what is wrong: empty or over SV_LIMIT_VERSION_BYTES; an epoch
 * that is no number; a version or release that is there but empty; white space and control
 * characters; for deb whatever `dpkg --validate-version` calls bad, for apk whatever is not in its
 * grammar, for rpm and pacman a hyphen or second colon inside a part.
 * Source: pitfalls 1 to 14.
 */
gboolean sv_version_append_key (SvScheme scheme, const char *text, GByteArray *key, GError **error);

/* The same as a new GBytes. */
GBytes *sv_version_key (SvScheme scheme, const char *text, GError **error);

/* -1, 0 or 1 of two versions. */
gboolean sv_version_compare (SvScheme scheme, const char *a, const char *b, int *ret_order,
                             GError **error);

/**
 * sv_version_compare_line:
 * @line: two versions with one tab between them, without a line end
 *
 * Returns a new string for output: "-1", "0", "1", or "error" with @error set.
 */
char *sv_version_compare_line (SvScheme scheme, const char *line, GError **error);

/* Negative, 0 or positive, as memcmp. */
static inline int
sv_key_compare (const void *a, gsize a_size, const void *b, gsize b_size)
{
  int order = memcmp (a, b, MIN (a_size, b_size));
  return order != 0 ? order : (a_size > b_size) - (a_size < b_size);
}

static inline int
sv_key_bytes_compare (GBytes *a, GBytes *b)
{
  gsize a_size, b_size;
  const void *a_data = g_bytes_get_data (a, &a_size), *b_data = g_bytes_get_data (b, &b_size);
  return sv_key_compare (a_data, a_size, b_data, b_size);
}
