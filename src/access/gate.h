/* The threads on which passwords are looked at, and on which this room writes to the store. A hash
 * takes time and 64 MiB: here run no more than a few at one time, however many people knock.
 * Whoever else writes to the store may take long. The threads that answer requests wait for
 * neither. */
#pragma once

#include "net/net.h"

typedef struct SvGate SvGate;

/* What is to be done on such a thread. */
typedef struct {
  /* @deferred: NULL: nobody waits. @ret_record: of the route's response type; NULL stays where it
   * has none. */
  gboolean (*run) (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record,
                   GError **error);
  gpointer data;
  GDestroyNotify free; /* of @data, whatever happens */
} SvErrand;

/* @store: URL; each thread opens it for itself. @n_threads 0: by the processors, at most
 * SV_LIMIT_GATE_THREADS. */
SvGate *sv_gate_new (const char *store, guint n_threads);
/* Finishes what waits. */
void sv_gate_free (SvGate *gate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvGate, sv_gate_free)

/* Does it when there is time; forgets it if there is none. */
void sv_gate_leave (SvGate *gate, const SvErrand *errand);

/* Defers @call, whose answer is then what the errand gives. SV_ERROR_BUSY if SV_LIMIT_GATE_QUEUE
 * wait already. */
gboolean sv_gate_defer (SvGate *gate, SvCall *call, const SvErrand *errand, GError **error);
