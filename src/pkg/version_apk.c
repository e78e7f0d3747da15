/* apk's order, as of apk-tools 3:
 * number {"." number} [letter] {"_" suffix [number]} ["~" hash] ["-r" number].
 * Every piece begins with its rank among all that may stand at that place. */
#include "pkg/version_schemes.h"

enum {
  RANK_ALPHA = 1,
  RANK_BETA,
  RANK_PRE,
  RANK_RC,
  RANK_END,
  RANK_REVISION,
  RANK_HASH,
  RANK_SUFFIX_NUMBER,
  RANK_CVS,
  RANK_SVN,
  RANK_GIT,
  RANK_HG,
  RANK_P,
  /* letters stand for themselves */
  RANK_ZERO_LED = 0x7f, /* numbers that begin with 0 compare as text, below all others */
  RANK_NUMBER = 0x80
};

static const struct {
  const char *name;
  guint8 rank;
} suffixes[] = {
    {"alpha", RANK_ALPHA}, {"beta", RANK_BETA}, {"pre", RANK_PRE},
    {"rc", RANK_RC},       {"cvs", RANK_CVS},   {"svn", RANK_SVN},
    {"git", RANK_GIT},     {"hg", RANK_HG},     {"p", RANK_P},
};

static gboolean
take_text (SvSpan *rest, const char *wanted)
{
  gsize size = strlen (wanted);
  if (sv_span_size (*rest) < size || memcmp (rest->at, wanted, size) != 0)
    return FALSE;
  rest->at += size;
  return TRUE;
}

static gboolean
put_numbers (SvSpan *rest, SvKeyDraft *key, GError **error)
{
  SvSpan first = sv_span_take (rest, G_ASCII_DIGIT);
  if (sv_span_is_empty (first))
    return sv_version_refuse (error, "it must begin with a digit");
  sv_key_put_number (key, RANK_NUMBER, first);
  while (take_text (rest, ".")) {
    SvSpan digits = sv_span_take (rest, G_ASCII_DIGIT);
    if (sv_span_is_empty (digits))
      return sv_version_refuse (error, "a digit must follow each '.'");
    if (*digits.at == '0') {
      sv_key_put (key, RANK_ZERO_LED);
      sv_key_put_word (key, digits);
    } else {
      sv_key_put_number (key, RANK_NUMBER, digits);
    }
  }
  return TRUE;
}

static void
put_letter (SvSpan *rest, SvKeyDraft *key)
{
  if (!sv_span_is_empty (*rest) && g_ascii_islower (*rest->at))
    sv_key_put (key, (guint8)*rest->at++);
}

static guint8
rank_suffix (SvSpan name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (strlen (suffixes[i].name) == sv_span_size (name) &&
        memcmp (suffixes[i].name, name.at, sv_span_size (name)) == 0)
      return suffixes[i].rank;
  return 0;
}

static gboolean
put_suffixes (SvSpan *rest, SvKeyDraft *key, GError **error)
{
  while (take_text (rest, "_")) {
    guint8 rank = rank_suffix (sv_span_take (rest, G_ASCII_LOWER));
    if (rank == 0)
      return sv_version_refuse (error, "the suffix behind '_' is none of apk's");
    sv_key_put (key, rank);
    SvSpan digits = sv_span_take (rest, G_ASCII_DIGIT);
    if (!sv_span_is_empty (digits)) {
      sv_key_put (key, RANK_SUFFIX_NUMBER);
      sv_key_put_number (key, 0, digits);
    }
  }
  return TRUE;
}

static gboolean
put_hash (SvSpan *rest, SvKeyDraft *key, GError **error)
{
  if (!take_text (rest, "~"))
    return TRUE;
  SvSpan hash = {rest->at, rest->at};
  while (hash.end < rest->end && g_ascii_isxdigit (*hash.end) && !g_ascii_isupper (*hash.end))
    hash.end++;
  if (sv_span_is_empty (hash))
    return sv_version_refuse (error, "lower case hexadecimal digits must follow '~'");
  rest->at = hash.end;
  sv_key_put (key, RANK_HASH);
  sv_key_put_word (key, hash);
  return TRUE;
}

static gboolean
put_revision (SvSpan *rest, SvKeyDraft *key, GError **error)
{
  if (!take_text (rest, "-r"))
    return TRUE;
  SvSpan digits = sv_span_take (rest, G_ASCII_DIGIT);
  if (sv_span_is_empty (digits))
    return sv_version_refuse (error, "a digit must follow '-r'");
  sv_key_put (key, RANK_REVISION);
  sv_key_put_number (key, 0, digits);
  return TRUE;
}

gboolean
sv_version_write_apk (SvSpan text, SvKeyDraft *key, GError **error)
{
  if (!put_numbers (&text, key, error))
    return FALSE;
  put_letter (&text, key);
  if (!put_suffixes (&text, key, error) || !put_hash (&text, key, error) ||
      !put_revision (&text, key, error))
    return FALSE;
  if (!sv_span_is_empty (text))
    return sv_version_refuse_byte (error, "this place", *text.at);
  sv_key_put (key, RANK_END);
  return TRUE;
}
