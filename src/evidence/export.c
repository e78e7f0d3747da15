#include "evidence/export.h"

#include <string.h>

char *
sv_export_uuid (const SvReport *report)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (text, 0);
  sv_report_write_json (report, writer);
  g_autofree char *hex = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, -1);
  /* version 8 (made by the application), variant 10 */
  return g_strdup_printf ("%.8s-%.4s-8%.3s-a%.3s-%.12s", hex, hex + 8, hex + 13, hex + 17,
                          hex + 20);
}

char *
sv_export_advice (const SvFinding *finding)
{
  switch ((SvFix)finding->fix) {
  case SV_FIX_REACHABLE:
    return g_strdup_printf ("Update %s to a version with %s.", finding->package, finding->fixed);
  case SV_FIX_INSTALLED:
    return g_strdup_printf ("Restart: %s is installed, but an older version still runs.",
                            finding->fixed);
  case SV_FIX_NOT_REACHABLE:
    return g_strdup_printf ("%s is published but not offered to this host: look at holds, pins "
                            "and enabled archives.",
                            finding->fixed);
  case SV_FIX_PENDING:
    return g_strdup ("Wait for the promised fix; lower the exposure meanwhile.");
  case SV_FIX_NOT_PLANNED:
    return g_strdup ("There will be no fix: replace the package or lower the exposure.");
  case SV_FIX_NONE:
  case SV_FIX_UNKNOWN:
  case SV_N_FIXES:
  default:
    return g_strdup ("No fix is known; lower the exposure.");
  }
}

gboolean
sv_export_is_told (const SvFinding *finding)
{
  return finding->verdict == SV_VERDICT_AFFECTED || finding->verdict == SV_VERDICT_UNKNOWN;
}

/* SvDistro family to package URL type. */
static const char *
purl_type (const char *release)
{
  static const struct {
    const char *prefix, *type;
  } rows[] = {{"debian:", "deb"}, {"ubuntu:", "deb"}, {"raspbian:", "deb"},
              {"alpine:", "apk"}, {"arch", "alpm"},   {"", "rpm"}};
  for (gsize i = 0; release != NULL && i < G_N_ELEMENTS (rows); i++)
    if (g_str_has_prefix (release, rows[i].prefix))
      return rows[i].type;
  return "generic";
}

char *
sv_export_purl (const SvReport *report, const char *name, const char *version, const char *arch)
{
  const char *release = report->host->release;
  g_auto (GStrv) parts = g_strsplit (release != NULL ? release : "", ":", 2);
  g_autoptr (GPtrArray) qualifiers = sv_strings_new ();
  if (arch != NULL && *arch != '\0')
    g_ptr_array_add (qualifiers, g_strconcat ("arch=", arch, NULL));
  if (parts[0] != NULL && parts[1] != NULL)
    g_ptr_array_add (qualifiers, g_strdup_printf ("distro=%s-%s", parts[0], parts[1]));
  const SvPurl purl = {.type = (char *)purl_type (release),
                       .namespace = parts[0],
                       .name = (char *)name,
                       .version = (char *)version,
                       .qualifiers = qualifiers};
  char *text = sv_purl_build (&purl, NULL);
  return text != NULL ? text : g_strdup ("pkg:generic/unnamed"); /* a name that no URL can hold */
}
