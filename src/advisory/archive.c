#include "advisory/archive.h"

#include "advisory/lists.h"
#include "advisory/release_load.h"

#include <string.h>

/* One digest that a verified Release names. */
typedef struct {
  const SvRelease *release;
  char *path;
  gint64 size_bytes;
} Digest;

struct SvArchive {
  char *directory;
  gboolean allow_unverified;
  GPtrArray *releases;     /* SvRelease */
  GPtrArray *indexes;      /* SvIndex */
  GHashTable *digests;     /* sha256 -> GPtrArray of Digest */
  GHashTable *stems;       /* stem of an index -> its Release */
  GPtrArray *candidates;   /* SvCandidate, owned */
  GHashTable *by_name;     /* -> GPtrArray of SvCandidate */
  GHashTable *by_provided; /* likewise */
  GStringChunk *strings;
};

static void
digest_free (Digest *digest)
{
  g_free (digest->path);
  g_free (digest);
}

/* The list under @key, made if there is none. */
static GPtrArray *
list_of (GHashTable *table, const char *key, GDestroyNotify free_item)
{
  GPtrArray *list = g_hash_table_lookup (table, key);
  if (list == NULL) {
    list = g_ptr_array_new_with_free_func (free_item);
    g_hash_table_insert (table, g_strdup (key), list);
  }
  return list;
}

static GHashTable *
new_lists (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                (GDestroyNotify)g_ptr_array_unref);
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
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
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

/* True if @stem is the Release stem @prefix itself, or a name below it. */
static gboolean
is_below (const char *stem, const char *prefix)
{
  gsize length = strlen (prefix);
  return strncmp (stem, prefix, length) == 0 && (stem[length] == '\0' || stem[length] == '_');
}

/* Lists that were copied without their site begin with the suite. */
static gboolean
is_named_by (const SvRepository *repository, const char *stem)
{
  if (!repository->enabled || strcmp (repository->type, "deb") != 0 || repository->uri == NULL
      || repository->suite == NULL)
    return FALSE;
  g_autofree char *full = sv_list_repository_stem (repository->uri, repository->suite);
  return is_below (stem, full)
         || (strstr (stem, "_dists_") == NULL && is_below (stem, repository->suite));
}

static gboolean
has_component (const SvRepository *repository, const char *component)
{
  const GPtrArray *components = repository->components;
  if (component == NULL || components == NULL || components->len == 0)
    return TRUE;
  return g_ptr_array_find_with_equal_func ((GPtrArray *)components, component, g_str_equal, NULL);
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
add_release (SvArchive *archive, SvRelease *release, const GPtrArray *entries)
{
  g_ptr_array_add (archive->releases, release);
  for (guint i = 0; i < entries->len; i++) {
    const SvReleaseEntry *entry = g_ptr_array_index (entries, i);
    Digest *digest = g_new0 (Digest, 1);
    *digest = (Digest){release, g_strdup (entry->path), entry->size_bytes};
    g_ptr_array_add (list_of (archive->digests, entry->sha256, (GDestroyNotify)digest_free),
                     digest);
    g_autofree char *name = g_strconcat (release->stem, "_", entry->path, NULL);
    g_strdelimit (name, "/", '_');
    name[strlen (name) - strlen ("_Packages")] = '\0';
    g_hash_table_insert (archive->stems, g_steal_pointer (&name), release);
  }
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

static const SvRelease *
find_release_by_stem (const SvArchive *archive, const char *stem)
{
  const SvRelease *best = NULL;
  for (guint i = 0; i < archive->releases->len; i++) {
    const SvRelease *release = g_ptr_array_index (archive->releases, i);
    if (is_below (stem, release->stem)
        && (best == NULL || strlen (release->stem) > strlen (best->stem)))
      best = release;
  }
  return best;
}

/* --- identity of an index --- */

static void
set_text (char **member, const char *value)
{
  char *copy = g_strdup (value);
  g_free (*member);
  *member = copy;
}

static void
take_identity (SvIndex *index, const SvRelease *release)
{
  set_text (&index->origin, release->origin);
  set_text (&index->label, release->label);
  set_text (&index->suite, release->suite);
  set_text (&index->codename, release->codename);
  set_text (&index->version, release->version);
  index->not_automatic = release->not_automatic;
  index->but_automatic_upgrades = release->but_automatic_upgrades;
}

/* Debian names "<codename>-updates" after the release it belongs to: "12.15/oldstable" has
 * "12-updates/oldstable-updates". An index without its own Release is shown by that name. */
static void
guess_updates (SvIndex *index, const SvRelease *base)
{
  gsize major = strcspn (base->version != NULL ? base->version : "", ".");
  g_autofree char *number = g_strndup (base->version != NULL ? base->version : "", major);

  set_text (&index->origin, base->origin);
  set_text (&index->label, base->label);
  g_free (index->suite);
  index->suite = g_strconcat (base->suite != NULL ? base->suite : base->codename, "-updates", NULL);
  g_free (index->version);
  index->version = g_strconcat (number, "-updates", NULL);
}

static void
guess_identity (const SvArchive *archive, SvIndex *index, const SvListPlace *place)
{
  set_text (&index->suite, place->suite);
  set_text (&index->codename, place->suite);
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
  return strcmp (base, distro->codename) == 0
         || sv_distro_find_release (distro->family, base) == NULL;
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
      set_text (&index->detail, "no enabled repository of this host names it");
    return;
  }
  index->enabled = is_for_distro (options->distro, index->codename);
  if (!index->enabled)
    set_text (&index->detail, "it belongs to another release of the distribution");
}

static Placed
place_index (SvArchive *archive, const SvArchiveOptions *options, const char *file,
             const char *stem)
{
  const SvRelease *release = find_release_by_stem (archive, stem);
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
    take_identity (index, release);
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

SvArchive *
sv_archive_open (const SvArchiveOptions *options, GError **error)
{
  g_autoptr (SvArchive) archive = archive_new (options);
  g_autoptr (GPtrArray) files = list_files (options->directory, error);

  if (files == NULL)
    return NULL;
  g_autoptr (GPtrArray) keyrings =
      sv_keyrings_load (options->root != NULL ? options->root : "/");
  if (!load_releases (archive, options, files, SV_LIST_INRELEASE, keyrings, error)
      || !load_releases (archive, options, files, SV_LIST_RELEASE, keyrings, error))
    return NULL;
  list_indexes (archive, options, files);
  return g_steal_pointer (&archive);
}

/* --- believing an index --- */

static void
set_verdict (SvIndex *index, SvAuthenticity authenticity, char *detail)
{
  index->authenticity = authenticity;
  g_free (index->detail);
  index->detail = detail;
}

/* @path is "component/binary-arch/Packages", or "Packages" in a flat archive. */
static void
take_path (SvIndex *index, const char *path)
{
  const char *binary = strstr (path, "/binary-");
  if (binary == NULL)
    return;
  const char *arch = binary + strlen ("/binary-");
  g_free (index->component);
  index->component = g_strndup (path, (gsize)(binary - path));
  g_free (index->arch);
  index->arch = g_strndup (arch, strcspn (arch, "/"));
}

/* All archives that name these very bytes; the one that the file's name points to is taken. */
static const Digest *
find_digest (const SvArchive *archive, const SvIndex *index, const char *stem)
{
  const GPtrArray *list = g_hash_table_lookup (archive->digests, index->sha256);
  const Digest *best = NULL;

  for (guint i = 0; list != NULL && i < list->len; i++) {
    const Digest *digest = g_ptr_array_index (list, i);
    if (digest->size_bytes != index->size_bytes)
      continue;
    if (is_below (stem, digest->release->stem))
      return digest;
    if (best == NULL)
      best = digest;
  }
  return best;
}

static void
judge_unnamed (const SvArchive *archive, SvIndex *index, const char *stem)
{
  const SvRelease *named = g_hash_table_lookup (archive->stems, stem);
  const SvRelease *release = named != NULL ? named : find_release_by_stem (archive, stem);

  if (named != NULL)
    set_verdict (index, SV_AUTHENTICITY_BAD,
                 g_strdup_printf ("its digest is not the one that '%s' names: run apt-get update",
                                  named->file));
  else if (release == NULL)
    set_verdict (index, SV_AUTHENTICITY_UNVERIFIED, g_strdup ("its Release file is not here"));
  else if (sv_authenticity_holds (release->authenticity))
    set_verdict (index, SV_AUTHENTICITY_UNVERIFIED,
                 g_strdup_printf ("'%s' does not name it", release->file));
  else
    set_verdict (index, (SvAuthenticity)release->authenticity,
                 g_strdup_printf ("'%s': %s", release->file, release->detail));
}

static void
judge_index (const SvArchive *archive, SvIndex *index)
{
  g_autofree char *stem = NULL;

  sv_list_classify (index->file, &stem);
  const Digest *digest = find_digest (archive, index, stem);
  g_clear_pointer (&index->release, g_free);
  if (digest == NULL) {
    judge_unnamed (archive, index, stem);
    return;
  }
  index->release = g_strdup (digest->release->file);
  take_identity (index, digest->release);
  take_path (index, digest->path);
  set_verdict (index, (SvAuthenticity)digest->release->authenticity,
               g_strdup (digest->release->detail));
}

/* --- candidates --- */

/* Two archives that offer the same bytes offer one candidate. */
static SvCandidate *
find_same (const GPtrArray *list, const SvCandidate *candidate)
{
  for (guint i = 0; i < list->len; i++) {
    SvCandidate *other = g_ptr_array_index (list, i);
    if (strcmp (other->version, candidate->version) == 0
        && strcmp (other->arch, candidate->arch) == 0
        && g_strcmp0 (other->sha256, candidate->sha256) == 0)
      return other;
  }
  return NULL;
}

static void
add_provided (SvArchive *archive, SvCandidate *candidate)
{
  g_auto (GStrv) entries = g_strsplit (candidate->provides, ",", -1);
  for (char **entry = entries; *entry != NULL; entry++) {
    g_strstrip (*entry);
    (*entry)[strcspn (*entry, " (:")] = '\0';
    if (**entry == '\0' || strcmp (*entry, candidate->name) == 0)
      continue;
    g_ptr_array_add (list_of (archive->by_provided, *entry, NULL), candidate);
  }
}

static void
add_candidate (SvArchive *archive, SvCandidate *candidate, SvIndex *index)
{
  GPtrArray *list = list_of (archive->by_name, candidate->name, NULL);
  SvCandidate *same = find_same (list, candidate);

  if (same != NULL) {
    sv_candidate_free (candidate);
    candidate = same;
  } else {
    g_ptr_array_add (archive->candidates, candidate);
    g_ptr_array_add (list, candidate);
    if (candidate->provides != NULL)
      add_provided (archive, candidate);
  }
  if (!g_ptr_array_find (candidate->indexes, index, NULL))
    g_ptr_array_add (candidate->indexes, index);
}

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  const SvCandidate *left = *(SvCandidate *const *)a, *right = *(SvCandidate *const *)b;
  int order = sv_key_bytes_compare (right->key, left->key);
  if (order == 0)
    order = strcmp (left->arch, right->arch);
  return order != 0 ? order : g_strcmp0 (left->sha256, right->sha256);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const SvCandidate *left = *(SvCandidate *const *)a, *right = *(SvCandidate *const *)b;
  int order = strcmp (left->name, right->name);
  return order != 0 ? order : compare_newest_first (a, b);
}

static void
sort_lists (GHashTable *table, GCompareFunc compare)
{
  GHashTableIter iter;
  gpointer list;
  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, NULL, &list))
    g_ptr_array_sort (list, compare);
}

/* Writes at most @size bytes, NUL included, of which a name never needs more. */
static void
write_shape (const char *name, gsize length, char *shape, gsize size)
{
  gsize used = 0;
  for (gsize i = 0; i < length && used + 1 < size; i++)
    if (!g_ascii_isdigit (name[i]))
      shape[used++] = name[i];
    else if (i == 0 || !g_ascii_isdigit (name[i - 1]))
      shape[used++] = '#';
  shape[used] = '\0';
}

char *
sv_archive_shape (const char *name, gsize length)
{
  char *shape = g_malloc (length + 1);
  write_shape (name, length, shape, length + 1);
  return shape;
}

static gboolean
is_wanted (const char *name, gsize length, gpointer user_data)
{
  const SvArchiveQuery *query = user_data;
  char copy[SV_LIMIT_NAME_BYTES];

  if (length >= sizeof copy)
    return FALSE;
  memcpy (copy, name, length);
  copy[length] = '\0';
  if (g_hash_table_contains (query->names, copy))
    return TRUE;
  if (query->shapes == NULL)
    return FALSE;
  write_shape (name, length, copy, sizeof copy);
  return g_hash_table_contains (query->shapes, copy);
}

static void
read_index (SvArchive *archive, SvIndex *index, const SvIndexQuery *query)
{
  g_autofree char *path = g_build_filename (archive->directory, index->file, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SvStream) stream = sv_stream_open (path, &error);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify)sv_candidate_free);

  if (stream == NULL || !sv_index_read (index, stream, query, found, &error)) {
    set_verdict (index, SV_AUTHENTICITY_BAD, g_strdup (error->message));
    return;
  }
  judge_index (archive, index);
  if (index->authenticity == SV_AUTHENTICITY_BAD
      || (index->authenticity == SV_AUTHENTICITY_UNVERIFIED && !archive->allow_unverified))
    return;
  g_ptr_array_set_free_func (found, NULL);
  for (guint i = 0; i < found->len; i++)
    add_candidate (archive, g_ptr_array_index (found, i), index);
}

void
sv_archive_read (SvArchive *archive, const SvArchiveQuery *query)
{
  SvIndexQuery wanted = {.wanted = is_wanted,
                         .user_data = (gpointer)query,
                         .providers = query->providers,
                         .strings = archive->strings};

  for (guint i = 0; i < archive->indexes->len; i++) {
    SvIndex *index = g_ptr_array_index (archive->indexes, i);
    if (index->enabled)
      read_index (archive, index, &wanted);
  }
  sort_lists (archive->by_name, compare_newest_first);
  sort_lists (archive->by_provided, compare_names);
}

const GPtrArray *
sv_archive_get_releases (const SvArchive *archive)
{
  return archive->releases;
}

const GPtrArray *
sv_archive_get_indexes (const SvArchive *archive)
{
  return archive->indexes;
}

const GPtrArray *
sv_archive_find_candidates (const SvArchive *archive, const char *name)
{
  return g_hash_table_lookup (archive->by_name, name);
}

const GPtrArray *
sv_archive_find_providers (const SvArchive *archive, const char *name)
{
  return g_hash_table_lookup (archive->by_provided, name);
}
