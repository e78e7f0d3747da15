/* One file from an HTTPS server to disk: conditional, resumable, bounded, never to where it was not
 * sent. */
#pragma once

#include "base/base.h"

typedef struct {
  const char *url;
  const char *path;       /* where it goes; PATH.meta, .part and .part.meta lie beside it */
  guint64 max_bytes;      /* 0: SV_LIMIT_FETCH_BYTES */
  guint timeout_ms;       /* 0: SV_LIMIT_FETCH_MS */
  const char *proxy;      /* (nullable) "http://proxy.example:3128"; NULL: none, whatever the
                             environment says. The proxy then decides what can be reached. */
  const char *ca_file;    /* (nullable) PEM: who may vouch for the server; NULL: whom the system
                             trusts */
  gboolean allow_http;    /* plain HTTP too: the answer proves nothing about who sent it */
  gboolean allow_private; /* loopback, private and link-local addresses too */
} SvFetchRequest;

typedef struct {
  gboolean not_modified; /* @path held the newest already and is as it was */
  gboolean resumed;      /* an earlier attempt's bytes were kept */
  guint64 size_bytes;    /* of the file at @path */
  gint64 modified_at_us; /* Last-Modified; 0: not said */
} SvFetchResult;

/**
 * sv_fetch:
 * @ret_result: (out): set on success
 *
 * Fetches @url. The file at @path is replaced in one step and only by a complete answer; a broken
 * transfer is kept aside and resumed by the next call if the server still has the same version.
 * A redirect is followed only to HTTPS on the same host; addresses are checked when connecting, so
 * no name can lead inside (promise S44).
 * Errors: SV_ERROR_USAGE (no URL of an allowed scheme), SV_ERROR_DENIED (a redirect elsewhere, an
 * address inside, or the server says so), SV_ERROR_NOT_FOUND, SV_ERROR_UNREACHABLE,
 * SV_ERROR_TIMEOUT, SV_ERROR_UNTRUSTED (the certificate does not hold), SV_ERROR_LIMIT.
 */
gboolean sv_fetch (const SvFetchRequest *request, SvFetchResult *ret_result, GError **error);
