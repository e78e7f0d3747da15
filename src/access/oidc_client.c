#include "access/oidc_client.h"

#include "net/net.h"

#include <string.h>

#define WELL_KNOWN "/.well-known/openid-configuration"

/* -- What is remembered: documents by their address -- */

typedef struct {
  GBytes *text;
  gint64 at_us;
} Document;

struct SvOidcCache {
  GMutex lock;
  GHashTable *documents;
};

static void
document_free (gpointer data)
{
  Document *document = data;
  g_bytes_unref (document->text);
  g_free (document);
}

SvOidcCache *
sv_oidc_cache_new (void)
{
  SvOidcCache *cache = g_new0 (SvOidcCache, 1);
  g_mutex_init (&cache->lock);
  cache->documents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, document_free);
  return cache;
}

void
sv_oidc_cache_free (SvOidcCache *cache)
{
  if (cache == NULL)
    return;
  g_hash_table_unref (cache->documents);
  g_mutex_clear (&cache->lock);
  g_free (cache);
}

static GBytes *
find_document (SvOidcCache *cache, const char *url, gint64 now_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&cache->lock);
  const Document *document = g_hash_table_lookup (cache->documents, url);
  return document != NULL && now_us - document->at_us < SV_OIDC_DISCOVERY_LIFE_US
             ? g_bytes_ref (document->text)
             : NULL;
}

static void
keep_document (SvOidcCache *cache, const char *url, GBytes *text, gint64 now_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&cache->lock);
  Document *document = g_new0 (Document, 1);
  document->text = g_bytes_ref (text);
  document->at_us = now_us;
  g_hash_table_replace (cache->documents, g_strdup (url), document);
}

/* -- Asking -- */

/* Where in @url the path begins. */
static const char *
path_of (const char *url)
{
  const char *host = strstr (url, "://");
  const char *path = host != NULL ? strchr (host + 3, '/') : NULL;
  return path != NULL ? path : url + strlen (url);
}

static SvClient *
open_client (const SvProvider *provider, const char *url, const char *basic, GError **error)
{
  g_autofree char *origin = g_strndup (url, (gsize)(path_of (url) - url));
  const SvClientOptions options = {.url = origin,
                                   .ca_file = provider->ca_file,
                                   .basic = basic,
                                   .timeout_ms = SV_LIMIT_PROVIDER_MS,
                                   .max_bytes = SV_LIMIT_PROVIDER_BYTES};
  return sv_client_new (&options, error);
}

static gboolean
fail (const SvProvider *provider, const GError *cause, GError **error)
{
  g_set_error (error, SV_ERROR, SV_ERROR_BUSY, "the provider '%s' cannot be asked now: %s",
               provider->id, cause != NULL ? cause->message : "it gave no answer");
  return FALSE;
}

typedef struct {
  const SvProvider *provider;
  const char *url;
  gint64 now_us;
  gboolean anew; /* whatever is remembered */
} Wanted;

static GBytes *
get_document (SvOidcCache *cache, const Wanted *wanted, GError **error)
{
  const char *url = wanted->url;
  g_autoptr (GError) cause = NULL;
  GBytes *known = wanted->anew ? NULL : find_document (cache, url, wanted->now_us);
  if (known != NULL)
    return known;
  g_autoptr (SvClient) client = open_client (wanted->provider, url, NULL, &cause);
  GBytes *text = client != NULL ? sv_client_get_bytes (client, path_of (url), &cause) : NULL;
  if (text == NULL)
    fail (wanted->provider, cause, error);
  else
    keep_document (cache, url, text, wanted->now_us);
  return text;
}

static SvDiscovery *
read_discovery (GBytes *text, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (text, &size);
  g_autoptr (SvStream) stream = sv_stream_new_memory ("discovery", data, size);
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  g_autoptr (SvDiscovery) discovery = sv_record_new (&sv_discovery_type);
  return sv_record_read_json (&sv_discovery_type, reader, SV_RECORD_LENIENT, discovery, error)
             ? g_steal_pointer (&discovery)
             : NULL;
}

SvDiscovery *
sv_oidc_discover (SvOidcCache *cache, const SvProvider *provider, gint64 now_us, GError **error)
{
  g_autoptr (GError) cause = NULL;
  gboolean slash = g_str_has_suffix (provider->address, "/");
  g_autofree char *url = g_strconcat (provider->address, slash ? WELL_KNOWN + 1 : WELL_KNOWN, NULL);
  const Wanted wanted = {.provider = provider, .url = url, .now_us = now_us};
  g_autoptr (GBytes) text = get_document (cache, &wanted, error);
  if (text == NULL)
    return NULL;
  g_autoptr (SvDiscovery) discovery = read_discovery (text, &cause);
  if (discovery != NULL && sv_discovery_check (discovery, provider->address, &cause))
    return g_steal_pointer (&discovery);
  fail (provider, cause, error);
  return NULL;
}

/* -- Codes -- */

typedef struct {
  char *access_token, *id_token;
} Tokens;

static const SvField token_fields[] = {
    SV_FIELD (Tokens, access_token, SV_TYPE_STRING, .max = SV_LIMIT_JWT_BYTES, .doc = "Not used."),
    SV_FIELD (Tokens, id_token, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_JWT_BYTES, .doc = "Who it is."),
};
static SV_RECORD_TYPE (tokens_type, Tokens, "OidcTokens", token_fields, "What a code is good for.");

static void
tokens_free (Tokens *tokens)
{
  sv_record_free (&tokens_type, tokens);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tokens, tokens_free)

/* RFC 6749, 2.3.1. */
static char *
format_basic (const SvOidcQuestion *question)
{
  if (question->secret == NULL)
    return NULL;
  g_autofree char *id = sv_client_escape (question->provider->account);
  g_autofree char *secret = sv_client_escape (question->secret);
  return g_strconcat (id, ":", secret, NULL);
}

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED, why);
  return FALSE;
}

static Tokens *
exchange (const SvOidcQuestion *question, GError **error)
{
  const SvProvider *provider = question->provider;
  const char *url = question->discovery->token_endpoint;
  g_autoptr (GError) cause = NULL;
  g_autofree char *basic = format_basic (question);
  g_autofree char *form =
      sv_oidc_format_exchange (provider, question->code, question->round->verifier);
  const SvClientCall call = {
      .method = "POST", .path = path_of (url), .form = form, .answer_type = &tokens_type};
  gpointer tokens = NULL;
  g_autoptr (SvClient) client = open_client (provider, url, basic, &cause);
  if (client != NULL && sv_client_call (client, &call, &tokens, &cause) && tokens != NULL)
    return tokens;
  if (client != NULL && sv_client_get_status (client) == 400)
    refuse (error, "the provider does not take the code");
  else
    fail (provider, cause, error);
  return NULL;
}

/* -- ID tokens -- */

static GBytes *
verify_by (SvOidcCache *cache, const SvOidcQuestion *question, const char *token, gboolean anew,
           GError **error)
{
  const Wanted wanted = {question->provider, question->discovery->jwks_uri, question->now_us, anew};
  g_autoptr (GError) cause = NULL;
  gsize size;
  g_autoptr (GBytes) text = get_document (cache, &wanted, error);
  if (text == NULL)
    return NULL;
  const char *json = g_bytes_get_data (text, &size);
  g_autoptr (SvJwks) jwks = sv_jwks_parse (json, size, &cause);
  if (jwks != NULL)
    return sv_jws_verify (jwks, token, error);
  fail (question->provider, cause, error);
  return NULL;
}

/* A key that is not known may be a new one: then, and only then, they are asked for again. */
static GBytes *
verify (SvOidcCache *cache, const SvOidcQuestion *question, const char *token, GError **error)
{
  g_autoptr (GError) cause = NULL;
  GBytes *payload = verify_by (cache, question, token, FALSE, &cause);
  if (payload == NULL && sv_error_is (cause, SV_ERROR_NOT_FOUND)) {
    g_clear_error (&cause);
    payload = verify_by (cache, question, token, TRUE, &cause);
  }
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return payload;
}

static SvArrival *
read_token (SvOidcCache *cache, const SvOidcQuestion *question, const Tokens *tokens,
            GError **error)
{
  const SvProvider *provider = question->provider;
  const SvIdTokenWanted wanted = {.issuer = provider->address,
                                  .client = provider->account,
                                  .nonce = question->round->nonce,
                                  .access_token = tokens->access_token,
                                  .now_us = question->now_us,
                                  .proven_since_us = question->proven_since_us};
  g_autoptr (GBytes) payload = verify (cache, question, tokens->id_token, error);
  g_autoptr (SvIdToken) token =
      payload != NULL ? sv_id_token_parse (provider, payload, error) : NULL;
  return token != NULL && sv_id_token_check (token, &wanted, error)
             ? sv_id_token_describe (token, provider, error)
             : NULL;
}

SvArrival *
sv_oidc_prove (SvOidcCache *cache, const SvOidcQuestion *question, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (Tokens) tokens = exchange (question, error);
  if (tokens == NULL)
    return NULL;
  SvArrival *arrival = read_token (cache, question, tokens, &cause);
  if (arrival != NULL)
    return arrival;
  if (sv_error_is (cause, SV_ERROR_BUSY))
    g_propagate_error (error, g_steal_pointer (&cause));
  else
    refuse (error, cause != NULL ? cause->message : "the ID token is not good");
  return NULL;
}
