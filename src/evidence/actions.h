/* Updates grouped into things to do, judged and ranked. Private to the room. */
#pragma once

#include "evidence/report.h"

/* New array of SvAction, ranked: one per source package of @report->updates, and one reboot if the
 * host needs it for nothing else. */
GPtrArray *sv_actions_new (SvReportParts *parts, const SvReport *report);
