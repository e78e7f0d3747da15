/* A child process for decoding what strangers made. It can read what is open already, compute, and
 * write to its parent; it cannot open, connect, signal or run anything. */
#pragma once

#include <glib.h>

typedef struct SvWorker SvWorker;             /* the parent's end */
typedef struct SvWorkerOutput SvWorkerOutput; /* the child's end */

/* The only open file of the child, beside its output. */
#define SV_WORKER_INPUT 0

/**
 * SvWorkerFunc:
 * Runs in the child, with a copy of the parent's memory and the input at SV_WORKER_INPUT. It must
 * not rely on threads of the parent. An error it returns is the parent's error.
 */
typedef gboolean (*SvWorkerFunc) (SvWorkerOutput *output, gpointer user_data, GError **error);

/* In the child: begins a document; then its bytes. FALSE if the parent no longer listens. */
gboolean sv_worker_begin (SvWorkerOutput *output, const char *name, GError **error);
gboolean sv_worker_write (SvWorkerOutput *output, const void *data, gsize size, GError **error);

/* In the child: where bytes can be made, until the next call, that sv_worker_write() then need not
 * copy. */
guint8 *sv_worker_get_room (SvWorkerOutput *output, gsize *ret_size);

/* In the child: the document ends here, in @failure; others may follow. */
gboolean sv_worker_break (SvWorkerOutput *output, const GError *failure, GError **error);

/**
 * sv_worker_new:
 * @name: what error messages call the input; copied
 * @input_fd: open for reading; borrowed, its position is shared with the child
 *
 * Forks, closes every other file, takes all privileges and nearly all system calls away, and runs
 * @func. Memory is bounded by SV_LIMIT_DECODER_BYTES more than the parent has (not in sanitized
 * builds, which reserve address space without end). The child dies with its parent.
 *
 * What the child says is not trusted: names and texts are cut and made valid, and the callers'
 * limits on bytes and documents hold in the parent. A child that crashes, that asks for a
 * forbidden system call, or that breaks the protocol is SV_ERROR_INVALID_DATA naming the input; one
 * that says nothing for SV_LIMIT_DECODER_MS is SV_ERROR_TIMEOUT; a system where the walls cannot be
 * put up is SV_ERROR_UNSUPPORTED: nothing is decoded outside of them.
 */
SvWorker *sv_worker_new (const char *name, int input_fd, SvWorkerFunc func, gpointer user_data,
                         GError **error);

/* Whether this system can confine a worker at all; SV_ERROR_UNSUPPORTED if it cannot. */
gboolean sv_worker_check (GError **error);

/* Ends the child whatever it is doing. */
void sv_worker_free (SvWorker *worker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvWorker, sv_worker_free)

/* Passes over what is left of the document before. @ret_name is lent until the next call, and NULL
 * behind the last document. */
gboolean sv_worker_next (SvWorker *worker, const char **ret_name, GError **error);

/* Bytes of the document that sv_worker_next() gave, as SvStreamRead has it: 0 is its end. @source
 * is the SvWorker. */
gssize sv_worker_read (gpointer source, void *buffer, gsize size, GError **error);
