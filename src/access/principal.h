/* Who calls, and whether they may. Pure rules over what was read from the store. */
#pragma once

#include "access/audit.h"
#include "access/grant.h"

typedef struct {
  SvActorKind kind; /* PERSON: in a session; TOKEN: by an API token; MACHINE: may do everything */
  char *person;     /* id; NULL for a machine */
  char *name;       /* login name */
  char *token;      /* id of the API token */
  GBytes *session;  /* digest */
  gint64 proved_at_us;    /* of the session */
  gint64 used_at_us;      /* when the session or token was used before */
  gint64 ends_at_us;      /* of the session, however much it is used */
  gboolean must_change;   /* the password, before anything else */
  GPtrArray *grants;      /* SvGrant, of the person */
  GPtrArray *permissions; /* strings: what the token was made for */
} SvPrincipal;
SvPrincipal *sv_principal_new (SvActorKind kind, const char *person, const char *name);
SvPrincipal *sv_principal_copy (const SvPrincipal *principal);
void sv_principal_free (SvPrincipal *principal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvPrincipal, sv_principal_free)

/* How much of the organisation an operation is about, for this caller. */
typedef enum {
  SV_SPAN_WHOLE, /* all of it: a role for a part is not enough */
  SV_SPAN_PART   /* as much as the caller has roles for; the handler sees to that */
} SvSpan;

/**
 * sv_principal_may:
 * @permission: (nullable): NULL, one that is not in the table, is nobody's
 *
 * Whether they may. SV_ERROR_DENIED says why not; see also sv_principal_needs_proof().
 */
gboolean sv_principal_may (const SvPrincipal *principal, const SvPermission *permission,
                           SvSpan span, gint64 now_us, GError **error);
/* Whether they see no more than what their roles for lines of business and systems are about. */
gboolean sv_principal_is_narrow (const SvPrincipal *principal, const SvPermission *permission);
/* Whether nothing but a fresh proof of who they are is missing. */
gboolean sv_principal_needs_proof (const SvPrincipal *principal, const SvPermission *permission,
                                   gint64 now_us);

/* New array of strings: the names of what they may, fresh proofs aside. */
GPtrArray *sv_principal_list_permissions (const SvPrincipal *principal);
