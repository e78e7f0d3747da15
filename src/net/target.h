/* The target of a request taken apart: path and query, decoded. Private to this room.
 * Source: RFC 3986; application/x-www-form-urlencoded of WHATWG URL for the query. */
#pragma once

#include "base/base.h"

typedef struct {
  char *path;          /* as sent */
  GPtrArray *segments; /* of the path, decoded */
  GPtrArray *query;    /* name, value, name, value …, decoded */
} SvTarget;
void sv_target_clear (SvTarget *target);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvTarget, sv_target_clear)

/* SV_ERROR_USAGE for what is no path, a bad escape, NUL characters, text that is not UTF-8;
 * SV_ERROR_LIMIT for too many segments or parameters. @ret_target may be cleared in either case. */
gboolean sv_target_parse (const char *text, SvTarget *ret_target, GError **error);
