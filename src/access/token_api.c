/* One's own API tokens. */
#include "access/access.h"

#include "access/knock.h"

static gboolean
list_tokens (SvCall *call, GError **error)
{
  const SvPrincipal *principal = sv_call_get_principal (call);
  gint64 limit = sv_call_get_query_int64 (call, "limit");
  const char *person = principal->person != NULL ? principal->person : ""; /* which nobody is */
  SvDb *db = sv_call_get_store (call, error);
  GPtrArray *tokens =
      db != NULL
          ? sv_api_token_list (db, person, sv_call_find_query (call, "cursor"), limit + 1, error)
          : NULL;
  if (tokens == NULL)
    return FALSE;
  const char *next = NULL;
  if (sv_rows_cut (tokens, limit, &sv_api_token_type))
    next = ((SvApiToken *)tokens->pdata[tokens->len - 1])->id;
  return sv_call_answer_list (call, tokens, next, -1);
}

typedef struct {
  char *name;
  GPtrArray *permissions;
  gint64 expires_at_us;
} NewToken;

static const SvField new_fields[] = {
    SV_FIELD (NewToken, name, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_NAME_BYTES, .doc = "What it is for."),
    SV_FIELD (NewToken, permissions, SV_TYPE_STRINGS, .flags = SV_FIELD_REQUIRED, .max = 64,
              .doc = "What it may do: permissions of one's own."),
    SV_FIELD (NewToken, expires_at_us, SV_TYPE_INSTANT, .flags = SV_FIELD_REQUIRED,
              .doc = "From when on it is good for nothing; within a year."),
};
static SV_RECORD_TYPE (new_type, NewToken, "NewApiToken", new_fields, "A token to be made.");

static gboolean
keep_token (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const SvApiToken *token = data;
  g_autoptr (GBytes) digest = sv_token_digest (token->secret);
  gint64 n;
  if (!sv_api_token_count (db, token->person, entry->at_us, &n, error))
    return FALSE;
  if (n >= SV_LIMIT_TOKENS_PER_PERSON) {
    g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "you have %d tokens in force: revoke one first",
                 SV_LIMIT_TOKENS_PER_PERSON);
    return FALSE;
  }
  const SvField *field = sv_record_find_field (&sv_api_token_type, "permissions");
  g_autofree char *permissions = sv_record_format_field (field, token);
  g_autofree char *until = sv_time_format (token->expires_at_us);
  sv_audit_say (
      entry, "token.create", token->id,
      SV_AUDIT_FACTS ({"name", token->name}, {"permissions", permissions}, {"expires_at", until}));
  return sv_api_token_insert (db, token, digest, error);
}

static SvApiToken *
make_token (const SvKnock *knock)
{
  const NewToken *wanted = knock->body;
  SvApiToken *token = sv_record_new (&sv_api_token_type);
  token->id = sv_id_new ();
  token->person = g_strdup (knock->principal->person);
  token->name = g_strdup (wanted->name);
  token->permissions = sv_strings_copy (wanted->permissions);
  token->created_at_us = knock->now_us;
  token->expires_at_us = wanted->expires_at_us;
  token->secret = sv_token_new ("api");
  return token;
}

static gboolean
run_create (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  g_autoptr (SvApiToken) token = make_token (knock);
  if (!sv_api_token_check (token, knock->principal, knock->now_us, error) ||
      !sv_audit_perform (db, knock->entry, keep_token, token, error))
    return FALSE;
  g_autofree char *place = g_strconcat ("/api/v1/tokens/", token->id, NULL);
  sv_deferred_set_header (deferred, "Location", place);
  *ret_record = g_steal_pointer (&token);
  return TRUE;
}

static gboolean
keep_revocation (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const SvKnock *knock = data;
  sv_audit_say (entry, "token.revoke", knock->id, NULL);
  return sv_api_token_revoke (db, knock->principal->person, knock->id, knock->now_us, error);
}

static gboolean
run_revoke (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  SvKnock *knock = data;
  return sv_audit_perform (db, knock->entry, keep_revocation, knock, error);
}

static gboolean
create_token (SvCall *call, GError **error)
{
  return sv_access_get_person (call, error) != NULL && sv_knock_defer (call, run_create, error);
}

static gboolean
delete_token (SvCall *call, GError **error)
{
  return sv_access_get_person (call, error) != NULL && sv_knock_defer (call, run_revoke, error);
}

static const SvParam list_params[] = {SV_PARAM_LIMIT, SV_PARAM_CURSOR};
static const SvError limits[] = {SV_ERROR_LIMIT};
#define TAG .tag = "API tokens"
static const SvRoute routes[] = {
    {SV_METHOD_GET, "/api/v1/tokens", "token:own", "One's own API tokens", TAG,
     SV_ROUTE_PARAMS (list_params), .response = &sv_api_token_type, .flags = SV_ROUTE_LIST,
     .handle = list_tokens},
    {SV_METHOD_POST, "/api/v1/tokens", "token:create", "Make an API token", TAG,
     .request = &new_type, .response = &sv_api_token_type, .flags = SV_ROUTE_CREATES,
     SV_ROUTE_ERRORS (limits), .handle = create_token},
    {SV_METHOD_DELETE, "/api/v1/tokens/{token}", "token:own", "Revoke an API token", TAG,
     .handle = delete_token},
};
const SvRouteTable sv_token_routes = {routes, G_N_ELEMENTS (routes),
                                      "Tokens by which programs act for a person."};
