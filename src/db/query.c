#include "db/query.h"

#include <math.h>
#include <string.h>

static void
field_map_clear (SvFieldMap *map)
{
  g_clear_pointer (&map->fields, g_free);
  map->type = NULL;
}

static void
destroy (gpointer data)
{
  SvQuery *query = data;
  if (query->statement != NULL)
    query->db->driver->finalize (query->statement);
  g_clear_error (&query->unfit);
  g_clear_pointer (&query->names, g_ptr_array_unref);
  g_byte_array_unref (query->arena);
  field_map_clear (&query->bound);
  field_map_clear (query->read);
  g_free (query->read);
  g_free (query->values);
  g_free (query->sql);
  g_free (query);
}

static gboolean
prepare (SvQuery *query, GError **error)
{
  const SvDriver *driver = query->db->driver;
  query->names = sv_strings_new ();
  g_autofree char *text =
      sv_sql_translate (query->sql, driver->parameter_sign, query->names, error);
  if (text == NULL)
    return FALSE;
  query->values = g_new0 (SvValue, query->names->len);
  query->statement = driver->prepare (query->db->connection, text, query->names->len, error);
  return query->statement != NULL;
}

static SvQuery *
make (SvDb *db, const char *sql, GError **error)
{
  SvQuery *query = g_new0 (SvQuery, 1);
  query->db = db;
  query->key = sql;
  query->sql = g_strdup (sql);
  query->arena = g_byte_array_new ();
  query->read = g_new0 (SvFieldMap, 1);
  g_autoptr (GError) failure = NULL;
  if (prepare (query, &failure))
    return query;
  destroy (query);
  g_prefix_error (&failure, "in '%.200s': ", sql);
  sv_db_fail (db, g_steal_pointer (&failure), error);
  return NULL;
}

SvQuery *
sv_db_query (SvDb *db, const char *sql, GError **error)
{
  if (!sv_db_check (db, error))
    return NULL;
  GPtrArray *idle = g_hash_table_lookup (db->idle, sql);
  const SvQuery *last = idle != NULL && idle->len > 0 ? idle->pdata[idle->len - 1] : NULL;
  if (last == NULL || strcmp (last->sql, sql) != 0) /* a text that was not static after all */
    return make (db, sql, error);
  return g_ptr_array_steal_index_fast (idle, idle->len - 1);
}

static void
clear_bindings (SvQuery *query)
{
  for (guint i = 0; i < query->names->len; i++)
    query->values[i] = (SvValue){.kind = SV_VALUE_NULL};
  g_byte_array_set_size (query->arena, 0);
  g_clear_error (&query->unfit);
  query->expected = 0;
}

static void
reset (SvQuery *query)
{
  if (query->started)
    query->db->driver->reset (query->statement);
  query->started = FALSE;
  clear_bindings (query);
}

void
sv_query_free (SvQuery *query)
{
  if (query == NULL)
    return;
  reset (query);
  GPtrArray *idle = g_hash_table_lookup (query->db->idle, query->key);
  if (idle == NULL) {
    idle = g_ptr_array_new_with_free_func (destroy);
    g_hash_table_insert (query->db->idle, (gpointer)query->key, idle);
  }
  g_ptr_array_add (idle, query);
}

static guint
index_of (SvQuery *query, const char *name)
{
  guint n = query->names->len;
  for (guint i = 0; i < n; i++) {
    guint index = (query->expected + i) % n;
    if (strcmp (g_ptr_array_index (query->names, index), name) == 0) {
      query->expected = index + 1;
      return index;
    }
  }
  g_error ("no parameter ':%s' in: %s", name, query->sql);
}

static SvValue *
claim (SvQuery *query, guint index, SvValueKind kind)
{
  if (query->started)
    g_error ("bound before the last row was read: %s", query->sql);
  SvValue *value = &query->values[index];
  *value = (SvValue){.kind = kind};
  return value;
}

static void
store (SvQuery *query, SvValue *value, const void *data, gsize size)
{
  value->offset = query->arena->len;
  value->size = size;
  g_byte_array_append (query->arena, data, (guint)size);
  g_byte_array_append (query->arena, (const guint8 *)"", 1);
}

void
sv_query_set_unfit (SvQuery *query, guint index, const char *why)
{
  if (query->unfit == NULL)
    query->unfit = g_error_new (SV_ERROR, SV_ERROR_INVALID_DATA, "'%s' %s",
                                (const char *)g_ptr_array_index (query->names, index), why);
}

/* What fits one arena fits both engines' limits too. */
static gboolean
is_too_large (SvQuery *query, guint index, gsize size)
{
  gboolean large = size + query->arena->len > SV_LIMIT_STORED_BYTES;
  if (large)
    sv_query_set_unfit (query, index, "is too large to be stored");
  return large;
}

void
sv_query_set_text (SvQuery *query, guint index, const char *text)
{
  SvValue *value = claim (query, index, text == NULL ? SV_VALUE_NULL : SV_VALUE_TEXT);
  if (text == NULL)
    return;
  gsize size = strlen (text);
  if (!g_utf8_validate_len (text, size, NULL))
    sv_query_set_unfit (query, index, "is not UTF-8 text");
  else if (!is_too_large (query, index, size))
    store (query, value, text, size);
}

void
sv_query_set_int64 (SvQuery *query, guint index, gint64 integer)
{
  claim (query, index, SV_VALUE_INT64)->integer = integer;
}

void
sv_query_set_double (SvQuery *query, guint index, double real)
{
  claim (query, index, isnan (real) ? SV_VALUE_NULL : SV_VALUE_DOUBLE)->real = real;
}

void
sv_query_set_blob (SvQuery *query, guint index, const void *data, gsize size)
{
  SvValue *value = claim (query, index, data == NULL ? SV_VALUE_NULL : SV_VALUE_BLOB);
  if (data != NULL && !is_too_large (query, index, size))
    store (query, value, data, size);
}

void
sv_query_bind_text (SvQuery *query, const char *name, const char *value)
{
  sv_query_set_text (query, index_of (query, name), value);
}

void
sv_query_bind_int64 (SvQuery *query, const char *name, gint64 value)
{
  sv_query_set_int64 (query, index_of (query, name), value);
}

void
sv_query_bind_double (SvQuery *query, const char *name, double value)
{
  sv_query_set_double (query, index_of (query, name), value);
}

void
sv_query_bind_blob (SvQuery *query, const char *name, const void *data, gsize size)
{
  sv_query_set_blob (query, index_of (query, name), data, size);
}

void
sv_query_bind_null (SvQuery *query, const char *name)
{
  claim (query, index_of (query, name), SV_VALUE_NULL);
}

/* Bound values stop moving when the execution begins: only now can they be pointed at. */
static const SvValue *
settled_values (SvQuery *query)
{
  for (guint i = 0; i < query->names->len; i++)
    query->values[i].data = (const char *)query->arena->data + query->values[i].offset;
  return query->values;
}

static gboolean
check_fit (SvQuery *query, GError **error)
{
  if (query->unfit == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&query->unfit));
  return FALSE;
}

static SvStep
advance (SvQuery *query, GError **error)
{
  const SvDriver *driver = query->db->driver;
  if (!query->started) {
    if (!check_fit (query, error) ||
        !driver->start (query->statement, settled_values (query), error))
      return SV_STEP_ERROR;
    query->started = TRUE;
  }
  return driver->step (query->statement, error);
}

SvStep
sv_query_step (SvQuery *query, GError **error)
{
  g_autoptr (GError) failure = NULL;
  SvStep step = sv_db_check (query->db, error) ? advance (query, &failure) : SV_STEP_ERROR;
  if (step != SV_STEP_ROW)
    reset (query);
  if (failure != NULL)
    sv_db_fail (query->db, g_steal_pointer (&failure), error);
  return step;
}

gboolean
sv_query_run (SvQuery *query, GError **error)
{
  if (query->started)
    g_error ("run before the last row was read: %s", query->sql);
  if (!sv_db_check (query->db, error)) {
    reset (query);
    return FALSE;
  }
  g_autoptr (GError) failure = NULL;
  gboolean ok = check_fit (query, &failure) &&
                query->db->driver->run (query->statement, settled_values (query), &failure);
  clear_bindings (query);
  return ok || sv_db_fail (query->db, g_steal_pointer (&failure), error);
}

const char *
sv_query_get_text (const SvQuery *query, guint column)
{
  return query->db->driver->get_text (query->statement, column);
}

gint64
sv_query_get_int64 (const SvQuery *query, guint column)
{
  return query->db->driver->get_int64 (query->statement, column);
}

double
sv_query_get_double (const SvQuery *query, guint column)
{
  gboolean null = query->db->driver->is_null (query->statement, column);
  return null ? NAN : query->db->driver->get_double (query->statement, column);
}

const void *
sv_query_get_blob (const SvQuery *query, guint column, gsize *ret_size)
{
  *ret_size = 0;
  if (query->db->driver->is_null (query->statement, column))
    return NULL;
  const void *data = query->db->driver->get_blob (query->statement, column, ret_size);
  return data == NULL ? "" : data;
}

gboolean
sv_query_is_null (const SvQuery *query, guint column)
{
  return query->db->driver->is_null (query->statement, column);
}
