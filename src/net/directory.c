#include "net/directory.h"

#include "net/libldap.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define SYSTEM_CA "/etc/ssl/certs/ca-certificates.crt"

/* -- Text in questions -- */

static gboolean
is_here (const char *host)
{
  static const char *const names[] = {"localhost", "127.0.0.1", "::1", NULL};
  return host != NULL && g_strv_contains (names, host);
}

gboolean
sv_directory_check_url (const char *url, gboolean start_tls, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  gboolean plain = uri != NULL && strcmp (g_uri_get_scheme (uri), "ldap") == 0;
  gboolean good = !sv_text_is_empty (host) && g_uri_get_userinfo (uri) == NULL &&
                  g_uri_get_query (uri) == NULL && g_uri_get_fragment (uri) == NULL &&
                  strcmp (g_uri_get_path (uri), "") == 0 &&
                  (plain || strcmp (g_uri_get_scheme (uri), "ldaps") == 0);
  if (good && (plain ? start_tls || is_here (host) : !start_tls))
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE,
               "a directory is written ldaps://dc.example, or ldap://dc.example with start_tls; "
               "without TLS on this machine alone; not '%s'",
               url);
  return FALSE;
}

static char *
escape (const char *value, const char *special)
{
  GString *out = g_string_new (NULL);
  for (const guchar *p = (const guchar *)value; *p != '\0'; p++)
    if (*p <= ' ' || *p == 0x7f || strchr (special, *p) != NULL)
      g_string_append_printf (out, "\\%02x", *p);
    else
      g_string_append_c (out, (char)*p);
  return g_string_free (out, FALSE);
}

char *
sv_directory_escape_filter (const char *value)
{
  return escape (value, "*()\\&|!=<>~{}");
}

char *
sv_directory_escape_dn (const char *value)
{
  return escape (value, ",+\"\\<>;=#");
}

/* -- Asking -- */

/* libldap with GnuTLS turns round and round in a handshake that does not go on, whatever its
 * timeouts say (2.5.13). So each connection has a thread that shuts it when its time is over. */
typedef struct {
  GThread *thread;
  GMutex lock; /* of what follows */
  GCond changed;
  int fd; /* a second one of the connection: libldap closes its own */
  gint64 until_us;
  gboolean ended, late;
} Watch;

struct SvDirectory {
  LDAP *ldap;
  struct timeval timeout;
  ldap_conncb on_connect;
  Watch watch;
  char *url;
  gboolean start_tls;
  gboolean connected;
};

static gpointer
run_watch (gpointer data)
{
  Watch *watch = data;
  g_mutex_lock (&watch->lock);
  while (!watch->ended && !watch->late)
    watch->late = !g_cond_wait_until (&watch->changed, &watch->lock, watch->until_us);
  watch->late = watch->late && !watch->ended;
  if (watch->late)
    shutdown (watch->fd, SHUT_RDWR);
  g_mutex_unlock (&watch->lock);
  close (watch->fd);
  return NULL;
}

static void
end_watch (Watch *watch)
{
  GThread *thread = g_steal_pointer (&watch->thread);
  if (thread == NULL)
    return;
  g_mutex_lock (&watch->lock);
  watch->ended = TRUE;
  g_cond_signal (&watch->changed);
  g_mutex_unlock (&watch->lock);
  g_thread_join (thread);
}

/* Connected: from now on the watch looks at the time, and libldap waits as sockets do. Never fails:
 * libldap would close the connection twice. */
static int
begin_watch (LDAP *ldap, Sockbuf *buffer, LDAPURLDesc *url, struct sockaddr *address,
             ldap_conncb *context)
{
  SvDirectory *directory = context->lc_arg;
  Watch *watch = &directory->watch;
  const struct timeval for_ever = {.tv_sec = -1};
  int fd = -1;
  end_watch (watch);
  sv_ldap.set_option (ldap, LDAP_OPT_NETWORK_TIMEOUT, &for_ever);
  sv_ldap.sockbuf_ctrl (buffer, LBER_SB_OPT_GET_FD, &fd);
  watch->fd = fcntl (fd, F_DUPFD_CLOEXEC, 0);
  if (watch->fd < 0) {
    shutdown (fd, SHUT_RDWR);
    return LDAP_SUCCESS;
  }
  watch->ended = watch->late = FALSE;
  watch->until_us = g_get_monotonic_time () + directory->timeout.tv_sec * SV_SECOND_US +
                    directory->timeout.tv_usec;
  watch->thread = g_thread_new ("directory", run_watch, watch);
  return LDAP_SUCCESS;
}

static void
on_close (LDAP *ldap, Sockbuf *buffer, ldap_conncb *context)
{
}

void
sv_directory_free (SvDirectory *directory)
{
  if (directory == NULL)
    return;
  end_watch (&directory->watch);
  sv_ldap.unbind_ext_s (directory->ldap, NULL, NULL);
  g_mutex_clear (&directory->watch.lock);
  g_cond_clear (&directory->watch.changed);
  g_free (directory->url);
  g_free (directory);
}

/* Each one is set: libldap would take what is not from files and from the environment. */
static gboolean
set_options (SvDirectory *directory, const SvDirectoryOptions *options)
{
  const int version = LDAP_VERSION3, deref = LDAP_DEREF_NEVER, unlimited = LDAP_NO_LIMIT;
  const int demand = LDAP_OPT_X_TLS_DEMAND, client = 0;
  const struct {
    int option;
    const void *value;
  } rows[] = {
      {LDAP_OPT_PROTOCOL_VERSION, &version},
      {LDAP_OPT_REFERRALS, LDAP_OPT_OFF},
      {LDAP_OPT_RESTART, &version}, /* any pointer is on: LDAP_OPT_ON is one into liblber */
      {LDAP_OPT_DEREF, &deref},
      {LDAP_OPT_SIZELIMIT, &unlimited},
      {LDAP_OPT_TIMELIMIT, &unlimited},
      {LDAP_OPT_TIMEOUT, &directory->timeout},
      {LDAP_OPT_NETWORK_TIMEOUT, &directory->timeout},
      {LDAP_OPT_CONNECT_CB, &directory->on_connect},
      {LDAP_OPT_X_TLS_REQUIRE_CERT, &demand},
      {LDAP_OPT_X_TLS_CACERTDIR, ""},
      {LDAP_OPT_X_TLS_CACERTFILE, options->ca_file != NULL ? options->ca_file : SYSTEM_CA},
      {LDAP_OPT_X_TLS_CERTFILE, ""},
      {LDAP_OPT_X_TLS_KEYFILE, ""},
      {LDAP_OPT_X_TLS_CRLFILE, ""},
      {LDAP_OPT_X_TLS_NEWCTX, &client},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (sv_ldap.set_option (directory->ldap, rows[i].option, rows[i].value) != LDAP_OPT_SUCCESS)
      return FALSE;
  return TRUE;
}

SvDirectory *
sv_directory_new (const SvDirectoryOptions *options, GError **error)
{
  LDAP *ldap = NULL;
  if (!sv_directory_check_url (options->url, options->start_tls, error) || !sv_ldap_load (error))
    return NULL;
  if (options->ca_file != NULL && !g_file_test (options->ca_file, G_FILE_TEST_IS_REGULAR)) {
    g_set_error (error, SV_ERROR, SV_ERROR_UNTRUSTED, "there is no file '%s'", options->ca_file);
    return NULL;
  }
  int result = sv_ldap.initialize (&ldap, options->url);
  if (result != LDAP_SUCCESS) {
    g_set_error (error, SV_ERROR, SV_ERROR_FAILED, "cannot ask '%s': %s", options->url,
                 sv_ldap.err2string (result));
    return NULL;
  }
  SvDirectory *directory = g_new0 (SvDirectory, 1);
  directory->ldap = ldap;
  directory->url = g_strdup (options->url);
  directory->start_tls = options->start_tls;
  guint ms = options->timeout_ms != 0 ? options->timeout_ms : SV_LIMIT_PROVIDER_MS;
  directory->timeout = (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
  directory->on_connect = (ldap_conncb){begin_watch, on_close, directory};
  g_mutex_init (&directory->watch.lock);
  g_cond_init (&directory->watch.changed);
  if (set_options (directory, options))
    return directory;
  g_set_error (error, SV_ERROR, SV_ERROR_UNTRUSTED,
               "cannot ask '%s': its authorities cannot be read from '%s'", options->url,
               options->ca_file != NULL ? options->ca_file : SYSTEM_CA);
  sv_directory_free (directory);
  return NULL;
}

static const struct {
  int result;
  SvError code;
} result_errors[] = {{LDAP_INVALID_CREDENTIALS, SV_ERROR_UNAUTHENTICATED},
                     {LDAP_NO_SUCH_OBJECT, SV_ERROR_UNAUTHENTICATED},
                     {LDAP_INVALID_DN_SYNTAX, SV_ERROR_UNAUTHENTICATED},
                     {LDAP_TIMEOUT, SV_ERROR_TIMEOUT},
                     {LDAP_SIZELIMIT_EXCEEDED, SV_ERROR_LIMIT},
                     {LDAP_SERVER_DOWN, SV_ERROR_UNREACHABLE},
                     {LDAP_CONNECT_ERROR, SV_ERROR_UNTRUSTED},
                     {LDAP_BUSY, SV_ERROR_UNREACHABLE},
                     {LDAP_UNAVAILABLE, SV_ERROR_UNREACHABLE}};

static gboolean
is_late (SvDirectory *directory)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&directory->watch.lock);
  return directory->watch.late;
}

static gboolean
fail (SvDirectory *directory, int result, GError **error)
{
  SvError code = SV_ERROR_FAILED;
  if (is_late (directory)) {
    g_set_error (error, SV_ERROR, SV_ERROR_TIMEOUT, "'%s' does not answer in time", directory->url);
    return FALSE;
  }
  char *detail = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (result_errors); i++)
    if (result_errors[i].result == result)
      code = result_errors[i].code;
  sv_ldap.get_option (directory->ldap, LDAP_OPT_DIAGNOSTIC_MESSAGE, &detail);
  g_autofree char *shown = sv_text_printable (detail);
  sv_ldap.memfree (detail);
  g_set_error (error, SV_ERROR, (int)code, "'%s': %s%s%s", directory->url,
               sv_ldap.err2string (result), *shown != '\0' ? ": " : "", shown);
  return FALSE;
}

/* Before anything is said: with GnuTLS libldap does not look at LDAP_OPT_X_TLS_PROTOCOL_MIN, and
 * loses memory for each LDAP_OPT_X_TLS_CIPHER_SUITE (2.5.13). */
static gboolean
check_version (const SvDirectory *directory, GError **error)
{
  static const char *const good[] = {"TLS1.2", "TLS1.3", NULL};
  char *version = NULL;
  if (!directory->start_tls && g_str_has_prefix (directory->url, "ldap:"))
    return TRUE;
  sv_ldap.get_option (directory->ldap, LDAP_OPT_X_TLS_VERSION, &version);
  gboolean new_enough = version != NULL && g_strv_contains (good, version);
  if (!new_enough)
    g_set_error (error, SV_ERROR, SV_ERROR_UNTRUSTED, "'%s' speaks %s: TLS 1.2 or later is needed",
                 directory->url, version != NULL ? version : "no TLS");
  sv_ldap.memfree (version);
  return new_enough;
}

static gboolean
connect_once (SvDirectory *directory, GError **error)
{
  if (directory->connected)
    return TRUE;
  int result = sv_ldap.connect (directory->ldap);
  if (result == LDAP_SUCCESS && directory->start_tls)
    result = sv_ldap.start_tls_s (directory->ldap, NULL, NULL);
  directory->connected =
      result == LDAP_SUCCESS ? check_version (directory, error) : fail (directory, result, error);
  return directory->connected;
}

gboolean
sv_directory_bind (SvDirectory *directory, const char *dn, const char *password, GError **error)
{
  if (dn != NULL && (*dn == '\0' || sv_text_is_empty (password))) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED, "an empty name or password");
    return FALSE;
  }
  if (!connect_once (directory, error))
    return FALSE;
  struct berval secret = {.bv_val = (char *)(dn != NULL ? password : ""),
                          .bv_len = dn != NULL ? strlen (password) : 0};
  int result = sv_ldap.sasl_bind_s (directory->ldap, dn != NULL ? dn : "", LDAP_SASL_SIMPLE,
                                    &secret, NULL, NULL, NULL);
  return result == LDAP_SUCCESS || fail (directory, result, error);
}

/* -- Entries -- */

static void
entry_free (gpointer data)
{
  SvDirectoryEntry *entry = data;
  for (gsize i = 0; i < entry->n_values; i++)
    g_ptr_array_unref (entry->values[i]);
  g_free (entry->values);
  g_free (entry->dn);
  g_free (entry);
}

const char *
sv_directory_entry_get (const SvDirectoryEntry *entry, gsize attribute)
{
  const GPtrArray *values = entry->values[attribute];
  return values->len > 0 ? values->pdata[0] : NULL;
}

static char *
dup_value (const struct berval *value)
{
  if (memchr (value->bv_val, '\0', value->bv_len) == NULL &&
      g_utf8_validate (value->bv_val, (gssize)value->bv_len, NULL))
    return g_strndup (value->bv_val, value->bv_len);
  GString *hex = g_string_new ("0x");
  for (gsize i = 0; i < value->bv_len; i++)
    g_string_append_printf (hex, "%02x", (guchar)value->bv_val[i]);
  return g_string_free (hex, FALSE);
}

static GPtrArray *
read_values (LDAP *ldap, LDAPMessage *message, const char *attribute)
{
  GPtrArray *list = sv_strings_new ();
  struct berval **values = sv_ldap.get_values_len (ldap, message, attribute);
  for (gsize i = 0; values != NULL && values[i] != NULL && i < SV_LIMIT_GROUPS; i++)
    g_ptr_array_add (list, dup_value (values[i]));
  sv_ldap.value_free_len (values);
  return list;
}

static SvDirectoryEntry *
read_entry (LDAP *ldap, LDAPMessage *message, const char *const *attributes)
{
  SvDirectoryEntry *entry = g_new0 (SvDirectoryEntry, 1);
  char *dn = sv_ldap.get_dn (ldap, message);
  entry->dn = g_strdup (dn != NULL ? dn : "");
  sv_ldap.memfree (dn);
  entry->n_values = g_strv_length ((char **)attributes);
  entry->values = g_new0 (GPtrArray *, entry->n_values);
  for (gsize i = 0; i < entry->n_values; i++)
    entry->values[i] = read_values (ldap, message, attributes[i]);
  return entry;
}

GPtrArray *
sv_directory_search (SvDirectory *directory, const SvDirectorySearch *search, GError **error)
{
  LDAP *ldap = directory->ldap;
  LDAPMessage *answer = NULL;
  if (!connect_once (directory, error))
    return NULL;
  int result = sv_ldap.search_ext_s (
      ldap, search->base, search->base_only ? LDAP_SCOPE_BASE : LDAP_SCOPE_SUBTREE, search->filter,
      (char **)search->attributes, 0, NULL, NULL, NULL, (int)search->max, &answer);
  GPtrArray *entries = g_ptr_array_new_with_free_func (entry_free);
  LDAPMessage *at = result == LDAP_SUCCESS ? sv_ldap.first_entry (ldap, answer) : NULL;
  for (; at != NULL; at = sv_ldap.next_entry (ldap, at))
    g_ptr_array_add (entries, read_entry (ldap, at, search->attributes));
  sv_ldap.msgfree (answer);
  if (result == LDAP_SUCCESS || result == LDAP_NO_SUCH_OBJECT)
    return entries;
  g_ptr_array_unref (entries);
  fail (directory, result, error);
  return NULL;
}
