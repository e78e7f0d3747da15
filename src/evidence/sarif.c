/* SARIF 2.1.0: one rule per vulnerability, one result per affected package. */
#include "evidence/export.h"

#include <string.h>

static void
write_text (SvJsonWriter *writer, const char *key, const char *text)
{
  sv_json_open_object (writer, key);
  sv_json_add_string (writer, "text", text);
  sv_json_close (writer);
}

static void
write_rule (const SvFinding *finding, SvJsonWriter *writer)
{
  sv_json_open_object (writer, NULL);
  sv_json_add_string (writer, "id", finding->vulnerability);
  g_autofree char *text =
      g_strdup_printf ("%s affects an installed package.", finding->vulnerability);
  write_text (writer, "shortDescription", text);
  write_text (writer, "fullDescription", text);
  if (sv_text_is_cve (finding->vulnerability)) {
    g_autofree char *uri =
        g_strconcat ("https://www.cve.org/CVERecord?id=", finding->vulnerability, NULL);
    sv_json_add_string (writer, "helpUri", uri);
  }
  write_text (writer, "help", "Update the package, or lower the exposure until there is a fix.");
  sv_json_close (writer);
}

static void
write_rules (const SvReport *report, SvJsonWriter *writer)
{
  const char *last = NULL; /* findings come sorted by vulnerability */
  sv_json_open_array (writer, "rules");
  for (guint i = 0; i < report->findings->len; i++) {
    const SvFinding *finding = report->findings->pdata[i];
    if (!sv_export_is_told (finding) || g_strcmp0 (last, finding->vulnerability) == 0)
      continue;
    last = finding->vulnerability;
    write_rule (finding, writer);
  }
  sv_json_close (writer);
}

static const char *
level_of (const SvFinding *finding)
{
  if (finding->low_relevance || finding->unimportant || finding->verdict == SV_VERDICT_UNKNOWN)
    return "note";
  return finding->fix == SV_FIX_REACHABLE || finding->fix == SV_FIX_INSTALLED ? "error" : "warning";
}

static void
write_location (const SvReport *report, const SvFinding *finding, SvJsonWriter *writer)
{
  g_autofree char *purl =
      sv_export_purl (report, finding->package, finding->installed, finding->arch);
  sv_json_open_array (writer, "locations");
  sv_json_open_object (writer, NULL);
  sv_json_open_array (writer, "logicalLocations");
  sv_json_open_object (writer, NULL);
  sv_json_add_string (writer, "name", finding->package);
  sv_json_add_string (writer, "fullyQualifiedName", purl);
  sv_json_add_string (writer, "kind", "package");
  sv_json_close (writer);
  sv_json_close (writer);
  sv_json_close (writer);
  sv_json_close (writer);
}

static void
write_result (const SvReport *report, const SvFinding *finding, SvJsonWriter *writer)
{
  const SvReason *winner = finding->reasons->pdata[0];
  g_autofree char *advice = sv_export_advice (finding);
  g_autofree char *message =
      g_strdup_printf ("%s %s: %s (%s). %s", finding->package, finding->installed, winner->because,
                       winner->feed, advice);
  g_autofree char *identity = g_strdup_printf ("%s/%s/%s", finding->vulnerability, finding->package,
                                               finding->arch != NULL ? finding->arch : "");
  sv_json_open_object (writer, NULL);
  sv_json_add_string (writer, "ruleId", finding->vulnerability);
  sv_json_add_string (writer, "level", level_of (finding));
  write_text (writer, "message", message);
  write_location (report, finding, writer);
  sv_json_open_object (writer, "partialFingerprints");
  sv_json_add_string (writer, "finding/v1", identity);
  sv_json_close (writer);
  sv_json_open_object (writer, "properties");
  sv_json_add_string (writer, "verdict", sv_verdict_names[finding->verdict]);
  sv_json_add_string (writer, "fix", sv_fix_names[finding->fix]);
  sv_json_add_string (writer, "fixed", finding->fixed);
  sv_json_close (writer);
  sv_json_close (writer);
}

void
sv_report_write_sarif (const SvReport *report, SvJsonWriter *writer)
{
  sv_json_open_object (writer, NULL);
  sv_json_add_string (writer, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
  sv_json_add_string (writer, "version", "2.1.0");
  sv_json_open_array (writer, "runs");
  sv_json_open_object (writer, NULL);
  sv_json_open_object (writer, "tool");
  sv_json_open_object (writer, "driver");
  sv_json_add_string (writer, "name", "salve");
  sv_json_add_string (writer, "version", SALVE_VERSION);
  sv_json_add_string (writer, "semanticVersion", SALVE_VERSION);
  write_rules (report, writer);
  sv_json_close (writer);
  sv_json_close (writer);
  sv_json_add_string (writer, "columnKind", "utf16CodeUnits");
  sv_json_open_array (writer, "results");
  for (guint i = 0; i < report->findings->len; i++)
    if (sv_export_is_told (report->findings->pdata[i]))
      write_result (report, report->findings->pdata[i], writer);
  sv_json_close (writer);
  sv_json_close (writer);
  sv_json_close (writer);
  sv_json_close (writer);
}
