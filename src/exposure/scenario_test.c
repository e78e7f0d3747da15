/* Every file of tests/scenario is judged again from its own inputs and must come out the same. */
#include "exposure/scenario.h"

#include <string.h>

static char *
to_text (const GPtrArray *findings)
{
  GString *out = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (out, 1);
  sv_json_open_array (writer, NULL);
  for (guint i = 0; findings != NULL && i < findings->len; i++)
    sv_record_write_json (&sv_finding_type, findings->pdata[i], writer, NULL);
  sv_json_close (writer);
  return g_string_free (out, FALSE);
}

static void
test_scenario (gconstpointer path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvStream) stream = sv_stream_open (path, &error);
  g_assert_no_error (error);
  g_autoptr (SvScenario) scenario = sv_scenario_read (stream, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (scenario->packages->len, >, 0);
  g_assert_cmpuint (scenario->claims->len, >, 0);
  g_autoptr (GPtrArray) findings = sv_scenario_replay (scenario, &error);
  g_assert_no_error (error);
  g_autofree char *want = to_text (scenario->findings), *have = to_text (findings);
  g_assert_cmpstr (have, ==, want);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autofree char *folder =
      g_build_filename (g_getenv ("SALVE_TEST_SOURCE"), "tests", "scenario", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_assert_nonnull (dir);
  g_autoptr (GPtrArray) paths = sv_strings_new ();
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    if (!g_str_has_suffix (name, ".json"))
      continue;
    g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
    g_autofree char *test = g_strconcat ("/scenario/", name, NULL);
    g_test_add_data_func (test, paths->pdata[paths->len - 1], test_scenario);
  }
  g_assert_cmpuint (paths->len, >, 0); /* an empty folder would prove nothing */
  return g_test_run ();
}
