#include "exposure/part.h"

#include "exposure/judge.h"

static const char *const joint_names[] = {"kernel*", "linux-*", "kpatch*", "kgraft*", NULL};

gboolean
sv_part_is_joint (const SvPackage *package)
{
  gsize length;
  for (const char *const *pattern = joint_names; *pattern != NULL; pattern++)
    if (sv_text_glob (*pattern, package->name))
      return TRUE;
  return !sv_text_is_empty (package->module) ||
         sv_module_find_build (package->version, &length) != NULL;
}

char *
sv_part_format_platform (const SvInventory *facts)
{
  g_autofree char *release = sv_release_of_distro (facts->distro);
  return g_strdup_printf ("%s %d", release != NULL ? release : "",
                          facts->distro != NULL ? facts->distro->scheme : -1);
}

char *
sv_part_format_single (const char *platform, guint32 entry)
{
  return g_strdup_printf ("%s/%u", platform, entry);
}

/* As numbers are written, so that the name is the same on every machine. */
char *
sv_part_format_group (gint64 posture, const guint32 *entries, gsize n_entries)
{
  g_autoptr (GString) list = g_string_new (NULL);
  for (gsize i = 0; i < n_entries; i++)
    g_string_append_printf (list, "%u ", entries[i]);
  g_autofree char *digest =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, list->str, (gssize)list->len);
  return g_strdup_printf ("%" G_GINT64_FORMAT "/%.32s", posture, digest);
}
