/* Relations between Debian packages: "a (>= 1) | b, c:any". */
#pragma once

#include "pkg/pkg.h"

typedef enum {
  SV_RELATION_ANY,
  SV_RELATION_LESS,
  SV_RELATION_LESS_EQUAL,
  SV_RELATION_EQUAL,
  SV_RELATION_GREATER_EQUAL,
  SV_RELATION_GREATER
} SvRelation;

typedef struct {
  char *name;
  char *qualifier; /* behind ':': "any", "native" or an architecture; NULL: none */
  gint relation;   /* SvRelation */
  char *version;   /* NULL with SV_RELATION_ANY */
  GBytes *key;
} SvDependency;

/* Alternatives, any of which will do. */
typedef struct {
  char *text;              /* as written, for messages */
  GPtrArray *alternatives; /* SvDependency */
} SvDependencyGroup;

/**
 * sv_dependencies_parse:
 * @text: (nullable) value of a relation field
 *
 * New array of SvDependencyGroup, owned, empty for NULL. A relation that does not parse (a version
 * that is none, an unknown operator) is kept without its version: it never hides the others.
 */
GPtrArray *sv_dependencies_parse (const char *text);

/* True if a package of that name and version key meets the relation; the name is not looked at. */
gboolean sv_dependency_allows (const SvDependency *dependency, GBytes *key);
