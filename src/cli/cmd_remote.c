/* Commands that ask a server: one row each; what they print is the API's own record. */
#include "cli/host.h"

#include "exposure/exposure.h"
#include "net/net.h"

#include <string.h>

#define PAGE "500"
#define DEFAULT_LIMIT 1000

typedef struct {
  const char *command;
  const char *path; /* "%s" stands for the first argument */
  const SvRecordType *type;
  gboolean is_list;
} Remote;

static const Remote remotes[] = {
    {"fleet", "/api/v1/fleet", &sv_fleet_state_type, FALSE},
    {"host list", "/api/v1/hosts", &sv_host_type, TRUE},
    {"host show", "/api/v1/hosts/%s", &sv_host_type, FALSE},
    {"host inventory", "/api/v1/hosts/%s/inventory", &sv_inventory_type, FALSE},
    {"host findings", "/api/v1/hosts/%s/findings", &sv_finding_type, TRUE},
    {"cve list", "/api/v1/vulnerabilities", &sv_fleet_flaw_type, TRUE},
    {"cve show", "/api/v1/vulnerabilities/%s", &sv_fleet_flaw_type, FALSE},
    {"cve hosts", "/api/v1/vulnerabilities/%s/hosts", &sv_host_type, TRUE},
    {"source list", "/api/v1/feeds", &sv_feed_type, TRUE},
    {"source show", "/api/v1/feeds/%s", &sv_feed_type, FALSE},
};

static const Remote *
find_remote (const SvCli *cli)
{
  const char *name = sv_cli_get_command (cli)->name;
  for (gsize i = 0; i < G_N_ELEMENTS (remotes); i++)
    if (strcmp (remotes[i].command, name) == 0)
      return &remotes[i];
  g_error ("'%s' has no row of what it asks", name);
}

static SvClient *
connect_server (const SvCli *cli, GError **error)
{
  const SvClientOptions options = {.url = sv_cli_get_setting (cli, "server"),
                                   .ca_file = sv_cli_get_setting (cli, "server-ca"),
                                   .token = sv_cli_get_setting (cli, "token")};
  if (options.url != NULL)
    return sv_client_new (&options, error);
  g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE,
                       "no server is named: --server https://salve.example:8443, or the setting"
                       " 'server'");
  return NULL;
}

/* --- what to ask --- */

static gboolean
is_of_connection (const char *option)
{
  static const char *const names[] = {"server", "server-ca", "token", "limit", NULL};
  return g_strv_contains (names, option);
}

/* Every other option of the command is a parameter of the same name. */
static void
append_filters (const SvCli *cli, GString *path)
{
  const SvCommand *command = sv_cli_get_command (cli);
  for (gsize i = 0; i < command->n_options; i++) {
    const char *name = command->options[i].name, *value = sv_cli_find (cli, name);
    if (value == NULL || is_of_connection (name))
      continue;
    g_autofree char *parameter = g_strdelimit (g_strdup (name), "-", '_');
    g_autofree char *escaped = sv_client_escape (value);
    g_string_append_printf (path, "&%s=%s", parameter, escaped);
  }
}

static char *
make_path (const SvCli *cli, const Remote *remote)
{
  const char *place = strstr (remote->path, "%s");
  if (place == NULL)
    return g_strdup (remote->path);
  g_autofree char *escaped = sv_client_escape (sv_cli_get_argument (cli, 0));
  return g_strdup_printf ("%.*s%s%s", (int)(place - remote->path), remote->path, escaped,
                          place + strlen ("%s"));
}

/* --- lists, page by page --- */

typedef struct {
  SvCli *cli;
  const Remote *remote;
  SvClient *client;
  GPtrArray *records;
  gint64 limit;
  gint64 total;
} Listing;

static void
take_page (Listing *listing, GPtrArray *page)
{
  for (guint i = 0; i < page->len; i++)
    if (listing->records->len < listing->limit)
      g_ptr_array_add (listing->records, page->pdata[i]);
    else
      sv_record_free (listing->remote->type, page->pdata[i]);
}

static gboolean
ask_page (Listing *listing, char **cursor, GError **error)
{
  g_autofree char *base = make_path (listing->cli, listing->remote);
  g_autoptr (GString) path = g_string_new (base);
  g_string_append (path, "?limit=" PAGE);
  append_filters (listing->cli, path);
  if (*cursor != NULL) {
    g_autofree char *escaped = sv_client_escape (*cursor);
    g_string_append_printf (path, "&cursor=%s", escaped);
  }
  const SvClientCall call = {
      .method = "GET", .path = path->str, .answer_type = listing->remote->type};
  g_autoptr (GPtrArray) page = NULL;
  char *next = NULL;
  if (!sv_client_list (listing->client, &call, &page, &next, &listing->total, error))
    return FALSE;
  take_page (listing, page);
  sv_text_take (cursor, next);
  return TRUE;
}

static gboolean
read_limit (const SvCli *cli, gint64 *ret_limit, GError **error)
{
  const char *text = sv_cli_find (cli, "limit");
  *ret_limit = DEFAULT_LIMIT;
  if (text == NULL || (sv_text_parse_int64 (text, ret_limit, NULL) && *ret_limit > 0))
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "--limit '%.32s': write a number from 1 on", text);
  return FALSE;
}

static gboolean
ask_all (Listing *listing, GError **error)
{
  g_autofree char *cursor = NULL;
  do {
    if (!ask_page (listing, &cursor, error))
      return FALSE;
  } while (cursor != NULL && listing->records->len < listing->limit);
  if (listing->total > listing->records->len)
    sv_log (SV_LOG_WARNING, "%u of %" G_GINT64_FORMAT " are shown: --limit shows more",
            listing->records->len, listing->total);
  return TRUE;
}

static int
run_list (Listing *listing, GError **error)
{
  gboolean written =
      ask_all (listing, error) &&
      sv_cli_write_records (listing->cli, listing->remote->type, listing->records, error);
  for (guint i = 0; i < listing->records->len; i++)
    sv_record_free (listing->remote->type, listing->records->pdata[i]);
  return written ? SV_EXIT_OK : SV_EXIT_FAILED;
}

static int
run_one (SvCli *cli, const Remote *remote, SvClient *client, GError **error)
{
  g_autofree char *path = make_path (cli, remote);
  const SvClientCall call = {.method = "GET", .path = path, .answer_type = remote->type};
  gpointer record = NULL;
  if (!sv_client_call (client, &call, &record, error))
    return SV_EXIT_FAILED;
  gboolean written = sv_cli_write_record (cli, remote->type, record, error);
  sv_record_free (remote->type, record);
  return written ? SV_EXIT_OK : SV_EXIT_FAILED;
}

int
sv_cmd_remote (SvCli *cli, GError **error)
{
  const Remote *remote = find_remote (cli);
  gint64 limit;
  if (!read_limit (cli, &limit, error))
    return SV_EXIT_USAGE;
  g_autoptr (SvClient) client = connect_server (cli, error);
  if (client == NULL)
    return SV_EXIT_FAILED;
  if (!remote->is_list)
    return run_one (cli, remote, client, error);
  g_autoptr (GPtrArray) records = g_ptr_array_new ();
  Listing listing = {cli, remote, client, records, limit, -1};
  return run_list (&listing, error);
}

/* --- importing a host that has no agent --- */

static gboolean
send_report (SvClient *client, const char *host, SvInventory *inventory,
             SvCheckinAnswer **ret_answer, GError **error)
{
  g_autofree char *escaped = sv_client_escape (host);
  g_autofree char *path = g_strdup_printf ("/api/v1/hosts/%s/report", escaped);
  SvCheckin *checkin = sv_checkin_new (inventory, NULL, TRUE);
  const SvClientCall call = {.method = "PUT",
                             .path = path,
                             .body_type = &sv_checkin_type,
                             .body = checkin,
                             .answer_type = &sv_checkin_answer_type};
  gboolean sent = sv_client_call (client, &call, (gpointer *)ret_answer, error);
  sv_checkin_free_lent (checkin);
  return sent;
}

int
sv_cmd_host_import (SvCli *cli, GError **error)
{
  g_autoptr (SvClient) client = connect_server (cli, error);
  g_autoptr (SvHostView) view =
      client != NULL ? sv_host_view_new (cli, SV_VIEW_LOCAL, error) : NULL;
  if (view == NULL)
    return SV_EXIT_FAILED;
  SvCheckinAnswer *answer = NULL;
  if (!send_report (client, sv_cli_get_argument (cli, 0),
                    (SvInventory *)sv_host_view_get_inventory (view), &answer, error))
    return SV_EXIT_FAILED;
  gboolean written = sv_cli_write_record (cli, &sv_checkin_answer_type, answer, error);
  sv_record_free (&sv_checkin_answer_type, answer);
  return written ? SV_EXIT_OK : SV_EXIT_FAILED;
}
