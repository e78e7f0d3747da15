/* rpm's order. Only letters, digits, '~' and '^' count; everything else parts segments. A release
 * that is missing writes nothing, so that its key is the beginning of every key with one. */
#include "pkg/version_schemes.h"

enum {
  RANK_TILDE = 1,
  RANK_END = 2,
  RANK_CARET = 3,
  /* letters stand for themselves */
  RANK_NUMBER = 0x80
};

static void
put_part (SvKeyDraft *key, SvSpan part)
{
  while (!sv_span_is_empty (part))
    if (g_ascii_isdigit (*part.at))
      sv_key_put_number (key, RANK_NUMBER, sv_span_take (&part, G_ASCII_DIGIT));
    else if (g_ascii_isalpha (*part.at))
      sv_key_put_word (key, sv_span_take (&part, G_ASCII_ALPHA));
    else {
      if (*part.at == '~' || *part.at == '^')
        sv_key_put (key, *part.at == '~' ? RANK_TILDE : RANK_CARET);
      part.at++;
    }
  sv_key_put (key, RANK_END);
}

gboolean
sv_version_write_rpm (SvSpan text, SvKeyDraft *key, GError **error)
{
  SvEvr evr;
  if (!sv_evr_split_strict (text, &evr, error))
    return FALSE;
  sv_key_put_number (key, 0, evr.epoch);
  put_part (key, evr.version);
  if (evr.has_release)
    put_part (key, evr.release);
  return TRUE;
}
