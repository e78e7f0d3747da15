#include "advisory/archive_private.h"

#include "advisory/lists.h"

#include <string.h>

GPtrArray *
sv_archive_list_of (GHashTable *table, const char *key, GDestroyNotify free_item)
{
  GPtrArray *list = g_hash_table_lookup (table, key);
  if (list == NULL) {
    list = g_ptr_array_new_with_free_func (free_item);
    g_hash_table_insert (table, g_strdup (key), list);
  }
  return list;
}

gboolean
sv_archive_is_below (const char *stem, const char *prefix)
{
  gsize length = strlen (prefix);
  return strncmp (stem, prefix, length) == 0 && (stem[length] == '\0' || stem[length] == '_');
}

const SvRelease *
sv_archive_find_release (const SvArchive *archive, const char *stem)
{
  const SvRelease *best = NULL;
  for (guint i = 0; i < archive->releases->len; i++) {
    const SvRelease *release = g_ptr_array_index (archive->releases, i);
    if (sv_archive_is_below (stem, release->stem) &&
        (best == NULL || strlen (release->stem) > strlen (best->stem)))
      best = release;
  }
  return best;
}

/* --- believing an index --- */

void
sv_archive_take_identity (SvIndex *index, const SvRelease *release)
{
  sv_text_set (&index->origin, release->origin);
  sv_text_set (&index->label, release->label);
  sv_text_set (&index->suite, release->suite);
  sv_text_set (&index->codename, release->codename);
  sv_text_set (&index->version, release->version);
  index->not_automatic = release->not_automatic;
  index->but_automatic_upgrades = release->but_automatic_upgrades;
}

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

/* One file of bytes. */
typedef struct {
  const char *sha256;
  gint64 size_bytes;
} Bytes;

/* All archives that name these very bytes; the one that the file's name points to is taken. */
static const SvArchiveDigest *
find_digest (GHashTable *digests, const Bytes *bytes, const char *stem)
{
  const GPtrArray *list = g_hash_table_lookup (digests, bytes->sha256);
  const SvArchiveDigest *best = NULL;

  for (guint i = 0; list != NULL && i < list->len; i++) {
    const SvArchiveDigest *digest = g_ptr_array_index (list, i);
    if (digest->size_bytes != bytes->size_bytes)
      continue;
    if (sv_archive_is_below (stem, digest->release->stem))
      return digest;
    if (best == NULL)
      best = digest;
  }
  return best;
}

/* A Release may name the compressed index alone. Then the bytes on disk count, if apt kept them as
 * they came; a file that it unpacked or packed anew cannot be shown to be the same. */
static const SvArchiveDigest *
find_packed (const SvArchive *archive, const SvStream *stream, const char *stem)
{
  if (g_hash_table_contains (archive->stems, stem) ||
      !g_hash_table_contains (archive->packed_stems, stem))
    return NULL;
  Bytes bytes;
  g_autofree char *sha256 = sv_stream_dup_file_sha256 (stream, &bytes.size_bytes);
  bytes.sha256 = sha256;
  return sha256 != NULL ? find_digest (archive->packed, &bytes, stem) : NULL;
}

/* Of a Release that holds, why it says nothing of the index. */
static char *
dup_silence (const SvArchive *archive, const SvRelease *release, const char *stem)
{
  return g_hash_table_contains (archive->packed_stems, stem)
             ? g_strdup_printf ("'%s' names only the compressed index, and what is here is not the "
                                "file that came: whether it is the same cannot be shown",
                                release->file)
             : g_strdup_printf ("'%s' does not name it", release->file);
}

static void
judge_unnamed (const SvArchive *archive, SvIndex *index, const char *stem)
{
  const SvRelease *named = g_hash_table_lookup (archive->stems, stem);
  const SvRelease *release = named != NULL ? named : sv_archive_find_release (archive, stem);

  if (named != NULL)
    set_verdict (index, SV_AUTHENTICITY_BAD,
                 g_strdup_printf ("its digest is not the one that '%s' names: run apt-get update",
                                  named->file));
  else if (release == NULL)
    set_verdict (index, SV_AUTHENTICITY_UNVERIFIED, g_strdup ("its Release file is not here"));
  else if (sv_authenticity_holds (release->authenticity))
    set_verdict (index, SV_AUTHENTICITY_UNVERIFIED, dup_silence (archive, release, stem));
  else
    set_verdict (index, (SvAuthenticity)release->authenticity,
                 g_strdup_printf ("'%s': %s", release->file, release->detail));
}

static void
judge_index (const SvArchive *archive, SvIndex *index, const SvStream *stream)
{
  g_autofree char *stem = NULL;
  const Bytes bytes = {index->sha256, index->size_bytes};

  sv_list_classify (index->file, &stem);
  const SvArchiveDigest *digest = find_digest (archive->digests, &bytes, stem);
  if (digest == NULL)
    digest = find_packed (archive, stream, stem);
  g_clear_pointer (&index->release, g_free);
  if (digest == NULL) {
    judge_unnamed (archive, index, stem);
    return;
  }
  index->release = g_strdup (digest->release->file);
  sv_archive_take_identity (index, digest->release);
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
    if (strcmp (other->version, candidate->version) == 0 &&
        strcmp (other->arch, candidate->arch) == 0 &&
        g_strcmp0 (other->sha256, candidate->sha256) == 0)
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
    g_ptr_array_add (sv_archive_list_of (archive->by_provided, *entry, NULL), candidate);
  }
}

static void
add_candidate (SvArchive *archive, SvCandidate *candidate, SvIndex *index)
{
  GPtrArray *list = sv_archive_list_of (archive->by_name, candidate->name, NULL);
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

/* The sort is stable: of one version, the archive that the host reads first comes first. */
static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  const SvCandidate *left = *(SvCandidate *const *)a, *right = *(SvCandidate *const *)b;
  return sv_key_bytes_compare (right->key, left->key);
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
  judge_index (archive, index, stream);
  if (index->authenticity == SV_AUTHENTICITY_BAD ||
      (index->authenticity == SV_AUTHENTICITY_UNVERIFIED && !archive->allow_unverified))
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
