/* A call that must wait until a password was hashed: what its errand needs of it, copied, because
 * the call may end before. Private to this room. */
#pragma once

#include "access/person_store.h"
#include "access/service.h"
#include "access/session_store.h"

typedef struct {
  SvAccess *access;
  SvAuditEntry *entry;
  SvPrincipal *principal; /* NULL: nobody is logged in */
  gpointer body;          /* of the route's request type */
  const SvRecordType *body_type;
  char *subject;    /* "person" of the path; NULL: none */
  GBytes *replaced; /* digest of the session that the browser had; NULL: none */
  char *login;      /* folded: whose tries are counted */
  gint64 now_us;
} SvKnock;

typedef gboolean (*SvKnockRun) (gpointer knock, SvDb *db, SvDeferred *deferred,
                                gpointer *ret_record, GError **error);

/**
 * sv_knock_defer:
 * @login: (nullable): whose tries are counted
 *
 * Counts a try, takes the call's body and defers it to @run. Always use it as the end of a handler.
 */
gboolean sv_knock_defer (SvCall *call, const char *login, SvKnockRun run, GError **error);
/* It went well. */
void sv_knock_forgive (const SvKnock *knock);

/* Whether the password is that of @credentials (nullable: nobody's). */
gboolean sv_knock_proves (const SvCredentials *credentials, const char *password);
