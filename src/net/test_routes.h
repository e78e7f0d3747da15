/* For tests only: a small API with one of everything. */
#pragma once

#include "net/net.h"

typedef struct {
  char *name;
  gint64 size_bytes;
  gint colour;
  GPtrArray *tags;
} Thing;

static const char *const colour_names[] = {"red", "green", NULL};
static const SvField thing_fields[] = {
    SV_FIELD (Thing, name, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .max = 8, .doc = "Name."),
    SV_FIELD (Thing, size_bytes, SV_TYPE_INT64, .doc = "Bytes."),
    SV_FIELD (Thing, colour, SV_TYPE_ENUM, .values = colour_names, .doc = "Colour."),
    SV_FIELD (Thing, tags, SV_TYPE_STRINGS, .max = 3, .doc = "Tags."),
};
static SV_RECORD_TYPE (thing_type, Thing, "Thing", thing_fields, "A thing.");

/* What the routes share. */
typedef struct {
  SvEventStream *events;
  GAsyncQueue *deferred; /* SvDeferred */
  guint handled;         /* atomic */
  gpointer doorman;      /* of a test that has one */
} TestContext;

static inline Thing *
make_thing (const char *name)
{
  Thing *thing = sv_record_new (&thing_type);
  thing->name = g_strdup (name);
  return thing;
}

static inline gboolean
get_thing (SvCall *call, GError **error)
{
  const char *name = sv_call_get_path_param (call, "thing");
  if (strcmp (name, "none") == 0) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_NOT_FOUND, "there is no thing 'none'");
    return FALSE;
  }
  return sv_call_answer (call, make_thing (name));
}

static inline gboolean
list_things (SvCall *call, GError **error)
{
  gint64 limit = sv_call_get_query_int64 (call, "limit");
  gint colour = sv_call_get_query_enum (call, "colour");
  GPtrArray *things = g_ptr_array_new ();
  for (gint64 i = 0; i < MIN (limit, 2); i++) {
    Thing *thing = make_thing (sv_call_get_query_bool (call, "loud") ? "THING" : "thing");
    thing->colour = MAX (colour, 0);
    thing->size_bytes = sv_call_get_query_int64 (call, "since");
    thing->tags = sv_strings_copy (sv_call_get_query_list (call, "tag"));
    g_ptr_array_add (things, thing);
  }
  return sv_call_answer_list (call, things, sv_call_find_query (call, "cursor"), 2);
}

static inline gboolean
create_thing (SvCall *call, GError **error)
{
  Thing *thing = sv_call_take_body (call);
  sv_call_set_location (call, "/api/v1/things/%s", thing->name);
  return sv_call_answer (call, thing);
}

static inline gboolean
change_thing (SvCall *call, GError **error)
{
  Thing *thing = make_thing (sv_call_has_member (call, "size_bytes") ? "sized" : "not");
  thing->size_bytes = ((Thing *)sv_call_get_body (call))->size_bytes;
  return sv_call_answer (call, thing);
}

/* The program's store, which is not there. */
static inline gboolean
use_store (SvCall *call, GError **error)
{
  return sv_call_get_store (call, error) != NULL;
}

/* What it reads from is gone at every other call. */
static inline gboolean
find_gone (SvCall *call, GError **error)
{
  static gint calls;
  if (g_atomic_int_add (&calls, 1) % 2 == 1)
    return sv_call_answer_raw (call, "text/plain", g_bytes_new_static ("back", 4));
  g_set_error_literal (error, SV_ERROR, SV_ERROR_UNREACHABLE, "it went away");
  return FALSE;
}

static inline gboolean
delete_thing (SvCall *call, GError **error)
{
  TestContext *context = sv_call_get_context (call);
  g_assert_true (sv_call_get_service (call, "things") == context);
  g_atomic_int_inc (&context->handled);
  return TRUE;
}

static inline gboolean
echo_bytes (SvCall *call, GError **error)
{
  return sv_call_answer_raw (call, "text/plain", g_bytes_ref (sv_call_get_bytes (call)));
}

static inline gboolean
watch (SvCall *call, GError **error)
{
  TestContext *context = sv_call_get_context (call);
  return sv_call_answer_stream (call, context->events, error);
}

static inline gboolean
answer_later (SvCall *call, GError **error)
{
  TestContext *context = sv_call_get_context (call);
  g_async_queue_push (context->deferred, sv_call_defer (call));
  return TRUE;
}

static inline gboolean
answer_nothing (SvCall *call, GError **error)
{
  return TRUE;
}

static inline gboolean
who_am_i (SvCall *call, GError **error)
{
  return sv_call_answer (call, make_thing (sv_call_get_principal_name (call)));
}

static const SvParam list_params[] = {
    SV_PARAM_LIMIT,
    SV_PARAM_CURSOR,
    {.name = "colour", .type = SV_TYPE_ENUM, .values = colour_names, .doc = "Only this one."},
    {.name = "loud", .type = SV_TYPE_BOOL, .fallback = "false", .doc = "In capitals."},
    {.name = "since", .type = SV_TYPE_INSTANT, .doc = "Newer than this."},
    {.name = "score", .type = SV_TYPE_DOUBLE, .doc = "At least."},
    {.name = "tag", .type = SV_TYPE_STRINGS, .max = 2, .doc = "With this tag."},
};
static const SvParam find_params[] = {
    {.name = "thing", .type = SV_TYPE_STRING, .doc = "Its name."},
    {.name = "why", .type = SV_TYPE_STRING, .required = TRUE, .doc = "The reason."},
};
static const SvError get_errors[] = {SV_ERROR_NOT_FOUND};

#define TEST_TAG .tag = "Things"
static inline gboolean
go_elsewhere (SvCall *call, GError **error)
{
  const char *where = sv_call_find_query (call, "where");
  if (where != NULL)
    sv_call_set_location (call, "/%s", where);
  return TRUE;
}

static const SvParam elsewhere_params[] = {
    {.name = "where", .type = SV_TYPE_STRING, .max = 8, .doc = "Where to."},
};

static const SvRoute test_routes[] = {
    {SV_METHOD_GET, "/api/v1/things", "public", "Things", TEST_TAG, SV_ROUTE_PARAMS (list_params),
     .response = &thing_type, .flags = SV_ROUTE_LIST, .handle = list_things},
    {SV_METHOD_POST, "/api/v1/things", "public", "Make a thing", TEST_TAG, .request = &thing_type,
     .response = &thing_type, .flags = SV_ROUTE_CREATES, .handle = create_thing},
    {SV_METHOD_GET, "/api/v1/things/{thing}", "public", "A thing", TEST_TAG,
     .response = &thing_type, SV_ROUTE_ERRORS (get_errors), .handle = get_thing},
    {SV_METHOD_DELETE, "/api/v1/things/{thing}", "thing:delete", "Remove a thing", TEST_TAG,
     SV_ROUTE_PARAMS (find_params), .handle = delete_thing},
    {SV_METHOD_GET, "/api/v1/things/me", "thing:read", "Who calls", TEST_TAG,
     .response = &thing_type, .handle = who_am_i},
    {SV_METHOD_POST, "/api/v1/bytes", "public", "Bytes", TEST_TAG, .flags = SV_ROUTE_RAW,
     .max_body_bytes = 3 << 20, .content_type = "text/plain", .handle = echo_bytes},
    {SV_METHOD_GET, "/api/v1/watch", "public", "Events", TEST_TAG, .flags = SV_ROUTE_STREAM,
     .handle = watch},
    {SV_METHOD_GET, "/api/v1/watch/guarded", "thing:read", "Events", TEST_TAG,
     .flags = SV_ROUTE_STREAM, .handle = watch},
    {SV_METHOD_GET, "/api/v1/later", "public", "Later", TEST_TAG, .response = &thing_type,
     .handle = answer_later},
    {SV_METHOD_PATCH, "/api/v1/things/{thing}", "public", "Change a thing", TEST_TAG,
     .request = &thing_type, .response = &thing_type, .handle = change_thing},
    {SV_METHOD_POST, "/api/v1/store", "public", "Use the store", TEST_TAG, .handle = use_store},
    {SV_METHOD_GET, "/api/v1/elsewhere", "public", "Go elsewhere", TEST_TAG,
     SV_ROUTE_PARAMS (elsewhere_params), .flags = SV_ROUTE_REDIRECT | SV_ROUTE_FOREIGN,
     .handle = go_elsewhere},
    {SV_METHOD_GET, "/api/v1/gone", "public", "Gone for a moment", TEST_TAG, .flags = SV_ROUTE_RAW,
     .handle = find_gone},
    {SV_METHOD_POST, "/api/v1/gone", "public", "Gone", TEST_TAG, .flags = SV_ROUTE_RAW,
     .handle = find_gone},
    {SV_METHOD_GET, "/api/v1/broken", "public", "No answer", TEST_TAG, .response = &thing_type,
     .handle = answer_nothing},
};
static const SvRouteTable test_table = {test_routes, G_N_ELEMENTS (test_routes),
                                        "What tests are made of."};
G_GNUC_UNUSED static const SvRouteTable *const test_tables[] = {&test_table};
