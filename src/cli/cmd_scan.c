/* scan and check: one host, judged. */
#include "cli/host.h"
#include "cli/render.h"

#include <string.h>

/* --- gates --- */

typedef gboolean (*Gate) (const SvReport *report);

static gboolean
has_any (const SvReport *report)
{
  return report->summary->updates > 0 || report->summary->vulnerabilities > 0;
}

static gboolean
has_security (const SvReport *report)
{
  return report->summary->security_updates > 0;
}

static gboolean
has_exploited (const SvReport *report)
{
  return report->summary->exploited > 0;
}

static gboolean
has_overdue (const SvReport *report)
{
  return report->summary->overdue > 0;
}

static gboolean
has_decision (const SvReport *report, SvSsvcOutcome at_least)
{
  for (guint i = 0; i < report->actions->len; i++)
    if (((SvAction *)report->actions->pdata[i])->decision >= (gint)at_least)
      return TRUE;
  return FALSE;
}

static gboolean
has_immediate (const SvReport *report)
{
  return has_decision (report, SV_SSVC_IMMEDIATE);
}

static gboolean
has_out_of_cycle (const SvReport *report)
{
  return has_decision (report, SV_SSVC_OUT_OF_CYCLE);
}

static const struct {
  const char *name;
  Gate gate;
} gate_rows[] = {{"any", has_any},
                 {"security", has_security},
                 {"exploited", has_exploited},
                 {"immediate", has_immediate},
                 {"out-of-cycle", has_out_of_cycle},
                 {"overdue", has_overdue}};

static gboolean
find_gate (const char *name, Gate *ret_gate, GError **error)
{
  *ret_gate = NULL;
  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (gate_rows); i++)
    if (strcmp (gate_rows[i].name, name) == 0)
      *ret_gate = gate_rows[i].gate;
  if (name == NULL || *ret_gate != NULL)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE,
               "--fail-on '%.64s': write any, security, exploited, immediate, out-of-cycle or "
               "overdue",
               name);
  return FALSE;
}

/* Archives that say until when they are valid age; a released suite that does not is as new as it
 * will ever be. */
static gboolean
ages (const SvReportSource *source)
{
  return source->consulted && source->age_s >= 0 &&
         (strcmp (source->kind, "apt-archive") != 0 || source->valid_until_us > 0);
}

static gboolean
is_too_old (const SvReport *report, gint64 max_age_us, GError **error)
{
  for (guint i = 0; i < report->sources->len; i++) {
    const SvReportSource *source = report->sources->pdata[i];
    if (!ages (source) || source->age_s * SV_SECOND_US <= max_age_us)
      continue;
    g_autofree char *age = sv_time_format_span (source->age_s * SV_SECOND_US);
    g_set_error (error, SV_ERROR, SV_ERROR_STALE,
                 "'%s' is %s old: run 'apt-get update' or 'salve "
                 "feed sync'",
                 source->id, age);
    return TRUE;
  }
  return FALSE;
}

/* What the answer is held against; both are read before any work is done. */
typedef struct {
  Gate gate;         /* NULL: none */
  gint64 max_age_us; /* 0: any */
} SvGates;

static gboolean
read_gates (const SvCli *cli, SvGates *ret_gates, GError **error)
{
  const char *span = sv_cli_get_setting (cli, "max-age");
  *ret_gates = (SvGates){0};
  return find_gate (sv_cli_get_setting (cli, "fail-on"), &ret_gates->gate, error) &&
         (span == NULL || sv_cli_parse_span ("max-age", span, &ret_gates->max_age_us, error));
}

static int
judge_gates (const SvGates *gates, const SvReport *report, GError **error)
{
  if (gates->max_age_us > 0 && is_too_old (report, gates->max_age_us, error))
    return SV_EXIT_STALE;
  return gates->gate != NULL && gates->gate (report) ? SV_EXIT_GATE : SV_EXIT_OK;
}

/* --- output --- */

typedef void (*SvDocument) (const SvReport *report, SvJsonWriter *writer);

static gboolean
write_document (const SvReport *report, SvDocument document, const SvInventory *inventory,
                guint indent, GError **error)
{
  g_autoptr (GString) piece = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (piece, indent);
  sv_json_writer_set_sink (writer, sv_cli_write);
  if (document != NULL)
    document (report, writer);
  else
    sv_report_write_cyclonedx (report, inventory, writer);
  return sv_json_writer_finish (writer, error);
}

/* The format has no document without a statement. */
static gboolean
has_statement (const SvReport *report, GError **error)
{
  if (report->findings->len > 0)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND,
               "no finding to speak of: an OpenVEX document holds at least one statement");
  return FALSE;
}

static gboolean
write_report (SvCli *cli, const SvReport *report, const SvInventory *inventory, GError **error)
{
  switch (sv_cli_get_output (cli)) {
  case SV_OUTPUT_JSON:
    return write_document (report, sv_report_write_json, NULL, 2, error);
  case SV_OUTPUT_JSONL:
    return write_document (report, sv_report_write_json, NULL, 0, error);
  case SV_OUTPUT_SARIF:
    return write_document (report, sv_report_write_sarif, NULL, 2, error);
  case SV_OUTPUT_OPENVEX:
    return has_statement (report, error) &&
           write_document (report, sv_report_write_openvex, NULL, 2, error);
  case SV_OUTPUT_CYCLONEDX:
    return write_document (report, NULL, inventory, 2, error);
  case SV_OUTPUT_CSV:
    return sv_cli_write_records (cli, &sv_update_type, report->updates, error);
  case SV_OUTPUT_TABLE:
  case SV_OUTPUT_WIDE:
  case SV_N_OUTPUTS:
  default:
    return sv_render_report (cli, report, error);
  }
}

int
sv_cmd_scan (SvCli *cli, GError **error)
{
  SvGates gates;
  if (!read_gates (cli, &gates, error))
    return SV_EXIT_USAGE;
  g_autoptr (SvHostView) view = sv_host_view_new (cli, SV_VIEW_FETCH, error);
  SvReport *report = view != NULL ? sv_host_view_make_report (view, error) : NULL;
  if (report == NULL)
    return SV_EXIT_FAILED;
  sv_cli_leave_report (cli, report); /* read until the command ends */
  /* A history that cannot be written (a full disk) must not cost the answer. */
  g_autoptr (GError) not_kept = NULL;
  gboolean kept = sv_host_view_keep (view, report, &not_kept);
  if (!write_report (cli, report, sv_host_view_get_inventory (view), error))
    return SV_EXIT_FAILED;
  if (kept)
    return judge_gates (&gates, report, error);
  g_propagate_prefixed_error (error, g_steal_pointer (&not_kept),
                              "the answer stands, but it was not kept in the history: ");
  return SV_EXIT_FAILED;
}

/* --- check --- */

static gboolean
has_gap (const SvReport *report, const char *what)
{
  for (guint i = 0; i < report->unknown->len; i++)
    if (g_strcmp0 (((const SvGap *)report->unknown->pdata[i])->what, what) == 0)
      return TRUE;
  return FALSE;
}

/* TRUE if neither an archive nor a feed was there that could have named a needed update. */
static gboolean
is_blind (const SvReport *report)
{
  gboolean archives = FALSE;
  for (guint i = 0; i < report->sources->len; i++) {
    const SvReportSource *source = report->sources->pdata[i];
    archives = archives || (source->consulted && strcmp (source->kind, "apt-archive") == 0);
  }
  return has_gap (report, "archives") || (!archives && has_gap (report, "release"));
}

static int
check_code (const SvReport *report)
{
  if (report->summary->security_updates > 0)
    return SV_EXIT_SECURITY_UPDATES;
  if (report->host->reboot_reasons->len > 0)
    return SV_EXIT_REBOOT;
  if (report->summary->updates > 0)
    return SV_EXIT_UPDATES;
  return is_blind (report) ? SV_EXIT_PARTIAL : SV_EXIT_OK;
}

static const char *
reboot_word (const SvReport *report)
{
  if (report->host->reboot_reasons->len > 0)
    return "needed";
  return has_gap (report, "reboot") ? "unknown" : "not needed";
}

static gboolean
write_check (SvCli *cli, const SvReport *report, GError **error)
{
  if (sv_cli_get_output (cli) == SV_OUTPUT_JSON)
    return write_document (report, sv_report_write_json, NULL, 2, error);
  g_autofree char *line = g_strdup_printf (
      "%" G_GINT64_FORMAT " updates, %" G_GINT64_FORMAT " security, reboot %s, %u unknown%s\n",
      report->summary->updates, report->summary->security_updates, reboot_word (report),
      report->unknown->len,
      is_blind (report) ? ": no archive or feed tells which updates are needed" : "");
  return sv_cli_write (line, strlen (line), error);
}

int
sv_cmd_check (SvCli *cli, GError **error)
{
  SvGates gates;
  if (!read_gates (cli, &gates, error))
    return SV_EXIT_USAGE;
  gates.gate = NULL; /* its exit codes say more */
  g_autoptr (SvHostView) view = sv_host_view_new (cli, SV_VIEW_LOCAL, error);
  g_autoptr (SvReport) report = view != NULL ? sv_host_view_make_report (view, error) : NULL;
  if (report == NULL || !write_check (cli, report, error))
    return SV_EXIT_FAILED;
  int stale = judge_gates (&gates, report, error);
  return stale != SV_EXIT_OK ? stale : check_code (report);
}
