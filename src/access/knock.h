/* A call that must wait, for a hash or for the store to be written: what its errand needs of it,
 * copied, because the call may end before. Private to this room. */
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
  GPtrArray *members; /* strings: what the body of a PATCH names */
  char *person;       /* of the path; NULL: none */
  char *id;           /* "grant", "token" or "mapping" of the path; NULL: none */
  char *provider;     /* of the path; NULL: none */
  GBytes *replaced;   /* digest of the session that the browser had; NULL: none */
  char *login;        /* folded: whose tries are counted */
  gint64 now_us;
  gpointer extra; /* what else the handler took of the call */
  GDestroyNotify free_extra;
} SvKnock;

typedef gboolean (*SvKnockRun) (gpointer knock, SvDb *db, SvDeferred *deferred,
                                gpointer *ret_record, GError **error);

/* Takes the call's body and defers it to @run: the end of a handler. */
gboolean sv_knock_defer (SvCall *call, SvKnockRun run, GError **error);
/* The same, and counts a try of @login (nullable: of the address alone). */
gboolean sv_knock_try (SvCall *call, const char *login, SvKnockRun run, GError **error);
/* The same, where identity providers are waited for. */
gboolean sv_knock_ask (SvCall *call, const char *login, SvKnockRun run, GError **error);
/* The same with something more of the call, which is freed with the knock, whatever happens. */
typedef struct {
  gpointer data;
  GDestroyNotify free;
} SvKnockExtra;
gboolean sv_knock_ask_with (SvCall *call, const SvKnockExtra *extra, SvKnockRun run,
                            GError **error);
/* It went well. */
void sv_knock_forgive (const SvKnock *knock);

/* Whether the password is that of @credentials (nullable: nobody's). */
gboolean sv_knock_proves (const SvCredentials *credentials, const char *password);

/* Whether @principal may change the roles of @person: nobody changes their own (promise S7), unless
 * nobody else could: @ret_alone. SV_ERROR_DENIED. */
gboolean sv_knock_check_duties (SvDb *db, const SvPrincipal *principal, const char *person,
                                gboolean *ret_alone, GError **error);
