#include "exposure/claims.h"

#include <string.h>

struct SvClaims {
  const SvAssessment *assessment;
  char *asked;              /* "source\nversion" whose claims are held; NULL: none */
  char *silent;             /* name of a binary of which nothing is claimed; NULL: none */
  gboolean mixed;           /* claims on one binary are among them: the next one asks again */
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
  g_clear_pointer (&held->settled_key, g_bytes_unref);
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
  g_free (claims->silent);
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

static GBytes *
settled_key (const SvStatement *statement)
{
  g_autoptr (GByteArray) key = g_byte_array_new ();
  return sv_statement_append_settled_key (statement, key)
             ? g_byte_array_free_to_bytes (g_steal_pointer (&key))
             : NULL;
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
  held->settled_key = settled_key (statement);
  held->claim = (SvClaim){.feed = held->feed, .statement = held->statement};
  if (held->settled_key != NULL && statement->status == SV_STATUS_AFFECTED)
    held->claim.fixed_key = held->settled_key;
  claims->mixed = claims->mixed || statement->name_kind == SV_NAME_BINARY;
  g_ptr_array_add (flaw->claims, held);
  add_alias (flaw, statement->vulnerability);
  return TRUE;
}

/* Whether versions alone can settle anything for it (advisory/settled.h). */
static gboolean
is_plain (const SvInstall *install)
{
  const SvPackage *package = install->package;
  gboolean unmanaged = package->origin != NULL && *package->origin == '\0';
  return *install->stream == '\0' && !unmanaged && package->ecosystem == NULL;
}

static gboolean
settles (const SvInstall *install, const SvHeldClaim *held)
{
  const SvStatement *statement = held->statement;
  GBytes *key = statement->name_kind == SV_NAME_SOURCE ? install->source_key : install->key;
  gboolean same_release = sv_text_is_empty (statement->release) ||
                          g_strcmp0 (statement->release, install->release) == 0;
  return held->settled_key != NULL && key != NULL && statement->scheme == install->scheme &&
         same_release && sv_key_bytes_compare (key, held->settled_key) >= 0;
}

gboolean
sv_flaw_is_settled (const SvFlaw *flaw, const SvInstall *install)
{
  for (guint i = 0; i < flaw->claims->len; i++)
    if (!settles (install, flaw->claims->pdata[i]))
      return FALSE;
  return is_plain (install);
}

/* Sources that do not split give all they have at once. */
static gboolean
ask (SvClaims *claims, SvClaimQuestion question, GError **error)
{
  SvStatementPart part = question.part;
  for (gsize i = 0; i < claims->assessment->n_claims; i++) {
    const SvClaimSource *source = &claims->assessment->claims[i];
    if (!source->splits && part == SV_STATEMENTS_SETTLED)
      continue;
    question.part = source->splits ? part : SV_STATEMENTS_ALL;
    if (!source->foreach (source->source, &question, hold_claim, claims, error))
      return FALSE;
  }
  return TRUE;
}

/* Of a flaw that one claim leaves open all others count, too: one of them may win (108). */
static gboolean
complete_flaws (SvClaims *claims, SvClaimQuestion question, GError **error)
{
  question.part = SV_STATEMENTS_SETTLED;
  for (guint i = 0; i < claims->flaws->len; i++) {
    SvFlaw *flaw = claims->flaws->pdata[i];
    question.vulnerability = flaw->vulnerability;
    if (flaw->is_complete || sv_flaw_is_settled (flaw, claims->install))
      continue;
    flaw->is_complete = TRUE;
    if (!ask (claims, question, error))
      return FALSE;
  }
  return TRUE;
}

static void
forget (SvClaims *claims)
{
  claims->mixed = FALSE;
  g_hash_table_remove_all (claims->by_name);
  g_ptr_array_set_size (claims->flaws, 0);
}

/* Whether what versions settle may be left out: not where other versions will be asked about. */
static gboolean
leaves_out (const SvClaims *claims, const SvInstall *install)
{
  const SvAssessment *assessment = claims->assessment;
  return !assessment->keep_all && !assessment->many_versions && install->source_key != NULL &&
         is_plain (install);
}

/* Drops what is held unless it is what @install's source would be answered with. */
static gboolean
is_held (SvClaims *claims, const SvInstall *install)
{
  const char *version = leaves_out (claims, install) ? install->source_version : "";
  g_autofree char *wanted = g_strdup_printf ("%s\n%s", install->source, version);
  gboolean held = !claims->mixed && g_strcmp0 (claims->asked, wanted) == 0;
  if (!held)
    forget (claims);
  sv_text_take (&claims->asked, g_steal_pointer (&wanted));
  return held;
}

/* Versions of one binary come one after another: that nothing is claimed of it is learnt once. */
static gboolean
ask_of_binary (SvClaims *claims, const SvInstall *install, GError **error)
{
  const char *name = install->package->name;
  const SvClaimQuestion question = {
      .release = install->release, .kind = SV_NAME_BINARY, .package = name};
  if (g_strcmp0 (claims->silent, name) == 0)
    return TRUE;
  gboolean was_mixed = claims->mixed;
  claims->mixed = FALSE;
  gboolean asked = ask (claims, question, error);
  if (!claims->mixed)
    sv_text_set (&claims->silent, name);
  claims->mixed = claims->mixed || was_mixed;
  return asked;
}

gboolean
sv_claims_gather (SvClaims *claims, const SvInstall *install, const GPtrArray **ret_flaws,
                  GError **error)
{
  gboolean partly = leaves_out (claims, install);
  SvClaimQuestion of_source = {.release = install->release,
                               .kind = SV_NAME_SOURCE,
                               .package = install->source,
                               .part = partly ? SV_STATEMENTS_OPEN : SV_STATEMENTS_ALL,
                               .installed = install->source_key};
  claims->install = install;
  if ((!is_held (claims, install) && !ask (claims, of_source, error)) ||
      !ask_of_binary (claims, install, error) ||
      (partly && !complete_flaws (claims, of_source, error)))
    return FALSE;
  *ret_flaws = claims->flaws;
  return TRUE;
}
