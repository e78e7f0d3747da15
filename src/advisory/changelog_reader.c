#include "advisory/changelog.h"

#include <string.h>

/* Versions of one source: above `low`, up to `high`; NULL is no bound. */
typedef struct {
  GBytes *low, *high;
} Range;

struct SvChangelogReader {
  GHashTable *ranges;   /* source -> Range */
  GHashTable *seen;     /* set of sources */
  GHashTable *versions; /* set of "source version" that were taken */
  GHashTable *closed;   /* set of sources whose installed version this document has come down to */
  GPtrArray *entries;   /* SvChangelogEntry */
  gboolean sorted;
};

static void
range_free (gpointer data)
{
  Range *range = data;
  g_clear_pointer (&range->low, g_bytes_unref);
  g_clear_pointer (&range->high, g_bytes_unref);
  g_free (range);
}

static void
entry_free (gpointer entry)
{
  sv_record_free (&sv_changelog_entry_type, entry);
}

/* Takes @key (owned, NULL: no bound) for *@bound if it lies further in direction @sign. */
static void
widen (GBytes **bound, GBytes *key, int sign)
{
  gboolean wider = *bound != NULL && (key == NULL || sign * sv_key_bytes_compare (key, *bound) > 0);
  GBytes *narrower = wider ? *bound : key;

  *bound = wider ? key : *bound;
  g_clear_pointer (&narrower, g_bytes_unref);
}

static gboolean
make_key (const char *version, GBytes **ret_key, GError **error)
{
  *ret_key = version != NULL ? sv_version_key (SV_SCHEME_DEB, version, error) : NULL;
  return version == NULL || *ret_key != NULL;
}

static gboolean
add_want (SvChangelogReader *reader, const SvChangelogWant *want, GError **error)
{
  g_autoptr (GBytes) low = NULL;
  g_autoptr (GBytes) high = NULL;
  Range *range = g_hash_table_lookup (reader->ranges, want->source);

  if (!make_key (want->installed, &low, error) || !make_key (want->candidate, &high, error)) {
    g_prefix_error (error, "source package '%s': ", want->source);
    return FALSE;
  }
  if (range != NULL) {
    widen (&range->low, g_steal_pointer (&low), -1);
    widen (&range->high, g_steal_pointer (&high), 1);
    return TRUE;
  }
  range = g_new0 (Range, 1);
  *range = (Range){g_steal_pointer (&low), g_steal_pointer (&high)};
  g_hash_table_insert (reader->ranges, g_strdup (want->source), range);
  return TRUE;
}

SvChangelogReader *
sv_changelog_reader_new (const SvChangelogWant *wants, gsize n_wants, GError **error)
{
  g_autoptr (SvChangelogReader) reader = g_new0 (SvChangelogReader, 1);

  reader->ranges = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, range_free);
  reader->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  reader->versions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  reader->closed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  reader->entries = g_ptr_array_new_with_free_func (entry_free);
  for (gsize i = 0; i < n_wants; i++)
    if (!add_want (reader, &wants[i], error))
      return NULL;
  return g_steal_pointer (&reader);
}

void
sv_changelog_reader_free (SvChangelogReader *reader)
{
  if (reader == NULL)
    return;
  g_clear_pointer (&reader->ranges, g_hash_table_unref);
  g_clear_pointer (&reader->seen, g_hash_table_unref);
  g_clear_pointer (&reader->versions, g_hash_table_unref);
  g_clear_pointer (&reader->closed, g_hash_table_unref);
  g_clear_pointer (&reader->entries, g_ptr_array_unref);
  g_free (reader);
}

typedef enum { BELOW, WITHIN, ABOVE } Place;

static Place
place_in (const Range *range, GBytes *key)
{
  if (range->low != NULL && sv_key_bytes_compare (key, range->low) <= 0)
    return BELOW;
  return range->high != NULL && sv_key_bytes_compare (key, range->high) > 0 ? ABOVE : WITHIN;
}

static void
add_entry (SvChangelogReader *reader, const SvChangelogEntry *entry, const char *source)
{
  if (!g_hash_table_add (reader->versions, g_strdup_printf ("%s %s", source, entry->version)))
    return;
  SvChangelogEntry *copy = sv_record_copy (&sv_changelog_entry_type, entry);
  sv_text_set (&copy->source, source);
  g_ptr_array_add (reader->entries, copy);
  reader->sorted = FALSE;
}

/* What stands below the installed version is in it already, whatever number it bears: 1.0-1~deb12u1
 * sorts before the 1.0-1 that it was made from. A version that is none is no evidence. */
static void
take_for (SvChangelogReader *reader, const SvChangelogEntry *entry, const char *source)
{
  const Range *range = g_hash_table_lookup (reader->ranges, source);
  g_autoptr (GBytes) key = NULL;

  if (range == NULL)
    return;
  if (!g_hash_table_contains (reader->seen, source))
    g_hash_table_add (reader->seen, g_strdup (source));
  key = sv_version_key (SV_SCHEME_DEB, entry->version, NULL);
  if (key == NULL || g_hash_table_contains (reader->closed, source))
    return;
  Place place = place_in (range, key);
  if (place == BELOW)
    g_hash_table_add (reader->closed, g_strdup (source));
  else if (place == WITHIN)
    add_entry (reader, entry, source);
}

/* An entry is evidence for the source in whose changelog it stands, and for the one it names. */
static gboolean
take_entry (const SvChangelogEntry *entry, gpointer user_data, GError **error)
{
  take_for (user_data, entry, entry->source);
  if (strcmp (entry->named, entry->source) != 0)
    take_for (user_data, entry, entry->named);
  return TRUE;
}

gboolean
sv_changelog_reader_read (SvChangelogReader *reader, SvStream *stream, const char *lineage,
                          GError **error)
{
  g_hash_table_remove_all (reader->closed);
  return sv_changelog_parse (stream, lineage, take_entry, reader, error);
}

/* New string: the wanted source that a file is named after; NULL if there is none. */
static char *
find_lineage (const SvChangelogReader *reader, const char *name)
{
  static const char *const ends[] = {".gz", ".xz", ".zst", ".bz2", ".changelog", ".txt"};
  g_autofree char *base = g_path_get_basename (name);

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_suffix (base, ends[i]))
      base[strlen (base) - strlen (ends[i])] = '\0';
  base[strcspn (base, "_")] = '\0';
  return g_hash_table_contains (reader->ranges, base) ? g_steal_pointer (&base) : NULL;
}

static gboolean
read_document (const char *name, SvStream *content, gpointer user_data, GError **error)
{
  g_autofree char *lineage = find_lineage (user_data, name);
  return sv_changelog_reader_read (user_data, content, lineage, error);
}

gboolean
sv_changelog_reader_read_path (SvChangelogReader *reader, const char *path, GError **error)
{
  return sv_documents_foreach (path, NULL, read_document, reader, error);
}

gboolean
sv_changelog_reader_has_seen (const SvChangelogReader *reader, const char *source)
{
  return g_hash_table_contains (reader->seen, source);
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const SvChangelogEntry *left = *(SvChangelogEntry *const *)a;
  const SvChangelogEntry *right = *(SvChangelogEntry *const *)b;
  int order = strcmp (left->source, right->source);

  if (order == 0)
    sv_version_compare (SV_SCHEME_DEB, right->version, left->version, &order, NULL);
  return order != 0 ? order : strcmp (left->version, right->version);
}

const GPtrArray *
sv_changelog_reader_get_entries (SvChangelogReader *reader)
{
  if (!reader->sorted)
    g_ptr_array_sort (reader->entries, compare_entries);
  reader->sorted = TRUE;
  return reader->entries;
}
