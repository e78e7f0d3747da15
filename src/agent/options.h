/* How salve-agent is told what to do: one table of settings, as flags and as keys of a file. */
#pragma once

#include "base/base.h"

typedef struct {
  char *server; /* URL; NULL: the one that it enrolled at */
  char *ca;     /* file: who may vouch for the server */
  char *state;  /* directory */
  char *root;   /* NULL: this host as it runs */
  /* flags alone */
  char *token;
  char *token_file;
  char *config;
  gboolean force;
  gboolean version;
  char *command;
} SvAgentOptions;

void sv_agent_options_free (SvAgentOptions *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvAgentOptions, sv_agent_options_free)

typedef struct {
  const char *name;
  const char *doc;
} SvAgentCommandDoc;

/**
 * sv_agent_options_parse:
 * @commands: for --help, ended by a NULL name
 *
 * Flags go before the keys of the file (group [agent]), those before defaults. The default file may
 * be absent. An unknown flag or key is an error. --help prints and ends the process.
 * Errors: SV_ERROR_USAGE, SV_ERROR_INVALID_DATA and those of reading the file.
 */
SvAgentOptions *sv_agent_options_parse (int argc, char **argv, const SvAgentCommandDoc *commands,
                                        GError **error);

/* New: the secret of --token, of --token-file or of $SALVE_ENROL_TOKEN. SV_ERROR_USAGE if there is
 * none. */
char *sv_agent_options_read_token (const SvAgentOptions *options, GError **error);
