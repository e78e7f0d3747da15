/* One row for each operation of the API. Dispatch, access, checks of what comes in, the form of
 * what goes out and the OpenAPI document all come from it. A room writes its rows in
 * `<noun>_api.c`; the program gives the tables to a router (net/router.h). */
#pragma once

#include "base/base.h"

typedef struct SvCall SvCall; /* net/call.h */

typedef enum {
  SV_METHOD_GET, /* HEAD comes with it */
  SV_METHOD_POST,
  SV_METHOD_PUT,
  SV_METHOD_PATCH,
  SV_METHOD_DELETE,
  SV_N_METHODS
} SvMethod;
extern const char *const sv_method_names[]; /* NULL-terminated */

/* One query parameter; or, to describe it, one of the path. */
typedef struct {
  const char *name;
  SvFieldType type; /* STRING, INT64, DOUBLE, BOOL, INSTANT, ENUM; STRINGS may be repeated */
  const char *const *values; /* of an ENUM, NULL-terminated */
  const char *doc;           /* one sentence, unit included */
  const char *fallback;      /* as it would be written; NULL: none */
  gint64 min, max; /* of an INT64, if max > min; max alone: bytes of a STRING, items of STRINGS */
  gboolean required;
} SvParam;

typedef enum {
  SV_ROUTE_LIST = 1 << 0,     /* answers {"items": […], "next": "…", "total": n} */
  SV_ROUTE_STREAM = 1 << 1,   /* answers server-sent events */
  SV_ROUTE_CREATES = 1 << 2,  /* answers 201; the handler sets Location */
  SV_ROUTE_RAW = 1 << 3,      /* the handler gives bytes and their content type */
  SV_ROUTE_REDIRECT = 1 << 4, /* answers 303; the handler sets Location */
  SV_ROUTE_FOREIGN = 1 << 5,  /* others write its query: parameters beside the table are passed
                                 over */
  SV_ROUTE_PART = 1 << 6,     /* the handler shows each caller the part that is theirs */
  SV_ROUTE_TOLERANT = 1 << 7  /* who sends may be newer: what is not known is passed over */
} SvRouteFlags;

typedef struct {
  SvMethod method;
  const char *path;       /* "/api/v1/hosts/{host}" */
  const char *permission; /* its name in the table of permissions; SV_PERMISSION_PUBLIC: anyone */
  const char *summary;    /* one line, without a full stop */
  const char *tag;        /* what it is listed under: "Feeds" */
  const SvParam *params;
  gsize n_params;
  const SvRecordType *request;  /* NULL: no body */
  const SvRecordType *response; /* of a list: its items; NULL: 204, unless RAW or STREAM */
  guint flags;                  /* SvRouteFlags */
  guint64 max_body_bytes;       /* 0: SV_LIMIT_BODY_BYTES */
  const SvError *errors;        /* what it may answer besides the common ones */
  gsize n_errors;
  const char *content_type; /* of RAW, for the document */
  gboolean (*handle) (SvCall *call, GError **error);
} SvRoute;

#define SV_PERMISSION_PUBLIC "public"
/* No person's: a host speaks for itself, by its certificate. */
#define SV_PERMISSION_AGENT "agent"

/* For the members of a row: SV_ROUTE_PARAMS (feed_params), SV_ROUTE_ERRORS (feed_errors) */
#define SV_ROUTE_PARAMS(table) .params = table, .n_params = G_N_ELEMENTS (table)
#define SV_ROUTE_ERRORS(table) .errors = table, .n_errors = G_N_ELEMENTS (table)

/* Parameters that every paged list has. */
#define SV_PARAM_LIMIT                                                                             \
  {                                                                                                \
    .name = "limit", .type = SV_TYPE_INT64, .fallback = "100", .min = 1, .max = SV_LIMIT_PAGE,     \
    .doc = "At most so many items."                                                                \
  }
#define SV_PARAM_CURSOR                                                                            \
  {                                                                                                \
    .name = "cursor", .type = SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,                          \
    .doc = "The \"next\" of the page before; without it the first page."                           \
  }

typedef struct {
  const SvRoute *routes;
  gsize n;
  const char *doc; /* one sentence on the tag of its first row */
} SvRouteTable;

/* True if @name is a parameter in the path of @route. */
gboolean sv_route_has_path_param (const SvRoute *route, const char *name);
const SvParam *sv_route_find_param (const SvRoute *route, const char *name);

/* Whether the row makes sense; SV_ERROR_USAGE says what is wrong with which: no permission, no
 * handler, a path that does not begin with '/', a flag that does not go with the rest … */
gboolean sv_route_check (const SvRoute *route, GError **error);
