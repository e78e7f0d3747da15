/* The decision points that SSVC and CISA publish: their values, keys, versions, and what to assume
 * of each while nothing is known. */
#pragma once

#include "triage/decision.h"

typedef enum {
  SV_EXPLOITATION_UNKNOWN,
  SV_EXPLOITATION_NONE,
  SV_EXPLOITATION_POC,
  SV_EXPLOITATION_ACTIVE
} SvExploitation;

typedef enum {
  SV_EXPOSURE_UNKNOWN,
  SV_EXPOSURE_SMALL,
  SV_EXPOSURE_CONTROLLED,
  SV_EXPOSURE_OPEN
} SvSystemExposure;

typedef enum { SV_AUTOMATABLE_UNKNOWN, SV_AUTOMATABLE_NO, SV_AUTOMATABLE_YES } SvAutomatable;

typedef enum { SV_TECHNICAL_UNKNOWN, SV_TECHNICAL_PARTIAL, SV_TECHNICAL_TOTAL } SvTechnicalImpact;

typedef enum {
  SV_SAFETY_UNKNOWN,
  SV_SAFETY_NEGLIGIBLE,
  SV_SAFETY_MARGINAL,
  SV_SAFETY_CRITICAL,
  SV_SAFETY_CATASTROPHIC
} SvSafetyImpact;

typedef enum {
  SV_MISSION_UNKNOWN,
  SV_MISSION_DEGRADED,
  SV_MISSION_CRIPPLED, /* support of mission essential functions (MEF) crippled */
  SV_MISSION_MEF_FAILURE,
  SV_MISSION_FAILURE
} SvMissionImpact;

typedef enum {
  SV_HUMAN_UNKNOWN,
  SV_HUMAN_LOW,
  SV_HUMAN_MEDIUM,
  SV_HUMAN_HIGH,
  SV_HUMAN_VERY_HIGH
} SvHumanImpact;

typedef enum {
  SV_SSVC_UNKNOWN,
  SV_SSVC_DEFER,
  SV_SSVC_SCHEDULED,
  SV_SSVC_OUT_OF_CYCLE,
  SV_SSVC_IMMEDIATE
} SvSsvcOutcome;

typedef enum { SV_IN_KEV_UNKNOWN, SV_IN_KEV_NO, SV_IN_KEV_YES } SvInKev;

typedef enum {
  SV_PUBLICLY_EXPOSED_UNKNOWN,
  SV_PUBLICLY_EXPOSED_NO,
  SV_PUBLICLY_EXPOSED_YES
} SvPubliclyExposed;

typedef enum {
  SV_BOD_UNKNOWN,
  SV_BOD_ON_UPGRADE,
  SV_BOD_60_DAYS,
  SV_BOD_14_DAYS,
  SV_BOD_3_DAYS,
  SV_BOD_3_DAYS_FORENSIC
} SvBodTimeline;

/* Names of the values, for record descriptors; index is the value. */
extern const char *const sv_exploitation_names[];
extern const char *const sv_system_exposure_names[];
extern const char *const sv_automatable_names[];
extern const char *const sv_technical_impact_names[];
extern const char *const sv_safety_impact_names[];
extern const char *const sv_mission_impact_names[];
extern const char *const sv_human_impact_names[];
extern const char *const sv_ssvc_outcome_names[];
extern const char *const sv_in_kev_names[];
extern const char *const sv_publicly_exposed_names[];
extern const char *const sv_bod_names[];

/* Assumed values are those that CERT/CC suggests where nothing is known: none, open, yes, marginal,
 * support crippled. It suggests none for the others: ours are partial for Technical Impact (what 69
 * % of assessed flaws are) and no for In KEV. Every answer that leans on one says so. */
extern const SvDecisionPoint sv_exploitation_point;
extern const SvDecisionPoint sv_system_exposure_point;
extern const SvDecisionPoint sv_automatable_point;
extern const SvDecisionPoint sv_technical_impact_point;
extern const SvDecisionPoint sv_safety_impact_point;
extern const SvDecisionPoint sv_mission_impact_point;
extern const SvDecisionPoint sv_human_impact_point;
extern const SvDecisionPoint sv_ssvc_outcome_point;
extern const SvDecisionPoint sv_in_kev_point;
extern const SvDecisionPoint sv_publicly_exposed_point;
extern const SvDecisionPoint sv_bod_point;
