/* Commands that ask a server, or have it change something: one row each. What they print is the
 * API's own record. */
#include "cli/host.h"
#include "cli/remote.h"

#include "access/access.h"
#include "exposure/exposure.h"

#include <string.h>

#define FLEET "/api/v1/fleet"
#define PAGE "500"
#define DEFAULT_LIMIT 1000

typedef struct {
  const char *command;
  const char *method;
  const char *path;         /* "%s" stands for the next argument */
  const char *members;      /* what the arguments behind those of the path are in the body, by name,
                               separated by ' '; "*": a file that is the body */
  const SvRecordType *type; /* of the answer, of a list: of its items; NULL: it answers nothing */
  enum { ONE, WHOLE, PAGES } form; /* one record, a list at once, a list page by page */
} Remote;

#define SHOW(command, path, type)                                                                  \
  {                                                                                                \
    command, "GET", path, NULL, type, ONE                                                          \
  }
#define FEW(command, path, type)                                                                   \
  {                                                                                                \
    command, "GET", path, NULL, type, WHOLE                                                        \
  }
#define LIST(command, path, type)                                                                  \
  {                                                                                                \
    command, "GET", path, NULL, type, PAGES                                                        \
  }

static const Remote remotes[] = {
    SHOW ("fleet show", FLEET, &sv_fleet_state_type),
    LIST ("fleet days", "/api/v1/exposure-days", &sv_exposure_day_type),
    LIST ("host list", "/api/v1/hosts", &sv_host_type),
    SHOW ("host show", "/api/v1/hosts/%s", &sv_host_type),
    SHOW ("host inventory", "/api/v1/hosts/%s/inventory", &sv_inventory_type),
    LIST ("host gaps", "/api/v1/hosts/%s/gaps", &sv_gap_type),
    LIST ("host history", "/api/v1/hosts/%s/history", &sv_exposure_interval_type),
    LIST ("host baseline", "/api/v1/hosts/%s/baseline", &sv_deviation_type),
    {"host place", "PUT", "/api/v1/hosts/%s/system", "system", NULL, ONE},
    {"host retire", "DELETE", "/api/v1/hosts/%s", NULL, NULL, ONE},
    LIST ("host agents", "/api/v1/agents", &sv_agent_type),
    {"host revoke", "POST", "/api/v1/agents/%s/revoke", NULL, NULL, ONE},
    {"count run", "POST", "/api/v1/inventory-audits", "", &sv_inventory_audit_type, ONE},
    LIST ("count list", "/api/v1/inventory-audits", &sv_inventory_audit_type),
    SHOW ("count show", "/api/v1/inventory-audits/%s", &sv_inventory_audit_type),
    LIST ("count hosts", "/api/v1/inventory-audits/%s/hosts", &sv_audited_host_type),
    LIST ("baseline list", "/api/v1/baselines", &sv_baseline_type),
    SHOW ("baseline show", "/api/v1/baselines/%s", &sv_baseline_type),
    {"baseline take", "POST", "/api/v1/baselines", "name host", &sv_baseline_type, ONE},
    {"baseline put", "POST", "/api/v1/baselines", "*", &sv_baseline_type, ONE},
    {"baseline change", "PATCH", "/api/v1/baselines/%s", NULL, &sv_baseline_type, ONE},
    {"baseline remove", "DELETE", "/api/v1/baselines/%s", NULL, NULL, ONE},
    LIST ("baseline hosts", "/api/v1/baselines/%s/hosts", &sv_baseline_host_type),
    LIST ("baseline exempt", "/api/v1/baselines/%s/exemptions", &sv_baseline_exemption_type),
    {"baseline excuse", "POST", "/api/v1/baselines/%s/exemptions", "item",
     &sv_baseline_exemption_type, ONE},
    {"baseline end", "DELETE", "/api/v1/baselines/%s/exemptions/%s", NULL, NULL, ONE},
    LIST ("computer list", "/api/v1/cross-check", &sv_missed_computer_type),
    LIST ("computer stale", "/api/v1/cross-check/stale", &sv_stale_record_type),
    LIST ("computer unseen", "/api/v1/cross-check/hosts", &sv_known_host_type),
    {"computer note", "PUT", "/api/v1/computers/%s", "", NULL, ONE},
    LIST ("sighting list", "/api/v1/sightings", &sv_sighting_source_type),
    {"sighting put", "PUT", "/api/v1/sightings/%s?kind=%s", "*", &sv_sighting_source_type, ONE},
    {"sighting remove", "DELETE", "/api/v1/sightings/%s", NULL, NULL, ONE},
    LIST ("system list", "/api/v1/systems", &sv_system_type),
    SHOW ("system show", "/api/v1/systems/%s", &sv_system_type),
    {"system add", "POST", "/api/v1/systems", "name", &sv_system_type, ONE},
    {"system change", "PATCH", "/api/v1/systems/%s", NULL, &sv_system_type, ONE},
    {"system remove", "DELETE", "/api/v1/systems/%s", NULL, NULL, ONE},
    SHOW ("system rules", "/api/v1/system-rules", &sv_system_rules_type),
    {"system set-rules", "PUT", "/api/v1/system-rules", "*", &sv_system_rules_type, ONE},
    LIST ("finding list", "/api/v1/hosts/%s/findings", &sv_finding_type),
    LIST ("cve list", "/api/v1/vulnerabilities", &sv_fleet_flaw_type),
    SHOW ("cve show", "/api/v1/vulnerabilities/%s", &sv_fleet_flaw_type),
    LIST ("cve hosts", "/api/v1/vulnerabilities/%s/hosts", &sv_host_type),
    FEW ("cve systems", "/api/v1/vulnerabilities/%s/systems", &sv_fleet_share_type),
    LIST ("update list", "/api/v1/updates", &sv_fleet_update_type),
    SHOW ("update show", "/api/v1/updates/%s", &sv_fleet_update_type),
    LIST ("update hosts", "/api/v1/updates/%s/hosts", &sv_host_type),
    LIST ("update cves", "/api/v1/updates/%s/vulnerabilities", &sv_fleet_flaw_type),
    FEW ("source list", "/api/v1/feeds", &sv_feed_type),
    SHOW ("source show", "/api/v1/feeds/%s", &sv_feed_type),
    LIST ("user list", "/api/v1/people", &sv_person_type),
    SHOW ("user show", "/api/v1/people/%s", &sv_person_type),
    {"user add", "POST", "/api/v1/people", "login name", &sv_person_type, ONE},
    {"user change", "PATCH", "/api/v1/people/%s", NULL, &sv_person_type, ONE},
    FEW ("user roles", "/api/v1/people/%s/grants", &sv_grant_type),
    {"user grant", "POST", "/api/v1/people/%s/grants", "role", &sv_grant_type, ONE},
    {"user take", "DELETE", "/api/v1/people/%s/grants/%s", NULL, NULL, ONE},
    LIST ("token list", "/api/v1/tokens", &sv_api_token_type),
    {"token add", "POST", "/api/v1/tokens", "name", &sv_api_token_type, ONE},
    {"token revoke", "DELETE", "/api/v1/tokens/%s", NULL, NULL, ONE},
    LIST ("enrol list", "/api/v1/enrol-tokens", &sv_enrol_token_type),
    {"enrol add", "POST", "/api/v1/enrol-tokens", NULL, &sv_enrol_token_grant_type, ONE},
    {"enrol revoke", "DELETE", "/api/v1/enrol-tokens/%s", NULL, NULL, ONE},
    LIST ("audit list", "/api/v1/audit", &sv_audit_entry_type),
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

/* --- what to ask --- */

static gboolean
is_of_connection (const char *option)
{
  static const char *const names[] = {"server", "server-ca", "token",          "limit",
                                      "yes",    "dry-run",   "password-stdin", NULL};
  return g_strv_contains (names, option);
}

/* Every other option of a list is a parameter of the same name. */
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

/* @ret_used: (out): how many arguments it took */
static char *
make_path (const SvCli *cli, const Remote *remote, guint *ret_used)
{
  g_auto (GStrv) parts = g_strsplit (remote->path, "%s", -1);
  g_autoptr (GString) path = g_string_new (parts[0]);
  *ret_used = 0;
  for (char **part = parts + 1; *part != NULL; part++) {
    g_autofree char *escaped = sv_client_escape (sv_cli_get_argument (cli, (*ret_used)++));
    g_string_append_printf (path, "%s%s", escaped, *part);
  }
  return g_string_free (g_steal_pointer (&path), FALSE);
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
  guint used;
  g_autofree char *base = make_path (listing->cli, listing->remote, &used);
  g_autoptr (GString) path = g_string_new (base);
  g_string_append (path, listing->remote->form == PAGES ? "?limit=" PAGE : "?");
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

/* What affects hosts that no source speaks of is in no list: an empty one is no good news. Whoever
 * may not see the whole fleet is not told of it. */
static void
warn_of_silence (const Listing *listing)
{
  static const SvRecordType *const of_exposure[] = {&sv_fleet_flaw_type, &sv_fleet_update_type,
                                                    &sv_exposure_day_type};
  gboolean concerns = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (of_exposure); i++)
    concerns |= listing->remote->type == of_exposure[i];
  const SvClientCall call = {.method = "GET", .path = FLEET, .answer_type = &sv_fleet_state_type};
  gpointer answer = NULL;
  if (!concerns || !sv_client_call (listing->client, &call, &answer, NULL) || answer == NULL)
    return;
  const SvFleetState *state = answer;
  if (state->hosts == 0)
    sv_log (SV_LOG_WARNING, "no host has reported yet");
  if (state->hosts_uncovered > 0)
    sv_log (SV_LOG_WARNING,
            "of %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
            " hosts it is not known what affects them, since no source speaks of their release:"
            " 'salve host gaps HOST' says more",
            state->hosts_uncovered, state->hosts);
  sv_record_free (&sv_fleet_state_type, answer);
}

static int
run_lists (SvCli *cli, const Remote *remote, GError **error)
{
  gint64 limit;
  if (!read_limit (cli, &limit, error))
    return SV_EXIT_USAGE;
  g_autoptr (SvClient) client = sv_remote_connect (cli, error);
  if (client == NULL)
    return SV_EXIT_FAILED;
  g_autoptr (GPtrArray) records = g_ptr_array_new ();
  Listing listing = {cli, remote, client, records, limit, -1};
  int code = run_list (&listing, error);
  if (code == SV_EXIT_OK)
    warn_of_silence (&listing);
  return code;
}

/* --- what is to be changed --- */

/* By how help calls the value: "N" is a number, "NAME…" a list separated by commas, nothing a
 * switch. An empty value takes away what was there. */
static void
add_member (SvJsonWriter *writer, const SvOption *option, const char *name, const char *value)
{
  g_auto (GStrv) words = g_strsplit (value, ",", -1);
  gint64 number;
  if (option != NULL && option->value == NULL) {
    sv_json_add_bool (writer, name, TRUE);
  } else if (*value == '\0') {
    sv_json_add_null (writer, name);
  } else if (option != NULL && strcmp (option->value, "N") == 0 &&
             sv_text_parse_int64 (value, &number, NULL)) {
    sv_json_add_int64 (writer, name, number);
  } else if (option != NULL && g_str_has_suffix (option->value, "…")) {
    sv_json_open_array (writer, name);
    for (char **word = words; *word != NULL; word++)
      sv_json_add_string (writer, NULL, *word);
    sv_json_close (writer);
  } else {
    sv_json_add_string (writer, name, value);
  }
}

/* "--no-remote" says that remote is not. */
static void
add_option (const SvCli *cli, SvJsonWriter *writer, const SvOption *option)
{
  const char *value = sv_cli_find (cli, option->name);
  if (value == NULL || is_of_connection (option->name))
    return;
  g_autofree char *name = g_strdelimit (g_strdup (option->name), "-", '_');
  if (option->value == NULL && g_str_has_prefix (name, "no_"))
    sv_json_add_bool (writer, name + strlen ("no_"), FALSE);
  else
    add_member (writer, option, name, value);
}

static gboolean
add_password (const SvCli *cli, SvJsonWriter *writer, GError **error)
{
  g_autofree char *password = NULL;
  if (!sv_cli_has (cli, "password-stdin"))
    return TRUE;
  if (!sv_cli_read_line (&password, error))
    return FALSE;
  sv_json_add_string (writer, "password", password);
  return TRUE;
}

/* Arguments, then options, as members of one object. */
static char *
make_body (const SvCli *cli, const Remote *remote, guint used, GError **error)
{
  const SvCommand *command = sv_cli_get_command (cli);
  g_auto (GStrv) members = g_strsplit (remote->members != NULL ? remote->members : "", " ", -1);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (text, 0);
  sv_json_open_object (writer, NULL);
  for (guint i = 0; used + i < sv_cli_get_n_arguments (cli); i++)
    add_member (writer, NULL, members[i], sv_cli_get_argument (cli, used + i));
  for (gsize i = 0; i < command->n_options; i++)
    add_option (cli, writer, &command->options[i]);
  if (!add_password (cli, writer, error))
    return NULL;
  sv_json_close (writer);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
read_body (const char *path, GError **error)
{
  g_autoptr (GBytes) content = sv_file_read (path, SV_LIMIT_SIGHTING_BYTES, error);
  gsize size = 0;
  const char *data = content != NULL ? g_bytes_get_data (content, &size) : NULL;
  if (data != NULL && memchr (data, '\0', size) != NULL) {
    sv_error_set_invalid (error, "no text:", path);
    return NULL;
  }
  return data != NULL ? g_strndup (data, size) : NULL;
}

static gboolean
find_body (const SvCli *cli, const Remote *remote, guint used, char **ret_body, GError **error)
{
  gboolean is_file = g_strcmp0 (remote->members, "*") == 0;
  *ret_body = NULL;
  if (strcmp (remote->method, "GET") == 0 || strcmp (remote->method, "DELETE") == 0 ||
      (remote->type == NULL && remote->members == NULL))
    return TRUE;
  *ret_body = is_file ? read_body (sv_cli_get_argument (cli, used), error)
                      : make_body (cli, remote, used, error);
  return *ret_body != NULL;
}

/* --- one call --- */

/* The path, with what a question is narrowed to. */
static char *
add_question (const SvCli *cli, const Remote *remote, const char *path)
{
  g_autoptr (GString) asked = g_string_new (NULL);
  if (strcmp (remote->method, "GET") == 0)
    append_filters (cli, asked);
  if (asked->len > 0)
    asked->str[0] = '?';
  return g_strconcat (path, asked->str, NULL);
}

static int
answer (SvCli *cli, const Remote *remote, gpointer record, GError **error)
{
  if (record == NULL)
    return SV_EXIT_OK;
  gboolean written = sv_cli_write_record (cli, remote->type, record, error);
  sv_record_free (remote->type, record);
  return written ? SV_EXIT_OK : SV_EXIT_FAILED;
}

/* What would be asked, with --dry-run. */
static int
show_call (const SvClientCall *call, GError **error)
{
  g_autofree char *line =
      g_strdup_printf ("%s %s%s%s\n", call->method, call->path, call->body_text != NULL ? "\n" : "",
                       call->body_text != NULL ? call->body_text : "");
  return sv_cli_write (line, strlen (line), error) ? SV_EXIT_OK : SV_EXIT_FAILED;
}

static gboolean
confirm (SvCli *cli, const SvClientCall *call, GError **error)
{
  g_autofree char *what =
      g_strdup_printf ("%s (%s)", sv_cli_get_command (cli)->summary, call->path);
  return strcmp (call->method, "GET") == 0 || sv_terminal_confirm (cli, what, error);
}

static int
run_one (SvCli *cli, const Remote *remote, GError **error)
{
  guint used;
  g_autofree char *path = make_path (cli, remote, &used), *body = NULL;
  if (!find_body (cli, remote, used, &body, error))
    return SV_EXIT_FAILED;
  g_autofree char *asked = add_question (cli, remote, path);
  const SvClientCall call = {
      .method = remote->method, .path = asked, .body_text = body, .answer_type = remote->type};
  if (sv_cli_has (cli, "dry-run"))
    return show_call (&call, error);
  if (!confirm (cli, &call, error))
    return SV_EXIT_USAGE;
  g_autoptr (SvClient) client = sv_remote_connect (cli, error);
  gpointer record = NULL;
  if (client == NULL || !sv_remote_call (cli, &client, &call, &record, error))
    return SV_EXIT_FAILED;
  return answer (cli, remote, record, error);
}

int
sv_cmd_remote (SvCli *cli, GError **error)
{
  const Remote *remote = find_remote (cli);
  return remote->form != ONE ? run_lists (cli, remote, error) : run_one (cli, remote, error);
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
  g_autoptr (SvClient) client = sv_remote_connect (cli, error);
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
