/* One decision as a file: everything that was weighed and what came out. A bug report becomes a
 * scenario; tests/scenario replays them all. */
#pragma once

#include "exposure/assess.h"

typedef struct {
  char *feed;
  SvStatement *statement;
} SvScenarioClaim;
extern const SvRecordType sv_scenario_claim_type;

typedef struct {
  char *package;
  char *arch;
  char *version;
  char *source_version;
  gboolean reachable;
  char *newest_version;
  char *newest_source_version;
} SvScenarioOffer;
extern const SvRecordType sv_scenario_offer_type;

typedef struct {
  char *schema;             /* "salve.scenario/1" */
  char *about;              /* one sentence for people */
  char *engine;             /* what wrote it */
  char *only_package;       /* what was asked for; NULL: everything */
  char *only_vulnerability; /* likewise */
  char *hardware_class;
  char *release_lock; /* minor release that the host is kept on */
  char *release_lock_origin;
  SvDistro *distro;
  GPtrArray *packages;     /* SvPackage */
  GPtrArray *kernels;      /* SvKernel */
  GPtrArray *modules;      /* strings: enabled RPM module streams */
  GPtrArray *live_patches; /* SvLivePatch */
  GPtrArray *claims;       /* SvScenarioClaim */
  GPtrArray *aliases;      /* SvAlias */
  GPtrArray *offers;       /* SvScenarioOffer */
  GPtrArray *findings;     /* SvFinding: what came out, everything that applied */
} SvScenario;
extern const SvRecordType sv_scenario_type;

void sv_scenario_free (SvScenario *scenario);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvScenario, sv_scenario_free)

/* Runs @assessment and keeps all that it weighed of the packages it judged. */
SvScenario *sv_scenario_record (const SvAssessment *assessment, const char *about, GError **error);

/* Strict: an unknown member is refused. */
SvScenario *sv_scenario_read (SvStream *stream, GError **error);
void sv_scenario_write (const SvScenario *scenario, SvJsonWriter *writer);

/* Judges the scenario again from its own inputs alone. New array of SvFinding. */
GPtrArray *sv_scenario_replay (const SvScenario *scenario, GError **error);
