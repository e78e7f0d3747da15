#include "pkg/cpe.h"

#include <string.h>

static char *
read_data (const char *path)
{
  g_autoptr (GError) error = NULL;
  const char *root = g_getenv ("SALVE_TEST_DATA");
  g_autofree char *full = g_build_filename (root != NULL ? root : "/nowhere", path, NULL);
  if (!g_file_test (full, G_FILE_TEST_EXISTS)) {
    g_test_skip ("CPE data absent");
    return NULL;
  }
  g_autoptr (GBytes) bytes = sv_file_read (full, SV_LIMIT_SMALL_FILE_BYTES, &error);
  g_assert_no_error (error);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static SvCpe *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  SvCpe *cpe = sv_cpe_parse (text, &error);
  if (cpe == NULL)
    g_error ("%s: %s", text, error->message);
  return cpe;
}

/* New string of the attribute value behind @mark, XML references resolved; NULL at the end. */
static char *
next_value (const char **at, const char *mark)
{
  const char *found = strstr (*at, mark);
  if (found == NULL)
    return NULL;
  const char *begin = found + strlen (mark);
  *at = strchr (begin, '"');
  GString *value = g_string_new_len (begin, *at - begin);
  g_string_replace (value, "&amp;", "&", 0);
  g_string_replace (value, "&lt;", "<", 0);
  g_string_replace (value, "&gt;", ">", 0);
  return g_string_free (value, FALSE);
}

/* The dictionary gives each name in both bindings: both must be the same name, and each binding
 * must come out as it went in. */
static void
test_dictionary (void)
{
  g_autofree char *xml = read_data ("nvd/official-cpe-dictionary-sample.xml.zst");
  if (xml == NULL)
    return;
  guint n_names = 0;
  for (const char *at = xml;;) {
    g_autofree char *uri = next_value (&at, "<cpe-item name=\"");
    if (uri == NULL)
      break;
    g_autofree char *formatted = next_value (&at, "cpe23-item name=\"");
    g_autoptr (SvCpe) from_uri = parse (uri), from_formatted = parse (formatted);
    g_autofree char *uri_again = sv_cpe_format_uri (from_formatted);
    g_autofree char *formatted_again = sv_cpe_format (from_uri);
    g_assert_cmpstr (uri_again, ==, uri);
    g_assert_cmpstr (formatted_again, ==, formatted);
    g_assert_true (sv_cpe_compare (from_uri, from_formatted) == SV_CPE_EQUAL);
    n_names++;
  }
  g_assert_cmpuint (n_names, ==, 3198);
}

static void
test_debian_list (void)
{
  g_autofree char *list = read_data ("debian/tracker/CPE-list");
  if (list == NULL)
    return;
  guint n_names = 0;
  g_auto (GStrv) lines = g_strsplit (list, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) fields = g_strsplit (lines[i], ";", -1);
    if (g_strv_length (fields) < 2 || g_strstrip (fields[1])[0] == '\0')
      continue;
    g_autoptr (SvCpe) cpe = parse (fields[1]);
    g_autofree char *uri = sv_cpe_format_uri (cpe);
    g_assert_cmpint (g_ascii_strcasecmp (uri, fields[1]), ==, 0);
    n_names++;
  }
  g_assert_cmpuint (n_names, >, 2300);
}

/* NVD lists the names that each criterion matches: the criterion without its version range must be
 * a superset of every one of them. */
typedef struct {
  SvCpe *criterion;
  guint n_matches;
} Match;

static gboolean
read_criterion (SvJsonReader *reader, gpointer data, GError **error)
{
  Match *match = data;
  g_autofree char *text = NULL;
  if (!sv_json_read_string (reader, &text, error))
    return FALSE;
  sv_cpe_free (match->criterion);
  match->criterion = parse (text);
  return TRUE;
}

static gboolean
read_name (SvJsonReader *reader, gpointer data, GError **error)
{
  Match *match = data;
  g_autofree char *text = NULL;
  if (!sv_json_read_string (reader, &text, error))
    return FALSE;
  g_autoptr (SvCpe) name = parse (text);
  if (!sv_cpe_matches (match->criterion, name))
    g_error ("%s is not matched", text);
  match->n_matches++;
  return TRUE;
}

static gboolean
read_match (SvJsonReader *reader, gpointer data, GError **error)
{
  static const SvJsonMember members[] = {{"cpeName", read_name}};
  return sv_json_read_object (reader, members, G_N_ELEMENTS (members), data, error);
}

static gboolean
read_matches (SvJsonReader *reader, gpointer data, GError **error)
{
  return sv_json_read_array (reader, read_match, data, error);
}

static gboolean
read_match_string (SvJsonReader *reader, gpointer data, GError **error)
{
  static const SvJsonMember members[] = {{"criteria", read_criterion}, {"matches", read_matches}};
  return sv_json_read_object (reader, members, G_N_ELEMENTS (members), data, error);
}

static gboolean
read_document (const char *name, SvStream *content, gpointer data, GError **error)
{
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (content);
  if (strstr (name, "/vuls-data-raw-nvd-feed-cpematch-v2/") == NULL &&
      strstr (name, "/vuls-data-raw-nvd-api-cpematch/") == NULL)
    return TRUE;
  return read_match_string (reader, data, error);
}

static void
test_nvd_matches (void)
{
  g_autoptr (GError) error = NULL;
  const char *root = g_getenv ("SALVE_TEST_DATA");
  g_autofree char *path =
      g_build_filename (root != NULL ? root : "/nowhere", "nvd/vuls-fixtures-nvd.tar.zst", NULL);
  Match match = {0};
  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_test_skip ("NVD match data absent");
    return;
  }
  sv_documents_foreach (path, ".json", read_document, &match, &error);
  g_assert_no_error (error);
  sv_cpe_free (match.criterion);
  g_test_message ("%u names matched", match.n_matches);
  g_assert_cmpuint (match.n_matches, ==, 213);
}

static const struct {
  const char *text;
  const char *formatted; /* NULL: refused */
} names[] = {
    {"cpe:/o:redhat:enterprise_linux:8.1:GA",
     "cpe:2.3:o:redhat:enterprise_linux:8.1:ga:*:*:*:*:*:*"},
    {"cpe:2.3:o:amazon:amazon_linux:2", "cpe:2.3:o:amazon:amazon_linux:2:*:*:*:*:*:*:*"},
    {"CPE:/A:Foo:Bar%2B%2b:1.%02", "cpe:2.3:a:foo:bar\\+\\+:1.*:*:*:*:*:*:*:*"},
    {"cpe:/a:hp:insight:7.4.0.1570:-:~~online~win2003~x64~",
     "cpe:2.3:a:hp:insight:7.4.0.1570:-:*:*:online:win2003:x64:*"},
    {"cpe:2.3:a:foo\\:bar:b\\/z:\\-:*:*:*:*:*:*:*", "cpe:2.3:a:foo\\:bar:b\\/z:\\-:*:*:*:*:*:*:*"},
    {"cpe:2.3:a:a\\.b:c\\-d:1\\_0:*:*:*:*:*:*:*", "cpe:2.3:a:a.b:c-d:1_0:*:*:*:*:*:*:*"},
    {"cpe:2.3:*:*:*", "cpe:2.3:*:*:*:*:*:*:*:*:*:*:*"},
    {"cpe:2.3:a:a:b:??1.2\\?*:*:*:*:*:*:*:*", "cpe:2.3:a:a:b:??1.2\\?*:*:*:*:*:*:*:*"},
    {"", NULL},
    {"cpe:2.2:a:b:c", NULL},
    {"cpe:2.3:a:b", NULL},
    {"cpe:2.3:a:b:", NULL},
    {"cpe:2.3:a:b::1", NULL},
    {"cpe:2.3:x:b:c", NULL},
    {"cpe:2.3:a:b:c:*:*:*:*:*:*:*:*:*", NULL},
    {"cpe:2.3:a:b:c d", NULL},
    {"cpe:2.3:a:b:c+", NULL},
    {"cpe:2.3:a:b:c\\d", NULL},
    {"cpe:2.3:a:b:c\\", NULL},
    {"cpe:2.3:a:b:c\xc3\xa4", NULL},
    {"cpe:2.3:a:b:c*d", NULL},
    {"cpe:2.3:a:b:**", NULL},
    {"cpe:2.3:a:b:?*", NULL},
    {"cpe:2.3:a:b:c?d", NULL},
    {"cpe:/a:b", NULL},
    {"cpe:/a:b:c%2", NULL},
    {"cpe:/a:b:c%41", NULL},
    {"cpe:/a:b:c:1:2:~a~b", NULL},
    {"cpe:/a:b:c:1:2:3:4:5", NULL},
};

static void
test_names (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SvCpe) cpe = sv_cpe_parse (names[i].text, &error);
    if ((cpe != NULL) != (names[i].formatted != NULL))
      g_error ("%s: %s", names[i].text, cpe != NULL ? "taken for valid" : error->message);
    g_autofree char *formatted = cpe != NULL ? sv_cpe_format (cpe) : NULL;
    g_assert_cmpstr (formatted, ==, names[i].formatted);
  }
}

/* The table of NISTIR 7696, 6.2, and what wildcards match. */
static const struct {
  const char *source, *target;
  SvCpeRelation relation;
} attributes[] = {
    {"*", "*", SV_CPE_EQUAL},         {"*", "-", SV_CPE_SUPERSET},
    {"*", "1", SV_CPE_SUPERSET},      {"*", "1*", SV_CPE_UNDEFINED},
    {"-", "*", SV_CPE_SUBSET},        {"-", "-", SV_CPE_EQUAL},
    {"-", "1", SV_CPE_DISJOINT},      {"-", "1*", SV_CPE_UNDEFINED},
    {"1", "*", SV_CPE_SUBSET},        {"1", "-", SV_CPE_DISJOINT},
    {"1", "1", SV_CPE_EQUAL},         {"1", "2", SV_CPE_DISJOINT},
    {"1", "1*", SV_CPE_UNDEFINED},    {"1*", "*", SV_CPE_SUBSET},
    {"1*", "-", SV_CPE_DISJOINT},     {"1*", "1.2", SV_CPE_SUPERSET},
    {"1*", "1", SV_CPE_SUPERSET},     {"1*", "2", SV_CPE_DISJOINT},
    {"1*", "1*", SV_CPE_UNDEFINED},   {"1?", "12", SV_CPE_SUPERSET},
    {"1?", "1", SV_CPE_SUPERSET},     {"1?", "123", SV_CPE_DISJOINT},
    {"?1", "1", SV_CPE_SUPERSET},     {"??1", "xy1", SV_CPE_SUPERSET},
    {"??1", "xyz1", SV_CPE_DISJOINT}, {"*1*", "a1b", SV_CPE_SUPERSET},
    {"*ab", "aab", SV_CPE_SUPERSET},  {"*1", "12", SV_CPE_DISJOINT},
    {"a\\*", "a\\*", SV_CPE_EQUAL},   {"a\\*", "ab", SV_CPE_DISJOINT},
    {"a?", "a\\+", SV_CPE_SUPERSET},  {"a\\+*", "a\\+b", SV_CPE_SUPERSET},
};

static void
test_attributes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (attributes); i++) {
    SvCpeRelation relation = sv_cpe_compare_attributes (attributes[i].source, attributes[i].target);
    if (relation != attributes[i].relation)
      g_error ("'%s' to '%s' is %s", attributes[i].source, attributes[i].target,
               sv_cpe_relation_names[relation]);
  }
}

typedef struct {
  const char *source, *target;
  SvCpeRelation relation;
} NameRelation;

static void
check_relation (const NameRelation *row)
{
  g_autoptr (SvCpe) source = parse (row->source), target = parse (row->target);
  SvCpeRelation relation = sv_cpe_compare (source, target);
  g_assert_cmpstr (sv_cpe_relation_names[relation], ==, sv_cpe_relation_names[row->relation]);
}

static void
test_pitfall_98 (void)
{
  static const NameRelation row = {"cpe:2.3:a:cisco:ios", "cpe:2.3:o:cisco:ios", SV_CPE_DISJOINT};
  check_relation (&row);
  g_autoptr (SvCpe) software = parse (row.source), system = parse (row.target);
  g_autofree char *software_key = sv_cpe_format_key (software);
  g_autofree char *system_key = sv_cpe_format_key (system);
  g_assert_cmpstr (software_key, ==, "a:cisco:ios");
  g_assert_cmpstr (system_key, ==, "o:cisco:ios");
}

static void
test_pitfall_99 (void)
{
  static const NameRelation rows[] = {
      {"cpe:2.3:a:b:c:1.0:-", "cpe:2.3:a:b:c:1.0:p1", SV_CPE_DISJOINT},
      {"cpe:2.3:a:b:c:1.0:*", "cpe:2.3:a:b:c:1.0:p1", SV_CPE_SUPERSET},
      {"cpe:2.3:a:b:c:1.0:p1", "cpe:2.3:a:b:c:1.0:*", SV_CPE_SUBSET},
      {"cpe:2.3:a:b:c:-", "cpe:2.3:a:b:c:1.0", SV_CPE_DISJOINT},
      {"cpe:2.3:a:b:c:1.0", "cpe:2.3:a:b:c", SV_CPE_SUBSET},
      {"cpe:2.3:a:b:*:1.0", "cpe:2.3:a:b:c:*", SV_CPE_UNDEFINED},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    check_relation (&rows[i]);
  g_autoptr (SvCpe) pattern = parse ("cpe:2.3:a:b:c:1.0"), unbound = parse ("cpe:2.3:a:b:c");
  g_assert_false (sv_cpe_matches (pattern, unbound));
  g_assert_null (sv_cpe_plain_text (unbound->version));
  g_assert_null (sv_cpe_plain_text ("-"));
  g_autofree char *plain = sv_cpe_plain_text ("1.0\\+b\\*");
  g_assert_cmpstr (plain, ==, "1.0+b*");
}

static void
test_pitfall_74 (void)
{
  static const struct {
    const char *advised, *product;
    gboolean covers;
  } rows[] = {
      {"cpe:/a:redhat:openshift:4", "cpe:/a:redhat:openshift:4.13", TRUE},
      {"cpe:/a:redhat:openshift:4", "cpe:/a:redhat:openshift:4.13::el8", TRUE},
      {"cpe:/a:redhat:openshift:4", "cpe:/a:redhat:openshift:40", FALSE},
      {"cpe:/a:redhat:openshift:4.1", "cpe:/a:redhat:openshift:4.13", FALSE},
      {"cpe:/a:redhat:openshift:4.13::el8", "cpe:/a:redhat:openshift:4.13::el9", FALSE},
      {"cpe:/a:redhat:openshift:4.13", "cpe:/a:redhat:openshift:4", FALSE},
      {"cpe:/o:redhat:enterprise_linux:8", "cpe:/a:redhat:enterprise_linux:8::appstream", FALSE},
      {"cpe:/a:redhat:enterprise_linux:8", "cpe:/a:redhat:enterprise_linux:8::appstream", TRUE},
      {"cpe:/a:redhat:enterprise_linux", "cpe:/a:redhat:enterprise_linux:8::appstream", TRUE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (SvCpe) advised = parse (rows[i].advised), product = parse (rows[i].product);
    if (sv_cpe_covers (advised, product) != rows[i].covers)
      g_error ("%s and %s", rows[i].advised, rows[i].product);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cpe/dictionary", test_dictionary);
  g_test_add_func ("/cpe/debian-list", test_debian_list);
  g_test_add_func ("/cpe/nvd-matches", test_nvd_matches);
  g_test_add_func ("/cpe/names", test_names);
  g_test_add_func ("/cpe/attributes", test_attributes);
  g_test_add_func ("/cpe/pitfall-74-red-hat-prefix", test_pitfall_74);
  g_test_add_func ("/cpe/pitfall-98-part-vendor-product", test_pitfall_98);
  g_test_add_func ("/cpe/pitfall-99-any-and-na", test_pitfall_99);
  return g_test_run ();
}
