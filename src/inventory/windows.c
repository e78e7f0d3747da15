/* Windows by what it prints: systeminfo, and lists of its updates ('wmic qfe', Get-HotFix). */
#include "inventory/foreign.h"

#define WINDOWS "windows"

/* --- the system --- */

SvDistro *
sv_windows_distro_new (const char *version, const char *name)
{
  SvDistro *distro = sv_record_new (&sv_distro_type);
  distro->id = g_strdup (WINDOWS);
  distro->version_id = g_strdup (sv_text_or_null (version));
  distro->release = g_strdup (sv_text_or_null (version));
  distro->name = g_strdup (sv_text_or_null (name));
  distro->scheme = -1;
  return distro;
}

/* PowerShell and wmic write UTF-16 where their output goes to a file. New text, NUL-terminated. */
static char *
read_text (SvStream *stream, GError **error)
{
  gsize size;
  g_autofree char *text = sv_stream_read_text (stream, SV_LIMIT_SMALL_FILE_BYTES, &size, error);
  if (text == NULL)
    return NULL;
  if (size >= 2 && (guchar)text[0] == 0xff && (guchar)text[1] == 0xfe)
    return g_convert (text + 2, (gssize)((size - 2) & ~(gsize)1), "UTF-8", "UTF-16LE", NULL, NULL,
                      error);
  return g_steal_pointer (&text);
}

/* Languages of Windows beside English name their lines otherwise: then the system is not known. */
typedef struct {
  char *hostname, *name, *version, *type, *vendor, *product;
} System;

static const struct {
  const char *label;
  gsize member;
} labels[] = {
    {"Host Name", G_STRUCT_OFFSET (System, hostname)},
    {"OS Name", G_STRUCT_OFFSET (System, name)},
    {"OS Version", G_STRUCT_OFFSET (System, version)},
    {"System Type", G_STRUCT_OFFSET (System, type)},
    {"System Manufacturer", G_STRUCT_OFFSET (System, vendor)},
    {"System Model", G_STRUCT_OFFSET (System, product)},
};

static char *
dup_valid (const char *text)
{
  return g_utf8_validate (text, -1, NULL) ? g_strdup (text) : g_utf8_make_valid (text, -1);
}

static void
read_line (System *system, char *line)
{
  char *colon = strchr (line, ':');
  if (colon == NULL || g_ascii_isspace (*line))
    return;
  *colon = '\0';
  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    if (strcmp (line, labels[i].label) == 0)
      sv_text_take (&G_STRUCT_MEMBER (char *, system, labels[i].member),
                    dup_valid (g_strstrip (colon + 1)));
  *colon = ':';
}

/* "x64-based PC" */
static const char *
find_machine (const char *type)
{
  static const char *const machines[][2] = {
      {"x64", "x86_64"}, {"ARM64", "aarch64"}, {"X86", "i686"}};
  for (gsize i = 0; type != NULL && i < G_N_ELEMENTS (machines); i++)
    if (g_str_has_prefix (type, machines[i][0]))
      return machines[i][1];
  return NULL;
}

/* Takes what @system has. */
static void
set_system (SvCollect *collect, System *system)
{
  SvInventory *inventory = collect->inventory;
  system->version[strcspn (system->version, " ")] = '\0'; /* "10.0.19045 N/A Build 19045" */
  sv_collect_set_distro (collect, sv_windows_distro_new (system->version, system->name));
  if (system->hostname != NULL)
    sv_text_take (&inventory->hostname, g_steal_pointer (&system->hostname));
  sv_text_set (&inventory->machine, find_machine (system->type));
  sv_text_take (&inventory->vendor, g_steal_pointer (&system->vendor));
  sv_text_take (&inventory->product, g_steal_pointer (&system->product));
}

static void
system_clear (System *system)
{
  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    g_free (G_STRUCT_MEMBER (char *, system, labels[i].member));
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (System, system_clear)

/* --- its updates --- */

#define ID_DIGITS_MIN 6
#define ID_DIGITS_MAX 8

/* "KB5011048" at @text, new; NULL if there is none. */
static char *
dup_id (const char *text)
{
  gsize digits = g_str_has_prefix (text, "KB") ? strspn (text + 2, "0123456789") : 0;
  gboolean ends = digits > 0 && !g_ascii_isalnum (text[2 + digits]);
  return ends && digits >= ID_DIGITS_MIN && digits <= ID_DIGITS_MAX ? g_strndup (text, 2 + digits)
                                                                    : NULL;
}

static gboolean
has_update (const SvInventory *inventory, const char *id)
{
  for (guint i = 0; i < inventory->packages->len; i++)
    if (strcmp (((const SvPackage *)inventory->packages->pdata[i])->name, id) == 0)
      return TRUE;
  return FALSE;
}

/* An update has no versions: its number stands for one. */
void
sv_windows_add_update (SvCollect *collect, const char *id)
{
  g_autofree char *known = id != NULL ? dup_id (id) : NULL;
  if (known == NULL || collect->inventory->packages->len >= SV_LIMIT_WINDOWS_UPDATES ||
      has_update (collect->inventory, known))
    return;
  SvPackage *package = sv_record_new (&sv_package_type);
  package->name = g_strdup (known);
  package->version = g_strdup (known + strlen ("KB"));
  package->ecosystem = g_strdup (WINDOWS);
  sv_collect_add_package (collect, package, "updates");
}

/* Every id that stands alone, whatever the list looks like. */
static void
add_updates (SvCollect *collect, const char *text)
{
  for (const char *at = strstr (text, "KB"); at != NULL; at = strstr (at + 2, "KB"))
    if (at == text || !g_ascii_isalnum (at[-1]))
      sv_windows_add_update (collect, at);
}

/* --- documents --- */

gboolean
sv_windows_read_system (SvCollect *collect, SvStream *stream, GError **error)
{
  g_autofree char *text = read_text (stream, error);
  g_auto (System) system = {0};
  if (text == NULL)
    return FALSE;
  add_updates (collect, text);
  SvLines lines = {text, 0};
  for (char *line; (line = sv_lines_next (&lines)) != NULL;)
    read_line (&system, line);
  if (system.version == NULL) {
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
                 "'%s' has no line 'OS Version': run systeminfo in English",
                 sv_stream_get_name (stream));
    return FALSE;
  }
  set_system (collect, &system);
  return TRUE;
}

gboolean
sv_windows_read_updates (SvCollect *collect, SvStream *stream, GError **error)
{
  g_autofree char *text = read_text (stream, error);
  if (text == NULL)
    return FALSE;
  add_updates (collect, text);
  if (collect->inventory->distro == NULL)
    sv_collect_set_distro (collect, sv_windows_distro_new (NULL, "Windows"));
  return TRUE;
}

gboolean
sv_windows_collect_system (SvCollect *collect, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_open (collect->source->systeminfo, error);
  return stream != NULL && sv_windows_read_system (collect, stream, error);
}

gboolean
sv_windows_collect_updates (SvCollect *collect, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_open (collect->source->hotfixes, error);
  return stream != NULL && sv_windows_read_updates (collect, stream, error);
}
