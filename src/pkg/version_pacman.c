/* pacman's order. Segments of letters or digits, parted by separators whose number counts and
 * whose kind does not. Letters right behind a number are older than its end ("1.0rc" < "1.0"). */
#include "pkg/version_schemes.h"

enum {
  RANK_WORD = 1,
  RANK_END = 2,
  RANK_NUMBER = 3,
  RANK_SEPARATORS = 0x80 /* then one of the above */
};
G_STATIC_ASSERT (RANK_NUMBER + SV_KEY_COUNT_SPAN < RANK_SEPARATORS);

static void
put_separators (SvKeyDraft *key, SvSpan separators)
{
  if (!sv_span_is_empty (separators))
    sv_key_put_count (key, RANK_SEPARATORS, sv_span_size (separators));
}

static void
put_segment (SvKeyDraft *key, SvSpan *part)
{
  if (g_ascii_isdigit (*part->at)) {
    sv_key_put_number (key, RANK_NUMBER, sv_span_take (part, G_ASCII_DIGIT));
    return;
  }
  sv_key_put (key, RANK_WORD);
  sv_key_put_word (key, sv_span_take (part, G_ASCII_ALPHA));
}

static void
put_part (SvKeyDraft *key, SvSpan part)
{
  put_separators (key, sv_span_take_until (&part, G_ASCII_ALNUM));
  while (!sv_span_is_empty (part)) {
    put_segment (key, &part);
    put_separators (key, sv_span_take_until (&part, G_ASCII_ALNUM));
  }
  sv_key_put (key, RANK_END);
}

gboolean
sv_version_write_pacman (SvSpan text, SvKeyDraft *key, GError **error)
{
  static const char first_release[] = "1";
  SvEvr evr;
  if (!sv_evr_split_strict (text, &evr, error))
    return FALSE;
  if (!evr.has_release)
    evr.release = (SvSpan){first_release, first_release + strlen (first_release)};
  sv_key_put_number (key, 0, evr.epoch);
  put_part (key, evr.version);
  put_part (key, evr.release);
  return TRUE;
}
