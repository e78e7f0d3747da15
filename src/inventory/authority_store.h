/* The server's own authority in the store: every server over the same store has the same. */
#pragma once

#include "db/db.h"
#include "net/net.h"

/**
 * sv_authority_load:
 * @ret_ca: (out): of the store; made when it is asked for the first time
 *
 * Servers that ask at the same time get the same one. Begins a transaction of its own.
 */
gboolean sv_authority_load (SvDb *db, gint64 now_us, SvIdentity *ret_ca, GError **error);
