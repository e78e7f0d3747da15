/* Who waits for others on this host, and how it is connected (I6, I15). */
#include "inventory/collect.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>

/* --- listening sockets --- */

/* A socket waits in LISTEN (tcp) or, for want of states, CLOSE without a peer (udp). */
static const struct {
  const char *file;
  const char *protocol;
  const char *state;
} tables[] = {
    {"proc/net/tcp", "tcp", "0A"},
    {"proc/net/tcp6", "tcp", "0A"},
    {"proc/net/udp", "udp", "07"},
    {"proc/net/udp6", "udp", "07"},
};

/* The kernel prints each 32-bit word of an address as a number of this machine. */
static gboolean
parse_address (const char *hex, gsize length, char *out, gsize out_size, gboolean *ret_local)
{
  guint32 words[4];
  gsize n = length / 8;
  if ((n != 1 && n != 4) || length % 8 != 0)
    return FALSE;
  for (gsize i = 0; i < n; i++) {
    char word[9] = {0};
    memcpy (word, hex + i * 8, 8);
    words[i] = (guint32)g_ascii_strtoull (word, NULL, 16);
  }
  static const guint8 mapped[12] = {[10] = 0xff, [11] = 0xff};
  const guint8 *bytes = (const guint8 *)words;
  gboolean is_mapped = n == 4 && memcmp (bytes, mapped, sizeof mapped) == 0;
  *ret_local = n == 1 ? bytes[0] == 127
                      : IN6_IS_ADDR_LOOPBACK ((const struct in6_addr *)words) ||
                            (is_mapped && bytes[12] == 127);
  return inet_ntop (n == 1 ? AF_INET : AF_INET6, words, out, (socklen_t)out_size) != NULL;
}

/* "sl local_address rem_address st … inode": the inode is the tenth word. */
static SvListener *
parse_listener (char *line, const char *protocol, const char *state, guint64 *ret_inode)
{
  char *words[10] = {NULL}, *rest = line;
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if ((words[i] = sv_word_next (&rest)) == NULL)
      return NULL;
  const char *colon = strchr (words[1], ':');
  if (colon == NULL || !g_str_equal (words[3], state) || !g_str_has_suffix (words[2], ":0000"))
    return NULL;
  char address[INET6_ADDRSTRLEN];
  gboolean local;
  if (!parse_address (words[1], (gsize)(colon - words[1]), address, sizeof address, &local))
    return NULL;
  SvListener *listener = sv_record_new (&sv_listener_type);
  listener->protocol = g_strdup (protocol);
  listener->address = g_strdup (address);
  listener->port = (gint64)g_ascii_strtoull (colon + 1, NULL, 16);
  listener->local_only = local;
  *ret_inode = g_ascii_strtoull (words[9], NULL, 10);
  return listener;
}

static gboolean
read_table (SvCollect *collect, gsize table, GHashTable *by_inode, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *text = sv_collect_read_table (collect, tables[table].file, &failure);
  if (text == NULL && sv_error_is (failure, SV_ERROR_NOT_FOUND))
    return TRUE; /* no IPv6 */
  if (text == NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  SvLines lines = {text, 0};
  for (char *line; (line = sv_lines_next (&lines)) != NULL;) {
    guint64 inode = 0;
    SvListener *listener =
        parse_listener (line, tables[table].protocol, tables[table].state, &inode);
    if (listener == NULL)
      continue;
    g_ptr_array_add (collect->inventory->listeners, listener);
    if (inode != 0)
      g_hash_table_insert (by_inode, g_memdup2 (&inode, sizeof inode), listener);
  }
  return TRUE;
}

static void
set_listener_package (gpointer target, const char *package)
{
  SvListener *listener = target;
  if (listener->package == NULL)
    listener->package = g_strdup (package);
}

static void
set_process (SvCollect *collect, SvListener *listener, const char *pid)
{
  if (listener->pid != 0)
    return; /* a socket that several processes share: the first stands for them */
  g_autofree char *name_path = g_build_filename ("proc", pid, "comm", NULL);
  g_autofree char *exe_path = g_build_filename (collect->source->root, "proc", pid, "exe", NULL);
  g_autofree char *program = g_file_read_link (exe_path, NULL);
  listener->pid = (gint64)g_ascii_strtoll (pid, NULL, 10);
  listener->process = sv_collect_read_line (collect, name_path);
  if (program != NULL && g_str_has_suffix (program, " (deleted)"))
    program[strlen (program) - strlen (" (deleted)")] = '\0';
  if (program != NULL)
    sv_owners_want (collect->owners, program, set_listener_package, listener);
}

/* The descriptors of one process: links such as "socket:[12345]". FALSE if they may not be seen. */
static gboolean
match_descriptors (SvCollect *collect, const char *pid, GHashTable *by_inode)
{
  g_autofree char *directory = g_build_filename (collect->source->root, "proc", pid, "fd", NULL);
  g_autoptr (GError) failure = NULL;
  g_autoptr (GDir) links = g_dir_open (directory, 0, &failure);
  if (links == NULL) /* else it has ended meanwhile */
    return !g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_ACCES);
  for (const char *name; (name = g_dir_read_name (links)) != NULL;) {
    g_autofree char *path = g_build_filename (directory, name, NULL);
    g_autofree char *target = g_file_read_link (path, NULL);
    if (target == NULL || !g_str_has_prefix (target, "socket:["))
      continue;
    guint64 inode = g_ascii_strtoull (target + strlen ("socket:["), NULL, 10);
    SvListener *listener = g_hash_table_lookup (by_inode, &inode);
    if (listener != NULL)
      set_process (collect, listener, pid);
  }
  return TRUE;
}

static int
compare_listeners (gconstpointer a, gconstpointer b)
{
  const SvListener *x = *(SvListener *const *)a, *y = *(SvListener *const *)b;
  if (x->port != y->port)
    return x->port < y->port ? -1 : 1;
  int order = strcmp (x->protocol, y->protocol);
  return order != 0 ? order : strcmp (x->address, y->address);
}

gboolean
sv_listeners_collect (SvCollect *collect, GError **error)
{
  g_autoptr (GHashTable) by_inode =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    if (!read_table (collect, i, by_inode, error))
      return FALSE;
  g_autoptr (GPtrArray) pids = sv_collect_list (collect, "proc");
  guint n_hidden = 0;
  for (guint i = 0; g_hash_table_size (by_inode) > 0 && i < pids->len; i++)
    if (g_ascii_isdigit (*(const char *)pids->pdata[i]))
      n_hidden += !match_descriptors (collect, pids->pdata[i], by_inode);
  if (n_hidden > 0)
    sv_collect_add_gap (collect, "listeners",
                        "the sockets of %u processes cannot be seen; run as root to see them",
                        n_hidden);
  g_ptr_array_sort (collect->inventory->listeners, compare_listeners);
  return TRUE;
}

/* --- interfaces --- */

/* ARPHRD_LOOPBACK is 772; whatever has no device behind it is virtual. */
static const char *
find_medium (const SvCollect *collect, const char *base)
{
  g_autofree char *type_path = g_build_filename (base, "type", NULL);
  g_autofree char *wireless = g_build_filename (collect->source->root, base, "wireless", NULL);
  g_autofree char *device = g_build_filename (collect->source->root, base, "device", NULL);
  g_autofree char *type = sv_collect_read_line (collect, type_path);
  if (g_strcmp0 (type, "772") == 0)
    return "loopback";
  if (g_file_test (wireless, G_FILE_TEST_EXISTS))
    return "wireless";
  return g_file_test (device, G_FILE_TEST_EXISTS) ? "wired" : "virtual";
}

static SvInterface *
read_interface (SvCollect *collect, const char *name)
{
  g_autofree char *base = g_build_filename ("sys/class/net", name, NULL);
  g_autofree char *state_path = g_build_filename (base, "operstate", NULL);
  g_autofree char *speed_path = g_build_filename (base, "speed", NULL);
  g_autofree char *state = sv_collect_read_line (collect, state_path);
  g_autofree char *speed = sv_collect_read_line (collect, speed_path);
  g_autofree char *mac_path = g_build_filename (base, "address", NULL);
  gboolean known = g_strcmp0 (state, "up") == 0 || g_strcmp0 (state, "down") == 0;
  SvInterface *interface = sv_record_new (&sv_interface_type);
  interface->name = g_strdup (name);
  interface->state = g_strdup (known ? state : "unknown");
  interface->medium = g_strdup (find_medium (collect, base));
  interface->mac = sv_collect_read_line (collect, mac_path);
  gint64 speed_mbps = speed != NULL ? g_ascii_strtoll (speed, NULL, 10) : 0;
  interface->speed_mbps = MAX (speed_mbps, 0); /* -1: the driver does not know */
  interface->addresses = sv_strings_new ();
  return interface;
}

static void
add_address (const GPtrArray *interfaces, const struct ifaddrs *entry)
{
  char text[INET6_ADDRSTRLEN];
  const void *address = NULL;
  if (entry->ifa_addr != NULL && entry->ifa_addr->sa_family == AF_INET)
    address = &((const struct sockaddr_in *)(const void *)entry->ifa_addr)->sin_addr;
  else if (entry->ifa_addr != NULL && entry->ifa_addr->sa_family == AF_INET6)
    address = &((const struct sockaddr_in6 *)(const void *)entry->ifa_addr)->sin6_addr;
  if (address == NULL || inet_ntop (entry->ifa_addr->sa_family, address, text, sizeof text) == NULL)
    return;
  for (guint i = 0; i < interfaces->len; i++) {
    SvInterface *interface = interfaces->pdata[i];
    if (g_str_equal (interface->name, entry->ifa_name))
      g_ptr_array_add (interface->addresses, g_strdup (text));
  }
}

gboolean
sv_interfaces_collect (SvCollect *collect, GError **error)
{
  GPtrArray *interfaces = collect->inventory->interfaces;
  g_autoptr (GPtrArray) names = sv_collect_list (collect, "sys/class/net");
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path =
        g_build_filename (collect->source->root, "sys/class/net", names->pdata[i], NULL);
    if (g_file_test (path, G_FILE_TEST_IS_DIR)) /* bonding_masters is a plain file */
      g_ptr_array_add (interfaces, read_interface (collect, names->pdata[i]));
  }
  struct ifaddrs *addresses = NULL;
  if (getifaddrs (&addresses) != 0)
    return sv_error_set_errno (error, errno, "list", "interface addresses");
  for (const struct ifaddrs *entry = addresses; entry != NULL; entry = entry->ifa_next)
    add_address (interfaces, entry);
  freeifaddrs (addresses);
  return TRUE;
}
