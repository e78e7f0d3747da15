/* One report: look, send what changed, remember what was acknowledged. */
#include "agent/agent.h"

#include <string.h>

#define REPORT_MS 120000 /* a first report names every package */

/* One report on its way. */
typedef struct {
  const SvAgentOptions *options;
  SvStateDir *dir;
  SvMemory *memory;
  SvClient *client;
  SvInventory *inventory;
  char *facts; /* digest of its facts */
  SvReported *reported;
} Report;

static void
report_clear (Report *report)
{
  g_clear_pointer (&report->client, sv_client_free);
  g_clear_pointer (&report->inventory, sv_inventory_free);
  g_clear_pointer (&report->memory, sv_memory_free);
  g_clear_pointer (&report->dir, sv_state_dir_free);
  g_free (report->facts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Report, report_clear)

/* --- the server --- */

static gboolean
connect_to (Report *report, GError **error)
{
  const SvAgentOptions *options = report->options;
  const char *identity = sv_state_dir_get_identity (report->dir);
  const SvClientOptions with = {
      .url = options->server != NULL ? options->server : report->memory->server,
      .ca_file = options->ca != NULL ? options->ca : sv_state_dir_find_ca (report->dir),
      .certificate = identity,
      .key = identity,
      .timeout_ms = REPORT_MS};
  g_clear_pointer (&report->client, sv_client_free);
  report->client = sv_client_new (&with, error);
  return report->client != NULL;
}

/* --- the certificate --- */

static SvEnrolled *
ask_for_renewal (Report *report, GBytes *key, GError **error)
{
  g_autoptr (GBytes) csr = sv_csr_new (key, report->memory->host, error);
  if (csr == NULL)
    return NULL;
  gsize size;
  const char *pem = g_bytes_get_data (csr, &size);
  g_autofree char *text = g_strndup (pem, size);
  const SvRenewal renewal = {text};
  const SvClientCall call = {.method = "POST",
                             .path = "/api/v1/agent/renew",
                             .body_type = &sv_renewal_type,
                             .body = &renewal,
                             .answer_type = &sv_enrolled_type};
  gpointer enrolled;
  return sv_client_call (report->client, &call, &enrolled, error) ? enrolled : NULL;
}

/* A new key each time. The old certificate stays good until the new one was used. */
static gboolean
renew (Report *report, GError **error)
{
  g_autoptr (GBytes) key = sv_key_new (error);
  g_autoptr (SvEnrolled) enrolled = key != NULL ? ask_for_renewal (report, key, error) : NULL;
  return enrolled != NULL &&
         sv_agent_take_identity (report->dir, report->memory, enrolled, key, error) &&
         connect_to (report, error);
}

/* The report goes on without: there is a third of the certificate's life to try again. */
static void
renew_if_due (Report *report)
{
  g_autoptr (GError) error = NULL;
  if (sv_time_now () >= report->memory->renew_at_us && !renew (report, &error))
    sv_log (SV_LOG_WARNING, "the certificate cannot be renewed: %s", error->message);
}

/* --- what is sent --- */

static gboolean
look (Report *report, GError **error)
{
  const char *root = report->options->root;
  const SvInventorySource source = {.root = root != NULL ? root : "/", .live = root == NULL};
  report->inventory = sv_inventory_collect (&source, sv_time_now (), error);
  if (report->inventory == NULL)
    return FALSE;
  SvDigest digest = sv_checkin_digest_facts (report->inventory);
  report->facts = sv_digest_format (&digest);
  return TRUE;
}

/* On disk before it is sent: a report that is sent again must be known as the same. */
static gboolean
mark (Report *report, GError **error)
{
  if (report->memory->nonce != NULL)
    return TRUE;
  report->memory->nonce = sv_id_new ();
  return sv_state_dir_save (report->dir, report->memory, error);
}

static SvCheckinAnswer *
send_checkin (Report *report, const GArray *known, gboolean with_facts, GError **error)
{
  SvCheckin *checkin = sv_checkin_new (report->inventory, known, with_facts);
  checkin->counter = report->memory->counter + 1;
  checkin->nonce = g_strdup (report->memory->nonce);
  const SvClientCall call = {.method = "POST",
                             .path = "/api/v1/agent/report",
                             .body_type = &sv_checkin_type,
                             .body = checkin,
                             .answer_type = &sv_checkin_answer_type};
  gpointer answer = NULL;
  gboolean sent = sv_client_call (report->client, &call, &answer, error);
  sv_checkin_free_lent (checkin);
  report->reported->retry_after_s = sv_client_get_retry_after_s (report->client);
  return sent ? answer : NULL;
}

/* What changed; everything if the server does not know what that builds on. */
static SvCheckinAnswer *
send_changes (Report *report, GError **error)
{
  const SvMemory *memory = report->memory;
  g_autoptr (GError) refused = NULL;
  g_autoptr (GArray) known = sv_state_dir_load_known (report->dir, memory->set);
  gboolean with_facts = known == NULL || g_strcmp0 (memory->facts, report->facts) != 0;
  SvCheckinAnswer *answer = send_checkin (report, known, with_facts, &refused);
  if (answer == NULL && sv_error_is (refused, SV_ERROR_CONFLICT))
    return send_checkin (report, NULL, TRUE, error);
  if (answer == NULL)
    g_propagate_error (error, g_steal_pointer (&refused));
  return answer;
}

/* --- what is remembered --- */

static gboolean
remember (Report *report, const SvCheckinAnswer *answer, GError **error)
{
  SvMemory *memory = report->memory;
  g_autoptr (GArray) known = sv_package_list_digests (report->inventory->packages);
  gboolean same = g_strcmp0 (memory->set, answer->set) == 0;
  if (!same && !sv_state_dir_save_known (report->dir, known, error))
    return FALSE;
  sv_text_set (&memory->set, answer->set);
  sv_text_set (&memory->facts, report->facts);
  sv_text_take (&memory->nonce, NULL);
  sv_text_take (&memory->failure, NULL);
  memory->counter++;
  memory->reported_at_us = sv_time_now ();
  memory->failed_at_us = 0;
  report->reported->next_in_s = answer->next_in_s;
  return sv_state_dir_save (report->dir, memory, error);
}

static void
remember_failure (Report *report, const GError *error)
{
  g_autoptr (GError) unsaved = NULL;
  sv_text_set (&report->memory->failure, error->message);
  report->memory->failed_at_us = sv_time_now ();
  if (!sv_state_dir_save (report->dir, report->memory, &unsaved))
    sv_log (SV_LOG_WARNING, "%s", unsaved->message);
}

/* --- all of it --- */

static gboolean
report_changes (Report *report, GError **error)
{
  if (!connect_to (report, error) || !look (report, error) || !mark (report, error))
    return FALSE;
  renew_if_due (report);
  SvCheckinAnswer *answer = send_changes (report, error);
  gboolean done = answer != NULL && remember (report, answer, error);
  sv_record_free (&sv_checkin_answer_type, answer);
  return done;
}

gboolean
sv_agent_report_once (const SvAgentOptions *options, SvReported *ret_reported, GError **error)
{
  g_auto (Report) report = {.options = options, .reported = ret_reported};
  g_autoptr (GError) cause = NULL;
  *ret_reported = (SvReported){0};
  report.dir = sv_state_dir_open (options->state, SV_STATE_HOLD, error);
  report.memory = report.dir != NULL ? sv_state_dir_load (report.dir, error) : NULL;
  if (report.memory == NULL)
    return FALSE;
  if (report_changes (&report, &cause))
    return TRUE;
  remember_failure (&report, cause);
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}
