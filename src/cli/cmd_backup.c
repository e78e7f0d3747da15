/* backup: a copy of the store, of one moment, while others use it. */
#include "cli/sources.h"

#include "db/db.h"

int
sv_cmd_backup (SvCli *cli, GError **error)
{
  const char *path = sv_cli_get_argument (cli, 0);
  g_autofree char *url = sv_sources_store_url (cli, error);
  g_autoptr (SvDb) db = url != NULL ? sv_db_open (url, error) : NULL;
  if (db == NULL || !sv_db_backup (db, path, error))
    return SV_EXIT_FAILED;
  g_autofree char *line = g_strdup_printf ("%s is a copy of %s\n", path, url);
  return sv_cli_write (line, strlen (line), error) ? SV_EXIT_OK : SV_EXIT_FAILED;
}
