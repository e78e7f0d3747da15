#include "net/test_routes.h"

static char *
write_document (void)
{
  const SvOpenapiInfo info = {"test", "1", "A test."};
  return sv_openapi_write (&info, test_tables, 1);
}

static void
test_is_json (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = write_document ();
  g_autoptr (SvStream) stream = sv_stream_new_memory ("openapi", text, strlen (text));
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  g_assert_true (sv_json_skip (reader, &error)); /* refuses a key that comes twice, too */
  g_assert_no_error (error);
  g_assert_cmpint (sv_json_next (reader, &error), ==, SV_JSON_END);
}

static void
assert_holds (const char *text, const char *const *parts)
{
  for (guint i = 0; parts[i] != NULL; i++) {
    g_test_message ("%s", parts[i]);
    g_assert_nonnull (strstr (text, parts[i]));
  }
}

static void
test_content (void)
{
  g_autofree char *text = write_document ();
  const char *parts[] = {"\"operationId\": \"delete_things_thing\"",
                         "\"$ref\": \"#/components/schemas/ThingInput\"",
                         "\"$ref\": \"#/components/schemas/ThingPage\"",
                         "\"additionalProperties\": false",
                         "\"maxLength\": 8",
                         "\"maxItems\": 3",
                         "\"text/event-stream\"",
                         "\"description\": \"Needs the permission `thing:delete`.\"",
                         "\"default\": 100",
                         "\"__Host-salve\"",
                         "\"mutualTLS\"",
                         "\"description\": \"What tests are made of.\"",
                         NULL};
  assert_holds (text, parts);
}

static void
test_ids_are_distinct (void)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (gsize i = 0; i < test_table.n; i++)
    g_assert_true (g_hash_table_add (ids, sv_openapi_operation_id (&test_table.routes[i])));
  g_assert_true (g_hash_table_contains (ids, "get_things_thing"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/openapi/is-json", test_is_json);
  g_test_add_func ("/openapi/content", test_content);
  g_test_add_func ("/openapi/ids-are-distinct", test_ids_are_distinct);
  return g_test_run ();
}
