/* For tests only: hosts, updates and findings made by hand, and what the world says of them. */
#pragma once

#include "evidence/report.h"

#include <math.h>
#include <string.h>

#define DAY(n) ((n)*SV_DAY_US)
#define NOW G_GINT64_CONSTANT (1795348800000000) /* 2026-11-22T12:00:00Z */

/* What the world knows of one vulnerability. Zeroed: nothing. */
typedef struct {
  const char *vulnerability;
  gint64 kev_due_us; /* > 0: listed, with this date; < 0: listed without one */
  const char *exploitation, *automatable;
  double epss, cvss; /* 0: none */
  gint64 known_since_us;
} Fact;

/* Lends one answer at a time, as a store would. */
typedef struct {
  const Fact *facts;
  gsize n_facts;
  SvKev kev;
  SvEpss epss;
  SvCveFact cve;
} World;

static inline const Fact *
find_fact (const World *world, const char *vulnerability)
{
  for (gsize i = 0; i < world->n_facts; i++)
    if (strcmp (world->facts[i].vulnerability, vulnerability) == 0)
      return &world->facts[i];
  return NULL;
}

static inline void
world_evidence (gpointer source, const char *vulnerability, SvEvidence *ret_evidence)
{
  World *world = source;
  const Fact *fact = find_fact (world, vulnerability);
  *ret_evidence = (SvEvidence){.vulnerability = vulnerability, .kev_consulted = TRUE};
  if (fact == NULL)
    return;
  world->kev = (SvKev){.due_at_us = MAX (fact->kev_due_us, 0)};
  world->epss = (SvEpss){.score = fact->epss};
  world->cve = (SvCveFact){.exploitation = (char *)fact->exploitation,
                           .automatable = (char *)fact->automatable,
                           .cvss = (char *)(fact->cvss > 0 ? "CVSS:3.1/…" : NULL),
                           .cvss_score = fact->cvss};
  ret_evidence->kev = fact->kev_due_us != 0 ? &world->kev : NULL;
  ret_evidence->epss = fact->epss > 0 ? &world->epss : NULL;
  ret_evidence->cve = &world->cve;
}

static inline gint64
world_known_since (gpointer source, const char *vulnerability)
{
  const Fact *fact = find_fact (source, vulnerability);
  return fact != NULL ? fact->known_since_us : 0;
}

/* A Debian host that knows nothing yet of its packages. */
static inline SvInventory *
new_inventory (void)
{
  SvInventory *inventory = sv_record_new (&sv_inventory_type);
  inventory->hostname = g_strdup ("example");
  inventory->distro = sv_distro_parse (
      "ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\nPRETTY_NAME=\"Debian 12\"\n", NULL);
  g_assert_nonnull (inventory->distro);
  inventory->packages = g_ptr_array_new ();
  inventory->kernels = g_ptr_array_new ();
  inventory->gaps = g_ptr_array_new ();
  inventory->reboot_reasons = sv_strings_new ();
  return inventory;
}

static inline SvPackage *
add_package (SvInventory *inventory, const char *name, const char *version, const char *source)
{
  SvPackage *package = sv_record_new (&sv_package_type);
  package->name = g_strdup (name);
  package->arch = g_strdup ("amd64");
  package->version = g_strdup (version);
  package->source = g_strdup (source);
  package->source_version = g_strdup (version);
  g_ptr_array_add (inventory->packages, package);
  return package;
}

/* The parts of a report; what sv_report_new() takes is made here. */
static inline SvReportParts
new_parts (SvInventory *inventory, const SvHostFacts *facts, World *world)
{
  return (SvReportParts){.at_us = NOW,
                         .inventory = inventory,
                         .facts = facts,
                         .sources = g_ptr_array_new (),
                         .updates = g_ptr_array_new (),
                         .new_packages = g_ptr_array_new (),
                         .findings = g_ptr_array_new (),
                         .gaps = g_ptr_array_new (),
                         .evidence = world_evidence,
                         .known_since = world_known_since,
                         .source = world};
}

/* @from and @to are both the binary and the source version. */
static inline SvUpdate *
add_update (SvReportParts *parts, const char *package, const char *source, const char *from,
            const char *to)
{
  SvUpdate *update = sv_record_new (&sv_update_type);
  update->package = g_strdup (package);
  update->arch = g_strdup ("amd64");
  update->installed = g_strdup (from);
  update->candidate = g_strdup (to);
  update->source = g_strdup (source);
  update->installed_source_version = g_strdup (from);
  update->source_version = g_strdup (to);
  update->security = TRUE;
  update->reachable = TRUE;
  update->fix = SV_FIX_REACHABLE;
  update->origin = g_strdup ("Debian-Security:12/oldstable-security");
  update->authenticity = g_strdup ("verified");
  update->size_bytes = 1000;
  g_ptr_array_add (parts->updates, update);
  return update;
}

/* Affected, as a tracker of source packages says; @fixed NULL: it names no fix. */
static inline SvFinding *
add_finding (SvReportParts *parts, const char *vulnerability, const char *package,
             const char *source, const char *installed, const char *fixed)
{
  SvFinding *finding = sv_record_new (&sv_finding_type);
  SvReason *reason = sv_record_new (&sv_reason_type);
  reason->feed = g_strdup ("debian-tracker");
  reason->name_kind = SV_NAME_SOURCE;
  reason->verdict = SV_VERDICT_AFFECTED;
  reason->fixed = g_strdup (fixed);
  reason->compared = g_strdup (installed);
  reason->because = g_strdup ("below the fixed version");
  reason->won = TRUE;
  finding->vulnerability = g_strdup (vulnerability);
  finding->package = g_strdup (package);
  finding->arch = g_strdup ("amd64");
  finding->installed = g_strdup (installed);
  finding->source = g_strdup (source);
  finding->source_version = g_strdup (installed);
  finding->verdict = SV_VERDICT_AFFECTED;
  finding->fix = fixed != NULL ? SV_FIX_REACHABLE : SV_FIX_NONE;
  finding->fixed = g_strdup (fixed);
  finding->reasons = g_ptr_array_new ();
  g_ptr_array_add (finding->reasons, reason);
  g_ptr_array_add (parts->findings, finding);
  return finding;
}
