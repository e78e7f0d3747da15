#include "cli/remote.h"

#include "access/access.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/* --- the session that is kept --- */

/* One file for each server, so that one session does not go to another. */
static char *
session_path (const char *url)
{
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, url, -1);
  g_autofree char *name = g_strndup (digest, 16);
  return g_build_filename (g_get_user_state_dir (), "salve", "sessions", name, NULL);
}

static char *
load_session (const char *url)
{
  g_autofree char *path = session_path (url);
  g_autoptr (GBytes) content = sv_file_read (path, SV_LIMIT_NAME_BYTES, NULL);
  gsize size = 0;
  const char *data = content != NULL ? g_bytes_get_data (content, &size) : NULL;
  return data != NULL ? g_strndup (data, size) : NULL;
}

gboolean
sv_remote_keep_session (const SvCli *cli, const char *cookie, GError **error)
{
  g_autofree char *path = session_path (sv_cli_get_setting (cli, "server"));
  g_autofree char *folder = g_path_get_dirname (path);
  if (cookie == NULL || g_str_has_suffix (cookie, "=")) { /* the server takes it away */
    if (g_unlink (path) == 0 || errno == ENOENT)
      return TRUE;
    return sv_error_set_errno (error, errno, "remove", path);
  }
  if (g_mkdir_with_parents (folder, 0700) != 0)
    return sv_error_set_errno (error, errno, "make the directory", folder);
  return g_file_set_contents_full (path, cookie, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

/* --- calls --- */

SvClient *
sv_remote_connect (const SvCli *cli, GError **error)
{
  const char *url = sv_cli_get_setting (cli, "server"), *token = sv_cli_get_setting (cli, "token");
  if (url == NULL) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE,
                         "no server is named: --server https://salve.example:8443, or the setting"
                         " 'server'");
    return NULL;
  }
  g_autofree char *cookie = token == NULL ? load_session (url) : NULL;
  const char *secret = cookie != NULL ? strchr (cookie, '=') : NULL;
  g_autofree char *csrf = secret != NULL ? sv_session_csrf (secret + 1) : NULL;
  const SvClientOptions options = {.url = url,
                                   .ca_file = sv_cli_get_setting (cli, "server-ca"),
                                   .token = token,
                                   .cookie = cookie,
                                   .csrf = csrf};
  return sv_client_new (&options, error);
}

typedef struct {
  char *password;
} Proof;

static const SvField proof_fields[] = {
    SV_FIELD (Proof, password, SV_TYPE_STRING, .doc = "Password."),
};
static SV_RECORD_TYPE (proof_type, Proof, "Proof", proof_fields, "Who somebody is.");

/* A new proof makes a new session: the client is made anew with it. */
static gboolean
prove (const SvCli *cli, SvClient **client, GError **error)
{
  g_autofree char *password = sv_terminal_ask ("This needs your password again", TRUE, error);
  if (password == NULL)
    return FALSE;
  const Proof proof = {password};
  const SvClientCall call = {
      .method = "POST", .path = "/api/v1/session/proof", .body_type = &proof_type, .body = &proof};
  if (!sv_client_call (*client, &call, NULL, error) ||
      !sv_remote_keep_session (cli, sv_client_find_cookie (*client), error))
    return FALSE;
  SvClient *fresh = sv_remote_connect (cli, error);
  if (fresh == NULL)
    return FALSE;
  sv_client_free (*client);
  *client = fresh;
  return TRUE;
}

gboolean
sv_remote_call (const SvCli *cli, SvClient **client, const SvClientCall *call, gpointer *ret_answer,
                GError **error)
{
  g_autoptr (GError) cause = NULL;
  if (sv_client_call (*client, call, ret_answer, &cause))
    return TRUE;
  if (!sv_client_must_prove (*client)) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return FALSE;
  }
  return prove (cli, client, error) && sv_client_call (*client, call, ret_answer, error);
}
