#include "db/db.h"

#include "db/test_store.h"

#include <math.h>

typedef enum { RED, GREEN, BLUE } Colour;
static const char *const colour_names[] = {"red", "green", "blue", NULL};

typedef struct {
  char *id;
  char *remark;
  gint64 count;
  double score;
  gboolean open;
  gint64 seen_at_us;
  gint colour;
  GBytes *key;
  GPtrArray *names;
  gint64 computed; /* not stored */
} Thing;

static const SvField thing_fields[] = {
    SV_FIELD (Thing, id, SV_TYPE_STRING),
    SV_FIELD (Thing, remark, SV_TYPE_STRING),
    SV_FIELD (Thing, count, SV_TYPE_INT64),
    SV_FIELD (Thing, score, SV_TYPE_DOUBLE),
    SV_FIELD (Thing, open, SV_TYPE_BOOL),
    SV_FIELD (Thing, seen_at_us, SV_TYPE_INSTANT),
    SV_FIELD (Thing, colour, SV_TYPE_ENUM, .values = colour_names),
    SV_FIELD (Thing, key, SV_TYPE_BLOB),
    SV_FIELD (Thing, names, SV_TYPE_STRINGS),
    SV_FIELD (Thing, computed, SV_TYPE_INT64, .flags = SV_FIELD_NO_STORE),
};
static SV_RECORD_TYPE (thing_type, Thing, "Thing", thing_fields, "One of each type.");

static void
thing_clear (Thing *thing)
{
  sv_record_clear (&thing_type, thing);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Thing, thing_clear)

static const char insert_sql[] =
    "INSERT INTO thing (owner, id, remark, count, score, open, seen_at_us, colour, key, names) "
    "VALUES (:owner, :id, :remark, :count, :score, :open, :seen_at_us, :colour, :key, :names)";

static void
make_table (SvDb *db)
{
  g_autoptr (GError) error = NULL;
  sv_db_exec (db,
              "CREATE TABLE thing (owner TEXT, id TEXT NOT NULL PRIMARY KEY, remark TEXT,"
              " count BIGINT, score DOUBLE PRECISION, open BIGINT, seen_at_us BIGINT, colour TEXT,"
              " key BLOB, names TEXT, computed BIGINT)",
              &error);
  g_assert_no_error (error);
}

static gboolean
insert (SvDb *db, const Thing *thing, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, insert_sql, error);
  g_assert_nonnull (query);
  sv_query_bind_record (query, &thing_type, thing);
  sv_query_bind_text (query, "owner", "us");
  return sv_query_run (query, error);
}

static gboolean
read_one (SvDb *db, const char *sql, Thing *thing, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, sql, error);
  g_assert_nonnull (query);
  g_assert_cmpint (sv_query_step (query, error), ==, SV_STEP_ROW);
  return sv_query_read_record (query, &thing_type, thing, error);
}

static GPtrArray *
list_of (const char *const *names)
{
  GPtrArray *list = sv_strings_new ();
  for (gsize i = 0; names[i] != NULL; i++)
    g_ptr_array_add (list, g_strdup (names[i]));
  return list;
}

static void
test_round_trip (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  const char *const names[] = {"a", "", "with \"quotes\", \\ and , commas", "\xc3\xa9\n", NULL};
  make_table (store->db);
  g_auto (Thing) thing = {.id = g_strdup ("one"),
                          .remark = g_strdup ("it's"),
                          .count = G_MININT64,
                          .score = 0.1,
                          .open = TRUE,
                          .seen_at_us = 1700000000000001,
                          .colour = BLUE,
                          .key = g_bytes_new ("a\0b", 3),
                          .names = list_of (names)};
  g_assert_true (insert (store->db, &thing, &error));
  g_auto (Thing) got = {.remark = g_strdup ("cleared first")};
  g_assert_true (read_one (store->db, "SELECT * FROM thing", &got, &error));
  g_assert_no_error (error);
  g_assert_true (sv_record_equal (&thing_type, &thing, &got));
}

static void
test_empty (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  make_table (store->db);
  g_auto (Thing) thing = {.id = g_strdup ("empty"), .score = NAN, .computed = 5};
  g_assert_true (insert (store->db, &thing, &error));
  g_auto (Thing) got = {0};
  g_assert_true (read_one (store->db,
                           "SELECT * FROM thing WHERE score IS NULL AND names = '[]' AND"
                           " computed IS NULL AND owner = 'us' AND colour = 'red'",
                           &got, &error));
  g_assert_cmpstr (got.id, ==, "empty");
  g_assert_null (got.remark);
  g_assert_null (got.key);
  g_assert_true (isnan (got.score));
  g_assert_cmpint (got.computed, ==, 0);
  g_assert_true (got.names == NULL || got.names->len == 0);
}

static void
test_empty_blob (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  make_table (store->db);
  g_auto (Thing) thing = {.id = g_strdup ("blob"), .key = g_bytes_new (NULL, 0)};
  g_assert_true (insert (store->db, &thing, &error));
  g_auto (Thing) got = {0};
  g_assert_true (read_one (store->db, "SELECT key FROM thing", &got, &error));
  g_assert_nonnull (got.key);
  g_assert_cmpuint (g_bytes_get_size (got.key), ==, 0);
  g_assert_null (got.id);
}

static void
test_some_columns (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  make_table (store->db);
  g_auto (Thing) thing = {.id = g_strdup ("one"), .count = 3, .colour = GREEN};
  g_assert_true (insert (store->db, &thing, &error));
  g_auto (Thing) got = {0};
  g_assert_true (read_one (store->db, "SELECT count, 5 AS other, colour FROM thing", &got, &error));
  g_assert_cmpint (got.count, ==, 3);
  g_assert_cmpint (got.colour, ==, GREEN);
  g_assert_null (got.id);
}

static void
test_unknown_values (SvTestStore *store)
{
  static const char *const texts[] = {"SELECT id, 'mauve' AS colour FROM thing",
                                      "SELECT id, '[\"a\"' AS names FROM thing",
                                      "SELECT id, '{}' AS names FROM thing"};
  make_table (store->db);
  g_auto (Thing) thing = {.id = g_strdup ("one")};
  g_assert_true (insert (store->db, &thing, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_auto (Thing) got = {0};
    g_assert_false (read_one (store->db, texts[i], &got, &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
    g_assert_null (got.id);
  }
}

static void
test_enum_out_of_range (SvTestStore *store)
{
  static const gint values[] = {-1, 3, G_MAXINT};
  make_table (store->db);
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++) {
    g_autoptr (GError) error = NULL;
    g_auto (Thing) thing = {.id = g_strdup ("one"), .colour = values[i]};
    g_assert_false (insert (store->db, &thing, &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sv_test_store_add ("/record-store/round-trip", test_round_trip);
  sv_test_store_add ("/record-store/empty", test_empty);
  sv_test_store_add ("/record-store/empty-blob", test_empty_blob);
  sv_test_store_add ("/record-store/some-columns", test_some_columns);
  sv_test_store_add ("/record-store/unknown-values", test_unknown_values);
  sv_test_store_add ("/record-store/enum-out-of-range", test_enum_out_of_range);
  return g_test_run ();
}
