/* Calls of an API that answers in JSON and problem documents: what the command line and the agent
 * talk to their server with. */
#pragma once

#include "base/base.h"

typedef struct SvClient SvClient;

/* All lent for the call that makes the client; texts are copied. */
typedef struct {
  const char *url;     /* "https://salve.example:8443", without a path; plain HTTP to this
                          machine alone */
  const char *ca_file; /* (nullable) PEM: who may vouch for the server; NULL: the system's own */
  const char *certificate; /* (nullable) path of a PEM chain: who we are */
  const char *key;         /* path of its key */
  const char *token;       /* (nullable) sent as "Authorization: Bearer …" */
  const char *cookie;      /* (nullable) "name=value": a session … */
  const char *csrf;        /* (nullable) … and what proves that it is meant, X-Salve-CSRF */
  const char *basic;       /* (nullable) "name:password" instead, as "Authorization: Basic …" */
  guint timeout_ms;        /* of one call; 0: SV_LIMIT_REQUEST_MS */
  gsize max_bytes;         /* of one answer; 0: SV_LIMIT_ANSWER_BYTES */
} SvClientOptions;

/* Errors: SV_ERROR_USAGE if @options->url is none of that form. Used by one thread at a time; keeps
 * its connection open between calls. */
SvClient *sv_client_new (const SvClientOptions *options, GError **error);
void sv_client_free (SvClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvClient, sv_client_free)

/* One call. */
typedef struct {
  const char *method;
  const char *path;              /* "/api/v1/hosts?limit=10" */
  const SvRecordType *body_type; /* NULL: no body, unless there is a text */
  gconstpointer body;
  const char *body_text; /* (nullable) a JSON document, instead */
  const char *form; /* (nullable) "a=b&c=d", sent as application/x-www-form-urlencoded instead */
  const SvRecordType *answer_type; /* NULL: the answer is not looked at */
} SvClientCall;

/**
 * sv_client_call:
 * @ret_answer: (out) (nullable): new record of @call->answer_type; NULL where there is none
 *
 * Errors: what the server answered, with the code that it gave (net/problem.h) and its detail;
 * SV_ERROR_UNREACHABLE, SV_ERROR_TIMEOUT, SV_ERROR_UNTRUSTED (its certificate does not hold),
 * SV_ERROR_LIMIT and SV_ERROR_INVALID_DATA for an answer that is none. No redirect is followed.
 */
gboolean sv_client_call (SvClient *client, const SvClientCall *call, gpointer *ret_answer,
                         GError **error);
/* The same for an answer of another form: new bytes, as they came. */
GBytes *sv_client_get_bytes (SvClient *client, const char *path, GError **error);

/* The same for one page of a list: @ret_items: new array of records, not owning; @ret_next: cursor
 * of the next page or NULL; @ret_total: -1 if it was not counted. */
gboolean sv_client_list (SvClient *client, const SvClientCall *call, GPtrArray **ret_items,
                         char **ret_next, gint64 *ret_total, GError **error);

/* HTTP status of the last answer; 0: none came. */
long sv_client_get_status (const SvClient *client);
/* Seconds that the last answer asked to wait (Retry-After); 0: it did not. */
gint64 sv_client_get_retry_after_s (const SvClient *client);

/* What the last answer set as a cookie, "name=value"; NULL: nothing. Lent until the next call. */
const char *sv_client_find_cookie (const SvClient *client);
/* Whether the last answer asked for a fresh proof of who calls. */
gboolean sv_client_must_prove (const SvClient *client);

/* New string: @text for use in a path or a query. */
char *sv_client_escape (const char *text);
