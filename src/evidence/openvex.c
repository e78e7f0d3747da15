/* OpenVEX 0.2.0: one statement per vulnerability and package. */
#include "evidence/export.h"

static void
write_product (const SvReport *report, const SvFinding *finding, SvJsonWriter *writer)
{
  g_autofree char *purl =
      sv_export_purl (report, finding->package, finding->installed, finding->arch);
  sv_json_open_array (writer, "products");
  sv_json_open_object (writer, NULL);
  sv_json_add_string (writer, "@id", purl);
  sv_json_open_object (writer, "identifiers");
  sv_json_add_string (writer, "purl", purl);
  sv_json_close (writer);
  sv_json_close (writer);
  sv_json_close (writer);
}

static void
write_statement (const SvReport *report, const SvFinding *finding, SvJsonWriter *writer)
{
  const SvReason *winner = finding->reasons->pdata[0];
  gboolean affected = finding->verdict == SV_VERDICT_AFFECTED;
  g_autofree char *notes = g_strdup_printf ("%s (%s)", winner->because, winner->feed);
  g_autofree char *advice = sv_export_advice (finding);
  sv_json_open_object (writer, NULL);
  sv_json_open_object (writer, "vulnerability");
  sv_json_add_string (writer, "name", finding->vulnerability);
  if (finding->aliases != NULL && finding->aliases->len > 0)
    sv_json_add_strings (writer, "aliases", finding->aliases);
  sv_json_close (writer);
  write_product (report, finding, writer);
  sv_json_add_string (writer, "status", affected ? "affected" : "under_investigation");
  sv_json_add_string (writer, "status_notes", notes);
  if (affected)
    sv_json_add_string (writer, "action_statement", advice);
  sv_json_close (writer);
}

void
sv_report_write_openvex (const SvReport *report, SvJsonWriter *writer)
{
  g_autofree char *uuid = sv_export_uuid (report);
  g_autofree char *id = g_strconcat ("urn:uuid:", uuid, NULL);
  sv_json_open_object (writer, NULL);
  sv_json_add_string (writer, "@context", "https://openvex.dev/ns/v0.2.0");
  sv_json_add_string (writer, "@id", id);
  sv_json_add_string (writer, "author",
                      report->host->hostname != NULL ? report->host->hostname : "salve");
  sv_json_add_string (writer, "tooling", report->engine);
  sv_json_add_instant (writer, "timestamp", report->at_us);
  sv_json_add_int64 (writer, "version", 1);
  sv_json_open_array (writer, "statements");
  for (guint i = 0; i < report->findings->len; i++)
    if (sv_export_is_told (report->findings->pdata[i]))
      write_statement (report, report->findings->pdata[i], writer);
  sv_json_close (writer);
  sv_json_close (writer);
}
