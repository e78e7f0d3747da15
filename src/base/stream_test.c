#include "base/base.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gstdio.h>
#include <lzma.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  const char *name;
  int filter;            /* of libarchive */
  gboolean concatenates; /* two files one behind the other are one file */
  gsize magic_bytes;     /* a file cut before this is not known to be compressed */
} Codec;

static const Codec codecs[] = {
    {"gzip", ARCHIVE_FILTER_GZIP, TRUE, 2}, {"bzip2", ARCHIVE_FILTER_BZIP2, TRUE, 10},
    {"xz", ARCHIVE_FILTER_XZ, TRUE, 2},     {"lzma", ARCHIVE_FILTER_LZMA, FALSE, 13},
    {"zstd", ARCHIVE_FILTER_ZSTD, TRUE, 2}, {"lz4", ARCHIVE_FILTER_LZ4, TRUE, 2},
};

static const guint8 empty_lz4[] = {0x04, 0x22, 0x4d, 0x18, 0x64, 0x40, 0xa7, 0,
                                   0,    0,    0,    0x05, 0x5d, 0xcc, 0x02};

static la_ssize_t
keep (struct archive *archive, void *data, const void *block, size_t size)
{
  g_byte_array_append (data, block, (guint)size);
  return (la_ssize_t)size;
}

static GByteArray *
compress (int filter, const void *data, gsize size)
{
  GByteArray *out = g_byte_array_new ();
  if (filter == ARCHIVE_FILTER_LZ4 && size == 0) /* the writer of libarchive 3.6 crashes */
    return g_byte_array_append (out, empty_lz4, sizeof empty_lz4);
  struct archive *archive = archive_write_new ();
  struct archive_entry *entry = archive_entry_new ();
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_pathname (entry, "data");
  g_assert_cmpint (archive_write_set_format_raw (archive), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_add_filter (archive, filter), ==, ARCHIVE_OK);
  archive_write_set_bytes_in_last_block (archive, 1);
  g_assert_cmpint (archive_write_open (archive, out, NULL, keep, NULL), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_header (archive, entry), ==, ARCHIVE_OK);
  if (size > 0)
    g_assert_cmpint (archive_write_data (archive, data, size), ==, (gssize)size);
  g_assert_cmpint (archive_write_close (archive), ==, ARCHIVE_OK);
  archive_write_free (archive);
  archive_entry_free (entry);
  return out;
}

/* Text that compresses a little: long enough to cross every block size in use. */
static GString *
make_text (gsize size)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  GString *text = g_string_new (NULL);
  while (text->len < size)
    g_string_append_printf (text, "Package: p%u\nVersion: %u\n\n", g_rand_int (rand),
                            g_rand_int (rand));
  return text;
}

static GBytes *
decompress (const void *data, gsize size, gsize max_bytes, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_open_memory ("test", data, size, error);
  return stream != NULL ? sv_stream_read_all (stream, max_bytes, error) : NULL;
}

static void
assert_gives (const void *data, gsize size, const void *expected, gsize expected_size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) got = decompress (data, size, G_MAXINT32, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (got, NULL), g_bytes_get_size (got), expected, expected_size);
}

static void
assert_refused (const void *data, gsize size, SvError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) got = decompress (data, size, G_MAXINT32, &error);
  g_assert_null (got);
  g_assert_error (error, SV_ERROR, (int)code);
}

/* The digest is of the file that was opened, whatever lies under its name by then. */
static void
assert_file_digest (const char *path, const void *data, gsize size, gboolean opens)
{
  gint64 file_bytes;
  g_autoptr (SvStream) stream = sv_stream_open (path, NULL);
  if (!opens || stream == NULL)
    return;
  g_assert_true (sv_stream_drain (stream, NULL));
  g_assert_true (g_file_set_contents (path, "another", -1, NULL));
  g_autofree char *digest = sv_stream_dup_file_sha256 (stream, &file_bytes);
  g_autofree char *expected = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, size);
  g_assert_cmpstr (digest, ==, expected);
  g_assert_cmpint (file_bytes, ==, (gint64)size);
  g_autoptr (SvStream) plain = sv_stream_open (path, NULL);
  g_assert_null (sv_stream_dup_file_sha256 (plain, &file_bytes)); /* nothing is compressed */
}

/* Through a file, and so through a worker: the same bytes or the same error as in this process. */
static void
assert_file_agrees (const void *data, gsize size)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) expected_error = NULL;
  g_autoptr (GBytes) expected = decompress (data, size, G_MAXINT32, &expected_error);
  close (g_file_open_tmp ("sv-stream-XXXXXX", &path, NULL));
  g_assert_true (g_file_set_contents (path, data, (gssize)size, NULL));
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) got = sv_file_read (path, G_MAXINT32, &error);
  assert_file_digest (path, data, size, expected != NULL);
  g_remove (path);
  if (expected != NULL) {
    g_assert_no_error (error);
    g_assert_true (g_bytes_equal (got, expected));
    return;
  }
  g_assert_null (got);
  g_assert_error (error, SV_ERROR, expected_error->code);
  g_autoptr (GString) message = g_string_new (error->message);
  g_string_replace (message, path, "test", 0);
  g_assert_cmpstr (message->str, ==, expected_error->message);
}

static void
test_round_trip (gconstpointer user_data)
{
  const Codec *codec = user_data;
  static const gsize sizes[] = {0, 1, 11, 65535, 65536, 1000000};
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GString) text = make_text (sizes[i]);
    g_string_truncate (text, sizes[i]);
    g_autoptr (GByteArray) packed = compress (codec->filter, text->str, text->len);
    assert_gives (packed->data, packed->len, text->str, text->len);
    assert_file_agrees (packed->data, packed->len);
  }
}

static void
test_two_frames (gconstpointer user_data)
{
  const Codec *codec = user_data;
  g_autoptr (GString) text = make_text (100000);
  g_autoptr (GByteArray) packed = compress (codec->filter, text->str, text->len);
  g_autoptr (GByteArray) tail = compress (codec->filter, "tail", 4);
  g_byte_array_append (packed, tail->data, tail->len);
  g_string_append (text, "tail");
  if (codec->concatenates)
    assert_gives (packed->data, packed->len, text->str, text->len);
  else
    assert_refused (packed->data, packed->len, SV_ERROR_INVALID_DATA);
}

/* Whatever byte a transfer stops at: never half a file for a whole one. */
static void
test_truncated (gconstpointer user_data)
{
  const Codec *codec = user_data;
  g_autoptr (GString) text = make_text (1000);
  g_autoptr (GByteArray) packed = compress (codec->filter, text->str, text->len);
  for (gsize size = codec->magic_bytes; size < packed->len; size++)
    assert_refused (packed->data, size, SV_ERROR_INVALID_DATA);
  for (gsize size = codec->magic_bytes; size < packed->len; size += 1 + packed->len / 16)
    assert_file_agrees (packed->data, size);
}

static void
test_trailing_garbage (gconstpointer user_data)
{
  const Codec *codec = user_data;
  g_autoptr (GByteArray) packed = compress (codec->filter, "abc", 3);
  g_byte_array_append (packed, (const guint8 *)"garbage behind it", 17);
  assert_refused (packed->data, packed->len, SV_ERROR_INVALID_DATA);
  assert_file_agrees (packed->data, packed->len);
}

/* A changed bit is refused or says nothing (a time stamp in the header): other bytes never come
 * out. zstd and lzma of this writer carry no checksum, so they cannot promise that. */
static void
test_flipped (gconstpointer user_data)
{
  const Codec *codec = user_data;
  g_autoptr (GString) text = make_text (150);
  g_autoptr (GByteArray) packed = compress (codec->filter, text->str, text->len);
  guint refused = 0;
  for (gsize bit = 8 * codec->magic_bytes; bit < 8 * packed->len; bit++) {
    packed->data[bit / 8] ^= (guint8)(1 << bit % 8);
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) got = decompress (packed->data, packed->len, G_MAXINT32, &error);
    packed->data[bit / 8] ^= (guint8)(1 << bit % 8);
    refused += got == NULL;
    if (got != NULL && bit / 8 >= codec->magic_bytes + 4)
      g_assert_cmpmem (g_bytes_get_data (got, NULL), g_bytes_get_size (got), text->str, text->len);
  }
  g_assert_cmpuint (refused, >, 8 * packed->len / 2);
}

static void
test_plain (void)
{
  g_autoptr (GString) text = make_text (200000);
  assert_gives (text->str, text->len, text->str, text->len);
  static const char *const looks_like[] = {
      "", "P", "BZh9 is no archive", "]abcdefghijklmnop", "(\xb5 micro)", "{}", "\x1f"};
  for (gsize i = 0; i < G_N_ELEMENTS (looks_like); i++)
    assert_gives (looks_like[i], strlen (looks_like[i]), looks_like[i], strlen (looks_like[i]));
}

/* zstd may begin with a skippable frame (parallel writers do). */
static void
test_zstd_skippable_first (void)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_byte_array_append (all, (const guint8 *)"\x50\x2a\x4d\x18\x04\0\0\0abcd", 12);
  g_autoptr (GByteArray) packed = compress (ARCHIVE_FILTER_ZSTD, "payload", 7);
  g_byte_array_append (all, packed->data, packed->len);
  assert_gives (all->data, all->len, "payload", 7);
}

static void
test_nested_opens_one_level (void)
{
  g_autoptr (GByteArray) inner = compress (ARCHIVE_FILTER_GZIP, "core", 4);
  g_autoptr (GByteArray) outer = compress (ARCHIVE_FILTER_GZIP, inner->data, inner->len);
  assert_gives (outer->data, outer->len, inner->data, inner->len);
}

static gssize
read_zeros (gpointer source, void *buffer, gsize size, GError **error)
{
  guint64 *left = source;
  gsize n = (gsize)MIN (size, *left);
  memset (buffer, 0, n);
  *left -= n;
  return (gssize)n;
}

static void
test_bomb_ratio (gconstpointer user_data)
{
  const Codec *codec = user_data;
  gsize size = 64 << 20;
  g_autofree char *zeros = g_malloc0 (size);
  g_autoptr (GByteArray) packed = compress (codec->filter, zeros, size);
  if (size / packed->len > SV_LIMIT_EXPANSION_RATIO)
    assert_refused (packed->data, packed->len, SV_ERROR_LIMIT);
  else
    assert_gives (packed->data, packed->len, zeros, size);
  assert_file_agrees (packed->data, packed->len);
}

static void
test_bomb_document_limit (void)
{
  guint64 zeros = SV_LIMIT_DOCUMENT_BYTES + 1;
  SvStream *inner = sv_stream_new ("endless", read_zeros, &zeros, NULL, G_MAXUINT64);
  g_autoptr (GError) error = NULL;
  g_autoptr (SvStream) stream = sv_stream_decompress (inner, &error);
  g_assert_no_error (error);
  g_assert_false (sv_stream_drain (stream, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_LIMIT);
  g_assert_cmpuint (sv_stream_get_offset (stream), ==, SV_LIMIT_DOCUMENT_BYTES);
}

/* Window 2 GiB, one raw block of one byte. */
static void
test_bomb_zstd_window (void)
{
  static const guint8 frame[] = {0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x09, 0x00, 0x00, 'x'};
  assert_refused (frame, sizeof frame, SV_ERROR_INVALID_DATA);
  assert_file_agrees (frame, sizeof frame);
}

/* The dictionary byte of the block header says 4 GiB; the second block is as bad as the first. */
static void
test_bomb_xz_dictionary (void)
{
  static const guint8 stream_head[] = {0xfd, '7', 'z', 'X', 'Z', 0, 0, 0x00};
  guint8 block_head[12] = {0x02, 0x00, 0x21, 0x01, 0x28};
  guint32 crc = GUINT32_TO_LE (lzma_crc32 (block_head, 8, 0));
  memcpy (block_head + 8, &crc, sizeof crc);
  guint32 head_crc = GUINT32_TO_LE (lzma_crc32 (stream_head + 6, 2, 0));

  g_autoptr (GByteArray) bomb = compress (ARCHIVE_FILTER_XZ, "first stream", 12);
  guint first = bomb->len;
  g_byte_array_append (bomb, stream_head, sizeof stream_head);
  g_byte_array_append (bomb, (const guint8 *)&head_crc, sizeof head_crc);
  g_byte_array_append (bomb, block_head, sizeof block_head);
  g_byte_array_append (bomb, (const guint8 *)"\x01\x00\x00x\x00\0\0\0", 8);
  assert_refused (bomb->data, bomb->len, SV_ERROR_LIMIT);
  assert_refused (bomb->data + first, bomb->len - first, SV_ERROR_LIMIT);
  assert_file_agrees (bomb->data, bomb->len);
}

static void
test_bomb_lzma_dictionary (void)
{
  g_autoptr (GByteArray) packed = compress (ARCHIVE_FILTER_LZMA, "abc", 3);
  memcpy (packed->data + 1, "\xff\xff\xff\xff", 4);
  assert_refused (packed->data, packed->len, SV_ERROR_LIMIT);
}

static void
test_max_bytes (void)
{
  guint64 left = 100;
  char buffer[200];
  g_autoptr (GError) error = NULL;
  g_autoptr (SvStream) exact = sv_stream_new ("exact", read_zeros, &left, NULL, 100);
  g_assert_cmpint (sv_stream_read (exact, buffer, sizeof buffer, &error), ==, 100);
  g_assert_cmpint (sv_stream_read (exact, buffer, sizeof buffer, &error), ==, 0);
  g_assert_no_error (error);

  left = 101;
  g_autoptr (SvStream) longer = sv_stream_new ("longer", read_zeros, &left, NULL, 100);
  g_assert_cmpint (sv_stream_read (longer, buffer, sizeof buffer, &error), ==, 100);
  for (guint i = 0; i < 2; i++) { /* an error stays */
    g_clear_error (&error);
    g_assert_cmpint (sv_stream_read (longer, buffer, sizeof buffer, &error), ==, -1);
    g_assert_error (error, SV_ERROR, SV_ERROR_LIMIT);
  }
}

static void
test_read_all_limit (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvStream) fits = sv_stream_new_memory ("m", "abc", 3);
  g_autoptr (GBytes) whole = sv_stream_read_all (fits, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_bytes_get_data (whole, NULL), ==, "abc"); /* the NUL behind it */
  g_assert_cmpuint (g_bytes_get_size (whole), ==, 3);

  g_autoptr (SvStream) longer = sv_stream_new_memory ("m", "abcd", 4);
  g_assert_null (sv_stream_read_all (longer, 3, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_LIMIT);
}

static void
test_checksum (void)
{
  g_autoptr (GByteArray) packed = compress (ARCHIVE_FILTER_GZIP, "abc", 3);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GError) error = NULL;
  g_autoptr (SvStream) stream = sv_stream_open_memory ("c", packed->data, packed->len, &error);
  sv_stream_set_checksum (stream, checksum);
  g_assert_true (sv_stream_drain (stream, &error));
  g_assert_cmpuint (sv_stream_get_offset (stream), ==, 3);
  g_assert_cmpstr (g_checksum_get_string (checksum), ==,
                   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void
test_files (void)
{
  g_autofree char *directory = g_dir_make_tmp ("sv-stream-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "file", NULL);
  g_autofree char *fifo = g_build_filename (directory, "fifo", NULL);
  g_autofree char *absent = g_build_filename (directory, "absent", NULL);
  g_autoptr (GByteArray) packed = compress (ARCHIVE_FILTER_LZ4, "list", 4);
  g_assert_true (g_file_set_contents (path, (char *)packed->data, packed->len, NULL));
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);

  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) list = sv_file_read (path, 100, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_bytes_get_data (list, NULL), ==, "list");
  const struct {
    const char *path;
    SvError code;
  } refused[] = {{absent, SV_ERROR_NOT_FOUND},
                 {directory, SV_ERROR_INVALID_DATA},
                 {fifo, SV_ERROR_INVALID_DATA}};
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_assert_null (sv_stream_open (refused[i].path, &error));
    g_assert_error (error, SV_ERROR, (int)refused[i].code);
    g_clear_error (&error);
  }
  g_unlink (path);
  g_unlink (fifo);
  g_rmdir (directory);
}

/* A source of one byte at a time is no different from one of many. */
static gssize
read_drops (gpointer source, void *buffer, gsize size, GError **error)
{
  GByteArray *left = source;
  if (left->len == 0)
    return 0;
  memcpy (buffer, left->data, 1);
  g_byte_array_remove_index (left, 0);
  return 1;
}

static void
test_short_reads (gconstpointer user_data)
{
  const Codec *codec = user_data;
  g_autoptr (GString) text = make_text (5000);
  g_autoptr (GByteArray) packed = compress (codec->filter, text->str, text->len);
  g_autoptr (GError) error = NULL;
  SvStream *inner = sv_stream_new ("drops", read_drops, packed, NULL, G_MAXUINT64);
  g_autoptr (SvStream) stream = sv_stream_decompress (inner, &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) got = sv_stream_read_all (stream, G_MAXINT32, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (got, NULL), g_bytes_get_size (got), text->str, text->len);
}

static gssize
read_failing (gpointer source, void *buffer, gsize size, GError **error)
{
  GByteArray *left = source;
  if (left->len > 0)
    return read_drops (left, buffer, size, error);
  g_set_error_literal (error, SV_ERROR, SV_ERROR_TIMEOUT, "the line went dead");
  return -1;
}

/* The reason of the source, not "truncated", reaches the caller. */
static void
test_source_fails (gconstpointer user_data)
{
  const Codec *codec = user_data;
  g_autoptr (GString) text = make_text (1000);
  g_autoptr (GByteArray) packed = compress (codec->filter, text->str, text->len);
  g_byte_array_set_size (packed, packed->len - 20);
  g_autoptr (GError) error = NULL;
  SvStream *inner = sv_stream_new ("line", read_failing, packed, NULL, G_MAXUINT64);
  g_autoptr (SvStream) stream = sv_stream_decompress (inner, &error);
  if (stream != NULL)
    g_assert_false (sv_stream_drain (stream, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_TIMEOUT);
}

typedef void (*CodecTest) (gconstpointer codec);

static void
add_codec_tests (const Codec *codec)
{
  static const struct {
    const char *name;
    CodecTest test;
  } tests[] = {{"round-trip", test_round_trip},   {"two-frames", test_two_frames},
               {"truncated", test_truncated},     {"trailing-garbage", test_trailing_garbage},
               {"short-reads", test_short_reads}, {"source-fails", test_source_fails},
               {"bomb-ratio", test_bomb_ratio}};
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strdup_printf ("/stream/%s/%s", codec->name, tests[i].name);
    g_test_add_data_func (path, codec, tests[i].test);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (codecs); i++)
    add_codec_tests (&codecs[i]);
  g_test_add_data_func ("/stream/gzip/flipped", &codecs[0], test_flipped);
  g_test_add_data_func ("/stream/bzip2/flipped", &codecs[1], test_flipped);
  g_test_add_data_func ("/stream/xz/flipped", &codecs[2], test_flipped);
  g_test_add_data_func ("/stream/lz4/flipped", &codecs[5], test_flipped);
  g_test_add_func ("/stream/plain", test_plain);
  g_test_add_func ("/stream/zstd-skippable-first", test_zstd_skippable_first);
  g_test_add_func ("/stream/nested-opens-one-level", test_nested_opens_one_level);
  g_test_add_func ("/stream/bomb-document-limit", test_bomb_document_limit);
  g_test_add_func ("/stream/bomb-zstd-window", test_bomb_zstd_window);
  g_test_add_func ("/stream/bomb-xz-dictionary", test_bomb_xz_dictionary);
  g_test_add_func ("/stream/bomb-lzma-dictionary", test_bomb_lzma_dictionary);
  g_test_add_func ("/stream/max-bytes", test_max_bytes);
  g_test_add_func ("/stream/read-all-limit", test_read_all_limit);
  g_test_add_func ("/stream/checksum", test_checksum);
  g_test_add_func ("/stream/files", test_files);
  return g_test_run ();
}
