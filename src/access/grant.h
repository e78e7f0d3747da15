/* Who has which role for what, and what follows from it. Pure rules. */
#pragma once

#include "access/permission.h"

typedef enum {
  SV_SCOPE_EVERYTHING,
  SV_SCOPE_LINE_OF_BUSINESS,
  SV_SCOPE_PRODUCT,
  SV_SCOPE_SYSTEM,
  SV_N_SCOPES
} SvScopeKind;
extern const char *const sv_scope_names[];

/* What something is about; the whole organisation if @kind is EVERYTHING. */
typedef struct {
  SvScopeKind kind;
  const char *id;
} SvScope;

typedef struct {
  char *id;
  char *person;
  gint role;       /* SvRole */
  gint scope_kind; /* SvScopeKind */
  char *scope;     /* which one; "" for everything */
  char *granted_by;
  gint64 granted_at_us;
  char *provider; /* whose group it comes with; "": given by hand */
} SvGrant;
extern const SvRecordType sv_grant_type;
void sv_grant_free (SvGrant *grant);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvGrant, sv_grant_free)

/* Whether the scope of a new grant makes sense. SV_ERROR_USAGE. */
gboolean sv_grant_check (const SvGrant *grant, GError **error);

/**
 * sv_access_allows:
 * @grants: (element-type SvGrant): of one person
 * @scope: what it is about
 *
 * Whether one of the grants holds @permission for @scope: a grant for everything holds for each
 * scope, another one for its own scope only. So a list of everything is not for who has a role for
 * one system; see sv_access_find_reach().
 */
gboolean sv_access_allows (const GPtrArray *grants, const SvPermission *permission,
                           const SvScope *scope);

/* Whether one of the grants holds it for some line of business or system: who calls may see a part.
 */
gboolean sv_access_allows_part (const GPtrArray *grants, const SvPermission *permission);

/* -- Separation of duties (promise S7) -- */

typedef struct {
  const char *author;        /* person who asks for the decision; NULL: no person did */
  const GPtrArray *deciders; /* strings: persons who said yes already */
  guint n_needed;            /* people it takes */
  guint n_able;              /* enabled people who may decide such things at all */
} SvQuorum;

typedef enum {
  SV_DECIDE_YES,
  SV_DECIDE_YES_ALONE, /* there is nobody else: it counts, and the audit says so */
  SV_DECIDE_AUTHOR,    /* nobody decides on what they ask for themselves */
  SV_DECIDE_TWICE      /* nobody counts twice */
} SvMayDecide;

/* Whether @candidate may say yes. The author never does, unless they are the only one who could
 * (small organisations): then the answer is YES_ALONE, never YES. */
SvMayDecide sv_access_may_decide (const SvQuorum *quorum, const char *candidate);

/* Whether enough people said yes: distinct ones, without the author. A single able person decides
 * alone. */
gboolean sv_access_is_decided (const SvQuorum *quorum);
