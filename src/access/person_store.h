/* People and their roles in the store. What changes something runs inside a transaction, which the
 * caller ends (sv_audit_perform). */
#pragma once

#include "access/grant.h"
#include "access/person.h"

#include "db/db.h"

/* @password: (nullable) hash. SV_ERROR_EXISTS if somebody has the login name. */
gboolean sv_person_insert (SvDb *db, const SvPerson *person, const char *password, GError **error);
/* Keeps name, mail, disabled and must_change. */
gboolean sv_person_update (SvDb *db, const SvPerson *person, GError **error);
gboolean sv_person_set_password (SvDb *db, const char *id, const char *hash, gboolean must_change,
                                 GError **error);
gboolean sv_person_note_login (SvDb *db, const char *id, gint64 now_us, GError **error);

/* SV_ERROR_NOT_FOUND if there is none. */
SvPerson *sv_person_load (SvDb *db, const char *id, GError **error);

/* What proves who they are. Never leaves this room. */
typedef struct {
  char *person;
  char *password;
  char *totp_secret;
  char *totp_offered;
  gint64 totp_step;
  gboolean disabled;
  gboolean must_change;
} SvCredentials;
void sv_credentials_free (SvCredentials *credentials);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvCredentials, sv_credentials_free)
/* By folded login name, or by id; NULL without @error if there is nobody. */
SvCredentials *sv_credentials_find (SvDb *db, const char *login, GError **error);
SvCredentials *sv_credentials_find_by_id (SvDb *db, const char *id, GError **error);

/* A second factor on its way: in force with sv_person_accept_totp(). NULL takes the factor away. */
gboolean sv_person_offer_totp (SvDb *db, const char *id, const char *secret, GError **error);
gboolean sv_person_accept_totp (SvDb *db, const char *id, gint64 step, GError **error);
gboolean sv_person_remove_totp (SvDb *db, const char *id, GError **error);
/* Notes that the code of @step was used; FALSE with SV_ERROR_UNAUTHENTICATED if it, or a later one,
 * was before: then two logins raced with one code. */
gboolean sv_person_use_totp (SvDb *db, const char *id, gint64 step, GError **error);

/* NULL: any. */
typedef struct {
  const char *login; /* begins so */
  gint disabled;     /* 0, 1, -1: either */
} SvPersonFilter;
gboolean sv_person_count (SvDb *db, const SvPersonFilter *filter, gint64 *ret_count,
                          GError **error);
/* By login name; @after: (nullable) that of the last before. New array, not owning. */
GPtrArray *sv_person_list (SvDb *db, const SvPersonFilter *filter, const char *after, gint64 limit,
                           GError **error);

/* -- Roles -- */

/* SV_ERROR_EXISTS if the person has that role for that scope. */
gboolean sv_grant_insert (SvDb *db, const SvGrant *grant, GError **error);
/* SV_ERROR_NOT_FOUND */
SvGrant *sv_grant_load (SvDb *db, const char *person, const char *id, GError **error);
gboolean sv_grant_delete (SvDb *db, const char *id, GError **error);
/* New array, not owning. */
GPtrArray *sv_grant_list (SvDb *db, const char *person, GError **error);
/* Enabled people who hold @role for everything. */
gboolean sv_grant_count_holders (SvDb *db, SvRole role, gint64 *ret_count, GError **error);
