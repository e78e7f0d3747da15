#include "inventory/agent.h"

#include <string.h>

#define FIRST_WAIT_S 30
#define LONGEST_WAIT_S 900

/* --- records --- */

static const SvField token_fields[] = {
    SV_FIELD (SvEnrolToken, id, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .doc = "Its id here."),
    SV_FIELD (SvEnrolToken, note, SV_TYPE_STRING, .doc = "What it is for."),
    SV_FIELD (SvEnrolToken, quota, SV_TYPE_INT64, .doc = "Hosts that may enrol with it."),
    SV_FIELD (SvEnrolToken, used, SV_TYPE_INT64, .doc = "Hosts that did."),
    SV_FIELD (SvEnrolToken, created_at_us, SV_TYPE_INSTANT, .doc = "When it was made."),
    SV_FIELD (SvEnrolToken, expires_at_us, SV_TYPE_INSTANT, .doc = "Until when it is good."),
    SV_FIELD (SvEnrolToken, revoked_at_us, SV_TYPE_INSTANT,
              .doc = "When it was revoked; null: it was not."),
};
SV_RECORD_TYPE (sv_enrol_token_type, SvEnrolToken, "EnrolToken", token_fields,
                "What lets hosts enrol, without its secret.");

const char *const sv_agent_state_names[] = {"active", "expired", "quarantined", "revoked", NULL};

static const SvField agent_fields[] = {
    SV_FIELD (SvAgent, host, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .doc = "Id of its host."),
    SV_FIELD (SvAgent, hostname, SV_TYPE_STRING,
              .doc = "What the host called itself when it enrolled."),
    SV_FIELD (SvAgent, state, SV_TYPE_ENUM, .flags = SV_FIELD_NO_STORE,
              .values = sv_agent_state_names,
              .doc = "active: it is let in; expired: its certificate is; quarantined: two machines "
                     "use its key; revoked."),
    SV_FIELD (SvAgent, token, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Id of the token that it enrolled with."),
    SV_FIELD (SvAgent, fingerprint, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "SHA-256 of its newest certificate."),
    SV_FIELD (SvAgent, enrolled_at_us, SV_TYPE_INSTANT, .flags = SV_FIELD_WIDE,
              .doc = "When it enrolled."),
    SV_FIELD (SvAgent, expires_at_us, SV_TYPE_INSTANT,
              .doc = "When its newest certificate ends; it renews it before."),
    SV_FIELD (SvAgent, seen_at_us, SV_TYPE_INSTANT, .doc = "When its last report came."),
    SV_FIELD (SvAgent, counter, SV_TYPE_INT64, .flags = SV_FIELD_WIDE,
              .doc = "Number of that report."),
    SV_FIELD (SvAgent, revoked_at_us, SV_TYPE_INSTANT, .flags = SV_FIELD_WIDE,
              .doc = "When it was revoked; null: it was not."),
    SV_FIELD (SvAgent, quarantined_at_us, SV_TYPE_INSTANT, .flags = SV_FIELD_WIDE,
              .doc = "When it was quarantined; null: it was not."),
    SV_FIELD (SvAgent, reason, SV_TYPE_STRING, .doc = "Why it was quarantined."),
};
SV_RECORD_TYPE (sv_agent_type, SvAgent, "Agent", agent_fields, "What reports for one host.");

static const SvField enrolment_fields[] = {
    SV_FIELD (SvEnrolment, token, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_NAME_BYTES, .doc = "Secret of the token."),
    SV_FIELD (SvEnrolment, csr, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_CSR_BYTES,
              .doc = "Request for a certificate, PEM; only its key is taken."),
    SV_FIELD (SvEnrolment, hostname, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "What the host calls itself; it gives no rights."),
};
SV_RECORD_TYPE (sv_enrolment_type, SvEnrolment, "Enrolment", enrolment_fields,
                "A host that wants to report.");

static const SvField renewal_fields[] = {
    SV_FIELD (SvRenewal, csr, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .max = SV_LIMIT_CSR_BYTES,
              .doc = "Request for a certificate, PEM."),
};
SV_RECORD_TYPE (sv_renewal_type, SvRenewal, "Renewal", renewal_fields,
                "A host whose certificate ends soon.");

static const SvField enrolled_fields[] = {
    SV_FIELD (SvEnrolled, host, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Id of the host."),
    SV_FIELD (SvEnrolled, certificate, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "What it proves with who it is, PEM."),
    SV_FIELD (SvEnrolled, ca, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "The authority that signed it, PEM."),
};
SV_RECORD_TYPE (sv_enrolled_type, SvEnrolled, "Enrolled", enrolled_fields,
                "A host that may report.");

static const SvField wish_fields[] = {
    SV_FIELD (SvEnrolTokenWish, note, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "What it is for."),
    SV_FIELD (SvEnrolTokenWish, quota, SV_TYPE_INT64, .flags = SV_FIELD_REQUIRED,
              .doc = "Hosts that may enrol with it, from 1."),
    SV_FIELD (SvEnrolTokenWish, lifetime_s, SV_TYPE_INT64, .flags = SV_FIELD_REQUIRED,
              .doc = "Seconds that it is good for, from 1."),
};
SV_RECORD_TYPE (sv_enrol_token_wish_type, SvEnrolTokenWish, "EnrolTokenWish", wish_fields,
                "A token that is to be made.");

static const SvField grant_fields[] = {
    SV_FIELD (SvEnrolTokenGrant, id, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Its id here."),
    SV_FIELD (SvEnrolTokenGrant, secret, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "What hosts enrol with; shown this once."),
    SV_FIELD (SvEnrolTokenGrant, quota, SV_TYPE_INT64, .doc = "Hosts that may enrol with it."),
    SV_FIELD (SvEnrolTokenGrant, expires_at_us, SV_TYPE_INSTANT, .doc = "Until when it is good."),
};
SV_RECORD_TYPE (sv_enrol_token_grant_type, SvEnrolTokenGrant, "EnrolTokenGrant", grant_fields,
                "A token that was made, with its secret.");

void
sv_enrol_token_free (SvEnrolToken *token)
{
  sv_record_free (&sv_enrol_token_type, token);
}

void
sv_agent_free (SvAgent *agent)
{
  sv_record_free (&sv_agent_type, agent);
}

void
sv_enrolled_free (SvEnrolled *enrolled)
{
  sv_record_free (&sv_enrolled_type, enrolled);
}

/* --- tokens --- */

static gboolean
deny (GError **error, const char *why)
{
  g_set_error_literal (error, SV_ERROR, SV_ERROR_DENIED, why);
  return FALSE;
}

gboolean
sv_enrol_token_check (const SvEnrolToken *token, gint64 now_us, GError **error)
{
  if (token->revoked_at_us != 0)
    return deny (error, "this token was revoked");
  if (now_us >= token->expires_at_us)
    return deny (error, "this token has expired");
  return token->used < token->quota ||
         deny (error, "as many hosts as may have enrolled with this token");
}

SvDigest
sv_enrol_token_digest (const char *secret)
{
  return sv_digest_of (secret, strlen (secret));
}

/* --- agents --- */

void
sv_agent_set_state (SvAgent *agent, gint64 now_us)
{
  agent->state = agent->revoked_at_us != 0        ? SV_AGENT_REVOKED
                 : agent->quarantined_at_us != 0  ? SV_AGENT_QUARANTINED
                 : now_us >= agent->expires_at_us ? SV_AGENT_EXPIRED
                                                  : SV_AGENT_ACTIVE;
}

gboolean
sv_agent_check (const SvAgent *agent, gint64 now_us, GError **error)
{
  static const char *const why[] = {
      [SV_AGENT_EXPIRED] = "the certificate of this host has expired: enrol it again",
      [SV_AGENT_QUARANTINED] = "this host is quarantined, two machines used its key: enrol each "
                               "of them again",
      [SV_AGENT_REVOKED] = "this host was revoked: enrol it again"};
  SvAgent now = *agent;
  sv_agent_set_state (&now, now_us);
  return now.state == SV_AGENT_ACTIVE || deny (error, why[now.state]);
}

/* --- reports in their order --- */

SvCounterVerdict
sv_agent_judge_counter (const SvReportMark *last, const SvReportMark *now)
{
  if (now->counter == last->counter + 1)
    return SV_COUNTER_NEXT;
  if (now->counter > last->counter)
    return SV_COUNTER_AHEAD;
  return now->counter == last->counter && g_strcmp0 (now->nonce, last->nonce) == 0
             ? SV_COUNTER_AGAIN
             : SV_COUNTER_FORKED;
}

gboolean
sv_agent_count_packages (SvAgentQuota *quota, guint n, gint64 now_us, GError **error)
{
  gboolean same_day = now_us < quota->since_us + SV_DAY_US && now_us >= quota->since_us;
  gint64 described = (same_day ? quota->described : 0) + n;
  if (described > SV_LIMIT_AGENT_PACKAGES_PER_DAY) {
    g_set_error (error, SV_ERROR, SV_ERROR_LIMIT,
                 "this host described more than %d packages within a day",
                 SV_LIMIT_AGENT_PACKAGES_PER_DAY);
    return FALSE;
  }
  *quota = (SvAgentQuota){described, same_day ? quota->since_us : now_us};
  return TRUE;
}

/* --- the agent's own pace --- */

gint64
sv_agent_wait_s (guint failures, gint64 retry_after_s, double chance)
{
  guint doublings = MIN (failures > 0 ? failures - 1 : 0, 16);
  gint64 longest_s = MIN ((gint64)FIRST_WAIT_S << doublings, LONGEST_WAIT_S);
  gint64 wait_s = (gint64)((double)longest_s * (1 + chance) / 2);
  return MAX (wait_s, MIN (retry_after_s, LONGEST_WAIT_S));
}

gint64
sv_agent_renew_at (gint64 now_us, gint64 ends_at_us)
{
  return now_us + (ends_at_us - now_us) / 3 * 2;
}
