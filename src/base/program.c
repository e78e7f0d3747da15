#include "base/program.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/stream.h"

#include <string.h>

/* --- flags --- */

static gboolean
read_flags (const SvProgram *program, gpointer settings, int *argc, char ***argv, GError **error)
{
  static const GOptionArg kinds[] = {[SV_SETTING_TEXT] = G_OPTION_ARG_FILENAME,
                                     [SV_SETTING_SWITCH] = G_OPTION_ARG_NONE,
                                     [SV_SETTING_NUMBER] = G_OPTION_ARG_INT64};
  g_autofree GOptionEntry *entries = g_new0 (GOptionEntry, program->n + 1);
  for (gsize i = 0; i < program->n; i++) {
    const SvSettingRow *row = &program->rows[i];
    entries[i] = (GOptionEntry){.long_name = row->name,
                                .arg = kinds[row->kind],
                                .arg_data = G_STRUCT_MEMBER_P (settings, row->offset),
                                .description = row->doc,
                                .arg_description = row->value};
  }
  g_autoptr (GOptionContext) context = g_option_context_new (program->summary);
  g_autoptr (GError) cause = NULL;
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_description (context, program->description);
  if (g_option_context_parse (context, argc, argv, &cause))
    return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE, cause->message);
  return FALSE;
}

/* --- the file --- */

static const SvSettingRow *
find_key (const SvProgram *program, const char *name)
{
  for (gsize i = 0; i < program->n; i++)
    if (!program->rows[i].flag_only && strcmp (program->rows[i].name, name) == 0)
      return &program->rows[i];
  return NULL;
}

/* What a flag said already stays. */
static void
take_value (const SvSettingRow *row, gpointer member, GKeyFile *file, const char *group,
            GError **error)
{
  gint64 *number = member;
  char **text = member;
  if (row->kind == SV_SETTING_SWITCH)
    *(gboolean *)member |= g_key_file_get_boolean (file, group, row->name, error);
  else if (row->kind == SV_SETTING_NUMBER && *number == 0)
    *number = g_key_file_get_int64 (file, group, row->name, error);
  else if (row->kind == SV_SETTING_TEXT && *text == NULL)
    *text = g_key_file_get_string (file, group, row->name, error);
}

static gboolean
take_keys (const SvProgram *program, gpointer settings, GKeyFile *file, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  for (char **group = groups; *group != NULL; group++)
    if (strcmp (*group, program->group) != 0) {
      g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
                   "unknown group [%.64s]; the only one is [%s]", *group, program->group);
      return FALSE;
    }
  g_auto (GStrv) keys = g_key_file_get_keys (file, program->group, NULL, NULL);
  for (char **key = keys; key != NULL && *key != NULL; key++) {
    const SvSettingRow *row = find_key (program, *key);
    g_autoptr (GError) cause = NULL;
    if (row != NULL)
      take_value (row, G_STRUCT_MEMBER_P (settings, row->offset), file, program->group, &cause);
    if (row != NULL && cause == NULL)
      continue;
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "%s '%.64s'%s%s",
                 row == NULL ? "unknown key" : "no good value of", *key, cause != NULL ? ": " : "",
                 cause != NULL ? cause->message : "");
    return FALSE;
  }
  return TRUE;
}

static gboolean
parse_file (const SvProgram *program, gpointer settings, GBytes *text, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) cause = NULL;
  if (g_key_file_load_from_bytes (file, text, G_KEY_FILE_NONE, &cause))
    return take_keys (program, settings, file, error);
  g_set_error_literal (error, SV_ERROR, SV_ERROR_INVALID_DATA, cause->message);
  return FALSE;
}

static gboolean
read_file (const SvProgram *program, gpointer settings, GError **error)
{
  const char *named = *(char **)G_STRUCT_MEMBER_P (settings, program->config);
  const char *path = named != NULL ? named : program->default_file;
  g_autoptr (GError) cause = NULL;
  if (path == NULL)
    return TRUE;
  g_autoptr (GBytes) text = sv_file_read (path, SV_LIMIT_SMALL_FILE_BYTES, &cause);
  if (text == NULL && named == NULL && sv_error_is (cause, SV_ERROR_NOT_FOUND))
    return TRUE;
  if (text != NULL && parse_file (program, settings, text, &cause))
    return TRUE;
  if (text != NULL)
    g_prefix_error (&cause, "'%s': ", path);
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

gboolean
sv_program_read (const SvProgram *program, gpointer settings, int *argc, char ***argv,
                 GError **error)
{
  return read_flags (program, settings, argc, argv, error) && read_file (program, settings, error);
}

void
sv_program_clear (const SvProgram *program, gpointer settings)
{
  for (gsize i = 0; i < program->n; i++)
    if (program->rows[i].kind == SV_SETTING_TEXT)
      g_clear_pointer ((char **)G_STRUCT_MEMBER_P (settings, program->rows[i].offset), g_free);
}
