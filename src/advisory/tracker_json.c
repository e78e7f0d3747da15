/* Debian security tracker, data/json: {source: {CVE: {releases: {codename: {...}}}}}. */
#include "advisory/feed_reader.h"

#include "pkg/pkg.h"

#include <string.h>

/* What the tracker says of one flaw in one release. */
typedef struct {
  char *codename;
  char *status;
  char *fixed_version;
  char *urgency;
  char *nodsa;        /* remark; set where there will be no advisory */
  char *nodsa_reason; /* "", "postponed", "ignored" */
  char *newest;       /* newest version in the release's own suites */
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;
  g_free (entry->codename);
  g_free (entry->status);
  g_free (entry->fixed_version);
  g_free (entry->urgency);
  g_free (entry->nodsa);
  g_free (entry->nodsa_reason);
  g_free (entry->newest);
  g_free (entry);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Entry, entry_free)

typedef struct {
  const SvFeedInput *input;
  const char *source;
  GPtrArray *entries; /* of the flaw that is being read */
} Reading;

/* A version that is no version counts as older than any. */
static gboolean
is_at_least (const char *version, const char *bound)
{
  int order;
  return version != NULL && bound != NULL &&
         sv_version_compare (SV_SCHEME_DEB, version, bound, &order, NULL) && order >= 0;
}

static gboolean
read_suite (SvJsonReader *reader, const char *suite, gpointer user_data, GError **error)
{
  Entry *entry = user_data;
  g_autofree char *version = NULL;
  if (!sv_take_string (reader, &version, error))
    return FALSE;
  if (entry->newest != NULL && !is_at_least (version, entry->newest))
    return TRUE;
  sv_text_take (&entry->newest, g_steal_pointer (&version));
  return TRUE;
}

static gboolean
read_suites (SvJsonReader *reader, gpointer user_data, GError **error)
{
  SvJsonToken token = sv_json_peek (reader, error);
  if (token == SV_JSON_ERROR)
    return FALSE;
  return token == SV_JSON_OBJECT_BEGIN ? sv_json_read_map (reader, read_suite, user_data, error)
                                       : sv_json_skip (reader, error);
}

#define READ_MEMBER(member)                                                                        \
  static gboolean read_##member (SvJsonReader *reader, gpointer entry, GError **error)             \
  {                                                                                                \
    return sv_take_string (reader, &((Entry *)entry)->member, error);                              \
  }
READ_MEMBER (status)
READ_MEMBER (fixed_version)
READ_MEMBER (urgency)
READ_MEMBER (nodsa)
READ_MEMBER (nodsa_reason)

static const SvJsonMember entry_members[] = {
    {"status", read_status},   {"repositories", read_suites}, {"fixed_version", read_fixed_version},
    {"urgency", read_urgency}, {"nodsa", read_nodsa},         {"nodsa_reason", read_nodsa_reason},
};

static gboolean
read_entry (SvJsonReader *reader, const char *codename, gpointer user_data, GError **error)
{
  Reading *reading = user_data;
  gboolean is_object;
  g_autoptr (Entry) entry = g_new0 (Entry, 1);
  entry->codename = g_strdup (codename);
  if (!sv_input_expect (reading->input, reader, SV_JSON_OBJECT_BEGIN, &is_object, error))
    return FALSE;
  if (!is_object)
    return TRUE;
  if (!sv_json_read_object (reader, entry_members, G_N_ELEMENTS (entry_members), entry, error))
    return FALSE;
  if (entry->status == NULL)
    return sv_input_skip_json (reading->input, reader, "no 'status'", error);
  if (reading->entries->len >= SV_LIMIT_RECORD_ITEMS) {
    g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "more than %d releases of one flaw",
                 SV_LIMIT_RECORD_ITEMS);
    return FALSE;
  }
  g_ptr_array_add (reading->entries, g_steal_pointer (&entry));
  return TRUE;
}

static gboolean
read_releases (SvJsonReader *reader, gpointer user_data, GError **error)
{
  Reading *reading = user_data;
  gboolean is_object;
  if (!sv_input_expect (reading->input, reader, SV_JSON_OBJECT_BEGIN, &is_object, error))
    return FALSE;
  return !is_object || sv_json_read_map (reader, read_entry, reading, error);
}

/* Statuses in the tracker's words. What it does not name here is not known to be safe. */
static const struct {
  const char *word;
  SvStatus status;
} status_words[] = {{"open", SV_STATUS_AFFECTED},
                    {"resolved", SV_STATUS_AFFECTED},
                    {"undetermined", SV_STATUS_UNDETERMINED}};

static const struct {
  const char *reason;
  SvPromise promise;
} promise_words[] = {
    {"", SV_PROMISE_POINT}, {"postponed", SV_PROMISE_LATER}, {"ignored", SV_PROMISE_NEVER}};

static SvStatus
status_of (const Entry *entry)
{
  if (g_strcmp0 (entry->fixed_version, "0") == 0)
    return SV_STATUS_NOT_AFFECTED;
  if (g_strcmp0 (entry->urgency, "end-of-life") == 0 && entry->fixed_version == NULL)
    return SV_STATUS_UNSUPPORTED;
  for (guint i = 0; i < G_N_ELEMENTS (status_words); i++)
    if (strcmp (status_words[i].word, entry->status) == 0)
      return status_words[i].status;
  return SV_STATUS_UNDETERMINED;
}

static SvPromise
promise_of (const Entry *entry)
{
  if (entry->nodsa == NULL && entry->nodsa_reason == NULL)
    return SV_PROMISE_NONE;
  for (guint i = 0; i < G_N_ELEMENTS (promise_words); i++)
    if (g_strcmp0 (entry->nodsa_reason, promise_words[i].reason) == 0)
      return promise_words[i].promise;
  return SV_PROMISE_POINT;
}

/* The version in which unstable is fixed, or NULL. */
static const char *
find_unstable_fix (const GPtrArray *entries)
{
  for (guint i = 0; i < entries->len; i++) {
    const Entry *entry = entries->pdata[i];
    if (strcmp (entry->codename, "sid") == 0 && g_strcmp0 (entry->fixed_version, "0") != 0)
      return entry->fixed_version;
  }
  return NULL;
}

static gboolean
add_statement (const Reading *reading, const char *flaw, const Entry *entry,
               const char *unstable_fix, GError **error)
{
  const char *release = sv_distro_find_release ("debian", entry->codename);
  g_autofree char *full =
      g_strconcat ("debian:", release != NULL ? release : entry->codename, NULL);
  SvStatement statement = {.vulnerability = (char *)flaw,
                           .release = full,
                           .package = (char *)reading->source,
                           .name_kind = SV_NAME_SOURCE,
                           .scheme = SV_SCHEME_DEB,
                           .status = (gint)status_of (entry),
                           .promise = (gint)promise_of (entry),
                           .urgency = entry->urgency,
                           .note = entry->nodsa};
  if (statement.status != SV_STATUS_AFFECTED)
    return sv_input_add (reading->input, SV_FEED_STATEMENT, &statement, error);
  statement.introduced = (char *)"0";
  statement.fixed = entry->fixed_version;
  if (statement.fixed == NULL && is_at_least (entry->newest, unstable_fix)) {
    /* trap 39: an entry that nobody closed; the release already has what fixed unstable */
    statement.fixed = (char *)unstable_fix;
    statement.note =
        (char *)"open in the tracker, but the release has the version that fixed unstable";
  }
  if (statement.fixed != NULL)
    statement.promise = SV_PROMISE_NONE;
  return sv_input_add (reading->input, SV_FEED_STATEMENT, &statement, error);
}

static const SvJsonMember flaw_members[] = {{"releases", read_releases}};

static gboolean
read_flaw (SvJsonReader *reader, const char *flaw, gpointer user_data, GError **error)
{
  Reading *reading = user_data;
  gboolean is_object;
  g_autofree char *id = g_strdup (flaw);
  if (!sv_input_expect (reading->input, reader, SV_JSON_OBJECT_BEGIN, &is_object, error))
    return FALSE;
  if (!is_object)
    return TRUE;
  g_ptr_array_set_size (reading->entries, 0);
  if (!sv_json_read_object (reader, flaw_members, G_N_ELEMENTS (flaw_members), reading, error))
    return FALSE;
  const char *unstable_fix = find_unstable_fix (reading->entries);
  for (guint i = 0; i < reading->entries->len; i++)
    if (!add_statement (reading, id, reading->entries->pdata[i], unstable_fix, error))
      return FALSE;
  return TRUE;
}

static gboolean
read_source (SvJsonReader *reader, const char *source, gpointer user_data, GError **error)
{
  Reading *reading = user_data;
  gboolean is_object;
  g_autofree char *name = g_strdup (source);
  if (!sv_input_expect (reading->input, reader, SV_JSON_OBJECT_BEGIN, &is_object, error))
    return FALSE;
  reading->source = name;
  return !is_object || sv_json_read_map (reader, read_flaw, reading, error);
}

gboolean
sv_tracker_json_read (const SvFeedInput *input, GError **error)
{
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (input->content);
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);
  Reading reading = {.input = input, .entries = entries};
  return sv_json_read_map (reader, read_source, &reading, error) &&
         sv_json_next (reader, error) == SV_JSON_END;
}
