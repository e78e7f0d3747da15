#include "inventory/authority_store.h"

#define ATTEMPTS 5 /* another server may make it at the same time */
#define NAME "salve"

static GBytes *
dup_blob (const SvQuery *query, guint column)
{
  gsize size;
  const void *data = sv_query_get_blob (query, column, &size);
  return g_bytes_new (data, size);
}

/* @ret_ca stays empty if there is none. */
static gboolean
find (SvDb *db, SvIdentity *ret_ca, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT certificate, key FROM server_secret WHERE name = 'ca'", error);
  if (query == NULL)
    return FALSE;
  SvStep step = sv_query_step (query, error);
  if (step == SV_STEP_ROW)
    *ret_ca = (SvIdentity){dup_blob (query, 0), dup_blob (query, 1)};
  return step != SV_STEP_ERROR;
}

static void
bind_bytes (SvQuery *query, const char *name, GBytes *bytes)
{
  sv_query_bind_blob (query, name, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static gboolean
insert (SvDb *db, const SvIdentity *ca, gint64 now_us, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO server_secret (name, certificate, key, created_at_us)"
                   " VALUES ('ca', :certificate, :key, :now)",
                   error);
  if (query == NULL)
    return FALSE;
  bind_bytes (query, "certificate", ca->certificate);
  bind_bytes (query, "key", ca->key);
  sv_query_bind_int64 (query, "now", now_us);
  return sv_query_run (query, error);
}

static gboolean
make (SvDb *db, gint64 now_us, SvIdentity *ret_ca, GError **error)
{
  g_auto (SvIdentity) ca = {0};
  g_autoptr (SvTx) tx = sv_db_begin (db, error);
  if (tx == NULL || !find (db, &ca, error))
    return FALSE;
  if (ca.key == NULL && (!sv_ca_new (NAME, now_us, &ca, error) ||
                         !insert (db, &ca, now_us, error) || !sv_tx_commit (tx, error)))
    return FALSE;
  *ret_ca = (SvIdentity){g_steal_pointer (&ca.certificate), g_steal_pointer (&ca.key)};
  return TRUE;
}

gboolean
sv_authority_load (SvDb *db, gint64 now_us, SvIdentity *ret_ca, GError **error)
{
  *ret_ca = (SvIdentity){0};
  if (!find (db, ret_ca, error) || ret_ca->key != NULL)
    return ret_ca->key != NULL;
  g_autoptr (GError) cause = NULL;
  for (guint attempt = 0; attempt < ATTEMPTS; attempt++) {
    g_clear_error (&cause);
    if (make (db, now_us, ret_ca, &cause))
      return TRUE;
    if (!sv_error_is (cause, SV_ERROR_CONFLICT) && !sv_error_is (cause, SV_ERROR_EXISTS) &&
        !sv_error_is (cause, SV_ERROR_BUSY))
      break;
  }
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}
