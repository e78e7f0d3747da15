#include "advisory/feed_api.h"

#include "advisory/feed_store.h"

static gboolean
list_feeds (SvCall *call, GError **error)
{
  SvDb *db = sv_call_get_store (call, error);
  GPtrArray *feeds = db != NULL ? sv_feed_list (db, error) : NULL;
  return feeds != NULL && sv_call_answer_list (call, feeds, NULL, feeds->len);
}

static gboolean
get_feed (SvCall *call, GError **error)
{
  SvDb *db = sv_call_get_store (call, error);
  SvFeed *feed =
      db != NULL ? sv_feed_load (db, sv_call_get_path_param (call, "feed"), error) : NULL;
  return feed != NULL && sv_call_answer (call, feed);
}

static const SvParam feed_params[] = {
    {.name = "feed", .type = SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES, .doc = "Id of the feed."},
};

static const SvRoute routes[] = {
    {SV_METHOD_GET, "/api/v1/feeds", "feed:read", "The sources, with their state", .tag = "Feeds",
     .response = &sv_feed_type, .flags = SV_ROUTE_LIST, .handle = list_feeds},
    {SV_METHOD_GET, "/api/v1/feeds/{feed}", "feed:read", "One source with its state",
     .tag = "Feeds", SV_ROUTE_PARAMS (feed_params), .response = &sv_feed_type, .handle = get_feed},
};
const SvRouteTable sv_feed_routes = {routes, G_N_ELEMENTS (routes),
                                     "Where news of vulnerabilities and updates comes from."};
