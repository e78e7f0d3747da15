/* explain: the chain of reasons behind a judgement, and scenario files that replay it. */
#include "cli/host.h"

#include "exposure/exposure.h"

#include <string.h>

static void
append_reason (GString *out, const SvReason *reason)
{
  sv_text_append_line (out, "  %s %s%s%s: %s: %s", reason->won ? "→" : " ", reason->feed,
                       reason->advisory != NULL ? " " : "",
                       reason->advisory != NULL ? reason->advisory : "",
                       sv_verdict_names[reason->verdict], reason->because);
}

static void
append_finding (GString *out, const SvFinding *finding)
{
  sv_text_append_line (out, "%s in %s %s (%s): %s", finding->vulnerability, finding->package,
                       finding->installed,
                       finding->arch != NULL ? finding->arch : "unknown architecture",
                       sv_verdict_names[finding->verdict]);
  if (finding->source_version != NULL)
    sv_text_append_line (out, "    built from %s %s", finding->source, finding->source_version);
  if (finding->verdict == SV_VERDICT_AFFECTED || finding->verdict == SV_VERDICT_UNKNOWN)
    sv_text_append_line (out, "    fix: %s%s%s; running: %s", sv_fix_names[finding->fix],
                         finding->fixed != NULL ? ", in " : "",
                         finding->fixed != NULL ? finding->fixed : "", sv_run_names[finding->run]);
  if (finding->low_relevance)
    sv_text_append_line (out, "    of low relevance: no vulnerable code inside, or it cannot run");
  for (guint i = 0; i < finding->reasons->len; i++)
    append_reason (out, finding->reasons->pdata[i]);
}

static gboolean
write_findings (SvCli *cli, const GPtrArray *findings, GError **error)
{
  if (sv_cli_get_output (cli) == SV_OUTPUT_JSON)
    return sv_cli_write_records (cli, &sv_finding_type, findings, error);
  g_autoptr (GString) out = g_string_new (NULL);
  for (guint i = 0; i < findings->len; i++)
    append_finding (out, findings->pdata[i]);
  return sv_cli_write (out->str, out->len, error);
}

static int
replay (SvCli *cli, const char *path, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_open (path, error);
  g_autoptr (SvScenario) scenario = stream != NULL ? sv_scenario_read (stream, error) : NULL;
  g_autoptr (GPtrArray) findings = scenario != NULL ? sv_scenario_replay (scenario, error) : NULL;
  if (findings == NULL || !write_findings (cli, findings, error))
    return SV_EXIT_FAILED;
  return SV_EXIT_OK;
}

static gboolean
dump (const SvScenario *scenario, const char *path, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (out, 2);
  sv_scenario_write (scenario, writer);
  g_string_append_c (out, '\n');
  g_autoptr (GError) reason = NULL;
  if (g_file_set_contents (path, out->str, (gssize)out->len, &reason))
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_FAILED, "%s", reason->message);
  return FALSE;
}

/* A name is a package if the host has a package or source of that name, else a vulnerability. */
static void
choose_subject (const SvInventory *inventory, const char *name, SvAssessment *assessment)
{
  for (guint i = 0; i < inventory->packages->len; i++) {
    const SvPackage *package = inventory->packages->pdata[i];
    if (strcmp (package->name, name) == 0 || strcmp (package->source, name) == 0) {
      assessment->only_package = name;
      return;
    }
  }
  assessment->only_vulnerability = name;
}

static void
set_not_found (const SvScenario *scenario, const char *name, GError **error)
{
  if (scenario->claims->len == 0)
    g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND,
                 "no source that was consulted says anything of '%.128s' in a package of this host",
                 name);
  else
    g_set_error (
        error, SV_ERROR, SV_ERROR_NOT_FOUND,
        "%u statements speak of '%.128s', but none of a build that this host has: they are "
        "for other architectures, module streams or products",
        scenario->claims->len, name);
}

static int
explain (SvCli *cli, const char *name, GError **error)
{
  g_autoptr (SvHostView) view = sv_host_view_new (cli, SV_VIEW_LOCAL, error);
  if (view == NULL)
    return SV_EXIT_FAILED;
  SvAssessment assessment = sv_host_view_get_assessment (view);
  choose_subject (assessment.inventory, name, &assessment);
  g_autofree char *about = g_strdup_printf ("explain %s", name);
  g_autoptr (SvScenario) scenario = sv_scenario_record (&assessment, about, error);
  if (scenario == NULL)
    return SV_EXIT_FAILED;
  if (scenario->findings->len == 0) {
    set_not_found (scenario, name, error);
    return SV_EXIT_NOT_FOUND;
  }
  const char *path = sv_cli_find (cli, "dump");
  if (path != NULL && !dump (scenario, path, error))
    return SV_EXIT_FAILED;
  return write_findings (cli, scenario->findings, error) ? SV_EXIT_OK : SV_EXIT_FAILED;
}

int
sv_cmd_explain (SvCli *cli, GError **error)
{
  const char *path = sv_cli_find (cli, "replay");
  if ((path == NULL) != (sv_cli_get_n_arguments (cli) == 1)) {
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE,
                 "name a vulnerability or a package, or give --replay FILE");
    return SV_EXIT_USAGE;
  }
  return path != NULL ? replay (cli, path, error)
                      : explain (cli, sv_cli_get_argument (cli, 0), error);
}
