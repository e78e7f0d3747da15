/* JSON out: compact or indented, always valid UTF-8, nesting checked by assertion. */
#pragma once

#include <glib.h>

typedef struct SvJsonWriter SvJsonWriter;

/* Appends to @out, which is borrowed. @indent 0 writes one line. */
SvJsonWriter *sv_json_writer_new (GString *out, guint indent);
void sv_json_writer_free (SvJsonWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvJsonWriter, sv_json_writer_free)

/* Takes what is written so far; FALSE ends the taking, sv_json_writer_finish() then says why. */
typedef gboolean (*SvJsonSink) (const char *text, gsize size, GError **error);

/* From now on @sink takes the text whenever a good piece of it is there, so that a large document
 * never stands in memory whole. Nothing but the writer may then look into its string. */
void sv_json_writer_set_sink (SvJsonWriter *writer, SvJsonSink sink);

/* Gives the rest, with a newline, to the sink. FALSE if it ever failed. */
gboolean sv_json_writer_finish (SvJsonWriter *writer, GError **error);

/* @key is NULL inside an array and at the top. */
void sv_json_open_object (SvJsonWriter *writer, const char *key);
void sv_json_open_array (SvJsonWriter *writer, const char *key);
void sv_json_close (SvJsonWriter *writer); /* the innermost open object or array */

/* NULL @text writes null. Bytes that are no UTF-8 become U+FFFD. */
void sv_json_add_string (SvJsonWriter *writer, const char *key, const char *text);
void sv_json_add_int64 (SvJsonWriter *writer, const char *key, gint64 value);
void sv_json_add_double (SvJsonWriter *writer, const char *key, double value);
void sv_json_add_bool (SvJsonWriter *writer, const char *key, gboolean value);
void sv_json_add_null (SvJsonWriter *writer, const char *key);
/* @list holds strings; NULL writes []. */
void sv_json_add_strings (SvJsonWriter *writer, const char *key, const GPtrArray *list);
/* Instants are RFC 3339 in UTC; 0 or less writes null. */
void sv_json_add_instant (SvJsonWriter *writer, const char *key, gint64 instant_us);
