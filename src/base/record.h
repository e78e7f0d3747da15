/* One descriptor per struct: JSON in and out, CSV and table columns, row reading and binding, and
 * later the OpenAPI schema all come from it. */
#pragma once

#include "base/json_reader.h"
#include "base/json_writer.h"

typedef enum {
  SV_TYPE_STRING,  /* char *, owned, NULL allowed unless REQUIRED */
  SV_TYPE_INT64,   /* gint64 */
  SV_TYPE_DOUBLE,  /* double; NaN means "not known" and is written as null */
  SV_TYPE_BOOL,    /* gboolean */
  SV_TYPE_INSTANT, /* gint64, microseconds UTC, 0 = not known */
  SV_TYPE_ENUM,    /* gint (an enum from 0), named by SvField.values */
  SV_TYPE_BLOB,    /* GBytes *, owned, may be NULL; hexadecimal in JSON */
  SV_TYPE_STRINGS, /* GPtrArray * of strings, owned; NULL means empty */
  SV_TYPE_RECORD,  /* pointer to a struct of SvField.record, owned, may be NULL */
  SV_TYPE_RECORDS  /* GPtrArray * of such pointers, owned; NULL means empty */
} SvFieldType;

typedef enum {
  SV_FIELD_REQUIRED = 1 << 0, /* must be present in JSON in, never NULL */
  SV_FIELD_WIDE = 1 << 1,     /* a column only with -o wide, JSON and CSV */
  SV_FIELD_HIDDEN = 1 << 2,   /* no column at all: JSON only */
  SV_FIELD_NO_STORE = 1 << 3, /* not a column in the database */
  SV_FIELD_NULLABLE = 1 << 4  /* of an enum: may be -1, not known, which is null in JSON */
} SvFieldFlags;

typedef struct SvRecordType SvRecordType;

typedef struct {
  const char *name; /* of the struct member and the column; see sv_field_get_public_name() */
  SvFieldType type;
  gsize offset;
  guint flags;
  gsize max;                  /* bytes of a string, items of a list; 0 = the limits of the reader */
  const char *const *values;  /* of an enum, NULL-terminated; index is the value */
  const SvRecordType *record; /* of RECORD and RECORDS */
  const char *doc;            /* one sentence, unit included */
} SvField;

struct SvRecordType {
  const char *name; /* "Host" */
  gsize size;       /* sizeof the struct */
  const SvField *fields;
  gsize n_fields;
  const char *doc;
};

#define SV_FIELD(T, member, kind, ...)                                                             \
  {                                                                                                \
    .name = #member, .type = kind, .offset = G_STRUCT_OFFSET (T, member), ##__VA_ARGS__            \
  }
#define SV_RECORD_TYPE(variable, T, public_name, field_table, text)                                \
  const SvRecordType variable = {public_name, sizeof (T), field_table, G_N_ELEMENTS (field_table), \
                                 text}

gpointer sv_record_new (const SvRecordType *type);
void sv_record_free (const SvRecordType *type, gpointer record); /* NULL is fine */
/* Frees what the fields own and zeroes the struct. */
void sv_record_clear (const SvRecordType *type, gpointer record);
gpointer sv_record_copy (const SvRecordType *type, gconstpointer record);
/* Replaces one field of @record, by its name in the struct, by that of @from. */
void sv_record_copy_field (const SvRecordType *type, const char *name, gpointer record,
                           gconstpointer from);
gboolean sv_record_equal (const SvRecordType *type, gconstpointer a, gconstpointer b);

/* The name in JSON, CSV and tables: `name`, without the unit "_us" of an instant, which is written
 * as RFC 3339 there. Lent for ever. */
const char *sv_field_get_public_name (const SvField *field);

/* By the name of the struct member and column. */
const SvField *sv_record_find_field (const SvRecordType *type, const char *name);

/* Writes the record as an object; @key as in sv_json_open_object(). */
void sv_record_write_json (const SvRecordType *type, gconstpointer record, SvJsonWriter *writer,
                           const char *key);

typedef enum {
  SV_RECORD_LENIENT, /* unknown keys are passed over: other people's documents */
  SV_RECORD_STRICT   /* unknown keys are refused, null as list or record of a list: our own API and
                        files */
} SvRecordMode;

/* Reads the next JSON object into @record, which must be zeroed or new. On error @record holds
 * only what may be freed with sv_record_clear(). SV_ERROR_INVALID_DATA says path and reason. */
gboolean sv_record_read_json (const SvRecordType *type, SvJsonReader *reader, SvRecordMode mode,
                              gpointer record, GError **error);

/* New string for a table cell or CSV field: lists joined with ' ', enums by name, nothing for
 * NULL, unknown instants and nested records. */
char *sv_record_format_field (const SvField *field, gconstpointer record);

/* A heading line, and one line per record. */
void sv_record_append_csv_heading (const SvRecordType *type, GString *out);
void sv_record_append_csv (const SvRecordType *type, gconstpointer record, GString *out);

/* Index of @name in @values, or -1. */
int sv_enum_find (const char *const *values, const char *name);
