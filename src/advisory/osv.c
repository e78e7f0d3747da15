/* OSV records: one JSON document, one advisory or vulnerability of an ecosystem. */
#include "advisory/ecosystem.h"
#include "advisory/feed_reader.h"
#include "advisory/module.h"
#include "advisory/osv_range.h"

#include <string.h>

/* A binary package of SUSE's records, with the version that fixes it. */
typedef struct {
  char *name;
  char *version;
} Binary;

static void
binary_free (gpointer data)
{
  Binary *binary = data;
  g_free (binary->name);
  g_free (binary->version);
  g_free (binary);
}

/* One package that the record speaks of. */
typedef struct {
  char *ecosystem;
  char *name;
  char *purl;
  GPtrArray *ranges;   /* of GPtrArray of SvOsvEvent; those of source control are left out */
  GPtrArray *versions; /* SvOsvEvent */
  GPtrArray *binaries; /* Binary */
  GPtrArray *cves;     /* those of the record that concern this release; empty: all */
  char *availability;  /* who may have the update */
  char *urgency;
} Affected;

static Affected *
affected_new (void)
{
  Affected *affected = g_new0 (Affected, 1);
  affected->ranges = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  affected->versions = g_ptr_array_new_with_free_func (sv_osv_event_free);
  affected->binaries = g_ptr_array_new_with_free_func (binary_free);
  affected->cves = g_ptr_array_new_with_free_func (g_free);
  return affected;
}

static void
affected_free (gpointer data)
{
  Affected *affected = data;
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
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Affected, affected_free)

typedef struct {
  const SvFeedInput *input;
  char *id;
  char *summary;
  char *urgency;
  char *url;
  gint64 published_at_us, modified_at_us, withdrawn_at_us;
  GPtrArray *aliases, *upstream, *related;
  GPtrArray *affected;
  GHashTable *said; /* binaries that have their statement: SUSE repeats them in every package */
} Record;

static void
record_init (Record *record, const SvFeedInput *input)
{
  *record = (Record){.input = input,
                     .aliases = g_ptr_array_new_with_free_func (g_free),
                     .upstream = g_ptr_array_new_with_free_func (g_free),
                     .related = g_ptr_array_new_with_free_func (g_free),
                     .affected = g_ptr_array_new_with_free_func (affected_free),
                     .said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL)};
}

static void
record_clear (Record *record)
{
  g_free (record->id);
  g_free (record->summary);
  g_free (record->urgency);
  g_free (record->url);
  g_ptr_array_unref (record->aliases);
  g_ptr_array_unref (record->upstream);
  g_ptr_array_unref (record->related);
  g_ptr_array_unref (record->affected);
  g_hash_table_unref (record->said);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Record, record_clear)

/* -- Reading -- */

#define READ_STRING(type, member)                                                                  \
  static gboolean read_##member (SvJsonReader *reader, gpointer data, GError **error)              \
  {                                                                                                \
    return sv_take_string (reader, &((type *)data)->member, error);                                \
  }
#define READ_LIST(member)                                                                          \
  static gboolean read_##member (SvJsonReader *reader, gpointer data, GError **error)              \
  {                                                                                                \
    return sv_take_strings (reader, ((Record *)data)->member, error);                              \
  }
#define READ_INSTANT(member)                                                                       \
  static gboolean read_##member (SvJsonReader *reader, gpointer data, GError **error)              \
  {                                                                                                \
    return sv_take_instant (reader, &((Record *)data)->member##_at_us, error);                     \
  }
#define READ_OBJECT(reader, members, data, error)                                                  \
  sv_json_read_object (reader, members, G_N_ELEMENTS (members), data, error)

READ_STRING (Affected, name)
READ_STRING (Affected, ecosystem)
READ_STRING (Affected, purl)

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
    g_ptr_array_add (((Affected *)affected)->ranges, g_steal_pointer (&events));
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
  return sv_json_read_array (reader, read_version, ((Affected *)affected)->versions, error);
}

READ_STRING (Affected, availability)
READ_STRING (Affected, urgency)

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
  Binary *binary = g_new0 (Binary, 1);
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
             ? sv_json_read_array (reader, read_binary, ((Affected *)affected)->binaries, error)
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
    g_ptr_array_add (((Affected *)affected)->cves, g_steal_pointer (&mapped.cve));
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
  g_autoptr (Affected) affected = affected_new ();
  if (!READ_OBJECT (reader, affected_members, affected, error))
    return FALSE;
  g_ptr_array_add (((Record *)record)->affected, g_steal_pointer (&affected));
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
  Record *record = data;
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
  Record *record = data;
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

READ_STRING (Record, id)
READ_STRING (Record, summary)
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

/* -- What the record means -- */

static void
collect_cves (const GPtrArray *names, GPtrArray *flaws)
{
  g_autoptr (GString) all = g_string_new (NULL);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (all, "%s\n", (const char *)names->pdata[i]);
  sv_text_collect_cves (all->str, all->len, flaws);
}

/* The flaws that the record is about: its own CVE ("UBUNTU-CVE-2021-3782"), else the CVEs among its
 * aliases, else those upstream of it, else the related ones, where AlmaLinux and SUSE put them
 * (trap 54). Later lists do not count once one has any: they name neighbours. */
static GPtrArray *
find_flaws (const Record *record)
{
  GPtrArray *flaws = g_ptr_array_new_with_free_func (g_free);
  const GPtrArray *lists[] = {record->aliases, record->upstream, record->related};
  sv_text_collect_cves (record->id, strlen (record->id), flaws);
  for (guint i = 0; i < G_N_ELEMENTS (lists) && flaws->len == 0; i++)
    collect_cves (lists[i], flaws);
  return flaws;
}

static const struct {
  const char *letters;
  SvAdvisoryClass class;
} classes[] = {{"SA", SV_CLASS_SECURITY}, {"BA", SV_CLASS_BUGFIX}, {"EA", SV_CLASS_ENHANCEMENT}};

/* "ALBA-2021:1099" is a bug fix (trap 55); ids of another shape are security notices. */
static SvAdvisoryClass
class_of (const char *id)
{
  if (strcspn (id, "-") == 4)
    for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
      if (strncmp (id + 2, classes[i].letters, 2) == 0)
        return classes[i].class;
  return SV_CLASS_SECURITY;
}

static const char *const severity_words[] = {"Critical", "Important", "Moderate", "Low", NULL};

/* "Moderate: ruby:3.3 security update" leads with the vendor's word. */
static void
take_urgency_from_summary (Record *record)
{
  gsize length = record->summary != NULL ? strcspn (record->summary, ":") : 0;
  if (record->urgency != NULL || length == 0 || record->summary[length] == '\0')
    return;
  g_autofree char *word = g_strndup (record->summary, length);
  if (g_strv_contains (severity_words, word))
    record->urgency = g_steal_pointer (&word);
}

static gboolean
add_advisory (const Record *record, GPtrArray *flaws, GError **error)
{
  const SvAdvisory advisory = {.id = record->id,
                               .class = (gint)class_of (record->id),
                               .title = record->summary,
                               .severity = record->urgency,
                               .published_at_us = record->published_at_us,
                               .modified_at_us = record->modified_at_us,
                               .withdrawn_at_us = record->withdrawn_at_us,
                               .url = record->url,
                               .vulnerabilities = flaws};
  return sv_input_add (record->input, SV_FEED_ADVISORY, &advisory, error);
}

static gboolean
add_aliases (const Record *record, const GPtrArray *flaws, GError **error)
{
  g_autoptr (GPtrArray) own = g_ptr_array_new_with_free_func (g_free);
  sv_text_collect_cves (record->id, strlen (record->id), own);
  for (guint i = 0; i < record->aliases->len; i++) {
    const SvAlias alias = {.id = record->id, .vulnerability = record->aliases->pdata[i]};
    if (!sv_input_add (record->input, SV_FEED_ALIAS, &alias, error))
      return FALSE;
  }
  if (own->len != 1 || strcmp (own->pdata[0], record->id) == 0)
    return TRUE;
  const SvAlias alias = {.id = record->id, .vulnerability = own->pdata[0]};
  return sv_input_add (record->input, SV_FEED_ALIAS, &alias, error);
}

/* One affected package while its statements are being made. */
typedef struct {
  const Record *record;
  const Affected *affected;
  SvEcosystem ecosystem;
  const GPtrArray *flaws;
  const GPtrArray *streams; /* that the record's title names */
  SvStatement statement;    /* what all statements of the package share */
} Making;

static gboolean
add_for_flaws (Making *making, GError **error)
{
  for (guint i = 0; i < MAX (making->flaws->len, 1); i++) {
    making->statement.vulnerability =
        making->flaws->len > 0 ? making->flaws->pdata[i] : making->record->id;
    if (!sv_input_add (making->record->input, SV_FEED_STATEMENT, &making->statement, error))
      return FALSE;
  }
  return TRUE;
}

/* A modular build belongs to the streams that the title names; where it names none, the stream is
 * not known (NULL) and only builds of the same kind may be compared (traps 63, 64). */
static gboolean
add_for_streams (Making *making, GError **error)
{
  const SvStatement *statement = &making->statement;
  const char *version = statement->fixed != NULL ? statement->fixed : statement->last_affected;
  gboolean modular = version != NULL && sv_module_find_build (version, NULL) != NULL;
  if (!modular || making->streams->len == 0) {
    making->statement.module = making->ecosystem.modular && !modular ? (char *)"" : NULL;
    return add_for_flaws (making, error);
  }
  for (guint i = 0; i < making->streams->len; i++) {
    making->statement.module = making->streams->pdata[i];
    if (!add_for_flaws (making, error))
      return FALSE;
  }
  return TRUE;
}

static char *
version_or_null (const SvOsvEvent *event)
{
  return event != NULL && event->key != NULL ? event->version : NULL;
}

static gboolean
add_intervals (Making *making, const GArray *intervals, GError **error)
{
  for (guint i = 0; i < intervals->len; i++) {
    const SvOsvInterval *interval = &g_array_index (intervals, SvOsvInterval, i);
    making->statement.introduced = version_or_null (interval->introduced);
    making->statement.fixed = version_or_null (interval->fixed);
    making->statement.last_affected = version_or_null (interval->last_affected);
    if (!add_for_streams (making, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_binaries (Making *making, GError **error)
{
  making->statement.name_kind = SV_NAME_BINARY;
  for (guint i = 0; i < making->affected->binaries->len; i++) {
    const Binary *binary = making->affected->binaries->pdata[i];
    char *key = g_strjoin ("\n", making->ecosystem.release, binary->name, binary->version, NULL);
    if (!g_hash_table_add (making->record->said, key))
      continue;
    making->statement.package = binary->name;
    making->statement.fixed = binary->version;
    if (!add_for_streams (making, error))
      return FALSE;
  }
  return TRUE;
}

/* SV_ERROR_INVALID_DATA for a malformed version. */
static GArray *
find_intervals (const Affected *affected, SvScheme scheme, GError **error)
{
  g_autoptr (GArray) intervals = g_array_new (FALSE, FALSE, sizeof (SvOsvInterval));
  for (guint i = 0; i < affected->ranges->len; i++)
    if (!sv_osv_add_range (scheme, affected->ranges->pdata[i], intervals, error))
      return NULL;
  return sv_osv_add_versions (scheme, affected->versions, intervals, error)
             ? g_steal_pointer (&intervals)
             : NULL;
}

static gboolean
skip_affected (const Record *record, const char *package, const char *why, GError **error)
{
  g_autofree char *where =
      g_strdup_printf ("%s:$.affected '%s'", sv_stream_get_name (record->input->content), package);
  return record->input->sink->skip (record->input->sink->user_data, where, why, error);
}

static gboolean
add_package (Making *making, GError **error)
{
  const Affected *affected = making->affected;
  gboolean source = making->ecosystem.is_source ||
                    (affected->purl != NULL && (strstr (affected->purl, "arch=source") != NULL ||
                                                strstr (affected->purl, "arch=src") != NULL));
  making->statement = (SvStatement){.advisory = making->record->id,
                                    .release = making->ecosystem.release,
                                    .package = affected->name,
                                    .name_kind = source ? SV_NAME_SOURCE : SV_NAME_BINARY,
                                    .scheme = making->ecosystem.scheme,
                                    .status = SV_STATUS_AFFECTED,
                                    .urgency = affected->urgency != NULL ? affected->urgency
                                                                         : making->record->urgency,
                                    .note = affected->availability,
                                    .class = (gint)class_of (making->record->id)};
  if (affected->binaries->len > 0)
    return add_binaries (making, error);
  g_autoptr (GError) malformed = NULL;
  g_autoptr (GArray) intervals =
      find_intervals (affected, (SvScheme)making->ecosystem.scheme, &malformed);
  if (intervals == NULL)
    return skip_affected (making->record, affected->name, malformed->message, error);
  if (intervals->len == 0) /* trap 59: nothing to compare with, so nothing is said */
    return skip_affected (making->record, affected->name, "neither ranges nor versions", error);
  return add_intervals (making, intervals, error);
}

static gboolean
add_affected (const Record *record, const Affected *affected, const GPtrArray *flaws,
              const GPtrArray *streams, GError **error)
{
  if (affected->ecosystem == NULL || affected->name == NULL) {
    sv_input_pass (record->input, "no package");
    return TRUE;
  }
  g_auto (SvEcosystem) ecosystem = {0};
  if (!sv_ecosystem_parse (affected->ecosystem, &ecosystem)) {
    sv_input_pass (record->input, affected->ecosystem);
    return TRUE;
  }
  Making making = {.record = record,
                   .affected = affected,
                   .ecosystem = ecosystem,
                   .flaws = affected->cves->len > 0 ? affected->cves : flaws,
                   .streams = streams};
  return add_package (&making, error);
}

static gboolean
add_record (Record *record, GError **error)
{
  take_urgency_from_summary (record);
  g_autoptr (GPtrArray) flaws = find_flaws (record);
  g_autoptr (GPtrArray) streams = g_ptr_array_new_with_free_func (g_free);
  if (record->summary != NULL)
    sv_module_collect_streams (record->summary, streams);
  if (!add_advisory (record, flaws, error) || !add_aliases (record, flaws, error))
    return FALSE;
  if (record->withdrawn_at_us != 0) /* trap 52 */
    return TRUE;
  for (guint i = 0; i < record->affected->len; i++)
    if (!add_affected (record, record->affected->pdata[i], flaws, streams, error))
      return FALSE;
  return TRUE;
}

gboolean
sv_osv_read (const SvFeedInput *input, GError **error)
{
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (input->content);
  g_auto (Record) record;
  record_init (&record, input);
  if (!READ_OBJECT (reader, record_members, &record, error) ||
      sv_json_next (reader, error) != SV_JSON_END)
    return FALSE;
  if (record.id == NULL) {
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%s' is no OSV record: it has no id",
                 sv_stream_get_name (input->content));
    return FALSE;
  }
  return add_record (&record, error);
}
