/* CVE records (JSON 5): the CNA's container and those of others, above all CISA's Vulnrichment. */
#include "advisory/feed_reader.h"

#include "pkg/pkg.h"

#include <math.h>
#include <string.h>

#define TITLE_BYTES 300 /* of a description that stands in for a title */

typedef struct {
  const SvFeedInput *input;
  SvCveFact fact;
  char *type; /* dataType */
  char *description;
  char *assessed; /* the time of the SSVC assessment that counts */
  char *kev_added;
  guint cvss_rank; /* of fact.cvss; 0: none */
  gboolean is_cna; /* the container that is being read */
} Record;

static void
record_clear (Record *record)
{
  sv_record_clear (&sv_cve_fact_type, &record->fact);
  g_free (record->type);
  g_free (record->description);
  g_free (record->assessed);
  g_free (record->kev_added);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Record, record_clear)

#define READ_OBJECT(reader, members, data, error)                                                  \
  sv_json_read_object (reader, members, G_N_ELEMENTS (members), data, error)
#define READ_STRING(function, type, member)                                                        \
  static gboolean function (SvJsonReader *reader, gpointer data, GError **error)                   \
  {                                                                                                \
    return sv_take_string (reader, &((type *)data)->member, error);                                \
  }

/* -- CVSS -- */

/* Newer versions first; within a version the CNA's own over others'. */
static const struct {
  const char *key;
  guint rank;
} cvss_keys[] = {{"cvssV4_0", 4}, {"cvssV3_1", 3}, {"cvssV3_0", 2}, {"cvssV2_0", 1}};

typedef struct {
  char *vector;
} Vector;

READ_STRING (read_vector, Vector, vector)

static const SvJsonMember cvss_members[] = {{"vectorString", read_vector}};

/* Scores are worked out from the vector: what the record writes beside it may contradict it. */
static void
take_vector (Record *record, const char *vector, guint rank)
{
  g_auto (SvCvss) cvss = {0};
  guint full_rank = rank * 2 + (record->is_cna ? 1 : 0);
  if (vector == NULL || full_rank <= record->cvss_rank || !sv_cvss_parse (vector, &cvss, NULL))
    return;
  sv_text_set (&record->fact.cvss, cvss.vector);
  record->fact.cvss_score = cvss.base_score;
  record->cvss_rank = full_rank;
}

static gboolean
read_cvss (SvJsonReader *reader, Record *record, guint rank, GError **error)
{
  Vector vector = {0};
  gboolean is_object;
  if (!sv_input_expect (record->input, reader, SV_JSON_OBJECT_BEGIN, &is_object, error))
    return FALSE;
  gboolean read = !is_object || READ_OBJECT (reader, cvss_members, &vector, error);
  if (read)
    take_vector (record, vector.vector, rank);
  g_free (vector.vector);
  return read;
}

/* -- SSVC and KEV, which travel as "other" metrics -- */

typedef struct {
  const SvFeedInput *input;
  char *type;
  char *timestamp;
  char *added;
  char *exploitation, *automatable, *technical_impact;
} Other;

static void
other_clear (Other *other)
{
  g_free (other->type);
  g_free (other->timestamp);
  g_free (other->added);
  g_free (other->exploitation);
  g_free (other->automatable);
  g_free (other->technical_impact);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Other, other_clear)

/* The decision points and the values that they may have; records write them in any case. */
static const struct {
  const char *point;
  gsize offset;
  const char *values[4];
} points[] = {
    {"exploitation", G_STRUCT_OFFSET (Other, exploitation), {"none", "poc", "active"}},
    {"automatable", G_STRUCT_OFFSET (Other, automatable), {"yes", "no"}},
    {"technical impact", G_STRUCT_OFFSET (Other, technical_impact), {"partial", "total"}},
};

static gboolean
read_option (SvJsonReader *reader, const char *key, gpointer data, GError **error)
{
  Other *other = data;
  g_autofree char *point = g_ascii_strdown (key, -1);
  g_autofree char *text = NULL;
  if (!sv_take_string (reader, &text, error))
    return FALSE;
  g_autofree char *value = text != NULL ? g_ascii_strdown (text, -1) : NULL;
  for (guint i = 0; i < G_N_ELEMENTS (points); i++) {
    if (strcmp (points[i].point, point) != 0)
      continue;
    char **member = &G_STRUCT_MEMBER (char *, other, points[i].offset);
    if (value == NULL || !g_strv_contains (points[i].values, value))
      return sv_input_skip_json (other->input, reader, "unknown value of a decision point", error);
    sv_text_take (member, g_steal_pointer (&value));
  }
  return TRUE;
}

static gboolean
read_option_object (SvJsonReader *reader, gpointer data, GError **error)
{
  return sv_json_read_map (reader, read_option, data, error);
}

static gboolean
read_options (SvJsonReader *reader, gpointer data, GError **error)
{
  return sv_json_read_array (reader, read_option_object, data, error);
}

READ_STRING (read_other_type, Other, type)
READ_STRING (read_timestamp, Other, timestamp)
READ_STRING (read_added, Other, added)

static const SvJsonMember content_members[] = {
    {"timestamp", read_timestamp}, {"dateAdded", read_added}, {"options", read_options}};

static gboolean
read_content (SvJsonReader *reader, gpointer data, GError **error)
{
  SvJsonToken token = sv_json_peek (reader, error);
  if (token == SV_JSON_ERROR)
    return FALSE;
  return token == SV_JSON_OBJECT_BEGIN ? READ_OBJECT (reader, content_members, data, error)
                                       : sv_json_skip (reader, error);
}

static const SvJsonMember other_members[] = {{"type", read_other_type}, {"content", read_content}};

/* Of several assessments the latest counts. */
static void
take_ssvc (Record *record, Other *other)
{
  if (record->assessed != NULL && g_strcmp0 (other->timestamp, record->assessed) <= 0)
    return;
  sv_text_take (&record->assessed, g_steal_pointer (&other->timestamp));
  record->fact.assessed_at_us = sv_instant_or_zero (record->assessed);
  sv_text_take (&record->fact.exploitation, g_steal_pointer (&other->exploitation));
  sv_text_take (&record->fact.automatable, g_steal_pointer (&other->automatable));
  sv_text_take (&record->fact.technical_impact, g_steal_pointer (&other->technical_impact));
}

static gboolean
read_other (SvJsonReader *reader, Record *record, GError **error)
{
  g_auto (Other) other = {.input = record->input};
  gboolean is_object;
  if (!sv_input_expect (record->input, reader, SV_JSON_OBJECT_BEGIN, &is_object, error))
    return FALSE;
  if (is_object && !READ_OBJECT (reader, other_members, &other, error))
    return FALSE;
  if (g_strcmp0 (other.type, "ssvc") == 0)
    take_ssvc (record, &other);
  else if (g_strcmp0 (other.type, "kev") == 0)
    sv_text_take (&record->kev_added, g_steal_pointer (&other.added));
  return TRUE;
}

static gboolean
read_metric_member (SvJsonReader *reader, const char *key, gpointer data, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (cvss_keys); i++)
    if (strcmp (cvss_keys[i].key, key) == 0)
      return read_cvss (reader, data, cvss_keys[i].rank, error);
  return strcmp (key, "other") == 0 ? read_other (reader, data, error)
                                    : sv_json_skip (reader, error);
}

static gboolean
read_metric (SvJsonReader *reader, gpointer data, GError **error)
{
  return sv_json_read_map (reader, read_metric_member, data, error);
}

static gboolean
read_metrics (SvJsonReader *reader, gpointer data, GError **error)
{
  return sv_json_read_array (reader, read_metric, data, error);
}

/* -- Containers -- */

typedef struct {
  char *language;
  char *value;
} Text;

READ_STRING (read_language, Text, language)
READ_STRING (read_value, Text, value)

static const SvJsonMember text_members[] = {{"lang", read_language}, {"value", read_value}};

static gboolean
read_description (SvJsonReader *reader, gpointer data, GError **error)
{
  Record *record = data;
  Text text = {0};
  gboolean read = READ_OBJECT (reader, text_members, &text, error);
  gboolean english = text.language == NULL || g_str_has_prefix (text.language, "en");
  if (read && english && record->description == NULL)
    record->description = g_steal_pointer (&text.value);
  g_free (text.language);
  g_free (text.value);
  return read;
}

static gboolean
read_descriptions (SvJsonReader *reader, gpointer data, GError **error)
{
  return sv_json_read_array (reader, read_description, data, error);
}

READ_STRING (read_title, Record, fact.title)

static const SvJsonMember cna_members[] = {{"title", read_title},
                                           {"descriptions", read_descriptions},
                                           {"rejectedReasons", read_descriptions},
                                           {"metrics", read_metrics}};
static const SvJsonMember adp_members[] = {{"metrics", read_metrics}};

static gboolean
read_cna (SvJsonReader *reader, gpointer data, GError **error)
{
  ((Record *)data)->is_cna = TRUE;
  gboolean read = READ_OBJECT (reader, cna_members, data, error);
  ((Record *)data)->is_cna = FALSE;
  return read;
}

static gboolean
read_adp (SvJsonReader *reader, gpointer data, GError **error)
{
  return READ_OBJECT (reader, adp_members, data, error);
}

static gboolean
read_adps (SvJsonReader *reader, gpointer data, GError **error)
{
  return sv_json_read_array (reader, read_adp, data, error);
}

static const SvJsonMember containers_members[] = {{"cna", read_cna}, {"adp", read_adps}};

static gboolean
read_containers (SvJsonReader *reader, gpointer data, GError **error)
{
  return READ_OBJECT (reader, containers_members, data, error);
}

READ_STRING (read_id, Record, fact.vulnerability)
READ_STRING (read_state, Record, fact.state)

static gboolean
read_published (SvJsonReader *reader, gpointer data, GError **error)
{
  return sv_take_instant (reader, &((Record *)data)->fact.published_at_us, error);
}

static const SvJsonMember metadata_members[] = {
    {"cveId", read_id}, {"state", read_state}, {"datePublished", read_published}};

static gboolean
read_metadata (SvJsonReader *reader, gpointer data, GError **error)
{
  return READ_OBJECT (reader, metadata_members, data, error);
}

READ_STRING (read_type, Record, type)

static const SvJsonMember record_members[] = {
    {"dataType", read_type}, {"cveMetadata", read_metadata}, {"containers", read_containers}};

/* -- The whole record -- */

/* The start of a description, cut at a character. */
static char *
shorten (const char *text)
{
  gsize length = strlen (text);
  if (length <= TITLE_BYTES)
    return g_strdup (text);
  const char *end = g_utf8_find_prev_char (text, text + TITLE_BYTES);
  return g_strdup_printf ("%.*s…", (int)(end != NULL ? end - text : 0), text);
}

static gboolean
add_record (Record *record, GError **error)
{
  SvCveFact *fact = &record->fact;
  if (fact->title == NULL && record->description != NULL)
    fact->title = shorten (record->description);
  if (!sv_input_add (record->input, SV_FEED_CVE, fact, error))
    return FALSE;
  const SvKev kev = {.vulnerability = fact->vulnerability,
                     .added_at_us = sv_instant_or_zero (record->kev_added),
                     .name = fact->title};
  return kev.added_at_us == 0 || sv_input_add (record->input, SV_FEED_KEV, &kev, error);
}

gboolean
sv_cve5_read (const SvFeedInput *input, GError **error)
{
  const char *name = strrchr (sv_stream_get_name (input->content), '/');
  name = name != NULL ? name + 1 : sv_stream_get_name (input->content);
  if (g_str_has_prefix (name, "delta")) { /* the lists of changes that lie beside the records */
    sv_input_pass (input, "list of changes");
    return TRUE;
  }
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (input->content);
  g_auto (Record) record = {.input = input, .fact.cvss_score = NAN};
  if (!READ_OBJECT (reader, record_members, &record, error) ||
      sv_json_next (reader, error) != SV_JSON_END)
    return FALSE;
  if (g_strcmp0 (record.type, "CVE_RECORD") == 0 && record.fact.vulnerability != NULL &&
      sv_text_is_cve (record.fact.vulnerability))
    return add_record (&record, error);
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%s' is no CVE record",
               sv_stream_get_name (input->content));
  return FALSE;
}
