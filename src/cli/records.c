/* Records to standard output in every list format, driven by their descriptor. */
#include "cli/cli.h"

#include <libsmartcols.h>
#include <string.h>

typedef struct libscols_table ScolsTable;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScolsTable, scols_unref_table)

static gboolean
is_column (const SvField *field, SvOutput output)
{
  if ((field->flags & SV_FIELD_HIDDEN) != 0 || field->type == SV_TYPE_RECORD ||
      field->type == SV_TYPE_RECORDS)
    return FALSE;
  return output == SV_OUTPUT_WIDE || (field->flags & SV_FIELD_WIDE) == 0;
}

static char *
cell_of (const SvField *field, gconstpointer record)
{
  g_autofree char *raw = sv_record_format_field (field, record);
  return sv_text_printable (raw);
}

static void
fill_table (ScolsTable *table, const SvRecordType *type, const GPtrArray *records, SvOutput output)
{
  for (gsize f = 0; f < type->n_fields; f++) {
    g_autofree char *heading = g_ascii_strup (sv_field_get_public_name (&type->fields[f]), -1);
    gboolean number =
        type->fields[f].type == SV_TYPE_INT64 || type->fields[f].type == SV_TYPE_DOUBLE;
    if (is_column (&type->fields[f], output))
      scols_table_new_column (table, heading, 0, number ? SCOLS_FL_RIGHT : 0);
  }
  for (guint r = 0; r < records->len; r++) {
    struct libscols_line *line = scols_table_new_line (table, NULL);
    gsize column = 0;
    for (gsize f = 0; f < type->n_fields; f++) {
      if (!is_column (&type->fields[f], output))
        continue;
      g_autofree char *cell = cell_of (&type->fields[f], records->pdata[r]);
      scols_line_set_data (line, column++, cell);
    }
  }
}

static gboolean
write_table (const SvRecordType *type, const GPtrArray *records, SvOutput output, GError **error)
{
  if (records->len == 0)
    return TRUE;
  g_autoptr (ScolsTable) table = scols_new_table ();
  fill_table (table, type, records, output);
  char *text = NULL; /* malloc'd by the library */
  if (scols_print_table_to_string (table, &text) != 0) {
    g_set_error (error, SV_ERROR, SV_ERROR_FAILED, "cannot lay out the table");
    return FALSE;
  }
  g_autofree char *owned = text;
  return sv_cli_write (owned, strlen (owned), error) && sv_cli_write ("\n", 1, error);
}

static gboolean
write_json (const SvRecordType *type, const GPtrArray *records, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (out, 2);
  sv_json_open_array (writer, NULL);
  for (guint i = 0; i < records->len; i++)
    sv_record_write_json (type, records->pdata[i], writer, NULL);
  sv_json_close (writer);
  g_string_append_c (out, '\n');
  return sv_cli_write (out->str, out->len, error);
}

static gboolean
write_jsonl (const SvRecordType *type, const GPtrArray *records, GError **error)
{
  for (guint i = 0; i < records->len; i++) {
    g_autoptr (GString) out = g_string_new (NULL);
    g_autoptr (SvJsonWriter) writer = sv_json_writer_new (out, 0);
    sv_record_write_json (type, records->pdata[i], writer, NULL);
    g_string_append_c (out, '\n');
    if (!sv_cli_write (out->str, out->len, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_csv (const SvRecordType *type, const GPtrArray *records, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  sv_record_append_csv_heading (type, out);
  for (guint i = 0; i < records->len; i++)
    sv_record_append_csv (type, records->pdata[i], out);
  return sv_cli_write (out->str, out->len, error);
}

gboolean
sv_cli_write_records (const SvCli *cli, const SvRecordType *type, const GPtrArray *records,
                      GError **error)
{
  switch (sv_cli_get_output (cli)) {
  case SV_OUTPUT_JSON:
    return write_json (type, records, error);
  case SV_OUTPUT_JSONL:
    return write_jsonl (type, records, error);
  case SV_OUTPUT_CSV:
    return write_csv (type, records, error);
  case SV_OUTPUT_TABLE:
  case SV_OUTPUT_WIDE:
  case SV_OUTPUT_SARIF:
  case SV_OUTPUT_OPENVEX:
  case SV_OUTPUT_CYCLONEDX:
  case SV_N_OUTPUTS:
  default:
    return write_table (type, records, sv_cli_get_output (cli), error);
  }
}

static gboolean
write_lines (const SvRecordType *type, gconstpointer record, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gsize widest = 0;
  for (gsize f = 0; f < type->n_fields; f++)
    if (is_column (&type->fields[f], SV_OUTPUT_WIDE))
      widest = MAX (widest, strlen (sv_field_get_public_name (&type->fields[f])));
  for (gsize f = 0; f < type->n_fields; f++) {
    if (!is_column (&type->fields[f], SV_OUTPUT_WIDE))
      continue;
    g_autofree char *cell = cell_of (&type->fields[f], record);
    g_string_append_printf (out, "%-*s  %s\n", (int)widest,
                            sv_field_get_public_name (&type->fields[f]), cell);
  }
  return sv_cli_write (out->str, out->len, error);
}

gboolean
sv_cli_write_record (const SvCli *cli, const SvRecordType *type, gconstpointer record,
                     GError **error)
{
  SvOutput output = sv_cli_get_output (cli);
  if (output == SV_OUTPUT_TABLE || output == SV_OUTPUT_WIDE)
    return write_lines (type, record, error);
  if (output == SV_OUTPUT_JSON) {
    g_autoptr (GString) out = g_string_new (NULL);
    g_autoptr (SvJsonWriter) writer = sv_json_writer_new (out, 2);
    sv_record_write_json (type, record, writer, NULL);
    g_string_append_c (out, '\n');
    return sv_cli_write (out->str, out->len, error);
  }
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  g_ptr_array_add (one, (gpointer)record);
  return sv_cli_write_records (cli, type, one, error);
}
