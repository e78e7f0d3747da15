/* The one error domain. A code exists only where a caller branches on it. */
#pragma once

#include <glib.h>

#define SV_ERROR (sv_error_quark ())

typedef enum {
  SV_ERROR_FAILED,          /* none of the below; the message says it all */
  SV_ERROR_USAGE,           /* the caller asked for something that makes no sense */
  SV_ERROR_INVALID_DATA,    /* input that breaks its own format */
  SV_ERROR_NOT_FOUND,       /* the named thing does not exist */
  SV_ERROR_EXISTS,          /* the named thing exists already */
  SV_ERROR_CONFLICT,        /* someone else changed it first: read again, then retry */
  SV_ERROR_UNAUTHENTICATED, /* nobody is logged in */
  SV_ERROR_DENIED,          /* somebody is, who may not */
  SV_ERROR_UNREACHABLE,     /* the other side did not answer */
  SV_ERROR_TIMEOUT,         /* the other side did not answer in time */
  SV_ERROR_PARTIAL,         /* some of it was done, the message says what was not */
  SV_ERROR_LIMIT,           /* more bytes, items, depth or time than base/limits.h allows */
  SV_ERROR_UNTRUSTED,       /* a signature or digest that does not hold */
  SV_ERROR_STALE,           /* data too old to answer from */
  SV_ERROR_UNSUPPORTED,     /* valid, but this build or host cannot do it */
  SV_ERROR_BUSY,            /* try again later */
  SV_ERROR_FULL,            /* no room left on a disk: free some, then it goes on */
  SV_ERROR_RATE,            /* this caller tried too often: wait as long as the answer says */
  SV_N_ERRORS
} SvError;

typedef struct {
  SvError code;
  const char *name;     /* stable name in JSON ("invalid_data") */
  const char *sentence; /* what it means, for problem documents and docs */
  int http_status;
  int exit_code; /* of the CLI */
} SvErrorInfo;

GQuark sv_error_quark (void);

/* Never NULL: an error of a foreign domain answers as SV_ERROR_FAILED. */
const SvErrorInfo *sv_error_info (const GError *error);
const SvErrorInfo *sv_error_info_by_code (SvError code);

/* True if @error is of our domain with @code. @error may be NULL. */
gboolean sv_error_is (const GError *error, SvError code);

/* Sets @error from errno: "cannot <what> '<subject>': <reason>". Always returns FALSE. */
gboolean sv_error_set_errno (GError **error, int errno_value, const char *what,
                             const char *subject);

/* Sets SV_ERROR_INVALID_DATA: "<what> '<subject, made printable>'". Always returns FALSE. */
gboolean sv_error_set_invalid (GError **error, const char *what, const char *subject);
