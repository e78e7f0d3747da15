/* apk: /lib/apk/db/installed, one letter a field, a blank line between packages. */
#include "inventory/collect.h"

static const char *const installed_files[] = {"lib/apk/db/installed", "usr/lib/apk/db/installed",
                                              NULL};

typedef struct {
  SvCollect *collect;
  GHashTable *world;  /* name → what the administrator asked for; NULL: not known */
  SvPackage *package; /* being read; NULL between packages */
  char *where;
} Reading;

/* "name=1.2-r0" pins a version; "name" and "name>1" merely ask for it. */
static GHashTable *
read_world (SvCollect *collect)
{
  if (collect->source->apk_installed != NULL)
    return NULL;
  g_autofree char *text = sv_collect_read (collect, "etc/apk/world", NULL);
  if (text == NULL)
    return NULL;
  GHashTable *world = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) words = g_strsplit_set (text, " \t\n", -1);
  for (gsize i = 0; words[i] != NULL; i++) {
    gsize length = strcspn (words[i], "=<>~@");
    if (length > 0)
      g_hash_table_insert (world, g_strndup (words[i], length), g_strdup (words[i] + length));
  }
  return world;
}

static void
finish_package (Reading *reading)
{
  SvPackage *package = g_steal_pointer (&reading->package);
  if (package == NULL)
    return;
  if (reading->world != NULL && package->name != NULL) {
    const char *wish = g_hash_table_lookup (reading->world, package->name);
    package->automatic = wish == NULL;
    package->held = wish != NULL && *wish == '=';
  }
  /* All packages of one origin are built together, at one version. */
  package->source_version = g_strdup (package->version);
  sv_collect_add_package (reading->collect, package, reading->where);
}

static void
read_field (SvPackage *package, char letter, const char *value)
{
  char **member = letter == 'P'   ? &package->name
                  : letter == 'V' ? &package->version
                  : letter == 'A' ? &package->arch
                  : letter == 'o' ? &package->source
                                  : NULL;
  if (member == NULL || *member != NULL)
    return;
  *member = g_strdup (value);
}

static void
read_line (Reading *reading, const char *line, guint number)
{
  if (*line == '\0') {
    finish_package (reading);
    return;
  }
  if (line[1] != ':')
    return;
  if (reading->package == NULL) {
    reading->package = sv_record_new (&sv_package_type);
    g_free (reading->where);
    reading->where = g_strdup_printf ("line %u", number);
  }
  read_field (reading->package, *line, line + 2);
}

gboolean
sv_apk_read_installed (SvCollect *collect, SvStream *stream, GHashTable *world, GError **error)
{
  gsize size;
  g_autofree char *text = sv_stream_read_text (stream, SV_LIMIT_PACKAGE_LIST_BYTES, &size, error);
  if (text == NULL)
    return FALSE;
  SvLines lines = {text, 0};
  Reading reading = {collect, world, NULL, NULL};
  for (char *line; (line = sv_lines_next (&lines)) != NULL;)
    read_line (&reading, line, lines.number);
  finish_package (&reading);
  g_free (reading.where);
  return TRUE;
}

gboolean
sv_apk_collect (SvCollect *collect, GError **error)
{
  g_autofree char *path =
      sv_collect_find (collect, collect->source->apk_installed, installed_files, error);
  g_autoptr (SvStream) stream = path != NULL ? sv_stream_open (path, error) : NULL;
  if (stream == NULL)
    return FALSE;
  g_autoptr (GHashTable) world = read_world (collect);
  return sv_apk_read_installed (collect, stream, world, error);
}
