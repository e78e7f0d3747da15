#include "inventory/agent_api.h"

#include "inventory/agent_store.h"
#include "inventory/arrival.h"

#include <string.h>

/* --- who is let in --- */

gboolean
sv_agent_authorize (SvCall *call, GError **error)
{
  const char *fingerprint = sv_call_find_certificate (call);
  if (fingerprint == NULL) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED,
                         "this is for hosts, which show the certificate of their enrolment");
    return FALSE;
  }
  SvDb *db = sv_call_get_store (call, error);
  g_autoptr (SvAgent) agent = db != NULL ? sv_agent_find (db, fingerprint, error) : NULL;
  if (agent == NULL || !sv_agent_check (agent, sv_call_get_now (call), error))
    return FALSE;
  const char *host = agent->host;
  sv_call_set_principal (call, g_steal_pointer (&agent), (GDestroyNotify)sv_agent_free, host);
  return TRUE;
}

/* --- writes: each is answered when it is on disk --- */

typedef struct Work Work;
struct Work {
  SvDeferred *deferred;
  gint64 now_us;
  gboolean (*write) (SvDb *db, Work *work, GError **error);
  char *subject; /* what it is about: a secret, a fingerprint */
  SvAgent *agent;
  SvCertificate certificate;
  const SvRecordType *type; /* NULL: it answers nothing */
  gpointer answer;
};

static void
work_free (Work *work)
{
  if (work->answer != NULL)
    sv_record_free (work->type, work->answer);
  sv_certificate_clear (&work->certificate);
  sv_agent_free (work->agent);
  g_free (work->subject);
  g_free (work);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Work, work_free)

static gboolean
run_work (SvDb *db, gpointer data, GError **error)
{
  Work *work = data;
  return work->write (db, work, error);
}

static void
finish_work (SvDb *db, gpointer data, const GError *error)
{
  g_autoptr (Work) work = data;
  if (error == NULL)
    sv_call_resume (work->deferred, g_steal_pointer (&work->answer), NULL);
  else
    sv_call_resume (work->deferred, NULL, g_error_copy (error));
}

static Work *
work_new (const SvCall *call, const char *subject)
{
  Work *work = g_new0 (Work, 1);
  work->now_us = sv_call_get_now (call);
  work->subject = g_strdup (subject);
  return work;
}

/* Takes @work. */
static gboolean
submit (SvCall *call, Work *work)
{
  const SvAgentService *service = sv_call_get_service (call, SV_SERVICE_AGENTS);
  g_autoptr (GError) busy = NULL;
  work->deferred = sv_call_defer (call);
  if (!sv_writer_submit (service->writer, run_work, finish_work, work, &busy))
    finish_work (NULL, work, busy);
  return TRUE;
}

/* --- certificates --- */

static char *
dup_text (GBytes *pem)
{
  gsize size;
  const char *data = g_bytes_get_data (pem, &size);
  return g_strndup (data, size);
}

/* Signs @csr for @host: what @work answers, and what it writes. */
static gboolean
certify (SvCall *call, Work *work, const char *csr, const char *host, GError **error)
{
  const SvAgentService *service = sv_call_get_service (call, SV_SERVICE_AGENTS);
  const SvCertificateOptions options = {host, work->now_us, service->lifetime_s};
  g_autoptr (GBytes) request = g_bytes_new_static (csr, strlen (csr));
  g_autoptr (GBytes) certificate = sv_ca_sign_client (&service->ca, request, &options, error);
  if (certificate == NULL || !sv_certificate_read (certificate, &work->certificate, error))
    return FALSE;
  SvEnrolled *enrolled = sv_record_new (&sv_enrolled_type);
  enrolled->host = g_strdup (host);
  enrolled->certificate = dup_text (certificate);
  enrolled->ca = dup_text (service->ca.certificate);
  work->type = &sv_enrolled_type;
  work->answer = enrolled;
  return TRUE;
}

static gboolean
write_enrolment (SvDb *db, Work *work, GError **error)
{
  return sv_agent_enrol (db, work->subject, work->agent, work->certificate.key_id, error);
}

/* The id is always new: neither a name nor a key brings back what a host was before. */
static SvAgent *
new_agent (const Work *work, const char *host, const char *hostname)
{
  SvAgent *agent = sv_record_new (&sv_agent_type);
  agent->host = g_strdup (host);
  agent->hostname = g_strdup (hostname);
  agent->fingerprint = g_strdup (work->certificate.fingerprint);
  agent->enrolled_at_us = work->now_us;
  agent->expires_at_us = work->certificate.ends_at_us;
  return agent;
}

/* Strangers come here: a wrong token costs no more than a look. */
static gboolean
may_enrol (SvCall *call, const char *secret, GError **error)
{
  SvDb *db = sv_call_get_store (call, error);
  g_autoptr (SvEnrolToken) token = db != NULL ? sv_enrol_token_find (db, secret, error) : NULL;
  return token != NULL && sv_enrol_token_check (token, sv_call_get_now (call), error);
}

static gboolean
enrol (SvCall *call, GError **error)
{
  const SvEnrolment *enrolment = sv_call_get_body (call);
  g_autofree char *host = sv_id_new ();
  if (!may_enrol (call, enrolment->token, error))
    return FALSE;
  g_autoptr (Work) work = work_new (call, enrolment->token);
  if (!certify (call, work, enrolment->csr, host, error))
    return FALSE;
  work->agent = new_agent (work, host, enrolment->hostname);
  work->write = write_enrolment;
  return submit (call, g_steal_pointer (&work));
}

static gboolean
write_renewal (SvDb *db, Work *work, GError **error)
{
  return sv_agent_renew (db, work->subject, &work->certificate, work->now_us, error);
}

static gboolean
renew (SvCall *call, GError **error)
{
  const SvRenewal *renewal = sv_call_get_body (call);
  g_autoptr (Work) work = work_new (call, sv_call_find_certificate (call));
  if (!certify (call, work, renewal->csr, sv_call_get_principal_name (call), error))
    return FALSE;
  work->write = write_renewal;
  return submit (call, g_steal_pointer (&work));
}

static gboolean
report (SvCall *call, GError **error)
{
  return sv_arrival_take (call, sv_call_get_principal_name (call), sv_call_find_certificate (call));
}

/* --- agents, for people --- */

static const SvParam list_params[] = {SV_PARAM_LIMIT, SV_PARAM_CURSOR};

static gboolean
list_agents (SvCall *call, GError **error)
{
  const SvAgentPage page = {.after = sv_call_find_query (call, "cursor"),
                            .limit = sv_call_get_query_int64 (call, "limit"),
                            .now_us = sv_call_get_now (call)};
  g_autoptr (SvTx) tx = NULL;
  SvDb *db = sv_call_begin_read (call, &tx, error);
  gint64 total;
  if (db == NULL || !sv_agent_count (db, &total, error))
    return FALSE;
  GPtrArray *agents = sv_agent_list (db, &page, error);
  if (agents == NULL)
    return FALSE;
  const SvAgent *last = agents->len > 0 ? agents->pdata[agents->len - 1] : NULL;
  gboolean more = last != NULL && agents->len == page.limit;
  return sv_call_answer_list (call, agents, more ? last->host : NULL, total);
}

static const SvParam host_params[] = {
    {.name = "host", .type = SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES, .doc = "Id of the host."},
};

static gboolean
shut_out (SvDb *db, SvDeed *deed, SvAuditEntry *entry, GError **error)
{
  const char *host = sv_deed_get_path_param (deed, "host");
  sv_audit_say (entry, "agent.revoke", host, NULL);
  return sv_agent_revoke (db, host, deed->now_us, error);
}

static gboolean
revoke_agent (SvCall *call, GError **error)
{
  return sv_deed_defer (call, shut_out, error);
}

/* --- tokens --- */

static gboolean
check_wish (const SvEnrolTokenWish *wish, GError **error)
{
  if (wish->quota >= 1 && wish->quota <= SV_LIMIT_ENROL_QUOTA && wish->lifetime_s >= 1 &&
      wish->lifetime_s <= SV_LIMIT_ENROL_TOKEN_S)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE,
               "a token is for 1 to %d hosts and good for 1 to %d seconds", SV_LIMIT_ENROL_QUOTA,
               SV_LIMIT_ENROL_TOKEN_S);
  return FALSE;
}

static void
say_token (SvAuditEntry *entry, const SvEnrolToken *token)
{
  g_autofree char *quota = g_strdup_printf ("%" G_GINT64_FORMAT, token->quota);
  g_autofree char *until = sv_time_format (token->expires_at_us);
  sv_audit_say (entry, "enrol-token.create", token->id,
                SV_AUDIT_FACTS ({"hosts", quota}, {"expires_at", until}, {"note", token->note}));
}

SvEnrolTokenGrant *
sv_enrol_token_grant (SvDb *db, const SvEnrolTokenWish *wish, SvAuditEntry *entry, GError **error)
{
  if (!check_wish (wish, error))
    return NULL;
  g_autofree char *id = sv_id_new (), *secret = sv_secret_new ();
  const SvEnrolToken token = {.id = id,
                              .note = wish->note,
                              .quota = wish->quota,
                              .created_at_us = entry->at_us,
                              .expires_at_us = entry->at_us + wish->lifetime_s * SV_SECOND_US};
  say_token (entry, &token);
  if (!sv_enrol_token_insert (db, &token, secret, error))
    return NULL;
  SvEnrolTokenGrant *grant = sv_record_new (&sv_enrol_token_grant_type);
  *grant = (SvEnrolTokenGrant){g_steal_pointer (&id), g_steal_pointer (&secret), token.quota,
                               token.expires_at_us};
  return grant;
}

static gboolean
give_token (SvDb *db, SvDeed *deed, SvAuditEntry *entry, GError **error)
{
  deed->answer = sv_enrol_token_grant (db, deed->body, entry, error);
  return deed->answer != NULL;
}

static gboolean
make_token (SvCall *call, GError **error)
{
  return check_wish (sv_call_get_body (call), error) && sv_deed_defer (call, give_token, error);
}

static gboolean
list_tokens (SvCall *call, GError **error)
{
  gint64 limit = sv_call_get_query_int64 (call, "limit");
  SvDb *db = sv_call_get_store (call, error);
  GPtrArray *tokens =
      db != NULL ? sv_enrol_token_list (db, sv_call_find_query (call, "cursor"), limit, error)
                 : NULL;
  if (tokens == NULL)
    return FALSE;
  const SvEnrolToken *last = tokens->len > 0 ? tokens->pdata[tokens->len - 1] : NULL;
  gboolean more = last != NULL && tokens->len == limit;
  return sv_call_answer_list (call, tokens, more ? last->id : NULL, -1);
}

static const SvParam token_params[] = {
    {.name = "token",
     .type = SV_TYPE_STRING,
     .max = SV_LIMIT_NAME_BYTES,
     .doc = "Id of the token, which is not its secret."},
};

static gboolean
end_token (SvDb *db, SvDeed *deed, SvAuditEntry *entry, GError **error)
{
  const char *token = sv_deed_get_path_param (deed, "token");
  sv_audit_say (entry, "enrol-token.revoke", token, NULL);
  return sv_enrol_token_revoke (db, token, deed->now_us, error);
}

static gboolean
revoke_token (SvCall *call, GError **error)
{
  return sv_deed_defer (call, end_token, error);
}

/* --- the table --- */

#define TAG .tag = "Agents"
static const SvError enrol_errors[] = {SV_ERROR_DENIED, SV_ERROR_INVALID_DATA, SV_ERROR_EXISTS,
                                       SV_ERROR_BUSY};
static const SvError renew_errors[] = {SV_ERROR_INVALID_DATA, SV_ERROR_EXISTS, SV_ERROR_BUSY};
static const SvError report_errors[] = {SV_ERROR_CONFLICT, SV_ERROR_INVALID_DATA, SV_ERROR_LIMIT,
                                        SV_ERROR_BUSY};
static const SvError missing[] = {SV_ERROR_NOT_FOUND, SV_ERROR_BUSY};
static const SvError busy[] = {SV_ERROR_BUSY};

static const SvRoute routes[] = {
    {SV_METHOD_POST, "/api/v1/agent/enrol", SV_PERMISSION_PUBLIC,
     "Takes a host in: the token is what permits it", TAG, .request = &sv_enrolment_type,
     .response = &sv_enrolled_type, .flags = SV_ROUTE_TOLERANT, SV_ROUTE_ERRORS (enrol_errors),
     .handle = enrol},
    {SV_METHOD_POST, "/api/v1/agent/renew", SV_PERMISSION_AGENT,
     "A new certificate for the host that asks", TAG, .request = &sv_renewal_type,
     .response = &sv_enrolled_type, .flags = SV_ROUTE_TOLERANT, SV_ROUTE_ERRORS (renew_errors),
     .handle = renew},
    {SV_METHOD_POST, "/api/v1/agent/report", SV_PERMISSION_AGENT,
     "Takes in the report of the host that sends it", TAG, .request = &sv_checkin_type,
     .response = &sv_checkin_answer_type, .max_body_bytes = SV_LIMIT_REPORT_BYTES,
     .flags = SV_ROUTE_TOLERANT, SV_ROUTE_ERRORS (report_errors), .handle = report},
    {SV_METHOD_GET, "/api/v1/agents", "agent:read", "Hosts that enrolled, and whether they are in",
     TAG, SV_ROUTE_PARAMS (list_params), .response = &sv_agent_type, .flags = SV_ROUTE_LIST,
     .handle = list_agents},
    {SV_METHOD_POST, "/api/v1/agents/{host}/revoke", "agent:write",
     "Lets a host in no more, from now on", TAG, SV_ROUTE_PARAMS (host_params),
     SV_ROUTE_ERRORS (missing), .handle = revoke_agent},
    {SV_METHOD_GET, "/api/v1/enrol-tokens", "agent:enrol", "Tokens by which hosts enrol", TAG,
     SV_ROUTE_PARAMS (list_params), .response = &sv_enrol_token_type, .flags = SV_ROUTE_LIST,
     .handle = list_tokens},
    {SV_METHOD_POST, "/api/v1/enrol-tokens", "agent:enrol",
     "Makes a token; its secret is shown this once", TAG, .request = &sv_enrol_token_wish_type,
     .response = &sv_enrol_token_grant_type, SV_ROUTE_ERRORS (busy), .handle = make_token},
    {SV_METHOD_DELETE, "/api/v1/enrol-tokens/{token}", "agent:enrol",
     "Ends a token; hosts that enrolled with it stay", TAG, SV_ROUTE_PARAMS (token_params),
     SV_ROUTE_ERRORS (missing), .handle = revoke_token},
};
const SvRouteTable sv_agent_routes = {routes, G_N_ELEMENTS (routes),
                                      "How hosts come to report by themselves, and stop to."};
