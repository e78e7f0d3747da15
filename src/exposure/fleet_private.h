/* The inside of the fleet index: hosts and parts (fleet.c, fleet_hosts.c), what is true of parts
 * (fleet_match.c), answers (fleet.c). */
#pragma once

#include "exposure/fleet.h"

#include <roaring/roaring.h>

/* What is true of one flaw in one part; the worst over the packages of a group. */
typedef struct {
  guint32 flaw; /* number in the match */
  guint8 verdict;
  guint8 is_low;     /* of low relevance, or unimportant by its source's word */
  guint8 is_fixable; /* a fixed version is named */
} SvPartFlaw;

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
} SvFleetHost;

/* What is true of all parts: made aside, put in force as a whole. */
typedef struct {
  GHashTable *numbers; /* id of a flaw, lent by `names` -> number + 1 */
  GPtrArray *names;    /* by number; owned */
  GArray *order;       /* guint32 numbers in natural order of their names */
  GPtrArray *parts_of; /* by number: GArray of SvPartFlaw whose `flaw` is the part's id */
  GPtrArray *flaws_of; /* by part: GArray of SvPartFlaw; NULL: not judged */
  gint64 at_us;
} SvMatch;

struct SvFleet {
  SvDictionary *dictionary;
  GRWLock lock; /* of everything below */
  GMutex matching;
  GPtrArray *platforms; /* SvPlatform */
  GHashTable *postures; /* gint64 * -> SvPosture */
  GHashTable *sets;     /* gint64 * -> SvFleetSet */
  GPtrArray *parts;     /* SvPart by id; the first is NULL */
  GHashTable *groups;   /* GBytes: posture and entries -> SvPart */
  GArray *hosts;        /* SvFleetHost by ordinal */
  GHashTable *ordinals; /* id of a host -> ordinal + 1 */
  GStringChunk *names;
  GByteArray *kinds; /* by entry: SvEntryKind, as far as asked for */
  guint64 n_hosts;
  guint64 generation;
  SvMatch *match; /* in force; never NULL */
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
