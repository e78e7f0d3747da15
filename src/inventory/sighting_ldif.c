/* Computers of a directory as 'ldapsearch' writes them: LDIF (RFC 2849). */
#include "inventory/sighting_read.h"

#include <string.h>

typedef struct {
  char *dns_name, *name, *cn, *os, *seen;
  gboolean any;     /* the entry has an attribute */
  gboolean classed; /* it says what it is … */
  gboolean machine; /* … and that is a computer */
} Entry;

static void
entry_clear (Entry *entry)
{
  g_free (entry->dns_name);
  g_free (entry->name);
  g_free (entry->cn);
  g_free (entry->os);
  g_free (entry->seen);
  *entry = (Entry){0};
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Entry, entry_clear)

static const struct {
  const char *attribute;
  gsize member;
} attributes[] = {
    {"dNSHostName", G_STRUCT_OFFSET (Entry, dns_name)},
    {"name", G_STRUCT_OFFSET (Entry, name)},
    {"cn", G_STRUCT_OFFSET (Entry, cn)},
    {"operatingSystem", G_STRUCT_OFFSET (Entry, os)},
    {"lastLogonTimestamp", G_STRUCT_OFFSET (Entry, seen)},
};

/* A line that begins with a space goes on with the one before. In place. */
static void
unfold (char *text)
{
  char *to = text;
  for (const char *c = text; *c != '\0'; c++) {
    if (c[0] == '\r' && c[1] == '\n')
      continue;
    if (c[0] == '\n' && c[1] == ' ')
      c++;
    else
      *to++ = *c;
  }
  *to = '\0';
}

static gboolean
is_computer_class (const char *value)
{
  static const char *const classes[] = {"computer", "ipHost", "device", NULL};
  for (const char *const *name = classes; *name != NULL; name++)
    if (g_ascii_strcasecmp (value, *name) == 0)
      return TRUE;
  return FALSE;
}

static void
set_attribute (Entry *entry, const char *name, const char *value)
{
  entry->any = TRUE;
  if (g_ascii_strcasecmp (name, "objectClass") == 0) {
    entry->classed = TRUE;
    entry->machine = entry->machine || is_computer_class (value);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (attributes); i++)
    if (g_ascii_strcasecmp (name, attributes[i].attribute) == 0)
      sv_text_set (&G_STRUCT_MEMBER (char *, entry, attributes[i].member), value);
}

/* "name: value", or "name:: value in Base64" */
static void
read_line (Entry *entry, char *line)
{
  char *colon = strchr (line, ':');
  if (colon == NULL || *line == '#')
    return;
  *colon = '\0';
  gboolean encoded = colon[1] == ':';
  char *value = g_strstrip (colon + (encoded ? 2 : 1));
  if (!encoded) {
    set_attribute (entry, line, value);
    return;
  }
  gsize size;
  g_autofree guchar *bytes = g_base64_decode (value, &size);
  g_autofree char *decoded = g_strndup ((const char *)bytes, size);
  if (g_utf8_validate (decoded, -1, NULL))
    set_attribute (entry, line, decoded);
}

#define FILETIME_EPOCH_S G_GINT64_CONSTANT (11644473600) /* 1601 to 1970 */

/* Counts 100 ns since 1601. */
static gint64
parse_filetime (const char *text)
{
  gint64 ticks;
  if (text == NULL || !sv_text_parse_int64 (text, &ticks, NULL) || ticks <= 0)
    return 0;
  return ticks / 10 - FILETIME_EPOCH_S * SV_SECOND_US;
}

static gboolean
end_entry (SvSightingReading *reading, Entry *entry, GError **error)
{
  const char *name = entry->dns_name != NULL ? entry->dns_name
                     : entry->name != NULL   ? entry->name
                                             : entry->cn;
  gboolean taken = TRUE;
  if (name != NULL && (entry->machine || !entry->classed))
    taken = sv_sighting_add (reading,
                             &(SvSightingWords){.name = name,
                                                .os = entry->os,
                                                .last_seen_us = parse_filetime (entry->seen)},
                             error);
  else if (entry->any)
    sv_sighting_pass_over (reading);
  entry_clear (entry);
  return taken;
}

gboolean
sv_sighting_read_ldif (SvSightingReading *reading, char *text, GError **error)
{
  g_auto (Entry) entry = {0};
  unfold (text);
  SvLines lines = {text, 0};
  for (char *line; (line = sv_lines_next (&lines)) != NULL;) {
    if (*line != '\0')
      read_line (&entry, line);
    else if (!end_entry (reading, &entry, error))
      return FALSE;
  }
  return end_entry (reading, &entry, error);
}
