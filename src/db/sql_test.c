#include "db/sql.h"

#include "base/base.h"

static void
test_translate (void)
{
  static const struct {
    const char *sql;
    const char *text;
    const char *names;
  } cases[] = {
      {"SELECT 1", "SELECT 1", ""},
      {"SELECT :b, :a, :b", "SELECT $1, $2, $1", "b a"},
      {"SELECT ':a', \":a\", :a -- :b\n, /* :c */ :d",
       "SELECT ':a', \":a\", $1 -- :b\n, /* :c */ $2", "a d"},
      {"SELECT 'it''s :x', :y_2", "SELECT 'it''s :x', $1", "y_2"},
      {"SELECT a::text, :aa, :a", "SELECT a::text, $1, $2", "aa a"},
      {"SELECT '?', '$1'", "SELECT '?', '$1'", ""},
      {"x=:a-:b--c", "x=$1-$2--c", "a b"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) names = sv_strings_new ();
    g_autofree char *text = sv_sql_translate (cases[i].sql, '$', names, &error);
    g_assert_no_error (error);
    g_ptr_array_add (names, NULL);
    g_autofree char *joined = g_strjoinv (" ", (char **)names->pdata);
    g_assert_cmpstr (text, ==, cases[i].text);
    g_assert_cmpstr (joined, ==, cases[i].names);
  }
}

static void
test_refused (void)
{
  static const char *const cases[] = {
      "SELECT ?",      "SELECT $1",        "SELECT @x", "SELECT 'open",
      "SELECT \"open", "SELECT 1 /* open", "",          " ; -- x"};
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) names = sv_strings_new ();
    g_assert_null (sv_sql_translate (cases[i], '?', names, &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_USAGE);
  }
}

static const char *const types[][2] = {{"TEXT", "STRING"}, {"PRECISION", ""}, {NULL, NULL}};
static const SvSqlDialect dialect = {types, " STRICT"};

static void
test_script (void)
{
  static const char script[] = "; -- first; comment\n"
                               "CREATE TABLE a (text TEXT, b TEXT DEFAULT 'TEXT;''', /* ; */\n"
                               "  \"c;d\" DOUBLE PRECISION);;\n"
                               "INSERT INTO a VALUES ('TEXT; -- no comment', CAST (1 AS TEXT));\n"
                               "CREATE INDEX i ON a (text);\n"
                               "ALTER TABLE a ADD COLUMN e TEXT -- the end; TEXT\n";
  static const char *const expected[] = {
      "CREATE TABLE a (text STRING, b STRING DEFAULT 'TEXT;''', \"c;d\" DOUBLE ) STRICT",
      "INSERT INTO a VALUES ('TEXT; -- no comment', CAST (1 AS TEXT))",
      "CREATE INDEX i ON a (text)", "ALTER TABLE a ADD COLUMN e STRING ", NULL};
  const char *cursor = script;
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *statement = NULL;
    g_assert_true (sv_sql_next_statement (&cursor, &dialect, &statement, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (statement, ==, expected[i]);
  }
}

static void
test_script_unclosed (void)
{
  const char *cursor = "SELECT 1; SELECT 'open; SELECT 2;";
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_assert_true (sv_sql_next_statement (&cursor, &dialect, &first, &error));
  g_assert_false (sv_sql_next_statement (&cursor, &dialect, &second, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_USAGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sql/translate", test_translate);
  g_test_add_func ("/sql/refused", test_refused);
  g_test_add_func ("/sql/script", test_script);
  g_test_add_func ("/sql/script-unclosed", test_script_unclosed);
  return g_test_run ();
}
