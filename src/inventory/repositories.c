/* Where packages come from: apt's two formats, yum and zypper repositories, apk. */
#include "inventory/collect.h"
#include "inventory/ini.h"

static gboolean
is_full (const SvCollect *collect)
{
  return collect->inventory->repositories->len >= SV_LIMIT_REPOSITORIES;
}

static SvRepository *
add_repository (SvCollect *collect, const char *file, const char *type, const char *uri)
{
  SvRepository *repository = sv_record_new (&sv_repository_type);
  repository->file = g_strdup (file);
  repository->type = g_strdup (type);
  repository->uri = g_strdup (uri);
  repository->components = sv_strings_new ();
  repository->enabled = TRUE;
  g_ptr_array_add (collect->inventory->repositories, repository);
  return repository;
}

/* --- apt, one line each: deb [arch=amd64 signed-by=/x.gpg] URI SUITE COMPONENT... --- */

/* Cuts "[...]" off the front of @rest, if there is one; NULL if not. Brackets may also stand inside
 * a cdrom URI, which is why only those right after the type count. */
static char *
cut_options (char **rest)
{
  char *open = *rest + strspn (*rest, " \t");
  char *close = *open == '[' ? strchr (open, ']') : NULL;
  if (close == NULL)
    return NULL;
  *close = '\0';
  *rest = close + 1;
  return open + 1;
}

static void
read_options (SvRepository *repository, char *options)
{
  for (char *word; options != NULL && (word = sv_word_next (&options)) != NULL;) {
    char *value = strchr (word, '=');
    if (value == NULL)
      continue;
    *value++ = '\0';
    if (g_ascii_strcasecmp (word, "trusted") == 0)
      repository->trusted = sv_ini_is_true (value);
    else if (g_ascii_strcasecmp (word, "signed-by") == 0 && repository->signed_by == NULL)
      repository->signed_by = g_strdup (value);
  }
}

/* The URI is one word, but "cdrom:[Debian 12 amd64]/" holds blanks between its brackets. */
static char *
cut_uri (char **rest)
{
  char *uri = *rest + strspn (*rest, " \t");
  char *close = g_str_has_prefix (uri, "cdrom:[") ? strchr (uri, ']') : NULL;
  if (close == NULL)
    return sv_word_next (rest);
  char *end = close + strcspn (close, " \t");
  *rest = *end != '\0' ? end + 1 : end;
  *end = '\0';
  return uri;
}

static gboolean
read_one_line (SvCollect *collect, const char *file, char *line)
{
  char *rest = line;
  const char *type = sv_word_next (&rest);
  if (type == NULL || (!g_str_equal (type, "deb") && !g_str_equal (type, "deb-src")))
    return FALSE;
  char *options = cut_options (&rest);
  const char *uri = cut_uri (&rest), *suite = sv_word_next (&rest);
  if (uri == NULL || suite == NULL || is_full (collect))
    return FALSE;
  SvRepository *repository = add_repository (collect, file, type, uri);
  repository->suite = g_strdup (suite);
  read_options (repository, options);
  for (const char *component; (component = sv_word_next (&rest)) != NULL;)
    g_ptr_array_add (repository->components, g_strdup (component));
  return TRUE;
}

static void
read_list (SvCollect *collect, const char *file, char *text)
{
  SvLines lines = {text, 0};
  for (char *line; (line = sv_lines_next (&lines)) != NULL;) {
    line[strcspn (line, "#")] = '\0';
    if (line[strspn (line, " \t")] != '\0' && !read_one_line (collect, file, line))
      sv_collect_add_gap (collect, "repositories", "%s, line %u: no source that apt would take",
                          file, lines.number);
  }
}

/* --- apt, deb822 --- */

static GStrv
split_words (const char *text)
{
  return g_strsplit_set (text != NULL ? text : "", " \t\n", -1);
}

/* A whole key may stand in the file; its path is then the file's own. */
static char *
dup_signed_by (const SvDeb822 *reader, const char *file)
{
  const char *value = sv_text_or_null (sv_deb822_find (reader, "Signed-By"));
  return g_strdup (value != NULL && strstr (value, "-----BEGIN") != NULL ? file : value);
}

static void
add_source (SvCollect *collect, const char *file, const SvDeb822 *reader, const char *const *row)
{
  SvRepository *repository = add_repository (collect, file, row[0], row[1]);
  repository->suite = g_strdup (row[2]);
  repository->enabled = !sv_ini_is_false (sv_deb822_find (reader, "Enabled"));
  repository->trusted = sv_ini_is_true (sv_deb822_find (reader, "Trusted"));
  repository->signed_by = dup_signed_by (reader, file);
  g_auto (GStrv) components = split_words (sv_deb822_find (reader, "Components"));
  for (gsize i = 0; components[i] != NULL; i++)
    if (*components[i] != '\0')
      g_ptr_array_add (repository->components, g_strdup (components[i]));
}

/* One paragraph stands for every combination of its types, URIs and suites. */
static guint
add_sources (SvCollect *collect, const char *file, const SvDeb822 *reader)
{
  g_auto (GStrv) types = split_words (sv_deb822_find (reader, "Types"));
  g_auto (GStrv) uris = split_words (sv_deb822_find (reader, "URIs"));
  g_auto (GStrv) suites = split_words (sv_deb822_find (reader, "Suites"));
  guint n = 0;
  for (gsize t = 0; types[t] != NULL; t++)
    for (gsize u = 0; uris[u] != NULL; u++)
      for (gsize s = 0; suites[s] != NULL; s++) {
        const char *row[] = {types[t], uris[u], suites[s]};
        if (*row[0] == '\0' || *row[1] == '\0' || *row[2] == '\0')
          continue;
        if (is_full (collect))
          return n;
        add_source (collect, file, reader, row);
        n++;
      }
  return n;
}

static void
read_sources (SvCollect *collect, const char *file, const char *text)
{
  g_autoptr (SvStream) stream = sv_stream_new_memory (file, text, strlen (text));
  g_autoptr (SvDeb822) reader = sv_deb822_new (stream);
  for (guint n_bad = 0; n_bad < SV_LIMIT_GAPS;) {
    g_autoptr (GError) failure = NULL;
    gboolean found = FALSE;
    if (!sv_deb822_next (reader, &found, &failure)) {
      n_bad++;
      sv_collect_add_gap (collect, "repositories", "%s", failure->message);
    } else if (!found) {
      return;
    } else if (add_sources (collect, file, reader) == 0) {
      sv_collect_add_gap (collect, "repositories",
                          "%s, line %" G_GUINT64_FORMAT ": Types, URIs or Suites is missing", file,
                          sv_deb822_get_line (reader));
    }
  }
}

/* --- yum, dnf, zypper --- */

static void
read_repo_value (SvRepository *repository, const SvIni *ini)
{
  gboolean is_place = g_str_equal (ini->key, "baseurl") || g_str_equal (ini->key, "mirrorlist") ||
                      g_str_equal (ini->key, "metalink");
  if (is_place && (*repository->uri == '\0' || g_str_equal (ini->key, "baseurl"))) {
    sv_text_set (&repository->uri, ini->value);
  } else if (g_str_equal (ini->key, "enabled"))
    repository->enabled = !sv_ini_is_false (ini->value);
  else if (g_str_equal (ini->key, "gpgcheck"))
    repository->trusted = sv_ini_is_false (ini->value);
  else if (g_str_equal (ini->key, "gpgkey") && repository->signed_by == NULL)
    repository->signed_by = g_strdup (ini->value);
}

static void
read_repo (SvCollect *collect, const char *file, char *text)
{
  SvRepository *repository = NULL;
  for (SvIni ini = {text, "", NULL, NULL}; sv_ini_next (&ini);) {
    if (ini.key != NULL) {
      if (repository != NULL)
        read_repo_value (repository, &ini);
      continue;
    }
    repository = NULL;
    if (g_str_equal (ini.section, "main") || is_full (collect))
      continue;
    repository = add_repository (collect, file, "rpm-md", "");
    repository->suite = g_strdup (ini.section);
  }
}

/* --- apk: one URI a line, perhaps behind an @tag --- */

static void
read_apk (SvCollect *collect, const char *file, char *text)
{
  SvLines lines = {text, 0};
  for (char *line; (line = sv_lines_next (&lines)) != NULL;) {
    char *rest = line;
    const char *word = sv_word_next (&rest);
    if (word != NULL && *word == '@')
      word = sv_word_next (&rest);
    if (word != NULL && *word != '#' && !is_full (collect))
      add_repository (collect, file, "apk", word);
  }
}

/* --- which files there are --- */

static gboolean
is_deb822 (const char *path, const char *text)
{
  if (g_str_has_suffix (path, ".sources"))
    return TRUE;
  return !g_str_has_suffix (path, ".list") &&
         g_regex_match_simple ("^Types[ \t]*:", text, G_REGEX_MULTILINE, 0);
}

static void
read_apt (SvCollect *collect, const char *file, char *text)
{
  if (is_deb822 (file, text))
    read_sources (collect, file, text);
  else
    read_list (collect, file, text);
}

/* Readers by the end of a file's path; everything else is apt's. */
static const struct {
  const char *suffix;
  void (*read) (SvCollect *collect, const char *file, char *text);
} readers[] = {{".repo", read_repo}, {"/repositories", read_apk}, {"", read_apt}};

void
sv_repositories_read_text (SvCollect *collect, const char *file, char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
    if (g_str_has_suffix (file, readers[i].suffix)) {
      readers[i].read (collect, file, text);
      return;
    }
}

static void
read_path (SvCollect *collect, const char *path)
{
  g_autofree char *text = sv_collect_read_given (collect, "repositories", path);
  if (text != NULL)
    sv_repositories_read_text (collect, path, text);
}

/* Names that apt takes from a directory: the rest it passes over as well. */
static gboolean
is_apt_name (const char *name)
{
  gsize n = strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
  return name[n] == '\0' && *name != '.' &&
         (g_str_has_suffix (name, ".list") || g_str_has_suffix (name, ".sources"));
}

static gboolean
is_repo_name (const char *name)
{
  return g_str_has_suffix (name, ".repo");
}

static void
read_directory (SvCollect *collect, const char *path, gboolean (*takes) (const char *))
{
  g_autoptr (GPtrArray) names = sv_directory_list (path);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *file = g_build_filename (path, names->pdata[i], NULL);
    if (takes (names->pdata[i]))
      read_path (collect, file);
  }
}

/* A file, or a directory like /etc/apt or /etc/apt/sources.list.d. */
static void
read_given (SvCollect *collect, const char *path)
{
  if (!g_file_test (path, G_FILE_TEST_IS_DIR)) {
    read_path (collect, path);
    return;
  }
  g_autofree char *parts = g_build_filename (path, "sources.list.d", NULL);
  read_directory (collect, path, is_apt_name);
  read_directory (collect, parts, is_apt_name);
}

/* Where a root keeps them: a file, or a directory and the names taken from it. */
static const struct {
  const char *path;
  gboolean (*takes) (const char *name);
} places[] = {
    {"etc/apt/sources.list", NULL},    {"etc/apt/sources.list.d", is_apt_name},
    {"etc/yum.repos.d", is_repo_name}, {"etc/zypp/repos.d", is_repo_name},
    {"etc/apk/repositories", NULL},
};

gboolean
sv_repositories_collect (SvCollect *collect, GError **error)
{
  const SvInventorySource *source = collect->source;
  if (source->apt_sources != NULL) {
    read_given (collect, source->apt_sources);
    return TRUE;
  }
  if (source->root == NULL)
    sv_collect_add_gap (collect, "repositories", "no list of them was given");
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree char *path = sv_collect_resolve (collect, places[i].path, NULL);
    if (path != NULL && places[i].takes != NULL)
      read_directory (collect, path, places[i].takes);
    else if (path != NULL)
      read_path (collect, path);
  }
  return TRUE;
}
