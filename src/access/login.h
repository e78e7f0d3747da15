/* Coming in: what is kept when somebody has proven who they are, by a password here or at an
 * identity provider. Private to this room. */
#pragma once

#include "access/knock.h"
#include "access/provider_store.h"

/* Somebody for whom a provider vouches. */
typedef struct {
  const SvProvider *provider;
  const SvArrival *arrival;
} SvEntrance;

typedef struct {
  const SvKnock *knock;
  const SvEntrance *entrance; /* NULL: by a password here */
  const char *name;           /* login name, for the audit */
  char *person;               /* id, owned; NULL: made or found by the entrance when it is kept */
  gint64 step;                /* of the code that was given; 0: none was */
  const char *fresh_hash;     /* (nullable): the password at today's costs */
  gboolean must_change;
  const char *secret; /* of the session to be */
} SvLogin;

/**
 * sv_login_keep:
 * @data: SvLogin
 *
 * For sv_audit_perform(): the session, in place of the one that the browser had. By an entrance
 * first the person, who is made if the provider's row says so, and the roles by its groups, which
 * are given and taken away, each with an entry of its own.
 * Errors: SV_ERROR_UNAUTHENTICATED: the code was used before, or the person is disabled;
 * SV_ERROR_DENIED: they are nobody here.
 */
gboolean sv_login_keep (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error);

/* Of who the arrival is here; NULL without @error: nobody yet. */
SvCredentials *sv_login_find_credentials (SvDb *db, const SvEntrance *entrance, GError **error);

/* For sv_audit_perform(): that somebody was not let in. @person: id, or NULL: names that nobody has
 * are not written down: people type passwords there, too. */
gboolean sv_login_keep_refusal (SvDb *db, SvAuditEntry *entry, gpointer person, GError **error);
