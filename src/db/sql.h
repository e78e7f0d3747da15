/* Just enough of SQL's grammar to find parameters, ends of statements and type words: strings,
 * quoted names and comments are passed over. Comments do not nest; there is no dollar quoting. */
#pragma once

#include <glib.h>

/**
 * sv_sql_translate:
 * @sql: a statement with parameters as ":name"
 * @sign: what the engine puts before a position: '?' or '$'
 * @names: (element-type utf8): filled with the names, each once, by position from 1
 *
 * Returns: new string with every ":name" as "?1" or "$1".
 * Errors: SV_ERROR_USAGE for text that is no statement of the common subset: an unclosed string or
 * comment, or a parameter in an engine's own spelling.
 */
char *sv_sql_translate (const char *sql, char sign, GPtrArray *names, GError **error);

/* How an engine spells a table definition. */
typedef struct {
  const char *const (*types)[2]; /* pairs of words, ended by {NULL}: common, the engine's own */
  const char *table_options;     /* behind the last parenthesis of CREATE TABLE */
} SvSqlDialect;

/**
 * sv_sql_next_statement:
 * @cursor: (inout): into a script; left behind the statement
 * @ret_statement: (out): new string without comments, or NULL at the end of the script
 *
 * Cuts the next statement out of a script and spells it for the engine. Type words are replaced in
 * CREATE and ALTER only, and only in capitals: names of columns are in lower case.
 */
gboolean sv_sql_next_statement (const char **cursor, const SvSqlDialect *dialect,
                                char **ret_statement, GError **error);
