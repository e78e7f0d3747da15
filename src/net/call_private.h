/* The inside of a call. Private to this room. */
#pragma once

#include "net/call.h"
#include "net/params.h"
#include "net/router_private.h"
#include "net/target.h"

struct SvCall {
  SvRouter *router;
  SvRequest *request;
  const SvRoute *route; /* NULL: none was found */
  char *id;
  gint64 now_us;
  gboolean again;
  SvTarget target;
  GArray *values;     /* SvParamValue, of the query */
  gpointer body;      /* of route->request */
  GPtrArray *members; /* of the body of a PATCH; NULL: none */
  gpointer principal;
  GDestroyNotify principal_free;
  char *principal_name;
  GPtrArray *headers; /* of the answer: name, value, … */
  gboolean answered;
  GBytes *answer; /* encoded */
  char *content_type;
  char *failure; /* why the answer is 5xx; NULL: it is not */
  SvEventSubscriber *events;
  SvDeferred *deferred;
};

/* Refers to its call from another thread until one of both is gone. */
struct SvDeferred {
  gatomicrefcount references; /* of the call, and of who resumes */
  GMutex lock;
  SvCall *call; /* NULL: it ended without waiting */
};

SvCall *sv_call_new (SvRouter *router, SvRequest *request);
void sv_call_free (SvCall *call);
gint64 sv_call_read_clock (const SvRouter *router);

/* call_answer.c: hands over what the call holds, or a problem; @status 0: the error's own. */
void sv_call_send (SvCall *call);
void sv_call_send_error (SvCall *call, const GError *error, guint status);
/* Whether the handler left an answer that goes with its route. */
gboolean sv_call_check_answer (SvCall *call, GError **error);
