#include "trust/password.h"

#include <sodium.h>
#include <string.h>

/* Of a password that was thrown away; with today's costs, so that it takes as long as a real one.
 */
static const char nobodys_hash[] =
    "$argon2id$v=19$m=65536,t=2,p=1"
    "$0511OBOazTz9J/vNoEDIkQ$GYoAfAmehHZsWW7eq92xiXREcI6VrjK1OR2+7XEr4Oc";

static gboolean
is_one_character (const char *password)
{
  const char *second = g_utf8_next_char (password);
  gsize step = (gsize)(second - password);
  for (const char *p = second; *p != '\0'; p += step)
    if (strncmp (p, password, step) != 0)
      return FALSE;
  return TRUE;
}

static gboolean
has_control (const char *password)
{
  for (const char *p = password; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return TRUE;
  return FALSE;
}

static gboolean
is_same_word (const char *a, const char *b)
{
  if (b == NULL)
    return FALSE;
  g_autofree char *x = g_utf8_casefold (a, -1), *y = g_utf8_casefold (b, -1);
  return strcmp (x, y) == 0;
}

/* What anyone would try first, besides the names of the person (ASVS 6.2.11); docs/security.md
 * lists them. */
static const char *const guessed_words[] = {"salve",  "password", "passwort", "kennwort", "admin",
                                            "secret", "geheim",   "welcome",  "letmein",  "qwertz",
                                            "qwerty", "security", "patch",    "server",   NULL};

static void
take_out (GString *text, const char *word)
{
  g_autofree char *folded = g_utf8_casefold (word, -1);
  if (*folded != '\0')
    g_string_replace (text, folded, "", 0);
}

static gboolean
is_mostly_guessed (const char *password, const char *login, const char *name)
{
  g_autofree char *folded = g_utf8_casefold (password, -1);
  g_autoptr (GString) left = g_string_new (folded);
  g_auto (GStrv) names = g_strsplit_set (name != NULL ? name : "", " ", -1);
  take_out (left, login != NULL ? login : "");
  for (char **part = names; *part != NULL; part++)
    if (g_utf8_strlen (*part, -1) >= SV_LIMIT_PASSWORD_NAME)
      take_out (left, *part);
  for (const char *const *word = guessed_words; *word != NULL; word++)
    take_out (left, *word);
  return g_utf8_strlen (left->str, -1) < SV_LIMIT_PASSWORD_OWN;
}

static const char *
find_fault (const char *password, const char *login, const char *name)
{
  if (!g_utf8_validate (password, -1, NULL) || has_control (password))
    return "it holds characters that cannot be typed";
  if (g_utf8_strlen (password, -1) < SV_LIMIT_PASSWORD_MIN)
    return "it is shorter than " G_STRINGIFY (SV_LIMIT_PASSWORD_MIN) " characters";
  if (strlen (password) > SV_LIMIT_PASSWORD_BYTES)
    return "it is longer than " G_STRINGIFY (SV_LIMIT_PASSWORD_BYTES) " bytes";
  if (is_one_character (password))
    return "it is one character repeated";
  if (is_same_word (password, login) || is_same_word (password, name))
    return "it is the name of the person";
  if (is_mostly_guessed (password, login, name))
    return "little is left of it without names and words that anyone would try";
  return NULL;
}

gboolean
sv_password_check (const char *password, const char *login, const char *name, GError **error)
{
  const char *fault = find_fault (password, login, name);
  if (fault != NULL)
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "this cannot be a password: %s", fault);
  return fault == NULL;
}

char *
sv_password_hash (const char *password, GError **error)
{
  char hash[crypto_pwhash_STRBYTES];
  if (sodium_init () >= 0 &&
      crypto_pwhash_str_alg (hash, password, strlen (password), SV_PASSWORD_PASSES,
                             SV_PASSWORD_MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13) == 0)
    return g_strdup (hash);
  g_set_error_literal (error, SV_ERROR, SV_ERROR_BUSY,
                       "there is no memory to hash a password with");
  return NULL;
}

gboolean
sv_password_verify (const char *hash, const char *password)
{
  const char *against = hash != NULL ? hash : nobodys_hash;
  if (sodium_init () < 0)
    return FALSE;
  gboolean same = crypto_pwhash_str_verify (against, password, strlen (password)) == 0;
  return same && hash != NULL;
}

gboolean
sv_password_needs_rehash (const char *hash)
{
  return crypto_pwhash_str_needs_rehash (hash, SV_PASSWORD_PASSES, SV_PASSWORD_MEMORY_BYTES) != 0;
}
