/* The register of feeds in the store. */
#pragma once

#include "advisory/feed.h"

#include "db/db.h"

/* Adds @feed, or changes what is registered under its id; the state of what is in force stays,
 * except that a changed format, URL, release or keyring makes the next import read everything anew.
 */
gboolean sv_feed_register (SvDb *db, const SvFeed *feed, GError **error);

/* SV_ERROR_NOT_FOUND if there is none. Free with sv_feed_free(). */
SvFeed *sv_feed_load (SvDb *db, const char *id, GError **error);
/* All, by id: (element-type SvFeed), owned by the caller. */
GPtrArray *sv_feed_list (SvDb *db, GError **error);

/* With everything that it brought. SV_ERROR_NOT_FOUND if there is none. */
gboolean sv_feed_remove (SvDb *db, const char *id, GError **error);

/* A try that brought nothing: what is in force stays in force. */
gboolean sv_feed_note_failure (SvDb *db, const char *id, gint64 now_us, const char *why,
                               GError **error);
