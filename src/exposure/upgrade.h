/* What a host needs to install, as apt-get dist-upgrade would, and what keeps it from doing so. */
#pragma once

#include "exposure/policy.h"

typedef enum {
  SV_UPGRADE_UPGRADE,
  SV_UPGRADE_INSTALL,   /* a new package that upgrades pull in */
  SV_UPGRADE_DOWNGRADE, /* pinned to 1000 or more */
  SV_UPGRADE_REMOVE,    /* replaced by a package that upgrades bring */
  SV_N_UPGRADES
} SvUpgradeKind;
extern const char *const sv_upgrade_kind_names[];

typedef struct {
  gint kind; /* SvUpgradeKind */
  char *package;
  char *arch;
  char *installed; /* NULL: new */
  char *candidate; /* NULL: removed */
  char *source;    /* of the candidate */
  char *source_version;
  char *installed_source_version;
  gboolean security; /* a security archive offers a version above the installed one */
  char *origin; /* of the candidate, as apt prints it: "Debian-Security:12/oldstable-security" */
  gint authenticity;   /* SvAuthenticity of the best index that offers the candidate */
  gint64 size_bytes;   /* to download */
  gint64 growth_bytes; /* on disk, candidate less installed as far as known */
  char *sha256;
  char *filename;
  gboolean held;
  gint phase;         /* SvPhase */
  gboolean reachable; /* apt-get dist-upgrade would do it now */
  char *reason;       /* why not, or why a package is new or removed; NULL: nothing to say */
} SvUpgrade;
extern const SvRecordType sv_upgrade_type;

typedef struct {
  GPtrArray *upgrades; /* SvUpgrade, owned, sorted by package, then architecture */
} SvUpgradePlan;

void sv_upgrade_plan_free (SvUpgradePlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvUpgradePlan, sv_upgrade_plan_free)

typedef struct {
  const GPtrArray *packages;   /* SvPackage, of dpkg */
  const GPtrArray *pins;       /* (nullable) SvPin */
  const char *native_arch;     /* (nullable) NULL: as the package dpkg has it */
  const char *default_release; /* (nullable) */
  const char *machine_id;      /* (nullable) for phased updates */
} SvUpgradeInput;

/**
 * sv_upgrade_plan:
 * @archive: opened; what is needed of it is read here
 *
 * Every upgrade that the host's archives offer, with what is held, pinned, phased or kept back as
 * unreachable entries with their reason; new packages that upgrades depend on; removals where an
 * upgrade replaces a package. Recommends are not followed. The same input gives the same plan.
 * Source: pitfalls 41, 71, 72, 76, 95, 96.
 */
SvUpgradePlan *sv_upgrade_plan (SvArchive *archive, const SvUpgradeInput *input);

/* What evidence the plan asks for, each new and owned: SvChangelogNeed, one for each source version
 * to come, with the packages that may hold its changelog; and SvChangelogWant, borrowing from
 * @plan, one for each source version that is installed. */
GPtrArray *sv_upgrade_list_needs (const SvUpgradePlan *plan);
GArray *sv_upgrade_list_wants (const SvUpgradePlan *plan);

/* New string: where an installed version can be had from, as SvPackage.origin has it; "" if no
 * archive that was read offers it (trap 72). */
char *sv_upgrade_find_origin (const SvArchive *archive, const SvPackage *package);
