/* The inside of a query, for binding and reading by record. Private to this room. */
#pragma once

#include "db/driver.h"

/* Which field goes with which parameter, or which column with which field; worked out once for a
 * query and a type. */
typedef struct {
  const SvRecordType *type;
  int *fields; /* by parameter or column: index of the field, -1 for none */
} SvFieldMap;

struct SvQuery {
  SvDb *db;
  char *sql;         /* as asked for */
  gconstpointer key; /* its address: texts are static, and hashing them takes time */
  GPtrArray *names;  /* of the parameters, by position */
  SvValue *values;   /* by position */
  GByteArray *arena; /* the bytes of bound text and blobs */
  GError *unfit;     /* the first bound value that no engine must see */
  guint expected;    /* the parameter after the last bound: callers bind in order */
  gboolean started;
  gpointer statement; /* the driver's */
  SvFieldMap bound;
  SvFieldMap *read; /* apart, because reading leaves the query as it is */
};

/* The same as the public functions, by position from 0. */
void sv_query_set_text (SvQuery *query, guint index, const char *text);
void sv_query_set_int64 (SvQuery *query, guint index, gint64 integer);
void sv_query_set_double (SvQuery *query, guint index, double real);
void sv_query_set_blob (SvQuery *query, guint index, const void *data, gsize size);

/* Makes the next start fail with SV_ERROR_INVALID_DATA; the first reason stays. */
void sv_query_set_unfit (SvQuery *query, guint index, const char *why);
