#include "inventory/foreign.h"

static const struct {
  const char *key;
  gsize member;
} row_members[] = {
    {"name", G_STRUCT_OFFSET (SvForeignRow, name)},
    {"version", G_STRUCT_OFFSET (SvForeignRow, version)},
    {"release", G_STRUCT_OFFSET (SvForeignRow, release)},
    {"epoch", G_STRUCT_OFFSET (SvForeignRow, epoch)},
    {"arch", G_STRUCT_OFFSET (SvForeignRow, arch)},
    {"source", G_STRUCT_OFFSET (SvForeignRow, source)},
    {"status", G_STRUCT_OFFSET (SvForeignRow, status)},
    {"hotfix_id", G_STRUCT_OFFSET (SvForeignRow, hotfix_id)},
};

void
sv_foreign_row_free (SvForeignRow *row)
{
  for (gsize i = 0; row != NULL && i < G_N_ELEMENTS (row_members); i++)
    g_free (G_STRUCT_MEMBER (char *, row, row_members[i].member));
  g_free (row);
}

GPtrArray *
sv_foreign_rows_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)sv_foreign_row_free);
}

gboolean
sv_foreign_take_scalar (SvJsonReader *reader, char **member, GError **error)
{
  SvJsonToken token = sv_json_peek (reader, NULL);
  if (token != SV_JSON_STRING && token != SV_JSON_NUMBER)
    return sv_json_skip (reader, error);
  gsize length;
  if (sv_json_next (reader, error) == SV_JSON_ERROR)
    return FALSE;
  const char *text = sv_json_get_text (reader, &length);
  if (strlen (text) != length)
    return sv_error_set_invalid (error, "a NUL character in", text);
  sv_text_set (member, sv_text_or_null (text));
  return TRUE;
}

static gboolean
read_member (SvJsonReader *reader, const char *key, gpointer row, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (row_members); i++)
    if (strcmp (key, row_members[i].key) == 0)
      return sv_foreign_take_scalar (reader, &G_STRUCT_MEMBER (char *, row, row_members[i].member),
                                     error);
  return sv_json_skip (reader, error);
}

static gboolean
read_row (SvJsonReader *reader, gpointer rows, GError **error)
{
  SvForeignRow *row = g_new0 (SvForeignRow, 1);
  g_ptr_array_add (rows, row);
  if (!sv_json_read_map (reader, read_member, row, error))
    return FALSE;
  if (((GPtrArray *)rows)->len <= SV_LIMIT_PACKAGES)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "more than %d packages", SV_LIMIT_PACKAGES);
  return FALSE;
}

gboolean
sv_foreign_read_rows (SvJsonReader *reader, GPtrArray *rows, GError **error)
{
  return sv_json_read_array (reader, read_row, rows, error);
}
