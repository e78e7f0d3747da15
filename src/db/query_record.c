#include "db/query.h"

#include <math.h>
#include <string.h>

static gboolean
is_stored (const SvField *field)
{
  return (field->flags & SV_FIELD_NO_STORE) == 0 && field->type != SV_TYPE_RECORD &&
         field->type != SV_TYPE_RECORDS;
}

static int
find_stored (const SvRecordType *type, const char *name)
{
  for (gsize i = 0; i < type->n_fields; i++)
    if (is_stored (&type->fields[i]) && g_str_equal (type->fields[i].name, name))
      return (int)i;
  return -1;
}

static const char *
parameter_name (const SvQuery *query, guint index)
{
  return g_ptr_array_index (query->names, index);
}

static const char *
column_name (const SvQuery *query, guint index)
{
  return query->db->driver->column_name (query->statement, index);
}

static void
field_map_fill (SvFieldMap *map, const SvQuery *query, const SvRecordType *type, guint n,
                const char *(*name_of) (const SvQuery *query, guint index))
{
  if (map->type == type)
    return;
  map->type = type;
  map->fields = g_renew (int, map->fields, n);
  for (guint i = 0; i < n; i++)
    map->fields[i] = find_stored (type, name_of (query, i));
}

static const char *
enum_name (const char *const *values, gint value)
{
  for (gint i = 0; values[i] != NULL; i++)
    if (i == value)
      return values[i];
  return NULL;
}

static void
bind_enum (SvQuery *query, guint index, const SvField *field, gint value)
{
  const char *name = enum_name (field->values, value);
  sv_query_set_text (query, index, name);
  if (name == NULL)
    sv_query_set_unfit (query, index, "holds a number that its enum does not name");
}

static void
bind_strings (SvQuery *query, guint index, const GPtrArray *list)
{
  if (list == NULL || list->len == 0) {
    sv_query_set_text (query, index, "[]");
    return;
  }
  g_autoptr (GString) json = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (json, 0);
  sv_json_add_strings (writer, NULL, list);
  sv_query_set_text (query, index, json->str);
}

static void
bind_bytes (SvQuery *query, guint index, GBytes *bytes)
{
  gsize size = 0;
  const void *data = bytes == NULL ? NULL : g_bytes_get_data (bytes, &size);
  sv_query_set_blob (query, index, bytes != NULL && data == NULL ? "" : data, size);
}

static void
bind_field (SvQuery *query, guint index, const SvField *field, gconstpointer record)
{
  gconstpointer member = G_STRUCT_MEMBER_P (record, field->offset);
  switch (field->type) {
  case SV_TYPE_STRING:
    sv_query_set_text (query, index, *(char *const *)member);
    break;
  case SV_TYPE_INT64:
  case SV_TYPE_INSTANT:
    sv_query_set_int64 (query, index, *(const gint64 *)member);
    break;
  case SV_TYPE_DOUBLE:
    sv_query_set_double (query, index, *(const double *)member);
    break;
  case SV_TYPE_BOOL:
    sv_query_set_int64 (query, index, *(const gboolean *)member ? 1 : 0);
    break;
  case SV_TYPE_ENUM:
    bind_enum (query, index, field, *(const gint *)member);
    break;
  case SV_TYPE_BLOB:
    bind_bytes (query, index, *(GBytes *const *)member);
    break;
  case SV_TYPE_STRINGS:
    bind_strings (query, index, *(GPtrArray *const *)member);
    break;
  case SV_TYPE_RECORD:
  case SV_TYPE_RECORDS:
    break;
  }
}

void
sv_query_bind_record (SvQuery *query, const SvRecordType *type, gconstpointer record)
{
  guint n = query->names->len;
  field_map_fill (&query->bound, query, type, n, parameter_name);
  for (guint i = 0; i < n; i++)
    if (query->bound.fields[i] >= 0)
      bind_field (query, i, &type->fields[query->bound.fields[i]], record);
}

static gboolean
read_enum (const SvField *field, const char *name, gint *ret_value, GError **error)
{
  int value = sv_enum_find (field->values, name);
  if (value < 0) {
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
                 "column '%s' holds '%s', which this version does not know", field->name, name);
    return FALSE;
  }
  *ret_value = value;
  return TRUE;
}

static gboolean
read_strings (const SvField *field, const char *text, GPtrArray **ret_list, GError **error)
{
  if (g_str_equal (text, "[]")) /* most are, and NULL means the same */
    return TRUE;
  g_autoptr (SvStream) stream = sv_stream_new_memory (field->name, text, strlen (text));
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  g_autoptr (GPtrArray) list = sv_strings_new ();
  if (!sv_json_read_strings (reader, list, error))
    return FALSE;
  *ret_list = g_steal_pointer (&list);
  return TRUE;
}

static GBytes *
read_bytes (const SvQuery *query, guint column)
{
  gsize size;
  const void *data = sv_query_get_blob (query, column, &size);
  return g_bytes_new (data, size);
}

static gboolean
read_field (const SvQuery *query, guint column, const SvField *field, gpointer record,
            GError **error)
{
  gpointer member = G_STRUCT_MEMBER_P (record, field->offset);
  switch (field->type) {
  case SV_TYPE_STRING:
    *(char **)member = g_strdup (sv_query_get_text (query, column));
    return TRUE;
  case SV_TYPE_INT64:
  case SV_TYPE_INSTANT:
    *(gint64 *)member = sv_query_get_int64 (query, column);
    return TRUE;
  case SV_TYPE_DOUBLE:
    *(double *)member = sv_query_get_double (query, column);
    return TRUE;
  case SV_TYPE_BOOL:
    *(gboolean *)member = sv_query_get_int64 (query, column) != 0;
    return TRUE;
  case SV_TYPE_ENUM:
    return read_enum (field, sv_query_get_text (query, column), member, error);
  case SV_TYPE_BLOB:
    *(GBytes **)member = read_bytes (query, column);
    return TRUE;
  case SV_TYPE_STRINGS:
    return read_strings (field, sv_query_get_text (query, column), member, error);
  case SV_TYPE_RECORD:
  case SV_TYPE_RECORDS:
    break;
  }
  return TRUE;
}

static void
read_null (const SvField *field, gpointer record)
{
  if (field->type == SV_TYPE_DOUBLE)
    G_STRUCT_MEMBER (double, record, field->offset) = NAN;
}

static gboolean
read_columns (const SvQuery *query, const SvFieldMap *map, guint n, gpointer record, GError **error)
{
  for (guint i = 0; i < n; i++) {
    if (map->fields[i] < 0)
      continue;
    const SvField *field = &map->type->fields[map->fields[i]];
    if (sv_query_is_null (query, i))
      read_null (field, record);
    else if (!read_field (query, i, field, record, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
sv_query_read_record (const SvQuery *query, const SvRecordType *type, gpointer record,
                      GError **error)
{
  guint n = query->db->driver->n_columns (query->statement);
  SvFieldMap *map = query->read;
  field_map_fill (map, query, type, n, column_name);
  sv_record_clear (type, record);
  if (read_columns (query, map, n, record, error))
    return TRUE;
  sv_record_clear (type, record);
  g_prefix_error (error, "%s: ", type->name);
  return FALSE;
}
