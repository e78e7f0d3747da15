/* "[section]" and "key = value" lines: yum repositories, dnf modules, grub. Private to this room.
 */
#pragma once

#include <glib.h>

typedef struct {
  char *rest;          /* the text, cut in place */
  const char *section; /* "" before the first */
  const char *key;     /* NULL: a section begins */
  const char *value;
} SvIni;

/* The next section or assignment; FALSE at the end. Comments (# and ;) and lines that are neither
 * are passed over; a continuation line (indented) is not joined. */
gboolean sv_ini_next (SvIni *ini);

/* "1", "yes", "true", "on" … and "0", "no", "false", "off" …; any other word, and NULL, is neither.
 */
gboolean sv_ini_is_true (const char *value);
gboolean sv_ini_is_false (const char *value);
