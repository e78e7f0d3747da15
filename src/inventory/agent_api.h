/* Routes of agents: how hosts enrol, renew and report, and how people let them. */
#pragma once

#include "access/access.h"
#include "db/db.h"
#include "inventory/agent.h"

/* What agents need besides the store: the service named SV_SERVICE_AGENTS. */
typedef struct {
  SvWriter *writer;
  SvIdentity ca;     /* signs their certificates */
  gint64 lifetime_s; /* of a certificate */
  /* @agent was quarantined, that is on disk. On the writer's thread. */
  void (*quarantined) (gpointer user_data, const SvAgent *agent);
  gpointer user_data;
} SvAgentService;

#define SV_SERVICE_AGENTS "agents"

/**
 * sv_agent_authorize:
 *
 * Whether @call comes from a host that may act for itself, looked at in the store at every call: a
 * revocation counts for connections that are open, too (promise S11). Its principal is then an
 * SvAgent, named by the id of the host.
 * Errors: SV_ERROR_UNAUTHENTICATED (no certificate, one of nobody), SV_ERROR_DENIED.
 */
gboolean sv_agent_authorize (SvCall *call, GError **error);

/* A new token in the store from the instant of @entry on, by which @wish->quota hosts may enrol;
 * inside a transaction that writes @entry, which is told so. SV_ERROR_USAGE if the wish makes no
 * sense. */
SvEnrolTokenGrant *sv_enrol_token_grant (SvDb *db, const SvEnrolTokenWish *wish,
                                         SvAuditEntry *entry, GError **error);

extern const SvRouteTable sv_agent_routes;
