#include "base/json_scan.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"

enum { BLOCK_BYTES = 128 * 1024 };

/* Where the text of a word goes, and how much of it there was. */
typedef struct {
  GString *text; /* NULL: only counted */
  gsize length;
} Word;

void
sv_json_scan_init (SvJsonScan *scan, SvStream *stream)
{
  *scan = (SvJsonScan){.stream = stream, .line = 1, .max_bytes = SV_LIMIT_JSON_STRING_BYTES};
  scan->at = scan->end = scan->buffer = g_malloc (BLOCK_BYTES);
}

void
sv_json_scan_clear (SvJsonScan *scan)
{
  g_clear_error (&scan->failure);
  g_clear_pointer (&scan->buffer, g_free);
}

guint64
sv_json_scan_get_offset (const SvJsonScan *scan)
{
  return scan->before + (guint64)(scan->at - scan->buffer);
}

gboolean
sv_json_scan_fail (SvJsonScan *scan, int code, const char *reason)
{
  if (scan->failure == NULL)
    g_set_error_literal (&scan->failure, SV_ERROR, code, reason);
  return FALSE;
}

static gboolean
malformed (SvJsonScan *scan, const char *reason)
{
  return sv_json_scan_fail (scan, SV_ERROR_INVALID_DATA, reason);
}

gboolean
sv_json_scan_fill (SvJsonScan *scan)
{
  if (scan->failure != NULL)
    return FALSE;
  scan->before += (guint64)(scan->end - scan->buffer);
  gssize got = sv_stream_read (scan->stream, scan->buffer, BLOCK_BYTES, &scan->failure);
  scan->at = scan->buffer;
  scan->end = scan->buffer + MAX (got, 0);
  return got > 0;
}

int
sv_json_scan_look_far (SvJsonScan *scan)
{
  for (;;) {
    const guint8 *at = scan->at, *end = scan->end;
    for (; at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'); at++)
      scan->line += *at == '\n';
    scan->at = at;
    if (at < end)
      return *at;
    if (!sv_json_scan_fill (scan))
      return -1;
  }
}

static gboolean
add_bytes (SvJsonScan *scan, Word *word, const guint8 *bytes, gsize n)
{
  word->length += n;
  if (word->length > scan->max_bytes)
    return sv_json_scan_fail (scan, SV_ERROR_LIMIT, "a string or number is too long");
  if (word->text != NULL)
    g_string_append_len (word->text, (const char *)bytes, (gssize)n);
  return TRUE;
}

/* Nonzero if one of eight bytes is a quote, a backslash, below space or not ASCII. A borrow between
 * bytes can only come from one that is. */
static inline guint64
special_bytes (guint64 eight)
{
  const guint64 each = G_GUINT64_CONSTANT (0x0101010101010101);
  guint64 control = eight - each * ' ';
  guint64 quote = (eight ^ each * '"') - each;
  guint64 backslash = (eight ^ each * '\\') - each;
  return (eight | control | quote | backslash) & each * 0x80;
}

static const guint8 *
find_special (const guint8 *at, const guint8 *end)
{
  for (; end - at >= 8; at += 8) {
    guint64 eight;
    memcpy (&eight, at, sizeof eight);
    if (special_bytes (eight) != 0)
      break;
  }
  while (at < end && *at >= ' ' && *at < 0x80 && *at != '"' && *at != '\\')
    at++;
  return at;
}

/* Bytes that a lead byte asks for, and what the first of them may be: this leaves out overlong
 * forms, surrogates and what is past U+10FFFF. */
typedef struct {
  guint8 first_lead, last_lead;
  guint8 first, last;
  guint8 n_more;
} Utf8Range;

static const Utf8Range utf8_ranges[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 1}, {0xe0, 0xe0, 0xa0, 0xbf, 2}, {0xe1, 0xec, 0x80, 0xbf, 2},
    {0xed, 0xed, 0x80, 0x9f, 2}, {0xee, 0xef, 0x80, 0xbf, 2}, {0xf0, 0xf0, 0x90, 0xbf, 3},
    {0xf1, 0xf3, 0x80, 0xbf, 3}, {0xf4, 0xf4, 0x80, 0x8f, 3},
};

static gboolean
take_utf8 (SvJsonScan *scan, Word *word)
{
  guint8 bytes[4] = {*scan->at++};
  gsize i = 0;
  while (i < G_N_ELEMENTS (utf8_ranges) && bytes[0] > utf8_ranges[i].last_lead)
    i++;
  if (i == G_N_ELEMENTS (utf8_ranges) || bytes[0] < utf8_ranges[i].first_lead)
    return malformed (scan, "invalid UTF-8 in a string");

  const Utf8Range *range = &utf8_ranges[i];
  for (guint n = 1; n <= range->n_more; n++) {
    int next = sv_json_scan_look (scan);
    if (next < (n == 1 ? range->first : 0x80) || next > (n == 1 ? range->last : 0xbf))
      return malformed (scan, "invalid UTF-8 in a string");
    bytes[n] = (guint8)next;
    scan->at++;
  }
  return add_bytes (scan, word, bytes, range->n_more + 1u);
}

static gboolean
take_hex (SvJsonScan *scan, gunichar *ret_unit)
{
  gunichar unit = 0;
  for (guint i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value ((gchar)MAX (sv_json_scan_look (scan), 0));
    if (digit < 0)
      return malformed (scan, "\\u without four hexadecimal digits");
    unit = unit << 4 | (gunichar)digit;
    scan->at++;
  }
  *ret_unit = unit;
  return TRUE;
}

static gboolean
take_byte (SvJsonScan *scan, int byte)
{
  if (sv_json_scan_look (scan) != byte)
    return FALSE;
  scan->at++;
  return TRUE;
}

static gboolean
take_unicode (SvJsonScan *scan, Word *word)
{
  gunichar unit, low;
  if (!take_hex (scan, &unit))
    return FALSE;
  if (unit >= 0xdc00 && unit <= 0xdfff)
    return malformed (scan, "lone surrogate in a string");
  if (unit >= 0xd800 && unit <= 0xdbff) {
    if (!take_byte (scan, '\\') || !take_byte (scan, 'u'))
      return malformed (scan, "lone surrogate in a string");
    if (!take_hex (scan, &low))
      return FALSE;
    if (low < 0xdc00 || low > 0xdfff)
      return malformed (scan, "lone surrogate in a string");
    unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
  }
  char bytes[6];
  gsize n = (gsize)g_unichar_to_utf8 (unit, bytes);
  return add_bytes (scan, word, (const guint8 *)bytes, n);
}

static gboolean
take_escape (SvJsonScan *scan, Word *word)
{
  static const char names[] = "\"\\/bfnrt";
  static const char values[] = "\"\\/\b\f\n\r\t";
  scan->at++;
  int c = sv_json_scan_look (scan);
  if (c == 'u') {
    scan->at++;
    return take_unicode (scan, word);
  }
  const char *name = c > 0 ? strchr (names, c) : NULL;
  if (name == NULL)
    return malformed (scan, "unknown escape in a string");
  scan->at++;
  return add_bytes (scan, word, (const guint8 *)&values[name - names], 1);
}

gboolean
sv_json_scan_string (SvJsonScan *scan, GString *text)
{
  Word word = {.text = text};
  scan->at++;
  for (;;) {
    if (sv_json_scan_look (scan) < 0)
      return malformed (scan, "the document ends inside a string");
    const guint8 *special = find_special (scan->at, scan->end);
    if (!add_bytes (scan, &word, scan->at, (gsize)(special - scan->at)))
      return FALSE;
    scan->at = special;
    if (special == scan->end)
      continue;
    if (*special == '"') {
      scan->at++;
      return TRUE;
    }
    if (*special < ' ')
      return malformed (scan, "control character in a string");
    if (*special == '\\' ? !take_escape (scan, &word) : !take_utf8 (scan, &word))
      return FALSE;
  }
}

static const char *
pass_digits (const char *at)
{
  while (g_ascii_isdigit (*at))
    at++;
  return at;
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? */
static gboolean
is_number (const char *at)
{
  at += *at == '-';
  const char *whole = at;
  at = pass_digits (at);
  if (at == whole || (*whole == '0' && at > whole + 1))
    return FALSE;
  if (*at == '.') {
    const char *fraction = ++at;
    at = pass_digits (at);
    if (at == fraction)
      return FALSE;
  }
  if (*at == 'e' || *at == 'E') {
    at += at[1] == '+' || at[1] == '-' ? 2 : 1;
    const char *exponent = at;
    at = pass_digits (at);
    if (at == exponent)
      return FALSE;
  }
  return *at == '\0';
}

static gboolean
is_number_byte (guint8 byte)
{
  return g_ascii_isdigit ((gchar)byte) || byte == '-' || byte == '+' || byte == '.' ||
         (byte | 0x20) == 'e';
}

gboolean
sv_json_scan_number (SvJsonScan *scan, GString *text)
{
  Word word = {.text = text};
  do {
    const guint8 *begin = scan->at;
    while (scan->at < scan->end && is_number_byte (*scan->at))
      scan->at++;
    if (!add_bytes (scan, &word, begin, (gsize)(scan->at - begin)))
      return FALSE;
  } while (scan->at == scan->end && sv_json_scan_fill (scan));
  return is_number (text->str) || malformed (scan, "malformed number");
}

gboolean
sv_json_scan_literal (SvJsonScan *scan, const char *word)
{
  for (; *word != '\0'; word++)
    if (!take_byte (scan, *word))
      return malformed (scan, "expected a value");
  return TRUE;
}
