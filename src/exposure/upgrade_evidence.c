#include "exposure/upgrade.h"

#include <string.h>

static void
deb_free (gpointer deb)
{
  sv_record_free (&sv_changelog_deb_type, deb);
}

static void
need_free (gpointer need)
{
  sv_record_free (&sv_changelog_need_type, need);
}

static SvChangelogNeed *
find_need (GPtrArray *needs, const SvUpgrade *upgrade)
{
  for (guint i = 0; i < needs->len; i++) {
    SvChangelogNeed *need = g_ptr_array_index (needs, i);
    if (strcmp (need->source, upgrade->source) == 0 &&
        strcmp (need->source_version, upgrade->source_version) == 0)
      return need;
  }
  SvChangelogNeed *added = sv_record_new (&sv_changelog_need_type);
  added->source = g_strdup (upgrade->source);
  added->source_version = g_strdup (upgrade->source_version);
  added->debs = g_ptr_array_new_with_free_func (deb_free);
  g_ptr_array_add (needs, added);
  return added;
}

static SvChangelogDeb *
describe_deb (const SvUpgrade *upgrade)
{
  SvChangelogDeb *deb = sv_record_new (&sv_changelog_deb_type);
  deb->package = g_strdup (upgrade->package);
  deb->arch = g_strdup (upgrade->arch);
  deb->version = g_strdup (upgrade->candidate);
  deb->sha256 = g_strdup (upgrade->sha256);
  deb->size_bytes = upgrade->size_bytes;
  return deb;
}

GPtrArray *
sv_upgrade_list_needs (const SvUpgradePlan *plan)
{
  GPtrArray *needs = g_ptr_array_new_with_free_func (need_free);
  for (guint i = 0; i < plan->upgrades->len; i++) {
    const SvUpgrade *upgrade = g_ptr_array_index (plan->upgrades, i);
    if (upgrade->candidate == NULL || upgrade->sha256 == NULL)
      continue;
    g_ptr_array_add (find_need (needs, upgrade)->debs, describe_deb (upgrade));
  }
  return needs;
}

/* A new package mends nothing that is installed; its source is wanted for others of it, if any. */
GArray *
sv_upgrade_list_wants (const SvUpgradePlan *plan)
{
  GArray *wants = g_array_new (FALSE, FALSE, sizeof (SvChangelogWant));
  for (guint i = 0; i < plan->upgrades->len; i++) {
    const SvUpgrade *upgrade = g_ptr_array_index (plan->upgrades, i);
    if (upgrade->candidate == NULL || upgrade->installed_source_version == NULL)
      continue;
    SvChangelogWant want = {.source = upgrade->source,
                            .installed = upgrade->installed_source_version};
    g_array_append_val (wants, want);
  }
  return wants;
}
