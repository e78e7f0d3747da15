/* How a program is told what to do: one table of settings, as flags and as keys of a file. */
#pragma once

#include <glib.h>

typedef enum {
  SV_SETTING_TEXT,   /* char *, NULL: not given */
  SV_SETTING_SWITCH, /* gboolean */
  SV_SETTING_NUMBER  /* gint64, 0: not given */
} SvSettingKind;

typedef struct {
  const char *name; /* long form, without dashes; key of the file */
  SvSettingKind kind;
  gsize offset;       /* of the member of the program's own struct */
  gboolean flag_only; /* no key of the file */
  const char *value;  /* what help calls it; NULL: a switch */
  const char *doc;
} SvSettingRow;

typedef struct {
  const SvSettingRow *rows;
  gsize n;
  const char *group;        /* of the file, the only one */
  const char *summary;      /* behind the program's name, for --help */
  const char *description;  /* (nullable) below the flags */
  gsize config;             /* offset of the text that names the file */
  const char *default_file; /* (nullable) read if none is named and it is there */
} SvProgram;

/**
 * sv_program_read:
 * @settings: the program's own struct, zeroed but for what numbers are to be without a flag
 *
 * Flags go before keys of the file. --help prints and ends the process. What is no flag stays in
 * @argv.
 * Errors: SV_ERROR_USAGE for a flag, SV_ERROR_INVALID_DATA for a group, key or value of the file,
 * and those of reading it.
 */
gboolean sv_program_read (const SvProgram *program, gpointer settings, int *argc, char ***argv,
                          GError **error);

/* Frees the texts. */
void sv_program_clear (const SvProgram *program, gpointer settings);
