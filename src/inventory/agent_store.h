/* Agents in the store. */
#pragma once

#include "inventory/checkin.h"
#include "inventory/enrol_store.h"

/**
 * sv_agent_enrol:
 * @secret: of the token; whether it may still be used is looked at here
 * @agent: host, hostname, fingerprint, instants; its token is set
 * @key_id: of its key, see SvCertificate
 *
 * Takes a host in. Must run inside a transaction: then no more hosts than its quota ever enrol with
 * a token, however many ask at once.
 * Errors: SV_ERROR_DENIED (the token), SV_ERROR_EXISTS if a host has that key already.
 */
gboolean sv_agent_enrol (SvDb *db, const char *secret, SvAgent *agent, const char *key_id,
                         GError **error);

/* New agent by one of its certificates that are in force: the newest, or the one before until the
 * newest was used. SV_ERROR_UNAUTHENTICATED if there is none; whether it is let in is
 * sv_agent_check()'s to say. */
SvAgent *sv_agent_find (SvDb *db, const char *fingerprint, GError **error);
/* SV_ERROR_NOT_FOUND if there is none. */
SvAgent *sv_agent_load (SvDb *db, const char *host, GError **error);

/* @with: fingerprint of the certificate by which it asks: stays good until @certificate, the new
 * one, was used. Inside a transaction. Errors as of sv_agent_find() and sv_agent_check();
 * SV_ERROR_EXISTS if another host has that key. */
gboolean sv_agent_renew (SvDb *db, const char *with, const SvCertificate *certificate,
                         gint64 now_us, GError **error);

/* A report that wants in. */
typedef struct {
  const char *fingerprint; /* of the certificate that it came with */
  const SvCheckin *report;
  gint64 now_us;
} SvAdmission;

/**
 * sv_agent_admit:
 * @ret_forked: (out): this very report showed that two machines use the key
 *
 * Whether a report may be taken in, looked at in the transaction that takes it in: a revocation
 * that was committed before is seen. Keeps its number, and that its certificate was used. A host
 * whose key is in two places is quarantined, which is kept although this fails.
 * Errors: SV_ERROR_UNAUTHENTICATED, SV_ERROR_DENIED, SV_ERROR_LIMIT (too many packages in a day),
 * SV_ERROR_INVALID_DATA (no number, no nonce).
 */
gboolean sv_agent_admit (SvDb *db, const SvAdmission *admission, gboolean *ret_forked,
                         GError **error);

/* SV_ERROR_NOT_FOUND if there is none. Doing it again changes nothing. */
gboolean sv_agent_revoke (SvDb *db, const char *host, gint64 now_us, GError **error);

/* New array of SvAgent, not owning, by host, after the host @after (nullable); states are of
 * @now_us. */
typedef struct {
  const char *after;
  gint64 limit;
  gint64 now_us;
} SvAgentPage;
GPtrArray *sv_agent_list (SvDb *db, const SvAgentPage *page, GError **error);
gboolean sv_agent_count (SvDb *db, gint64 *ret_count, GError **error);
