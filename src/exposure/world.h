/* The packages of one host while a plan is made: where each is, and where it may go. Internal. */
#pragma once

#include "exposure/depends.h"
#include "exposure/upgrade.h"

typedef enum { SV_AT_ABSENT, SV_AT_INSTALLED, SV_AT_CANDIDATE, SV_N_AT } SvAt;

/* Relations of one version of a package: arrays of SvDependencyGroup. */
typedef struct {
  GPtrArray *depends;
  GPtrArray *conflicts;
  GPtrArray *provides;
} SvRelations;

/* One package of one architecture; "all" counts as the native one, as apt has it. */
typedef struct {
  const char *name;
  const char *arch;
  const SvPackage *installed; /* NULL: not installed */
  GBytes *installed_key;
  GArray *choices;              /* SvChoice, highest first */
  const SvCandidate *candidate; /* what policy wants it to be; NULL: nothing else than it is */
  SvAt at;
  gboolean settled; /* may not go anywhere any more, `reason` says why */
  char *reason;
  SvPhase phase;
  SvRelations relations[SV_N_AT];
} SvNode;

typedef struct {
  SvArchive *archive;
  const SvUpgradeInput *input;
  const SvPolicy *policy;
  const char *native_arch;
  GPtrArray *nodes; /* SvNode, owned; the installed ones first, sorted by name and architecture */
  GHashTable *by_name;     /* -> GPtrArray of SvNode */
  GHashTable *by_provided; /* -> GPtrArray of SvNode that provide it, installed or as candidate */
  GHashTable *unread;      /* set of names that ought to be read before the plan is good */
  GHashTable *read;        /* set of names that were */
} SvWorld;

void sv_world_init (SvWorld *world);
void sv_world_clear (SvWorld *world);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvWorld, sv_world_clear)

/* Of @node at that place; NULL where there is no version. Lent. */
GBytes *sv_node_get_key (const SvNode *node, SvAt at);
const char *sv_node_get_multi_arch (const SvNode *node, SvAt at);

/* What an archive has of it there; NULL: none has it. */
const SvCandidate *sv_node_get_offer (const SvNode *node, SvAt at);

/* All nodes of @name, lent; NULL if there are none. */
const GPtrArray *sv_world_find (const SvWorld *world, const char *name);

/* All nodes that provide @name, installed or as candidate; likewise. */
const GPtrArray *sv_world_find_providers (const SvWorld *world, const char *name);

/* The node of @name for @arch, made if an archive offers it; NULL if none does. */
SvNode *sv_world_get (SvWorld *world, const char *name, const char *arch);

/* Takes @node back to what is installed, for good. */
void sv_node_settle (SvNode *node, char *reason);

/**
 * sv_world_solve:
 *
 * Moves every package that may to its candidate, brings in what that needs, and takes back what
 * would leave a dependency unmet that is met now. Names whose versions were not read are noted in
 * `unread`: then the outcome is not final.
 */
void sv_world_solve (SvWorld *world);
