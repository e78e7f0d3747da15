/* Logins by LDAP: a password is looked at by the directory itself. */
#pragma once

#include "access/provider.h"

typedef struct {
  const SvProvider *provider;
  const char *secret; /* of its account; NULL: none */
  const char *login;
  const char *password;
} SvLdapQuestion;

/**
 * sv_ldap_prove:
 *
 * New: who it is, if the directory takes the password. Waits for the network. When they proved it
 * is not said: it was now. Errors: SV_ERROR_UNAUTHENTICATED: not right, nobody, or more than one
 * (an empty password is sent nowhere); SV_ERROR_BUSY: the directory could not be asked.
 */
SvArrival *sv_ldap_prove (const SvLdapQuestion *question, GError **error);
