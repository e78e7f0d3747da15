/* Small documents in fewer bytes, for the store. */
#pragma once

#include <glib.h>

/* New bytes: @data compressed (zlib, RFC 1950). The same data give the same bytes. */
GBytes *sv_bytes_deflate (const void *data, gsize size);

/* Errors: SV_ERROR_INVALID_DATA for what sv_bytes_deflate() never wrote, SV_ERROR_LIMIT for more
 * than @max_bytes of content. */
GBytes *sv_bytes_inflate (const void *data, gsize size, gsize max_bytes, GError **error);
