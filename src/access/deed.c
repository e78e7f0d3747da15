#include "access/deed.h"

#include "access/service.h"

typedef struct {
  SvDeed deed;
  SvDeedFunc func;
  SvPrincipal *principal;
  SvAuditEntry *entry;
  const SvRecordType *request, *response;
} Errand;

static void
errand_free (gpointer data)
{
  Errand *errand = data;
  sv_principal_free (errand->principal);
  sv_audit_entry_free (errand->entry);
  sv_record_free (errand->request, errand->deed.body);
  if (errand->deed.answer != NULL)
    sv_record_free (errand->response, errand->deed.answer);
  g_clear_pointer (&errand->deed.members, g_ptr_array_unref);
  g_clear_pointer (&errand->deed.bytes, g_bytes_unref);
  g_hash_table_unref (errand->deed.path);
  g_hash_table_unref (errand->deed.query);
  g_free (errand->deed.location);
  g_free (errand);
}

GPtrArray *
sv_deed_list_members (const SvCall *call, const SvRecordType *type)
{
  GPtrArray *members = sv_strings_new ();
  for (gsize i = 0; type != NULL && i < type->n_fields; i++)
    if (sv_call_has_member (call, sv_field_get_public_name (&type->fields[i])))
      g_ptr_array_add (members, g_strdup (type->fields[i].name));
  return members;
}

static GHashTable *
copy_params (const SvCall *call, gboolean of_path)
{
  const SvRoute *route = sv_call_get_route (call);
  GHashTable *params = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  for (gsize i = 0; i < route->n_params; i++) {
    const char *name = route->params[i].name;
    if (sv_route_has_path_param (route, name) != of_path)
      continue;
    const char *text =
        of_path ? sv_call_get_path_param (call, name) : sv_call_find_query (call, name);
    g_hash_table_insert (params, (gpointer)name, g_strdup (text));
  }
  return params;
}

static Errand *
errand_new (SvCall *call, SvDeedFunc func)
{
  const SvRoute *route = sv_call_get_route (call);
  const SvPrincipal *principal = sv_call_get_principal (call);
  Errand *errand = g_new0 (Errand, 1);
  errand->func = func;
  errand->principal = principal != NULL ? sv_principal_copy (principal) : NULL;
  errand->entry = sv_access_begin_entry (call);
  errand->request = route->request;
  errand->response = route->response;
  errand->deed = (SvDeed){.principal = errand->principal,
                          .members = sv_deed_list_members (call, route->request),
                          .path = copy_params (call, TRUE),
                          .query = copy_params (call, FALSE),
                          .now_us = sv_call_get_now (call)};
  if ((route->flags & SV_ROUTE_RAW) != 0)
    errand->deed.bytes = g_bytes_ref (sv_call_get_bytes (call));
  if (route->request != NULL)
    errand->deed.body = sv_call_take_body (call);
  return errand;
}

/* After a conflict it begins again: what it made before is not the answer. */
static gboolean
do_once (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  Errand *errand = data;
  if (errand->deed.answer != NULL)
    sv_record_free (errand->response, g_steal_pointer (&errand->deed.answer));
  g_clear_pointer (&errand->deed.location, g_free);
  return errand->func (db, &errand->deed, entry, error);
}

static gboolean
run (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  Errand *errand = data;
  if (!sv_audit_perform (db, errand->entry, do_once, errand, error))
    return FALSE;
  if (errand->deed.location != NULL)
    sv_deferred_set_header (deferred, "Location", errand->deed.location);
  *ret_record = g_steal_pointer (&errand->deed.answer);
  return TRUE;
}

gboolean
sv_deed_defer (SvCall *call, SvDeedFunc func, GError **error)
{
  const SvErrand errand = {run, errand_new (call, func), errand_free};
  return sv_gate_defer (sv_access_of_call (call)->gate, call, &errand, error);
}

const char *
sv_deed_get_path_param (const SvDeed *deed, const char *name)
{
  return g_hash_table_lookup (deed->path, name);
}

const char *
sv_deed_find_query (const SvDeed *deed, const char *name)
{
  return g_hash_table_lookup (deed->query, name);
}
