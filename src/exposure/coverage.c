#include "exposure/coverage.h"

#include <string.h>

static void
add_gap (GPtrArray *gaps, const char *what, char *why)
{
  SvGap *gap = sv_record_new (&sv_gap_type);
  gap->what = g_strdup (what);
  gap->why = why;
  g_ptr_array_add (gaps, gap);
}

/* --- the release --- */

static gboolean
is_covered (const SvAssessment *assessment, const char *release, gboolean *ret_covered,
            GError **error)
{
  *ret_covered = FALSE;
  for (gsize i = 0; i < assessment->n_claims && !*ret_covered; i++) {
    const SvClaimSource *source = &assessment->claims[i];
    if (source->covers != NULL && !source->covers (source->source, release, ret_covered, error))
      return FALSE;
  }
  return TRUE;
}

/* "debian:12"; without the colon where there are no releases. */
static char *
release_for_people (const char *release)
{
  char *name = g_strdup (release);
  if (g_str_has_suffix (name, ":"))
    name[strlen (name) - 1] = '\0';
  return name;
}

static gboolean
find_release_gap (const SvAssessment *assessment, GPtrArray *gaps, GError **error)
{
  const SvDistro *distro = assessment->inventory->distro;
  g_autofree char *release = sv_release_of_distro (distro);
  gboolean covered;
  if (release == NULL) {
    add_gap (gaps, "release", g_strdup ("it is not known: no feed can speak of it"));
    return TRUE;
  }
  if (!is_covered (assessment, release, &covered, error))
    return FALSE;
  g_autofree char *name = release_for_people (release);
  if (!covered)
    add_gap (gaps, "release",
             g_strdup_printf ("no feed speaks of %s: which vulnerabilities its "
                              "packages have is not known",
                              name));
  return TRUE;
}

/* --- its support --- */

static const struct {
  const char *level, *means;
} supports[] = {
    {"ended", "sources no longer look at its packages, new vulnerabilities stay unknown"},
    {"extended", "fixes and news of them may go to subscribers alone"},
};

/* Support of single packages is of the host's report; here the subject is the release itself. */
static gboolean
is_of_release (const SvSupport *support, const SvDistro *distro)
{
  gsize length = strlen (distro->id);
  return strncmp (support->subject, distro->id, length) == 0 && support->subject[length] == ' ';
}

static void
find_support_gaps (const SvInventory *inventory, GPtrArray *gaps)
{
  for (guint i = 0; inventory->supports != NULL && i < inventory->supports->len; i++) {
    const SvSupport *support = inventory->supports->pdata[i];
    if (inventory->distro == NULL || !is_of_release (support, inventory->distro))
      continue;
    for (gsize s = 0; s < G_N_ELEMENTS (supports); s++)
      if (g_strcmp0 (support->level, supports[s].level) == 0)
        add_gap (gaps, "support",
                 g_strdup_printf ("%s: support is %s: %s", support->subject, support->level,
                                  supports[s].means));
  }
}

/* --- its packages --- */

#define MAX_NAMED 10

static void
find_broken_gap (const SvInventory *inventory, GPtrArray *gaps)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint broken = 0;
  for (guint i = 0; i < inventory->packages->len; i++) {
    const SvPackage *package = inventory->packages->pdata[i];
    if (package->state != SV_PACKAGE_BROKEN || broken++ >= MAX_NAMED)
      continue;
    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", package->name);
  }
  if (broken > 0)
    add_gap (gaps, "packages",
             g_strdup_printf ("%u half-installed, so not judged: %s%s", broken, names->str,
                              broken > MAX_NAMED ? ", …" : ""));
}

gboolean
sv_exposure_find_gaps (const SvAssessment *assessment, GPtrArray *gaps, GError **error)
{
  if (!find_release_gap (assessment, gaps, error))
    return FALSE;
  find_support_gaps (assessment->inventory, gaps);
  find_broken_gap (assessment->inventory, gaps);
  return TRUE;
}
