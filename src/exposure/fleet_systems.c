/* Systems in the fleet index: which hosts an answer is about. */
#include "exposure/fleet_private.h"

static void
system_free (gpointer data)
{
  SvFleetSystem *system = data;
  roaring_bitmap_free (system->hosts);
  g_free (system->id);
  g_free (system);
}

static guint32
add_system (SvFleet *fleet, const char *id)
{
  SvFleetSystem *system = g_new (SvFleetSystem, 1);
  *system = (SvFleetSystem){g_strdup (id), roaring_bitmap_create ()};
  g_hash_table_insert (fleet->system_numbers, system->id, GUINT_TO_POINTER (fleet->systems->len));
  g_ptr_array_add (fleet->systems, system);
  return fleet->systems->len - 1;
}

void
sv_fleet_init_systems (SvFleet *fleet)
{
  fleet->systems = g_ptr_array_new_with_free_func (system_free);
  fleet->system_numbers = g_hash_table_new (g_str_hash, g_str_equal);
  add_system (fleet, "");
}

static SvFleetSystem *
find_system (const SvFleet *fleet, const char *id)
{
  gpointer number;
  gboolean known = g_hash_table_lookup_extended (fleet->system_numbers, id, NULL, &number);
  return known ? fleet->systems->pdata[GPOINTER_TO_UINT (number)] : NULL;
}

guint32
sv_fleet_get_system (SvFleet *fleet, const char *id)
{
  if (find_system (fleet, id) == NULL)
    return add_system (fleet, id);
  return GPOINTER_TO_UINT (g_hash_table_lookup (fleet->system_numbers, id));
}

void
sv_fleet_join_system (SvFleet *fleet, guint32 host, guint32 system)
{
  sv_fleet_leave_system (fleet, host);
  g_array_index (fleet->hosts, SvFleetHost, host).system = system;
  roaring_bitmap_add (((SvFleetSystem *)fleet->systems->pdata[system])->hosts, host);
}

void
sv_fleet_leave_system (SvFleet *fleet, guint32 host)
{
  guint32 system = g_array_index (fleet->hosts, SvFleetHost, host).system;
  roaring_bitmap_remove (((SvFleetSystem *)fleet->systems->pdata[system])->hosts, host);
}

roaring_bitmap_t *
sv_fleet_new_scope (const SvFleet *fleet, const SvFleetFilter *filter)
{
  if (filter == NULL || filter->systems == NULL)
    return NULL;
  roaring_bitmap_t *scope = roaring_bitmap_create ();
  for (guint i = 0; i < filter->systems->len; i++) {
    const SvFleetSystem *system = find_system (fleet, filter->systems->pdata[i]);
    if (system != NULL)
      roaring_bitmap_or_inplace (scope, system->hosts);
  }
  return scope;
}

void
sv_fleet_scope_free (const roaring_bitmap_t *scope)
{
  if (scope != NULL)
    roaring_bitmap_free (scope);
}
