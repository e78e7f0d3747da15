#include "inventory/checkin.h"

#include <string.h>

#define DIGEST_TEXT (2 * SV_DIGEST_BYTES)

static const SvField checkin_fields[] = {
    SV_FIELD (SvCheckin, set, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .max = DIGEST_TEXT,
              .doc = "SHA-256 of the set of packages that is installed."),
    SV_FIELD (SvCheckin, base, SV_TYPE_STRING, .max = DIGEST_TEXT,
              .doc = "SHA-256 of the set that was acknowledged last; null: added is all."),
    SV_FIELD (SvCheckin, added, SV_TYPE_RECORDS, .record = &sv_package_type,
              .max = SV_LIMIT_PACKAGES, .doc = "Packages that the base lacks."),
    SV_FIELD (SvCheckin, removed, SV_TYPE_STRINGS, .max = SV_LIMIT_PACKAGES,
              .doc = "SHA-256 of each package that only the base has."),
    SV_FIELD (SvCheckin, facts, SV_TYPE_RECORD, .record = &sv_inventory_type,
              .doc = "All that is no package; null: as acknowledged before."),
    SV_FIELD (SvCheckin, held, SV_TYPE_STRINGS, .max = SV_LIMIT_PACKAGES,
              .doc = "Packages kept at their version on purpose, name:arch; goes with the facts."),
    SV_FIELD (SvCheckin, counter, SV_TYPE_INT64,
              .doc = "Of agents: number of the report acknowledged last and one more."),
    SV_FIELD (SvCheckin, nonce, SV_TYPE_STRING, .max = DIGEST_TEXT,
              .doc = "Of agents: new for each counter, the same when a report is sent again."),
};
SV_RECORD_TYPE (sv_checkin_type, SvCheckin, "Checkin", checkin_fields,
                "What a host reports of itself.");

static const SvField answer_fields[] = {
    SV_FIELD (SvCheckinAnswer, set, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "SHA-256 of the set that is now kept: the base of the next report."),
    SV_FIELD (SvCheckinAnswer, next_in_s, SV_TYPE_INT64,
              .doc = "Seconds after which to report again."),
};
SV_RECORD_TYPE (sv_checkin_answer_type, SvCheckinAnswer, "CheckinAnswer", answer_fields,
                "The acknowledgement of a report.");

static const SvField host_fields[] = {
    SV_FIELD (SvHost, id, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .doc = "Its id here."),
    SV_FIELD (SvHost, hostname, SV_TYPE_STRING, .doc = "The host's own name for itself."),
    SV_FIELD (SvHost, distro, SV_TYPE_STRING, .doc = "Distribution and release, debian:12."),
    SV_FIELD (SvHost, os, SV_TYPE_STRING, .flags = SV_FIELD_WIDE, .doc = "The same for people."),
    SV_FIELD (SvHost, machine, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Processor architecture."),
    SV_FIELD (SvHost, hardware_class, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "portable, desktop, server, virtual, container or unknown."),
    SV_FIELD (SvHost, kernel, SV_TYPE_STRING, .doc = "Kernel release that runs."),
    SV_FIELD (SvHost, reboot, SV_TYPE_STRING, .doc = "needed, not-needed or unknown."),
    SV_FIELD (SvHost, system, SV_TYPE_STRING, .doc = "Name of the system that it belongs to."),
    SV_FIELD (SvHost, system_id, SV_TYPE_STRING, .flags = SV_FIELD_HIDDEN, .doc = "Its id."),
    SV_FIELD (SvHost, retired_at_us, SV_TYPE_INSTANT, .flags = SV_FIELD_WIDE,
              .doc = "When it was taken away for good; such hosts are in no list."),
    SV_FIELD (SvHost, packages, SV_TYPE_INT64, .doc = "Installed packages."),
    SV_FIELD (SvHost, first_seen_us, SV_TYPE_INSTANT, .flags = SV_FIELD_WIDE,
              .doc = "When it first reported."),
    SV_FIELD (SvHost, last_seen_us, SV_TYPE_INSTANT, .doc = "When it last reported."),
    SV_FIELD (SvHost, collected_at_us, SV_TYPE_INSTANT, .flags = SV_FIELD_WIDE,
              .doc = "When what it reported was looked at, by its own clock."),
};
SV_RECORD_TYPE (sv_host_type, SvHost, "Host", host_fields, "One host of the fleet.");

void
sv_checkin_free (SvCheckin *checkin)
{
  sv_record_free (&sv_checkin_type, checkin);
}

void
sv_host_free (SvHost *host)
{
  sv_record_free (&sv_host_type, host);
}

/* --- what lists show --- */

static const char *
find_running (const SvInventory *facts)
{
  for (guint i = 0; facts->kernels != NULL && i < facts->kernels->len; i++) {
    const SvKernel *kernel = facts->kernels->pdata[i];
    if (kernel->role == SV_KERNEL_RUNNING)
      return kernel->release;
  }
  return NULL;
}

/* Reasons say that it is needed; without them it is known not to be unless that could not be
 * looked at. */
static const char *
reboot_word (const SvInventory *facts)
{
  if (facts->reboot_reasons != NULL && facts->reboot_reasons->len > 0)
    return "needed";
  for (guint i = 0; facts->gaps != NULL && i < facts->gaps->len; i++)
    if (g_strcmp0 (((const SvGap *)facts->gaps->pdata[i])->what, "reboot") == 0)
      return "unknown";
  return "not-needed";
}

void
sv_host_set_facts (SvHost *host, const SvInventory *facts)
{
  const SvDistro *distro = facts->distro;
  const char *release = distro != NULL && distro->release != NULL ? distro->release : "";
  sv_text_set (&host->hostname, facts->hostname);
  sv_text_take (&host->distro,
                distro != NULL ? g_strconcat (distro->id, ":", release, NULL) : NULL);
  sv_text_set (&host->os, distro != NULL ? distro->name : NULL);
  sv_text_set (&host->machine, facts->machine);
  sv_text_set (&host->hardware_class, facts->hardware_class);
  sv_text_set (&host->kernel, find_running (facts));
  sv_text_set (&host->reboot, reboot_word (facts));
  host->collected_at_us = facts->collected_at_us;
}

/* --- what is taken in --- */

gboolean
sv_checkin_check (const SvCheckin *checkin, GError **error)
{
  for (guint i = 0; checkin->added != NULL && i < checkin->added->len; i++) {
    const SvPackage *package = checkin->added->pdata[i];
    const char *fault = sv_package_find_fault (package);
    if (fault == NULL && sv_text_is_empty (package->source))
      fault = "it has no source";
    if (fault == NULL)
      continue;
    g_autofree char *what = g_strdup_printf ("package %u: %s:", i, fault);
    return sv_error_set_invalid (error, what, package->name);
  }
  return TRUE;
}

/* --- the host's side --- */

static GPtrArray *
list_held (const GPtrArray *packages)
{
  GPtrArray *held = sv_strings_new ();
  for (guint i = 0; i < packages->len; i++) {
    const SvPackage *package = packages->pdata[i];
    if (package->held)
      g_ptr_array_add (held, g_strconcat (package->name, ":", package->arch, NULL));
  }
  return held;
}

SvCheckin *
sv_checkin_new (SvInventory *inventory, const GArray *known, gboolean with_facts)
{
  SvCheckin *checkin = sv_record_new (&sv_checkin_type);
  SvPackageDelta delta;
  sv_package_set_diff (inventory->packages, known, &delta);
  checkin->set = sv_digest_format (&delta.set);
  checkin->added = delta.added;
  checkin->removed = delta.removed;
  if (known != NULL) {
    SvDigest base = sv_package_set_digest (known);
    checkin->base = sv_digest_format (&base);
  }
  if (!with_facts)
    return checkin;
  checkin->held = list_held (inventory->packages);
  checkin->facts = g_memdup2 (inventory, sizeof *inventory); /* lent, but for the packages */
  checkin->facts->packages = NULL;
  return checkin;
}

void
sv_checkin_free_lent (SvCheckin *checkin)
{
  if (checkin == NULL)
    return;
  g_clear_pointer (&checkin->facts, g_free);
  g_clear_pointer (&checkin->added, g_ptr_array_unref);
  sv_checkin_free (checkin);
}

/* Free space in twentieths of the whole. */
static GPtrArray *
round_filesystems (const GPtrArray *filesystems)
{
  GPtrArray *rounded = g_ptr_array_new_with_free_func (g_free); /* texts stay lent */
  for (guint i = 0; filesystems != NULL && i < filesystems->len; i++) {
    SvFilesystem *copy = g_memdup2 (filesystems->pdata[i], sizeof (SvFilesystem));
    gint64 step_bytes = MAX (copy->total_bytes / 20, 1);
    copy->free_bytes = copy->free_bytes / step_bytes * step_bytes;
    g_ptr_array_add (rounded, copy);
  }
  return rounded;
}

SvDigest
sv_checkin_digest_facts (const SvInventory *inventory)
{
  SvInventory facts = *inventory; /* lent */
  g_autoptr (GPtrArray) held = list_held (inventory->packages);
  g_autoptr (GPtrArray) filesystems = round_filesystems (inventory->filesystems);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (text, 0);
  facts.collected_at_us = 0;
  facts.packages = NULL;
  facts.filesystems = filesystems;
  const SvCheckin shown = {.facts = &facts, .held = held};
  sv_record_write_json (&sv_checkin_type, &shown, writer, NULL);
  return sv_digest_of (text->str, text->len);
}
