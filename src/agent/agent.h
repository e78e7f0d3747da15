/* What the parts of the agent share. It wires only: what is looked at, and by which rules it is
 * said, is in inventory. */
#pragma once

#include "agent/options.h"

#include "inventory/inventory.h"

/* What the agent remembers between two reports: small, written anew each time, in one step. */
typedef struct {
  char *server;   /* URL that it enrolled at */
  char *host;     /* id that it got there */
  gint64 counter; /* of the report that was acknowledged last */
  char *nonce;    /* of the one that is being sent; NULL: none is */
  char *set;      /* digest of the acknowledged packages; NULL: none */
  char *facts;    /* digest of the acknowledged facts; NULL: none */
  gint64 renew_at_us;
  gint64 expires_at_us; /* the certificate */
  gint64 reported_at_us;
  gint64 failed_at_us; /* the last report; 0: it did not */
  char *failure;       /* why */
} SvMemory;

void sv_memory_free (SvMemory *memory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvMemory, sv_memory_free)

/* The directory of the agent. */
typedef struct SvStateDir SvStateDir;

typedef enum {
  SV_STATE_LOOK, /* reads what is there */
  SV_STATE_HOLD, /* one process at a time, the others wait: two that report at once would look like
                    two machines */
  SV_STATE_MAKE  /* the same, and makes it if it is not there */
} SvStateUse;

/* SV_ERROR_NOT_FOUND if it is not there. */
SvStateDir *sv_state_dir_open (const char *path, SvStateUse use, GError **error);
void sv_state_dir_free (SvStateDir *dir);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvStateDir, sv_state_dir_free)

/* Paths in it; lent. The identity is certificate and key in one file, so that they change in one
 * step; the authority is there if one was given. */
const char *sv_state_dir_get_identity (const SvStateDir *dir);
const char *sv_state_dir_find_ca (const SvStateDir *dir);

/* SV_ERROR_NOT_FOUND if this host has not enrolled. */
SvMemory *sv_state_dir_load (const SvStateDir *dir, GError **error);
gboolean sv_state_dir_save (const SvStateDir *dir, const SvMemory *memory, GError **error);

/* Readable by nobody else, on disk when this returns. */
gboolean sv_state_dir_put (const SvStateDir *dir, const char *name, GBytes *content,
                           GError **error);
#define SV_STATE_IDENTITY "identity.pem"
#define SV_STATE_CA "ca.pem"

/* Digests of the set @set (element-type SvDigest), new; NULL: they are not known, everything is to
 * be sent. */
GArray *sv_state_dir_load_known (const SvStateDir *dir, const char *set);
gboolean sv_state_dir_save_known (const SvStateDir *dir, const GArray *known, GError **error);

/* A certificate that a server gave, with its key: what the agent is from now on. */
gboolean sv_agent_take_identity (const SvStateDir *dir, SvMemory *memory,
                                 const SvEnrolled *enrolled, GBytes *key, GError **error);

/* Becomes a host of the server of @options. */
gboolean sv_agent_enrol_host (const SvAgentOptions *options, GError **error);

/* How a report went. */
typedef struct {
  gint64 next_in_s;     /* as the server asked */
  gint64 retry_after_s; /* as it asked where it failed; 0: it did not */
} SvReported;

/**
 * sv_agent_report_once:
 *
 * Looks at the host, sends what changed, remembers what was acknowledged; renews the certificate
 * before if it is time. What cannot be sent is not kept: the next report holds the newest state.
 * Errors: those of sv_client_call(); SV_ERROR_NOT_FOUND if the host has not enrolled.
 */
gboolean sv_agent_report_once (const SvAgentOptions *options, SvReported *ret_reported,
                               GError **error);

/* Reports for ever. SIGTERM ends it at once, whatever it does: nothing is half written. */
void sv_agent_run (const SvAgentOptions *options) G_GNUC_NORETURN;

/* New text on how it stands; @ret_healthy: the last report was acknowledged. */
char *sv_agent_describe (const SvAgentOptions *options, gboolean *ret_healthy, GError **error);
