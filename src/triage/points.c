#include "triage/points.h"

const char *const sv_exploitation_names[] = SV_VALUE_NAMES ("none", "public poc", "active");
const SvDecisionPoint sv_exploitation_point = {
    .option = "exploitation",
    .name = "Exploitation",
    .version = "1.1.0",
    .names = sv_exploitation_names,
    .keys = SV_VALUE_KEYS ("N", "P", "A"),
    .aliases = SV_VALUE_ALIASES ("", "poc", ""),
    .assumed = SV_EXPLOITATION_NONE,
};

const char *const sv_system_exposure_names[] = SV_VALUE_NAMES ("small", "controlled", "open");
const SvDecisionPoint sv_system_exposure_point = {
    .option = "exposure",
    .name = "System Exposure",
    .version = "1.0.1",
    .names = sv_system_exposure_names,
    .keys = SV_VALUE_KEYS ("S", "C", "O"),
    .assumed = SV_EXPOSURE_OPEN,
};

const char *const sv_automatable_names[] = SV_VALUE_NAMES ("no", "yes");
const SvDecisionPoint sv_automatable_point = {
    .option = "automatable",
    .name = "Automatable",
    .version = "2.0.0",
    .names = sv_automatable_names,
    .keys = SV_VALUE_KEYS ("N", "Y"),
    .assumed = SV_AUTOMATABLE_YES,
};

const char *const sv_technical_impact_names[] = SV_VALUE_NAMES ("partial", "total");
const SvDecisionPoint sv_technical_impact_point = {
    .option = "technical-impact",
    .name = "Technical Impact",
    .version = "1.0.0",
    .names = sv_technical_impact_names,
    .keys = SV_VALUE_KEYS ("P", "T"),
    .assumed = SV_TECHNICAL_PARTIAL,
};

const char *const sv_safety_impact_names[] =
    SV_VALUE_NAMES ("negligible", "marginal", "critical", "catastrophic");
const SvDecisionPoint sv_safety_impact_point = {
    .option = "safety-impact",
    .name = "Safety Impact",
    .version = "2.0.1",
    .names = sv_safety_impact_names,
    .keys = SV_VALUE_KEYS ("N", "M", "R", "C"),
    .assumed = SV_SAFETY_MARGINAL,
};

const char *const sv_mission_impact_names[] =
    SV_VALUE_NAMES ("degraded", "mef support crippled", "mef failure", "mission failure");
const SvDecisionPoint sv_mission_impact_point = {
    .option = "mission-impact",
    .name = "Mission Impact",
    .version = "2.0.0",
    .names = sv_mission_impact_names,
    .keys = SV_VALUE_KEYS ("D", "MSC", "MEF", "MF"),
    .aliases = SV_VALUE_ALIASES ("", "support crippled", "", ""),
    .assumed = SV_MISSION_CRIPPLED,
};

const char *const sv_human_impact_names[] = SV_VALUE_NAMES ("low", "medium", "high", "very high");
const SvDecisionPoint sv_human_impact_point = {
    .option = "human-impact",
    .name = "Human Impact",
    .version = "2.0.2",
    .names = sv_human_impact_names,
    .keys = SV_VALUE_KEYS ("L", "M", "H", "VH"),
    .assumed = SV_HUMAN_LOW, /* what the table makes of marginal and support crippled */
};

const char *const sv_ssvc_outcome_names[] =
    SV_VALUE_NAMES ("defer", "scheduled", "out-of-cycle", "immediate");
const SvDecisionPoint sv_ssvc_outcome_point = {
    .option = "outcome",
    .name = "Defer, Scheduled, Out-of-Cycle, Immediate",
    .version = "1.0.0",
    .names = sv_ssvc_outcome_names,
    .keys = SV_VALUE_KEYS ("D", "S", "O", "I"),
    .assumed = SV_SSVC_SCHEDULED,
};

const char *const sv_in_kev_names[] = SV_VALUE_NAMES ("no", "yes");
const SvDecisionPoint sv_in_kev_point = {
    .option = "in-kev",
    .name = "In KEV",
    .version = "1.0.0",
    .names = sv_in_kev_names,
    .keys = SV_VALUE_KEYS ("N", "Y"),
    .assumed = SV_IN_KEV_NO,
};

const char *const sv_publicly_exposed_names[] = SV_VALUE_NAMES ("no", "yes");
const SvDecisionPoint sv_publicly_exposed_point = {
    .option = "publicly-exposed",
    .name = "Publicly Exposed",
    .version = "1.0.0",
    .names = sv_publicly_exposed_names,
    .keys = SV_VALUE_KEYS ("N", "Y"),
    .assumed = SV_PUBLICLY_EXPOSED_YES, /* as System Exposure is taken as open */
};

const char *const sv_bod_names[] = SV_VALUE_NAMES ("fix on system upgrade", "60 days", "14 days",
                                                   "3 days", "3 days & forensic investigation");
const SvDecisionPoint sv_bod_point = {
    .option = "timeline",
    .name = "CISA BOD 26-04 Remediation Timelines",
    .version = "1.0.0",
    .names = sv_bod_names,
    .keys = SV_VALUE_KEYS ("FSU", "60D", "14D", "3D", "3DF"),
    .assumed = SV_BOD_14_DAYS,
};
