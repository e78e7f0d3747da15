/* The first line is the target of a request to an operation with parameters of every type, the rest
 * its body: what is taken is decoded, within limits and of its type; the rest is refused as such.
 */
#include "net/params.h"
#include "net/target.h"
#include "net/test_routes.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
assert_texts (const GPtrArray *texts)
{
  for (guint i = 0; i < texts->len; i++)
    g_assert_true (g_utf8_validate (texts->pdata[i], -1, NULL));
}

static void
assert_value (const SvParamValue *value)
{
  const SvParam *param = value->param;
  if (param->type == SV_TYPE_INT64)
    g_assert_true (value->integer >= param->min && value->integer <= param->max);
  if (param->type == SV_TYPE_ENUM)
    g_assert_true (value->integer >= -1 && value->integer <= 1);
  if (value->list != NULL)
    g_assert_cmpint (value->list->len, <=, param->max);
}

static void
check_query (const SvTarget *target)
{
  const SvRoute *route = &test_routes[0]; /* the list, which has one of each */
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) values = sv_params_new (route);
  if (!sv_params_parse (route, target->query, values, &error)) {
    g_assert_error (error, SV_ERROR, SV_ERROR_USAGE);
    return;
  }
  for (guint i = 0; i < values->len; i++)
    assert_value (&g_array_index (values, SvParamValue, i));
}

static void
check_target (const char *text)
{
  g_auto (SvTarget) target = {0};
  g_autoptr (GError) error = NULL;
  if (!sv_target_parse (text, &target, &error)) {
    g_assert_true (sv_error_is (error, SV_ERROR_USAGE) || sv_error_is (error, SV_ERROR_LIMIT));
    return;
  }
  g_assert_cmpint (target.segments->len, <=, SV_LIMIT_PATH_SEGMENTS);
  g_assert_cmpint (target.query->len, <=, 2 * SV_LIMIT_QUERY_PARAMETERS);
  assert_texts (target.segments);
  assert_texts (target.query);
  check_query (&target);
}

static void
check_body (const char *text, gsize size)
{
  g_autoptr (SvStream) stream = sv_stream_new_memory ("body", text, size);
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  sv_json_reader_set_limits (reader, SV_LIMIT_API_JSON_DEPTH, 0, 0);
  Thing *thing = sv_record_new (&thing_type);
  if (sv_record_read_json (&thing_type, reader, SV_RECORD_STRICT, thing, NULL)) {
    g_assert_nonnull (thing->name);
    g_assert_cmpuint (strlen (thing->name), <=, 8);
  }
  sv_record_free (&thing_type, thing);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  gsize line = strcspn (text, "\n");
  if (text[line] == '\n')
    check_body (text + line + 1, strlen (text + line + 1));
  text[line] = '\0';
  check_target (text);
  return 0;
}
