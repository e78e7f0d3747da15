#include "inventory/facts.h"

#include "inventory/collect.h"

typedef enum {
  NEEDS_NOTHING, /* copes with whatever there is */
  NEEDS_ROOT,
  NEEDS_HOST /* the running host itself */
} Need;

/* In the order in which they build on each other. */
static const struct {
  const char *name;
  SvCollectFunc collect;
  Need need;
  gboolean required; /* its failure is the caller's error, not a gap */
} collectors[] = {
    {"system", sv_os_release_collect, NEEDS_NOTHING},
    {"packages", sv_packages_collect, NEEDS_NOTHING, TRUE},
    {"holds", sv_holds_collect, NEEDS_ROOT},
    {"modules", sv_modules_collect, NEEDS_ROOT},
    {"hardware", sv_hardware_collect, NEEDS_HOST},
    {"kernels", sv_kernels_collect, NEEDS_NOTHING},
    {"live patches", sv_live_patches_collect, NEEDS_NOTHING},
    {"listeners", sv_listeners_collect, NEEDS_HOST},
    {"interfaces", sv_interfaces_collect, NEEDS_HOST},
    {"filesystems", sv_filesystems_collect, NEEDS_HOST},
    {"repositories", sv_repositories_collect, NEEDS_NOTHING},
    {"release lock", sv_release_lock_collect, NEEDS_ROOT},
    {"pins", sv_pins_collect, NEEDS_NOTHING},
    {"processes", sv_processes_collect, NEEDS_HOST},
    {"owners", sv_owners_collect, NEEDS_ROOT},
    {"support", sv_supports_collect, NEEDS_NOTHING},
    {"reboot", sv_reboot_collect, NEEDS_HOST},
};

static gboolean
can_look (const SvInventorySource *source, Need need)
{
  return need == NEEDS_NOTHING || (source->root != NULL && (need == NEEDS_ROOT || source->live));
}

SvInventory *
sv_inventory_collect (const SvInventorySource *source, gint64 now_us, GError **error)
{
  g_auto (SvCollect) collect;
  sv_collect_init (&collect, source, now_us);
  for (gsize i = 0; i < G_N_ELEMENTS (collectors); i++) {
    if (!can_look (source, collectors[i].need)) {
      if (collectors[i].need == NEEDS_HOST)
        sv_collect_add_gap (&collect, collectors[i].name, "only the running host shows it");
      continue;
    }
    g_autoptr (GError) failure = NULL;
    if (collectors[i].collect (&collect, &failure))
      continue;
    if (collectors[i].required) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
    sv_collect_add_gap (&collect, collectors[i].name, "%s", failure->message);
  }
  return sv_collect_finish (&collect);
}

void
sv_inventory_free (SvInventory *inventory)
{
  sv_record_free (&sv_inventory_type, inventory);
}

/* Index of the first package whose name is not below @name. */
static guint
lower_bound (const GPtrArray *packages, const char *name)
{
  guint low = 0, high = packages->len;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (strcmp (((const SvPackage *)packages->pdata[middle])->name, name) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

const SvPackage *
sv_inventory_find_package (const SvInventory *inventory, const char *name, const char *arch)
{
  const GPtrArray *packages = inventory->packages;
  for (guint i = lower_bound (packages, name); i < packages->len; i++) {
    const SvPackage *package = packages->pdata[i];
    if (strcmp (package->name, name) != 0)
      break;
    if (package->state != SV_PACKAGE_CONFIG_FILES && package->ecosystem == NULL &&
        (arch == NULL || g_strcmp0 (package->arch, arch) == 0))
      return package;
  }
  return NULL;
}
