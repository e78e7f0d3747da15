/* Directories, their groups, who people are there, and logins under way, in the store. What changes
 * something runs inside a transaction, which the caller ends (sv_audit_perform). */
#pragma once

#include "access/person_store.h"
#include "access/provider.h"

/* -- Directories -- */

/* By id. New arrays, not owning. */
GPtrArray *sv_provider_list (SvDb *db, GError **error);
/* SV_ERROR_NOT_FOUND if there is none. */
SvProvider *sv_provider_load (SvDb *db, const char *id, GError **error);
/* New string; NULL without @error if none is kept. Never leaves this room. */
char *sv_provider_load_secret (SvDb *db, const char *id, GError **error);
/* Puts it there, or in place of the one before; a secret of NULL stays what it was. */
gboolean sv_provider_save (SvDb *db, const SvProvider *provider, GError **error);
/* With its groups, links and the roles that it gave. */
gboolean sv_provider_delete (SvDb *db, const char *id, GError **error);
/* The sessions of all who come in by it. */
gboolean sv_provider_end_sessions (SvDb *db, const char *id, GError **error);

GPtrArray *sv_mapping_list (SvDb *db, const char *provider, GError **error);
/* SV_ERROR_EXISTS */
gboolean sv_mapping_insert (SvDb *db, const SvMapping *mapping, GError **error);
/* SV_ERROR_NOT_FOUND */
SvMapping *sv_mapping_load (SvDb *db, const char *provider, const char *id, GError **error);
gboolean sv_mapping_delete (SvDb *db, const char *id, GError **error);

/* -- Who people are there -- */

GPtrArray *sv_link_list (SvDb *db, const char *person, GError **error);
/* NULL without @error if there is none. */
SvLink *sv_link_find (SvDb *db, const char *provider, const char *subject, GError **error);
SvLink *sv_link_find_of_person (SvDb *db, const char *person, const char *provider, GError **error);
/* SV_ERROR_EXISTS: somebody is that already, or the person is somebody there. */
gboolean sv_link_insert (SvDb *db, const SvLink *link, GError **error);
gboolean sv_link_note_login (SvDb *db, const SvLink *link, const char *login, GError **error);
gboolean sv_link_delete (SvDb *db, const SvLink *link, GError **error);

/* Takes away the roles that @provider gave to @person (nullable: to anybody). */
gboolean sv_grant_delete_of_provider (SvDb *db, const char *provider, const char *person,
                                      GError **error);
/* Enabled people who hold the administrator's role for everything, and have a password here. */
gboolean sv_grant_count_local_administrators (SvDb *db, gint64 *ret_count, GError **error);

/* -- Logins under way -- */

#define SV_LOGIN_START_LIFE_US (10 * 60 * SV_SECOND_US)

typedef struct {
  char *provider;
  GBytes *session; /* digest of the one that is to be proven; NULL: a new one */
  gint64 started_at_us;
} SvLoginStart;
void sv_login_start_free (SvLoginStart *start);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvLoginStart, sv_login_start_free)

/* Also forgets those that took too long. SV_ERROR_BUSY beyond SV_LIMIT_LOGIN_STARTS. */
gboolean sv_login_start_insert (SvDb *db, const SvLoginStart *start, const char *secret,
                                GError **error);
/* Takes it out of the store: it comes back once. SV_ERROR_UNAUTHENTICATED if it is not there, was
 * begun at another provider, or too long ago. */
SvLoginStart *sv_login_start_take (SvDb *db, const char *secret, const char *provider,
                                   gint64 now_us, GError **error);
/* Whose session it is; NULL with SV_ERROR_UNAUTHENTICATED if it has ended. New string. */
char *sv_session_find_person (SvDb *db, GBytes *digest, GError **error);
