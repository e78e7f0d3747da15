#include "pkg/cpe.h"

#include <string.h>

#define ATTRIBUTE(member, text) SV_FIELD (SvCpe, member, SV_TYPE_STRING, .doc = text)

/* In the order of the formatted string. */
static const SvField cpe_fields[] = {
    ATTRIBUTE (part, "a, o or h."),
    ATTRIBUTE (vendor, "Vendor."),
    ATTRIBUTE (product, "Product."),
    ATTRIBUTE (version, "Version."),
    ATTRIBUTE (update, "Update, service pack or patch level."),
    ATTRIBUTE (edition, "Edition, a term of CPE 2.2."),
    ATTRIBUTE (language, "Language tag."),
    ATTRIBUTE (sw_edition, "Software edition."),
    ATTRIBUTE (target_sw, "Software that it runs in."),
    ATTRIBUTE (target_hw, "Hardware that it runs on."),
    ATTRIBUTE (other, "Anything else."),
};
SV_RECORD_TYPE (sv_cpe_type, SvCpe, "Cpe", cpe_fields, "Attributes of a CPE 2.3 name.");

enum { PART, VENDOR, PRODUCT, VERSION, UPDATE, EDITION, LANGUAGE, SW_EDITION, N_ATTRIBUTES = 11 };
#define N_URI_COMPONENTS (LANGUAGE + 1)
#define FORMATTED_PREFIX "cpe:2.3:"
#define URI_PREFIX "cpe:/"
#define PLAIN_PUNCTUATION "._-"

const char *const sv_cpe_relation_names[] = {"undefined", "disjoint", "equal",
                                             "subset",    "superset", NULL};

void
sv_cpe_free (SvCpe *cpe)
{
  sv_record_free (&sv_cpe_type, cpe);
}

static char **
attribute_of (SvCpe *cpe, guint index)
{
  return (char **)G_STRUCT_MEMBER_P (cpe, cpe_fields[index].offset);
}

static const char *
get (const SvCpe *cpe, guint index)
{
  return *attribute_of ((SvCpe *)cpe, index);
}

static gboolean
is_logical (const char *attribute)
{
  return g_str_equal (attribute, SV_CPE_ANY) || g_str_equal (attribute, SV_CPE_NA);
}

/* --- wildcards: an asterisk, or a run of question marks, at either end of a value --- */

typedef struct {
  const char *body;
  gsize length;
  gsize before, after; /* characters that may stand there; G_MAXSIZE for an asterisk */
} Pattern;

static gboolean
is_escaped (const char *text, gsize at)
{
  gsize n_backslashes = 0;
  while (n_backslashes < at && text[at - n_backslashes - 1] == '\\')
    n_backslashes++;
  return n_backslashes % 2 == 1;
}

static Pattern
split_pattern (const char *value)
{
  Pattern pattern = {.body = value, .length = strlen (value)};
  gsize begin = 0, end = pattern.length;
  if (value[0] == '*') {
    pattern.before = G_MAXSIZE;
    begin = 1;
  }
  while (pattern.before != G_MAXSIZE && begin < end && value[begin] == '?')
    pattern.before = ++begin;
  if (end > begin && value[end - 1] == '*' && !is_escaped (value, end - 1)) {
    pattern.after = G_MAXSIZE;
    end--;
  }
  while (pattern.after != G_MAXSIZE && end > begin && value[end - 1] == '?' &&
         !is_escaped (value, end - 1)) {
    pattern.after++;
    end--;
  }
  pattern.body = value + begin;
  pattern.length = end - begin;
  return pattern;
}

static gboolean
has_wildcards (const char *value)
{
  Pattern pattern = split_pattern (value);
  return !is_logical (value) && (pattern.before > 0 || pattern.after > 0);
}

static gboolean
has_inner_wildcards (const char *value)
{
  Pattern pattern = split_pattern (value);
  for (gsize i = 0; i < pattern.length; i++)
    if (strchr ("*?", pattern.body[i]) != NULL && (i == 0 || !is_escaped (pattern.body, i)))
      return TRUE;
  gboolean asterisk = pattern.before == G_MAXSIZE || pattern.after == G_MAXSIZE;
  return pattern.length == 0 && asterisk && value[1] != '\0';
}

static char *
unescape (const char *value, gsize length)
{
  GString *plain = g_string_sized_new (length);
  for (gsize i = 0; i < length; i++) {
    if (value[i] == '\\' && i + 1 < length)
      i++;
    g_string_append_c (plain, value[i]);
  }
  return g_string_free (plain, FALSE);
}

char *
sv_cpe_plain_text (const char *attribute)
{
  return is_logical (attribute) ? NULL : unescape (attribute, strlen (attribute));
}

/* @target has no wildcards. A question mark stands for one character or none. */
static gboolean
matches_pattern (const char *source, const char *target)
{
  Pattern pattern = split_pattern (source);
  g_autofree char *body = unescape (pattern.body, pattern.length);
  g_autofree char *text = unescape (target, strlen (target));
  gsize body_length = strlen (body), length = strlen (text);
  for (gsize i = 0; i + body_length <= length && i <= pattern.before; i++)
    if (length - i - body_length <= pattern.after && strncmp (text + i, body, body_length) == 0)
      return TRUE;
  return FALSE;
}

/* --- formatted string --- */

/* One character with its backslash where the canonical form has one. */
static void
append_quoted (GString *out, char c)
{
  if (!g_ascii_isalnum (c) && strchr (PLAIN_PUNCTUATION, c) == NULL)
    g_string_append_c (out, '\\');
  g_string_append_c (out, g_ascii_tolower (c));
}

/* A value may be a single hyphen, which without its backslash would be NA. */
static char *
finish_value (GString *value, gboolean quoted)
{
  if (quoted && g_str_equal (value->str, SV_CPE_NA))
    g_string_assign (value, "\\-");
  return g_string_free (value, FALSE);
}

static char *
read_formatted (const char *text, GError **error)
{
  g_autoptr (GString) value = g_string_new (NULL);
  gboolean quoted = FALSE;
  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '\\' && g_ascii_ispunct (c[1])) {
      append_quoted (value, *++c);
      quoted = TRUE;
    } else if (g_ascii_isalnum (*c) || strchr (PLAIN_PUNCTUATION "*?", *c) != NULL)
      g_string_append_c (value, g_ascii_tolower (*c));
    else {
      sv_error_set_invalid (error, "a character that must be written with a backslash in", text);
      return NULL;
    }
  }
  return finish_value (g_steal_pointer (&value), quoted);
}

/* Takes the text up to the next ':' without a backslash off @rest; NULL at the end. */
static char *
next_component (const char **rest)
{
  const char *begin = *rest, *end = begin;
  if (begin == NULL)
    return NULL;
  while (*end != '\0' && *end != ':')
    end += end[0] == '\\' && end[1] != '\0' ? 2 : 1;
  *rest = *end == ':' ? end + 1 : NULL;
  return g_strndup (begin, (gsize)(end - begin));
}

/* --- URI --- */

/* %01 and %02 are the wildcards; otherwise a percent sign quotes punctuation. */
static gboolean
read_percent (const char *text, GString *value)
{
  int high = g_ascii_xdigit_value (text[1]);
  int low = high >= 0 ? g_ascii_xdigit_value (text[2]) : -1;
  char c = (char)(high * 16 + low);
  if (low < 0 || !(c == 1 || c == 2 || g_ascii_ispunct (c)))
    return FALSE;
  if (c <= 2)
    g_string_append_c (value, c == 1 ? '?' : '*');
  else
    append_quoted (value, c);
  return TRUE;
}

static char *
read_uri (const char *text, GError **error)
{
  g_autoptr (GString) value = g_string_new (NULL);
  if (text[0] == '\0' || g_str_equal (text, SV_CPE_NA))
    return g_strdup (text[0] == '\0' ? SV_CPE_ANY : SV_CPE_NA);
  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '%' && read_percent (c, value))
      c += 2;
    else if (g_ascii_isalnum (*c) || strchr (PLAIN_PUNCTUATION "~", *c) != NULL)
      append_quoted (value, *c);
    else {
      sv_error_set_invalid (error, "a character that must be percent-encoded in", text);
      return NULL;
    }
  }
  return finish_value (g_steal_pointer (&value), TRUE);
}

/* --- names --- */

static gboolean
set_attribute (SvCpe *cpe, guint index, char *value, GError **error)
{
  char **attribute = attribute_of (cpe, index);
  if (value == NULL)
    return FALSE;
  sv_text_take (attribute, value);
  if (value[0] == '\0')
    return sv_error_set_invalid (error, "nothing given for", cpe_fields[index].name);
  if (has_inner_wildcards (value))
    return sv_error_set_invalid (error, "a wildcard that is not at an end of", value);
  if (index == PART && (strchr ("aoh*-", value[0]) == NULL || value[1] != '\0'))
    return sv_error_set_invalid (error, "part is a, o or h, not", value);
  return TRUE;
}

static gboolean
parse_formatted (SvCpe *cpe, const char *text, GError **error)
{
  guint index = 0;
  for (const char *rest = text; rest != NULL; index++) {
    g_autofree char *component = next_component (&rest);
    if (index >= N_ATTRIBUTES)
      return sv_error_set_invalid (error, "more than 11 attributes in", text);
    if (!set_attribute (cpe, index, read_formatted (component, error), error))
      return FALSE;
  }
  return index > PRODUCT ? TRUE : sv_error_set_invalid (error, "no product in", text);
}

/* "~edition~sw_edition~target_sw~target_hw~other", or the plain edition of CPE 2.2. */
static gboolean
parse_edition (SvCpe *cpe, const char *text, GError **error)
{
  if (text[0] != '~')
    return set_attribute (cpe, EDITION, read_uri (text, error), error);
  g_auto (GStrv) parts = g_strsplit (text + 1, "~", -1);
  if (g_strv_length (parts) != 1 + N_ATTRIBUTES - SW_EDITION)
    return sv_error_set_invalid (error, "a packed edition has five parts, not", text);
  for (guint i = 0; parts[i] != NULL; i++)
    if (!set_attribute (cpe, i == 0 ? EDITION : SW_EDITION + i - 1, read_uri (parts[i], error),
                        error))
      return FALSE;
  return TRUE;
}

static gboolean
parse_uri (SvCpe *cpe, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", -1);
  guint n_parts = g_strv_length (parts);
  if (n_parts <= PRODUCT || n_parts > N_URI_COMPONENTS)
    return sv_error_set_invalid (error, "3 to 7 components are needed in", text);
  for (guint i = 0; i < n_parts; i++)
    if (i == EDITION ? !parse_edition (cpe, parts[i], error)
                     : !set_attribute (cpe, i, read_uri (parts[i], error), error))
      return FALSE;
  return TRUE;
}

static gboolean
parse (SvCpe *cpe, const char *text, GError **error)
{
  if (strlen (text) > SV_LIMIT_CPE_BYTES) {
    g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "CPE name of more than %d bytes",
                 SV_LIMIT_CPE_BYTES);
    return FALSE;
  }
  if (g_ascii_strncasecmp (text, FORMATTED_PREFIX, strlen (FORMATTED_PREFIX)) == 0)
    return parse_formatted (cpe, text + strlen (FORMATTED_PREFIX), error);
  if (g_ascii_strncasecmp (text, URI_PREFIX, strlen (URI_PREFIX)) == 0)
    return parse_uri (cpe, text + strlen (URI_PREFIX), error);
  return sv_error_set_invalid (
      error, "a CPE name begins with " FORMATTED_PREFIX " or " URI_PREFIX ", not", text);
}

SvCpe *
sv_cpe_parse (const char *text, GError **error)
{
  g_autoptr (SvCpe) cpe = sv_record_new (&sv_cpe_type);
  for (guint i = 0; i < N_ATTRIBUTES; i++)
    *attribute_of (cpe, i) = g_strdup (SV_CPE_ANY);
  if (!parse (cpe, text, error)) {
    g_prefix_error (error, "bad CPE name: ");
    return NULL;
  }
  return g_steal_pointer (&cpe);
}

/* --- out --- */

char *
sv_cpe_format (const SvCpe *cpe)
{
  GString *out = g_string_new ("cpe:2.3");
  for (guint i = 0; i < N_ATTRIBUTES; i++)
    g_string_append_printf (out, ":%s", get (cpe, i));
  return g_string_free (out, FALSE);
}

char *
sv_cpe_format_key (const SvCpe *cpe)
{
  return g_strdup_printf ("%s:%s:%s", cpe->part, cpe->vendor, cpe->product);
}

static void
append_uri (GString *out, const char *attribute)
{
  if (g_str_equal (attribute, SV_CPE_ANY))
    return;
  if (g_str_equal (attribute, SV_CPE_NA)) {
    g_string_append (out, SV_CPE_NA);
    return;
  }
  for (const char *c = attribute; *c != '\0'; c++)
    if (*c == '\\' && c[1] != '\0')
      g_string_append_printf (out, "%%%02x", (guchar) * ++c);
    else if (*c == '?' || *c == '*')
      g_string_append (out, *c == '?' ? "%01" : "%02");
    else
      g_string_append_c (out, *c);
}

static void
append_edition (GString *out, const SvCpe *cpe)
{
  gboolean packed = FALSE;
  for (guint i = SW_EDITION; i < N_ATTRIBUTES; i++)
    packed = packed || !g_str_equal (get (cpe, i), SV_CPE_ANY);
  if (packed)
    g_string_append_c (out, '~');
  append_uri (out, cpe->edition);
  for (guint i = SW_EDITION; packed && i < N_ATTRIBUTES; i++) {
    g_string_append_c (out, '~');
    append_uri (out, get (cpe, i));
  }
}

char *
sv_cpe_format_uri (const SvCpe *cpe)
{
  GString *out = g_string_new ("cpe:");
  gsize needed = 0;
  for (guint i = 0; i < N_URI_COMPONENTS; i++) {
    g_string_append_c (out, i == 0 ? '/' : ':');
    if (i == EDITION)
      append_edition (out, cpe);
    else
      append_uri (out, get (cpe, i));
    if (i == PRODUCT)
      needed = out->len;
  }
  while (out->len > needed && out->str[out->len - 1] == ':')
    g_string_truncate (out, out->len - 1);
  return g_string_free (out, FALSE);
}

/* --- matching --- */

SvCpeRelation
sv_cpe_compare_attributes (const char *source, const char *target)
{
  if (has_wildcards (target))
    return SV_CPE_UNDEFINED;
  if (g_str_equal (source, target))
    return SV_CPE_EQUAL;
  if (g_str_equal (source, SV_CPE_ANY))
    return SV_CPE_SUPERSET;
  if (g_str_equal (target, SV_CPE_ANY))
    return SV_CPE_SUBSET;
  if (g_str_equal (target, SV_CPE_NA) || !has_wildcards (source))
    return SV_CPE_DISJOINT;
  return matches_pattern (source, target) ? SV_CPE_SUPERSET : SV_CPE_DISJOINT;
}

SvCpeRelation
sv_cpe_compare (const SvCpe *source, const SvCpe *target)
{
  guint n[SV_CPE_SUPERSET + 1] = {0};
  for (guint i = 0; i < N_ATTRIBUTES; i++)
    n[sv_cpe_compare_attributes (get (source, i), get (target, i))]++;
  if (n[SV_CPE_DISJOINT] > 0)
    return SV_CPE_DISJOINT;
  if (n[SV_CPE_UNDEFINED] > 0 || (n[SV_CPE_SUBSET] > 0 && n[SV_CPE_SUPERSET] > 0))
    return SV_CPE_UNDEFINED;
  if (n[SV_CPE_SUBSET] > 0)
    return SV_CPE_SUBSET;
  return n[SV_CPE_SUPERSET] > 0 ? SV_CPE_SUPERSET : SV_CPE_EQUAL;
}

gboolean
sv_cpe_matches (const SvCpe *pattern, const SvCpe *name)
{
  SvCpeRelation relation = sv_cpe_compare (pattern, name);
  return relation == SV_CPE_SUPERSET || relation == SV_CPE_EQUAL;
}

static gboolean
covers_version (const char *advised, const char *version)
{
  gsize length = strlen (advised);
  return !is_logical (advised) && strncmp (advised, version, length) == 0 && version[length] == '.';
}

gboolean
sv_cpe_covers (const SvCpe *advised, const SvCpe *product)
{
  for (guint i = 0; i < N_ATTRIBUTES; i++) {
    const char *wanted = get (advised, i), *given = get (product, i);
    SvCpeRelation relation = sv_cpe_compare_attributes (wanted, given);
    if (relation != SV_CPE_SUPERSET && relation != SV_CPE_EQUAL &&
        !(i == VERSION && covers_version (wanted, given)))
      return FALSE;
  }
  return TRUE;
}
