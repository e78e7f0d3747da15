/* One connection to a PostgreSQL server, and whose turn it is on it. Private to the driver.
 *
 * Rows come one by one while nothing else wants the connection. When something does, the rest of
 * the rows is put aside in memory first: queries nest, and a large result of a query that does not
 * nest costs one row. Statements without rows are queued in batches inside a transaction. Whatever
 * else uses the connection settles it before. */
#pragma once

#include "db/driver.h"

#include "db/libpq.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PGresult, sv_pq.clear)

typedef struct {
  PGconn *handle;
  GQueue *streaming; /* where the rows that are still on the wire go if they must make room */
  guint n_queued;    /* statements in the batch that is being filled */
  guint n_batches;   /* full ones whose results were not fetched yet */
} SvWire;

/* @wire is zeroed. Dials, and makes the session speak one language, whatever the server's defaults
 * are. To be cleared on error too. */
gboolean sv_wire_init (SvWire *wire, const char *url, const SvDbOptions *options, GError **error);
void sv_wire_clear (SvWire *wire);

/* The connection's own error. Always returns FALSE. */
gboolean sv_wire_fail (const SvWire *wire, GError **error);
/* TRUE for a result that is none. */
gboolean sv_wire_check (const SvWire *wire, const PGresult *result, GError **error);

/* Makes the connection free for a next command. Errors: that of a statement queued before. */
gboolean sv_wire_settle (SvWire *wire, GError **error);
/* Settles, then runs commands without rows. */
gboolean sv_wire_exec (SvWire *wire, const char *sql, GError **error);

/* Reads the rest of the rows on the wire and forgets them. */
void sv_wire_throw_away (SvWire *wire);

/* Around sending a statement that is to be queued. The second may give the error of one that was
 * queued before. */
gboolean sv_wire_begin_queue (SvWire *wire, GError **error);
gboolean sv_wire_count_queued (SvWire *wire, GError **error);
