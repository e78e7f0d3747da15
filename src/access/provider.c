#include "access/provider.h"

#include "net/net.h"

#include <string.h>

static const char *const kind_names[] = {"ldap", "oidc", NULL};

#define TEXT(member, text)                                                                         \
  SV_FIELD (SvProvider, member, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES, .doc = text)
#define SWITCH(member, text) SV_FIELD (SvProvider, member, SV_TYPE_BOOL, .doc = text)
#define SETTINGS                                                                                   \
  SV_FIELD (SvProvider, kind, SV_TYPE_ENUM, .flags = SV_FIELD_REQUIRED, .values = kind_names,      \
            .doc = "How it is asked."),                                                            \
      SV_FIELD (SvProvider, name, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,                      \
                .max = SV_LIMIT_NAME_BYTES, .doc = "Name that people see."),                       \
      SV_FIELD (SvProvider, address, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,                   \
                .max = SV_LIMIT_NAME_BYTES, .doc = "LDAP: ldaps://dc.example; OIDC: the issuer."), \
      TEXT (ca_file, "File on the server, PEM: who may vouch for it; null: the system's."),        \
      SWITCH (disabled, "Nobody comes in by it."),                                                 \
      SWITCH (makes_people, "Who comes for the first time is added; else they must be linked."),   \
      TEXT (second_factor, "\"*\": its logins count as two factors; or the value of amr or acr "   \
                           "that says so; null: never."),                                          \
      TEXT (account, "LDAP: distinguished name to search with; OIDC: client id."),                 \
      TEXT (subject_from, "LDAP: attribute that is never given to somebody else."),                \
      TEXT (login_from, "Attribute or claim: login name."),                                        \
      TEXT (name_from, "Attribute or claim: name."),                                               \
      TEXT (mail_from, "Attribute or claim: mail."),                                               \
      TEXT (groups_from, "Attribute or claim: groups."),                                           \
      SWITCH (start_tls, "LDAP: ldap:// becomes TLS before anything is said."),                    \
      TEXT (base, "LDAP: below which name people are."),                                           \
      TEXT (filter, "LDAP: who of them it is, by {login}."),                                       \
      TEXT (bind_as, "LDAP: name to ask as, by {login}, instead of an account."),                  \
      TEXT (group_base, "LDAP: below which name groups are."),                                     \
      TEXT (group_filter, "LDAP: which of them, by {dn} or {login}."),                             \
      TEXT (own_address, "OIDC: how browsers reach this server, https://salve.example."),          \
      TEXT (scopes, "OIDC: what is asked for.")

static const SvField provider_fields[] = {
    SV_FIELD (SvProvider, id, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_LOGIN_BYTES, .doc = "Id: a word in lower case."),
    SETTINGS,
    SWITCH (has_secret, "A password or client secret is kept; it is never shown."),
};
SV_RECORD_TYPE (sv_provider_type, SvProvider, "IdentityProvider", provider_fields,
                "A directory that says who somebody is.");

static const SvField request_fields[] = {
    SETTINGS,
    TEXT (secret, "Password of the account, or client secret; left out: as it was; empty: none."),
};
SV_RECORD_TYPE (sv_provider_request_type, SvProvider, "IdentityProviderSettings", request_fields,
                "What a directory is asked, and how.");

void
sv_provider_free (SvProvider *provider)
{
  sv_record_free (&sv_provider_type, provider);
}

/* -- Usual values -- */

#define AT(member) G_STRUCT_OFFSET (SvProvider, member)
static const struct {
  gint kind;
  gsize offset;
  const char *value;
} usual[] = {
    {SV_PROVIDER_LDAP, AT (subject_from), "entryUUID"},
    {SV_PROVIDER_LDAP, AT (login_from), "uid"},
    {SV_PROVIDER_LDAP, AT (name_from), "cn"},
    {SV_PROVIDER_LDAP, AT (mail_from), "mail"},
    {SV_PROVIDER_LDAP, AT (groups_from), "memberOf"},
    {SV_PROVIDER_LDAP, AT (filter), "(uid={login})"},
    {SV_PROVIDER_OIDC, AT (login_from), "preferred_username"},
    {SV_PROVIDER_OIDC, AT (name_from), "name"},
    {SV_PROVIDER_OIDC, AT (mail_from), "email"},
    {SV_PROVIDER_OIDC, AT (groups_from), "groups"},
    {SV_PROVIDER_OIDC, AT (scopes), "openid profile email"},
};

void
sv_provider_fill (SvProvider *provider)
{
  for (gsize i = 0; i < G_N_ELEMENTS (usual); i++) {
    char **member = G_STRUCT_MEMBER_P (provider, usual[i].offset);
    if (usual[i].kind == provider->kind && sv_text_is_empty (*member))
      sv_text_set (member, usual[i].value);
  }
}

/* -- Whether it makes sense -- */

gboolean
sv_provider_is_web_address (const char *url)
{
  static const char *const here[] = {"localhost", "127.0.0.1", "::1", NULL};
  g_autoptr (GUri) uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL) : NULL;
  if (uri == NULL || sv_text_is_empty (g_uri_get_host (uri)) || g_uri_get_userinfo (uri) != NULL ||
      g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL)
    return FALSE;
  return strcmp (g_uri_get_scheme (uri), "https") == 0 ||
         (strcmp (g_uri_get_scheme (uri), "http") == 0 &&
          g_strv_contains (here, g_uri_get_host (uri)));
}

static gboolean
is_word (const char *text)
{
  gsize length = strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-");
  return length > 0 && text[length] == '\0' && *text != '-';
}

static gboolean
holds (const char *pattern, const char *name)
{
  return pattern != NULL && strstr (pattern, name) != NULL;
}

static const char *
find_ldap_fault (const SvProvider *provider)
{
  if (sv_text_is_empty (provider->base))
    return "'base' says below which name people are";
  if (!holds (provider->filter, "{login}"))
    return "'filter' holds {login}";
  if (provider->bind_as != NULL && !holds (provider->bind_as, "{login}"))
    return "'bind_as' holds {login}";
  if (provider->group_filter != NULL && !holds (provider->group_filter, "{dn}") &&
      !holds (provider->group_filter, "{login}"))
    return "'group_filter' holds {dn} or {login}";
  return NULL;
}

static const char *
find_oidc_fault (const SvProvider *provider)
{
  if (!sv_provider_is_web_address (provider->address))
    return "an issuer is written https://login.example/path";
  if (!sv_provider_is_web_address (provider->own_address) ||
      g_str_has_suffix (provider->own_address, "/"))
    return "'own_address' is written https://salve.example";
  if (sv_text_is_empty (provider->account))
    return "'account' is the id that this server has there";
  g_auto (GStrv) scopes = g_strsplit (provider->scopes, " ", -1);
  return g_strv_contains ((const char *const *)scopes, "openid") ? NULL : "'scopes' holds openid";
}

gboolean
sv_provider_check (const SvProvider *provider, GError **error)
{
  gboolean ldap = provider->kind == SV_PROVIDER_LDAP;
  const char *fault = !is_word (provider->id) ? "an id is a word of a-z, 0-9 and '-'"
                      : ldap                  ? find_ldap_fault (provider)
                                              : find_oidc_fault (provider);
  if (fault == NULL)
    return !ldap || sv_directory_check_url (provider->address, provider->start_tls, error);
  g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE, fault);
  return FALSE;
}

gboolean
sv_provider_is_same_place (const SvProvider *before, const SvProvider *now)
{
  return g_strcmp0 (before->address, now->address) == 0 &&
         g_strcmp0 (before->account, now->account) == 0 &&
         g_strcmp0 (before->ca_file, now->ca_file) == 0 && before->start_tls == now->start_tls;
}

char *
sv_provider_fill_in (const char *pattern, const char *name, const char *value, SvFillKind kind)
{
  g_autofree char *place = g_strdup_printf ("{%s}", name);
  g_autofree char *escaped =
      kind == SV_FILL_FILTER ? sv_directory_escape_filter (value) : sv_directory_escape_dn (value);
  g_auto (GStrv) parts = g_strsplit (pattern, place, -1);
  return g_strjoinv (escaped, parts);
}

/* -- Groups and roles -- */

static const SvField mapping_fields[] = {
    SV_FIELD (SvMapping, id, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES, .doc = "Id."),
    SV_FIELD (SvMapping, provider, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "Id of the directory."),
    SV_FIELD (SvMapping, group_name, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_NAME_BYTES,
              .doc = "LDAP: distinguished name of the group; OIDC: value of the claim."),
    SV_FIELD (SvMapping, role, SV_TYPE_ENUM, .flags = SV_FIELD_REQUIRED, .values = sv_role_names,
              .doc = "Which role its members have."),
    SV_FIELD (SvMapping, scope_kind, SV_TYPE_ENUM, .values = sv_scope_names,
              .doc = "What kind of thing it is for; without it everything."),
    SV_FIELD (SvMapping, scope, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "Which one; empty for everything."),
};
SV_RECORD_TYPE (sv_mapping_type, SvMapping, "GroupMapping", mapping_fields,
                "A role that the members of a group have.");

void
sv_mapping_free (SvMapping *mapping)
{
  sv_record_free (&sv_mapping_type, mapping);
}

static char *
fold_name (const char *name)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);
  g_auto (GStrv) parts = g_strsplit (folded, ",", -1);
  for (gsize i = 0; parts[i] != NULL; i++)
    g_strstrip (parts[i]);
  return g_strjoinv (",", parts);
}

gboolean
sv_mapping_matches (const SvMapping *mapping, SvProviderKind kind, const GPtrArray *groups)
{
  if (kind == SV_PROVIDER_OIDC)
    return sv_strings_contain (groups, mapping->group_name);
  g_autofree char *wanted = fold_name (mapping->group_name);
  for (guint i = 0; groups != NULL && i < groups->len; i++) {
    g_autofree char *name = fold_name (groups->pdata[i]);
    if (strcmp (name, wanted) == 0)
      return TRUE;
  }
  return FALSE;
}

/* -- Who somebody is there -- */

static const SvField link_fields[] = {
    SV_FIELD (SvLink, provider, SV_TYPE_STRING, .doc = "Id of the directory."),
    SV_FIELD (SvLink, subject, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_NAME_BYTES,
              .doc = "What they are there, never given to somebody else."),
    SV_FIELD (SvLink, person, SV_TYPE_STRING, .doc = "Id of who."),
    SV_FIELD (SvLink, login, SV_TYPE_STRING,
              .doc = "Login name there when they came last; empty: they never did."),
    SV_FIELD (SvLink, linked_at_us, SV_TYPE_INSTANT, .doc = "Since when."),
};
SV_RECORD_TYPE (sv_link_type, SvLink, "PersonIdentity", link_fields,
                "Who somebody is for a directory.");

void
sv_link_free (SvLink *link)
{
  sv_record_free (&sv_link_type, link);
}

void
sv_arrival_free (SvArrival *arrival)
{
  if (arrival == NULL)
    return;
  g_free (arrival->subject);
  g_free (arrival->login);
  g_free (arrival->name);
  g_free (arrival->mail);
  g_ptr_array_unref (arrival->groups);
  g_free (arrival);
}
