/* A bounded pull reader for JSON (RFC 8259): memory is bounded by the largest single string, not
 * by the document. Strict: no comments, no trailing commas, valid UTF-8 only, no lone surrogates,
 * no duplicate keys in one object, one value per document, nothing behind it but white space. */
#pragma once

#include "base/stream.h"

typedef struct SvJsonReader SvJsonReader;

typedef enum {
  SV_JSON_ERROR,
  SV_JSON_END, /* behind the document's one value */
  SV_JSON_OBJECT_BEGIN,
  SV_JSON_OBJECT_END,
  SV_JSON_ARRAY_BEGIN,
  SV_JSON_ARRAY_END,
  SV_JSON_KEY,
  SV_JSON_STRING,
  SV_JSON_NUMBER, /* its text is the literal; nothing is rounded */
  SV_JSON_TRUE,
  SV_JSON_FALSE,
  SV_JSON_NULL
} SvJsonToken;

/* @stream is borrowed. */
SvJsonReader *sv_json_reader_new (SvStream *stream);
void sv_json_reader_free (SvJsonReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvJsonReader, sv_json_reader_free)

/* Changes what is otherwise SV_LIMIT_JSON_*: for API bodies and tests. 0 keeps a limit. */
void sv_json_reader_set_limits (SvJsonReader *reader, guint depth, gsize string_bytes,
                                guint64 members);

/* The next token. After SV_JSON_ERROR the reader gives only that error again. Errors say the line,
 * the byte offset and the path ("$.vulnerabilities[3].cveID"). */
SvJsonToken sv_json_next (SvJsonReader *reader, GError **error);

/* The token that the next sv_json_next() will give, without taking it. */
SvJsonToken sv_json_peek (SvJsonReader *reader, GError **error);

/* Text of the current KEY, STRING or NUMBER: unescaped UTF-8 with a NUL behind it, which may also
 * hold NUL bytes inside (then @ret_length, which may be NULL, is what counts). Lent until the next
 * token. */
const char *sv_json_get_text (const SvJsonReader *reader, gsize *ret_length);

/* Where the reader stands, for messages: new string, "$.a[2].b". */
char *sv_json_reader_dup_path (const SvJsonReader *reader);

/* The same with document, line and byte in front, as in the reader's own errors. */
char *sv_json_reader_dup_place (const SvJsonReader *reader);

/* Takes the whole next value, whatever it is. */
gboolean sv_json_skip (SvJsonReader *reader, GError **error);

/* Objects and arrays open now. To pass over a record whose reading stopped half-way, unwind to the
 * depth at which it began: takes tokens until that depth is reached again. */
guint sv_json_get_depth (const SvJsonReader *reader);
gboolean sv_json_unwind (SvJsonReader *reader, guint depth, GError **error);

/* Typed reads of the next value. Another type is SV_ERROR_INVALID_DATA that says path and types,
 * and the value is not taken. `null` reads as NULL / is refused by the others. A string with a NUL
 * character, a number that does not fit, and a fraction read as int64 are refused too. */
gboolean sv_json_read_string (SvJsonReader *reader, char **ret_text, GError **error);
gboolean sv_json_read_int64 (SvJsonReader *reader, gint64 *ret_value, GError **error);
gboolean sv_json_read_double (SvJsonReader *reader, double *ret_value, GError **error);
gboolean sv_json_read_bool (SvJsonReader *reader, gboolean *ret_value, GError **error);
/* An array of strings, appended to @list. `null` is an empty array. */
gboolean sv_json_read_strings (SvJsonReader *reader, GPtrArray *list, GError **error);

/* One member of an object, or one element of an array: must take exactly one value. */
typedef gboolean (*SvJsonRead) (SvJsonReader *reader, gpointer user_data, GError **error);
typedef gboolean (*SvJsonReadMember) (SvJsonReader *reader, const char *key, gpointer user_data,
                                      GError **error);

typedef struct {
  const char *key;
  SvJsonRead read;
} SvJsonMember;

/* Reads an object by a table of its members; keys that the table lacks are passed over. `null` is
 * an empty object. */
gboolean sv_json_read_object (SvJsonReader *reader, const SvJsonMember *members, gsize n_members,
                              gpointer user_data, GError **error);

/* Reads an object whose keys are data: @read is called with each key (lent for the call). */
gboolean sv_json_read_map (SvJsonReader *reader, SvJsonReadMember read, gpointer user_data,
                           GError **error);

/* Reads an array, calling @read for each element. `null` is an empty array. */
gboolean sv_json_read_array (SvJsonReader *reader, SvJsonRead read, gpointer user_data,
                             GError **error);
