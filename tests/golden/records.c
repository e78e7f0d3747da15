/* Prints the public form of every record that documents and the store are made of, for the golden
 * file records.txt: a changed name, type or enum value is a change that users see. */
#include "access/access.h"
#include "evidence/evidence.h"

#include <stdio.h>

static const char *const type_names[] = {
    [SV_TYPE_STRING] = "string",   [SV_TYPE_INT64] = "int64",      [SV_TYPE_DOUBLE] = "double",
    [SV_TYPE_BOOL] = "bool",       [SV_TYPE_INSTANT] = "instant",  [SV_TYPE_ENUM] = "enum",
    [SV_TYPE_BLOB] = "blob",       [SV_TYPE_STRINGS] = "[string]", [SV_TYPE_RECORD] = "record",
    [SV_TYPE_RECORDS] = "[record]"};

static const SvRecordType *const roots[] = {
    &sv_report_type,    &sv_inventory_type,  &sv_scenario_type, &sv_feed_type,
    &sv_sync_row_type,  &sv_cvss_type,       &sv_purl_type,     &sv_decision_answer_type,
    &sv_judgement_type, &sv_audit_entry_type};

static char *
type_of (const SvField *field)
{
  if (field->type == SV_TYPE_RECORD)
    return g_strdup (field->record->name);
  if (field->type == SV_TYPE_RECORDS)
    return g_strdup_printf ("[%s]", field->record->name);
  if (field->type != SV_TYPE_ENUM)
    return g_strdup (type_names[field->type]);
  g_autofree char *values = g_strjoinv ("|", (char **)field->values);
  return g_strdup_printf ("enum(%s)", values);
}

static void
print_record (const SvRecordType *type)
{
  printf ("%s\n", type->name);
  for (gsize i = 0; i < type->n_fields; i++) {
    g_autofree char *shown = type_of (&type->fields[i]);
    printf ("  %-24s %s%s\n", sv_field_get_public_name (&type->fields[i]), shown,
            (type->fields[i].flags & SV_FIELD_REQUIRED) != 0 ? " required" : "");
  }
  printf ("\n");
}

/* Each type once, with what hangs on it behind it. */
static void
print_with_members (const SvRecordType *type, GHashTable *printed)
{
  if (!g_hash_table_add (printed, (gpointer)type))
    return;
  print_record (type);
  for (gsize i = 0; i < type->n_fields; i++)
    if (type->fields[i].record != NULL)
      print_with_members (type->fields[i].record, printed);
}

int
main (void)
{
  g_autoptr (GHashTable) printed = g_hash_table_new (NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (roots); i++)
    print_with_members (roots[i], printed);
  return 0;
}
