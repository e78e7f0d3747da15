#include "base/base.h"

#include <math.h>
#include <string.h>

typedef struct {
  char *name;
  gint64 size;
} Part;

static const SvField part_fields[] = {
    SV_FIELD (Part, name, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .max = 8, .doc = "Name."),
    SV_FIELD (Part, size, SV_TYPE_INT64, .doc = "Bytes."),
};
static SV_RECORD_TYPE (part_type, Part, "Part", part_fields, "A part.");

typedef enum { RED, GREEN } Colour;
static const char *const colour_names[] = {"red", "green", NULL};

typedef struct {
  char *id;
  gint64 count;
  double score;
  gboolean done;
  gint64 at_us;
  gint colour;
  GBytes *key;
  GPtrArray *tags;
  Part *part;
  GPtrArray *parts;
} Whole;

static const SvField whole_fields[] = {
    SV_FIELD (Whole, id, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .doc = "Id."),
    SV_FIELD (Whole, count, SV_TYPE_INT64, .doc = "Count."),
    SV_FIELD (Whole, score, SV_TYPE_DOUBLE, .doc = "Score."),
    SV_FIELD (Whole, done, SV_TYPE_BOOL, .doc = "Done."),
    SV_FIELD (Whole, at_us, SV_TYPE_INSTANT, .doc = "When."),
    SV_FIELD (Whole, colour, SV_TYPE_ENUM, .values = colour_names, .doc = "Colour."),
    SV_FIELD (Whole, key, SV_TYPE_BLOB, .doc = "Key."),
    SV_FIELD (Whole, tags, SV_TYPE_STRINGS, .max = 3, .doc = "Tags."),
    SV_FIELD (Whole, part, SV_TYPE_RECORD, .record = &part_type, .doc = "One part."),
    SV_FIELD (Whole, parts, SV_TYPE_RECORDS, .record = &part_type, .doc = "More parts."),
};
static SV_RECORD_TYPE (whole_type, Whole, "Whole", whole_fields, "A whole.");

static const char full[] =
    "{\"id\":\"x\\u0041\",\"count\":-3,\"score\":0.25,\"done\":true,"
    "\"at\":\"2026-11-22T10:00:00Z\",\"colour\":\"green\",\"key\":\"00ff10\","
    "\"tags\":[\"a\",\"b\"],\"part\":{\"name\":\"p\",\"size\":1},"
    "\"parts\":[{\"name\":\"q\",\"size\":2},{\"name\":\"r\",\"size\":0}]}";

static gboolean
read_text (const char *text, SvRecordMode mode, Whole *ret_whole, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_new_memory ("test", text, strlen (text));
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  return sv_record_read_json (&whole_type, reader, mode, ret_whole, error);
}

static char *
write_text (const Whole *whole)
{
  GString *out = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (out, 0);
  sv_record_write_json (&whole_type, whole, writer, NULL);
  return g_string_free (out, FALSE);
}

static void
test_round_trip (void)
{
  Whole whole = {0};
  g_autoptr (GError) error = NULL;
  g_assert_true (read_text (full, SV_RECORD_STRICT, &whole, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (whole.id, ==, "xA");
  g_assert_cmpint (whole.colour, ==, GREEN);
  g_assert_cmpint (whole.at_us, ==, G_GINT64_CONSTANT (1795341600000000));
  g_assert_cmpuint (whole.parts->len, ==, 2);
  g_autofree char *out = write_text (&whole);
  Whole again = {0};
  g_assert_true (read_text (out, SV_RECORD_STRICT, &again, &error));
  g_assert_true (sv_record_equal (&whole_type, &whole, &again));
  Whole *copy = sv_record_copy (&whole_type, &whole);
  g_assert_true (sv_record_equal (&whole_type, &whole, copy));
  copy->parts->len = 1;
  g_assert_false (sv_record_equal (&whole_type, &whole, copy));
  copy->parts->len = 2;
  sv_record_free (&whole_type, copy);
  sv_record_clear (&whole_type, &whole);
  sv_record_clear (&whole_type, &again);
  g_assert_null (whole.parts);
}

static void
test_every_field_counts_in_equality (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (whole_fields); i++) {
    Whole a = {0}, b = {0};
    g_assert_true (read_text (full, SV_RECORD_STRICT, &a, NULL));
    g_assert_true (read_text (full, SV_RECORD_STRICT, &b, NULL));
    SvField one = whole_fields[i];
    const SvRecordType only = {"One", sizeof (Whole), &one, 1, ""};
    sv_record_clear (&only, &b);
    g_assert_false (sv_record_equal (&whole_type, &a, &b));
    sv_record_clear (&whole_type, &a);
    sv_record_clear (&whole_type, &b);
  }
}

static const struct {
  const char *text, *complaint;
  SvRecordMode mode;
} refused[] = {
    {"{}", "lacks 'id'", SV_RECORD_LENIENT},
    {"{\"id\":null}", "lacks 'id'", SV_RECORD_LENIENT},
    {"{\"id\":\"a\",\"count\":\"3\"}", "$.count", SV_RECORD_LENIENT},
    {"{\"id\":\"a\",\"colour\":\"blue\"}", "red, green", SV_RECORD_LENIENT},
    {"{\"id\":\"a\",\"at\":\"soon\"}", "$.at", SV_RECORD_LENIENT},
    {"{\"id\":\"a\",\"key\":\"0\"}", "hexadecimal", SV_RECORD_LENIENT},
    {"{\"id\":\"a\",\"key\":\"zz\"}", "hexadecimal", SV_RECORD_LENIENT},
    {"{\"id\":\"a\",\"tags\":[\"1\",\"2\",\"3\",\"4\"]}", "at most 3", SV_RECORD_LENIENT},
    {"{\"id\":\"a\",\"parts\":[{\"name\":\"123456789\"}]}", "at most 8", SV_RECORD_LENIENT},
    {"{\"id\":\"a\",\"part\":{\"size\":1}}", "lacks 'name'", SV_RECORD_LENIENT},
    {"{\"id\":\"a\",\"other\":1}", "no member 'other'", SV_RECORD_STRICT},
    {"{\"id\":\"a\",\"part\":{\"name\":\"n\",\"x\":1}}", "no member 'x'", SV_RECORD_STRICT},
    {"{\"id\":\"a\",\"tags\":null}", "a list is wanted", SV_RECORD_STRICT},
    {"{\"id\":\"a\",\"parts\":null}", "a list is wanted", SV_RECORD_STRICT},
    {"{\"id\":\"a\",\"parts\":[null]}", "an object is wanted", SV_RECORD_STRICT},
    {"null", "an object is wanted", SV_RECORD_STRICT},
};

static void
test_refused (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++) {
    Whole whole = {0};
    g_autoptr (GError) error = NULL;
    g_assert_false (read_text (refused[i].text, refused[i].mode, &whole, &error));
    g_assert_nonnull (error);
    if (strstr (error->message, refused[i].complaint) == NULL)
      g_error ("'%s' does not say '%s'", error->message, refused[i].complaint);
    sv_record_clear (&whole_type, &whole);
  }
}

static void
test_lenient_passes_over (void)
{
  Whole whole = {0};
  g_assert_true (read_text ("{\"id\":\"a\",\"other\":{\"deep\":[1,{}]},\"score\":null}",
                            SV_RECORD_LENIENT, &whole, NULL));
  g_assert_true (isnan (whole.score));
  sv_record_clear (&whole_type, &whole);
}

static void
test_csv (void)
{
  Whole whole = {0};
  g_assert_true (read_text (full, SV_RECORD_STRICT, &whole, NULL));
  g_autoptr (GString) out = g_string_new (NULL);
  sv_record_append_csv_heading (&whole_type, out);
  sv_record_append_csv (&whole_type, &whole, out);
  g_assert_cmpstr (out->str, ==,
                   "id,count,score,done,at,colour,key,tags\r\n"
                   "xA,\"'-3\",0.25,yes,2026-11-22T10:00:00Z,green,00ff10,a b\r\n");
  sv_record_clear (&whole_type, &whole);
}

static void
test_writer_escapes (void)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (out, 0);
  sv_json_open_array (writer, NULL);
  sv_json_add_string (writer, NULL, "q\" b\\ n\n t\t c\x01 \xff é \xe2\x80\xa8");
  sv_json_add_double (writer, NULL, NAN);
  sv_json_add_double (writer, NULL, 0.1);
  sv_json_add_instant (writer, NULL, 0);
  sv_json_open_object (writer, NULL);
  sv_json_close (writer);
  sv_json_close (writer);
  g_assert_cmpstr (out->str, ==,
                   "[\"q\\\" b\\\\ n\\n t\\t c\\u0001 \xef\xbf\xbd é \\u2028\",null,0.1,null,{}]");
}

static GString *taken; /* by the sink below; one test uses it */
static guint n_pieces;

static gboolean
take_piece (const char *text, gsize size, GError **error)
{
  n_pieces++;
  g_string_append_len (taken, text, (gssize)size);
  if (taken->len < 3000000)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_FAILED, "full");
  return FALSE;
}

static gboolean
write_numbers (guint n, SvJsonSink sink, GString *out, GError **error)
{
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (out, 1);
  if (sink != NULL)
    sv_json_writer_set_sink (writer, sink);
  sv_json_open_array (writer, NULL);
  for (guint i = 0; i < n; i++)
    sv_json_add_int64 (writer, NULL, i);
  sv_json_close (writer);
  return sink == NULL || sv_json_writer_finish (writer, error);
}

static void
test_writer_gives_pieces (void)
{
  g_autoptr (GString) whole = g_string_new (NULL), piece = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  taken = g_string_new (NULL);
  g_assert_true (write_numbers (100000, NULL, whole, NULL));
  g_assert_true (write_numbers (100000, take_piece, piece, &error));
  g_assert_no_error (error);
  g_string_append_c (whole, '\n');
  g_assert_cmpstr (taken->str, ==, whole->str);
  g_assert_cmpuint (n_pieces, >, 5);
  g_assert_cmpuint (piece->allocated_len, <, 256 * 1024);
  g_assert_false (write_numbers (500000, take_piece, piece, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_FAILED);
  g_string_free (taken, TRUE);
}

static void
test_errors_have_rows (void)
{
  for (int code = 0; code < SV_N_ERRORS; code++) {
    const SvErrorInfo *info = sv_error_info_by_code ((SvError)code);
    g_assert_cmpint (info->code, ==, code);
    g_assert_cmpint (info->http_status, >=, 200);
    g_assert_cmpint (info->exit_code, >, 0);
  }
  g_autoptr (GError) foreign = g_error_new (G_FILE_ERROR, 1, "x");
  g_assert_cmpint (sv_error_info (foreign)->code, ==, SV_ERROR_FAILED);
}

/* An enum that may be unknown comes back as it went; others refuse null. */
static void
test_nullable_enum (void)
{
  typedef struct {
    gint colour;
  } Maybe;
  static const SvField fields[] = {SV_FIELD (Maybe, colour, SV_TYPE_ENUM, .values = colour_names,
                                             .flags = SV_FIELD_NULLABLE, .doc = "Colour.")};
  static SV_RECORD_TYPE (type, Maybe, "Maybe", fields, "Maybe.");
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (text, 0);
  sv_record_write_json (&type, &(Maybe){-1}, writer, NULL);
  g_assert_cmpstr (text->str, ==, "{\"colour\":null}");
  g_autoptr (SvStream) stream = sv_stream_new_memory ("test", text->str, text->len);
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  g_autoptr (GError) error = NULL;
  Maybe read = {0};
  g_assert_true (sv_record_read_json (&type, reader, SV_RECORD_STRICT, &read, &error));
  g_assert_cmpint (read.colour, ==, -1);
  Whole whole = {0};
  g_assert_false (read_text ("{\"id\":\"a\",\"colour\":null}", SV_RECORD_STRICT, &whole, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
  sv_record_clear (&whole_type, &whole);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/round-trip", test_round_trip);
  g_test_add_func ("/record/every-field-counts", test_every_field_counts_in_equality);
  g_test_add_func ("/record/refused", test_refused);
  g_test_add_func ("/record/lenient", test_lenient_passes_over);
  g_test_add_func ("/record/csv", test_csv);
  g_test_add_func ("/json-writer/escapes", test_writer_escapes);
  g_test_add_func ("/json-writer/pieces", test_writer_gives_pieces);
  g_test_add_func ("/error/table", test_errors_have_rows);
  g_test_add_func ("/record/nullable-enum", test_nullable_enum);
  return g_test_run ();
}
