/* Sets of packages, named by their content; what an agent and its server call the same thing. */
#pragma once

#include "inventory/facts.h"

#define SV_DIGEST_BYTES 32

/* A SHA-256. */
typedef struct {
  guint8 bytes[SV_DIGEST_BYTES];
} SvDigest;

int sv_digest_compare (const SvDigest *a, const SvDigest *b);
/* New string: 64 hexadecimal digits in lower case; and back. */
char *sv_digest_format (const SvDigest *digest);
gboolean sv_digest_parse (const char *text, SvDigest *ret_digest, GError **error);

/* Of what is the same wherever that very package is installed: name, architecture, version, source,
 * source version, state, module, vendor, origin, ecosystem. Whether it is held or came as a
 * dependency is the host's own, what it needs is in the archives. */
SvDigest sv_package_digest (const SvPackage *package);

/* Packages that are software, each once: (element-type SvDigest), in byte order. */
GArray *sv_package_list_digests (const GPtrArray *packages);

/* The name of the set: of its members' digests in byte order. @digests is sorted, each is in it
 * once. */
SvDigest sv_package_set_digest (const GArray *digests);

/**
 * sv_package_set_diff:
 * @packages: what is installed now
 * @known: (nullable): digests of the set that the other side has, sorted; NULL: it has none
 * @added: (out): packages that @known lacks, lent from @packages, in their order
 * @removed: (out): strings, digests that @packages lack, in byte order
 */
void sv_package_set_diff (const GPtrArray *packages, const GArray *known, GPtrArray **added,
                          GPtrArray **removed);
