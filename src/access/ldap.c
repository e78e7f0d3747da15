#include "access/ldap.h"

#include "net/net.h"

enum { SUBJECT, LOGIN, NAME, MAIL, GROUPS, N_WANTED };

static SvArrival *
refuse (GError **error)
{
  g_set_error_literal (error, SV_ERROR, SV_ERROR_UNAUTHENTICATED, "the directory says no");
  return NULL;
}

/* The one entry; NULL with SV_ERROR_UNAUTHENTICATED if there is none, or not one alone. */
static SvDirectoryEntry *
find_entry (SvDirectory *directory, const SvLdapQuestion *question, GPtrArray **ret_entries,
            GError **error)
{
  const SvProvider *provider = question->provider;
  g_autoptr (GError) cause = NULL;
  g_autofree char *filter =
      sv_provider_fill_in (provider->filter, "login", question->login, SV_FILL_FILTER);
  const char *wanted[] = {provider->subject_from, provider->login_from,  provider->name_from,
                          provider->mail_from,    provider->groups_from, NULL};
  const SvDirectorySearch search = {
      .base = provider->base, .filter = filter, .attributes = wanted, .max = 2};
  *ret_entries = sv_directory_search (directory, &search, &cause);
  if (*ret_entries != NULL && (*ret_entries)->len == 1)
    return (*ret_entries)->pdata[0];
  if (cause == NULL || sv_error_is (cause, SV_ERROR_LIMIT))
    refuse (error);
  else
    g_propagate_error (error, g_steal_pointer (&cause));
  return NULL;
}

static gboolean
add_groups (SvDirectory *directory, const SvLdapQuestion *question, const char *dn,
            GPtrArray *groups, GError **error)
{
  const SvProvider *provider = question->provider;
  static const char *const none[] = {"1.1", NULL};
  if (provider->group_filter == NULL)
    return TRUE;
  g_autofree char *by_name = sv_provider_fill_in (provider->group_filter, "dn", dn, SV_FILL_FILTER);
  g_autofree char *filter = sv_provider_fill_in (by_name, "login", question->login, SV_FILL_FILTER);
  const SvDirectorySearch search = {.base = provider->group_base != NULL ? provider->group_base
                                                                         : provider->base,
                                    .filter = filter,
                                    .attributes = none,
                                    .max = SV_LIMIT_GROUPS};
  g_autoptr (GPtrArray) entries = sv_directory_search (directory, &search, error);
  for (guint i = 0; entries != NULL && i < entries->len; i++)
    g_ptr_array_add (groups, g_strdup (((SvDirectoryEntry *)entries->pdata[i])->dn));
  return entries != NULL;
}

static SvArrival *
describe (const SvLdapQuestion *question, const SvDirectoryEntry *entry, GError **error)
{
  const char *subject = sv_directory_entry_get (entry, SUBJECT);
  const char *login = sv_directory_entry_get (entry, LOGIN);
  if (subject == NULL) {
    g_set_error (error, SV_ERROR, SV_ERROR_FAILED, "its entries have no '%s'",
                 question->provider->subject_from);
    return NULL;
  }
  SvArrival *arrival = g_new0 (SvArrival, 1);
  arrival->subject = g_strdup (subject);
  arrival->login = g_strdup (login != NULL ? login : question->login);
  arrival->name = g_strdup (sv_directory_entry_get (entry, NAME));
  arrival->mail = g_strdup (sv_directory_entry_get (entry, MAIL));
  arrival->groups = sv_strings_copy (entry->values[GROUPS]);
  arrival->two_factors = g_strcmp0 (question->provider->second_factor, "*") == 0;
  return arrival;
}

/* A name that nobody has takes as long as one with a wrong password: the directory is asked for a
 * password of somebody who cannot be. */
static void
ask_for_nobody (SvDirectory *directory, const SvLdapQuestion *question)
{
  g_autofree char *id = sv_id_new ();
  g_autofree char *dn = g_strdup_printf ("cn=%s,%s", id, question->provider->base);
  sv_directory_bind (directory, dn, id, NULL);
}

/* Asks as the account of the server, and in the end as who they say they are. */
static SvArrival *
prove_by_account (SvDirectory *directory, const SvLdapQuestion *question, GError **error)
{
  const char *account = question->provider->account;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GError) cause = NULL;
  if (!sv_directory_bind (directory, account, question->secret, &cause)) {
    g_set_error (error, SV_ERROR, SV_ERROR_FAILED, "as '%s': %s",
                 account != NULL ? account : "nobody", cause->message);
    return NULL;
  }
  SvDirectoryEntry *entry = find_entry (directory, question, &entries, error);
  if (entry == NULL)
    ask_for_nobody (directory, question);
  g_autoptr (SvArrival) arrival = entry != NULL ? describe (question, entry, error) : NULL;
  return arrival != NULL && add_groups (directory, question, entry->dn, arrival->groups, error) &&
                 sv_directory_bind (directory, entry->dn, question->password, error)
             ? g_steal_pointer (&arrival)
             : NULL;
}

/* Asks as who they say they are, from the first. */
static SvArrival *
prove_directly (SvDirectory *directory, const SvLdapQuestion *question, GError **error)
{
  g_autoptr (GPtrArray) entries = NULL;
  g_autofree char *name =
      sv_provider_fill_in (question->provider->bind_as, "login", question->login, SV_FILL_NAME);
  if (!sv_directory_bind (directory, name, question->password, error))
    return NULL;
  SvDirectoryEntry *entry = find_entry (directory, question, &entries, error);
  g_autoptr (SvArrival) arrival = entry != NULL ? describe (question, entry, error) : NULL;
  return arrival != NULL && add_groups (directory, question, entry->dn, arrival->groups, error)
             ? g_steal_pointer (&arrival)
             : NULL;
}

SvArrival *
sv_ldap_prove (const SvLdapQuestion *question, GError **error)
{
  const SvProvider *provider = question->provider;
  const SvDirectoryOptions options = {
      .url = provider->address, .ca_file = provider->ca_file, .start_tls = provider->start_tls};
  g_autoptr (GError) cause = NULL;
  if (sv_text_is_empty (question->login) || sv_text_is_empty (question->password))
    return refuse (error);
  g_autoptr (SvDirectory) directory = sv_directory_new (&options, &cause);
  SvArrival *arrival = directory == NULL           ? NULL
                       : provider->bind_as != NULL ? prove_directly (directory, question, &cause)
                                                   : prove_by_account (directory, question, &cause);
  if (cause == NULL || sv_error_is (cause, SV_ERROR_UNAUTHENTICATED))
    return arrival != NULL ? arrival : refuse (error);
  g_set_error (error, SV_ERROR, SV_ERROR_BUSY, "the directory '%s' cannot be asked now: %s",
               provider->id, cause->message);
  return NULL;
}
