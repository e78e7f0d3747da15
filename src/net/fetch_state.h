/* What lies beside a fetched file: which version of it the server gave. Private to this room. */
#pragma once

#include "base/base.h"

/* Lines of "Name: value" in PATH.meta. */
typedef struct {
  char *url;
  char *etag;          /* may be NULL */
  char *last_modified; /* as the server writes it; may be NULL */
} SvFetchState;

void sv_fetch_state_clear (SvFetchState *state);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvFetchState, sv_fetch_state_clear)

/* Reads @path with ".meta" behind it; empty if there is none, or if it is of another URL. */
void sv_fetch_state_load (const char *path, const char *url, SvFetchState *ret_state);
gboolean sv_fetch_state_save (const char *path, const SvFetchState *state, GError **error);
void sv_fetch_state_remove (const char *path);

/* What If-Range may name: a strong ETag or the time; NULL if there is neither. */
const char *sv_fetch_state_find_strong (const SvFetchState *state);
