#include "base/text.h"

#include "base/error.h"

#include <errno.h>
#include <string.h>

void
sv_text_take (char **member, char *text)
{
  g_free (*member);
  *member = text;
}

void
sv_text_set (char **member, const char *text)
{
  sv_text_take (member, g_strdup (text));
}

/* Code points that change what a reader sees without being seen: C0, C1, bidirectional controls,
 * zero-width characters, line and paragraph separators. */
static gboolean
is_hidden (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x61c ||
         (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
         (c >= 0xe0000 && c <= 0xe007f);
}

char *
sv_text_printable (const char *text)
{
  GString *out = g_string_new (NULL);
  for (const char *p = text != NULL ? text : ""; *p != '\0';) {
    gunichar c = g_utf8_get_char_validated (p, -1);
    if (c == (gunichar)-1 || c == (gunichar)-2) {
      g_string_append_printf (out, "\\x%02X", (guchar)*p++);
      continue;
    }
    if (!is_hidden (c))
      g_string_append_unichar (out, c);
    else
      g_string_append_printf (out, c < 0x100 ? "\\x%02X" : "\\u{%04X}", c);
    p = g_utf8_next_char (p);
  }
  return g_string_free (out, FALSE);
}

void
sv_text_append_line (GString *out, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *raw = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_autofree char *line = sv_text_printable (raw);
  g_string_append_printf (out, "%s\n", line);
}

void
sv_text_append_csv (GString *out, const char *text)
{
  if (text == NULL || *text == '\0')
    return;
  gboolean formula = strchr ("=+-@\t\r", *text) != NULL;
  if (!formula && strpbrk (text, ",\"\r\n") == NULL) {
    g_string_append (out, text);
    return;
  }
  g_string_append (out, formula ? "\"'" : "\"");
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == '"')
      g_string_append_c (out, '"');
    g_string_append_c (out, *p);
  }
  g_string_append_c (out, '"');
}

gsize
sv_text_width (const char *text)
{
  gsize width = 0;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    width += g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
  }
  return width;
}

gboolean
sv_text_parse_int64 (const char *text, gint64 *ret_value, GError **error)
{
  char *end = NULL;
  errno = 0;
  gint64 value = g_ascii_strtoll (text, &end, 10);
  gboolean starts_right =
      g_ascii_isdigit (*text) || ((*text == '-' || *text == '+') && g_ascii_isdigit (text[1]));
  if (!starts_right || *end != '\0' || errno != 0) {
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%.64s' is no whole number in range",
                 text);
    return FALSE;
  }
  *ret_value = value;
  return TRUE;
}

/* Bytes of the CVE id that starts at @text (case does not count), or 0. */
static gsize
cve_length (const char *text, const char *end)
{
  if (end - text < 13 || g_ascii_strncasecmp (text, "CVE-", 4) != 0 || text[8] != '-')
    return 0;
  for (guint i = 4; i < 8; i++)
    if (!g_ascii_isdigit (text[i]))
      return 0;
  const char *p = text + 9;
  while (p < end && g_ascii_isdigit (*p))
    p++;
  gsize digits = (gsize)(p - text) - 9;
  return digits >= 4 && digits <= 19 ? (gsize)(p - text) : 0;
}

gboolean
sv_text_is_cve (const char *text)
{
  gsize length = strlen (text);
  return strncmp (text, "CVE-", 4) == 0 && cve_length (text, text + length) == length;
}

void
sv_text_collect_cves (const char *text, gsize length, GPtrArray *list)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < list->len; i++)
    g_hash_table_add (seen, list->pdata[i]);
  const char *end = text + length;
  for (const char *p = text; p < end;) {
    gsize size = (*p == 'C' || *p == 'c') ? cve_length (p, end) : 0;
    if (size == 0) {
      p++;
      continue;
    }
    g_autofree char *id = g_ascii_strup (p, (gssize)size);
    p += size;
    if (g_hash_table_contains (seen, id))
      continue;
    g_hash_table_add (seen, id);
    g_ptr_array_add (list, g_steal_pointer (&id));
  }
}

static const char *
skip_zeros (const char *p)
{
  while (*p == '0')
    p++;
  return p;
}

static gsize
digit_run (const char *p)
{
  gsize n = 0;
  while (g_ascii_isdigit (p[n]))
    n++;
  return n;
}

/* How many bytes both begin with, short of a number that differs: names that are sorted have much
 * in common. */
static gsize
skip_same (const char *a, const char *b)
{
  gsize at = 0, number = 0; /* where the run of digits at `at` begins */
  for (; a[at] == b[at] && a[at] != '\0'; at++)
    if (!g_ascii_isdigit (a[at]))
      number = at + 1;
  return number;
}

int
sv_text_compare_natural (const char *a, const char *b)
{
  gsize same = skip_same (a, b);
  const char *p = a + same, *q = b + same;
  while (*p != '\0' && *q != '\0') {
    if (!g_ascii_isdigit (*p) || !g_ascii_isdigit (*q)) {
      if (*p != *q)
        return (guchar)*p - (guchar)*q;
      p++;
      q++;
      continue;
    }
    p = skip_zeros (p);
    q = skip_zeros (q);
    gsize m = digit_run (p), n = digit_run (q);
    int order = m != n ? (m > n ? 1 : -1) : strncmp (p, q, m);
    if (order != 0)
      return order;
    p += m;
    q += n;
  }
  int order = (guchar)*p - (guchar)*q;
  return order != 0 ? order : strcmp (a, b);
}

gboolean
sv_text_glob (const char *pattern, const char *text)
{
  const char *star = NULL, *resume = NULL;
  while (*text != '\0') {
    if (*pattern == '*') {
      star = pattern++;
      resume = text;
    } else if (*pattern == *text || *pattern == '?') {
      pattern++;
      text++;
    } else if (star != NULL) {
      pattern = star + 1;
      text = ++resume;
    } else {
      return FALSE;
    }
  }
  while (*pattern == '*')
    pattern++;
  return *pattern == '\0';
}
