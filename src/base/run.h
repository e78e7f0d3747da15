/* Child processes without a shell. */
#pragma once

#include <glib.h>

typedef struct {
  const char *directory;  /* (nullable) where it runs */
  guint timeout_ms;       /* 0: SV_LIMIT_RUN_MS */
  gsize max_output_bytes; /* 0: SV_LIMIT_RUN_OUTPUT_BYTES */
  const void *input;      /* (nullable) given on standard input */
  gsize input_size;
} SvRunOptions;

typedef struct {
  int exit_code; /* 128 + signal if it was killed */
  GString *output;
  GString *errors; /* standard error, cut at 64 KiB */
} SvRunResult;

void sv_run_result_clear (SvRunResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvRunResult, sv_run_result_clear)

/**
 * sv_run:
 * @argv: program (looked up in PATH) and arguments, NULL-terminated
 * @options: (nullable):
 *
 * Runs a program to its end with LC_ALL=C, LANG=C, DEBIAN_FRONTEND=noninteractive and no terminal.
 * A non-zero exit is not an error here: the caller reads ret_result->exit_code.
 * Errors: SV_ERROR_NOT_FOUND (no such program), SV_ERROR_TIMEOUT (killed), SV_ERROR_LIMIT (killed).
 */
gboolean sv_run (const char *const *argv, const SvRunOptions *options, SvRunResult *ret_result,
                 GError **error);
