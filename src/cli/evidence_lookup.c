#include "cli/evidence_lookup.h"

#include "advisory/advisory.h"

#include <string.h>

struct SvLookup {
  SvDb *db;
  gboolean kev_consulted;
  gboolean has_facts;    /* at least one feed in force knows facts of flaws */
  gboolean has_aliases;  /* at least one feed in force names a flaw in two ways */
  gboolean has_general;  /* at least one feed in force speaks of every release at once */
  GHashTable *canonical; /* id -> canonical id */
  GHashTable *facts;     /* vulnerability -> SvFacts, as far as asked for */
};

static gboolean
look_at_feeds (SvLookup *lookup, GError **error)
{
  static const char *const kinds[] = {"kev", "epss", "cve5", NULL};
  g_autoptr (GPtrArray) feeds = sv_feed_list (lookup->db, error);
  for (guint i = 0; feeds != NULL && i < feeds->len; i++) {
    const SvFeed *feed = feeds->pdata[i];
    int kind = feed->records > 0 ? sv_enum_find (kinds, feed->kind) : -1;
    lookup->kev_consulted = lookup->kev_consulted || kind == 0;
    lookup->has_facts = lookup->has_facts || kind >= 0;
  }
  return feeds != NULL;
}

static void
free_facts (gpointer facts)
{
  sv_facts_clear (facts);
  g_free (facts);
}

SvLookup *
sv_lookup_new (SvDb *db, GError **error)
{
  g_autoptr (SvLookup) lookup = g_new0 (SvLookup, 1);
  lookup->db = db;
  lookup->canonical = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  lookup->facts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_facts);
  gboolean looked = look_at_feeds (lookup, error) &&
                    sv_flaw_has_aliases (db, &lookup->has_aliases, error) &&
                    sv_statement_of_every_release (db, &lookup->has_general, error);
  return looked ? g_steal_pointer (&lookup) : NULL;
}

void
sv_lookup_free (SvLookup *lookup)
{
  if (lookup == NULL)
    return;
  g_hash_table_unref (lookup->facts);
  g_hash_table_unref (lookup->canonical);
  g_free (lookup);
}

typedef struct {
  SvClaimFunc func;
  gpointer user_data;
} SvClaimCall;

static gboolean
pass_row (const SvStatementRow *row, gpointer user_data, GError **error)
{
  SvClaimCall *call = user_data;
  SvClaim claim = {.feed = row->feed, .statement = row->statement};
  return call->func (&claim, call->user_data, error);
}

static gboolean
ask_store (SvLookup *lookup, const SvStatementQuery *query, SvClaimCall *call, GError **error)
{
  return sv_statement_foreach (lookup->db, query, pass_row, call, error);
}

/* Statements use any name of the flaw. */
static gboolean
ask_under_all_names (SvLookup *lookup, SvStatementQuery query, SvClaimCall *call, GError **error)
{
  if (!lookup->has_aliases)
    return ask_store (lookup, &query, call, error);
  g_autoptr (GPtrArray) names = sv_flaw_list_names (lookup->db, query.vulnerability, error);
  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    query.vulnerability = names->pdata[i];
    if (!ask_store (lookup, &query, call, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
store_claims (gpointer source, const SvClaimQuestion *question, SvClaimFunc func,
              gpointer user_data, GError **error)
{
  SvLookup *lookup = source;
  if (question->release == NULL)
    return TRUE; /* a system of no known release: no statement is about it */
  SvStatementQuery query = {.release = question->release,
                            .package = question->package,
                            .name_kind = question->kind,
                            .only_release = !lookup->has_general,
                            .part = question->part,
                            .installed = question->installed,
                            .vulnerability = question->vulnerability};
  SvClaimCall call = {func, user_data};
  return question->part == SV_STATEMENTS_SETTLED ? ask_under_all_names (lookup, query, &call, error)
                                                 : ask_store (lookup, &query, &call, error);
}

/* A CVE id is the name of a flaw; any other id stands for the CVE it is an alias of (trap 53). */
static const char *
store_canonical (gpointer source, const char *id)
{
  SvLookup *lookup = source;
  if (sv_text_is_cve (id))
    return id;
  const char *known = g_hash_table_lookup (lookup->canonical, id);
  if (known != NULL)
    return known;
  g_auto (SvFacts) facts = {0};
  char *name = NULL;
  if (sv_facts_load (lookup->db, id, &facts, NULL))
    for (guint i = 0; name == NULL && i < facts.names->len; i++)
      if (sv_text_is_cve (facts.names->pdata[i]))
        name = g_strdup (facts.names->pdata[i]);
  if (name == NULL)
    name = g_strdup (id);
  g_hash_table_insert (lookup->canonical, g_strdup (id), name);
  return name;
}

static gboolean
store_covers (gpointer source, const char *release, gboolean *ret_covers, GError **error)
{
  SvLookup *lookup = source;
  return sv_statement_covers (lookup->db, release, ret_covers, error);
}

SvClaimSource
sv_lookup_get_claims (SvLookup *lookup)
{
  return (SvClaimSource){.foreach = store_claims,
                         .canonical = store_canonical,
                         .source = lookup,
                         .covers = store_covers,
                         .splits = TRUE};
}

/* Asked more than once of each flaw: to count it, and to judge it. */
static const SvFacts *
remember_facts (SvLookup *lookup, const char *vulnerability)
{
  SvFacts *facts = g_hash_table_lookup (lookup->facts, vulnerability);
  if (facts != NULL)
    return facts;
  facts = g_new0 (SvFacts, 1);
  if (!sv_facts_load (lookup->db, vulnerability, facts, NULL))
    *facts = (SvFacts){0};
  g_hash_table_insert (lookup->facts, g_strdup (vulnerability), facts);
  return facts;
}

void
sv_lookup_evidence (SvLookup *lookup, const char *vulnerability, SvEvidence *ret_evidence)
{
  *ret_evidence =
      (SvEvidence){.vulnerability = vulnerability, .kev_consulted = lookup->kev_consulted};
  if (!lookup->has_facts)
    return;
  const SvFacts *facts = remember_facts (lookup, vulnerability);
  ret_evidence->kev = facts->kev;
  ret_evidence->epss = facts->epss;
  ret_evidence->cve = facts->cve;
}
