#include "access/access.h"
#include "evidence/exposure_day_store.h"

static const SvParam params[] = {SV_PARAM_LIMIT, SV_PARAM_CURSOR, SV_PARAM_SYSTEM,
                                 SV_PARAM_LINE_OF_BUSINESS};

/* A cursor is the last day of its page. */
static gboolean
read_cursor (const SvCall *call, gint64 *ret_before_us, GError **error)
{
  const char *cursor = sv_call_find_query (call, "cursor");
  *ret_before_us = G_MAXINT64;
  return cursor == NULL || sv_time_parse (cursor, ret_before_us, error);
}

static gboolean
list_days (SvCall *call, GError **error)
{
  gint64 limit = sv_call_get_query_int64 (call, "limit"), total, before_us;
  g_autofree char *system = NULL;
  g_autoptr (SvTx) tx = NULL;
  SvDb *db = sv_call_begin_read (call, &tx, error);
  if (db == NULL || !read_cursor (call, &before_us, error) ||
      !sv_system_find_asked (call, db, &system, error))
    return FALSE;
  const SvDayFilter filter = {.system = system,
                              .line_of_business = sv_call_find_query (call, "line_of_business"),
                              .reach = sv_access_find_reach (call)};
  if (!sv_exposure_day_count (db, &filter, &total, error))
    return FALSE;
  GPtrArray *days = sv_exposure_day_list (db, &filter, before_us, limit + 1, error);
  if (days == NULL)
    return FALSE;
  gboolean more = sv_rows_cut (days, limit, &sv_exposure_day_type);
  g_autofree char *next =
      more ? sv_time_format (((const SvExposureDay *)days->pdata[days->len - 1])->day_us) : NULL;
  return sv_call_answer_list (call, days, next, total);
}

static const SvError errors[] = {SV_ERROR_NOT_FOUND, SV_ERROR_INVALID_DATA};
static const SvRoute routes[] = {
    {SV_METHOD_GET, "/api/v1/exposure-days", "finding:read",
     "How exposed hosts were, day by day, the last day first", .tag = "History",
     SV_ROUTE_PARAMS (params), .response = &sv_exposure_day_type,
     .flags = SV_ROUTE_LIST | SV_ROUTE_PART, SV_ROUTE_ERRORS (errors), .handle = list_days},
};
const SvRouteTable sv_exposure_day_routes = {routes, G_N_ELEMENTS (routes), "How it was before."};
