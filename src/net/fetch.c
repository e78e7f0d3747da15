#include "net/fetch.h"

#include "net/address.h"
#include "net/fetch_state.h"
#include "net/libcurl.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SLOW_BYTES_PER_SECOND 1
#define SLOW_SECONDS 60
#define ERROR_BODY_BYTES (64 * 1024) /* of an answer that nobody asked for */

typedef struct curl_slist HeaderList;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CURL, sv_curl.easy_cleanup)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CURLU, sv_curl.url_cleanup)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeaderList, sv_curl.slist_free_all)

/* Redirects must stay where the first request went. */
typedef struct {
  char *scheme;
  char *host;
} Place;

static void
place_clear (Place *place)
{
  g_clear_pointer (&place->scheme, sv_curl.free);
  g_clear_pointer (&place->host, sv_curl.free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

/* One request and its answer. */
typedef struct {
  const SvFetchRequest *request;
  const char *url; /* of this hop */
  char *part;      /* path of what has come so far */
  int fd;
  guint64 offset; /* bytes in @part that count */
  guint64 max_bytes;
  CURL *curl;
  gsize header_bytes;
  gsize ignored_bytes; /* body of an answer that is no file */
  gboolean begun;      /* the first byte of the file has come */
  gint64 range_start;  /* of a partial answer; -1: not said */
  SvFetchState got;    /* what the answer says of its version */
  char *location;
  char *refused; /* the last address that was refused */
  GError *error; /* why a callback stopped the transfer */
} Transfer;

static void
transfer_clear (Transfer *transfer)
{
  if (transfer->fd >= 0)
    close (transfer->fd);
  g_free (transfer->part);
  sv_fetch_state_clear (&transfer->got);
  g_free (transfer->location);
  g_free (transfer->refused);
  g_clear_error (&transfer->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Transfer, transfer_clear)

/* -- Callbacks -- */

static gint64
parse_range_start (const char *value)
{
  return g_str_has_prefix (value, "bytes ") ? g_ascii_strtoll (value + strlen ("bytes "), NULL, 10)
                                            : -1;
}

static void
take_header (Transfer *transfer, const char *name, const char *value)
{
  const struct {
    const char *name;
    char **to;
  } texts[] = {{"etag", &transfer->got.etag},
               {"last-modified", &transfer->got.last_modified},
               {"location", &transfer->location}};
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (g_ascii_strcasecmp (texts[i].name, name) == 0) {
      sv_text_set (texts[i].to, value);
    }
  if (g_ascii_strcasecmp (name, "content-range") == 0)
    transfer->range_start = parse_range_start (value);
}

static gsize
on_header (char *data, gsize size, gsize n, void *user_data)
{
  Transfer *transfer = user_data;
  gsize length = size * n;
  transfer->header_bytes += length;
  if (transfer->header_bytes > SV_LIMIT_HEADER_BYTES) {
    g_set_error (&transfer->error, SV_ERROR, SV_ERROR_LIMIT, "more than %d bytes of header lines",
                 SV_LIMIT_HEADER_BYTES);
    return 0;
  }
  g_autofree char *line = g_strndup (data, length);
  char *colon = strchr (line, ':');
  if (colon == NULL)
    return length;
  *colon = '\0';
  take_header (transfer, line, g_strstrip (colon + 1));
  return length;
}

static long
status_of (Transfer *transfer)
{
  long status = 0;
  sv_curl.easy_getinfo (transfer->curl, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

/* The first byte of the file: a whole answer begins anew, a partial one must fit to what is here.
 */
static gboolean
begin_body (Transfer *transfer)
{
  transfer->begun = TRUE;
  if (status_of (transfer) == 206) {
    if (transfer->range_start == (gint64)transfer->offset)
      return TRUE;
    g_set_error (&transfer->error, SV_ERROR, SV_ERROR_INVALID_DATA,
                 "the server sent another range than was asked for");
    return FALSE;
  }
  transfer->offset = 0;
  if (ftruncate (transfer->fd, 0) != 0)
    return sv_error_set_errno (&transfer->error, errno, "empty", transfer->part);
  transfer->got.url = g_strdup (transfer->url);
  return sv_fetch_state_save (transfer->part, &transfer->got, &transfer->error);
}

static gboolean
append (Transfer *transfer, const char *data, gsize length)
{
  while (length > 0) {
    ssize_t n = pwrite (transfer->fd, data, length, (off_t)transfer->offset);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return sv_error_set_errno (&transfer->error, errno, "write", transfer->part);
    transfer->offset += (guint64)n;
    data += n;
    length -= (gsize)n;
  }
  return TRUE;
}

static gsize
on_body (char *data, gsize size, gsize n, void *user_data)
{
  Transfer *transfer = user_data;
  gsize length = size * n;
  long status = status_of (transfer);
  if (status != 200 && status != 206) {
    transfer->ignored_bytes += length;
    return transfer->ignored_bytes <= ERROR_BODY_BYTES ? length : 0;
  }
  if (!transfer->begun && !begin_body (transfer))
    return 0;
  if (transfer->offset + length > transfer->max_bytes) {
    g_set_error (&transfer->error, SV_ERROR, SV_ERROR_LIMIT,
                 "more than %" G_GUINT64_FORMAT " bytes", transfer->max_bytes);
    return 0;
  }
  return append (transfer, data, length) ? length : 0;
}

/* Promise S44: the address is looked at here, behind name resolution, where it is used. */
static curl_socket_t
on_open_socket (void *user_data, curlsocktype purpose, struct curl_sockaddr *address)
{
  Transfer *transfer = user_data;
  gboolean checked = !transfer->request->allow_private && transfer->request->proxy == NULL;
  if (checked && !sv_address_is_public (&address->addr)) {
    g_free (transfer->refused);
    transfer->refused = sv_address_format (&address->addr);
    return CURL_SOCKET_BAD;
  }
  return socket (address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* -- Setting up -- */

static gboolean
find_place (const SvFetchRequest *request, const char *url, Place *ret_place, GError **error)
{
  g_autoptr (CURLU) parts = sv_curl.url ();
  char *user = NULL;
  *ret_place = (Place){0};
  gboolean parsed = sv_curl.url_set (parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
                    sv_curl.url_get (parts, CURLUPART_SCHEME, &ret_place->scheme, 0) == CURLUE_OK &&
                    sv_curl.url_get (parts, CURLUPART_HOST, &ret_place->host, 0) == CURLUE_OK;
  gboolean with_user = sv_curl.url_get (parts, CURLUPART_USER, &user, 0) == CURLUE_OK;
  sv_curl.free (user);
  gboolean allowed = parsed && (strcmp (ret_place->scheme, "https") == 0 ||
                                (request->allow_http && strcmp (ret_place->scheme, "http") == 0));
  if (allowed && !with_user)
    return TRUE;
  place_clear (ret_place);
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE,
               with_user ? "'%s' holds a user name: write the URL without"
                         : "'%s' is no URL to fetch from: it must begin with https://",
               url);
  return FALSE;
}

static gboolean
open_part (Transfer *transfer, GError **error)
{
  struct stat info;
  transfer->part = g_strconcat (transfer->request->path, ".part", NULL);
  transfer->fd = open (transfer->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (transfer->fd < 0 || fstat (transfer->fd, &info) != 0)
    return sv_error_set_errno (error, errno, "open", transfer->part);
  transfer->offset = (guint64)info.st_size;
  return TRUE;
}

static void
add_header (HeaderList **list, const char *name, const char *value)
{
  g_autofree char *line = g_strdup_printf ("%s: %s", name, value);
  *list = sv_curl.slist_append (*list, line);
}

/* Asks only for what is not here yet: nothing if the file is the newest, the rest of a broken
 * transfer if its version is still the server's. */
static HeaderList *
conditions_of (Transfer *transfer)
{
  HeaderList *list = NULL;
  g_auto (SvFetchState) part = {0};
  g_auto (SvFetchState) whole = {0};
  sv_fetch_state_load (transfer->part, transfer->url, &part);
  const char *strong = sv_fetch_state_find_strong (&part);
  if (transfer->offset > 0 && strong != NULL) {
    g_autofree char *range = g_strdup_printf ("bytes=%" G_GUINT64_FORMAT "-", transfer->offset);
    add_header (&list, "Range", range);
    add_header (&list, "If-Range", strong);
    return list;
  }
  transfer->offset = 0;
  if (!g_file_test (transfer->request->path, G_FILE_TEST_IS_REGULAR))
    return list;
  sv_fetch_state_load (transfer->request->path, transfer->url, &whole);
  if (whole.etag != NULL)
    add_header (&list, "If-None-Match", whole.etag);
  else if (whole.last_modified != NULL)
    add_header (&list, "If-Modified-Since", whole.last_modified);
  return list;
}

static void
set_trust (CURL *curl, const char *ca_file)
{
  sv_curl.easy_setopt (curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2); /* or later */
  sv_curl.easy_setopt (curl, CURLOPT_SSL_VERIFYPEER, 1L);
  sv_curl.easy_setopt (curl, CURLOPT_SSL_VERIFYHOST, 2L);
  if (ca_file == NULL)
    return;
  sv_curl.easy_setopt (curl, CURLOPT_CAINFO, ca_file);
  sv_curl.easy_setopt (curl, CURLOPT_CAPATH, NULL); /* nobody else */
}

static void
set_options (Transfer *transfer, const HeaderList *headers, char *error_text)
{
  const SvFetchRequest *request = transfer->request;
  CURL *curl = transfer->curl;
  sv_curl.easy_setopt (curl, CURLOPT_URL, transfer->url);
  sv_curl.easy_setopt (curl, CURLOPT_PROTOCOLS_STR, request->allow_http ? "http,https" : "https");
  set_trust (curl, request->ca_file);
  sv_curl.easy_setopt (curl, CURLOPT_PROXY, request->proxy != NULL ? request->proxy : "");
  sv_curl.easy_setopt (curl, CURLOPT_FOLLOWLOCATION, 0L);
  sv_curl.easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
  sv_curl.easy_setopt (curl, CURLOPT_HTTPHEADER, headers);
  sv_curl.easy_setopt (curl, CURLOPT_USERAGENT, "salve/" SALVE_VERSION);
  sv_curl.easy_setopt (curl, CURLOPT_CONNECTTIMEOUT_MS, (long)SV_LIMIT_CONNECT_MS);
  sv_curl.easy_setopt (curl, CURLOPT_TIMEOUT_MS,
                       (long)(request->timeout_ms != 0 ? request->timeout_ms : SV_LIMIT_FETCH_MS));
  sv_curl.easy_setopt (curl, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES_PER_SECOND);
  sv_curl.easy_setopt (curl, CURLOPT_LOW_SPEED_TIME, (long)SLOW_SECONDS);
  sv_curl.easy_setopt (curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)transfer->max_bytes);
  sv_curl.easy_setopt (curl, CURLOPT_HEADERFUNCTION, on_header);
  sv_curl.easy_setopt (curl, CURLOPT_HEADERDATA, transfer);
  sv_curl.easy_setopt (curl, CURLOPT_WRITEFUNCTION, on_body);
  sv_curl.easy_setopt (curl, CURLOPT_WRITEDATA, transfer);
  sv_curl.easy_setopt (curl, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
  sv_curl.easy_setopt (curl, CURLOPT_OPENSOCKETDATA, transfer);
  sv_curl.easy_setopt (curl, CURLOPT_ERRORBUFFER, error_text);
}

/* -- The answer -- */

static SvError
error_of_curl (CURLcode code)
{
  switch ((int)code) {
  case CURLE_OPERATION_TIMEDOUT:
    return SV_ERROR_TIMEOUT;
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CACERT_BADFILE:
  case CURLE_SSL_ISSUER_ERROR:
    return SV_ERROR_UNTRUSTED;
  case CURLE_FILESIZE_EXCEEDED:
    return SV_ERROR_LIMIT;
  default:
    return SV_ERROR_UNREACHABLE;
  }
}

static gboolean
fail_transfer (Transfer *transfer, CURLcode code, const char *error_text, GError **error)
{
  if (transfer->error != NULL) {
    g_propagate_error (error, g_steal_pointer (&transfer->error));
    return FALSE;
  }
  if (transfer->refused != NULL && code == CURLE_COULDNT_CONNECT) {
    g_set_error (error, SV_ERROR, SV_ERROR_DENIED,
                 "the name leads to %s, an address inside: allow private addresses for this "
                 "source if it is meant",
                 transfer->refused);
    return FALSE;
  }
  g_set_error (error, SV_ERROR, (int)error_of_curl (code), "%s",
               *error_text != '\0' ? error_text : sv_curl.easy_strerror (code));
  return FALSE;
}

static const struct {
  long status;
  SvError code;
} status_errors[] = {{401, SV_ERROR_DENIED},    {403, SV_ERROR_DENIED}, {404, SV_ERROR_NOT_FOUND},
                     {410, SV_ERROR_NOT_FOUND}, {407, SV_ERROR_DENIED}, {408, SV_ERROR_TIMEOUT}};

static gboolean
fail_status (long status, GError **error)
{
  SvError code = SV_ERROR_UNREACHABLE;
  for (guint i = 0; i < G_N_ELEMENTS (status_errors); i++)
    if (status_errors[i].status == status)
      code = status_errors[i].code;
  g_set_error (error, SV_ERROR, (int)code, "the server answered %ld", status);
  return FALSE;
}

static void
drop_part (Transfer *transfer)
{
  unlink (transfer->part);
  sv_fetch_state_remove (transfer->part);
}

/* The whole file is here: it takes the place of the old one. Its state goes first, so that a crash
 * between the two leaves at worst a file that is fetched again. */
static gboolean
finish (Transfer *transfer, SvFetchResult *result, GError **error)
{
  const char *path = transfer->request->path;
  g_auto (SvFetchState) state = {0};
  if (!transfer->begun && !begin_body (transfer)) { /* an empty answer */
    g_propagate_error (error, g_steal_pointer (&transfer->error));
    return FALSE;
  }
  sv_fetch_state_load (transfer->part, transfer->url, &state);
  sv_fetch_state_remove (path);
  if (fsync (transfer->fd) != 0)
    return sv_error_set_errno (error, errno, "write", transfer->part);
  if (rename (transfer->part, path) != 0)
    return sv_error_set_errno (error, errno, "replace", path);
  sv_fetch_state_remove (transfer->part);
  result->size_bytes = transfer->offset;
  if (state.last_modified != NULL)
    sv_time_parse_mail (state.last_modified, &result->modified_at_us, NULL);
  return state.url == NULL || sv_fetch_state_save (path, &state, error);
}

static gboolean
keep_old (const Transfer *transfer, SvFetchResult *result, GError **error)
{
  struct stat info;
  g_auto (SvFetchState) state = {0};
  if (stat (transfer->request->path, &info) != 0)
    return sv_error_set_errno (error, errno, "read", transfer->request->path);
  sv_fetch_state_load (transfer->request->path, transfer->url, &state);
  result->not_modified = TRUE;
  result->size_bytes = (guint64)info.st_size;
  if (state.last_modified != NULL)
    sv_time_parse_mail (state.last_modified, &result->modified_at_us, NULL);
  return TRUE;
}

typedef enum { DONE, FAILED, REDIRECTED, AGAIN } Outcome;

static Outcome
take_answer (Transfer *transfer, SvFetchResult *result, GError **error)
{
  long status = status_of (transfer);
  if (status == 206)
    result->resumed = TRUE;
  if (status == 200 || status == 206)
    return finish (transfer, result, error) ? DONE : FAILED;
  if (status == 416) { /* what is here is no part of what is there */
    drop_part (transfer);
    return AGAIN;
  }
  if (status != 304 && status >= 300 && status < 400 && transfer->location != NULL)
    return REDIRECTED;
  if (transfer->offset == 0)
    drop_part (transfer);
  if (status == 304)
    return keep_old (transfer, result, error) ? DONE : FAILED;
  return fail_status (status, error), FAILED;
}

static Outcome
run_transfer (Transfer *transfer, SvFetchResult *result, GError **error)
{
  char error_text[CURL_ERROR_SIZE] = "";
  if (!open_part (transfer, error))
    return FAILED;
  g_autoptr (HeaderList) headers = conditions_of (transfer);
  g_autoptr (CURL) curl = sv_curl.easy_init ();
  transfer->curl = curl;
  set_options (transfer, headers, error_text);
  CURLcode code = sv_curl.easy_perform (curl);
  long status = status_of (transfer);
  gboolean ignored = code == CURLE_WRITE_ERROR && transfer->error == NULL && status >= 300;
  if (code == CURLE_OK || ignored)
    return take_answer (transfer, result, error);
  if (sv_error_is (transfer->error, SV_ERROR_LIMIT) || transfer->offset == 0)
    drop_part (transfer);
  return fail_transfer (transfer, code, error_text, error), FAILED;
}

/* New URL of the next hop, or NULL: only HTTPS, or the scheme it was, and the same host. */
static char *
follow (const Transfer *transfer, GError **error)
{
  g_autoptr (CURLU) next = sv_curl.url ();
  g_auto (Place) from = {0};
  g_auto (Place) to = {0};
  char *url = NULL;
  gboolean resolved = sv_curl.url_set (next, CURLUPART_URL, transfer->url, 0) == CURLUE_OK &&
                      sv_curl.url_set (next, CURLUPART_URL, transfer->location, 0) == CURLUE_OK &&
                      sv_curl.url_get (next, CURLUPART_URL, &url, 0) == CURLUE_OK;
  g_autofree char *copy = g_strdup (url);
  sv_curl.free (url);
  if (resolved && find_place (transfer->request, copy, &to, NULL) &&
      find_place (transfer->request, transfer->url, &from, NULL) &&
      g_ascii_strcasecmp (from.host, to.host) == 0 &&
      (strcmp (to.scheme, "https") == 0 || strcmp (to.scheme, from.scheme) == 0))
    return g_steal_pointer (&copy);
  g_autofree char *target = sv_text_printable (transfer->location);
  g_set_error (error, SV_ERROR, SV_ERROR_DENIED,
               "it redirects to '%s': register that URL if you trust it", target);
  return NULL;
}

static gboolean
fetch_hops (const SvFetchRequest *request, SvFetchResult *result, GError **error)
{
  g_autofree char *url = g_strdup (request->url);
  for (guint hop = 0; hop <= SV_LIMIT_REDIRECTS; hop++) {
    g_auto (Transfer) transfer = {.request = request,
                                  .url = url,
                                  .fd = -1,
                                  .range_start = -1,
                                  .max_bytes = request->max_bytes != 0 ? request->max_bytes
                                                                       : SV_LIMIT_FETCH_BYTES};
    Outcome outcome = run_transfer (&transfer, result, error);
    if (outcome == DONE || outcome == FAILED)
      return outcome == DONE;
    char *next = outcome == REDIRECTED ? follow (&transfer, error) : g_strdup (url);
    if (next == NULL)
      return FALSE;
    g_free (url);
    url = next;
  }
  g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "more than %d redirects", SV_LIMIT_REDIRECTS);
  return FALSE;
}

gboolean
sv_fetch (const SvFetchRequest *request, SvFetchResult *ret_result, GError **error)
{
  g_auto (Place) place = {0};
  SvFetchResult result = {0};
  if (!sv_curl_load (error) || !find_place (request, request->url, &place, error))
    return FALSE;
  if (!fetch_hops (request, &result, error)) {
    g_prefix_error (error, "cannot fetch '%s': ", request->url);
    return FALSE;
  }
  *ret_result = result;
  return TRUE;
}
