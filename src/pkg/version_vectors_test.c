/* Other people's tables of pairs with the answer of the package manager. */
#include "pkg/version.h"

static char *
data_path (const char *name)
{
  const char *data = g_getenv ("SALVE_TEST_DATA");
  g_autofree char *path = g_build_filename (data != NULL ? data : "", "vectors", name, NULL);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  g_test_skip ("vectors: data absent");
  return NULL;
}

static GStrv
read_lines (const char *path)
{
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, &content, NULL, &error);
  g_assert_no_error (error);
  return g_strsplit (content, "\n", -1);
}

static void
check_line (SvScheme scheme, const char *a, const char *b, const char *want)
{
  g_autofree char *line = g_strdup_printf ("%s\t%s", a, b);
  g_autoptr (GError) error = NULL;
  g_autofree char *got = sv_version_compare_line (scheme, line, &error);
  g_assert_no_error (error);
  if (!g_str_equal (got, want))
    g_error ("%s %s: got %s, want %s", sv_scheme_names[scheme], line, got, want);
}

typedef struct {
  const char *name;
  SvScheme scheme;
  guint n; /* at least so many pairs, or the table was not read */
} Table;

static const char *
read_order (const char *word)
{
  static const char *const words[][2] = {{"lt", "-1"}, {"eq", "0"}, {"gt", "1"}};
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (word, words[i][0]))
      return words[i][1];
  return word;
}

static void
test_table (gconstpointer data)
{
  const Table *table = data;
  g_autofree char *path = data_path (table->name);
  if (path == NULL)
    return;
  g_auto (GStrv) lines = read_lines (path);
  guint n = 0;
  for (; lines[n + 1] != NULL && *lines[n + 1] != '\0'; n++) {
    g_auto (GStrv) cells = g_strsplit (lines[n + 1], "\t", -1);
    g_assert_cmpuint (g_strv_length (cells), ==, 3);
    check_line (table->scheme, cells[0], cells[1], read_order (cells[2]));
  }
  g_assert_cmpuint (n, >=, table->n);
}

/* One test of the vers specification: a comparison answers the versions in order, an equality
 * answers true. */
typedef struct {
  const Table *table;
  GPtrArray *versions;
  GPtrArray *sorted;
  guint n;
} Vers;

static gboolean
read_versions (SvJsonReader *reader, gpointer user_data, GError **error)
{
  Vers *vers = user_data;
  return sv_json_read_strings (reader, vers->versions, error);
}

static gboolean
read_input (SvJsonReader *reader, gpointer user_data, GError **error)
{
  static const SvJsonMember members[] = {{"versions", read_versions}};
  return sv_json_read_object (reader, members, G_N_ELEMENTS (members), user_data, error);
}

static gboolean
read_expected (SvJsonReader *reader, gpointer user_data, GError **error)
{
  Vers *vers = user_data;
  if (sv_json_peek (reader, error) == SV_JSON_ARRAY_BEGIN)
    return sv_json_read_strings (reader, vers->sorted, error);
  gboolean is_equal;
  if (!sv_json_read_bool (reader, &is_equal, error))
    return FALSE;
  g_assert_true (is_equal);
  return TRUE;
}

static gboolean
read_test (SvJsonReader *reader, gpointer user_data, GError **error)
{
  static const SvJsonMember members[] = {{"input", read_input}, {"expected_output", read_expected}};
  Vers *vers = user_data;
  g_ptr_array_set_size (vers->versions, 0);
  g_ptr_array_set_size (vers->sorted, 0);
  if (!sv_json_read_object (reader, members, G_N_ELEMENTS (members), vers, error))
    return FALSE;
  g_assert_cmpuint (vers->versions->len, ==, 2);
  const char *a = vers->versions->pdata[0], *b = vers->versions->pdata[1];
  gboolean is_equal = vers->sorted->len == 0;
  check_line (vers->table->scheme, a, b,
              is_equal ? "0" : (g_str_equal (a, vers->sorted->pdata[0]) ? "-1" : "1"));
  vers->n++;
  return TRUE;
}

static gboolean
read_tests (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return sv_json_read_array (reader, read_test, user_data, error);
}

static void
test_vers (gconstpointer data)
{
  static const SvJsonMember members[] = {{"tests", read_tests}};
  const Table *table = data;
  g_autofree char *path = data_path (table->name);
  if (path == NULL)
    return;
  g_autoptr (GError) error = NULL;
  g_autoptr (SvStream) stream = sv_stream_open (path, &error);
  g_assert_no_error (error);
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  g_autoptr (GPtrArray) versions = sv_strings_new ();
  g_autoptr (GPtrArray) sorted = sv_strings_new ();
  Vers vers = {table, versions, sorted, 0};
  sv_json_read_object (reader, members, G_N_ELEMENTS (members), &vers, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (vers.n, >=, table->n);
}

/* "#>job noop provides A < B" */
static void
test_libsolv_caret (void)
{
  static const char *const orders[] = {"<", "-1", "=", "0", ">", "1"};
  g_autofree char *path = data_path ("libsolv-evrcmp/caret.t");
  if (path == NULL)
    return;
  g_auto (GStrv) lines = read_lines (path);
  guint n = 0;
  for (guint i = 0; lines[i] != NULL; i++) {
    if (!g_str_has_prefix (lines[i], "#>job noop provides "))
      continue;
    g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);
    for (gsize j = 0; j < G_N_ELEMENTS (orders); j += 2)
      if (g_str_equal (words[4], orders[j]))
        check_line (SV_SCHEME_RPM, words[3], words[5], orders[j + 1]);
    n++;
  }
  g_assert_cmpuint (n, ==, 32);
}

/* What a dependency "NAME OP VERSION" covers, as a range of keys. A version without a release
 * stands for all its releases: from its key to that key followed by 0xff. */
typedef struct {
  GByteArray *low, *high;     /* NULL: without end on that side */
  gboolean has_low, has_high; /* whether the end itself is in it */
} Range;

static void
range_clear (Range *range)
{
  g_clear_pointer (&range->low, g_byte_array_unref);
  g_clear_pointer (&range->high, g_byte_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Range, range_clear)

static GByteArray *
build_key (const char *version, gboolean past_releases)
{
  g_autoptr (GByteArray) key = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  sv_version_append_key (SV_SCHEME_RPM, version, key, &error);
  g_assert_no_error (error);
  if (past_releases && strchr (version, '-') == NULL)
    g_byte_array_append (key, (const guint8 *)"\xff", 1);
  return g_steal_pointer (&key);
}

static Range
build_range (const char *operator, const char * version)
{
  gboolean less = strchr (operator, '<') != NULL, more = strchr (operator, '>') != NULL;
  gboolean equal = strchr (operator, '=') != NULL;
  return (Range){.low = less ? NULL : build_key (version, more && !equal),
                 .high = more ? NULL : build_key (version, equal),
                 .has_low = equal,
                 .has_high = equal};
}

static gboolean
begins_before_end (const Range *a, const Range *b)
{
  if (a->low == NULL || b->high == NULL)
    return TRUE;
  int order = sv_key_compare (a->low->data, a->low->len, b->high->data, b->high->len);
  return order < 0 || (order == 0 && a->has_low && b->has_high);
}

static gboolean
ranges_meet (const Range *a, const Range *b)
{
  return begins_before_end (a, b) && begins_before_end (b, a);
}

typedef struct {
  char *package; /* "AEQ1-1-1.noarch" */
  Range range;
} Dependency;

static void
dependency_free (gpointer data)
{
  Dependency *dependency = data;
  g_free (dependency->package);
  range_clear (&dependency->range);
  g_free (dependency);
}

/* "=Pkg: AEQ1 1 1 noarch", then "=Prv: B = 1" or "=Con: B = 1" */
static GPtrArray *
read_dependencies (const char *name)
{
  g_autofree char *path = data_path (name);
  g_auto (GStrv) lines = read_lines (path);
  GPtrArray *dependencies = g_ptr_array_new_with_free_func (dependency_free);
  for (guint i = 0; lines[i] != NULL; i++) {
    if (!g_str_has_prefix (lines[i], "=Pkg: "))
      continue;
    g_auto (GStrv) package = g_strsplit (lines[i], " ", -1);
    g_auto (GStrv) words = g_strsplit (lines[i + 1], " ", -1);
    Dependency *dependency = g_new (Dependency, 1);
    dependency->package =
        g_strdup_printf ("%s-%s-%s.%s", package[1], package[2], package[3], package[4]);
    dependency->range = build_range (words[2], words[3]);
    g_ptr_array_add (dependencies, dependency);
  }
  return dependencies;
}

static guint
check_conflict (GStrv lines, const Dependency *conflict, GPtrArray *installed)
{
  g_autofree char *install = g_strdup_printf ("#>install %s@c", conflict->package);
  guint end = 0;
  while (!g_str_equal (lines[end], install))
    end++;
  guint begin = end;
  while (g_str_has_prefix (lines[begin - 1], "#>"))
    begin--;
  for (guint i = 0; i < installed->len; i++) {
    const Dependency *dependency = installed->pdata[i];
    g_autofree char *erase = g_strdup_printf ("#>erase %s@system", dependency->package);
    gboolean is_erased = FALSE;
    for (guint j = begin; j < end; j++)
      is_erased |= g_str_equal (lines[j], erase);
    if (ranges_meet (&conflict->range, &dependency->range) != is_erased)
      g_error ("%s and %s: libsolv says %d", conflict->package, dependency->package, is_erased);
  }
  return installed->len;
}

static void
test_libsolv_ranges (void)
{
  g_autofree char *path = data_path ("libsolv-evrcmp/testevr.t");
  if (path == NULL)
    return;
  g_auto (GStrv) lines = read_lines (path);
  g_autoptr (GPtrArray) conflicts = read_dependencies ("libsolv-evrcmp/conflicts.repo");
  g_autoptr (GPtrArray) installed = read_dependencies ("libsolv-evrcmp/system.repo");
  guint n = 0;
  for (guint i = 0; i < conflicts->len; i++)
    n += check_conflict (lines, conflicts->pdata[i], installed);
  g_assert_cmpuint (n, ==, 10 * 60);
}

static const Table tables[] = {
    {"dpkg-compare.tsv", SV_SCHEME_DEB, 2800},
    {"rpm-evr-compare.tsv", SV_SCHEME_RPM, 2800},
    {"rpmvercmp.tsv", SV_SCHEME_RPM, 63},
};
static const Table vers_tables[] = {
    {"vers/alpine_version_cmp_test.json", SV_SCHEME_APK, 716},
    {"vers/alpm_version_cmp_test.json", SV_SCHEME_PACMAN, 42},
};

static void
add_tests (const Table *rows, gsize n_rows, GTestDataFunc test)
{
  for (gsize i = 0; i < n_rows; i++) {
    g_autofree char *path = g_strdup_printf ("/version/vectors/%s", rows[i].name);
    g_test_add_data_func (path, &rows[i], test);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_tests (tables, G_N_ELEMENTS (tables), test_table);
  add_tests (vers_tables, G_N_ELEMENTS (vers_tables), test_vers);
  g_test_add_func ("/version/vectors/libsolv-caret", test_libsolv_caret);
  g_test_add_func ("/version/vectors/libsolv-missing-release", test_libsolv_ranges);
  return g_test_run ();
}
