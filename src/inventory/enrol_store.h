/* Tokens by which hosts enrol, in the store. */
#pragma once

#include "db/db.h"
#include "inventory/agent.h"

/* @secret is kept as its digest only. */
gboolean sv_enrol_token_insert (SvDb *db, const SvEnrolToken *token, const char *secret,
                                GError **error);

/* New token by its secret. SV_ERROR_DENIED if there is none. */
SvEnrolToken *sv_enrol_token_find (SvDb *db, const char *secret, GError **error);

/* One more host enrols with the token @id: inside the transaction that looked whether it may. */
gboolean sv_enrol_token_use (SvDb *db, const char *id, GError **error);

/* SV_ERROR_NOT_FOUND if there is none. Revoking it again changes nothing. */
gboolean sv_enrol_token_revoke (SvDb *db, const char *id, gint64 now_us, GError **error);

/* New array of SvEnrolToken, not owning, the oldest first, after the id @after (nullable). */
GPtrArray *sv_enrol_token_list (SvDb *db, const char *after, gint64 limit, GError **error);
