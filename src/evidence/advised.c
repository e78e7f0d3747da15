#include "evidence/advised.h"

#include <string.h>

static const char why_not[] = "no repository metadata was read: whether it can be had is not known";

/* One installed package and the highest fixes that are named for it. */
typedef struct {
  const SvPackage *package;
  const SvReason *fixes[2]; /* by SvNameKind: versions of source and binary do not compare (22) */
  SvFix fix;                /* whether they can be had */
} Advice;

typedef struct {
  const SvInventory *inventory;
  SvReport *report;
  gint scheme;
  GHashTable *index;  /* "package:arch" -> Advice */
  GPtrArray *advised; /* those with a fix */
} Advising;

static int
compare_versions (gint scheme, const char *a, const char *b)
{
  int order = 0;
  if (strcmp (a, b) == 0) /* mostly: the flaws of a package are fixed together */
    return 0;
  if (scheme < 0 || !sv_version_compare ((SvScheme)scheme, a, b, &order, NULL))
    order = strcmp (a, b);
  return order;
}

static char *
dup_key (const char *package, const char *arch)
{
  return g_strconcat (package, ":", arch, NULL);
}

/* "package:arch" -> Advice, for the newest version of each. */
static GHashTable *
index_packages (const SvInventory *inventory, gint scheme)
{
  GHashTable *index = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < inventory->packages->len; i++) {
    const SvPackage *package = inventory->packages->pdata[i];
    g_autofree char *key = dup_key (package->name, package->arch);
    Advice *advice = g_hash_table_lookup (index, key);
    if (advice == NULL) {
      advice = g_new0 (Advice, 1);
      g_hash_table_insert (index, g_steal_pointer (&key), advice);
    }
    if (advice->package == NULL ||
        compare_versions (scheme, package->version, advice->package->version) > 0)
      advice->package = package;
  }
  return index;
}

/* Where the archives were asked, they know better. A fix of a later minor than the host's (68) is
 * advice only for who has no other. */
static gboolean
is_advice (const SvInventory *inventory, const SvFinding *finding, SvFix fix)
{
  return finding->verdict == SV_VERDICT_AFFECTED && finding->fix == (gint)fix &&
         finding->fixed != NULL && !finding->unimportant &&
         (fix == SV_FIX_UNKNOWN || inventory->release_lock != NULL);
}

static void
raise_fix (Advice *advice, gint scheme, const SvReason *winner)
{
  const SvReason **fix = &advice->fixes[winner->name_kind];
  if (*fix == NULL || compare_versions (scheme, winner->fixed, (*fix)->fixed) > 0)
    *fix = winner;
}

/* The advice on the package of @finding; NULL: it is not installed in that version. */
static Advice *
find_advice (GHashTable *index, const SvFinding *finding)
{
  g_autofree char *key = dup_key (finding->package, finding->arch);
  Advice *advice = g_hash_table_lookup (index, key);
  return advice != NULL && strcmp (advice->package->version, finding->installed) == 0 ? advice
                                                                                      : NULL;
}

/* Adds the packages with advice of this kind to @advised, in the order of the findings. */
static void
collect_advice (const Advising *advising, SvFix fix)
{
  const GPtrArray *findings = advising->report->findings;
  for (guint i = 0; i < findings->len; i++) {
    const SvFinding *finding = findings->pdata[i];
    Advice *advice = is_advice (advising->inventory, finding, fix)
                         ? find_advice (advising->index, finding)
                         : NULL;
    gboolean is_new = advice != NULL && advice->fixes[SV_NAME_SOURCE] == NULL &&
                      advice->fixes[SV_NAME_BINARY] == NULL;
    if (advice == NULL || (!is_new && advice->fix != fix))
      continue;
    advice->fix = fix;
    if (is_new)
      g_ptr_array_add (advising->advised, advice);
    raise_fix (advice, advising->scheme, finding->reasons->pdata[0]);
  }
}

/* "ALSA-2024:3138 (osv)" */
static char *
name_origin (const SvReason *reason)
{
  return reason->advisory != NULL ? g_strdup_printf ("%s (%s)", reason->advisory, reason->feed)
                                  : g_strdup (reason->feed);
}

static const char *
find_authenticity (const SvReport *report, const char *feed)
{
  for (guint i = 0; i < report->sources->len; i++) {
    const SvReportSource *source = report->sources->pdata[i];
    if (strcmp (source->id, feed) == 0)
      return source->authenticity;
  }
  return "none";
}

/* Where binary and source are numbered alike, one fix speaks for both. */
static void
unite_fixes (Advice *advice, gint scheme)
{
  if (g_strcmp0 (advice->package->version, advice->package->source_version) != 0)
    return;
  for (guint kind = 0; kind < G_N_ELEMENTS (advice->fixes); kind++) {
    const SvReason *fix = advice->fixes[kind];
    const SvReason **other = &advice->fixes[1 - kind];
    if (fix != NULL &&
        (*other == NULL || compare_versions (scheme, fix->fixed, (*other)->fixed) > 0))
      *other = fix;
  }
}

static char *
dup_why_not (const SvInventory *inventory, const Advice *advice)
{
  if (advice->fix == SV_FIX_UNKNOWN)
    return g_strdup (why_not);
  return g_strdup_printf ("it is of a later minor release than %s, on which the host is kept (%s)",
                          inventory->release_lock, inventory->release_lock_origin);
}

static SvUpdate *
new_update (const Advising *advising, const Advice *advice)
{
  const SvPackage *package = advice->package;
  const SvReason *binary = advice->fixes[SV_NAME_BINARY], *source = advice->fixes[SV_NAME_SOURCE];
  const SvReason *main = binary != NULL ? binary : source;
  SvUpdate *update = sv_record_new (&sv_update_type);
  update->origin = name_origin (main);
  update->authenticity = g_strdup (find_authenticity (advising->report, main->feed));
  update->package = g_strdup (package->name);
  update->arch = g_strdup (package->arch);
  update->installed = g_strdup (package->version);
  update->candidate = g_strdup (binary != NULL ? binary->fixed : NULL);
  update->source = sv_source_of_tracker (package->source);
  update->source_version = g_strdup (source != NULL ? source->fixed : NULL);
  update->installed_source_version =
      sv_source_version_of_tracker (package->source, package->source_version);
  update->security = TRUE;
  update->held = package->held;
  update->fix = (gint)advice->fix;
  update->why_not = dup_why_not (advising->inventory, advice);
  return update;
}

void
sv_advised_add_updates (const SvInventory *inventory, SvReport *report)
{
  gint scheme = inventory->distro != NULL ? inventory->distro->scheme : -1;
  g_autoptr (GHashTable) index = index_packages (inventory, scheme);
  g_autoptr (GPtrArray) advised = g_ptr_array_new ();
  const Advising advising = {inventory, report, scheme, index, advised};
  collect_advice (&advising, SV_FIX_UNKNOWN);
  collect_advice (&advising, SV_FIX_NOT_REACHABLE);
  for (guint i = 0; i < advised->len; i++) {
    unite_fixes (advised->pdata[i], scheme);
    g_ptr_array_add (report->updates, new_update (&advising, advised->pdata[i]));
  }
}
