#include "inventory/cross_check_api.h"

#include "access/access.h"

#include <string.h>

/* --- pages of what is computed whole --- */

/* Takes @records, sorted by @key, and answers the page behind the cursor. */
static gboolean
answer_page (SvCall *call, GPtrArray *records, char *(*key) (gconstpointer record))
{
  const SvRecordType *type = sv_call_get_route (call)->response;
  const char *cursor = sv_call_find_query (call, "cursor");
  gint64 limit = sv_call_get_query_int64 (call, "limit"), total = records->len;
  GPtrArray *page = g_ptr_array_new ();
  g_autofree char *last = NULL, *next = NULL;
  for (guint i = 0; i < records->len; i++) {
    g_autofree char *own = key (records->pdata[i]);
    gboolean behind = cursor == NULL || strcmp (own, cursor) > 0;
    if (behind && page->len < limit) {
      g_ptr_array_add (page, g_steal_pointer (&records->pdata[i]));
      sv_text_take (&last, g_steal_pointer (&own));
    } else if (behind && next == NULL) {
      next = g_strdup (last);
    }
  }
  sv_rows_free (records, type);
  return sv_call_answer_list (call, page, next, total);
}

/* --- sources --- */

static const SvParam list_params[] = {SV_PARAM_LIMIT, SV_PARAM_CURSOR};

static char *
key_of_source (gconstpointer record)
{
  return g_strdup (((const SvSightingSource *)record)->source);
}

static gboolean
list_sources (SvCall *call, GError **error)
{
  SvDb *db = sv_call_get_store (call, error);
  GPtrArray *sources = db != NULL ? sv_sighting_list_sources (db, error) : NULL;
  return sources != NULL && answer_page (call, sources, key_of_source);
}

#define SOURCE_PARAM                                                                               \
  {                                                                                                \
    .name = "source", .type = SV_TYPE_STRING, .max = SV_LIMIT_ID_BYTES,                            \
    .doc = "Name of the source: letters, digits, '.', '_' and '-'."                                \
  }

static const SvParam source_params[] = {SOURCE_PARAM};

static const SvParam put_params[] = {
    SOURCE_PARAM,
    {.name = "kind",
     .type = SV_TYPE_ENUM,
     .values = sv_sighting_kind_names,
     .required = TRUE,
     .doc = "What the source is; the form of the body is told by its content."},
};

static gboolean
check_source_name (const char *name, GError **error)
{
  gsize length = strlen (name);
  if (length > 0 && length <= SV_LIMIT_ID_BYTES &&
      strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-") == length)
    return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE,
                       "a source is named by letters, digits, '.', '_' and '-'");
  return FALSE;
}

static gboolean
replace (SvDb *db, SvDeed *deed, SvAuditEntry *entry, GError **error)
{
  const char *name = sv_deed_get_path_param (deed, "source");
  gint kind = sv_enum_find (sv_sighting_kind_names, sv_deed_find_query (deed, "kind"));
  g_auto (SvSightings) sightings = {0};
  if (!check_source_name (name, error) ||
      !sv_sightings_read (name, deed->bytes, (SvSightingKind)kind, &sightings, error))
    return FALSE;
  SvSightingSource *source = sv_record_new (&sv_sighting_source_type);
  deed->answer = source;
  *source = (SvSightingSource){.source = g_strdup (name),
                               .kind = kind,
                               .at_us = deed->now_us,
                               .sightings = sightings.list->len,
                               .passed_over = sightings.passed_over};
  g_autofree char *count = g_strdup_printf ("%u", sightings.list->len);
  sv_audit_say (entry, "sightings.replace", name,
                SV_AUDIT_FACTS ({"kind", sv_sighting_kind_names[kind]}, {"sightings", count}));
  return sv_sighting_replace (db, source, &sightings, error);
}

static gboolean
put_source (SvCall *call, GError **error)
{
  return sv_deed_defer (call, replace, error);
}

static gboolean
drop (SvDb *db, SvDeed *deed, SvAuditEntry *entry, GError **error)
{
  const char *name = sv_deed_get_path_param (deed, "source");
  sv_audit_say (entry, "sightings.delete", name, NULL);
  return sv_sighting_delete (db, name, error);
}

static gboolean
delete_source (SvCall *call, GError **error)
{
  return sv_deed_defer (call, drop, error);
}

/* --- the check --- */

#define USUAL_WITHIN_S "604800"

#define WITHIN_PARAM                                                                               \
  {                                                                                                \
    .name = "within_s", .type = SV_TYPE_INT64, .fallback = USUAL_WITHIN_S,                         \
    .min = SV_LIMIT_AUDIT_MIN_S, .max = SV_LIMIT_AUDIT_MAX_S,                                      \
    .doc = "Seconds within which a host must have reported to be present."                         \
  }

/* All that one answer is made of, of one moment of the store. */
typedef struct {
  GPtrArray *hosts, *seen, *notes;
  SvCrossCheck *check;
} Look;

static void
look_clear (Look *look)
{
  g_clear_pointer (&look->check, sv_cross_check_free);
  sv_rows_free (look->hosts, &sv_known_host_type);
  sv_rows_free (look->seen, &sv_seen_type);
  sv_rows_free (look->notes, &sv_computer_note_type);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Look, look_clear)

static gboolean
look (SvCall *call, gint kind, Look *ret_look, GError **error)
{
  g_autoptr (SvTx) tx = NULL;
  SvDb *db = sv_call_begin_read (call, &tx, error);
  gint64 within_s = sv_call_get_query_int64 (call, "within_s");
  if (db == NULL || (ret_look->hosts = sv_sighting_list_hosts (db, error)) == NULL ||
      (ret_look->seen = sv_sighting_list_seen (db, kind, error)) == NULL ||
      (ret_look->notes = sv_sighting_list_notes (db, error)) == NULL)
    return FALSE;
  ret_look->check =
      sv_cross_check_new (ret_look->hosts, sv_call_get_now (call) - within_s * SV_SECOND_US);
  return TRUE;
}

static const SvParam missed_params[] = {
    SV_PARAM_LIMIT,
    SV_PARAM_CURSOR,
    WITHIN_PARAM,
    {.name = "kind",
     .type = SV_TYPE_ENUM,
     .values = sv_sighting_kind_names,
     .doc = "Only what sources of this kind saw."},
};

static char *
key_of_computer (gconstpointer record)
{
  return g_strdup (((const SvMissedComputer *)record)->computer);
}

static gboolean
list_missed (SvCall *call, GError **error)
{
  g_auto (Look) found = {0};
  return look (call, sv_call_get_query_enum (call, "kind"), &found, error) &&
         answer_page (call, sv_cross_check_list_missed (found.check, found.seen, found.notes),
                      key_of_computer);
}

static const SvParam stale_params[] = {SV_PARAM_LIMIT, SV_PARAM_CURSOR, WITHIN_PARAM};

/* In the order of the list: what is not known is the shortest text. */
static char *
key_of_stale (gconstpointer record)
{
  const SvStaleRecord *stale = record;
  const char *parts[] = {stale->source, stale->name, stale->address, stale->mac};
  g_autoptr (GString) key = g_string_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    g_string_append_printf (key, "%s%s", i > 0 ? "\x01" : "", parts[i] != NULL ? parts[i] : "");
  return g_string_free (g_steal_pointer (&key), FALSE);
}

static gboolean
list_stale (SvCall *call, GError **error)
{
  g_auto (Look) found = {0};
  return look (call, -1, &found, error) &&
         answer_page (call, sv_cross_check_list_stale (found.check, found.seen), key_of_stale);
}

static const SvParam unseen_params[] = {
    SV_PARAM_LIMIT,
    SV_PARAM_CURSOR,
    WITHIN_PARAM,
    {.name = "kind",
     .type = SV_TYPE_ENUM,
     .values = sv_sighting_kind_names,
     .required = TRUE,
     .doc = "Kind of the sources that do not see the hosts."},
};

static char *
key_of_host (gconstpointer record)
{
  return g_strdup (((const SvKnownHost *)record)->id);
}

static gboolean
list_unseen (SvCall *call, GError **error)
{
  gint kind = sv_call_get_query_enum (call, "kind");
  g_auto (Look) found = {0};
  if (!look (call, kind, &found, error))
    return FALSE;
  if (found.seen->len == 0) {
    g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND, "there is no source of kind %s",
                 sv_sighting_kind_names[kind]);
    return FALSE;
  }
  g_autoptr (GPtrArray) lent = sv_cross_check_list_unseen (found.check, found.seen, kind);
  GPtrArray *hosts = g_ptr_array_new ();
  for (guint i = 0; i < lent->len; i++)
    g_ptr_array_add (hosts, sv_record_copy (&sv_known_host_type, lent->pdata[i]));
  return answer_page (call, hosts, key_of_host);
}

/* --- what people know --- */

static const SvParam note_params[] = {
    {.name = "computer",
     .type = SV_TYPE_STRING,
     .max = SV_LIMIT_NAME_BYTES,
     .doc = "What it is called in the list: mac:…, name:… or address:…."},
};

static gboolean
check_computer (const char *computer, GError **error)
{
  static const char *const prefixes[] = {"mac:", "name:", "address:", NULL};
  for (const char *const *prefix = prefixes; *prefix != NULL; prefix++)
    if (g_str_has_prefix (computer, *prefix) && computer[strlen (*prefix)] != '\0')
      return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE,
                       "a computer is called mac:…, name:… or address:…");
  return FALSE;
}

static gboolean
save_note (SvDb *db, SvDeed *deed, SvAuditEntry *entry, GError **error)
{
  SvComputerNote *note = deed->body;
  sv_text_set (&note->computer, sv_deed_get_path_param (deed, "computer"));
  if (!check_computer (note->computer, error))
    return FALSE;
  sv_audit_say (entry, "computer.note", note->computer, SV_AUDIT_FACTS ({"owner", note->owner}));
  return sv_sighting_save_note (db, note, deed->now_us, error);
}

static gboolean
put_note (SvCall *call, GError **error)
{
  return sv_deed_defer (call, save_note, error);
}

/* --- the table --- */

#define TAG .tag = "Cross-check"
static const SvError missing[] = {SV_ERROR_NOT_FOUND};
static const SvError missing_or_busy[] = {SV_ERROR_NOT_FOUND, SV_ERROR_BUSY};
static const SvError bad_list[] = {SV_ERROR_INVALID_DATA, SV_ERROR_LIMIT, SV_ERROR_BUSY};
static const SvError busy[] = {SV_ERROR_BUSY};

static const SvRoute routes[] = {
    {SV_METHOD_GET, "/api/v1/cross-check", "host:read",
     "Computers that other sources see and that do not report", TAG,
     SV_ROUTE_PARAMS (missed_params), .response = &sv_missed_computer_type, .flags = SV_ROUTE_LIST,
     .handle = list_missed},
    {SV_METHOD_GET, "/api/v1/cross-check/stale", "host:read",
     "Records of name servers, directories and leases on hosts that are silent or retired", TAG,
     SV_ROUTE_PARAMS (stale_params), .response = &sv_stale_record_type, .flags = SV_ROUTE_LIST,
     .handle = list_stale},
    {SV_METHOD_GET, "/api/v1/cross-check/hosts", "host:read",
     "Hosts that report and that no source of a kind sees", TAG, SV_ROUTE_PARAMS (unseen_params),
     .response = &sv_known_host_type, .flags = SV_ROUTE_LIST, SV_ROUTE_ERRORS (missing),
     .handle = list_unseen},
    {SV_METHOD_PUT, "/api/v1/computers/{computer}", "host:write",
     "Says who answers for a computer that does not report", TAG, SV_ROUTE_PARAMS (note_params),
     .request = &sv_computer_note_type, SV_ROUTE_ERRORS (busy), .handle = put_note},
    {SV_METHOD_GET, "/api/v1/sightings", "host:read", "Sources that see computers", TAG,
     SV_ROUTE_PARAMS (list_params), .response = &sv_sighting_source_type, .flags = SV_ROUTE_LIST,
     .handle = list_sources},
    {SV_METHOD_PUT, "/api/v1/sightings/{source}", "host:write",
     "Replaces all that a source saw, by a file as it writes it", TAG, SV_ROUTE_PARAMS (put_params),
     .response = &sv_sighting_source_type, .flags = SV_ROUTE_RAW,
     .content_type = "application/json", .max_body_bytes = SV_LIMIT_SIGHTING_BYTES,
     SV_ROUTE_ERRORS (bad_list), .handle = put_source},
    {SV_METHOD_DELETE, "/api/v1/sightings/{source}", "host:write",
     "Forgets a source and all that it saw", TAG, SV_ROUTE_PARAMS (source_params),
     SV_ROUTE_ERRORS (missing_or_busy), .handle = delete_source},
};
const SvRouteTable sv_cross_check_routes = {routes, G_N_ELEMENTS (routes),
                                            "The inventory against what other sources see."};
