#include "net/openapi_schema.h"

#include <string.h>

void
sv_schemas_init (SvSchemas *schemas)
{
  *schemas = (SvSchemas){sv_strings_new (), g_ptr_array_new (),
                         g_array_new (FALSE, FALSE, sizeof (SvSchemaUse))};
}

void
sv_schemas_clear (SvSchemas *schemas)
{
  g_clear_pointer (&schemas->names, g_ptr_array_unref);
  g_clear_pointer (&schemas->types, g_ptr_array_unref);
  g_clear_pointer (&schemas->uses, g_array_unref);
}

static char *
name_of (const SvRecordType *type, SvSchemaUse use)
{
  static const char *const suffixes[] = {
      [SV_SCHEMA_ANSWER] = "", [SV_SCHEMA_INPUT] = "Input", [SV_SCHEMA_TOLERANT] = "Tolerant"};
  return g_strconcat (type->name, suffixes[use], NULL);
}

/* FALSE if it is known already. Two types of one name would hide each other: a bug of the tables.
 */
static gboolean
add_name (SvSchemas *schemas, const SvRecordType *type, SvSchemaUse use)
{
  g_autofree char *name = name_of (type, use);
  for (guint i = 0; i < schemas->names->len; i++) {
    if (strcmp (schemas->names->pdata[i], name) != 0)
      continue;
    if (schemas->types->pdata[i] != type)
      g_error ("two record types are named '%s'", name);
    return FALSE;
  }
  g_ptr_array_add (schemas->names, g_steal_pointer (&name));
  g_ptr_array_add (schemas->types, (gpointer)type);
  g_array_append_val (schemas->uses, use);
  return TRUE;
}

void
sv_schemas_note (SvSchemas *schemas, const SvRecordType *type, SvSchemaUse use)
{
  if (!add_name (schemas, type, use))
    return;
  for (gsize i = 0; i < type->n_fields; i++)
    if (type->fields[i].record != NULL)
      sv_schemas_note (schemas, type->fields[i].record, use);
}

static void
write_ref_member (SvJsonWriter *writer, const SvRecordType *type, SvSchemaUse use)
{
  g_autofree char *name = name_of (type, use);
  g_autofree char *reference = g_strconcat ("#/components/schemas/", name, NULL);
  sv_json_add_string (writer, "$ref", reference);
}

static void
write_ref (SvJsonWriter *writer, const char *key, const SvRecordType *type, SvSchemaUse use)
{
  sv_json_open_object (writer, key);
  write_ref_member (writer, type, use);
  sv_json_close (writer);
}

void
sv_schemas_write_ref (SvSchemas *schemas, SvJsonWriter *writer, const char *key,
                      const SvRecordType *type, SvSchemaUse use)
{
  sv_schemas_note (schemas, type, use);
  write_ref (writer, key, type, use);
}

/* -- Values -- */

static void
write_type (SvJsonWriter *writer, const char *name, gboolean nullable)
{
  if (!nullable) {
    sv_json_add_string (writer, "type", name);
    return;
  }
  sv_json_open_array (writer, "type");
  sv_json_add_string (writer, NULL, name);
  sv_json_add_string (writer, NULL, "null");
  sv_json_close (writer);
}

static void
write_values (SvJsonWriter *writer, const char *const *values, gboolean nullable)
{
  sv_json_open_array (writer, "enum");
  for (const char *const *value = values; *value != NULL; value++)
    sv_json_add_string (writer, NULL, *value);
  if (nullable)
    sv_json_add_null (writer, NULL);
  sv_json_close (writer);
}

/* How a type shows in JSON: the same for records and parameters. */
static const struct {
  const char *type, *format, *pattern;
  gboolean nullable; /* when it is not required */
} shapes[] = {
    [SV_TYPE_STRING] = {"string", NULL, NULL, TRUE},
    [SV_TYPE_INT64] = {"integer", "int64", NULL, FALSE},
    [SV_TYPE_DOUBLE] = {"number", "double", NULL, TRUE},
    [SV_TYPE_BOOL] = {"boolean", NULL, NULL, FALSE},
    [SV_TYPE_INSTANT] = {"string", "date-time", NULL, TRUE},
    [SV_TYPE_ENUM] = {"string", NULL, NULL, FALSE},
    [SV_TYPE_BLOB] = {"string", NULL, "^([0-9a-f]{2})*$", TRUE},
    [SV_TYPE_STRINGS] = {"array", NULL, NULL, FALSE},
    [SV_TYPE_RECORD] = {"object", NULL, NULL, TRUE},
    [SV_TYPE_RECORDS] = {"array", NULL, NULL, FALSE},
};

static void
write_shape (SvJsonWriter *writer, SvFieldType type, gboolean nullable)
{
  write_type (writer, shapes[type].type, nullable);
  if (shapes[type].format != NULL)
    sv_json_add_string (writer, "format", shapes[type].format);
  if (shapes[type].pattern != NULL)
    sv_json_add_string (writer, "pattern", shapes[type].pattern);
}

static void
write_string_items (SvJsonWriter *writer)
{
  sv_json_open_object (writer, "items");
  sv_json_add_string (writer, "type", "string");
  sv_json_close (writer);
}

/* -- Records -- */

static void
write_nested (SvJsonWriter *writer, const SvField *field, SvSchemaUse use)
{
  if ((field->flags & SV_FIELD_REQUIRED) != 0) {
    write_ref_member (writer, field->record, use);
    return;
  }
  sv_json_open_array (writer, "anyOf");
  write_ref (writer, NULL, field->record, use);
  sv_json_open_object (writer, NULL);
  sv_json_add_string (writer, "type", "null");
  sv_json_close (writer);
  sv_json_close (writer);
}

static void
write_field_limits (SvJsonWriter *writer, const SvField *field, SvSchemaUse use)
{
  gboolean list = field->type == SV_TYPE_STRINGS || field->type == SV_TYPE_RECORDS;
  if (field->type == SV_TYPE_ENUM)
    write_values (writer, field->values, (field->flags & SV_FIELD_NULLABLE) != 0);
  if (field->type == SV_TYPE_STRINGS)
    write_string_items (writer);
  if (field->type == SV_TYPE_RECORDS)
    write_ref (writer, "items", field->record, use);
  if (field->max != 0 && (list || field->type == SV_TYPE_STRING))
    sv_json_add_int64 (writer, list ? "maxItems" : "maxLength", (gint64)field->max);
}

static gboolean
may_be_null (const SvField *field)
{
  if (field->type == SV_TYPE_ENUM)
    return (field->flags & SV_FIELD_NULLABLE) != 0;
  return shapes[field->type].nullable && (field->flags & SV_FIELD_REQUIRED) == 0;
}

static void
write_field (SvJsonWriter *writer, const SvField *field, SvSchemaUse use)
{
  sv_json_open_object (writer, sv_field_get_public_name (field));
  if (field->type == SV_TYPE_RECORD)
    write_nested (writer, field, use);
  else
    write_shape (writer, field->type, may_be_null (field));
  write_field_limits (writer, field, use);
  if (field->doc != NULL)
    sv_json_add_string (writer, "description", field->doc);
  sv_json_close (writer);
}

static gboolean
is_required (const SvField *field, SvSchemaUse use)
{
  return use == SV_SCHEMA_ANSWER || (field->flags & SV_FIELD_REQUIRED) != 0;
}

static void
write_required (SvJsonWriter *writer, const SvRecordType *type, SvSchemaUse use)
{
  gboolean any = FALSE;
  for (gsize i = 0; i < type->n_fields; i++)
    any |= is_required (&type->fields[i], use);
  if (!any)
    return;
  sv_json_open_array (writer, "required");
  for (gsize i = 0; i < type->n_fields; i++)
    if (is_required (&type->fields[i], use))
      sv_json_add_string (writer, NULL, sv_field_get_public_name (&type->fields[i]));
  sv_json_close (writer);
}

static void
write_record (SvJsonWriter *writer, const char *name, const SvRecordType *type, SvSchemaUse use)
{
  sv_json_open_object (writer, name);
  sv_json_add_string (writer, "type", "object");
  if (type->doc != NULL)
    sv_json_add_string (writer, "description", type->doc);
  write_required (writer, type, use);
  sv_json_open_object (writer, "properties");
  for (gsize i = 0; i < type->n_fields; i++)
    write_field (writer, &type->fields[i], use);
  sv_json_close (writer);
  if (use == SV_SCHEMA_INPUT)
    sv_json_add_bool (writer, "additionalProperties", FALSE);
  sv_json_close (writer);
}

void
sv_schemas_write (SvSchemas *schemas, SvJsonWriter *writer)
{
  for (guint i = 0; i < schemas->names->len; i++)
    write_record (writer, schemas->names->pdata[i], schemas->types->pdata[i],
                  g_array_index (schemas->uses, SvSchemaUse, i));
}

/* -- Parameters -- */

static void
write_default (SvJsonWriter *writer, const SvParam *param)
{
  gint64 integer = 0;
  if (param->fallback == NULL || param->type == SV_TYPE_STRINGS)
    return;
  if (param->type == SV_TYPE_INT64 && sv_text_parse_int64 (param->fallback, &integer, NULL))
    sv_json_add_int64 (writer, "default", integer);
  else if (param->type == SV_TYPE_BOOL)
    sv_json_add_bool (writer, "default", strcmp (param->fallback, "true") == 0);
  else if (param->type == SV_TYPE_DOUBLE)
    sv_json_add_double (writer, "default", g_ascii_strtod (param->fallback, NULL));
  else
    sv_json_add_string (writer, "default", param->fallback);
}

static void
write_param_limits (SvJsonWriter *writer, const SvParam *param)
{
  if (param->type == SV_TYPE_INT64 && param->max > param->min) {
    sv_json_add_int64 (writer, "minimum", param->min);
    sv_json_add_int64 (writer, "maximum", param->max);
  }
  if (param->type == SV_TYPE_STRING && param->max > 0)
    sv_json_add_int64 (writer, "maxLength", param->max);
  if (param->type == SV_TYPE_STRINGS && param->max > 0)
    sv_json_add_int64 (writer, "maxItems", param->max);
}

void
sv_schema_write_param (SvJsonWriter *writer, const SvParam *param)
{
  sv_json_open_object (writer, "schema");
  write_shape (writer, param->type, FALSE);
  if (param->type == SV_TYPE_ENUM)
    write_values (writer, param->values, FALSE);
  if (param->type == SV_TYPE_STRINGS)
    write_string_items (writer);
  write_param_limits (writer, param);
  write_default (writer, param);
  sv_json_close (writer);
}
