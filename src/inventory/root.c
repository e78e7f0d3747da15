/* Files of the root that is looked at: bounded, and never outside it. */
#include "inventory/collect.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
}
#define auto_fd __attribute__ ((cleanup (close_fd))) int

/* Where the kernel finds @relative when @root is taken for "/". */
static char *
resolve_inside (const char *root, const char *relative, GError **error)
{
  auto_fd directory = open (root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) {
    sv_error_set_errno (error, errno, "open directory", root);
    return NULL;
  }
  struct open_how how = {.flags = O_PATH | O_CLOEXEC,
                         .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  auto_fd fd = (int)syscall (SYS_openat2, directory, relative, &how, sizeof how);
  if (fd < 0) {
    g_autofree char *path = g_build_filename (root, relative, NULL);
    sv_error_set_errno (error, errno, "open", path);
    return NULL;
  }
  char link[64];
  g_snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  return g_file_read_link (link, error);
}

char *
sv_collect_resolve (const SvCollect *collect, const char *relative, GError **error)
{
  const char *root = collect->source->root;
  if (root == NULL) {
    g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND, "no root to look for '%s' in", relative);
    return NULL;
  }
  if (g_str_equal (root, "/"))
    return g_build_filename ("/", relative, NULL);
  return resolve_inside (root, relative, error);
}

char *
sv_collect_find (const SvCollect *collect, const char *override, const char *const *candidates,
                 GError **error)
{
  if (override != NULL)
    return g_strdup (override);
  for (gsize i = 0; candidates[i] != NULL; i++) {
    g_autofree char *path = sv_collect_resolve (collect, candidates[i], NULL);
    if (path != NULL && access (path, F_OK) == 0)
      return g_steal_pointer (&path);
  }
  g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND, "'%s' is not there", candidates[0]);
  return NULL;
}

/* Reads until the end, since files of /proc and /sys do not know their size. */
static gboolean
read_fd (int fd, const char *path, gsize max_bytes, GString *text, GError **error)
{
  char buffer[8192];
  for (;;) {
    ssize_t n = read (fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return sv_error_set_errno (error, errno, "read", path);
    if (n == 0)
      return TRUE;
    if (text->len + (gsize)n > max_bytes) {
      g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "'%s' is larger than %" G_GSIZE_FORMAT " bytes",
                   path, max_bytes);
      return FALSE;
    }
    g_string_append_len (text, buffer, n);
  }
}

static char *
read_text (const char *path, gsize max_bytes, GError **error)
{
  auto_fd fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) {
    sv_error_set_errno (error, errno, "open", path);
    return NULL;
  }
  g_autoptr (GString) text = g_string_new (NULL);
  if (!read_fd (fd, path, max_bytes, text, error))
    return NULL;
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
sv_text_read (const char *path, GError **error)
{
  return read_text (path, SV_LIMIT_SMALL_FILE_BYTES, error);
}

char *
sv_collect_read_given (SvCollect *collect, const char *part, const char *path)
{
  g_autoptr (GError) failure = NULL;
  char *text = sv_text_read (path, &failure);
  if (failure != NULL && !sv_error_is (failure, SV_ERROR_NOT_FOUND))
    sv_collect_add_gap (collect, part, "%s", failure->message);
  return text;
}

gboolean
sv_json_take_text (SvJsonReader *reader, char **member, GError **error)
{
  g_autofree char *text = NULL;
  if (!sv_json_read_string (reader, &text, error))
    return FALSE;
  sv_text_set (member, sv_text_or_null (text));
  return TRUE;
}

char *
sv_collect_read (const SvCollect *collect, const char *relative, GError **error)
{
  g_autofree char *path = sv_collect_resolve (collect, relative, error);
  return path != NULL ? sv_text_read (path, error) : NULL;
}

char *
sv_collect_read_table (const SvCollect *collect, const char *relative, GError **error)
{
  g_autofree char *path = sv_collect_resolve (collect, relative, error);
  return path != NULL ? read_text (path, SV_LIMIT_LIST_BYTES, error) : NULL;
}

char *
sv_collect_read_line (const SvCollect *collect, const char *relative)
{
  g_autofree char *text = sv_collect_read (collect, relative, NULL);
  if (text == NULL)
    return NULL;
  text[strcspn (text, "\n")] = '\0';
  g_strstrip (text);
  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *
sv_directory_list (const char *path)
{
  GPtrArray *names = sv_strings_new ();
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  for (const char *name; directory != NULL && (name = g_dir_read_name (directory)) != NULL;)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

GPtrArray *
sv_collect_list (const SvCollect *collect, const char *relative)
{
  g_autofree char *path = sv_collect_resolve (collect, relative, NULL);
  return path != NULL ? sv_directory_list (path) : sv_strings_new ();
}

char *
sv_lines_next (SvLines *lines)
{
  if (lines->rest == NULL || *lines->rest == '\0')
    return NULL;
  char *line = lines->rest, *end = strchr (line, '\n');
  lines->number++;
  lines->rest = end != NULL ? end + 1 : NULL;
  if (end != NULL)
    *end = '\0';
  gsize length = strlen (line);
  if (length > 0 && line[length - 1] == '\r')
    line[length - 1] = '\0';
  return line;
}

char *
sv_word_next (char **rest)
{
  char *word = *rest + strspn (*rest, " \t");
  if (*word == '\0')
    return NULL;
  char *end = word + strcspn (word, " \t");
  *rest = *end != '\0' ? end + 1 : end;
  *end = '\0';
  return word;
}
