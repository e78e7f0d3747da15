#include "access/grant.h"

#include <string.h>

const char *const sv_scope_names[] = {"everything", "line-of-business", "product", "system", NULL};
G_STATIC_ASSERT (G_N_ELEMENTS (sv_scope_names) == SV_N_SCOPES + 1);

static const SvField grant_fields[] = {
    SV_FIELD (SvGrant, id, SV_TYPE_STRING, .flags = SV_FIELD_WIDE, .max = SV_LIMIT_NAME_BYTES,
              .doc = "Id of the grant."),
    SV_FIELD (SvGrant, person, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES, .doc = "Id of who."),
    SV_FIELD (SvGrant, role, SV_TYPE_ENUM, .flags = SV_FIELD_REQUIRED, .values = sv_role_names,
              .doc = "Which role."),
    SV_FIELD (SvGrant, scope_kind, SV_TYPE_ENUM, .values = sv_scope_names,
              .doc = "What kind of thing it is for."),
    SV_FIELD (SvGrant, scope, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "Which one it is for; empty for everything."),
    SV_FIELD (SvGrant, granted_by, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "Id of the person who granted it; null: it came with the setup or a group."),
    SV_FIELD (SvGrant, granted_at_us, SV_TYPE_INSTANT, .doc = "When."),
    SV_FIELD (SvGrant, provider, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "Id of the directory whose group it comes with; empty: given by hand."),
};
SV_RECORD_TYPE (sv_grant_type, SvGrant, "Grant", grant_fields, "A role that a person has.");

void
sv_grant_free (SvGrant *grant)
{
  sv_record_free (&sv_grant_type, grant);
}

gboolean
sv_grant_check (const SvGrant *grant, GError **error)
{
  gboolean everything = grant->scope_kind == SV_SCOPE_EVERYTHING;
  if (everything == sv_text_is_empty (grant->scope))
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "a role for %s %s",
               sv_scope_names[grant->scope_kind],
               everything ? "names no scope" : "says in 'scope' which one");
  return FALSE;
}

static gboolean
covers (const SvGrant *grant, const SvScope *scope)
{
  if (grant->scope_kind == SV_SCOPE_EVERYTHING)
    return TRUE;
  return grant->scope_kind == (gint)scope->kind && g_strcmp0 (grant->scope, scope->id) == 0;
}

gboolean
sv_access_allows (const GPtrArray *grants, const SvPermission *permission, const SvScope *scope)
{
  if ((permission->flags & SV_PERMISSION_EVERYONE) != 0)
    return TRUE;
  for (guint i = 0; grants != NULL && i < grants->len; i++) {
    const SvGrant *grant = grants->pdata[i];
    if (sv_role_holds ((SvRole)grant->role, permission) && covers (grant, scope))
      return TRUE;
  }
  return FALSE;
}

gboolean
sv_access_allows_part (const GPtrArray *grants, const SvPermission *permission)
{
  for (guint i = 0; grants != NULL && i < grants->len; i++) {
    const SvGrant *grant = grants->pdata[i];
    gboolean part =
        grant->scope_kind == SV_SCOPE_SYSTEM || grant->scope_kind == SV_SCOPE_LINE_OF_BUSINESS;
    if (part && sv_role_holds ((SvRole)grant->role, permission))
      return TRUE;
  }
  return FALSE;
}

/* -- Separation of duties -- */

SvMayDecide
sv_access_may_decide (const SvQuorum *quorum, const char *candidate)
{
  if (sv_strings_contain (quorum->deciders, candidate))
    return SV_DECIDE_TWICE;
  if (quorum->n_able <= 1)
    return SV_DECIDE_YES_ALONE;
  return g_strcmp0 (quorum->author, candidate) == 0 ? SV_DECIDE_AUTHOR : SV_DECIDE_YES;
}

static guint
count_distinct_others (const SvQuorum *quorum)
{
  g_autoptr (GHashTable) people = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; quorum->deciders != NULL && i < quorum->deciders->len; i++)
    if (g_strcmp0 (quorum->author, quorum->deciders->pdata[i]) != 0)
      g_hash_table_add (people, quorum->deciders->pdata[i]);
  return g_hash_table_size (people);
}

gboolean
sv_access_is_decided (const SvQuorum *quorum)
{
  if (quorum->n_able <= 1)
    return quorum->n_needed == 0 || (quorum->deciders != NULL && quorum->deciders->len > 0);
  return count_distinct_others (quorum) >= quorum->n_needed;
}
