/* Sessions, API tokens and the setup link in the store. What changes something runs inside a
 * transaction, which the caller ends, except for the touches. */
#pragma once

#include "access/api_token.h"
#include "access/session.h"

#include "db/db.h"

/* -- Sessions -- */

/* Also takes away the person's oldest beyond SV_LIMIT_SESSIONS_PER_PERSON, and those of all that
 * are over. */
gboolean sv_session_insert (SvDb *db, const SvSession *session, GError **error);
/* Another secret for the same session, with the proof of now. SV_ERROR_UNAUTHENTICATED if it is
 * gone meanwhile. */
gboolean sv_session_renew (SvDb *db, GBytes *old_digest, GBytes *new_digest, gint64 now_us,
                           GError **error);
gboolean sv_session_delete (SvDb *db, GBytes *digest, GError **error);
/* The same, of a session that must be @person's: SV_ERROR_NOT_FOUND. */
gboolean sv_session_end (SvDb *db, const char *person, GBytes *digest, GError **error);
/* Those of @person that go on, the oldest first. New array of SvSession. */
GPtrArray *sv_session_list (SvDb *db, const char *person, gint64 now_us, GError **error);
/* All of the person, except @keep (nullable). */
gboolean sv_session_delete_all (SvDb *db, const char *person, GBytes *keep, GError **error);
gboolean sv_session_touch (SvDb *db, GBytes *digest, gint64 now_us, GError **error);
/* Whoever holds the secret, if the session is good and the person not disabled; without grants.
 * SV_ERROR_UNAUTHENTICATED otherwise. */
SvPrincipal *sv_session_find_principal (SvDb *db, const char *secret, gint64 now_us,
                                        GError **error);

/* -- API tokens -- */

gboolean sv_api_token_insert (SvDb *db, const SvApiToken *token, GBytes *digest, GError **error);
gboolean sv_api_token_count (SvDb *db, const char *person, gint64 now_us, gint64 *ret_count,
                             GError **error);
/* SV_ERROR_NOT_FOUND if the person has none with that id that is not revoked. */
gboolean sv_api_token_revoke (SvDb *db, const char *person, const char *id, gint64 now_us,
                              GError **error);
/* In order of their making; @after: (nullable) the id before. New array, not owning. */
GPtrArray *sv_api_token_list (SvDb *db, const char *person, const char *after, gint64 limit,
                              GError **error);
gboolean sv_api_token_touch (SvDb *db, const char *id, gint64 now_us, GError **error);
/* As sv_session_find_principal(). */
SvPrincipal *sv_api_token_find_principal (SvDb *db, const char *secret, gint64 now_us,
                                          GError **error);

/* -- The setup link -- */

#define SV_SETUP_LIFE_US SV_DAY_US

/* Keeps the digest of a new one, in place of any before. SV_ERROR_EXISTS if there are people. */
gboolean sv_setup_offer (SvDb *db, const char *secret, gint64 now_us, GError **error);
/* SV_ERROR_UNAUTHENTICATED if it is none, has expired, or there are people. */
gboolean sv_setup_check (SvDb *db, const char *secret, gint64 now_us, GError **error);
/* The same, and uses it up. */
gboolean sv_setup_use (SvDb *db, const char *secret, gint64 now_us, GError **error);
