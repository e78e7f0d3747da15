#include "base/base.h"
#include "base/test_drops.h"

#include <string.h>

static SvDeb822 *
reader_of (const char *text, SvStream **ret_stream)
{
  *ret_stream = sv_stream_new_memory ("list", text, strlen (text));
  return sv_deb822_new (*ret_stream);
}

#define READ(text)                                                                                 \
  SvStream *opened = NULL;                                                                         \
  g_autoptr (SvDeb822) reader = reader_of ((text), &opened);                                       \
  g_autoptr (SvStream) stream = opened;                                                            \
  g_autoptr (GError) error = NULL;                                                                 \
  gboolean found = FALSE

static void
test_fields (void)
{
  READ ("Package: bash\nVersion:5.2-1 \t\nEmpty:\nDepends:  a,\n b,\n\tc\nMD5: x:y\n");
  g_assert_true (sv_deb822_next (reader, &found, &error));
  g_assert_true (found);
  g_assert_cmpstr (sv_deb822_find (reader, "Package"), ==, "bash");
  g_assert_cmpstr (sv_deb822_find (reader, "pACKAGE"), ==, "bash");
  g_assert_cmpstr (sv_deb822_find (reader, "Version"), ==, "5.2-1");
  g_assert_cmpstr (sv_deb822_find (reader, "Empty"), ==, "");
  g_assert_cmpstr (sv_deb822_find (reader, "Depends"), ==, "a,\nb,\nc");
  g_assert_cmpstr (sv_deb822_find (reader, "MD5"), ==, "x:y");
  g_assert_null (sv_deb822_find (reader, "Pack"));
  g_assert_null (sv_deb822_find (reader, "Package:"));
  g_assert_true (sv_deb822_next (reader, &found, &error));
  g_assert_false (found);
  g_assert_true (sv_deb822_is_over (reader));
  g_assert_null (sv_deb822_find (reader, "Package"));
}

/* A list (checksums, conffiles) begins on the line below its name; deeper indentation stays. */
static void
test_continuations (void)
{
  READ ("Description: short\n long\n .\n   code\n# a comment\n end \nConffiles:\n /etc/a 1\n "
        "/etc/b 2");
  g_assert_true (sv_deb822_next (reader, &found, &error));
  g_assert_cmpstr (sv_deb822_find (reader, "Description"), ==, "short\nlong\n.\n  code\nend");
  g_assert_cmpstr (sv_deb822_find (reader, "Conffiles"), ==, "/etc/a 1\n/etc/b 2");
}

static void
test_paragraphs_and_lines (void)
{
  READ ("\n# head\n \n\nA: 1\r\n\r\n\nA: 2\n# inside\nB: 3\n\n\n");
  static const guint64 lines[] = {5, 8};
  static const char *const values[] = {"1", "2"};
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_assert_true (sv_deb822_next (reader, &found, &error));
    g_assert_true (found);
    g_assert_cmpuint (sv_deb822_get_line (reader), ==, lines[i]);
    g_assert_cmpstr (sv_deb822_find (reader, "A"), ==, values[i]);
  }
  g_assert_true (sv_deb822_next (reader, &found, &error));
  g_assert_false (found);
}

static void
test_empty (void)
{
  static const char *const texts[] = {"", "\n", "\n\n \n", "# only\n", "# only"};
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    READ (texts[i]);
    g_assert_true (sv_deb822_next (reader, &found, &error));
    g_assert_false (found);
  }
}

static const struct {
  const char *paragraph;
  guint line; /* that the message names */
} malformed[] = {
    {"A: 1\nno colon\nB: 2", 4}, {" continues nothing\nA: 1", 3},
    {"A: 1\nB: 1\na: 2", 5},     {": no name", 3},
    {"A B: space in name", 3},   {"A: 1\n\001: x", 4},
    {"A\xc3\xa9: x", 3},
};

/* One broken record hides no other. */
static void
test_goes_on_behind_malformed (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (malformed); i++) {
    g_autofree char *text = g_strdup_printf ("A: first\n\n%s\n\nA: last\n", malformed[i].paragraph);
    g_autofree char *place = g_strdup_printf ("'list' line %u:", malformed[i].line);
    READ (text);
    g_assert_true (sv_deb822_next (reader, &found, &error));
    g_assert_false (sv_deb822_next (reader, &found, &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
    g_assert_true (g_str_has_prefix (error->message, place));
    g_assert_null (sv_deb822_find (reader, "A"));
    g_assert_false (sv_deb822_is_over (reader));
    g_clear_error (&error);
    g_assert_true (sv_deb822_next (reader, &found, &error));
    g_assert_cmpstr (sv_deb822_find (reader, "A"), ==, "last");
  }
}

static void
test_nul (void)
{
  static const char text[] = "A: x\0y\n\nB: 2\n";
  g_autoptr (SvStream) stream = sv_stream_new_memory ("list", text, sizeof text - 1);
  g_autoptr (SvDeb822) reader = sv_deb822_new (stream);
  g_autoptr (GError) error = NULL;
  gboolean found;
  g_assert_false (sv_deb822_next (reader, &found, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
}

static void
test_too_many_fields (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < SV_LIMIT_STANZA_FIELDS; i++)
    g_string_append_printf (text, "F%u: %u\n", i, i);
  READ (text->str);
  g_assert_true (sv_deb822_next (reader, &found, &error));
  g_assert_cmpstr (sv_deb822_find (reader, "F511"), ==, "511");

  g_string_append (text, "One-more: x\n");
  g_autoptr (SvStream) more = sv_stream_new_memory ("more", text->str, text->len);
  g_autoptr (SvDeb822) fuller = sv_deb822_new (more);
  g_assert_false (sv_deb822_next (fuller, &found, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
}

typedef struct {
  guint64 given;
  gsize at_once;
} Endless;

/* "A: xxxx..." without an end. */
static gssize
read_endless (gpointer source, void *buffer, gsize size, GError **error)
{
  Endless *endless = source;
  gsize n = MIN (size, endless->at_once);
  memset (buffer, 'x', n);
  if (endless->given == 0)
    memcpy (buffer, "A: ", MIN (n, 3));
  endless->given += n;
  return (gssize)n;
}

static void
test_endless_paragraph (void)
{
  Endless endless = {.at_once = 1500};
  g_autoptr (SvStream) stream =
      sv_stream_new ("endless", read_endless, &endless, NULL, G_MAXUINT64);
  g_autoptr (SvDeb822) reader = sv_deb822_new (stream);
  g_autoptr (GError) error = NULL;
  gboolean found;
  g_assert_false (sv_deb822_next (reader, &found, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_LIMIT);
  g_assert_true (sv_deb822_is_over (reader));
  g_assert_cmpuint (endless.given, <, 2 * SV_LIMIT_STANZA_BYTES);
}

/* Block boundaries fall on every place of a paragraph, and the buffer moves and grows. */
static void
test_boundaries (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *wide = g_strnfill (700000, 'w');
  enum { N = 3000 };
  for (guint i = 0; i < N; i++)
    g_string_append_printf (text, "\nPackage: p%u\nTags: a,\n b%u\nVersion: %u\n", i, i, i);
  g_string_append_printf (text, "Wide: %s\n", wide);
  for (gsize at_once = 1; at_once < 3000000; at_once = at_once * 3 + 1) {
    SvTestDrops drops = {.at = text->str, .left = text->len, .at_once = at_once};
    g_autoptr (SvStream) stream =
        sv_stream_new ("drops", sv_test_drops_read, &drops, NULL, G_MAXUINT64);
    g_autoptr (SvDeb822) reader = sv_deb822_new (stream);
    gboolean found = FALSE;
    guint n = 0;
    while (sv_deb822_next (reader, &found, NULL) && found) {
      g_autofree char *version = g_strdup_printf ("%u", n);
      g_autofree char *tags = g_strdup_printf ("a,\nb%u", n++);
      g_assert_cmpstr (sv_deb822_find (reader, "Version"), ==, version);
      g_assert_cmpstr (sv_deb822_find (reader, "Tags"), ==, tags);
    }
    g_assert_cmpuint (n, ==, N);
  }
}

static void
test_stream_error (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvStream) stream = sv_stream_new_memory ("cut", "A: 1\nB: 2\n", 10);
  sv_stream_set_max_bytes (stream, 7);
  g_autoptr (SvDeb822) reader = sv_deb822_new (stream);
  gboolean found;
  g_assert_false (sv_deb822_next (reader, &found, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_LIMIT);
  g_assert_true (sv_deb822_is_over (reader));
}

static GString *
dump (const char *path, const char *first, const char *second, guint *ret_n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvStream) stream = sv_stream_open (path, &error);
  g_assert_no_error (error);
  g_autoptr (SvDeb822) reader = sv_deb822_new (stream);
  GString *out = g_string_new (NULL);
  gboolean found;
  *ret_n = 0;
  while (sv_deb822_next (reader, &found, &error) && found) {
    g_string_append_printf (out, "%s %s\n", sv_deb822_find (reader, first),
                            sv_deb822_find (reader, second));
    *ret_n += 1;
  }
  g_assert_no_error (error);
  return out;
}

static gboolean
has_field (const char *line, gsize length, const char *field)
{
  gsize field_length = strlen (field);
  return length > field_length && memcmp (line, field, field_length) == 0 &&
         line[field_length] == ':';
}

/* The naive reading of the same file: lines that begin with the field's name. */
static GString *
dump_naively (const char *path, const char *first, const char *second)
{
  g_autoptr (GBytes) all = sv_file_read (path, G_MAXINT32, NULL);
  const char *line = g_bytes_get_data (all, NULL);
  const char *end = line + g_bytes_get_size (all);
  GString *out = g_string_new (NULL);
  for (const char *next; line < end; line = next) {
    next = (const char *)memchr (line, '\n', (gsize)(end - line)) + 1;
    const char *wanted[] = {first, second};
    for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
      if (has_field (line, (gsize)(next - line), wanted[i])) {
        gsize skip = strlen (wanted[i]) + 2;
        g_string_append_len (out, line + skip, next - 1 - line - (gssize)skip);
        g_string_append_c (out, i == 0 ? ' ' : '\n');
      }
  }
  return out;
}

static void
test_real_packages (void)
{
  const char *data = g_getenv ("SALVE_TEST_DATA");
  g_autofree char *path = g_build_filename (data != NULL ? data : "", "debian/archive",
                                            "bookworm_main_binary-amd64_Packages.zst", NULL);
  if (data == NULL || !g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_test_skip ("Packages data absent");
    return;
  }
  guint n;
  gint64 begin_us = g_get_monotonic_time ();
  g_autoptr (GString) read = dump (path, "Package", "Version", &n);
  g_test_message ("%u paragraphs in %" G_GINT64_FORMAT " us", n,
                  g_get_monotonic_time () - begin_us);
  g_autoptr (GString) naive = dump_naively (path, "Package", "Version");
  g_assert_cmpuint (n, >, 50000);
  g_assert_true (g_string_equal (read, naive));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deb822/fields", test_fields);
  g_test_add_func ("/deb822/continuations", test_continuations);
  g_test_add_func ("/deb822/paragraphs-and-lines", test_paragraphs_and_lines);
  g_test_add_func ("/deb822/empty", test_empty);
  g_test_add_func ("/deb822/goes-on-behind-malformed", test_goes_on_behind_malformed);
  g_test_add_func ("/deb822/nul", test_nul);
  g_test_add_func ("/deb822/too-many-fields", test_too_many_fields);
  g_test_add_func ("/deb822/endless-paragraph", test_endless_paragraph);
  g_test_add_func ("/deb822/boundaries", test_boundaries);
  g_test_add_func ("/deb822/stream-error", test_stream_error);
  g_test_add_func ("/deb822/real-packages", test_real_packages);
  return g_test_run ();
}
