#include "server/tls.h"

#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>

void
sv_tls_files_clear (SvTlsFiles *files)
{
  g_clear_pointer (&files->certificate, g_bytes_unref);
  g_clear_pointer (&files->key, g_bytes_unref);
  g_clear_pointer (&files->client_ca, g_bytes_unref);
}

/* --- names --- */

static gboolean
is_wildcard (const char *host)
{
  return strcmp (host, "0.0.0.0") == 0 || strcmp (host, "::") == 0;
}

static gboolean
add_addresses (GPtrArray *names, GError **error)
{
  struct ifaddrs *first;
  if (getifaddrs (&first) != 0)
    return sv_error_set_errno (error, errno, "list", "the addresses of this machine");
  for (const struct ifaddrs *at = first; at != NULL; at = at->ifa_next) {
    if (at->ifa_addr == NULL ||
        (at->ifa_addr->sa_family != AF_INET && at->ifa_addr->sa_family != AF_INET6))
      continue;
    g_autofree char *address = sv_address_format (at->ifa_addr);
    sv_strings_add_distinct (names, address);
  }
  freeifaddrs (first);
  return TRUE;
}

/* Whatever clients may call @host by; nobody is asked, the resolver neither. */
static GPtrArray *
list_names (const SvOptions *options, const char *host, GError **error)
{
  g_autoptr (GPtrArray) names = sv_strings_new ();
  g_auto (GStrv) given =
      g_strsplit_set (options->tls_name != NULL ? options->tls_name : "", ", ", -1);
  for (char **name = given; *name != NULL; name++)
    if (**name != '\0')
      sv_strings_add_distinct (names, *name);
  sv_strings_add_distinct (names, g_get_host_name ());
  sv_strings_add_distinct (names, "localhost");
  if (!is_wildcard (host))
    sv_strings_add_distinct (names, host);
  else if (!add_addresses (names, error))
    return NULL;
  return g_steal_pointer (&names);
}

/* --- files --- */

static gboolean
read_file (const char *path, GBytes **ret_bytes, GError **error)
{
  *ret_bytes = sv_file_read (path, SV_LIMIT_SMALL_FILE_BYTES, error);
  return *ret_bytes != NULL;
}

static gboolean
certify (const SvOptions *options, const SvIdentity *ca, const char *host, SvTlsFiles *files,
         GError **error)
{
  g_auto (SvIdentity) server = {0};
  g_autoptr (GPtrArray) names = list_names (options, host, error);
  if (names == NULL || !sv_ca_new_server (ca, names, sv_time_now (), &server, error))
    return FALSE;
  files->certificate = g_steal_pointer (&server.certificate);
  files->key = g_steal_pointer (&server.key);
  return TRUE;
}

/* Both kinds of client, one after the other. */
static GBytes *
join (GBytes *a, GBytes *b)
{
  GByteArray *both = g_byte_array_new ();
  g_byte_array_append (both, g_bytes_get_data (a, NULL), (guint)g_bytes_get_size (a));
  g_byte_array_append (both, (const guint8 *)"\n", 1);
  g_byte_array_append (both, g_bytes_get_data (b, NULL), (guint)g_bytes_get_size (b));
  return g_byte_array_free_to_bytes (both);
}

static gboolean
choose_client_ca (const SvOptions *options, const SvIdentity *ca, SvTlsFiles *files, GError **error)
{
  g_autoptr (GBytes) given = NULL;
  g_auto (SvCertificate) unused = {0};
  if (options->client_ca == NULL) {
    files->client_ca = g_bytes_ref (ca->certificate);
    return TRUE;
  }
  if (!read_file (options->client_ca, &given, error))
    return FALSE;
  if (!sv_certificate_read (given, &unused, error)) {
    g_prefix_error (error, "'%s': ", options->client_ca);
    return FALSE;
  }
  files->client_ca = join (given, ca->certificate);
  return TRUE;
}

gboolean
sv_tls_files_load (const SvOptions *options, const SvIdentity *ca, const char *host,
                   SvTlsFiles *ret_files, GError **error)
{
  gboolean own = sv_options_wants_own_tls (options, host);
  if ((options->tls_cert != NULL &&
       !read_file (options->tls_cert, &ret_files->certificate, error)) ||
      (options->tls_key != NULL && !read_file (options->tls_key, &ret_files->key, error)) ||
      (own && !certify (options, ca, host, ret_files, error)))
    return FALSE;
  return ret_files->certificate == NULL || choose_client_ca (options, ca, ret_files, error);
}
