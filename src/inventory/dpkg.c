/* dpkg: /var/lib/dpkg/status, the status.d directory of images without dpkg, apt's marks. */
#include "inventory/collect.h"

static const char *const status_files[] = {"var/lib/dpkg/status", NULL};
static const char *const status_directories[] = {"var/lib/dpkg/status.d", NULL};
static const char *const mark_files[] = {"var/lib/apt/extended_states", NULL};

/* Every other state is half-way between: neither installed nor safe (trap 26). */
static const struct {
  const char *word;
  int state;
} states[] = {
    {"installed", SV_PACKAGE_INSTALLED},
    {"config-files", SV_PACKAGE_CONFIG_FILES},
    {"not-installed", -1},
};

/* "hold ok installed": what is wanted, whether it must be reinstalled, what is. */
static gboolean
read_status (SvPackage *package, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 3);
  if (g_strv_length (words) != 3)
    return FALSE;
  package->held = g_str_equal (words[0], "hold");
  package->state = SV_PACKAGE_BROKEN;
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (words[2], states[i].word))
      package->state = states[i].state;
  if (!g_str_equal (words[1], "ok") && package->state == SV_PACKAGE_INSTALLED)
    package->state = SV_PACKAGE_BROKEN;
  return TRUE;
}

/* "glibc (2.36-9)", or a bare name: then the version is the package's own (traps 17 to 19). */
static void
read_source (SvPackage *package, const char *text)
{
  if (text == NULL)
    text = package->name != NULL ? package->name : "";
  const char *open = strchr (text, '(');
  const char *close = open != NULL ? strchr (open, ')') : NULL;
  package->source =
      g_strchomp (open != NULL ? g_strndup (text, (gsize)(open - text)) : g_strdup (text));
  if (close != NULL)
    package->source_version = g_strstrip (g_strndup (open + 1, (gsize)(close - open - 1)));
  else
    package->source_version = g_strdup (package->version);
}

static char *
join_fields (const SvDeb822 *reader, const char *a, const char *b)
{
  const char *first = sv_text_or_null (sv_deb822_find (reader, a));
  const char *second = sv_text_or_null (sv_deb822_find (reader, b));
  if (first != NULL && second != NULL)
    return g_strconcat (first, ", ", second, NULL);
  return g_strdup (first != NULL ? first : second);
}

static gboolean
is_automatic (GHashTable *automatic, const SvPackage *package)
{
  if (automatic == NULL || package->name == NULL)
    return FALSE;
  gboolean any = g_strcmp0 (package->arch, "all") == 0; /* apt marks these by the native one */
  g_autofree char *key =
      g_strconcat (package->name, ":", any || package->arch == NULL ? "" : package->arch, NULL);
  return g_hash_table_contains (automatic, key);
}

static void
read_fields (SvPackage *package, const SvDeb822 *reader, GHashTable *automatic)
{
  package->name = g_strdup (sv_deb822_find (reader, "Package"));
  package->version = g_strdup (sv_deb822_find (reader, "Version"));
  package->arch = g_strdup (sv_deb822_find (reader, "Architecture"));
  package->vendor = g_strdup (sv_deb822_find (reader, "Origin"));
  package->depends = join_fields (reader, "Pre-Depends", "Depends");
  package->conflicts = join_fields (reader, "Conflicts", "Breaks");
  package->provides = g_strdup (sv_text_or_null (sv_deb822_find (reader, "Provides")));
  package->multi_arch = g_strdup (sv_text_or_null (sv_deb822_find (reader, "Multi-Arch")));
  package->automatic = is_automatic (automatic, package);
  read_source (package, sv_deb822_find (reader, "Source"));
}

typedef struct {
  SvCollect *collect;
  const char *name; /* of the file, for messages */
  gboolean needs_status;
  GHashTable *automatic;
} Reading;

/* Images without dpkg list only what is there, and give no status. */
static void
add_paragraph (const Reading *reading, const SvDeb822 *reader)
{
  g_autofree char *where =
      g_strdup_printf ("%s, line %" G_GUINT64_FORMAT, reading->name, sv_deb822_get_line (reader));
  const char *status = sv_text_or_null (sv_deb822_find (reader, "Status"));
  SvPackage *package = sv_record_new (&sv_package_type);
  gboolean known = status != NULL ? read_status (package, status) : !reading->needs_status;
  if (known && package->state >= 0) {
    read_fields (package, reader, reading->automatic);
    sv_collect_add_package (reading->collect, package, where);
    return;
  }
  sv_record_free (&sv_package_type, package);
  if (!known)
    sv_collect_add_gap (reading->collect, "packages",
                        "%s: record left out: its Status is missing or malformed", where);
}

static gboolean
refuse_noise (const Reading *reading, GError **error)
{
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
               "'%s' is no list of packages: not one record of it could be read", reading->name);
  return FALSE;
}

/* One broken paragraph hides no other (trap 107); a file of nothing else is refused. */
static gboolean
read_paragraphs (const Reading *reading, SvStream *stream, GError **error)
{
  g_autoptr (SvDeb822) reader = sv_deb822_new (stream);
  guint n_read = 0;
  for (guint n_bad = 0; n_bad < SV_LIMIT_FEED_SKIPPED;) {
    g_autoptr (GError) failure = NULL;
    gboolean found = FALSE;
    if (sv_deb822_next (reader, &found, &failure)) {
      if (!found)
        return n_bad == 0 || n_read > 0 || refuse_noise (reading, error);
      n_read++;
      add_paragraph (reading, reader);
    } else if (sv_error_is (failure, SV_ERROR_INVALID_DATA)) {
      n_bad++;
      sv_collect_add_gap (reading->collect, "packages", "%s: record left out: %s", reading->name,
                          failure->message);
    } else {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  }
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%s' holds %d broken records or more",
               reading->name, SV_LIMIT_FEED_SKIPPED);
  return FALSE;
}

gboolean
sv_dpkg_read_status (SvCollect *collect, SvStream *stream, GHashTable *automatic, GError **error)
{
  Reading reading = {collect, sv_stream_get_name (stream), TRUE, automatic};
  return read_paragraphs (&reading, stream, error);
}

/* Set of "name:arch" and "name:" of the packages that apt installed for others. */
static GHashTable *
read_marks (SvCollect *collect)
{
  const SvInventorySource *source = collect->source;
  g_autofree char *path = sv_collect_find (collect, source->extended_states, mark_files, NULL);
  if (path == NULL || (source->extended_states == NULL && source->dpkg_status != NULL))
    return NULL;
  g_autoptr (GError) failure = NULL;
  g_autoptr (SvStream) stream = sv_stream_open (path, &failure);
  g_autoptr (GHashTable) marks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (SvDeb822) reader = stream != NULL ? sv_deb822_new (stream) : NULL;
  for (gboolean found = TRUE; reader != NULL && found && failure == NULL;) {
    if (!sv_deb822_next (reader, &found, &failure) || !found)
      break;
    const char *name = sv_deb822_find (reader, "Package");
    const char *arch = sv_deb822_find (reader, "Architecture");
    if (name == NULL || g_strcmp0 (sv_deb822_find (reader, "Auto-Installed"), "1") != 0)
      continue;
    g_hash_table_add (marks, g_strconcat (name, ":", arch, NULL));
    g_hash_table_add (marks, g_strconcat (name, ":", NULL));
  }
  if (failure != NULL)
    sv_collect_add_gap (collect, "packages", "automatic marks: %s", failure->message);
  return g_steal_pointer (&marks);
}

static gboolean
read_file (SvCollect *collect, const char *path, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_open (path, error);
  if (stream == NULL)
    return FALSE;
  g_autoptr (GHashTable) marks = read_marks (collect);
  return sv_dpkg_read_status (collect, stream, marks, error);
}

/* Beside each package's file lie its .md5sums and the like, which are no paragraphs. */
static gboolean
read_directory (SvCollect *collect, const char *path, GError **error)
{
  g_autoptr (GPtrArray) names = sv_directory_list (path);
  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    if (g_str_has_suffix (name, ".md5sums") || g_str_has_suffix (name, ".list"))
      continue;
    g_autofree char *file = g_build_filename (path, name, NULL);
    if (!g_file_test (file, G_FILE_TEST_IS_REGULAR) || g_file_test (file, G_FILE_TEST_IS_SYMLINK))
      continue;
    g_autoptr (SvStream) stream = sv_stream_open (file, error);
    Reading reading = {collect, file, FALSE, NULL};
    if (stream == NULL || !read_paragraphs (&reading, stream, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
sv_dpkg_collect (SvCollect *collect, GError **error)
{
  const char *given = collect->source->dpkg_status;
  g_autofree char *file = sv_collect_find (collect, given, status_files, NULL);
  g_autofree char *directory =
      given != NULL ? NULL : sv_collect_find (collect, NULL, status_directories, NULL);
  if (file == NULL && directory == NULL) {
    g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND, "'%s' is not there", status_files[0]);
    return FALSE;
  }
  if (file != NULL && g_file_test (file, G_FILE_TEST_IS_DIR))
    return read_directory (collect, file, error);
  return (file == NULL || read_file (collect, file, error)) &&
         (directory == NULL || read_directory (collect, directory, error));
}
