#include "pkg/cvss.h"

#include <math.h>
#include <string.h>

static char *
read_data (const char *path)
{
  g_autoptr (GError) error = NULL;
  const char *root = g_getenv ("SALVE_TEST_DATA");
  g_autofree char *full = root != NULL ? g_build_filename (root, path, NULL) : NULL;
  if (full == NULL || !g_file_test (full, G_FILE_TEST_EXISTS)) {
    g_test_skip ("vector data absent");
    return NULL;
  }
  g_autoptr (GBytes) bytes = sv_file_read (full, SV_LIMIT_SMALL_FILE_BYTES, &error);
  g_assert_no_error (error);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
assert_score (const char *vector, double score, const char *expected)
{
  if (g_str_equal (expected, "None")) {
    g_assert_true (isnan (score));
    return;
  }
  double wanted = g_ascii_strtod (expected, NULL);
  if (isnan (score) || fabs (score - wanted) > 1e-9)
    g_error ("%s: score %.3f, expected %s", vector, score, expected);
}

/* "(base, temporal, environmental)", or "(score,)". */
static void
assert_tuple (const char *vector, const char *tuple)
{
  g_autoptr (GError) error = NULL;
  g_auto (SvCvss) cvss = {0};
  g_auto (GStrv) parts = g_strsplit_set (tuple, "(), ", -1);
  const char *scores[3] = {NULL, NULL, NULL};
  for (gsize i = 0, n = 0; parts[i] != NULL; i++)
    if (parts[i][0] != '\0')
      scores[n++] = parts[i];
  g_assert_true (sv_cvss_parse (vector, &cvss, &error));
  g_assert_no_error (error);
  assert_score (vector, cvss.base_score, scores[0]);
  if (scores[1] == NULL) {
    assert_score (vector, cvss.score, scores[0]);
    return;
  }
  assert_score (vector, cvss.temporal_score, scores[1]);
  assert_score (vector, cvss.environmental_score, scores[2]);
}

static void
test_tuples (gconstpointer data)
{
  const struct {
    const char *file;
    guint n_vectors;
  } *row = data;
  g_autofree char *path = g_strconcat ("vectors/cvss/", row->file, NULL);
  g_autofree char *text = read_data (path);
  if (text == NULL)
    return;
  guint n_vectors = 0;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) halves = g_strsplit (lines[i], " - ", 2);
    if (g_strv_length (halves) != 2)
      continue;
    assert_tuple (halves[0], halves[1]);
    n_vectors++;
  }
  g_assert_cmpuint (n_vectors, ==, row->n_vectors);
}

static const struct {
  const char *file;
  guint n_vectors;
} tuple_files[] = {{"vectors_simple2", 729},   {"vectors_cvsslib2", 24},
                   {"vectors_calculator2", 5}, {"vectors_calculator3", 2},
                   {"vectors_simple3", 2592},  {"vectors_simple4", 1058}};

/* Calls @check with each line of the file, without its comment. Returns the number of lines. */
static guint
foreach_line (const char *path, void (*check) (const char *line, const char *comment))
{
  guint n_lines = 0;
  g_autofree char *text = read_data (path);
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) halves = g_strsplit (lines[i], "#", 2);
    if (halves[0] == NULL || g_strstrip (halves[0])[0] == '\0')
      continue;
    check (halves[0], halves[1] != NULL ? halves[1] : "");
    n_lines++;
  }
  return n_lines;
}

static void
check_validity (const char *vector, const char *comment)
{
  g_autoptr (GError) error = NULL;
  g_auto (SvCvss) cvss = {0};
  gboolean valid = sv_cvss_parse (vector, &cvss, &error);
  if (valid != g_str_has_prefix (comment, "OK"))
    g_error ("%s: %s", vector, valid ? "taken for valid" : error->message);
}

static void
check_round_trip (const char *vector, const char *comment)
{
  g_autoptr (GError) error = NULL;
  g_auto (SvCvss) cvss = {0};
  g_assert_true (sv_cvss_parse (vector, &cvss, &error));
  g_assert_cmpstr (cvss.vector, ==, vector);
}

static void
check_overall_score (const char *line, const char *comment)
{
  g_autoptr (GError) error = NULL;
  g_auto (SvCvss) cvss = {0};
  g_auto (GStrv) words = g_strsplit_set (line, " ", 2);
  g_assert_true (sv_cvss_parse (words[0], &cvss, &error));
  assert_score (words[0], cvss.score, g_strstrip (words[1]));
}

static void
test_lists (void)
{
  if (foreach_line ("vectors/cvss-claircore/v2_error.list", check_validity) == 0)
    return;
  g_assert_cmpuint (foreach_line ("vectors/cvss-claircore/v2_roundtrip.list", check_round_trip), ==,
                    6);
  g_assert_cmpuint (foreach_line ("vectors/cvss-claircore/v2_score.list", check_overall_score), ==,
                    12);
  g_assert_cmpuint (foreach_line ("vectors/cvss-claircore/v30_score.list", check_overall_score), ==,
                    32);
}

static const struct {
  const char *vector;
  const char *line; /* NULL: refused */
} examples[] = {
    {"(AV:N/AC:L/Au:N/C:C/I:C/A:C)", "2.0\t10.0\t-\t-\t10.0\thigh"},
    {"AV:N/AC:M/Au:N/C:N/I:P/A:N", "2.0\t4.3\t-\t-\t4.3\tmedium"},
    {"AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C", "2.0\t7.8\t6.4\t-\t6.4\tmedium"},
    {"AV:L/AC:H/Au:M/C:N/I:N/A:N", "2.0\t0.0\t-\t-\t0.0\tlow"},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "3.1\t9.8\t9.8\t9.8\t9.8\tcritical"},
    {"CVSS:3.1/S:U/AV:N/AC:L/PR:N/UI:N/A:H/C:H/I:H", "3.1\t9.8\t9.8\t9.8\t9.8\tcritical"},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "3.1\t0.0\t0.0\t0.0\t0.0\tnone"},
    {"CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:N/I:N/A:N/E:U", "3.0\t0.0\t0.0\t0.0\t0.0\tnone"},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:L/E:P/CR:L/IR:L/AR:L/MAV:P",
     "3.1\t7.3\t6.9\t2.8\t2.8\tlow"},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H",
     "4.0\t10.0\t-\t-\t10.0\tcritical"},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U/U:Amber",
     "4.0\t9.3\t-\t-\t8.1\thigh"},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N",
     "4.0\t0.0\t-\t-\t0.0\tnone"},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N/MSI:S",
     "4.0\t8.7\t-\t-\t9.7\tcritical"},
    {"", NULL},
    {"/", NULL},
    {"()", NULL},
    {"(AV:N/AC:L/Au:N/C:C/I:C/A:C", NULL},
    {"AV:N/AC:L/Au:N/C:C/I:C/A:C/", NULL},
    {"av:N/AC:L/Au:N/C:C/I:C/A:C", NULL},
    {"AV:N/AC:L/AU:N/C:C/I:C/A:C", NULL},
    {"CVSS:2.0/AV:N/AC:L/Au:N/C:C/I:C/A:C", NULL},
    {"AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", NULL},
    {"CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", NULL},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", NULL},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/A:H", NULL},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:X", NULL},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/", NULL},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:HH", NULL},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A", NULL},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/ZZ:H", NULL},
    {" CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", NULL},
    {"CVSS:4.0/AC:L/AV:N/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", NULL},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SI:H", NULL},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:S/SA:N", NULL},
};

static void
test_examples (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (examples); i++) {
    g_autoptr (GError) error = NULL;
    g_auto (SvCvss) cvss = {0};
    gboolean parsed = sv_cvss_parse (examples[i].vector, &cvss, &error);
    if (parsed != (examples[i].line != NULL))
      g_error ("%s: %s", examples[i].vector, parsed ? "taken for valid" : error->message);
    g_autofree char *line = parsed ? sv_cvss_format_line (&cvss) : NULL;
    g_assert_cmpstr (line, ==, examples[i].line);
  }
}

static void
test_limit (void)
{
  g_autoptr (GError) error = NULL;
  SvCvss cvss;
  g_autofree char *vector = g_strnfill (SV_LIMIT_CVSS_BYTES + 1, 'A');
  g_assert_false (sv_cvss_parse (vector, &cvss, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_LIMIT);
}

static const struct {
  const char *vector, *canonical;
} canonical[] = {
    {"(AV:N/AC:L/Au:N/C:C/I:C/A:C)", "AV:N/AC:L/Au:N/C:C/I:C/A:C"},
    {"AV:N/AC:L/Au:N/C:C/I:C/A:C/RL:W/RC:UC", "AV:N/AC:L/Au:N/C:C/I:C/A:C/E:ND/RL:W/RC:UC"},
    {"CVSS:3.0/A:N/E:P/RC:C/MAV:N/AV:A/AC:H/S:U/C:N/I:L/MPR:H/MUI:X/MS:U/MI:X/PR:H/UI:R",
     "CVSS:3.0/AV:A/AC:H/PR:H/UI:R/S:U/C:N/I:L/A:N/E:P/RC:C/MAV:N/MPR:H/MS:U"},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N/E:X/AR:L/U:Red",
     "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N/AR:L/U:Red"},
};

static void
test_canonical (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (canonical); i++) {
    g_autoptr (GError) error = NULL;
    g_auto (SvCvss) cvss = {0}, again = {0};
    g_assert_true (sv_cvss_parse (canonical[i].vector, &cvss, &error));
    g_assert_cmpstr (cvss.vector, ==, canonical[i].canonical);
    g_assert_true (sv_cvss_parse (cvss.vector, &again, &error));
    g_assert_cmpstr (again.vector, ==, cvss.vector);
    g_assert_cmpfloat (again.score, ==, cvss.score);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tuple_files); i++) {
    g_autofree char *name = g_strconcat ("/cvss/", tuple_files[i].file, NULL);
    g_test_add_data_func (name, &tuple_files[i], test_tuples);
  }
  g_test_add_func ("/cvss/lists", test_lists);
  g_test_add_func ("/cvss/examples", test_examples);
  g_test_add_func ("/cvss/limit", test_limit);
  g_test_add_func ("/cvss/canonical", test_canonical);
  return g_test_run ();
}
