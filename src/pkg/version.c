#include "pkg/version.h"

#include "pkg/version_schemes.h"

const char *const sv_scheme_names[] = {"deb", "rpm", "apk", "pacman", NULL};
G_STATIC_ASSERT (G_N_ELEMENTS (sv_scheme_names) == SV_N_SCHEMES + 1);

static const SvVersionWrite writers[SV_N_SCHEMES] = {
    [SV_SCHEME_DEB] = sv_version_write_deb,
    [SV_SCHEME_RPM] = sv_version_write_rpm,
    [SV_SCHEME_APK] = sv_version_write_apk,
    [SV_SCHEME_PACMAN] = sv_version_write_pacman,
};

void
sv_key_put_count (SvKeyDraft *key, guint8 base, gsize count)
{
  sv_key_put (key, (guint8)(base + MIN (count, SV_KEY_COUNT_SPAN)));
  if (count < SV_KEY_COUNT_SPAN)
    return;
  G_STATIC_ASSERT (SV_LIMIT_VERSION_BYTES <= G_MAXUINT16);
  sv_key_put (key, (guint8)(count >> 8));
  sv_key_put (key, (guint8)(count & 0xff));
}

static void
put_bytes (SvKeyDraft *key, SvSpan span)
{
  while (span.at < span.end)
    sv_key_put (key, (guint8)*span.at++);
}

void
sv_key_put_number (SvKeyDraft *key, guint8 base, SvSpan digits)
{
  while (digits.at < digits.end && *digits.at == '0')
    digits.at++;
  sv_key_put_count (key, base, sv_span_size (digits));
  put_bytes (key, digits);
}

void
sv_key_put_word (SvKeyDraft *key, SvSpan word)
{
  put_bytes (key, word);
  sv_key_put (key, 0);
}

gboolean
sv_version_refuse (GError **error, const char *reason)
{
  g_set_error_literal (error, SV_ERROR, SV_ERROR_INVALID_DATA, reason);
  return FALSE;
}

gboolean
sv_version_refuse_byte (GError **error, const char *what, char byte)
{
  if (g_ascii_isgraph (byte))
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "%s must not hold '%c'", what, byte);
  else
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "%s must not hold byte 0x%02X", what,
                 (guchar)byte);
  return FALSE;
}

static gboolean
split_epoch (SvSpan *rest, SvSpan *ret_epoch, GError **error)
{
  *ret_epoch = (SvSpan){rest->at, rest->at};
  const char *colon = memchr (rest->at, ':', sv_span_size (*rest));
  if (colon == NULL)
    return TRUE;
  *ret_epoch = sv_span_take (rest, G_ASCII_DIGIT);
  if (rest->at != colon || sv_span_is_empty (*ret_epoch))
    return sv_version_refuse (error, "the epoch before ':' is no number");
  rest->at++;
  return TRUE;
}

gboolean
sv_evr_split (SvSpan text, SvEvr *ret_evr, GError **error)
{
  SvSpan rest = text;
  if (!split_epoch (&rest, &ret_evr->epoch, error))
    return FALSE;
  const char *hyphen = memrchr (rest.at, '-', sv_span_size (rest));
  ret_evr->has_release = hyphen != NULL;
  ret_evr->version = (SvSpan){rest.at, hyphen != NULL ? hyphen : rest.end};
  ret_evr->release = (SvSpan){hyphen != NULL ? hyphen + 1 : rest.end, rest.end};
  if (sv_span_is_empty (ret_evr->version))
    return sv_version_refuse (error, "there is no version in it");
  if (ret_evr->has_release && sv_span_is_empty (ret_evr->release))
    return sv_version_refuse (error, "nothing follows its last '-'");
  return TRUE;
}

static gboolean
check_strict (SvSpan part, const char *what, GError **error)
{
  for (; part.at < part.end; part.at++)
    if (*part.at == ':' || *part.at == '-' || *part.at == ' ' || g_ascii_iscntrl (*part.at))
      return sv_version_refuse_byte (error, what, *part.at);
  return TRUE;
}

gboolean
sv_evr_split_strict (SvSpan text, SvEvr *ret_evr, GError **error)
{
  return sv_evr_split (text, ret_evr, error) &&
         check_strict (ret_evr->version, "the version", error) &&
         check_strict (ret_evr->release, "the release", error);
}

static gboolean
write_text (SvScheme scheme, const char *text, SvKeyDraft *key, GError **error)
{
  gsize size = strnlen (text, SV_LIMIT_VERSION_BYTES + 1);
  if (size == 0)
    return sv_version_refuse (error, "it is empty");
  if (size > SV_LIMIT_VERSION_BYTES)
    return sv_version_refuse (error,
                              "it is longer than " G_STRINGIFY (SV_LIMIT_VERSION_BYTES) " bytes");
  key->size = 0;
  return writers[scheme]((SvSpan){text, text + size}, key, error);
}

static gboolean
write_key (SvScheme scheme, const char *text, SvKeyDraft *key, GError **error)
{
  if (write_text (scheme, text, key, error))
    return TRUE;
  g_autofree char *shown = g_strndup (text, SV_LIMIT_VERSION_BYTES);
  g_autofree char *printable = sv_text_printable (shown);
  g_prefix_error (error, "%s version '%s': ", sv_scheme_names[scheme], printable);
  return FALSE;
}

gboolean
sv_version_append_key (SvScheme scheme, const char *text, GByteArray *key, GError **error)
{
  SvKeyDraft draft;
  if (!write_key (scheme, text, &draft, error))
    return FALSE;
  g_byte_array_append (key, draft.bytes, (guint)draft.size);
  return TRUE;
}

GBytes *
sv_version_key (SvScheme scheme, const char *text, GError **error)
{
  SvKeyDraft draft;
  return write_key (scheme, text, &draft, error) ? g_bytes_new (draft.bytes, draft.size) : NULL;
}

gboolean
sv_version_compare (SvScheme scheme, const char *a, const char *b, int *ret_order, GError **error)
{
  SvKeyDraft a_key, b_key;
  if (!write_key (scheme, a, &a_key, error) || !write_key (scheme, b, &b_key, error))
    return FALSE;
  int order = sv_key_compare (a_key.bytes, a_key.size, b_key.bytes, b_key.size);
  *ret_order = (order > 0) - (order < 0);
  return TRUE;
}

static gboolean
compare_line (SvScheme scheme, const char *line, int *ret_order, GError **error)
{
  const char *tab = strchr (line, '\t');
  if (tab == NULL || strchr (tab + 1, '\t') != NULL)
    return sv_version_refuse (error, "a line holds two versions with one tab between them");
  g_autofree char *a = g_strndup (line, (gsize)(tab - line));
  return sv_version_compare (scheme, a, tab + 1, ret_order, error);
}

char *
sv_version_compare_line (SvScheme scheme, const char *line, GError **error)
{
  int order;
  return compare_line (scheme, line, &order, error) ? g_strdup_printf ("%d", order)
                                                    : g_strdup ("error");
}
