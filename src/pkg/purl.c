#include "pkg/purl_type.h"

#include <string.h>

static const SvField purl_fields[] = {
    SV_FIELD (SvPurl, type, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .doc = "Package type."),
    SV_FIELD (SvPurl, namespace, SV_TYPE_STRING, .doc = "Vendor, group or owner."),
    SV_FIELD (SvPurl, name, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .doc = "Package name."),
    SV_FIELD (SvPurl, version, SV_TYPE_STRING, .doc = "Package version."),
    SV_FIELD (SvPurl, qualifiers, SV_TYPE_STRINGS, .doc = "Each as key=value, sorted by key."),
    SV_FIELD (SvPurl, subpath, SV_TYPE_STRING, .doc = "Path inside the package."),
};
SV_RECORD_TYPE (sv_purl_type, SvPurl, "Purl", purl_fields, "Components of a package URL.");

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

void
sv_purl_free (SvPurl *purl)
{
  sv_record_free (&sv_purl_type, purl);
}

/* --- qualifiers, as "key=value" --- */

static gsize
key_length (const char *qualifier)
{
  return strcspn (qualifier, "=");
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  const char *left = *(const char *const *)a, *right = *(const char *const *)b;
  gsize left_length = key_length (left), right_length = key_length (right);
  int order = strncmp (left, right, MIN (left_length, right_length));
  return order != 0 ? order : (left_length > right_length) - (left_length < right_length);
}

const char *
sv_purl_find_qualifier (const SvPurl *purl, const char *key)
{
  gsize length = strlen (key);
  for (guint i = 0; purl->qualifiers != NULL && i < purl->qualifiers->len; i++) {
    const char *qualifier = g_ptr_array_index (purl->qualifiers, i);
    if (key_length (qualifier) == length && strncmp (qualifier, key, length) == 0)
      return qualifier[length] == '=' ? qualifier + length + 1 : NULL;
  }
  return NULL;
}

/* --- normal form of the components --- */

static void
join_segments (char **member, const char *const *dropped)
{
  if (*member == NULL)
    return;
  g_auto (GStrv) segments = g_strsplit (*member, "/", -1);
  GString *joined = g_string_new (NULL);
  for (gsize i = 0; segments[i] != NULL; i++)
    if (!g_strv_contains (dropped, segments[i]))
      g_string_append_printf (joined, "%s%s", joined->len > 0 ? "/" : "", segments[i]);
  sv_text_take (member, g_string_free (joined, FALSE));
}

static gboolean
normalize_type (SvPurl *purl, GError **error)
{
  if (sv_text_is_empty (purl->type))
    return sv_error_set_invalid (error, "no type in", "pkg:");
  sv_text_take (&purl->type, g_ascii_strdown (purl->type, -1));
  if (strchr (LETTERS, purl->type[0]) == NULL ||
      strspn (purl->type, LETTERS DIGITS ".-") != strlen (purl->type))
    return sv_error_set_invalid (
        error, "a type begins with a letter and holds letters, digits, '.' and '-': not",
        purl->type);
  return TRUE;
}

static gboolean
normalize_key (char *qualifier, GError **error)
{
  gsize length = key_length (qualifier);
  for (gsize i = 0; i < length; i++)
    qualifier[i] = g_ascii_tolower (qualifier[i]);
  if (length == 0 || strchr (LETTERS, qualifier[0]) == NULL ||
      strspn (qualifier, LETTERS DIGITS ".-_") != length || qualifier[length] != '=')
    return sv_error_set_invalid (
        error, "a qualifier is key=value, with a key of letters, digits, '.', '-', '_': not",
        qualifier);
  return TRUE;
}

/* Drops qualifiers without a value, sorts the others, refuses a key given twice. */
static gboolean
normalize_qualifiers (SvPurl *purl, GError **error)
{
  GPtrArray *list = purl->qualifiers;
  for (guint i = list != NULL ? list->len : 0; i-- > 0;) {
    char *qualifier = g_ptr_array_index (list, i);
    if (!normalize_key (qualifier, error))
      return FALSE;
    if (qualifier[key_length (qualifier) + 1] == '\0')
      g_ptr_array_remove_index (list, i);
  }
  if (list != NULL)
    g_ptr_array_sort (list, compare_keys);
  for (guint i = 1; list != NULL && i < list->len; i++)
    if (compare_keys (&list->pdata[i - 1], &list->pdata[i]) == 0)
      return sv_error_set_invalid (error, "qualifier key given twice:", list->pdata[i]);
  return TRUE;
}

static gboolean
check_required (const SvPurl *purl, const SvPurlType *type, GError **error)
{
  if (sv_text_is_empty (purl->name))
    return sv_error_set_invalid (error, "no name in a purl of type", purl->type);
  if (type->namespace == SV_PURL_REQUIRED && purl->namespace == NULL)
    return sv_error_set_invalid (error, "a namespace is required in a purl of type", purl->type);
  if (type->namespace == SV_PURL_PROHIBITED && purl->namespace != NULL)
    return sv_error_set_invalid (error, "there is no namespace in a purl of type", purl->type);
  if (type->qualifier != NULL && sv_purl_find_qualifier (purl, type->qualifier) == NULL)
    return sv_error_set_invalid (error, "missing qualifier", type->qualifier);
  return TRUE;
}

static gboolean
check_utf8 (const SvPurl *purl, GError **error)
{
  const char *const texts[] = {purl->namespace, purl->name, purl->version, purl->subpath};
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i] != NULL && !g_utf8_validate (texts[i], -1, NULL))
      return sv_error_set_invalid (error, "no UTF-8:", texts[i]);
  for (guint i = 0; purl->qualifiers != NULL && i < purl->qualifiers->len; i++)
    if (!g_utf8_validate (purl->qualifiers->pdata[i], -1, NULL))
      return sv_error_set_invalid (error, "no UTF-8:", purl->qualifiers->pdata[i]);
  return TRUE;
}

static void
strip_slashes (char **member)
{
  const char *begin = sv_text_is_empty (*member) ? "" : *member + strspn (*member, "/");
  gsize length = strlen (begin);
  while (length > 0 && begin[length - 1] == '/')
    length--;
  sv_text_take (member, g_strndup (begin, length));
}

static void
normalize_paths (SvPurl *purl)
{
  static const char *const empty[] = {"", NULL};
  static const char *const empty_and_dots[] = {"", ".", "..", NULL};
  char **const members[] = {&purl->namespace, &purl->version, &purl->subpath};
  join_segments (&purl->namespace, empty);
  join_segments (&purl->subpath, empty_and_dots);
  strip_slashes (&purl->name);
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    if (sv_text_is_empty (*members[i]))
      sv_text_take (members[i], NULL);
}

static gboolean
normalize (SvPurl *purl, GError **error)
{
  if (!check_utf8 (purl, error) || !normalize_type (purl, error) ||
      !normalize_qualifiers (purl, error))
    return FALSE;
  const SvPurlType *type = sv_purl_type_find (purl->type);
  normalize_paths (purl);
  if (type->flags & SV_PURL_FOLD_NAMESPACE)
    sv_purl_fold (&purl->namespace);
  if (type->flags & SV_PURL_FOLD_NAME)
    sv_purl_fold (&purl->name);
  if (type->flags & SV_PURL_FOLD_VERSION)
    sv_purl_fold (&purl->version);
  return check_required (purl, type, error) && (type->refine == NULL || type->refine (purl, error));
}

/* --- building --- */

static void
append_encoded (GString *out, const char *text, const char *kept)
{
  for (const char *c = text; *c != '\0'; c++)
    if (g_ascii_isalnum (*c) || strchr (kept, *c) != NULL)
      g_string_append_c (out, *c);
    else
      g_string_append_printf (out, "%%%02X", (guchar)*c);
}

#define KEPT ".-_~:"
#define KEPT_IN_PATH KEPT "/"

static char *
format (const SvPurl *purl)
{
  gboolean name_is_path = (sv_purl_type_find (purl->type)->flags & SV_PURL_NAME_IS_PATH) != 0;
  GString *out = g_string_new ("pkg:");
  g_string_append_printf (out, "%s/", purl->type);
  if (purl->namespace != NULL) {
    append_encoded (out, purl->namespace, KEPT_IN_PATH);
    g_string_append_c (out, '/');
  }
  append_encoded (out, purl->name, name_is_path ? KEPT_IN_PATH : KEPT);
  if (purl->version != NULL) {
    g_string_append_c (out, '@');
    append_encoded (out, purl->version, KEPT);
  }
  for (guint i = 0; purl->qualifiers != NULL && i < purl->qualifiers->len; i++) {
    const char *qualifier = purl->qualifiers->pdata[i];
    int length = (int)key_length (qualifier);
    g_string_append_printf (out, "%c%.*s=", i == 0 ? '?' : '&', length, qualifier);
    append_encoded (out, qualifier + length + 1, KEPT);
  }
  if (purl->subpath != NULL) {
    g_string_append_c (out, '#');
    append_encoded (out, purl->subpath, KEPT_IN_PATH);
  }
  return g_string_free (out, FALSE);
}

char *
sv_purl_build (const SvPurl *purl, GError **error)
{
  g_autoptr (SvPurl) copy = sv_record_copy (&sv_purl_type, purl);
  return normalize (copy, error) ? format (copy) : NULL;
}

/* --- parsing --- */

/* Cuts @text at @separator, which may be there once. Returns what is behind it, or NULL. */
static gboolean
cut (char *text, char separator, char **ret_behind, GError **error)
{
  char *at = strchr (text, separator);
  *ret_behind = at != NULL ? at + 1 : NULL;
  if (at == NULL)
    return TRUE;
  if (strchr (at + 1, separator) != NULL)
    return sv_error_set_invalid (error,
                                 separator == '#' ? "a second '#' not encoded as %23 in"
                                                  : "a second '?' not encoded as %3F in",
                                 text);
  *at = '\0';
  return TRUE;
}

/* New string; NULL with @error set for a broken percent sign or an encoded NUL. */
static char *
decode (const char *text, GError **error)
{
  char *decoded = g_uri_unescape_string (text, NULL);
  if (decoded == NULL)
    sv_error_set_invalid (error, "broken percent-encoding in", text);
  return decoded;
}

/* The segments of a path, each decoded; an encoded slash would become a separator. */
static gboolean
decode_path (const char *path, char **ret_decoded, GError **error)
{
  g_auto (GStrv) segments = g_strsplit (path, "/", -1);
  for (gsize i = 0; segments[i] != NULL; i++) {
    char *decoded = decode (segments[i], error);
    if (decoded == NULL)
      return FALSE;
    sv_text_take (&segments[i], decoded);
    if (strchr (decoded, '/') != NULL)
      return sv_error_set_invalid (error, "an encoded '/' in the segment", decoded);
  }
  *ret_decoded = g_strjoinv ("/", segments);
  return TRUE;
}

/* The '@' before the version: the last one, unless it begins a segment that others follow, as the
 * scope of an npm package does. */
static char *
find_version (char *path)
{
  char *at = strrchr (path, '@');
  if (at == NULL || ((at == path || at[-1] == '/') && strchr (at, '/') != NULL))
    return NULL;
  return at;
}

/* @path: what is behind the type: namespace, name and version. */
static gboolean
parse_names (SvPurl *purl, char *path, GError **error)
{
  char *at = find_version (path);
  if (at != NULL && (purl->version = decode (at + 1, error)) == NULL)
    return FALSE;
  if (at != NULL)
    *at = '\0';
  while (path[0] == '/')
    path++;
  for (gsize length = strlen (path); length > 0 && path[length - 1] == '/'; length--)
    path[length - 1] = '\0';
  gboolean name_is_path = (sv_purl_type_find (purl->type)->flags & SV_PURL_NAME_IS_PATH) != 0;
  char *slash = name_is_path ? strchr (path, '/') : strrchr (path, '/');
  const char *name = slash != NULL ? slash + 1 : path;
  if (slash != NULL) {
    *slash = '\0';
    if (!decode_path (path, &purl->namespace, error))
      return FALSE;
  }
  purl->name = decode (name, error);
  return purl->name != NULL;
}

static gboolean
parse_qualifier (SvPurl *purl, const char *text, gboolean strict, GError **error)
{
  gsize length = key_length (text);
  gboolean exact = strict && (sv_purl_type_find (purl->type)->flags & SV_PURL_EXACT_KEYS);
  if (text[length] == '\0')
    return sv_error_set_invalid (error, "no '=' in the qualifier", text);
  for (gsize i = 0; exact && i < length; i++)
    if (g_ascii_isupper (text[i]))
      return sv_error_set_invalid (error, "qualifier keys are lower case: not", text);
  g_autofree char *value = decode (text + length + 1, error);
  if (value == NULL)
    return FALSE;
  g_ptr_array_add (purl->qualifiers, g_strdup_printf ("%.*s=%s", (int)length, text, value));
  return TRUE;
}

static gboolean
parse_qualifiers (SvPurl *purl, const char *text, gboolean strict, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "&", -1);
  purl->qualifiers = sv_strings_new ();
  for (gsize i = 0; parts[i] != NULL; i++)
    if (!parse_qualifier (purl, parts[i], strict, error))
      return FALSE;
  return TRUE;
}

/* Takes "pkg:", also "pkg:/" and "pkg://", off @text. */
static char *
skip_scheme (char *text)
{
  if (g_ascii_strncasecmp (text, "pkg:", 4) != 0)
    return NULL;
  return text + 4 + strspn (text + 4, "/");
}

/* @text is taken apart in place. */
static gboolean
parse (char *text, gboolean strict, SvPurl *purl, GError **error)
{
  char *subpath, *qualifiers, *rest = skip_scheme (text);
  if (rest == NULL)
    return sv_error_set_invalid (error, "a purl begins with pkg:, not", text);
  if (!cut (rest, '#', &subpath, error) || !cut (rest, '?', &qualifiers, error))
    return FALSE;
  char *slash = strchr (rest, '/');
  if (slash == NULL)
    return sv_error_set_invalid (error, "no name behind the type", rest);
  purl->type = g_ascii_strdown (rest, slash - rest);
  return parse_names (purl, slash + 1, error) &&
         (sv_text_is_empty (qualifiers) || parse_qualifiers (purl, qualifiers, strict, error)) &&
         (subpath == NULL || decode_path (subpath, &purl->subpath, error)) &&
         normalize (purl, error);
}

static gboolean
check_text (const char *text, GError **error)
{
  if (strlen (text) > SV_LIMIT_PURL_BYTES) {
    g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "purl of more than %d bytes",
                 SV_LIMIT_PURL_BYTES);
    return FALSE;
  }
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c))
      return sv_error_set_invalid (error, "a character that must be percent-encoded in", text);
  return TRUE;
}

static SvPurl *
parse_text (const char *text, gboolean strict, GError **error)
{
  g_autofree char *copy = g_strdup (text);
  g_autoptr (SvPurl) purl = sv_record_new (&sv_purl_type);
  if (!check_text (text, error))
    return NULL;
  if (!parse (copy, strict, purl, error)) {
    g_prefix_error (error, "bad purl '%s': ", text);
    return NULL;
  }
  return g_steal_pointer (&purl);
}

SvPurl *
sv_purl_parse (const char *text, GError **error)
{
  return parse_text (text, TRUE, error);
}

char *
sv_purl_canonicalize (const char *text, GError **error)
{
  g_autoptr (SvPurl) purl = parse_text (text, FALSE, error);
  return purl != NULL ? format (purl) : NULL;
}
