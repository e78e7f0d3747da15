#include "net/client.h"

#include "net/address.h"
#include "net/libcurl.h"
#include "net/problem.h"

#include <string.h>

typedef struct curl_slist HeaderList;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CURLU, sv_curl.url_cleanup)

#define FORM_TYPE "Content-Type: application/x-www-form-urlencoded"

struct SvClient {
  char *url;
  CURL *curl;
  HeaderList *headers; /* of every call */
  char *ca_file, *certificate, *key;
  char error[CURL_ERROR_SIZE];
  GByteArray *answer;
  gsize max_bytes;
  gboolean too_large;
  gint64 retry_after_s;
  char *cookie;
  gboolean must_prove;
  long status; /* of the last answer; 0: none came */
};

/* --- its life --- */

/* "https", or "http" to this machine: then nobody can listen in. */
static gboolean
check_url (const char *url, GError **error)
{
  g_autoptr (CURLU) parts = sv_curl.url ();
  char *scheme = NULL, *host = NULL, *path = NULL, *user = NULL;
  gboolean parsed = sv_curl.url_set (parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
                    sv_curl.url_get (parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                    sv_curl.url_get (parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                    sv_curl.url_get (parts, CURLUPART_PATH, &path, 0) == CURLUE_OK &&
                    sv_curl.url_get (parts, CURLUPART_USER, &user, 0) == CURLUE_NO_USER;
  gboolean local = parsed && (strcmp (host, "localhost") == 0 || strcmp (host, "127.0.0.1") == 0 ||
                              strcmp (host, "[::1]") == 0);
  gboolean good = parsed && strcmp (path, "/") == 0 &&
                  (strcmp (scheme, "https") == 0 || (strcmp (scheme, "http") == 0 && local));
  sv_curl.free (scheme);
  sv_curl.free (host);
  sv_curl.free (path);
  sv_curl.free (user);
  return good ||
         sv_error_set_invalid (
             error,
             "a server is written https://salve.example:8443, or http:// on this machine; not",
             url);
}

static void
add_header (SvClient *client, const char *name, const char *value)
{
  if (value == NULL)
    return;
  g_autofree char *line = g_strconcat (name, ": ", value, NULL);
  client->headers = sv_curl.slist_append (client->headers, line);
}

static char *
write_authorization (const SvClientOptions *options)
{
  if (options->token != NULL)
    return g_strconcat ("Bearer ", options->token, NULL);
  if (options->basic == NULL)
    return NULL;
  g_autofree char *text = g_base64_encode ((const guchar *)options->basic, strlen (options->basic));
  return g_strconcat ("Basic ", text, NULL);
}

SvClient *
sv_client_new (const SvClientOptions *options, GError **error)
{
  if (!sv_curl_load (error) || !check_url (options->url, error))
    return NULL;
  SvClient *client = g_new0 (SvClient, 1);
  gsize length = strlen (options->url);
  client->url = g_strndup (options->url, length - (options->url[length - 1] == '/'));
  client->curl = sv_curl.easy_init ();
  client->answer = g_byte_array_new ();
  client->ca_file = g_strdup (options->ca_file);
  client->certificate = g_strdup (options->certificate);
  client->key = g_strdup (options->key);
  add_header (client, "Accept", "application/json, " SV_PROBLEM_CONTENT_TYPE);
  add_header (client, "Expect", ""); /* no question before the body */
  g_autofree char *authorization = write_authorization (options);
  add_header (client, "Authorization", authorization);
  if (options->cookie != NULL)
    add_header (client, "Cookie", options->cookie);
  if (options->csrf != NULL)
    add_header (client, "X-Salve-CSRF", options->csrf);
  client->max_bytes = options->max_bytes != 0 ? options->max_bytes : SV_LIMIT_ANSWER_BYTES;
  guint timeout_ms = options->timeout_ms != 0 ? options->timeout_ms : SV_LIMIT_REQUEST_MS;
  sv_curl.easy_setopt (client->curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
  return client;
}

void
sv_client_free (SvClient *client)
{
  if (client == NULL)
    return;
  sv_curl.easy_cleanup (client->curl);
  sv_curl.slist_free_all (client->headers);
  g_byte_array_unref (client->answer);
  g_free (client->cookie);
  g_free (client->url);
  g_free (client->ca_file);
  g_free (client->certificate);
  g_free (client->key);
  g_free (client);
}

long
sv_client_get_status (const SvClient *client)
{
  return client->status;
}

gint64
sv_client_get_retry_after_s (const SvClient *client)
{
  return client->retry_after_s;
}

const char *
sv_client_find_cookie (const SvClient *client)
{
  return client->cookie;
}

gboolean
sv_client_must_prove (const SvClient *client)
{
  return client->must_prove;
}

char *
sv_client_escape (const char *text)
{
  return g_uri_escape_string (text, NULL, FALSE);
}

/* --- one transfer --- */

static gsize
on_body (char *data, gsize size, gsize n, void *user_data)
{
  SvClient *client = user_data;
  gsize length = size * n;
  client->too_large = client->answer->len + length > client->max_bytes;
  if (client->too_large)
    return 0;
  g_byte_array_append (client->answer, (const guint8 *)data, (guint)length);
  return length;
}

/* Value of the header @name in @line, without what stands behind @end; NULL: it is another one. */
static char *
read_header (const char *line, const char *name, char end)
{
  gsize length = strlen (name);
  if (g_ascii_strncasecmp (line, name, length) != 0 || line[length] != ':')
    return NULL;
  g_auto (GStrv) parts = g_strsplit (line + length + 1, (const char[]){end, '\0'}, 2);
  return g_strstrip (g_strdup (parts[0]));
}

static gsize
on_header (char *data, gsize size, gsize n, void *user_data)
{
  SvClient *client = user_data;
  g_autofree char *line = g_strndup (data, size * n);
  g_autofree char *proof = read_header (line, "X-Salve-Step-Up", ';');
  char *cookie = read_header (line, "Set-Cookie", ';');
  if (cookie != NULL)
    sv_text_take (&client->cookie, cookie);
  client->must_prove |= proof != NULL;
  return size * n;
}

static char *
write_body (const SvClientCall *call)
{
  if (call->body_type == NULL)
    return g_strdup (call->form != NULL ? call->form : call->body_text);
  GString *text = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (text, 0);
  sv_record_write_json (call->body_type, call->body, writer, NULL);
  return g_string_free (text, FALSE);
}

/* Everything anew each time, on the connection that is open. */
static void
set_up (SvClient *client, const SvClientCall *call, const char *url, const char *body)
{
  CURL *curl = client->curl;
  sv_curl.easy_setopt (curl, CURLOPT_URL, url);
  sv_curl.easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
  sv_curl.easy_setopt (curl, CURLOPT_PROTOCOLS_STR, "https,http");
  sv_curl.easy_setopt (curl, CURLOPT_FOLLOWLOCATION, 0L);
  sv_curl.easy_setopt (curl, CURLOPT_PROXY, "");
  sv_curl.easy_setopt (curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  sv_curl.easy_setopt (curl, CURLOPT_CONNECTTIMEOUT_MS, (long)SV_LIMIT_CONNECT_MS);
  sv_curl.easy_setopt (curl, CURLOPT_ERRORBUFFER, client->error);
  sv_curl.easy_setopt (curl, CURLOPT_HEADERFUNCTION, on_header);
  sv_curl.easy_setopt (curl, CURLOPT_HEADERDATA, client);
  sv_curl.easy_setopt (curl, CURLOPT_WRITEFUNCTION, on_body);
  sv_curl.easy_setopt (curl, CURLOPT_WRITEDATA, client);
  sv_curl.easy_setopt (curl, CURLOPT_CUSTOMREQUEST, call->method);
  if (client->ca_file != NULL) {
    sv_curl.easy_setopt (curl, CURLOPT_CAINFO, client->ca_file);
    sv_curl.easy_setopt (curl, CURLOPT_CAPATH, NULL);
  }
  if (client->certificate != NULL) {
    sv_curl.easy_setopt (curl, CURLOPT_SSLCERT, client->certificate);
    sv_curl.easy_setopt (curl, CURLOPT_SSLKEY, client->key);
  }
  if (body != NULL) {
    sv_curl.easy_setopt (curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen (body));
    sv_curl.easy_setopt (curl, CURLOPT_POSTFIELDS, body);
  } else {
    sv_curl.easy_setopt (curl, CURLOPT_HTTPGET, 1L);
    sv_curl.easy_setopt (curl, CURLOPT_CUSTOMREQUEST, call->method);
  }
}

static const struct {
  CURLcode result;
  SvError code;
} transfer_errors[] = {{CURLE_OPERATION_TIMEDOUT, SV_ERROR_TIMEOUT},
                       {CURLE_PEER_FAILED_VERIFICATION, SV_ERROR_UNTRUSTED},
                       {CURLE_SSL_CACERT_BADFILE, SV_ERROR_NOT_FOUND},
                       {CURLE_SSL_CERTPROBLEM, SV_ERROR_INVALID_DATA}};

static gboolean
fail_transfer (const SvClient *client, CURLcode result, GError **error)
{
  SvError code = SV_ERROR_UNREACHABLE;
  for (gsize i = 0; i < G_N_ELEMENTS (transfer_errors); i++)
    if (transfer_errors[i].result == result)
      code = transfer_errors[i].code;
  if (client->too_large)
    code = SV_ERROR_LIMIT;
  const char *why = client->too_large        ? "its answer is too large"
                    : *client->error != '\0' ? client->error
                                             : sv_curl.easy_strerror (result);
  g_set_error (error, SV_ERROR, (int)code, "cannot talk to '%s': %s", client->url, why);
  return FALSE;
}

static gboolean
transfer (SvClient *client, const SvClientCall *call, long *ret_status, GError **error)
{
  g_autofree char *url = g_strconcat (client->url, call->path, NULL);
  g_autofree char *body = write_body (call);
  const char *type = call->form != NULL ? FORM_TYPE : "Content-Type: application/json";
  HeaderList headers = {(char *)type, client->headers}; /* a list, whose rest is every call's */
  curl_off_t retry_after = 0;
  g_byte_array_set_size (client->answer, 0);
  client->too_large = client->must_prove = FALSE;
  g_clear_pointer (&client->cookie, g_free);
  client->status = 0;
  *client->error = '\0';
  set_up (client, call, url, body);
  sv_curl.easy_setopt (client->curl, CURLOPT_HTTPHEADER, &headers);
  CURLcode result = sv_curl.easy_perform (client->curl);
  if (result != CURLE_OK)
    return fail_transfer (client, result, error);
  sv_curl.easy_getinfo (client->curl, CURLINFO_RESPONSE_CODE, ret_status);
  sv_curl.easy_getinfo (client->curl, CURLINFO_RETRY_AFTER, &retry_after);
  client->retry_after_s = retry_after;
  client->status = *ret_status;
  return TRUE;
}

/* --- what came --- */

static SvJsonReader *
read_answer (const SvClient *client, SvStream **ret_stream)
{
  *ret_stream = sv_stream_new_memory ("answer", client->answer->data, client->answer->len);
  return sv_json_reader_new (*ret_stream);
}

static SvError
find_code (const char *name)
{
  for (int code = 0; name != NULL && code < SV_N_ERRORS; code++)
    if (strcmp (sv_error_info_by_code ((SvError)code)->name, name) == 0)
      return (SvError)code;
  return SV_ERROR_FAILED;
}

/* What the server says went wrong; something else may stand between. */
static gboolean
fail_status (const SvClient *client, long status, GError **error)
{
  g_autoptr (SvStream) stream = NULL;
  g_autoptr (SvJsonReader) reader = read_answer (client, &stream);
  g_autoptr (SvProblem) problem = sv_record_new (&sv_problem_type);
  if (sv_record_read_json (&sv_problem_type, reader, SV_RECORD_LENIENT, problem, NULL))
    g_set_error (error, SV_ERROR, (int)find_code (problem->code), "%s",
                 problem->detail != NULL ? problem->detail : problem->title);
  else
    g_set_error (error, SV_ERROR, SV_ERROR_UNREACHABLE, "'%s' answered %ld and no reason",
                 client->url, status);
  return FALSE;
}

static gboolean
is_good (long status)
{
  return status >= 200 && status < 300;
}

gboolean
sv_client_call (SvClient *client, const SvClientCall *call, gpointer *ret_answer, GError **error)
{
  long status = 0;
  if (ret_answer != NULL)
    *ret_answer = NULL;
  if (!transfer (client, call, &status, error))
    return FALSE;
  if (!is_good (status))
    return fail_status (client, status, error);
  if (call->answer_type == NULL || ret_answer == NULL || client->answer->len == 0)
    return TRUE;
  g_autoptr (SvStream) stream = NULL;
  g_autoptr (SvJsonReader) reader = read_answer (client, &stream);
  gpointer answer = sv_record_new (call->answer_type);
  if (sv_record_read_json (call->answer_type, reader, SV_RECORD_LENIENT, answer, error)) {
    *ret_answer = answer;
    return TRUE;
  }
  sv_record_free (call->answer_type, answer);
  return FALSE;
}

GBytes *
sv_client_get_bytes (SvClient *client, const char *path, GError **error)
{
  const SvClientCall call = {.method = "GET", .path = path};
  return sv_client_call (client, &call, NULL, error)
             ? g_bytes_new (client->answer->data, client->answer->len)
             : NULL;
}

/* --- lists --- */

typedef struct {
  const SvRecordType *type;
  GPtrArray *items;
  char *next;
  gint64 total;
} Page;

static gboolean
read_item (SvJsonReader *reader, gpointer data, GError **error)
{
  Page *page = data;
  gpointer item = sv_record_new (page->type);
  g_ptr_array_add (page->items, item);
  return sv_record_read_json (page->type, reader, SV_RECORD_LENIENT, item, error);
}

static gboolean
read_items (SvJsonReader *reader, gpointer data, GError **error)
{
  return sv_json_read_array (reader, read_item, data, error);
}

static gboolean
read_next (SvJsonReader *reader, gpointer data, GError **error)
{
  return sv_json_read_string (reader, &((Page *)data)->next, error);
}

static gboolean
read_total (SvJsonReader *reader, gpointer data, GError **error)
{
  if (sv_json_peek (reader, error) == SV_JSON_NULL) /* it was not counted */
    return sv_json_skip (reader, error);
  return sv_json_read_int64 (reader, &((Page *)data)->total, error);
}

static void
page_clear (Page *page)
{
  for (guint i = 0; page->items != NULL && i < page->items->len; i++)
    sv_record_free (page->type, page->items->pdata[i]);
  g_clear_pointer (&page->items, g_ptr_array_unref);
  g_free (page->next);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Page, page_clear)

gboolean
sv_client_list (SvClient *client, const SvClientCall *call, GPtrArray **ret_items, char **ret_next,
                gint64 *ret_total, GError **error)
{
  static const SvJsonMember members[] = {
      {"items", read_items}, {"next", read_next}, {"total", read_total}};
  long status = 0;
  if (!transfer (client, call, &status, error))
    return FALSE;
  if (!is_good (status))
    return fail_status (client, status, error);
  g_autoptr (SvStream) stream = NULL;
  g_autoptr (SvJsonReader) reader = read_answer (client, &stream);
  g_auto (Page) page = {.type = call->answer_type, .items = g_ptr_array_new (), .total = -1};
  if (!sv_json_read_object (reader, members, G_N_ELEMENTS (members), &page, error))
    return FALSE;
  *ret_items = g_steal_pointer (&page.items);
  *ret_next = g_steal_pointer (&page.next);
  *ret_total = page.total;
  return TRUE;
}
