#include "cli/evidence_lookup.h"

#include "advisory/advisory.h"

#include <string.h>

struct SvLookup {
  SvDb *db;
  gboolean kev_consulted;
  gboolean has_facts; /* at least one feed in force knows facts of flaws */
  SvStoreClaims *claims;
  GHashTable *facts; /* vulnerability -> SvFacts, as far as asked for */
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
  lookup->claims = sv_store_claims_new (db, error);
  lookup->facts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_facts);
  return lookup->claims != NULL && look_at_feeds (lookup, error) ? g_steal_pointer (&lookup) : NULL;
}

void
sv_lookup_free (SvLookup *lookup)
{
  if (lookup == NULL)
    return;
  g_hash_table_unref (lookup->facts);
  sv_store_claims_free (lookup->claims);
  g_free (lookup);
}

SvClaimSource
sv_lookup_get_claims (SvLookup *lookup)
{
  return sv_store_claims_get (lookup->claims);
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
