#include "inventory/dictionary.h"

#include <string.h>

/* Ids are dense but for what failed to commit: an array of slots serves as the index. */
typedef struct {
  SvPackage *package; /* NULL: no such id */
  SvDigest digest;
} Slot;

struct SvDictionary {
  GRWLock lock;
  GPtrArray *slots; /* Slot by id; owned; NULL where there is none */
  GHashTable *ids;  /* SvDigest, lent by its slot -> id */
};

static void
slot_free (gpointer data)
{
  Slot *slot = data;
  if (slot != NULL)
    sv_record_free (&sv_package_type, slot->package);
  g_free (slot);
}

static guint
hash_digest (gconstpointer digest)
{
  guint hash;
  memcpy (&hash, digest, sizeof hash);
  return hash;
}

static gboolean
same_digest (gconstpointer a, gconstpointer b)
{
  return sv_digest_compare (a, b) == 0;
}

SvDictionary *
sv_dictionary_new (void)
{
  SvDictionary *dictionary = g_new0 (SvDictionary, 1);
  g_rw_lock_init (&dictionary->lock);
  dictionary->slots = g_ptr_array_new_with_free_func (slot_free);
  dictionary->ids = g_hash_table_new (hash_digest, same_digest);
  g_ptr_array_add (dictionary->slots, NULL); /* there is no id 0 */
  return dictionary;
}

void
sv_dictionary_free (SvDictionary *dictionary)
{
  if (dictionary == NULL)
    return;
  g_hash_table_unref (dictionary->ids);
  g_ptr_array_unref (dictionary->slots);
  g_rw_lock_clear (&dictionary->lock);
  g_free (dictionary);
}

void
sv_dictionary_add (SvDictionary *dictionary, guint32 id, SvPackage *package)
{
  Slot *slot = g_new (Slot, 1);
  *slot = (Slot){package, sv_package_digest (package)};
  g_rw_lock_writer_lock (&dictionary->lock);
  if (id < dictionary->slots->len) {
    slot_free (slot); /* somebody else was told of it first */
  } else {
    while (dictionary->slots->len < id)
      g_ptr_array_add (dictionary->slots, NULL);
    g_ptr_array_add (dictionary->slots, slot);
    g_hash_table_insert (dictionary->ids, &slot->digest, GUINT_TO_POINTER (id));
  }
  g_rw_lock_writer_unlock (&dictionary->lock);
}

guint32
sv_dictionary_get_last (SvDictionary *dictionary)
{
  g_rw_lock_reader_lock (&dictionary->lock);
  guint32 last = dictionary->slots->len - 1;
  g_rw_lock_reader_unlock (&dictionary->lock);
  return last;
}

guint32
sv_dictionary_find (SvDictionary *dictionary, const SvDigest *digest)
{
  g_rw_lock_reader_lock (&dictionary->lock);
  guint32 id = GPOINTER_TO_UINT (g_hash_table_lookup (dictionary->ids, digest));
  g_rw_lock_reader_unlock (&dictionary->lock);
  return id;
}

/* Slots stay where they are: only the list of them needs the lock. */
static const Slot *
find_slot (SvDictionary *dictionary, guint32 id)
{
  g_rw_lock_reader_lock (&dictionary->lock);
  const Slot *slot = id < dictionary->slots->len ? dictionary->slots->pdata[id] : NULL;
  g_rw_lock_reader_unlock (&dictionary->lock);
  return slot;
}

const SvPackage *
sv_dictionary_find_package (SvDictionary *dictionary, guint32 id)
{
  const Slot *slot = find_slot (dictionary, id);
  return slot != NULL ? slot->package : NULL;
}

gboolean
sv_dictionary_find_digest (SvDictionary *dictionary, guint32 id, SvDigest *ret_digest)
{
  const Slot *slot = find_slot (dictionary, id);
  if (slot != NULL)
    *ret_digest = slot->digest;
  return slot != NULL;
}
