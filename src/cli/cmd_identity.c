/* Versions, scores, names: text in, text out. */
#include "cli/cli.h"

#include "pkg/pkg.h"

#include <string.h>

static char *
compare_line (const char *line, gpointer user_data, GError **error)
{
  return sv_version_compare_line (*(SvScheme *)user_data, line, error);
}

int
sv_cmd_version_compare (SvCli *cli, GError **error)
{
  int found = sv_enum_find (sv_scheme_names, sv_cli_get_argument (cli, 0));
  if (found < 0) {
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE,
                 "'%.64s' is no version scheme: deb, rpm, apk or "
                 "pacman",
                 sv_cli_get_argument (cli, 0));
    return SV_EXIT_USAGE;
  }
  SvScheme scheme = (SvScheme)found;
  guint n = sv_cli_get_n_arguments (cli);
  if (sv_cli_has (cli, "stdin") ? n != 1 : n != 3) {
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE,
                 "give two versions, or --stdin with tab-separated pairs");
    return SV_EXIT_USAGE;
  }
  if (n == 1)
    return sv_cli_convert_lines (compare_line, &scheme, error);
  int order;
  if (!sv_version_compare (scheme, sv_cli_get_argument (cli, 1), sv_cli_get_argument (cli, 2),
                           &order, error))
    return SV_EXIT_FAILED;
  g_autofree char *text = g_strdup_printf ("%d\n", order);
  return sv_cli_write (text, strlen (text), error) ? SV_EXIT_OK : SV_EXIT_FAILED;
}

/* What `cvss` and `purl` share: items from arguments or standard input, as lines or as records. */
typedef struct {
  const SvRecordType *type;
  char *(*line) (const char *text, GError **error);
  gpointer (*record) (const char *text, GError **error);
} SvItemKind;

static char *
convert_item (const char *line, gpointer user_data, GError **error)
{
  const SvItemKind *kind = user_data;
  return kind->line (line, error);
}

static int
write_item_lines (SvCli *cli, const SvItemKind *kind, GError **error)
{
  for (guint i = 0; i < sv_cli_get_n_arguments (cli); i++) {
    g_autofree char *answer = kind->line (sv_cli_get_argument (cli, i), error);
    if (answer == NULL)
      return SV_EXIT_FAILED;
    g_autofree char *line = g_strconcat (answer, "\n", NULL);
    if (!sv_cli_write (line, strlen (line), error))
      return SV_EXIT_FAILED;
  }
  return SV_EXIT_OK;
}

/* The next item: from the arguments, or a line of standard input. NULL without @error is the end.
 */
static char *
next_item (SvCli *cli, guint i, GError **error)
{
  char *line = NULL;
  if (!sv_cli_has (cli, "stdin"))
    return i < sv_cli_get_n_arguments (cli) ? g_strdup (sv_cli_get_argument (cli, i)) : NULL;
  return sv_cli_read_line (&line, error) ? line : NULL;
}

/* Records are written all or none: the first item that is not right ends it with its number. */
static int
write_item_records (SvCli *cli, const SvItemKind *kind, GError **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new ();
  gboolean right = TRUE;
  for (guint i = 0; right; i++) {
    g_autoptr (GError) reason = NULL;
    g_autofree char *text = next_item (cli, i, &reason);
    gpointer record = text != NULL ? kind->record (text, &reason) : NULL;
    if (record != NULL)
      g_ptr_array_add (records, record);
    if (reason != NULL)
      g_propagate_prefixed_error (error, g_steal_pointer (&reason), "item %u: ", i + 1);
    right = record != NULL;
  }
  gboolean written =
      (error == NULL || *error == NULL) && sv_cli_write_records (cli, kind->type, records, error);
  for (guint i = 0; i < records->len; i++)
    sv_record_free (kind->type, records->pdata[i]);
  return written ? SV_EXIT_OK : SV_EXIT_FAILED;
}

static int
run_items (SvCli *cli, SvItemKind *kind, GError **error)
{
  gboolean from_stdin = sv_cli_has (cli, "stdin");
  if (from_stdin == (sv_cli_get_n_arguments (cli) > 0)) {
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "give items as arguments, or --stdin");
    return SV_EXIT_USAGE;
  }
  if (sv_cli_get_output (cli) != SV_OUTPUT_TABLE)
    return write_item_records (cli, kind, error);
  return from_stdin ? sv_cli_convert_lines (convert_item, kind, error)
                    : write_item_lines (cli, kind, error);
}

static gpointer
cvss_record (const char *text, GError **error)
{
  SvCvss *cvss = sv_record_new (&sv_cvss_type);
  if (sv_cvss_parse (text, cvss, error))
    return cvss;
  sv_record_free (&sv_cvss_type, cvss);
  return NULL;
}

static char *
cvss_line (const char *text, GError **error)
{
  g_auto (SvCvss) cvss = {0};
  return sv_cvss_parse (text, &cvss, error) ? sv_cvss_format_line (&cvss) : NULL;
}

int
sv_cmd_cvss (SvCli *cli, GError **error)
{
  SvItemKind kind = {&sv_cvss_type, cvss_line, cvss_record};
  return run_items (cli, &kind, error);
}

static gpointer
purl_record (const char *text, GError **error)
{
  return sv_purl_parse (text, error);
}

int
sv_cmd_purl (SvCli *cli, GError **error)
{
  SvItemKind kind = {&sv_purl_type, sv_purl_canonicalize, purl_record};
  return run_items (cli, &kind, error);
}
