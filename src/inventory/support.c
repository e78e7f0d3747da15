/* Whether somebody still fixes this release, and each package of it (I8, traps 49 to 51). */
#include "inventory/collect.h"
#include "inventory/lifecycle.h"

#define DISTRO_INFO "distro-info-data"
#define SECURITY_SUPPORT "debian-security-support"

static void
add_support (SvCollect *collect, SvSupport *support)
{
  g_ptr_array_add (collect->inventory->supports, support);
}

static SvSupport *
new_support (const char *subject, const char *level, const char *note, const char *source)
{
  SvSupport *support = sv_record_new (&sv_support_type);
  support->subject = g_strdup (subject);
  support->level = g_strdup (level);
  support->note = g_strdup (note);
  support->source = g_strdup (source);
  return support;
}

/* A data file: of the directory given, under its own name or prefixed by its package's, or of the
 * root. NULL if there is none. */
static char *
read_data (const SvCollect *collect, const char *prefix, const char *name, const char *package)
{
  const char *directory = collect->source->support_dir;
  if (directory == NULL) {
    g_autofree char *relative = g_build_filename ("usr/share", package, name, NULL);
    return sv_collect_read (collect, relative, NULL);
  }
  g_autofree char *prefixed = g_strconcat (prefix, name, NULL);
  g_autofree char *plain_path = g_build_filename (directory, name, NULL);
  g_autofree char *prefixed_path = g_build_filename (directory, prefixed, NULL);
  char *text = sv_text_read (plain_path, NULL);
  return text != NULL ? text : sv_text_read (prefixed_path, NULL);
}

/* --- the release --- */

/* The host's own data knows best; a bare host has none. */
static gboolean
find_life (const SvCollect *collect, SvLife *ret_life, const char **ret_source)
{
  const SvDistro *distro = collect->inventory->distro;
  g_autofree char *name = g_strconcat (distro->family != NULL ? distro->family : "", ".csv", NULL);
  g_autofree char *csv = read_data (collect, "distro-info-", name, "distro-info");
  *ret_source = DISTRO_INFO;
  if (csv != NULL && sv_life_read_distro_info (distro, csv, ret_life))
    return TRUE;
  *ret_source = "built-in table";
  return sv_life_find (distro, ret_life);
}

static void
add_release (SvCollect *collect)
{
  const SvDistro *distro = collect->inventory->distro;
  const char *version = distro->version_id != NULL ? distro->version_id : distro->codename;
  g_autofree char *subject = g_strconcat (distro->id, version != NULL ? " " : "", version, NULL);
  SvLife life;
  const char *source;
  if (!find_life (collect, &life, &source)) {
    add_support (collect, new_support (subject, "unknown", "no end of support is known", source));
    return;
  }
  const SvLifeStage *stage = sv_life_find_stage (&life, collect->now_us);
  SvSupport *support = new_support (subject, stage != NULL ? stage->level : "ended", NULL, source);
  support->ends_at_us = (stage != NULL ? stage : &life.stages[life.n_stages - 1])->last_us;
  if (stage == NULL)
    support->note = g_strdup ("nobody fixes this release any more");
  else if (!g_str_equal (stage->level, "supported"))
    support->note = g_strdup ("only the extension of its support is left");
  add_support (collect, support);
}

/* --- single packages: debian-security-support --- */

typedef struct {
  const char *pattern; /* source package; ".*" stands for anything */
  gint64 last_us;      /* 0: limited, not ended */
  const char *note;
} Entry;

/* The lists hold regular expressions of which only ".*" is ever used; everything else in them is
 * taken literally, so that no list can run one. */
static gboolean
matches (const char *pattern, const char *source)
{
  g_auto (GStrv) parts = g_strsplit (pattern, ".*", -1);
  g_autofree char *glob = g_strjoinv ("*", parts);
  return sv_text_glob (glob, source);
}

/* "php-horde.*  0  2025-03-22  why": the version is the last one with support; what counts is the
 * date. */
static gboolean
parse_ended (char *line, Entry *entry)
{
  char *rest = line;
  entry->pattern = sv_word_next (&rest);
  const char *version = entry->pattern != NULL ? sv_word_next (&rest) : NULL;
  const char *date = version != NULL ? sv_word_next (&rest) : NULL;
  entry->note = g_strstrip (rest);
  return date != NULL && sv_time_parse (date, &entry->last_us, NULL);
}

static gboolean
parse_limited (char *line, Entry *entry)
{
  char *rest = line;
  entry->pattern = sv_word_next (&rest);
  entry->last_us = 0;
  entry->note = g_strstrip (rest);
  return entry->pattern != NULL;
}

static void
add_entry (SvCollect *collect, const char *source, const Entry *entry)
{
  gboolean limited = entry->last_us == 0;
  gboolean ended = !limited && collect->now_us >= entry->last_us;
  SvSupport *support = new_support (source,
                                    limited ? "limited"
                                    : ended ? "ended"
                                            : "supported",
                                    sv_text_or_null (entry->note), SECURITY_SUPPORT);
  support->ends_at_us = entry->last_us;
  add_support (collect, support);
}

typedef gboolean (*ParseEntry) (char *line, Entry *entry);

/* The first entry that matches a source package counts. */
static void
read_entries (SvCollect *collect, char *text, ParseEntry parse, GHashTable *sources)
{
  SvLines lines = {text, 0};
  for (char *line; (line = sv_lines_next (&lines)) != NULL;) {
    Entry entry;
    if (*line == '#' || line[strspn (line, " \t")] == '\0' || !parse (line, &entry))
      continue;
    GHashTableIter iter;
    gpointer source;
    g_hash_table_iter_init (&iter, sources);
    while (g_hash_table_iter_next (&iter, &source, NULL))
      if (matches (entry.pattern, source)) {
        add_entry (collect, source, &entry);
        g_hash_table_iter_remove (&iter);
      }
  }
}

static GHashTable *
collect_sources (const SvInventory *inventory)
{
  GHashTable *sources = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < inventory->packages->len; i++) {
    const SvPackage *package = inventory->packages->pdata[i];
    if (package->ecosystem == NULL && package->state != SV_PACKAGE_CONFIG_FILES)
      g_hash_table_add (sources, package->source);
  }
  return sources;
}

static gboolean
read_list (SvCollect *collect, const char *name, ParseEntry parse)
{
  g_autofree char *text = read_data (collect, "", name, SECURITY_SUPPORT);
  g_autoptr (GHashTable) sources = collect_sources (collect->inventory);
  if (text != NULL)
    read_entries (collect, text, parse, sources);
  return text != NULL;
}

static int
compare_supports (gconstpointer a, gconstpointer b)
{
  const SvSupport *x = *(SvSupport *const *)a, *y = *(SvSupport *const *)b;
  int order = strcmp (x->subject, y->subject);
  return order != 0 ? order : strcmp (x->level, y->level);
}

gboolean
sv_supports_collect (SvCollect *collect, GError **error)
{
  const SvDistro *distro = collect->inventory->distro;
  if (g_strcmp0 (distro->family, "debian") == 0 && distro->release != NULL) {
    g_autofree char *ended = g_strconcat ("security-support-ended.deb", distro->release, NULL);
    gboolean found = read_list (collect, ended, parse_ended);
    if (!read_list (collect, "security-support-limited", parse_limited) && !found)
      sv_collect_add_gap (collect, "support",
                          SECURITY_SUPPORT " is not installed: packages whose support ended early "
                                           "or is limited are not known");
  }
  g_ptr_array_sort (collect->inventory->supports, compare_supports);
  add_release (collect);
  return TRUE;
}
