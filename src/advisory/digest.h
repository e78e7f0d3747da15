/* One digest for a file, or for a directory of documents. Private to this room. */
#pragma once

#include "base/base.h"

/* New string: SHA-256 in hexadecimal of a file's bytes as they are, or, of a directory, of the
 * names and contents of its documents that end in @suffix (nullable). */
char *sv_digest_path (const char *path, const char *suffix, GError **error);
