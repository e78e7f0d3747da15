#include "access/person.h"

#include <string.h>

static const SvField person_fields[] = {
    SV_FIELD (SvPerson, id, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .doc = "Id."),
    SV_FIELD (SvPerson, login, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_LOGIN_BYTES, .doc = "Name to log in with, in lower case."),
    SV_FIELD (SvPerson, name, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_NAME_BYTES, .doc = "Name that others see."),
    SV_FIELD (SvPerson, mail, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES, .doc = "Mail address."),
    SV_FIELD (SvPerson, disabled, SV_TYPE_BOOL, .doc = "Cannot log in; nobody is ever deleted."),
    SV_FIELD (SvPerson, must_change, SV_TYPE_BOOL,
              .doc = "Must choose a password before anything else."),
    SV_FIELD (SvPerson, totp, SV_TYPE_BOOL, .doc = "Has a second factor."),
    SV_FIELD (SvPerson, created_at_us, SV_TYPE_INSTANT, .doc = "When they were added."),
    SV_FIELD (SvPerson, last_login_at_us, SV_TYPE_INSTANT, .doc = "When they logged in last."),
};
SV_RECORD_TYPE (sv_person_type, SvPerson, "Person", person_fields, "Somebody who may log in.");

void
sv_person_free (SvPerson *person)
{
  sv_record_free (&sv_person_type, person);
}

static gboolean
is_login (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_islower (*p) && !g_ascii_isdigit (*p) &&
        (p == text || strchr ("._-@", *p) == NULL))
      return FALSE;
  return *text != '\0' && strlen (text) <= SV_LIMIT_LOGIN_BYTES;
}

char *
sv_login_fold (const char *text, GError **error)
{
  g_autofree char *folded = g_ascii_strdown (text, -1);
  if (is_login (folded))
    return g_steal_pointer (&folded);
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE,
               "a login name is 1 to %d letters, digits and '.', '_', '-', '@', and begins with a "
               "letter or digit",
               SV_LIMIT_LOGIN_BYTES);
  return NULL;
}

gboolean
sv_person_check_name (const char *name, GError **error)
{
  g_autofree char *printable = sv_text_printable (name);
  if (!sv_text_is_empty (name) && strcmp (printable, name) == 0)
    return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE,
                       "a name is not empty and holds nothing that cannot be seen");
  return FALSE;
}
