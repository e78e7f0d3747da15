#include "access/away.h"

#include "access/ldap.h"

#include <string.h>

void
sv_away_free (SvAway *away)
{
  if (away == NULL)
    return;
  sv_provider_free (away->provider);
  sv_arrival_free (away->arrival);
  g_free (away);
}

static gboolean
takes_passwords (const SvProvider *provider)
{
  return provider->kind == SV_PROVIDER_LDAP && !provider->disabled;
}

gboolean
sv_away_is_asked (SvDb *db, const char *login, gboolean *ret_asked, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvCredentials) credentials = sv_credentials_find (db, login, &cause);
  g_autofree char *folded = sv_login_fold (login, NULL);
  *ret_asked = FALSE;
  if (cause != NULL) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return FALSE;
  }
  if (folded == NULL || (credentials != NULL && credentials->password != NULL))
    return TRUE;
  GPtrArray *providers = sv_provider_list (db, error);
  for (guint i = 0; providers != NULL && i < providers->len; i++)
    *ret_asked = *ret_asked || takes_passwords (providers->pdata[i]);
  sv_rows_free (providers, &sv_provider_type);
  return providers != NULL;
}

/* Asks one. NULL without @error: it is not the one to ask. */
static SvArrival *
ask (SvDb *db, const SvAwayQuestion *question, const SvProvider *provider, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvLink) link =
      question->person != NULL ? sv_link_find_of_person (db, question->person, provider->id, &cause)
                               : NULL;
  g_autofree char *secret =
      cause == NULL ? sv_provider_load_secret (db, provider->id, &cause) : NULL;
  SvArrival *arrival = NULL;
  const SvLdapQuestion whole = {.provider = provider,
                                .secret = secret,
                                .login = question->login != NULL ? question->login
                                         : link != NULL          ? link->login
                                                                 : NULL,
                                .password = question->password};
  if (cause == NULL && (question->person == NULL || link != NULL))
    arrival = sv_ldap_prove (&whole, &cause);
  if (arrival != NULL && link != NULL && strcmp (arrival->subject, link->subject) != 0)
    g_clear_pointer (&arrival, sv_arrival_free); /* somebody else has the name there now */
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return arrival;
}

static SvAway *
ask_each (SvDb *db, const SvAwayQuestion *question, GPtrArray *providers, GError **error)
{
  g_autoptr (GError) failure = NULL;
  for (guint i = 0; i < providers->len; i++) {
    g_autoptr (GError) cause = NULL;
    SvArrival *arrival = takes_passwords (providers->pdata[i])
                             ? ask (db, question, providers->pdata[i], &cause)
                             : NULL;
    if (arrival != NULL) {
      SvAway *away = g_new0 (SvAway, 1);
      away->provider = sv_record_copy (&sv_provider_type, providers->pdata[i]);
      away->arrival = arrival;
      return away;
    }
    if (failure == NULL && cause != NULL && !sv_error_is (cause, SV_ERROR_UNAUTHENTICATED))
      failure = g_steal_pointer (&cause);
  }
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    g_set_error_literal (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED, "no directory says yes");
  return NULL;
}

SvAway *
sv_away_prove (SvDb *db, const SvAwayQuestion *question, GError **error)
{
  GPtrArray *providers = sv_provider_list (db, error);
  SvAway *away = providers != NULL ? ask_each (db, question, providers, error) : NULL;
  sv_rows_free (providers, &sv_provider_type);
  return away;
}
