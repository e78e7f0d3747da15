/* How hosts came to what they have: each change of their packages or posture, in the store. */
#pragma once

#include "inventory/host_store.h"

/* One change, seen from what was before it. */
typedef struct {
  gint64 at_us;
  gint64 posture;  /* before; 0: the host was not there */
  GArray *added;   /* (element-type guint32) entries that came; NULL: all it then had */
  GArray *removed; /* (element-type guint32) entries that went */
} SvHostMove;

/* @place: what @host has now; @old: what it had before, of which the store still holds the set.
 * Inside the transaction that moves it. */
gboolean sv_host_note_move (SvDb *db, const char *host, const SvHostPlace *old,
                            const SvHostPlace *place, gint64 now_us, GError **error);

/* What the host has now, and how it came there: its past is walked from its end. */
typedef struct {
  gint64 first_seen_us;
  gint64 posture;   /* 0: it is not there now */
  GArray *entries;  /* (element-type guint32), ascending */
  GPtrArray *moves; /* SvHostMove, the last first */
} SvHostPast;
void sv_host_past_free (SvHostPast *past);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvHostPast, sv_host_past_free)

/* SV_ERROR_NOT_FOUND if there never was such a host. */
SvHostPast *sv_host_past_load (SvDb *db, const char *host, GError **error);

/* New array of strings: ids of the hosts that moved at @from_us or later, before @until_us. */
GPtrArray *sv_host_list_moved (SvDb *db, gint64 from_us, gint64 until_us, GError **error);

/* How many hosts of each system there are, and how many of them last reported before @seen_us:
 * walks systems, "" for none. */
typedef gboolean (*SvSystemSizeFunc) (const char *system, gint64 hosts, gint64 stale,
                                      gpointer user_data, GError **error);
gboolean sv_host_foreach_system_size (SvDb *db, gint64 seen_us, SvSystemSizeFunc func,
                                      gpointer user_data, GError **error);
