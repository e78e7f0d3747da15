#include "access/api_token.h"

static const SvField token_fields[] = {
    SV_FIELD (SvApiToken, id, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES, .doc = "Id."),
    SV_FIELD (SvApiToken, person, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "Id of its owner."),
    SV_FIELD (SvApiToken, name, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_NAME_BYTES, .doc = "What it is for, in the owner's words."),
    SV_FIELD (SvApiToken, permissions, SV_TYPE_STRINGS, .flags = SV_FIELD_REQUIRED, .max = 64,
              .doc = "What it may do, as long as its owner may."),
    SV_FIELD (SvApiToken, created_at_us, SV_TYPE_INSTANT, .doc = "When it was made."),
    SV_FIELD (SvApiToken, expires_at_us, SV_TYPE_INSTANT, .flags = SV_FIELD_REQUIRED,
              .doc = "From when on it is good for nothing; within a year."),
    SV_FIELD (SvApiToken, last_used_at_us, SV_TYPE_INSTANT,
              .doc = "When it was used last, to five minutes."),
    SV_FIELD (SvApiToken, revoked_at_us, SV_TYPE_INSTANT, .doc = "When it was revoked."),
    SV_FIELD (SvApiToken, secret, SV_TYPE_STRING, .flags = SV_FIELD_NO_STORE, .max = 128,
              .doc = "The token itself, shown once, when it is made."),
};
SV_RECORD_TYPE (sv_api_token_type, SvApiToken, "ApiToken", token_fields,
                "A token by which a program acts for a person.");

void
sv_api_token_free (SvApiToken *token)
{
  sv_record_free (&sv_api_token_type, token);
}

gboolean
sv_api_token_is_over (const SvApiToken *token, gint64 now_us)
{
  return token->revoked_at_us != 0 || now_us >= token->expires_at_us;
}

static gboolean
check_permission (const char *name, const SvPrincipal *owner, GPtrArray *own, GError **error)
{
  const SvPermission *permission = sv_permission_find (name);
  g_autofree char *printable = sv_text_printable (name);
  if (permission == NULL)
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "there is no permission '%s'", printable);
  else if ((permission->flags & SV_PERMISSION_PERSON_ONLY) != 0)
    g_set_error (error, SV_ERROR, SV_ERROR_DENIED, "%s is for people, not for API tokens", name);
  else if (!sv_strings_contain (own, name))
    g_set_error (error, SV_ERROR, SV_ERROR_DENIED, "%s is not yours to hand on", name);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_form (const SvApiToken *token, gint64 now_us, GError **error)
{
  const char *fault = NULL;
  if (sv_text_is_empty (token->name))
    fault = "it has no name";
  else if (token->permissions == NULL || token->permissions->len == 0)
    fault = "it names no permission";
  else if (token->expires_at_us <= now_us)
    fault = "it has expired already";
  else if (token->expires_at_us - now_us > SV_API_TOKEN_LIFE_US)
    fault = "it lasts for more than a year";
  if (fault != NULL)
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "this cannot be an API token: %s", fault);
  return fault == NULL;
}

gboolean
sv_api_token_check (const SvApiToken *token, const SvPrincipal *owner, gint64 now_us,
                    GError **error)
{
  if (!check_form (token, now_us, error))
    return FALSE;
  g_autoptr (GPtrArray) own = sv_principal_list_permissions (owner);
  for (guint i = 0; i < token->permissions->len; i++)
    if (!check_permission (token->permissions->pdata[i], owner, own, error))
      return FALSE;
  return TRUE;
}
