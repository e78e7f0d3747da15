/* Who did what. */
#include "access/access.h"

static gint64
parse_cursor (const SvCall *call, GError **error)
{
  const char *cursor = sv_call_find_query (call, "cursor");
  gint64 before;
  if (cursor == NULL)
    return G_MAXINT64;
  if (sv_text_parse_int64 (cursor, &before, NULL) && before > 0)
    return before;
  sv_error_set_invalid (error, "no cursor of this list:", cursor);
  return 0;
}

static gboolean
list_entries (SvCall *call, GError **error)
{
  const SvAuditFilter filter = {sv_call_find_query (call, "actor"),
                                sv_call_find_query (call, "action"),
                                sv_call_find_query (call, "subject")};
  gint64 limit = sv_call_get_query_int64 (call, "limit"), total;
  gint64 before = parse_cursor (call, error);
  g_autoptr (SvTx) tx = NULL;
  SvDb *db = before > 0 ? sv_call_begin_read (call, &tx, error) : NULL;
  if (db == NULL || !sv_audit_count (db, &filter, &total, error))
    return FALSE;
  GPtrArray *entries = sv_audit_list (db, &filter, before, limit + 1, error);
  if (entries == NULL)
    return FALSE;
  g_autofree char *next = NULL;
  if (sv_rows_cut (entries, limit, &sv_audit_entry_type))
    next = g_strdup_printf ("%" G_GINT64_FORMAT,
                            ((SvAuditEntry *)entries->pdata[entries->len - 1])->sequence);
  return sv_call_answer_list (call, entries, next, total);
}

typedef struct {
  gint64 sequence;
  char *head;
} Head;

static const SvField head_fields[] = {
    SV_FIELD (Head, sequence, SV_TYPE_INT64, .doc = "Number of the newest entry; 0: none."),
    SV_FIELD (Head, head, SV_TYPE_STRING,
              .doc = "To be noted elsewhere: number and hash, as `salve audit verify` takes it."),
};
static SV_RECORD_TYPE (head_type, Head, "AuditHead", head_fields, "Where the audit ends now.");

static gboolean
get_head (SvCall *call, GError **error)
{
  SvAuditHead now;
  SvDb *db = sv_call_get_store (call, error);
  if (db == NULL || !sv_audit_load_head (db, &now, error))
    return FALSE;
  Head *head = sv_record_new (&head_type);
  head->sequence = now.sequence;
  head->head = sv_audit_head_format (&now);
  return sv_call_answer (call, head);
}

static const SvParam list_params[] = {
    SV_PARAM_LIMIT,
    SV_PARAM_CURSOR,
    {.name = "actor",
     .type = SV_TYPE_STRING,
     .max = SV_LIMIT_NAME_BYTES,
     .doc = "Id of the person who did it."},
    {.name = "action", .type = SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES, .doc = "What was done."},
    {.name = "subject",
     .type = SV_TYPE_STRING,
     .max = SV_LIMIT_NAME_BYTES,
     .doc = "Id of what it was done to."},
};
static const SvError bad_cursor[] = {SV_ERROR_INVALID_DATA};

#define TAG .tag = "Audit"
static const SvRoute routes[] = {
    {SV_METHOD_GET, "/api/v1/audit", "audit:read", "Who did what, the newest first", TAG,
     SV_ROUTE_PARAMS (list_params), .response = &sv_audit_entry_type, .flags = SV_ROUTE_LIST,
     SV_ROUTE_ERRORS (bad_cursor), .handle = list_entries},
    {SV_METHOD_GET, "/api/v1/audit/head", "audit:read", "Where the audit ends now", TAG,
     .response = &head_type, .handle = get_head},
};
const SvRouteTable sv_audit_routes = {routes, G_N_ELEMENTS (routes),
                                      "Who did what, in a log that shows later changes."};
