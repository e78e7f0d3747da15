/* Processes that still run what an update replaced (I24, trap 86). */
#include "inventory/collect.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define DELETED " (deleted)"

/* Mappings that were never files of a package, or are made to vanish. */
static const char *const ignored[] = {"/memfd:", "/SYSV",          "/dev/",  "/drm",
                                      "/i915",   "/anon_hugepage", "/tmp/",  "/var/tmp/",
                                      "/run/",   "/var/run/",      "/[aio]", "/proc/"};

typedef struct {
  SvCollect *collect;
  char *root;       /* of the process, through /proc/PID/root */
  GPtrArray *paths; /* replaced files, each once */
} Scan;

static gboolean
is_ignored (const char *path)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ignored); i++)
    if (g_str_has_prefix (path, ignored[i]))
      return TRUE;
  return *path != '/';
}

/* A different inode on the same device. Where the devices differ too, the file system (btrfs,
 * overlayfs) numbers them its own way, and nothing can be said. */
static gboolean
is_other_file (const Scan *scan, const char *path, const char *device, const char *inode)
{
  g_autofree char *full = g_build_filename (scan->root, path, NULL);
  struct stat status;
  char *colon;
  guint64 major_number = g_ascii_strtoull (device, &colon, 16);
  if (*colon != ':' || stat (full, &status) != 0)
    return FALSE;
  guint64 minor_number = g_ascii_strtoull (colon + 1, NULL, 16);
  return major (status.st_dev) == major_number && minor (status.st_dev) == minor_number &&
         status.st_ino != g_ascii_strtoull (inode, NULL, 10);
}

static void
add_path (Scan *scan, const char *path)
{
  sv_strings_add_distinct (scan->paths, path);
}

/* "7f…-7f… r-xp 00000000 fe:00 1234   /usr/lib/x.so (deleted)" */
static void
scan_mapping (Scan *scan, char *line)
{
  char *rest = line;
  sv_word_next (&rest);
  const char *permissions = sv_word_next (&rest);
  sv_word_next (&rest);
  const char *device = sv_word_next (&rest), *inode = sv_word_next (&rest);
  char *path = rest + strspn (rest, " ");
  if (inode == NULL || strlen (permissions) < 3 || permissions[2] != 'x' || is_ignored (path))
    return;
  gboolean deleted = g_str_has_suffix (path, DELETED);
  if (deleted)
    path[strlen (path) - strlen (DELETED)] = '\0';
  if (deleted || is_other_file (scan, path, device, inode))
    add_path (scan, path);
}

/* A container sees other files under the same names. Services with mounts of their own
 * (PrivateTmp) keep the host's root directory and do count. */
static gboolean
shares_root (const Scan *scan)
{
  struct stat own, other;
  return stat (scan->collect->source->root, &own) == 0 && stat (scan->root, &other) == 0 &&
         own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

/* The last part of the control group that names a unit: "…/system.slice/ssh.service". */
static char *
read_unit (const SvCollect *collect, const char *pid)
{
  static const char *const kinds[] = {".service", ".scope"};
  g_autofree char *path = g_build_filename ("proc", pid, "cgroup", NULL);
  g_autofree char *text = sv_collect_read (collect, path, NULL);
  SvLines lines = {text, 0};
  for (char *line; (line = sv_lines_next (&lines)) != NULL;) {
    g_auto (GStrv) parts = g_strsplit (line, "/", -1);
    for (guint i = g_strv_length (parts); i-- > 1;)
      for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
        if (g_str_has_suffix (parts[i], kinds[k]))
          return g_strdup (parts[i]);
  }
  return NULL;
}

static void
add_package (gpointer target, const char *package)
{
  sv_strings_add_distinct (((SvStaleProcess *)target)->packages, package);
}

static void
add_process (Scan *scan, const char *pid)
{
  g_autofree char *name_path = g_build_filename ("proc", pid, "comm", NULL);
  SvStaleProcess *process = sv_record_new (&sv_stale_process_type);
  process->pid = g_ascii_strtoll (pid, NULL, 10);
  process->process = sv_collect_read_line (scan->collect, name_path);
  process->unit = read_unit (scan->collect, pid);
  process->packages = sv_strings_new ();
  process->libraries = g_steal_pointer (&scan->paths);
  for (guint i = 0; i < process->libraries->len; i++)
    sv_owners_want (scan->collect->owners, process->libraries->pdata[i], add_package, process);
  g_ptr_array_add (scan->collect->inventory->stale_processes, process);
}

/* FALSE if the process exists but cannot be looked at. */
static gboolean
scan_process (SvCollect *collect, const char *pid)
{
  g_autofree char *maps_path = g_build_filename ("proc", pid, "maps", NULL);
  g_autofree char *root = g_build_filename (collect->source->root, "proc", pid, "root", NULL);
  Scan scan = {collect, root, NULL};
  g_autoptr (GError) failure = NULL;
  g_autofree char *maps = sv_collect_read_table (collect, maps_path, &failure);
  if (maps == NULL)
    return !sv_error_is (failure, SV_ERROR_DENIED) && !sv_error_is (failure, SV_ERROR_LIMIT);
  if (*maps == '\0' || !shares_root (&scan))
    return TRUE; /* a kernel thread, or a container's */
  g_autoptr (GPtrArray) paths = scan.paths = sv_strings_new ();
  SvLines lines = {maps, 0};
  for (char *line; (line = sv_lines_next (&lines)) != NULL;)
    scan_mapping (&scan, line);
  if (paths->len > 0) {
    add_process (&scan, pid);
    g_steal_pointer (&paths); /* now the process's */
  }
  return TRUE;
}

static int
compare_processes (gconstpointer a, gconstpointer b)
{
  const SvStaleProcess *x = *(SvStaleProcess *const *)a, *y = *(SvStaleProcess *const *)b;
  return x->pid < y->pid ? -1 : x->pid > y->pid;
}

gboolean
sv_processes_collect (SvCollect *collect, GError **error)
{
  g_autoptr (GPtrArray) names = sv_collect_list (collect, "proc");
  g_autofree char *self = g_strdup_printf ("%d", (int)getpid ());
  guint n_seen = 0, n_hidden = 0;
  for (guint i = 0; i < names->len; i++) {
    const char *pid = names->pdata[i];
    if (!g_ascii_isdigit (*pid) || g_str_equal (pid, self))
      continue;
    n_seen++;
    n_hidden += !scan_process (collect, pid);
  }
  if (n_seen == 0) {
    g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND, "no process can be seen in /proc");
    return FALSE;
  }
  if (n_hidden > 0)
    sv_collect_add_gap (collect, "processes", "%u of %u processes cannot be looked into%s",
                        n_hidden, n_seen, geteuid () == 0 ? "" : "; run as root to see them");
  g_ptr_array_sort (collect->inventory->stale_processes, compare_processes);
  return TRUE;
}
