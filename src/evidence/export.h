/* What the exporters share. Private to the room. */
#pragma once

#include "evidence/report.h"

/* New string: the package URL of a package of this host, also its reference in documents. */
char *sv_export_purl (const SvReport *report, const char *name, const char *version,
                      const char *arch);

/* New string: a UUID made of the report's content: the same report has the same one. */
char *sv_export_uuid (const SvReport *report);

/* New string: what to do about @finding, one sentence. */
char *sv_export_advice (const SvFinding *finding);

/* True for findings that documents speak of: affected, or not known. */
gboolean sv_export_is_told (const SvFinding *finding);
