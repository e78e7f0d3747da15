/* The inside of the server, for its own files. Private to this room. */
#pragma once

#include "net/server.h"

#include <microhttpd.h>
#include <stdatomic.h>

/* One TCP connection. */
typedef struct {
  SvServer *server;
  int fd;
  char *address;               /* of the peer */
  _Atomic gint64 deadline_us;  /* monotonic: when it is cut; 0: it is our turn */
  gboolean checked;            /* the peer's certificate was looked at */
  char *fingerprint, *subject; /* of it; NULL: none */
} SvConnection;

struct SvRequest {
  SvServer *server;
  SvConnection *connection;
  struct MHD_Connection *handle;
  char *method, *target, *address;
  gint64 started_us;
  const char *fault;      /* why its framing cannot be trusted */
  guint64 max_body_bytes; /* more is not kept */
  GByteArray *collected;
  GBytes *body;
  gboolean head_seen, whole_seen, too_large;
  gpointer data;
  /* under answers_lock until it is queued: */
  SvAnswer answer;
  gboolean answered, later, asleep;
  guint status;
  SvEventSubscriber *events;
  gint64 trusted_us; /* until when it is not asked whether the stream may go on; monotonic */
};

struct SvServer {
  struct MHD_Daemon *daemon; /* NULL: stopped */
  SvServerHooks hooks;
  int socket;
  guint16 port;
  gboolean tls, client_certificates, behind_proxy;
  guint idle_ms, request_ms;
  GThread *watcher;
  _Atomic gboolean stopping;
  GMutex lock; /* what follows; nothing else is locked while it is held */
  GCond changed;
  GHashTable *connections; /* set of SvConnection */
  guint n_active;          /* requests */
  gboolean ending;         /* of the watcher */
  GMutex answers_lock;     /* what follows, and the answers; then locks of event streams */
  GHashTable *sleeping;    /* set of SvRequest: suspended */
  GHashTable *streaming;   /* set of SvRequest that give events */
  gboolean cut;            /* nothing may fall asleep any more */
};

/* server_request.c: what libmicrohttpd calls. @user_data is the server, @place holds the request.
 */
void *sv_server_on_target (void *user_data, const char *target, struct MHD_Connection *handle);
enum MHD_Result sv_server_on_request (void *user_data, struct MHD_Connection *handle,
                                      const char *url, const char *method, const char *version,
                                      const char *data, size_t *size, void **place);
void sv_server_on_completed (void *user_data, struct MHD_Connection *handle, void **place,
                             enum MHD_RequestTerminationCode how);

/* server_answer.c */
enum MHD_Result sv_server_queue_answer (SvRequest *request);

/* server_watch.c */
void sv_server_watch (SvServer *server);
void sv_server_unwatch (SvServer *server);
/* The connection is cut @ms from now; 0: never. */
void sv_connection_set_deadline (SvConnection *connection, guint ms);
/* How long a peer may take for so many bytes. */
guint sv_server_get_transfer_ms (guint64 size_bytes);

/* server_listen.c: a listening socket, or -1. */
int sv_server_listen (const SvServerOptions *options, guint16 *ret_port, GError **error);

/* server_tls.c */
gboolean sv_tls_check (const SvServerOptions *options, GError **error);
extern const char sv_tls_priorities[];
void sv_tls_look_at_peer (SvRequest *request);
