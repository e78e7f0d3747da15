/* Package URLs (ECMA-427): parse, build, canonical form, with the rules of each type. */
#pragma once

#include "base/base.h"

typedef struct {
  char *type;            /* lower case: "deb", "pypi" */
  char *namespace;       /* decoded, segments joined with '/'; NULL if there is none */
  char *name;            /* decoded, in the type's own spelling */
  char *version;         /* decoded; NULL if there is none */
  GPtrArray *qualifiers; /* "key=value", value decoded, sorted by key; NULL means none */
  char *subpath;         /* decoded, segments joined with '/'; NULL if there is none */
} SvPurl;

extern const SvRecordType sv_purl_type;

void sv_purl_free (SvPurl *purl);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvPurl, sv_purl_free)

/**
 * sv_purl_parse:
 * @text: "pkg:type/namespace/name@version?qualifiers#subpath"
 *
 * Components come out decoded and normalised by the rules of their type; a type that is not
 * registered follows the general rules. Versions are opaque and never required, as advisories name
 * packages without one. Nothing is guessed: unencoded separators where they mean nothing, broken
 * percent signs, bytes that are no UTF-8, and a key given twice are refused.
 * Errors: SV_ERROR_INVALID_DATA says what is wrong; SV_ERROR_LIMIT over SV_LIMIT_PURL_BYTES.
 */
SvPurl *sv_purl_parse (const char *text, GError **error);

/**
 * sv_purl_build:
 * @purl: components as they come, normalised here; qualifiers in any order
 *
 * Returns the canonical text of @purl. Errors: as sv_purl_parse().
 */
char *sv_purl_build (const SvPurl *purl, GError **error);

/**
 * sv_purl_canonicalize:
 *
 * What `salve purl` prints for a line: equal packages have equal canonical text. Repairs also what
 * sv_purl_parse() refuses for a few types (qualifier keys of gems in upper case).
 */
char *sv_purl_canonicalize (const char *text, GError **error);

/* Value of a qualifier, or NULL. Lent. */
const char *sv_purl_find_qualifier (const SvPurl *purl, const char *key);
