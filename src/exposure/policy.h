/* apt's own policy: which version of a package this host would take, and why. Pure. */
#pragma once

#include "advisory/advisory.h"

typedef struct SvPolicy SvPolicy;

typedef struct {
  const GPtrArray *indexes;    /* SvIndex; borrowed, outlive the policy */
  const GPtrArray *pins;       /* (nullable) SvPin, in the order in which apt reads them */
  const char *native_arch;     /* "amd64": a pin without architecture means this one */
  const char *default_release; /* (nullable) APT::Default-Release */
} SvPolicyInput;

/**
 * sv_policy_new:
 *
 * Source: apt_preferences(5); pitfall 76. A pin whose form apt does not know counts for nothing.
 */
SvPolicy *sv_policy_new (const SvPolicyInput *input);
void sv_policy_free (SvPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvPolicy, sv_policy_free)

/* A version that a package may be at: offered by archives, installed, or both. */
typedef struct {
  const char *version;
  GBytes *key;              /* borrowed */
  const SvCandidate *offer; /* NULL: no archive has it */
  gboolean installed;
} SvChoice;

/* 500 for an archive, 100 for backports and what is installed, 1 for experimental, or what a pin
 * of all packages says. */
int sv_policy_get_index_priority (const SvPolicy *policy, const SvIndex *index);

/* Priority of one version, @arch being the package's own ("all" counts as native). */
int sv_policy_get_priority (const SvPolicy *policy, const char *name, const char *arch,
                            const SvChoice *choice);

/**
 * sv_policy_choose:
 * @choices: SvChoice, highest version first
 *
 * Index of apt's candidate: the highest priority, then the highest version; nothing with priority
 * 0 or less, and below the installed version only from 1000 on. -1 if there is none.
 */
int sv_policy_choose (const SvPolicy *policy, const char *name, const char *arch,
                      const GArray *choices);

/* True for archives that carry security updates alone (Debian, Ubuntu and its ESM, Devuan …). */
gboolean sv_policy_is_security (const SvIndex *index);

/* New string: the archives of a version as apt prints them, "Debian:12.15/oldstable,
 * Debian-Security:12/oldstable-security". */
char *sv_policy_format_origin (const GPtrArray *indexes);

typedef enum {
  SV_PHASE_RELEASED, /* for every host */
  SV_PHASE_INCLUDED, /* for a part of all hosts, this one among them */
  SV_PHASE_DEFERRED, /* for a part of all hosts, not yet for this one */
  SV_PHASE_UNKNOWN,  /* for a part of all hosts; the machine id is not known */
  SV_N_PHASES
} SvPhase;
extern const char *const sv_phase_names[];

/* Where this host stands in the phased roll-out of an update (trap 76), by apt's draw over source,
 * source version and @machine_id (nullable). */
SvPhase sv_policy_phase (const SvCandidate *candidate, const char *machine_id);
