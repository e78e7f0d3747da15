#include "inventory/collect.h"

void
sv_collect_init (SvCollect *collect, const SvInventorySource *source, gint64 now_us)
{
  *collect = (SvCollect){.source = source, .now_us = now_us, .owners = sv_owners_new ()};
  SvInventory *inventory = collect->inventory = sv_record_new (&sv_inventory_type);
  inventory->collected_at_us = now_us;
  GPtrArray **records[] = {
      &inventory->packages,   &inventory->kernels,         &inventory->listeners,
      &inventory->interfaces, &inventory->filesystems,     &inventory->repositories,
      &inventory->pins,       &inventory->stale_processes, &inventory->supports,
      &inventory->gaps,       &inventory->live_patches};
  for (gsize i = 0; i < G_N_ELEMENTS (records); i++)
    *records[i] = g_ptr_array_new ();
  inventory->reboot_reasons = sv_strings_new ();
  inventory->modules = sv_strings_new ();
}

void
sv_collect_clear (SvCollect *collect)
{
  g_clear_pointer (&collect->inventory, sv_inventory_free);
  g_clear_pointer (&collect->owners, sv_owners_free);
  g_clear_pointer (&collect->running_release, g_free);
  g_clear_pointer (&collect->running_version, g_free);
}

static void
append_gap (SvInventory *inventory, const char *what, char *why)
{
  SvGap *gap = sv_record_new (&sv_gap_type);
  gap->what = g_strdup (what);
  gap->why = why;
  g_ptr_array_add (inventory->gaps, gap);
}

void
sv_collect_add_gap (SvCollect *collect, const char *what, const char *format, ...)
{
  if (collect->inventory->gaps->len >= SV_LIMIT_GAPS) {
    collect->n_gaps_dropped++;
    return;
  }
  va_list arguments;
  va_start (arguments, format);
  append_gap (collect->inventory, what, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

const char *
sv_package_find_fault (const SvPackage *package)
{
  if (sv_text_is_empty (package->name))
    return "it has no name";
  if (strlen (package->name) > SV_LIMIT_NAME_BYTES)
    return "its name is too long";
  if (sv_text_is_empty (package->version))
    return "it has no version";
  if (strlen (package->version) > SV_LIMIT_VERSION_BYTES)
    return "its version is too long";
  return NULL;
}

static gboolean
has_room (SvCollect *collect)
{
  if (collect->inventory->packages->len < SV_LIMIT_PACKAGES)
    return TRUE;
  if (!collect->limit_reached)
    sv_collect_add_gap (collect, "packages",
                        "there are more than %d packages; the rest is left out", SV_LIMIT_PACKAGES);
  collect->limit_reached = TRUE;
  return FALSE;
}

void
sv_collect_add_package (SvCollect *collect, SvPackage *package, const char *where)
{
  const char *fault = sv_package_find_fault (package);
  if (fault != NULL) {
    int shown = SV_LIMIT_NAME_BYTES;
    sv_collect_add_gap (collect, "packages", "%s: record '%.*s' left out: %s", where, shown,
                        package->name != NULL ? package->name : "", fault);
  }
  if (fault != NULL || !has_room (collect)) {
    sv_record_free (&sv_package_type, package);
    return;
  }
  if (sv_text_is_empty (package->source)) {
    sv_text_set (&package->source, package->name);
  }
  g_ptr_array_add (collect->inventory->packages, package);
}

void
sv_collect_set_distro (SvCollect *collect, SvDistro *distro)
{
  if (distro == NULL)
    return;
  if (collect->inventory->distro == NULL)
    collect->inventory->distro = distro;
  else
    sv_distro_free (distro);
}

/* --- the end of a look --- */

static int
compare_packages (const SvPackage *a, const SvPackage *b)
{
  int order = strcmp (a->name, b->name);
  if (order == 0)
    order = g_strcmp0 (a->arch, b->arch);
  if (order == 0)
    order = strcmp (a->version, b->version);
  if (order == 0)
    order = g_strcmp0 (a->ecosystem, b->ecosystem);
  return order;
}

/* Of two records of one package the better installed one comes first. */
static int
sort_packages (gconstpointer a, gconstpointer b)
{
  const SvPackage *x = *(SvPackage *const *)a, *y = *(SvPackage *const *)b;
  int order = compare_packages (x, y);
  return order != 0 ? order : x->state - y->state;
}

/* Duplicates are dropped with one gap for all: a host may have thousands (trap 110). */
static void
drop_duplicates (SvCollect *collect)
{
  GPtrArray *packages = collect->inventory->packages;
  const char *first = NULL;
  guint kept = 0;
  for (guint i = 0; i < packages->len; i++) {
    SvPackage *package = packages->pdata[i];
    SvPackage *last = kept > 0 ? packages->pdata[kept - 1] : NULL;
    if (last == NULL || compare_packages (last, package) != 0) {
      packages->pdata[kept++] = package;
      continue;
    }
    first = first != NULL ? first : last->name;
    sv_record_free (&sv_package_type, package);
  }
  if (first != NULL)
    sv_collect_add_gap (collect, "packages", "%u duplicate records dropped, the first of '%s'",
                        packages->len - kept, first);
  g_ptr_array_set_size (packages, (int)kept);
}

SvInventory *
sv_collect_finish (SvCollect *collect)
{
  SvInventory *inventory = collect->inventory;
  if (inventory->hardware_class == NULL)
    inventory->hardware_class = g_strdup ("unknown");
  if (collect->n_gaps_dropped > 0)
    append_gap (inventory, "inventory",
                g_strdup_printf ("%" G_GUINT64_FORMAT " further gaps are not listed",
                                 collect->n_gaps_dropped));
  return g_steal_pointer (&collect->inventory);
}

void
sv_collect_sort_packages (SvCollect *collect)
{
  g_ptr_array_sort (collect->inventory->packages, sort_packages);
  drop_duplicates (collect);
}
