/* What a host says of itself to its server, and what the server keeps of it. */
#pragma once

#include "inventory/facts.h"
#include "inventory/package_set.h"

/* One report: the set of packages by what changed, and everything else if it changed. */
typedef struct {
  char *set;          /* digest of the packages that are installed now */
  char *base;         /* digest of the set that was acknowledged last; NULL: `added` is all */
  GPtrArray *added;   /* SvPackage that `base` lacks */
  GPtrArray *removed; /* strings: digests of packages that only `base` has */
  SvInventory *facts; /* all that is no package; NULL: as acknowledged before */
  GPtrArray *held;    /* strings, "name:arch": kept at their version on purpose; with `facts` */
  gint64 counter;     /* of agents: the one acknowledged last and one more; 0: no agent */
  char *nonce;        /* of agents: new for each counter, the same when it is sent again */
} SvCheckin;
extern const SvRecordType sv_checkin_type;

void sv_checkin_free (SvCheckin *checkin);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvCheckin, sv_checkin_free)

/* What the server answers: now it is on disk. */
typedef struct {
  char *set;        /* digest that may be the next report's base */
  gint64 next_in_s; /* when to come again */
} SvCheckinAnswer;
extern const SvRecordType sv_checkin_answer_type;

/* One host as lists show it. */
typedef struct {
  char *id;
  char *hostname;
  char *distro; /* "debian:12" */
  char *os;     /* for people */
  char *machine;
  char *hardware_class;
  char *kernel; /* release that runs; NULL: not known */
  char *reboot; /* "needed", "not-needed", "unknown" */
  gint64 packages;
  gint64 first_seen_us;
  gint64 last_seen_us;    /* when it last reported */
  gint64 collected_at_us; /* when what it reported was looked at, by its own clock */
  char *system;           /* name of the system it belongs to; NULL: none */
  char *system_id;
  gint64 retired_at_us; /* 0: it was not taken away */
} SvHost;
extern const SvRecordType sv_host_type;

void sv_host_free (SvHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvHost, sv_host_free)

/* What a list needs to know of @facts; id, packages and instants of seeing are left alone. */
void sv_host_set_facts (SvHost *host, const SvInventory *facts);

/**
 * sv_checkin_new:
 * @known: (nullable) (element-type SvDigest): digests of the acknowledged set, sorted
 * @with_facts: whether facts are to be sent
 *
 * The report of @inventory, which it lends from and must outlive it. Free with
 * sv_checkin_free_lent().
 */
SvCheckin *sv_checkin_new (SvInventory *inventory, const GArray *known, gboolean with_facts);
void sv_checkin_free_lent (SvCheckin *checkin);

/* Whether each package that is added is as a collector leaves it (inventory/facts.h), which those
 * who judge it rely on. SV_ERROR_INVALID_DATA says which is not, and why. */
gboolean sv_checkin_check (const SvCheckin *checkin, GError **error);

/* What @inventory says besides its packages, as one digest: the same as before means that facts
 * need not be sent again. When it was looked at does not count, nor a little more or less of free
 * space.
 */
SvDigest sv_checkin_digest_facts (const SvInventory *inventory);
