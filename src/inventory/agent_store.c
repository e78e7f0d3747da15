#include "inventory/agent_store.h"

#include <string.h>

#define AGENT_COLUMNS                                                                              \
  "host, hostname, token, fingerprint, enrolled_at_us, expires_at_us, seen_at_us, counter,"        \
  " revoked_at_us, quarantined_at_us, reason"
#define LARGEST_COUNTER (G_GINT64_CONSTANT (1) << 53)

/* --- one agent --- */

static SvAgent *
read_agent (SvQuery *query, GError **error)
{
  g_autoptr (SvAgent) agent = sv_record_new (&sv_agent_type);
  return sv_query_read_record (query, &sv_agent_type, agent, error) ? g_steal_pointer (&agent)
                                                                    : NULL;
}

SvAgent *
sv_agent_find (SvDb *db, const char *fingerprint, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT " AGENT_COLUMNS " FROM agent"
                   " WHERE fingerprint = :fingerprint OR previous = :fingerprint",
                   error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "fingerprint", fingerprint);
  SvStep step = sv_query_step (query, error);
  if (step == SV_STEP_DONE)
    g_set_error_literal (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED,
                         "no host is known by this certificate: enrol it");
  return step == SV_STEP_ROW ? read_agent (query, error) : NULL;
}

SvAgent *
sv_agent_load (SvDb *db, const char *host, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT " AGENT_COLUMNS " FROM agent WHERE host = :host", error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "host", host);
  SvStep step = sv_query_step (query, error);
  if (step == SV_STEP_DONE)
    g_set_error_literal (error, SV_ERROR, SV_ERROR_NOT_FOUND, "there is no agent of this host");
  return step == SV_STEP_ROW ? read_agent (query, error) : NULL;
}

/* --- enrolling --- */

/* A key is one host's: who has it twice could not be told apart. */
static gboolean
check_key (SvDb *db, const char *key_id, const char *own_host, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT host FROM agent WHERE key_id = :key_id", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "key_id", key_id);
  SvStep step = sv_query_step (query, error);
  if (step == SV_STEP_DONE ||
      (step == SV_STEP_ROW && g_strcmp0 (sv_query_get_text (query, 0), own_host) == 0))
    return TRUE;
  if (step == SV_STEP_ROW)
    g_set_error_literal (error, SV_ERROR, SV_ERROR_EXISTS,
                         "this key is another host's: make a new one");
  return FALSE;
}

static gboolean
insert (SvDb *db, const SvAgent *agent, const char *key_id, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db,
      "INSERT INTO agent (host, hostname, token, fingerprint, key_id, enrolled_at_us,"
      " expires_at_us)"
      " VALUES (:host, :hostname, :token, :fingerprint, :key_id, :enrolled_at_us, :expires_at_us)",
      error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_record (query, &sv_agent_type, agent);
  sv_query_bind_text (query, "key_id", key_id);
  return sv_query_run (query, error);
}

gboolean
sv_agent_enrol (SvDb *db, const char *secret, SvAgent *agent, const char *key_id, GError **error)
{
  g_autoptr (SvEnrolToken) token = sv_enrol_token_find (db, secret, error);
  if (token == NULL || !sv_enrol_token_check (token, agent->enrolled_at_us, error) ||
      !check_key (db, key_id, NULL, error))
    return FALSE;
  sv_text_set (&agent->token, token->id);
  return sv_enrol_token_use (db, token->id, error) && insert (db, agent, key_id, error);
}

/* --- renewing --- */

static gboolean
replace_certificate (SvDb *db, const SvAgent *agent, const char *with,
                     const SvCertificate *certificate, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "UPDATE agent SET previous = :with, fingerprint = :fingerprint,"
                   " key_id = :key_id, expires_at_us = :expires WHERE host = :host",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "with", with);
  sv_query_bind_text (query, "fingerprint", certificate->fingerprint);
  sv_query_bind_text (query, "key_id", certificate->key_id);
  sv_query_bind_int64 (query, "expires", certificate->ends_at_us);
  sv_query_bind_text (query, "host", agent->host);
  return sv_query_run (query, error);
}

gboolean
sv_agent_renew (SvDb *db, const char *with, const SvCertificate *certificate, gint64 now_us,
                GError **error)
{
  g_autoptr (SvAgent) agent = sv_agent_find (db, with, error);
  return agent != NULL && sv_agent_check (agent, now_us, error) &&
         check_key (db, certificate->key_id, agent->host, error) &&
         replace_certificate (db, agent, with, certificate, error);
}

/* --- reports --- */

/* What is remembered of an agent's last report. */
typedef struct {
  char *nonce;
  SvAgentQuota quota;
} Memory;

static void
memory_clear (Memory *memory)
{
  g_free (memory->nonce);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Memory, memory_clear)

static gboolean
load_memory (SvDb *db, const char *host, Memory *ret_memory, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db, "SELECT nonce, described, described_since_us FROM agent WHERE host = :host", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "host", host);
  if (sv_query_step (query, error) != SV_STEP_ROW)
    return FALSE;
  *ret_memory = (Memory){g_strdup (sv_query_get_text (query, 0)),
                         {sv_query_get_int64 (query, 1), sv_query_get_int64 (query, 2)}};
  return TRUE;
}

static gboolean
quarantine (SvDb *db, const char *host, const char *reason, gint64 now_us, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db, "UPDATE agent SET quarantined_at_us = :now, reason = :reason WHERE host = :host", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "now", now_us);
  sv_query_bind_text (query, "reason", reason);
  sv_query_bind_text (query, "host", host);
  return sv_query_run (query, error);
}

/* FALSE always. */
static gboolean
fork_off (SvDb *db, const SvAgent *agent, const SvAdmission *admission, GError **error)
{
  g_autofree char *reason = g_strdup_printf (
      "report %" G_GINT64_FORMAT " came from a second machine, or from one that was put back to an "
      "earlier state, after report %" G_GINT64_FORMAT " had been taken in",
      admission->report->counter, agent->counter);
  if (!quarantine (db, agent->host, reason, admission->now_us, error))
    return FALSE;
  g_set_error (error, SV_ERROR, SV_ERROR_DENIED, "this host is quarantined now: %s", reason);
  return FALSE;
}

/* By its newest certificate the one before has ended. */
static gboolean
note_report (SvDb *db, const SvAgent *agent, const SvAdmission *admission,
             const SvAgentQuota *quota, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db,
      "UPDATE agent SET counter = :counter, nonce = :nonce, seen_at_us = :now,"
      " described = :described, described_since_us = :since,"
      " previous = CASE WHEN fingerprint = :with THEN NULL ELSE previous END WHERE host = :host",
      error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "counter", admission->report->counter);
  sv_query_bind_text (query, "nonce", admission->report->nonce);
  sv_query_bind_int64 (query, "now", admission->now_us);
  sv_query_bind_int64 (query, "described", quota->described);
  sv_query_bind_int64 (query, "since", quota->since_us);
  sv_query_bind_text (query, "with", admission->fingerprint);
  sv_query_bind_text (query, "host", agent->host);
  return sv_query_run (query, error);
}

static gboolean
check_mark (const SvCheckin *report, GError **error)
{
  if (report->counter >= 1 && report->counter <= LARGEST_COUNTER &&
      !sv_text_is_empty (report->nonce))
    return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_INVALID_DATA,
                       "a report of an agent has a counter from 1 and a nonce");
  return FALSE;
}

gboolean
sv_agent_admit (SvDb *db, const SvAdmission *admission, gboolean *ret_forked, GError **error)
{
  const SvCheckin *report = admission->report;
  g_auto (Memory) memory = {0};
  *ret_forked = FALSE;
  g_autoptr (SvAgent) agent = sv_agent_find (db, admission->fingerprint, error);
  if (agent == NULL || !sv_agent_check (agent, admission->now_us, error) ||
      !check_mark (report, error) || !load_memory (db, agent->host, &memory, error))
    return FALSE;
  const SvReportMark last = {agent->counter, memory.nonce};
  const SvReportMark now = {report->counter, report->nonce};
  if (sv_agent_judge_counter (&last, &now) == SV_COUNTER_FORKED) {
    *ret_forked = TRUE;
    return fork_off (db, agent, admission, error);
  }
  guint n = report->added != NULL ? report->added->len : 0;
  return sv_agent_count_packages (&memory.quota, n, admission->now_us, error) &&
         note_report (db, agent, admission, &memory.quota, error);
}

/* --- revoking, lists --- */

gboolean
sv_agent_revoke (SvDb *db, const char *host, gint64 now_us, GError **error)
{
  g_autoptr (SvAgent) agent = sv_agent_load (db, host, error);
  if (agent == NULL)
    return FALSE;
  g_autoptr (SvQuery) query = sv_db_query (
      db, "UPDATE agent SET revoked_at_us = :now WHERE host = :host AND revoked_at_us = 0", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "now", now_us);
  sv_query_bind_text (query, "host", host);
  return sv_query_run (query, error);
}

static gboolean
read_agents (SvQuery *query, GPtrArray *agents, gint64 now_us, GError **error)
{
  SvStep step;
  while ((step = sv_query_step (query, error)) == SV_STEP_ROW) {
    SvAgent *agent = read_agent (query, error);
    if (agent == NULL)
      return FALSE;
    sv_agent_set_state (agent, now_us);
    g_ptr_array_add (agents, agent);
  }
  return step == SV_STEP_DONE;
}

GPtrArray *
sv_agent_list (SvDb *db, const SvAgentPage *page, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db, "SELECT " AGENT_COLUMNS " FROM agent WHERE host > :after ORDER BY host LIMIT :limit",
      error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "after", page->after != NULL ? page->after : "");
  sv_query_bind_int64 (query, "limit", page->limit);
  g_autoptr (GPtrArray) agents = g_ptr_array_new_with_free_func ((GDestroyNotify)sv_agent_free);
  if (!read_agents (query, agents, page->now_us, error))
    return NULL;
  g_ptr_array_set_free_func (agents, NULL);
  return g_steal_pointer (&agents);
}

gboolean
sv_agent_count (SvDb *db, gint64 *ret_count, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, "SELECT COUNT (*) FROM agent", error);
  if (query == NULL || sv_query_step (query, error) != SV_STEP_ROW)
    return FALSE;
  *ret_count = sv_query_get_int64 (query, 0);
  return TRUE;
}
