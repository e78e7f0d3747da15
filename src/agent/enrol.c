/* How a host becomes one of the fleet. */
#include "agent/agent.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/* --- what it is from now on --- */

static GBytes *
join (const char *certificate, GBytes *key)
{
  GByteArray *both = g_byte_array_new ();
  g_byte_array_append (both, (const guint8 *)certificate, (guint)strlen (certificate));
  g_byte_array_append (both, g_bytes_get_data (key, NULL), (guint)g_bytes_get_size (key));
  return g_byte_array_free_to_bytes (both);
}

gboolean
sv_agent_take_identity (const SvStateDir *dir, SvMemory *memory, const SvEnrolled *enrolled,
                        GBytes *key, GError **error)
{
  g_auto (SvCertificate) certificate = {0};
  g_autoptr (GBytes) identity = join (enrolled->certificate, key);
  if (!sv_certificate_read (identity, &certificate, error) ||
      !sv_state_dir_put (dir, SV_STATE_IDENTITY, identity, error))
    return FALSE;
  sv_text_set (&memory->host, enrolled->host);
  memory->expires_at_us = certificate.ends_at_us;
  memory->renew_at_us = sv_agent_renew_at (sv_time_now (), certificate.ends_at_us);
  return sv_state_dir_save (dir, memory, error);
}

/* --- enrolling --- */

/* What the server is trusted by is kept, so that the file may go. */
static gboolean
keep_ca (const SvAgentOptions *options, const SvStateDir *dir, GError **error)
{
  const char *old = sv_state_dir_find_ca (dir);
  if (options->ca == NULL)
    return old == NULL || g_unlink (old) == 0 || sv_error_set_errno (error, errno, "remove", old);
  g_autoptr (GBytes) ca = sv_file_read (options->ca, SV_LIMIT_SMALL_FILE_BYTES, error);
  return ca != NULL && sv_state_dir_put (dir, SV_STATE_CA, ca, error);
}

static SvEnrolled *
ask (const SvAgentOptions *options, const char *token, GBytes *key, GError **error)
{
  const SvClientOptions with = {.url = options->server, .ca_file = options->ca};
  g_autoptr (SvClient) client = sv_client_new (&with, error);
  g_autoptr (GBytes) csr = client != NULL ? sv_csr_new (key, NULL, error) : NULL;
  if (csr == NULL)
    return NULL;
  gsize size;
  const char *pem = g_bytes_get_data (csr, &size);
  g_autofree char *text = g_strndup (pem, size);
  const SvEnrolment enrolment = {(char *)token, text, (char *)g_get_host_name ()};
  const SvClientCall call = {.method = "POST",
                             .path = "/api/v1/agent/enrol",
                             .body_type = &sv_enrolment_type,
                             .body = &enrolment,
                             .answer_type = &sv_enrolled_type};
  gpointer enrolled;
  return sv_client_call (client, &call, &enrolled, error) ? enrolled : NULL;
}

static gboolean
check_may_enrol (const SvAgentOptions *options, const SvStateDir *dir, GError **error)
{
  if (options->server == NULL || !g_str_has_prefix (options->server, "https://")) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE,
                         "a host enrols by TLS: --server https://salve.example:8443");
    return FALSE;
  }
  g_autoptr (SvMemory) memory = sv_state_dir_load (dir, NULL);
  if (memory == NULL || options->force)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_EXISTS,
               "this host has enrolled at '%s' as '%s'; --force makes it a new one", memory->server,
               memory->host);
  return FALSE;
}

gboolean
sv_agent_enrol_host (const SvAgentOptions *options, GError **error)
{
  g_autofree char *token = sv_agent_options_read_token (options, error);
  g_autoptr (SvStateDir) dir =
      token != NULL ? sv_state_dir_open (options->state, SV_STATE_MAKE, error) : NULL;
  if (dir == NULL || !check_may_enrol (options, dir, error))
    return FALSE;
  g_autoptr (GBytes) key = sv_key_new (error);
  g_autoptr (SvEnrolled) enrolled = key != NULL ? ask (options, token, key, error) : NULL;
  if (enrolled == NULL || !keep_ca (options, dir, error))
    return FALSE;
  SvMemory memory = {.server = options->server};
  gboolean taken = sv_agent_take_identity (dir, &memory, enrolled, key, error);
  g_free (memory.host);
  return taken;
}
