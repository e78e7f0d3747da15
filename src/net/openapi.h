/* The OpenAPI 3.1 document of tables of routes. */
#pragma once

#include "net/route.h"

typedef struct {
  const char *title;
  const char *version;
  const char *description;
} SvOpenapiInfo;

/* New string: the document, indented, ending in a newline. The same tables give the same bytes. */
char *sv_openapi_write (const SvOpenapiInfo *info, const SvRouteTable *const *tables,
                        gsize n_tables);

/* New string, "get_hosts_host" of GET /api/v1/hosts/{host}: unique if the operations are. */
char *sv_openapi_operation_id (const SvRoute *route);
