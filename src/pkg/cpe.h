/* CPE 2.3 names: both bindings (formatted string and the URI of 2.2), and the matching of
 * NISTIR 7696. */
#pragma once

#include "base/base.h"

/* Each attribute as in a formatted string: "*" is ANY, "-" is NA (does not apply), else a value in
 * lower case whose punctuation other than '.', '_' and '-' has a backslash; a '*' or '?' without
 * one is a wildcard. Never NULL in a parsed name. */
typedef struct {
  char *part; /* "a" application, "o" operating system, "h" hardware, "*" or "-" */
  char *vendor;
  char *product;
  char *version;
  char *update;
  char *edition;
  char *language;
  char *sw_edition;
  char *target_sw;
  char *target_hw;
  char *other;
} SvCpe;

extern const SvRecordType sv_cpe_type;

#define SV_CPE_ANY "*"
#define SV_CPE_NA "-"

void sv_cpe_free (SvCpe *cpe);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvCpe, sv_cpe_free)

/**
 * sv_cpe_parse:
 * @text: "cpe:2.3:a:vendor:product:…" or "cpe:/a:vendor:product:…"
 *
 * Attributes that are left out at the end are ANY, also in a formatted string, as os-release files
 * shorten them so; part, vendor and product must be there.
 * Errors: SV_ERROR_INVALID_DATA says what is wrong; SV_ERROR_LIMIT over SV_LIMIT_CPE_BYTES.
 * Source: pitfall 99.
 */
SvCpe *sv_cpe_parse (const char *text, GError **error);

/* New canonical text: as formatted string, and as URI. */
char *sv_cpe_format (const SvCpe *cpe);
char *sv_cpe_format_uri (const SvCpe *cpe);

/* New string "a:vendor:product", by which names are looked up: an application and an operating
 * system of one name are two things. Source: pitfall 98. */
char *sv_cpe_format_key (const SvCpe *cpe);

/* An attribute as plain text without backslashes; NULL if it is ANY or NA: there is no value to
 * compare, and neither means "every version". Source: pitfall 99. */
char *sv_cpe_plain_text (const char *attribute);

typedef enum {
  SV_CPE_UNDEFINED, /* wildcards in the target, or the names overlap only in part */
  SV_CPE_DISJOINT,
  SV_CPE_EQUAL,
  SV_CPE_SUBSET,  /* the source is a part of the target */
  SV_CPE_SUPERSET /* the source has the target inside */
} SvCpeRelation;
extern const char *const sv_cpe_relation_names[]; /* NULL-terminated */

/* Relation of two attributes, and of two whole names (NISTIR 7696, 6.2 and 6.3). */
SvCpeRelation sv_cpe_compare_attributes (const char *source, const char *target);
SvCpeRelation sv_cpe_compare (const SvCpe *source, const SvCpe *target);

/* TRUE if everything that @name stands for is inside @pattern. A name without a version is not
 * inside a pattern that has one. */
gboolean sv_cpe_matches (const SvCpe *pattern, const SvCpe *name);

/* TRUE if @advised, the CPE of a product in an advisory, covers @product, the CPE of a repository
 * or host: like sv_cpe_matches(), but a version covers its minor versions ("4" covers "4.13" and
 * not "40"), as Red Hat's product names are meant. Source: pitfall 74. */
gboolean sv_cpe_covers (const SvCpe *advised, const SvCpe *product);
