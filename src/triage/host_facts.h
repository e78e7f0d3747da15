/* What the organisation knows of one host: the situated inputs of the decision tables. */
#pragma once

#include "triage/answer.h"
#include "triage/points.h"

typedef enum {
  SV_ZONE_UNKNOWN,
  SV_ZONE_ISOLATED,
  SV_ZONE_INTERNAL,
  SV_ZONE_DMZ,
  SV_ZONE_INTERNET
} SvZone;
typedef enum {
  SV_CRITICALITY_UNKNOWN,
  SV_CRITICALITY_LOW,
  SV_CRITICALITY_NORMAL,
  SV_CRITICALITY_HIGH
} SvCriticality;
typedef enum { SV_TARGETED_UNKNOWN, SV_TARGETED_NO, SV_TARGETED_YES } SvTargeted;

/* Zeroed: nothing is known. */
typedef struct {
  gint zone; /* SvZone */
  char *zone_origin;
  gint exposure; /* SvSystemExposure */
  char *exposure_origin;
  gint mission_impact; /* SvMissionImpact */
  char *mission_impact_origin;
  gint safety_impact; /* SvSafetyImpact */
  char *safety_impact_origin;
  gint criticality; /* SvCriticality */
  char *criticality_origin;
  gint targeted; /* SvTargeted: attacked in the past */
  char *targeted_origin;
  char *owner;            /* may be NULL */
  char *line_of_business; /* may be NULL */
} SvHostFacts;
extern const SvRecordType sv_host_facts_type;

void sv_host_facts_clear (SvHostFacts *facts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvHostFacts, sv_host_facts_clear)

/**
 * sv_host_facts_parse:
 * @text: a key file with the group [host]; keys zone, exposure, mission-impact, safety-impact,
 *        criticality, targeted, owner, line-of-business
 * @ret_facts: (out): origins say "configuration"
 *
 * Errors: SV_ERROR_INVALID_DATA for another group, key or value, naming the allowed ones;
 * SV_ERROR_LIMIT past SV_LIMIT_SMALL_FILE_BYTES or SV_LIMIT_NAME_BYTES.
 */
gboolean sv_host_facts_parse (const char *text, SvHostFacts *ret_facts, GError **error);

/* Sets one fact as a flag would; what was there is replaced. Errors: SV_ERROR_USAGE names the
 * allowed keys or values. */
gboolean sv_host_facts_set (SvHostFacts *facts, const char *key, const char *value, GError **error);

/* The same with another origin than "flag". */
gboolean sv_host_facts_set_from (SvHostFacts *facts, const char *key, const char *value,
                                 const char *origin, GError **error);

/**
 * sv_host_facts_exposure:
 *
 * System Exposure as far as it is known: as given, else as far as the zone narrows it (internet:
 * open; dmz: controlled or open; internal: small or controlled; isolated: small). The origin is
 * lent by @facts.
 */
SvDecisionFact sv_host_facts_exposure (const SvHostFacts *facts);
