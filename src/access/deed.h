/* A change that somebody makes, for every room: done and told in the audit in one transaction. */
#pragma once

#include "access/audit_store.h"
#include "access/principal.h"

#include "net/net.h"

typedef struct {
  const SvPrincipal *principal; /* who does it; NULL: the server itself */
  gpointer body;                /* of the route's request type; NULL: none came */
  GPtrArray *members;           /* strings: what the body of a PATCH names, as the struct does */
  GBytes *bytes;                /* as they came, of a route with SV_ROUTE_RAW; else NULL */
  GHashTable *path;             /* parameters, by name: those in the path … */
  GHashTable *query;            /* … and those of the query that were given, as text */
  gint64 now_us;
  gpointer answer; /* to be set: of the route's response type, NULL where it has none */
  char *location;  /* to be set where something is made */
} SvDeed;

/* Does it on @db, inside a transaction, and says on @entry what was done (sv_audit_say). May be
 * called again from the start after a conflict; @deed is then as before. */
typedef gboolean (*SvDeedFunc) (SvDb *db, SvDeed *deed, SvAuditEntry *entry, GError **error);

/**
 * sv_deed_defer:
 *
 * Takes the call's body and does @func on a thread that may wait for the store; the end of a
 * handler. The answer is given when the change is on disk. SV_ERROR_BUSY if too many wait.
 */
gboolean sv_deed_defer (SvCall *call, SvDeedFunc func, GError **error);

/* New array of strings: what the body of a PATCH names, as the struct of @type does. */
GPtrArray *sv_deed_list_members (const SvCall *call, const SvRecordType *type);

/* By a name in the path of the route, which describes it in its parameters. */
const char *sv_deed_get_path_param (const SvDeed *deed, const char *name);
/* NULL: it was not given. */
const char *sv_deed_find_query (const SvDeed *deed, const char *name);
