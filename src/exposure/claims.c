#include "exposure/claims.h"

#include <string.h>

struct SvClaims {
  const SvAssessment *assessment;
  char *asked;              /* source whose claims are held; NULL: none */
  const SvInstall *install; /* during a call */
  GHashTable *by_name;      /* vulnerability -> SvFlaw, lent by `flaws` */
  GPtrArray *flaws;
};

static void
held_claim_free (gpointer data)
{
  SvHeldClaim *held = data;
  g_free (held->feed);
  sv_record_free (&sv_statement_type, held->statement);
  g_clear_pointer (&held->fixed_key, g_bytes_unref);
  g_free (held);
}

static void
flaw_free (gpointer data)
{
  SvFlaw *flaw = data;
  g_free (flaw->vulnerability);
  g_ptr_array_unref (flaw->claims);
  g_ptr_array_unref (flaw->aliases);
  g_free (flaw);
}

SvClaims *
sv_claims_new (const SvAssessment *assessment)
{
  SvClaims *claims = g_new0 (SvClaims, 1);
  claims->assessment = assessment;
  claims->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  claims->flaws = g_ptr_array_new_with_free_func (flaw_free);
  return claims;
}

void
sv_claims_free (SvClaims *claims)
{
  g_free (claims->asked);
  g_hash_table_unref (claims->by_name);
  g_ptr_array_unref (claims->flaws);
  g_free (claims);
}

static const char *
canonical_id (const SvAssessment *assessment, const char *id)
{
  for (gsize i = 0; i < assessment->n_claims; i++) {
    const SvClaimSource *source = &assessment->claims[i];
    const char *name = source->canonical != NULL ? source->canonical (source->source, id) : id;
    if (strcmp (name, id) != 0)
      return name;
  }
  return id;
}

static SvFlaw *
find_flaw (SvClaims *claims, const char *vulnerability)
{
  SvFlaw *flaw = g_hash_table_lookup (claims->by_name, vulnerability);
  if (flaw != NULL)
    return flaw;
  flaw = g_new0 (SvFlaw, 1);
  flaw->vulnerability = g_strdup (vulnerability);
  flaw->claims = g_ptr_array_new_with_free_func (held_claim_free);
  flaw->aliases = sv_strings_new ();
  g_ptr_array_add (claims->flaws, flaw);
  g_hash_table_insert (claims->by_name, flaw->vulnerability, flaw);
  return flaw;
}

static gint
compare_strings (gconstpointer a, gconstpointer b)
{
  return sv_text_compare_natural (*(char *const *)a, *(char *const *)b);
}

static void
add_alias (SvFlaw *flaw, const char *id)
{
  if (strcmp (flaw->vulnerability, id) == 0)
    return;
  sv_strings_add_distinct (flaw->aliases, id);
  g_ptr_array_sort (flaw->aliases, compare_strings);
}

/* Whether no rule but that of versions has a say in it. */
static gboolean
is_plain (const SvStatement *statement, const SvInstall *install)
{
  if (statement->name_kind != SV_NAME_SOURCE || statement->scheme != install->scheme ||
      !sv_text_is_empty (statement->arch) || !sv_text_is_empty (statement->module) ||
      (!sv_text_is_empty (statement->release) &&
       g_strcmp0 (statement->release, install->release) != 0) ||
      (!sv_text_is_empty (statement->introduced) && strcmp (statement->introduced, "0") != 0))
    return FALSE;
  if (statement->status == SV_STATUS_NOT_AFFECTED)
    return TRUE;
  g_autofree char *stream = sv_stream_of_version (statement->scheme, statement->fixed);
  return statement->status == SV_STATUS_AFFECTED && statement->fixed != NULL && *stream == '\0';
}

static gboolean
hold_claim (const SvClaim *claim, gpointer user_data, GError **error)
{
  SvClaims *claims = user_data;
  const SvStatement *statement = claim->statement;
  const char *id = canonical_id (claims->assessment, statement->vulnerability);
  const char *only = claims->assessment->only_vulnerability;
  if (only != NULL && strcmp (only, id) != 0 && strcmp (only, statement->vulnerability) != 0)
    return TRUE;
  SvFlaw *flaw = find_flaw (claims, id);
  SvHeldClaim *held = g_new0 (SvHeldClaim, 1);
  held->feed = g_strdup (claim->feed);
  held->statement = sv_record_copy (&sv_statement_type, statement);
  held->claim = (SvClaim){held->feed, held->statement};
  held->plain = is_plain (statement, claims->install);
  if (held->plain && statement->fixed != NULL)
    held->fixed_key = sv_version_key ((SvScheme)statement->scheme, statement->fixed, NULL);
  g_ptr_array_add (flaw->claims, held);
  add_alias (flaw, statement->vulnerability);
  return TRUE;
}

static gboolean
ask (SvClaims *claims, SvNameKind kind, const char *name, GError **error)
{
  for (gsize i = 0; i < claims->assessment->n_claims; i++) {
    const SvClaimSource *source = &claims->assessment->claims[i];
    if (!source->foreach (source->source, claims->install->release, kind, name, hold_claim, claims,
                          error))
      return FALSE;
  }
  return TRUE;
}

static void
forget (SvClaims *claims)
{
  g_clear_pointer (&claims->asked, g_free);
  g_hash_table_remove_all (claims->by_name);
  g_ptr_array_set_size (claims->flaws, 0);
}

static guint
count_claims (const SvClaims *claims)
{
  guint n = 0;
  for (guint i = 0; i < claims->flaws->len; i++)
    n += ((SvFlaw *)claims->flaws->pdata[i])->claims->len;
  return n;
}

gboolean
sv_claims_gather (SvClaims *claims, const SvInstall *install, const GPtrArray **ret_flaws,
                  GError **error)
{
  claims->install = install;
  if (claims->asked == NULL || strcmp (claims->asked, install->source) != 0) {
    forget (claims);
    if (!ask (claims, SV_NAME_SOURCE, install->source, error))
      return FALSE;
    claims->asked = g_strdup (install->source);
  }
  guint of_source = count_claims (claims);
  if (!ask (claims, SV_NAME_BINARY, install->package->name, error))
    return FALSE;
  /* What was claimed of this binary alone is mixed in: the next one asks again. */
  if (count_claims (claims) != of_source)
    g_clear_pointer (&claims->asked, g_free);
  *ret_flaws = claims->flaws;
  return TRUE;
}

gboolean
sv_flaw_is_settled (const SvFlaw *flaw, const SvInstall *install)
{
  const SvPackage *package = install->package;
  gboolean unmanaged = package->origin != NULL && *package->origin == '\0';
  if (install->source_key == NULL || *install->stream != '\0' || unmanaged ||
      package->ecosystem != NULL)
    return FALSE;
  for (guint i = 0; i < flaw->claims->len; i++) {
    const SvHeldClaim *held = flaw->claims->pdata[i];
    gboolean open = held->statement->status != SV_STATUS_NOT_AFFECTED &&
                    (held->fixed_key == NULL ||
                     sv_key_bytes_compare (install->source_key, held->fixed_key) < 0);
    if (!held->plain || open)
      return FALSE;
  }
  return TRUE;
}
