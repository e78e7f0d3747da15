#include "cli/render.h"

#include <libsmartcols.h>
#include <string.h>

typedef struct libscols_table ScolsTable;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScolsTable, scols_unref_table)

/* One column of the list of actions: its text, and how it looks. */
typedef struct {
  const char *heading;
  double width;
  int flags;
  char *(*text) (const SvAction *action, gint64 now_us);
} SvColumn;

static char *
rank_text (const SvAction *action, gint64 now_us)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, action->rank);
}

static char *
title_text (const SvAction *action, gint64 now_us)
{
  return sv_text_printable (action->title);
}

static char *
kind_text (const SvAction *action, gint64 now_us)
{
  g_autoptr (GString) text = g_string_new (action->security ? "security" : "update");
  if (action->held)
    g_string_append (text, ", on hold");
  else if (!action->reachable)
    g_string_append (text, action->fix == SV_FIX_UNKNOWN ? ", offer not known" : ", not offered");
  if (action->reboot)
    g_string_append (text, ", reboot");
  if (action->low_relevance)
    g_string_append (text, ", headers only");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
cves_text (const SvAction *action, gint64 now_us)
{
  return action->cves->len > 0 ? g_strdup_printf ("%u", action->cves->len) : g_strdup ("");
}

static char *
exploited_text (const SvAction *action, gint64 now_us)
{
  return action->exploited->len > 0 ? g_strdup_printf ("%u", action->exploited->len)
                                    : g_strdup ("");
}

static char *
decision_text (const SvAction *action, gint64 now_us)
{
  if (!action->security)
    return g_strdup ("");
  const char *decision = sv_ssvc_outcome_names[action->decision];
  return action->decision_best == action->decision_worst
             ? g_strdup (decision)
             : g_strdup_printf ("%s (%s … %s)", decision,
                                sv_ssvc_outcome_names[action->decision_best],
                                sv_ssvc_outcome_names[action->decision_worst]);
}

static char *
due_text (const SvAction *action, gint64 now_us)
{
  if (action->due_at_us == 0)
    return g_strdup ("");
  g_autofree char *span = sv_time_format_span (ABS (action->due_at_us - now_us));
  return g_strconcat (action->due_at_us < now_us ? "overdue " : "in ", span, NULL);
}

static const SvColumn columns[] = {
    {"#", 0, SCOLS_FL_RIGHT, rank_text},
    {"UPDATE", 0.5, SCOLS_FL_TRUNC, title_text},
    {"KIND", 0, 0, kind_text},
    {"CVES", 0, SCOLS_FL_RIGHT, cves_text},
    {"EXPLOITED", 0, SCOLS_FL_RIGHT, exploited_text},
    {"DECISION", 0, 0, decision_text},
    {"DUE", 0, 0, due_text},
};

static const char *
colour_of (const SvAction *action)
{
  if (action->exploited->len > 0 || action->decision == SV_SSVC_IMMEDIATE)
    return "red";
  return action->decision == SV_SSVC_OUT_OF_CYCLE ? "brown" : NULL;
}

static void
add_action (ScolsTable *table, const SvAction *action, gint64 now_us, gboolean colour)
{
  struct libscols_line *line = scols_table_new_line (table, NULL);
  for (gsize c = 0; c < G_N_ELEMENTS (columns); c++) {
    g_autofree char *text = columns[c].text (action, now_us);
    scols_line_set_data (line, c, text);
  }
  if (colour && colour_of (action) != NULL)
    scols_line_set_color (line, colour_of (action));
}

static gboolean
has_gap (const SvReport *report, const char *what)
{
  for (guint i = 0; i < report->unknown->len; i++)
    if (strcmp (((SvGap *)report->unknown->pdata[i])->what, what) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
has_archive (const SvReport *report)
{
  for (guint i = 0; i < report->sources->len; i++) {
    const SvReportSource *source = report->sources->pdata[i];
    if (source->consulted && strcmp (source->kind, "apt-archive") == 0)
      return TRUE;
  }
  return FALSE;
}

/* An empty list is good news only if there was something to look the updates up in. */
static const char *
nothing_to_fix (const SvReport *report)
{
  gboolean blind = has_gap (report, "archives") || has_gap (report, "packages") ||
                   (has_gap (report, "release") && !has_archive (report));
  return blind ? "nothing is known to be needed; see UNKNOWN for what could not be looked at"
               : "no security update is needed";
}

static gboolean
append_actions (const SvCli *cli, const SvReport *report, GString *out, GError **error)
{
  g_autoptr (ScolsTable) table = scols_new_table ();
  gboolean colour = sv_cli_use_colour (cli), all = sv_cli_get_output (cli) == SV_OUTPUT_WIDE;
  scols_table_enable_colors (table, colour);
  for (gsize c = 0; c < G_N_ELEMENTS (columns); c++)
    scols_table_new_column (table, columns[c].heading, columns[c].width, columns[c].flags);
  guint shown = 0, hidden = 0;
  for (guint i = 0; i < report->actions->len; i++) {
    const SvAction *action = report->actions->pdata[i];
    hidden += !action->security && !all;
    if (!action->security && !all)
      continue;
    add_action (table, action, report->at_us, colour);
    shown++;
  }
  char *text = NULL; /* malloc'd by the library */
  if (shown > 0 && scols_print_table_to_string (table, &text) != 0) {
    g_set_error (error, SV_ERROR, SV_ERROR_FAILED, "cannot lay out the table");
    return FALSE;
  }
  g_autofree char *owned = text;
  g_string_append_printf (out, "\nFIX NEXT\n%s", shown > 0 ? owned : nothing_to_fix (report));
  g_string_append_c (out, '\n');
  if (hidden > 0)
    g_string_append_printf (out, "and %u update%s without security content (-o wide lists them)\n",
                            hidden, hidden == 1 ? "" : "s");
  return TRUE;
}

static void
append_host (const SvReport *report, GString *out)
{
  const SvReportHost *host = report->host;
  g_autofree char *at = sv_time_format (report->at_us - report->at_us % SV_SECOND_US);
  sv_text_append_line (out, "%s · %s · %s · %" G_GINT64_FORMAT " packages · as of %s",
                       host->hostname != NULL ? host->hostname : "host not named",
                       host->os != NULL ? host->os : "unknown system",
                       host->machine != NULL ? host->machine : "unknown machine", host->packages,
                       at);
  for (guint i = 0; i < host->supports->len; i++) {
    const SvSupport *support = host->supports->pdata[i];
    if (strcmp (support->level, "supported") == 0)
      continue;
    g_autofree char *ends =
        support->ends_at_us > 0 ? sv_time_format_date (support->ends_at_us) : NULL;
    sv_text_append_line (out, "support of %s: %s%s%s", support->subject, support->level,
                         ends != NULL ? " until " : "", ends != NULL ? ends : "");
  }
}

static void
append_restarts (const SvReport *report, GString *out)
{
  for (guint i = 0; i < report->host->reboot_reasons->len; i++)
    sv_text_append_line (out, "REBOOT  %s", (char *)report->host->reboot_reasons->pdata[i]);
  for (guint i = 0; i < report->actions->len; i++) {
    const SvAction *action = report->actions->pdata[i];
    for (guint r = 0; r < action->restarts->len; r++)
      sv_text_append_line (out, "RESTART  %s (%s)", (char *)action->restarts->pdata[r],
                           action->source);
  }
}

static void
append_sources (const SvReport *report, GString *out)
{
  g_string_append (out, "\nSOURCES\n");
  for (guint i = 0; i < report->sources->len; i++) {
    const SvReportSource *source = report->sources->pdata[i];
    if (!source->consulted && strcmp (source->authenticity, "bad") != 0 &&
        strcmp (source->kind, "apt-archive") == 0)
      continue; /* archives of other releases: in the JSON */
    g_autofree char *age =
        source->age_s >= 0 ? sv_time_format_span (source->age_s * SV_SECOND_US) : NULL;
    if (source->consulted)
      sv_text_append_line (out, "  %s: %s%s%s%s%s%s", source->id, source->authenticity,
                           age != NULL ? ", " : "", age != NULL ? age : "",
                           age != NULL ? " old" : "", source->detail != NULL ? ", " : "",
                           source->detail != NULL ? source->detail : "");
    else
      sv_text_append_line (out, "  %s: NOT CONSULTED: %s", source->id,
                           source->error != NULL ? source->error : source->authenticity);
  }
}

static void
append_unknown (const SvReport *report, GString *out)
{
  if (report->unknown->len == 0)
    return;
  g_string_append (out, "\nUNKNOWN\n");
  for (guint i = 0; i < report->unknown->len; i++) {
    const SvGap *gap = report->unknown->pdata[i];
    sv_text_append_line (out, "  %s: %s", gap->what, gap->why);
  }
}

static void
append_change (const SvReport *report, GString *out)
{
  if (report->change == NULL || report->change->previous_at_us == 0)
    return;
  g_autofree char *since = sv_time_format_span (report->at_us - report->change->previous_at_us);
  sv_text_append_line (out, "since the last scan %s ago: %u new, %u resolved", since,
                       report->change->appeared->len, report->change->resolved->len);
}

static void
append_summary (const SvReport *report, GString *out)
{
  const SvReportSummary *sum = report->summary;
  g_string_append_c (out, '\n');
  sv_text_append_line (
      out,
      "%" G_GINT64_FORMAT " updates (%" G_GINT64_FORMAT " security) in %" G_GINT64_FORMAT
      " actions · %" G_GINT64_FORMAT " vulnerabilities known here (%" G_GINT64_FORMAT
      " exploited, %" G_GINT64_FORMAT " without a fix) · %" G_GINT64_FORMAT " cannot be judged",
      sum->updates, sum->security_updates, sum->actions, sum->vulnerabilities, sum->exploited,
      sum->without_fix, sum->unknown);
}

gboolean
sv_render_report (const SvCli *cli, const SvReport *report, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  append_host (report, out);
  if (!append_actions (cli, report, out, error))
    return FALSE;
  append_restarts (report, out);
  append_sources (report, out);
  append_unknown (report, out);
  append_summary (report, out);
  append_change (report, out);
  return sv_cli_write (out->str, out->len, error);
}
