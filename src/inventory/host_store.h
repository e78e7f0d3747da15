/* Hosts that report, in the store. */
#pragma once

#include "inventory/checkin.h"
#include "inventory/dictionary_store.h"
#include "inventory/package_set_store.h"

/* Where a host stands in the fleet, and when it came there. */
typedef struct {
  gint64 set;                     /* number of its set of packages */
  gint64 posture;                 /* number of its posture */
  gboolean moved;                 /* one of both is new */
  char system[SV_LIMIT_ID_BYTES]; /* id of the system it belongs to, "" for none */
} SvHostPlace;

/**
 * sv_host_check_in:
 * @host: id, by which the host proved who it is; never its name
 *
 * Keeps what @host reports. Must run inside a transaction; the report is acknowledged only after
 * the commit. The digest is computed again from what is kept: a host cannot claim a set that it did
 * not describe, nor change one that others have. A host that is new is added.
 * Errors: SV_ERROR_CONFLICT if the base is not the set that is kept of this host, or a new host
 * sends no facts: send everything. SV_ERROR_INVALID_DATA if the parts do not make the set. Both
 * leave the transaction usable.
 */
gboolean sv_host_check_in (SvDictionary *dictionary, SvDb *db, const char *host,
                           const SvCheckin *checkin, gint64 now_us, SvHostPlace *ret_place,
                           GError **error);

/* SV_ERROR_NOT_FOUND if there is none, or it is out of @reach (nullable, SV_SYSTEM_IN_REACH). */
SvHost *sv_host_load (SvDb *db, const char *id, const char *reach, GError **error);

/* It is gone for good: in no list any more, but in what was. If it reports again, it is back.
 * SV_ERROR_NOT_FOUND. */
gboolean sv_host_retire (SvDb *db, const char *id, gint64 now_us, GError **error);

/* All that is kept of it, packages included: to be judged as if one stood at the host.
 * SV_ERROR_NOT_FOUND if there is none, or it never reported. */
SvInventory *sv_host_load_inventory (SvDictionary *dictionary, SvDb *db, const char *id,
                                     GError **error);

/* What hosts a list is about; NULL members: any. */
typedef struct {
  const char *distro;
  const char *reboot;
  const char *name;   /* hosts whose name begins so */
  const char *system; /* id; "": hosts that belong to none */
  const char *line_of_business;
  const char *baseline;  /* class of the system that they belong to */
  const char *reach;     /* see SV_SYSTEM_IN_REACH */
  gint64 seen_after_us;  /* 0: whenever */
  gint64 seen_before_us; /* 0: whenever */
  gint64 silent_audits;  /* absent in so many inventory audits; 0: any */
} SvHostFilter;

/* How many hosts @filter lets through; the same words as sv_host_list(). */
gboolean sv_host_count (SvDb *db, const SvHostFilter *filter, gint64 *ret_count, GError **error);

/**
 * sv_host_list:
 * @after: (nullable) cursor of the page before
 * @ret_next: (out) (nullable): cursor of the next page, new; NULL: this was the last
 *
 * New array of SvHost by name, then id; not owning, as sv_call_answer_list() takes it.
 */
GPtrArray *sv_host_list (SvDb *db, const SvHostFilter *filter, const char *after, gint64 limit,
                         char **ret_next, GError **error);

/* Walks all hosts that report, by set: what an index of the fleet begins with. */
typedef gboolean (*SvHostPlaceFunc) (const char *host, const SvHostPlace *place, gpointer user_data,
                                     GError **error);
gboolean sv_host_foreach_place (SvDb *db, SvHostPlaceFunc func, gpointer user_data, GError **error);

/* The same, of hosts that moved at @since_us or later: for who already knows the others. A set of
 * 0: the host retired. */
gboolean sv_host_foreach_moved (SvDb *db, gint64 since_us, SvHostPlaceFunc func, gpointer user_data,
                                GError **error);
