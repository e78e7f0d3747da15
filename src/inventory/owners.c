#include "inventory/owners.h"

#include <string.h>

typedef struct {
  SvOwnerFound found;
  gpointer target;
} Want;

struct SvOwners {
  GHashTable *wants; /* canonical path → GArray of Want */
};

/* The directories that usrmerge made aliases of their namesakes in /usr. */
static const char *const merged[] = {"/usr/bin/",   "/usr/sbin/",  "/usr/lib/",
                                     "/usr/lib32/", "/usr/lib64/", "/usr/libx32/"};

/* The path without the /usr that usrmerge makes optional. */
static const char *
canonical (const char *path)
{
  for (gsize i = 0; i < G_N_ELEMENTS (merged); i++)
    if (g_str_has_prefix (path, merged[i]))
      return path + strlen ("/usr");
  return path;
}

SvOwners *
sv_owners_new (void)
{
  SvOwners *owners = g_new0 (SvOwners, 1);
  owners->wants =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
  return owners;
}

void
sv_owners_free (SvOwners *owners)
{
  if (owners == NULL)
    return;
  g_hash_table_unref (owners->wants);
  g_free (owners);
}

void
sv_owners_want (SvOwners *owners, const char *path, SvOwnerFound found, gpointer target)
{
  const char *key = canonical (path);
  GArray *wants = g_hash_table_lookup (owners->wants, key);
  if (wants == NULL) {
    wants = g_array_new (FALSE, FALSE, sizeof (Want));
    g_hash_table_insert (owners->wants, g_strdup (key), wants);
  }
  g_array_append_val (wants, ((Want){found, target}));
}

gboolean
sv_owners_is_empty (const SvOwners *owners)
{
  return g_hash_table_size (owners->wants) == 0;
}

void
sv_owners_tell (SvOwners *owners, const char *path, const char *package)
{
  const GArray *wants = g_hash_table_lookup (owners->wants, canonical (path));
  for (guint i = 0; wants != NULL && i < wants->len; i++) {
    const Want *want = &g_array_index (wants, Want, i);
    want->found (want->target, package);
  }
}
