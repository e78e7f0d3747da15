/* Text from strangers made safe for where it goes. */
#pragma once

#include <glib.h>

/* New string safe on a terminal and in a log line: control characters, bidirectional overrides and
 * invalid UTF-8 are shown as \xNN or \u{NNNN}; nothing else changes. NULL gives "". */
char *sv_text_printable (const char *text);

/* Appends a line, made printable as a whole. */
void sv_text_append_line (GString *out, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Appends one CSV field (RFC 4180), quoted when needed; a field that a spreadsheet would take for
 * a formula (= + - @ tab, CR) is prefixed with an apostrophe. NULL appends nothing. */
void sv_text_append_csv (GString *out, const char *text);

/* Inline, so that the static analysers see through them. */
static inline gboolean
sv_text_is_empty (const char *text)
{
  return text == NULL || *text == '\0';
}

/* @text if it says anything, else NULL. */
static inline const char *
sv_text_or_null (const char *text)
{
  return sv_text_is_empty (text) ? NULL : text;
}

/* Replaces an owned text by a copy of another, or by the other itself. NULL is a text too. */
void sv_text_set (char **member, const char *text);
void sv_text_take (char **member, char *text);

/* Columns that @text takes on a terminal. */
gsize sv_text_width (const char *text);

/* Decimal, optional sign, nothing else around it. */
gboolean sv_text_parse_int64 (const char *text, gint64 *ret_value, GError **error);

/* True if @text is an id like CVE-2024-1234 (4 digits, then 4 to 19). */
gboolean sv_text_is_cve (const char *text);

/* Appends each distinct CVE id found anywhere in @text to @list (strings), in order of first
 * appearance; ids already in the list are not added again. */
void sv_text_collect_cves (const char *text, gsize length, GPtrArray *list);

/* Like strcmp, but digit runs compare as numbers: CVE-2024-999 before CVE-2024-10000. */
int sv_text_compare_natural (const char *a, const char *b);

/* Shell-style wildcard match of a whole name: * and ? only. */
gboolean sv_text_glob (const char *pattern, const char *text);
