/* Logging in to a server, and out. */
#include "cli/remote.h"

typedef struct {
  char *login, *password, *totp;
} Login;

static const SvField login_fields[] = {
    SV_FIELD (Login, login, SV_TYPE_STRING, .doc = "Login name."),
    SV_FIELD (Login, password, SV_TYPE_STRING, .doc = "Password."),
    SV_FIELD (Login, totp, SV_TYPE_STRING, .doc = "Code of the second factor."),
};
static SV_RECORD_TYPE (login_type, Login, "Login", login_fields, "Who logs in.");

static void
login_clear (Login *login)
{
  sv_record_clear (&login_type, login);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Login, login_clear)

static gboolean
read_password (const SvCli *cli, char **ret_password, GError **error)
{
  if (!sv_cli_has (cli, "password-stdin"))
    *ret_password = sv_terminal_ask ("Password", TRUE, error);
  else if (sv_cli_read_line (ret_password, error) && *ret_password == NULL)
    g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE, "no password on standard input");
  return *ret_password != NULL;
}

static gboolean
fill_in (const SvCli *cli, Login *login, GError **error)
{
  if (sv_cli_get_n_arguments (cli) > 0)
    login->login = g_strdup (sv_cli_get_argument (cli, 0));
  else
    login->login = sv_terminal_ask ("Login name", FALSE, error);
  login->totp = g_strdup (sv_cli_find (cli, "code"));
  return login->login != NULL && read_password (cli, &login->password, error);
}

int
sv_cmd_login (SvCli *cli, GError **error)
{
  g_auto (Login) login = {0};
  g_autoptr (SvClient) client = sv_remote_connect (cli, error);
  if (client == NULL || !fill_in (cli, &login, error))
    return SV_EXIT_FAILED;
  const SvClientCall call = {
      .method = "POST", .path = "/api/v1/session", .body_type = &login_type, .body = &login};
  return sv_client_call (client, &call, NULL, error) &&
                 sv_remote_keep_session (cli, sv_client_find_cookie (client), error)
             ? SV_EXIT_OK
             : SV_EXIT_FAILED;
}

/* The session ends on the server; one that has ended already is forgotten all the same. */
int
sv_cmd_logout (SvCli *cli, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvClient) client = sv_remote_connect (cli, error);
  if (client == NULL)
    return SV_EXIT_FAILED;
  const SvClientCall call = {.method = "DELETE", .path = "/api/v1/session"};
  gboolean ended =
      sv_client_call (client, &call, NULL, &cause) || sv_error_is (cause, SV_ERROR_UNAUTHENTICATED);
  if (!sv_remote_keep_session (cli, NULL, error))
    return SV_EXIT_FAILED;
  if (!ended)
    g_propagate_error (error, g_steal_pointer (&cause));
  return ended ? SV_EXIT_OK : SV_EXIT_FAILED;
}
