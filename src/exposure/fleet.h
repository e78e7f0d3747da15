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
  gint64
      hosts_uncovered;  /* of a release that no source speaks of: what affects them is not known */
  gint64 flaws;         /* distinct, in at least one part */
  gint64 matched_at_us; /* 0: never */
  gint64 generation;    /* grows with every change: what a cursor is good for */
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

/* Which hosts an answer is about; zeroed or NULL: all. */
typedef struct {
  const GPtrArray *systems; /* strings: ids, "" for hosts that belong to none; NULL: all hosts */
} SvFleetFilter;

/* One page of a list. */
typedef struct {
  SvFleetFilter filter;
  const char *after; /* cursor of the page before; NULL: the first page */
  guint limit;
} SvFleetPage;

typedef struct {
  GPtrArray *items; /* records, not owned, or strings, owned */
  char *next;       /* cursor of the next page; NULL: this was the last */
  guint64 total;    /* of all pages */
} SvFleetListing;

/* SV_ERROR_NOT_FOUND if no host has it: nobody is affected, or nobody says anything of it. Free
 * with sv_record_free(). */
SvFleetFlaw *sv_fleet_load_flaw (SvFleet *fleet, const char *vulnerability,
                                 const SvFleetFilter *filter, GError **error);

/* SvFleetFlaw, in natural order of their ids. */
void sv_fleet_list_flaws (SvFleet *fleet, const SvFleetPage *page, SvFleetListing *ret_listing);

/**
 * sv_fleet_list_hosts:
 * @ret_listing: (out): ids of hosts that @vulnerability affects in code that can run, in an order
 *               of the index's own
 *
 * Errors: SV_ERROR_NOT_FOUND as above; SV_ERROR_CONFLICT if the index changed since the cursor was
 * given: begin again.
 */
gboolean sv_fleet_list_hosts (SvFleet *fleet, const char *vulnerability, const SvFleetPage *page,
                              SvFleetListing *ret_listing, GError **error);

/* How many hosts of one system. */
typedef struct {
  char *system; /* id; "": of none */
  gint64 hosts;
} SvFleetShare;
extern const SvRecordType sv_fleet_share_type;

/* Systems that @vulnerability affects, in code that can run; those with most hosts first. New array
 * of SvFleetShare, not owning. SV_ERROR_NOT_FOUND as above. */
GPtrArray *sv_fleet_list_shares (SvFleet *fleet, const char *vulnerability,
                                 const SvFleetFilter *filter, GError **error);

/* What heals: the packages of one source on one release, brought to the version that closes most.
 */
typedef struct {
  char *id;     /* "debian:12/openssl" */
  char *source; /* package that they are built from */
  char *release;
  char *fixed;            /* the highest version that closes a flaw, as its source writes it */
  gint64 hosts;           /* that it would heal of something, in code that can run */
  gint64 vulnerabilities; /* that it closes on any of them */
} SvFleetUpdate;
extern const SvRecordType sv_fleet_update_type;

/* SV_ERROR_NOT_FOUND: no host needs it. */
SvFleetUpdate *sv_fleet_load_update (SvFleet *fleet, const char *id, const SvFleetFilter *filter,
                                     GError **error);
/* SvFleetUpdate, in natural order of their ids. */
void sv_fleet_list_updates (SvFleet *fleet, const SvFleetPage *page, SvFleetListing *ret_listing);
/* Hosts that need it, as sv_fleet_list_hosts(). */
gboolean sv_fleet_list_update_hosts (SvFleet *fleet, const char *id, const SvFleetPage *page,
                                     SvFleetListing *ret_listing, GError **error);
/* What it closes on them: SvFleetFlaw in natural order, with all hosts that have it. */
gboolean sv_fleet_list_update_flaws (SvFleet *fleet, const char *id, const SvFleetPage *page,
                                     SvFleetListing *ret_listing, GError **error);

/* Ids of the flaws that affect @host in code that can run, natural order: new array of owned
 * strings; NULL if the host is not in the index. */
GPtrArray *sv_fleet_list_host_flaws (SvFleet *fleet, const char *host);

/**
 * sv_fleet_record:
 *
 * Keeps in the store what the match in force says of parts, as intervals (exposure/history.h), each
 * change once. To be called by who matches, after each match, in no transaction.
 */
gboolean sv_fleet_record (SvFleet *fleet, SvDb *db, gint64 now_us, GError **error);

/* What one system adds up to now; an exposure is a host and a flaw that affects it. */
typedef struct {
  gint64 unknown;  /* hosts of a release that no source speaks of */
  gint64 affected; /* hosts with an exposure */
  gint64 exposures;
  gint64 fixable;   /* of them, those for which a fixed version is named */
  gint64 exploited; /* of them, those whose flaw is known to be exploited */
} SvFleetTotal;

/* @exploited: set of ids. New table: id of a system, "" for none, -> SvFleetTotal. */
GHashTable *sv_fleet_sum_systems (SvFleet *fleet, const GHashTable *exploited);

/* Bytes that the index takes, without the dictionary: for metrics and benches. */
guint64 sv_fleet_measure (SvFleet *fleet);
