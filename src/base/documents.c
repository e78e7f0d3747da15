#include "base/documents.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fts.h>
#include <string.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/stream_private.h"

enum { BLOCK_BYTES = 64 * 1024 };

/* One walk over a set, whatever kind of set it is. */
typedef struct {
  const char *suffix;
  SvDocumentFunc func;
  gpointer user_data;
  guint64 n_entries; /* documents and whatever else the set holds */
  guint64 out_bytes; /* of the documents so far, decompressed */
} Walk;

static gboolean
has_suffix (const char *name, const char *suffix)
{
  static const char *const packed[] = {"", ".gz", ".xz", ".zst", ".bz2", ".lz4", ".lzma"};
  if (suffix == NULL)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (packed); i++) {
    g_autofree char *ending = g_strconcat (suffix, packed[i], NULL);
    if (g_str_has_suffix (name, ending))
      return TRUE;
  }
  return FALSE;
}

static gboolean
count_entry (Walk *walk, const char *set, GError **error)
{
  if (++walk->n_entries <= SV_LIMIT_FEED_DOCUMENTS)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "'%s' holds more than %d documents", set,
               SV_LIMIT_FEED_DOCUMENTS);
  return FALSE;
}

/* @opened is owned, decompressed, and NULL with @error set if that failed. */
static gboolean
give_document (Walk *walk, const char *name, SvStream *opened, GError **error)
{
  g_autoptr (SvStream) content = opened;
  if (content == NULL)
    return FALSE;
  guint64 left = SV_LIMIT_FEED_BYTES - walk->out_bytes;
  sv_stream_set_max_bytes (content, MIN (left, SV_LIMIT_DOCUMENT_BYTES));
  if (!walk->func (name, content, walk->user_data, error))
    return FALSE;
  walk->out_bytes += sv_stream_get_offset (content);
  return TRUE;
}

/* An archive being read; its bytes come from a stream. */
typedef struct {
  SvStream *stream; /* borrowed */
  struct archive *archive;
  guint8 *block;
  guint64 n_zeros;   /* at the end of what was read so far */
  guint64 out_bytes; /* of its entries */
  GError *failure;   /* what the stream said */
} Archive;

static void
archive_clear (Archive *archive)
{
  archive_read_free (archive->archive);
  g_free (archive->block);
  g_clear_error (&archive->failure);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Archive, archive_clear)

static void
count_zeros (Archive *archive, gsize size)
{
  gsize zeros = 0;
  while (zeros < size && archive->block[size - 1 - zeros] == 0)
    zeros++;
  archive->n_zeros = zeros == size ? archive->n_zeros + zeros : zeros;
}

static la_ssize_t
give_block (struct archive *handle, void *data, const void **ret_block)
{
  Archive *archive = data;
  gssize got = archive->failure != NULL ? -1
                                        : sv_stream_read (archive->stream, archive->block,
                                                          BLOCK_BYTES, &archive->failure);
  *ret_block = archive->block;
  if (got > 0)
    count_zeros (archive, (gsize)got);
  return got < 0 ? ARCHIVE_FATAL : got;
}

static gboolean
archive_refuse (Archive *archive, GError **error)
{
  if (archive->failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&archive->failure));
    return FALSE;
  }
  const char *reason = archive_error_string (archive->archive);
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%s' is a broken archive: %s",
               sv_stream_get_name (archive->stream), reason ? reason : "truncated or corrupt");
  return FALSE;
}

/* No filters: the stream decompresses. Zip is read front to back, by its local headers, so that no
 * entry can overlap another. @ret_known is FALSE if the bytes are no archive. */
static gboolean
archive_open (Archive *archive, SvStream *stream, gboolean *ret_known, GError **error)
{
  *archive = (Archive){.stream = stream, .archive = archive_read_new ()};
  archive->block = g_malloc (BLOCK_BYTES);
  archive_read_support_format_tar (archive->archive);
  archive_read_support_format_zip_streamable (archive->archive);
  archive_read_support_format_ar (archive->archive);
  int status = archive_read_open (archive->archive, archive, NULL, give_block, NULL);
  *ret_known = status == ARCHIVE_OK;
  return archive->failure == NULL || archive_refuse (archive, error);
}

static gssize
read_entry (gpointer source, void *buffer, gsize size, GError **error)
{
  Archive *archive = source;
  gssize got = archive_read_data (archive->archive, buffer, size);
  if (got < 0) {
    archive_refuse (archive, error);
    return -1;
  }
  archive->out_bytes += (guint64)got;
  gboolean fair =
      sv_stream_check_expansion (sv_stream_get_name (archive->stream),
                                 sv_stream_get_offset (archive->stream), archive->out_bytes, error);
  return fair ? got : -1;
}

/* Names are only shown and compared, never opened; still they come out as plain relative paths. */
static char *
clean_name (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_auto (GStrv) parts = g_strsplit (valid, "/", -1);
  GString *clean = g_string_new (NULL);
  for (gsize i = 0; parts[i] != NULL; i++) {
    if (parts[i][0] == '\0' || g_str_equal (parts[i], ".") || g_str_equal (parts[i], ".."))
      continue;
    if (clean->len > 0)
      g_string_append_c (clean, '/');
    g_string_append (clean, parts[i]);
  }
  return g_string_free (clean, FALSE);
}

static const char *
entry_name (struct archive_entry *entry)
{
  const char *name = archive_entry_pathname_utf8 (entry);
  if (name == NULL)
    name = archive_entry_pathname (entry);
  return name != NULL ? name : "";
}

/* libarchive sets no memory limit on the rare methods of zip, some of which take gigabytes. */
static gboolean
check_method (Archive *archive, GError **error)
{
  const char *format = archive_format_name (archive->archive);
  if ((archive_format (archive->archive) & ARCHIVE_FORMAT_BASE_MASK) != ARCHIVE_FORMAT_ZIP ||
      strstr (format, "(deflation)") != NULL || strstr (format, "(uncompressed)") != NULL)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_UNSUPPORTED,
               "'%s' uses another compression than deflate: %s",
               sv_stream_get_name (archive->stream), format);
  return FALSE;
}

static gboolean
give_entry (Walk *walk, Archive *archive, struct archive_entry *entry, GError **error)
{
  const char *set = sv_stream_get_name (archive->stream);
  const char *raw_name = entry_name (entry);
  if (strlen (raw_name) > SV_LIMIT_PATH_BYTES) {
    g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "'%s' holds a name longer than %d bytes", set,
                 SV_LIMIT_PATH_BYTES);
    return FALSE;
  }
  g_autofree char *name = clean_name (raw_name);
  gboolean plain =
      archive_entry_filetype (entry) == AE_IFREG && archive_entry_hardlink (entry) == NULL;
  if (!plain || name[0] == '\0' || !has_suffix (name, walk->suffix))
    return TRUE;
  if (!check_method (archive, error))
    return FALSE;
  g_autofree char *title = g_strdup_printf ("%s/%s", set, name);
  SvStream *raw = sv_stream_new (title, read_entry, archive, NULL, SV_LIMIT_DOCUMENT_BYTES);
  return give_document (walk, name, sv_stream_decompress (raw, error), error);
}

/* Behind the last entry: the rest is read too, for the checksums of the compression around it, and
 * a tar that lost its end (two blocks of zeros; one is often all) is told from a whole one. */
static gboolean
archive_end (Archive *archive, GError **error)
{
  for (gssize got = 1; got > 0;) {
    got = sv_stream_read (archive->stream, archive->block, BLOCK_BYTES, error);
    if (got < 0)
      return FALSE;
    count_zeros (archive, (gsize)got);
  }
  int format = archive_format (archive->archive) & ARCHIVE_FORMAT_BASE_MASK;
  if (format != ARCHIVE_FORMAT_TAR || archive->n_zeros >= 512)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%s' is a truncated archive: no end mark",
               sv_stream_get_name (archive->stream));
  return FALSE;
}

static gboolean
walk_archive (Walk *walk, Archive *archive, GError **error)
{
  struct archive_entry *entry;
  int status;
  while ((status = archive_read_next_header (archive->archive, &entry)) == ARCHIVE_OK ||
         status == ARCHIVE_WARN) {
    if (!count_entry (walk, sv_stream_get_name (archive->stream), error) ||
        !give_entry (walk, archive, entry, error))
      return FALSE;
  }
  return status == ARCHIVE_EOF ? archive_end (archive, error) : archive_refuse (archive, error);
}

gboolean
sv_documents_foreach_stream (SvStream *stream, const char *suffix, SvDocumentFunc func,
                             gpointer user_data, GError **error)
{
  Walk walk = {.suffix = suffix, .func = func, .user_data = user_data};
  g_auto (Archive) archive = {0};
  gboolean known;
  if (!archive_open (&archive, stream, &known, error))
    return FALSE;
  return known ? walk_archive (&walk, &archive, error) : archive_refuse (&archive, error);
}

/* @ret_known is FALSE if the file is no archive. */
static gboolean
try_archive (Walk *walk, const char *path, gboolean *ret_known, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_decode_fd (path, SV_WORKER_INPUT, error);
  if (stream == NULL)
    return FALSE;
  sv_stream_set_max_bytes (stream, SV_LIMIT_FEED_BYTES);
  g_auto (Archive) archive = {0};
  if (!archive_open (&archive, stream, ret_known, error))
    return FALSE;
  return !*ret_known || walk_archive (walk, &archive, error);
}

typedef struct {
  const char *path;
  const char *suffix;
  const char *base_name; /* of the document, if the file is no archive */
} Task;

static gboolean
send_document (const char *name, SvStream *content, gpointer output, GError **error)
{
  return sv_stream_send (content, name, output, error);
}

/* In the child: the same walk, whose documents go to the parent. */
static gboolean
decode_set (SvWorkerOutput *output, gpointer user_data, GError **error)
{
  const Task *task = user_data;
  Walk walk = {.suffix = task->suffix, .func = send_document, .user_data = output};
  gboolean known;
  if (!try_archive (&walk, task->path, &known, error))
    return FALSE;
  return known || give_document (&walk, task->base_name,
                                 sv_stream_decode_fd (task->path, SV_WORKER_INPUT, error), error);
}

/* In the parent: what the child sends, within the limits all the same. */
static gboolean
walk_worker (Walk *walk, const char *path, SvWorker *worker, GError **error)
{
  const char *raw_name;
  while (sv_worker_next (worker, &raw_name, error)) {
    if (raw_name == NULL)
      return TRUE;
    g_autofree char *name = clean_name (raw_name);
    g_autofree char *title = g_strdup_printf ("%s/%s", path, name);
    SvStream *content =
        sv_stream_new (title, sv_worker_read, worker, NULL, SV_LIMIT_DOCUMENT_BYTES);
    if (!count_entry (walk, path, error) || !give_document (walk, name, content, error))
      return FALSE;
  }
  return FALSE;
}

/* Archives begin with their magic, or (tar) with a header that is full of NULs. A text is neither.
 */
static gboolean
is_text (const SvStreamHead *head)
{
  const char *bytes = (const char *)head->bytes;
  return !sv_stream_is_packed (head) && memchr (bytes, '\0', head->size) == NULL &&
         strncmp (bytes, "PK", MIN (head->size, 2)) != 0 &&
         strncmp (bytes, "!<arch>", MIN (head->size, 7)) != 0;
}

static gboolean
walk_file (Walk *walk, const char *path, GError **error)
{
  SvStreamHead head;
  g_auto (SvFd) fd = sv_stream_open_fd (path, &head, error);
  if (fd < 0)
    return FALSE;
  g_autofree char *name = g_path_get_basename (path);
  if (is_text (&head))
    return give_document (walk, name, sv_stream_open (path, error), error);
  Task task = {.path = path, .suffix = walk->suffix, .base_name = name};
  g_autoptr (SvWorker) worker = sv_worker_new (path, fd, decode_set, &task, error);
  return worker != NULL && walk_worker (walk, path, worker, error);
}

static int
compare_names (const FTSENT **a, const FTSENT **b)
{
  return strcmp ((*a)->fts_name, (*b)->fts_name);
}

static void
fts_clear (FTS **fts)
{
  if (*fts != NULL)
    fts_close (*fts);
}

typedef FTS *Tree;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tree, fts_clear)

static gboolean
give_file (Walk *walk, const char *path, const char *name, GError **error)
{
  return !has_suffix (name, walk->suffix) ||
         give_document (walk, name, sv_stream_open (path, error), error);
}

static gboolean
walk_node (Walk *walk, const char *root, const FTSENT *node, GError **error)
{
  switch (node->fts_info) {
  case FTS_F: {
    const char *name = node->fts_path + strlen (root);
    while (*name == '/')
      name++;
    return count_entry (walk, root, error) && give_file (walk, node->fts_path, name, error);
  }
  case FTS_DNR:
  case FTS_ERR:
  case FTS_NS:
    return sv_error_set_errno (error, node->fts_errno, "read", node->fts_path);
  default:
    return TRUE;
  }
}

static gboolean
walk_directory (Walk *walk, const char *path, GError **error)
{
  char *roots[] = {(char *)path, NULL};
  g_auto (Tree) tree = fts_open (roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, compare_names);
  if (tree == NULL)
    return sv_error_set_errno (error, errno, "open", path);
  const FTSENT *node;
  while (errno = 0, (node = fts_read (tree)) != NULL)
    if (!walk_node (walk, path, node, error))
      return FALSE;
  return errno == 0 || sv_error_set_errno (error, errno, "read", path);
}

gboolean
sv_documents_foreach (const char *path, const char *suffix, SvDocumentFunc func, gpointer user_data,
                      GError **error)
{
  Walk walk = {.suffix = suffix, .func = func, .user_data = user_data};
  return g_file_test (path, G_FILE_TEST_IS_DIR) ? walk_directory (&walk, path, error)
                                                : walk_file (&walk, path, error);
}
