#include "server/app.h"

#include "inventory/inventory.h"

#include <locale.h>
#include <stdio.h>

#define TOKEN_LIFE_S 86400

static int
fail (const GError *error)
{
  sv_log (SV_LOG_ERROR, "%s", error->message);
  return sv_error_info (error)->exit_code;
}

static int
print (char *text)
{
  g_autofree char *owned = text;
  return fputs (owned, stdout) >= 0 && fflush (stdout) == 0 ? 0 : 1;
}

static int
print_setup_link (const SvOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *secret = sv_app_offer_setup (options, &error);
  if (secret == NULL)
    return fail (error);
  g_autofree char *link = sv_app_format_setup_link (options, options->port, secret);
  return print (g_strconcat (link, "\n", NULL));
}

/* -- What is asked of the store alone -- */

static char *
write_ca (const SvOptions *options, SvDb *db, GError **error)
{
  g_auto (SvIdentity) ca = {0};
  if (!sv_authority_load (db, sv_time_now (), &ca, error))
    return NULL;
  gsize size;
  const char *pem = g_bytes_get_data (ca.certificate, &size);
  return g_strndup (pem, size);
}

typedef struct {
  gint64 quota;
  char *line; /* to be printed */
} TokenWork;

static gboolean
keep_token (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  TokenWork *work = data;
  char note[] = "made on the server";
  const SvEnrolTokenWish wish = {note, work->quota, TOKEN_LIFE_S};
  SvEnrolTokenGrant *grant = sv_enrol_token_grant (db, &wish, entry, error);
  if (grant == NULL)
    return FALSE;
  g_free (work->line);
  work->line = g_strconcat (grant->secret, "\n", NULL);
  sv_record_free (&sv_enrol_token_grant_type, grant);
  return TRUE;
}

static char *
write_enrol_token (const SvOptions *options, SvDb *db, GError **error)
{
  TokenWork work = {.quota = options->new_enrol_token};
  g_autoptr (SvAuditEntry) entry = sv_record_new (&sv_audit_entry_type);
  entry->at_us = sv_time_now ();
  entry->actor_kind = SV_ACTOR_MACHINE;
  gboolean kept = sv_audit_perform (db, entry, keep_token, &work, error);
  g_autofree char *line = work.line;
  return kept ? g_steal_pointer (&line) : NULL;
}

static int
print_from_store (const SvOptions *options, GError **error)
{
  g_autoptr (SvDb) db = sv_db_open (options->store, error);
  char *text = db == NULL          ? NULL
               : options->print_ca ? write_ca (options, db, error)
                                   : write_enrol_token (options, db, error);
  return text != NULL ? print (text) : fail (*error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  (void)setlocale (LC_CTYPE, "C.UTF-8");
  g_autoptr (SvOptions) options = sv_options_parse (argc, argv, &error);
  if (options == NULL)
    return fail (error);
  if (options->version)
    return print (g_strdup ("salved " SALVE_VERSION "\n"));
  if (options->print_openapi)
    return print (sv_routes_write_openapi ());
  if (options->print_routes)
    return print (sv_routes_write_list ());
  if (options->print_permissions)
    return print (sv_permission_format_matrix ());
  if (options->print_setup_link)
    return print_setup_link (options);
  if (options->print_ca || options->new_enrol_token != -1)
    return print_from_store (options, &error);
  if (options->debug)
    sv_log_set_level (SV_LOG_DEBUG);
  return sv_serve (options, &error) ? 0 : fail (error);
}
