/* Zone files of name servers (RFC 1035), and what 'dig axfr' prints: A, AAAA and PTR. */
#include "inventory/sighting_read.h"

#include <string.h>

/* Comments go, parentheses join lines; quoted strings stay whole. */
static void
join_lines (char *text)
{
  guint depth = 0;
  gboolean quoted = FALSE, comment = FALSE;
  for (char *c = text; *c != '\0'; c++) {
    if (*c == '\n')
      comment = quoted = FALSE;
    if (*c == '"' && !comment)
      quoted = !quoted;
    comment = comment || (*c == ';' && !quoted);
    depth += !comment && !quoted && *c == '(';
    gboolean closes = !comment && !quoted && *c == ')' && depth > 0;
    if (comment || (!quoted && (*c == '(' || *c == ')')) || (*c == '\n' && depth > 0))
      *c = ' ';
    depth -= closes;
  }
}

typedef struct {
  SvSightingReading *reading;
  char *origin; /* "" or with its final dot */
  char *owner;  /* of the record before */
} Zone;

static char *
make_absolute (const Zone *zone, const char *name)
{
  if (strcmp (name, "@") == 0)
    return g_strdup (zone->origin);
  if (g_str_has_suffix (name, ".") || *zone->origin == '\0')
    return g_strdup (name);
  return g_strconcat (name, ".", zone->origin, NULL);
}

static gboolean
is_ttl_or_class (const char *word)
{
  gsize digits = strspn (word, "0123456789");
  return (digits > 0 && strspn (word, "0123456789smhdwSMHDW") == strlen (word)) ||
         g_ascii_strcasecmp (word, "IN") == 0;
}

#define IPV4_TAIL ".in-addr.arpa"
#define IPV6_TAIL ".ip6.arpa"
#define NIBBLES 32

/* "7.2.0.192.in-addr.arpa." is 192.0.2.7; new, NULL if @name is no such. */
static char *
dup_reversed (const char *name)
{
  g_autofree char *plain = g_ascii_strdown (name, -1);
  if (g_str_has_suffix (plain, "."))
    plain[strlen (plain) - 1] = '\0';
  gboolean wide = g_str_has_suffix (plain, IPV6_TAIL);
  if (!wide && !g_str_has_suffix (plain, IPV4_TAIL))
    return NULL;
  plain[strlen (plain) - strlen (wide ? IPV6_TAIL : IPV4_TAIL)] = '\0';
  g_auto (GStrv) parts = g_strsplit (plain, ".", NIBBLES + 1);
  guint n = g_strv_length (parts);
  if (n != (wide ? NIBBLES : 4))
    return NULL;
  g_autoptr (GString) address = g_string_new (NULL);
  for (guint i = n; i-- > 0;)
    g_string_append_printf (address, "%s%s", parts[i],
                            i == 0       ? ""
                            : !wide      ? "."
                            : i % 4 == 0 ? ":"
                                         : "");
  return g_string_free (g_steal_pointer (&address), FALSE);
}

static gboolean
add_record (Zone *zone, const char *type, const char *data, GError **error)
{
  gboolean points = g_ascii_strcasecmp (type, "PTR") == 0;
  if (!points && g_ascii_strcasecmp (type, "A") != 0 && g_ascii_strcasecmp (type, "AAAA") != 0)
    return TRUE;
  if (data == NULL || zone->owner[0] == '*') { /* a wildcard is no computer */
    sv_sighting_pass_over (zone->reading);
    return TRUE;
  }
  g_autofree char *target = points ? make_absolute (zone, data) : NULL;
  g_autofree char *address = points ? dup_reversed (zone->owner) : g_strdup (data);
  return sv_sighting_add (
      zone->reading, &(SvSightingWords){.name = points ? target : zone->owner, .address = address},
      error);
}

static gboolean
read_record (Zone *zone, char *line, GError **error)
{
  gboolean same_owner = g_ascii_isspace (*line);
  const char *word = sv_word_next (&line);
  if (word == NULL)
    return TRUE;
  if (*word == '$') {
    const char *origin = strcmp (word, "$ORIGIN") == 0 ? sv_word_next (&line) : NULL;
    if (origin != NULL)
      sv_text_take (&zone->origin, make_absolute (zone, origin));
    return TRUE;
  }
  if (!same_owner) {
    sv_text_take (&zone->owner, make_absolute (zone, word));
    word = sv_word_next (&line);
  }
  while (word != NULL && is_ttl_or_class (word))
    word = sv_word_next (&line);
  return word == NULL || add_record (zone, word, sv_word_next (&line), error);
}

gboolean
sv_sighting_read_zone (SvSightingReading *reading, char *text, GError **error)
{
  Zone zone = {reading, g_strdup (""), g_strdup ("")};
  join_lines (text);
  SvLines lines = {text, 0};
  gboolean read = TRUE;
  for (char *line; read && (line = sv_lines_next (&lines)) != NULL;)
    read = read_record (&zone, line, error);
  g_free (zone.origin);
  g_free (zone.owner);
  return read;
}
