#include "access/principal.h"

#include "access/session.h"

static const SvScope whole = {SV_SCOPE_EVERYTHING, NULL};

SvPrincipal *
sv_principal_new (SvActorKind kind, const char *person, const char *name)
{
  SvPrincipal *principal = g_new0 (SvPrincipal, 1);
  principal->kind = kind;
  principal->person = g_strdup (person);
  principal->name = g_strdup (name);
  return principal;
}

SvPrincipal *
sv_principal_copy (const SvPrincipal *principal)
{
  SvPrincipal *copy = g_memdup2 (principal, sizeof *principal);
  copy->person = g_strdup (principal->person);
  copy->name = g_strdup (principal->name);
  copy->token = g_strdup (principal->token);
  copy->session = principal->session != NULL ? g_bytes_ref (principal->session) : NULL;
  copy->grants = principal->grants != NULL ? g_ptr_array_ref (principal->grants) : NULL;
  copy->permissions =
      principal->permissions != NULL ? g_ptr_array_ref (principal->permissions) : NULL;
  return copy;
}

void
sv_principal_free (SvPrincipal *principal)
{
  if (principal == NULL)
    return;
  g_clear_pointer (&principal->session, g_bytes_unref);
  g_clear_pointer (&principal->grants, g_ptr_array_unref);
  g_clear_pointer (&principal->permissions, g_ptr_array_unref);
  g_free (principal->person);
  g_free (principal->name);
  g_free (principal->token);
  g_free (principal);
}

/* Of a token: what it was made for, as long as its owner may it, too. */
static const char *
find_refusal (const SvPrincipal *principal, const SvPermission *permission, SvSpan span)
{
  guint flags = permission->flags;
  if (principal->kind == SV_ACTOR_TOKEN && (flags & SV_PERMISSION_PERSON_ONLY) != 0)
    return "it is for people, not for API tokens";
  if (principal->kind == SV_ACTOR_TOKEN &&
      !sv_strings_contain (principal->permissions, permission->name))
    return "the token was not made for it";
  if (principal->must_change && (flags & SV_PERMISSION_EVERYONE) == 0)
    return "a new password must be chosen first";
  if (sv_access_allows (principal->grants, permission, &whole) ||
      (span == SV_SPAN_PART && sv_access_allows_part (principal->grants, permission)))
    return NULL;
  return span == SV_SPAN_PART ? "no role holds it" : "no role for the whole organisation holds it";
}

gboolean
sv_principal_needs_proof (const SvPrincipal *principal, const SvPermission *permission,
                          gint64 now_us)
{
  return principal->kind == SV_ACTOR_PERSON && permission != NULL &&
         (permission->flags & SV_PERMISSION_STEP_UP) != 0 &&
         find_refusal (principal, permission, SV_SPAN_WHOLE) == NULL &&
         !sv_session_is_proved (principal->proved_at_us, now_us);
}

gboolean
sv_principal_may (const SvPrincipal *principal, const SvPermission *permission, SvSpan span,
                  gint64 now_us, GError **error)
{
  const char *refusal = permission == NULL ? "nobody may do this" : NULL;
  if (permission != NULL && principal->kind == SV_ACTOR_MACHINE)
    return TRUE;
  if (permission != NULL)
    refusal = find_refusal (principal, permission, span);
  if (refusal == NULL && sv_principal_needs_proof (principal, permission, now_us))
    refusal = "prove again who you are: give your password or a code";
  if (refusal != NULL)
    g_set_error (error, SV_ERROR, SV_ERROR_DENIED, "%s: %s",
                 permission != NULL ? permission->name : "an unknown permission", refusal);
  return refusal == NULL;
}

gboolean
sv_principal_is_narrow (const SvPrincipal *principal, const SvPermission *permission)
{
  return principal->kind != SV_ACTOR_MACHINE &&
         !sv_access_allows (principal->grants, permission, &whole);
}

GPtrArray *
sv_principal_list_permissions (const SvPrincipal *principal)
{
  GPtrArray *names = sv_strings_new ();
  for (gsize i = 0; i < sv_n_permissions; i++)
    if (principal->kind == SV_ACTOR_MACHINE ||
        find_refusal (principal, &sv_permissions[i], SV_SPAN_WHOLE) == NULL)
      g_ptr_array_add (names, g_strdup (sv_permissions[i].name));
  return names;
}
