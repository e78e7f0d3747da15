#include "base/record.h"

#include "base/error.h"
#include "base/strings.h"
#include "base/text.h"
#include "base/time.h"

#include <math.h>
#include <string.h>

/* What each field type can do: one row per type instead of one switch per operation. */
typedef struct {
  void (*clear) (const SvField *field, gpointer member);
  void (*copy) (const SvField *field, gpointer member, gconstpointer from);
  gboolean (*equal) (const SvField *field, gconstpointer a, gconstpointer b);
  void (*write) (const SvField *field, gconstpointer member, SvJsonWriter *writer);
  gboolean (*read) (const SvField *field, SvJsonReader *reader, SvRecordMode mode, gpointer member,
                    GError **error);
  char *(*format) (const SvField *field, gconstpointer member);
} SvTypeRow;

static const SvTypeRow type_rows[];

static gpointer
member_of (const SvField *field, gconstpointer record)
{
  return (guint8 *)record + field->offset;
}

static gboolean
too_long (const SvField *field, gsize size, SvJsonReader *reader, GError **error)
{
  if (field->max == 0 || size <= field->max)
    return FALSE;
  g_autofree char *path = sv_json_reader_dup_path (reader);
  g_set_error (error, SV_ERROR, SV_ERROR_LIMIT,
               "%s: '%s' holds %" G_GSIZE_FORMAT ", at most %" G_GSIZE_FORMAT " are allowed", path,
               field->name, size, field->max);
  return TRUE;
}

/* --- strings --- */

static void
clear_string (const SvField *field, gpointer member)
{
  g_clear_pointer ((char **)member, g_free);
}

static void
copy_string (const SvField *field, gpointer member, gconstpointer from)
{
  *(char **)member = g_strdup (*(char *const *)from);
}

static gboolean
equal_string (const SvField *field, gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(char *const *)a, *(char *const *)b) == 0;
}

static void
write_string (const SvField *field, gconstpointer member, SvJsonWriter *writer)
{
  sv_json_add_string (writer, sv_field_get_public_name (field), *(char *const *)member);
}

static gboolean
read_string (const SvField *field, SvJsonReader *reader, SvRecordMode mode, gpointer member,
             GError **error)
{
  g_autofree char *text = NULL;
  if (!sv_json_read_string (reader, &text, error))
    return FALSE;
  if (text != NULL && too_long (field, strlen (text), reader, error))
    return FALSE;
  sv_text_take ((char **)member, g_steal_pointer (&text));
  return TRUE;
}

static char *
format_string (const SvField *field, gconstpointer member)
{
  return g_strdup (*(char *const *)member);
}

/* --- plain values --- */

static void
clear_int64 (const SvField *field, gpointer member)
{
  *(gint64 *)member = 0;
}

static void
copy_int64 (const SvField *field, gpointer member, gconstpointer from)
{
  *(gint64 *)member = *(const gint64 *)from;
}

static gboolean
equal_int64 (const SvField *field, gconstpointer a, gconstpointer b)
{
  return *(const gint64 *)a == *(const gint64 *)b;
}

static void
write_int64 (const SvField *field, gconstpointer member, SvJsonWriter *writer)
{
  sv_json_add_int64 (writer, sv_field_get_public_name (field), *(const gint64 *)member);
}

static gboolean
read_int64 (const SvField *field, SvJsonReader *reader, SvRecordMode mode, gpointer member,
            GError **error)
{
  return sv_json_read_int64 (reader, member, error);
}

static char *
format_int64 (const SvField *field, gconstpointer member)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, *(const gint64 *)member);
}

static void
clear_double (const SvField *field, gpointer member)
{
  *(double *)member = 0;
}

static void
copy_double (const SvField *field, gpointer member, gconstpointer from)
{
  *(double *)member = *(const double *)from;
}

static gboolean
equal_double (const SvField *field, gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x == y || (isnan (x) && isnan (y));
}

static void
write_double (const SvField *field, gconstpointer member, SvJsonWriter *writer)
{
  sv_json_add_double (writer, sv_field_get_public_name (field), *(const double *)member);
}

static gboolean
read_double (const SvField *field, SvJsonReader *reader, SvRecordMode mode, gpointer member,
             GError **error)
{
  if (sv_json_peek (reader, NULL) == SV_JSON_NULL) {
    *(double *)member = NAN;
    return sv_json_skip (reader, error);
  }
  return sv_json_read_double (reader, member, error);
}

static char *
format_double (const SvField *field, gconstpointer member)
{
  double value = *(const double *)member;
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  return isnan (value) ? NULL : g_strdup (g_ascii_formatd (text, sizeof text, "%.6g", value));
}

static void
clear_int (const SvField *field, gpointer member)
{
  *(gint *)member = 0;
}

static void
copy_int (const SvField *field, gpointer member, gconstpointer from)
{
  *(gint *)member = *(const gint *)from;
}

static gboolean
equal_int (const SvField *field, gconstpointer a, gconstpointer b)
{
  return *(const gint *)a == *(const gint *)b;
}

static void
write_bool (const SvField *field, gconstpointer member, SvJsonWriter *writer)
{
  sv_json_add_bool (writer, sv_field_get_public_name (field), *(const gboolean *)member);
}

static gboolean
read_bool (const SvField *field, SvJsonReader *reader, SvRecordMode mode, gpointer member,
           GError **error)
{
  return sv_json_read_bool (reader, member, error);
}

static char *
format_bool (const SvField *field, gconstpointer member)
{
  return g_strdup (*(const gboolean *)member ? "yes" : "no");
}

/* --- instants --- */

static void
write_instant (const SvField *field, gconstpointer member, SvJsonWriter *writer)
{
  sv_json_add_instant (writer, sv_field_get_public_name (field), *(const gint64 *)member);
}

static gboolean
read_instant (const SvField *field, SvJsonReader *reader, SvRecordMode mode, gpointer member,
              GError **error)
{
  g_autofree char *text = NULL;
  if (!sv_json_read_string (reader, &text, error))
    return FALSE;
  *(gint64 *)member = 0;
  if (text == NULL || sv_time_parse (text, member, error))
    return TRUE;
  g_autofree char *path = sv_json_reader_dup_path (reader);
  g_prefix_error (error, "%s: ", path);
  return FALSE;
}

static char *
format_instant (const SvField *field, gconstpointer member)
{
  gint64 instant_us = *(const gint64 *)member;
  return instant_us > 0 ? sv_time_format (instant_us) : NULL;
}

/* --- enums --- */

static const char *
enum_name (const SvField *field, gconstpointer member)
{
  gint value = *(const gint *)member;
  guint count = g_strv_length ((char **)field->values);
  return value >= 0 && (guint)value < count ? field->values[value] : NULL;
}

static void
write_enum (const SvField *field, gconstpointer member, SvJsonWriter *writer)
{
  sv_json_add_string (writer, sv_field_get_public_name (field), enum_name (field, member));
}

static gboolean
read_enum (const SvField *field, SvJsonReader *reader, SvRecordMode mode, gpointer member,
           GError **error)
{
  g_autofree char *text = NULL;
  if (!sv_json_read_string (reader, &text, error))
    return FALSE;
  int value = text != NULL ? sv_enum_find (field->values, text) : -1;
  if (value >= 0 || (text == NULL && (field->flags & SV_FIELD_NULLABLE) != 0)) {
    *(gint *)member = value;
    return TRUE;
  }
  g_autofree char *path = sv_json_reader_dup_path (reader);
  g_autofree char *allowed = g_strjoinv (", ", (char **)field->values);
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "%s: '%.64s' is none of: %s", path,
               text != NULL ? text : "null", allowed);
  return FALSE;
}

static char *
format_enum (const SvField *field, gconstpointer member)
{
  return g_strdup (enum_name (field, member));
}

/* --- blobs --- */

static void
clear_blob (const SvField *field, gpointer member)
{
  g_clear_pointer ((GBytes **)member, g_bytes_unref);
}

static void
copy_blob (const SvField *field, gpointer member, gconstpointer from)
{
  GBytes *bytes = *(GBytes *const *)from;
  *(GBytes **)member = bytes != NULL ? g_bytes_ref (bytes) : NULL;
}

static gboolean
equal_blob (const SvField *field, gconstpointer a, gconstpointer b)
{
  GBytes *x = *(GBytes *const *)a, *y = *(GBytes *const *)b;
  return x == y || (x != NULL && y != NULL && g_bytes_equal (x, y));
}

static char *
format_blob (const SvField *field, gconstpointer member)
{
  GBytes *bytes = *(GBytes *const *)member;
  if (bytes == NULL)
    return NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  GString *hex = g_string_sized_new (size * 2);
  for (gsize i = 0; i < size; i++)
    g_string_append_printf (hex, "%02x", data[i]);
  return g_string_free (hex, FALSE);
}

static void
write_blob (const SvField *field, gconstpointer member, SvJsonWriter *writer)
{
  g_autofree char *hex = format_blob (field, member);
  sv_json_add_string (writer, sv_field_get_public_name (field), hex);
}

static gboolean
read_blob (const SvField *field, SvJsonReader *reader, SvRecordMode mode, gpointer member,
           GError **error)
{
  g_autofree char *hex = NULL;
  if (!sv_json_read_string (reader, &hex, error))
    return FALSE;
  clear_blob (field, member);
  if (hex == NULL)
    return TRUE;
  gsize length = strlen (hex);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  for (gsize i = 0; i + 1 < length; i += 2) {
    int high = g_ascii_xdigit_value (hex[i]), low = g_ascii_xdigit_value (hex[i + 1]);
    if (high < 0 || low < 0)
      break;
    g_byte_array_append (bytes, &(guint8){(guint8)(high << 4 | low)}, 1);
  }
  if (bytes->len * 2 != length) {
    g_autofree char *path = sv_json_reader_dup_path (reader);
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "%s: not hexadecimal", path);
    return FALSE;
  }
  *(GBytes **)member = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  return TRUE;
}

/* --- lists of strings --- */

static void
clear_list (const SvField *field, gpointer member)
{
  g_clear_pointer ((GPtrArray **)member, g_ptr_array_unref);
}

static void
copy_strings (const SvField *field, gpointer member, gconstpointer from)
{
  GPtrArray *list = *(GPtrArray *const *)from;
  *(GPtrArray **)member = list != NULL ? sv_strings_copy (list) : NULL;
}

static guint
list_length (gconstpointer member)
{
  GPtrArray *list = *(GPtrArray *const *)member;
  return list != NULL ? list->len : 0;
}

static gpointer
list_item (gconstpointer member, guint i)
{
  return (*(GPtrArray *const *)member)->pdata[i];
}

static gboolean
equal_strings (const SvField *field, gconstpointer a, gconstpointer b)
{
  if (list_length (a) != list_length (b))
    return FALSE;
  for (guint i = 0; i < list_length (a); i++)
    if (strcmp (list_item (a, i), list_item (b, i)) != 0)
      return FALSE;
  return TRUE;
}

static void
write_strings (const SvField *field, gconstpointer member, SvJsonWriter *writer)
{
  sv_json_add_strings (writer, sv_field_get_public_name (field), *(GPtrArray *const *)member);
}

/* Strictly, null is no object and no list. */
static gboolean
check_null (SvJsonReader *reader, SvRecordMode mode, const char *wanted, GError **error)
{
  if (mode == SV_RECORD_LENIENT || sv_json_peek (reader, NULL) != SV_JSON_NULL)
    return TRUE;
  g_autofree char *path = sv_json_reader_dup_path (reader);
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "%s: %s is wanted, not null", path, wanted);
  return FALSE;
}

static gboolean
read_strings (const SvField *field, SvJsonReader *reader, SvRecordMode mode, gpointer member,
              GError **error)
{
  g_autoptr (GPtrArray) list = sv_strings_new ();
  if (!check_null (reader, mode, "a list", error) || !sv_json_read_strings (reader, list, error) ||
      too_long (field, list->len, reader, error))
    return FALSE;
  clear_list (field, member);
  *(GPtrArray **)member = g_steal_pointer (&list);
  return TRUE;
}

static char *
format_strings (const SvField *field, gconstpointer member)
{
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < list_length (member); i++) {
    if (i > 0)
      g_string_append_c (out, ' ');
    g_string_append (out, list_item (member, i));
  }
  return g_string_free (out, FALSE);
}

/* --- nested records --- */

static void
clear_record (const SvField *field, gpointer member)
{
  sv_record_free (field->record, *(gpointer *)member);
  *(gpointer *)member = NULL;
}

static void
copy_record (const SvField *field, gpointer member, gconstpointer from)
{
  gconstpointer record = *(const gconstpointer *)from;
  *(gpointer *)member = record != NULL ? sv_record_copy (field->record, record) : NULL;
}

static gboolean
equal_record (const SvField *field, gconstpointer a, gconstpointer b)
{
  gconstpointer x = *(const gconstpointer *)a, y = *(const gconstpointer *)b;
  return x == y || (x != NULL && y != NULL && sv_record_equal (field->record, x, y));
}

static void
write_record (const SvField *field, gconstpointer member, SvJsonWriter *writer)
{
  gconstpointer record = *(const gconstpointer *)member;
  if (record == NULL)
    sv_json_add_null (writer, sv_field_get_public_name (field));
  else
    sv_record_write_json (field->record, record, writer, sv_field_get_public_name (field));
}

static gboolean
read_record (const SvField *field, SvJsonReader *reader, SvRecordMode mode, gpointer member,
             GError **error)
{
  clear_record (field, member);
  if (sv_json_peek (reader, NULL) == SV_JSON_NULL)
    return sv_json_skip (reader, error);
  *(gpointer *)member = sv_record_new (field->record);
  return sv_record_read_json (field->record, reader, mode, *(gpointer *)member, error);
}

static char *
format_nothing (const SvField *field, gconstpointer member)
{
  return NULL;
}

static void
clear_records (const SvField *field, gpointer member)
{
  GPtrArray *list = *(GPtrArray **)member;
  *(GPtrArray **)member = NULL;
  if (list == NULL)
    return;
  g_ptr_array_set_free_func (list,
                             NULL); /* the descriptor frees the items, whoever made the list */
  for (guint i = 0; i < list->len; i++)
    sv_record_free (field->record, list->pdata[i]);
  g_ptr_array_unref (list);
}

static void
copy_records (const SvField *field, gpointer member, gconstpointer from)
{
  GPtrArray *copy = NULL;
  if (*(GPtrArray *const *)from != NULL) {
    copy = g_ptr_array_sized_new (list_length (from));
    for (guint i = 0; i < list_length (from); i++)
      g_ptr_array_add (copy, sv_record_copy (field->record, list_item (from, i)));
  }
  *(GPtrArray **)member = copy;
}

static gboolean
equal_records (const SvField *field, gconstpointer a, gconstpointer b)
{
  if (list_length (a) != list_length (b))
    return FALSE;
  for (guint i = 0; i < list_length (a); i++)
    if (!sv_record_equal (field->record, list_item (a, i), list_item (b, i)))
      return FALSE;
  return TRUE;
}

static void
write_records (const SvField *field, gconstpointer member, SvJsonWriter *writer)
{
  sv_json_open_array (writer, sv_field_get_public_name (field));
  for (guint i = 0; i < list_length (member); i++)
    sv_record_write_json (field->record, list_item (member, i), writer, NULL);
  sv_json_close (writer);
}

typedef struct {
  const SvField *field;
  SvRecordMode mode;
  GPtrArray *list;
} SvRecordsRead;

static gboolean
read_one_of_records (SvJsonReader *reader, gpointer user_data, GError **error)
{
  SvRecordsRead *into = user_data;
  gpointer record = sv_record_new (into->field->record);
  g_ptr_array_add (into->list, record); /* owned by the list at once: freed on any error */
  return !too_long (into->field, into->list->len, reader, error) &&
         sv_record_read_json (into->field->record, reader, into->mode, record, error);
}

static gboolean
read_records (const SvField *field, SvJsonReader *reader, SvRecordMode mode, gpointer member,
              GError **error)
{
  clear_records (field, member);
  SvRecordsRead into = {field, mode, g_ptr_array_new ()};
  *(GPtrArray **)member = into.list;
  return check_null (reader, mode, "a list", error) &&
         sv_json_read_array (reader, read_one_of_records, &into, error);
}

static const SvTypeRow type_rows[] = {
    [SV_TYPE_STRING] = {clear_string, copy_string, equal_string, write_string, read_string,
                        format_string},
    [SV_TYPE_INT64] = {clear_int64, copy_int64, equal_int64, write_int64, read_int64, format_int64},
    [SV_TYPE_DOUBLE] = {clear_double, copy_double, equal_double, write_double, read_double,
                        format_double},
    [SV_TYPE_BOOL] = {clear_int, copy_int, equal_int, write_bool, read_bool, format_bool},
    [SV_TYPE_INSTANT] = {clear_int64, copy_int64, equal_int64, write_instant, read_instant,
                         format_instant},
    [SV_TYPE_ENUM] = {clear_int, copy_int, equal_int, write_enum, read_enum, format_enum},
    [SV_TYPE_BLOB] = {clear_blob, copy_blob, equal_blob, write_blob, read_blob, format_blob},
    [SV_TYPE_STRINGS] = {clear_list, copy_strings, equal_strings, write_strings, read_strings,
                         format_strings},
    [SV_TYPE_RECORD] = {clear_record, copy_record, equal_record, write_record, read_record,
                        format_nothing},
    [SV_TYPE_RECORDS] = {clear_records, copy_records, equal_records, write_records, read_records,
                         format_nothing},
};

/* --- whole records --- */

gpointer
sv_record_new (const SvRecordType *type)
{
  return g_malloc0 (type->size);
}

void
sv_record_clear (const SvRecordType *type, gpointer record)
{
  for (gsize i = 0; i < type->n_fields; i++)
    type_rows[type->fields[i].type].clear (&type->fields[i], member_of (&type->fields[i], record));
}

void
sv_record_free (const SvRecordType *type, gpointer record)
{
  if (record == NULL)
    return;
  sv_record_clear (type, record);
  g_free (record);
}

gpointer
sv_record_copy (const SvRecordType *type, gconstpointer record)
{
  gpointer copy = sv_record_new (type);
  for (gsize i = 0; i < type->n_fields; i++) {
    const SvField *field = &type->fields[i];
    type_rows[field->type].copy (field, member_of (field, copy), member_of (field, record));
  }
  return copy;
}

void
sv_record_copy_field (const SvRecordType *type, const char *name, gpointer record,
                      gconstpointer from)
{
  const SvField *field = sv_record_find_field (type, name);
  g_return_if_fail (field != NULL);
  type_rows[field->type].clear (field, member_of (field, record));
  type_rows[field->type].copy (field, member_of (field, record), member_of (field, from));
}

gboolean
sv_record_equal (const SvRecordType *type, gconstpointer a, gconstpointer b)
{
  for (gsize i = 0; i < type->n_fields; i++) {
    const SvField *field = &type->fields[i];
    if (!type_rows[field->type].equal (field, member_of (field, a), member_of (field, b)))
      return FALSE;
  }
  return TRUE;
}

const char *
sv_field_get_public_name (const SvField *field)
{
  gsize length = strlen (field->name);
  if (field->type != SV_TYPE_INSTANT || !g_str_has_suffix (field->name, "_us"))
    return field->name;
  g_autofree char *name = g_strndup (field->name, length - strlen ("_us"));
  return g_intern_string (name); /* one per field of the program's own tables */
}

static const SvField *
find_public (const SvRecordType *type, const char *name)
{
  for (gsize i = 0; i < type->n_fields; i++)
    if (strcmp (sv_field_get_public_name (&type->fields[i]), name) == 0)
      return &type->fields[i];
  return NULL;
}

const SvField *
sv_record_find_field (const SvRecordType *type, const char *name)
{
  for (gsize i = 0; i < type->n_fields; i++)
    if (strcmp (type->fields[i].name, name) == 0)
      return &type->fields[i];
  return NULL;
}

void
sv_record_write_json (const SvRecordType *type, gconstpointer record, SvJsonWriter *writer,
                      const char *key)
{
  sv_json_open_object (writer, key);
  for (gsize i = 0; i < type->n_fields; i++) {
    const SvField *field = &type->fields[i];
    type_rows[field->type].write (field, member_of (field, record), writer);
  }
  sv_json_close (writer);
}

typedef struct {
  const SvRecordType *type;
  SvRecordMode mode;
  gpointer record;
  guint64 seen; /* bit per field */
} SvRecordRead;

static gboolean
read_member (SvJsonReader *reader, const char *key, gpointer user_data, GError **error)
{
  SvRecordRead *into = user_data;
  const SvField *field = find_public (into->type, key);
  if (field != NULL) {
    into->seen |= G_GUINT64_CONSTANT (1) << (field - into->type->fields);
    return type_rows[field->type].read (field, reader, into->mode, member_of (field, into->record),
                                        error);
  }
  if (into->mode == SV_RECORD_LENIENT)
    return sv_json_skip (reader, error);
  g_autofree char *path = sv_json_reader_dup_path (reader);
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "%s: %s has no member '%.64s'", path,
               into->type->name, key);
  return FALSE;
}

/* True if a REQUIRED member was absent, or present and null. */
static gboolean
is_missing (const SvField *field, const SvRecordRead *into, gsize i)
{
  if ((field->flags & SV_FIELD_REQUIRED) == 0)
    return FALSE;
  if ((into->seen >> i & 1) == 0)
    return TRUE;
  return field->type == SV_TYPE_STRING && *(char **)member_of (field, into->record) == NULL;
}

gboolean
sv_record_read_json (const SvRecordType *type, SvJsonReader *reader, SvRecordMode mode,
                     gpointer record, GError **error)
{
  SvRecordRead into = {type, mode, record, 0};
  if (!check_null (reader, mode, "an object", error) ||
      !sv_json_read_map (reader, read_member, &into, error))
    return FALSE;
  for (gsize i = 0; i < type->n_fields; i++) {
    if (!is_missing (&type->fields[i], &into, i))
      continue;
    g_autofree char *path = sv_json_reader_dup_path (reader);
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "%s: %s lacks '%s'", path, type->name,
                 sv_field_get_public_name (&type->fields[i]));
    return FALSE;
  }
  return TRUE;
}

char *
sv_record_format_field (const SvField *field, gconstpointer record)
{
  char *text = type_rows[field->type].format (field, member_of (field, record));
  return text != NULL ? text : g_strdup ("");
}

static gboolean
is_csv_column (const SvField *field)
{
  return (field->flags & SV_FIELD_HIDDEN) == 0 && field->type != SV_TYPE_RECORD &&
         field->type != SV_TYPE_RECORDS;
}

static void
append_csv_line (const SvRecordType *type, gconstpointer record, GString *out)
{
  gboolean first = TRUE;
  for (gsize i = 0; i < type->n_fields; i++) {
    const SvField *field = &type->fields[i];
    if (!is_csv_column (field))
      continue;
    g_autofree char *text = record != NULL ? sv_record_format_field (field, record)
                                           : g_strdup (sv_field_get_public_name (field));
    if (!first)
      g_string_append_c (out, ',');
    sv_text_append_csv (out, text);
    first = FALSE;
  }
  g_string_append (out, "\r\n");
}

void
sv_record_append_csv_heading (const SvRecordType *type, GString *out)
{
  append_csv_line (type, NULL, out);
}

void
sv_record_append_csv (const SvRecordType *type, gconstpointer record, GString *out)
{
  append_csv_line (type, record, out);
}

int
sv_enum_find (const char *const *values, const char *name)
{
  for (int i = 0; values[i] != NULL; i++)
    if (strcmp (values[i], name) == 0)
      return i;
  return -1;
}
