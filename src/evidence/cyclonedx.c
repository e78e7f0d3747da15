/* CycloneDX 1.6: the packages of the host as components, its findings as vulnerabilities. */
#include "evidence/export.h"

#include <string.h>

static void
write_tool (SvJsonWriter *writer)
{
  sv_json_open_object (writer, "tools");
  sv_json_open_array (writer, "components");
  sv_json_open_object (writer, NULL);
  sv_json_add_string (writer, "type", "application");
  sv_json_add_string (writer, "name", "salve");
  sv_json_add_string (writer, "version", SALVE_VERSION);
  sv_json_close (writer);
  sv_json_close (writer);
  sv_json_close (writer);
}

static void
write_metadata (const SvReport *report, SvJsonWriter *writer)
{
  sv_json_open_object (writer, "metadata");
  sv_json_add_instant (writer, "timestamp", report->at_us);
  write_tool (writer);
  sv_json_open_object (writer, "component");
  sv_json_add_string (writer, "type", "operating-system");
  sv_json_add_string (writer, "bom-ref", "host");
  sv_json_add_string (writer, "name", report->host->os != NULL ? report->host->os : "unknown");
  if (report->host->release != NULL)
    sv_json_add_string (writer, "version", report->host->release);
  sv_json_close (writer);
  sv_json_close (writer);
}

static void
write_component (const SvReport *report, const SvPackage *package, SvJsonWriter *writer)
{
  g_autofree char *purl = sv_export_purl (report, package->name, package->version, package->arch);
  sv_json_open_object (writer, NULL);
  sv_json_add_string (writer, "type", "library");
  sv_json_add_string (writer, "bom-ref", purl);
  sv_json_add_string (writer, "name", package->name);
  sv_json_add_string (writer, "version", package->version);
  sv_json_add_string (writer, "purl", purl);
  sv_json_close (writer);
}

/* The inventory is sorted and without duplicates, so references are unique. */
static void
write_components (const SvReport *report, const SvInventory *inventory, SvJsonWriter *writer)
{
  sv_json_open_array (writer, "components");
  for (guint i = 0; i < inventory->packages->len; i++) {
    const SvPackage *package = inventory->packages->pdata[i];
    if (package->state == SV_PACKAGE_INSTALLED)
      write_component (report, package, writer);
  }
  sv_json_close (writer);
}

static const char *
state_of (const SvFinding *finding)
{
  return finding->verdict == SV_VERDICT_AFFECTED && !finding->low_relevance && !finding->unimportant
             ? "exploitable"
             : "in_triage";
}

static void
write_vulnerability (const SvReport *report, const SvFinding *finding, SvJsonWriter *writer)
{
  const SvReason *winner = finding->reasons->pdata[0];
  g_autofree char *purl =
      sv_export_purl (report, finding->package, finding->installed, finding->arch);
  g_autofree char *reference = g_strdup_printf ("%s#%s", purl, finding->vulnerability);
  g_autofree char *advice = sv_export_advice (finding);
  sv_json_open_object (writer, NULL);
  sv_json_add_string (writer, "bom-ref", reference);
  sv_json_add_string (writer, "id", finding->vulnerability);
  sv_json_open_object (writer, "source");
  sv_json_add_string (writer, "name", winner->feed);
  sv_json_close (writer);
  sv_json_add_string (writer, "recommendation", advice);
  sv_json_open_object (writer, "analysis");
  sv_json_add_string (writer, "state", state_of (finding));
  sv_json_open_array (writer, "response");
  sv_json_add_string (writer, NULL, finding->fix == SV_FIX_NOT_PLANNED ? "will_not_fix" : "update");
  sv_json_close (writer);
  sv_json_add_string (writer, "detail", winner->because);
  sv_json_close (writer);
  sv_json_open_array (writer, "affects");
  sv_json_open_object (writer, NULL);
  sv_json_add_string (writer, "ref", purl);
  sv_json_close (writer);
  sv_json_close (writer);
  sv_json_close (writer);
}

void
sv_report_write_cyclonedx (const SvReport *report, const SvInventory *inventory,
                           SvJsonWriter *writer)
{
  g_autofree char *uuid = sv_export_uuid (report);
  g_autofree char *serial = g_strconcat ("urn:uuid:", uuid, NULL);
  sv_json_open_object (writer, NULL);
  sv_json_add_string (writer, "$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
  sv_json_add_string (writer, "bomFormat", "CycloneDX");
  sv_json_add_string (writer, "specVersion", "1.6");
  sv_json_add_string (writer, "serialNumber", serial);
  sv_json_add_int64 (writer, "version", 1);
  write_metadata (report, writer);
  write_components (report, inventory, writer);
  sv_json_open_array (writer, "vulnerabilities");
  for (guint i = 0; i < report->findings->len; i++)
    if (sv_export_is_told (report->findings->pdata[i]))
      write_vulnerability (report, report->findings->pdata[i], writer);
  sv_json_close (writer);
  sv_json_close (writer);
}
