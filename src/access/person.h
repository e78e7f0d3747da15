/* People who may log in. */
#pragma once

#include "base/base.h"

typedef struct {
  char *id;
  char *login; /* unique, lower case */
  char *name;
  char *mail;
  gboolean disabled;
  gboolean must_change; /* the password, before anything else */
  gboolean totp;        /* a second factor is in force */
  gint64 created_at_us;
  gint64 last_login_at_us;
} SvPerson;
extern const SvRecordType sv_person_type;
void sv_person_free (SvPerson *person);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvPerson, sv_person_free)

/* New string: @text in lower case, if it can be a login name: 1 to SV_LIMIT_LOGIN_BYTES of a-z 0-9
 * . _ - @, the first a letter or digit. NULL with SV_ERROR_USAGE otherwise. */
char *sv_login_fold (const char *text, GError **error);

/* Whether it can be the name that people see: not empty, no control characters. SV_ERROR_USAGE. */
gboolean sv_person_check_name (const char *name, GError **error);
