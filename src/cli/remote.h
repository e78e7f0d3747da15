/* Talking to a server as somebody: with an API token, or in the session of 'salve login'. */
#pragma once

#include "cli/cli.h"

#include "net/net.h"

/* The server that is named, and who asks: --token, or the session that is kept for it. */
SvClient *sv_remote_connect (const SvCli *cli, GError **error);

/* The call; where the server wants a fresh proof of who asks, their password is asked for on the
 * terminal, and the call is made again. *@client may be another one afterwards. */
gboolean sv_remote_call (const SvCli *cli, SvClient **client, const SvClientCall *call,
                         gpointer *ret_answer, GError **error);

/* Keeps the session that the last answer set, for the server; nobody else can read it. @cookie
 * NULL: forgets it. */
gboolean sv_remote_keep_session (const SvCli *cli, const char *cookie, GError **error);

/* -- The terminal -- */

/* Whether what is about to be changed is meant: --yes, or "y" on the terminal. SV_ERROR_USAGE
 * without either. */
gboolean sv_terminal_confirm (const SvCli *cli, const char *what, GError **error);
/* New string: one line, asked for on the terminal; @secret: not shown. SV_ERROR_USAGE if there is
 * no terminal. */
char *sv_terminal_ask (const char *question, gboolean secret, GError **error);
