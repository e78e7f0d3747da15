/* Agents: how a host gets in, and how it proves afterwards who it is. Rules only: no store, no
 * clock. */
#pragma once

#include "inventory/package_set.h"
#include "net/net.h"

/* --- tokens, by which hosts enrol --- */

typedef struct {
  char *id;
  char *note;
  gint64 quota; /* hosts that may enrol with it */
  gint64 used;  /* hosts that did */
  gint64 created_at_us;
  gint64 expires_at_us;
  gint64 revoked_at_us; /* 0: it is not */
} SvEnrolToken;
extern const SvRecordType sv_enrol_token_type;

void sv_enrol_token_free (SvEnrolToken *token);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvEnrolToken, sv_enrol_token_free)

/* Whether one more host may enrol with it: SV_ERROR_DENIED says why not. */
gboolean sv_enrol_token_check (const SvEnrolToken *token, gint64 now_us, GError **error);

/* What of a secret is kept. */
SvDigest sv_enrol_token_digest (const char *secret);

/* --- agents --- */

typedef enum {
  SV_AGENT_ACTIVE,
  SV_AGENT_EXPIRED,     /* it did not renew its certificate in time */
  SV_AGENT_QUARANTINED, /* two machines use its key */
  SV_AGENT_REVOKED
} SvAgentState;
extern const char *const sv_agent_state_names[];

typedef struct {
  char *host;     /* id */
  char *hostname; /* as it called itself when it enrolled */
  char *token;    /* id of the one that it enrolled with */
  char *fingerprint;
  gint64 enrolled_at_us;
  gint64 expires_at_us; /* its newest certificate */
  gint64 seen_at_us;    /* when its last report came; 0: never */
  gint64 counter;       /* of that report */
  gint64 revoked_at_us;
  gint64 quarantined_at_us;
  char *reason; /* of the quarantine */
  gint state;   /* SvAgentState, worked out by sv_agent_set_state() */
} SvAgent;
extern const SvRecordType sv_agent_type;

void sv_agent_free (SvAgent *agent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvAgent, sv_agent_free)

void sv_agent_set_state (SvAgent *agent, gint64 now_us);

/* Whether it is let in: SV_ERROR_DENIED says why not. */
gboolean sv_agent_check (const SvAgent *agent, gint64 now_us, GError **error);

/* --- reports in their order --- */

typedef enum {
  SV_COUNTER_NEXT,  /* the one after the last */
  SV_COUNTER_AGAIN, /* the last once more: its acknowledgement was lost */
  SV_COUNTER_AHEAD, /* the server forgot some: it was restored from a backup */
  SV_COUNTER_FORKED /* somebody else has sent that one: the key is in two places */
} SvCounterVerdict;

/* Which report of an agent it was. */
typedef struct {
  gint64 counter;    /* from 1 */
  const char *nonce; /* new for each counter, the same when a report is sent again */
} SvReportMark;

/**
 * sv_agent_judge_counter:
 * @last: the last one that was taken in; counter 0: none was
 *
 * An agent numbers its reports: the last acknowledged one and one more. Two machines with one key
 * come to the same number with different nonces, or to an earlier one, as does one that was put
 * back to an earlier state.
 * Source: promise S10.
 */
SvCounterVerdict sv_agent_judge_counter (const SvReportMark *last, const SvReportMark *now);

/* How many packages an agent described since when. */
typedef struct {
  gint64 described;
  gint64 since_us;
} SvAgentQuota;

/* Counts @n more. SV_ERROR_LIMIT, and @quota stays, if that is more than
 * SV_LIMIT_AGENT_PACKAGES_PER_DAY. Source: promise S46. */
gboolean sv_agent_count_packages (SvAgentQuota *quota, guint n, gint64 now_us, GError **error);

/* --- the agent's own pace --- */

/* Seconds to wait after @failures calls in a row that failed: from 30 s, doubled each time, to 15
 * minutes, half of it by chance (@chance from 0 to 1), never less than the server asked for. */
gint64 sv_agent_wait_s (guint failures, gint64 retry_after_s, double chance);

/* When to renew a certificate that came at @now_us and ends at @ends_at_us: after two thirds. */
gint64 sv_agent_renew_at (gint64 now_us, gint64 ends_at_us);

/* --- what is said when enrolling --- */

typedef struct {
  char *token;    /* the secret */
  char *csr;      /* PEM */
  char *hostname; /* for people, never for rights */
} SvEnrolment;
extern const SvRecordType sv_enrolment_type;

typedef struct {
  char *csr; /* PEM */
} SvRenewal;
extern const SvRecordType sv_renewal_type;

/* What enrolling and renewing answer. */
typedef struct {
  char *host;        /* id */
  char *certificate; /* PEM */
  char *ca;          /* PEM: who signed it */
} SvEnrolled;
extern const SvRecordType sv_enrolled_type;

void sv_enrolled_free (SvEnrolled *enrolled);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvEnrolled, sv_enrolled_free)

/* What a token is asked for with, and the answer: the only time that its secret is shown. */
typedef struct {
  char *note;
  gint64 quota;
  gint64 lifetime_s;
} SvEnrolTokenWish;
extern const SvRecordType sv_enrol_token_wish_type;

typedef struct {
  char *id;
  char *secret;
  gint64 quota;
  gint64 expires_at_us;
} SvEnrolTokenGrant;
extern const SvRecordType sv_enrol_token_grant_type;
