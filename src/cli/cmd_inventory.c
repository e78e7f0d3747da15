/* inventory: what runs on the host, section by section. */
#include "cli/host.h"

#include <string.h>

/* The lists of an inventory that can be shown alone. */
static const struct {
  const char *name;
  const SvRecordType *type;
  gsize offset;
} sections[] = {
    {"packages", &sv_package_type, G_STRUCT_OFFSET (SvInventory, packages)},
    {"kernels", &sv_kernel_type, G_STRUCT_OFFSET (SvInventory, kernels)},
    {"listeners", &sv_listener_type, G_STRUCT_OFFSET (SvInventory, listeners)},
    {"interfaces", &sv_interface_type, G_STRUCT_OFFSET (SvInventory, interfaces)},
    {"filesystems", &sv_filesystem_type, G_STRUCT_OFFSET (SvInventory, filesystems)},
    {"repositories", &sv_repository_type, G_STRUCT_OFFSET (SvInventory, repositories)},
    {"pins", &sv_pin_type, G_STRUCT_OFFSET (SvInventory, pins)},
    {"processes", &sv_stale_process_type, G_STRUCT_OFFSET (SvInventory, stale_processes)},
    {"support", &sv_support_type, G_STRUCT_OFFSET (SvInventory, supports)},
    {"unknown", &sv_gap_type, G_STRUCT_OFFSET (SvInventory, gaps)},
};

static int
write_section (SvCli *cli, const SvInventory *inventory, const char *name, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (sections); i++) {
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", sections[i].name);
    if (strcmp (sections[i].name, name) != 0)
      continue;
    const GPtrArray *list =
        G_STRUCT_MEMBER (const GPtrArray *, (gpointer)inventory, sections[i].offset);
    g_autoptr (GPtrArray) none = g_ptr_array_new ();
    return sv_cli_write_records (cli, sections[i].type, list != NULL ? list : none, error)
               ? SV_EXIT_OK
               : SV_EXIT_FAILED;
  }
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "'%.64s' is no section: %s", name, names->str);
  return SV_EXIT_USAGE;
}

int
sv_cmd_inventory (SvCli *cli, GError **error)
{
  g_autoptr (SvHostView) view = sv_host_view_new (cli, SV_VIEW_LOCAL, error);
  if (view == NULL)
    return SV_EXIT_FAILED;
  const SvInventory *inventory = sv_host_view_get_inventory (view);
  if (sv_cli_get_n_arguments (cli) == 1)
    return write_section (cli, inventory, sv_cli_get_argument (cli, 0), error);
  return sv_cli_write_record (cli, &sv_inventory_type, inventory, error) ? SV_EXIT_OK
                                                                         : SV_EXIT_FAILED;
}
