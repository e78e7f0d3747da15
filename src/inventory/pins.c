/* apt preferences: which version of a package apt wants, whatever is newest (trap 76). */
#include "inventory/collect.h"

/* Explanations may repeat and continue, which the paragraphs of other files must not: they become
 * comments before the text is read. */
static void
hush_explanations (char *text)
{
  gboolean inside = FALSE;
  for (char *line = text; *line != '\0';) {
    char *end = line + strcspn (line, "\n");
    if (*line != ' ' && *line != '\t')
      inside = g_ascii_strncasecmp (line, "Explanation:", strlen ("Explanation:")) == 0;
    if (inside && line != end)
      *line = '#';
    line = *end != '\0' ? end + 1 : end;
  }
}

static char *
join_words (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t\n", -1);
  g_autoptr (GString) joined = g_string_new (NULL);
  for (gsize i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_string_append_printf (joined, "%s%s", joined->len > 0 ? " " : "", words[i]);
  return g_string_free (g_steal_pointer (&joined), FALSE);
}

/* apt refuses a pin without names, pin or priority, and takes priority 0 for none. */
static gboolean
add_pin (SvCollect *collect, const char *file, const SvDeb822 *reader)
{
  const char *package = sv_deb822_find (reader, "Package");
  const char *rule = sv_deb822_find (reader, "Pin");
  const char *priority = sv_deb822_find (reader, "Pin-Priority");
  gint64 value = 0;
  if (package == NULL || rule == NULL || priority == NULL ||
      !sv_text_parse_int64 (priority, &value, NULL) || value == 0)
    return FALSE;
  SvPin *pin = sv_record_new (&sv_pin_type);
  pin->file = g_strdup (file);
  pin->package = join_words (package);
  pin->pin = join_words (rule);
  pin->priority = value;
  g_ptr_array_add (collect->inventory->pins, pin);
  return TRUE;
}

static void
read_pins (SvCollect *collect, const char *file, char *text)
{
  hush_explanations (text);
  g_autoptr (SvStream) stream = sv_stream_new_memory (file, text, strlen (text));
  g_autoptr (SvDeb822) reader = sv_deb822_new (stream);
  for (guint n_bad = 0; n_bad < SV_LIMIT_GAPS;) {
    g_autoptr (GError) failure = NULL;
    gboolean found = FALSE;
    if (!sv_deb822_next (reader, &found, &failure)) {
      n_bad++;
      sv_collect_add_gap (collect, "pins", "%s", failure->message);
    } else if (!found) {
      return;
    } else if (!add_pin (collect, file, reader)) {
      sv_collect_add_gap (collect, "pins",
                          "%s, line %" G_GUINT64_FORMAT
                          ": Package, Pin or a Pin-Priority other than 0 is missing",
                          file, sv_deb822_get_line (reader));
    }
  }
}

static void
read_path (SvCollect *collect, const char *path)
{
  g_autofree char *text = sv_collect_read_given (collect, "pins", path);
  if (text != NULL)
    read_pins (collect, path, text);
}

/* apt_preferences(5): no extension or "pref", and only these characters. */
static gboolean
is_preferences_name (const char *name)
{
  gsize n = strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
  const char *dot = strrchr (name, '.');
  return name[n] == '\0' && *name != '.' && (dot == NULL || g_str_equal (dot, ".pref"));
}

static void
read_directory (SvCollect *collect, const char *path)
{
  g_autoptr (GPtrArray) names = sv_directory_list (path);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *file = g_build_filename (path, names->pdata[i], NULL);
    if (is_preferences_name (names->pdata[i]) && !g_file_test (file, G_FILE_TEST_IS_DIR))
      read_path (collect, file);
  }
}

gboolean
sv_pins_collect (SvCollect *collect, GError **error)
{
  const char *given = collect->source->apt_preferences;
  g_autofree char *file =
      given != NULL ? g_strdup (given) : sv_collect_resolve (collect, "etc/apt/preferences", NULL);
  g_autofree char *parts =
      given != NULL ? NULL : sv_collect_resolve (collect, "etc/apt/preferences.d", NULL);
  if (file != NULL && g_file_test (file, G_FILE_TEST_IS_DIR))
    read_directory (collect, file);
  else if (file != NULL)
    read_path (collect, file);
  if (parts != NULL)
    read_directory (collect, parts);
  if (given == NULL && collect->source->root == NULL)
    sv_collect_add_gap (collect, "pins", "no preferences were given");
  return TRUE;
}
