#include "advisory/archive_private.h"

#include "advisory/lists.h"
#include "advisory/release_load.h"

#include <string.h>

static void
digest_free (SvArchiveDigest *digest)
{
  g_free (digest->path);
  g_free (digest);
}

static GHashTable *
new_lists (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
}

static void
index_free (gpointer index)
{
  sv_record_free (&sv_index_type, index);
}

void
sv_archive_free (SvArchive *archive)
{
  if (archive == NULL)
    return;
  g_free (archive->directory);
  g_clear_pointer (&archive->by_name, g_hash_table_unref);
  g_clear_pointer (&archive->by_provided, g_hash_table_unref);
  g_clear_pointer (&archive->candidates, g_ptr_array_unref);
  g_clear_pointer (&archive->digests, g_hash_table_unref);
  g_clear_pointer (&archive->stems, g_hash_table_unref);
  g_clear_pointer (&archive->packed, g_hash_table_unref);
  g_clear_pointer (&archive->packed_stems, g_hash_table_unref);
  g_clear_pointer (&archive->indexes, g_ptr_array_unref);
  g_clear_pointer (&archive->releases, g_ptr_array_unref);
  g_clear_pointer (&archive->strings, g_string_chunk_free);
  g_free (archive);
}

static SvArchive *
archive_new (const SvArchiveOptions *options)
{
  SvArchive *archive = g_new0 (SvArchive, 1);
  archive->directory = g_strdup (options->directory);
  archive->allow_unverified = options->allow_unverified;
  archive->releases = g_ptr_array_new_with_free_func ((GDestroyNotify)sv_release_free);
  archive->indexes = g_ptr_array_new_with_free_func (index_free);
  archive->digests = new_lists ();
  archive->stems = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  archive->packed = new_lists ();
  archive->packed_stems = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  archive->candidates = g_ptr_array_new_with_free_func ((GDestroyNotify)sv_candidate_free);
  archive->by_name = new_lists ();
  archive->by_provided = new_lists ();
  archive->strings = g_string_chunk_new (64 * 1024);
  return archive;
}

/* --- what lies in the directory --- */

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

static GPtrArray *
list_files (const char *path, GError **error)
{
  g_autoptr (GPtrArray) files = sv_strings_new ();
  g_autoptr (GError) cause = NULL;
  g_autoptr (GDir) directory = g_dir_open (path, 0, &cause);
  const char *name;

  if (directory == NULL) {
    gboolean absent = g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_set_error (error, SV_ERROR, absent ? SV_ERROR_NOT_FOUND : SV_ERROR_FAILED,
                 "cannot list '%s': %s", path, cause->message);
    return NULL;
  }
  while ((name = g_dir_read_name (directory)) != NULL)
    g_ptr_array_add (files, g_strdup (name));
  g_ptr_array_sort (files, compare_strings);
  return g_steal_pointer (&files);
}

/* --- which repository names a file --- */

/* Lists that were copied without their site begin with the suite. */
static gboolean
is_named_by (const SvRepository *repository, const char *stem)
{
  if (!repository->enabled || strcmp (repository->type, "deb") != 0 || repository->uri == NULL ||
      repository->suite == NULL)
    return FALSE;
  g_autofree char *full = sv_list_repository_stem (repository->uri, repository->suite);
  return sv_archive_is_below (stem, full) ||
         (strstr (stem, "_dists_") == NULL && sv_archive_is_below (stem, repository->suite));
}

static gboolean
has_component (const SvRepository *repository, const char *component)
{
  const GPtrArray *components = repository->components;
  if (component == NULL || components == NULL || components->len == 0)
    return TRUE;
  return sv_strings_contain (components, component);
}

static const SvRepository *
find_repository (const SvArchiveOptions *options, const char *stem, const char *component,
                 guint *ret_position)
{
  for (guint i = 0; options->repositories != NULL && i < options->repositories->len; i++) {
    const SvRepository *repository = g_ptr_array_index (options->repositories, i);
    if (is_named_by (repository, stem) && has_component (repository, component)) {
      *ret_position = i;
      return repository;
    }
  }
  return NULL;
}

/* --- releases --- */

static void
add_digest (SvArchive *archive, SvRelease *release, const SvReleaseEntry *entry)
{
  gboolean packed = !g_str_has_suffix (entry->path, "Packages");
  SvArchiveDigest *digest = g_new0 (SvArchiveDigest, 1);
  *digest = (SvArchiveDigest){release, g_strdup (entry->path), entry->size_bytes};
  g_ptr_array_add (sv_archive_list_of (packed ? archive->packed : archive->digests, entry->sha256,
                                       (GDestroyNotify)digest_free),
                   digest);
  g_autofree char *name = g_strconcat (release->stem, "_", entry->path, NULL);
  g_autofree char *stem = NULL;
  sv_list_classify (g_strdelimit (name, "/", '_'), &stem);
  g_hash_table_insert (packed ? archive->packed_stems : archive->stems, g_steal_pointer (&stem),
                       release);
}

static void
add_release (SvArchive *archive, SvRelease *release, const GPtrArray *entries)
{
  g_ptr_array_add (archive->releases, release);
  for (guint i = 0; i < entries->len; i++)
    add_digest (archive, release, g_ptr_array_index (entries, i));
}

/* apt looks at "InRelease" first, and at "Release" only where there is none. */
static gboolean
is_shadowed (const SvArchive *archive, const char *stem)
{
  for (guint i = 0; i < archive->releases->len; i++) {
    const SvRelease *release = g_ptr_array_index (archive->releases, i);
    if (strcmp (release->stem, stem) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
load_releases (SvArchive *archive, const SvArchiveOptions *options, const GPtrArray *files,
               SvListKind wanted, GPtrArray *keyrings, GError **error)
{
  for (guint i = 0; i < files->len; i++) {
    const char *file = g_ptr_array_index (files, i);
    g_autofree char *stem = NULL;
    guint position;
    if (sv_list_classify (file, &stem) != wanted || is_shadowed (archive, stem))
      continue;
    SvReleaseSource source = {.directory = options->directory,
                              .root = options->root != NULL ? options->root : "/",
                              .keyrings = keyrings,
                              .repository = find_repository (options, stem, NULL, &position),
                              .at_us = options->at_us};
    g_autoptr (GPtrArray) entries = NULL;
    SvRelease *release = sv_release_load (file, &source, &entries, error);
    if (release == NULL)
      return FALSE;
    add_release (archive, release, entries);
  }
  return TRUE;
}

/* --- identity of an index --- */

/* Debian names "<codename>-updates" after the release it belongs to: "12.15/oldstable" has
 * "12-updates/oldstable-updates". An index without its own Release is shown by that name. */
static void
guess_updates (SvIndex *index, const SvRelease *base)
{
  gsize major = strcspn (base->version != NULL ? base->version : "", ".");
  g_autofree char *number = g_strndup (base->version != NULL ? base->version : "", major);

  sv_text_set (&index->origin, base->origin);
  sv_text_set (&index->label, base->label);
  g_free (index->suite);
  index->suite = g_strconcat (base->suite != NULL ? base->suite : base->codename, "-updates", NULL);
  g_free (index->version);
  index->version = g_strconcat (number, "-updates", NULL);
}

static void
guess_identity (const SvArchive *archive, SvIndex *index, const SvListPlace *place)
{
  sv_text_set (&index->suite, place->suite);
  sv_text_set (&index->codename, place->suite);
  if (!g_str_has_suffix (place->suite, "-updates"))
    return;
  g_autofree char *base = g_strndup (place->suite, strlen (place->suite) - strlen ("-updates"));
  for (guint i = 0; i < archive->releases->len; i++) {
    const SvRelease *release = g_ptr_array_index (archive->releases, i);
    if (g_strcmp0 (release->codename, base) == 0 && sv_authenticity_holds (release->authenticity)) {
      guess_updates (index, release);
      return;
    }
  }
}

/* --- indexes --- */

/* Without the host's own list of repositories: an archive of another release of the same
 * distribution is not for this host, every other one is. */
static gboolean
is_for_distro (const SvDistro *distro, const char *codename)
{
  gsize length = codename != NULL ? strcspn (codename, "-/") : 0;
  g_autofree char *base = g_strndup (codename != NULL ? codename : "", length);

  if (distro == NULL || distro->codename == NULL || distro->family == NULL)
    return TRUE;
  return strcmp (base, distro->codename) == 0 ||
         sv_distro_find_release (distro->family, base) == NULL;
}

/* In the order in which lists are usually written: base, updates, anything, security. */
static guint
usual_position (const char *suite)
{
  if (strchr (suite, '-') == NULL)
    return 0;
  if (g_str_has_suffix (suite, "-updates"))
    return 1;
  return g_str_has_suffix (suite, "-security") ? 3 : 2;
}

typedef struct {
  SvIndex *index;
  guint position;
} Placed;

static int
compare_placed (gconstpointer a, gconstpointer b)
{
  const Placed *left = a, *right = b;
  if (left->position != right->position)
    return left->position < right->position ? -1 : 1;
  return strcmp (left->index->file, right->index->file);
}

static void
set_enabled (SvIndex *index, const SvArchiveOptions *options, const char *stem, guint *ret_position)
{
  if (options->repositories != NULL && options->repositories->len > 0) {
    index->enabled = find_repository (options, stem, index->component, ret_position) != NULL;
    if (!index->enabled)
      sv_text_set (&index->detail, "no enabled repository of this host names it");
    return;
  }
  index->enabled = is_for_distro (options->distro, index->codename);
  if (!index->enabled)
    sv_text_set (&index->detail, "it belongs to another release of the distribution");
}

static Placed
place_index (SvArchive *archive, const SvArchiveOptions *options, const char *file,
             const char *stem)
{
  const SvRelease *release = sv_archive_find_release (archive, stem);
  SvIndex *index = sv_record_new (&sv_index_type);
  g_auto (SvListPlace) guess = {0};
  Placed placed = {index, 0};

  sv_list_guess_place (stem, &guess);
  index->file = g_strdup (file);
  index->authenticity = SV_AUTHENTICITY_UNVERIFIED;
  index->site = g_steal_pointer (&guess.site);
  index->component = g_steal_pointer (&guess.component);
  index->arch = g_steal_pointer (&guess.arch);
  if (release != NULL && release->codename != NULL)
    sv_archive_take_identity (index, release);
  else
    guess_identity (archive, index, &guess);
  placed.position = usual_position (guess.suite);
  set_enabled (index, options, stem, &placed.position);
  return placed;
}

static void
list_indexes (SvArchive *archive, const SvArchiveOptions *options, const GPtrArray *files)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Placed));

  for (guint i = 0; i < files->len; i++) {
    const char *file = g_ptr_array_index (files, i);
    g_autofree char *stem = NULL;
    if (sv_list_classify (file, &stem) != SV_LIST_PACKAGES)
      continue;
    Placed placed = place_index (archive, options, file, stem);
    g_array_append_val (all, placed);
  }
  g_array_sort (all, compare_placed);
  for (guint i = 0; i < all->len; i++)
    g_ptr_array_add (archive->indexes, g_array_index (all, Placed, i).index);
}

/* Keyrings that the caller names vouch for every archive. */
static gboolean
trust_given (const SvArchiveOptions *options, GPtrArray *keyrings, GError **error)
{
  for (guint i = 0; options->keyrings != NULL && i < options->keyrings->len; i++) {
    const char *path = options->keyrings->pdata[i];
    SvKeyring *keyring = (SvKeyring *)sv_keyrings_find (keyrings, path);
    if (keyring == NULL) {
      g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%s' is no keyring that can be read",
                   path);
      return FALSE;
    }
    keyring->by_default = TRUE;
  }
  return TRUE;
}

SvArchive *
sv_archive_open (const SvArchiveOptions *options, GError **error)
{
  g_autoptr (SvArchive) archive = archive_new (options);
  g_autoptr (GPtrArray) files = list_files (options->directory, error);

  if (files == NULL)
    return NULL;
  g_autoptr (GPtrArray) keyrings = sv_keyrings_load (options->root != NULL ? options->root : "/");
  if (!trust_given (options, keyrings, error) ||
      !load_releases (archive, options, files, SV_LIST_INRELEASE, keyrings, error) ||
      !load_releases (archive, options, files, SV_LIST_RELEASE, keyrings, error))
    return NULL;
  list_indexes (archive, options, files);
  return g_steal_pointer (&archive);
}
