/* One call of an operation, as its handler sees it: checked input, and one answer. */
#pragma once

#include "net/event_stream.h"
#include "net/route.h"

#include "db/db.h"

/* -- What came. All is lent until the handler returns, of a deferred call until it is resumed. --
 */

/* By a name in the path of the route. Never NULL, valid UTF-8, decoded. */
const char *sv_call_get_path_param (const SvCall *call, const char *name);

/* By a name in the route's table; anything else is a bug and aborts. What was not given answers by
 * its fallback; without one as NULL, 0, FALSE or -1 (an enum), see sv_call_has_query(). */
gboolean sv_call_has_query (const SvCall *call, const char *name);
const char *sv_call_find_query (const SvCall *call, const char *name);
gint64 sv_call_get_query_int64 (const SvCall *call, const char *name); /* INSTANT too */
double sv_call_get_query_double (const SvCall *call, const char *name);
gboolean sv_call_get_query_bool (const SvCall *call, const char *name);
gint sv_call_get_query_enum (const SvCall *call, const char *name);
/* Of STRINGS: every one that was given, in order; empty if none. */
const GPtrArray *sv_call_get_query_list (const SvCall *call, const char *name);

/* A record of the route's request type. */
gpointer sv_call_get_body (const SvCall *call);
/* The same, now the caller's: free with sv_record_free(). */
gpointer sv_call_take_body (SvCall *call);
/* Whether the body of a PATCH names this member of the record (by its name in JSON): what it does
 * not name stays as it is. */
gboolean sv_call_has_member (const SvCall *call, const char *name);
/* The bytes as they came, for routes with SV_ROUTE_RAW and without a request type. */
GBytes *sv_call_get_bytes (const SvCall *call);

const SvRoute *sv_call_get_route (const SvCall *call);       /* NULL: none was found */
const char *sv_call_get_method (const SvCall *call);         /* "GET" */
const char *sv_call_get_path (const SvCall *call);           /* as sent, without the query */
const char *sv_call_get_request_id (const SvCall *call);     /* a UUID, in X-Request-Id too */
const char *sv_call_get_remote_address (const SvCall *call); /* "192.0.2.7" */
const char *sv_call_find_header (const SvCall *call, const char *name);
const char *sv_call_find_cookie (const SvCall *call, const char *name);
/* Of the client's verified certificate: SHA-256 in hexadecimal, and its common name. NULL: none. */
const char *sv_call_find_certificate (SvCall *call);
const char *sv_call_find_certificate_name (SvCall *call);
gint64 sv_call_get_now (const SvCall *call);       /* one instant for the whole call */
gpointer sv_call_get_context (const SvCall *call); /* the program's, SvRouterHooks.user_data */
/* In authorize(): the call was let in before, and is asked whether its stream of events may go on.
 */
gboolean sv_call_is_again (const SvCall *call);
guint sv_call_get_status (const SvCall *call); /* of the answer; 0: none yet */
/* Why the answer is a 5xx, for the log: clients are not told of a 500. NULL: it is none. */
const char *sv_call_find_failure (const SvCall *call);

/* What the program brings under @name (SvRouterHooks.find_service). A name that it does not know is
 * a bug of the program, and aborts. */
gpointer sv_call_get_service (const SvCall *call, const char *name);

/* The store of this thread, opened when first asked for. NULL with @error set. Lent: never free it,
 * never take it to another thread. */
SvDb *sv_call_get_store (SvCall *call, GError **error);

/* The same inside a transaction that only reads: a list's count and its rows are of one moment. */
SvDb *sv_call_begin_read (SvCall *call, SvTx **ret_tx, GError **error);

/* -- Who calls: set by the program's authorize(), read by handlers. -- */

/* @principal is the access room's own; @free (nullable) is called with it at the end. @name goes
 * into logs. */
void sv_call_set_principal (SvCall *call, gpointer principal, GDestroyNotify free,
                            const char *name);
gpointer sv_call_get_principal (const SvCall *call);         /* NULL: nobody is logged in */
const char *sv_call_get_principal_name (const SvCall *call); /* NULL: nobody */

/* -- The answer: one of these, once; each takes what it is given. All return TRUE, so that a
 * handler ends with `return sv_call_answer (…);`. A handler of a route without response type just
 * returns TRUE. -- */

/* @record is of the route's response type, on the heap. */
gboolean sv_call_answer (SvCall *call, gpointer record);
/* @items: such records (the array's own free function is not used); @next: (nullable) cursor of the
 * next page, copied; @total: of all pages, -1: not counted. */
gboolean sv_call_answer_list (SvCall *call, GPtrArray *items, const char *next, gint64 total);
/* For SV_ROUTE_RAW. @content_type is copied. */
gboolean sv_call_answer_raw (SvCall *call, const char *content_type, GBytes *body);
/* For SV_ROUTE_STREAM: from Last-Event-ID on, in the principal's name. FALSE if it takes no more
 * subscribers. */
gboolean sv_call_answer_stream (SvCall *call, SvEventStream *stream, GError **error);

/* A header of the answer, in place of one of the same name. Neither may hold a line end. */
void sv_call_set_header (SvCall *call, const char *name, const char *value);
void sv_call_set_location (SvCall *call, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* -- The answer later, from another thread. -- */

typedef struct SvDeferred SvDeferred;

/* In a handler, which then returns TRUE: the answer comes through the handle. It must be resumed
 * exactly once, soon, also when the program stops. */
SvDeferred *sv_call_defer (SvCall *call);
/* A header of the late answer, as sv_call_set_header(). From any thread, before resuming. */
void sv_deferred_set_header (SvDeferred *deferred, const char *name, const char *value);
/* Takes @deferred, @record (nullable, of the route's response type) and @error (nullable: then it
 * is the answer). From any thread. */
void sv_call_resume (SvDeferred *deferred, gpointer record, GError *error);
