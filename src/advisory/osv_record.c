#include "advisory/osv_record.h"

#include <string.h>

static void
binary_free (gpointer data)
{
  SvOsvBinary *binary = data;
  g_free (binary->name);
  g_free (binary->version);
  g_free (binary);
}

static SvOsvAffected *
affected_new (void)
{
  SvOsvAffected *affected = g_new0 (SvOsvAffected, 1);
  affected->ranges = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  affected->versions = g_ptr_array_new_with_free_func (sv_osv_event_free);
  affected->binaries = g_ptr_array_new_with_free_func (binary_free);
  affected->cves = sv_strings_new ();
  return affected;
}

static void
affected_free (gpointer data)
{
  SvOsvAffected *affected = data;
  g_free (affected->ecosystem);
  g_free (affected->name);
  g_free (affected->purl);
  g_ptr_array_unref (affected->ranges);
  g_ptr_array_unref (affected->versions);
  g_ptr_array_unref (affected->binaries);
  g_ptr_array_unref (affected->cves);
  g_free (affected->availability);
  g_free (affected->urgency);
  g_free (affected);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvOsvAffected, affected_free)

static void
record_init (SvOsvRecord *record, const SvFeedInput *input)
{
  *record = (SvOsvRecord){.input = input,
                          .aliases = sv_strings_new (),
                          .upstream = sv_strings_new (),
                          .related = sv_strings_new (),
                          .affected = g_ptr_array_new_with_free_func (affected_free),
                          .said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL)};
}

void
sv_osv_record_clear (SvOsvRecord *record)
{
  g_free (record->id);
  g_free (record->summary);
  g_free (record->urgency);
  g_free (record->url);
  g_clear_pointer (&record->aliases, g_ptr_array_unref);
  g_clear_pointer (&record->upstream, g_ptr_array_unref);
  g_clear_pointer (&record->related, g_ptr_array_unref);
  g_clear_pointer (&record->affected, g_ptr_array_unref);
  g_clear_pointer (&record->said, g_hash_table_unref);
}

#define READ_STRING(type, member)                                                                  \
  static gboolean read_##member (SvJsonReader *reader, gpointer data, GError **error)              \
  {                                                                                                \
    return sv_take_string (reader, &((type *)data)->member, error);                                \
  }
#define READ_LIST(member)                                                                          \
  static gboolean read_##member (SvJsonReader *reader, gpointer data, GError **error)              \
  {                                                                                                \
    return sv_take_strings (reader, ((SvOsvRecord *)data)->member, error);                         \
  }
#define READ_INSTANT(member)                                                                       \
  static gboolean read_##member (SvJsonReader *reader, gpointer data, GError **error)              \
  {                                                                                                \
    return sv_take_instant (reader, &((SvOsvRecord *)data)->member##_at_us, error);                \
  }
#define READ_OBJECT(reader, members, data, error)                                                  \
  sv_json_read_object (reader, members, G_N_ELEMENTS (members), data, error)

READ_STRING (SvOsvAffected, name)
READ_STRING (SvOsvAffected, ecosystem)
READ_STRING (SvOsvAffected, purl)

static const SvJsonMember package_members[] = {
    {"name", read_name}, {"ecosystem", read_ecosystem}, {"purl", read_purl}};

static gboolean
read_package (SvJsonReader *reader, gpointer affected, GError **error)
{
  return READ_OBJECT (reader, package_members, affected, error);
}

/* A range that is being read. */
typedef struct {
  char *type;
  GPtrArray *events;
} Range;

static void
add_event (GPtrArray *events, SvOsvEventKind kind, char *version)
{
  SvOsvEvent *event = g_new0 (SvOsvEvent, 1);
  event->kind = kind;
  event->version = version;
  g_ptr_array_add (events, event);
}

static gboolean
read_event_member (SvJsonReader *reader, const char *key, gpointer events, GError **error)
{
  int kind = sv_enum_find (sv_osv_event_names, key);
  g_autofree char *version = NULL;
  if (!sv_take_string (reader, &version, error))
    return FALSE;
  if (kind >= 0 && version != NULL)
    add_event (events, (SvOsvEventKind)kind, g_steal_pointer (&version));
  return TRUE;
}

static gboolean
read_event (SvJsonReader *reader, gpointer events, GError **error)
{
  return sv_json_read_map (reader, read_event_member, events, error);
}

READ_STRING (Range, type)

static gboolean
read_events (SvJsonReader *reader, gpointer range, GError **error)
{
  return sv_json_read_array (reader, read_event, ((Range *)range)->events, error);
}

static const SvJsonMember range_members[] = {{"type", read_type}, {"events", read_events}};

static gboolean
read_range (SvJsonReader *reader, gpointer affected, GError **error)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func (sv_osv_event_free);
  Range range = {.events = events};
  gboolean read = READ_OBJECT (reader, range_members, &range, error);
  /* trap 60: commits of source control say nothing about a distribution's versions */
  if (read && g_strcmp0 (range.type, "GIT") != 0)
    g_ptr_array_add (((SvOsvAffected *)affected)->ranges, g_steal_pointer (&events));
  g_free (range.type);
  return read;
}

static gboolean
read_ranges (SvJsonReader *reader, gpointer affected, GError **error)
{
  return sv_json_read_array (reader, read_range, affected, error);
}

static gboolean
read_version (SvJsonReader *reader, gpointer versions, GError **error)
{
  char *version = NULL;
  if (!sv_json_read_string (reader, &version, error))
    return FALSE;
  if (version != NULL)
    add_event (versions, SV_OSV_INTRODUCED, version);
  return TRUE;
}

static gboolean
read_versions (SvJsonReader *reader, gpointer affected, GError **error)
{
  return sv_json_read_array (reader, read_version, ((SvOsvAffected *)affected)->versions, error);
}

READ_STRING (SvOsvAffected, availability)
READ_STRING (SvOsvAffected, urgency)

/* SUSE names binaries as {"name": "version"}; other ecosystems' lists do not say more than the
 * record itself and are passed over. */
static gboolean
read_binary_member (SvJsonReader *reader, const char *key, gpointer binaries, GError **error)
{
  g_autofree char *name = g_strdup (key);
  g_autofree char *version = NULL;
  if (!sv_take_string (reader, &version, error))
    return FALSE;
  if (version == NULL || g_str_has_prefix (name, "binary_"))
    return TRUE;
  SvOsvBinary *binary = g_new0 (SvOsvBinary, 1);
  binary->name = g_steal_pointer (&name);
  binary->version = g_steal_pointer (&version);
  g_ptr_array_add (binaries, binary);
  return TRUE;
}

static gboolean
read_binary (SvJsonReader *reader, gpointer binaries, GError **error)
{
  SvJsonToken token = sv_json_peek (reader, error);
  if (token == SV_JSON_ERROR)
    return FALSE;
  return token == SV_JSON_OBJECT_BEGIN
             ? sv_json_read_map (reader, read_binary_member, binaries, error)
             : sv_json_skip (reader, error);
}

static gboolean
read_binaries (SvJsonReader *reader, gpointer affected, GError **error)
{
  SvJsonToken token = sv_json_peek (reader, error);
  if (token == SV_JSON_ERROR)
    return FALSE;
  return token == SV_JSON_ARRAY_BEGIN
             ? sv_json_read_array (reader, read_binary, ((SvOsvAffected *)affected)->binaries,
                                   error)
             : sv_json_skip (reader, error);
}

static const SvJsonMember ecosystem_members[] = {{"binaries", read_binaries},
                                                 {"availability", read_availability},
                                                 {"ubuntu_priority", read_urgency},
                                                 {"urgency", read_urgency},
                                                 {"severity", read_urgency}};

static gboolean
read_ecosystem_specific (SvJsonReader *reader, gpointer affected, GError **error)
{
  return READ_OBJECT (reader, ecosystem_members, affected, error);
}

typedef struct {
  char *cve;
} MappedCve;

READ_STRING (MappedCve, cve)

static const SvJsonMember mapped_members[] = {{"id", read_cve}};

static gboolean
read_mapped (SvJsonReader *reader, gpointer affected, GError **error)
{
  MappedCve mapped = {0};
  gboolean read = READ_OBJECT (reader, mapped_members, &mapped, error);
  if (read && mapped.cve != NULL)
    g_ptr_array_add (((SvOsvAffected *)affected)->cves, g_steal_pointer (&mapped.cve));
  g_free (mapped.cve);
  return read;
}

static gboolean
read_mapped_list (SvJsonReader *reader, gpointer affected, GError **error)
{
  return sv_json_read_array (reader, read_mapped, affected, error);
}

static const SvJsonMember map_members[] = {{"cves", read_mapped_list}};

static gboolean
read_map (SvJsonReader *reader, gpointer affected, GError **error)
{
  return READ_OBJECT (reader, map_members, affected, error);
}

static const SvJsonMember database_members[] = {{"cves_map", read_map}};

static gboolean
read_database_specific (SvJsonReader *reader, gpointer affected, GError **error)
{
  return READ_OBJECT (reader, database_members, affected, error);
}

static const SvJsonMember affected_members[] = {{"package", read_package},
                                                {"ranges", read_ranges},
                                                {"versions", read_versions},
                                                {"ecosystem_specific", read_ecosystem_specific},
                                                {"database_specific", read_database_specific}};

static gboolean
read_affected (SvJsonReader *reader, gpointer record, GError **error)
{
  g_autoptr (SvOsvAffected) affected = affected_new ();
  if (!READ_OBJECT (reader, affected_members, affected, error))
    return FALSE;
  g_ptr_array_add (((SvOsvRecord *)record)->affected, g_steal_pointer (&affected));
  return TRUE;
}

static gboolean
read_affected_list (SvJsonReader *reader, gpointer record, GError **error)
{
  return sv_json_read_array (reader, read_affected, record, error);
}

/* A "type" and its value: of severities and references. */
typedef struct {
  char *type;
  char *score;
  char *url;
} Typed;

static void
typed_clear (Typed *typed)
{
  g_free (typed->type);
  g_free (typed->score);
  g_free (typed->url);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Typed, typed_clear)

static gboolean
read_typed_type (SvJsonReader *reader, gpointer typed, GError **error)
{
  return sv_take_string (reader, &((Typed *)typed)->type, error);
}

static gboolean
read_typed_url (SvJsonReader *reader, gpointer typed, GError **error)
{
  return sv_take_string (reader, &((Typed *)typed)->url, error);
}

READ_STRING (Typed, score)

static const SvJsonMember typed_members[] = {
    {"type", read_typed_type}, {"score", read_score}, {"url", read_typed_url}};

/* Of severities only a vendor's own word counts (trap 56): vectors are facts of the CVE. */
static gboolean
read_severity (SvJsonReader *reader, gpointer data, GError **error)
{
  SvOsvRecord *record = data;
  g_auto (Typed) typed = {0};
  if (!READ_OBJECT (reader, typed_members, &typed, error))
    return FALSE;
  if (record->urgency == NULL && typed.type != NULL && !g_str_has_prefix (typed.type, "CVSS_"))
    record->urgency = g_steal_pointer (&typed.score);
  return TRUE;
}

static gboolean
read_severities (SvJsonReader *reader, gpointer record, GError **error)
{
  return sv_json_read_array (reader, read_severity, record, error);
}

static gboolean
read_reference (SvJsonReader *reader, gpointer data, GError **error)
{
  SvOsvRecord *record = data;
  g_auto (Typed) typed = {0};
  if (!READ_OBJECT (reader, typed_members, &typed, error))
    return FALSE;
  if (record->url == NULL && g_strcmp0 (typed.type, "ADVISORY") == 0)
    record->url = g_steal_pointer (&typed.url);
  return TRUE;
}

static gboolean
read_references (SvJsonReader *reader, gpointer record, GError **error)
{
  return sv_json_read_array (reader, read_reference, record, error);
}

READ_STRING (SvOsvRecord, id)
READ_STRING (SvOsvRecord, summary)
READ_LIST (aliases)
READ_LIST (upstream)
READ_LIST (related)
READ_INSTANT (published)
READ_INSTANT (modified)
READ_INSTANT (withdrawn)

static const SvJsonMember record_members[] = {
    {"id", read_id},
    {"summary", read_summary},
    {"aliases", read_aliases},
    {"upstream", read_upstream},
    {"related", read_related},
    {"published", read_published},
    {"modified", read_modified},
    {"withdrawn", read_withdrawn},
    {"severity", read_severities},
    {"references", read_references},
    {"affected", read_affected_list},
};

gboolean
sv_osv_record_read (const SvFeedInput *input, SvOsvRecord *record, GError **error)
{
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (input->content);
  record_init (record, input);
  if (!READ_OBJECT (reader, record_members, record, error) ||
      sv_json_next (reader, error) != SV_JSON_END)
    return FALSE;
  if (record->id != NULL)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%s' is no OSV record: it has no id",
               sv_stream_get_name (input->content));
  return FALSE;
}
