/* Sets of packages, named by their content; what an agent and its server call the same thing. */
#pragma once

#include "inventory/facts.h"

#define SV_DIGEST_BYTES 32

/* A SHA-256. */
typedef struct {
  guint8 bytes[SV_DIGEST_BYTES];
} SvDigest;

SvDigest sv_digest_of (const void *data, gsize size);
int sv_digest_compare (const SvDigest *a, const SvDigest *b);
/* New string: 64 hexadecimal digits in lower case; and back. */
char *sv_digest_format (const SvDigest *digest);
gboolean sv_digest_parse (const char *text, SvDigest *ret_digest, GError **error);

/* Of what is the same wherever that very package is installed: name, architecture, version, source,
 * source version, state, module, vendor, origin, ecosystem. Whether it is held or came as a
 * dependency is the host's own, what it needs is in the archives. */
SvDigest sv_package_digest (const SvPackage *package);

/* (element-type SvDigest): of each of @packages, in their order. */
GArray *sv_package_digest_each (const GPtrArray *packages);

/* What only its configuration is left of is no software. */
static inline gboolean
sv_package_is_software (const SvPackage *package)
{
  return package->state != SV_PACKAGE_CONFIG_FILES;
}

/* Packages that are software, each once: (element-type SvDigest), in byte order. */
GArray *sv_package_list_digests (const GPtrArray *packages);

/* The name of the set: of its members' digests in byte order. @digests is sorted, each is in it
 * once. */
SvDigest sv_package_set_digest (const GArray *digests);

/* How a set differs from the one that the other side has. */
typedef struct {
  SvDigest set;       /* its own name */
  GPtrArray *added;   /* SvPackage that the other lacks, lent, in the order of the inventory */
  GPtrArray *removed; /* strings: digests that only the other has, in byte order */
} SvPackageDelta;

void sv_package_delta_clear (SvPackageDelta *delta);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvPackageDelta, sv_package_delta_clear)

/**
 * sv_package_set_diff:
 * @packages: what is installed now
 * @known: (nullable): digests of the set that the other side has, sorted; NULL: it has none
 */
void sv_package_set_diff (const GPtrArray *packages, const GArray *known,
                          SvPackageDelta *ret_delta);
