/* Baselines: what hosts of one class are meant to run, and how a host differs from it. Pure rules.
 */
#pragma once

#include "inventory/facts.h"

/* One package of a baseline; of several versions the highest. */
typedef struct {
  char *name;
  char *version;
} SvBaselinePackage;
extern const SvRecordType sv_baseline_package_type;

/* What a baseline says of one distribution and release. */
typedef struct {
  char *distro; /* "debian:12" */
  char *host;   /* id of the host that it was taken from; NULL: from a file */
  gint64 packages;
  gint64 at_us;
} SvBaselinePart;
extern const SvRecordType sv_baseline_part_type;

typedef struct {
  char *name;          /* the class, SvSystem.baseline */
  GPtrArray *services; /* strings: what may listen for others, "tcp/22" or "tcp/22/sshd" */
  GPtrArray *parts;    /* SvBaselinePart, by distro */
  gint64 created_at_us;
  gint64 changed_at_us;
} SvBaseline;
extern const SvRecordType sv_baseline_type;
void sv_baseline_free (SvBaseline *baseline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvBaseline, sv_baseline_free)

/* Somebody answers for a difference, until it expires. */
typedef struct {
  char *id;
  char *host; /* id; "" or NULL: every host of the class */
  char *item; /* SvDeviation.item */
  char *reason;
  char *owner;
  gint64 expires_at_us;
  gint64 created_at_us;
} SvBaselineExemption;
extern const SvRecordType sv_baseline_exemption_type;
void sv_baseline_exemption_free (SvBaselineExemption *exemption);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvBaselineExemption, sv_baseline_exemption_free)

typedef enum {
  SV_DEVIATION_MISSING, /* a package of the baseline is not installed, or not whole */
  SV_DEVIATION_BELOW,   /* it is older */
  SV_DEVIATION_ABOVE,   /* it is newer: nobody tested it, or somebody changed it */
  SV_DEVIATION_SERVICE, /* something listens that should not */
  SV_DEVIATION_UNKNOWN /* cannot be told: the versions have no order, or who listens is not known */
} SvDeviationKind;
extern const char *const sv_deviation_kind_names[];

typedef struct {
  gint kind;
  char *item;   /* package, or "tcp/8080" */
  char *wanted; /* version; NULL: nothing */
  char *found;  /* version, or the process that listens; NULL: nothing, or not known */
  gboolean exempted;
  char *reason; /* of the exemption, and of one that has expired */
  char *owner;
  gint64 expires_at_us;
} SvDeviation;
extern const SvRecordType sv_deviation_type;

/* How one host stands against its baseline. What is exempted is in each count. */
typedef struct {
  char *host;
  char *hostname;
  char *distro;
  gboolean compared;       /* the baseline has a part for its release */
  gboolean services_known; /* who listens there was looked at */
  gint64 missing, below, above, services, unknown;
  gint64 exempted;
} SvBaselineHost;
extern const SvRecordType sv_baseline_host_type;

/* Whether @service is "tcp/22" or "tcp/22/sshd". */
gboolean sv_baseline_service_is_valid (const char *service);

/**
 * sv_baseline_list_packages:
 *
 * What a baseline that is taken from @inventory says: each package that is installed whole, by
 * name, without those whose name holds a version (kernels of Debian) and those of other ecosystems.
 * New array of SvBaselinePackage, not owning.
 */
GPtrArray *sv_baseline_list_packages (const SvInventory *inventory);
/* What listens for others there, "tcp/22/sshd", each once, sorted. New array of strings. */
GPtrArray *sv_baseline_list_services (const SvInventory *inventory);

/* What a host is compared with, all borrowed. */
typedef struct {
  const GPtrArray *packages;   /* SvBaselinePackage of its release; NULL: there is no part for it */
  const GPtrArray *services;   /* strings */
  const GPtrArray *exemptions; /* SvBaselineExemption of the baseline */
  const char *host;            /* id */
  gint64 now_us;
} SvBaselineTerms;

/* New array of SvDeviation, not owning: packages by name, then services. */
GPtrArray *sv_baseline_compare (const SvInventory *inventory, const SvBaselineTerms *terms);
/* Counts @deviations into @ret_host; its names are left alone. */
void sv_baseline_count (const SvInventory *inventory, const SvBaselineTerms *terms,
                        const GPtrArray *deviations, SvBaselineHost *ret_host);
