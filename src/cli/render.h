/* A report for people, on a terminal. */
#pragma once

#include "cli/cli.h"
#include "evidence/evidence.h"

/* Writes @report in the chosen table form to standard output. */
gboolean sv_render_report (const SvCli *cli, const SvReport *report, GError **error);
