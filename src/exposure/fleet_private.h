/* The inside of the fleet index: hosts and parts (fleet.c, fleet_hosts.c), what is true of parts
 * (fleet_match.c), answers (fleet.c). */
#pragma once

#include "exposure/fleet.h"

#include <roaring/roaring.h>

/* What is true of one flaw in one part; the worst over the packages of a group. */
typedef struct {
  guint32 flaw;   /* number in the match */
  guint32 update; /* number of what heals it; 0: no fixed version is named */
  guint16 fixed;  /* of the versions of that update: the one that is named */
  guint8 verdict;
  guint8 is_low; /* of low relevance, or unimportant by its source's word */
} SvPartFlaw;

/* What heals parts of one release that are built from one source. */
typedef struct {
  char *id; /* "debian:12/openssl" */
  char *release;
  char *source;
  SvScheme scheme;
  GPtrArray *versions; /* strings: that were named, each once */
  GArray *parts;       /* guint32: ids of parts that it heals of something, each once */
} SvUpdateNode;

/* One or more packages that are judged together, on one platform. */
typedef struct {
  guint32 id;
  guint32 platform; /* index in SvFleet.platforms */
  gint64 posture;   /* of a group; 0: one package that needs none */
  guint32 n_entries;
  guint32 entry;           /* the one package; of a group the first */
  guint32 *entries;        /* of a group: all, ascending; owned */
  roaring_bitmap_t *hosts; /* ordinals */
  GArray *odd;             /* while all hosts are taken in: ordinals of one run, see mark_run() */
} SvPart;

/* Hosts of one distribution and release: the same package means the same on all of them. */
typedef struct {
  char *key;          /* "debian:12" and its version scheme */
  char *release;      /* "debian:12"; "": none is known */
  SvInventory *facts; /* lent by a posture: distro alone is used */
  GArray *part_of;    /* guint32 by entry: its part here; 0: none yet */
} SvPlatform;

typedef struct {
  SvInventory *facts;
  guint32 platform;
} SvPosture;

/* A set of packages as the store lays it out, in as few bytes (inventory/id_list.h): a fleet has
 * nearly as many as hosts. */
typedef struct SvFleetSet SvFleetSet;
struct SvFleetSet {
  const SvFleetSet *base; /* NULL: `added` is all */
  guint32 n_added;        /* bytes */
  guint32 n_removed;
  guint8 lists[]; /* `added`, then `removed` */
};

typedef struct {
  char *id;              /* lent by SvFleet.names; NULL: the ordinal is free */
  const SvFleetSet *set; /* NULL likewise */
  gint64 posture;
  guint32 group;    /* its part of packages judged together; 0: none */
  guint32 platform; /* of its posture */
  guint32 system;   /* index in SvFleet.systems; 0: it belongs to none */
} SvFleetHost;

typedef struct {
  char *id; /* "": hosts that belong to none */
  roaring_bitmap_t *hosts;
} SvFleetSystem;

/* What is true of all parts: made aside, put in force as a whole. */
typedef struct {
  GHashTable *numbers;        /* id of a flaw, lent by `names` -> number + 1 */
  GPtrArray *names;           /* by number; owned */
  GArray *order;              /* guint32 numbers in natural order of their names */
  GPtrArray *parts_of;        /* by number: GArray of SvPartFlaw whose `flaw` is the part's id */
  GPtrArray *flaws_of;        /* by part: GArray of SvPartFlaw; NULL: not judged */
  GPtrArray *updates;         /* SvUpdateNode by number; the first is NULL */
  GHashTable *update_numbers; /* id, lent by `updates` -> number */
  GByteArray *covered;        /* by platform: whether any source speaks of its release */
  gint64 at_us;
} SvMatch;

struct SvFleet {
  SvDictionary *dictionary;
  GRWLock lock; /* of everything below */
  GMutex matching;
  GPtrArray *platforms;       /* SvPlatform */
  GHashTable *postures;       /* gint64 * -> SvPosture */
  GHashTable *sets;           /* gint64 * -> SvFleetSet */
  GPtrArray *systems;         /* SvFleetSystem; the first is of hosts without */
  GHashTable *system_numbers; /* id, lent by `systems` -> index */
  GPtrArray *parts;           /* SvPart by id; the first is NULL */
  GHashTable *groups;         /* GBytes: posture and entries -> SvPart */
  GArray *hosts;              /* SvFleetHost by ordinal */
  GHashTable *ordinals;       /* id of a host -> ordinal + 1 */
  GStringChunk *names;
  GByteArray *kinds; /* by entry: SvEntryKind, as far as asked for */
  guint64 n_hosts;
  guint64 generation;
  SvMatch *match; /* in force; never NULL */
  /* Of the thread that matches: */
  GArray *recorded;       /* guint64 by part: hash of what is recorded of it; 0: not known */
  GHashTable *open_parts; /* names of parts with open intervals at the start; NULL: not read yet */
};

/* --- parts, under the writer's lock --- */

gboolean sv_fleet_load_posture (SvFleet *fleet, SvDb *db, gint64 posture, SvPosture **ret_posture,
                                GError **error);

/* True for packages that are judged together with others of their host. */
gboolean sv_fleet_is_joint (SvFleet *fleet, guint32 entry);

/* The part of one package on a platform, made when first asked for. */
SvPart *sv_fleet_get_part (SvFleet *fleet, guint32 platform, guint32 entry);
/* The part of several packages of hosts in @posture. @entries: ascending, at least one. */
SvPart *sv_fleet_get_group (SvFleet *fleet, gint64 posture, const GArray *entries);

/* --- systems, under the writer's lock --- */

void sv_fleet_init_systems (SvFleet *fleet);
/* Number of the system of that id, made when first asked for. */
guint32 sv_fleet_get_system (SvFleet *fleet, const char *id);
/* @host belongs to system number @system from now on. */
void sv_fleet_join_system (SvFleet *fleet, guint32 host, guint32 system);
void sv_fleet_leave_system (SvFleet *fleet, guint32 host);

/* Hosts that @filter lets through: new; NULL: all. */
roaring_bitmap_t *sv_fleet_new_scope (const SvFleet *fleet, const SvFleetFilter *filter);
void sv_fleet_scope_free (const roaring_bitmap_t *scope);

/* New (element-type guint32): entries of @set: all, those that its base lacks, those that only its
 * base has. */
GArray *sv_fleet_set_resolve (const SvFleetSet *set);
GArray *sv_fleet_set_list_added (const SvFleetSet *set);
GArray *sv_fleet_set_list_removed (const SvFleetSet *set);

/* --- matches --- */

SvMatch *sv_match_new (void);
void sv_match_free (SvMatch *match);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvMatch, sv_match_free)

/* Number of the flaw of that id; -1: none. */
gint64 sv_match_find (const SvMatch *match, const char *vulnerability);

/* Number of the update of @source on @release, made when first asked for. */
guint32 sv_match_get_update (SvMatch *match, const char *release, SvScheme scheme,
                             const char *source);
/* That update @number closes a flaw with version @fixed: its place among the versions. */
guint16 sv_match_note_version (SvMatch *match, guint32 number, const char *fixed);
/* What heals @flaw in @fresh, by its numbers in @match. */
void sv_match_take_update (SvMatch *match, const SvMatch *fresh, SvPartFlaw *flaw);
/* Notes which updates heal @part, of which @match knows what is true. */
void sv_match_note_updates (SvMatch *match, guint32 part);
void sv_update_node_free (gpointer data);

/* --- answers, under a reader's lock --- */

/* Whether what affects the host is not known: no source speaks of its release, or nobody asked. */
gboolean sv_fleet_is_uncovered (const SvFleet *fleet, const SvFleetHost *host);

/* Affected, in code that can run. */
gboolean sv_part_flaw_counts (const SvPartFlaw *flaw);
/* Whether any host of @scope (nullable: all) has flaw @number, in whatever way. */
gboolean sv_fleet_has_flaw (const SvFleet *fleet, guint32 number, const roaring_bitmap_t *scope);
/* Hosts that flaw @number affects, and those of them for which a fix is named. Both new. */
roaring_bitmap_t *sv_fleet_unite_flaw (const SvFleet *fleet, guint32 number,
                                       roaring_bitmap_t **ret_fixable);
/* @hosts: taken. A page of their ids. */
gboolean sv_fleet_page_hosts (const SvFleet *fleet, roaring_bitmap_t *hosts,
                              const SvFleetPage *page, SvFleetListing *ret_listing, GError **error);
/* A page of those flaws that are in @only (numbers, nullable: all). */
void sv_fleet_page_flaws (const SvFleet *fleet, const GHashTable *only, const SvFleetPage *page,
                          SvFleetListing *ret_listing);
