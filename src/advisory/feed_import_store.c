#include "advisory/digest.h"
#include "advisory/feed_import_store.h"
#include "advisory/settled.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_EXAMPLES 20

void
sv_feed_result_clear (SvFeedResult *result)
{
  g_clear_pointer (&result->examples, g_ptr_array_unref);
  g_clear_pointer (&result->frozen, g_ptr_array_unref);
}

/* One import. */
typedef struct {
  SvDb *db;
  const SvFeedImport *import;
  const SvFeedFormat *format;
  SvFeed *feed;
  SvFeedResult *result;
  SvQuery *insert[SV_N_FEED_RECORDS];
  SvQuery *clear_release;
  GHashTable *releases; /* that the feed speaks of now */
  GByteArray *key;
  char *sha256;
} Import;

static void
import_clear (Import *import)
{
  for (guint i = 0; i < SV_N_FEED_RECORDS; i++)
    g_clear_pointer (&import->insert[i], sv_query_free);
  g_clear_pointer (&import->clear_release, sv_query_free);
  g_clear_pointer (&import->feed, sv_feed_free);
  g_clear_pointer (&import->releases, g_hash_table_unref);
  g_clear_pointer (&import->key, g_byte_array_unref);
  g_clear_pointer (&import->sha256, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Import, import_clear)

static const char *const insert_sql[SV_N_FEED_RECORDS] = {
    [SV_FEED_STATEMENT] =
        "INSERT INTO feed_statement (feed, vulnerability, advisory, release, package, name_kind,"
        " arch, module, scheme, status, promise, introduced, fixed, last_affected, urgency, note,"
        " class, introduced_key, fixed_key, last_affected_key, settled_key)"
        " VALUES (:feed, :vulnerability, :advisory, :release, :package, :name_kind, :arch, :module,"
        " :scheme, :status, :promise, :introduced, :fixed, :last_affected, :urgency, :note, :class,"
        " :introduced_key, :fixed_key, :last_affected_key, :settled_key)",
    [SV_FEED_ADVISORY] =
        "INSERT INTO feed_advisory (feed, id, class, title, severity, published_at_us,"
        " modified_at_us, withdrawn_at_us, url, vulnerabilities, reboot_suggested)"
        " VALUES (:feed, :id, :class, :title, :severity, :published_at_us, :modified_at_us,"
        " :withdrawn_at_us, :url, :vulnerabilities, :reboot_suggested)",
    [SV_FEED_ALIAS] = "INSERT INTO feed_alias (feed, id, vulnerability)"
                      " VALUES (:feed, :id, :vulnerability)",
    [SV_FEED_KEV] = "INSERT INTO feed_kev (feed, vulnerability, added_at_us, due_at_us, ransomware,"
                    " name, action, forensic_triage)"
                    " VALUES (:feed, :vulnerability, :added_at_us, :due_at_us, :ransomware, :name,"
                    " :action, :forensic_triage)",
    [SV_FEED_EPSS] = "INSERT INTO feed_epss (feed, vulnerability, score, percentile, scored_at_us)"
                     " VALUES (:feed, :vulnerability, :score, :percentile, :scored_at_us)",
    [SV_FEED_CVE] =
        "INSERT INTO feed_cve (feed, vulnerability, title, state, published_at_us, exploitation,"
        " automatable, technical_impact, assessed_at_us, cvss, cvss_score)"
        " VALUES (:feed, :vulnerability, :title, :state, :published_at_us, :exploitation,"
        " :automatable, :technical_impact, :assessed_at_us, :cvss, :cvss_score)",
};

/* What goes before anything new comes. Statements go release by release, when the feed first
 * speaks of one: those of a release that it dropped stay as they were (trap 102). */
static const char *const clear_sql[] = {
    "DELETE FROM feed_advisory WHERE feed = :feed", "DELETE FROM feed_alias WHERE feed = :feed",
    "DELETE FROM feed_kev WHERE feed = :feed", "DELETE FROM feed_epss WHERE feed = :feed",
    "DELETE FROM feed_cve WHERE feed = :feed"};

static const char clear_release_sql[] =
    "DELETE FROM feed_statement WHERE release = :release AND feed = :feed";

/* -- Records -- */

/* The version members of a statement and the columns of their keys. */
static const struct {
  const char *column;
  gsize offset;
} keys[] = {{"introduced_key", G_STRUCT_OFFSET (SvStatement, introduced)},
            {"fixed_key", G_STRUCT_OFFSET (SvStatement, fixed)},
            {"last_affected_key", G_STRUCT_OFFSET (SvStatement, last_affected)}};

static gboolean
is_first (const char *version)
{
  return version == NULL || strcmp (version, "0") == 0;
}

static void
bind_settled_key (Import *import, const SvStatement *statement, SvQuery *query)
{
  g_byte_array_set_size (import->key, 0);
  if (sv_statement_append_settled_key (statement, import->key))
    sv_query_bind_blob (query, "settled_key", import->key->data, import->key->len);
  else
    sv_query_bind_null (query, "settled_key");
}

static gboolean
bind_keys (Import *import, const SvStatement *statement, SvQuery *query, GError **error)
{
  bind_settled_key (import, statement, query);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    const char *version = G_STRUCT_MEMBER (char *, statement, keys[i].offset);
    if (is_first (version)) {
      sv_query_bind_null (query, keys[i].column);
      continue;
    }
    g_byte_array_set_size (import->key, 0);
    if (!sv_version_append_key ((SvScheme)statement->scheme, version, import->key, error)) {
      g_prefix_error (error, "'%s' of '%s': ", statement->vulnerability, statement->package);
      return FALSE;
    }
    sv_query_bind_blob (query, keys[i].column, import->key->data, import->key->len);
  }
  return TRUE;
}

static gboolean
clear_release (Import *import, const char *release, GError **error)
{
  if (g_hash_table_contains (import->releases, release))
    return TRUE;
  g_hash_table_add (import->releases, g_strdup (release));
  sv_query_bind_text (import->clear_release, "release", release);
  sv_query_bind_text (import->clear_release, "feed", import->feed->id);
  return sv_query_run (import->clear_release, error);
}

/* How new a record is, for each kind that says so. */
static gint64
instant_of (SvFeedRecord kind, gconstpointer record)
{
  switch ((int)kind) {
  case SV_FEED_ADVISORY:
    return MAX (((const SvAdvisory *)record)->published_at_us,
                ((const SvAdvisory *)record)->modified_at_us);
  case SV_FEED_KEV:
    return ((const SvKev *)record)->added_at_us;
  case SV_FEED_EPSS:
    return ((const SvEpss *)record)->scored_at_us;
  case SV_FEED_CVE:
    return MAX (((const SvCveFact *)record)->published_at_us,
                ((const SvCveFact *)record)->assessed_at_us);
  default:
    return 0;
  }
}

static gboolean
add (gpointer user_data, SvFeedRecord kind, gconstpointer record, GError **error)
{
  Import *import = user_data;
  SvQuery *query = import->insert[kind];
  sv_query_bind_text (query, "feed", import->feed->id);
  sv_query_bind_record (query, sv_feed_record_types[kind], record);
  if (kind == SV_FEED_STATEMENT &&
      (!bind_keys (import, record, query, error) ||
       !clear_release (import, ((const SvStatement *)record)->release, error)))
    return FALSE;
  import->result->content_at_us = MAX (import->result->content_at_us, instant_of (kind, record));
  return sv_query_run (query, error);
}

static gboolean
skip (gpointer user_data, const char *where, const char *why, GError **error)
{
  Import *import = user_data;
  if (import->result->examples->len < MAX_EXAMPLES)
    g_ptr_array_add (import->result->examples, g_strdup_printf ("%s: %s", where, why));
  return TRUE;
}

/* -- The swap -- */

static gboolean
prepare (Import *import, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (clear_sql); i++) {
    g_autoptr (SvQuery) query = sv_db_query (import->db, clear_sql[i], error);
    if (query == NULL)
      return FALSE;
    sv_query_bind_text (query, "feed", import->feed->id);
    if (!sv_query_run (query, error))
      return FALSE;
  }
  for (guint i = 0; i < SV_N_FEED_RECORDS; i++) {
    import->insert[i] = sv_db_query (import->db, insert_sql[i], error);
    if (import->insert[i] == NULL)
      return FALSE;
  }
  import->clear_release = sv_db_query (import->db, clear_release_sql, error);
  return import->clear_release != NULL;
}

static gboolean
read_feed (Import *import, GError **error)
{
  const SvFeedSink sink = {.add = add, .skip = skip, .user_data = import};
  g_auto (GStrv) releases =
      import->feed->release != NULL ? g_strsplit (import->feed->release, " ", -1) : NULL;
  gboolean filtered = releases != NULL && releases[0] != NULL;
  const SvFeedOptions options = {.path = import->import->path,
                                 .release = filtered ? releases[0] : NULL,
                                 .releases = filtered ? (const char *const *)releases : NULL};
  return sv_feed_read (import->format, &options, &sink, &import->result->counts, error);
}

/* An empty feed, or one that lost most of what it had, is an alarm and not an answer. */
static gboolean
check_amount (const Import *import, GError **error)
{
  guint64 total = sv_feed_counts_total (&import->result->counts);
  guint64 previous = import->result->previous;
  if (total == 0) {
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
                 "'%s' holds nothing for '%s': the old content stays", import->import->path,
                 import->feed->release);
    return FALSE;
  }
  if (total >= previous / 2 || import->import->force)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
               "'%s' has only %" G_GUINT64_FORMAT " records where there were %" G_GUINT64_FORMAT
               ": the old content stays; force the import if that is right",
               import->import->path, total, previous);
  return FALSE;
}

static gboolean
is_wanted (const Import *import, const char *release)
{
  g_auto (GStrv) wanted =
      import->feed->release != NULL ? g_strsplit (import->feed->release, " ", -1) : NULL;
  return wanted == NULL || wanted[0] == NULL ||
         g_strv_contains ((const char *const *)wanted, release);
}

/* Releases that the store has of this feed and the feed itself no longer speaks of. */
static gboolean
list_dropped (const Import *import, GPtrArray *dropped, GError **error)
{
  SvStep step;
  g_autoptr (SvQuery) query =
      sv_db_query (import->db,
                   "SELECT DISTINCT release FROM feed_statement WHERE feed = :feed"
                   " ORDER BY release",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "feed", import->feed->id);
  while ((step = sv_query_step (query, error)) == SV_STEP_ROW) {
    const char *release = sv_query_get_text (query, 0);
    if (!g_hash_table_contains (import->releases, release))
      g_ptr_array_add (dropped, g_strdup (release));
  }
  return step == SV_STEP_DONE;
}

/* Trap 102: what was last said of a release that is still wanted is kept. */
static gboolean
settle_dropped (Import *import, GError **error)
{
  g_autoptr (GPtrArray) dropped = sv_strings_new ();
  if (!list_dropped (import, dropped, error))
    return FALSE;
  for (guint i = 0; i < dropped->len; i++) {
    const char *release = dropped->pdata[i];
    if (is_wanted (import, release))
      g_ptr_array_add (import->result->frozen, g_strdup (release));
    else if (!clear_release (import, release, error))
      return FALSE;
  }
  return TRUE;
}

static const char update_sql[] =
    "UPDATE feed SET attempted_at_us = :now_us, synced_at_us = :now_us,"
    " content_at_us = :content_at_us, sha256 = :sha256, records = :records, skipped = :skipped,"
    " authenticity = :authenticity, authenticity_detail = :authenticity_detail,"
    " error = NULL, engine = :engine WHERE id = :id";

static gint64
content_time (const Import *import)
{
  struct stat info;
  if (import->result->content_at_us > 0)
    return import->result->content_at_us;
  if (import->import->modified_at_us > 0)
    return import->import->modified_at_us;
  return stat (import->import->path, &info) == 0 ? info.st_mtime * SV_SECOND_US : 0;
}

static gboolean
update_feed (Import *import, gint64 records, gint64 skipped, GError **error)
{
  const SvFeedImport *asked = import->import;
  gboolean by_hand = asked->authenticity_detail == NULL;
  g_autoptr (SvQuery) query = sv_db_query (import->db, update_sql, error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "now_us", asked->now_us);
  sv_query_bind_int64 (query, "content_at_us", import->result->content_at_us);
  sv_query_bind_text (query, "sha256", import->sha256);
  sv_query_bind_int64 (query, "records", records);
  sv_query_bind_int64 (query, "skipped", skipped);
  sv_query_bind_text (
      query, "authenticity",
      sv_authenticity_names[by_hand ? SV_AUTHENTICITY_UNVERIFIED : asked->authenticity]);
  sv_query_bind_text (query, "authenticity_detail",
                      by_hand ? "imported by hand" : asked->authenticity_detail);
  sv_query_bind_text (query, "engine", SALVE_VERSION);
  sv_query_bind_text (query, "id", import->feed->id);
  return sv_query_run (query, error);
}

static gboolean
replace (Import *import, GError **error)
{
  g_autoptr (SvTx) tx = sv_db_begin (import->db, error);
  if (tx == NULL || !prepare (import, error) || !read_feed (import, error) ||
      !check_amount (import, error) || !settle_dropped (import, error))
    return FALSE;
  import->result->content_at_us = content_time (import);
  gint64 records = (gint64)sv_feed_counts_total (&import->result->counts);
  return update_feed (import, records, (gint64)import->result->counts.skipped, error) &&
         sv_tx_commit (tx, error);
}

/* The same bytes, read by the same version of this program, say nothing new (traps 104, 105). */
static gboolean
is_in_force (const Import *import)
{
  return !import->import->force && g_strcmp0 (import->feed->sha256, import->sha256) == 0 &&
         g_strcmp0 (import->feed->engine, SALVE_VERSION) == 0;
}

static gboolean
check_digest (const Import *import, GError **error)
{
  const char *expected = import->import->sha256;
  if (expected == NULL || g_ascii_strcasecmp (expected, import->sha256) == 0)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_UNTRUSTED, "'%s' has the SHA-256 %s, but %s was expected",
               import->import->path, import->sha256, expected);
  return FALSE;
}

static gboolean
run_import (Import *import, GError **error)
{
  import->format = sv_feed_format_find (import->feed->kind);
  if (import->format == NULL) {
    g_set_error (error, SV_ERROR, SV_ERROR_UNSUPPORTED, "no format is called '%s'",
                 import->feed->kind);
    return FALSE;
  }
  import->sha256 = sv_digest_path (import->import->path, import->format->suffix, error);
  if (import->sha256 == NULL || !check_digest (import, error))
    return FALSE;
  if (!is_in_force (import))
    return replace (import, error);
  import->result->unchanged = TRUE;
  import->result->content_at_us = import->feed->content_at_us;
  return update_feed (import, import->feed->records, import->feed->skipped, error);
}

gboolean
sv_feed_import (SvDb *db, const SvFeedImport *asked, SvFeedResult *ret_result, GError **error)
{
  g_autoptr (GError) cause = NULL;
  *ret_result = (SvFeedResult){.examples = sv_strings_new (), .frozen = sv_strings_new ()};
  g_auto (Import) import = {.db = db, .import = asked, .result = ret_result};
  import.feed = sv_feed_load (db, asked->feed, error);
  if (import.feed == NULL)
    return FALSE;
  import.releases = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  import.key = g_byte_array_new ();
  ret_result->previous = (guint64)import.feed->records;
  if (run_import (&import, &cause))
    return TRUE;
  /* the failure is noted if it can be; the store may be what failed */
  sv_feed_note_failure (db, asked->feed, asked->now_us, cause->message, NULL);
  g_propagate_prefixed_error (error, g_steal_pointer (&cause),
                              "cannot import feed '%s': ", asked->feed);
  return FALSE;
}
