#include "exposure/release_lock.h"

#include <string.h>

/* The 8 of "minor:8"; -1: the build names none. */
static gint64
minor_of_build (const char *version)
{
  static const char prefix[] = "minor:";
  g_autofree char *stream = sv_stream_of_version (SV_SCHEME_RPM, version);
  return g_str_has_prefix (stream, prefix)
             ? (gint64)g_ascii_strtoull (stream + strlen (prefix), NULL, 10)
             : -1;
}

/* The 6 of "8.6". */
static gint64
minor_of_lock (const char *release)
{
  const char *dot = strchr (release, '.');
  return dot != NULL ? (gint64)g_ascii_strtoull (dot + 1, NULL, 10) : G_MAXINT64;
}

static void
add_reason (const SvInventory *inventory, SvFinding *finding)
{
  SvReason *reason = sv_record_new (&sv_reason_type);
  reason->feed = g_strdup ("release-lock");
  reason->verdict = finding->verdict;
  reason->fixed = g_strdup (finding->fixed);
  reason->because =
      g_strdup_printf ("the host is kept on release %s (%s); %s is of a later one",
                       inventory->release_lock, inventory->release_lock_origin, finding->fixed);
  g_ptr_array_add (finding->reasons, reason);
}

void
sv_release_lock_judge (const SvInventory *inventory, SvFinding *finding)
{
  if (inventory->release_lock == NULL || finding->fix != SV_FIX_UNKNOWN || finding->fixed == NULL ||
      minor_of_build (finding->fixed) <= minor_of_lock (inventory->release_lock))
    return;
  finding->fix = SV_FIX_NOT_REACHABLE;
  add_reason (inventory, finding);
}
