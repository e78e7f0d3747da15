#include "advisory/changelog.h"

#include <string.h>

static const SvField entry_fields[] = {
    SV_FIELD (SvChangelogEntry, source, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Source package that it is evidence for"),
    SV_FIELD (SvChangelogEntry, named, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Source package that its heading names"),
    SV_FIELD (SvChangelogEntry, version, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Source version"),
    SV_FIELD (SvChangelogEntry, distribution, SV_TYPE_STRING, .doc = "Suite it was made for"),
    SV_FIELD (SvChangelogEntry, urgency, SV_TYPE_STRING, .doc = "Urgency of the upload"),
    SV_FIELD (SvChangelogEntry, dated_at_us, SV_TYPE_INSTANT, .doc = "When it was signed off"),
    SV_FIELD (SvChangelogEntry, vulnerabilities, SV_TYPE_STRINGS, .doc = "CVE ids that it names"),
};
SV_RECORD_TYPE (sv_changelog_entry_type, SvChangelogEntry, "ChangelogEntry", entry_fields,
                "One entry of a source package's changelog");

/* --- headings --- */

static const char name_characters[] = "abcdefghijklmnopqrstuvwxyz0123456789+-.";
static const char suite_characters[] = /* of several, divided by blanks */
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.~_ ";

/* New string: the word behind "urgency=", in lower case; NULL if there is none. */
static char *
find_urgency (const char *metadata)
{
  g_auto (GStrv) pairs = g_strsplit (metadata, ",", -1);
  for (char **pair = pairs; *pair != NULL; pair++) {
    g_strstrip (*pair);
    if (g_ascii_strncasecmp (*pair, "urgency=", strlen ("urgency=")) != 0)
      continue;
    const char *word = *pair + strlen ("urgency=");
    return g_ascii_strdown (word, (gssize)strcspn (word, " ("));
  }
  return NULL;
}

/* "source (version) distribution …; key=value, …". FALSE if @line is none. */
static gboolean
parse_heading (const char *line, SvChangelogEntry *entry)
{
  gsize name = strspn (line, name_characters);
  const char *open = line + name;

  if (name == 0 || !g_str_has_prefix (open, " ("))
    return FALSE;
  const char *version = open + 2, *close = strchr (version, ')');
  const char *semicolon = close != NULL ? strchr (close, ';') : NULL;
  if (semicolon == NULL || close == version || close - version > SV_LIMIT_VERSION_BYTES ||
      memchr (version, ' ', (gsize)(close - version)) != NULL)
    return FALSE;
  g_autofree char *suites = g_strndup (close + 1, (gsize)(semicolon - close - 1));
  g_strstrip (suites);
  if (*suites == '\0' || suites[strspn (suites, suite_characters)] != '\0')
    return FALSE;
  entry->named = g_strndup (line, name);
  entry->version = g_strndup (version, (gsize)(close - version));
  entry->distribution = g_steal_pointer (&suites);
  entry->urgency = find_urgency (semicolon + 1);
  return TRUE;
}

/* " -- name <address>  date" */
static gboolean
parse_trailer (const char *line, SvChangelogEntry *entry)
{
  const char *address = g_str_has_prefix (line, " -- ") ? strrchr (line, '>') : NULL;
  if (address == NULL)
    return g_str_has_prefix (line, " -- ");
  g_autofree char *date = g_strstrip (g_strdup (address + 1));
  sv_time_parse_mail (date, &entry->dated_at_us, NULL);
  return TRUE;
}

/* --- lineage --- */

/* True if one name is the other with something behind it: a source that was renamed, or signed. */
static gboolean
is_akin (const char *a, const char *b)
{
  gsize length = MIN (strlen (a), strlen (b));
  const char *rest = a[length] != '\0' ? a + length : b + length;
  return strncmp (a, b, length) == 0 && (*rest == '\0' || *rest == '-' || g_ascii_isdigit (*rest));
}

typedef struct {
  SvChangelogFunc func;
  gpointer user_data;
  char *lineage;
  gboolean told; /* the lineage is not guessed from headings */
  gboolean open; /* inside an entry */
  SvChangelogEntry entry;
} Parser;

static void
set_lineage (Parser *parser, const char *name, gboolean told)
{
  sv_text_set (&parser->lineage, name);
  parser->told = told;
}

static gboolean
close_entry (Parser *parser, GError **error)
{
  gboolean fine = TRUE;
  if (parser->open)
    fine = parser->func (&parser->entry, parser->user_data, error);
  parser->open = FALSE;
  sv_record_clear (&sv_changelog_entry_type, &parser->entry);
  return fine;
}

static void
open_entry (Parser *parser, SvChangelogEntry *heading)
{
  if (!parser->told && (parser->lineage == NULL || !is_akin (parser->lineage, heading->named)))
    set_lineage (parser, heading->named, FALSE);
  parser->entry = *heading;
  parser->entry.source = g_strdup (parser->lineage);
  parser->entry.vulnerabilities = sv_strings_new ();
  parser->open = TRUE;
}

/* --- lines --- */

static const char divider[] = "##### ";

static gboolean
parse_line (Parser *parser, const char *line, gsize length, GError **error)
{
  SvChangelogEntry heading = {0};

  if (g_str_has_prefix (line, divider)) {
    g_autofree char *name = g_strstrip (g_strdup (line + strlen (divider)));
    gboolean fine = close_entry (parser, error);
    set_lineage (parser, name, TRUE);
    return fine;
  }
  if (parse_heading (line, &heading)) {
    gboolean fine = close_entry (parser, error);
    open_entry (parser, &heading);
    return fine;
  }
  if (!parser->open)
    return TRUE;
  if (parse_trailer (line, &parser->entry))
    return close_entry (parser, error);
  sv_text_collect_cves (line, length, parser->entry.vulnerabilities);
  return TRUE;
}

/* Takes the whole lines out of @text; a line that is too long is cut. */
static gboolean
parse_text (Parser *parser, GString *text, gboolean at_end, GError **error)
{
  gsize at = 0;
  while (at < text->len) {
    char *line = text->str + at;
    char *end = memchr (line, '\n', text->len - at);
    gsize length = end != NULL ? (gsize)(end - line) : text->len - at;
    if (end == NULL && !at_end && length < SV_LIMIT_LINE_BYTES)
      break;
    line[length] = '\0';
    if (!parse_line (parser, line, length, error))
      return FALSE;
    at += length + (end != NULL ? 1 : 0);
  }
  g_string_erase (text, 0, (gssize)at);
  return TRUE;
}

static gboolean
parse_stream (Parser *parser, SvStream *stream, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char block[16 * 1024];
  gssize got;

  while ((got = sv_stream_read (stream, block, sizeof block, error)) > 0) {
    g_string_append_len (text, block, got);
    if (!parse_text (parser, text, FALSE, error))
      return FALSE;
  }
  return got == 0 && parse_text (parser, text, TRUE, error) && close_entry (parser, error);
}

gboolean
sv_changelog_parse (SvStream *stream, const char *lineage, SvChangelogFunc func, gpointer user_data,
                    GError **error)
{
  Parser parser = {.func = func, .user_data = user_data};

  set_lineage (&parser, lineage, lineage != NULL);
  gboolean fine = parse_stream (&parser, stream, error);
  sv_record_clear (&sv_changelog_entry_type, &parser.entry);
  g_free (parser.lineage);
  if (!fine)
    g_prefix_error (error, "changelog '%s': ", sv_stream_get_name (stream));
  return fine;
}
