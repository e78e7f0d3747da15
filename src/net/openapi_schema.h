/* JSON Schema (2020-12) of records and parameters. Private to this room. */
#pragma once

#include "net/route.h"

typedef enum {
  SV_SCHEMA_ANSWER,  /* every member is there, unknown ones may come with newer versions */
  SV_SCHEMA_INPUT,   /* what must be there is; nothing else may */
  SV_SCHEMA_TOLERANT /* likewise, but anything else is passed over (SV_ROUTE_TOLERANT) */
} SvSchemaUse;

/* The types that a document refers to, each with its uses, by the name of its component. */
typedef struct {
  GPtrArray *names; /* in order of first mention */
  GPtrArray *types; /* const SvRecordType * */
  GArray *uses;     /* SvSchemaUse */
} SvSchemas;
void sv_schemas_init (SvSchemas *schemas);
void sv_schemas_clear (SvSchemas *schemas);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvSchemas, sv_schemas_clear)

/* Notes @type and writes {"$ref": …}, as member @key or (NULL) as an item. */
void sv_schemas_write_ref (SvSchemas *schemas, SvJsonWriter *writer, const char *key,
                           const SvRecordType *type, SvSchemaUse use);
/* Notes @type and whatever it is made of. */
void sv_schemas_note (SvSchemas *schemas, const SvRecordType *type, SvSchemaUse use);
/* One member for each noted type. */
void sv_schemas_write (SvSchemas *schemas, SvJsonWriter *writer);

/* Writes the schema of a parameter as member "schema". */
void sv_schema_write_param (SvJsonWriter *writer, const SvParam *param);
