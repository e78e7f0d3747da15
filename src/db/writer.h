/* Group commit: many small writes of many threads share one transaction, and each is acknowledged
 * only when all of it is on disk. After the disk or the server failed, nothing is acknowledged
 * until the store was opened anew and verified (sv_db_verify()); the writer tries that by itself.
 */
#pragma once

#include "db/db.h"

typedef struct SvWriter SvWriter;

/**
 * SvWriteFunc:
 * @db: the writer's own store, inside a transaction
 *
 * Does one write. FALSE with @error undoes nothing by itself: unless a statement failed, what it
 * wrote before goes in with the rest. May be called again, after what it did was rolled back: when
 * a neighbour broke the transaction, or the engine asks to retry.
 */
typedef gboolean (*SvWriteFunc) (SvDb *db, gpointer data, GError **error);

/* Called once for each write, on the writer's thread: @error NULL means that it is committed. */
typedef void (*SvWrittenFunc) (SvDb *db, gpointer data, const GError *error);

/* Starts the thread, with a store of its own at @url. */
SvWriter *sv_writer_new (const char *url, GError **error);
/* Finishes what was submitted, then ends the thread. NULL is fine. */
void sv_writer_free (SvWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvWriter, sv_writer_free)

/* From any thread. @data belongs to @written from now on. FALSE, and nothing is taken, if
 * SV_LIMIT_WRITES wait already (SV_ERROR_BUSY): the caller says so to whoever sent it. */
gboolean sv_writer_submit (SvWriter *writer, SvWriteFunc write, SvWrittenFunc written,
                           gpointer data, GError **error);

/* Whether writes are taken: FALSE with the failure after which nothing is acknowledged. From any
 * thread. */
gboolean sv_writer_check (SvWriter *writer, GError **error);

/* How many wait: for metrics. */
guint sv_writer_count_waiting (SvWriter *writer);
