/* Query parameters checked against a route's table. Private to this room. */
#pragma once

#include "net/route.h"

typedef struct {
  const SvParam *param;
  gboolean given;
  char *text;      /* as given, or the fallback; NULL: neither */
  GPtrArray *list; /* of STRINGS */
  gint64 integer;  /* INT64, INSTANT, BOOL, ENUM (-1: none) */
  double real;
} SvParamValue;

/* (element-type SvParamValue), one for each row of the table. */
GArray *sv_params_new (const SvRoute *route);

/* @query: name, value, … SV_ERROR_USAGE names the parameter that is not known, given twice,
 * missing, or not of its type. */
gboolean sv_params_parse (const SvRoute *route, const GPtrArray *query, GArray *values,
                          GError **error);
