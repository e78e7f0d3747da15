/* Passwords that directories look at: which of them is asked, and what it says. Private to this
 * room. */
#pragma once

#include "access/login.h"

/* Whether the password of @login is for directories: they have none here, and there is a directory
 * that takes passwords. Only what can be a login name here: directories take many spellings for one
 * name (spaces around it, wide letters), and each would have tries of its own. */
gboolean sv_away_is_asked (SvDb *db, const char *login, gboolean *ret_asked, GError **error);

typedef struct {
  const char *login; /* NULL: as they came in there last */
  const char *password;
  const char *person; /* id: only directories in which they are somebody; NULL: any */
} SvAwayQuestion;

typedef struct {
  SvProvider *provider;
  SvArrival *arrival;
} SvAway;
void sv_away_free (SvAway *away);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvAway, sv_away_free)

/* New: the first directory that takes the password. Waits for the network.
 * SV_ERROR_UNAUTHENTICATED: none does; SV_ERROR_BUSY: none did, and not each could be asked. */
SvAway *sv_away_prove (SvDb *db, const SvAwayQuestion *question, GError **error);
