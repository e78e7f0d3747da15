#include "advisory/changelog_fetch.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/* Packages of one source that are tried, and what one apt-get is asked for at most: each start of
 * it reads all lists, but what it brings lies on the disk until it is done. */
enum { DEBS_TRIED = 4, BATCH = 16, BATCH_BYTES = 32 << 20 };

const char *const sv_changelog_state_names[] = {"waiting", "cached",  "fetched", "skipped",
                                                "absent",  "refused", "failed",  NULL};

static const SvField deb_fields[] = {
    SV_FIELD (SvChangelogDeb, package, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Binary package"),
    SV_FIELD (SvChangelogDeb, arch, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Architecture"),
    SV_FIELD (SvChangelogDeb, version, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Version"),
    SV_FIELD (SvChangelogDeb, sha256, SV_TYPE_STRING, .doc = "SHA-256, from the signed index"),
    SV_FIELD (SvChangelogDeb, size_bytes, SV_TYPE_INT64, .doc = "Bytes to download"),
};
SV_RECORD_TYPE (sv_changelog_deb_type, SvChangelogDeb, "ChangelogDeb", deb_fields,
                "A package file that may hold the changelog of a source");

static const SvField need_fields[] = {
    SV_FIELD (SvChangelogNeed, source, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Source package"),
    SV_FIELD (SvChangelogNeed, source_version, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Its version"),
    SV_FIELD (SvChangelogNeed, debs, SV_TYPE_RECORDS, .flags = SV_FIELD_HIDDEN,
              .record = &sv_changelog_deb_type, .doc = "Packages that may hold the changelog"),
    SV_FIELD (SvChangelogNeed, state, SV_TYPE_ENUM, .values = sv_changelog_state_names,
              .doc = "What became of it"),
    SV_FIELD (SvChangelogNeed, path, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "The changelog in the cache"),
    SV_FIELD (SvChangelogNeed, detail, SV_TYPE_STRING, .doc = "Why there is none"),
    SV_FIELD (SvChangelogNeed, fetched_bytes, SV_TYPE_INT64, .flags = SV_FIELD_WIDE,
              .doc = "Bytes downloaded for it"),
};
SV_RECORD_TYPE (sv_changelog_need_type, SvChangelogNeed, "ChangelogNeed", need_fields,
                "One source version whose changelog is needed");

/* --- the cache --- */

/* Names come from outside, and become file names and arguments. */
static gboolean
is_plain (const char *text)
{
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.~:";
  return text != NULL && *text != '\0' && *text != '-' && *text != '.' &&
         text[strspn (text, plain)] == '\0' && strlen (text) <= 120;
}

static gboolean
is_usable (const SvChangelogNeed *need, const SvChangelogDeb *deb)
{
  return is_plain (need->source) && is_plain (need->source_version) && is_plain (deb->package) &&
         is_plain (deb->arch) && is_plain (deb->version) && is_plain (deb->sha256) &&
         deb->size_bytes >= 0;
}

static char *
cache_path (const SvChangelogFetch *fetch, const SvChangelogNeed *need, const SvChangelogDeb *deb)
{
  g_autofree char *name =
      g_strdup_printf ("%s_%s_%.64s.changelog", need->source, need->source_version, deb->sha256);
  return g_build_filename (fetch->cache, name, NULL);
}

static void
settle (SvChangelogNeed *need, SvChangelogState state, const char *detail)
{
  need->state = (gint)state;
  sv_text_set (&need->detail, detail);
}

static gboolean
find_cached (const SvChangelogFetch *fetch, SvChangelogNeed *need)
{
  for (guint i = 0; i < need->debs->len; i++) {
    const SvChangelogDeb *deb = g_ptr_array_index (need->debs, i);
    if (!is_usable (need, deb))
      continue;
    g_autofree char *path = cache_path (fetch, need, deb);
    if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
      continue;
    g_free (need->path);
    need->path = g_steal_pointer (&path);
    return TRUE;
  }
  return FALSE;
}

/* --- downloads --- */

/* Several needs with the package each is to be met by, downloaded into one directory. */
typedef struct {
  const SvChangelogFetch *fetch;
  GPtrArray *needs; /* SvChangelogNeed, all of them */
  gint64 bytes;     /* downloaded, or about to be */
  guint n_settled;
  guint rank; /* which of its packages each need tries now */
  char *directory;
} Fetching;

static const SvChangelogDeb *
deb_of (const Fetching *fetching, const SvChangelogNeed *need)
{
  return g_ptr_array_index (need->debs, fetching->rank);
}

static void
finish (Fetching *fetching, SvChangelogNeed *need, SvChangelogState state, const char *detail)
{
  settle (need, state, detail);
  fetching->n_settled++;
  if (fetching->fetch->progress != NULL)
    fetching->fetch->progress (fetching->n_settled, fetching->needs->len, fetching->bytes,
                               fetching->fetch->user_data);
}

/* New string: where apt-get puts it. */
static char *
download_path (const Fetching *fetching, const SvChangelogDeb *deb)
{
  g_auto (GStrv) parts = g_strsplit (deb->version, ":", -1);
  g_autofree char *version = g_strjoinv ("%3a", parts);
  return g_strdup_printf ("%s/%s_%s_%s.deb", fetching->directory, deb->package, version, deb->arch);
}

static char *
format_wish (const SvChangelogDeb *deb)
{
  if (strcmp (deb->arch, "all") == 0)
    return g_strdup_printf ("%s=%s", deb->package, deb->version);
  return g_strdup_printf ("%s:%s=%s", deb->package, deb->arch, deb->version);
}

/* What apt-get says last, for people. */
static char *
last_line (const GString *errors)
{
  g_autofree char *text = g_strchomp (g_strdup (errors->str));
  const char *line = strrchr (text, '\n');
  return sv_text_printable (line != NULL ? line + 1 : text);
}

/* Whether a package came is for its file to say: one that cannot be had fails them all. */
static gboolean
download (const Fetching *fetching, const GPtrArray *batch, GError **error)
{
  g_autoptr (GPtrArray) argv = sv_strings_new ();
  SvRunOptions options = {.directory = fetching->directory, .timeout_ms = SV_LIMIT_FETCH_MS};
  g_auto (SvRunResult) result = {0};

  for (const char *const *word = (const char *const[]){"apt-get", "-q", "download", "--", NULL};
       *word != NULL; word++)
    g_ptr_array_add (argv, g_strdup (*word));
  for (guint i = 0; i < batch->len; i++)
    g_ptr_array_add (argv, format_wish (deb_of (fetching, g_ptr_array_index (batch, i))));
  g_ptr_array_add (argv, NULL);
  if (!sv_run ((const char *const *)argv->pdata, &options, &result, error))
    return FALSE;
  if (result.exit_code == 0)
    return TRUE;
  g_autofree char *why = last_line (result.errors);
  g_set_error (error, SV_ERROR, SV_ERROR_UNREACHABLE, "apt-get download: %s", why);
  return FALSE;
}

static gboolean
check_digest (const char *path, const SvChangelogDeb *deb, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (SvStream) stream = sv_stream_open (path, error);

  if (stream == NULL)
    return FALSE;
  sv_stream_set_checksum (stream, checksum);
  if (!sv_stream_drain (stream, error))
    return FALSE;
  if (g_ascii_strcasecmp (g_checksum_get_string (checksum), deb->sha256) == 0)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_UNTRUSTED,
               "package '%s' %s is not the file that the signed index names", deb->package,
               deb->version);
  return FALSE;
}

static gboolean
keep_changelog (const Fetching *fetching, SvChangelogNeed *need, const char *package,
                GError **error)
{
  const SvChangelogDeb *deb = deb_of (fetching, need);
  gsize size;

  if (!check_digest (package, deb, error))
    return FALSE;
  g_autoptr (GBytes) text = sv_changelog_extract (package, error);
  if (text == NULL)
    return FALSE;
  const char *data = g_bytes_get_data (text, &size);
  g_free (need->path);
  need->path = cache_path (fetching->fetch, need, deb);
  return g_file_set_contents (need->path, data, (gssize)size, error);
}

/* A package without changelog leaves the need to its next one, if there is any. */
static void
take_download (Fetching *fetching, SvChangelogNeed *need, const char *package)
{
  g_autoptr (GError) error = NULL;
  gboolean last = fetching->rank + 1 >= MIN (need->debs->len, DEBS_TRIED);

  if (keep_changelog (fetching, need, package, &error)) {
    finish (fetching, need, SV_CHANGELOG_FETCHED, NULL);
    return;
  }
  g_clear_pointer (&need->path, g_free);
  if (sv_error_is (error, SV_ERROR_UNTRUSTED))
    finish (fetching, need, SV_CHANGELOG_REFUSED, error->message);
  else if (!sv_error_is (error, SV_ERROR_NOT_FOUND))
    finish (fetching, need, SV_CHANGELOG_FAILED, error->message);
  else if (last)
    finish (fetching, need, SV_CHANGELOG_ABSENT, "no package of it that was looked at holds one");
}

static void
remove_directory (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (directory, name, NULL);
    g_unlink (path);
  }
  g_rmdir (directory);
}

static void
fetch_batch (Fetching *fetching, const GPtrArray *batch)
{
  g_autoptr (GError) error = NULL;
  gboolean done = download (fetching, batch, &error);

  for (guint i = 0; i < batch->len; i++) {
    SvChangelogNeed *need = g_ptr_array_index (batch, i);
    g_autofree char *package = download_path (fetching, deb_of (fetching, need));
    g_autoptr (GPtrArray) alone = g_ptr_array_new ();
    g_ptr_array_add (alone, need);
    if (g_file_test (package, G_FILE_TEST_IS_REGULAR))
      take_download (fetching, need, package);
    else if (!done && batch->len > 1)
      fetch_batch (fetching, alone);
    else
      finish (fetching, need, SV_CHANGELOG_FAILED,
              error != NULL ? error->message : "apt-get left no file of that name");
  }
}

static gboolean
fetch_batch_apart (Fetching *fetching, GPtrArray *batch, GError **error)
{
  if (batch->len == 0)
    return TRUE;
  fetching->directory = g_build_filename (fetching->fetch->cache, "fetch-XXXXXX", NULL);
  gboolean made = g_mkdtemp (fetching->directory) != NULL;
  if (made) {
    fetch_batch (fetching, batch);
    remove_directory (fetching->directory);
  } else {
    sv_error_set_errno (error, errno, "make directory", fetching->directory);
  }
  g_clear_pointer (&fetching->directory, g_free);
  g_ptr_array_set_size (batch, 0);
  return made;
}

/* --- all needs --- */

/* FALSE if the need is settled without a download. */
static gboolean
reserve (Fetching *fetching, SvChangelogNeed *need)
{
  const SvChangelogDeb *deb = fetching->rank < need->debs->len ? deb_of (fetching, need) : NULL;

  if (deb == NULL) {
    finish (fetching, need, SV_CHANGELOG_ABSENT, "no package of this source is offered");
    return FALSE;
  }
  if (!is_usable (need, deb))
    finish (fetching, need, SV_CHANGELOG_REFUSED,
            "the index describes its package in no usable way");
  else if (deb->size_bytes > fetching->fetch->max_bytes - fetching->bytes)
    finish (fetching, need, SV_CHANGELOG_SKIPPED,
            "its package is larger than the bytes that are left");
  if (need->state != SV_CHANGELOG_WAITING)
    return FALSE;
  fetching->bytes += deb->size_bytes;
  need->fetched_bytes += deb->size_bytes;
  return TRUE;
}

static gboolean
fetch_rank (Fetching *fetching, GError **error)
{
  g_autoptr (GPtrArray) batch = g_ptr_array_new ();
  gint64 begun_bytes = fetching->bytes;

  for (guint i = 0; i < fetching->needs->len; i++) {
    SvChangelogNeed *need = g_ptr_array_index (fetching->needs, i);
    if (need->state == SV_CHANGELOG_WAITING && reserve (fetching, need))
      g_ptr_array_add (batch, need);
    if (batch->len < BATCH && fetching->bytes - begun_bytes < BATCH_BYTES)
      continue;
    if (!fetch_batch_apart (fetching, batch, error))
      return FALSE;
    begun_bytes = fetching->bytes;
  }
  return fetch_batch_apart (fetching, batch, error);
}

static int
compare_debs (gconstpointer a, gconstpointer b)
{
  const SvChangelogDeb *left = *(SvChangelogDeb *const *)a, *right = *(SvChangelogDeb *const *)b;
  if (left->size_bytes != right->size_bytes)
    return left->size_bytes < right->size_bytes ? -1 : 1;
  return strcmp (left->package, right->package);
}

static gint64
smallest_bytes (const SvChangelogNeed *need)
{
  const SvChangelogDeb *deb = need->debs->len > 0 ? g_ptr_array_index (need->debs, 0) : NULL;
  return deb != NULL ? deb->size_bytes : 0;
}

static int
compare_needs (gconstpointer a, gconstpointer b)
{
  const SvChangelogNeed *left = *(SvChangelogNeed *const *)a, *right = *(SvChangelogNeed *const *)b;
  gint64 left_bytes = smallest_bytes (left), right_bytes = smallest_bytes (right);
  if (left_bytes != right_bytes)
    return left_bytes < right_bytes ? -1 : 1;
  return strcmp (left->source, right->source);
}

static void
look_in_cache (Fetching *fetching)
{
  for (guint i = 0; i < fetching->needs->len; i++) {
    SvChangelogNeed *need = g_ptr_array_index (fetching->needs, i);
    settle (need, SV_CHANGELOG_WAITING, NULL);
    need->fetched_bytes = 0;
    g_ptr_array_sort (need->debs, compare_debs);
    if (find_cached (fetching->fetch, need))
      finish (fetching, need, SV_CHANGELOG_CACHED, NULL);
  }
}

gboolean
sv_changelog_fetch (const SvChangelogFetch *fetch, GPtrArray *needs, GError **error)
{
  Fetching fetching = {.fetch = fetch, .needs = needs};

  if (g_mkdir_with_parents (fetch->cache, 0700) != 0)
    return sv_error_set_errno (error, errno, "make directory", fetch->cache);
  look_in_cache (&fetching);
  g_ptr_array_sort (needs, compare_needs);
  for (; fetching.rank < DEBS_TRIED; fetching.rank++)
    if (!fetch_rank (&fetching, error))
      return FALSE;
  return TRUE;
}
