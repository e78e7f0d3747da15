/* Routes: systems, the rules by which hosts belong to them, and the hand that knows better. */
#pragma once

#include "inventory/system_store.h"

#include "net/net.h"

extern const SvRouteTable sv_system_routes;

/* For lists that can be narrowed to a system or a line of business. */
#define SV_PARAM_SYSTEM                                                                            \
  {                                                                                                \
    .name = "system", .type = SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,                          \
    .doc = "Only hosts of this system, by id or name; none: of no system."                         \
  }
#define SV_PARAM_LINE_OF_BUSINESS                                                                  \
  {                                                                                                \
    .name = "line_of_business", .type = SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,                \
    .doc = "Only hosts of systems of this business unit."                                          \
  }

/**
 * sv_system_find_asked:
 * @ret_id: (out): id of the system that the call names by SV_PARAM_SYSTEM, "" for none, NULL if it
 *          names no system; new string
 *
 * SV_ERROR_NOT_FOUND if there is no such system, or it is out of the caller's reach.
 */
gboolean sv_system_find_asked (const SvCall *call, SvDb *db, char **ret_id, GError **error);

/* Ids of the systems that the call is about, by both parameters and the caller's reach: new array
 * of strings, with "" for hosts of none; NULL: all hosts. */
gboolean sv_system_list_asked (const SvCall *call, SvDb *db, GPtrArray **ret_ids, GError **error);
