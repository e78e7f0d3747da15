#include "exposure/store_claims.h"

struct SvStoreClaims {
  SvDb *db;
  gboolean has_aliases;  /* at least one feed in force names a flaw in two ways */
  gboolean has_general;  /* at least one feed in force speaks of every release at once */
  GHashTable *canonical; /* id -> canonical id, as far as asked for */
};

SvStoreClaims *
sv_store_claims_new (SvDb *db, GError **error)
{
  g_autoptr (SvStoreClaims) claims = g_new0 (SvStoreClaims, 1);
  claims->db = db;
  claims->canonical = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return sv_flaw_has_aliases (db, &claims->has_aliases, error) &&
                 sv_statement_of_every_release (db, &claims->has_general, error)
             ? g_steal_pointer (&claims)
             : NULL;
}

void
sv_store_claims_free (SvStoreClaims *claims)
{
  if (claims == NULL)
    return;
  g_hash_table_unref (claims->canonical);
  g_free (claims);
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
ask_store (SvStoreClaims *claims, const SvStatementQuery *query, SvClaimCall *call, GError **error)
{
  return sv_statement_foreach (claims->db, query, pass_row, call, error);
}

/* Statements use any name of the flaw. */
static gboolean
ask_under_all_names (SvStoreClaims *claims, SvStatementQuery query, SvClaimCall *call,
                     GError **error)
{
  if (!claims->has_aliases)
    return ask_store (claims, &query, call, error);
  g_autoptr (GPtrArray) names = sv_flaw_list_names (claims->db, query.vulnerability, error);
  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    query.vulnerability = names->pdata[i];
    if (!ask_store (claims, &query, call, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
store_claims (gpointer source, const SvClaimQuestion *question, SvClaimFunc func,
              gpointer user_data, GError **error)
{
  SvStoreClaims *claims = source;
  if (question->release == NULL)
    return TRUE; /* a system of no known release: no statement is about it */
  SvStatementQuery query = {.release = question->release,
                            .package = question->package,
                            .name_kind = question->kind,
                            .only_release = !claims->has_general,
                            .part = question->part,
                            .installed = question->installed,
                            .vulnerability = question->vulnerability};
  SvClaimCall call = {func, user_data};
  return question->part == SV_STATEMENTS_SETTLED ? ask_under_all_names (claims, query, &call, error)
                                                 : ask_store (claims, &query, &call, error);
}

/* A CVE id is the name of a flaw; any other id stands for the CVE it is an alias of (trap 53). */
static const char *
store_canonical (gpointer source, const char *id)
{
  SvStoreClaims *claims = source;
  if (sv_text_is_cve (id))
    return id;
  const char *known = g_hash_table_lookup (claims->canonical, id);
  if (known != NULL)
    return known;
  g_autoptr (GPtrArray) names =
      claims->has_aliases ? sv_flaw_list_names (claims->db, id, NULL) : NULL;
  char *name = NULL;
  for (guint i = 0; name == NULL && names != NULL && i < names->len; i++)
    if (sv_text_is_cve (names->pdata[i]))
      name = g_strdup (names->pdata[i]);
  if (name == NULL)
    name = g_strdup (id);
  g_hash_table_insert (claims->canonical, g_strdup (id), name);
  return name;
}

static gboolean
store_covers (gpointer source, const char *release, gboolean *ret_covers, GError **error)
{
  SvStoreClaims *claims = source;
  return sv_statement_covers (claims->db, release, ret_covers, error);
}

SvClaimSource
sv_store_claims_get (SvStoreClaims *claims)
{
  return (SvClaimSource){.foreach = store_claims,
                         .canonical = store_canonical,
                         .source = claims,
                         .covers = store_covers,
                         .splits = TRUE};
}
