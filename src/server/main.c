#include "server/app.h"

#include <locale.h>
#include <stdio.h>

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
  if (options->debug)
    sv_log_set_level (SV_LOG_DEBUG);
  return sv_serve (options, &error) ? 0 : fail (error);
}
