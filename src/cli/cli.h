/* The command line: one table of commands, one way to read options, settings and to write. */
#pragma once

#include "evidence/evidence.h"

/* Exit codes of every command (errors add their own, see base/error.h). */
enum {
  SV_EXIT_OK = 0,
  SV_EXIT_FAILED = 1,
  SV_EXIT_USAGE = 2,
  SV_EXIT_NOT_FOUND = 3,
  SV_EXIT_DENIED = 4,
  SV_EXIT_UNREACHABLE = 5,
  SV_EXIT_PARTIAL = 6,
  SV_EXIT_GATE = 10,
  SV_EXIT_STALE = 11,
  SV_EXIT_UPDATES = 100,
  SV_EXIT_SECURITY_UPDATES = 101,
  SV_EXIT_REBOOT = 102
};

typedef enum {
  SV_OUTPUT_TABLE,
  SV_OUTPUT_WIDE,
  SV_OUTPUT_JSON,
  SV_OUTPUT_JSONL,
  SV_OUTPUT_CSV,
  SV_OUTPUT_SARIF,
  SV_OUTPUT_OPENVEX,
  SV_OUTPUT_CYCLONEDX,
  SV_N_OUTPUTS
} SvOutput;
extern const char *const sv_output_names[];
#define SV_OUTPUTS_LIST                                                                            \
  (1u << SV_OUTPUT_TABLE | 1u << SV_OUTPUT_WIDE | 1u << SV_OUTPUT_JSON | 1u << SV_OUTPUT_JSONL |   \
   1u << SV_OUTPUT_CSV)

typedef struct {
  const char *name;  /* long form, without dashes */
  char letter;       /* short form, or 0 */
  const char *value; /* what help calls the value ("DIR"); NULL: a switch */
  const char *doc;   /* one sentence without a full stop */
} SvOption;

typedef struct SvCli SvCli;

typedef struct {
  const char *name;      /* "scan", "version compare" */
  const char *arguments; /* as help shows them; "" for none */
  const char *summary;   /* one line */
  const char *details;   /* for the man page: paragraphs separated by an empty line */
  const SvOption *options;
  gsize n_options;
  guint outputs; /* bit per SvOutput that it can write */
  guint min_arguments, max_arguments;
  /* Returns the exit code; with @error set the code comes from the error instead. */
  int (*run) (SvCli *cli, GError **error);
} SvCommand;

/* The one table of commands, in the order of help, and the options that all of them know. */
extern const SvCommand sv_commands[];
extern const gsize sv_n_commands;
extern const SvOption sv_common_options[];
extern const gsize sv_n_common_options;

/* Runs one command line; returns the exit code of the process. */
int sv_cli_main (int argc, char **argv);

/* Takes @report, which is good until the command ends. Then the process gives all its
 * memory back at once; freeing a hundred thousand strings first takes a tenth of a scan's time.
 * Only the leak checker of sanitized builds sees them freed. */
void sv_cli_leave_report (SvCli *cli, SvReport *report);

/* What was given. All are lent until the command ends. */
const SvCommand *sv_cli_get_command (const SvCli *cli);
guint sv_cli_get_n_arguments (const SvCli *cli);
const char *sv_cli_get_argument (const SvCli *cli, guint i);
gboolean sv_cli_has (const SvCli *cli, const char *option);
const char *sv_cli_find (const SvCli *cli, const char *option); /* last one given, or NULL */
const GPtrArray *sv_cli_find_all (const SvCli *cli, const char *option);

/* A setting: flag, then SALVE_* variable, then user file, then system file, then default. The name
 * must be in the table of config.h. */
const char *sv_cli_get_setting (const SvCli *cli, const char *name);
const char *sv_cli_get_setting_origin (const SvCli *cli, const char *name);

SvOutput sv_cli_get_output (const SvCli *cli);
gboolean sv_cli_use_colour (const SvCli *cli);

/* The instant to judge by: --at, else now. One answer for the whole command. */
gint64 sv_cli_get_now (const SvCli *cli);

/* @text of the option @option, "90m", "36h" or "5d", in microseconds; SV_ERROR_USAGE otherwise. */
gboolean sv_cli_parse_span (const char *option, const char *text, gint64 *ret_us, GError **error);

/* Standard output, written at once and checked: a full disk or closed pipe is an error. */
gboolean sv_cli_write (const char *text, gsize size, GError **error);

/* One line of standard input at a time without its newline; SV_ERROR_LIMIT past
 * SV_LIMIT_LINE_BYTES. @ret_line is owned by the caller, NULL at the end. */
gboolean sv_cli_read_line (char **ret_line, GError **error);

/* For each line of standard input, one line out. @convert gives a new string, or NULL with its
 * error, which goes to standard error as "line N: …" while "error" goes to standard output. Returns
 * the exit code: failed if any line was an error. */
typedef char *(*SvLineConvert) (const char *line, gpointer user_data, GError **error);
int sv_cli_convert_lines (SvLineConvert convert, gpointer user_data, GError **error);

/* Writes @records (of @type) in the chosen output: table, wide, json (an array), jsonl or csv. */
gboolean sv_cli_write_records (const SvCli *cli, const SvRecordType *type, const GPtrArray *records,
                               GError **error);
/* One record: table writes "field: value" lines. */
gboolean sv_cli_write_record (const SvCli *cli, const SvRecordType *type, gconstpointer record,
                              GError **error);

/* Progress on standard error, only on a terminal or with --verbose: "changelogs 3/40, 12 s left".
 */
typedef struct SvProgress SvProgress;
SvProgress *sv_progress_new (const SvCli *cli, const char *what);
void sv_progress_update (SvProgress *progress, guint64 done, guint64 total);
void sv_progress_free (SvProgress *progress);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvProgress, sv_progress_free)

/* Documents made from the tables. New strings. */
char *sv_help_overview (void);
char *sv_help_command (const SvCommand *command);
char *sv_help_scdoc (void);
char *sv_help_completion (const char *shell, GError **error);

/* The commands. */
int sv_cmd_scan (SvCli *cli, GError **error);
int sv_cmd_check (SvCli *cli, GError **error);
int sv_cmd_explain (SvCli *cli, GError **error);
int sv_cmd_inventory (SvCli *cli, GError **error);
int sv_cmd_feed_add (SvCli *cli, GError **error);
int sv_cmd_feed_remove (SvCli *cli, GError **error);
int sv_cmd_feed_list (SvCli *cli, GError **error);
int sv_cmd_feed_sync (SvCli *cli, GError **error);
int sv_cmd_feed_import (SvCli *cli, GError **error);
int sv_cmd_feed_show (SvCli *cli, GError **error);
int sv_cmd_version_compare (SvCli *cli, GError **error);
int sv_cmd_cvss (SvCli *cli, GError **error);
int sv_cmd_ssvc (SvCli *cli, GError **error);
int sv_cmd_purl (SvCli *cli, GError **error);
int sv_cmd_config_show (SvCli *cli, GError **error);
int sv_cmd_audit_verify (SvCli *cli, GError **error);
int sv_cmd_audit_export (SvCli *cli, GError **error);
int sv_cmd_doctor (SvCli *cli, GError **error);
int sv_cmd_backup (SvCli *cli, GError **error);
int sv_cmd_login (SvCli *cli, GError **error);
int sv_cmd_logout (SvCli *cli, GError **error);
int sv_cmd_remote (SvCli *cli, GError **error);
int sv_cmd_host_import (SvCli *cli, GError **error);
int sv_cmd_help (SvCli *cli, GError **error);
