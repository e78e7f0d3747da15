/* dpkg's order. A part alternates between characters and numbers, beginning with characters,
 * which may be none; behind its end it goes on as "no characters, number 0" for ever. So the end
 * of a part and the number 0 are one and the same byte. */
#include "pkg/version_schemes.h"

enum {
  RANK_TILDE = 1,
  RANK_NUMBER = 2, /* no further character here: a number, or the end */
  /* letters stand for themselves */
  RANK_OTHER = 0x80 /* with the character's own seven bits */
};
G_STATIC_ASSERT (RANK_NUMBER + SV_KEY_COUNT_SPAN < 'A');

#define EPOCH_MAX_DIGITS "2147483647"

static guint8
rank_character (char character)
{
  if (g_ascii_isalpha (character))
    return (guint8)character;
  return character == '~' ? RANK_TILDE : RANK_OTHER | (guint8)character;
}

static void
put_part (SvKeyDraft *key, SvSpan part)
{
  do {
    for (; part.at < part.end && !g_ascii_isdigit (*part.at); part.at++)
      sv_key_put (key, rank_character (*part.at));
    sv_key_put_number (key, RANK_NUMBER, sv_span_take (&part, G_ASCII_DIGIT));
  } while (!sv_span_is_empty (part));
  sv_key_put (key, RANK_NUMBER);
}

static gboolean
check_characters (SvSpan part, const char *what, const char *allowed, GError **error)
{
  for (; part.at < part.end; part.at++)
    if (!g_ascii_isalnum (*part.at) && strchr (allowed, *part.at) == NULL)
      return sv_version_refuse_byte (error, what, *part.at);
  return TRUE;
}

/* dpkg keeps epochs in an int and refuses what does not fit. */
static gboolean
check_epoch (SvSpan epoch, GError **error)
{
  while (epoch.at < epoch.end && *epoch.at == '0')
    epoch.at++;
  gsize size = sv_span_size (epoch), max_size = strlen (EPOCH_MAX_DIGITS);
  if (size < max_size || (size == max_size && memcmp (epoch.at, EPOCH_MAX_DIGITS, size) <= 0))
    return TRUE;
  return sv_version_refuse (error, "the epoch is over " EPOCH_MAX_DIGITS);
}

static gboolean
check_version (SvSpan version, GError **error)
{
  if (!check_characters (version, "the upstream version", ".+-~:", error))
    return FALSE;
  return g_ascii_isdigit (*version.at) ||
         sv_version_refuse (error, "the upstream version must begin with a digit");
}

gboolean
sv_version_write_deb (SvSpan text, SvKeyDraft *key, GError **error)
{
  SvEvr evr;
  if (!sv_evr_split (text, &evr, error) || !check_epoch (evr.epoch, error) ||
      !check_version (evr.version, error) ||
      !check_characters (evr.release, "the revision", ".+~", error))
    return FALSE;
  sv_key_put_number (key, 0, evr.epoch);
  put_part (key, evr.version);
  put_part (key, evr.release);
  return TRUE;
}
