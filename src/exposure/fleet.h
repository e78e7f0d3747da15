/* Which hosts of a fleet are affected by what: an index in memory that answers in microseconds.
 *
 * A fleet of a million hosts runs some hundred thousand distinct packages. What is judged is a
 * *part*: one package on one platform, or the packages of a host that can only be judged together
 * (its kernels, its module builds). The same part on any host gets the same answer, so it is judged
 * once; a bitmap says which hosts have it. Source: pitfalls 20 to 110 hold by the judge itself, the
 * index never decides.
 */
#pragma once

#include "exposure/assess.h"

typedef struct SvFleet SvFleet;

/* @dictionary is borrowed. Safe on many threads: answers wait neither for each other nor for a
 * match that is being made. */
SvFleet *sv_fleet_new (SvDictionary *dictionary);
void sv_fleet_free (SvFleet *fleet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvFleet, sv_fleet_free)

/* Takes in all hosts of the store, in one moment of it. To be called once, at the start. */
gboolean sv_fleet_load (SvFleet *fleet, SvDb *db, GError **error);

/**
 * sv_fleet_move:
 * @place: what @host has now (sv_host_check_in), committed
 *
 * Moves one host, which may be new. Parts that nobody had before are judged by the next match;
 * until then they count as not judged, see SvFleetState.
 */
gboolean sv_fleet_move (SvFleet *fleet, SvDb *db, const char *host, const SvHostPlace *place,
                        GError **error);

/* Takes @host out. One that is not there is no error. */
void sv_fleet_remove (SvFleet *fleet, const char *host);

/**
 * sv_fleet_match:
 *
 * Judges every part anew against @claims and puts the answer in force as a whole: a half-done match
 * is never seen, and on error the last one stays (103). Only one at a time.
 */
gboolean sv_fleet_match (SvFleet *fleet, const SvClaimSource *claims, gsize n_claims, gint64 now_us,
                         GError **error);

/* The same for parts that no match has judged yet; what is in force stays otherwise. */
gboolean sv_fleet_match_new (SvFleet *fleet, const SvClaimSource *claims, gsize n_claims,
                             gint64 now_us, GError **error);

typedef struct {
  gint64 hosts;
  gint64 parts;          /* distinct, on at least one host */
  gint64 parts_unjudged; /* not judged yet: what they bring is not known */
  gint64 flaws;          /* distinct, in at least one part */
  gint64 matched_at_us;  /* 0: never */
  gint64 generation;     /* grows with every change: what a cursor is good for */
} SvFleetState;

extern const SvRecordType sv_fleet_state_type;

void sv_fleet_get_state (SvFleet *fleet, SvFleetState *ret_state);

/* FALSE until the first match: then nothing is known. */
gboolean sv_fleet_is_matched (SvFleet *fleet);

/* One flaw over the whole fleet. */
typedef struct {
  char *vulnerability;
  gint64 hosts;         /* affected, in code that can run */
  gint64 hosts_low;     /* affected in headers, data, kernels that lie about */
  gint64 hosts_unknown; /* it cannot be told */
  gint64 fixable;       /* parts of which a fixed version is named */
} SvFleetFlaw;
extern const SvRecordType sv_fleet_flaw_type;

/* SV_ERROR_NOT_FOUND if no part has it: nobody is affected, or nobody says anything of it. Free
 * with sv_record_free(). */
SvFleetFlaw *sv_fleet_load_flaw (SvFleet *fleet, const char *vulnerability, GError **error);

/* New array of SvFleetFlaw, not owning: at most @limit behind @after (an id, NULL: from the
 * beginning) in natural order. */
GPtrArray *sv_fleet_list_flaws (SvFleet *fleet, const char *after, guint limit, guint64 *ret_total);

/**
 * sv_fleet_list_hosts:
 * @after: (nullable): cursor of the page before
 * @ret_hosts: (out): new array of owned strings, ids of hosts that @vulnerability affects in code
 *             that can run, in an order of the index's own
 *
 * Errors: SV_ERROR_NOT_FOUND as above; SV_ERROR_CONFLICT if the index changed since @after was
 * given: begin again.
 */
gboolean sv_fleet_list_hosts (SvFleet *fleet, const char *vulnerability, const char *after,
                              guint limit, GPtrArray **ret_hosts, char **ret_next,
                              guint64 *ret_total, GError **error);

/* Ids of the flaws that affect @host in code that can run, natural order: new array of owned
 * strings; NULL if the host is not in the index. */
GPtrArray *sv_fleet_list_host_flaws (SvFleet *fleet, const char *host);

/* Bytes that the index takes, without the dictionary: for metrics and benches. */
guint64 sv_fleet_measure (SvFleet *fleet);
