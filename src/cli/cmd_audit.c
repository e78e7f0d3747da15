/* The audit of a server: writing it out, and looking whether it is what it was. */
#include "cli/sources.h"

#include "access/access.h"

#include <string.h>

#define PIECE_BYTES 65536

static SvDb *
open_store (SvCli *cli, GError **error)
{
  g_autofree char *url = sv_sources_store_url (cli, error);
  return url != NULL ? sv_db_open_options (url, &(SvDbOptions){.read_only = TRUE}, error) : NULL;
}

/* -- Export -- */

static gboolean
write_entry (const SvAuditEntry *entry, gpointer data, GError **error)
{
  GString *piece = data;
  sv_audit_append_line (entry, piece);
  if (piece->len < PIECE_BYTES)
    return TRUE;
  gboolean written = sv_cli_write (piece->str, piece->len, error);
  g_string_truncate (piece, 0);
  return written;
}

int
sv_cmd_audit_export (SvCli *cli, GError **error)
{
  g_autoptr (SvDb) db = open_store (cli, error);
  g_autoptr (GString) piece = g_string_new (NULL);
  if (db == NULL || !sv_audit_foreach (db, write_entry, piece, error) ||
      !sv_cli_write (piece->str, piece->len, error))
    return SV_EXIT_FAILED;
  return SV_EXIT_OK;
}

/* -- Verify -- */

typedef struct {
  gint64 entries;
  char *head;
} Verdict;

static const SvField verdict_fields[] = {
    SV_FIELD (Verdict, entries, SV_TYPE_INT64, .doc = "Entries, each as it was written."),
    SV_FIELD (Verdict, head, SV_TYPE_STRING, .doc = "Where the log ends: for the next --head."),
};
static SV_RECORD_TYPE (verdict_type, Verdict, "AuditVerdict", verdict_fields,
                       "An audit in which nothing was changed.");

static gboolean
check_entry (const SvAuditEntry *entry, gpointer check, GError **error)
{
  return sv_audit_check_next (check, entry, error);
}

static gboolean
check_store (SvCli *cli, SvAuditCheck *check, GError **error)
{
  g_autoptr (SvDb) db = open_store (cli, error);
  return db != NULL && sv_audit_foreach (db, check_entry, check, error) &&
         sv_audit_check_end (check, error);
}

static gboolean
check_file (const char *path, SvAuditCheck *check, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_open (path, error);
  if (stream == NULL)
    return FALSE;
  sv_stream_set_max_bytes (stream, SV_LIMIT_FEED_BYTES);
  return sv_audit_check_lines (stream, check, error);
}

int
sv_cmd_audit_verify (SvCli *cli, GError **error)
{
  SvAuditCheck check = {0};
  const char *known = sv_cli_find (cli, "head");
  if (known != NULL && !sv_audit_head_parse (known, &check.known, error))
    return SV_EXIT_USAGE;
  gboolean whole = sv_cli_get_n_arguments (cli) > 0
                       ? check_file (sv_cli_get_argument (cli, 0), &check, error)
                       : check_store (cli, &check, error);
  if (!whole)
    return SV_EXIT_FAILED;
  g_autofree char *head = sv_audit_head_format (&check.head);
  const Verdict verdict = {check.head.sequence, head};
  return sv_cli_write_record (cli, &verdict_type, &verdict, error) ? SV_EXIT_OK : SV_EXIT_FAILED;
}
