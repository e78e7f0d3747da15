#include "fleet_model.h"

#include <string.h>

/* One release has so many sources; a source has one to four packages. A host of a role has what
 * all have, and what its role has. */
#define N_SOURCES 4000
#define N_RELEASES 3
#define N_ROLES 8
#define N_LEVELS 6 /* versions of one source that were released */

struct FleetModel {
  guint n_packages; /* of one host */
};

static const char *const releases[N_RELEASES] = {"12", "13", "11"};

FleetModel *
fleet_model_new (guint n_packages)
{
  FleetModel *model = g_new (FleetModel, 1);
  model->n_packages = n_packages;
  return model;
}

void
fleet_model_free (FleetModel *model)
{
  g_free (model);
}

/* A number that follows from three: splitmix64. */
static guint32
mix (guint64 a, guint64 b, guint64 c)
{
  guint64 x = a * 0x9e3779b97f4a7c15ULL + b * 0xbf58476d1ce4e5b9ULL + c;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return (guint32)((x ^ (x >> 31)) >> 16);
}

static guint
release_of (guint host)
{
  guint at = mix (host, 1, 0) % 10;
  return at < 6 ? 0 : at < 9 ? 1 : 2;
}

/* The level to which a host is patched, and how many sources stand elsewhere. */
static guint
level_of (guint host)
{
  return N_LEVELS - 1 - MIN (mix (host, 2, 0) % 20, 4);
}

/* Source @n of a host: what all have first, then what its role has. */
static guint
source_at (guint release, guint role, guint n)
{
  guint common = N_SOURCES / 10;
  return n < common ? n : common + mix (release, role, n) % (N_SOURCES - common);
}

static char *
version_of (guint release, guint source, guint level)
{
  return g_strdup_printf ("%u.%u.%u-%u+deb%su1", 1 + source % 7, source % 23,
                          level * (1 + source % 3), 1 + level % 4, releases[release]);
}

static void
add_packages (SvInventory *inventory, guint release, guint source, guint level)
{
  g_autofree char *version = version_of (release, source, level);
  for (guint i = 0; i <= mix (source, 3, 0) % 4; i++) {
    SvPackage *package = sv_record_new (&sv_package_type);
    package->source = g_strdup_printf ("source-%u", source);
    package->name = i == 0 ? g_strdup_printf ("package-%u", source)
                           : g_strdup_printf ("libpackage-%u-%u", source, i);
    package->arch = g_strdup (i == 3 ? "all" : "amd64");
    package->version = g_strdup (version);
    package->source_version = g_strdup (version);
    package->origin = g_strdup_printf ("Debian:%s/stable", releases[release]);
    g_ptr_array_add (inventory->packages, package);
  }
}

static void
add_kernel (SvInventory *inventory, guint release, guint level, SvKernelRole role)
{
  SvKernel *kernel = sv_record_new (&sv_kernel_type);
  kernel->release = g_strdup_printf ("6.%u.0-%u-amd64", release, level);
  kernel->package = g_strconcat ("linux-image-", kernel->release, NULL);
  kernel->package_version = g_strdup_printf ("6.%u.%u-1", release, level);
  kernel->running_version = g_strdup (kernel->package_version);
  kernel->role = role;
  g_ptr_array_add (inventory->kernels, kernel);
  SvPackage *package = sv_record_new (&sv_package_type);
  package->name = g_strdup (kernel->package);
  package->arch = g_strdup ("amd64");
  package->version = g_strdup (kernel->package_version);
  package->source = g_strdup ("linux");
  package->source_version = g_strdup (kernel->package_version);
  g_ptr_array_add (inventory->packages, package);
}

static gint
compare_packages (gconstpointer a, gconstpointer b)
{
  const SvPackage *x = *(SvPackage *const *)a, *y = *(SvPackage *const *)b;
  return strcmp (x->name, y->name);
}

static SvInventory *
new_inventory (guint host, guint release)
{
  SvInventory *inventory = sv_record_new (&sv_inventory_type);
  inventory->hostname = g_strdup_printf ("host-%07u.example", host);
  inventory->collected_at_us = 1795000000 * SV_SECOND_US;
  inventory->hardware_class = g_strdup (host % 5 == 0 ? "server" : "virtual");
  inventory->machine = g_strdup ("x86_64");
  inventory->distro = sv_record_new (&sv_distro_type);
  inventory->distro->id = g_strdup ("debian");
  inventory->distro->release = g_strdup (releases[release]);
  inventory->distro->name = g_strdup_printf ("Debian GNU/Linux %s", releases[release]);
  inventory->packages = g_ptr_array_new ();
  inventory->kernels = g_ptr_array_new ();
  return inventory;
}

SvInventory *
fleet_model_make_host (const FleetModel *model, guint host)
{
  guint release = release_of (host), role = mix (host, 4, 0) % N_ROLES, level = level_of (host);
  guint n_drifted = mix (host, 5, 0) % 40;
  SvInventory *inventory = new_inventory (host, release);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  for (guint n = 0; inventory->packages->len < model->n_packages; n++) {
    guint source = source_at (release, role, n);
    if (!g_hash_table_add (seen, GUINT_TO_POINTER (source + 1)))
      continue;
    gboolean drifted = mix (host, 6, source) % 600 < n_drifted; /* a few, each host its own */
    add_packages (inventory, release, source, drifted ? mix (host, 7, source) % N_LEVELS : level);
  }
  add_kernel (inventory, release, level, SV_KERNEL_RUNNING);
  if (host % 3 == 0)
    add_kernel (inventory, release, level - 1, SV_KERNEL_ON_DISK);
  g_ptr_array_sort (inventory->packages, compare_packages);
  return inventory;
}

/* --- what the world says --- */

static const char *const codenames[N_RELEASES] = {"bookworm", "trixie", "bullseye"};

/* Flaw @flaw of @source, fixed at some level; one in twelve is not fixed yet. */
static void
write_flaw (SvJsonWriter *writer, guint source, guint flaw)
{
  g_autofree char *id = g_strdup_printf ("CVE-2%03u-%05u", flaw, 10000 + source);
  sv_json_open_object (writer, id);
  sv_json_open_object (writer, "releases");
  for (guint release = 0; release < N_RELEASES; release++) {
    gboolean open = mix (source, flaw, 8) % 12 == 0;
    g_autofree char *fixed =
        open ? NULL : version_of (release, source, mix (source, flaw, 9) % N_LEVELS);
    sv_json_open_object (writer, codenames[release]);
    sv_json_add_string (writer, "status", open ? "open" : "resolved");
    if (fixed != NULL)
      sv_json_add_string (writer, "fixed_version", fixed);
    sv_json_add_string (writer, "urgency", "not yet assigned");
    sv_json_close (writer);
  }
  sv_json_close (writer);
  sv_json_close (writer);
}

static void
write_one_more (SvJsonWriter *writer, const char *id)
{
  sv_json_open_object (writer, id);
  sv_json_open_object (writer, "releases");
  sv_json_open_object (writer, codenames[0]);
  sv_json_add_string (writer, "status", "open");
  sv_json_add_string (writer, "urgency", "high");
  sv_json_close (writer);
  sv_json_close (writer);
  sv_json_close (writer);
}

gboolean
fleet_model_write_tracker (const FleetModel *model, const char *path, guint n_statements,
                           const char *one_more, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (text, 0);
  guint n_flaws = MAX (1, n_statements / N_RELEASES / N_SOURCES);
  sv_json_open_object (writer, NULL);
  for (guint source = 0; source < N_SOURCES; source++) {
    g_autofree char *name = g_strdup_printf ("source-%u", source);
    sv_json_open_object (writer, name);
    for (guint flaw = 0; flaw < n_flaws; flaw++)
      write_flaw (writer, source, flaw);
    if (source == 1 && one_more != NULL)
      write_one_more (writer, one_more);
    sv_json_close (writer);
  }
  sv_json_close (writer);
  return g_file_set_contents (path, text->str, (gssize)text->len, error);
}
