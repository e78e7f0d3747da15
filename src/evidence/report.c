#include "evidence/report.h"

#include "evidence/actions.h"
#include "evidence/advised.h"

#include <string.h>

#define SCHEMA "salve.scan/1"

void
sv_report_free (SvReport *report)
{
  sv_record_free (&sv_report_type, report);
}

/* --- the host --- */

static void
count_packages (const SvInventory *inventory, SvReportHost *host)
{
  for (guint i = 0; i < inventory->packages->len; i++) {
    const SvPackage *package = inventory->packages->pdata[i];
    if (package->state != SV_PACKAGE_INSTALLED)
      continue;
    host->packages++;
    host->held += package->held;
    host->unmanaged += package->origin != NULL && *package->origin == '\0';
  }
}

static const char *
running_kernel (const SvInventory *inventory)
{
  for (guint i = 0; inventory->kernels != NULL && i < inventory->kernels->len; i++) {
    const SvKernel *kernel = inventory->kernels->pdata[i];
    if (kernel->role == SV_KERNEL_RUNNING)
      return kernel->release;
  }
  return NULL;
}

static SvReportHost *
new_host (const SvInventory *inventory)
{
  SvReportHost *host = sv_record_new (&sv_report_host_type);
  const SvDistro *distro = inventory->distro;
  host->hostname = g_strdup (inventory->hostname);
  host->os = g_strdup (distro != NULL ? distro->name : NULL);
  if (distro != NULL && distro->release != NULL)
    host->release = g_strconcat (distro->id, ":", distro->release, NULL);
  host->machine = g_strdup (inventory->machine);
  host->hardware_class = g_strdup (inventory->hardware_class);
  host->virtualization = g_strdup (inventory->virtualization);
  host->kernel = g_strdup (running_kernel (inventory));
  count_packages (inventory, host);
  host->reboot_reasons = sv_strings_copy (inventory->reboot_reasons);
  host->supports = g_ptr_array_new ();
  for (guint i = 0; inventory->supports != NULL && i < inventory->supports->len; i++)
    g_ptr_array_add (host->supports,
                     sv_record_copy (&sv_support_type, inventory->supports->pdata[i]));
  return host;
}

/* --- which update heals which finding --- */

static gboolean
is_of_update (const SvFinding *finding, const SvUpdate *update)
{
  return finding->verdict == SV_VERDICT_AFFECTED &&
         strcmp (finding->package, update->package) == 0 &&
         g_strcmp0 (finding->installed, update->installed) == 0;
}

/* Findings by package name, so that joining stays linear. */
static GHashTable *
index_findings (const GPtrArray *findings)
{
  GHashTable *by_package =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
  for (guint i = 0; i < findings->len; i++) {
    SvFinding *finding = findings->pdata[i];
    GPtrArray *list = g_hash_table_lookup (by_package, finding->package);
    if (list == NULL) {
      list = g_ptr_array_new ();
      g_hash_table_insert (by_package, finding->package, list);
    }
    g_ptr_array_add (list, finding);
  }
  return by_package;
}

static void
fill_cves (SvReport *report, gint scheme)
{
  g_autoptr (GHashTable) by_package = index_findings (report->findings);
  for (guint u = 0; u < report->updates->len; u++) {
    SvUpdate *update = report->updates->pdata[u];
    if (update->cves == NULL)
      update->cves = sv_strings_new ();
    g_autofree char *source_version =
        sv_source_version_of_tracker (update->source, update->source_version);
    GPtrArray *list = g_hash_table_lookup (by_package, update->package);
    const char *last = NULL; /* findings come sorted: equal ids stand together */
    for (guint i = 0; list != NULL && i < list->len; i++) {
      const SvFinding *finding = list->pdata[i];
      if (!is_of_update (finding, update) || g_strcmp0 (last, finding->vulnerability) == 0 ||
          !sv_finding_is_healed_by (finding, scheme, update->candidate, source_version))
        continue;
      g_ptr_array_add (update->cves, g_strdup (finding->vulnerability));
      last = finding->vulnerability;
    }
  }
}

/* --- counts --- */

static gboolean
counts_fully (const SvFinding *finding)
{
  return finding->verdict == SV_VERDICT_AFFECTED && !finding->low_relevance &&
         !finding->unimportant;
}

static gboolean
is_without_fix (const SvFinding *finding)
{
  return finding->fix == SV_FIX_NONE || finding->fix == SV_FIX_PENDING ||
         finding->fix == SV_FIX_NOT_PLANNED;
}

/* By the rule that judges actions: a listed flaw, or one assessed as exploited. */
static gboolean
is_exploited (SvReportParts *parts, const char *vulnerability)
{
  SvEvidence evidence = {.vulnerability = vulnerability};
  parts->evidence (parts->source, vulnerability, &evidence);
  g_auto (SvThreat) threat = {0};
  sv_threat_collect (&evidence, &threat);
  return threat.exploitation == SV_EXPLOITATION_ACTIVE;
}

/* Counts each vulnerability once: equal ids stand together. One that a package keeps when all
 * updates are in is without fix, whatever other packages have. */
static void
count_vulnerabilities (SvReportParts *parts, const GPtrArray *findings, SvReportSummary *summary)
{
  const char *last = NULL;
  gboolean without_fix = FALSE;
  for (guint i = 0; i < findings->len; i++) {
    const SvFinding *finding = findings->pdata[i];
    if (!counts_fully (finding))
      continue;
    if (g_strcmp0 (last, finding->vulnerability) != 0) {
      last = finding->vulnerability;
      without_fix = FALSE;
      summary->vulnerabilities++;
      summary->exploited += is_exploited (parts, last);
    }
    summary->without_fix += is_without_fix (finding) && !without_fix;
    without_fix = without_fix || is_without_fix (finding);
  }
}

static void
count_findings (const GPtrArray *findings, SvReportSummary *summary)
{
  for (guint i = 0; i < findings->len; i++) {
    const SvFinding *finding = findings->pdata[i];
    gboolean affected = finding->verdict == SV_VERDICT_AFFECTED;
    summary->unknown += finding->verdict == SV_VERDICT_UNKNOWN;
    summary->low_relevance += affected && finding->low_relevance;
    summary->unimportant += affected && finding->unimportant;
  }
}

static SvReportSummary *
new_summary (SvReportParts *parts, const SvReport *report)
{
  SvReportSummary *summary = sv_record_new (&sv_report_summary_type);
  summary->updates = report->updates->len;
  for (guint i = 0; i < report->updates->len; i++)
    summary->security_updates += ((SvUpdate *)report->updates->pdata[i])->security;
  summary->new_packages = report->new_packages->len;
  summary->actions = report->actions->len;
  for (guint i = 0; i < report->actions->len; i++) {
    const SvAction *action = report->actions->pdata[i];
    summary->overdue += action->due_at_us > 0 && action->due_at_us < report->at_us;
  }
  count_findings (report->findings, summary);
  count_vulnerabilities (parts, report->findings, summary);
  return summary;
}

static GPtrArray *
take (GPtrArray **list)
{
  return *list != NULL ? g_steal_pointer (list) : g_ptr_array_new ();
}

/* --- the order of lists: that of the report, whatever the order of arrival --- */

static gint
compare_updates (gconstpointer a, gconstpointer b)
{
  const SvUpdate *x = *(SvUpdate *const *)a, *y = *(SvUpdate *const *)b;
  int order = strcmp (x->package, y->package);
  return order != 0 ? order : g_strcmp0 (x->arch, y->arch);
}

static gint
compare_new_packages (gconstpointer a, gconstpointer b)
{
  const SvNewPackage *x = *(SvNewPackage *const *)a, *y = *(SvNewPackage *const *)b;
  int order = strcmp (x->package, y->package);
  return order != 0 ? order : g_strcmp0 (x->arch, y->arch);
}

/* They mostly come in order: looking costs less than sorting once more. */
static void
sort_findings (GPtrArray *findings)
{
  for (guint i = 1; i < findings->len; i++)
    if (sv_finding_compare (&findings->pdata[i - 1], &findings->pdata[i]) > 0) {
      g_ptr_array_sort (findings, sv_finding_compare);
      return;
    }
}

static void
add_gaps (GPtrArray *into, const GPtrArray *gaps)
{
  for (guint i = 0; gaps != NULL && i < gaps->len; i++)
    g_ptr_array_add (into, sv_record_copy (&sv_gap_type, gaps->pdata[i]));
}

static void
set_ages (SvReport *report)
{
  for (guint i = 0; i < report->sources->len; i++) {
    SvReportSource *source = report->sources->pdata[i];
    source->age_s =
        source->content_at_us > 0 ? (report->at_us - source->content_at_us) / SV_SECOND_US : -1;
  }
}

SvReport *
sv_report_new (SvReportParts *parts)
{
  SvReport *report = sv_record_new (&sv_report_type);
  const SvDistro *distro = parts->inventory->distro;
  gint scheme = distro != NULL ? distro->scheme : -1;
  report->schema = g_strdup (SCHEMA);
  report->engine = g_strdup ("salve " SALVE_VERSION);
  report->at_us = parts->at_us;
  report->host = new_host (parts->inventory);
  report->sources = take (&parts->sources);
  report->updates = take (&parts->updates);
  report->new_packages = take (&parts->new_packages);
  report->findings = take (&parts->findings);
  report->unknown = take (&parts->gaps);
  add_gaps (report->unknown, parts->inventory->gaps);
  set_ages (report);
  sort_findings (report->findings);
  sv_advised_add_updates (parts->inventory, report);
  g_ptr_array_sort (report->updates, compare_updates);
  g_ptr_array_sort (report->new_packages, compare_new_packages);
  fill_cves (report, scheme);
  report->actions = sv_actions_new (parts, report);
  report->summary = new_summary (parts, report);
  return report;
}

void
sv_report_write_json (const SvReport *report, SvJsonWriter *writer)
{
  sv_record_write_json (&sv_report_type, report, writer, NULL);
}
