/* libpq, loaded by the first store in PostgreSQL. Private to the driver. */
#pragma once

#include "base/base.h"

#include <libpq-fe.h>

#define SV_PQ_SYMBOLS(X)                                                                           \
  X (PQ, clear)                                                                                    \
  X (PQ, cmdStatus)                                                                                \
  X (PQ, connectdbParams)                                                                          \
  X (PQ, describePrepared)                                                                         \
  X (PQ, enterPipelineMode)                                                                        \
  X (PQ, errorMessage)                                                                             \
  X (PQ, exec)                                                                                     \
  X (PQ, exitPipelineMode)                                                                         \
  X (PQ, finish)                                                                                   \
  X (PQ, fname)                                                                                    \
  X (PQ, freemem)                                                                                  \
  X (PQ, ftype)                                                                                    \
  X (PQ, getResult)                                                                                \
  X (PQ, getisnull)                                                                                \
  X (PQ, getlength)                                                                                \
  X (PQ, getvalue)                                                                                 \
  X (PQ, nfields)                                                                                  \
  X (PQ, ntuples)                                                                                  \
  X (PQ, parameterStatus)                                                                          \
  X (PQ, pipelineStatus)                                                                           \
  X (PQ, pipelineSync)                                                                             \
  X (PQ, prepare)                                                                                  \
  X (PQ, resultErrorField)                                                                         \
  X (PQ, resultStatus)                                                                             \
  X (PQ, sendQueryPrepared)                                                                        \
  X (PQ, setNoticeProcessor)                                                                       \
  X (PQ, setSingleRowMode)                                                                         \
  X (PQ, status)                                                                                   \
  X (PQ, transactionStatus)                                                                        \
  X (PQ, unescapeBytea)

typedef struct {
  SV_PQ_SYMBOLS (SV_LATE_FIELD)
} SvPq;

/* To be called only after sv_pq_load(). */
extern SvPq sv_pq;

/* Errors: those of sv_late_load(). */
gboolean sv_pq_load (GError **error);
