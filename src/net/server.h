/* HTTP/1.1 on one socket, with or without TLS: connections, limits, bodies, answers. It knows no
 * route and no record: net/router.h does. */
#pragma once

#include "net/event_stream.h"

typedef struct SvServer SvServer;
typedef struct SvRequest SvRequest; /* one request and its answer; lent to the callbacks */

/* What to do with requests. All are called on the server's worker threads; those of one request
 * one after the other. */
typedef struct {
  /* The head is here, the body is not. May set how large the body may be, or answer at once: then
   * the body is never read. */
  void (*head) (SvRequest *request, gpointer user_data);
  /* All of it is here. Must answer, or call sv_request_suspend() and see to a later answer. */
  void (*whole) (SvRequest *request, gpointer user_data);
  /* Whether a stream of events may go on; asked before something is given, once in
   * SV_LIMIT_EVENT_TRUST_MS at most. NULL: it may. */
  gboolean (*goes_on) (SvRequest *request, gpointer user_data);
  /* Answered, or broken off by the client. Comes once for each request that had its head(). */
  void (*done) (SvRequest *request, gpointer user_data);
  gpointer user_data;
} SvServerHooks;

typedef struct {
  const char *host;      /* numeric address, "127.0.0.1" or "::1" */
  guint16 port;          /* 0: any that is free, see sv_server_get_port() */
  int socket;            /* > 0: listen on this inherited socket instead; it is taken over */
  GBytes *certificate;   /* (nullable) PEM chain: TLS 1.2 (AEAD, forward secrecy) and 1.3 only */
  GBytes *key;           /* its key, PEM */
  GBytes *client_ca;     /* (nullable) PEM: a client certificate is asked for, never required */
  gboolean behind_proxy; /* the last address of X-Forwarded-For is the client; no limit on
                            connections for each address, which is the proxy's */
  guint n_threads;       /* 0: by the processors */
  guint idle_ms;         /* 0: SV_LIMIT_SERVER_IDLE_MS; whole seconds */
  guint request_ms;      /* 0: SV_LIMIT_REQUEST_MS */
  guint n_connections;   /* 0: SV_LIMIT_CONNECTIONS */
  guint n_per_address;   /* 0: SV_LIMIT_CONNECTIONS_PER_ADDRESS */
} SvServerOptions;

/**
 * sv_server_new:
 * @options: read during the call only
 * @hooks: copied; its functions may be called before this returns
 *
 * Listens and serves. Limits are those of base/limits.h. A request whose head and body are not
 * complete in time is cut off, however steadily its bytes drip; so is a client that takes its
 * answer too slowly. Requests that two readers could frame differently (two lengths, a length and
 * a transfer coding) are refused and their connection closed.
 * Errors: SV_ERROR_USAGE (no numeric address, a certificate without its key or one that does not
 * parse), SV_ERROR_DENIED (a port that needs privileges), SV_ERROR_EXISTS (the port is taken).
 */
SvServer *sv_server_new (const SvServerOptions *options, const SvServerHooks *hooks,
                         GError **error);

guint16 sv_server_get_port (const SvServer *server);
guint sv_server_count_connections (SvServer *server);
gboolean sv_server_is_tls (const SvServer *server);
/* Itself, or the proxy in front of it. */
gboolean sv_server_speaks_tls (const SvServer *server);
gboolean sv_server_is_stopping (SvServer *server);

/**
 * sv_server_stop:
 * @within_ms: how long requests that run may still take
 *
 * Takes no new connection, ends all event streams, waits for the requests that run, then closes
 * everything. A request that is suspended beyond @within_ms is answered with 503. Call it once,
 * from the program's main thread. False if a request had to be cut.
 */
gboolean sv_server_stop (SvServer *server, guint within_ms);
/* Stops without waiting if it still runs. NULL is fine. */
void sv_server_free (SvServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvServer, sv_server_free)

/* -- One request. Everything lent lives until done() returns. -- */

const char *sv_request_get_method (const SvRequest *request);  /* as sent: "GET" */
const char *sv_request_get_target (const SvRequest *request);  /* as sent: "/a%2Fb?c=d" */
const char *sv_request_get_address (const SvRequest *request); /* "192.0.2.7", "2001:db8::1" */
gint64 sv_request_get_started_us (const SvRequest *request);   /* monotonic clock */
SvServer *sv_request_get_server (const SvRequest *request);

/* Why its framing cannot be trusted: answer 400. NULL: nothing is wrong. The body of such a request
 * is never read and its connection always closed. */
const char *sv_request_find_fault (const SvRequest *request);

/* By name in any case; NULL: not sent. */
const char *sv_request_find_header (const SvRequest *request, const char *name);
const char *sv_request_find_cookie (const SvRequest *request, const char *name);

/* The client's certificate, if it sent one and it leads to client_ca: SHA-256 of its DER form in
 * lower-case hexadecimal, and the common name of its subject. NULL: there is none. */
const char *sv_request_find_fingerprint (SvRequest *request);
const char *sv_request_find_subject (SvRequest *request);

/* In head(): how large the body may be; otherwise SV_LIMIT_BODY_BYTES. More is 413. */
void sv_request_set_max_body (SvRequest *request, guint64 max_bytes);
/* True if the head announces a body. */
gboolean sv_request_has_body (const SvRequest *request);
/* In whole(): lent; empty if none came. */
GBytes *sv_request_get_body (const SvRequest *request);
/* In whole(): more came than was allowed and was thrown away. */
gboolean sv_request_is_too_large (const SvRequest *request);

/* What the layer above keeps for this request; it frees it in done(). */
void sv_request_set_data (SvRequest *request, gpointer data);
gpointer sv_request_get_data (const SvRequest *request);

typedef struct {
  guint status;
  GBytes *body;              /* taken; NULL: empty */
  const char *content_type;  /* NULL: none, for an empty body */
  GPtrArray *headers;        /* taken; name, value, name, value … as owned strings; NULL: none */
  SvEventSubscriber *events; /* taken; an event stream instead of a body */
  gboolean close;            /* this connection ends with this answer */
} SvAnswer;
void sv_answer_clear (SvAnswer *answer);

/* Takes the content of @answer, which is zeroed. From any thread if the request is suspended. The
 * first answer counts. */
void sv_request_answer (SvRequest *request, SvAnswer *answer);
/* In whole(): the answer comes later. */
void sv_request_suspend (SvRequest *request);
/* 0: none yet. In done(): what was answered. */
guint sv_request_get_status (const SvRequest *request);
