/* libldap, loaded by the first question to a directory. Private to the room. */
#pragma once

#include "base/base.h"

#include <ldap.h>

/* The one of liblber comes with it. */
#define SV_LDAP_SYMBOLS(X)                                                                         \
  X (ber_, sockbuf_ctrl)                                                                           \
  X (ldap_, connect)                                                                               \
  X (ldap_, err2string)                                                                            \
  X (ldap_, first_entry)                                                                           \
  X (ldap_, get_dn)                                                                                \
  X (ldap_, get_option)                                                                            \
  X (ldap_, get_values_len)                                                                        \
  X (ldap_, initialize)                                                                            \
  X (ldap_, memfree)                                                                               \
  X (ldap_, msgfree)                                                                               \
  X (ldap_, next_entry)                                                                            \
  X (ldap_, sasl_bind_s)                                                                           \
  X (ldap_, search_ext_s)                                                                          \
  X (ldap_, set_option)                                                                            \
  X (ldap_, start_tls_s)                                                                           \
  X (ldap_, unbind_ext_s)                                                                          \
  X (ldap_, value_free_len)

typedef struct {
  SV_LDAP_SYMBOLS (SV_LATE_FIELD)
} SvLdap;

/* To be called only after sv_ldap_load(). */
extern SvLdap sv_ldap;

/* Errors: those of sv_late_load(). */
gboolean sv_ldap_load (GError **error);
