#include "base/base.h"
#include "base/test_drops.h"

#include <stdio.h>
#include <string.h>

#include "base/json_facts.h"

#define READ(text, size)                                                                           \
  g_autoptr (SvStream) stream = sv_stream_new_memory ("doc", (text), (size));                      \
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);                                   \
  g_autoptr (GError) error = NULL

static gboolean
take_all (SvJsonReader *reader, GError **error)
{
  SvJsonToken token;
  while ((token = sv_json_next (reader, error)) > SV_JSON_END)
    continue;
  return token == SV_JSON_END;
}

static void
test_fact (gconstpointer user_data)
{
  const JsonFact *fact = user_data;
  READ (fact->bytes, fact->size);
  gboolean accepted = take_all (reader, &error);
  g_assert_cmpint (accepted, ==, fact->verdict == ACCEPTED);
  if (accepted)
    return;
  g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
  g_autofree char *message = g_strdup (error->message);
  g_assert_true (g_utf8_validate (message, -1, NULL));
  g_clear_error (&error); /* once failed, always the same */
  g_assert_cmpint (sv_json_next (reader, &error), ==, SV_JSON_ERROR);
  g_assert_cmpstr (error->message, ==, message);
}

/* The verdict does not depend on where the blocks of the stream end, nor on whether texts are kept
 * or passed over. */
static void
test_facts_in_drops (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (json_facts); i++) {
    const JsonFact *fact = &json_facts[i];
    for (guint skips = 0; skips < 2; skips++) {
      SvTestDrops drops = {.at = fact->bytes, .left = fact->size, .at_once = 1};
      g_autoptr (SvStream) stream =
          sv_stream_new ("drops", sv_test_drops_read, &drops, NULL, G_MAXUINT64);
      g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
      gboolean accepted = (skips == 0 || sv_json_skip (reader, NULL)) && take_all (reader, NULL);
      if (accepted != (fact->verdict == ACCEPTED))
        g_error ("%s: judged otherwise in single bytes", fact->name);
    }
  }
}

/* Tokens as text: one letter each, with the text of those that have one. */
static char *
dump (SvJsonReader *reader, gboolean peeks, GError **error)
{
  static const char letters[] = "!.{}[]KSNTF0";
  GString *out = g_string_new (NULL);
  SvJsonToken token;
  do {
    SvJsonToken peeked = peeks ? sv_json_peek (reader, NULL) : SV_JSON_ERROR;
    token = sv_json_next (reader, error);
    if (peeks)
      g_assert_cmpint (peeked, ==, token);
    g_string_append_c (out, letters[token]);
    if (token == SV_JSON_KEY || token == SV_JSON_STRING || token == SV_JSON_NUMBER)
      g_string_append_printf (out, "(%s)", sv_json_get_text (reader, NULL));
  } while (token > SV_JSON_END);
  return g_string_free (out, FALSE);
}

static void
test_tokens (void)
{
  static const char text[] = " {\"a\" : [1, -2.50e+3, \"x\\n\\u20ac\\ud83d\\ude00\", true,false ,"
                             "null],\"b\":{}, \"\":[[]]} ";
  static const char tokens[] = "{K(a)[N(1)N(-2.50e+3)S(x\n\xe2\x82\xac\xf0\x9f\x98\x80)TF0]"
                               "K(b){}K()[[]]}.";
  for (guint peeks = 0; peeks < 2; peeks++) {
    READ (text, strlen (text));
    g_autofree char *seen = dump (reader, peeks, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (seen, ==, tokens);
    g_assert_cmpint (sv_json_next (reader, &error), ==, SV_JSON_END);
  }
}

/* Looking ahead does not take the current text away. */
static void
test_text_outlives_peek (void)
{
  READ ("[\"first\",\"second\"]", 18);
  sv_json_next (reader, NULL);
  sv_json_next (reader, NULL);
  const char *text = sv_json_get_text (reader, NULL);
  g_assert_cmpint (sv_json_peek (reader, NULL), ==, SV_JSON_STRING);
  g_assert_cmpstr (text, ==, "first");
  sv_json_next (reader, NULL);
  g_assert_cmpstr (sv_json_get_text (reader, NULL), ==, "second");
}

static void
test_error_says_where (void)
{
  static const struct {
    const char *text;
    const char *message;
  } rows[] = {
      {"{\"vulnerabilities\": [\n {\"cveID\": \"a\"},\n {\"cveID\": tru}]}",
       "'doc' line 3, byte 53, $.vulnerabilities[1].cveID: expected a value"},
      {"[1,\n\n2 3]", "'doc' line 3, byte 7, $[1]: expected ',' or ']'"},
      {"{\"a b\":{\"\\u001b[1m\":[}",
       "'doc' line 1, byte 21, $[\"a b\"][\"\\x1B[1m\"][0]: expected "
       "a value"},
      {"{\"a\":1,\"a\":2}", "'doc' line 1, byte 10, $.a: the same key twice in one object"},
      {"", "'doc' line 1, byte 0, $: the document ends early"},
      {"[] x", "'doc' line 1, byte 3, $: more than white space behind the document's value"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    READ (rows[i].text, strlen (rows[i].text));
    g_assert_false (take_all (reader, &error));
    g_assert_cmpstr (error->message, ==, rows[i].message);
  }
}

static void
test_skip_and_unwind (void)
{
  static const char text[] = "[{\"a\":[1,{\"b\":2}]},\"next\",[[[\"deep\"]]],5]";
  READ (text, strlen (text));
  sv_json_next (reader, NULL);
  g_assert_true (sv_json_skip (reader, &error));
  g_autofree char *next = NULL;
  g_assert_true (sv_json_read_string (reader, &next, &error));
  g_assert_cmpstr (next, ==, "next");

  guint depth = sv_json_get_depth (reader);
  sv_json_next (reader, NULL);
  sv_json_next (reader, NULL);
  g_assert_cmpint (sv_json_peek (reader, NULL), ==, SV_JSON_ARRAY_BEGIN);
  g_assert_cmpuint (sv_json_get_depth (reader), ==, depth + 2);
  g_assert_true (sv_json_unwind (reader, depth, &error));
  gint64 five = 0;
  g_assert_true (sv_json_read_int64 (reader, &five, &error));
  g_assert_cmpint (five, ==, 5);
  g_assert_cmpint (sv_json_peek (reader, NULL), ==, SV_JSON_ARRAY_END);
  g_assert_cmpuint (sv_json_get_depth (reader), ==, 1);
  g_assert_cmpint (sv_json_next (reader, NULL), ==, SV_JSON_ARRAY_END);
  g_assert_cmpint (sv_json_next (reader, NULL), ==, SV_JSON_END);
}

static void
test_numbers (void)
{
  static const struct {
    const char *text;
    gboolean is_int64, is_double;
    gint64 as_int64;
    double as_double;
  } rows[] = {
      {"0", TRUE, TRUE, 0, 0},
      {"-0", TRUE, TRUE, 0, 0},
      {"9223372036854775807", TRUE, TRUE, G_MAXINT64, 9223372036854775807.0},
      {"-9223372036854775808", TRUE, TRUE, G_MININT64, -9223372036854775808.0},
      {"9223372036854775808", FALSE, TRUE, 0, 9223372036854775808.0},
      {"1.5", FALSE, TRUE, 0, 1.5},
      {"1e3", FALSE, TRUE, 0, 1000},
      {"1e-999", FALSE, TRUE, 0, 0},
      {"1e309", FALSE, FALSE, 0, 0},
      {"-1e999", FALSE, FALSE, 0, 0},
      {"\"1\"", FALSE, FALSE, 0, 0},
      {"null", FALSE, FALSE, 0, 0},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    READ (rows[i].text, strlen (rows[i].text));
    gint64 whole = 0;
    g_assert_cmpint (sv_json_read_int64 (reader, &whole, &error), ==, rows[i].is_int64);
    g_assert_cmpint (whole, ==, rows[i].as_int64);
    g_clear_error (&error);
    g_autoptr (SvStream) again = sv_stream_new_memory ("d", rows[i].text, strlen (rows[i].text));
    g_autoptr (SvJsonReader) second = sv_json_reader_new (again);
    double real = 0;
    g_assert_cmpint (sv_json_read_double (second, &real, &error), ==, rows[i].is_double);
    g_assert_cmpfloat (real, ==, rows[i].as_double);
  }
}

/* 400 digits are valid JSON, and no int64 and no double. */
static void
test_number_of_400_digits (void)
{
  g_autofree char *digits = g_strnfill (400, '7');
  READ (digits, 400);
  double value = 1;
  g_assert_false (sv_json_read_double (reader, &value, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
  g_assert_cmpfloat (value, ==, 1);
  g_assert_cmpstr (sv_json_get_text (reader, NULL), ==, digits);
  g_assert_cmpint (sv_json_next (reader, NULL), ==, SV_JSON_END);
}

static void
test_nul_in_a_string (void)
{
  READ ("[\"a\\u0000b\",{\"k\\u0000\":1}]", 26);
  char *text = NULL;
  gsize length;
  sv_json_next (reader, NULL);
  g_assert_false (sv_json_read_string (reader, &text, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "NUL"));
  g_assert_cmpmem (sv_json_get_text (reader, &length), length, "a\0b", 3);
}

typedef struct {
  char *name;
  gint64 count;
  gboolean exact;
  GPtrArray *tags;
  GString *map;
  guint n_rows;
} Thing;

static gboolean
read_name (SvJsonReader *reader, gpointer user_data, GError **error)
{
  Thing *thing = user_data;
  return sv_json_read_string (reader, &thing->name, error);
}

static gboolean
read_count (SvJsonReader *reader, gpointer user_data, GError **error)
{
  Thing *thing = user_data;
  return sv_json_read_int64 (reader, &thing->count, error);
}

static gboolean
read_exact (SvJsonReader *reader, gpointer user_data, GError **error)
{
  Thing *thing = user_data;
  return sv_json_read_bool (reader, &thing->exact, error);
}

static gboolean
read_tags (SvJsonReader *reader, gpointer user_data, GError **error)
{
  Thing *thing = user_data;
  return sv_json_read_strings (reader, thing->tags, error);
}

static gboolean
read_pair (SvJsonReader *reader, const char *key, gpointer user_data, GError **error)
{
  Thing *thing = user_data;
  gint64 value;
  if (!sv_json_read_int64 (reader, &value, error))
    return FALSE;
  g_string_append_printf (thing->map, "%s=%d;", key, (int)value);
  return TRUE;
}

static gboolean
read_map (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return sv_json_read_map (reader, read_pair, user_data, error);
}

static gboolean
read_row (SvJsonReader *reader, gpointer user_data, GError **error)
{
  Thing *thing = user_data;
  thing->n_rows++;
  return sv_json_skip (reader, error);
}

static gboolean
read_rows (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return sv_json_read_array (reader, read_row, user_data, error);
}

static const SvJsonMember thing_members[] = {
    {"name", read_name}, {"count", read_count}, {"exact", read_exact},
    {"tags", read_tags}, {"map", read_map},     {"rows", read_rows},
};

static gboolean
read_thing (const char *text, Thing *thing, GError **error)
{
  *thing = (Thing){.tags = sv_strings_new (), .map = g_string_new (NULL)};
  g_autoptr (SvStream) stream = sv_stream_new_memory ("thing", text, strlen (text));
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  return sv_json_read_object (reader, thing_members, G_N_ELEMENTS (thing_members), thing, error) &&
         sv_json_next (reader, error) == SV_JSON_END;
}

static void
thing_clear (Thing *thing)
{
  g_free (thing->name);
  g_ptr_array_unref (thing->tags);
  g_string_free (thing->map, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Thing, thing_clear)

static void
test_object (void)
{
  g_auto (Thing) thing = {0};
  g_autoptr (GError) error = NULL;
  g_assert_true (read_thing ("{\"other\":{\"name\":[1]},\"name\":\"n\",\"count\":7,\"exact\":true,"
                             "\"nam\":0,\"tags\":[\"a\",\"b\"],\"map\":{\"x\":1,\"y\":2},"
                             "\"rows\":[1,[2],{\"a\":3}],\"name\\u0000\":5}",
                             &thing, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (thing.name, ==, "n");
  g_assert_cmpint (thing.count, ==, 7);
  g_assert_true (thing.exact);
  g_assert_cmpuint (thing.tags->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (thing.tags, 1), ==, "b");
  g_assert_cmpstr (thing.map->str, ==, "x=1;y=2;");
  g_assert_cmpuint (thing.n_rows, ==, 3);
}

static void
test_nulls (void)
{
  g_auto (Thing) thing = {0};
  g_autoptr (GError) error = NULL;
  g_assert_true (
      read_thing ("{\"name\":null,\"tags\":null,\"map\":null,\"rows\":null}", &thing, &error));
  g_assert_null (thing.name);
  g_assert_cmpuint (thing.tags->len, ==, 0);
  g_auto (Thing) none = {0};
  g_assert_true (read_thing ("null", &none, &error));
}

static void
test_wrong_types (void)
{
  static const struct {
    const char *text;
    const char *complaint;
  } rows[] = {
      {"{\"name\":5}", "$.name: expected a string, found a number"},
      {"{\"name\":{}}", "$.name: expected a string, found an object"},
      {"{\"count\":\"5\"}", "$.count: expected a number, found a string"},
      {"{\"count\":null}", "$.count: expected a number, found null"},
      {"{\"count\":1.0}", "$.count: expected a whole number, found a fraction or exponent"},
      {"{\"exact\":0}", "$.exact: expected true or false, found a number"},
      {"{\"tags\":[\"a\",1]}", "$.tags[1]: expected a string, found a number"},
      {"{\"tags\":\"a\"}", "$.tags: expected an array, found a string"},
      {"{\"map\":{\"a\":[]}}", "$.map.a: expected a number, found an array"},
      {"{\"map\":{\"\\u0000\":1}}", "expected text, found a NUL character (\\u0000) in it"},
      {"[]", "$: expected an object, found an array"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (Thing) thing = {0};
    g_autoptr (GError) error = NULL;
    g_assert_false (read_thing (rows[i].text, &thing, &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
    g_assert_true (g_str_has_suffix (error->message, rows[i].complaint));
  }
}

/* A broken record in an array is passed over, the next is read. */
static void
test_goes_on_behind_a_bad_record (void)
{
  static const char text[] = "[{\"name\":\"a\"},{\"rows\":[{\"x\":1}],\"name\":{\"deep\":[1]},"
                             "\"count\":1},{\"name\":\"c\"}]";
  READ (text, strlen (text));
  GString *names = g_string_new (NULL);
  sv_json_next (reader, NULL);
  while (sv_json_peek (reader, NULL) != SV_JSON_ARRAY_END) {
    guint depth = sv_json_get_depth (reader);
    g_auto (Thing) thing = {.tags = g_ptr_array_new (), .map = g_string_new (NULL)};
    if (!sv_json_read_object (reader, thing_members, G_N_ELEMENTS (thing_members), &thing, NULL))
      g_assert_true (sv_json_unwind (reader, depth, &error));
    g_string_append_printf (names, "%s,", thing.name != NULL ? thing.name : "bad");
  }
  g_assert_cmpstr (names->str, ==, "a,bad,c,");
  g_string_free (names, TRUE);
}

static void
test_many_keys (void)
{
  g_autoptr (GString) text = g_string_new ("{");
  for (guint i = 0; i < 100000; i++)
    g_string_append_printf (text, "\"CVE-2024-%u\":%u,", i, i);
  gsize good = text->len - 1;
  g_string_append (text, "\"CVE-2024-17\":0}");
  READ (text->str, text->len);
  g_assert_false (take_all (reader, &error));
  g_assert_nonnull (strstr (error->message, "the same key twice"));

  text->str[good] = '}';
  g_autoptr (SvStream) whole = sv_stream_new_memory ("whole", text->str, good + 1);
  g_autoptr (SvJsonReader) second = sv_json_reader_new (whole);
  g_clear_error (&error);
  g_assert_true (take_all (second, &error));
}

/* The sanitizer takes four times the time, and keeps what was freed in memory. */
#ifdef __SANITIZE_ADDRESS__
enum { FLOOD_MEMBERS = 8 << 20, FLOOD_PEAK_BYTES = 1 << 30 };
#else
enum { FLOOD_MEMBERS = SV_LIMIT_JSON_MEMBERS, FLOOD_PEAK_BYTES = 256 << 20 };
#endif

/* A document without end: @head, then @body again and again, or ever new keys. */
typedef struct {
  const char *head;
  const char *body;
  guint64 left;
  guint64 given;
  GString *block;
  gsize used;
  guint64 serial;
  gboolean counted;
} Flood;

static void
flood_add_key (Flood *flood)
{
  char pair[] = "\"00000000\":0,";
  guint64 serial = flood->serial++;
  for (guint i = 8; i > 0; i--, serial /= 10)
    pair[i] = (char)('0' + serial % 10);
  g_string_append_len (flood->block, pair, sizeof pair - 1);
}

static void
flood_make_block (Flood *flood)
{
  g_string_truncate (flood->block, 0);
  flood->used = 0;
  if (flood->given == 0)
    g_string_append (flood->block, flood->head);
  while (flood->block->len < 100000) {
    if (flood->counted)
      flood_add_key (flood);
    else
      g_string_append (flood->block, flood->body);
  }
}

static gssize
read_flood (gpointer source, void *buffer, gsize size, GError **error)
{
  Flood *flood = source;
  if (flood->used == flood->block->len && (flood->counted || flood->given == 0))
    flood_make_block (flood);
  if (flood->used == flood->block->len)
    flood->used = strlen (flood->head) % flood->block->len;
  gsize n = (gsize)MIN (MIN (size, flood->block->len - flood->used), flood->left);
  memcpy (buffer, flood->block->str + flood->used, n);
  flood->used += n;
  flood->left -= n;
  flood->given += n;
  return (gssize)n;
}

static guint64
peak_memory_bytes (void)
{
  g_autofree char *status = NULL;
  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  return g_ascii_strtoull (strstr (status, "VmHWM:") + 6, NULL, 10) * 1024;
}

typedef struct {
  const char *name;
  const char *head;
  const char *body;
  gboolean counted;
  SvError code;
  const char *complaint;
  guint64 max_taken; /* bytes after which it must have stopped */
} FloodRow;

#define MILLION G_GUINT64_CONSTANT (1000000)

static const FloodRow flood_rows[] = {
    {"elements", "[", "0,", FALSE, SV_ERROR_LIMIT, "too many keys and elements", 140 * MILLION},
    {"keys", "{", NULL, TRUE, SV_ERROR_LIMIT, "too many keys in open objects", 40 * MILLION},
    {"string", "[\"", "aaaaaaaaaaaaaaaa", FALSE, SV_ERROR_LIMIT, "too long", 10 * MILLION},
    {"key", "{\"", "bbbbbbbbbbbbbbbb", FALSE, SV_ERROR_LIMIT, "too long", 10 * MILLION},
    {"number", "[", "1234567890", FALSE, SV_ERROR_LIMIT, "too long", 10 * MILLION},
    {"escapes", "[\"", "\\u20ac", FALSE, SV_ERROR_LIMIT, "too long", 20 * MILLION},
    {"arrays", "[", "[", FALSE, SV_ERROR_LIMIT, "nested too deeply", MILLION},
    {"objects", "", "{\"a\":", FALSE, SV_ERROR_LIMIT, "nested too deeply", MILLION},
    {"lone surrogates", "[", "\"\\ud800\",", FALSE, SV_ERROR_INVALID_DATA, "surrogate", MILLION},
    {"NaN", "[", "NaN,", FALSE, SV_ERROR_INVALID_DATA, "expected a value", MILLION},
    {"duplicate keys", "{", "\"a\":1,", FALSE, SV_ERROR_INVALID_DATA, "same key", MILLION},
    {"garbage behind", "[]", "x", FALSE, SV_ERROR_INVALID_DATA, "more than white space", MILLION},
};

/* promise S39: 5 GB of it, under 256 MB. */
static void
test_flood (gconstpointer user_data)
{
  const FloodRow *row = user_data;
  Flood flood = {.head = row->head,
                 .body = row->body,
                 .left = 5000 * MILLION,
                 .block = g_string_new (NULL),
                 .counted = row->counted};
  g_autoptr (SvStream) stream = sv_stream_new ("flood", read_flood, &flood, NULL, G_MAXUINT64);
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  sv_json_reader_set_limits (reader, 0, 0, FLOOD_MEMBERS);
  g_autoptr (GError) error = NULL;
  gint64 begin_us = g_get_monotonic_time ();
  g_assert_false (take_all (reader, &error));
  g_test_message ("%s: %" G_GUINT64_FORMAT " bytes in %" G_GINT64_FORMAT
                  " us, peak %" G_GUINT64_FORMAT " bytes",
                  error->message, flood.given, g_get_monotonic_time () - begin_us,
                  peak_memory_bytes ());
  g_assert_error (error, SV_ERROR, (int)row->code);
  g_assert_nonnull (strstr (error->message, row->complaint));
  g_assert_cmpuint (flood.given, <, row->max_taken);
  g_assert_cmpuint (peak_memory_bytes (), <, FLOOD_PEAK_BYTES);
  g_string_free (flood.block, TRUE);
}

/* White space is no element: the byte limit of the stream ends it. */
static void
test_flood_of_space (void)
{
  Flood flood = {.head = "[",
                 .body = "                ",
                 .left = 5000 * MILLION,
                 .block = g_string_new (NULL)};
  g_autoptr (SvStream) stream = sv_stream_new ("space", read_flood, &flood, NULL, 50 * MILLION);
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  g_autoptr (GError) error = NULL;
  g_assert_false (take_all (reader, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_LIMIT);
  g_string_free (flood.block, TRUE);
}

static void
test_depth (void)
{
  for (guint depth = SV_LIMIT_JSON_DEPTH; depth <= SV_LIMIT_JSON_DEPTH + 1; depth++) {
    g_autofree char *open = g_strnfill (depth, '[');
    g_autofree char *close = g_strnfill (depth, ']');
    g_autofree char *text = g_strconcat (open, close, NULL);
    READ (text, 2 * depth);
    g_assert_cmpint (take_all (reader, &error), ==, depth == SV_LIMIT_JSON_DEPTH);
  }
}

static void
test_set_limits (void)
{
  static const struct {
    const char *text;
    guint depth;
    gsize string_bytes;
    guint64 members;
    gboolean fits;
  } rows[] = {
      {"[[1]]", 2, 0, 0, TRUE},
      {"[[[1]]]", 2, 0, 0, FALSE},
      {"[\"abc\"]", 0, 3, 0, TRUE},
      {"[\"abcd\"]", 0, 3, 0, FALSE},
      {"[1234]", 0, 3, 0, FALSE},
      {"[1,2,3]", 0, 0, 3, TRUE},
      {"[1,2,3,4]", 0, 0, 3, FALSE},
      {"{\"a\":[1,2]}", 0, 0, 3, TRUE},
      {"{\"a\":[1,2,3]}", 0, 0, 3, FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    READ (rows[i].text, strlen (rows[i].text));
    sv_json_reader_set_limits (reader, rows[i].depth, rows[i].string_bytes, rows[i].members);
    g_assert_cmpint (take_all (reader, &error), ==, rows[i].fits);
    if (!rows[i].fits)
      g_assert_error (error, SV_ERROR, SV_ERROR_LIMIT);
  }
}

static void
test_stream_error (void)
{
  READ ("[1,2,3]", 7);
  sv_stream_set_max_bytes (stream, 5);
  g_assert_false (take_all (reader, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_LIMIT);
}

/* Real feed: the same members as counted by a search for one of their keys. */
static void
test_real_kev (void)
{
  const char *data = g_getenv ("SALVE_TEST_DATA");
  g_autofree char *path = g_build_filename (
      data != NULL ? data : "", "kev/known_exploited_vulnerabilities-2025.08.25.json.zst", NULL);
  if (data == NULL || !g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_test_skip ("KEV data absent");
    return;
  }
  g_autoptr (GBytes) bytes = sv_file_read (path, 100 << 20, NULL);
  g_assert_nonnull (bytes);
  READ (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  guint n = 0, n_naive = 0;
  SvJsonToken token;
  while ((token = sv_json_next (reader, &error)) > SV_JSON_END)
    n += token == SV_JSON_KEY && g_str_equal (sv_json_get_text (reader, NULL), "cveID");
  g_assert_no_error (error);
  const char *at = g_bytes_get_data (bytes, NULL), *end = at + g_bytes_get_size (bytes);
  while ((at = memmem (at, (gsize)(end - at), "\"cveID\"", 7)) != NULL) {
    n_naive++;
    at++;
  }
  g_assert_cmpuint (n, >, 1000);
  g_assert_cmpuint (n, ==, n_naive);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (flood_rows); i++) { /* first, for the peak of memory */
    g_autofree char *path = g_strdup_printf ("/json/flood/%s", flood_rows[i].name);
    g_test_add_data_func (path, &flood_rows[i], test_flood);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (json_facts); i++) {
    g_autofree char *name = g_strdelimit (g_strdup (json_facts[i].name), "/", '|');
    g_autofree char *path = g_strdup_printf ("/json/fact/%s", name);
    g_test_add_data_func (path, &json_facts[i], test_fact);
  }
  g_test_add_func ("/json/flood-of-space", test_flood_of_space);
  g_test_add_func ("/json/facts-in-drops", test_facts_in_drops);
  g_test_add_func ("/json/tokens", test_tokens);
  g_test_add_func ("/json/text-outlives-peek", test_text_outlives_peek);
  g_test_add_func ("/json/error-says-where", test_error_says_where);
  g_test_add_func ("/json/skip-and-unwind", test_skip_and_unwind);
  g_test_add_func ("/json/numbers", test_numbers);
  g_test_add_func ("/json/number-of-400-digits", test_number_of_400_digits);
  g_test_add_func ("/json/nul-in-a-string", test_nul_in_a_string);
  g_test_add_func ("/json/object", test_object);
  g_test_add_func ("/json/nulls", test_nulls);
  g_test_add_func ("/json/wrong-types", test_wrong_types);
  g_test_add_func ("/json/goes-on-behind-a-bad-record", test_goes_on_behind_a_bad_record);
  g_test_add_func ("/json/many-keys", test_many_keys);
  g_test_add_func ("/json/depth", test_depth);
  g_test_add_func ("/json/set-limits", test_set_limits);
  g_test_add_func ("/json/stream-error", test_stream_error);
  g_test_add_func ("/json/real-kev", test_real_kev);
  return g_test_run ();
}
