#include "net/libldap.h"

SvLdap sv_ldap;
static const char *const symbols[] = {SV_LDAP_SYMBOLS (SV_LATE_NAME) NULL};
G_STATIC_ASSERT (sizeof sv_ldap / sizeof (gpointer) + 1 == G_N_ELEMENTS (symbols));

gboolean
sv_ldap_load (GError **error)
{
  static SvLateLibrary library = {.library = "libldap-2.5.so.0",
                                  .purpose = "logins by LDAP",
                                  .symbols = symbols,
                                  .table = (gpointer *)&sv_ldap};
  return sv_late_load (&library, error);
}
