/* A set of documents: one file, a directory tree, or an archive (tar with any compression, zip,
 * ar). */
#pragma once

#include "base/stream.h"

/**
 * SvDocumentFunc:
 * @name: path inside the set, data only, never opened
 * @content: this document's bytes, decompressed; valid during the call
 *
 * Returns FALSE with @error set to end the walk.
 */
typedef gboolean (*SvDocumentFunc) (const char *name, SvStream *content, gpointer user_data,
                                    GError **error);

/**
 * sv_documents_foreach:
 * @path: file, directory or archive, told apart by content
 * @suffix: (nullable): only names that end so, without a compression suffix (".json"); a file that
 *          is no archive is taken whatever its name
 *
 * Directory entries come in byte order of their names, archive entries in archive order. Nothing
 * is extracted to disk; entries that are not regular files are passed over, links are not followed,
 * names lose "..", "." and a leading "/". A tar without its end mark is SV_ERROR_INVALID_DATA, a
 * zip entry not deflated or stored SV_ERROR_UNSUPPORTED. Limits: SV_LIMIT_FEED_DOCUMENTS,
 * SV_LIMIT_FEED_BYTES, and those of sv_stream_open per document.
 *
 * An archive is taken apart in a worker (base/worker.h); only a file that is plainly a text is read
 * here. A document that @func leaves early is decoded to its end all the same.
 */
gboolean sv_documents_foreach (const char *path, const char *suffix, SvDocumentFunc func,
                               gpointer user_data, GError **error);

/**
 * sv_documents_foreach_stream:
 * The same over an archive that is itself a stream (borrowed, decompressed already), such as a
 * member of another archive: ar (Debian packages), tar, zip. In this process: for packages that
 * were verified before, and for fuzzers. Errors: SV_ERROR_INVALID_DATA if it is no archive.
 */
gboolean sv_documents_foreach_stream (SvStream *stream, const char *suffix, SvDocumentFunc func,
                                      gpointer user_data, GError **error);
