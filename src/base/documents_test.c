#include "base/base.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef int (*SetFormat) (struct archive *archive);

typedef struct {
  const char *name;
  const char *content; /* NULL for what is no regular file */
  guint type;
  const char *link; /* symbolic, or hard for a regular file */
} Entry;

static la_ssize_t
keep (struct archive *archive, void *data, const void *block, size_t size)
{
  g_byte_array_append (data, block, (guint)size);
  return (la_ssize_t)size;
}

static void
write_entry (struct archive *archive, const Entry *row)
{
  struct archive_entry *entry = archive_entry_new ();
  gsize size = row->content != NULL ? strlen (row->content) : 0;
  archive_entry_set_pathname (entry, row->name);
  archive_entry_set_filetype (entry, row->type);
  archive_entry_set_perm (entry, 0644);
  archive_entry_set_size (entry, (la_int64_t)size);
  if (row->link != NULL && row->type == AE_IFLNK)
    archive_entry_set_symlink (entry, row->link);
  else if (row->link != NULL)
    archive_entry_set_hardlink (entry, row->link);
  g_assert_cmpint (archive_write_header (archive, entry), ==, ARCHIVE_OK);
  if (size > 0)
    g_assert_cmpint (archive_write_data (archive, row->content, size), ==, (gssize)size);
  archive_entry_free (entry);
}

static GByteArray *
pack (SetFormat set_format, int filter, const Entry *entries, gsize n_entries)
{
  GByteArray *out = g_byte_array_new ();
  struct archive *archive = archive_write_new ();
  g_assert_cmpint (set_format (archive), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_add_filter (archive, filter), ==, ARCHIVE_OK);
  archive_write_set_bytes_in_last_block (archive, 1);
  g_assert_cmpint (archive_write_open (archive, out, NULL, keep, NULL), ==, ARCHIVE_OK);
  for (gsize i = 0; i < n_entries; i++)
    write_entry (archive, &entries[i]);
  g_assert_cmpint (archive_write_close (archive), ==, ARCHIVE_OK);
  archive_write_free (archive);
  return out;
}

static gboolean
note_document (const char *name, SvStream *content, gpointer user_data, GError **error)
{
  g_autoptr (GBytes) bytes = sv_stream_read_all (content, 1 << 20, error);
  if (bytes == NULL)
    return FALSE;
  g_string_append_printf (user_data, "%s=%s\n", name, (const char *)g_bytes_get_data (bytes, NULL));
  return TRUE;
}

static void
assert_walk (const char *path, const char *suffix, const char *expected)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_assert_true (sv_documents_foreach (path, suffix, note_document, seen, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (seen->str, ==, expected);
}

static void
assert_walk_refused (const char *path, SvError code)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_assert_false (sv_documents_foreach (path, NULL, note_document, seen, &error));
  g_assert_error (error, SV_ERROR, (int)code);
}

typedef struct {
  char *directory;
  char *path; /* of one file in it */
} Place;

static void
place_init (Place *place, gconstpointer data)
{
  place->directory = g_dir_make_tmp ("sv-documents-XXXXXX", NULL);
  place->path = g_build_filename (place->directory, "set", NULL);
}

static void
remove_tree (const char *path)
{
  GDir *directory = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    remove_tree (child);
  }
  g_clear_pointer (&directory, g_dir_close);
  g_remove (path);
}

static void
place_clear (Place *place, gconstpointer data)
{
  remove_tree (place->directory);
  g_free (place->directory);
  g_free (place->path);
}

static void
put (const char *path, const void *data, gsize size)
{
  g_assert_true (g_file_set_contents (path, data, (gssize)size, NULL));
}

static void
put_in (const Place *place, const char *name, const char *content)
{
  g_autofree char *path = g_build_filename (place->directory, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  put (path, content, strlen (content));
}

static const Entry two[] = {{"./b/two.json", "2", AE_IFREG}, {"one.json", "1", AE_IFREG}};

static void
test_archives (Place *place, gconstpointer data)
{
  static const struct {
    SetFormat format;
    int filter;
    const char *expected;
  } kinds[] = {
      {archive_write_set_format_ustar, ARCHIVE_FILTER_NONE, "b/two.json=2\none.json=1\n"},
      {archive_write_set_format_pax, ARCHIVE_FILTER_GZIP, "b/two.json=2\none.json=1\n"},
      {archive_write_set_format_gnutar, ARCHIVE_FILTER_ZSTD, "b/two.json=2\none.json=1\n"},
      {archive_write_set_format_v7tar, ARCHIVE_FILTER_XZ, "b/two.json=2\none.json=1\n"},
      {archive_write_set_format_pax, ARCHIVE_FILTER_BZIP2, "b/two.json=2\none.json=1\n"},
      {archive_write_set_format_zip, ARCHIVE_FILTER_NONE, "b/two.json=2\none.json=1\n"},
      {archive_write_set_format_ar_bsd, ARCHIVE_FILTER_NONE, "two.json=2\none.json=1\n"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autoptr (GByteArray) packed = pack (kinds[i].format, kinds[i].filter, two, 2);
    put (place->path, packed->data, packed->len);
    assert_walk (place->path, NULL, kinds[i].expected);
  }
}

static void
test_single_file (Place *place, gconstpointer data)
{
  put (place->path, "{}", 2);
  assert_walk (place->path, ".json", "set={}\n");
  put (place->path, "", 0);
  assert_walk (place->path, NULL, "set=\n");
  g_autofree char *absent = g_build_filename (place->directory, "absent", NULL);
  assert_walk_refused (absent, SV_ERROR_NOT_FOUND);
}

static void
test_directory (Place *place, gconstpointer data)
{
  put_in (place, "b.json", "B");
  put_in (place, "a/z.json", "Z");
  put_in (place, "a/B.json", "AB");
  put_in (place, "notes.txt", "N");
  g_autofree char *link = g_build_filename (place->directory, "link.json", NULL);
  g_assert_cmpint (symlink ("/etc/passwd", link), ==, 0);
  assert_walk (place->directory, ".json", "a/B.json=AB\na/z.json=Z\nb.json=B\n");
  assert_walk (place->directory, NULL, "a/B.json=AB\na/z.json=Z\nb.json=B\nnotes.txt=N\n");
}

/* Documents inside may be compressed one by one; the suffix looks behind that. */
static void
test_compressed_documents (Place *place, gconstpointer data)
{
  static const Entry inner = {"x", "inner text", AE_IFREG};
  g_autoptr (GByteArray) gz = pack (archive_write_set_format_raw, ARCHIVE_FILTER_GZIP, &inner, 1);
  g_autofree char *path = g_build_filename (place->directory, "a.json.gz", NULL);
  put (path, gz->data, gz->len);
  put_in (place, "b.json.txt", "no");
  assert_walk (place->directory, ".json", "a.json.gz=inner text\n");
}

static void
test_nested_compression_opens_once (Place *place, gconstpointer data)
{
  static const Entry inner = {"x", "deep", AE_IFREG};
  g_autoptr (GByteArray) once = pack (archive_write_set_format_raw, ARCHIVE_FILTER_GZIP, &inner, 1);
  g_autofree char *gz_path = g_build_filename (place->directory, "twice.gz", NULL);
  struct archive *archive = archive_write_new ();
  struct archive_entry *entry = archive_entry_new ();
  archive_write_set_format_raw (archive);
  archive_write_add_filter_gzip (archive);
  archive_entry_set_pathname (entry, "x");
  archive_entry_set_filetype (entry, AE_IFREG);
  g_assert_cmpint (archive_write_open_filename (archive, gz_path), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_header (archive, entry), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_data (archive, once->data, once->len), ==, once->len);
  archive_entry_free (entry);
  archive_write_free (archive);

  g_autoptr (GString) seen = g_string_new (NULL);
  g_assert_true (sv_documents_foreach (place->directory, NULL, note_document, seen, NULL));
  g_assert_true (g_str_has_prefix (seen->str, "twice.gz=\x1f\x8b"));
}

/* promise S42: names are data, links and devices are passed over. */
static void
test_hostile_entries (Place *place, gconstpointer data)
{
  static const Entry entries[] = {
      {"../../etc/cron.d/x", "up", AE_IFREG},
      {"/etc/shadow", "absolute", AE_IFREG},
      {"a/../../b", "middle", AE_IFREG},
      {"..", "dots", AE_IFREG},
      {"link", NULL, AE_IFLNK, "/etc"},
      {"link/passwd", "behind link", AE_IFREG},
      {"hard", NULL, AE_IFREG, "/etc/passwd"},
      {"device", NULL, AE_IFCHR},
      {"fifo", NULL, AE_IFIFO},
      {"dir/", NULL, AE_IFDIR},
      {"back\\slash", "backslash", AE_IFREG},
      {"Twin", "1", AE_IFREG},
      {"twin", "2", AE_IFREG},
      {"bad\xff\xfeutf8", "bytes", AE_IFREG},
  };
  g_autoptr (GByteArray) packed =
      pack (archive_write_set_format_gnutar, ARCHIVE_FILTER_NONE, entries, G_N_ELEMENTS (entries));
  put (place->path, packed->data, packed->len);
  assert_walk (place->path, NULL,
               "etc/cron.d/x=up\netc/shadow=absolute\na/b=middle\nlink/passwd=behind link\n"
               "back\\slash=backslash\nTwin=1\ntwin=2\nbad\xef\xbf\xbd\xef\xbf\xbdutf8=bytes\n");
}

static void
test_long_name (Place *place, gconstpointer data)
{
  g_autofree char *name = g_strnfill (65536, 'n');
  Entry entry = {name, "x", AE_IFREG};
  g_autoptr (GByteArray) packed =
      pack (archive_write_set_format_gnutar, ARCHIVE_FILTER_NONE, &entry, 1);
  put (place->path, packed->data, packed->len);
  assert_walk_refused (place->path, SV_ERROR_LIMIT);
}

/* Cut anywhere: refused. Cut inside the first header, the file is no archive but a document. */
static void
test_truncated (Place *place, gconstpointer data)
{
  static const struct {
    SetFormat format;
    int filter;
    gsize begin, step;
  } kinds[] = {{archive_write_set_format_gnutar, ARCHIVE_FILTER_NONE, 512, 128},
               {archive_write_set_format_gnutar, ARCHIVE_FILTER_GZIP, 2, 1},
               {archive_write_set_format_zip, ARCHIVE_FILTER_NONE, 40, 1}};
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autoptr (GByteArray) packed = pack (kinds[i].format, kinds[i].filter, two, 2);
    gsize end = packed->len;
    if (kinds[i].filter == ARCHIVE_FILTER_NONE)
      while (end > 0 && packed->data[end - 1] == 0)
        end--;
    if (kinds[i].format == archive_write_set_format_zip)
      end = (gsize)((guint8 *)memmem (packed->data, packed->len, "PK\001\002", 4) - packed->data);
    for (gsize size = kinds[i].begin; size < end; size += kinds[i].step) {
      put (place->path, packed->data, size);
      assert_walk_refused (place->path, SV_ERROR_INVALID_DATA);
    }
  }
}

static void
test_corrupt_zip (Place *place, gconstpointer data)
{
  g_autoptr (GByteArray) packed = pack (archive_write_set_format_zip, ARCHIVE_FILTER_NONE, two, 2);
  guint begin = 30u + packed->data[26] + packed->data[28]; /* header, name, extra fields */
  packed->data[begin] ^= 8;                                /* in the deflated bytes */
  put (place->path, packed->data, packed->len);
  assert_walk_refused (place->path, SV_ERROR_INVALID_DATA);
}

/* The compression method of the first local header becomes 14, which is lzma. */
static void
test_zip_other_method (Place *place, gconstpointer data)
{
  g_autoptr (GByteArray) packed = pack (archive_write_set_format_zip, ARCHIVE_FILTER_NONE, two, 2);
  packed->data[8] = 14;
  put (place->path, packed->data, packed->len);
  assert_walk_refused (place->path, SV_ERROR_UNSUPPORTED);
}

/* Holes cost nothing to store: 1 TiB of them is stopped by the ratio. */
static void
test_sparse_bomb (Place *place, gconstpointer data)
{
  GByteArray *out = g_byte_array_new ();
  struct archive *archive = archive_write_new ();
  struct archive_entry *entry = archive_entry_new ();
  archive_write_set_format_pax (archive);
  archive_entry_set_pathname (entry, "holes");
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_size (entry, G_GINT64_CONSTANT (1) << 40);
  archive_entry_sparse_add_entry (entry, 0, 1);
  g_assert_cmpint (archive_write_open (archive, out, NULL, keep, NULL), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_header (archive, entry), ==, ARCHIVE_OK);
  archive_entry_free (entry);
  archive_write_data (archive, "x", 1);
  archive_write_free (archive);
  put (place->path, out->data, out->len);
  g_byte_array_unref (out);
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) seen = g_string_new (NULL);
  g_assert_false (sv_documents_foreach (place->path, NULL, note_document, seen, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_LIMIT);
}

static gboolean
drain_document (const char *name, SvStream *content, gpointer user_data, GError **error)
{
  *(guint *)user_data += 1;
  return sv_stream_drain (content, error);
}

/* Many names for one file's data: front to back there is nothing to overlap. The central directory
 * is written twice; the data still comes out once. */
static void
test_overlapping_zip (Place *place, gconstpointer data)
{
  g_autoptr (GByteArray) packed = pack (archive_write_set_format_zip, ARCHIVE_FILTER_NONE, two, 2);
  const guint8 *directory = memmem (packed->data, packed->len, "PK\001\002", 4);
  gsize begin = (gsize)(directory - packed->data);
  g_autoptr (GByteArray) twice = g_byte_array_new ();
  g_byte_array_append (twice, packed->data, (guint)begin);
  for (guint i = 0; i < 2; i++)
    g_byte_array_append (twice, packed->data + begin, packed->len - (guint)begin);
  put (place->path, twice->data, twice->len);
  guint n = 0;
  g_assert_true (sv_documents_foreach (place->path, NULL, drain_document, &n, NULL));
  g_assert_cmpuint (n, ==, 2);
}

static gboolean
stop_at_first (const char *name, SvStream *content, gpointer user_data, GError **error)
{
  *(guint *)user_data += 1;
  g_set_error (error, SV_ERROR, SV_ERROR_STALE, "enough");
  return FALSE;
}

static void
test_function_stops (Place *place, gconstpointer data)
{
  g_autoptr (GByteArray) packed =
      pack (archive_write_set_format_gnutar, ARCHIVE_FILTER_GZIP, two, 2);
  put (place->path, packed->data, packed->len);
  guint n = 0;
  g_autoptr (GError) error = NULL;
  g_assert_false (sv_documents_foreach (place->path, NULL, stop_at_first, &n, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_STALE);
  g_assert_cmpuint (n, ==, 1);
}

static gboolean
open_member (const char *name, SvStream *content, gpointer user_data, GError **error)
{
  if (!g_str_has_prefix (name, "data.tar"))
    return TRUE;
  return sv_documents_foreach_stream (content, NULL, note_document, user_data, error);
}

/* A Debian package: ar, with a compressed tar inside. */
static void
test_package (Place *place, gconstpointer data)
{
  static const Entry files[] = {{"./usr/share/doc/p/changelog", "p (1) unstable", AE_IFREG}};
  g_autoptr (GByteArray) tar =
      pack (archive_write_set_format_gnutar, ARCHIVE_FILTER_NONE, files, 1);
  g_autofree char *inner_path = g_build_filename (place->directory, "inner", NULL);
  put (inner_path, tar->data, tar->len);

  GByteArray *deb = g_byte_array_new ();
  struct archive *archive = archive_write_new ();
  archive_write_set_format_ar_bsd (archive);
  archive_write_set_bytes_in_last_block (archive, 1);
  archive_write_open (archive, deb, NULL, keep, NULL);
  struct archive_entry *entry = archive_entry_new ();
  archive_entry_set_pathname (entry, "data.tar");
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_size (entry, tar->len);
  archive_write_header (archive, entry);
  archive_write_data (archive, tar->data, tar->len);
  archive_entry_free (entry);
  archive_write_free (archive);

  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SvStream) stream = sv_stream_new_memory ("p.deb", deb->data, deb->len);
  g_assert_true (sv_documents_foreach_stream (stream, NULL, open_member, seen, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (seen->str, ==, "usr/share/doc/p/changelog=p (1) unstable\n");
  g_byte_array_unref (deb);

  g_autoptr (SvStream) plain = sv_stream_new_memory ("plain", "no archive", 10);
  g_assert_false (sv_documents_foreach_stream (plain, NULL, open_member, seen, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
}

/* Every JSON document of the real set is taken, and nothing else. */
static gboolean
read_json (const char *name, SvStream *content, gpointer user_data, GError **error)
{
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (content);
  *(guint *)user_data += 1;
  return sv_json_skip (reader, error) && sv_json_next (reader, error) == SV_JSON_END;
}

static void
test_real_set (Place *place, gconstpointer data)
{
  const char *root = g_getenv ("SALVE_TEST_DATA");
  g_autofree char *path = g_build_filename (root != NULL ? root : "", "vulnrichment",
                                            "vulnrichment-cve5-full70.tar.zst", NULL);
  if (root == NULL || !g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_test_skip ("vulnrichment data absent");
    return;
  }
  guint n = 0;
  g_autoptr (GError) error = NULL;
  gint64 begin_us = g_get_monotonic_time ();
  g_assert_true (sv_documents_foreach (path, ".json", read_json, &n, &error));
  g_assert_no_error (error);
  g_test_message ("%u documents in %" G_GINT64_FORMAT " us", n, g_get_monotonic_time () - begin_us);
  g_assert_cmpuint (n, >, 1000);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Place *place, gconstpointer data);
  } tests[] = {
      {"/documents/archives", test_archives},
      {"/documents/single-file", test_single_file},
      {"/documents/directory", test_directory},
      {"/documents/compressed-documents", test_compressed_documents},
      {"/documents/nested-compression-opens-once", test_nested_compression_opens_once},
      {"/documents/hostile-entries", test_hostile_entries},
      {"/documents/long-name", test_long_name},
      {"/documents/truncated", test_truncated},
      {"/documents/corrupt-zip", test_corrupt_zip},
      {"/documents/zip-other-method", test_zip_other_method},
      {"/documents/sparse-bomb", test_sparse_bomb},
      {"/documents/overlapping-zip", test_overlapping_zip},
      {"/documents/function-stops", test_function_stops},
      {"/documents/package", test_package},
      {"/documents/real-set", test_real_set},
  };
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Place, NULL, place_init, tests[i].test, place_clear);
  return g_test_run ();
}
