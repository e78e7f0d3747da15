#include "advisory/statement_store.h"

#include <string.h>

#define MAX_NAMES 256 /* of one flaw */

#define STATEMENTS_OF(release, condition)                                                          \
  "SELECT feed, vulnerability, advisory, release, package, name_kind, arch, module, scheme,"       \
  " status, promise, introduced, fixed, last_affected, urgency, note, class,"                      \
  " introduced_key, fixed_key, last_affected_key"                                                  \
  " FROM feed_statement"                                                                           \
  " WHERE release = " release " AND package = :package AND name_kind = :name_kind"                 \
  " AND (class = 'security' OR :every_class = 1)" condition

/* For the release alone, and with what is said of every release: each half is one range of an
 * index, read without making tables in between. */
#define STATEMENTS(condition, order)                                                               \
  {                                                                                                \
    STATEMENTS_OF (":release", condition)                                                          \
    order,                                                                                         \
        STATEMENTS_OF (":release", condition) " UNION ALL " STATEMENTS_OF ("''", condition) order  \
  }

static const char *const statements_sql[][2] = {
    [SV_STATEMENTS_ALL] =
        STATEMENTS ("", " ORDER BY vulnerability, feed, advisory, fixed, introduced,"
                        " last_affected, arch, module"),
    [SV_STATEMENTS_OPEN] =
        STATEMENTS (" AND (settled_key IS NULL OR settled_key > :installed)", ""),
    [SV_STATEMENTS_SETTLED] =
        STATEMENTS (" AND vulnerability = :vulnerability AND settled_key <= :installed", ""),
};

enum { COLUMN_FEED = 0, COLUMN_INTRODUCED_KEY = 17, COLUMN_FIXED_KEY, COLUMN_LAST_AFFECTED_KEY };

static void
statement_clear (SvStatement *statement)
{
  sv_record_clear (&sv_statement_type, statement);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvStatement, statement_clear)

static SvKey
key_at (const SvQuery *query, guint column)
{
  SvKey key = {0};
  key.data = sv_query_get_blob (query, column, &key.size);
  return key;
}

static gboolean
give_row (SvQuery *query, SvStatementFunc func, gpointer user_data, GError **error)
{
  g_auto (SvStatement) statement = {0};
  if (!sv_query_read_record (query, &sv_statement_type, &statement, error))
    return FALSE;
  const SvStatementRow row = {.feed = sv_query_get_text (query, COLUMN_FEED),
                              .statement = &statement,
                              .introduced = key_at (query, COLUMN_INTRODUCED_KEY),
                              .fixed = key_at (query, COLUMN_FIXED_KEY),
                              .last_affected = key_at (query, COLUMN_LAST_AFFECTED_KEY)};
  return func (&row, user_data, error);
}

static void
bind_question (SvQuery *query, const SvStatementQuery *asked)
{
  sv_query_bind_text (query, "release", asked->release);
  sv_query_bind_text (query, "package", asked->package);
  sv_query_bind_text (query, "name_kind", sv_name_kind_names[asked->name_kind]);
  sv_query_bind_int64 (query, "every_class", asked->every_class);
  if (asked->part == SV_STATEMENTS_ALL)
    return;
  gsize size;
  const void *installed = g_bytes_get_data (asked->installed, &size);
  sv_query_bind_blob (query, "installed", installed, size);
  if (asked->part == SV_STATEMENTS_SETTLED)
    sv_query_bind_text (query, "vulnerability", asked->vulnerability);
}

gboolean
sv_statement_foreach (SvDb *db, const SvStatementQuery *asked, SvStatementFunc func,
                      gpointer user_data, GError **error)
{
  SvStep step;
  g_autoptr (SvQuery) query =
      sv_db_query (db, statements_sql[asked->part][!asked->only_release], error);
  if (query == NULL)
    return FALSE;
  bind_question (query, asked);
  while ((step = sv_query_step (query, error)) == SV_STEP_ROW)
    if (!give_row (query, func, user_data, error))
      return FALSE;
  return step == SV_STEP_DONE;
}

/* Whether @sql, with a parameter :release where @release is given, has a row. */
static gboolean
has_row (SvDb *db, const char *sql, const char *release, gboolean *ret_has, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, sql, error);
  if (query == NULL)
    return FALSE;
  if (release != NULL)
    sv_query_bind_text (query, "release", release);
  SvStep step = sv_query_step (query, error);
  *ret_has = step == SV_STEP_ROW;
  return step == SV_STEP_ROW || step == SV_STEP_DONE;
}

gboolean
sv_statement_covers (SvDb *db, const char *release, gboolean *ret_covers, GError **error)
{
  return has_row (db, "SELECT feed FROM feed_statement WHERE release = :release LIMIT 1", release,
                  ret_covers, error);
}

gboolean
sv_statement_of_every_release (SvDb *db, gboolean *ret_any, GError **error)
{
  return has_row (db, "SELECT feed FROM feed_statement WHERE release = '' LIMIT 1", NULL, ret_any,
                  error);
}

gboolean
sv_flaw_has_aliases (SvDb *db, gboolean *ret_has, GError **error)
{
  return has_row (db, "SELECT feed FROM feed_alias LIMIT 1", NULL, ret_has, error);
}

/* The first row of @sql with the one parameter :name as a new record, or NULL: there is none, or
 * @error is set. */
static gpointer
load_first (SvDb *db, const char *sql, const char *name, const SvRecordType *type, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, sql, error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "name", name);
  return sv_rows_read_one (query, type, error);
}

void
sv_advisory_free (SvAdvisory *advisory)
{
  sv_record_free (&sv_advisory_type, advisory);
}

SvAdvisory *
sv_advisory_find (SvDb *db, const char *feed, const char *id, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db,
      "SELECT id, class, title, severity, published_at_us, modified_at_us, withdrawn_at_us, url,"
      " vulnerabilities, reboot_suggested FROM feed_advisory WHERE id = :id AND feed = :feed"
      " ORDER BY modified_at_us DESC LIMIT 1",
      error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "id", id);
  sv_query_bind_text (query, "feed", feed);
  return sv_rows_read_one (query, &sv_advisory_type, error);
}

/* -- Facts -- */

void
sv_facts_clear (SvFacts *facts)
{
  g_clear_pointer (&facts->names, g_ptr_array_unref);
  sv_record_free (&sv_kev_type, facts->kev);
  sv_record_free (&sv_epss_type, facts->epss);
  sv_record_free (&sv_cve_fact_type, facts->cve);
  *facts = (SvFacts){0};
}

/* Adds the direct aliases of @name that are not in @names yet. */
static gboolean
add_aliases (SvDb *db, const char *name, GPtrArray *names, GError **error)
{
  SvStep step;
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT id FROM feed_alias WHERE vulnerability = :name"
                   " UNION SELECT vulnerability FROM feed_alias WHERE id = :name ORDER BY 1",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "name", name);
  while ((step = sv_query_step (query, error)) == SV_STEP_ROW) {
    const char *alias = sv_query_get_text (query, 0);
    if (names->len < MAX_NAMES)
      sv_strings_add_distinct (names, alias);
  }
  return step == SV_STEP_DONE;
}

/* Aliases of aliases are aliases (trap 53). */
GPtrArray *
sv_flaw_list_names (SvDb *db, const char *id, GError **error)
{
  g_autoptr (GPtrArray) names = sv_strings_new ();
  g_ptr_array_add (names, g_strdup (id));
  for (guint i = 0; i < names->len; i++)
    if (!add_aliases (db, names->pdata[i], names, error))
      return NULL;
  return g_steal_pointer (&names);
}

static const struct {
  const char *sql;
  const SvRecordType *type;
  gsize offset;
} facts_rows[] = {
    {"SELECT vulnerability, added_at_us, due_at_us, ransomware, name, action, forensic_triage"
     " FROM feed_kev WHERE vulnerability = :name ORDER BY due_at_us DESC, feed LIMIT 1",
     &sv_kev_type, G_STRUCT_OFFSET (SvFacts, kev)},
    {"SELECT vulnerability, score, percentile, scored_at_us"
     " FROM feed_epss WHERE vulnerability = :name ORDER BY scored_at_us DESC, feed LIMIT 1",
     &sv_epss_type, G_STRUCT_OFFSET (SvFacts, epss)},
    {"SELECT vulnerability, title, state, published_at_us, exploitation, automatable,"
     " technical_impact, assessed_at_us, cvss, cvss_score"
     " FROM feed_cve WHERE vulnerability = :name"
     " ORDER BY assessed_at_us DESC, published_at_us DESC, feed LIMIT 1",
     &sv_cve_fact_type, G_STRUCT_OFFSET (SvFacts, cve)},
};

static gboolean
add_facts (SvDb *db, const char *name, SvFacts *facts, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (facts_rows); i++) {
    gpointer *member = &G_STRUCT_MEMBER (gpointer, facts, facts_rows[i].offset);
    g_autoptr (GError) cause = NULL;
    if (*member == NULL)
      *member = load_first (db, facts_rows[i].sql, name, facts_rows[i].type, &cause);
    if (cause != NULL) {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
sv_facts_load (SvDb *db, const char *vulnerability, SvFacts *ret_facts, GError **error)
{
  g_auto (SvFacts) facts = {.names = sv_flaw_list_names (db, vulnerability, error)};
  if (facts.names == NULL)
    return FALSE;
  for (guint i = 0; i < facts.names->len; i++)
    if (!add_facts (db, facts.names->pdata[i], &facts, error))
      return FALSE;
  *ret_facts = facts;
  facts = (SvFacts){0};
  return TRUE;
}

GHashTable *
sv_kev_list (SvDb *db, GError **error)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT DISTINCT vulnerability FROM feed_kev", error);
  g_autoptr (GPtrArray) list = query != NULL ? sv_rows_read_texts (query, error) : NULL;
  for (guint i = 0; list != NULL && i < list->len; i++)
    g_hash_table_add (ids, g_strdup (list->pdata[i]));
  return list != NULL ? g_steal_pointer (&ids) : NULL;
}
