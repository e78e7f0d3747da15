/* The inventory against what other sources saw: which computers it missed, which records are stale,
 * which hosts a source does not know. Pure rules. */
#pragma once

#include "inventory/sighting.h"

typedef enum { SV_HOST_PRESENT, SV_HOST_SILENT, SV_HOST_RETIRED } SvHostPresence;
extern const char *const sv_host_presence_names[];

/* By what a sighting was known to be of a host; the first is the surest. */
typedef enum { SV_KNOWN_BY_MAC, SV_KNOWN_BY_ADDRESS, SV_KNOWN_BY_NAME } SvKnownBy;
extern const char *const sv_known_by_names[];

/* What a host is known by. */
typedef struct {
  char *id;
  char *hostname;
  char *addresses; /* separated by ' ' */
  char *macs;      /* separated by ' '; "": not known */
  gint64 last_seen_us;
  gint64 retired_at_us; /* 0: it is not */
  gint presence;        /* SvHostPresence */
} SvKnownHost;
extern const SvRecordType sv_known_host_type;

/* A sighting, and who had it. */
typedef struct {
  char *source;
  gint kind; /* SvSightingKind */
  char *name, *address, *mac, *os;
  gint64 last_seen_us;
} SvSeen;
extern const SvRecordType sv_seen_type;

/* What people know of a computer that does not report. */
typedef struct {
  char *computer; /* "mac:…", "name:…" or "address:…" */
  char *owner;
  char *note;
} SvComputerNote;
extern const SvRecordType sv_computer_note_type;

/* A computer that no host of the inventory is, with all sightings that must be of one machine. */
typedef struct {
  char *computer;   /* what it may be called: see SvComputerNote */
  GPtrArray *names; /* strings, of this and the next ones each once, sorted */
  GPtrArray *addresses;
  GPtrArray *macs;
  GPtrArray *sources;
  char *os;
  gint64 last_seen_us; /* the latest that a source gives; 0: none does */
  char *owner;
  char *note;
} SvMissedComputer;
extern const SvRecordType sv_missed_computer_type;

/* A record of a source on a host that is not there any more. */
typedef struct {
  char *source;
  gint kind;
  char *name, *address, *mac;
  char *host;
  gint presence; /* silent or retired */
  gint known_by; /* SvKnownBy */
  gint64 host_last_seen_us;
} SvStaleRecord;
extern const SvRecordType sv_stale_record_type;

typedef struct SvCrossCheck SvCrossCheck;

/**
 * sv_cross_check_new:
 * @hosts: SvKnownHost, borrowed; `presence` is set here
 * @since_us: hosts that reported later are present
 */
SvCrossCheck *sv_cross_check_new (GPtrArray *hosts, gint64 since_us);
void sv_cross_check_free (SvCrossCheck *check);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvCrossCheck, sv_cross_check_free)

/**
 * sv_cross_check_find:
 *
 * The host that @seen is of: by the card's address, else by the network's, else by name, whole or
 * its first label where one of both has no more. NULL: none. A network address does not count if
 * cards of both are known and differ: somebody else has it now. Of several hosts with one mark a
 * present one goes before a silent one, that before a retired one, then the one that reported last.
 */
const SvKnownHost *sv_cross_check_find (const SvCrossCheck *check, const SvSeen *seen,
                                        SvKnownBy *ret_by);

/* Sightings (SvSeen) of no host, merged by card, network address and name; by what they are called.
 * @notes: SvComputerNote. New array of SvMissedComputer, not owning. */
GPtrArray *sv_cross_check_list_missed (const SvCrossCheck *check, const GPtrArray *seen,
                                       const GPtrArray *notes);
/* Those of name servers, directories and leases that are of silent or retired hosts; by source,
 * then name and address. New array of SvStaleRecord, not owning. */
GPtrArray *sv_cross_check_list_stale (const SvCrossCheck *check, const GPtrArray *seen);
/* Hosts that are present and of which no sighting of @kind is; by id. New array, lent. */
GPtrArray *sv_cross_check_list_unseen (const SvCrossCheck *check, const GPtrArray *seen, gint kind);
