/* The authority, with openssl as its judge. */
#include "net/ca.h"

#include "base/test_run.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  char *path;
  SvIdentity ca;
  gint64 now_us;
} Fixture;

static void
setup (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  fixture->path = g_dir_make_tmp ("salve-ca-XXXXXX", NULL);
  fixture->now_us = sv_time_now ();
  sv_ca_new ("salve test", fixture->now_us, &fixture->ca, &error);
  g_assert_no_error (error);
}

static void
teardown (Fixture *fixture, gconstpointer unused)
{
  sv_identity_clear (&fixture->ca);
  SV_TEST_RUN ("rm", "-r", fixture->path);
  g_free (fixture->path);
}

static char *
put (const Fixture *fixture, const char *name, GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  char *path = g_build_filename (fixture->path, name, NULL);
  g_assert_true (g_file_set_contents (path, data, (gssize)size, NULL));
  return path;
}

/* What openssl answers, and whether it is content. */
#define OPENSSL(...) openssl ((const char *const[]){"openssl", __VA_ARGS__, NULL})
static char *
openssl (const char *const *argv)
{
  g_auto (SvRunResult) result = {0};
  g_assert_true (sv_run (argv, NULL, &result, NULL));
  return g_strdup_printf ("%d %s%s", result.exit_code, result.output->str, result.errors->str);
}

static void
assert_says (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("'%s' is not in: %s", part, text);
}

static char *
describe (const Fixture *fixture, GBytes *certificate)
{
  g_autofree char *path = put (fixture, "described.pem", certificate);
  return OPENSSL ("x509", "-in", path, "-noout", "-text");
}

static char *
verify (const Fixture *fixture, GBytes *certificate, const char *purpose)
{
  g_autofree char *ca = put (fixture, "ca.pem", fixture->ca.certificate);
  g_autofree char *path = put (fixture, "verified.pem", certificate);
  return OPENSSL ("verify", "-x509_strict", "-CAfile", ca, "-purpose", purpose, path);
}

static void
test_authority (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *text = describe (fixture, fixture->ca.certificate);
  assert_says (text, "CA:TRUE, pathlen:0");
  assert_says (text, "Certificate Sign");
  assert_says (text, "prime256v1");
  g_autofree char *verdict = verify (fixture, fixture->ca.certificate, "any");
  assert_says (verdict, "0 ");
}

static GBytes *
sign (const Fixture *fixture, GBytes *csr, gint64 lifetime_s, GError **error)
{
  const SvCertificateOptions options = {"host-1", fixture->now_us, lifetime_s};
  return sv_ca_sign_client (&fixture->ca, csr, &options, error);
}

static void
test_client (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = sv_key_new (&error);
  g_autoptr (GBytes) csr = sv_csr_new (key, "somebody-else", &error);
  g_autofree char *asked = put (fixture, "asked.pem", csr);
  g_autofree char *request = OPENSSL ("req", "-in", asked, "-noout", "-verify", "-text");
  assert_says (request, "somebody-else");
  g_autoptr (GBytes) certificate = sign (fixture, csr, 3600, &error);
  g_assert_no_error (error);
  g_autofree char *text = describe (fixture, certificate);
  assert_says (text, "Subject: CN = host-1");
  assert_says (text, "CA:FALSE");
  assert_says (text, "TLS Web Client Authentication");
  g_assert_null (strstr (text, "somebody-else"));
  g_assert_null (strstr (text, "TLS Web Server"));
  g_autofree char *as_client = verify (fixture, certificate, "sslclient");
  g_autofree char *as_server = verify (fixture, certificate, "sslserver");
  assert_says (as_client, "0 ");
  g_assert_cmpint (*as_server, !=, '0');
}

static void
test_read (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) key = sv_key_new (NULL);
  g_autoptr (GBytes) csr = sv_csr_new (key, NULL, NULL);
  g_autoptr (GBytes) certificate = sign (fixture, csr, 3600, NULL), again = NULL;
  g_auto (SvCertificate) read = {0};
  g_assert_true (sv_certificate_read (certificate, &read, NULL));
  g_assert_cmpstr (read.name, ==, "host-1");
  g_assert_cmpint (read.ends_at_us / SV_SECOND_US, ==, fixture->now_us / SV_SECOND_US + 3600);
  g_assert_cmpint (read.begins_at_us, <, fixture->now_us);
  g_autofree char *path = put (fixture, "c.pem", certificate);
  g_autofree char *said = OPENSSL ("x509", "-in", path, "-noout", "-fingerprint", "-sha256");
  g_autoptr (GString) digits = g_string_new (strchr (said, '=') + 1);
  g_string_replace (digits, ":", "", 0);
  g_autofree char *lower = g_ascii_strdown (digits->str, 64);
  g_assert_cmpstr (read.fingerprint, ==, lower);

  again = sign (fixture, csr, 3600, NULL); /* another serial, the same key */
  g_auto (SvCertificate) other = {0};
  g_assert_true (sv_certificate_read (again, &other, NULL));
  g_assert_cmpstr (read.key_id, ==, other.key_id);
  g_assert_cmpstr (read.fingerprint, !=, other.fingerprint);
}

static void
test_end_of_authority (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) key = sv_key_new (NULL);
  g_autoptr (GBytes) csr = sv_csr_new (key, NULL, NULL);
  g_autoptr (GBytes) certificate = sign (fixture, csr, 2 * SV_CA_LIFETIME_S, NULL);
  g_auto (SvCertificate) read = {0}, ca = {0};
  g_assert_true (sv_certificate_read (certificate, &read, NULL));
  g_assert_true (sv_certificate_read (fixture->ca.certificate, &ca, NULL));
  g_assert_cmpint (read.ends_at_us, ==, ca.ends_at_us);
}

static void
test_server (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) names = sv_strings_new ();
  for (const char *const *name =
           (const char *const[]){"salve.example", "192.0.2.7", "2001:db8::7", NULL};
       *name != NULL; name++)
    g_ptr_array_add (names, g_strdup (*name));
  g_auto (SvIdentity) server = {0};
  sv_ca_new_server (&fixture->ca, names, fixture->now_us, &server, &error);
  g_assert_no_error (error);
  g_autofree char *text = describe (fixture, server.certificate);
  assert_says (text, "TLS Web Server Authentication");
  assert_says (text, "DNS:salve.example, IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:0:0:7");
  g_autofree char *as_server = verify (fixture, server.certificate, "sslserver");
  g_autofree char *as_client = verify (fixture, server.certificate, "sslclient");
  assert_says (as_server, "0 ");
  g_assert_cmpint (*as_client, !=, '0');
}

static void
expect_refused (const Fixture *fixture, GBytes *csr)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (sign (fixture, csr, 3600, &error));
  if (!sv_error_is (error, SV_ERROR_INVALID_DATA))
    g_error ("%s", error->message);
}

/* One byte of the request at a time: whatever it is, it must not be signed as if it were whole. */
static void
test_broken_requests (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) key = sv_key_new (NULL);
  g_autoptr (GBytes) csr = sv_csr_new (key, "host", NULL);
  gsize size;
  const char *text = g_bytes_get_data (csr, &size);
  const char *body = strchr (text, '\n') + 1, *end = strstr (text, "\n-----END");
  for (const char *at = body; at < end; at++) {
    if (*at == '\n' || *at == '=')
      continue;
    g_autofree char *broken = g_strndup (text, size);
    broken[at - text] = *at == 'A' ? 'B' : 'A';
    g_autoptr (GBytes) bytes = g_bytes_new (broken, size);
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) certificate = sign (fixture, bytes, 60, &error);
    if (certificate == NULL)
      g_assert_true (sv_error_is (error, SV_ERROR_INVALID_DATA));
    else
      g_assert_true (at + 3 >= end); /* bits behind the last byte */
  }
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  expect_refused (fixture, nothing);
  expect_refused (fixture, fixture->ca.certificate);
}

static void
test_weak_key (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->path, "weak.pem", NULL);
  g_autofree char *key = g_build_filename (fixture->path, "weak.key", NULL);
  SV_TEST_RUN ("openssl", "req", "-newkey", "rsa:1024", "-nodes", "-keyout", key, "-out", path,
               "-subj", "/CN=weak");
  g_autoptr (GBytes) csr = sv_file_read (path, SV_LIMIT_SMALL_FILE_BYTES, NULL);
  expect_refused (fixture, csr);
}

static void
test_secret (void)
{
  g_autofree char *one = sv_secret_new (), *two = sv_secret_new ();
  g_assert_cmpuint (strlen (one), ==, 64);
  g_assert_cmpstr (one, !=, two);
}

#define ADD(path, run) g_test_add (path, Fixture, NULL, setup, run, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/ca/authority", test_authority);
  ADD ("/ca/client", test_client);
  ADD ("/ca/read", test_read);
  ADD ("/ca/end-of-authority", test_end_of_authority);
  ADD ("/ca/server", test_server);
  ADD ("/ca/broken-requests", test_broken_requests);
  ADD ("/ca/weak-key", test_weak_key);
  g_test_add_func ("/ca/secret", test_secret);
  return g_test_run ();
}
