/* What this room keeps for the whole process, and the answer to "may this call use that route?" */
#pragma once

#include "access/gate.h"
#include "access/oidc_client.h"
#include "access/principal.h"
#include "access/rate.h"

typedef struct {
  gboolean secure;  /* browsers come over TLS: cookies are for TLS only; set before any comes */
  SvRate *by_login; /* tries of a password or code, by login name … */
  SvRate *by_address;
  SvGate *gate;
  SvGate
      *away; /* the same for what waits for identity providers: one that hangs keeps nobody else */
  SvOidcCache *oidc;
  GMutex lock;         /* of what follows */
  GHashTable *touched; /* sessions and tokens whose use is about to be noted */
} SvAccess;

/* @store: URL */
SvAccess *sv_access_new (const char *store);
/* After the server stopped: finishes what waits for its password to be looked at. */
void sv_access_free (SvAccess *access);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvAccess, sv_access_free)

/* Whether every row names a permission of the table; SV_ERROR_USAGE: the program must not start. */
gboolean sv_access_check_routes (const SvRouteTable *const *tables, gsize n_tables, GError **error);

/**
 * sv_access_authorize:
 *
 * For the router's authorize(): looks who calls, by "Authorization: Bearer" or else the cookie of a
 * session, sets the principal and decides. The store is read for each request: who is disabled,
 * revoked or expired is refused with the next one, also on a connection that was open before.
 */
gboolean sv_access_authorize (SvAccess *access, SvCall *call, const SvRoute *route, GError **error);

/* Of a call to a route with SV_ROUTE_PART: the person whose lines of business and systems alone may
 * be seen; NULL: everything may. */
const char *sv_access_find_reach (const SvCall *call);

/* -- For handlers of this room -- */

/* The service of this room that the program gave to its router. */
#define SV_SERVICE_ACCESS "access"
SvAccess *sv_access_of_call (const SvCall *call);
/* SV_ERROR_DENIED if no person calls. */
const SvPrincipal *sv_access_get_person (const SvCall *call, GError **error);
/* New: who, when and from where; NULL-safe for public routes. */
SvAuditEntry *sv_access_begin_entry (const SvCall *call);

/* Whoever holds the secret of a session, with grants. SV_ERROR_UNAUTHENTICATED. */
SvPrincipal *sv_access_find_session (SvDb *db, const char *secret, gint64 now_us, GError **error);

/* Takes a try of @login (nullable) from this address. SV_ERROR_RATE with Retry-After. */
gboolean sv_access_admit (SvCall *call, const char *login, GError **error);
/* It went well: the try is given back. */
void sv_access_forgive (SvAccess *access, const char *login, const char *address);
