#include "pkg/purl.h"

#include <string.h>

/* One case of the specification's own test files. Its input and output are each either a text or
 * components. */
typedef struct {
  char *description, *kind;
  char *input, *output;
  SvPurl *input_parts, *output_parts;
  gboolean fails;
} Case;

static void
case_clear (Case *self)
{
  char *const texts[] = {self->description, self->kind, self->input, self->output};
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  sv_purl_free (self->input_parts);
  sv_purl_free (self->output_parts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Case, case_clear)

/* --- reading --- */

static gboolean
read_qualifier (SvJsonReader *reader, const char *key, gpointer list, GError **error)
{
  g_autofree char *name = g_strdup (key), *value = NULL;
  if (!sv_json_read_string (reader, &value, error))
    return FALSE;
  g_ptr_array_add (list, g_strconcat (name, "=", value, NULL));
  return TRUE;
}

static gboolean
read_component (SvJsonReader *reader, const char *key, gpointer purl, GError **error)
{
  const SvField *field = sv_record_find_field (&sv_purl_type, key);
  g_assert_nonnull (field);
  if (field->type == SV_TYPE_STRING)
    return sv_json_read_string (reader, G_STRUCT_MEMBER_P (purl, field->offset), error);
  ((SvPurl *)purl)->qualifiers = sv_strings_new ();
  return sv_json_read_map (reader, read_qualifier, ((SvPurl *)purl)->qualifiers, error);
}

static gboolean
read_text_or_parts (SvJsonReader *reader, char **ret_text, SvPurl **ret_parts, GError **error)
{
  if (sv_json_peek (reader, error) != SV_JSON_OBJECT_BEGIN)
    return sv_json_read_string (reader, ret_text, error);
  *ret_parts = sv_record_new (&sv_purl_type);
  return sv_json_read_map (reader, read_component, *ret_parts, error);
}

static gboolean
read_description (SvJsonReader *reader, gpointer data, GError **error)
{
  return sv_json_read_string (reader, &((Case *)data)->description, error);
}

static gboolean
read_kind (SvJsonReader *reader, gpointer data, GError **error)
{
  return sv_json_read_string (reader, &((Case *)data)->kind, error);
}

static gboolean
read_input (SvJsonReader *reader, gpointer data, GError **error)
{
  Case *self = data;
  return read_text_or_parts (reader, &self->input, &self->input_parts, error);
}

static gboolean
read_output (SvJsonReader *reader, gpointer data, GError **error)
{
  Case *self = data;
  return read_text_or_parts (reader, &self->output, &self->output_parts, error);
}

static gboolean
read_fails (SvJsonReader *reader, gpointer data, GError **error)
{
  return sv_json_read_bool (reader, &((Case *)data)->fails, error);
}

/* --- the three kinds of cases --- */

static guint
count_qualifiers (const SvPurl *purl)
{
  return purl->qualifiers != NULL ? purl->qualifiers->len : 0;
}

static gboolean
has_components (const SvPurl *purl, const SvPurl *wanted)
{
  gboolean same = g_strcmp0 (purl->type, wanted->type) == 0 &&
                  g_strcmp0 (purl->namespace, wanted->namespace) == 0 &&
                  g_strcmp0 (purl->name, wanted->name) == 0 &&
                  g_strcmp0 (purl->version, wanted->version) == 0 &&
                  g_strcmp0 (purl->subpath, wanted->subpath) == 0 &&
                  count_qualifiers (purl) == count_qualifiers (wanted);
  for (guint i = 0; same && i < count_qualifiers (wanted); i++) {
    g_auto (GStrv) pair = g_strsplit (wanted->qualifiers->pdata[i], "=", 2);
    same = g_strcmp0 (sv_purl_find_qualifier (purl, pair[0]), pair[1]) == 0;
  }
  return same;
}

static gboolean
run_parse (const Case *self, GError **error)
{
  g_autoptr (SvPurl) purl = sv_purl_parse (self->input, error);
  return self->fails ? purl == NULL : purl != NULL && has_components (purl, self->output_parts);
}

static gboolean
run_build (const Case *self, GError **error)
{
  g_autofree char *text = sv_purl_build (self->input_parts, error);
  return self->fails ? text == NULL : g_strcmp0 (text, self->output) == 0;
}

static gboolean
run_validate (const Case *self, GError **error)
{
  g_autofree char *text = sv_purl_canonicalize (self->input, error);
  g_autofree char *again = text != NULL ? sv_purl_canonicalize (text, error) : NULL;
  return self->fails ? text == NULL
                     : g_strcmp0 (text, self->output) == 0 && g_strcmp0 (text, again) == 0;
}

static gboolean
run (const Case *self, GError **error)
{
  if (g_str_equal (self->kind, "parse"))
    return run_parse (self, error);
  if (g_str_equal (self->kind, "build"))
    return run_build (self, error);
  g_assert_cmpstr (self->kind, ==, "validate");
  return run_validate (self, error);
}

static gboolean
read_case (SvJsonReader *reader, gpointer n_cases, GError **error)
{
  static const SvJsonMember members[] = {{"description", read_description},
                                         {"test_type", read_kind},
                                         {"input", read_input},
                                         {"expected_output", read_output},
                                         {"expected_failure", read_fails}};
  g_auto (Case) self = {0};
  g_autoptr (GError) reason = NULL;
  if (!sv_json_read_object (reader, members, G_N_ELEMENTS (members), &self, error))
    return FALSE;
  if (!run (&self, &reason))
    g_error ("%s of %s: %s", self.kind, self.input != NULL ? self.input : self.description,
             reason != NULL ? reason->message : "another result");
  ++*(guint *)n_cases;
  return TRUE;
}

static gboolean
read_cases (SvJsonReader *reader, gpointer n_cases, GError **error)
{
  return sv_json_read_array (reader, read_case, n_cases, error);
}

static gboolean
read_file (const char *name, SvStream *content, gpointer n_cases, GError **error)
{
  static const SvJsonMember members[] = {{"tests", read_cases}};
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (content);
  return sv_json_read_object (reader, members, G_N_ELEMENTS (members), n_cases, error);
}

static void
test_specification (void)
{
  g_autoptr (GError) error = NULL;
  guint n_cases = 0;
  const char *root = g_getenv ("SALVE_TEST_DATA");
  g_autofree char *path = g_build_filename (root != NULL ? root : "/nowhere", "vectors/purl", NULL);
  if (!g_file_test (path, G_FILE_TEST_IS_DIR)) {
    g_test_skip ("purl vectors absent");
    return;
  }
  sv_documents_foreach (path, ".json", read_file, &n_cases, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_cases, ==, 506);
}

/* --- our own --- */

static const struct {
  const char *text;
  const char *canonical; /* NULL: refused */
} examples[] = {
    {"pkg:deb/Debian/CURL@7.50.3-1?distro=jessie&arch=i386",
     "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie"},
    {"PKG:rpm/Fedora/ImageMagick@6.9-1.fc25?epoch=1",
     "pkg:rpm/fedora/ImageMagick@6.9-1.fc25?epoch=1"},
    {"pkg:apk/alpine/curl@8.5.0-r0", "pkg:apk/alpine/curl@8.5.0-r0"},
    {"pkg:golang/stdlib@v1.22.1", "pkg:golang/stdlib@v1.22.1"},
    {"pkg:nuget/EnterpriseLibrary.Common@6.0.1304", "pkg:nuget/EnterpriseLibrary.Common@6.0.1304"},
    {"pkg:pypi/Zope.Interface__x@1.0RC1", "pkg:pypi/zope-interface-x@1.0rc1"},
    {"pkg:pub/Path-Provider@2.0", "pkg:pub/path_provider@2.0"},
    {"pkg:oci/Debian@SHA256:AB?tag=latest", "pkg:oci/debian@sha256:ab?tag=latest"},
    {"pkg:git/gitlab.example/GROUP/Sub/Repo@v1", "pkg:git/gitlab.example/GROUP/Sub/Repo@v1"},
    {"pkg:other/a%20b@1/2", "pkg:other/a%20b@1%2F2"},
    {"pkg:other//a///b/c/@1?#", "pkg:other/a/b/c@1"},
    {"pkg:other/a?x=&y=2", "pkg:other/a?y=2"},
    {"pkg:other/a#./b/../c//", "pkg:other/a#b/c"},
    {"pkg:other/%C3%84", "pkg:other/%C3%84"},
    {"pkg:deb/debian/%C3%84", "pkg:deb/debian/%C3%A4"},
    {"", NULL},
    {"pkg:", NULL},
    {"pkg:deb", NULL},
    {"pkg:deb/", NULL},
    {"pkg:deb/curl@1", NULL},    /* no namespace */
    {"pkg:pypi/a/b@1", NULL},    /* a namespace */
    {"pkg:other/a%2Fb/c", NULL}, /* a slash in a segment */
    {"pkg:other/a%", NULL},      /* broken percent signs */
    {"pkg:other/a%4", NULL},
    {"pkg:other/a%zz", NULL},
    {"pkg:other/a%00b", NULL},
    {"pkg:other/a%FF", NULL},     /* no UTF-8 */
    {"pkg:other/\xc3\x84", NULL}, /* not encoded */
    {"pkg:other/a b", NULL},
    {"pkg:other/a?x", NULL},       /* no value */
    {"pkg:other/a?x=1&X=2", NULL}, /* twice */
    {"pkg:other/a?1x=1", NULL},
    {"pkg:other/a?=1", NULL},
    {"pkg:other/a?x=1?y=2", NULL},
    {"pkg:other/a#b#c", NULL},
    {"pkg:o+er/a", NULL},
    {"pkg:swid/a@1", NULL}, /* no tag_id */
    {"pkg:cocoapods/a%2Bb", NULL},
};

static void
test_examples (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (examples); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *text = sv_purl_canonicalize (examples[i].text, &error);
    if (g_strcmp0 (text, examples[i].canonical) != 0)
      g_error ("'%s': '%s' (%s)", examples[i].text, text != NULL ? text : "",
               error != NULL ? error->message : "no error");
    g_assert_true ((text == NULL) == (error != NULL));
  }
}

static void
test_limit (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strnfill (SV_LIMIT_PURL_BYTES, 'a');
  g_autofree char *text = g_strconcat ("pkg:other/", name, NULL);
  g_assert_null (sv_purl_canonicalize (text, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_LIMIT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/purl/specification", test_specification);
  g_test_add_func ("/purl/examples", test_examples);
  g_test_add_func ("/purl/limit", test_limit);
  return g_test_run ();
}
