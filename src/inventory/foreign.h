/* Rows on packages as other tools of inventory write them in JSON. Private to this room. */
#pragma once

#include "inventory/collect.h"

/* One row; NULL where the tool says nothing. Tools give numbers as texts, and texts as numbers. */
typedef struct {
  char *name, *version, *release, *epoch, *arch;
  char *source;    /* what the tool calls so: a manager, a source package, a source rpm */
  char *status;    /* of dpkg: "install ok installed" */
  char *hotfix_id; /* of Windows */
} SvForeignRow;
void sv_foreign_row_free (SvForeignRow *row);

/* New list that owns its rows. */
GPtrArray *sv_foreign_rows_new (void);
/* Reads an array of rows behind what @rows holds. SV_ERROR_LIMIT past SV_LIMIT_PACKAGES. */
gboolean sv_foreign_read_rows (SvJsonReader *reader, GPtrArray *rows, GError **error);

/* The next value, if it is a string or a number, else nothing; it replaces *@member. */
gboolean sv_foreign_take_scalar (SvJsonReader *reader, char **member, GError **error);

/* New: an unknown system, of which no feed speaks. @version "10.0.19045", @name for people; may be
 * NULL. */
SvDistro *sv_windows_distro_new (const char *version, const char *name);
/* An update of Windows, "KB5011048"; of one id the first. */
void sv_windows_add_update (SvCollect *collect, const char *id);
