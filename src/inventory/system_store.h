/* Systems, their rules, and which host belongs where, in the store. */
#pragma once

#include "db/db.h"
#include "inventory/system.h"

/* For WHERE: whether the system @column (an id, NULL: none) is within the reach of :reach, a person
 * who may see only their systems and lines of business; NULL: everything (sv_access_find_reach). */
#define SV_SYSTEM_IN_REACH(column)                                                                 \
  "(CAST (:reach AS TEXT) IS NULL OR " column " IN (SELECT scope FROM role_grant"                  \
  " WHERE person = :reach AND scope_kind = 'system' UNION SELECT s.id FROM system s"               \
  " JOIN role_grant g ON g.scope = s.line_of_business WHERE g.person = :reach"                     \
  " AND g.scope_kind = 'line-of-business'))"

/* SV_ERROR_EXISTS: the name is taken. */
gboolean sv_system_insert (SvDb *db, const SvSystem *system, GError **error);
gboolean sv_system_update (SvDb *db, const SvSystem *system, GError **error);
/* Its hosts then belong to none until rules say otherwise; rules that name it go. */
gboolean sv_system_delete (SvDb *db, const char *id, gint64 now_us, GError **error);

/* What a list of systems is about; NULL members: any. */
typedef struct {
  const char *reach;            /* see SV_SYSTEM_IN_REACH */
  const char *line_of_business; /* of this one alone */
  const char *system;           /* id or name: this one alone */
} SvSystemFilter;

/* By id or name, within @reach (nullable). SV_ERROR_NOT_FOUND. */
SvSystem *sv_system_load (SvDb *db, const char *id_or_name, const char *reach, GError **error);
gboolean sv_system_count (SvDb *db, const SvSystemFilter *filter, gint64 *ret_count,
                          GError **error);
/* What is to be protected first comes first. @after: (nullable) cursor. New array, not owning. */
GPtrArray *sv_system_list (SvDb *db, const SvSystemFilter *filter, const char *after, gint64 limit,
                           char **ret_next, GError **error);
/* New array of strings: ids of all that @filter lets through. */
GPtrArray *sv_system_list_ids (SvDb *db, const SvSystemFilter *filter, GError **error);

/* The rules in force; none, revision 0, if nobody wrote any. */
SvSystemRules *sv_system_rules_load (SvDb *db, GError **error);
/**
 * sv_system_rules_save:
 * @rules: with the revision that they were read with; gets the new one
 *
 * Errors: SV_ERROR_CONFLICT if somebody else changed them meanwhile; SV_ERROR_NOT_FOUND: a rule
 * names a system that is not there. Hosts are placed anew by sv_system_place_some().
 */
gboolean sv_system_rules_save (SvDb *db, SvSystemRules *rules, GError **error);

/* Whether rules changed since some host was placed. */
gboolean sv_system_must_place (SvDb *db, gboolean *ret_must, GError **error);

/* Inside a transaction: places at most @limit hosts that were placed by older rules; those that
 * move count as moved. @ret_left: whether there are more. */
gboolean sv_system_place_some (SvDb *db, gint64 limit, gint64 now_us, gboolean *ret_left,
                               GError **error);

/* @host belongs to @system from now on, whatever rules say; NULL: what rules say counts again. */
gboolean sv_system_place_by_hand (SvDb *db, const char *host, const char *system, gint64 now_us,
                                  GError **error);
