/* Room for updates: the file systems they are written to. */
#include "inventory/collect.h"

#include <errno.h>
#include <sys/statvfs.h>

/* Where a package manager writes, from downloads to kernels. Those on one file system are listed
 * once, under its mount. */
static const char *const places[] = {"/",          "/boot",    "/boot/efi", "/usr", "/var",
                                     "/var/cache", "/var/lib", "/tmp",      "/opt", "/home"};

/* Mount → type of the mount seen there last, which covers the earlier ones. mountinfo writes blanks
 * and backslashes in octal. */
static GHashTable *
read_mounts (const SvCollect *collect, GError **error)
{
  g_autofree char *text = sv_collect_read (collect, "proc/self/mountinfo", error);
  if (text == NULL)
    return NULL;
  GHashTable *mounts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  SvLines lines = {text, 0};
  for (char *line; (line = sv_lines_next (&lines)) != NULL;) {
    char *tail = strstr (line, " - ");
    g_auto (GStrv) words = g_strsplit (line, " ", 6);
    if (tail == NULL || g_strv_length (words) < 6)
      continue;
    tail += strlen (" - ");
    g_hash_table_insert (mounts, g_strcompress (words[4]), g_strndup (tail, strcspn (tail, " ")));
  }
  return mounts;
}

/* The mount that @place lies on: itself, or the nearest directory above it. */
static char *
dup_mount_of (GHashTable *mounts, const char *place)
{
  g_autofree char *path = g_strdup (place);
  while (!g_hash_table_contains (mounts, path) && strlen (path) > 1) {
    char *parent = g_path_get_dirname (path);
    g_free (path);
    path = parent;
  }
  return g_steal_pointer (&path);
}

static gint64
count_bytes (fsblkcnt_t blocks, unsigned long block_bytes)
{
  guint64 bytes;
  if (!g_uint64_checked_mul (&bytes, blocks, block_bytes) || bytes > G_MAXINT64)
    return G_MAXINT64;
  return (gint64)bytes;
}

static gboolean
add_filesystem (SvCollect *collect, const char *mount, const char *type, GError **error)
{
  g_autofree char *path = g_build_filename (collect->source->root, mount, NULL);
  struct statvfs status;
  if (statvfs (path, &status) != 0)
    return sv_error_set_errno (error, errno, "measure", path);
  SvFilesystem *filesystem = sv_record_new (&sv_filesystem_type);
  filesystem->mount = g_strdup (mount);
  filesystem->type = g_strdup (type);
  filesystem->total_bytes = count_bytes (status.f_blocks, status.f_frsize);
  filesystem->free_bytes = count_bytes (status.f_bavail, status.f_frsize);
  g_ptr_array_add (collect->inventory->filesystems, filesystem);
  return TRUE;
}

gboolean
sv_filesystems_collect (SvCollect *collect, GError **error)
{
  g_autoptr (GHashTable) mounts = read_mounts (collect, error);
  if (mounts == NULL)
    return FALSE;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree char *mount = dup_mount_of (mounts, places[i]);
    /* a changed root need not be a mount of its own: it can be measured, its type is not known */
    const char *type = g_hash_table_lookup (mounts, mount);
    g_autoptr (GError) failure = NULL;
    if (!g_hash_table_add (seen, g_strdup (mount)))
      continue;
    if (!add_filesystem (collect, mount, type != NULL ? type : "unknown", &failure))
      sv_collect_add_gap (collect, "filesystems", "%s", failure->message);
  }
  return TRUE;
}
